import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultTabs } from '../../src/graphiql/default-tabs.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** A gateway answers a document that comes for the first time by interpreting it, and from then on by a plan. */
let server: TestServer;
const statements: string[] = [];

const example = (name: string): object =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')) as object;

beforeAll(async () => {
  const names = ['freshmaker', 'buildapi', 'devmason', 'rodan', 'kernelci'];
  server = await startTestServer({
    import: Object.fromEntries(names.map((name) => [name, example(name)])),
    onStatement: (text) => void statements.push(text),
  });
});
afterAll(() => server.close());

interface Asked {
  readonly query: string;
  readonly variables?: object;
}

/** Status and body of an answer, and how many statements it took. */
async function ask(asked: Asked): Promise<{ status: number; body: string; statements: number }> {
  statements.length = 0;
  const headers = { 'Content-Type': 'application/json' };
  const reply = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: JSON.stringify(asked) });
  const body = await reply.text();
  const count = statements.filter((text) => !text.includes('FROM change_log_head')).length;
  return { status: reply.status, body, statements: count };
}

const examples: Asked[] = defaultTabs
  .filter(({ query }) => !/^\s*subscription/m.test(query) && !/^\s*mutation/m.test(query))
  .map(({ query, variables }) => ({ query, variables: JSON.parse(variables ?? '{}') as object }));

const everything = `query ($size: Int!, $brief: Boolean!, $filter: EventFilter) {
  events(first: $size, filter: $filter) { totalCount pageInfo { hasNextPage endCursor } nodes { ...Common ...Whole @skip(if: $brief) } }
  nodes(ids: ["nothing", "E16"]) { __typename id ... on Event { state } }
  missing: event(system: RODAN, legacyId: "none") { id }
}
fragment Common on Event { id system legacyId name tags createdAt changes(first: 2) { nodes { to } } }
fragment Whole on Event {
  buildCounts { total } project { name }
  builds(first: 3) { nodes { __typename id name state event { id } dependsOn { id } jobs(first: 2) { totalCount nodes { id } }
    ... on FreshmakerBuild { buildArgs odcsComposes dependsOnBuild { name } } } }
}`;

const others: Asked[] = [
  { query: everything, variables: { size: 50, brief: false } },
  { query: everything, variables: { size: 5, brief: true, filter: { system: { in: ['FRESHMAKER', 'RODAN'] } } } },
  { query: everything, variables: { size: 500, brief: false } },
  { query: everything, variables: { size: 'five', filter: { nothing: true } } },
  { query: 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', variables: { ids: Array(101).fill('E16') } },
  { query: '{ events(after: "nowhere") { nodes { id } } builds(first: 1) { nodes { builds: event { id } } } }' },
  { query: 'mutation { freshmakerCreateEvent(input: { messageId: "a", searchKey: "a", eventTypeId: 1 }) { id } }' },
];

it.each([...examples, ...others])('the same answer comes the first, second and third time to $query', async (asked) => {
  const first = await ask(asked);
  const second = await ask(asked);
  expect(second).toEqual({ ...first, statements: expect.any(Number) });
  expect(second.statements).toBeLessThanOrEqual(first.statements);
  expect(await ask(asked)).toEqual(second);
});
