import { parseExact } from '../../../src/core/json.js';

/** Data in the import format (contract kernelci section 11) that the exchanges with the REST interface read. */

/** An id that sorts by its number. */
export function oidOf(number: number): string {
  return `54b8e0dcc0ffee${number.toString(16).padStart(10, '0')}`;
}

const at = (text: string) => ({ $date: Date.parse(text) });
const id = (number: number) => ({ $oid: oidOf(number) });

/** Values of the tokens, by what they may do. */
export const TOKENS = {
  reader: 'a0000000-aaaa-4aaa-8aaa-000000000001',
  poster: 'a0000000-aaaa-4aaa-8aaa-000000000002',
  admin: 'a0000000-aaaa-4aaa-8aaa-000000000003',
  superuser: 'a0000000-aaaa-4aaa-8aaa-000000000004',
  lab: 'a0000000-aaaa-4aaa-8aaa-000000000005',
  expired: 'a0000000-aaaa-4aaa-8aaa-000000000006',
  outdated: 'a0000000-aaaa-4aaa-8aaa-000000000007',
  elsewhere: 'a0000000-aaaa-4aaa-8aaa-000000000008',
  here: 'a0000000-aaaa-4aaa-8aaa-000000000009',
  deleter: 'a0000000-aaaa-4aaa-8aaa-00000000000a',
};

function token(number: number, value: string, held: readonly number[], rest: object = {}): object {
  return {
    _id: id(number),
    created_on: at('2014-11-03T09:21:00Z'),
    token: value,
    email: `ci${number}@example.org`,
    username: null,
    expired: false,
    expires_on: null,
    ip_address: null,
    properties: Array.from({ length: 16 }, (_, index) => (held.includes(index) ? 1 : 0)),
    version: '1.0',
    ...rest,
  };
}

const tokens = [
  token(1, TOKENS.reader, [2], { username: 'ci' }),
  token(2, TOKENS.poster, [3]),
  token(3, TOKENS.admin, [0, 1, 2, 3, 4, 6, 8]),
  token(4, TOKENS.superuser, [1, 2, 3, 4, 8]),
  token(5, TOKENS.lab, [3, 4, 7]),
  token(6, TOKENS.expired, [2], { expired: true }),
  token(7, TOKENS.outdated, [2], { expires_on: at('2015-01-01T00:00:00Z') }),
  token(8, TOKENS.elsewhere, [2, 5], { ip_address: ['192.0.2.1'] }),
  token(9, TOKENS.here, [2, 5], { ip_address: ['192.0.2.1', '127.0.0.1'] }),
  token(10, TOKENS.deleter, [4]),
];

const lab = (number: number, name: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at('2014-11-10T09:06:50Z'),
  updated_on: null,
  name,
  private: false,
  address: {},
  contact: { name: 'A', surname: 'B', email: 'a@example.org' },
  token: null,
  version: '1.0',
  ...rest,
});

const labs = [lab(20, 'lab-x', { token: id(5) }), lab(21, 'lab-y', { private: true, updated_on: at('2015-01-02Z') })];

const job = (number: number, tree: string, kernel: string, created: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at(created),
  job: tree,
  kernel,
  git_branch: 'master',
  git_commit: '0f1e2d',
  git_describe: kernel,
  git_describe_v: null,
  git_url: 'git://git.example.org/next.git',
  kernel_version: null,
  compiler: null,
  private: false,
  status: 'PASS',
  version: '1.1',
  ...rest,
});

const jobs = [
  job(30, 'next', 'next-20150116', '2015-01-16T09:56:28.347Z', { compiler: 'gcc', kernel_version: '3.19-rc4' }),
  job(31, 'next', 'next-20150119', '2015-01-19T00:00:00Z', { status: 'BUILD', private: true }),
  job(32, 'mainline', 'v3.19-rc5', '2015-01-19T23:59:58.999Z', {
    git_branch: 'local/fixes',
    kernel_version: '3.19-rc5',
  }),
  job(33, 'mainline', 'v3.19-rc6', '2015-01-19T23:59:59Z', { status: 'FAIL', version: null }),
];

const build = (number: number, ofJob: number, arch: string, defconfig: string, rest: object = {}) => {
  const { job: tree, kernel, git_branch, created_on } = jobs[ofJob - 30]!;
  return {
    _id: id(number),
    created_on: { $date: created_on.$date + number },
    job: tree,
    job_id: id(ofJob),
    kernel,
    git_branch,
    arch,
    defconfig,
    defconfig_full: defconfig,
    build_environment: 'gcc-8',
    status: 'PASS',
    errors: 0,
    warnings: number - 40,
    build_time: 1.5,
    metadata: {},
    ...rest,
  };
};

