import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startWithAgent, type Agent } from '../graphql/agent.js';
import { untilOpen } from '../graphql/open-subscriptions.js';
import type { TestServer } from '../support/server.js';
import { ProtocolSocket } from './protocol-socket.js';
import { expiry } from '../support/expiry.js';

let server: TestServer;
let agent: Agent;
let authorized: { Authorization: string };

beforeAll(async () => {
  ({ server, agent } = await startWithAgent({ env: { BUILDGATE_BODY_LIMIT: '65536' } }));
  authorized = { Authorization: `Bearer ${agent.token}` };
});
afterAll(() => server.close());

const LIVE = 'subscription { stateChanged { to } }';
const VIEWER = '{ viewer { name } }';

describe('a connection', () => {
  it('is acknowledged without credentials, and is anonymous', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', VIEWER);
    expect(await socket.next('next')).toEqual({ id: '1', type: 'next', payload: { data: { viewer: null } } });
    await socket.next('complete');
    await socket.close();
  });

  it.each([['Authorization'], ['authorization']])('takes its token from connection_init as %s', async (name) => {
    const socket = await ProtocolSocket.ready(server.url, { [name]: authorized.Authorization });
    socket.subscribe('1', VIEWER);
    expect((await socket.next('next')).payload).toEqual({ data: { viewer: { name: 'worker' } } });
    await socket.close();
  });

  it('takes its token from the header of the handshake', async () => {
    const socket = await ProtocolSocket.open(server.url, { headers: authorized });
    socket.send({ type: 'connection_init' });
    await socket.next('connection_ack');
    socket.subscribe('1', VIEWER);
    expect((await socket.next('next')).payload).toEqual({ data: { viewer: { name: 'worker' } } });
    await socket.close();
  });

  it.each([
    ['an unknown token', { Authorization: 'Bearer nobody' }],
    ['another scheme', { Authorization: 'Basic eDp5' }],
    ['no text', { Authorization: 5 }],
  ])('is closed with 4403 for %s', async (_title, payload) => {
    const socket = await ProtocolSocket.open(server.url);
    socket.send({ type: 'connection_init', payload });
    expect(await socket.closed()).toEqual({ code: 4403, reason: 'Forbidden' });
  });

  it('is closed with 4401 when it subscribes before the acknowledgement', async () => {
    const socket = await ProtocolSocket.open(server.url);
    socket.subscribe('1', VIEWER);
    expect((await socket.closed()).code).toBe(4401);
  });

  it('is closed with 4429 when it initialises twice', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'connection_init' });
    expect((await socket.closed()).code).toBe(4429);
  });

  it.each([
    ['no JSON', 'hello'],
    ['no object', '5'],
    ['an unknown type', '{"type": "start", "id": "1"}'],
    ['a subscribe without a query', '{"type": "subscribe", "id": "1", "payload": {}}'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe])],
    ['an acknowledgement, which a server sends', '{"type": "connection_ack"}'],
    ['a result, which a server sends', '{"type": "next", "id": "1", "payload": {}}'],
    ['errors, which a server sends', '{"type": "error", "id": "1", "payload": [{"message": "x"}]}'],
  ])('is closed with 4400 for %s', async (_title, message) => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send(message);
    expect((await socket.closed()).code).toBe(4400);
  });

  it('is closed with 1009 for a message that is too large, and nothing is printed', async () => {
    const printed = vi.spyOn(console, 'error');
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', VIEWER, { filler: 'x'.repeat(70_000) });
    expect((await socket.closed()).code).toBe(1009);
    expect(printed).not.toHaveBeenCalled();
  });

  it('is closed with 4406 without the protocol', async () => {
    const socket = await ProtocolSocket.open(server.url, { protocols: [] });
    expect((await socket.closed()).code).toBe(4406);
  });

  it('answers pings', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'ping', payload: { a: 1 } });
    expect(await socket.next('pong')).toEqual({ type: 'pong', payload: { a: 1 } });
    await socket.close();
  });
});

describe('an operation', () => {
  it('may be a mutation', async () => {
    const socket = await ProtocolSocket.ready(server.url, authorized);
    const input = { messageId: 'over-websocket', searchKey: '1', eventTypeId: 10 };
    const create =
      'mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { state searchKey: name } }';
    socket.subscribe('1', create, { input });
    expect((await socket.next('next')).payload).toEqual({
      data: { freshmakerCreateEvent: { state: 'QUEUED', searchKey: 'ErrataAdvisoryStateChangedEvent 1' } },
    });
    await socket.next('complete');
    await socket.close();
  });

  it('that is refused leaves the others alone', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', '{ nothing }');
    const { id, payload } = await socket.next('error');
    expect([id, payload[0].extensions]).toEqual(['1', { code: 'GRAPHQL_VALIDATION_FAILED' }]);
    socket.subscribe('1', VIEWER);
    expect((await socket.next('next')).payload).toEqual({ data: { viewer: null } });
    await socket.close();
  });

  it('with the id of one that is open closes the connection with 4409', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', LIVE);
    socket.subscribe('1', LIVE);
    expect(await socket.closed()).toEqual({ code: 4409, reason: 'Subscriber for 1 already exists' });
  });

  it.each([
    ['that is none', '"rubbish"', 'after: not a cursor of the change log.'],
    ['that lies ahead', '"9007199254740991"', 'after: this cursor lies ahead of the change log.'],
  ])('with a cursor %s is answered with an error and ended', async (_title, cursor, message) => {
    const socket = await ProtocolSocket.ready(server.url);
    const fields = ['stateChanged', 'eventStateChanged', 'buildStateChanged', 'jobStateChanged', 'projectChanged'];
    for (const field of fields) {
      socket.subscribe(field, `subscription { ${field}(after: ${cursor}) { cursor } }`);
      const { payload } = await socket.next('next');
      expect(payload.errors).toMatchObject([{ message, extensions: { code: 'INVALID' } }]);
      await socket.next('complete');
    }
    await socket.close();
  });

  it('with a bad filter is answered with an error and ended', async () => {
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', 'subscription { buildStateChanged(filter: { name: { eq: null } }) { to } }');
    const message = 'filter.name.eq: null is not a value here; use isNull.';
    expect((await socket.next('next')).payload.errors).toMatchObject([{ message, extensions: { code: 'INVALID' } }]);
    await socket.next('complete');
    await socket.close();
  });
});

