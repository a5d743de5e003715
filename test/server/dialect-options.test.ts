import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/server/dialect.js';
import type { Form } from '../../src/server/form.js';
import { acceptsGzip } from '../../src/server/content-coding.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

const fields = ({ body }: { body: unknown }) =>
  text(['a', 'a[]', '__proto__', '%zz'].map((name) => `${name}=${(body as Form).get(name)}`).join(' '));

/** A dialect that uses every option. */
const fullDialect: Dialect = {
  ...toyDialect,
  system: 'full',
  prefix: '/full',
  options: undefined,
  authentication: 'always',
  trustsRemoteUser: true,
  methodOverride: ['_first', '_second'],
  headers: { 'Cache-Control': 'no-cache', 'Content-Type': 'text/x-default' },
  gzip: true,
  crossOrigin: { allowed: ['https://tools.example.org'] },
  redirect: ({ path }) => (path.endsWith('/') ? { status: 301, headers: { Location: '/elsewhere' } } : undefined),
  routes: [
    route('GET', '/thing', { handle: ({ principal, method }) => text(`${method} ${principal.userName}`) }),
    route('DELETE', '/thing', { access: 'user', handle: ({ method }) => text(`${method} done`) }),
    route('PUT', '/thing', { body: { kind: 'form', limit: 1000 }, handle: fields }),
    route('POST', '/thing', { body: { kind: 'form' }, handle: fields }),
    route('GET', '/read', { handle: () => text('r'.repeat(1000)) }),
    route('DELETE', '/empty', { handle: () => ({ status: 204 }) }),
  ],
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({ dialects: [fullDialect, toyDialect] });
});

afterAll(() => server.close());

const form = (body: string | Uint8Array, type?: string, path = '/full/thing') =>
  server.http.post(path, { body, headers: type === undefined ? {} : { 'Content-Type': type } });

