import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { RawHttp } from './raw-http.js';

let server: TestServer;
let client: HttpClient;
const sockets: RawHttp[] = [];

beforeAll(async () => {
  server = await startTestServer({
    env: {
      BUILDGATE_HEADER_COUNT: '20',
      BUILDGATE_HEADER_LIMIT: '4096',
      BUILDGATE_CONNECTION_REQUESTS: '3',
      BUILDGATE_KEEP_ALIVE_SECONDS: '1',
    },
  });
  client = new HttpClient(server.url);
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await server.close();
});

async function raw(port = server.port): Promise<RawHttp> {
  const socket = await RawHttp.open(port);
  sockets.push(socket);
  return socket;
}

/** What a connection gets that sends this, until the server closes it. */
async function answerTo(text: string): Promise<string> {
  const socket = await raw();
  socket.send(text);
  return socket.closed();
}

function plain(status: string): string {
  const body = `${status.slice(4)}\n`;
  return `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

describe('what is no request', () => {
  it.each([
    ['no HTTP at all', 'HELLO\r\n\r\n'],
    ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n'],
    [
      'two lengths of one body',
      'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    ],
    [
      'a length beside a chunked body',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a line break in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rX-C: d\r\n\r\n'],
  ])('is answered with 400 and the end of the connection: %s', async (_what, text) => {
    expect(await answerTo(text)).toBe(plain('400 Bad Request'));
  });

  it('is answered by a head alone where only that was asked for: its client would take a body for something else', async () => {
    const answer = await answerTo('HEAD / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n');
    expect(answer).toBe(plain('400 Bad Request').replace(/Bad Request\n$/, ''));
  });

  it('is answered with 431 when its head is too long', async () => {
    const text = `GET /${'a'.repeat(5_000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    expect(await answerTo(text)).toBe(plain('431 Request Header Fields Too Large'));
  });
});

describe('the headers of a request', () => {
  const headers = (count: number): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`x-${n}`, 'a']));

  it('may be as many as is set, Host and Connection included', async () => {
    expect(await client.get('/healthz', { headers: headers(18) })).toMatchObject({ status: 200 });
  });

  it('are answered with 431 and the end of the connection when they are one more', async () => {
    const reply = await client.get('/healthz', { headers: headers(19) });
    expect(reply).toMatchObject({ status: 431, text: 'Request Header Fields Too Large\n' });
    expect(reply.headers).toMatchObject({ connection: 'close', 'content-type': 'text/plain; charset=utf-8' });
  });
});

describe('a connection', () => {
  it('is kept as long as is set, and told to close behind as many requests as are set', async () => {
    const socket = await raw();
    const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
    socket.send(request);
    expect(await socket.until('Keep-Alive: timeout=1')).toContain('HTTP/1.1 200 OK');
    socket.send(request);
    await socket.until('"ok"}HTTP/1.1 200 OK');
    socket.send(request);
    const all = await socket.closed();
    expect(all.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
    expect(all.match(/Connection: close/g)).toHaveLength(1);
  });
});

describe('a slow client', () => {
  let slow: TestServer;

  beforeAll(async () => {
    slow = await startTestServer({
      env: { BUILDGATE_HEADERS_TIMEOUT_SECONDS: '1', BUILDGATE_REQUEST_TIMEOUT_SECONDS: '2' },
    });
  });
  afterAll(() => slow.close());

  it('is answered with 408 when the head of its request does not come', async () => {
    const socket = await raw(slow.port);
    socket.send('GET / HTTP/1.1\r\nHost: a\r\n');
    expect(await socket.closed()).toBe(plain('408 Request Timeout'));
  });

  it.each(['/graphql', '/rodan/auth/token/'])('is answered with 408 when a body trickles: %s', async (path) => {
    const socket = await raw(slow.port);
    socket.send(`POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`);
    const trickle = setInterval(() => socket.send(' '), 100);
    try {
      expect(await socket.closed()).toBe(plain('408 Request Timeout'));
    } finally {
      clearInterval(trickle);
    }
  });
});

describe('a connection on which nothing goes on', () => {
  let idle: TestServer;

  beforeAll(async () => {
    idle = await startTestServer({ env: { BUILDGATE_IDLE_SECONDS: '1' } });
  });
  afterAll(() => idle.close());

  it('is cut when a body stops', async () => {
    const socket = await raw(idle.port);
    socket.send('POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{');
    expect(await socket.closed()).toBe('');
  });

  it('is cut when its client does not read', async () => {
    const socket = await raw(idle.port);
    socket.pause();
    // More answers than the network keeps for anybody.
    for (let n = 0; n < 500; n++) socket.send('GET /schema.graphql HTTP/1.1\r\nHost: a\r\n\r\n');
    const underWay = async (): Promise<boolean> => {
      const metrics = await (await fetch(`${idle.url}/metrics`)).text();
      return !metrics.includes('\nbuildgate_requests_under_way 0\n');
    };
    await expect.poll(underWay).toBe(true);
    await expect.poll(underWay).toBe(false);
    socket.resume();
    expect((await socket.closed()).match(/HTTP\/1\.1 200 OK/g)!.length).toBeLessThan(500);
  });
});

describe('more connections than are set', () => {
  it('are closed at once and counted, and there is room again when others have gone', async () => {
    const small = await startTestServer({ env: { BUILDGATE_MAX_CONNECTIONS: '2' } });
    try {
      const [first, second] = [await raw(small.port), await raw(small.port)];
      second.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
      await second.until('"ok"}');
      const third = await raw(small.port);
      third.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
      expect(await third.closed()).toBe('');
      first.destroy();
      second.send('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
      expect(await second.until('# TYPE buildgate_messages_published_total')).toContain(
        'buildgate_connections_dropped_total 1\n',
      );
      second.destroy();
      await expect.poll(async () => (await fetch(`${small.url}/healthz`).catch(() => null))?.status).toBe(200);
    } finally {
      await small.close();
    }
  });
});
