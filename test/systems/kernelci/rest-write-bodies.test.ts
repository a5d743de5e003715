import { describe, expect, it } from 'vitest';
import { parseExact } from '../../../src/core/json.js';
import type { Body } from '../../../src/systems/kernelci/rest/writes/body.js';
import { BOOT, BUILD, JOB, TEST_GROUP } from '../../../src/systems/kernelci/fields.js';
import { bmetaBody } from '../../../src/systems/kernelci/rest/writes/bmeta.js';
import { bodyWith } from '../../../src/systems/kernelci/rest/writes/body.js';
import { labInput } from '../../../src/systems/kernelci/rest/writes/labs.js';
import { Refusal } from '../../../src/systems/kernelci/rest/writes/refusal.js';
import { reportOf } from '../../../src/systems/kernelci/rest/writes/report.js';
import { groupContent } from '../../../src/systems/kernelci/rest/writes/test-group-body.js';
import { tokenInput } from '../../../src/systems/kernelci/rest/writes/token-body.js';
import { BMETA } from './write-bodies.js';

/** Body of the answer that refuses. */
function refused(work: () => unknown): any {
  try {
    work();
  } catch (error) {
    if (error instanceof Refusal) return JSON.parse(String(error.answer.body));
    throw error;
  }
  throw new Error('It was not refused.');
}

const body = (members: object, warnings: readonly string[] = []): Body => ({
  members: new Map(Object.entries(members)),
  warnings,
});

const invalid = (fault: string) => ({ code: 400, reason: 'Provided JSON is not valid', errors: [fault] });

describe('the keys of a body', () => {
  it.each([
    ['[]', 'Provided data is not JSON'],
    ['[{"job":"next"}]', 'Provided data is not JSON'],
    ['"x"', 'Provided data is not JSON'],
    ['5', 'Provided data is not JSON'],
    ['12345678901234567890123', 'Provided data is not JSON'],
    ['null', 'Provided data is not JSON'],
    ['{}', 'No valid or acceptable keys in the JSON data'],
    ['{"foo":1,"bar":2}', 'No valid or acceptable keys in the JSON data'],
    ['{"__proto__":1}', 'No valid or acceptable keys in the JSON data'],
    ['{"kernel":"x"}', "One or more mandatory keys are missing: ['git_branch', 'job']"],
    ['{"status":"PASS","foo":1}', "One or more mandatory keys are missing: ['git_branch', 'job', 'kernel']"],
  ])('%s: %s', (text, fault) => {
    expect(refused(() => bodyWith(parseExact(text), JOB.body!))).toEqual(invalid(fault));
  });

  it('that nobody knows are dropped and named in the order of their appearance', () => {
    const { members, warnings } = bodyWith(
      JSON.parse('{"foo":1,"kernel":"k","__proto__":2,"job":"j","bar":3,"git_branch":null}'),
      JOB.body!,
    );
    expect([...members]).toEqual([
      ['kernel', 'k'],
      ['job', 'j'],
      ['git_branch', null],
    ]);
    expect(warnings).toEqual(['Found non recognizable keys, they will not be considered: foo, __proto__, bar']);
  });
});

