import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const { BUILDGATE_TEST_REPORT: reportFile, BUILDGATE_TEST_FILES: files } = process.env;

/** Folders that need more than a fresh machine has: each is a suite of its own, chosen by a variable. */
const SUITES = {
  'test/browser': 'BUILDGATE_TEST_BROWSER',
  'test/cluster': 'BUILDGATE_TEST_CLUSTER',
  'test/broker': 'BUILDGATE_TEST_BROKER_URL',
};
const chosen = Object.entries(SUITES).find(([, variable]) => process.env[variable])?.[0];

export default defineConfig({
  // One copy of graphql: the packages that run outside the transform load its CommonJS entry, so must we.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // One to a line: what is run instead of the whole suite.
    include: files?.split('\n') ?? [`${chosen ?? 'test'}/**/*.test.ts`],
    exclude: chosen ? [] : Object.keys(SUITES).map((folder) => `${folder}/**`),
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
    globalSetup: ['test/support/template.ts'],
    setupFiles: ['test/support/setup.ts'],
    // How long what must come may take where everything else is slow; a test that passes does not wait for these.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { interval: 10, timeout: 120_000 } },
    pool: 'forks',
    // Files wait for databases and processes more than they compute: a core left free would only idle.
    maxWorkers: '100%',
  },
});
