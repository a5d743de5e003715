import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { State, System } from '../../../src/core/model/states.js';
import { parseTime } from '../../../src/core/time.js';
import { countsOf } from '../../support/import-database.js';
import {
  build,
  dump,
  importDatabase,
  onlyBuild,
  project,
  reported,
  running,
  step,
  type ImportDatabase,
} from './import-support.js';

const id = (number: number): number => recordId(System.DEVMASON, number);
const at = (text: string): number => parseTime(text)!;

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

describe('builds', () => {
  it.each([
    [{}, State.SUCCEEDED, 'succeeded'],
    [{ success: false }, State.FAILED, 'failed'],
    [{ incremental: true }, State.SUCCEEDED, 'succeeded'],
    [{ incremental: true, success: null }, State.UNKNOWN, 'unknown'],
    [{ incremental: true, finished: null }, State.RUNNING, 'in progress'],
    [{ incremental: true, finished: null, success: null }, State.RUNNING, 'in progress'],
    [{ incremental: null, success: false }, State.FAILED, 'failed'],
  ])('that say %j are in state %d, %s', async (more, state, legacyState) => {
    await database.take(dump([build(1, more)]));
    const incremental = 'incremental' in more && more.incremental === true ? 1 : 0;
    expect(await onlyBuild(database)).toMatchObject({
      state,
      legacy_state: legacyState,
      devmason_incremental: incremental,
    });
  });

  it('that failed say the first failed step in the order that is shown', async () => {
    const results = [
      step('later', { success: false, started: '2009-10-20T15:20:02' }),
      step('first in arrival', { success: false, started: '2009-10-20T15:20:01' }),
      step('second in arrival', { success: false, started: 'Tue, 20 Oct 2009 10:20:01 -0500' }),
      step('good', { started: '2009-10-20T15:20:00' }),
    ];
    await database.take(dump([build(1, { success: false, results })]));
    expect(await onlyBuild(database)).toMatchObject({ state_reason: 'first in arrival', devmason_step_count: 4 });
  });

  it('keep what their client said, whatever it is called, with the user who is shown', async () => {
    const client = '{"host": "", "arch": "", "__proto__": {"a": 1}, "n": 12345678901234567890, "x": "\\u0000\\ud800"}';
    const document = JSON.stringify(dump([build(1, { client: 0, reporter: 'rep' })]));
    await database.take(document.replace('"client":0', `"client":${client}`));
    expect(await onlyBuild(database)).toMatchObject({
      devmason_client:
        '{"host":"","arch":"","__proto__":{"a":1},"n":12345678901234567890,"x":"\\u0000\\ud800","user":"rep"}',
      devmason_client_user: 'rep',
      requester: 'rep',
    });
  });

  it.each([
    ['jafar', 'jafar', 'jafar'],
    ['http://jafar.example.org/', 'http://jafar.example.org/', null],
    ['', null, null],
    [5, null, null],
    ['\0', null, null],
    ['x'.repeat(2001), null, null],
  ])('with the user %j are of requester %j and credit user %j', async (user, requester, credited) => {
    await database.take(dump([build(1, { client: { host: '', arch: '', user } })]));
    expect(await onlyBuild(database)).toMatchObject({
      requester,
      devmason_client_user: credited,
      devmason_client: JSON.stringify({ host: '', arch: '', user }),
    });
  });

  it('have their tags cut at commas, trimmed and once', async () => {
    await database.take(dump([build(1, { tags: ['b, a', ' two words ', 'b', '', ','] }), build(2, { tags: ['a'] })]));
    const query = `SELECT b.legacy_id AS build, t.name AS tag FROM devmason_build_tag l
      JOIN devmason_tag t ON t.id = l.tag_id JOIN build b ON b.id = l.build_id ORDER BY b.id, t.name`;
    expect((await database.rows(query)).map(({ build, tag }) => `${String(build)} ${String(tag)}`)).toEqual([
      'p/1 a',
      'p/1 b',
      'p/1 two words',
      'p/2 a',
    ]);
    expect((await database.content()).devmason_tag).toHaveLength(3);
  });

  it('are replaced where the file says otherwise, with their tags and steps', async () => {
    const results = [step('one'), step('two'), step('three', { output: 'x' })];
    const other = build(2, { tags: ['a'], results: [step('one')] });
    await database.take(dump([build(1, { tags: ['a', 'b'], results }), other]));
    const fewer = [step('one', { output: 'longer' }), step('zwei')];
    const counts = await database.take(dump([build(1, { tags: ['c'], results: fewer }), other]));
    expect(countsOf(counts)).toMatchObject({ projects: [0, 0, 1], builds: [0, 1, 1], steps: [0, 2, 1] });
    const content = await database.content();
    expect(content.devmason_tag.map((row) => row.name)).toEqual(['a', 'c']);
    expect(content.job.map((row) => [row.legacy_id, row.name])).toEqual([
      ['p/1/1', 'one'],
      ['p/1/2', 'zwei'],
      ['p/2/1', 'one'],
    ]);
    expect(content.devmason_step_output.map((row) => row.output)).toEqual(['"longer"', '""', '""']);
    expect(content.build[0]).toMatchObject({ devmason_step_count: 2, devmason_size: '"longer"""{}""""{}'.length });
    const totals = content.state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
  });

  it.each([
    ['tags', build(1, { tags: ['b'] }), [0, 1, 0]],
    ['no tags', build(1), [0, 1, 0]],
    ['the output of a step', build(1, { tags: ['a'], results: [step('s', { output: 'x' })] }), [0, 1, 0]],
    ['nothing', build(1, { tags: ['a'], results: [step('s', { output: 'o' })] }), [0, 0, 1]],
  ])('that differ in %s only count as replaced', async (_what, again, counts) => {
    await database.take(dump([build(1, { tags: ['a'], results: [step('s', { output: 'o' })] })]));
    const { builds, steps } = countsOf(await database.take(dump([again])));
    const hasSteps = (again.results as unknown[]).length > 0;
    expect(hasSteps ? steps : builds).toEqual(counts);
  });

  it('go on being reported in the next file', async () => {
    await database.take(dump([running(1, { results: [step('one')] })]));
    await database.take(dump([running(1, { results: [step('one'), step('two')] })]));
    expect(await onlyBuild(database)).toMatchObject({ state: State.RUNNING, devmason_step_count: 2 });
    await database.take(dump([build(1, { incremental: true, results: [step('one'), step('two')] })]));
    expect(await onlyBuild(database)).toMatchObject({ id: id(1), state: State.SUCCEEDED, devmason_step_count: 2 });
  });

  it.each([
    ['have more steps', running(1, { tags: ['new'], results: [step('one'), step('two')] })],
    ['are over', build(1, { incremental: true, tags: ['new'], results: [step('other')] })],
  ])('in progress in the file stay as they are when they %s here', async (_how, newer) => {
    await database.take(dump([newer]));
    const before = await database.content();
    const older = running(1, { tags: ['old'], results: [step('one', { output: 'old' })] });
    const counts = await database.take(dump([older], { projects: [project('p', { name: 'New' })] }));
    expect(countsOf(counts)).toMatchObject({ builds: [0, 0, 1], steps: [0, 0, 0] });
    const after = await database.content();
    expect(after).toEqual({
      ...before,
      project: [{ ...before.project[0], name: 'New' }],
      build: [{ ...before.build[0], name: 'Build 1 for New' }],
    });
  });
});

