import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { launchBrowser, watchPage } from './browser.js';
import { overflow, seriousFindings } from './dashboard.js';

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(SYSTEMS)('The reference of $title', ({ name }) => {
  it.each(['light', 'dark'] as const)(
    'gives axe nothing serious to say in the %s theme, and asks for nothing else',
    async (colorScheme) => {
      const page = await browser.newPage({ colorScheme });
      const log = watchPage(page);
      await page.goto(`${server.url}/reference/${name}`);
      expect(await seriousFindings(page)).toEqual([]);
      expect(log).toEqual({ requests: [`${server.url}/reference/${name}`], errors: [] });
      await page.close();
    },
  );

  it('fits a phone, with an example open', async () => {
    const page = await browser.newPage({ viewport: { width: 360, height: 700 } });
    watchPage(page);
    await page.goto(`${server.url}/reference/${name}`);
    await page.locator('summary', { hasText: 'Example' }).first().click();
    await page.locator('details[open] pre').first().waitFor();
    expect(await overflow(page)).toBe(0);
    await page.close();
  });
});
