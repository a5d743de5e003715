import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { watchPage, type PageLog } from './browser.js';

/** How long a page may take to show what it is told. */
export const PATIENCE_MS = 30_000;

/** A tab with the dashboard. */
export interface DashboardTab {
  readonly page: Page;
  readonly log: PageLog;
}

/** Opens an address of the dashboard and waits until it has read what it shows. */
export async function openDashboard(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<DashboardTab> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const log = watchPage(page);
  await page.goto(url);
  await settled(page);
  return { page, log };
}

/** Waits until the page has read what it shows and changes arrive. */
export async function settled(page: Page): Promise<void> {
  await page.locator('main[aria-busy=false]').waitFor();
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
}

/** Names of the rows of a list, from the top. */
export async function rowNames(page: Page): Promise<string[]> {
  return page.locator('.records tbody .name a').allInnerTexts();
}

/** What axe has to say that it calls serious or worse, as `rule: element`. */
export async function seriousFindings(page: Page): Promise<string[]> {
  // As a string it is not a script of the page, which the page's policy would refuse.
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as axe.AxeResults;
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** How much wider the page is than its window. */
export async function overflow(page: Page): Promise<number> {
  return page.evaluate('document.documentElement.scrollWidth - innerWidth');
}
