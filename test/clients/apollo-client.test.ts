import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink } from '@apollo/client';
import { buildSchema, getOperationAST, parse, type DocumentNode } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { gatewayCache, possibleTypesOf } from '../../examples/clients/apollo-cache.js';
import { startWithAgent, type Agent, type RecordKeys } from '../graphql/agent.js';
import type { TestServer } from '../support/server.js';

const ROOT = new URL('../../', import.meta.url);
const possibleTypes = possibleTypesOf(buildSchema(readFileSync(new URL('schema/schema.graphql', ROOT), 'utf8')));

/** The operation of that name in an example, with its fragments. */
function operation(file: string, name: string): DocumentNode {
  const document = parse(readFileSync(new URL(`examples/clients/documents/${file}.graphql`, ROOT), 'utf8'));
  const chosen = getOperationAST(document, name);
  return {
    ...document,
    definitions: document.definitions.filter((one) => one === chosen || one.kind === 'FragmentDefinition'),
  };
}

let server: TestServer;
let agent: Agent;
let token: string;
let event: RecordKeys;
let client: ApolloClient;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  token = agent.token!;
  event = await agent.event();
  await agent.moveEvent(event, 'RUNNING');
  await agent.plan(event, ['a', 'b', 'c', 'd', 'e']);
});
afterAll(() => server.close());

const said = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));

beforeEach(() => {
  for (const spy of said) spy.mockClear();
  const link = new HttpLink({ uri: `${server.url}/graphql`, headers: { Authorization: `Bearer ${token}` } });
  client = new ApolloClient({ cache: gatewayCache(possibleTypes), link });
});
afterEach(() => {
  client.stop();
  // A warning of the client's is a fault like any other.
  const words = said.flatMap(({ mock }) => mock.calls);
  if (words.length > 0) throw new Error(`Apollo Client said: ${JSON.stringify(words)}`);
});

/** Names of the builds in an answer. */
const names = ({ builds }: any): string[] => builds.edges.map(({ node }: any) => node.name);

describe("Apollo Client's cache", () => {
  it('joins the pages of a list, and keeps lists with other filters apart', async () => {
    const query = operation('builds', 'Builds');
    const first = await client.query<any>({ query, variables: { first: 2 } });
    const { pageInfo } = first.data.builds;
    expect(pageInfo.hasNextPage).toBe(true);
    await client.query({ query, variables: { first: 2, after: pageInfo.endCursor }, fetchPolicy: 'network-only' });
    expect(names(client.readQuery<any>({ query, variables: { first: 2 } }))).toEqual(['e', 'd', 'c', 'b']);
    const filter = { name: { eq: 'a' } };
    const { data } = await client.query<any>({ query, variables: { first: 2, filter } });
    expect(names(data)).toEqual(['a']);
    expect(names(client.readQuery<any>({ query, variables: { first: 2 } }))).toEqual(['e', 'd', 'c', 'b']);
  });

  it('knows that fragments on an interface and on a concrete type both match', async () => {
    const query = operation('builds', 'Builds');
    const { data } = await client.query<any>({ query, variables: { first: 1 } });
    const [{ node }] = data.builds.edges;
    expect(node).toMatchObject({ __typename: 'FreshmakerBuild', system: 'FRESHMAKER', externalBuildId: null });
    expect(node.event).toEqual({ __typename: 'FreshmakerEvent', id: event.id, name: event.name });
  });

  it('keeps each record once: what a mutation answers shows in every list', async () => {
    const query = operation('builds', 'Builds');
    const listed = await client.query<any>({ query, variables: { first: 5 } });
    const { id } = listed.data.builds.edges.find(({ node }: any) => node.name === 'c').node;
    await client.mutate({ mutation: operation('changes', 'MoveBuild'), variables: { id, to: 'RUNNING' } });
    const now: any = client.readQuery({ query, variables: { first: 5 } });
    expect(now.builds.edges.find(({ node }: any) => node.id === id).node.state).toBe('RUNNING');
    expect(Object.keys(client.cache.extract() as object).filter((key) => key.includes(id))).toEqual([
      `FreshmakerBuild:${id}`,
    ]);
  });

  it('joins the builds of an event and finds anything by its id', async () => {
    const query = operation('event', 'OneEvent');
    const variables = { system: 'FRESHMAKER', legacyId: event.legacyId };
    const { data } = await client.query<any>({ query, variables });
    const { endCursor } = data.event.builds.pageInfo;
    await client.query({ query, variables: { ...variables, after: endCursor }, fetchPolicy: 'network-only' });
    expect(names(client.readQuery<any>({ query, variables })!.event)).toEqual(['a', 'b', 'c', 'd']);
    const anything = await client.query<any>({ query: operation('event', 'Anything'), variables: { id: event.id } });
    expect(anything.data.node).toMatchObject({ __typename: 'FreshmakerEvent', name: event.name });
  });

  it('keeps statistics of one filter beside those of another', async () => {
    const query = operation('statistics', 'BuildNumbers');
    const range = { from: '2024-01-01T00:00:00Z', to: '2024-01-03T00:00:00Z' };
    const all = await client.query<any>({ query, variables: range });
    const filter = { system: { eq: 'RODAN' } };
    const one = await client.query<any>({ query, variables: { ...range, filter } });
    expect(all.data.buildStatistics.queueDepths).toHaveLength(5);
    expect(one.data.buildStatistics.queueDepths).toHaveLength(1);
    expect(client.readQuery<any>({ query, variables: range })).toEqual(all.data);
  });
});
