import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { startTestServer } from '../support/server.js';
import { launchBrowser, watchPage } from './browser.js';

const freshmaker = JSON.parse(readFileSync(new URL('../../examples/freshmaker.json', import.meta.url), 'utf8'));

let server: Awaited<ReturnType<typeof startTestServer>>;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startTestServer({ import: { freshmaker } }), launchBrowser()]);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe('the index page', () => {
  it('links to GraphiQL, the schema, the dialects and the probes, and every link answers', async () => {
    const page = await browser.newPage();
    const log = watchPage(page);
    await page.goto(`${server.url}/about`);
    const links = await page.getByRole('link').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(
      expect.arrayContaining(['/', '/graphiql', '/schema.graphql', '/healthz', '/readyz', '/metrics']),
    );
    for (const { name } of SYSTEMS) {
      expect(links.filter((link) => link?.startsWith(`/${name}/`))).toHaveLength(1);
    }
    for (const link of links) {
      expect(`${link} ${(await fetch(`${server.url}${link}`)).status}`).toBe(`${link} 200`);
    }
    expect(log.errors).toEqual([]);
    await page.close();
  });

  it.each([360, 1280])('fits a window %i pixels wide', async (width) => {
    const page = await browser.newPage({ viewport: { width, height: 700 } });
    watchPage(page);
    await page.goto(`${server.url}/about`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.close();
  });
});
