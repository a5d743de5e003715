import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overHttp, overWebSocket, type Ask } from '../../graphql/transports.js';
import { exampleRecords } from '../../support/examples.js';
import { HttpClient } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const TRANSPORTS: [string, Ask][] = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
];

/** Requests whose errors suggest names of the schema, with what is left of the errors without them. */
const MISTAKES: [string, { query: string; variables?: Record<string, unknown> }, string][] = [
  ['a field', { query: '{ viewer { nam } }' }, 'Cannot query field "nam" on type "User".'],
  ['a type', { query: '{ node(id: "x") { ... on Buld { id } } }' }, 'Unknown type "Buld".'],
  [
    'an argument',
    { query: '{ events(frist: 1) { totalCount } }' },
    'Unknown argument "frist" on field "Query.events".',
  ],
  [
    'an enum value in the text',
    { query: '{ events(filter: { state: { eq: QUEUD } }) { totalCount } }' },
    'Value "QUEUD" does not exist in "State" enum.',
  ],
  [
    'an enum value in a variable',
    {
      query: 'query ($state: State!) { events(filter: { state: { eq: $state } }) { totalCount } }',
      variables: { state: 'QUEUD' },
    },
    'Variable "$state" got invalid value "QUEUD"; Value "QUEUD" does not exist in "State" enum.',
  ],
  [
    'a member of a variable',
    {
      query: 'query ($filter: EventFilter) { events(filter: $filter) { totalCount } }',
      variables: { filter: { stat: 1 } },
    },
    'Variable "$filter" got invalid value { stat: 1 }; Field "stat" is not defined by type "EventFilter".',
  ],
  [
    'a variable of a subscription',
    {
      query: 'subscription ($to: State!) { stateChanged(filter: { to: { eq: $to } }) { to } }',
      variables: { to: 'QUEUD' },
    },
    'Variable "$to" got invalid value "QUEUD"; Value "QUEUD" does not exist in "State" enum.',
  ],
];

describe('a gateway that does not show its schema', () => {
  let server: TestServer;
  let http: HttpClient;
  beforeAll(async () => {
    server = await startTestServer({ import: exampleRecords(), env: { BUILDGATE_INTROSPECTION: 'off' } });
    http = new HttpClient(server.url);
  });
  afterAll(() => server.close());

  describe.each(TRANSPORTS)('over %s', (name, ask) => {
    it.each([
      ['__schema', '{ __schema { types { name } } }'],
      ['__type', '{ __type(name: "Event") { name } }'],
      ['__schema', 'query { ...A } fragment A on Query { viewer { name } x: __schema { queryType { name } } }'],
    ])('refuses introspection: %s in %s', async (field, query) => {
      const { data, errors } = await ask(server.url, { query });
      expect(data).toBeUndefined();
      expect(errors?.[0]).toMatchObject({
        message: `Introspection is switched off: ${field} cannot be queried.`,
        extensions: { code: 'INTROSPECTION_DISABLED' },
      });
    });

    it('refuses the query that tools send', async () => {
      const { data, errors } = await ask(server.url, { query: getIntrospectionQuery() });
      expect(data).toBeUndefined();
      expect(new Set(errors?.map(({ extensions }) => extensions?.['code']))).toEqual(
        new Set(['INTROSPECTION_DISABLED']),
      );
    });

    it('names the types of what it answers, which clients need', async () => {
      const { data } = await ask(server.url, { query: '{ __typename events(first: 0) { __typename } }' });
      expect(data).toEqual({ __typename: 'Query', events: { __typename: 'EventConnection' } });
    });

    const here = MISTAKES.filter(([what]) => name === 'WebSocket' || !what.endsWith('subscription'));
    it.each(here)('suggests nothing for %s that does not exist', async (_title, request, message) => {
      // Compiled at the second time, and executed by it at the third.
      for (let n = 0; n < 3; n++) {
        const { data, errors } = await ask(server.url, request);
        expect([data, errors?.map((error) => error.message)]).toEqual([undefined, [message]]);
      }
    });
  });

  it.each(['/schema.graphql', '/graphiql', '/graphiql/operations/freshmaker/FreshmakerEventTypes.graphql'])(
    'has no %s',
    async (path) => {
      expect((await http.get(path)).status).toBe(404);
    },
  );

  it('shows the routes of the old systems without the operations behind them', async () => {
    const { status, text } = await http.get('/about/freshmaker');
    expect(status).toBe(200);
    expect(text).toContain('<code>GET /freshmaker/api/{version}/events/{id}</code>');
    expect(text).not.toMatch(/operation|graphql|FreshmakerEvent/i);
  });

  it('does not link to what it does not serve', async () => {
    const { text } = await http.get('/about');
    expect(text).toContain('<a href="/about/freshmaker">All URIs</a>');
    expect(text).not.toMatch(/href="\/(graphiql|schema)/);
    const { status, headers } = await http.get('/freshmaker/api/2/events/201');
    expect([status, headers['link']]).toEqual([200, undefined]);
  });
});

describe('a gateway that was told otherwise', () => {
  it('suggests names though it does not show its schema, and serves GraphiQL', async () => {
    const server = await startTestServer({
      env: { BUILDGATE_INTROSPECTION: 'off', BUILDGATE_SUGGESTIONS: 'on', BUILDGATE_GRAPHIQL: 'on' },
    });
    const { errors } = await server.graphql('{ viewer { nam } }');
    expect(errors?.[0]?.message).toBe('Cannot query field "nam" on type "User". Did you mean "name"?');
    const operation = await new HttpClient(server.url).get(
      '/graphiql/operations/freshmaker/FreshmakerEventTypes.graphql',
    );
    expect(operation.status).toBe(200);
    await server.close();
  });

  it('suggests nothing though it shows its schema', async () => {
    const server = await startTestServer({ env: { BUILDGATE_SUGGESTIONS: 'off' } });
    const { errors } = await server.graphql('{ viewer { nam } }');
    expect(errors?.[0]?.message).toBe('Cannot query field "nam" on type "User".');
    expect((await server.graphql('{ __schema { queryType { name } } }')).data).toEqual({
      __schema: { queryType: { name: 'Query' } },
    });
    await server.close();
  });
});

describe('a gateway with the default settings', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.close());

  it.each(TRANSPORTS)('shows its schema to everybody over %s, and suggests names', async (_name, ask) => {
    const { data } = await ask(server.url, { query: getIntrospectionQuery() });
    expect(data.__schema.queryType.name).toBe('Query');
    const { errors } = await ask(server.url, { query: '{ viewer { nam } }' });
    expect(errors?.[0]?.message).toBe('Cannot query field "nam" on type "User". Did you mean "name"?');
  });

  it('serves the schema as text', async () => {
    const { status, text } = await new HttpClient(server.url).get('/schema.graphql');
    expect([status, text.includes('type Query {')]).toEqual([200, true]);
  });
});
