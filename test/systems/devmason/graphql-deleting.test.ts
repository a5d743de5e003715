import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changesAfter } from '../../../src/core/changes/log.js';
import { parseGlobalId } from '../../../src/core/ids.js';
import { Kind, State } from '../../../src/core/model/states.js';
import { DevmasonGateway, type ReportedKeys } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
});
afterAll(() => gateway.close());

const DELETE_BUILD =
  'mutation ($project: String!, $build: String!) { devmasonDeleteBuild(project: $project, build: $build) }';
const DELETE_PROJECT = 'mutation ($project: String!) { devmasonDeleteProject(slug: $project) }';
const REQUEST = 'mutation ($project: String!) { devmasonRequestBuild(project: $project, identifier: "HEAD") { id } }';
const STEPS = [
  { name: 'a', success: true, output: 'x' },
  { name: 'b', success: false, output: 'y' },
];
const TABLES = ['build', 'job', 'event', 'devmason_step_output', 'devmason_tag', 'devmason_build_tag'];

function recordIdOf({ id }: ReportedKeys): number {
  return parseGlobalId(id)!.id;
}

async function rows(): Promise<number[]> {
  return Promise.all(TABLES.map((table) => gateway.rows(table)));
}

async function changesSince(head: string): Promise<object[]> {
  const changes = await changesAfter(gateway.server.app.store.reader, Number(head), 1_000);
  return changes.map(({ kind, recordId, from, to, deleted, actor }) => ({ kind, recordId, from, to, deleted, actor }));
}

async function tags(slug: string): Promise<object[]> {
  const document = 'query ($slug: String!) { devmason { project(slug: $slug) { tags { name buildCount } } } }';
  return (await gateway.anonymous.run(document, { slug })).devmason.project.tags;
}

async function expectExactCounters(): Promise<void> {
  const { kept, real } = await gateway.counters();
  expect(kept).toEqual(real);
}

describe('Deleting a build', () => {
  it('removes its steps and the tags that no other build has, and logs the end of the build', async () => {
    await gateway.register('one');
    const before = await rows();
    const kept = await gateway.report('one', { tags: ['shared', 'kept'], results: STEPS });
    const between = await rows();
    const gone = await gateway.report('one', { success: false, tags: ['shared', 'gone'], results: STEPS });
    expect(await tags('one')).toEqual([
      { name: 'gone', buildCount: 1 },
      { name: 'kept', buildCount: 1 },
      { name: 'shared', buildCount: 2 },
    ]);
    const head = await gateway.head();
    await gateway.alice.run(DELETE_BUILD, { project: 'one', build: gone.buildId });
    expect(await tags('one')).toEqual([
      { name: 'kept', buildCount: 1 },
      { name: 'shared', buildCount: 1 },
    ]);
    expect(await rows()).toEqual(between);
    expect(await changesSince(head)).toEqual([
      {
        kind: Kind.BUILD,
        recordId: recordIdOf(gone),
        from: State.FAILED,
        to: State.FAILED,
        deleted: true,
        actor: 'alice',
      },
    ]);
    await expectExactCounters();
    await gateway.alice.run(DELETE_BUILD, { project: 'one', build: kept.buildId });
    expect(await rows()).toEqual(before);
    await expectExactCounters();
  });

  it('ends a progress and frees a chosen id', async () => {
    await gateway.register('free');
    await gateway.begin('free', {}, gateway.alice, 'mine');
    await gateway.addStep('free', 'mine', STEPS[0]!);
    await gateway.alice.run(DELETE_BUILD, { project: 'free', build: 'mine' });
    await expect(gateway.finish('free', 'mine')).rejects.toThrow('NOT_FOUND');
    expect((await gateway.report('free', {}, gateway.bob, 'mine')).buildId).toBe('mine');
    await expectExactCounters();
  });
});

describe('Deleting a project', () => {
  it('removes all that is in it and nothing else, and logs the end of each build and build request', async () => {
    await gateway.register('other');
    await gateway.report('other', { tags: ['same'], results: STEPS });
    const before = await rows();
    await gateway.register('doomed', gateway.bob);
    const whole = await gateway.report('doomed', { tags: ['same', 'x'], results: STEPS });
    const begun = await gateway.begin('doomed', { tags: ['x'] });
    await gateway.addStep('doomed', begun.buildId, STEPS[1]!);
    const { devmasonRequestBuild } = await gateway.anonymous.run(REQUEST, { project: 'doomed' });
    const head = await gateway.head();
    await gateway.bob.run(DELETE_PROJECT, { project: 'doomed' });
    expect(await rows()).toEqual(before);
    expect(await tags('other')).toEqual([{ name: 'same', buildCount: 1 }]);
    const end = (kind: Kind, keys: ReportedKeys, state: State) => {
      return { kind, recordId: recordIdOf(keys), from: state, to: state, deleted: true, actor: 'bob' };
    };
    expect(await changesSince(head)).toEqual([
      end(Kind.BUILD, whole, State.SUCCEEDED),
      end(Kind.BUILD, begun, State.RUNNING),
      end(Kind.EVENT, devmasonRequestBuild, State.QUEUED),
    ]);
    await expectExactCounters();
  });

  it('takes as many statements for any number of builds', async () => {
    const counts: number[] = [];
    // A few rows of the log would go with the head, in one statement.
    for (const [slug, builds] of [
      ['small', 10],
      ['large', 30],
    ] as const) {
      await gateway.register(slug);
      for (let number = 0; number < builds; number += 1)
        await gateway.report(slug, { tags: [`t${number}`], results: STEPS });
      const statements = await gateway.statementsOf(() => gateway.alice.run(DELETE_PROJECT, { project: slug }));
      counts.push(statements.length);
    }
    expect(counts[0]).toBe(counts[1]);
    await expectExactCounters();
  });
});
