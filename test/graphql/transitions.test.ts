import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type Caller } from './agent.js';

let agent: Agent;
let anonymous: Caller;
let close: () => Promise<void>;

beforeAll(async () => {
  const started = await startWithAgent();
  ({ agent, anonymous } = started);
  close = () => started.server.close();
});
afterAll(() => close());

async function eventNow(id: string): Promise<any> {
  const fields = 'state stateReason startedAt finishedAt ... on FreshmakerEvent { legacyState legacyStateName }';
  return (await anonymous.run(`query ($id: ID!) { node(id: $id) { ... on Event { ${fields} } } }`, { id })).node;
}

async function buildNow(id: string): Promise<any> {
  const fields = 'name state stateReason startedAt finishedAt ... on FreshmakerBuild { legacyState legacyStateName }';
  return (await anonymous.run(`query ($id: ID!) { node(id: $id) { ... on Build { ${fields} } } }`, { id })).node;
}

async function changesOf(id: string): Promise<[string | null, string, string | null][]> {
  const document = `query ($id: ID!) { node(id: $id) {
    ... on Event { changes { nodes { from to reason } } } ... on Build { changes { nodes { from to reason } } } } }`;
  const { nodes } = (await anonymous.run(document, { id })).node.changes;
  return nodes.map(({ from, to, reason }: any) => [from, to, reason]);
}

