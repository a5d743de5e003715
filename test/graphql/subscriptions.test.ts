import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Subscriber } from '../support/subscriber.js';
import type { TestServer } from '../support/server.js';
import { startWithAgent, type Agent, type Caller } from './agent.js';
import { untilOpen } from './open-subscriptions.js';

let server: TestServer;
let agent: Agent;
let anonymous: Caller;
const open: Subscriber[] = [];

beforeAll(async () => {
  ({ server, agent, anonymous } = await startWithAgent());
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((subscriber) => subscriber.close()));
  await untilOpen(server.url, 0);
});
afterAll(() => server.close());

function subscribe(query: string, variables: Record<string, unknown> = {}): Subscriber {
  const subscriber = new Subscriber(server.url, query, variables);
  open.push(subscriber);
  return subscriber;
}

/** A subscription that hears what happens from now on. */
async function live(query: string, variables?: Record<string, unknown>): Promise<Subscriber> {
  const subscriber = subscribe(query, variables);
  await untilOpen(server.url, open.length);
  return subscriber;
}

/** Data of the first results. */
async function taken(subscriber: Subscriber, count: number): Promise<any[]> {
  return (await subscriber.take(count)).map(({ data, errors }) => {
    expect(errors).toBeUndefined();
    return Object.values(data as object)[0];
  });
}

describe('buildStateChanged', () => {
  it('shows a build go from PLANNED to SUCCEEDED while an agent moves it', async () => {
    const watcher = await live(`subscription { buildStateChanged {
      at system kind from to reason actor event { id } job { id } build { name state stateReason event { name } } } }`);
    const event = await agent.event();
    const [build] = await agent.plan(event, ['web']);
    const change = (from: string | null, to: string, reason: string | null) => ({
      at: expect.any(String),
      system: 'FRESHMAKER',
      kind: 'BUILD',
      from,
      to,
      reason,
      actor: 'worker',
      event: null,
      job: null,
      build: {
        name: 'web',
        state: to,
        stateReason: reason,
        event: { name: event.name },
      },
    });
    expect((await taken(watcher, 1))[0]).toEqual(change(null, 'PLANNED', null));
    await agent.moveBuild(build!, 'RUNNING', 'Building container image in Koji.');
    expect((await taken(watcher, 2))[1]).toEqual(change('PLANNED', 'RUNNING', 'Building container image in Koji.'));
    await agent.moveBuild(build!, 'SUCCEEDED', 'Built successfully.');
    expect((await taken(watcher, 3))[2]).toEqual(change('RUNNING', 'SUCCEEDED', 'Built successfully.'));
  });

  it('passes only builds that match the filter when the change is delivered', async () => {
    const watcher = await live(
      `subscription ($filter: BuildFilter) { buildStateChanged(filter: $filter) { to build { name } } }`,
      { filter: { or: [{ name: { eq: 'wanted' } }, { state: { eq: 'FAILED' } }] } },
    );
    const builds = await agent.plan(await agent.event(), ['wanted', 'other']);
    await agent.moveBuild(builds[1]!, 'RUNNING');
    await agent.moveBuild(builds[0]!, 'RUNNING');
    // So the changes before were delivered, or not, before the next one happens.
    await watcher.take(2);
    await agent.moveBuild(builds[1]!, 'FAILED');
    expect(await taken(watcher, 3)).toEqual([
      { to: 'PLANNED', build: { name: 'wanted' } },
      { to: 'RUNNING', build: { name: 'wanted' } },
      { to: 'FAILED', build: { name: 'other' } },
    ]);
  });

  it('shows the record as it is when delivered, not as it was', async () => {
    const { stateChanges } = await anonymous.run('{ stateChanges(first: 100) { pageInfo { endCursor } } }');
    const [build] = await agent.plan(await agent.event(), ['later']);
    await agent.moveBuild(build!, 'RUNNING');
    await agent.moveBuild(build!, 'FAILED', 'Failed to build in Koji.');
    const document =
      'subscription ($after: String) { buildStateChanged(after: $after) { to build { state stateReason } } }';
    const replay = subscribe(document, { after: stateChanges.pageInfo.endCursor });
    const now = { state: 'FAILED', stateReason: 'Failed to build in Koji.' };
    expect(await taken(replay, 3)).toEqual(['PLANNED', 'RUNNING', 'FAILED'].map((to) => ({ to, build: now })));
  });
});

