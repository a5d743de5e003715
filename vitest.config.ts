import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const { BUILDGATE_TEST_BROWSER: withBrowser, BUILDGATE_TEST_REPORT: reportFile } = process.env;

export default defineConfig({
  // One copy of graphql: the packages that run outside the transform load its CommonJS entry, so must we.
  resolve: { alias: [{ find: /^graphql$/, replacement: fileURLToPath(import.meta.resolve('graphql')) }] },
  test: {
    // A fresh machine has no browser, so these are a suite of their own: npm run test:browser.
    include: [withBrowser ? 'test/browser/**/*.test.ts' : 'test/**/*.test.ts'],
    exclude: withBrowser ? [] : ['test/browser/**'],
    reporters: reportFile ? ['default', ['json', { outputFile: reportFile }]] : ['default'],
    setupFiles: ['test/support/setup.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
