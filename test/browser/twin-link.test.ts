import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { exampleRecords } from '../support/examples.js';
import { HttpClient } from '../support/http.js';
import { startTestServer } from '../support/server.js';
import { launchBrowser, watchPage, type PageLog } from './browser.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let browser: Browser;
let page: Page;
let log: PageLog;
beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ import: exampleRecords() }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  log = watchPage(page);
});
afterEach(() => page.close());

/** The text of an editor, which draws spaces as no-break spaces. */
async function shown(editor: string): Promise<string> {
  return (await page.locator(`${editor} .view-lines`).first().innerText()).replaceAll('\u00a0', ' ');
}

const tabs = (): Promise<string[]> => page.getByRole('tab').allInnerTexts();

/** The first address of the `Link` header of a REST answer. */
async function linkOf(path: string): Promise<string> {
  const { headers } = await new HttpClient(server.url).get(path);
  return /^<(\S+)>; rel="alternate"/.exec(String(headers.link))![1]!;
}

describe('The link of a REST answer', () => {
  it('opens its operation with the variables, before the examples, and it runs', async () => {
    await page.goto(await linkOf('/freshmaker/api/2/builds/?per_page=2'));
    await expect.poll(() => shown('.graphiql-query-editor')).toContain('query FreshmakerBuilds(');
    await expect.poll(() => shown('.graphiql-editor-tool')).toContain('"filter": {');
    expect((await tabs()).slice(0, 2)).toEqual(['FreshmakerBuilds', 'Events']);
    const request = page.waitForRequest((one) => one.postData()?.includes('query FreshmakerBuilds') === true);
    await page.locator('.graphiql-execute-button').click();
    expect((await request).postDataJSON()).toMatchObject({
      operationName: 'FreshmakerBuilds',
      variables: {
        filter: { system: { eq: 'FRESHMAKER' } },
        orderBy: [{ field: 'LEGACY_ID', direction: 'DESC' }],
        first: 2,
        offset: 0,
        withTotal: true,
      },
    });
    await expect.poll(() => shown('.result-window')).toContain('"list"');
    await page.getByRole('tab', { name: 'Events' }).click();
    await expect.poll(() => shown('.graphiql-query-editor')).toContain('query Events(');
    expect(log.errors).toEqual([]);
  });

  it('opens beside the tabs of who has been here, once however often it is opened', async () => {
    await page.goto(`${server.url}/graphiql`);
    await page.getByRole('tab', { name: 'Events' }).waitFor();
    await expect.poll(() => page.evaluate('localStorage.getItem("graphiql:tabState")')).not.toBeNull();
    const before = await tabs();
    const link = await linkOf('/freshmaker/api/2/events/201');
    for (const _time of [1, 2]) {
      await page.goto(link);
      await expect.poll(() => shown('.graphiql-query-editor')).toContain('query FreshmakerEventMin(');
      await expect
        .poll(() => page.evaluate('localStorage.getItem("graphiql:tabState")'))
        .toContain('FreshmakerEventMin');
      expect(await tabs()).toEqual([...before, 'FreshmakerEventMin']);
    }
  });

  it('that is wrong says so in the editor', async () => {
    await page.goto(`${server.url}/graphiql?operation=freshmaker/None&variables=%7B`);
    await expect.poll(() => shown('.graphiql-query-editor')).toContain('no stored operation');
  });
});

describe('The page of a dialect', () => {
  it('leads from a route to its operation and on into GraphiQL', async () => {
    await page.goto(`${server.url}/about`);
    await page.locator('a[href="/about/freshmaker"]').click();
    await page.getByRole('heading', { name: 'GET /freshmaker/api/{version}/event-types/', exact: true }).waitFor();
    await page.getByRole('link', { name: 'FreshmakerAbout', exact: true }).click();
    const article = page.getByRole('article', { name: 'FreshmakerAbout' });
    await article.getByRole('link', { name: 'Open in GraphiQL' }).click();
    await expect.poll(() => shown('.graphiql-query-editor')).toContain('query FreshmakerAbout {');
    expect(log.errors).toEqual([]);
  });

  it.each([360, 1280])('fits a window %i pixels wide', async (width) => {
    await page.setViewportSize({ width, height: 700 });
    await page.goto(`${server.url}/about/kernelci`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
