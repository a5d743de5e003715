import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const { BUILDGATE_TEST_REPORT: reportFile } = process.env;

/** Folders that need more than a fresh machine has: each is a suite of its own, chosen by a variable. */
const SUITES = { 'test/browser': 'BUILDGATE_TEST_BROWSER', 'test/broker': 'BUILDGATE_TEST_BROKER_URL' };
const chosen = Object.entries(SUITES).find(([, variable]) => process.env[variable])?.[0];

export default defineConfig({
  // One copy of graphql: the packages that run outside the transform load its CommonJS entry, so must we.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    include: [`${chosen ?? 'test'}/**/*.test.ts`],
    exclude: chosen ? [] : Object.keys(SUITES).map((folder) => `${folder}/**`),
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