describe('a report', () => {
  const none = new Set<string>();

  it('says what its keys say, under the names of the schema', () => {
    const given = {
      job: 'next',
      build_result: 'FAIL',
      status: 'PASS',
      build_errors: 3,
      build_time: 1.5,
      dtb_dir: null,
    };
    const { input, warnings, missing } = reportOf(BUILD, body(given), none);
    expect(input).toEqual({ tree: 'next', status: 'FAIL', errors: 3, buildTime: 1.5 });
    expect(warnings).toEqual([]);
    expect(missing.map(({ name }) => name)).toEqual(['arch', 'defconfig', 'git_branch', 'kernel']);
  });

  it.each([
    ['status', { status: 'PASS', build_result: null }, { status: 'PASS' }],
    ['text of a number', { version: 1.1, job: 5, kernel: true }, { version: '1.1', tree: '5', kernel: 'true' }],
    ['text of a long number', { kernel: parseExact('12345678901234567890123') }, { kernel: '12345678901234567890123' }],
    ['a number in text', { build_errors: ' 7 ', build_time: '1e1' }, { errors: 7, buildTime: 10 }],
    ['a number spelt at length', parseExact('{"build_time":1.50000000000000001}') as object, { buildTime: 1.5 }],
    ['a list of texts', { build_platform: ['Linux', 4] }, { buildPlatform: ['Linux', '4'] }],
  ])('is read leniently: %s', (_what, given, input) => {
    expect(reportOf(BUILD, body(given), none)).toMatchObject({ input, warnings: [] });
  });

  it.each([
    ['build_errors', '3.5', 'an integer'],
    ['build_errors', 9007199254740992, 'an integer'],
    ['build_errors', '', 'an integer'],
    ['build_time', 'long', 'a number'],
    ['build_time', parseExact('1e999'), 'a number'],
    ['build_platform', 'Linux', 'a list of texts'],
    ['build_platform', [[]], 'a list of texts'],
    ['arch', {}, 'text'],
    ['arch', ['arm'], 'text'],
  ])('leaves out what it cannot use, and says so: %s = %j', (key, value, wanted) => {
    const { input, warnings } = reportOf(BUILD, body({ [key]: value }, ['first']), none);
    expect(input).toEqual({});
    expect(warnings).toEqual(['first', `The value of '${key}' is not ${wanted}, it will not be considered`]);
  });

  it.each([
    [26.3, 26_300],
    ['26.3', 26_300],
    [0.0004, 0],
    [-1, 0],
    ['soon', 0],
    [1e300, 0],
    [parseExact('1e999'), 0],
    [[], 0],
  ])('of a boot has its time in milliseconds: %j seconds are %d', (boot_time, timeMs) => {
    expect(reportOf(BOOT, body({ boot_time }), none)).toMatchObject({ input: { timeMs }, warnings: [] });
  });

  it('of a boot has the alias of the machine before its name, whatever comes first', () => {
    const given = { mach_alias: 'sunxi', mach: 'allwinner', fastboot: 'True', dtb_append: true, loadaddr: '0x0' };
    expect(reportOf(BOOT, body(given), none).input).toEqual({
      mach: 'sunxi',
      fastboot: true,
      dtbAppend: true,
      loadAddr: '0x0',
    });
  });

  it.each([
    { mach_alias: '', mach: 'allwinner' },
    { mach: 'allwinner', mach_alias: '' },
  ])('of a boot has the name of the machine where the alias is blank: %j', (given) => {
    expect(reportOf(BOOT, body(given), none).input).toEqual({ mach: 'allwinner' });
  });

  it('of a boot has an object as metadata or none', () => {
    expect(reportOf(BOOT, body({ metadata: { a: [1] } }), none).input).toEqual({ metadata: { a: [1] } });
    expect(reportOf(BOOT, body({ metadata: [1] }), none).warnings).toEqual([
      "The value of 'metadata' is not an object, it will not be considered",
    ]);
  });

  it.each([[{ $oid: '54b8e0dcc0ffee015a00000f' }], ['54b8e0dcc0ffee015a00000f']])(
    'of a test group takes ids as %j',
    (boot_id) => {
      const { input, warnings } = reportOf(TEST_GROUP, body({ boot_id, build_id: 'x' }), none);
      expect(input).toEqual({ bootLegacyId: '54b8e0dcc0ffee015a00000f' });
      expect(warnings).toEqual(["The value of 'build_id' is not an id, it will not be considered"]);
    },
  );
});

