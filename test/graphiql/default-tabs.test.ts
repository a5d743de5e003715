import { readFileSync } from 'node:fs';
import { buildSchema, getOperationAST, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultTabs, type DefaultTab } from '../../src/graphiql/default-tabs.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { Subscriber } from '../support/subscriber.js';
import { startTestServer, type TestServer } from '../support/server.js';

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));

/** The operation of a tab. */
function operationOf({ query }: DefaultTab): { type: string; name: string } {
  const { operation, name } = getOperationAST(parse(query))!;
  return { type: operation, name: name!.value };
}

function variablesOf({ variables }: DefaultTab): Record<string, unknown> {
  return JSON.parse(variables ?? '{}') as Record<string, unknown>;
}

const queries = defaultTabs.filter((tab) => operationOf(tab).type === 'query');
const subscriptions = defaultTabs.filter((tab) => operationOf(tab).type === 'subscription');

let server: TestServer;
let token: string;

beforeAll(async () => {
  const data = SYSTEMS.map(({ name }) => [
    name,
    JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')),
  ]);
  server = await startTestServer({ import: Object.fromEntries(data) });
  token = await server.token('operator', { admin: true });
});
afterAll(() => server.close());

/** Runs a mutation as an administrator; rejects when it is refused. */
async function run(document: string, variables: object = {}): Promise<void> {
  const { errors } = await server.graphql(document, variables, token);
  if (errors) throw new Error(JSON.stringify(errors));
}

/** What makes each subscription deliver something. */
const CAUSES: Readonly<Record<string, () => Promise<void>>> = {
  StateChanges: async () => {
    const { data } = await server.graphql('{ event(system: FRESHMAKER, legacyId: "214") { id } }');
    await run('mutation ($id: ID!) { transitionEvent(id: $id, to: RUNNING) { id } }', data.event);
  },
  JobChanges: () => run('mutation { buildapiCancelRequest(branch: "ash", requestId: "41") { id } }'),
  FollowBuild: async () => {
    const { data } = await server.graphql('{ build(system: DEVMASON, legacyId: "carpet/43") { id } }');
    await run(
      'mutation { devmasonAddStep(project: "carpet", build: "43", step: { name: "polish", success: true }) { id } }',
      data.build,
    );
  },
};

describe('the examples of the explorer', () => {
  it.each(defaultTabs)('are what the schema accepts: $query', (tab) => {
    expect(validate(schema, parse(tab.query))).toEqual([]);
    expect(() => variablesOf(tab)).not.toThrow();
  });

  it('have names of their own, and show what each system alone records', () => {
    const names = defaultTabs.map((tab) => operationOf(tab).name);
    expect(new Set(names).size).toBe(names.length);
    const all = defaultTabs.map(({ query }) => query).join('\n');
    for (const { name } of SYSTEMS) expect(all.toLowerCase()).toContain(`on ${name}`);
  });

  it.each(queries.map((tab) => [operationOf(tab).name, tab] as const))(
    '%s finds something in the example data',
    async (_name, tab) => {
      const { data, errors } = await server.graphql(tab.query, variablesOf(tab));
      expect(errors).toBeUndefined();
      const [answer] = Object.values<any>(data);
      expect(answer).not.toBeNull();
      expect(answer.nodes ?? [answer]).not.toEqual([]);
    },
  );

  it('counts what the example data say of a project that ended its builds', async () => {
    const tab = queries.find((one) => operationOf(one).name === 'BuildNumbers')!;
    const { data } = await server.graphql(tab.query, variablesOf(tab));
    const { finished, durations } = data.buildStatistics;
    const total = finished.reduce((sum: number, { counts }: any) => sum + counts.total, 0);
    expect(total).toBeGreaterThan(0);
    expect(durations.total).toBe(total);
  });

  it.each(subscriptions.map((tab) => [operationOf(tab).name, tab] as const))(
    '%s delivers what happens',
    async (name, tab) => {
      // From the beginning of the log, so that nothing depends on which of the two comes first.
      const follower = new Subscriber(server.url, tab.query, { after: '0', ...variablesOf(tab) });
      await CAUSES[name]!();
      const [first] = await follower.take(1);
      expect(first?.errors).toBeUndefined();
      expect(Object.values<any>(first?.data ?? {})[0].cursor).toMatch(/^\d+$/);
      await follower.close();
    },
  );
});
