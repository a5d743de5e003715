import { COUNTER_NAMES, termOf, words, type FieldType, type Term } from './vocabulary.js';

/**
 * The collections of Kernel CI and what their documents hold (contract kernelci, sections 4 to 6): the one declaration
 * that columns, filters, orders, GraphQL types and inputs, query keys and bodies are made from.
 */

/** Names of the collections, in the singular that paths have. */
export type CollectionName =
  | 'job'
  | 'build'
  | 'boot'
  | 'test_group'
  | 'test_case'
  | 'test_regression'
  | 'build_log'
  | 'job_log'
  | 'statistics'
  | 'lab'
  | 'token';

/**
 * Where SQL finds a member: in a column; in the project of the record, and for orders in `rest`; in the JSON column
 * `rest`; or nowhere, because it is no plain value: then only the document has it.
 */
export type Place =
  | { readonly at: 'column'; readonly column: string }
  | { readonly at: 'project' }
  | { readonly at: 'rest' }
  | { readonly at: 'document' };

/** A member of the documents of a collection. */
export interface DocumentField extends Term {
  /** Legacy name. */
  readonly name: string;
  readonly place: Place;
  /** Whether queries can filter by it (section 5.1). */
  readonly filterable: boolean;
  /** Whether its distinct values can be asked for (section 5.5). */
  readonly distinct: boolean;
  /** Whether every document has it: neither reports nor imports are stored without it (sections 6 and 11). */
  readonly required: boolean;
}

/** Keys of a POST body (section 6), in the order of the contract. */
export interface BodyKeys {
  readonly mandatory: readonly string[];
  readonly accepted: readonly string[];
  /** Body key -> member that it sets, where they differ. */
  readonly sets: Readonly<Record<string, string>>;
}

/** A collection of documents. */
export interface Collection {
  readonly name: CollectionName;
  readonly fields: readonly DocumentField[];
  readonly body: BodyKeys | null;
  /** Members that tell documents apart: what is sent again with the same ones replaces the document. */
  readonly identity: readonly string[];
}

interface Declaration {
  readonly fields: string;
  /** Member -> column, or `project`. */
  readonly columns: Readonly<Record<string, string>>;
  /** Members that hold something else here than elsewhere. */
  readonly types?: Readonly<Record<string, FieldType>>;
  /** Members with another name in GraphQL than elsewhere. */
  readonly names?: Readonly<Record<string, string>>;
  readonly filters: string;
  readonly distinct?: string;
  readonly required?: string;
  readonly body?: { readonly mandatory: string; readonly accepted: string; readonly sets?: Record<string, string> };
  readonly identity?: string;
}

/** Kept as JSON text in `rest` where queries filter by them; only the document has those that they do not. */
const LISTS: ReadonlySet<FieldType> = new Set(['oids', 'texts', 'json']);

function placeOf(type: FieldType, filterable: boolean, column: string | undefined): Place {
  if (column === 'project') return { at: 'project' };
  if (column !== undefined) return { at: 'column', column };
  return LISTS.has(type) && !filterable ? { at: 'document' } : { at: 'rest' };
}

function collection(name: CollectionName, declared: Declaration): Collection {
  const filters = new Set(words(declared.filters));
  const distinct = new Set(words(declared.distinct ?? ''));
  const required = new Set(words(declared.required ?? ''));
  const fields = words(declared.fields).map((field): DocumentField => {
    const term = termOf(field);
    const type = declared.types?.[field] ?? term.type;
    const filterable = filters.has(field);
    const place = placeOf(type, filterable, declared.columns[field]);
    const graphql = declared.names?.[field] ?? term.graphql;
    return {
      ...term,
      name: field,
      graphql,
      type,
      place,
      filterable,
      distinct: distinct.has(field),
      required: required.has(field),
    };
  });
  const { body } = declared;
  return {
    name,
    fields,
    body: body ? { mandatory: words(body.mandatory), accepted: words(body.accepted), sets: body.sets ?? {} } : null,
    identity: words(declared.identity ?? ''),
  };
}

/** `name` -> `kernelci_name`, for members that have a column of their own in the shared tables. */
function own(names: string): Record<string, string> {
  return Object.fromEntries(words(names).map((name) => [name, `kernelci_${name}`]));
}

/** Columns that the gateway's own fields are made of. */
const RECORD = { _id: 'legacy_id', created_on: 'created_at', job: 'project', status: 'legacy_state' };
const PLAIN = { _id: 'oid', created_on: 'created_at' };

