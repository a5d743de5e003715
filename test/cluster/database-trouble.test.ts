import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutCost } from '../support/announced-cost.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { Subscriber } from '../support/subscriber.js';
import { proxied, type TcpProxy } from '../support/tcp-proxy.js';

const EXAMPLES = Object.fromEntries(
  ['freshmaker', 'buildapi', 'devmason', 'kernelci'].map((system) => [
    system,
    JSON.parse(readFileSync(new URL(`../../examples/${system}.json`, import.meta.url), 'utf8')),
  ]),
);

let proxy: TcpProxy;
let server: TestServer;

beforeEach(async () => {
  server = await startTestServer({
    import: EXAMPLES,
    env: { BUILDGATE_DATABASE_TIMEOUT_SECONDS: '4', BUILDGATE_GRACE_SECONDS: '1' },
    reach: async (databaseUrl) => {
      const before = await proxied(databaseUrl, 5432);
      proxy = before.proxy;
      return before.url;
    },
  });
});
afterEach(async () => {
  proxy.shut();
  await server.close();
  await proxy.close();
});

/** A URI of each old API that reads the database, with what it says when the database is away. */
const READS: readonly (readonly [string, string, Record<string, string>, string])[] = [
  ['freshmaker', '/api/1/events/', {}, 'Service Unavailable'],
  ['buildapi', '/self-serve/branches?format=json', {}, ''],
  ['devmason', '/', {}, ''],
  ['kernelci', '/job', { Authorization: 'c0000000-cccc-4ccc-8ccc-0000000000c1' }, '503'],
];

async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number> {
  const response = await fetch(`${server.url}${path}`, { headers });
  await response.text();
  return response.status;
}

async function eventState(): Promise<{ status: number; body: any }> {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ event(system: FRESHMAKER, legacyId: "214") { state } }' }),
  });
  return { status: response.status, body: withoutCost(await response.json()) };
}

describe.each([
  ['refuses connections', () => proxy.shut()],
  ['has gone silent', () => proxy.stall()],
])('While the database %s', (_title, trouble) => {
  it('every interface answers 503, and serves again by itself', async () => {
    for (const [system, path, headers] of READS)
      expect([system, await statusOf(`/${system}${path}`, headers)]).toEqual([system, 200]);
    trouble();
    // Beside each other: each waits for as long as the settings say.
    const read = async ([system, path, headers]: (typeof READS)[number]) => {
      const response = await fetch(`${server.url}/${system}${path}`, { headers });
      return [system, response.status, await response.text()];
    };
    const [{ status, body: answer }, ...replies] = await Promise.all([eventState(), ...READS.map(read)]);
    expect(replies).toEqual(READS.map(([system, , , body]) => [system, 503, expect.stringContaining(body)]));
    expect([status, answer.errors[0].message, answer.errors[0].extensions]).toEqual([
      503,
      'The database does not answer; try again in a moment.',
      { code: 'UNAVAILABLE' },
    ]);
    expect(await statusOf('/healthz')).toBe(200);
    expect(await statusOf('/readyz')).toBe(503);
    proxy.open();
    proxy.resume();
    await expect.poll(() => statusOf('/readyz')).toBe(200);
    expect(await eventState()).toEqual({ status: 200, body: { data: { event: { state: 'QUEUED' } } } });
    for (const [system, path, headers] of READS)
      expect([system, await statusOf(`/${system}${path}`, headers)]).toEqual([system, 200]);
  });
});

describe('A server that has ended all connections', () => {
  it('fails no request: reads and writes take another connection', async () => {
    const token = await server.token('ops', { admin: true });
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 8 }, () => eventState()));
      proxy.cut();
      expect(await eventState()).toEqual({ status: 200, body: { data: { event: { state: 'QUEUED' } } } });
      proxy.cut();
      const { data } = await server.graphql(
        'mutation ($slug: String!) { devmasonRegisterProject(name: "Lamp", slug: $slug) { slug } }',
        { slug: `lamp-${round}` },
        token,
      );
      expect(data).toEqual({ devmasonRegisterProject: { slug: `lamp-${round}` } });
    }
  });

  it('ends no subscription, and no change is missed', async () => {
    const token = await server.token('ops', { admin: true });
    const { data } = await server.graphql('{ event(system: FRESHMAKER, legacyId: "214") { id } }');
    const subscriber = new Subscriber(server.url, 'subscription { stateChanged { to event { state } } }');
    await server.graphql('{ __typename }');
    const move = async (to: string) => {
      const moved = await server.graphql(
        'mutation ($id: ID!, $to: State!) { transitionEvent(id: $id, to: $to) { state } }',
        { id: data.event.id, to },
        token,
      );
      expect(moved.errors).toBeUndefined();
    };
    await expect
      .poll(async () =>
        (await (await fetch(`${server.url}/metrics`)).text()).includes('buildgate_graphql_subscriptions 1'),
      )
      .toBe(true);
    await move('RUNNING');
    await subscriber.take(1);
    proxy.cut();
    await move('FAILED');
    proxy.cut();
    const results = await subscriber.take(2);
    expect(results.map((result) => (result.data as any).stateChanged.to)).toEqual(['RUNNING', 'FAILED']);
    await subscriber.close();
  });
});
