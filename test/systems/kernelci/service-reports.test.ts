import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS, UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { Kind, State } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { BOOT, BUILD, FLAG, refusal, TREE, USER, Verbs } from './world.js';

let verbs: Verbs;
beforeAll(async () => {
  verbs = await Verbs.open();
});
beforeEach(() => verbs.reset());
afterAll(() => verbs.close());

const logged = (kind: Kind, from: State | null, to: State) => ({ kind, from, to });
async function log(): Promise<object[]> {
  return (await verbs.changes()).map(({ kind, from, to }) => ({ kind, from, to }));
}

describe('A reported build', () => {
  it('has every member, those that were not reported with their defaults', async () => {
    const id = await verbs.reports.submitBuild(USER, { ...BUILD, status: 'PASS', warnings: 2, buildTime: 321.5 });
    const document = await verbs.document('build', id);
    expect(document).toMatchObject({
      created_on: { $date: 1_421_402_400_000 },
      job: 'next',
      defconfig: 'multi_v7_defconfig',
      defconfig_full: 'multi_v7_defconfig',
      build_environment: null,
      status: 'PASS',
      errors: 0,
      warnings: 2,
      build_time: 321.5,
      build_type: 'kernel',
      build_platform: [],
      dtb_dir_data: [],
      metadata: {},
      version: '1.1',
      kernel_image_size: null,
    });
    expect(Object.keys(document)).toHaveLength(50);
    expect((document['_id'] as { $oid: string }).$oid).toMatch(/^54b8e120[0-9a-f]{16}$/);
  });

  it('makes its job in state BUILD, which takes over what the build knows of git and compiler', async () => {
    await verbs.reports.submitBuild(USER, { ...BUILD, gitDescribeV: 'v3.19-rc4-4321-g0f1e2d3', compiler: 'gcc' });
    const [job] = await verbs.own.store.reader.all<{ document: string; state: State; name: string }>(
      sql`SELECT kernelci_document AS document, state, name FROM event`,
    );
    expect(job).toMatchObject({ state: State.RUNNING, name: 'next/next-20150116' });
    expect(JSON.parse(job!.document)).toMatchObject({
      status: 'BUILD',
      private: false,
      git_describe_v: 'v3.19-rc4-4321-g0f1e2d3',
      kernel_version: '3.19-rc4',
      compiler: 'gcc',
    });
  });

  it('changes nothing of a job that knows its git or compiler data', async () => {
    await verbs.reports.submitBuild(USER, { ...BUILD, compiler: 'gcc' });
    const second = await verbs.reports.submitBuild(USER, { ...BUILD, arch: 'x86', compiler: 'clang', gitCommit: 'c' });
    const build = await verbs.document('build', second);
    const [job] = await verbs.own.store.reader.all<{ document: string }>(
      sql`SELECT kernelci_document AS document FROM event`,
    );
    expect(JSON.parse(job!.document)).toMatchObject({ compiler: 'gcc', git_commit: null, _id: build['job_id'] });
    expect(await verbs.count('event')).toBe(1);
  });

  it('replaces one with the same identity, which keeps its id and age', async () => {
    const first = await verbs.reports.submitBuild(USER, { ...BUILD, status: 'FAIL', errors: 3, dirname: 'd' });
    const before = await verbs.document('build', first);
    verbs.clock.now += 60_000_000;
    expect(await verbs.reports.submitBuild(USER, { ...BUILD, status: 'PASS' })).toBe(first);
    expect(await verbs.document('build', first)).toMatchObject({
      _id: before['_id'],
      created_on: before['created_on'],
      status: 'PASS',
      errors: 0,
      dirname: null,
    });
    expect(await log()).toEqual([
      logged(Kind.EVENT, null, State.RUNNING),
      logged(Kind.BUILD, null, State.FAILED),
      logged(Kind.BUILD, State.FAILED, State.SUCCEEDED),
    ]);
  });

  it.each([
    ['build environment', { buildEnvironment: 'gcc-8' }],
    ['full configuration', { defconfigFull: 'multi_v7_defconfig+CONFIG_CPU_BIG_ENDIAN=y' }],
    ['branch', { gitBranch: 'other' }],
  ])('with another %s is another build', async (_title, other) => {
    const first = await verbs.reports.submitBuild(USER, BUILD);
    expect(await verbs.reports.submitBuild(USER, { ...BUILD, ...other })).not.toBe(first);
    expect(await verbs.count('build')).toBe(2);
  });

  it('is stored once when it is sent many times at once', async () => {
    const ids = await Promise.all(Array.from({ length: 8 }, () => verbs.reports.submitBuild(USER, BUILD)));
    expect(new Set(ids).size).toBe(1);
    expect([await verbs.count('event'), await verbs.count('build')]).toEqual([1, 1]);
  });

  it('has its branch without a leading local/, and UNKNOWN for a state that builds cannot have', async () => {
    const id = await verbs.reports.submitBuild(USER, { ...BUILD, gitBranch: 'local/for/next', status: 'GREEN' });
    expect(await verbs.document('build', id)).toMatchObject({ git_branch: 'for/next', status: 'UNKNOWN' });
  });

  it.each([
    ['tree', 'a/b'],
    ['tree', '.next'],
    ['kernel', 'next-'],
    ['kernel', ''],
  ])('with %s %j is refused, and nothing is stored', async (field, name) => {
    const refused = await refusal(verbs.reports.submitBuild(USER, { ...BUILD, [field]: name }));
    expect(refused).toMatchObject({ code: 'INVALID', details: { field } });
    expect(refused.message).toMatch(new RegExp(`^${field}: `));
    expect([await verbs.count('event'), await verbs.count('build')]).toEqual([0, 0]);
  });

  it('may hold any text: what columns cannot hold stands in the document as it is', async () => {
    const dirname = 'nul \0, half \ud800';
    const id = await verbs.reports.submitBuild(USER, { ...BUILD, dirname, metadata: { a: '\0', __proto__: 1 } });
    expect(await verbs.document('build', id)).toMatchObject({ dirname });
  });

  it('takes a fixed number of statements', async () => {
    await verbs.reports.submitBuild(USER, BUILD);
    verbs.own.statements.length = 0;
    await verbs.reports.submitBuild(USER, { ...BUILD, arch: 'x86' });
    expect(verbs.own.statements.length).toBeLessThanOrEqual(12);
  });
});

