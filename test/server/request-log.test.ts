import { spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { Express } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createLogger, requestIdOf, requestLog } from '../../src/server/request-log.js';
import { serve, stopServers } from './serve.js';
import { expiry } from '../support/expiry.js';

afterEach(stopServers);

/** Log lines as written, and a way to wait for them. */
class Lines extends EventEmitter {
  readonly written: string[] = [];
  write(line: string): void {
    this.written.push(line);
    this.emit('line');
  }
  async parsed(count: number): Promise<Record<string, unknown>[]> {
    const signal = expiry();
    while (this.written.length < count) await once(this, 'line', { signal });
    return this.written.map((line) => JSON.parse(line));
  }
}

async function start(routes: (app: Express) => void) {
  const lines = new Lines();
  const url = await serve((app) => {
    app.use(requestLog(createLogger('info', lines)));
    routes(app);
  });
  return { lines, url };
}
const hello = (app: Express) => app.use((_request, response) => void response.end('hello'));

/** Sends bytes that no well-behaved client would, and waits until the server has closed. */
async function sendRaw(url: string, text: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.resume();
  socket.write(Buffer.from(text, 'latin1'));
  await once(socket, 'close', { signal: expiry() });
}

describe('a request line', () => {
  it('has id, method, path, parameter names, status, duration and bytes, and no values of parameters', async () => {
    const { lines, url } = await start((app) => app.use((_request, response) => void response.status(404).end('no')));
    await fetch(`${url}/events/7?token=s3cret&state=1&state=2&flag`, { method: 'PUT', body: 'x' });
    const [line] = await lines.parsed(1);
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      method: 'PUT',
      path: '/events/7',
      query: ['token', 'state', 'state', 'flag'],
      status: 404,
      durationMs: expect.any(Number),
      bytes: expect.any(Number),
      msg: 'request',
    });
    expect(line!['bytes']).toBeGreaterThan(2);
    expect(lines.written[0]).not.toContain('s3cret');
  });

  it('is one per request, also on one connection', async () => {
    const { lines, url } = await start(hello);
    for (const path of ['/1', '/2', '/3']) await (await fetch(url + path)).text();
    expect((await lines.parsed(3)).map((line) => line['path'])).toEqual(['/1', '/2', '/3']);
  });

  it('keeps the whole path under a mounted router', async () => {
    const { lines, url } = await start((app) => app.use('/mounted', (_request, response) => void response.end()));
    await fetch(`${url}/mounted/a/`);
    expect((await lines.parsed(1))[0]).toMatchObject({ path: '/mounted/a/' });
  });

  it('tells of a client that left before the answer', async () => {
    const arrived = Promise.withResolvers<void>();
    const { lines, url } = await start((app) => app.use(() => arrived.resolve()));
    const leaving = new AbortController();
    const asked = fetch(`${url}/slow`, { signal: leaving.signal }).catch((error: Error) => error.name);
    await arrived.promise;
    leaving.abort();
    expect(await asked).toBe('AbortError');
    expect((await lines.parsed(1))[0]).toMatchObject({ path: '/slow', status: null, bytes: 0, aborted: true });
  });

  it('stays one line of JSON whatever the target holds', async () => {
    const { lines, url } = await start(hello);
    await sendRaw(url, 'GET /a%0A%0D"}\\n{?n"%0A=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    const [line] = await lines.parsed(1);
    expect(line).toMatchObject({ path: '/a%0A%0D"}\\n{', query: ['n"%0A'] });
    expect(lines.written[0]).toMatch(/^[\x20-\x7e]+\n$/);
  });

  it.each(['\x85', '\x9b', '\xff', '\x7f', '\x1b'])(
    'cannot come of a target with the byte %j: the server refuses the request',
    async (byte) => {
      const { lines, url } = await start(hello);
      await sendRaw(url, `GET /a${byte} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(lines.written).toEqual([]);
    },
  );

  it('has no credentials of an absolute request target', async () => {
    const { lines, url } = await start(hello);
    await sendRaw(url, 'GET http://user:s3cret@host/path?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    expect((await lines.parsed(1))[0]).toMatchObject({ path: '/path', query: ['a'] });
    expect(lines.written[0]).not.toContain('s3cret');
  });

  it('is bounded', async () => {
    const { lines, url } = await start(hello);
    const parameters = Array.from({ length: 100 }, (_, number) => `${number}${'n'.repeat(70)}`).join('&');
    await fetch(`${url}/${'p'.repeat(3_000)}?${parameters}`);
    const [line] = await lines.parsed(1);
    expect(line!['path']).toBe(`/${'p'.repeat(1_023)}...`);
    expect(line!['query']).toHaveLength(20);
    expect((line!['query'] as string[])[0]).toBe(`0${'n'.repeat(63)}...`);
  });
});

describe('X-Request-Id', () => {
  const identify = (app: Express) => app.use((_request, response) => void response.end(requestIdOf(response)));

  it.each(['a', 'Trace_1.2-3', 'x'.repeat(64)])('of the client is kept: %s', async (id) => {
    const { lines, url } = await start(identify);
    const response = await fetch(url, { headers: { 'X-Request-Id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(await response.text()).toBe(id);
    expect((await lines.parsed(1))[0]).toMatchObject({ requestId: id });
  });

  it.each(['', 'x'.repeat(65), 'a b', 'a/b', '<script>', 'é', 'a, b'])('of the client is replaced: %j', async (id) => {
    const { url } = await start(identify);
    const response = await fetch(url, { headers: { 'X-Request-Id': id } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('the logger', () => {
  it('writes nothing below its level, and nothing at all when silent', () => {
    const lines = new Lines();
    createLogger('warn', lines).info('hidden');
    createLogger('silent', lines).fatal('hidden');
    createLogger('warn', lines).warn('seen');
    expect(lines.written).toHaveLength(1);
  });

  it('hides credentials in what it is given', () => {
    const lines = new Lines();
    const logger = createLogger('info', lines);
    logger.info({ authorization: 's3cret', token: 's3cret', req: { headers: { authorization: 's3cret' } } });
    logger.info({
      headers: { authorization: 's3cret', cookie: 's3cret' },
      connectionParams: { Authorization: 's3cret' },
    });
    logger.info({ database: { password: 's3cret' } });
    expect(lines.written.join('')).not.toContain('s3cret');
    expect(lines.written).toHaveLength(3);
  });

  it('writes on standard error and leaves standard output alone', () => {
    const program = `
      import { createLogger } from './src/server/request-log.ts';
      createLogger('info').info({ user: 'a\\nb' }, 'on stderr');
      console.log('result');`;
    const flags = ['--experimental-strip-types', '--input-type=module', '--eval', program];
    const { stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
    expect(stdout).toBe('result\n');
    const line = stderr.split('\n').find((text) => text.startsWith('{'));
    expect(JSON.parse(line!)).toMatchObject({ level: 'info', user: 'a\nb', msg: 'on stderr' });
  });
});
