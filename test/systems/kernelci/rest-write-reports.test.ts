import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { untilOpen } from '../../graphql/open-subscriptions.js';
import { Subscriber } from '../../support/subscriber.js';
import { BMETA, BOOT, BUILD } from './write-bodies.js';
import { ACCEPTED, found, only, write, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

/** Sends as who may report. */
const report = (path: string, body: object): Promise<any> => written(server, 'POST', path, body, { as: TOKENS.poster });
const boot = (body: object): Promise<any> => written(server, 'POST', '/boot', body, { as: TOKENS.lab });

/** Members that are null. */
const nulls = (names: string): Record<string, null> =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, null]));

const OID = { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) };
const NOW = { $date: expect.any(Number) };

describe('POST /job', () => {
  const next = { job: 'next', kernel: 'next-20150119', git_branch: 'master' };

  it.each([
    [{ status: 'FAIL' }, 'FAIL'],
    [{ status: 'BUILD' }, 'BUILD'],
    [{ status: 'UNKNOWN' }, 'UNKNOWN'],
    [{}, 'PASS'],
    [{ status: '' }, 'PASS'],
    [{ status: null, git_commit: 'other', kernel_version: '9.9' }, 'PASS'],
  ])('with %j marks an existing job as %s and changes nothing else', async (given, status) => {
    const before = await only(server, '/job?kernel=next-20150119');
    expect(await report('/job', { ...next, ...given })).toEqual({
      code: 200,
      reason: `Job 'next-next-20150119' (branch master) marked as '${status}'`,
    });
    expect(await only(server, '/job?kernel=next-20150119')).toEqual({ ...before, status });
  });

  it('finds the branch as it is, and without the local/ that builds lose', async () => {
    const local = { job: 'mainline', kernel: 'v3.19-rc5', git_branch: 'local/fixes', status: 'FAIL' };
    expect((await report('/job', local)).reason).toBe("Job 'mainline-v3.19-rc5' (branch local/fixes) marked as 'FAIL'");
    expect((await report('/job', { ...next, git_branch: 'local/master' })).reason).toBe(
      "Job 'next-next-20150119' (branch master) marked as 'PASS'",
    );
  });

  it('never creates a job', async () => {
    expect(await report('/job', { ...next, kernel: 'nope' })).toEqual({
      code: 404,
      reason: "Job 'next-nope (branch master)' not found",
    });
    expect(await found(server, '/job?kernel=nope')).toEqual([]);
  });

  it.each([
    ['foo', 'foo'],
    ['pass', 'pass'],
    [5, '5'],
    [0, '0'],
    [false, 'false'],
    [['PASS'], '["PASS"]'],
    ["a\r\nb'é☃", "a\r\nb'é☃"],
  ])('with the status %j is refused before the job is looked for', async (status, shown) => {
    expect(await report('/job', { job: 'x', kernel: 'y', git_branch: 'z', status })).toEqual({
      code: 400,
      reason: `Status value '${shown}' is not valid, should be one of: ['BUILD', 'FAIL', 'PASS', 'UNKNOWN']`,
    });
  });

  it('names unknown keys in a success', async () => {
    expect(await report('/job', { foo: 1, ...next, bar: 2 })).toEqual({
      code: 200,
      reason: "Job 'next-next-20150119' (branch master) marked as 'PASS'",
      errors: ['Found non recognizable keys, they will not be considered: foo, bar'],
    });
  });

  it.each(['\0', 'next\0', '💥\ud800', '\ud800'])('with a tree such as %j is 404', async (job) => {
    expect((await report('/job', { ...next, job })).code).toBe(404);
  });
});