describe('leaving', () => {
  it('frees the subscription: by complete, by closing, by vanishing', async () => {
    await untilOpen(server.url, 0);
    const sockets = await Promise.all([1, 2, 3].map(() => ProtocolSocket.ready(server.url)));
    for (const socket of sockets) {
      socket.subscribe('1', LIVE);
      socket.subscribe('2', 'subscription { buildStateChanged(filter: { name: { eq: "x" } }) { to } }');
    }
    await untilOpen(server.url, 6);
    sockets[0]!.send({ type: 'complete', id: '1' });
    await untilOpen(server.url, 5);
    await sockets[1]!.close();
    await untilOpen(server.url, 3);
    sockets[2]!.terminate();
    await untilOpen(server.url, 1);
    await sockets[0]!.close();
    await untilOpen(server.url, 0);
  });
});

describe('a handshake', () => {
  async function upgrade(path: string, host?: string): Promise<number> {
    const request = httpRequest(`${server.url}${path}`, {
      headers: {
        ...(host && { Host: host }),
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'Sec-WebSocket-Protocol': 'graphql-transport-ws',
      },
    });
    request.end();
    const signal = expiry();
    const upgraded = once(request, 'upgrade', { signal }).then(([response, socket]) => {
      socket.destroy();
      return response as IncomingMessage;
    });
    const answered = once(request, 'response', { signal }).then(([response]) => response as IncomingMessage);
    const { statusCode } = await Promise.race([upgraded, answered]);
    await Promise.allSettled([upgraded, answered].map((one) => Promise.race([one, Promise.resolve()])));
    return statusCode!;
  }

  it('is accepted on /graphql and refused elsewhere', async () => {
    expect(await upgrade('/graphql')).toBe(101);
    expect(await upgrade('/elsewhere')).toBe(400);
  });

  it('is refused on the host name of a dialect', async () => {
    expect(await upgrade('/graphql', 'freshmaker.localhost')).toBe(404);
    expect(await upgrade('/graphql', `FRESHMAKER.localhost:${server.port}`)).toBe(404);
  });
});

describe('a gateway that stops', () => {
  let stopping: TestServer;
  let worker: Agent;
  beforeEach(async () => {
    // Longer than a test may take: what ends did not wait for it.
    ({ server: stopping, agent: worker } = await startWithAgent({ env: { BUILDGATE_GRACE_SECONDS: '3600' } }));
  });
  const authorization = () => ({ Authorization: `Bearer ${worker.token}` });

  it('says 1001 to every socket, and to those with subscriptions where the slowest of them goes on', async () => {
    const idle = await ProtocolSocket.ready(stopping.url);
    const behind = await ProtocolSocket.ready(stopping.url);
    const upToDate = await ProtocolSocket.ready(stopping.url);
    upToDate.subscribe('1', 'subscription { stateChanged(filter: { to: { eq: FAILED } }) { cursor } }');
    behind.subscribe('1', 'subscription { stateChanged { cursor } }');
    behind.subscribe('2', 'subscription { jobStateChanged { cursor } }');
    await untilOpen(stopping.url, 3);
    await worker.event();
    const { cursor } = (await behind.next('next')).payload.data.stateChanged;
    expect(await Promise.all([idle.closed(), behind.closed(), upToDate.closed(), stopping.close()])).toEqual([
      { code: 1001, reason: 'Going away' },
      { code: 1001, reason: `Going away; resume after ${cursor}` },
      { code: 1001, reason: expect.stringMatching(/^Going away; resume after \d+$/) },
      undefined,
    ]);
  });

  it('answers the mutations that it took before it says so', async () => {
    const socket = await ProtocolSocket.ready(stopping.url, authorization());
    const create =
      'mutation ($key: String!) { freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { state } }';
    for (let n = 0; n < 20; n++) socket.subscribe(String(n), create, { key: String(n) });
    // Answered behind them: all were taken by then.
    socket.send({ type: 'ping' });
    await socket.seen('pong');
    const [{ code }] = await Promise.all([socket.closed(), stopping.close()]);
    expect(code).toBe(1001);
    const answers = socket.rest().filter(({ type }) => type === 'next');
    expect(answers.map(({ payload }) => payload)).toEqual(
      Array.from({ length: 20 }, () => ({ data: { freshmakerCreateEvent: { state: 'QUEUED' } } })),
    );
  });

  it('does not wait for a client that does not return the goodbye', async () => {
    const silent = await ProtocolSocket.ready(stopping.url);
    silent.pause();
    await stopping.close();
    silent.terminate();
  });
});
