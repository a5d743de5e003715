import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { countsOf } from '../../support/import-database.js';
import { boot, build, date, group, importDatabase, job, lab, oid, testCase, token } from './import-support.js';
import type { ImportDatabase } from './import-support.js';

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

const id = (number: number): number => recordId(System.KERNELCI, number);
const at = (text: string): number => date(text).$date * 1000;
const parsed = (rows: readonly Record<string, unknown>[], column: string): unknown[] =>
  rows.map((row) => JSON.parse(String(row[column])));

/** One document of each collection, every array under its own name. */
const ALL = {
  token: [token(1)],
  lab: [lab(1, { token: oid('token', 1), address: {}, private: false, updated_on: null })],
  job: [job(1)],
  build: [build(1)],
  boot: [boot(1)],
  test_group: [group(1, { test_cases: [oid('case', 1)] })],
  test_case: [testCase(1, 1, 'PASS', { created_on: date('2015-01-16T10:00:00Z') })],
  test_regression: [{ _id: oid('regression', 1), job: 'next', regressions: [{ kernel: 'k', status: 'FAIL' }] }],
  build_logs: [{ _id: oid('log', 1), build_id: oid('build', 1), errors: ['e'], errors_count: 1 }],
  job_logs: [{ _id: oid('log', 2), job_id: oid('job', 1), errors: [[3, 'e']] }],
  statistics: [{ _id: oid('statistics', 1), created_on: date('2015-01-17T00:00:00Z'), total_jobs: 5 }],
};

describe('an import', () => {
  it('takes every collection, and again without a change', async () => {
    const each = (of: [number, number, number]) => ({
      tokens: of,
      labs: of,
      jobs: of,
      builds: of,
      boots: of,
      'test groups': of,
      'test cases': of,
      'test regressions': of,
      'build logs': of,
      'job logs': of,
      'days of statistics': of,
    });
    expect(countsOf(await database.take(ALL))).toEqual(each([1, 0, 0]));
    const before = await database.content();
    expect(countsOf(await database.take(ALL))).toEqual(each([0, 0, 1]));
    expect(await database.content()).toEqual(before);
    expect(before.change_log).toEqual([]);
  });

  it('keeps documents as they are: unknown members, nulls, long numbers, any key and any character', async () => {
    const more = '"x":{"__proto__":{"a":1},"n":12345678901234567890,"":[null]},"big":1e400,"text":"\\u0000\\ud800 ü"';
    const text = JSON.stringify(build(1, { git_url: null, zz: 0 })).replace('"zz":0', more);
    await database.take(`{"build": [${text}]}`);
    expect((await database.content()).build).toMatchObject([{ kernelci_document: text.replace('\\ud800', '\\ud800') }]);
  });

  it('spells ids and dates as documents show them, wherever they are', async () => {
    const iso = { $date: '2015-01-16T10:56:28.347999+01:00' };
    const given = {
      _id: { $oid: '54B8E0DCC0FFEE015A00000F' },
      created_on: iso,
      seen: [{ at: { $date: { $numberLong: '1421402188347' } }, not: { $date: 'yesterday' }, both: { ...iso, x: 1 } }],
    };
    await database.take({ job: [job(1, given)] });
    const { event: events } = await database.content();
    expect(events).toMatchObject([{ legacy_id: '54b8e0dcc0ffee015a00000f', created_at: 1_421_402_188_347_000 }]);
    expect(parsed(events, 'kernelci_document')).toMatchObject([
      {
        _id: { $oid: '54b8e0dcc0ffee015a00000f' },
        created_on: { $date: 1_421_402_188_347 },
        seen: [{ at: { $date: 1_421_402_188_347 }, not: { $date: 'yesterday' }, both: { ...iso, x: 1 } }],
      },
    ]);
  });

  it('takes the other names of arrays, beside their own', async () => {
    const { token: tokens, build: builds, build_logs, job_logs, statistics, ...others } = ALL;
    const aliases = {
      ...others,
      'api-token': tokens,
      defconfig: builds,
      build: [build(2)],
      error_logs: build_logs,
      errors_summary: job_logs,
      daily_stats: statistics,
    };
    expect(countsOf(await database.take(aliases))).toMatchObject({
      tokens: [1, 0, 0],
      builds: [2, 0, 0],
      'build logs': [1, 0, 0],
      'job logs': [1, 0, 0],
      'days of statistics': [1, 0, 0],
    });
  });

  it('numbers documents in the order of the file, after those that there are; a replaced one keeps its place', async () => {
    await database.take({ build: [build(3), build(1)] });
    const counts = await database.take({ build: [build(2), build(1, { status: 'FAIL' }), build(4), build(3)] });
    expect(countsOf(counts)).toEqual({ builds: [2, 1, 1] });
    const { build: builds, record_key, state_count } = await database.content();
    expect(builds.map((row) => [row.id, row.legacy_id])).toEqual([
      [id(1), oid('build', 3).$oid],
      [id(2), oid('build', 1).$oid],
      [id(3), oid('build', 2).$oid],
      [id(4), oid('build', 4).$oid],
    ]);
    expect(builds[1]).toMatchObject({ state: State.FAILED });
    expect(record_key.filter(({ kind }) => kind === Kind.BUILD)).toMatchObject([{ last_number: 4 }]);
    const totals = state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
  });

  it('takes documents by the thousand, long ones too, and again without a change', async () => {
    const numbers = Array.from({ length: 1500 }, (_, index) => index);
    const document = {
      boot: numbers.map((number) => boot(number % 3 === 0 ? number : number + 5000)),
      build: numbers.map((number) => build(number, { long: 'x'.repeat((number % 9) * 4000) })),
      job: numbers.map((number) => job(number)),
    };
    expect(countsOf(await database.take(document))).toEqual({
      jobs: [1500, 0, 0],
      builds: [1500, 0, 0],
      boots: [1500, 0, 0],
    });
    const found = `SELECT COUNT(*) AS total, COUNT(event_id) AS events, COUNT(build_id) AS builds FROM job`;
    expect(await database.rows(found)).toEqual([{ total: 1500, events: 500, builds: 500 }]);
    expect(countsOf(await database.take(document))).toMatchObject({ builds: [0, 0, 1500], boots: [0, 0, 1500] });
    expect(await database.rows(found)).toEqual([{ total: 1500, events: 500, builds: 500 }]);
  });
});

