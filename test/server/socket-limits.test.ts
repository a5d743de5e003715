import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { createClient } from 'graphql-ws';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { untilOpen } from '../graphql/open-subscriptions.js';
import { EXPIRY_MS, expiry } from '../support/expiry.js';
import { lockWrites } from '../support/locked-database.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { ProtocolSocket } from './protocol-socket.js';

let server: TestServer;
afterEach(() => server.close());

const LIVE = 'subscription { stateChanged { to } }';
const VIEWER = '{ viewer { name } }';

async function start(env: Record<string, string>): Promise<void> {
  server = await startTestServer({ env });
}

const tooMany = (what: string, limit: number, message: string) => [
  { message, extensions: { code: `TOO_MANY_${what}`, limit } },
];

describe('A connection', () => {
  it('may have so many subscriptions; a further one is told and leaves the others alone', async () => {
    await start({ BUILDGATE_SOCKET_SUBSCRIPTIONS: '2' });
    const socket = await ProtocolSocket.ready(server.url);
    for (const id of ['1', '2', '3']) socket.subscribe(id, LIVE);
    const refusal = tooMany('SUBSCRIPTIONS', 2, 'This connection has 2 subscriptions open: end one of them.');
    expect(await socket.next('error')).toEqual({ id: '3', type: 'error', payload: refusal });
    await untilOpen(server.url, 2);
    socket.subscribe('4', VIEWER);
    expect((await socket.next('next')).payload).toEqual({ data: { viewer: null } });
    await socket.next('complete');
    socket.send({ type: 'complete', id: '1' });
    await untilOpen(server.url, 1);
    socket.subscribe('5', LIVE);
    await untilOpen(server.url, 2);
    await socket.close();
  });

  it('does not count subscriptions that could not begin', async () => {
    await start({ BUILDGATE_SOCKET_SUBSCRIPTIONS: '1' });
    const socket = await ProtocolSocket.ready(server.url);
    for (const id of ['1', '2', '3']) {
      socket.subscribe(id, 'subscription { stateChanged(after: "rubbish") { to } }');
      expect((await socket.next('next')).payload.errors).toMatchObject([{ extensions: { code: 'INVALID' } }]);
      await socket.next('complete');
    }
    await socket.close();
  });

  it('may have so many queries and mutations under way', async () => {
    await start({ BUILDGATE_SOCKET_OPERATIONS: '3' });
    const token = await server.token('ops', { admin: true });
    const socket = await ProtocolSocket.ready(server.url, { Authorization: `Bearer ${token}` });
    const lock = await lockWrites(server.config.database);
    const register = 'mutation ($slug: String!) { devmasonRegisterProject(name: "Lamp", slug: $slug) { slug } }';
    for (const id of ['1', '2', '3', '4']) socket.subscribe(id, register, { slug: `lamp-${id}` });
    const refusal = tooMany('OPERATIONS', 3, 'This connection has 3 operations under way: wait for one of them.');
    expect(await socket.next('error')).toEqual({ id: '4', type: 'error', payload: refusal });
    await lock.release();
    const slugs: string[] = [];
    for (let index = 0; index < 3; index += 1) {
      slugs.push((await nextAnswer(socket)).data.devmasonRegisterProject.slug);
    }
    expect(slugs.toSorted()).toEqual(['lamp-1', 'lamp-2', 'lamp-3']);
    socket.subscribe('5', VIEWER);
    expect(await nextAnswer(socket)).toEqual({ data: { viewer: { name: 'ops' } } });
    await socket.close();
  });

  /** The payload of the next answer, whatever ends of operations come before it. */
  async function nextAnswer(socket: ProtocolSocket): Promise<any> {
    for (;;) {
      const message = await socket.next();
      if (message.type === 'next') return message.payload;
      if (message.type !== 'complete') throw new Error(JSON.stringify(message));
    }
  }

  it('is closed with 4408 when its client does not initialise it in time', async () => {
    await start({ BUILDGATE_SOCKET_INIT_SECONDS: '1' });
    const socket = await ProtocolSocket.open(server.url);
    expect(await socket.closed()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });

  it('is closed with 1000 when nothing is subscribed to and its client is silent, and not while something is', async () => {
    await start({ BUILDGATE_SOCKET_IDLE_SECONDS: '1' });
    const busy = await ProtocolSocket.ready(server.url);
    busy.subscribe('1', LIVE);
    await untilOpen(server.url, 1);
    const idle = await ProtocolSocket.ready(server.url);
    expect(await idle.closed()).toEqual({ code: 1000, reason: 'Idle' });
    // Begun before the other, so that it would be closed by now.
    busy.send({ type: 'complete', id: '1' });
    expect(await busy.closed()).toEqual({ code: 1000, reason: 'Idle' });
  });

  it('is left by its client without a fault when it was idle: the next operation opens another', async () => {
    await start({ BUILDGATE_SOCKET_IDLE_SECONDS: '1' });
    const closed = Promise.withResolvers<number>();
    const client = createClient({
      url: `${server.url.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazyCloseTimeout: 3_600_000,
      on: { closed: (event) => closed.resolve((event as { code: number }).code) },
    });
    const ask = () =>
      new Promise((resolve, reject) => {
        client.subscribe(
          { query: VIEWER },
          { next: ({ data }) => resolve(data), error: reject, complete: () => undefined },
        );
      });
    expect(await ask()).toEqual({ viewer: null });
    expect(await closed.promise).toBe(1000);
    expect(await ask()).toEqual({ viewer: null });
    await client.dispose();
  });
});

describe('A caller', () => {
  it('may have so many subscriptions over all connections, by user and else by address', async () => {
    await start({ BUILDGATE_SUBSCRIPTIONS_PER_CALLER: '2' });
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => server.token(name)));
    const open = (token?: string) =>
      ProtocolSocket.ready(server.url, token ? { Authorization: `Bearer ${token}` } : {});
    const sockets = await Promise.all([open(), open(), open(ann), open(ann), open(bob)]);
    for (const socket of sockets) socket.subscribe('1', LIVE);
    await untilOpen(server.url, 5);
    const [nobody, another] = [await open(), await open(ann)];
    for (const [socket, who] of [
      [nobody, 'This address'],
      [another, 'This user'],
    ] as const) {
      socket.subscribe('1', LIVE);
      const refusal = tooMany('SUBSCRIPTIONS', 2, `${who} has 2 subscriptions open: end one of them.`);
      expect((await socket.next('error')).payload).toEqual(refusal);
    }
    sockets[2]!.terminate();
    await untilOpen(server.url, 4);
    another.subscribe('2', LIVE);
    await untilOpen(server.url, 5);
    await Promise.all([nobody, another, ...sockets.toSpliced(2, 1)].map((socket) => socket.close()));
  });
});

describe('An address', () => {
  async function upgraded(headers: Record<string, string> = {}): Promise<IncomingMessage> {
    const request = httpRequest(`${server.url}/graphql`, {
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'graphql-transport-ws',
        ...headers,
      },
    });
    request.end();
    const [response] = (await once(request, 'response', { signal: expiry() })) as [IncomingMessage];
    response.resume();
    return response;
  }

  /** A socket, as soon as the gateway has seen that another one is gone. */
  async function untilAdmitted(): Promise<ProtocolSocket> {
    const deadline = Date.now() + EXPIRY_MS;
    for (;;) {
      try {
        return await ProtocolSocket.ready(server.url);
      } catch (error) {
        if (Date.now() > deadline || !String(error).includes('429')) throw error;
      }
    }
  }

  it('may have so many WebSockets; the handshake of a further one is refused with 429', async () => {
    await start({ BUILDGATE_SOCKETS_PER_ADDRESS: '2', BUILDGATE_TRUST_PROXY: 'loopback' });
    const [first, second] = [await ProtocolSocket.ready(server.url), await ProtocolSocket.ready(server.url)];
    const { statusCode, headers } = await upgraded();
    expect([statusCode, headers['retry-after'], headers.connection]).toEqual([429, '10', 'close']);
    const elsewhere = await ProtocolSocket.open(server.url, { headers: { 'X-Forwarded-For': '192.0.2.1' } });
    await first.close();
    const third = await untilAdmitted();
    await Promise.all([second, third, elsewhere].map((socket) => socket.close()));
  });
});
