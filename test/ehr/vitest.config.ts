import { defineConfig } from 'vitest/config';

/** The contract with any EHR: slower than the unit tests, and in want of a server that is not ours. */
export default defineConfig({
  test: {
    include: ['test/ehr/**/*.contract.ts'],
    globalSetup: ['test/ehr/at-hand.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
