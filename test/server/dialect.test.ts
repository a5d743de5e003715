import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endless, startToyServer } from './toy-dialect.js';

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer();
});

afterAll(() => server.close());

const get = (path: string) => server.http.get(path);

describe('routes', () => {
  it('answers a documented URI through its stored operation', async () => {
    expect(await get('/toy/words/hello')).toMatchObject({ status: 200, text: 'HELLO' });
  });

  it('decodes a segment once and keeps an escaped slash inside it', async () => {
    expect((await get('/toy/words/a%2Fb%2520+c%C3%BC')).text).toBe('A/B%20+CÜ');
  });

  it.each([
    ['a broken escape', '/toy/words/a%zz'],
    ['an escape cut short', '/toy/words/a%4'],
    ['bytes that are no UTF-8', '/toy/words/%FF'],
    ['an empty segment', '/toy/words/'],
    ['a slash at the end', '/toy/words/a/'],
    ['two slashes', '/toy//words/a'],
    ['dot segments', '/toy/x/../words/a'],
    ['other case', '/toy/Words/a'],
    ['an escaped slash between segments', '/toy/words%2Fa'],
    ['digits with something behind', '/toy/numbers/12a'],
    ['a sign', '/toy/numbers/-1'],
    ['digits of another script', '/toy/numbers/%D9%A1'],
    ['a value that is not listed', '/toy/kinds/c/'],
    ['a listed value without its slash', '/toy/kinds/a'],
    ['the name of an object member', '/toy/constructor'],
  ])('has no URI for %s', async (_name, path) => {
    expect(await get(path)).toMatchObject({ status: 404, text: `toy has no ${path.slice('/toy'.length)}` });
  });

  it('matches digits, listed values and a longer URI behind them', async () => {
    expect((await get('/toy/numbers/007')).text).toBe('007');
    expect((await get('/toy/kinds/b/')).text).toBe('b');
    expect((await get('/toy/kinds/b/special')).text).toBe('special');
  });

  it('takes a request target with scheme and host for its path', async () => {
    expect((await get('http://elsewhere.example/toy/words/x?y')).text).toBe('X');
  });
});

describe('methods', () => {
  it('answers HEAD as GET, with its length and without its body', async () => {
    const reply = await server.http.head('/toy/words/hello');
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers).toMatchObject({ 'content-length': '5', 'content-type': 'text/plain' });
  });

  it('answers a wrong method with those of the URI', async () => {
    const reply = await server.http.post('/toy/words/hello');
    expect(reply).toMatchObject({ status: 405, text: 'toy method' });
    expect(reply.headers['allow']).toBe('GET, HEAD, OPTIONS');
    expect((await get('/toy/secured')).headers['allow']).toBe('OPTIONS, PUT');
    expect((await server.http.head('/toy/secured')).status).toBe(405);
  });

  it('answers OPTIONS as the dialect says, on known URIs only', async () => {
    const reply = await server.http.options('/toy/words/hello');
    expect(reply).toMatchObject({ status: 200, text: '' });
    expect(reply.headers).toMatchObject({ allow: 'GET, HEAD, OPTIONS', 'content-length': '0' });
    expect((await server.http.options('/toy/nowhere')).status).toBe(404);
    expect((await server.http.options('/strict/list/')).headers['allow']).toBe('GET, HEAD');
  });

  it('redirects where the dialect says so, before it looks at the method', async () => {
    const reply = await server.http.post('/strict/list?a=%zz&b');
    expect(reply.status).toBe(301);
    expect(reply.headers['location']).toBe('/list/?a=%zz&b');
  });
});

