import { once } from 'node:events';
import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import { BuildgateError } from '../../src/core/errors.js';
import type { Dialect } from '../../src/server/dialect.js';
import { endless, route, startToyServer, text, toyDialect } from './toy-dialect.js';

const reason = (body: string) => ({ ...text(body), reasonPhrase: body });
let made: string[] = [];

async function* pieces(): AsyncGenerator<string> {
  for (const piece of ['one ', 'two ', 'drei ü']) {
    made.push(piece);
    yield piece;
  }
}

/** A dialect that compresses all answers, knows its own tokens and answers HEAD by itself. */
const ownDialect: Dialect = {
  ...toyDialect,
  system: 'own',
  prefix: '/own',
  options: undefined,
  gzip: true,
  headFromGet: false,
  headers: { Vary: 'Accept-Encoding' },
  identify: async (authorization, { address }) => {
    if (authorization === undefined) return ANONYMOUS;
    if (authorization === 'refused') throw new BuildgateError('UNAUTHENTICATED', 'expired');
    return { ...ANONYMOUS, userName: `${authorization} at ${address}`, roles: new Set(['own/get']) };
  },
  routes: [
    route('GET', '/short', { handle: () => text('x') }),
    route('GET', '/pieces', { handle: () => ({ ...text(''), body: pieces() }) }),
    route('GET', '/caller', {
      access: ['own/get'],
      handle: ({ principal }) => text(principal.userName ?? 'nobody'),
    }),
    route('POST', '/reason', { body: { kind: 'bytes', limit: 1000 }, handle: ({ body }) => reason(String(body)) }),
    ...toyDialect.routes.filter(({ uri }) => ['/endless', '/broken', '/nothing'].includes(uri)),
  ],
  failure: (failure, request) => ({ ...toyDialect.failure(failure, request), reasonPhrase: `Not ${failure.kind}` }),
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({
    dialects: [ownDialect, toyDialect],
    trustProxy: (address) => address === '127.0.0.1' || address === '10.0.0.1',
  });
});
afterAll(() => server.close());

const zipped = (path: string, accept = 'gzip') => server.http.get(path, { headers: { 'Accept-Encoding': accept } });

describe('gzip', () => {
  it.each(['gzip', 'br, gzip', 'deflate, gzip;q=0.1, *'])('is what "%s" gets, for one byte too', async (accept) => {
    const { headers, bytes } = await zipped('/own/short', accept);
    expect(headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-length': String(bytes.length),
      vary: 'Accept-Encoding',
    });
    expect(gunzipSync(bytes).toString()).toBe('x');
  });

  it.each(['br', 'identity', 'gzip;q=0'])('is never what "%s" gets, nor is anything else', async (accept) => {
    const { headers, text: body } = await zipped('/own/short', accept);
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toBe('x');
  });

  it('is used for failures, for what no route answers and for other methods', async () => {
    for (const [method, path] of [
      ['GET', '/own/nowhere'],
      ['GET', '/own/caller'],
      ['PATCH', '/own/short'],
    ] as const) {
      const { headers, bytes } = await server.http.send(method, path, { headers: { 'Accept-Encoding': 'gzip' } });
      expect(headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(bytes).length).toBeGreaterThan(0);
    }
  });

  it('is used for an answer that is sent in pieces', async () => {
    const { headers, bytes } = await zipped('/own/pieces');
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' });
    expect(headers['content-length']).toBeUndefined();
    expect(gunzipSync(bytes).toString()).toBe('one two drei ü');
    expect((await server.http.get('/own/pieces')).text).toBe('one two drei ü');
  });

  it('leaves an answer without a body as it is', async () => {
    const { status, headers } = await server.http.delete('/own/nothing', { headers: { 'Accept-Encoding': 'gzip' } });
    expect([status, headers['content-encoding']]).toEqual([204, undefined]);
  });

  it('breaks off where a piece cannot be made', async () => {
    await expect(zipped('/own/broken')).rejects.toThrow();
    expect(server.faults.at(-1)).toMatchObject({ system: 'own' });
  });

  it('asks for no further piece once the client has left', async () => {
    const before = endless.pieces;
    const socket = connect(server.port, '127.0.0.1');
    socket.write('GET /own/endless HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n');
    await once(socket, 'data');
    socket.destroy();
    await endless.stopped.promise;
    expect(endless.pieces).toBeGreaterThan(before);
  });
});

describe('HEAD', () => {
  it('is a method like any other where GET does not answer it', async () => {
    made = [];
    for (const path of ['/own/short', '/own/pieces']) {
      expect(await server.http.head(path)).toMatchObject({ status: 405, headers: { allow: 'GET' }, text: '' });
    }
    expect(made).toEqual([]);
    expect((await server.http.head('/toy/stream')).status).toBe(200);
  });
});

describe('A dialect that identifies callers itself', () => {
  const caller = (authorization: string | undefined, forwarded?: string) =>
    server.http.get('/own/caller', {
      headers: {
        ...(authorization !== undefined && { Authorization: authorization }),
        ...(forwarded !== undefined && { 'X-Forwarded-For': forwarded }),
      },
    });

  it('is given the whole header and the address of the peer', async () => {
    expect((await caller('a0-b1')).text).toBe('a0-b1 at 127.0.0.1');
    expect((await caller('Bearer writer')).text).toBe('Bearer writer at 127.0.0.1');
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['203.0.113.9, 192.0.2.7', '192.0.2.7'],
    ['192.0.2.7, 10.0.0.1', '192.0.2.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['10.0.0.1', '10.0.0.1'],
    ['192.0.2.7,', '127.0.0.1'],
    ['', '127.0.0.1'],
  ])('is given for X-Forwarded-For "%s" the last address that is no trusted proxy', async (forwarded, address) => {
    expect((await caller('a0', forwarded)).text).toBe(`a0 at ${address}`);
  });

  it('is not told what a peer says that is no trusted proxy', async () => {
    const direct = await startToyServer({ dialects: [ownDialect, toyDialect] });
    try {
      const headers = { Authorization: 'a0', 'X-Forwarded-For': '192.0.2.7' };
      expect((await direct.http.get('/own/caller', { headers })).text).toBe('a0 at 127.0.0.1');
    } finally {
      await direct.close();
    }
  });

  it('refuses in the words of the dialect', async () => {
    expect(await caller('refused')).toMatchObject({ status: 409, text: 'UNAUTHENTICATED: expired' });
    expect(await caller(undefined)).toMatchObject({ status: 401, text: 'credentialsMissing' });
  });
});

describe('The reason phrase', () => {
  const phrase = async (body: string): Promise<string> => (await server.http.post('/own/reason', { body })).reason;

  it('is what the answer says, or the standard text', async () => {
    expect(await phrase("Lab 'x' deleted")).toBe("Lab 'x' deleted");
    expect((await server.http.get('/own/short')).reason).toBe('OK');
    expect(await server.http.get('/own/caller')).toMatchObject({ status: 401, reason: 'Not credentialsMissing' });
  });

  it('holds one line of characters that fit in it', async () => {
    expect(await phrase('a\r\nSet-Cookie: b\tc\0d')).toBe('aSet-Cookie: bcd');
    expect(await phrase('Straße “quoted” 😀 ü')).toBe('Straße quoted  ü');
    expect(await phrase('x'.repeat(900))).toBe('x'.repeat(500));
  });

  it('stands on the refusal of a body that is too large', async () => {
    const reply = await server.http.post('/own/reason', { body: 'x'.repeat(1001) });
    expect(reply).toMatchObject({ status: 413, reason: 'Not bodyTooLarge' });
  });
});
