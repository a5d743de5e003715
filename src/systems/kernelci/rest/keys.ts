import { type Collection, COLLECTIONS } from '../fields.js';
import { type FieldType, termOf, words } from '../vocabulary.js';

/** A key that filters (contract kernelci section 5.1), and what its values are. */
export interface QueryKey {
  readonly name: string;
  readonly type: FieldType;
}

/** Filter keys of a resource. */
export function filterKeys({ fields }: Collection): QueryKey[] {
  return fields.filter(({ filterable }) => filterable).map(({ name, type }) => ({ name, type }));
}

/** Keys of `/count`, the same for every collection; no collection has a `test_case_id`. */
export const COUNT_KEYS: readonly QueryKey[] = [
  ...words(`_id arch board board_instance boot_id build_environment build_id compiler compiler_version compiler_version_ext
    created_on defconfig defconfig_full device_type errors git_branch git_commit git_describe job job_id kernel
    kernel_config kernel_image lab_name mach modules modules_dir name parent_id plan private regression_id status
    system_map test_group_id test_group_name text_offset time version warnings`).map((name) => ({
    name,
    type: termOf(name).type,
  })),
  { name: 'test_case_id', type: 'oid' },
];

/** Collections that `/count` counts, in the order of its answer. */
export const COUNTED: readonly Collection[] = (
  ['boot', 'build', 'job', 'test_case', 'test_group', 'test_regression'] as const
).map((name) => COLLECTIONS[name]);

/** Keys of DELETE `/boot` (section 6.4). */
export const BOOT_DELETION_KEYS: readonly QueryKey[] = words(
  '_id board boot_job_id boot_job_url build_id defconfig defconfig_full job job_id kernel',
).map((name) => ({
  name,
  type: termOf(name).type,
}));