const COMPILER = 'compiler compiler_version compiler_version_ext compiler_version_full cross_compile';
const GIT = 'git_branch git_commit git_describe git_describe_v git_url';

/** Legacy jobs: one tree, kernel and branch each. Events here. */
export const JOB = collection('job', {
  fields: `_id created_on job kernel ${GIT} kernel_version ${COMPILER} private status version`,
  columns: { ...RECORD, ...own('kernel git_branch git_commit git_describe kernel_version private') },
  filters: '_id created_on git_branch git_commit git_describe job kernel kernel_version private status',
  distinct:
    'compiler compiler_version compiler_version_ext git_branch git_commit git_describe git_describe_v git_url job kernel kernel_version',
  required: '_id created_on job kernel status',
  body: { mandatory: 'git_branch job kernel', accepted: 'git_commit git_describe kernel_version status' },
  identity: 'job kernel git_branch',
});

/** Builds. */
export const BUILD = collection('build', {
  fields: `_id created_on job kernel job_id ${GIT} kernel_version ${COMPILER} arch defconfig defconfig_full
    build_environment status errors warnings build_time build_type build_platform dirname build_log kernel_config
    kernel_image modules modules_dir system_map text_offset kconfig_fragments dtb_dir dtb_dir_data build_log_size
    kernel_config_size kernel_image_size modules_size system_map_size vmlinux_bss_size vmlinux_data_size
    vmlinux_file_size vmlinux_text_size file_server_url file_server_resource metadata version`,
  columns: {
    ...RECORD,
    created_on: 'submitted_at',
    ...own('job_id kernel arch build_environment defconfig defconfig_full git_branch git_commit git_describe'),
    ...own('kernel_version compiler compiler_version errors warnings'),
  },
  filters: `_id arch build_environment build_log build_log_size build_type compiler compiler_version created_on defconfig
    defconfig_full dirname errors git_branch git_commit git_describe job job_id kconfig_fragments kernel kernel_config
    kernel_config_size kernel_image kernel_image_size kernel_version modules modules_dir modules_size status system_map
    system_map_size text_offset warnings`,
  distinct: `compiler compiler_version compiler_version_ext git_branch git_commit git_describe git_describe_v git_url job
    kernel kernel_version arch build_environment defconfig defconfig_full`,
  required: '_id created_on job kernel defconfig arch status',
  body: {
    mandatory: 'arch defconfig git_branch job kernel',
    accepted: `build_environment defconfig_full file_server_resource kernel_version version build_result status build_errors
      build_warnings build_time build_log build_platform build_type git_url git_commit git_describe git_describe_v dtb_dir
      compiler compiler_version compiler_version_full cross_compile kconfig_fragments kernel_config kernel_image
      kernel_image_size modules modules_size modules_dir system_map text_offset file_server_url vmlinux_bss_size
      vmlinux_data_size vmlinux_file_size vmlinux_text_size`,
    sets: { build_result: 'status', build_errors: 'errors', build_warnings: 'warnings' },
  },
  identity: 'job kernel git_branch arch defconfig defconfig_full build_environment',
});

const BOOT_COLUMNS = {
  ...RECORD,
  lab_name: 'requester',
  ...own('job_id build_id kernel arch board build_environment defconfig defconfig_full git_branch git_commit'),
  ...own('git_describe mach device_type retries warnings'),
};