describe('The state of a job', () => {
  it('is set, everything else of its document stays: also what nobody declared, and numbers of any size', async () => {
    await verbs.reports.submitBuild(USER, BUILD);
    const document = `{"_id":{"$oid":"54b8e0dcc0ffee015a00000f"},"created_on":{"$date":1421402188347},"job":"next",
      "kernel":"next-20150116","git_branch":"master","status":"BUILD","extra":{"big":12345678901234567890,"__proto__":1}}`;
    await verbs.own.store.transact(UNRESTRICTED, (transaction) =>
      transaction.all(sql`UPDATE event SET kernelci_document = ${document}`),
    );
    await verbs.reports.setJobStatus(USER, { ...TREE, status: 'FAIL' });
    const [job] = await verbs.own.store.reader.all<{ document: string; state: State; legacyState: string }>(
      sql`SELECT kernelci_document AS document, state, legacy_state AS "legacyState" FROM event`,
    );
    expect(job).toMatchObject({ state: State.FAILED, legacyState: 'FAIL' });
    expect(job!.document).toBe(
      '{"_id":{"$oid":"54b8e0dcc0ffee015a00000f"},"created_on":{"$date":1421402188347},"job":"next","kernel":"next-20150116","git_branch":"master","status":"FAIL","extra":{"big":12345678901234567890,"__proto__":1}}',
    );
    expect(await log()).toContainEqual(logged(Kind.EVENT, State.RUNNING, State.FAILED));
  });

  it.each([undefined, null, ''])('is PASS for %j', async (status) => {
    await verbs.reports.submitBuild(USER, BUILD);
    const id = await verbs.reports.setJobStatus(USER, { ...TREE, ...(status === undefined ? {} : { status }) });
    expect(await verbs.document('event', id)).toMatchObject({ status: 'PASS' });
  });

  it('must be one that jobs can have, which is checked before the job is looked for', async () => {
    const none = { ...TREE, kernel: 'none' };
    expect(await refusal(verbs.reports.setJobStatus(USER, { ...none, status: 'foo' }))).toMatchObject({
      code: 'INVALID',
      message: 'status: not one of BUILD, FAIL, PASS, UNKNOWN.',
      details: { field: 'status' },
    });
    expect(await refusal(verbs.reports.setJobStatus(USER, none))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await verbs.count('event')).toBe(0);
  });
});

