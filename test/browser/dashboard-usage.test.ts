import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { launchBrowser, watchPage, type PageLog } from './browser.js';
import { overflow, PATIENCE_MS, seriousFindings } from './dashboard.js';

let server: TestServer;
let browser: Browser;
let operator: string;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer(), launchBrowser()]);
  operator = await server.token('ops', { roles: ['operator'] });
  const http = new HttpClient(server.url);
  const call = async (path: string, userAgent: string, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await http.get(path, { headers: { 'User-Agent': userAgent } });
  };
  await call('/freshmaker/api/1/event-types/', 'python-requests/2.31', 5);
  await call('/freshmaker/api/1/builds/', 'curl/8.5', 2);
  await call('/devmason/none', 'pony-build', 3);
  await call('/rodan/nowhere', `Mozilla/5.0 (X11; Linux x86_64) ${'AppleWebKit/537.36 '.repeat(6)}`, 1);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** The page as somebody sees it who has signed in with a token, or has not. */
async function opened(
  token: string | null,
  { search = '', ...options }: Parameters<Browser['newContext']>[0] & { readonly search?: string } = {},
): Promise<{ page: Page; log: PageLog }> {
  const context = await browser.newContext(options);
  if (token !== null) await context.addInitScript(`sessionStorage.setItem('buildgate.token', '${token}')`);
  const page = await context.newPage();
  const log = watchPage(page);
  await page.goto(`${server.url}/usage${search}`);
  await settled(page);
  return { page, log };
}

async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy=false] h1').waitFor({ timeout: PATIENCE_MS });
}

/** What the clients of the rows call themselves, from the top. */
function clients(page: Page): Promise<string[]> {
  return page.locator('.uses tbody .of-client').allInnerTexts();
}

async function shows(page: Page, expected: readonly string[]): Promise<void> {
  await expect.poll(() => clients(page), { timeout: PATIENCE_MS }).toEqual(expected);
}

const BROWSER = expect.stringMatching(/^Mozilla/);

describe('the page of old clients', { timeout: 120_000 }, () => {
  it('shows an operator who calls what, those who call most first', async () => {
    const { page, log } = await opened(operator);
    await shows(page, ['python-requests/2.31', 'pony-build', 'curl/8.5', BROWSER]);
    const row = page.getByRole('row', { name: 'python-requests' });
    expect(await row.getByRole('cell').allInnerTexts()).toEqual([
      '5',
      '0',
      '0',
      expect.stringMatching(/^GET \/api\/\{version\}\/event-types\/\s+Freshmaker$/),
      'python-requests/2.31',
      expect.stringContaining('just now'),
    ]);
    expect(await row.getByRole('link').getAttribute('href')).toBe('/reference/freshmaker');
    expect(await page.getByRole('row', { name: 'pony-build' }).getByRole('cell').nth(1).innerText()).toBe('3');
    expect(await page.getByRole('row', { name: 'Mozilla' }).innerText()).toContain('what it does not have');
    expect(await page.getByRole('link', { name: 'Old clients' }).getAttribute('aria-current')).toBe('page');
    expect(log.errors).toEqual([]);
    await page.context().close();
  });

  it('is sorted by what one chooses, and keeps that and its filters through a reload', async () => {
    const { page } = await opened(operator);
    await page.getByRole('columnheader', { name: 'Client' }).getByRole('link').click();
    await shows(page, [BROWSER, 'curl/8.5', 'pony-build', 'python-requests/2.31']);
    await page.getByLabel('System').selectOption('Freshmaker');
    await shows(page, ['curl/8.5', 'python-requests/2.31']);
    await page.waitForURL((url) => url.search === '?system=FRESHMAKER&order=client');
    await page.reload();
    await settled(page);
    await shows(page, ['curl/8.5', 'python-requests/2.31']);
    const header = page.getByRole('columnheader', { name: 'Client' });
    expect(await header.getAttribute('aria-sort')).toBe('ascending');
    await page.getByLabel('Client contains').fill('PYTHON');
    await shows(page, ['python-requests/2.31']);
    await page.getByLabel('System').selectOption('Kernel CI');
    await page.getByText('No calls match these filters.').waitFor();
    await page.context().close();
  });

  it('tells others why they see nothing', async () => {
    const anonymous = await opened(null);
    await anonymous.page
      .getByText('Sign in to see which clients call the old APIs: this page is for operators.')
      .waitFor();
    expect(await anonymous.page.getByRole('table').count()).toBe(0);
    await anonymous.page.context().close();
    const { page } = await opened(await server.token('worker', { roles: ['agent'] }));
    await page.getByText('This page is for administrators and users with the role operator.').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    await page.context().close();
  });

  it('gives axe nothing serious to say, in both themes and for others', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const token of [operator, null]) {
        // Axe is run by the browser itself.
        const { page } = await opened(token, { colorScheme, bypassCSP: true });
        expect(await seriousFindings(page)).toEqual([]);
        await page.context().close();
      }
    }
  });

  it('fits a phone and a wide window', async () => {
    for (const width of [320, 390, 1280]) {
      const { page } = await opened(operator, { viewport: { width, height: 800 } });
      await shows(page, ['python-requests/2.31', 'pony-build', 'curl/8.5', BROWSER]);
      expect(await overflow(page)).toBe(0);
      await page.context().close();
    }
  });
});
