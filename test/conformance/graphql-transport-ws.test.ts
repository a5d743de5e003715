import { createClient, type Client } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { startWithAgent, type Agent } from '../graphql/agent.js';
import { untilOpen } from '../graphql/open-subscriptions.js';
import { ProtocolSocket } from '../server/protocol-socket.js';
import { withoutCost } from '../support/announced-cost.js';
import type { TestServer } from '../support/server.js';

// Each title is a sentence of the protocol; `test/server/graphql-ws.test.ts` has what this gateway adds to it.

const QUERY = '{ events(first: 0) { totalCount } }';
const LIVE = 'subscription { stateChanged { to } }';

let server: TestServer;
let agent: Agent;
/** Opened first, because the server waits for it longest. */
let uninitialised: ProtocolSocket;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  uninitialised = await ProtocolSocket.open(server.url);
});
afterAll(() => server.close());

/** What has come before the answer to a ping that is sent now. */
async function untilPong(socket: ProtocolSocket): Promise<readonly unknown[]> {
  const own = { fence: Math.random() };
  socket.send({ type: 'ping', payload: own });
  const before: unknown[] = [];
  for (;;) {
    const message = await socket.next();
    if (message.type === 'pong' && message.payload?.fence === own.fence) return before;
    before.push(message);
  }
}

