/**
 * Section 5 of contract kernelci worked out on documents in memory, one by one, as the contract has it: what the answers
 * of the gateway are compared with. It shares nothing with the product.
 */

export type Document = Readonly<Record<string, unknown>>;

/** Name and value of each parameter, decoded. */
export type Parameters = readonly (readonly [name: string, value: string])[];

export type ResourceName = 'job' | 'build' | 'boot' | 'test_group' | 'test_case';
type Type = 'text' | 'integer' | 'number' | 'boolean' | 'date' | 'id';

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Filter keys (section 5.1), but those whose values the contract does not type. */
export const FILTER_KEYS: Readonly<Record<ResourceName, readonly string[]>> = {
  job: words('_id created_on git_branch git_commit git_describe job kernel kernel_version private status'),
  build: words(`_id arch build_environment build_log build_log_size build_type compiler compiler_version created_on
    defconfig defconfig_full dirname errors git_branch git_commit git_describe job job_id kconfig_fragments kernel
    kernel_config kernel_config_size kernel_image kernel_image_size kernel_version modules modules_dir modules_size
    status system_map system_map_size text_offset warnings`),
  boot: words(`_id arch board bootloader bootloader_version boot_job_id boot_job_url build_environment build_id
    chainloader compiler compiler_version created_on defconfig defconfig_full device_type endian filesystem git_branch
    git_commit git_describe git_url job job_id kernel kernel_image kernel_image_size lab_name mach retries status
    warnings`),
  test_group: words(`arch board board_instance boot_id build_environment build_id created_on defconfig defconfig_full
    device_type dtb file_server_resource git_branch git_commit git_url index job job_id kernel kernel_image lab_name mach
    modules name parent_id version`),
  test_case:
    words(`arch build_environment created_on defconfig_full device_type git_branch index job kernel lab_name mach
    name plan regression_id status test_group_id test_group_name version`),
};

/** Keys that count (section 5.1), of those above. */
const COUNT_KEYS = new Set(
  words(`_id arch board board_instance boot_id build_environment build_id compiler compiler_version created_on defconfig
    defconfig_full device_type errors git_branch git_commit git_describe job job_id kernel kernel_config kernel_image
    lab_name mach modules modules_dir name parent_id plan private regression_id status system_map test_group_id
    test_group_name text_offset version warnings`),
);

/** Members whose unique values can be asked for (section 5.5). */
export const DISTINCT_FIELDS: Readonly<Record<ResourceName, readonly string[]>> = {
  job: words(
    'compiler compiler_version git_branch git_commit git_describe git_describe_v git_url job kernel kernel_version',
  ),
  build: words(`compiler compiler_version git_branch git_commit git_describe git_describe_v git_url job kernel
    kernel_version arch build_environment defconfig defconfig_full`),
  boot: words(`arch board board_instance boot_job_url build_environment defconfig defconfig_full endian git_branch
    git_commit git_describe git_url job kernel lab_name mach`),
  test_group:
    words(`arch board board_instance build_environment build_id defconfig defconfig_full device_type git_branch
    image_type initrd initrd_info job job_id kernel lab_name name`),
  test_case: words('device_type job mach test_group_id test_group_name'),
};

const INTEGERS = new Set(
  words(
    'errors warnings retries index build_log_size kernel_config_size kernel_image_size modules_size system_map_size',
  ),
);
const IDS = new Set(words('_id job_id build_id boot_id parent_id test_group_id regression_id'));
const BOOLEANS = new Set(['private', 'fastboot']);

export function typeOf(name: string): Type {
  if (INTEGERS.has(name)) return 'integer';
  if (IDS.has(name)) return 'id';
  if (BOOLEANS.has(name)) return 'boolean';
  if (name === 'build_time') return 'number';
  return name === 'created_on' ? 'date' : 'text';
}

/** A member as it is compared: text, number or truth value; null when it is null, missing or of another type. */
export function plain(name: string, document: Document): string | number | boolean | null {
  const value = Object.hasOwn(document, name) ? document[name] : null;
  switch (typeOf(name)) {
    case 'id':
      return (value as { $oid?: string } | null)?.$oid ?? null;
    case 'date':
      return (value as { $date?: number } | null)?.$date ?? null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'integer':
      return Number.isInteger(value) ? (value as number) : null;
    case 'number':
      return typeof value === 'number' ? value : null;
    case 'text':
      return typeof value === 'string' ? value : null;
  }
}

