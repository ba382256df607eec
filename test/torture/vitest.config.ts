import { defineConfig } from 'vitest/config';

/** Real processes that are killed and frozen: minutes, so not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/torture/**/*.torture.ts'],
    testTimeout: 600_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