describe('a build and its steps', () => {
  it('were received when they ended, or when the gateway that exported them says so', async () => {
    const at = (second: number): string => `2009-10-20T15:30:0${second}.000001Z`;
    const results = [step('a'), step('b', { received: 'any text' })];
    await database.take(
      dump([
        build(1, { results }),
        build(2, { results, received: at(2) }),
        build(3, { results, received: at(3), results_received: [at(4)] }),
      ]),
    );
    const { build: builds, job: steps } = await database.content();
    const [ended, ...times] = [parseTime('2009-10-20T15:22:00Z'), ...[2, 3, 4].map((second) => parseTime(at(second)))];
    expect(builds.map((row) => row.submitted_at)).toEqual([ended, times[0], times[1]]);
    expect(steps.map((row) => row.created_at)).toEqual([ended, ended, times[0], times[0], times[2], times[1]]);
    expect((await database.rows('SELECT extra FROM devmason_step_output')).at(-1)).toEqual({
      extra: '{"received":"any text"}',
    });
  });
});

describe('steps', () => {
  it('keep what they say as it is, whatever it holds', async () => {
    const own = '"id": 5, "links": [], "": null, "__proto__": {"a": 1}, "n": 1e400';
    const fixed = '"success": false, "name": "s", "output": "\\u0000\\ud800 \\"", "errout": null';
    const document = JSON.stringify(dump([build(1, { results: 0 })]));
    await database.take(document.replace('"results":0', `"results":[{${own}, ${fixed}}]`));
    const { devmason_step_output: outputs, job: jobs } = await database.content();
    expect(outputs).toEqual([
      {
        job_id: id(1),
        output: '"\\u0000\\ud800 \\""',
        errout: '""',
        extra: '{"id":5,"links":[],"":null,"__proto__":{"a":1},"n":1e400}',
      },
    ]);
    const bytes = '"\\u0000\\ud800 \\""""{"id":5,"links":[],"":null,"__proto__":{"a":1},"n":1e400}'.length;
    expect(jobs).toMatchObject([{ state: State.FAILED, legacy_state: 'failed', devmason_size: bytes }]);
  });

  it('count their size in bytes of UTF-8', async () => {
    await database.take(dump([build(1, { results: [step('s', { output: 'ä€😀' })] })]));
    expect(await onlyBuild(database)).toMatchObject({ devmason_size: 2 + 3 + 4 + '""""{}'.length });
  });

  it.each([
    [build(1, { results: [{ name: 's', success: true }] }), '2009-10-20T15:20:00Z', '2009-10-20T15:22:00Z'],
    [
      build(1, { results: [{ name: 's', success: true, started: null, finished: '' }] }),
      '2009-10-20T15:20:00Z',
      '2009-10-20T15:22:00Z',
    ],
    [running(1, { results: [{ name: 's', success: true }] }), '2009-10-20T15:20:00Z', '2009-10-20T15:20:00Z'],
  ])('without times have those of their build', async (one, started, finished) => {
    await database.take(dump([one]));
    expect((await database.content()).job).toMatchObject([
      { started_at: at(started), finished_at: at(finished), devmason_started_offset: -300 },
    ]);
  });
});

it('thousands of builds with long outputs are taken, and again without a change', async () => {
  const results = (number: number) =>
    Array.from({ length: number % 4 }, (_, place) =>
      step(`step ${place}`, { output: 'x'.repeat((number % 7) * 4000) }),
    );
  const builds = Array.from({ length: 3000 }, (_, place) => {
    const number = 3000 - place;
    return build(number, { tags: [`t${number % 5}`, 'all'], results: results(number) });
  });
  const document = dump(builds);
  expect(countsOf(await database.take(document))).toMatchObject({ builds: [3000, 0, 0], steps: [4500, 0, 0] });
  expect((await reported(database)).slice(0, 3)).toEqual(['p/1', 'p/2', 'p/3']);
  const orphans = `SELECT COUNT(*) AS total FROM job j JOIN build b ON b.id = j.build_id
    JOIN devmason_step_output o ON o.job_id = j.id WHERE j.legacy_id = b.legacy_id || '/' || j.devmason_number`;
  expect(await database.rows(orphans)).toEqual([{ total: 4500 }]);
  expect(countsOf(await database.take(document))).toMatchObject({ builds: [0, 0, 3000], steps: [0, 0, 4500] });
});
