import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Subscriber } from '../../support/subscriber.js';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;
const open: Subscriber[] = [];

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  await gateway.register('lamp');
});
afterAll(async () => {
  await Promise.all(open.map((subscriber) => subscriber.close()));
  await gateway.close();
});

const FOLLOW = `subscription ($project: String!, $build: String!, $after: String) {
  devmasonBuildChanged(project: $project, build: $build, after: $after) {
    cursor kind from to deleted build { ... on DevmasonBuild { buildId } } job { ... on DevmasonStep { name build { legacyId } } } } }`;
const DELETE_BUILD = 'mutation ($build: String!) { devmasonDeleteBuild(project: "lamp", build: $build) }';

function follow(build: string, after?: string): Subscriber {
  const subscriber = new Subscriber(gateway.server.url, FOLLOW, { project: 'lamp', build, after });
  open.push(subscriber);
  return subscriber;
}

/** What was received, each in a few words. */
function told(subscriber: Subscriber): string[] {
  return subscriber.received.map(({ data }) => {
    const { kind, from, to, deleted, job } = (data as any).devmasonBuildChanged;
    return deleted ? `${kind} deleted` : `${kind} ${job?.name ?? ''} ${from} -> ${to}`;
  });
}

function refusalOf(subscriber: Subscriber): string {
  const [error] = subscriber.received[0]?.errors ?? [];
  return `${error?.extensions?.['code'] as string}: ${error?.message}`;
}

async function step(build: string, name: string, success = true): Promise<void> {
  await gateway.addStep('lamp', build, { name, success });
}

describe('devmasonBuildChanged', () => {
  it('replays what happened to the build and its steps, goes on live, and completes when it is over', async () => {
    const before = await gateway.head();
    const { buildId } = await gateway.begin('lamp');
    await step(buildId, 'first');
    const other = await gateway.report('lamp', { results: [{ name: 'not this', success: true }] });
    const subscriber = follow(buildId, before);
    await subscriber.take(2);
    await step(buildId, 'second', false);
    await gateway.report('lamp', { results: [{ name: 'nor this', success: true }] });
    await subscriber.take(3);
    await gateway.finish('lamp', buildId);
    await subscriber.end();
    expect(subscriber.error).toBeUndefined();
    expect(told(subscriber)).toEqual([
      'BUILD  null -> RUNNING',
      'JOB first null -> SUCCEEDED',
      'JOB second null -> FAILED',
      'BUILD  RUNNING -> FAILED',
    ]);
    expect(other.buildId).not.toBe(buildId);
  });

  it('goes on behind the cursor', async () => {
    const { buildId } = await gateway.begin('lamp');
    const head = await gateway.head();
    await step(buildId, 'first');
    const all = follow(buildId, head);
    const [first] = await all.take(1);
    const { cursor } = (first!.data as any).devmasonBuildChanged;
    await step(buildId, 'second');
    await gateway.finish('lamp', buildId);
    const rest = follow(buildId, cursor);
    await Promise.all([all.end(), rest.end()]);
    expect(told(rest)).toEqual(['JOB second null -> SUCCEEDED', 'BUILD  RUNNING -> SUCCEEDED']);
    expect(told(all)).toEqual(['JOB first null -> SUCCEEDED', ...told(rest)]);
  });

  it('tells the steps of a whole build before its end', async () => {
    const head = await gateway.head();
    const results = [
      { name: 'a', success: true },
      { name: 'b', success: true },
    ];
    const { buildId } = await gateway.report('lamp', { results });
    const subscriber = follow(buildId, head);
    await subscriber.end();
    expect(told(subscriber)).toEqual([
      'JOB a null -> SUCCEEDED',
      'JOB b null -> SUCCEEDED',
      'BUILD  null -> SUCCEEDED',
    ]);
    // Behind the end there is nothing to wait for.
    const late = follow(buildId, await gateway.head());
    await late.end();
    const fresh = follow(buildId);
    await fresh.end();
    expect([...late.received, ...fresh.received]).toEqual([]);
  });

  it('completes with the deletion of the build', async () => {
    const { buildId } = await gateway.begin('lamp');
    const head = await gateway.head();
    const subscriber = follow(buildId, head);
    await step(buildId, 'first');
    await subscriber.take(1);
    await gateway.alice.run(DELETE_BUILD, { build: buildId });
    await subscriber.end();
    expect(told(subscriber)).toEqual(['JOB first null -> SUCCEEDED', 'BUILD deleted']);
    expect((subscriber.received[1]!.data as any).devmasonBuildChanged.build).toBeNull();
  });

  it('completes with the deletion of the project', async () => {
    await gateway.register('short-lived');
    const { buildId } = await gateway.begin('short-lived');
    const variables = { project: 'short-lived', build: buildId, after: await gateway.head() };
    const subscriber = new Subscriber(gateway.server.url, FOLLOW, variables);
    open.push(subscriber);
    await gateway.alice.run('mutation { devmasonDeleteProject(slug: "short-lived") }');
    await subscriber.end();
    expect(told(subscriber).filter((text) => text !== 'BUILD deleted')).toEqual([]);
  });

  it('refuses an unknown build; who has a cursor is told that it is over', async () => {
    for (const build of ['none', 'a/b', '\0']) {
      const unknown = follow(build);
      await unknown.end();
      expect(refusalOf(unknown)).toBe('NOT_FOUND: build: there is no such build.');
      const gone = follow(build, '0');
      await gone.end();
      expect([gone.error, gone.received]).toEqual([undefined, []]);
    }
    const bad = follow('none', 'x');
    await bad.end();
    expect(refusalOf(bad)).toBe('INVALID: after: not a cursor of the change log.');
  });
});