describe('a bmeta body', () => {
  it('is a build of the classic keys', () => {
    const { members, warnings } = bmetaBody({ ...BMETA, path: 'x' });
    expect(warnings).toEqual(['Found non recognizable keys, they will not be considered: path']);
    expect(Object.fromEntries(members)).toEqual({
      job: 'next',
      kernel: 'next-20210101',
      git_branch: 'master',
      git_commit: '0123456789abcdef0123456789abcdef01234567',
      git_describe: 'next-20210101',
      git_describe_v: 'v5.11-rc1-1234-g0123456789ab',
      git_url: 'https://git.example.org/next.git',
      arch: 'arm64',
      build_environment: 'gcc-8',
      build_platform: ['Linux', 'builder'],
      compiler: 'gcc',
      compiler_version: '8',
      compiler_version_full: 'gcc (Debian 8.3.0) 8.3.0',
      cross_compile: 'aarch64-linux-gnu-',
      defconfig: 'defconfig',
      defconfig_full: 'defconfig+debug',
      file_server_resource: 'next/master/next-20210101/arm64/defconfig/gcc-8',
      text_offset: '0x0',
      vmlinux_bss_size: 1,
      vmlinux_data_size: 2,
      vmlinux_file_size: 3,
      vmlinux_text_size: null,
      status: 'PASS',
      build_time: 321.5,
      kernel_image: 'kernel/Image',
      system_map: 'kernel/System.map',
      kernel_config: 'config/kernel.config',
      modules: 'modules.tar.xz',
      dtb_dir: 'dtbs',
      dtb_dir_data: ['a.dtb', 'b.dtb'],
      build_log: 'logs',
    });
  });

  it('needs no more than the contract says', () => {
    const { bmeta, steps } = BMETA;
    const { build, environment, kernel, revision } = bmeta;
    const { describe_verbose: _, ...bare } = revision;
    const { name, arch, compiler_version_full } = environment;
    const { defconfig, defconfig_full, publish_path } = kernel;
    const { members } = bmetaBody({
      bmeta: {
        build: { status: build.status },
        environment: { name, arch, compiler_version_full },
        kernel: { defconfig, defconfig_full, publish_path },
        revision: bare,
      },
      steps,
      artifacts: { kernel: [] },
    });
    const unknown = [
      'compiler',
      'git_describe_v',
      'build_time',
      'kernel_image',
      'modules',
      'dtb_dir',
      'build_platform',
    ];
    expect(unknown.map((key) => members.get(key))).toEqual(unknown.map(() => null));
  });

  /** The body with one member changed; undefined takes it away. */
  function changed(path: string, value: unknown): any {
    const copy = structuredClone(BMETA);
    const names = path.split('.');
    const last = names.pop()!;
    const target = names.reduce((inner: any, name) => inner[name], copy);
    target[last] = value;
    return JSON.parse(JSON.stringify(copy));
  }

  it.each([
    ['steps', undefined, "One or more mandatory keys are missing: ['steps']"],
    ['bmeta', null, 'bmeta: must be an object'],
    ['bmeta.build', [], 'bmeta.build: must be an object'],
    ['bmeta.build.status', 'UNKNOWN', 'bmeta.build.status: must be one of PASS, FAIL'],
    ['bmeta.environment', undefined, 'bmeta.environment: must be an object'],
    ['bmeta.environment.name', undefined, 'bmeta.environment.name: must be text'],
    ['bmeta.environment.arch', 5, 'bmeta.environment.arch: must be text'],
    ['bmeta.environment.compiler_version_full', null, 'bmeta.environment.compiler_version_full: must be text'],
    ['bmeta.kernel.defconfig', undefined, 'bmeta.kernel.defconfig: must be text'],
    ['bmeta.kernel.defconfig_full', undefined, 'bmeta.kernel.defconfig_full: must be text'],
    ['bmeta.kernel.publish_path', undefined, 'bmeta.kernel.publish_path: must be text'],
    ['bmeta.revision.branch', undefined, 'bmeta.revision.branch: must be text'],
    ['bmeta.revision.commit', '0123', 'bmeta.revision.commit: must be 40 lower-case hexadecimal digits'],
    ['bmeta.revision.commit', 'A'.repeat(40), 'bmeta.revision.commit: must be 40 lower-case hexadecimal digits'],
    ['bmeta.revision.describe', undefined, 'bmeta.revision.describe: must be text'],
    ['bmeta.revision.tree', undefined, 'bmeta.revision.tree: must be text'],
    ['bmeta.revision.url', undefined, 'bmeta.revision.url: must be text'],
    ['steps', [], 'steps: must have at least one'],
    ['steps', {}, 'steps: must be a list'],
    ['steps.0.name', undefined, 'steps[0].name: must be text'],
    ['steps.0.status', 'SKIP', 'steps[0].status: must be one of PASS, FAIL'],
    ['artifacts', [], 'artifacts: must be an object'],
    ['artifacts.kernel', undefined, 'artifacts.kernel: must be a list'],
    ['artifacts.kernel', {}, 'artifacts.kernel: must be a list'],
    ['artifacts.dtbs.0.type', 'link', 'artifacts.dtbs[0].type: must be one of file, directory, tarball'],
    ['artifacts.modules.0.path', undefined, 'artifacts.modules[0].path: must be text'],
    ['artifacts.modules.0', 'x', 'artifacts.modules[0]: must be an object'],
  ])('with %s = %j is refused: %s', (path, value, fault) => {
    expect(refused(() => bmetaBody(changed(path, value)))).toEqual(invalid(fault));
  });
});