describe('POST /build', () => {
  it('stores a build and makes its job, both readable at once', async () => {
    const before = Date.now();
    const body = { ...BUILD, kernel: 'classic-1', git_branch: 'local/for/next', path: 'next/classic-1' };
    expect(await report('/build', body)).toEqual({
      ...ACCEPTED,
      errors: ['Found non recognizable keys, they will not be considered: path'],
    });
    const job = await only(server, '/job?kernel=classic-1');
    const build = await only(server, '/build?kernel=classic-1');
    expect(job).toMatchObject({ _id: OID, status: 'BUILD', private: false, version: '1.1', git_branch: 'for/next' });
    expect(build).toEqual({
      _id: OID,
      created_on: NOW,
      job_id: job._id,
      job: 'next',
      kernel: 'classic-1',
      git_branch: 'for/next',
      arch: 'arm64',
      defconfig: 'defconfig',
      defconfig_full: 'defconfig',
      build_environment: null,
      status: 'UNKNOWN',
      errors: 0,
      warnings: 0,
      build_time: 0,
      build_type: 'kernel',
      version: '1.1',
      build_platform: [],
      dtb_dir_data: [],
      metadata: {},
      ...nulls(`git_commit git_describe git_describe_v git_url kernel_version compiler compiler_version compiler_version_ext
        compiler_version_full cross_compile dirname build_log kernel_config kernel_image modules modules_dir system_map
        text_offset kconfig_fragments dtb_dir build_log_size kernel_config_size kernel_image_size modules_size
        system_map_size vmlinux_bss_size vmlinux_data_size vmlinux_file_size vmlinux_text_size file_server_url
        file_server_resource`),
    });
    expect(build.created_on.$date).toBeGreaterThanOrEqual(before);
    expect(Number.parseInt(build._id.$oid.slice(0, 8), 16)).toBe(Math.floor(build.created_on.$date / 1000));
  });

  const METADATA = {
    defconfig_full: 'defconfig+x',
    build_environment: 'gcc-8',
    build_result: 'PASS',
    build_errors: 1,
    build_warnings: 2,
    build_time: 3.5,
    build_log: 'build.log',
    build_platform: ['Linux'],
    build_type: 'kernel',
    git_url: 'git://x',
    git_commit: 'c',
    git_describe: 'v4.0',
    git_describe_v: 'v4.1-rc2-3-gabc',
    dtb_dir: 'dtbs',
    compiler: 'gcc',
    compiler_version: '8',
    compiler_version_full: 'gcc 8',
    cross_compile: 'arm-',
    kconfig_fragments: 'f',
    kernel_config: 'c',
    kernel_image: 'Image',
    kernel_image_size: 7,
    modules: 'm',
    modules_size: 8,
    modules_dir: 'd',
    system_map: 's',
    text_offset: '0x8',
    file_server_url: 'http://f',
    file_server_resource: 'r',
    vmlinux_bss_size: 1,
    vmlinux_data_size: 2,
    vmlinux_file_size: 3,
    vmlinux_text_size: 4,
    version: '1.2',
  };

  it('takes every key of the published schema; the job takes over what it lacks', async () => {
    expect(await report('/defconfig', { ...BUILD, kernel: 'classic-2', ...METADATA })).toEqual(ACCEPTED);
    const { build_result, build_errors, build_warnings, ...members } = METADATA;
    const { _id, ...build } = await only(server, '/build?kernel=classic-2');
    expect(build).toMatchObject({
      ...members,
      status: build_result,
      errors: build_errors,
      warnings: build_warnings,
      kernel_version: '4.1-rc2',
      compiler_version_ext: 'gcc 8',
    });
    const taken = {
      git_commit: 'c',
      git_describe: 'v4.0',
      git_describe_v: 'v4.1-rc2-3-gabc',
      git_url: 'git://x',
      kernel_version: '4.1-rc2',
      compiler: 'gcc',
      compiler_version: '8',
      compiler_version_ext: 'gcc 8',
      compiler_version_full: 'gcc 8',
      cross_compile: 'arm-',
    };
    expect(await only(server, '/job?kernel=classic-2')).toMatchObject({ ...taken, status: 'BUILD' });
    await report('/build', { ...BUILD, kernel: 'classic-2', defconfig: 'other', git_commit: 'd', compiler: 'clang' });
    expect(await only(server, '/job?kernel=classic-2')).toMatchObject(taken);
  });

  it('sent again replaces the build and keeps its id, age and place, and the state of the job', async () => {
    const body = { ...BUILD, kernel: 'classic-3', build_environment: 'gcc-8' };
    await report('/build', { ...body, build_result: 'FAIL', build_errors: 3, git_commit: 'a' });
    const first = await only(server, '/build?kernel=classic-3');
    await report('/job', { ...body, status: 'FAIL', arch: undefined });
    await report('/build', { ...body, defconfig_full: 'defconfig', build_result: 'PASS' });
    const second = await only(server, '/build?kernel=classic-3');
    expect(second).toEqual({ ...first, status: 'PASS', errors: 0, git_commit: null });
    expect((await only(server, '/job?kernel=classic-3')).status).toBe('FAIL');
    for (const different of [{ arch: 'arm' }, { build_environment: null }, { defconfig_full: 'x' }, { defconfig: 'y' }])
      await report('/build', { ...body, ...different });
    expect(await found(server, '/build?kernel=classic-3')).toHaveLength(5);
  });

  it.each([
    ['UNKNOWN', 'BROKEN'],
    ['UNKNOWN', ''],
    ['BUILD', 'BUILD'],
  ])('has the state %s for the result %j', async (status, build_result) => {
    await report('/build', { ...BUILD, kernel: `result-${status}-${build_result}x`, build_result });
    expect((await only(server, `/build?kernel=result-${status}-${build_result}x`)).status).toBe(status);
  });

  it.each(['.x', 'x.', 'a/b', 'a b', 'é', '', '-', 'x\n', null, {}, ['next']])(
    'with the tree or kernel %j is accepted and nothing is stored',
    async (name) => {
      const before = (await found(server, '/build')).length;
      for (const key of ['job', 'kernel']) {
        const { code, reason } = await report('/build', { ...BUILD, [key]: name });
        expect({ code, reason }).toEqual(ACCEPTED);
      }
      expect(await found(server, '/build')).toHaveLength(before);
    },
  );

  it('names values that it cannot use, and leaves them out', async () => {
    expect(await report('/build', { ...BUILD, kernel: 'odd-1', build_errors: 'many', build_time: '2.5' })).toEqual({
      ...ACCEPTED,
      errors: ["The value of 'build_errors' is not an integer, it will not be considered"],
    });
    expect(await only(server, '/build?kernel=odd-1')).toMatchObject({ errors: 0, build_time: 2.5 });
  });

  it('keeps texts of any characters', async () => {
    const git_describe = 'a\0b\ud800💥';
    await report('/build', { ...BUILD, kernel: 'odd-2', git_describe });
    expect((await only(server, '/build?kernel=odd-2')).git_describe).toBe(git_describe);
  });

  it('takes what kernelci-core reports since 2021', async () => {
    expect(await report('/build', BMETA)).toEqual(ACCEPTED);
    const job = await only(server, '/job?kernel=next-20210101');
    expect(job).toMatchObject({
      status: 'BUILD',
      git_branch: 'master',
      compiler_version_ext: 'gcc (Debian 8.3.0) 8.3.0',
    });
    expect(await only(server, '/build?kernel=next-20210101')).toMatchObject({
      job_id: job._id,
      job: 'next',
      git_commit: BMETA.bmeta.revision.commit,
      git_describe: 'next-20210101',
      git_describe_v: 'v5.11-rc1-1234-g0123456789ab',
      kernel_version: '5.11-rc1',
      arch: 'arm64',
      build_environment: 'gcc-8',
      compiler: 'gcc',
      compiler_version: '8',
      defconfig_full: 'defconfig+debug',
      compiler_version_full: 'gcc (Debian 8.3.0) 8.3.0',
      compiler_version_ext: 'gcc (Debian 8.3.0) 8.3.0',
      status: 'PASS',
      build_time: 321.5,
      kernel_image: 'kernel/Image',
      system_map: 'kernel/System.map',
      kernel_config: 'config/kernel.config',
      modules: 'modules.tar.xz',
      dtb_dir: 'dtbs',
      dtb_dir_data: ['a.dtb', 'b.dtb'],
      build_log: 'logs',
      errors: 0,
      warnings: 0,
      version: '1.1',
      file_server_resource: 'next/master/next-20210101/arm64/defconfig/gcc-8',
      vmlinux_file_size: 3,
    });
  });

  it('refuses a bmeta body with the first fault', async () => {
    expect(await report('/build', { bmeta: {}, steps: [], artifacts: {} })).toEqual({
      code: 400,
      reason: 'Provided JSON is not valid',
      errors: ['bmeta.build: must be an object'],
    });
    expect(await report('/build', { ...BUILD, bmeta: null })).toMatchObject({ code: 400 });
  });
});

