import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * HAPI takes up to a minute to make use of a topic: who wants hooks waits for the others. What kills the server comes after
 * all who need it, and what judges all that was written comes after everybody.
 */
const LAST = ['/hooks.contract.ts', 'hook-traps.contract.ts', 'crash.contract.ts', 'validate.contract.ts'];
const rank = ({ moduleId }: TestSpecification) => LAST.findIndex(name => moduleId.endsWith(name));

class InOrder extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b));
  }
}

/** The contract with any EHR: slower than the unit tests, and in want of a server that is not ours. */
export default defineConfig({
  test: {
    include: ['test/ehr/**/*.contract.ts'],
    globalSetup: ['test/ehr/at-hand.ts'],
    sequence: { sequencer: InOrder },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