describe('the body of a token', () => {
  it('is read by its keys; null and blank texts are as if not given', () => {
    const given = {
      email: 'a@example.org',
      username: '',
      version: null,
      expires_on: '2016-02-29',
      expired: 0,
      get: true,
      post: 1,
      delete: -1,
      superuser: false,
      admin: null,
      ip_address: '10.0.0.0/8',
      ip_restricted: 1,
    };
    expect(tokenInput(body(given).members)).toEqual({
      email: 'a@example.org',
      expiresAt: '2016-02-29T00:00:00.000Z',
      expired: false,
      get: true,
      post: true,
      delete: true,
      superuser: false,
      ipAddress: ['10.0.0.0/8'],
      ipRestricted: true,
    });
  });

  it.each([
    { get: 2 },
    { get: 'true' },
    { get: 0.5 },
    { expired: '' },
    { lab: [] },
    { email: 5 },
    { expires_on: '20160229' },
    { expires_on: '2015-02-29' },
    { expires_on: '2016-2-9' },
    { expires_on: 20160229 },
    { expires_on: '9999-12-31' },
    { ip_address: { a: 1 } },
    { ip_address: ['10.0.0.1', 5] },
  ])('with %j is refused', (given) => {
    expect(refused(() => tokenInput(body(given).members))).toEqual({
      code: 400,
      reason: 'Wrong field value or type in the JSON data',
    });
  });
});

describe('the body of a lab', () => {
  it('is read by its keys; null and a blank token are as if not given', () => {
    const given = { name: 'lab-x', private: 'true', version: 1, address: { city: 'x' }, token: '', contact: null };
    expect(labInput(body(given).members)).toEqual({
      name: 'lab-x',
      private: true,
      version: '1',
      address: { city: 'x' },
    });
  });

  it.each([
    [{ name: ' ' }, "The value of 'name' is blank"],
    [{ name: ['x'] }, "The value of 'name' is not text"],
    [{ private: 'perhaps' }, "The value of 'private' is not a truth value"],
    [{ address: 'Main Street' }, "The value of 'address' is not an object"],
    [{ token: {} }, "The value of 'token' is not text"],
  ])('with %j is refused: %s', (given, fault) => {
    expect(refused(() => labInput(body(given).members))).toEqual(invalid(fault));
  });
});

describe('what is inside a test group', () => {
  it('is read to any depth that the schema takes', () => {
    const sub_groups = [{ name: 'inner', test_cases: [{ name: 7, index: 3, time: 1.5 }], sub_groups: null }];
    const test_cases = [{ name: 'open', status: 'PASS', measurements: [{ value: 1 }], time: null, log_lines: ['a'] }];
    const nothing = { status: null, index: null, timeMs: null, measurements: null, logLines: null };
    expect(groupContent(body({ test_cases, sub_groups }).members)).toEqual({
      testCases: [{ ...nothing, name: 'open', status: 'PASS', measurements: [{ value: 1 }], logLines: ['a'] }],
      subGroups: [{ name: 'inner', testCases: [{ ...nothing, name: '7', index: 3, timeMs: 1500 }], subGroups: [] }],
    });
  });

  it.each([
    [{ test_cases: {} }, 'test_cases: must be a list'],
    [{ test_cases: ['x'] }, 'test_cases[0]: must be an object'],
    [{ test_cases: [{ status: 'PASS' }] }, 'test_cases[0].name: must be text'],
    [{ sub_groups: [{ test_cases: 'x' }] }, 'sub_groups[0].test_cases: must be a list'],
  ])('that is %j is refused: %s', (given, fault) => {
    expect(refused(() => groupContent(body(given).members))).toEqual(invalid(fault));
  });

  it('is refused when it never ends', () => {
    const deep = Array.from({ length: 40 }).reduce<object>((inner) => ({ sub_groups: [inner] }), {});
    expect(refused(() => groupContent(body(deep).members)).errors[0]).toMatch(/more than 30 groups deep$/);
  });
});
