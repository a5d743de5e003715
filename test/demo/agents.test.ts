import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { SecretBox } from '../../src/core/auth/secrets.js';
import type { AgentParts, DemoAgent } from '../../src/demo/agents/agent.js';
import { BuildapiAgent } from '../../src/demo/agents/buildapi.js';
import { DevmasonAgent } from '../../src/demo/agents/devmason.js';
import { FreshmakerAgent } from '../../src/demo/agents/freshmaker.js';
import { KernelciAgent } from '../../src/demo/agents/kernelci.js';
import { RodanAgent } from '../../src/demo/agents/rodan.js';
import { importSamples } from '../../src/demo/data/sample.js';
import { GatewayClient } from '../../src/demo/gateway-client.js';
import { Random } from '../../src/demo/random.js';
import { SECRET } from '../support/secrets.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let parts: AgentParts;

beforeAll(async () => {
  const { secrets } = loadConfig({ BUILDGATE_SECRET: SECRET });
  server = await startTestServer({
    prepare: (database) => importSamples({ database, secrets: SecretBox.open(secrets) }, 1, Date.now()),
  });
  const agent = new GatewayClient(server.url, await server.token('demo-agent', { roles: ['agent'] }));
  parts = {
    agent,
    user: new GatewayClient(server.url, await server.token('demo', { admin: true })),
    random: new Random(1),
  };
});
afterAll(() => server.close());

/** More steps than a record takes from its beginning to its end. */
const MANY = 400;

/** Steps until a condition holds; the number of steps that an agent may take is all that bounds it. */
async function stepUntil(agent: DemoAgent, holds: () => Promise<boolean>): Promise<void> {
  for (let step = 0; step < MANY; step++) {
    if (await holds()) return;
    await agent.step();
  }
  throw new Error(`${agent.name}: not so after ${MANY} steps.`);
}

async function count(list: string, filter: string): Promise<number> {
  const { data } = await server.graphql(`{ list: ${list}(filter: ${filter}) { totalCount } }`);
  return data.list.totalCount;
}

it.each([
  [FreshmakerAgent, 'events', '{ system: { eq: FRESHMAKER }, state: { in: [SUCCEEDED, FAILED] } }'],
  [BuildapiAgent, 'builds', '{ system: { eq: BUILDAPI }, state: { in: [SUCCEEDED, FAILED] } }'],
  [DevmasonAgent, 'builds', '{ system: { eq: DEVMASON }, state: { in: [SUCCEEDED, FAILED] } }'],
  [RodanAgent, 'builds', '{ system: { eq: RODAN }, state: { in: [SUCCEEDED, FAILED] } }'],
  [KernelciAgent, 'events', '{ system: { eq: KERNELCI }, state: { in: [SUCCEEDED, FAILED] } }'],
] as const)('%o brings new %s to their end', async (Agent, list, filter) => {
  const before = await count(list, filter);
  await stepUntil(new Agent(parts), async () => (await count(list, filter)) >= before + 3);
});

it('Kernel CI has boots of what was built just now', async () => {
  const boots = '{ system: { eq: KERNELCI } }';
  const before = await count('jobs', boots);
  await stepUntil(new KernelciAgent(parts), async () => (await count('jobs', boots)) > before);
});

it('images are built in the order in which they build on each other', async () => {
  const agent = new FreshmakerAgent(parts);
  const running = `{ builds(filter: { system: { eq: FRESHMAKER }, state: { eq: RUNNING } }) { nodes {
    submittedAt ... on FreshmakerBuild { dependsOnBuild { state } } } } }`;
  await stepUntil(agent, async () => {
    const { data } = await server.graphql(running);
    const bases = data.builds.nodes.flatMap((build: { dependsOnBuild: object | null }) => build.dependsOnBuild ?? []);
    for (const base of bases) expect(base).toEqual({ state: 'SUCCEEDED' });
    return bases.length > 0;
  });
});

it('an event that somebody has cancelled stays cancelled', async () => {
  const agent = new FreshmakerAgent(parts);
  const open = '{ events(filter: { system: { eq: FRESHMAKER }, state: { eq: RUNNING } }) { nodes { id legacyId } } }';
  let event: { id: string; legacyId: string } | undefined;
  await stepUntil(agent, async () => {
    [event] = (await server.graphql(open)).data.events.nodes;
    return event !== undefined;
  });
  await parts.user.ask('mutation ($event: String!) { freshmakerCancelEvent(legacyId: $event) { id } }', {
    event: event!.legacyId,
  });
  const later = '{ system: { eq: FRESHMAKER }, state: { in: [SUCCEEDED, FAILED] } }';
  const before = await count('events', later);
  await stepUntil(agent, async () => (await count('events', later)) > before);
  const { data } = await server.graphql(
    'query ($id: ID!) { node(id: $id) { ... on Event { state builds { nodes { state } } } } }',
    {
      id: event!.id,
    },
  );
  expect(data.node.state).toBe('CANCELED');
  for (const build of data.node.builds.nodes) expect(['CANCELED', 'SUCCEEDED', 'FAILED']).toContain(build.state);
});

it('what people ask for is worked on too', async () => {
  const { data } = await server.graphql(
    '{ builds(filter: { system: { eq: RODAN }, state: { eq: FAILED } }, first: 1) { nodes { legacyId } } }',
  );
  const uuid = data.builds.nodes[0].legacyId as string;
  await parts.user.ask(
    'mutation ($uuid: String!, $input: RodanWorkflowRunChange!) { rodanUpdateWorkflowRun(uuid: $uuid, input: $input) { uuid } }',
    {
      uuid,
      input: { status: 31 },
    },
  );
  await stepUntil(new RodanAgent(parts), async () => {
    const run = await server.graphql('query ($uuid: String!) { build(system: RODAN, legacyId: $uuid) { state } }', {
      uuid,
    });
    return ['SUCCEEDED', 'FAILED'].includes(run.data.build.state);
  });
});
