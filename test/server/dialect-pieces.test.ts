import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect, DialectRequest } from '../../src/server/dialect.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

/** Told when a body ends before its time. */
const ended = Promise.withResolvers<unknown>();

async function count({ body, parameters }: DialectRequest): Promise<ReturnType<typeof text>> {
  let bytes = 0;
  let pieces = 0;
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      bytes += piece.length;
      pieces += 1;
    }
  } catch (error) {
    ended.resolve(error);
    throw error;
  }
  return text(`${parameters['path']} ${bytes} ${pieces > 1}`);
}

const dialect: Dialect = {
  ...toyDialect,
  system: 'pieces',
  prefix: '/pieces',
  routes: [
    route('PUT', '/files/{path}', {
      parameters: { path: 'rest' },
      body: { kind: 'pieces', limit: 8 * 1024 * 1024 },
      handle: count,
    }),
    route('PUT', '/early', { body: { kind: 'pieces', limit: 8 * 1024 * 1024 }, handle: () => text('early') }),
    route('GET', '/files', { handle: () => text('all') }),
    route('GET', '/files/one', { handle: () => text('one') }),
  ],
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({ dialects: [dialect], hosts: {} });
});

afterAll(() => server.close());

const put = (path: string, size: number, headers: Record<string, string> = {}) =>
  server.http.send('PUT', `/pieces${path}`, { body: Buffer.alloc(size), headers });

describe('a body in pieces', () => {
  it('is handed over as it arrives', async () => {
    expect((await put('/files/a', 4 * 1024 * 1024)).text).toBe('a 4194304 true');
    expect((await put('/files/a', 0)).text).toBe('a 0 false');
  });

  it('is refused at once when it says that it is too large', async () => {
    expect((await put('/early', 0, { 'Content-Length': '9000000' })).status).toBe(413);
  });

  it('is refused when it becomes too large', async () => {
    const body = new Blob([Buffer.alloc(9 * 1024 * 1024)]).stream();
    const url = `http://127.0.0.1:${server.port}/pieces/files/a`;
    const reply = await fetch(url, { method: 'PUT', body, duplex: 'half' } as RequestInit);
    expect(reply.status).toBe(413);
  });

  it('that nobody reads does not keep the answer', async () => {
    expect((await put('/early', 4 * 1024 * 1024)).text).toBe('early');
  });

  it('ends with the client', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.write('PUT /pieces/files/a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc', () => socket.destroy());
    expect(await ended.promise).toBeInstanceOf(Error);
  });
});

describe('the rest of a URI', () => {
  it.each([
    ['/files/a', 'a'],
    ['/files/a/b/c', 'a/b/c'],
    ['/files/a/', 'a/'],
    ['/files//a', '/a'],
    ['/files/a%2Fb/%20', 'a/b/ '],
    ['/files/../x', '../x'],
  ])('of %s is "%s"', async (path, rest) => {
    expect((await put(path, 1)).text).toBe(`${rest} 1 false`);
  });

  it('is not empty', async () => {
    expect([(await put('/files/', 1)).status, (await put('/files', 1)).status]).toEqual([404, 405]);
  });
});