describe('jobs, builds and boots', () => {
  it('are events, builds and jobs', async () => {
    const failed = {
      status: 'FAIL',
      errors: 1,
      warnings: 3,
      defconfig_full: 'defconfig+CONFIG_X=y',
      build_environment: 'gcc-4.9',
    };
    const report = { status: 'OFFLINE', boot_result_description: 'no power', retries: 2, mach: 'vexpress' };
    const built = { created_on: date('2015-01-16T11:00:00Z') };
    await database.take({
      job: [job(1, { private: true, git_describe: 'v3' })],
      build: [build(1, { ...failed, ...built })],
      boot: [boot(1, report)],
    });
    const { event: events, build: builds, job: jobs, project } = await database.content();
    const common = { id: id(1), system: System.KERNELCI, project_id: project[0]?.id };
    expect(project).toMatchObject([{ system: System.KERNELCI, legacy_id: 'next', name: 'next' }]);
    expect(events).toMatchObject([
      {
        ...common,
        name: 'next/next-1',
        state: State.SUCCEEDED,
        legacy_state: 'PASS',
        created_at: at('2015-01-16T09:56:28.347Z'),
        kernelci_kernel: 'next-1',
        kernelci_git_branch: 'master',
        kernelci_git_describe: 'v3',
        kernelci_private: 1,
      },
    ]);
    expect(builds).toMatchObject([
      {
        ...common,
        event_id: id(1),
        name: 'defconfig+CONFIG_X=y (arm64)',
        state: State.FAILED,
        submitted_at: at('2015-01-16T11:00:00Z'),
        finished_at: at('2015-01-16T11:00:00Z'),
        kernelci_build_environment: 'gcc-4.9',
        kernelci_errors: 1,
      },
    ]);
    expect(jobs).toMatchObject([
      {
        ...common,
        event_id: id(1),
        build_id: id(1),
        name: 'juno',
        requester: 'lab-x',
        state: State.CANCELED,
        legacy_state: 'OFFLINE',
        state_reason: 'no power',
        kernelci_retries: 2,
        kernelci_mach: 'vexpress',
      },
    ]);
  });

  it('have the state that their status means, and keep the status', async () => {
    const jobs = ['BUILD', 'PASS', 'FAIL', 'UNKNOWN'].map((status, number) => job(number, { status }));
    const builds = ['FAIL', 'whatever'].map((status, number) => build(number, { status }));
    const boots = ['PASS', 'FAIL', 'OFFLINE', 'UNTRIED', 'UNKNOWN'].map((status, number) => boot(number, { status }));
    await database.take({ job: jobs, build: builds, boot: boots });
    const states = async (table: string) =>
      (await database.rows(`SELECT state, legacy_state AS status FROM ${table} ORDER BY id`)).map(
        ({ status, state }) => `${String(status)} ${State[Number(state)]}`,
      );
    expect(await states('event')).toEqual(['BUILD RUNNING', 'PASS SUCCEEDED', 'FAIL FAILED', 'UNKNOWN UNKNOWN']);
    expect(await states('build')).toEqual(['FAIL FAILED', 'whatever UNKNOWN']);
    const ofBoots = ['PASS SUCCEEDED', 'FAIL FAILED', 'OFFLINE CANCELED', 'UNTRIED SKIPPED', 'UNKNOWN UNKNOWN'];
    expect(await states('job')).toEqual(ofBoots);
  });

  const PARENTS = `SELECT j.event_id AS event, j.build_id AS build, b.event_id AS of FROM job j LEFT JOIN build b ON 1 = 1`;

  it('find what they refer to, wherever it is in the file', async () => {
    await database.take({ boot: [boot(1)], build: [build(1)], job: [job(1)] });
    expect(await database.rows(PARENTS)).toEqual([{ event: id(1), build: id(1), of: id(1) }]);
  });

  it('find what they refer to in a later file', async () => {
    await database.take({ boot: [boot(1)], build: [build(1)] });
    expect(await database.rows(PARENTS)).toEqual([{ event: null, build: id(1), of: null }]);
    const counts = await database.take({ job: [job(1)] });
    expect(countsOf(counts)).toEqual({ jobs: [1, 0, 0] });
    expect(await database.rows(PARENTS)).toEqual([{ event: id(1), build: id(1), of: id(1) }]);
  });

  it('may refer to what is not there, and move to something else', async () => {
    await database.take({ job: [job(1), job(2)], build: [build(1, { job_id: oid('job', 9) })] });
    expect(await database.rows('SELECT event_id AS event, kernelci_job_id AS given FROM build')).toEqual([
      { event: null, given: oid('job', 9).$oid },
    ]);
    await database.take({ build: [build(1, { job_id: oid('job', 2) })] });
    expect(await database.rows('SELECT event_id AS event FROM build')).toEqual([{ event: id(2) }]);
  });

  it('keep members that queries cannot use, as if they were not there', async () => {
    const odd = { job_id: 'text', errors: '3', warnings: 1.5, build_time: '9', git_branch: 5, metadata: 'none' };
    await database.take({ build: [build(1, odd)] });
    const { build: builds } = await database.content();
    expect(builds).toMatchObject([
      { kernelci_job_id: null, kernelci_errors: null, kernelci_warnings: null, kernelci_git_branch: null },
    ]);
    expect(parsed(builds, 'kernelci_document')).toMatchObject([odd]);
  });

  it('hold in columns what both databases can hold of a text', async () => {
    await database.take({ build: [build(1, { kernel: 'a\0b', arch: '\ud800', dirname: 'c\0' })] });
    const { build: builds } = await database.content();
    expect(builds).toMatchObject([{ kernelci_kernel: 'a\uFFFDb', kernelci_arch: '\uFFFD' }]);
    expect(parsed(builds, 'kernelci_document')).toMatchObject([{ kernel: 'a\0b', arch: '\ud800', dirname: 'c\0' }]);
  });
});

