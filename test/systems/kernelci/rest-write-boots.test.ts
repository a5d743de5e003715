import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BOOT, BUILD } from './write-bodies.js';
import { ACCEPTED, found, only, write, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const report = (path: string, body: object): Promise<any> => written(server, 'POST', path, body, { as: TOKENS.poster });
const boot = (body: object): Promise<any> => written(server, 'POST', '/boot', body, { as: TOKENS.lab });

const OID = { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) };
const NOW = { $date: expect.any(Number) };

describe('POST /boot', () => {
  /** Members that are shown under the key that they came with. */
  const SAME = {
    boot_result_description: 'panic',
    board_instance: 'juno-1',
    bootloader: 'u-boot',
    bootloader_version: '1',
    boot_job_path: '/p',
    boot_job_url: 'http://j',
    boot_log: 'l',
    boot_log_html: 'h',
    chainloader: 'c',
    device_type: 'juno-r2',
    dtb: 'd',
    dtb_addr: '0x2',
    dtb_append: true,
    endian: 'little',
    fastboot_cmd: 'f',
    file_server_resource: 'r',
    file_server_url: 'u',
    filesystem: 'nfs',
    initrd: 'i',
    initrd_addr: '0x3',
    kernel_image: 'Image',
    metadata: { a: { b: 12 } },
    qemu: 'q',
    qemu_command: 'qc',
    uimage: 'ui',
    uimage_addr: '0x4',
  };
  /** Those with another name, of another type, or without a meaning. */
  const OTHERS = {
    boot_result: 'FAIL',
    boot_retries: 2,
    boot_warnings: 3,
    boot_time: 26.3,
    boot_job_id: 77,
    loadaddr: '0x1',
    mach: 'vexpress',
    mach_alias: 'alias',
    fastboot: 'true',
    status: 'PASS',
    email: 'x',
    image_type: 'y',
    _id: '54b8e0dcc0ffee0000000032',
    kernel_image_size: 5,
  };

  it('stores a report with its job and its build', async () => {
    await report('/build', {
      ...BUILD,
      kernel: 'boot-1',
      build_environment: 'gcc-8',
      kernel_image_size: 99,
      git_commit: 'abc',
      git_url: 'git://b',
      compiler: 'gcc',
      compiler_version_full: 'gcc 8',
      cross_compile: 'x-',
    });
    const body = { ...BOOT, kernel: 'boot-1', build_environment: 'gcc-8', ...SAME, ...OTHERS, git_url: 'git://mine' };
    expect(await boot(body)).toEqual(ACCEPTED);
    const [job, build] = [await only(server, '/job?kernel=boot-1'), await only(server, '/build?kernel=boot-1')];
    expect(await only(server, '/boot?kernel=boot-1')).toEqual({
      ...SAME,
      _id: OID,
      created_on: NOW,
      job_id: job._id,
      build_id: build._id,
      job: 'next',
      kernel: 'boot-1',
      status: 'FAIL',
      retries: 2,
      warnings: 3,
      time: { $date: 26300 },
      load_addr: '0x1',
      mach: 'alias',
      arch: 'arm64',
      board: 'juno',
      defconfig: 'defconfig',
      defconfig_full: 'defconfig',
      lab_name: 'lab-x',
      build_environment: 'gcc-8',
      git_branch: 'master',
      git_commit: 'abc',
      git_describe: null,
      version: '1.0',
      git_url: 'git://mine',
      compiler: 'gcc',
      compiler_version: null,
      compiler_version_ext: 'gcc 8',
      compiler_version_full: 'gcc 8',
      cross_compile: 'x-',
      kernel_image_size: 99,
      fastboot: true,
      boot_job_id: '77',
      plan: null,
      plan_variant: null,
    });
  });

  it('has its defaults where nothing is told, and needs neither job nor build', async () => {
    expect(await boot({ ...BOOT, kernel: 'boot-2', git_branch: 'local/master' })).toEqual(ACCEPTED);
    expect(await only(server, '/boot?kernel=boot-2')).toMatchObject({
      status: 'UNKNOWN',
      retries: 0,
      warnings: 0,
      time: { $date: 0 },
      mach: null,
      metadata: {},
      job_id: null,
      build_id: null,
      git_branch: 'local/master',
      defconfig_full: 'defconfig',
    });
    expect(await found(server, '/job?kernel=boot-2')).toEqual([]);
  });

  it('sent again replaces the report and keeps its id and age', async () => {
    const body = { ...BOOT, kernel: 'boot-3' };
    await boot({ ...body, boot_result: 'OFFLINE', boot_retries: 4, endian: 'big' });
    const first = await only(server, '/boot?kernel=boot-3');
    await boot({ ...body, boot_result: 'PASS', defconfig_full: 'defconfig' });
    expect(await only(server, '/boot?kernel=boot-3')).toEqual({ ...first, status: 'PASS', retries: 0, endian: null });
    for (const different of [{ board: 'panda' }, { build_environment: 'gcc-8' }, { git_branch: 'x' }, { arch: 'arm' }])
      await boot({ ...body, ...different });
    expect(await found(server, '/boot?kernel=boot-3')).toHaveLength(5);
  });

  const NAMELESS = ['board', 'defconfig', 'job', 'kernel'].flatMap((key) =>
    [null, '', ' ', 'null', 'None', 'NULL', {}].map((value) => [key, value] as const),
  );

  it.each([
    ['arch', null],
    ['git_branch', {}],
    ['arch', ['arm']],
  ])(
    'that lacks a value it must have is accepted, named where it is no null, and not stored: %s = %j',
    async (key, value) => {
      const before = (await found(server, '/boot')).length;
      const errors = [`The value of '${key}' is not text, it will not be considered`];
      expect(await boot({ ...BOOT, [key]: value })).toEqual(value === null ? ACCEPTED : { ...ACCEPTED, errors });
      expect(await found(server, '/boot')).toHaveLength(before);
    },
  );

  it.each(['PASS', 'FAIL', 'OFFLINE', 'UNTRIED', 'UNKNOWN'])(
    'has the state %s as it was reported',
    async (boot_result) => {
      await boot({ ...BOOT, kernel: `state-${boot_result}`, boot_result });
      expect((await only(server, `/boot?kernel=state-${boot_result}`)).status).toBe(boot_result);
    },
  );

  it.each(['', 'pass', 'BROKEN', 5, {}])('has the state UNKNOWN for the result %j', async (boot_result) => {
    await boot({ ...BOOT, kernel: 'state-x', boot_result: 'PASS' });
    await boot({ ...BOOT, kernel: 'state-x', boot_result });
    expect((await only(server, '/boot?kernel=state-x')).status).toBe('UNKNOWN');
  });

  it('without a version has that of the structure', async () => {
    expect(await boot({ ...BOOT, kernel: 'boot-5', version: null })).toEqual(ACCEPTED);
    expect((await only(server, '/boot?kernel=boot-5')).version).toBe('1.1');
  });

  it.each(NAMELESS)('with %s = %j is accepted and nothing is stored', async (key, value) => {
    const before = (await found(server, '/boot')).length;
    const { code, reason } = await boot({ ...BOOT, [key]: value });
    expect({ code, reason }).toEqual(ACCEPTED);
    expect(await found(server, '/boot')).toHaveLength(before);
  });

  it.each([
    ['lab-y', TOKENS.lab],
    ['lab-x', TOKENS.poster],
    ['nope', TOKENS.lab],
    ['nope', TOKENS.admin],
    ['lab\0x', TOKENS.admin],
    ["lab\r\n'é☃", TOKENS.admin],
  ])('for lab %j with %s is refused: the token must be that of the lab', async (lab_name, as) => {
    expect(await written(server, 'POST', '/boot', { ...BOOT, lab_name }, { as })).toEqual({
      code: 403,
      reason: `Provided authentication token is not associated with lab '${lab_name}' or is not valid`,
    });
  });

  it.each([
    [null, 'null'],
    [{ a: 1 }, '{"a":1}'],
  ])('for lab %j is refused', async (lab_name, shown) => {
    const { code, reason } = await boot({ ...BOOT, lab_name });
    expect([code, reason]).toEqual([
      403,
      `Provided authentication token is not associated with lab '${shown}' or is not valid`,
    ]);
  });

  it('is looked at key by key before the lab, and for the lab before its names', async () => {
    const { version: _, ...bare } = { ...BOOT, lab_name: 'nope' };
    expect(await boot(bare)).toEqual({
      code: 400,
      reason: 'Provided JSON is not valid',
      errors: ["One or more mandatory keys are missing: ['version']"],
    });
    expect((await boot({ ...BOOT, lab_name: 'nope', board: null })).code).toBe(403);
    expect((await boot({ ...BOOT, lab_name: 'nope', arch: null })).code).toBe(403);
  });

  it('repeats what it refuses in the status line, as far as that can hold it', async () => {
    const lab_name = 'x\r\nX-Evil: 1é☃';
    const { reason, headers } = await write(server, 'POST', '/boot', { ...BOOT, lab_name }, { as: TOKENS.lab });
    expect(reason).toMatch(/^Provided authentication token is not associated with lab 'xX-Evil: 1/);
    expect(headers['x-evil']).toBeUndefined();
  });

  it('is taken from an administrator, with a warning before that of unknown keys', async () => {
    expect(await written(server, 'POST', '/boot', { ...BOOT, kernel: 'boot-4', foo: 1 })).toEqual({
      ...ACCEPTED,
      errors: [
        'Using an admin token to send boot reports: use the lab token',
        'Found non recognizable keys, they will not be considered: foo',
      ],
    });
    expect(await found(server, '/boot?kernel=boot-4')).toHaveLength(1);
  });
});
