import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp } from '../../../src/app.js';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { addUses, dayOf, type RouteUse } from '../../../src/core/usage/route-use.js';
import { anotherStore } from '../../core/world.js';
import { Caller } from '../../graphql/agent.js';
import { untilGivenAgain } from '../../support/freshness.js';
import { HttpClient } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const TODAY = dayOf(Date.now() * 1_000);
const FIELDS = 'system route method userAgent requests clientErrors serverErrors';

/** Answers to a list of uses. */
interface Uses {
  readonly totalCount: number;
  readonly nodes: readonly Readonly<Record<string, unknown>>[];
}

let server: TestServer;
let http: HttpClient;
let operator: Caller;
let statements: string[];
beforeAll(async () => {
  statements = [];
  server = await startTestServer({ onStatement: (text) => void statements.push(text) });
  http = new HttpClient(server.url);
  operator = new Caller(server, await server.token('ops', { roles: ['operator'] }));
});
afterAll(() => server.close());

async function usesOf(args: string, caller: Caller = operator): Promise<Uses> {
  const { legacyRouteUse } = await caller.run(`{ legacyRouteUse${args} { totalCount nodes { ${FIELDS} } } }`);
  return legacyRouteUse as Uses;
}

/** Waits until a client has called so often, and gives its uses. */
async function usesBy(userAgent: string, requests: number): Promise<Uses['nodes']> {
  const args = `(filter: { userAgent: { eq: "${userAgent}" } }, orderBy: [{ field: ROUTE }, { field: METHOD }])`;
  const counted = async () => {
    const { nodes } = await usesOf(args);
    return nodes.reduce((sum, { requests: count }) => sum + Number(count), 0);
  };
  await expect.poll(counted).toBe(requests);
  return (await usesOf(args)).nodes;
}

const as = (userAgent: string, headers: Readonly<Record<string, string>> = {}) => ({
  headers: { 'User-Agent': userAgent, ...headers },
});

const use = (rest: Partial<RouteUse>): RouteUse => ({
  day: TODAY,
  system: System.RODAN,
  route: '/projects/',
  method: 'GET',
  userAgent: 'made up',
  requests: 1,
  clientErrors: 0,
  serverErrors: 0,
  firstAt: 1,
  lastAt: 2,
  ...rest,
});

async function store(uses: readonly RouteUse[]): Promise<void> {
  const { store: database } = server.app;
  await database.transact(UNRESTRICTED, (transaction) => transaction.all(addUses(database.dialect, uses)));
}

