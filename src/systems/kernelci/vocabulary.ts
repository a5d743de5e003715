/**
 * What the members of documents are called, hold and mean (contract kernelci, section 4), each said once: most of them
 * occur in several collections.
 */

/**
 * What a member holds. `time` and `duration` are `$date` objects: microseconds since 1970 in columns and members, and
 * milliseconds. `oid` is an `$oid` object, 24 hexadecimal digits. `oids` and `texts` are lists, `json` anything.
 */
export type FieldType =
  'text' | 'integer' | 'float' | 'boolean' | 'time' | 'duration' | 'oid' | 'oids' | 'texts' | 'json';

/** A member of documents. */
export interface Term {
  readonly type: FieldType;
  /** Name in GraphQL. */
  readonly graphql: string;
  readonly description: string;
}

type Terms = Readonly<Record<string, Term>>;

/** The words of a text, which blanks part. */
export function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/** `git_branch` in the words of GraphQL: `gitBranch`. */
function camelCase(name: string): string {
  return name.replaceAll(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function terms(type: FieldType, descriptions: Readonly<Record<string, string>>): Terms {
  return Object.fromEntries(
    Object.entries(descriptions).map(([name, description]) => [name, { type, graphql: camelCase(name), description }]),
  );
}

/** Names that would be mistaken for the gateway's own: a legacy job is an event here, the name of its tree a project. */
const RENAMED: Readonly<Record<string, string>> = {
  _id: 'legacyId',
  created_on: 'createdAt',
  updated_on: 'updatedAt',
  expires_on: 'expiresAt',
  start_date: 'startAt',
  job: 'tree',
  job_id: 'eventLegacyId',
  build_id: 'buildLegacyId',
  boot_id: 'bootLegacyId',
  parent_id: 'parentLegacyId',
  test_group_id: 'testGroupLegacyId',
  regression_id: 'regressionLegacyId',
  time: 'timeMs',
};

const TEXTS = terms('text', {
  job: 'Name of the tree, such as `next`.',
  kernel: 'Directory or describe name of the kernel, such as `next-20150116`.',
  git_branch: 'Branch of the tree.',
  git_commit: 'Commit.',
  git_describe: 'What `git describe` says of the commit.',
  git_describe_v: 'What a verbose `git describe` says of the commit.',
  git_url: 'Address of the tree.',
  kernel_version: 'Version of the kernel, such as `3.19-rc4`.',
  compiler: 'Compiler, such as `gcc`.',
  compiler_version: 'Version of the compiler.',
  compiler_version_ext: 'Name and version of the compiler.',
  compiler_version_full: 'What the compiler itself says of its version.',
  cross_compile: 'Prefix of the cross compiler.',
  status: 'State in the words of Kernel CI, such as `PASS`.',
  version: 'Version of the structure of the document.',
  name: 'Name.',
  arch: 'Architecture, such as `arm64`.',
  defconfig: 'Kernel configuration.',
  defconfig_full: 'Kernel configuration with its fragments.',
  build_environment: 'Where it was built, such as `gcc-8`.',
  build_type: 'What was built, such as `kernel`.',
  dirname: 'Directory of the build.',
  build_log: 'File with the log of the build.',
  kernel_config: 'File with the configuration.',
  kernel_image: 'File with the kernel image.',
  modules: 'File with the modules.',
  modules_dir: 'Directory of the modules.',
  system_map: 'File with the symbols.',
  text_offset: 'Offset of the text section.',
  kconfig_fragments: 'Fragments added to the configuration.',
  dtb_dir: 'Directory of the device trees.',
  file_server_url: 'Address of the file server.',
  file_server_resource: 'Path of the artifacts on the file server.',
  board: 'Board.',
  board_instance: 'Which of several boards.',
  lab_name: 'Lab.',
  device_type: 'Type of the device.',
  mach: 'Family of machines.',
  endian: 'Byte order.',
  boot_log: 'File with the log of the boot.',
  boot_log_html: 'File with the log of the boot, for browsers.',
  boot_result_description: 'What the lab says of the result.',
  boot_job_id: "The lab's own number of the boot.",
  boot_job_path: "Path of the boot in the lab's system.",
  boot_job_url: "Address of the boot in the lab's system.",
  bootloader: 'Boot loader.',
  bootloader_version: 'Version of the boot loader.',
  chainloader: 'Chain loader.',
  filesystem: 'File system.',
  dtb: 'Device tree.',
  dtb_addr: 'Load address of the device tree.',
  initrd: 'Initial RAM disk.',
  initrd_addr: 'Load address of the initial RAM disk.',
  initrd_info: 'What the initial RAM disk is.',
  load_addr: 'Load address.',
  uimage: 'U-Boot image.',
  uimage_addr: 'Load address of the U-Boot image.',
  image_type: 'Type of the image.',
  qemu: 'Emulator.',
  qemu_command: 'Command of the emulator.',
  fastboot_cmd: 'Command of fastboot.',
  plan: 'Test plan.',
  plan_variant: 'Variant of the test plan.',
  test_case_path: 'Names of the groups and the case, joined by dots.',
  test_group_name: 'Name of the test group.',
  email: 'E-mail address.',
  username: 'User name.',
  token: 'The token itself.',
});

const NUMBERS = terms('integer', {
  errors: 'Number of errors.',
  warnings: 'Number of warnings.',
  retries: 'How often it was tried again.',
  errors_count: 'Number of errors.',
  warnings_count: 'Number of warnings.',
  mismatches_count: 'Number of section mismatches.',
  index: 'Place in the list that it belongs to.',
  build_log_size: 'Size of the build log in bytes.',
  kernel_config_size: 'Size of the configuration in bytes.',
  kernel_image_size: 'Size of the kernel image in bytes.',
  modules_size: 'Size of the modules in bytes.',
  system_map_size: 'Size of the symbols in bytes.',
  vmlinux_bss_size: 'Size of the bss section in bytes.',
  vmlinux_data_size: 'Size of the data section in bytes.',
  vmlinux_file_size: 'Size of vmlinux in bytes.',
  vmlinux_text_size: 'Size of the text section in bytes.',
});

/** Periods of the daily counters. */
const PERIODS = { '': 'in all', daily_: 'in a day', weekly_: 'in a week', biweekly_: 'in two weeks' };
const COUNTED = ['boots', 'builds', 'jobs'];
const DISTINCT = ['archs', 'boards', 'defconfigs', 'kernels', 'machs', 'trees'];

/** Daily counters by legacy name. */
const COUNTERS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(PERIODS).flatMap(([prefix, period]) => [
    ...COUNTED.map((what) => [`${prefix}total_${what}`, `Number of ${what} ${period}.`]),
    ...DISTINCT.map((what) => [`${prefix || 'total_'}unique_${what}`, `Number of different ${what} ${period}.`]),
  ]),
);
/** Legacy names of the daily counters. */
export const COUNTER_NAMES: readonly string[] = Object.keys(COUNTERS);

const OTHERS: Terms = {
  ...terms('oid', {
    _id: 'Legacy id, 24 hexadecimal digits.',
    job_id: 'Legacy id of the event, as it was given: it may name one that is not here.',
    build_id: 'Legacy id of the build, as it was given: it may name one that is not here.',
    boot_id: 'Legacy id of the boot, as it was given.',
    parent_id: 'Legacy id of the test group that it is part of.',
    test_group_id: 'Legacy id of the test group.',
    regression_id: 'Legacy id of the regression that it is part of.',
  }),
  ...terms('time', {
    created_on: 'When it was recorded.',
    updated_on: 'When it was last changed.',
    expires_on: 'When it expires.',
    start_date: 'Beginning of the day that is counted.',
  }),
  ...terms('boolean', {
    private: 'Whether it is not to be shown to everybody.',
    fastboot: 'Whether fastboot was used.',
    expired: 'Whether it was made invalid.',
  }),
  ...terms('float', { build_time: 'How long the build took, in seconds.' }),
  ...terms('duration', { time: 'How long it took, in milliseconds.' }),
  ...terms('oids', {
    sub_groups: 'Legacy ids of the test groups in it.',
    test_cases: 'Legacy ids of the test cases in it.',
  }),
  ...terms('texts', {
    build_platform: 'Machine that it was built on: what `uname` says, word by word.',
    dtb_dir_data: 'Names of the device trees.',
  }),
  ...terms('json', {
    metadata: 'Whatever else was told.',
    dtb_append: 'Whether the device tree is appended to the kernel: text or truth value.',
    mismatches: 'Section mismatches.',
    measurements: 'What was measured.',
    log_lines: 'Lines of the log about it.',
    hierarchy: 'Names of the groups and the case.',
    regressions: 'The results, oldest first.',
    address: 'Postal address.',
    contact: 'Who to ask.',
    ip_address: 'Addresses and networks that it may be used from.',
    properties: 'Sixteen flags.',
  }),
};

const ALL: Terms = { ...TEXTS, ...NUMBERS, ...terms('integer', COUNTERS), ...OTHERS };

/** The member of documents with this legacy name. @throws Error when there is none: a fault of a declaration */
export function termOf(name: string): Term {
  const term = ALL[name];
  if (!term) throw new Error(`${name} is not a member of any document.`);
  return { ...term, graphql: RENAMED[name] ?? term.graphql };
}
