import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTIONS } from '../../../src/systems/kernelci/fields.js';
import { COUNT_KEYS, filterKeys } from '../../../src/systems/kernelci/rest/keys.js';
import { TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const PATHS = {
  job: '/job',
  build: '/build',
  boot: '/boot',
  test_group: '/test/group',
  test_case: '/test/case',
  test_regression: '/test/regression',
  build_log: '/build/logs',
  job_log: '/job/logs',
  statistics: '/statistics',
  lab: '/lab',
  token: '/token',
} as const;

/** Contract kernelci section 5.1. */
const KEYS: Readonly<Record<keyof typeof PATHS, string>> = {
  job: '_id created_on git_branch git_commit git_describe job kernel kernel_version private status',
  build:
    '_id arch build_environment build_log build_log_size build_type compiler compiler_version created_on defconfig defconfig_full dirname errors git_branch git_commit git_describe job job_id kconfig_fragments kernel kernel_config kernel_config_size kernel_image kernel_image_size kernel_version modules modules_dir modules_size status system_map system_map_size text_offset warnings',
  boot: '_id arch board bootloader bootloader_version boot_job_id boot_job_url build_environment build_id chainloader compiler compiler_version created_on defconfig defconfig_full device_type endian filesystem git_branch git_commit git_describe git_url job job_id kernel kernel_image kernel_image_size lab_name mach retries status warnings',
  lab: '_id address contact created_on name private token updated_on',
  token: '_id created_on email expired expires_on ip_address properties token username',
  build_log:
    'arch build_id created_on defconfig defconfig_full errors_count git_branch job job_id kernel mismatches_count status version warnings_count',
  job_log: 'created_on git_branch job job_id kernel',
  test_group:
    'arch board board_instance boot_id build_environment build_id created_on defconfig defconfig_full device_type dtb file_server_resource git_branch git_commit git_url index job job_id kernel kernel_image lab_name mach modules name parent_id time version',
  test_case:
    'arch build_environment created_on defconfig_full device_type git_branch index job kernel lab_name mach name plan regression_id status test_group_id test_group_name time version',
  test_regression: 'build_environment defconfig_full device_type git_branch job kernel lab_name plan',
  statistics: '_id created_on version',
};

/** A value that the key takes and no document has. */
function valueOf(type: string): string {
  if (type === 'oid') return 'f'.repeat(24);
  if (type === 'boolean') return 'true';
  return type === 'time' ? '1999-12-31' : '987654';
}

describe.each(Object.keys(PATHS) as (keyof typeof PATHS)[])('%s', (name) => {
  const admin = { as: TOKENS.admin };
  const path = PATHS[name];
  const keys = filterKeys(COLLECTIONS[name]);
  const count = async (query: string): Promise<number> => (await server.read(`${path}?limit=1&${query}`, admin)).count;

  it('has the filter keys of the contract', () => {
    expect(keys.map((key) => key.name).sort()).toEqual(KEYS[name].split(' ').sort());
  });

  it('finds nothing by a value of any key that no document has', async () => {
    const few = keys.filter(({ type }) => type !== 'boolean');
    const found = await Promise.all(few.map((key) => count(`${key.name}=${valueOf(key.type)}`)));
    expect(found).toEqual(few.map(() => 0));
  });

  it('divides its documents into those that have a value of a key and those that have none', async () => {
    const all = await count('');
    const divided = keys.filter((key) => key.name !== 'token' && (key.type === 'text' || key.type === 'integer'));
    for (const key of divided) {
      const none = await count(`${key.name}=null`);
      const lowest = key.type === 'text' ? '\u0001' : '-99';
      const some = await count(`gte=${key.name},${encodeURIComponent(lowest)}`);
      expect([key.name, none + some]).toEqual([key.name, all]);
    }
  });

  it('is sorted and grouped by every key', async () => {
    for (const key of keys) {
      const sorted = await server.ids(`${path}?sort=${key.name}`, admin);
      const { result } = await server.read(`${path}?aggregate=${key.name}&sort=${key.name}`, admin);
      const groups = result.map((group: any) => group.result._id.$oid);
      expect([key.name, sorted.filter((id) => groups.includes(id))]).toEqual([key.name, groups]);
    }
    const everything = keys.map((key) => `sort=${key.name}`).join('&');
    expect(await server.ids(`${path}?${everything}&limit=1`, admin)).toHaveLength(1);
  });
});

it('every key counts', async () => {
  const query = COUNT_KEYS.map((key) => `${key.name}=${valueOf(key.type)}&gte=${key.name},${valueOf(key.type)}`).join(
    '&',
  );
  const { result } = await server.read(`/count?${query}`);
  expect(result.map(({ count }: any) => count)).toEqual([0, 0, 0, 0, 0, 0]);
  for (const key of COUNT_KEYS) expect((await server.read(`/count?${key.name}=null`)).code).toBe(200);
});