/** Boot reports. Jobs here, as test groups are. */
export const BOOT = collection('boot', {
  fields: `_id created_on job job_id kernel arch defconfig defconfig_full build_environment git_branch git_commit
    git_describe git_url ${COMPILER} kernel_image kernel_image_size file_server_url file_server_resource metadata version
    build_id board lab_name board_instance device_type mach endian boot_log boot_log_html boot_result_description
    boot_job_id boot_job_path boot_job_url bootloader bootloader_version chainloader filesystem dtb dtb_addr initrd
    initrd_addr load_addr uimage uimage_addr qemu qemu_command fastboot_cmd plan plan_variant dtb_append fastboot status
    retries warnings time`,
  columns: BOOT_COLUMNS,
  filters: `_id arch board bootloader bootloader_version boot_job_id boot_job_url build_environment build_id chainloader
    compiler compiler_version created_on defconfig defconfig_full device_type endian filesystem git_branch git_commit
    git_describe git_url job job_id kernel kernel_image kernel_image_size lab_name mach retries status warnings`,
  distinct: `arch board board_instance boot_job_url build_environment defconfig defconfig_full endian git_branch git_commit
    git_describe git_url job kernel lab_name mach`,
  required: '_id created_on board job kernel defconfig lab_name status',
  body: {
    mandatory: 'arch board defconfig git_branch job kernel lab_name version',
    accepted: `board_instance bootloader bootloader_version boot_job_id boot_job_path boot_job_url boot_log boot_log_html
      boot_result boot_result_description boot_retries boot_time boot_warnings build_environment chainloader compiler
      compiler_version compiler_version_ext defconfig_full device_type dtb dtb_addr dtb_append email endian fastboot
      fastboot_cmd file_server_resource file_server_url filesystem git_commit git_describe git_url _id image_type initrd
      initrd_addr kernel_image kernel_image_size loadaddr mach mach_alias metadata qemu qemu_command status uimage
      uimage_addr`,
    sets: {
      boot_result: 'status',
      boot_retries: 'retries',
      boot_time: 'time',
      boot_warnings: 'warnings',
      loadaddr: 'load_addr',
      mach_alias: 'mach',
    },
  },
  identity: 'arch board defconfig defconfig_full job kernel lab_name git_branch build_environment',
});

/** Test groups. Jobs here, as boots are. */
export const TEST_GROUP = collection('test_group', {
  fields: `_id created_on name job job_id kernel arch defconfig defconfig_full build_environment git_branch git_commit
    git_describe git_url ${COMPILER} kernel_image file_server_url file_server_resource metadata version build_id boot_id
    board lab_name board_instance device_type mach endian dtb initrd parent_id sub_groups test_cases plan
    plan_variant image_type initrd_info index modules time warnings`,
  columns: { ...BOOT_COLUMNS, name: 'name' },
  filters: `arch board board_instance boot_id build_environment build_id created_on defconfig defconfig_full device_type dtb
    file_server_resource git_branch git_commit git_url index job job_id kernel kernel_image lab_name mach modules name
    parent_id time version`,
  distinct: `arch board board_instance build_environment build_id defconfig defconfig_full device_type git_branch image_type
    initrd initrd_info job job_id kernel lab_name name`,
  body: {
    mandatory: 'arch build_environment defconfig git_branch job kernel lab_name name',
    accepted: `board board_instance boot_id build_id defconfig_full device_type dtb endian file_server_resource
      file_server_url git_commit git_describe git_url image_type index initrd initrd_info kernel_image mach metadata
      modules parent_id plan plan_variant sub_groups test_cases time version warnings`,
  },
});

/** Test cases. */
export const TEST_CASE = collection('test_case', {
  fields: `_id created_on name status test_group_id test_group_name test_case_path plan index measurements log_lines
    regression_id time job kernel git_branch git_commit arch build_environment defconfig_full device_type lab_name mach
    version`,
  columns: { ...PLAIN, test_group_id: 'test_group_id', job: 'job', kernel: 'kernel', status: 'status' },
  filters: `arch build_environment created_on defconfig_full device_type git_branch index job kernel lab_name mach name plan
    regression_id status test_group_id test_group_name time version`,
  distinct: 'device_type job mach test_group_id test_group_name',
});

/** Chains of results of one test case that got worse. */
export const TEST_REGRESSION = collection('test_regression', {
  fields: `_id created_on job kernel git_branch git_url plan test_case_path hierarchy device_type lab_name arch
    build_environment defconfig_full mach ${COMPILER} regressions version`,
  columns: { ...PLAIN, job: 'job', kernel: 'kernel' },
  filters: 'build_environment defconfig_full device_type git_branch job kernel lab_name plan',
});

/** Error and warning lines of builds. */
export const BUILD_LOG = collection('build_log', {
  fields: `_id created_on build_id job_id job kernel git_branch arch defconfig defconfig_full build_environment status
    errors warnings mismatches errors_count warnings_count mismatches_count ${COMPILER} file_server_url
    file_server_resource version`,
  columns: { ...PLAIN, build_id: 'build_id', job_id: 'job_id', job: 'job', kernel: 'kernel' },
  required: '_id build_id',
  types: { errors: 'json', warnings: 'json' },
  filters: `arch build_id created_on defconfig defconfig_full errors_count git_branch job job_id kernel mismatches_count
    status version warnings_count`,
});