const builds = [
  build(40, 30, 'arm', 'multi_v7_defconfig', {
    defconfig_full: 'multi_v7_defconfig+CONFIG_CPU_BIG_ENDIAN=y',
    kernel_image_size: 4123456,
    // What no field of the schema names, and what no double holds.
    unknown: { nested: [1.5, null] },
    huge: parseExact('12345678901234567890123'),
  }),
  build(41, 30, 'arm64', 'defconfig', { status: 'FAIL', errors: 3 }),
  build(42, 31, 'arm64', 'defconfig', { build_environment: null }),
  build(43, 32, 'x86', 'x86_64_defconfig'),
  build(44, 32, 'arm64', 'defconfig', { build_environment: 'clang-10', kernel_image_size: 99 }),
];

const boot = (number: number, ofBuild: number, board: string, labName: string, rest: object = {}) => {
  const { job: tree, kernel, git_branch, arch, defconfig, defconfig_full, created_on, job_id } = builds[ofBuild - 40]!;
  return {
    _id: id(number),
    created_on: { $date: created_on.$date + 1000 },
    job: tree,
    kernel,
    git_branch,
    arch,
    defconfig,
    defconfig_full,
    lab_name: labName,
    board,
    status: 'PASS',
    retries: 0,
    warnings: 0,
    time: { $date: 26300 },
    endian: 'little',
    mach: 'vexpress',
    job_id,
    build_id: id(ofBuild),
    version: '1.1',
    ...rest,
  };
};

const boots = [
  boot(50, 40, 'juno', 'lab-x', { retries: 2, boot_job_id: '1234' }),
  boot(51, 41, 'juno', 'lab-y', { status: 'FAIL', boot_result_description: 'kernel panic', warnings: 7 }),
  boot(52, 41, 'panda', 'lab-x', { endian: null }),
  boot(53, 43, 'qemu', 'lab-x', { build_id: null, warnings: 12 }),
];

const groups = [
  {
    ...boot(60, 40, 'juno', 'lab-x'),
    name: 'lc-compliance',
    device_type: 'juno-r2',
    parent_id: null,
    sub_groups: [id(61)],
    test_cases: [],
  },
  {
    ...boot(61, 40, 'juno', 'lab-x'),
    name: 'camera',
    device_type: 'juno-r2',
    parent_id: id(60),
    sub_groups: [],
    test_cases: [id(70), id(71)],
  },
];

const testCase = (number: number, name: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at('2015-01-16T12:00:00Z'),
  name,
  status: 'PASS',
  test_group_id: id(61),
  test_group_name: 'camera',
  test_case_path: `camera.${name}`,
  plan: 'camera',
  index: number - 69,
  regression_id: null,
  job: 'next',
  kernel: 'next-20150116',
  git_branch: 'master',
  device_type: 'juno-r2',
  mach: 'vexpress',
  lab_name: 'lab-x',
  version: '1.1',
  ...rest,
});

const cases = [testCase(70, 'open'), testCase(71, 'close', { status: 'FAIL', regression_id: id(80) })];

const regressions = [
  {
    _id: id(80),
    created_on: at('2015-01-16T12:00:01Z'),
    job: 'next',
    kernel: 'next-20150116',
    git_branch: 'master',
    plan: 'camera',
    test_case_path: 'camera.close',
    lab_name: 'lab-x',
    regressions: [
      { created_on: at('2015-01-16T12:00:00Z'), kernel: 'next-20150116', status: 'FAIL', test_case_id: id(71) },
    ],
  },
];

const buildLogs = [
  {
    _id: id(90),
    created_on: at('2015-01-16T10:00:00Z'),
    build_id: id(41),
    job_id: id(30),
    job: 'next',
    kernel: 'next-20150116',
    git_branch: 'master',
    arch: 'arm64',
    defconfig: 'defconfig',
    defconfig_full: 'defconfig',
    status: 'FAIL',
    errors: ['error: no such thing'],
    warnings: [],
    mismatches: [],
    errors_count: 1,
    warnings_count: 0,
    mismatches_count: 0,
    version: '1.0',
  },
];

const jobLogs = [
  {
    _id: id(91),
    created_on: at('2015-01-16T10:00:01Z'),
    job_id: id(30),
    job: 'next',
    kernel: 'next-20150116',
    git_branch: 'master',
    errors: [[2, 'error: no such thing']],
    warnings: [],
    mismatches: [],
    version: '1.0',
  },
];

const statistics = [
  { _id: id(95), created_on: at('2015-01-16T00:00:00Z'), version: '1.0', total_boots: 3, daily_total_boots: 1 },
  { _id: id(96), created_on: at('2015-01-17T00:00:00Z'), version: '1.0', total_boots: 4, daily_total_boots: 1 },
];

/** Everything, in the order of recording. */
export const KERNELCI_IMPORT = {
  token: tokens,
  lab: labs,
  job: jobs,
  build: builds,
  boot: boots,
  test_group: groups,
  test_case: cases,
  test_regression: regressions,
  build_logs: buildLogs,
  job_logs: jobLogs,
  statistics,
};
