import pino from 'pino';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp } from '../../src/app.js';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { sql } from '../../src/core/store/sql.js';
import { startWithAgent, type Agent } from '../graphql/agent.js';
import type { TestServer } from '../support/server.js';
import { proxied } from '../support/tcp-proxy.js';
import { launchBrowser, type PageLog } from './browser.js';
import { openDashboard, PATIENCE_MS, rowNames, settled } from './dashboard.js';

let server: TestServer;
let agent: Agent;
let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(() => browser?.close());

beforeEach(async () => {
  ({ server, agent } = await startWithAgent());
});

afterEach(() => server.close());

async function list(search = ''): Promise<{ page: Page; log: PageLog }> {
  return openDashboard(browser, `${server.url}/${search}`);
}

/** The row of a record, by its name. */
function row(page: Page, name: string) {
  return page.getByRole('row', { name });
}

describe('the list of the dashboard', { timeout: 120_000 }, () => {
  it('says that there is nothing yet, and shows the first event when asked to', async () => {
    const { page } = await list();
    await page.getByText('There are no events yet.').waitFor();
    const event = await agent.event();
    await page.getByRole('button', { name: '1 new' }).click();
    await row(page, event.name).waitFor();
  });

  it('shows a change of state where the row stands and marks it', async () => {
    const event = await agent.event();
    const { page } = await list();
    await row(page, event.name).getByText('Queued').waitFor();
    await agent.moveEvent(event, 'RUNNING', 'Looking for images');
    await row(page, event.name).getByText('Running').waitFor();
    await row(page, event.name).getByText('Looking for images').waitFor();
    expect(await row(page, event.name).locator('.changed').count()).toBe(1);
  });

  it('announces new rows and does not move those one reads', async () => {
    const first = await agent.event();
    const { page } = await list();
    const [second, third] = [await agent.event(), await agent.event()];
    const announcement = page.locator('[aria-live=polite]').getByRole('button', { name: '2 new' });
    await announcement.waitFor();
    expect(await rowNames(page)).toEqual([first.name]);
    await announcement.click();
    await row(page, third.name).waitFor();
    expect(await rowNames(page)).toEqual([third.name, second.name, first.name]);
    expect(await page.getByRole('button', { name: 'new' }).count()).toBe(0);
  });

  it('keeps filters in the address, through a reload and the way back', async () => {
    const [queued, running] = [await agent.event(), await agent.event()];
    await agent.moveEvent(running, 'RUNNING');
    const { page } = await list();
    await page.getByRole('button', { name: 'Running' }).click();
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual([running.name]);
    await page.getByLabel('System').selectOption('Freshmaker');
    await page.waitForURL((url) => url.search === '?system=FRESHMAKER&state=RUNNING');
    await page.reload();
    await settled(page);
    expect(await rowNames(page)).toEqual([running.name]);
    expect(await page.getByRole('button', { name: 'Running' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByLabel('System').selectOption('Rodan');
    await page.getByText('No events match these filters.').waitFor();
    for (const _step of ['Rodan', 'Freshmaker', 'Running']) await page.goBack();
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual([running.name, queued.name]);
  });

  it('finds by part of the name, by project and by time', async () => {
    const event = await agent.event();
    await agent.plan(event, ['bash-container', 'zsh-container']);
    const { page } = await list('?kind=builds');
    await page.getByLabel('Name contains').fill('BASH');
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual(['bash-container']);
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByLabel('Project').fill('zsh-container');
    await page.getByLabel('Project').press('Enter');
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual(['zsh-container']);
    await page.getByLabel('Time').selectOption('Last hour');
    await page.waitForURL((url) => url.search.endsWith('project=zsh-container&time=1h'));
    await settled(page);
    expect(await rowNames(page)).toEqual(['zsh-container']);
  });

  it('shows a row leave the states that were asked for, and counts each state', async () => {
    const event = await agent.event();
    await agent.plan(event, ['bash-container']);
    const { page } = await list('?state=QUEUED');
    await page.getByRole('button', { name: 'Queued 1' }).waitFor();
    await agent.moveEvent(event, 'RUNNING');
    await row(page, event.name).getByText('Running').waitFor();
    await page.getByRole('button', { name: 'Queued 0' }).waitFor();
    await page.getByRole('button', { name: 'Running 1' }).waitFor();
  });

  it('shows builds page by page, the page in the address', async () => {
    const event = await agent.event();
    const names = Array.from({ length: 120 }, (_, index) => `image-${String(index).padStart(3, '0')}`);
    await agent.plan(event, names.slice(0, 60));
    await agent.plan(event, names.slice(60));
    const newest = names.toReversed();
    const { page } = await list('?kind=builds');
    expect(await rowNames(page)).toEqual(newest.slice(0, 50));
    await page.getByRole('link', { name: 'Older' }).click();
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual(newest.slice(50, 100));
    await page.reload();
    await settled(page);
    expect(await rowNames(page)).toEqual(newest.slice(50, 100));
    await page.getByRole('link', { name: 'Older' }).click();
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual(newest.slice(100));
    await page.getByRole('link', { name: 'Newer' }).click();
    await expect.poll(() => rowNames(page), { timeout: PATIENCE_MS }).toEqual(newest.slice(50, 100));
  });

  it('says that the connection is lost, and has missed nothing when it is back', async () => {
    const [first, second] = [await agent.event(), await agent.event()];
    const { proxy, url } = await proxied(server.url, 80);
    const { page } = await openDashboard(browser, url);
    proxy.shut();
    await page.getByRole('status').getByText('Connection lost, catching up…').waitFor();
    await agent.moveEvent(first, 'RUNNING');
    await agent.moveEvent(second, 'RUNNING');
    await agent.moveEvent(first, 'FAILED', 'No such image');
    const third = await agent.event();
    proxy.open();
    await row(page, first.name).getByText('Failed').waitFor();
    await row(page, second.name).getByText('Running').waitFor();
    await page.getByRole('button', { name: '1 new' }).click();
    await row(page, third.name).waitFor();
    await settled(page);
    await page.close();
    await proxy.close();
  });

  it('reads the list anew when changes were missed that are not kept any more', async () => {
    const event = await agent.event();
    const { proxy, url } = await proxied(server.url, 80);
    const { page } = await openDashboard(browser, url);
    let reads = 0;
    page.on('request', (request) => (reads += Number(request.postData()?.includes('query EventList'))));
    proxy.shut();
    await page.getByRole('status').getByText('Connection lost, catching up…').waitFor();
    await agent.moveEvent(event, 'RUNNING');
    await server.app.store.transact(UNRESTRICTED, async (transaction) => {
      await transaction.all(sql`DELETE FROM change_log`);
      await transaction.all(sql`UPDATE change_log_head SET trimmed_to = sequence WHERE id = 1`);
    });
    // A gateway that runs knows the newest changes by heart; one that has just started does not.
    await server.app.close();
    const { config } = server;
    const port = server.port;
    const again = await startApp(
      { ...config, server: { ...config.server, port } },
      { logger: pino({ level: 'silent' }) },
    );
    proxy.open();
    await row(page, event.name).getByText('Running').waitFor();
    await settled(page);
    expect(reads).toBe(1);
    await page.close();
    await proxy.close();
    await again.close();
  });

  it('says what the gateway does not like and tries again when told to', async () => {
    await agent.event();
    const page = await browser.newPage();
    await page.goto(`${server.url}/?after=nonsense`);
    await page.getByRole('alert').getByText('after').waitFor();
    await page.getByRole('button', { name: 'Try again' }).waitFor();
    await page.getByRole('link', { name: 'Events' }).click();
    await settled(page);
    expect(await rowNames(page)).toHaveLength(1);
  });
});
