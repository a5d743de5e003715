import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { startWithAgent, type Agent, type Caller } from './agent.js';

let server: TestServer;
let agent: Agent;
let anonymous: Caller;
let admin: string;

beforeAll(async () => {
  ({ server, agent, anonymous } = await startWithAgent());
  admin = await server.token('boss', { admin: true });
});
afterAll(() => server.close());

const STATES = ['PLANNED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'];

/** Builds of each state: as the counters have it, and as the rows are. */
async function countsOfBuilds(): Promise<{ counted: number[]; real: number[] }> {
  const counters = STATES.map((state) => `${state}: builds(filter: { state: { eq: ${state} } }) { totalCount }`);
  // A further condition makes the list engine count rows instead of asking the counters.
  const rows = STATES.map(
    (state) => `${state}: builds(filter: { state: { eq: ${state} }, name: { ne: "" } }) { totalCount }`,
  );
  const [counted, real] = await Promise.all([counters, rows].map((list) => anonymous.run(`{ ${list.join(' ')} }`)));
  const totals = (data: any) => STATES.map((state) => data[state].totalCount as number);
  return { counted: totals(counted), real: totals(real) };
}

async function changesOf(id: string): Promise<{ from: string | null; to: string }[]> {
  const document =
    'query ($id: ID!) { node(id: $id) { ... on Build { state changes(first: 100) { nodes { from to } } } } }';
  const { node } = await anonymous.run(document, { id });
  expect(node.changes.nodes.at(-1).to).toBe(node.state);
  return node.changes.nodes;
}

function expectChain(changes: { from: string | null; to: string }[]): void {
  expect(changes.map(({ from }) => from)).toEqual([null, ...changes.slice(0, -1).map(({ to }) => to)]);
}

describe('writers at the same time', () => {
  it('leave one chain of changes and exact counters: 20 transitions of one build', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    const states = ['RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED'];
    await Promise.all(Array.from({ length: 20 }, (_, n) => agent.moveBuild(build!, states[n % 4]!, `try ${n}`)));
    expectChain(await changesOf(build!.id));
    const { counted, real } = await countsOfBuilds();
    expect(counted).toEqual(real);
  });

  it('leave one chain of changes and exact counters: workers finish builds while their event is cancelled', async () => {
    for (let round = 0; round < 5; round += 1) {
      const event = await agent.event();
      const builds = await agent.plan(event, ['a', { name: 'b', dependsOnName: 'a' }, 'c', 'd']);
      await Promise.all(builds.map((build) => agent.moveBuild(build, 'RUNNING')));
      const cancel = `mutation { freshmakerCancelEvent(legacyId: "${event.legacyId}") { state } }`;
      await Promise.all([
        ...builds.map((build, index) => agent.moveBuild(build, index === 3 ? 'FAILED' : 'SUCCEEDED')),
        server.graphql(cancel, {}, admin).then(({ errors }) => expect(errors).toBeUndefined()),
      ]);
      for (const build of builds) expectChain(await changesOf(build.id));
      const { counted, real } = await countsOfBuilds();
      expect(counted).toEqual(real);
    }
  });

  it('get numbers of their own', async () => {
    const events = await Promise.all(Array.from({ length: 20 }, () => agent.event()));
    expect(new Set(events.map(({ legacyId }) => legacyId)).size).toBe(20);
  });

  it('share new projects', async () => {
    const [one, other] = await Promise.all([agent.event(), agent.event()]);
    const names = Array.from({ length: 20 }, (_, n) => `shared-${n}`);
    await Promise.all([agent.plan(one, names), agent.plan(other, names.toReversed())]);
    const { projects } = await anonymous.run(
      '{ projects(filter: { name: { startsWith: "shared-" } }) { totalCount } }',
    );
    expect(projects.totalCount).toBe(20);
  });

  it('record one event for one message', async () => {
    const input = { messageId: 'ID:same', searchKey: '1', eventTypeId: 10 };
    const document = 'mutation ($input: FreshmakerEventInput!) { freshmakerCreateEvent(input: $input) { id } }';
    const answers = await Promise.all(Array.from({ length: 10 }, () => agent.send(document, { input })));
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code ?? 'recorded');
    expect(codes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'CONFLICT'), 'recorded']);
  });

  it('leave the log in the order of commits, without a gap that a reader could miss', async () => {
    const { stateChanges } = await anonymous.run('{ stateChanges(first: 100) { totalCount nodes { cursor } } }');
    const cursors = stateChanges.nodes.map(({ cursor }: { cursor: string }) => Number(cursor));
    expect(cursors).toEqual(cursors.toSorted((a: number, b: number) => a - b));
    expect(new Set(cursors).size).toBe(cursors.length);
  });
});