describe('The use of old routes', () => {
  it('is counted by system, documented URI, method and client, with refusals and URIs that are none', async () => {
    await http.get('/freshmaker/api/1/event-types/', as('tally'));
    await http.get('/freshmaker/api/2/event-types/?verbose=1', as('tally'));
    await http.get('/freshmaker/api/1/event-types/', { ...as('tally'), host: 'freshmaker.localhost' });
    await http.get('/api/1/event-types/', { ...as('tally'), host: 'freshmaker.localhost' });
    await http.get('/freshmaker/api/1/events/99999', as('tally'));
    await http.head('/freshmaker/api/1/event-types/', as('tally'));
    await http.send('PUT', '/freshmaker/api/1/event-types/', as('tally'));
    await http.get('/freshmaker/nowhere', as('tally'));
    await http.get('/rodan/projects/', as('tally', { Authorization: 'Token wrong' }));
    await http.get('/metrics', as('tally'));
    const freshmaker = (route: string, method: string, requests: number, clientErrors: number) => ({
      system: 'FRESHMAKER',
      route,
      method,
      userAgent: 'tally',
      requests,
      clientErrors,
      serverErrors: 0,
    });
    expect(await usesBy('tally', 9)).toEqual([
      freshmaker('/api/{version}/event-types/', 'GET', 3, 0),
      freshmaker('/api/{version}/event-types/', 'HEAD', 1, 0),
      freshmaker('/api/{version}/event-types/', 'PUT', 1, 1),
      freshmaker('/api/{version}/events/{id}', 'GET', 1, 1),
      { ...freshmaker('/projects/', 'GET', 1, 1), system: 'RODAN' },
      freshmaker('none', 'GET', 2, 2),
    ]);
  });

  it('counts answers that are given again and those that the client has already', async () => {
    const path = '/buildapi/self-serve/branches';
    const { headers } = await http.get(path, as('again'));
    const { length: calls } = await untilGivenAgain(server, () => http.get(path, as('again')));
    const { status } = await http.get(path, as('again', { 'If-None-Match': headers.etag! }));
    expect(status).toBe(304);
    expect(await usesBy('again', calls + 2)).toMatchObject([
      { system: 'BUILDAPI', route: '/self-serve/branches', clientErrors: 0 },
    ]);
  });

  it('is shown in the metrics by route and class of status, without clients', async () => {
    await http.get('/devmason/none', as('measured'));
    await usesBy('measured', 1);
    const lines = (await http.get('/metrics')).text.split('\n');
    const line =
      'buildgate_legacy_requests_total{system="devmason",method="GET",route="/devmason/{project}",status_class="4xx"} 1';
    expect(lines).toContain(line);
    expect(lines.filter((one) => one.includes('measured'))).toEqual([]);
  });

  it('adds up over days, of which 30 are shown unless others are asked for', async () => {
    await store([
      use({ day: TODAY - 29, requests: 3, serverErrors: 2 }),
      use({ day: TODAY - 30, requests: 5 }),
      use({}),
    ]);
    await store([use({ requests: 2, clientErrors: 1 })]);
    const filter = 'filter: { userAgent: { eq: "made up" } }';
    const sums = { totalCount: 1, nodes: [{ requests: 6, clientErrors: 1, serverErrors: 2 }] };
    expect(await usesOf(`(${filter})`)).toMatchObject(sums);
    const time = (day: number): string => new Date((TODAY + day) * 86_400_000).toISOString();
    expect(await usesOf(`(${filter}, since: "${time(-30)}", until: "${time(-29)}")`)).toMatchObject({
      nodes: [{ requests: 8 }],
    });
    expect(await usesOf(`(${filter}, until: "${time(-31)}")`)).toEqual({ totalCount: 0, nodes: [] });
    expect(await operator.refusal(`{ legacyRouteUse(since: "${time(1)}") { totalCount } }`)).toEqual({
      code: 'INVALID',
      message: 'since: must not be after until.',
    });
  });

  it('keeps the first and the last time, in whatever order batches come', async () => {
    await store([use({ userAgent: 'times', firstAt: 20_000_000, lastAt: 30_000_000 })]);
    await store([use({ userAgent: 'times', firstAt: 10_000_000, lastAt: 15_000_000 })]);
    const { legacyRouteUse } = await operator.run(
      '{ legacyRouteUse(filter: { userAgent: { eq: "times" } }) { nodes { requests firstAt lastAt } } }',
    );
    expect(legacyRouteUse.nodes).toEqual([
      { requests: 2, firstAt: '1970-01-01T00:00:10Z', lastAt: '1970-01-01T00:00:30Z' },
    ]);
  });

  it('is a connection with filters, orders and pages, in one statement and one for the total', async () => {
    await store(
      Array.from({ length: 60 }, (_, number) => use({ userAgent: `bot/${number}`, requests: 1_000 + (number % 7) })),
    );
    const all = `legacyRouteUse(filter: { system: { eq: RODAN }, userAgent: { startsWith: "bot/" } }, first: 25`;
    const page = '{ nodes { userAgent requests } pageInfo { hasNextPage endCursor } }';
    const found: { userAgent: string; requests: number }[] = [];
    for (let after: string | null = null, more = true; more;) {
      statements.length = 0;
      const cursor: string = after === null ? '' : `, after: "${after}"`;
      const { legacyRouteUse } = await operator.run(`{ ${all}${cursor}) ${page} }`);
      expect(statements.filter((text) => text.includes('legacy_route_use'))).toHaveLength(1);
      found.push(...legacyRouteUse.nodes);
      ({ hasNextPage: more, endCursor: after } = legacyRouteUse.pageInfo);
    }
    expect(new Set(found.map(({ userAgent }) => userAgent)).size).toBe(60);
    expect(found.map(({ requests }) => requests)).toEqual(
      found.map(({ requests }) => requests).toSorted((a, b) => b - a),
    );
    statements.length = 0;
    const { legacyRouteUse } = await operator.run(
      '{ legacyRouteUse(filter: { userAgent: { in: ["bot/3", "bot/10"] } }, orderBy: [{ field: USER_AGENT }]) { totalCount nodes { userAgent } } }',
    );
    expect(legacyRouteUse).toEqual({ totalCount: 2, nodes: [{ userAgent: 'bot/10' }, { userAgent: 'bot/3' }] });
    expect(statements.filter((text) => text.includes('legacy_route_use'))).toHaveLength(2);
  });

  it('is for administrators and operators', async () => {
    const document = '{ legacyRouteUse { totalCount } }';
    expect(await new Caller(server).refusal(document)).toEqual({
      code: 'UNAUTHENTICATED',
      message: 'This operation needs a bearer token.',
    });
    for (const roles of [[], ['agent'], ['freshmaker/admin']]) {
      const other = new Caller(server, await server.token(`not ${roles.join()}`, { roles }));
      expect(await other.refusal(document)).toEqual({
        code: 'FORBIDDEN',
        message: 'This operation needs one of the roles: operator.',
      });
    }
    const admin = new Caller(server, await server.token('boss', { admin: true }));
    expect((await admin.run(document)).legacyRouteUse.totalCount).toBeGreaterThan(0);
  });

  it('of several gateways on one database adds up, and is written when one ends', async () => {
    const other = await startApp(
      { ...server.config, server: { ...server.config.server, port: 0 } },
      { logger: pino({ level: 'silent' }) },
    );
    await http.get('/freshmaker/api/1/event-types/', as('both'));
    await new HttpClient(other.url).get('/freshmaker/api/1/event-types/', as('both'));
    await other.close();
    await usesBy('both', 2);
  });
});

