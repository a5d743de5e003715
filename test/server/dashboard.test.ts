import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashboardRouter } from '../../src/server/dashboard.js';
import { serve, stopServers } from './serve.js';

const content = {
  version: '1.2.3',
  dialects: [
    { name: 'rodan', title: 'Rodan', prefix: '/rodan', host: 'rodan.localhost', exampleUri: '/jobs/?format=$&' },
  ],
};

let folder: string;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
  url = await serve((app) => app.use(dashboardRouter(content, folder)));
});

afterEach(async () => {
  await stopServers();
  rmSync(folder, { recursive: true });
});

function build(): void {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html>\n<div id="dashboard"></div>\n<!--pointers-->\n');
  writeFileSync(join(folder, 'assets/index-1a2b.js'), 'export {};\n');
}

describe('the dashboard on the server', () => {
  it('shows where everything is at / when it was not built, and no page of its own', async () => {
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toContain('<code>/rodan/jobs/?format=$&amp;</code>');
    expect((await fetch(`${url}/build/rodan/1`)).status).toBe(404);
  });

  it.each([
    '/',
    '/?kind=builds',
    '/charts?time=7d',
    '/event/freshmaker/214',
    '/build/devmason/carpet%2F43',
    '/job/devmason/carpet/43/1',
  ])('serves the page at %s, to be asked for anew each time', async (path) => {
    build();
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const page = await response.text();
    expect(page).toContain('<div id="dashboard"></div>');
    expect(page).toContain('<noscript>');
    expect(page).toContain('<code>/rodan/jobs/?format=$&amp;</code>');
  });

  it('allows the page its own origin only, and nothing inline', async () => {
    build();
    expect((await fetch(url)).headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });

  it('serves files named by their content as JavaScript, to be kept for a year', async () => {
    build();
    const response = await fetch(`${url}/dashboard/assets/index-1a2b.js`);
    expect(response.headers.get('content-type')).toMatch(/^text\/javascript/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
  });

  it('tells the page, and those without JavaScript, when there is no GraphiQL', async () => {
    build();
    expect(await (await fetch(url)).text()).not.toContain('<template id="no-graphiql">');
    const without = await serve((app) => app.use(dashboardRouter({ ...content, graphiql: false }, folder)));
    const page = await (await fetch(without)).text();
    expect(page).toContain('<template id="no-graphiql"></template>');
    expect(page).not.toContain('/graphiql"');
  });

  it('keeps the list of everything at /about', async () => {
    build();
    const response = await fetch(`${url}/about`);
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await response.text()).toContain('<h3 id="dialect-rodan">Rodan</h3>');
  });
});