describe('the socket', () => {
  it('has the subprotocol graphql-transport-ws, whichever others are offered', async () => {
    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/graphql`, ['other', 'graphql-transport-ws']);
    await new Promise((resolve) => socket.on('open', resolve));
    expect(socket.protocol).toBe('graphql-transport-ws');
    socket.terminate();
  });

  it('is closed normally when the client closes it normally', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    await socket.close();
    expect((await socket.closed()).code).toBe(1000);
  });
});

describe('ConnectionInit', () => {
  it.each([[{}], [{ payload: null }], [{ payload: {} }]])('with %j is acknowledged', async (rest) => {
    const socket = await ProtocolSocket.open(server.url);
    socket.send({ type: 'connection_init', ...rest });
    expect(await socket.next('connection_ack')).toEqual({ type: 'connection_ack' });
    await socket.close();
  });

  it('a second time closes the socket with 4429, whether or not the first one was acknowledged', async () => {
    const socket = await ProtocolSocket.open(server.url);
    socket.send({ type: 'connection_init' });
    socket.send({ type: 'connection_init' });
    expect(await socket.closed()).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
  });
});

describe('Ping and Pong', () => {
  it('may be sent before the connection is initialised', async () => {
    const socket = await ProtocolSocket.open(server.url);
    socket.send({ type: 'ping' });
    expect(await socket.next('pong')).toEqual({ type: 'pong' });
    await socket.close();
  });

  it('carry a payload there and back', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'ping', payload: { at: [1, { deep: 'ü' }] } });
    expect(await socket.next('pong')).toEqual({ type: 'pong', payload: { at: [1, { deep: 'ü' }] } });
    await socket.close();
  });

  it('a Pong may come unasked, and is not answered', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'pong' });
    socket.send({ type: 'pong', payload: { any: 'thing' } });
    expect(await untilPong(socket)).toEqual([]);
    await socket.close();
  });
});

describe('an invalid message', () => {
  it.each([
    ['no type', {}],
    ['a type of its own', { type: 'start' }],
    ['a type that only the server sends: connection_ack', { type: 'connection_ack' }],
    ['a type that only the server sends: next', { type: 'next', id: '1', payload: { data: {} } }],
    ['a type that only the server sends: error', { type: 'error', id: '1', payload: [{ message: 'x' }] }],
    ['a payload of connection_init that is no object', { type: 'connection_init', payload: 5 }],
    ['a payload of ping that is no object', { type: 'ping', payload: 'x' }],
    ['no id', { type: 'subscribe', payload: { query: QUERY } }],
    ['an id that is no text', { type: 'subscribe', id: 1, payload: { query: QUERY } }],
    ['an empty id', { type: 'subscribe', id: '', payload: { query: QUERY } }],
    ['no payload', { type: 'subscribe', id: '1' }],
    ['a query that is no text', { type: 'subscribe', id: '1', payload: { query: 5 } }],
    ['variables that are no object', { type: 'subscribe', id: '1', payload: { query: QUERY, variables: 5 } }],
    ['an operation name that is no text', { type: 'subscribe', id: '1', payload: { query: QUERY, operationName: 5 } }],
    ['extensions that are no object', { type: 'subscribe', id: '1', payload: { query: QUERY, extensions: 5 } }],
    ['a complete without an id', { type: 'complete' }],
    ['a list', []],
  ])('closes the socket with 4400: %s', async (_title, message) => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send(message);
    expect((await socket.closed()).code).toBe(4400);
  });
});

describe('an operation', () => {
  it('with a single result gets one Next and then Complete', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('a', QUERY);
    expect(await socket.next('next')).toEqual({
      id: 'a',
      type: 'next',
      payload: { data: { events: { totalCount: expect.any(Number) } } },
    });
    expect(await socket.next('complete')).toEqual({ id: 'a', type: 'complete' });
    expect(await untilPong(socket)).toEqual([]);
    await socket.close();
  });

  it('that is refused gets an Error with all faults and no Complete, and its id is free', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('a', '{ qqqqqq zzzzzz }');
    const { payload } = await socket.next('error');
    expect(payload.map(({ message }: { message: string }) => message)).toEqual([
      'Cannot query field "qqqqqq" on type "Query".',
      'Cannot query field "zzzzzz" on type "Query".',
    ]);
    expect(await untilPong(socket)).toEqual([]);
    socket.subscribe('a', QUERY);
    await socket.next('next');
    await socket.close();
  });

  it('that fails while it is executed gets a Next with its errors, and Complete', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('a', 'mutation { freshmakerCancelEvent(legacyId: "1") { id } }');
    const { payload } = await socket.next('next');
    expect(payload).toMatchObject({ data: null, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await socket.next('complete');
    await socket.close();
  });

  it('may use an id again when it has ended, and several ids at the same time', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    for (let round = 0; round < 2; round++) {
      const ids = ['a', 'b', 'c'];
      for (const id of ids) socket.subscribe(id, QUERY);
      const messages = [];
      for (let n = 0; n < 2 * ids.length; n++) messages.push(await socket.next());
      for (const id of ids) {
        const types = messages.filter((message) => message.id === id).map(({ type }) => type);
        expect(types).toEqual(['next', 'complete']);
      }
    }
    await socket.close();
  });

  it('with the id of an active one closes the socket with 4409, regardless of the type', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('a', LIVE);
    socket.subscribe('a', QUERY);
    expect(await socket.closed()).toEqual({ code: 4409, reason: 'Subscriber for a already exists' });
  });

  it('that the client completes sends nothing further, and its id is free', async () => {
    await untilOpen(server.url, 0);
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('a', LIVE);
    await untilOpen(server.url, 1);
    await agent.event();
    await socket.next('next');
    socket.send({ type: 'complete', id: 'a' });
    await untilPong(socket);
    await untilOpen(server.url, 0);
    socket.subscribe('a', LIVE);
    await untilOpen(server.url, 1);
    const { id } = await agent.event();
    expect((await socket.next('next')).payload.data.stateChanged.to).toBeDefined();
    expect([id.length > 0, await untilPong(socket)]).toEqual([true, []]);
    await socket.close();
  });

  it('that is unknown, or over, may be completed', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'complete', id: 'nobody' });
    socket.subscribe('a', QUERY);
    await socket.next('next');
    await socket.next('complete');
    socket.send({ type: 'complete', id: 'a' });
    expect(await untilPong(socket)).toEqual([]);
    await socket.close();
  });
});

describe("graphql-ws's own client", () => {
  const clients: Client[] = [];
  const connect = (options: object = {}): Client => {
    const url = `${server.url.replace(/^http/, 'ws')}/graphql`;
    const client = createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, lazy: true, ...options });
    clients.push(client);
    return client;
  };
  afterAll(() => Promise.all(clients.map((client) => client.dispose())));

  it('iterates a query to its end', async () => {
    const results: unknown[] = [];
    for await (const result of connect().iterate({ query: QUERY })) results.push(withoutCost(result));
    expect(results).toEqual([{ data: { events: { totalCount: expect.any(Number) } } }]);
  });

  it('iterates a subscription until it returns, which ends it on the server', async () => {
    await untilOpen(server.url, 0);
    const changes = connect().iterate({ query: LIVE });
    const first = changes.next();
    await untilOpen(server.url, 1);
    await agent.event();
    expect((await first).value).toMatchObject({ data: { stateChanged: { to: expect.any(String) } } });
    await changes.return!();
    await untilOpen(server.url, 0);
  });

  it('is told the errors of a document', async () => {
    await expect(connect().iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
      { message: 'Cannot query field "nothing" on type "Query".' },
    ]);
  });

  it('is told why its connection is refused', async () => {
    const client = connect({ connectionParams: { Authorization: 'Bearer nobody' } });
    await expect(client.iterate({ query: QUERY }).next()).rejects.toMatchObject({ code: 4403, reason: 'Forbidden' });
  });

  it('gets answers to the pings that keep it alive', async () => {
    const answered = new Promise((resolve) => {
      connect({ lazy: false, keepAlive: 10, on: { pong: (received: boolean) => received && resolve('a pong') } });
    });
    expect(await answered).toBe('a pong');
  });
});

describe('a connection that is not initialised in time', () => {
  it('is closed with 4408', async () => {
    expect(await uninitialised.closed()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
  });
});