describe('documents without a time', () => {
  it('have that of their id', async () => {
    await database.take({ test_group: [group(1, { created_on: null })], job_logs: ALL.job_logs });
    const created = { created_at: 0x54b8e0dc * 1_000_000 };
    const { job: jobs, kernelci_job_log: logs } = await database.content();
    expect([jobs, logs]).toMatchObject([[{ ...created, finished_at: created.created_at }], [created]]);
    expect(parsed(jobs, 'kernelci_document')).toMatchObject([{ created_on: null }]);
  });
});

describe('tokens', () => {
  it('are kept as hash and encrypted, and nowhere else', async () => {
    const secret = 'a0000000-aaaa-4aaa-8aaa-0000000000a1';
    await database.take({ token: [token(1, { token: secret, expires_on: date('2030-01-01T00:00:00Z') })] });
    const content = await database.content();
    expect(content.kernelci_token).toMatchObject([
      {
        oid: oid('token', 1).$oid,
        token_hash: createHash('sha256').update(secret).digest('hex'),
        email: 'ci@example.org',
        username: null,
        expired: 0,
        expires_at: at('2030-01-01T00:00:00Z'),
        properties: 0b100,
      },
    ]);
    expect(JSON.stringify(content)).not.toContain(secret);
  });

  it('may be exchanged between documents', async () => {
    await database.take({ token: [token(1), token(2)] });
    const values = [token(1).token, token(2).token];
    const before = await database.rows('SELECT token_hash AS hash FROM kernelci_token ORDER BY id');
    const counts = await database.take({ token: [token(1, { token: values[1] }), token(2, { token: values[0] })] });
    expect(countsOf(counts)).toEqual({ tokens: [0, 2, 0] });
    expect(await database.rows('SELECT token_hash AS hash FROM kernelci_token ORDER BY id')).toEqual(
      before.toReversed(),
    );
  });
});

describe('labs', () => {
  it('have the token that they name', async () => {
    await database.take({ lab: [lab(1, { token: oid('token', 1) }), lab(2, { token: null, private: true })] });
    expect((await database.content()).kernelci_lab).toMatchObject([
      { name: 'lab-1', private: 0, token_oid: oid('token', 1).$oid },
      { name: 'lab-2', private: 1, token_oid: null },
    ]);
  });

  it('may take the name that another had, which has a new one', async () => {
    await database.take({ lab: [lab(1), lab(2)] });
    await database.take({ lab: [lab(1, { name: 'lab-2' }), lab(2, { name: 'lab-3' })] });
    expect((await database.content()).kernelci_lab).toMatchObject([{ name: 'lab-2' }, { name: 'lab-3' }]);
  });
});
