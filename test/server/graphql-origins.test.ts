import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { expiry } from '../support/expiry.js';
import { HttpClient, type Reply } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { ProtocolSocket } from './protocol-socket.js';

const TOOLS = 'https://tools.example.org';
const FOREIGN = 'https://evil.example.com';
const VIEWER = { query: '{ viewer { name } }' };

let server: TestServer;
afterEach(() => server.close());

async function start(env: Record<string, string> = {}): Promise<HttpClient> {
  server = await startTestServer({ env });
  return new HttpClient(server.url);
}

/** What a browser asks before a page of this origin sends JSON with credentials. */
function preflight(http: HttpClient, origin: string): Promise<Reply> {
  const headers = {
    Origin: origin,
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'authorization,content-type',
  };
  return http.options('/graphql', { headers });
}

function ask(http: HttpClient, origin: string): Promise<Reply> {
  return http.post('/graphql', { headers: { Origin: origin, 'Content-Type': 'application/json' }, body: VIEWER });
}

/** The status with which a WebSocket is opened, or refused. */
async function opening(headers: Record<string, string>): Promise<number> {
  const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const refused = once(socket, 'unexpected-response', { signal: expiry() });
  const outcome = Promise.race([refused, once(socket, 'open', { signal: expiry() })]);
  const [, response] = await outcome;
  socket.on('error', () => undefined);
  socket.terminate();
  return (response as { statusCode?: number } | undefined)?.statusCode ?? 101;
}

/** Whom the gateway takes the caller of a socket for. */
async function viewerOf(headers: Record<string, string>): Promise<unknown> {
  const socket = await ProtocolSocket.open(server.url, { headers });
  socket.send({ type: 'connection_init' });
  await socket.next('connection_ack');
  socket.subscribe('1', VIEWER.query);
  const { payload } = await socket.next('next');
  socket.close();
  return payload.data.viewer;
}

describe('unless the operator names origins', () => {
  it('no foreign page is told that it may send or read anything', async () => {
    const http = await start();
    for (const { headers } of [await preflight(http, TOOLS), await ask(http, TOOLS)]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toContain('Origin');
    }
  });

  it('no foreign page opens a WebSocket; those of the gateway and clients that are no browser do', async () => {
    await start();
    expect(await opening({ Origin: TOOLS })).toBe(403);
    expect(await opening({ Origin: 'null' })).toBe(403);
    expect(await opening({ Origin: server.url })).toBe(101);
    expect(await opening({})).toBe(101);
  });

  it('the page of another port or scheme of the host is foreign, whatever it says of its site', async () => {
    await start();
    expect(await opening({ Origin: `http://127.0.0.1:${server.port + 1}` })).toBe(403);
    expect(await opening({ Origin: `http://127.0.0.1:${server.port + 1}`, 'Sec-Fetch-Site': 'same-site' })).toBe(403);
  });

  it('the public address counts as its own, and behind a trusted proxy the host that the browser used', async () => {
    await start({ PUBLIC_URL: 'https://ci.example.org/builds', BUILDGATE_TRUST_PROXY: 'loopback' });
    expect(await opening({ Origin: 'https://ci.example.org' })).toBe(101);
    expect(await opening({ Origin: 'https://other.example.org', 'X-Forwarded-Host': 'other.example.org' })).toBe(101);
    expect(await opening({ Origin: 'https://evil.example.com', 'X-Forwarded-Host': 'other.example.org' })).toBe(403);
  });
});

describe('BUILDGATE_ORIGINS', () => {
  it('lets pages of these origins send what GraphQL clients send, with credentials, and read the answer', async () => {
    const http = await start({ BUILDGATE_ORIGINS: TOOLS });
    const { status, headers, text } = await preflight(http, TOOLS);
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': TOOLS,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET, POST',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    const names = headers['access-control-allow-headers']!.toLowerCase().split(', ');
    expect(names).toEqual(expect.arrayContaining(['authorization', 'content-type', 'apollo-require-preflight']));
    const answered = await ask(http, TOOLS);
    expect([answered.status, answered.json]).toEqual([200, { data: { viewer: null } }]);
    expect(answered.headers).toMatchObject({
      'access-control-allow-origin': TOOLS,
      'access-control-allow-credentials': 'true',
      'access-control-expose-headers': 'Retry-After, X-Request-Id',
      vary: expect.stringContaining('Origin'),
    });
  });

  it('lets them read refusals, too', async () => {
    const http = await start({ BUILDGATE_ORIGINS: TOOLS });
    const { status, headers } = await http.get('/graphql', { headers: { Origin: TOOLS }, token: 'wrong' });
    expect([status, headers['access-control-allow-origin']]).toEqual([401, TOOLS]);
  });

  it('lets no other page', async () => {
    const http = await start({ BUILDGATE_ORIGINS: TOOLS });
    for (const { headers } of [await preflight(http, FOREIGN), await ask(http, FOREIGN)]) {
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
    expect([await opening({ Origin: TOOLS }), await opening({ Origin: FOREIGN })]).toEqual([101, 403]);
  });

  it('a page without JSON is held back by the CSRF prevention, allowed or not', async () => {
    const http = await start({ BUILDGATE_ORIGINS: TOOLS });
    const headers = { Origin: TOOLS, 'Content-Type': 'text/plain' };
    expect((await http.post('/graphql', { headers, body: JSON.stringify(VIEWER) })).status).toBe(400);
  });

  it('* lets all pages read without the credentials that browsers have', async () => {
    const http = await start({ BUILDGATE_ORIGINS: '*' });
    const { headers } = await preflight(http, FOREIGN);
    expect(headers['access-control-allow-origin']).toBe('*');
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    expect((await ask(http, FOREIGN)).headers['access-control-allow-origin']).toBe('*');
    const authorization = `Bearer ${await server.token('ada')}`;
    expect(await viewerOf({ Authorization: authorization })).toEqual({ name: 'ada' });
    expect(await viewerOf({ Authorization: authorization, Origin: server.url })).toEqual({ name: 'ada' });
    expect(await viewerOf({ Authorization: authorization, Origin: FOREIGN })).toBeNull();
  });
});
