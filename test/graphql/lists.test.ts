import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type Caller, type RecordKeys } from './agent.js';

let agent: Agent;
let anonymous: Caller;
let close: () => Promise<void>;
let event: RecordKeys;

beforeAll(async () => {
  const started = await startWithAgent();
  ({ agent, anonymous } = started);
  close = () => started.server.close();
  event = await agent.event({ requester: 'jdoe' });
  const builds = await agent.plan(event, ['b', 'a', 'Ä', 'c', 'd%']);
  for (const build of builds.slice(0, 2)) await agent.moveBuild(build, 'RUNNING');
  await agent.moveBuild(builds[0]!, 'SUCCEEDED');
  const other = await agent.event({ eventTypeId: 99 });
  await agent.plan(other, ['a']);
  await agent.event();
});
afterAll(() => close());

async function names(selection: string): Promise<string[]> {
  const data = await anonymous.run(`{ list: ${selection} { totalCount nodes { name } } }`);
  return data.list.nodes.map(({ name }: { name: string }) => name);
}

describe('a connection', () => {
  const DOCUMENT = `query ($first: Int, $after: String, $last: Int, $before: String) {
    builds(first: $first, after: $after, last: $last, before: $before, orderBy: [{ field: LEGACY_ID }]) {
      totalCount edges { cursor node { name } } nodes { name } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

  it('has edges and nodes of the same rows, and the cursors of its ends', async () => {
    const { builds } = await anonymous.run(DOCUMENT, { first: 2 });
    expect(builds.totalCount).toBe(6);
    expect(builds.nodes).toEqual([{ name: 'b' }, { name: 'a' }]);
    expect(builds.edges.map(({ node }: any) => node)).toEqual(builds.nodes);
    const { startCursor, endCursor } = builds.pageInfo;
    expect([startCursor, endCursor]).toEqual(builds.edges.map(({ cursor }: any) => cursor));
    expect(builds.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
  });

  it('is walked forwards and backwards without gap and overlap', async () => {
    const forwards: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { nodes, pageInfo }: any = (await anonymous.run(DOCUMENT, { first: 4, after })).builds;
      forwards.push(...nodes.map(({ name }: any) => name));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    const backwards: string[] = [];
    for (let before: string | null = null, more = true; more;) {
      const { nodes, pageInfo }: any = (await anonymous.run(DOCUMENT, { last: 4, before })).builds;
      backwards.unshift(...nodes.map(({ name }: any) => name));
      [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
    }
    expect(forwards).toEqual(['b', 'a', 'Ä', 'c', 'd%', 'a']);
    expect(backwards).toEqual(forwards);
  });

  it('is empty behind the end and for a size of 0', async () => {
    const { builds } = await anonymous.run(DOCUMENT, { first: 100 });
    const behind = await anonymous.run(DOCUMENT, { first: 5, after: builds.pageInfo.endCursor });
    expect(behind.builds).toMatchObject({ totalCount: 6, nodes: [], edges: [], pageInfo: { hasNextPage: false } });
    expect((await anonymous.run(DOCUMENT, { first: 0 })).builds).toMatchObject({ totalCount: 6, nodes: [] });
  });
});

describe('builds below an event', () => {
  async function below(selection: string): Promise<any> {
    const document = `query ($id: ID!) { node(id: $id) { ... on Event { builds${selection} { totalCount nodes { name } pageInfo { hasNextPage endCursor } } } } }`;
    return (await anonymous.run(document, { id: event.id })).node.builds;
  }

  it('come in the order of recording', async () => {
    const { totalCount, nodes } = await below('');
    expect([totalCount, nodes.map(({ name }: any) => name).join()]).toEqual([5, 'b,a,Ä,c,d%']);
  });

  it('take first, after and offset', async () => {
    const page = await below('(first: 2)');
    expect(page).toMatchObject({
      totalCount: 5,
      nodes: [{ name: 'b' }, { name: 'a' }],
      pageInfo: { hasNextPage: true },
    });
    expect(await below(`(first: 2, after: "${page.pageInfo.endCursor}")`)).toMatchObject({
      nodes: [{ name: 'Ä' }, { name: 'c' }],
    });
    expect(await below('(first: 2, offset: 4)')).toMatchObject({
      nodes: [{ name: 'd%' }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('take a filter and an order', async () => {
    const page = await below('(filter: { state: { eq: PLANNED } }, orderBy: [{ field: NAME, direction: DESC }])');
    expect([page.totalCount, page.nodes.map(({ name }: any) => name).join()]).toEqual([3, 'Ä,d%,c']);
  });
});

describe('filters', () => {
  it.each([
    ['{ name: { eq: "a" } }', 'a,a'],
    ['{ name: { in: ["c", "b", "none"] } }', 'b,c'],
    ['{ name: { in: [] } }', ''],
    ['{ name: { ne: "a" } }', 'b,Ä,c,d%'],
    ['{ name: { notIn: ["a", "b"] } }', 'Ä,c,d%'],
    ['{ name: { gte: "b", lt: "d" } }', 'b,c'],
    ['{ name: { contains: "%" } }', 'd%'],
    ['{ name: { icontains: "ä" } }', 'Ä'],
    ['{ name: { contains: "ä" } }', ''],
    ['{ name: { startsWith: "d" } }', 'd%'],
    ['{ state: { eq: SUCCEEDED } }', 'b'],
    ['{ or: [{ state: { eq: SUCCEEDED } }, { name: { eq: "c" } }] }', 'b,c'],
    ['{ and: [{ requester: { eq: "jdoe" } }, { state: { ne: PLANNED } }] }', 'b,a'],
    ['{ not: { requester: { eq: "jdoe" } } }', 'a'],
    ['{ requester: { isNull: true } }', 'a'],
    ['{ startedAt: { isNull: false } }', 'b,a'],
    ['{ submittedAt: { gt: "2019-01-01T00:00:00+01:00", lt: "9999-12-31T23:59:59Z" } }', 'b,a,Ä,c,d%,a'],
    ['{ event: { freshmaker: { eventTypeId: { eq: 99 } } } }', 'a'],
    ['{ project: { eq: "a" } }', 'a,a'],
    ['{ freshmaker: { type: { eq: IMAGE }, externalBuildId: { isNull: true } }, name: { eq: "c" } }', 'c'],
    ['{ system: { eq: KERNELCI } }', ''],
    ['null', 'b,a,Ä,c,d%,a'],
  ])('builds %s', async (filter, expected) => {
    expect((await names(`builds(filter: ${filter}, orderBy: [{ field: LEGACY_ID }])`)).join()).toBe(expected);
  });

  it('count what they match', async () => {
    const document = `{ all: builds { totalCount } planned: builds(filter: { state: { eq: PLANNED } }) { totalCount }
      some: builds(filter: { name: { eq: "a" } }, first: 1) { totalCount nodes { name } }
      freshmaker: events(filter: { system: { eq: FRESHMAKER }, state: { in: [QUEUED, RUNNING] } }) { totalCount } }`;
    expect(await anonymous.run(document)).toEqual({
      all: { totalCount: 6 },
      planned: { totalCount: 4 },
      freshmaker: { totalCount: 3 },
      some: {
        totalCount: 2,
        nodes: [{ name: 'a' }],
      },
    });
  });
});

describe('orders', () => {
  it('go by code point, with ties in the order of recording', async () => {
    const expected = ['a', 'a', 'b', 'c', 'd%', 'Ä'];
    expect(await names('builds(orderBy: [{ field: NAME }])')).toEqual(expected);
    expect(await names('builds(orderBy: [{ field: NAME, direction: DESC }])')).toEqual(expected.toReversed());
  });

  it('take null as the largest value', async () => {
    const ascending = await names('builds(orderBy: [{ field: FINISHED_AT }], first: 1)');
    expect(ascending).toEqual(['b']);
    expect(await names('builds(orderBy: [{ field: FINISHED_AT, direction: DESC }], last: 1)')).toEqual(['b']);
  });

  it('are newest first by default', async () => {
    const { events } = await anonymous.run('{ events { nodes { legacyId } } }');
    expect(events.nodes.map(({ legacyId }: any) => legacyId)).toEqual(['3', '2', '1']);
  });

  it('of projects go by system and key by default', async () => {
    expect(await names('projects')).toEqual(['a', 'b', 'c', 'd%', 'Ä']);
    expect(await names('projects(filter: { name: { startsWith: "d" } })')).toEqual(['d%']);
  });

  it('of jobs work without any job', async () => {
    expect(await anonymous.run('{ jobs { totalCount nodes { id } pageInfo { hasNextPage } } }')).toEqual({
      jobs: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } },
    });
  });
});
