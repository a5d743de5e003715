import { BuildgateError } from '../../../core/errors.js';
import type { RawQuery } from '../../../server/raw-query.js';
import { BUILD_STATES, BUILD_TYPES, type Code, EVENT_STATES, unifiedName } from '../codes.js';

/** Variables `filter` and `orderBy` of a list operation. */
export interface ListSelection {
  readonly filter: Readonly<Record<string, unknown>>;
  readonly orderBy: readonly { readonly field: string; readonly direction: 'ASC' | 'DESC' }[];
}

/** Matches no record. */
const NOTHING = { in: [] as string[] };

/**
 * Filters and order of the event list (contract freshmaker sections 5.2, 5.3): every value of a parameter counts, an
 * empty value is a value.
 * @throws BuildgateError INVALID with the contract's message; the state is checked before the order
 */
export function eventSelection(query: RawQuery): ListSelection {
  const anyText = (name: string): object | undefined => listed(query, name, storable);
  const freshmaker = present({
    messageId: anyText('message_id'),
    searchKey: anyText('search_key'),
    eventTypeId: listed(query, 'event_type_id', safeInteger),
  });
  const filter = {
    system: { eq: 'FRESHMAKER' },
    ...present({ state: listed(query, 'state', eventState), requester: anyText('requester'), freshmaker }),
  };
  return { filter, orderBy: orderOf(query, EVENT_ORDER) };
}

/**
 * Filters and order of the build list (contract freshmaker sections 5.2, 5.4): only the first value of a parameter
 * counts, an empty value is no filter.
 * @throws BuildgateError INVALID with the contract's message; type and state are checked before the order
 */
export function buildSelection(query: RawQuery): ListSelection {
  const given = <T>(name: string, meaning: (value: string) => T): T | undefined => {
    const value = query.first(name);
    return value === undefined || value === '' ? undefined : meaning(value);
  };
  const type = given('type', artifactType);
  const state = given('state', buildState);
  const dependency = given('dep_on_id', recordNumber);
  const event = present({
    legacyId: given('event_id', recordNumber),
    freshmaker: present({ eventTypeId: given('event_type_id', integer), searchKey: given('event_search_key', text) }),
  });
  const freshmaker = present({
    type,
    originalNvr: given('original_nvr', text),
    rebuiltNvr: given('rebuilt_nvr', text),
    externalBuildId: given('build_id', integer),
    dependsOn: dependency && { legacyId: dependency },
  });
  const filter = { system: { eq: 'FRESHMAKER' }, ...present({ state, name: given('name', text), event, freshmaker }) };
  return { filter, orderBy: orderOf(query, BUILD_ORDER) };
}

const EVENT_ORDER = { id: 'LEGACY_ID', message_id: 'FRESHMAKER_MESSAGE_ID' };

const BUILD_ORDER = {
  id: 'LEGACY_ID',
  name: 'NAME',
  event_id: 'EVENT',
  dep_on_id: 'FRESHMAKER_DEPENDS_ON',
  build_id: 'FRESHMAKER_EXTERNAL_BUILD_ID',
  original_nvr: 'FRESHMAKER_ORIGINAL_NVR',
  rebuilt_nvr: 'FRESHMAKER_REBUILT_NVR',
};

function orderOf(query: RawQuery, keys: Readonly<Record<string, string>>): ListSelection['orderBy'] {
  const key = query.first('order_by') ?? '-id';
  const name = key.replace(/^-/, '');
  if (!Object.hasOwn(keys, name)) {
    const allowed = Object.keys(keys).map((allowedKey) => `'${allowedKey}'`);
    throw invalid(`An invalid order_by key was suplied, allowed keys are: [${allowed.join(', ')}]`);
  }
  const first = { field: keys[name]!, direction: key.startsWith('-') ? 'DESC' : 'ASC' } as const;
  return name === 'id' ? [first] : [first, { field: 'LEGACY_ID', direction: 'DESC' }];
}

/** `in` with the meanings of all values; values that mean nothing match nothing. */
function listed<T>(query: RawQuery, name: string, meaning: (value: string) => T | undefined): object | undefined {
  const values = query.all(name);
  if (values.length === 0) return undefined;
  return { in: values.map(meaning).filter((value) => value !== undefined) };
}

/** An unknown number matches nothing here, unlike in the build list. */
function eventState(value: string): string | undefined {
  const code = codeOf(EVENT_STATES, value);
  if (code === undefined && !DIGITS.test(value)) throw invalid(`Invalid state was supplied: ${value}`);
  return code && unifiedName(code);
}

function buildState(value: string): object {
  const code = codeOf(BUILD_STATES, value);
  if (code === undefined) throw invalid('An invalid state was supplied');
  return { eq: unifiedName(code) };
}

function artifactType(value: string): object {
  const type = codeOf(BUILD_TYPES, value);
  if (type === undefined) throw invalid('An invalid artifact type was supplied');
  return { eq: type.name };
}

const DIGITS = /^[0-9]+$/;

/** What a filter value means: digits alone are a code, anything else is a name in any case. */
function codeOf<T extends Code>(codes: readonly T[], value: string): T | undefined {
  if (DIGITS.test(value)) return codes.find(({ id }) => id === Number(value));
  const wanted = value.toUpperCase();
  return codes.find(({ name }) => name === wanted);
}

function text(value: string): object {
  return storable(value) === undefined ? NOTHING : { eq: value };
}

function integer(value: string): object {
  const number = safeInteger(value);
  return number === undefined ? NOTHING : { eq: number };
}

/** Compared with `legacyId`, which is text: `007` is 7. */
function recordNumber(value: string): object {
  const number = parseInteger(value);
  return number === undefined ? NOTHING : { eq: number.toString() };
}

/** Text that a column can hold: without NUL. */
function storable(value: string): string | undefined {
  return value.includes('\0') ? undefined : value;
}

/** An integer that the schema can carry; a larger one is no value of any record. */
function safeInteger(value: string): number | undefined {
  const number = parseInteger(value);
  if (number === undefined || !Number.isSafeInteger(Number(number))) return undefined;
  return Number(number);
}

/** Optional white space, optional sign, digits, optional white space (section 5.1); any size. */
export function parseInteger(value: string): bigint | undefined {
  const [, sign, digits] = /^\s*([+-]?)([0-9]+)\s*$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  return sign === '-' ? -BigInt(digits) : BigInt(digits);
}

/** The members that are given; undefined when none is. */
function present(members: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function invalid(message: string): BuildgateError {
  return new BuildgateError('INVALID', message);
}
