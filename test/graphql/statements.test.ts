import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type Caller, type RecordKeys } from './agent.js';

const statements: string[] = [];
let anonymous: Caller;
let close: () => Promise<void>;

/** 50 events in a row, each depending on the one before, with builds of which the second depends on the first. */
async function fill(agent: Agent): Promise<void> {
  let previous: RecordKeys | undefined;
  for (let index = 0; index < 50; index += 1) {
    const event = await agent.event({ dependsOn: previous ? [previous.id] : [] });
    const builds = await agent.plan(event, [`base-${index}`, { name: `web-${index}`, dependsOnName: `base-${index}` }]);
    await agent.moveEvent(event, 'RUNNING');
    await agent.moveBuild(builds[0]!, 'RUNNING');
    previous = event;
  }
}

beforeAll(async () => {
  const started = await startWithAgent({ onStatement: (text) => void statements.push(text) });
  anonymous = started.anonymous;
  close = () => started.server.close();
  await fill(started.agent);
  await started.server.settled();
});
afterAll(() => close());

/** Statements that a document takes. */
async function statementsOf(document: string, variables: object): Promise<{ data: any; count: number }> {
  statements.length = 0;
  const data = await anonymous.run(document, variables);
  return { data, count: statements.length };
}

/** Documents that take `$first` and what they cost: a number for any size of page, or one for 2 and one for 50 rows. */
const lists: [title: string, statements: number, document: string][] = [
  ['a page of events', 1, 'events(first: $first) { nodes { id name state tags createdAt } pageInfo { hasNextPage } }'],
  ['a page of events with its total', 2, 'events(first: $first) { totalCount edges { cursor node { id } } }'],
  ['a page of builds', 1, 'builds(first: $first) { nodes { id name } edges { cursor } pageInfo { endCursor } }'],
  ['a page of projects', 1, 'projects(first: $first) { nodes { id name } }'],
  ['a page of changes', 1, 'stateChanges(first: $first) { nodes { cursor at to } pageInfo { endCursor } }'],
  ['records of changes', 3, 'stateChanges(first: $first) { nodes { event { name } build { name } } }'],
  ['events with pages of builds', 2, 'events(first: $first) { nodes { builds(first: 5) { nodes { name } } } }'],
  [
    'events with pages and totals of builds',
    3,
    'events(first: $first) { nodes { builds(first: 5) { totalCount nodes { name } } } }',
  ],
  [
    'events with filtered, ordered builds at an offset',
    2,
    `events(first: $first) { nodes { builds(first: 1, offset: 1, filter: { state: { ne: FAILED } }, orderBy: [{ field: NAME }]) {
      nodes { name } } } }`,
  ],
  ['events with counts of builds', 2, 'events(first: $first) { nodes { buildCounts { total running planned } } }'],
  ['events with their changes', 2, 'events(first: $first) { nodes { changes(first: 3) { nodes { to } } } }'],
  [
    'events with pages and totals of changes',
    3,
    'events(first: $first) { nodes { changes { totalCount nodes { to } pageInfo { hasNextPage } } } }',
  ],
  ['builds with their changes', 2, 'builds(first: $first) { nodes { changes(first: 2) { nodes { from to } } } }'],
  ['builds with their event', 2, 'builds(first: $first) { nodes { event { name } } }'],
  ['builds with their project', 2, 'builds(first: $first) { nodes { project { name } } }'],
  // What stands on the page itself is not read again.
  ['builds with what they depend on', 1, 'builds(first: $first) { nodes { dependsOn { name } } }'],
  [
    'builds with what depends on them',
    2,
    'builds(first: $first) { nodes { ... on FreshmakerBuild { dependents { name } } } }',
  ],
  ['builds with pages of jobs', 3, 'builds(first: $first) { nodes { jobs(first: 5) { totalCount nodes { name } } } }'],
  [
    'events with all artifact builds',
    2,
    'events(first: $first) { nodes { ... on FreshmakerEvent { artifactBuilds { name } } } }',
  ],
  [
    'events with the events they depend on',
    2,
    'events(first: $first) { nodes { ... on FreshmakerEvent { dependsOn { name } } } }',
  ],
  [
    'events with the events that depend on them',
    2,
    'events(first: $first) { nodes { ... on FreshmakerEvent { dependingEvents { name } } } }',
  ],
];

describe('a list takes the same number of SQL statements for 2 and for 50 rows', () => {
  it.each(lists)('%s: %j', async (_title, expected, selection) => {
    const document = `query ($first: Int!) { ${selection} }`;
    const few = await statementsOf(document, { first: 2 });
    const many = await statementsOf(document, { first: 50 });
    const rows = ({ data }: { data: any }) => {
      const [page] = Object.values<any>(data);
      return (page.nodes ?? page.edges).length;
    };
    expect([rows(few), rows(many)]).toEqual([2, 50]);
    expect({ few: few.count, many: many.count }).toEqual({ few: expected, many: expected });
  });

  it('a node list: one for each kind', async () => {
    const { events, builds } = await anonymous.run(
      '{ events(first: 50) { nodes { id } } builds(first: 50) { nodes { id } } }',
    );
    const ids = [...events.nodes, ...builds.nodes].map(({ id }) => id);
    const { data, count } = await statementsOf('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
    expect(data.nodes.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(count).toBe(2);
  });

  it('the whole tree of a page at once: at most one for each kind of question', async () => {
    const document = `query ($first: Int!) { events(first: $first) { totalCount nodes {
      name buildCounts { total } changes(first: 2) { nodes { to } }
      builds(first: 10) { nodes { name project { name } dependsOn { name } event { name } changes(first: 2) { nodes { to } } } }
      ... on FreshmakerEvent { artifactBuilds { name } dependsOn { name } dependingEvents { name } } } } }`;
    const few = await statementsOf(document, { first: 2 });
    const many = await statementsOf(document, { first: 50 });
    // Which questions meet in one statement depends on which answer is there first.
    for (const { count } of [few, many]) expect(count).toBeLessThanOrEqual(14);
  });
});