describe('A reported boot', () => {
  beforeEach(async () => {
    await verbs.lab('lab-x', await verbs.token('lab-token', [FLAG.post, FLAG.delete, FLAG.lab]));
    await verbs.token('other-lab', [FLAG.post, FLAG.lab]);
    await verbs.token('root', [FLAG.admin, FLAG.post]);
  });

  it('of an unknown build has no build and no job', async () => {
    const id = await verbs.reports.submitBoot(await verbs.as('lab-token'), { ...BOOT, status: 'FAIL' });
    expect(await verbs.document('job', id)).toMatchObject({
      status: 'FAIL',
      job_id: null,
      build_id: null,
      defconfig_full: 'multi_v7_defconfig',
      retries: 0,
      warnings: 0,
      time: { $date: 0 },
      fastboot: null,
      version: '1.0',
    });
    expect(await log()).toEqual([logged(Kind.JOB, null, State.FAILED)]);
  });

  it('belongs to the build with the same identity and takes over what that knows', async () => {
    const sent = { ...BUILD, compiler: 'gcc', gitUrl: 'git://build', kernelImageSize: 7 };
    const build = await verbs.document('build', await verbs.reports.submitBuild(USER, sent));
    const report = { ...BOOT, gitUrl: 'git://boot', kernelImageSize: 9, timeMs: 26_300 };
    const id = await verbs.reports.submitBoot(await verbs.as('lab-token'), report);
    expect(await verbs.document('job', id)).toMatchObject({
      status: 'UNKNOWN',
      build_id: build['_id'],
      job_id: build['job_id'],
      compiler: 'gcc',
      git_url: 'git://boot',
      kernel_image_size: 7,
      time: { $date: 26_300 },
    });
    const [row] = await verbs.own.store.reader.all<{ build: number; event: number; requester: string }>(
      raw('SELECT build_id AS build, event_id AS event, requester FROM job'),
    );
    expect(row).toEqual({ build: 21, event: 21, requester: 'lab-x' });
  });

  it('replaces one with the same identity', async () => {
    const caller = await verbs.as('lab-token');
    const first = await verbs.reports.submitBoot(caller, { ...BOOT, status: 'FAIL', bootLog: 'a.txt' });
    const before = await verbs.document('job', first);
    verbs.clock.now += 60_000_000;
    expect(await verbs.reports.submitBoot(caller, { ...BOOT, status: 'PASS' })).toBe(first);
    const { _id, created_on } = before;
    expect(await verbs.document('job', first)).toMatchObject({ _id, created_on, status: 'PASS', boot_log: null });
    expect((await log()).at(-1)).toEqual(logged(Kind.JOB, State.FAILED, State.SUCCEEDED));
  });

  it.each([
    ['the token of another lab', 'other-lab', 'lab-x'],
    ['no lab of that name', 'lab-token', 'lab-y'],
    ['no lab of that name, for an administrator', 'root', 'lab-y'],
  ])('is refused with %s', async (_title, token, labName) => {
    const refused = await refusal(verbs.reports.submitBoot(await verbs.as(token), { ...BOOT, labName }));
    expect(refused).toMatchObject({ code: 'FORBIDDEN', details: { field: 'labName' } });
    expect(await verbs.count('job')).toBe(0);
  });

  it('is taken from administrators for every lab, and not from accounts of the gateway', async () => {
    await verbs.reports.submitBoot(await verbs.as('root'), BOOT);
    await verbs.reports.submitBoot(UNRESTRICTED, { ...BOOT, board: 'panda' });
    expect(await refusal(verbs.reports.submitBoot(USER, BOOT))).toMatchObject({ code: 'FORBIDDEN' });
    expect(await verbs.count('job')).toBe(2);
  });

  it.each([
    ['board', ' '],
    ['defconfig', 'None'],
    ['tree', 'NULL'],
    ['kernel', ''],
  ])('with %s %j is refused, and nothing is stored', async (field, value) => {
    const refused = await refusal(verbs.reports.submitBoot(await verbs.as('lab-token'), { ...BOOT, [field]: value }));
    expect(refused).toMatchObject({ code: 'INVALID', details: { field } });
    expect(await verbs.count('job')).toBe(0);
  });
});

