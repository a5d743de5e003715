import pino from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, startApp } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { System } from '../../src/core/model/states.js';
import type { TestDatabase } from '../support/database.js';
import { Subscriber } from '../support/subscriber.js';
import { environment, GatewayProcess, preparedDatabase } from './gateway-process.js';

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

async function start(): Promise<GatewayProcess> {
  const gateway = await GatewayProcess.start(environment(database));
  running.push(gateway);
  return gateway;
}

const CREATE = `mutation ($key: String!) {
  freshmakerCreateEvent(input: { messageId: $key, searchKey: $key, eventTypeId: 10 }) { id } }`;
const MOVE = 'mutation ($id: ID!, $to: State!) { transitionEvent(id: $id, to: $to, reason: "acknowledged") { state } }';

async function run(gateway: GatewayProcess, document: string, variables: object = {}): Promise<any> {
  const { data, errors } = await gateway.graphql(document, variables, token);
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

describe('a gateway that is killed', () => {
  it('has kept what it acknowledged, for readers and for a subscriber that comes back', async () => {
    const first = await start();
    const { id } = (await run(first, CREATE, { key: '1' })).freshmakerCreateEvent;
    const seen = (await run(first, '{ stateChanges { pageInfo { endCursor } } }')).stateChanges.pageInfo.endCursor;
    await run(first, MOVE, { id, to: 'RUNNING' });
    await first.kill();

    const second = await start();
    const document = `query ($id: ID!) { node(id: $id) { ... on Event { state stateReason changes { nodes { from to } } } }
      running: events(filter: { state: { eq: RUNNING } }) { totalCount }
      queued: events(filter: { state: { eq: QUEUED } }) { totalCount } }`;
    expect(await run(second, document, { id })).toEqual({
      node: {
        state: 'RUNNING',
        stateReason: 'acknowledged',
        changes: {
          nodes: [
            {
              from: null,
              to: 'QUEUED',
            },
            {
              from: 'QUEUED',
              to: 'RUNNING',
            },
          ],
        },
      },
      running: { totalCount: 1 },
      queued: { totalCount: 0 },
    });
    const subscription = 'subscription ($after: String) { stateChanged(after: $after) { from to event { id } } }';
    const subscriber = new Subscriber(second.url, subscription, { after: seen });
    const [missed] = await subscriber.take(1);
    expect(missed!.data).toEqual({ stateChanged: { from: 'QUEUED', to: 'RUNNING', event: { id } } });
    await subscriber.close();
    await second.metric('buildgate_messages_pending', 0);
  });

  it('has stored each of many writes whole or not at all', async () => {
    const first = await start();
    const acknowledged: string[] = [];
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let n = 0; ; n += 1) {
        const key = `${writer}-${n}`;
        const { id } = (await run(first, CREATE, { key })).freshmakerCreateEvent;
        await run(first, MOVE, { id, to: 'RUNNING' });
        acknowledged.push(key);
        if (acknowledged.length >= 20) first.signal('SIGKILL');
      }
    });
    await Promise.allSettled(writers);
    await first.exited;

    const second = await start();
    const stored = (
      await run(second, '{ events(first: 100) { nodes { state ... on FreshmakerEvent { messageId } } } }')
    ).events.nodes;
    const states = new Map(stored.map(({ messageId, state }: any) => [messageId, state]));
    for (const key of acknowledged) expect([key, states.get(key)]).toEqual([key, 'RUNNING']);
    const counts = `{ all: events { totalCount } running: events(filter: { state: { eq: RUNNING } }) { totalCount }
      created: stateChanges(filter: { from: { isNull: true } }) { totalCount }
      moved: stateChanges(filter: { to: { eq: RUNNING } }) { totalCount } }`;
    const runningRows = stored.filter(({ state }: any) => state === 'RUNNING').length;
    expect(await run(second, counts)).toEqual({
      all: { totalCount: stored.length },
      running: { totalCount: runningRows },
      created: { totalCount: stored.length },
      moved: { totalCount: runningRows },
    });
    await second.metric('buildgate_messages_pending', 0);
  });
});

describe('a message that was committed and not published', () => {
  async function commitMessages(...bodies: string[]): Promise<void> {
    const store = await openStore(loadConfig(environment(database)));
    await store.transact(UNRESTRICTED, async (transaction) => {
      for (const body of bodies) transaction.publish(System.FRESHMAKER, 'test.topic', body);
    });
    await store.close();
  }

  it('is published by the process that comes next', async () => {
    await commitMessages('{"n":1}', '{"n":2}');
    const gateway = await start();
    await gateway.metric('buildgate_messages_published_total', 2);
    await gateway.metric('buildgate_messages_pending', 0);
  });

  it('is published once, in order, as it was stored', async () => {
    const config = loadConfig(environment(database));
    const app = await startApp(config, { logger: pino({ level: 'silent' }) });
    try {
      const bodies: string[] = [];
      await app.bus.subscribe('#', ({ body }) => void bodies.push(String(body)));
      await commitMessages('{"n":1}', '{"n":2}');
      await app.settled();
      expect(bodies).toEqual(['{"n":1}', '{"n":2}']);
    } finally {
      await app.close();
    }
  });
});
