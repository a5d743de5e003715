import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD, DevmasonServer, GENIE, JAFAR, NOBODY, SEALED, UNREADABLE } from './rest-support.js';

let server: DevmasonServer;

beforeAll(async () => {
  server = await DevmasonServer.start();
  await server.gateway.token('operator');
  await server.project('lamp-shop', GENIE);
  await server.build('lamp-shop', {}, GENIE, 'taken');
  await server.start('lamp-shop', {}, JAFAR, 'open');
});
afterAll(() => server.close());

const WRITES = [
  ['PUT', '/lamp-shop'],
  ['PUT', '/none-such'],
  ['POST', '/lamp-shop/builds'],
  ['POST', '/none-such/builds'],
  ['PUT', '/lamp-shop/builds/taken'],
  ['PUT', '/lamp-shop/builds/free'],
  ['POST', '/lamp-shop/builds/open/progress'],
  ['POST', '/lamp-shop/builds/taken/progress'],
  ['PUT', '/users/genie'],
] as const;

describe.each(WRITES)('%s %s', (method, path) => {
  it.each([undefined, '', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'text/json'])(
    'of the content type %s is 400 whoever asks',
    async (type) => {
      for (const headers of [NOBODY, GENIE, SEALED, UNREADABLE]) {
        const typed = { ...headers, ...(type !== undefined && { 'Content-Type': type }) };
        const { status, text, headers: answered } = await server.send(method, path, { headers: typed, body: BUILD });
        expect([status, text]).toEqual([400, 'Bad Request']);
        expect(answered['content-type']).toBe('text/plain; charset=utf-8');
      }
    },
  );

  it.each([
    '',
    ' ',
    '{',
    "{'name': 1}",
    '{"name": "a "b""}',
    '{"a": 1,}',
    'undefined',
    '\ufeff{}',
    Buffer.from('"\xff"', 'latin1'),
  ])('of the body %j is 400 before credentials are looked at', async (body) => {
    for (const headers of [NOBODY, SEALED, UNREADABLE]) {
      const json = { 'Content-Type': 'application/json', ...headers };
      const { status, text } = await server.send(method, path, { headers: json, body });
      expect([status, text]).toEqual([400, 'Bad Request']);
    }
  });

  it('looks at credentials next: 403 when they are wrong, 401 when nobody can read them', async () => {
    for (const body of ['"x"', '5', 'null', '[]', '{}']) {
      const wrong = await server.send(method, path, {
        headers: { 'Content-Type': 'application/json', ...SEALED },
        body,
      });
      expect([wrong.status, wrong.text, wrong.headers['www-authenticate']]).toEqual([403, '', undefined]);
      const headers = { 'Content-Type': 'application/json', ...UNREADABLE };
      const unreadable = await server.send(method, path, { headers, body });
      expect([unreadable.status, unreadable.text]).toEqual([401, '']);
      expect(unreadable.headers['www-authenticate']).toBe('Basic realm="pony"');
    }
  });
});

describe('bodies', () => {
  it.each([
    'application/json',
    'Application/JSON',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
  ])('of the type %s are read', async (type) => {
    const { status } = await server.send('POST', '/lamp-shop/builds', {
      headers: { 'Content-Type': type },
      body: BUILD,
    });
    expect(status).toBe(201);
  });

  it('that are no objects fail where fields are looked at', async () => {
    for (const body of ['"x"', '5', 'null', 'true', '[]', '12345678901234567890']) {
      expect(await refusal('POST', '/lamp-shop/builds', body)).toEqual([400, 'Bad Request']);
      expect(await refusal('POST', '/none-such/builds', body)).toEqual([404, 'Not Found']);
      expect(await refusal('PUT', '/lamp-shop/builds/taken', body)).toEqual([403, '']);
      expect(await refusal('POST', '/lamp-shop/builds/taken/progress', body)).toEqual([410, 'Gone']);
      expect(await refusal('POST', '/lamp-shop/builds/open/progress', body)).toEqual([401, '']);
      expect(await refusal('POST', '/lamp-shop/builds/open/progress', body, JAFAR)).toEqual([400, 'Bad Request']);
      expect(await refusal('PUT', '/users/genie', body, GENIE)).toEqual([400, 'Bad Request']);
      expect(await refusal('PUT', '/lamp-shop', body)).toEqual([400, '']);
    }
  });

  it('that are nested very deep are 400, or stored as they are', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    const report = (levels: number) => `{"success":true,"client":{"host":"","arch":"","x":${deep(levels)}}}`;
    expect((await server.put('/lamp-shop/builds/deep', report(80))).status).toBe(201);
    expect((await server.get('/lamp-shop/builds/deep')).text).toContain(deep(80));
    expect(await refusal('POST', '/lamp-shop/builds', report(100_000))).toEqual([400, 'Bad Request']);
  });

  async function refusal(method: string, path: string, body: string, headers = NOBODY): Promise<[number, string]> {
    const json = { 'Content-Type': 'application/json', ...headers };
    const { status, text } = await server.send(method, path, { headers: json, body });
    return [status, text];
  }
});

describe('a method that a URI does not have', () => {
  it('is 405 before content type, body and credentials are looked at', async () => {
    for (const [method, path, allow] of [
      ['PUT', '/users', 'GET'],
      ['PUT', '/lamp-shop/builds/latest', 'GET'],
      ['POST', '/lamp-shop', 'GET, PUT, DELETE'],
      ['PUT', '/none-such/builds', 'GET, POST'],
    ] as const) {
      const { status, text, headers } = await server.send(method, path, { headers: UNREADABLE, body: '{' });
      expect([status, text, headers.allow]).toEqual([405, '', allow]);
    }
  });
});

describe('A client of a build', () => {
  it.each([
    [128 * 1024 - 100, 201],
    [128 * 1024, 400],
  ])('with a key of %i characters is answered %i', async (length, status) => {
    const build = { ...BUILD, client: { ...BUILD.client, note: 'x'.repeat(length) } };
    expect((await server.post('/lamp-shop/builds', build, GENIE)).status).toBe(status);
  });
});