describe('an event', () => {
  it('takes every state that Freshmaker has, from any state, with its legacy code', async () => {
    const event = await agent.event();
    expect(await eventNow(event.id)).toMatchObject({ state: 'QUEUED', legacyState: 0, legacyStateName: 'INITIALIZED' });
    for (const [state, legacyState, legacyStateName] of [
      ['RUNNING', 1, 'BUILDING'],
      ['SUCCEEDED', 2, 'COMPLETE'],
      ['FAILED', 3, 'FAILED'],
      ['SKIPPED', 4, 'SKIPPED'],
      ['CANCELED', 5, 'CANCELED'],
      ['QUEUED', 0, 'INITIALIZED'],
    ] as const) {
      const { transitionEvent } = await agent.moveEvent(event, state, `now ${state}`);
      expect(transitionEvent).toEqual({ id: event.id, state, stateReason: `now ${state}` });
      expect(await eventNow(event.id)).toMatchObject({ state, legacyState, legacyStateName });
    }
    expect((await changesOf(event.id)).map(([, to]) => to).join()).toBe(
      'QUEUED,RUNNING,SUCCEEDED,FAILED,SKIPPED,CANCELED,QUEUED',
    );
  });

  it('refuses states that Freshmaker does not have, and stays', async () => {
    const event = await agent.event();
    for (const to of ['PLANNED', 'UNKNOWN']) {
      await expect(agent.moveEvent(event, to)).rejects.toThrow(`to: Freshmaker's events cannot be ${to}.`);
    }
    expect(await changesOf(event.id)).toHaveLength(1);
  });

  it('keeps its reason when none is given', async () => {
    const event = await agent.event();
    await agent.moveEvent(event, 'RUNNING', 'first');
    await agent.moveEvent(event, 'SUCCEEDED');
    expect(await eventNow(event.id)).toMatchObject({ state: 'SUCCEEDED', stateReason: 'first' });
    expect((await changesOf(event.id)).at(-1)).toEqual(['RUNNING', 'SUCCEEDED', 'first']);
  });

  it('takes a new reason without a state change, which is no change of the log', async () => {
    const event = await agent.event();
    await agent.moveEvent(event, 'QUEUED', 'still looking');
    expect(await eventNow(event.id)).toMatchObject({ state: 'QUEUED', stateReason: 'still looking' });
    expect(await changesOf(event.id)).toHaveLength(1);
  });

  it('notes when work began and when it ended', async () => {
    const event = await agent.event();
    expect(await eventNow(event.id)).toMatchObject({ startedAt: null, finishedAt: null });
    await agent.moveEvent(event, 'RUNNING');
    expect(await eventNow(event.id)).toMatchObject({ startedAt: expect.any(String), finishedAt: null });
    await agent.moveEvent(event, 'FAILED');
    const { startedAt, finishedAt } = await eventNow(event.id);
    expect(Date.parse(finishedAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
  });
});

describe('a build', () => {
  it('takes every state that Freshmaker has, from any state, with its legacy code', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    expect(await buildNow(build!.id)).toMatchObject({ state: 'PLANNED', legacyState: 4, legacyStateName: 'PLANNED' });
    for (const [state, legacyState, legacyStateName] of [
      ['RUNNING', 0, 'BUILD'],
      ['SUCCEEDED', 1, 'DONE'],
      ['FAILED', 2, 'FAILED'],
      ['CANCELED', 3, 'CANCELED'],
      ['PLANNED', 4, 'PLANNED'],
    ] as const) {
      const { transitionBuild } = await agent.moveBuild(build!, state, `now ${state}`);
      expect(transitionBuild).toEqual({ id: build!.id, state, stateReason: `now ${state}` });
      expect(await buildNow(build!.id)).toMatchObject({ state, legacyState, legacyStateName });
    }
  });

  it('refuses states that Freshmaker does not have', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    for (const to of ['QUEUED', 'SKIPPED', 'UNKNOWN']) {
      await expect(agent.moveBuild(build!, to)).rejects.toThrow(`to: Freshmaker's builds cannot be ${to}.`);
    }
  });

  it('loses its reason when none is given with a new state, and keeps it without one', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    await agent.moveBuild(build!, 'RUNNING', 'Building container image in Koji.');
    await agent.moveBuild(build!, 'RUNNING', 'other');
    expect(await buildNow(build!.id)).toMatchObject({ stateReason: 'Building container image in Koji.' });
    await agent.moveBuild(build!, 'SUCCEEDED');
    expect(await buildNow(build!.id)).toMatchObject({ state: 'SUCCEEDED', stateReason: null });
  });

  it('is submitted with what is known of its task', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    const document = `mutation ($id: ID!, $input: FreshmakerBuildUpdate!) {
      freshmakerSubmitBuild(id: $id, input: $input, reason: "Building container image in Koji.") {
        state stateReason startedAt externalBuildId rebuiltNvr buildArgs odcsComposes } }`;
    const input = {
      externalBuildId: -7001,
      rebuiltNvr: 'one-1.0-7.1',
      buildArgs: { retry_count: 1 },
      odcsComposes: [31],
    };
    expect((await agent.run(document, { id: build!.id, input })).freshmakerSubmitBuild).toEqual({
      state: 'RUNNING',
      stateReason: 'Building container image in Koji.',
      startedAt: expect.any(String),
      ...input,
    });
    const update = `mutation ($id: ID!) { freshmakerUpdateBuild(id: $id, input: { rebuiltNvr: "one-1.0-7.2" }) {
      state externalBuildId rebuiltNvr } }`;
    expect((await agent.run(update, { id: build!.id })).freshmakerUpdateBuild).toEqual({
      state: 'RUNNING',
      externalBuildId: -7001,
      rebuiltNvr: 'one-1.0-7.2',
    });
  });

  it('that fails takes along all that wait for it, in any state and event', async () => {
    const event = await agent.event();
    const other = await agent.event();
    const [base, web, docs, apart] = await agent.plan(event, [
      'base',
      { name: 'web', dependsOnName: 'base' },
      { name: 'docs', dependsOnName: 'web' },
      'apart',
    ]);
    const [elsewhere] = await agent.plan(other, [{ name: 'elsewhere', dependsOn: web!.id }]);
    await agent.moveBuild(docs!, 'SUCCEEDED', 'Built successfully.');
    await agent.moveBuild(base!, 'FAILED', 'Failed to build in Koji.');
    const dependency = {
      state: 'FAILED',
      stateReason: 'Cannot build artifact, because its dependency cannot be built.',
    };
    for (const { id } of [web!, docs!, elsewhere!]) expect(await buildNow(id)).toMatchObject(dependency);
    expect(await buildNow(base!.id)).toMatchObject({ state: 'FAILED', stateReason: 'Failed to build in Koji.' });
    expect(await buildNow(apart!.id)).toMatchObject({ state: 'PLANNED' });
    expect((await changesOf(docs!.id)).at(-1)).toEqual(['SUCCEEDED', 'FAILED', dependency.stateReason]);
    const { events } = await anonymous.run(
      '{ events(first: 2, orderBy: [{ field: LEGACY_ID, direction: DESC }]) { nodes { buildCounts { total failed planned } } } }',
    );
    expect(events.nodes).toEqual([
      { buildCounts: { total: 1, failed: 1, planned: 0 } },
      { buildCounts: { total: 4, failed: 3, planned: 1 } },
    ]);
  });
});

describe('planning', () => {
  it('is refused whole when one build is wrong', async () => {
    const event = await agent.event();
    await expect(agent.plan(event, ['one', { name: 'two', dependsOnName: 'none' }])).rejects.toThrow(
      'builds[1].dependsOnName: there is no such build.',
    );
    await expect(agent.plan(event, ['one', { name: 'two', dependsOn: 'Qjk5OTk5Mg' }])).rejects.toThrow(
      'builds[1].dependsOn: there is no such build.',
    );
    const { node } = await anonymous.run(
      'query ($id: ID!) { node(id: $id) { ... on Event { buildCounts { total } } } }',
      event,
    );
    expect(node).toEqual({ buildCounts: { total: 0 } });
  });

  it('finds a build of the event by name', async () => {
    const event = await agent.event();
    await agent.plan(event, ['base']);
    const [web] = await agent.plan(event, [{ name: 'web', dependsOnName: 'base' }]);
    const document = 'query ($id: ID!) { node(id: $id) { ... on Build { dependsOn { name } } } }';
    expect((await anonymous.run(document, { id: web!.id })).node).toEqual({ dependsOn: [{ name: 'base' }] });
  });

  it('of nothing makes nothing', async () => {
    expect(await agent.plan(await agent.event(), [])).toEqual([]);
  });
});