describe('a report', () => {
  it('is seen by subscriptions at once', async () => {
    const builds = new Subscriber(
      server.gateway.url,
      'subscription { buildStateChanged(filter: { kernelci: { kernel: { eq: "seen-1" } } }) { from to build { legacyId } } }',
    );
    const boots = new Subscriber(
      server.gateway.url,
      'subscription { jobStateChanged(filter: { kernelci: { kernel: { eq: "seen-1" } } }) { from to job { legacyId } } }',
    );
    try {
      await untilOpen(server.gateway.url, 2);
      const kernel = 'seen-1';
      for (const told of [{}, { build_result: 'PASS' }, { build_result: 'PASS', build_warnings: 1 }])
        await report('/build', { ...BUILD, kernel, ...told });
      for (const boot_result of ['FAIL', 'PASS']) await boot({ ...BOOT, kernel, boot_result });
      const build = { legacyId: (await only(server, '/build?kernel=seen-1'))._id.$oid };
      expect((await builds.take(2)).map(({ data }) => data?.['buildStateChanged'])).toEqual([
        { from: null, to: 'UNKNOWN', build },
        { from: 'UNKNOWN', to: 'SUCCEEDED', build },
      ]);
      const job = { legacyId: (await only(server, '/boot?kernel=seen-1'))._id.$oid };
      expect((await boots.take(2)).map(({ data }) => data?.['jobStateChanged'])).toEqual([
        { from: null, to: 'FAILED', job },
        { from: 'FAILED', to: 'SUCCEEDED', job },
      ]);
    } finally {
      await builds.close();
      await boots.close();
    }
  });

  it('sent many times at once is stored once', async () => {
    const body = { ...BUILD, kernel: 'crowd-1' };
    await Promise.all(Array.from({ length: 8 }, () => report('/build', body)));
    await Promise.all(Array.from({ length: 8 }, () => boot({ ...BOOT, kernel: 'crowd-1' })));
    for (const path of ['/job', '/build', '/boot']) await only(server, `${path}?kernel=crowd-1`);
  });

  it('keeps free members as they are: numbers of any size, any keys, 80 levels', async () => {
    const deep = `${'['.repeat(80)}1.50${']'.repeat(80)}`;
    const metadata = `{"__proto__":{"a":1},"huge":12345678901234567890123,"deep":${deep}}`;
    const text = `${JSON.stringify({ ...BOOT, kernel: 'free-1' }).slice(0, -1)},"boot_time":2.50,"metadata":${metadata}}`;
    expect((await write(server, 'POST', '/boot', text, { as: TOKENS.lab })).status).toBe(202);
    const shown = (await server.get('/boot?kernel=free-1')).text;
    expect(shown).toContain(`"metadata":${metadata}`);
    expect(shown).toContain('"time":{"$date":2500}');
  });

  it('may be 10 MiB large', async () => {
    const metadata = { text: 'x'.repeat(10 * 1024 * 1024) };
    expect(
      (await write(server, 'POST', '/boot', { ...BOOT, kernel: 'large-1', metadata }, { as: TOKENS.lab })).status,
    ).toBe(202);
    expect((await only(server, '/boot?kernel=large-1')).metadata).toEqual(metadata);
  });
});