describe('a form body', () => {
  it.each([
    ['urlencoded', 'application/x-www-form-urlencoded; charset=x'],
    ['without a type', undefined],
  ])('%s has literal names, and the last value counts', async (_name, type) => {
    const { text: shown } = await form('a=1&a%5B%5D=x+y&a=%C3%BC&__proto__=p&%zz=%&other', type);
    expect(shown).toBe('a=ü a[]=x y __proto__=p %zz=%');
  });

  it('may be multipart, with files as text', async () => {
    const part = (name: string, value: string) =>
      `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const file = '--x\r\nContent-Disposition: form-data; name="a[]"; filename="f"\r\n\r\nfile\r\n';
    const body = `${part('a', '1')}${part('a', 'zwei ü')}${file}--x--\r\n`;
    expect((await form(body, 'multipart/form-data; boundary=x')).text).toBe(
      'a=zwei ü a[]=file __proto__=undefined %zz=undefined',
    );
  });

  it.each([
    ['JSON', 'application/json', '{"a": 1}'],
    ['broken JSON', 'application/json', '{'],
    ['multipart without a boundary', 'multipart/form-data', 'a=1'],
    ['multipart cut short', 'multipart/form-data; boundary=x', '--x\r\nContent-Disp'],
    ['a type that is none', 'a', 'a=1'],
  ])('that is %s is empty', async (_name, type, body) => {
    expect((await form(body, type)).text).toBe('a=undefined a[]=undefined __proto__=undefined %zz=undefined');
  });

  it('is read on PUT and has a limit', async () => {
    expect((await server.http.send('PUT', '/full/thing', { body: 'a=5' })).text).toContain('a=5');
    expect(await server.http.send('PUT', '/full/thing', { body: `a=${'5'.repeat(1000)}` })).toMatchObject({
      status: 413,
      text: 'bodyTooLarge',
    });
    expect((await form(new Uint8Array(1024 * 1024 + 1))).status).toBe(413);
  });
});

describe('a method override', () => {
  it.each([
    ['by the first field', '_first=put&_second=DELETE&a=1', '', 'a=1 '],
    ['by the second field', '_second=Put&a=2', '', 'a=2 '],
    ['in the query', 'a=3', '?_second=x&_second=PUT', 'a=3 '],
    ['by the body before the query', '_second=PUT&a=4', '?_first=DELETE', 'a=4 '],
    ['by nothing', '_first=&a=5', '', 'a=5 '],
    ['by the method itself', '_first=post&a=6', '', 'a=6 '],
  ])('%s routes a POST', async (_name, body, search, shown) => {
    expect((await form(body, undefined, `/full/thing${search}`)).text).toContain(shown);
  });

  it('reaches the checks of the method it names', async () => {
    expect(await form('_first=DELETE')).toMatchObject({ status: 401, text: 'credentialsMissing' });
    const headers = { Authorization: 'Bearer writer' };
    expect(await server.http.post('/full/thing', { headers, body: '_first=DELETE' })).toMatchObject({
      status: 200,
      text: 'DELETE done',
    });
    expect(await form('_first=BREW')).toMatchObject({
      status: 405,
      headers: { allow: 'DELETE, GET, HEAD, POST, PUT' },
    });
  });

  it('counts on POST alone, and only where the dialect asks for it', async () => {
    expect((await server.http.get('/full/thing?_first=DELETE')).text).toBe('GET null');
    expect((await server.http.post('/toy/bytes?_first=DELETE', { body: 'x' })).text).toBe('78');
  });
});

describe('credentials that are always looked at', () => {
  it.each(['/full/thing', '/full/nowhere', '/full/thing/'])('are refused on %s when they are wrong', async (path) => {
    const reply = await server.http.get(path, { headers: { Authorization: 'Bearer nobody' } });
    expect(reply).toMatchObject({ status: 409, text: 'UNAUTHENTICATED: unknown token' });
  });

  it('name the caller of a read', async () => {
    expect((await server.http.get('/full/thing', { token: 'reader' })).text).toBe('GET rita');
    expect((await server.http.get('/full/thing')).text).toBe('GET null');
  });

  it('give way to X-Remote-User from a trusted proxy only', async () => {
    const headers = { 'X-Remote-User': 'ruth' };
    expect((await server.http.get('/full/thing', { headers })).text).toBe('GET null');
    const proxied = await startToyServer({ dialects: [fullDialect, toyDialect], trustProxy: () => true });
    try {
      expect((await proxied.http.get('/full/thing', { headers })).text).toBe('GET ruth');
      expect((await proxied.http.send('PUT', '/toy/secured', { headers })).text).toBe('credentialsMissing');
    } finally {
      await proxied.close();
    }
  });
});

describe('headers of every answer', () => {
  it.each([
    ['an answer', '/full/thing', 200],
    ['no such address', '/full/nowhere', 404],
    ['a redirect', '/full/thing/', 301],
  ])('stand on %s', async (_name, path, status) => {
    expect(await server.http.get(path)).toMatchObject({ status, headers: { 'cache-control': 'no-cache' } });
  });

  it('stand on a refusal, and an answer overrides them', async () => {
    const { headers } = await server.http.delete('/full/thing');
    expect(headers).toMatchObject({ 'cache-control': 'no-cache', 'content-type': 'text/plain' });
  });
});

describe('compression', () => {
  it('is used where the client accepts it', async () => {
    const reply = await fetch(`http://127.0.0.1:${server.port}/full/read`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(Number(reply.headers.get('content-length'))).toBeLessThan(100);
    expect(await reply.text()).toBe('r'.repeat(1000));
  });

  it('is not used without a header, on an empty body or by another dialect', async () => {
    const headers = { 'Accept-Encoding': 'gzip' };
    for (const [method, path, sent] of [
      ['GET', '/full/read', {}],
      ['DELETE', '/full/empty', headers],
      ['GET', '/toy/numbers/1', headers],
    ] as const) {
      expect((await server.http.send(method, path, { headers: sent })).headers['content-encoding']).toBeUndefined();
    }
  });

  it.each([
    ['gzip', true],
    ['br, GZIP;q=0.5', true],
    ['*', true],
    ['gzip;q=0, *', false],
    ['br', false],
    ['', false],
    ['gzip;q=x', false],
  ])('of "%s" is accepted: %s', (header, accepted) => {
    expect(acceptsGzip(header)).toBe(accepted);
  });
});

describe('requests of pages', () => {
  const own = (headers: Record<string, string>) => server.http.delete('/full/empty', { headers });

  it.each([
    [{ Origin: 'https://evil.example' }],
    [{ Origin: 'null' }],
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' }],
  ])('of another origin are refused: %j', async (headers) => {
    expect(await own(headers as Record<string, string>)).toMatchObject({ status: 403, text: 'crossSite' });
  });

  it('of the own origin, of an allowed one and of no page are answered', async () => {
    const origin = `http://127.0.0.1:${server.port}`;
    for (const headers of [
      {},
      { Origin: origin },
      { Origin: origin.replace('http', 'https'), 'Sec-Fetch-Site': 'same-origin' },
      { 'Sec-Fetch-Site': 'none' },
      { Origin: 'https://tools.example.org', 'Sec-Fetch-Site': 'cross-site' },
    ] as Record<string, string>[]) {
      expect((await own(headers)).status).toBe(204);
    }
  });

  it('may read whatever the origin, and only an allowed one gets the headers to see the answer', async () => {
    const from = (origin: string) => server.http.get('/full/thing', { headers: { Origin: origin } });
    const { status, headers } = await from('https://evil.example');
    expect(status).toBe(200);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect((await from('https://tools.example.org')).headers).toMatchObject({
      'access-control-allow-origin': 'https://tools.example.org',
      'access-control-allow-credentials': 'true',
    });
  });

  it('may ask first when their origin is allowed', async () => {
    const ask = (origin: string) =>
      server.http.options('/full/thing', { headers: { Origin: origin, 'Access-Control-Request-Method': 'DELETE' } });
    expect(await ask('https://tools.example.org')).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
        'access-control-allow-origin': 'https://tools.example.org',
      },
    });
    expect((await ask('https://evil.example')).status).toBe(405);
  });
});