describe('A reported test group', () => {
  const GROUP = {
    ...TREE,
    arch: 'arm64',
    buildEnvironment: 'gcc-8',
    defconfig: 'defconfig',
    labName: 'lab-x',
    name: 'v4l2',
  };

  it('becomes documents of the group, its cases and the groups in it', async () => {
    await verbs.token('tests', [FLAG.testLab]);
    const id = await verbs.reports.submitTestGroup(await verbs.as('tests'), {
      ...GROUP,
      plan: 'v4l2-plan',
      testCases: [{ name: 'one', status: 'PASS' }, { name: 'two' }],
      subGroups: [{ name: 'inner', testCases: [{ name: 'three', status: 'FAIL', timeMs: 12.4 }] }],
    });
    const group = await verbs.document('job', id);
    expect(group).toMatchObject({ name: 'v4l2', parent_id: null, defconfig_full: 'defconfig' });
    expect([group['test_cases'], group['sub_groups']].map((list) => (list as object[]).length)).toEqual([2, 1]);
    const cases = await verbs.own.store.reader.all<{ document: string }>(
      raw('SELECT document FROM kernelci_test_case ORDER BY id'),
    );
    expect(cases.map(({ document }) => JSON.parse(document))).toMatchObject([
      { name: 'one', status: 'PASS', test_group_id: group['_id'], test_case_path: 'v4l2.one', index: 1, job: 'next' },
      { name: 'two', status: 'UNKNOWN', index: 2, plan: 'v4l2-plan', lab_name: 'lab-x' },
      {
        name: 'three',
        status: 'FAIL',
        test_case_path: 'v4l2.inner.three',
        time: { $date: 12 },
        test_group_name: 'inner',
      },
    ]);
    const inner = await verbs.document('job', id + 16);
    expect(inner).toMatchObject({ name: 'inner', parent_id: group['_id'], kernel: 'next-20150116' });
    expect(await log()).toEqual([logged(Kind.JOB, null, State.FAILED), logged(Kind.JOB, null, State.FAILED)]);
  });

  it('with many cases takes a bounded number of statements', async () => {
    verbs.own.statements.length = 0;
    const testCases = Array.from({ length: 1200 }, (_, index) => ({ name: `case-${index}`, status: 'SKIP' }));
    await verbs.reports.submitTestGroup(UNRESTRICTED, { ...GROUP, testCases });
    expect(verbs.own.statements.length).toBeLessThanOrEqual(15);
    expect(await verbs.count('kernelci_test_case')).toBe(1200);
    expect(await log()).toEqual([logged(Kind.JOB, null, State.SKIPPED)]);
  });

  it.each(['', 'a b', '-a', 'a.'])('named %j is refused', async (name) => {
    const refused = await refusal(verbs.reports.submitTestGroup(UNRESTRICTED, { ...GROUP, name }));
    expect(refused).toMatchObject({ code: 'INVALID', details: { field: 'name' } });
    const inside = verbs.reports.submitTestGroup(UNRESTRICTED, { ...GROUP, subGroups: [{ name }] });
    expect(await refusal(inside)).toMatchObject({ code: 'INVALID' });
    expect(await verbs.count('job')).toBe(0);
  });
});

