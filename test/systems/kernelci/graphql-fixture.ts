import { Caller } from '../../graphql/agent.js';
import { startTestServer, type TestServer } from '../../support/server.js';

/** A gateway with a little of Kernel CI, imported; what the documents say is told apart by few members. */

export const oidOf = (number: number): string => `54b8e0dcc0ffee${number.toString(16).padStart(10, '0')}`;
const id = (number: number) => ({ $oid: oidOf(number) });
const at = (minute: number) => ({ $date: Date.UTC(2015, 0, 16, 10, minute) });

const TREE = { job: 'next', kernel: 'next-20150116', git_branch: 'master' };
const OTHER = { job: 'mainline', kernel: 'v3.19-rc4', git_branch: 'for/next' };
const job = (number: number, of: object, status: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at(number),
  ...of,
  status,
  private: false,
  version: '1.1',
  ...rest,
});
const build = (number: number, of: object, jobNumber: number, arch: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at(number),
  ...of,
  job_id: id(jobNumber),
  arch,
  defconfig: 'defconfig',
  defconfig_full: 'defconfig',
  build_environment: null,
  status: 'PASS',
  ...rest,
});
const boot = (number: number, of: object, buildNumber: number, board: string, rest: object = {}) => ({
  _id: id(number),
  created_on: at(number),
  ...of,
  arch: 'arm',
  board,
  defconfig: 'defconfig',
  defconfig_full: 'defconfig',
  lab_name: 'lab-x',
  build_id: id(buildNumber),
  job_id: id(1),
  status: 'PASS',
  ...rest,
});

/** The data in the import format. */
export const DATA = {
  token: [
    {
      _id: id(90),
      created_on: at(0),
      token: 'a0000000-aaaa-4aaa-8aaa-0000000000a1',
      email: 'ci@example.org',
      username: null,
      expired: false,
      expires_on: null,
      ip_address: null,
      version: '1.0',
      properties: [0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    },
  ],
  lab: [
    {
      _id: id(91),
      created_on: at(0),
      updated_on: null,
      name: 'lab-x',
      private: false,
      address: {},
      version: '1.0',
      contact: { name: 'A', surname: 'B', email: 'a@example.org' },
      token: id(90),
    },
  ],
  job: [
    job(1, TREE, 'PASS', { compiler: 'gcc', extra: { nested: [1, null] } }),
    job(2, OTHER, 'BUILD', { private: true }),
    job(3, { ...TREE, kernel: 'next-20150117' }, 'FAIL'),
  ],
  build: [
    build(11, TREE, 1, 'arm', { errors: 0, warnings: 2, build_time: 321.5, dtb_dir: 'dtbs', kernel_image_size: 7 }),
    build(12, TREE, 1, 'arm64', { status: 'FAIL', errors: 3, warnings: 'many', build_environment: 'gcc-8' }),
    build(13, OTHER, 2, 'arm', { defconfig_full: 'defconfig+CONFIG_A=y', build_platform: ['Linux', 'x', 5] }),
  ],
  boot: [
    boot(21, TREE, 11, 'juno', { time: { $date: 26_300 }, mach: 'vexpress', retries: 2 }),
    boot(22, TREE, 11, 'panda', { status: 'OFFLINE', boot_result_description: 'no power' }),
    boot(23, TREE, 99, 'juno', { status: 'UNTRIED', dtb_append: true }),
  ],
  test_group: [
    { _id: id(31), created_on: at(31), name: 'v4l2', ...TREE, arch: 'arm', device_type: 'juno', test_cases: [id(41)] },
  ],
  test_case: [
    { _id: id(41), created_on: at(41), name: 'one', status: 'PASS', test_group_id: id(31), index: 1, ...TREE },
    { _id: id(42), created_on: at(42), name: 'two', status: 'FAIL', test_group_id: id(31), index: 2, ...TREE },
  ],
  test_regression: [{ _id: id(51), created_on: at(51), ...TREE, hierarchy: ['v4l2', 'two'], regressions: [] }],
  build_logs: [{ _id: id(61), created_on: at(61), build_id: id(12), job_id: id(1), ...TREE, errors: ['e1', 'e2'] }],
  job_logs: [{ _id: id(71), created_on: at(71), job_id: id(1), ...TREE, errors: [[2, 'e1']] }],
  statistics: [{ _id: id(81), created_on: at(81), start_date: at(0), total_boots: 3, daily_unique_archs: 2 }],
};

/** A gateway with the data, and who asks it. */
export interface KernelciGateway {
  readonly server: TestServer;
  readonly anonymous: Caller;
  readonly admin: Caller;
  /** Texts of the SQL statements so far. */
  readonly statements: string[];
}

/** Starts it. */
export async function startKernelci(): Promise<KernelciGateway> {
  const statements: string[] = [];
  const server = await startTestServer({
    import: { kernelci: DATA },
    onStatement: (text) => void statements.push(text),
  });
  const admin = new Caller(server, await server.token('root', { admin: true }));
  return { server, anonymous: new Caller(server), admin, statements };
}
