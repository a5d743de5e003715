import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { untilOpen } from '../graphql/open-subscriptions.js';
import { cursorsTo, loggedCursors } from '../server/cursors.js';
import { ProtocolSocket } from '../server/protocol-socket.js';
import type { TestDatabase } from '../support/database.js';
import { environment, GatewayProcess, preparedDatabase } from './gateway-process.js';

const WRITERS = 8;
const SUBSCRIBERS = 20;
const CREATE = `mutation ($key: String!) {
  freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { state } }`;
const MOVE = 'mutation ($id: ID!) { transitionEvent(id: $id, to: RUNNING) { state } }';

let database: TestDatabase;
let token: string;
const running: GatewayProcess[] = [];

beforeEach(async () => {
  ({ database, token } = await preparedDatabase());
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((gateway) => gateway.kill()));
  await database.drop();
});

async function start(settings: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.start(
    // Longer than a test may take: a gateway that ends has not waited for it.
    environment(database, { BUILDGATE_GRACE_SECONDS: '3600', ...settings }),
  );
  running.push(gateway);
  return gateway;
}

/** Creates an event over a connection that is kept; rejects when the connection fails. */
async function create(gateway: GatewayProcess, agent: Agent, key: string): Promise<{ status: number; body: any }> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const request = httpRequest(`${gateway.url}/graphql`, { method: 'POST', headers, agent });
  request.end(JSON.stringify({ query: CREATE, variables: { key } }));
  const [response] = await once(request, 'response');
  return { status: response.statusCode, body: JSON.parse(await text(response)) };
}

/** Writes until the gateway takes no more connections: how many answers came, and how each writer's last request failed. */
async function writing(gateway: GatewayProcess, onAnswer: (count: number) => void) {
  const answers: unknown[] = [];
  const agent = new Agent({ keepAlive: true, maxSockets: WRITERS });
  const writer = async (_: unknown, name: number): Promise<unknown> => {
    for (let n = 0; ; n++) {
      try {
        answers.push(await create(gateway, agent, `${name}-${n}`));
        onAnswer(answers.length);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code;
      }
    }
  };
  const failures = await Promise.all(Array.from({ length: WRITERS }, writer));
  agent.destroy();
  return { answers, failures };
}

describe('SIGTERM under load', () => {
  it('fails no request that was taken, tells every subscriber where to resume, and nothing is missed', async () => {
    const first = await start();
    const sockets = await Promise.all(Array.from({ length: SUBSCRIBERS }, () => ProtocolSocket.ready(first.url)));
    for (const socket of sockets) socket.subscribe('1', 'subscription { stateChanged { cursor } }');
    await untilOpen(first.url, SUBSCRIBERS);

    let stopped: ReturnType<GatewayProcess['stop']> | undefined;
    const { answers, failures } = await writing(first, (count) => {
      if (count === 60) stopped = first.stop();
    });
    const closings = await Promise.all(sockets.map((socket) => socket.closed()));
    expect((await stopped!).code).toBe(0);
    // Reset: the connection had no request on it, and its client said nothing for too long. See below that none was stored.
    for (const failure of failures) expect(['ECONNREFUSED', 'ECONNRESET']).toContain(failure);
    const created = { status: 200, body: { data: { freshmakerCreateEvent: { state: 'QUEUED' } } } };
    for (const answer of answers) expect(answer).toMatchObject(created);

    const second = await start();
    const all = await loggedCursors(second);
    expect(all).toHaveLength(answers.length);
    for (const [n, socket] of sockets.entries()) {
      const { code: closeCode, reason } = closings[n]!;
      const [, resumeAfter] = /^Going away; resume after (\d+)$/.exec(reason) ?? [];
      expect([closeCode, reason]).toEqual([1001, `Going away; resume after ${resumeAfter}`]);
      const received = socket.rest().map(({ payload }) => payload.data.stateChanged.cursor);
      const missed = all.filter((cursor) => Number(cursor) > Number(resumeAfter));
      expect([...received, ...missed]).toEqual(all);
    }
    const back = await ProtocolSocket.ready(second.url);
    back.subscribe('1', 'subscription { stateChanged(after: "0") { cursor } }');
    expect(await cursorsTo(back, all.at(-1)!)).toEqual(all);
    back.terminate();
    await second.metric('buildgate_messages_pending', 0);
  });
});

describe('A gateway whose broker says nothing', () => {
  it('ends at once, and its messages wait for the next one', async () => {
    const silent = createServer();
    const connections: Socket[] = [];
    silent.on('connection', (socket) => connections.push(socket.on('error', () => undefined)));
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const gateway = await start({
      BROKER_URL: `amqp://127.0.0.1:${(silent.address() as AddressInfo).port}`,
    });
    await gateway.graphql(CREATE, { key: '1' }, token);
    const { data } = await gateway.graphql('{ events(first: 1) { nodes { id } } }');
    await gateway.graphql(MOVE, { id: data.events.nodes[0].id }, token);
    await gateway.metric('buildgate_messages_pending', 2);
    expect((await gateway.stop()).code).toBe(0);
    for (const socket of connections) socket.destroy();
    silent.close();

    const next = await start();
    await next.metric('buildgate_messages_published_total', 2);
  });
});
