import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Agent } from '../graphql/agent.js';
import { untilOpen } from '../graphql/open-subscriptions.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { Subscriber } from '../support/subscriber.js';

/** What the gateway is for, from a dump of a legacy server to live views, on 300 events with 1,500 builds. */

const GENERATOR = fileURLToPath(new URL('../bench/generate.ts', import.meta.url));

interface LegacyBuild {
  readonly id: number;
  readonly name: string;
  readonly state_name: string;
}

interface LegacyEvent {
  readonly id: number;
  readonly state_name: string;
  readonly builds: readonly LegacyBuild[];
}

let server: TestServer;

beforeAll(async () => {
  const dump = execFileSync(process.execPath, [GENERATOR, '--events', '300', '--builds', '1500', '--seed', '3'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  server = await startTestServer({ import: { freshmaker: JSON.parse(dump) as object } });
});
afterAll(() => server.close());

const PAGE = `{ events(orderBy: [{ field: LEGACY_ID, direction: DESC }], first: 20, offset: 40) {
  totalCount
  nodes { legacyId ... on FreshmakerEvent { legacyStateName } builds(first: 100) { nodes { legacyId name ... on FreshmakerBuild { legacyStateName } } } }
} }`;

it('a page of events with their builds is the same by GraphQL and by the old REST API', async () => {
  const { data } = await server.graphql(PAGE);
  const answer = await fetch(`${server.url}/freshmaker/api/1/events/?per_page=20&page=3`);
  const { items, meta } = (await answer.json()) as { items: LegacyEvent[]; meta: { total: number } };
  expect(data.events.totalCount).toBe(300);
  expect(meta.total).toBe(300);
  expect(items).toHaveLength(20);
  expect(items.flatMap(({ builds }) => builds).length).toBeGreaterThan(0);
  const asGraphql = items.map((event) => ({
    legacyId: String(event.id),
    legacyStateName: event.state_name,
    builds: {
      nodes: event.builds.map(({ id, name, state_name }) => ({
        legacyId: String(id),
        name,
        legacyStateName: state_name,
      })),
    },
  }));
  expect(data.events.nodes).toEqual(asGraphql);
});

it('a build is seen going from PLANNED over RUNNING to SUCCEEDED, on the subscription and on the bus', async () => {
  const agent = await Agent.of(server);
  const [build] = await agent.plan(await agent.event(), ['web-container']);
  const live = new Subscriber(
    server.url,
    `subscription ($id: String!) { buildStateChanged(filter: { legacyId: { eq: $id } }) { from to build { legacyId state } } }`,
    { id: build!.legacyId },
  );
  await untilOpen(server.url, 1);
  await agent.moveBuild(build!, 'RUNNING');
  const [first] = await live.take(1);
  await agent.moveBuild(build!, 'SUCCEEDED', 'Built successfully.');
  const [, second] = await live.take(2);
  const { legacyId } = build!;
  expect(first!.data).toEqual({
    buildStateChanged: { from: 'PLANNED', to: 'RUNNING', build: { legacyId, state: 'RUNNING' } },
  });
  expect(second!.data).toEqual({
    buildStateChanged: { from: 'RUNNING', to: 'SUCCEEDED', build: { legacyId, state: 'SUCCEEDED' } },
  });
  await live.close();

  await server.settled();
  const messages = server.messages.map(({ topic, body }) => ({ topic, ...(JSON.parse(body) as LegacyBuild) }));
  expect(messages.map(({ topic, id, state_name }) => [topic, id, state_name])).toEqual([
    ['VirtualTopic.eng.freshmaker.build.state.changed', Number(legacyId), 'BUILD'],
    ['VirtualTopic.eng.freshmaker.build.state.changed', Number(legacyId), 'DONE'],
  ]);
});
