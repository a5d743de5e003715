import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type RecordKeys } from '../graphql/agent.js';
import type { TestServer } from '../support/server.js';
import { launchBrowser } from './browser.js';
import { openDashboard, PATIENCE_MS, settled } from './dashboard.js';

let server: TestServer;
let agent: Agent;
let browser: Browser;
let builds: RecordKeys[];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

/** Five builds: two succeeded, one failed, one runs, one waits. */
beforeEach(async () => {
  ({ server, agent } = await startWithAgent());
  const event = await agent.event();
  await agent.moveEvent(event, 'RUNNING');
  builds = await agent.plan(event, ['bash', 'zsh', 'fish', 'dash', 'ksh']);
  for (const build of builds.slice(0, 4)) await agent.moveBuild(build, 'RUNNING');
  await agent.moveBuild(builds[0]!, 'SUCCEEDED');
  await agent.moveBuild(builds[1]!, 'SUCCEEDED');
  await agent.moveBuild(builds[2]!, 'FAILED', 'No such image');
});

afterEach(() => server.close());

async function charts(search = ''): Promise<Page> {
  return (await openDashboard(browser, `${server.url}/charts${search}`)).page;
}

/** How many ended in each state, as the legend says it. */
function legend(page: Page): Promise<string[]> {
  return page.getByRole('region', { name: 'Ended over time' }).locator('.legend li').allInnerTexts();
}

/** The heights of the bars in a state, in parts of the chart's unit for one record. */
async function barHeights(page: Page, state: string): Promise<number[]> {
  const chart = page.getByRole('region', { name: 'Ended over time' });
  const lines = await chart
    .locator('.tick line')
    .evaluateAll((all) => all.map((line) => Number(line.getAttribute('y1'))));
  const words = await chart.locator('.tick text').allTextContents();
  const unit = (lines[0]! - lines[1]!) / Number(words[1]);
  const heights = await chart
    .locator(`.bar rect[data-state=${state}]`)
    .evaluateAll((all) => all.map((bar) => Number(bar.getAttribute('height'))));
  return heights.map((height) => Number((height / unit).toFixed(6)));
}

/** Running, queued and planned records of a system. */
async function depths(page: Page, system: string): Promise<string[]> {
  const row = page.getByRole('region', { name: 'Waiting and running now' }).getByRole('row', { name: system });
  const cells = await row.locator('td:not(.depth)').allInnerTexts();
  return cells.map((cell) => /^\d+/.exec(cell.trim())?.[0] ?? cell);
}

describe('the charts of the dashboard', { timeout: 120_000 }, () => {
  it('show what ended, how long it took and what waits', async () => {
    const page = await charts();
    expect(await legend(page)).toEqual(['Succeeded 2', 'Failed 1']);
    const sum = (heights: number[]) => heights.reduce((total, height) => total + height, 0);
    expect(sum(await barHeights(page, 'SUCCEEDED'))).toBe(2);
    expect(sum(await barHeights(page, 'FAILED'))).toBe(1);
    const took = page.getByRole('region', { name: 'How long they took' });
    expect(await took.getByRole('img').getByText('How long 3 builds took').count()).toBe(1);
    expect(await took.locator('.mark text').allTextContents()).toEqual(['median', '90 %']);
    expect(await depths(page, 'Freshmaker')).toEqual(['1', '0', '1']);
    expect(await depths(page, 'Rodan')).toEqual(['0', '0', '0']);
  });

  it('tell the same numbers as a table, opened by the keyboard', async () => {
    const page = await charts();
    const ended = page.getByRole('region', { name: 'Ended over time' });
    await ended.getByText('Numbers').focus();
    await page.keyboard.press('Enter');
    const table = ended.getByRole('table');
    expect(await table.getByRole('columnheader').allInnerTexts()).toEqual(['Time', 'Succeeded', 'Failed']);
    const rows = await table
      .locator('tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => Number(cell.textContent))));
    expect(rows).toHaveLength(24);
    expect(rows.reduce(([a = 0, b = 0], [c = 0, d = 0]) => [a + c, b + d], [0, 0])).toEqual([2, 1]);
  });

  it('move when a build ends, without a reload', async () => {
    const page = await charts();
    await agent.moveBuild(builds[3]!, 'FAILED', 'Out of memory');
    await expect.poll(() => legend(page), { timeout: PATIENCE_MS }).toEqual(['Succeeded 2', 'Failed 2']);
    expect(await depths(page, 'Freshmaker')).toEqual(['0', '0', '1']);
    await agent.moveBuild(builds[4]!, 'RUNNING');
    await expect.poll(() => depths(page, 'Freshmaker'), { timeout: PATIENCE_MS }).toEqual(['1', '0', '0']);
    await agent.moveBuild(builds[4]!, 'SUCCEEDED');
    await expect.poll(() => legend(page), { timeout: PATIENCE_MS }).toEqual(['Succeeded 3', 'Failed 2']);
  });

  it('keep what they are about in the address, through a reload and the way back', async () => {
    const page = await charts();
    await page.getByLabel('Project').fill('zsh');
    await page.getByLabel('Project').press('Enter');
    await expect.poll(() => legend(page), { timeout: PATIENCE_MS }).toEqual(['Succeeded 1']);
    await page.getByLabel('Kind').selectOption('Events');
    await page.getByText('No events ended in this time.').waitFor();
    await page.getByLabel('Time', { exact: true }).selectOption('One week');
    await page.waitForURL((url) => url.search === '?kind=events&project=zsh&time=7d');
    await page.reload();
    await settled(page);
    expect(await page.getByLabel('Kind').inputValue()).toBe('events');
    expect(await page.getByLabel('Project').inputValue()).toBe('zsh');
    expect(await page.getByLabel('Time', { exact: true }).inputValue()).toBe('7d');
    await page.goBack();
    await page.goBack();
    await expect.poll(() => legend(page), { timeout: PATIENCE_MS }).toEqual(['Succeeded 1']);
  });

  it('go back in time, and to the present', async () => {
    const page = await charts('?time=1h');
    await page.getByRole('link', { name: 'Earlier' }).click();
    await page.getByText('No builds ended in this time.').waitFor();
    expect(new URL(page.url()).searchParams.get('until')).toMatch(/^\d{4}-.*Z$/);
    await page.getByRole('link', { name: 'Now' }).click();
    await expect.poll(() => legend(page), { timeout: PATIENCE_MS }).toEqual(['Succeeded 2', 'Failed 1']);
  });

  it('are a step from a list, with its filters, and lead to what waits', async () => {
    const { page } = await openDashboard(browser, `${server.url}/?kind=builds&system=FRESHMAKER&time=7d`);
    await page.getByRole('link', { name: 'Charts' }).click();
    await page.waitForURL((url) => url.pathname + url.search === '/charts?system=FRESHMAKER&time=7d');
    await page.getByRole('link', { name: '1 planned builds of Freshmaker' }).click();
    await page.waitForURL((url) => url.search === '?kind=builds&system=FRESHMAKER&state=PLANNED');
    await page.getByRole('link', { name: 'ksh', exact: true }).waitFor();
  });

  it('say what the gateway does not like', async () => {
    const page = await browser.newPage();
    await page.goto(`${server.url}/charts?until=0001-01-01T00:00:00Z&time=90d`);
    await page.getByRole('alert').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.close();
  });
});
