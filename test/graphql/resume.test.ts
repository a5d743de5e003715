import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Subscriber } from '../support/subscriber.js';
import type { TestServer } from '../support/server.js';
import { startWithAgent, type Agent, type RecordKeys } from './agent.js';
import { untilOpen } from './open-subscriptions.js';

let server: TestServer;
let agent: Agent;
let build: RecordKeys;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  [build] = (await agent.plan(await agent.event(), ['web'])) as [RecordKeys];
});
afterAll(() => server.close());

const DOCUMENT = 'subscription ($after: String) { stateChanged(after: $after) { cursor reason } }';

/** Moves the build back and forth, with the reasons that are given. */
async function move(...reasons: string[]): Promise<void> {
  for (const reason of reasons) {
    const state = (await agent.run('query ($id: ID!) { node(id: $id) { ... on Build { state } } }', build)).node.state;
    await agent.moveBuild(build, state === 'RUNNING' ? 'PLANNED' : 'RUNNING', reason);
  }
}

async function reasons(subscriber: Subscriber, count: number): Promise<unknown[]> {
  return (await subscriber.take(count)).map(({ data }) => (data as any).stateChanged.reason);
}

describe('a subscriber that was cut off', () => {
  it('gets exactly what it missed behind its cursor, then what happens', async () => {
    const first = new Subscriber(server.url, DOCUMENT);
    await untilOpen(server.url, 1);
    await move('seen 1', 'seen 2');
    const seen = await first.take(2);
    first.terminate();
    await untilOpen(server.url, 0);
    await move('missed 1', 'missed 2', 'missed 3', 'missed 4', 'missed 5');
    const after = (seen.at(-1)!.data as any).stateChanged.cursor;
    const second = new Subscriber(server.url, DOCUMENT, { after });
    const missed = ['missed 1', 'missed 2', 'missed 3', 'missed 4', 'missed 5'];
    expect(await reasons(second, 5)).toEqual(missed);
    await move('live 1', 'live 2');
    expect(await reasons(second, 7)).toEqual([...missed, 'live 1', 'live 2']);
    await second.close();
    await untilOpen(server.url, 0);
  });

  it('misses nothing and sees nothing twice while changes go on', async () => {
    const watcher = new Subscriber(server.url, DOCUMENT);
    await untilOpen(server.url, 1);
    const wanted = Array.from({ length: 30 }, (_, n) => `change ${n}`);
    const moving = move(...wanted);
    await watcher.take(1);
    const heard = watcher.received.map(({ data }) => (data as any).stateChanged.reason);
    let last = watcher.received.at(-1)!;
    watcher.terminate();
    while (heard.length < wanted.length) {
      const next = new Subscriber(server.url, DOCUMENT, { after: (last.data as any).stateChanged.cursor });
      await next.take(Math.min(7, wanted.length - heard.length));
      const received = [...next.received];
      next.terminate();
      heard.push(...received.map(({ data }) => (data as any).stateChanged.reason));
      last = received.at(-1)!;
    }
    await moving;
    expect(heard).toEqual(wanted);
  });

  it('replays the whole log from the cursor 0', async () => {
    const { data } = await server.graphql('{ stateChanges(first: 100) { totalCount nodes { cursor } } }');
    const replay = new Subscriber(server.url, DOCUMENT, { after: '0' });
    const all = await replay.take(data.stateChanges.totalCount);
    expect(all.map((result) => (result.data as any).stateChanged.cursor)).toEqual(
      data.stateChanges.nodes.map(({ cursor }: { cursor: string }) => cursor),
    );
    await replay.close();
  });
});