describe('Uses', () => {
  it('that are older than they are to be kept are gone when a gateway has started', async () => {
    const own = await startTestServer({
      env: { BUILDGATE_USAGE_DAYS: '3' },
      prepare: async (database) => {
        const before = await anotherStore(database);
        const uses = [0, 3, 4, 5, 400].map((age) => use({ day: TODAY - age }));
        await before.transact(UNRESTRICTED, (transaction) => transaction.all(addUses(before.dialect, uses)));
        await before.close();
      },
    });
    const days = () =>
      own.app.store.reader.all<{ day: number }>(sql`SELECT day AS day FROM legacy_route_use ORDER BY day`);
    await expect.poll(async () => (await days()).map(({ day }) => TODAY - day)).toEqual([3, 0]);
    await own.close();
  });

  it('are not stored with BUILDGATE_USAGE_DAYS=0, and still measured', async () => {
    const own = await startTestServer({ env: { BUILDGATE_USAGE_DAYS: '0' } });
    await new HttpClient(own.url).get('/freshmaker/api/1/event-types/', as('unseen'));
    const name =
      'buildgate_legacy_requests_total{system="freshmaker",method="GET",route="/freshmaker/api/{version}/event-types/",status_class="2xx"}';
    await expect
      .poll(async () => (await new HttpClient(own.url).get('/metrics')).text.includes(`${name} 1\n`))
      .toBe(true);
    const boss = new Caller(own, await own.token('boss', { admin: true }));
    expect(await boss.run('{ legacyRouteUse { totalCount } }')).toEqual({ legacyRouteUse: { totalCount: 0 } });
    await own.close();
  });
});
