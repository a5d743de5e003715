import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { launchBrowser } from './browser.js';
import { openDashboard, overflow, seriousFindings } from './dashboard.js';

const FIRST_PAGE_BYTES = 250_000;
const ASSETS = new URL('../../dist/dashboard/assets/', import.meta.url);

let server: TestServer;
let browser: Browser;

beforeAll(async () => {
  const data = SYSTEMS.map(({ name }) => [
    name,
    JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')),
  ]);
  [server, browser] = await Promise.all([startTestServer({ import: Object.fromEntries(data) }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const PAGES = [
  '/event/freshmaker/214',
  '/event/kernelci/54bb6ad5c0ffee0000000021',
  '/build/rodan/d1000000-0000-4000-8000-000000000002',
  '/build/devmason/carpet%2F43',
  '/build/buildapi/41',
  '/build/freshmaker/901',
  '/job/devmason/carpet%2F43%2F1',
  '/',
  '/?kind=builds',
  '/?kind=jobs',
  '/?kind=builds&text=nothing+is+called+this',
  '/charts',
  '/charts?time=90d&until=2009-11-01T00%3A00%3A00Z',
  '/charts?kind=jobs&system=DEVMASON&time=30d&until=2009-11-01T00%3A00%3A00Z',
];

describe('the dashboard with data of all systems', { timeout: 120_000 }, () => {
  it.each(PAGES)('%s gives axe nothing serious to say, in both themes', async (address) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      // Axe is run by the browser itself; the page's own policy is looked at below.
      const { page } = await openDashboard(browser, server.url + address, { colorScheme, bypassCSP: true });
      expect(await seriousFindings(page)).toEqual([]);
      await page.context().close();
    }
  });

  it.each(PAGES)('%s fits a phone and a wide window', async (address) => {
    for (const width of [320, 390, 1280]) {
      const { page } = await openDashboard(browser, server.url + address, { viewport: { width, height: 800 } });
      expect(await overflow(page)).toBe(0);
      await page.context().close();
    }
  });

  it.each(PAGES)('%s asks its own origin only and breaks no rule of its policy', async (address) => {
    const { page, log } = await openDashboard(browser, server.url + address);
    await page.waitForLoadState('networkidle');
    expect([...new Set(log.requests.map((request) => new URL(request).host))]).toEqual([new URL(server.url).host]);
    expect(log.errors).toEqual([]);
    await page.context().close();
  });

  it('is used by the keyboard alone: filters, lists, rows', async () => {
    const { page } = await openDashboard(browser, server.url);
    const focused = (): Promise<string> => page.evaluate('document.activeElement.innerText');
    for (let presses = 0; presses < 40 && (await focused()) !== 'Builds'; presses += 1)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Builds' }).waitFor();
    for (let presses = 0; presses < 40 && !(await focused()).startsWith('Failed'); presses += 1) {
      await page.keyboard.press('Tab');
    }
    await page.keyboard.press('Space');
    await page.waitForURL((url) => url.search === '?kind=builds&state=FAILED');
    expect(await focused()).toMatch(/^Failed/);
    await page.context().close();
  });

  it('weighs less than 250 kB on the way, style and all', () => {
    const page = readFileSync(new URL('../index.html', ASSETS), 'utf8');
    const first = readdirSync(ASSETS).filter((name) => page.includes(name));
    const bytes = first.map((name) => gzipSync(readFileSync(new URL(name, ASSETS))).length);
    expect(bytes.length).toBeGreaterThanOrEqual(2);
    expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(FIRST_PAGE_BYTES);
  });
});

describe('the dashboard without JavaScript', () => {
  it('points to the APIs, and every link answers', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(server.url);
    const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(expect.arrayContaining(['/graphiql', '/schema.graphql', '/healthz', '/readyz', '/metrics']));
    for (const { name } of SYSTEMS) expect(links.filter((link) => link?.startsWith(`/${name}/`))).toHaveLength(1);
    expect(await page.getByRole('heading', { name: 'REST dialects' }).isVisible()).toBe(true);
    expect(await overflow(page).catch(() => 0)).toBe(0);
    await context.close();
  });
});