/** By code point; false before true; numbers by size; null first. */
export function compare(left: ReturnType<typeof plain>, right: ReturnType<typeof plain>): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left !== 'string' || typeof right !== 'string') return Number(left) - Number(right);
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

type Test = (document: Document) => boolean;

const all = (parameters: Parameters, name: string): string[] =>
  parameters.filter(([key]) => key === name).map(([, value]) => value);
const last = (parameters: Parameters, name: string): string | undefined => all(parameters, name).at(-1);
const given = (parameters: Parameters, name: string): string[] =>
  all(parameters, name)
    .map((value) => value.trim())
    .filter((value) => value !== '');
const isInteger = (text: string): boolean => /^[+-]?\d+$/.test(text);

const DAY = 24 * 60 * 60 * 1000;
const DAY_END = DAY - 1000;

function midnight(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  if (!match || match[1] === '0000') return null;
  const time = Date.parse(`${match[1]}-${match[2]}-${match[3]}T00:00:00Z`);
  // A day that the month does not have is another day for some parsers.
  return Number.isNaN(time) || new Date(time).getUTCDate() !== Number(match[3]) ? null : time;
}

const within = (from: number, before: number): Test => {
  return (document) => {
    const time = plain('created_on', document) as number;
    return from <= time && time < before;
  };
};

/** Whether the time is within what `created_on`, `date_range` and `time_range` ask for (section 5.2). */
function creation(parameters: Parameters, now: number): Test {
  const minutes = last(parameters, 'time_range');
  if (minutes !== undefined) {
    const asked = isInteger(minutes.trim()) ? Math.abs(Number(minutes)) : 60;
    return within(now - Math.min(Math.max(asked, 10), 1440) * 60_000, now);
  }
  const day = midnight(given(parameters, 'created_on').at(-1) ?? '');
  const range = last(parameters, 'date_range');
  if (range === undefined) return day === null ? () => true : within(day, day + DAY_END);
  const end = day ?? Math.floor(now / DAY) * DAY;
  const asked = isInteger(range.trim()) ? Math.abs(Number(range)) : 5;
  const days = asked > 999_999_999 ? 5 : asked;
  return within(end - days * DAY, end + DAY_END);
}

/** Whether a member has one of the values that are given for it (section 5.1). */
function equality(name: string, parameters: Parameters): Test {
  const values = given(parameters, name);
  const orNull = values.includes('null');
  const others = values.filter((value) => value !== 'null');
  const is = (wanted: readonly unknown[]): Test => {
    if (wanted.length === 0 && !orNull) return () => true;
    return (document) => {
      const value = plain(name, document);
      return value === null ? orNull : wanted.includes(value);
    };
  };
  switch (typeOf(name)) {
    case 'id':
      return others.every((value) => /^[0-9a-f]{24}$/i.test(value))
        ? is(others.map((id) => id.toLowerCase()))
        : () => true;
    case 'integer':
      // Minus zero is zero.
      return others.every(isInteger) ? is(others.map((value) => Number(value) + 0)) : () => true;
    case 'boolean':
      return is(others.flatMap((value) => TRUTH.get(value) ?? []));
    default:
      return is(others);
  }
}
const TRUTH = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);

/** What `gte` or `lt` ask for: of each field the last argument that can be used (section 5.2). */
function bounds(resource: ResourceName, parameters: Parameters, operator: 'gte' | 'lt'): Test[] {
  const found = new Map<string, string | number>();
  for (const argument of all(parameters, operator)) {
    const parts = argument.split(',');
    const [name = '', text = ''] = parts;
    const value = parts.length === 2 && FILTER_KEYS[resource].includes(name) ? bound(name, text.trim()) : null;
    if (value !== null) found.set(name, value);
  }
  return [...found].map(([name, value]) => (document: Document) => {
    const actual = plain(name, document);
    if (actual === null) return false;
    return operator === 'gte' ? compare(actual, value) >= 0 : compare(actual, value) < 0;
  });
}

function bound(name: string, text: string): string | number | null {
  if (text === '') return null;
  const type = typeOf(name);
  if (type === 'integer') return isInteger(text) ? Number(text) : null;
  if (type === 'date') return midnight(text) ?? (/^\d{9,}$/.test(text) ? Number(text) : null);
  return type === 'id' ? text.toLowerCase() : text;
}

