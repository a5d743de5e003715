import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT } from './fixture.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let http: HttpClient;

beforeAll(async () => {
  server = await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT } });
  http = new HttpClient(server.url);
});

afterAll(() => server.close());

const get = (path: string) => http.get(`/freshmaker${path}`);
const notFound = (message: string) => ({ status: 404, error: 'Not Found', message });

const NO_SUCH_URL =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';

const SLASHED = ['event-types/', 'build-types/', 'build-states/', 'events/', 'builds/', 'about/'];

describe('a missing final slash', () => {
  it.each([...SLASHED, 'async-builds/'])('of %s is answered with 308 for GET and for POST', async (path) => {
    for (const method of ['GET', 'POST']) {
      for (const version of ['1', '2']) {
        const uri = `/freshmaker/api/${version}/${path}`;
        const reply = await http.send(method, uri.slice(0, -1), { body: 'no JSON' });
        expect(reply.status).toBe(308);
        expect(reply.headers['location']).toBe(`${server.url}${uri}`);
        expect(reply.headers['content-type']).toMatch(/^text\/html\b/);
      }
    }
  });

  it('keeps the query byte for byte', async () => {
    const search = '?name=a&page=1&x=%zz+%20%c3%bc&&y';
    const reply = await get(`/api/1/builds${search}`);
    expect(reply.headers['location']).toBe(`${server.url}/freshmaker/api/1/builds/${search}`);
  });

  it('points to the host the client used', async () => {
    const reply = await http.get('/api/2/events?a', { host: 'FRESHMAKER.localhost:99' });
    expect(reply.status).toBe(308);
    expect(reply.headers['location']).toBe('http://FRESHMAKER.localhost:99/api/2/events/?a');
  });
});

describe('unknown URIs', () => {
  it.each([
    '',
    '/',
    '/api',
    '/api/1',
    '/api/1/',
    '/api/3/events/',
    '/api/01/events/',
    '/API/1/events/',
    '/api/1/Events/',
    '/api/1/event-states/',
    '/api/1/nosuch',
    '/api/1//events/',
    '/api/1/./events/',
    '/api/1/events/%zz',
    '/api/1/verify-image/',
    '/api/1/verify-image/a/b',
    '/api/1/verify-image-repository/a',
    '/api/1/verify-image-repository/a/b/c',
    '/api/1/async-builds/1',
    '/graphql',
  ])('"%s" is a 404 of the dialect', async (path) => {
    const reply = await get(path);
    expect(reply.status).toBe(404);
    expect(reply.headers['content-type']).toMatch(/^application\/json\b/);
    expect(reply.json).toEqual(notFound(NO_SUCH_URL));
  });

  it('are all that a virtual host has besides the dialect', async () => {
    for (const path of ['/', '/graphql', '/healthz', '/freshmaker/api/1/events/', '/kernelci/version']) {
      const reply = await http.get(path, { host: 'freshmaker.localhost' });
      expect(reply.status).toBe(404);
      expect(reply.json).toEqual(notFound(NO_SUCH_URL));
    }
  });
});

describe('methods', () => {
  const ALLOWED: [string, string][] = [
    ...SLASHED.filter((path) => path !== 'builds/').map((path): [string, string] => [path, 'GET, HEAD, OPTIONS']),
    ['builds/', 'GET, HEAD, OPTIONS, POST'],
    ['async-builds/', 'OPTIONS, POST'],
    ['events/4', 'GET, HEAD, OPTIONS, PATCH'],
    ['builds/16', 'GET, HEAD, OPTIONS'],
    ['verify-image/x', 'GET, HEAD, OPTIONS'],
  ];

  it.each(ALLOWED)('of %s are told by OPTIONS and by 405', async (path, allowed) => {
    const options = await http.options(`/freshmaker/api/1/${path}`);
    expect(options).toMatchObject({ status: 200, text: '' });
    expect(options.headers['allow']).toBe(allowed);
    const wrong = await http.delete(`/freshmaker/api/2/${path}`);
    expect(wrong.status).toBe(405);
    expect(wrong.headers['allow']).toBe(allowed);
    expect(wrong.json).toEqual({ status: 405, error: 'Method Not Allowed', message: expect.any(String) });
  });

  it('answer a wrong method with 405 before credentials or body', async () => {
    expect((await http.post('/freshmaker/api/1/events/', { body: 'no JSON' })).status).toBe(405);
    expect((await http.patch('/freshmaker/api/1/builds/16', { body: 'no JSON' })).status).toBe(405);
    expect((await http.get('/freshmaker/api/1/async-builds/')).status).toBe(405);
  });

  it.each([
    '/api/1/events/4',
    '/api/2/events/',
    '/api/1/about/',
    '/api/1/events/18000',
    '/api/1/events/?state=x',
    '/nosuch',
  ])('answer HEAD of %s as GET without the body', async (path) => {
    const full = await get(path);
    const reply = await http.head(`/freshmaker${path}`);
    expect(reply).toMatchObject({ status: full.status, text: '' });
    expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(full.text)));
    expect(reply.headers['content-type']).toBe(full.headers['content-type']);
  });
});

describe('headers', () => {
  it('are few, whatever is accepted', async () => {
    for (const accept of ['text/html', 'application/xml;q=1', 'nonsense']) {
      const headers = { Accept: accept, 'Accept-Encoding': 'gzip, br', Origin: 'http://elsewhere.example' };
      const reply = await http.get('/freshmaker/api/1/events/4', { headers });
      expect(reply.status).toBe(200);
      for (const absent of [
        'set-cookie',
        'cache-control',
        'etag',
        'vary',
        'content-encoding',
        'x-powered-by',
        'access-control-allow-origin',
      ]) {
        expect(reply.headers).not.toHaveProperty(absent);
      }
      expect(reply.headers['content-length']).toBe(String(Buffer.byteLength(reply.text)));
      expect(reply.headers['content-type']).toMatch(/^application\/json\b/);
    }
  });

  it('refuse a host that is none', async () => {
    const reply = await http.get('/freshmaker/api/1/events/', { host: 'a"><script>' });
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual({ status: 400, error: 'Bad Request', message: expect.any(String) });
    expect(reply.text).not.toContain('script');
  });

  it('never need valid credentials for a read', async () => {
    expect((await http.get('/freshmaker/api/1/events/4', { token: 'nonsense' })).status).toBe(200);
    expect((await http.get('/freshmaker/api/1/events/4', { headers: { Authorization: 'Basic %%%' } })).status).toBe(
      200,
    );
  });
});