describe('credentials, role, body', () => {
  const put = (token: string | undefined, body: string | Uint8Array = '{}') =>
    server.http.send('PUT', '/toy/secured', { token, body });

  it('are looked at in this order', async () => {
    expect(await put(undefined, 'no JSON')).toMatchObject({ status: 401, text: 'credentialsMissing' });
    expect(await put('wrong', 'no JSON')).toMatchObject({ status: 409, text: 'UNAUTHENTICATED: unknown token' });
    expect(await put('reader', 'no JSON')).toMatchObject({ status: 403, text: 'roleMissing' });
    expect(await put('writer', 'no JSON')).toMatchObject({ status: 422, text: 'bodyUnreadable' });
    expect(await put('writer', '{"a":1}')).toMatchObject({ status: 200, text: 'wanda {"a":1}' });
  });

  it('let an administrator pass without the role', async () => {
    expect((await put('admin')).text).toBe('ada {}');
  });

  it('do not matter where the route asks for no role', async () => {
    expect(await server.http.get('/toy/caller', { token: 'wrong' })).toMatchObject({ status: 200, text: 'nobody' });
  });

  it('take JSON whatever the content type says, bare values too', async () => {
    for (const type of ['application/x-www-form-urlencoded', 'text/plain', 'application/json; charset=latin1']) {
      const options = { token: 'writer', body: '"cancel"', headers: { 'Content-Type': type } };
      expect((await server.http.send('PUT', '/toy/secured', options)).text).toBe('wanda "cancel"');
    }
    expect((await put('writer', 'null')).text).toBe('wanda null');
    expect((await put('writer', '{"__proto__":{"a":1}}')).text).toBe('wanda {"__proto__":{"a":1}}');
  });

  it.each([
    ['nothing', ''],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
    ['a byte order mark', '\uFEFF{}'],
    ['a second value', '{} {}'],
  ])('refuse %s as JSON', async (_name, body) => {
    expect(await put('writer', body)).toMatchObject({ status: 422, text: 'bodyUnreadable' });
  });

  it('refuse deep nesting, but not brackets inside of strings', async () => {
    const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    expect((await put('writer', nested(90))).status).toBe(200);
    expect((await put('writer', `"${'['.repeat(900)}\\"["`)).status).toBe(200);
    const deep = await server.http.send('PUT', '/toy/secured', { token: 'writer', body: nested(91) });
    expect(deep).toMatchObject({ status: 422, text: 'bodyUnreadable' });
  });

  it('refuse a body over the limit and close the connection', async () => {
    const reply = await put('writer', `"${'x'.repeat(999)}"`);
    expect(reply).toMatchObject({ status: 413, text: 'bodyTooLarge' });
    expect(reply.headers['connection']).toBe('close');
    expect((await put('writer', `"${'x'.repeat(998)}"`)).status).toBe(200);
  });

  it('refuse a chunked body once it passes the limit', async () => {
    const headers = { 'Transfer-Encoding': 'chunked', 'Content-Length': [] };
    const options = { token: 'writer', body: 'x'.repeat(300_000), headers };
    expect(await server.http.send('PUT', '/toy/secured', options)).toMatchObject({ status: 413, text: 'bodyTooLarge' });
  });

  it('hand over bytes as they came, up to 1 MiB', async () => {
    expect((await server.http.post('/toy/bytes', { body: Buffer.from([0, 255, 10]) })).text).toBe('00ff0a');
    expect((await server.http.post('/toy/bytes', { body: Buffer.alloc(1024 * 1024) })).status).toBe(200);
    expect((await server.http.post('/toy/bytes', { body: Buffer.alloc(1024 * 1024 + 1) })).status).toBe(413);
  });
});

describe('faults', () => {
  it('of the core reach the table of the dialect with code and message', async () => {
    expect((await get('/toy/refuse/NOT_FOUND')).text).toBe('NOT_FOUND: refused by the core');
    expect((await get('/toy/throw')).text).toBe('CONFLICT: thrown by the handler');
  });

  it.each(['/toy/crash', '/toy/refuse/OTHER', '/toy/refuse/toString', '/toy/undeclared'])(
    'of ours are logged with the request id and shown without a detail: %s',
    async (path) => {
      server.faults.length = 0;
      expect(await get(path)).toMatchObject({ status: 500, text: 'internal' });
      expect(server.faults).toEqual([
        { err: expect.any(Error), requestId: expect.stringMatching(/.{36}/), system: 'toy' },
      ]);
    },
  );
});

describe('answers', () => {
  it('carry their length and nothing of the framework', async () => {
    const { headers } = await get('/toy/words/hello');
    expect(Object.keys(headers).sort()).toEqual(['connection', 'content-length', 'content-type', 'date']);
  });

  it('without content have no length', async () => {
    const reply = await server.http.delete('/toy/nothing');
    expect(reply).toMatchObject({ status: 204, text: '' });
    expect(reply.headers).not.toHaveProperty('content-length');
  });

  it('made piece by piece are sent whole', async () => {
    const reply = await get('/toy/stream');
    expect(reply).toMatchObject({ status: 200, text: 'one two drei ü' });
    expect(reply.headers['transfer-encoding']).toBe('chunked');
    expect((await server.http.head('/toy/stream')).text).toBe('');
  });

  it('that break off midway end the connection, so that nobody takes them for whole', async () => {
    server.faults.length = 0;
    await expect(get('/toy/broken')).rejects.toThrow();
    expect(server.faults).toHaveLength(1);
  });

  it('wait for a slow reader and stop when it leaves', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /toy/endless HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await endless.stopped.promise;
    // What fits in the socket buffers of both ends, not what a second of writing would make.
    expect(endless.pieces).toBeLessThan(500);
  });
});