/** The documents that match, in the order of insertion. */
export function matching(
  resource: ResourceName,
  documents: readonly Document[],
  parameters: Parameters,
  now: number,
): Document[] {
  const tests = [
    ...FILTER_KEYS[resource].filter((name) => name !== 'created_on').map((name) => equality(name, parameters)),
    creation(parameters, now),
    ...bounds(resource, parameters, 'gte'),
    ...bounds(resource, parameters, 'lt'),
  ];
  return documents.filter((document) => tests.every((test) => test(document)));
}

/** In the order that is asked for (section 5.3). */
export function sorted(documents: readonly Document[], parameters: Parameters): Document[] {
  const names = [...new Set(given(parameters, 'sort'))];
  const direction = Number(last(parameters, 'sort_order')?.trim() || '-1') === 1 ? 1 : -1;
  return documents.toSorted((left, right) => {
    const differences = names.map((name) => compare(plain(name, left), plain(name, right)));
    return direction * (differences.find((difference) => difference !== 0) ?? 0);
  });
}

/** A number that a query gives. */
export function numberOf(parameters: Parameters, name: string): number {
  return Number(last(parameters, name)?.trim() || '0');
}

/** The members that are asked for. */
export function projected(document: Document, parameters: Parameters): Document {
  const [wanted, unwanted] = [given(parameters, 'field'), given(parameters, 'nfield')];
  return Object.fromEntries(
    Object.entries(document).filter(
      ([name]) => (wanted.length === 0 || name === '_id' || wanted.includes(name)) && !unwanted.includes(name),
    ),
  );
}

const own = (document: Document, name: string): unknown => (Object.hasOwn(document, name) ? document[name] : null);

/** The whole answer to a list query. */
export function listAnswer(
  resource: ResourceName,
  documents: readonly Document[],
  parameters: Parameters,
  now: number,
): object {
  for (const name of ['limit', 'skip', ...(given(parameters, 'sort').length > 0 ? ['sort_order'] : [])]) {
    const text = last(parameters, name) ?? '';
    const isWrong = text.trim() !== '' && !isInteger(text.trim());
    if (isWrong || (name === 'skip' && Number(text) < 0))
      return { code: 400, reason: `Wrong value provided for '${name}': ${text}` };
  }
  const limit = Math.abs(numberOf(parameters, 'limit'));
  const skip = numberOf(parameters, 'skip');
  const found = sorted(matching(resource, documents, parameters, now), parameters);
  const groups = [...new Set(given(parameters, 'aggregate'))];
  if (groups.length > 0) return { code: 200, limit, result: firstOfGroups(found, groups, parameters, limit) };
  const page = found.slice(skip, limit === 0 ? undefined : skip + limit);
  return {
    code: 200,
    count: found.length,
    limit,
    skip,
    result: page.map((document) => projected(document, parameters)),
  };
}

/** The first document of each group (section 5.4). */
function firstOfGroups(
  documents: readonly Document[],
  groups: readonly string[],
  parameters: Parameters,
  limit: number,
): object[] {
  const fields = given(parameters, 'field').filter((name) => name !== '_id');
  const firsts = new Map<string, object>();
  for (const document of documents) {
    const _id = Object.fromEntries(groups.map((name) => [name, own(document, name)]));
    const key = JSON.stringify(_id);
    if (firsts.has(key)) continue;
    const shown =
      fields.length > 0 ? Object.fromEntries(fields.map((name) => [name, own(document, name)])) : { result: document };
    firsts.set(key, { _id, ...shown });
  }
  return [...firsts.values()].slice(0, limit === 0 ? undefined : limit);
}

/** The unique values of a member among the documents that match, in some order of their JSON texts (section 5.5). */
export function distinctTexts(
  resource: ResourceName,
  documents: readonly Document[],
  parameters: Parameters,
  field: string,
  now: number,
): string[] {
  const found = matching(resource, documents, parameters, now);
  return [...new Set(found.map((document) => JSON.stringify(own(document, field))))].toSorted();
}

/** The parameters that say the same to a count as to a list: without filters that only lists know. */
export function countable(resource: ResourceName, parameters: Parameters): Parameters {
  const isOnlyOfLists = (name: string): boolean => FILTER_KEYS[resource].includes(name) && !COUNT_KEYS.has(name);
  return parameters.filter(([name, value]) => !isOnlyOfLists(name) && !isOnlyOfLists(value.split(',')[0] as string));
}