describe('Deleting', () => {
  const code = async (work: Promise<unknown>): Promise<string> => (await refusal(work)).code;
  const oidOf = async (table: 'event' | 'build' | 'job', id: number): Promise<string> =>
    ((await verbs.document(table, id))['_id'] as { $oid: string }).$oid;

  beforeEach(async () => {
    await verbs.token('deleter', [FLAG.get, FLAG.delete]);
    await verbs.lab('lab-x', await verbs.token('lab-token', [FLAG.post, FLAG.delete, FLAG.lab]));
    await verbs.lab('lab-y', await verbs.token('lab-other', [FLAG.post, FLAG.delete, FLAG.lab]));
  });

  it('a job deletes its builds and leaves its boots, which then hang on nothing', async () => {
    await verbs.reports.submitBuild(USER, BUILD);
    await verbs.reports.submitBuild(USER, { ...BUILD, arch: 'x86' });
    await verbs.reports.submitBuild(USER, { ...BUILD, kernel: 'other' });
    const boot = await verbs.reports.submitBoot(UNRESTRICTED, BOOT);
    const legacyId = await oidOf('event', 21);
    await verbs.deletions.deleteJob(await verbs.as('deleter'), legacyId.toUpperCase());
    expect([await verbs.count('event'), await verbs.count('build'), await verbs.count('job')]).toEqual([1, 1, 1]);
    const [row] = await verbs.own.store.reader.all(raw('SELECT event_id AS event, build_id AS build FROM job'));
    expect(row).toEqual({ event: null, build: null });
    expect((await verbs.document('job', boot))['job_id']).toEqual({ $oid: legacyId });
    expect((await verbs.changes()).filter(({ deleted }) => Boolean(deleted)).map(({ kind }) => kind)).toEqual([
      Kind.BUILD,
      Kind.BUILD,
      Kind.EVENT,
    ]);
    expect(await code(verbs.deletions.deleteJob(UNRESTRICTED, legacyId))).toBe('NOT_FOUND');
  });

  it('a build leaves its boots', async () => {
    const id = await verbs.reports.submitBuild(USER, BUILD);
    await verbs.reports.submitBoot(UNRESTRICTED, BOOT);
    await verbs.deletions.deleteBuild(await verbs.as('deleter'), await oidOf('build', id));
    expect([await verbs.count('event'), await verbs.count('build'), await verbs.count('job')]).toEqual([1, 0, 1]);
  });

  it('jobs and builds is not for tokens of labs, nor without the permission', async () => {
    const legacyId = await oidOf('build', await verbs.reports.submitBuild(USER, BUILD));
    for (const caller of [await verbs.as('lab-token'), USER]) {
      expect(await code(verbs.deletions.deleteBuild(caller, legacyId))).toBe('FORBIDDEN');
      expect(await code(verbs.deletions.deleteJob(caller, legacyId))).toBe('FORBIDDEN');
    }
    expect(await code(verbs.deletions.deleteBuild(ANONYMOUS, legacyId))).toBe('UNAUTHENTICATED');
    expect(await verbs.count('build')).toBe(1);
  });

  it('a boot is for the token of its lab, or one of no lab', async () => {
    const [one, two] = [
      await verbs.reports.submitBoot(UNRESTRICTED, BOOT),
      await verbs.reports.submitBoot(UNRESTRICTED, { ...BOOT, board: 'panda' }),
    ];
    const first = await oidOf('job', one);
    expect(await code(verbs.deletions.deleteBoot(await verbs.as('lab-other'), first))).toBe('FORBIDDEN');
    await verbs.deletions.deleteBoot(await verbs.as('lab-token'), first);
    await verbs.deletions.deleteBoot(await verbs.as('deleter'), await oidOf('job', two));
    expect(await verbs.count('job')).toBe(0);
  });

  it('boots by a filter leaves those of other labs to a token of a lab, and test groups to everybody', async () => {
    await verbs.reports.submitBoot(UNRESTRICTED, BOOT);
    await verbs.reports.submitBoot(UNRESTRICTED, { ...BOOT, labName: 'lab-y' });
    const group = {
      ...TREE,
      arch: 'arm',
      buildEnvironment: 'g',
      defconfig: 'd',
      labName: 'lab-x',
      name: 'g',
      board: 'juno',
    };
    await verbs.reports.submitTestGroup(UNRESTRICTED, group);
    const filter = { kernelci: { board: { eq: 'juno' } } };
    expect(await verbs.deletions.deleteBoots(await verbs.as('lab-other'), filter)).toBe(1);
    expect(await verbs.deletions.deleteBoots(await verbs.as('deleter'), filter)).toBe(1);
    expect(await verbs.deletions.deleteBoots(await verbs.as('deleter'), filter)).toBe(0);
    expect(await verbs.count('job')).toBe(1);
  });

  it('boots by no condition is refused', async () => {
    await verbs.reports.submitBoot(UNRESTRICTED, BOOT);
    for (const filter of [{}, { and: [] }, { kernelci: null }]) {
      expect(await code(verbs.deletions.deleteBoots(UNRESTRICTED, filter))).toBe('INVALID');
    }
    expect(await verbs.count('job')).toBe(1);
  });
});