/** Error and warning lines of jobs, each with how often it occurs. */
export const JOB_LOG = collection('job_log', {
  fields: '_id created_on job_id job kernel git_branch errors warnings mismatches version',
  columns: { ...PLAIN, job_id: 'job_id', job: 'job', kernel: 'kernel' },
  required: '_id job_id',
  types: { errors: 'json', warnings: 'json' },
  filters: 'created_on git_branch job job_id kernel',
});

/** Daily counters. */
export const STATISTICS = collection('statistics', {
  fields: `_id created_on start_date version ${COUNTER_NAMES.join(' ')}`,
  columns: PLAIN,
  filters: '_id created_on version',
});

/** Labs that send boot reports. */
export const LAB = collection('lab', {
  fields: '_id created_on updated_on name private address contact token version',
  columns: { ...PLAIN, updated_on: 'updated_at', name: 'name', private: 'private', token: 'token_oid' },
  types: { token: 'oid' },
  names: { token: 'tokenLegacyId' },
  filters: '_id address contact created_on name private token updated_on',
  required: '_id name contact',
  body: { mandatory: 'contact name', accepted: 'address private token version' },
});

/** Tokens. Their `token` member is kept apart from the document. */
export const TOKEN = collection('token', {
  fields: '_id created_on token email username expired expires_on ip_address properties version',
  columns: {
    ...PLAIN,
    token: 'token_hash',
    email: 'email',
    username: 'username',
    expired: 'expired',
    expires_on: 'expires_at',
  },
  filters: '_id created_on email expired expires_on ip_address properties token username',
  required: '_id token email properties',
  body: {
    mandatory: 'email',
    accepted: `admin delete expired expires_on get ip_address ip_restricted lab post superuser test_lab upload username
      version`,
  },
});

/** Every collection, by name. */
export const COLLECTIONS: Readonly<Record<CollectionName, Collection>> = {
  job: JOB,
  build: BUILD,
  boot: BOOT,
  test_group: TEST_GROUP,
  test_case: TEST_CASE,
  test_regression: TEST_REGRESSION,
  build_log: BUILD_LOG,
  job_log: JOB_LOG,
  statistics: STATISTICS,
  lab: LAB,
  token: TOKEN,
};

/** The member of a collection's documents with this legacy name. */
export function fieldOf({ fields }: Collection, name: string): DocumentField | undefined {
  return fields.find((field) => field.name === name);
}

/** The shared tables: their own fields stand beside the system's namespace in filters. */
const RECORDS: ReadonlySet<CollectionName> = new Set(['job', 'build', 'boot', 'test_group']);
/** Members of records that the gateway itself can filter by: legacy name -> way to the member of the filter. */
const SHARED_FILTERS: Readonly<Record<string, string>> = {
  _id: 'legacyId',
  job: 'project',
  lab_name: 'requester',
  name: 'name',
};

/** Whether lists know a member: they know none that is only in documents, and no secret, of which there is but a hash. */
function isListed({ place }: DocumentField): boolean {
  return place.at !== 'document' && !(place.at === 'column' && place.column === 'token_hash');
}

/** Way to a member's condition in the collection's GraphQL filter: `['kernelci', 'gitBranch']`; null: none. */
export function filterPath({ name: collectionName }: Collection, field: DocumentField): readonly string[] | null {
  if (!isListed(field)) return null;
  if (!RECORDS.has(collectionName)) return [field.graphql];
  if (field.name === 'created_on') return [collectionName === 'build' ? 'submittedAt' : 'createdAt'];
  const shared = SHARED_FILTERS[field.name];
  return shared === undefined ? ['kernelci', field.graphql] : [shared];
}

/** What enums call a member: `GIT_BRANCH`. */
export function constantName({ name, graphql }: DocumentField): string {
  return name === '_id' ? 'OID' : graphql.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** Key that orders the collection's GraphQL list by a member: `KERNELCI_GIT_BRANCH`; null: none. */
export function orderKey({ name: collectionName }: Collection, field: DocumentField): string | null {
  if (!isListed(field)) return null;
  const key = constantName(field);
  if (!RECORDS.has(collectionName)) return key;
  if (key === 'CREATED_AT' && collectionName === 'build') return 'SUBMITTED_AT';
  // Events of other systems need not have the time; that those of this one do lets indexes be used.
  if (key === 'CREATED_AT' && collectionName !== 'job') return key;
  return key === 'NAME' ? key : `KERNELCI_${key}`;
}
