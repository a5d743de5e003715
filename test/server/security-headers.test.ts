import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startTestServer();
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

const PATHS = [
  '/',
  '/about',
  '/about/rodan',
  '/graphiql',
  '/schema.graphql',
  '/openapi/rodan.json',
  '/reference/rodan',
  '/health/live',
  '/metrics',
  '/nothing-here',
  '/graphql?query=%7B__typename%7D',
  '/freshmaker/api/2/builds/',
  '/buildapi/',
  '/buildapi/self-serve/none/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  '/devmason/',
  '/rodan/',
  '/kernelci/job',
];

it.each(PATHS)('%s: the type of the answer is what it says', async (path) => {
  for (const accept of ['text/html', 'application/json']) {
    const { headers } = await http.get(path, { headers: { Accept: accept, 'Apollo-Require-Preflight': '1' } });
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['strict-transport-security']).toBeUndefined();
  }
});

it.each(PATHS)('%s: HTML runs nothing that it does not name, in nobody’s frame', async (path) => {
  const { headers, text } = await http.get(path, { headers: { Accept: 'text/html' } });
  const isPage = headers['content-type']?.startsWith('text/html') === true;
  const policy = String(headers['content-security-policy']);
  expect(isPage && !/^default-src 'none'.*frame-ancestors 'none'/.test(policy)).toBe(false);
  expect(text).not.toContain('<script>alert(1)');
});

it.each(['/', '/about', '/about/rodan', '/graphiql', '/reference/rodan'])(
  '%s: the gateway’s own pages tell nobody where their reader was',
  async (path) => {
    expect((await http.get(path)).headers['referrer-policy']).toBe('no-referrer');
  },
);

describe('what an old API answers as HTML', () => {
  it('runs nothing, although its contract has no policy', async () => {
    const { status, headers } = await http.get('/freshmaker/api/2/builds');
    expect([status, headers['content-type']]).toEqual([308, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
  });
});

describe('a public address with https', () => {
  it('is told to browsers for a year, by every answer', async () => {
    const secure = await startTestServer({ env: { PUBLIC_URL: 'https://ci.example.org' } });
    try {
      for (const path of ['/', '/graphiql', '/freshmaker/api/2/builds/', '/nothing-here']) {
        const { headers } = await new HttpClient(secure.url).get(path);
        expect(headers['strict-transport-security']).toBe('max-age=31536000');
      }
    } finally {
      await secure.close();
    }
  });
});