describe('eventStateChanged', () => {
  it('passes events only, by their filter', async () => {
    const watcher =
      await live(`subscription { eventStateChanged(filter: { freshmaker: { searchKey: { eq: "31415" } } }) {
      from to event { name buildCounts { total } } build { id } } }`);
    await agent.event();
    const event = await agent.event({ searchKey: '31415' });
    await agent.plan(event, ['web', 'docs']);
    await agent.moveEvent(event, 'RUNNING');
    const name = 'ErrataAdvisoryStateChangedEvent 31415';
    const [created, moved] = await taken(watcher, 2);
    expect([created.from, created.to, created.build]).toEqual([null, 'QUEUED', null]);
    expect(moved).toEqual({ from: 'QUEUED', to: 'RUNNING', event: { name, buildCounts: { total: 2 } }, build: null });
  });
});

describe('jobStateChanged', () => {
  it('passes jobs only: nothing where a system has none', async () => {
    const jobs = await live('subscription { jobStateChanged(filter: { name: { ne: "" } }) { to } }');
    const all = await live('subscription { stateChanged { to } }');
    await agent.plan(await agent.event(), ['web']);
    await all.take(2);
    expect(jobs.received).toEqual([]);
  });
});

describe('stateChanged', () => {
  it('passes everything in the order of commits, with rising cursors', async () => {
    const watcher = await live('subscription { stateChanged { cursor kind to event { name } build { name } } }');
    const event = await agent.event();
    const [base, web] = await agent.plan(event, ['base', { name: 'web', dependsOnName: 'base' }]);
    await agent.moveBuild(base!, 'CANCELED');
    const changes = await taken(watcher, 5);
    expect(changes.map(({ kind, to, ...record }) => [kind, to, (record.event ?? record.build).name])).toEqual([
      ['EVENT', 'QUEUED', event.name],
      ['BUILD', 'PLANNED', base!.name],
      ['BUILD', 'PLANNED', web!.name],
      ['BUILD', 'CANCELED', web!.name],
      ['BUILD', 'CANCELED', base!.name],
    ]);
    const cursors = changes.map(({ cursor }) => Number(cursor));
    expect(cursors).toEqual(cursors.toSorted((one, other) => one - other));
  });

  it.each([
    ['{ kind: { eq: EVENT } }', 'QUEUED,RUNNING'],
    ['{ to: { in: [RUNNING, PLANNED] } }', 'PLANNED,RUNNING,RUNNING'],
    ['{ from: { isNull: false }, kind: { ne: EVENT } }', 'RUNNING'],
    ['{ from: { notIn: [QUEUED] }, system: { eq: FRESHMAKER } }', 'QUEUED,PLANNED,RUNNING'],
  ])('passes what %s describes', async (filter, expected) => {
    const watcher = await live(`subscription { stateChanged(filter: ${filter}) { to } }`);
    const last = await live('subscription { stateChanged { to } }');
    const event = await agent.event();
    const [build] = await agent.plan(event, ['web']);
    await agent.moveBuild(build!, 'RUNNING');
    await agent.moveEvent(event, 'RUNNING');
    await last.take(4);
    const changes = await taken(watcher, expected.split(',').length);
    expect(changes.map(({ to }) => to).join()).toBe(expected);
  });

  it('reaches 50 subscribers alike', async () => {
    const watchers = await Promise.all(
      Array.from({ length: 50 }, () => subscribe('subscription { stateChanged { cursor to build { name } } }')),
    );
    await untilOpen(server.url, 50);
    const builds = await agent.plan(await agent.event(), ['a', 'b', 'c']);
    await Promise.all(builds.map((build) => agent.moveBuild(build, 'RUNNING')));
    const [first, ...others] = await Promise.all(watchers.map((watcher) => taken(watcher, 7)));
    expect(first!.filter(({ to }) => to === 'RUNNING')).toHaveLength(3);
    for (const other of others) expect(other).toEqual(first);
  });
});
