import type { FilterDeclaration, FilterKind, Lookup } from './collections.js';
import { readFilterTime } from './filter-times.js';

/**
 * What values of filters mean (contract rodan, section 5.3): operators of the schema, `nothing` where no row can match
 * since the value is none of the field, or `all` where the value is passed over.
 */
export type Meaning = Readonly<Record<string, unknown>> | 'nothing' | 'all';

type Reader = (value: string, lookup: Lookup, declaration: FilterDeclaration) => Meaning;

const READERS: Readonly<Record<FilterKind, Reader>> = {
  text: (value, lookup) => (lookup === 'icontains' ? { icontains: value } : { eq: value }),
  number: readNumber,
  status: (value, _lookup, { codes = [] }) => {
    const code = codes.find((one) => String(one) === value);
    return code === undefined ? 'nothing' : { eq: code };
  },
  boolean: (value) => asOperator('eq', readBoolean(value)),
  time: (value, lookup) => {
    const time = readFilterTime(value);
    return time === undefined ? 'nothing' : { [lookup]: time };
  },
  uuid: (value, lookup) => (lookup === 'in' ? readUuids(value) : asValue(readUuid(value))),
  user: (value) => asValue(readUserNumber(value)),
  digits: (value) => ({ eq: value }),
};

/** What a value that is not empty means for a filter. */
export function meaningOf(declaration: FilterDeclaration, lookup: Lookup, value: string): Meaning {
  if (lookup === 'isnull') return asOperator('isNull', readBoolean(value));
  return READERS[declaration.kind](value, lookup, declaration);
}

function asValue(value: string | number | undefined): Meaning {
  return value === undefined ? 'nothing' : { eq: value };
}

function asOperator(operator: string, value: boolean | undefined): Meaning {
  return value === undefined ? 'all' : { [operator]: value };
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['2', true],
  ['false', false],
  ['3', false],
]);

/** The boolean that a value stands for, undefined when it stands for none. */
export function readBoolean(value: string): boolean | undefined {
  return BOOLEANS.get(value.toLowerCase());
}

const UUID = /^[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}$/;

/** The UUID that a value stands for, in lower case with dashes; undefined when it is none. */
export function readUuid(value: string): string | undefined {
  const text = value.trim().toLowerCase();
  if (!UUID.test(text)) return undefined;
  const digits = text.replaceAll('-', '');
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join(
    '-',
  );
}

/** Several UUIDs with commas, of which empty ones do not count; one that is none makes all of them none. */
function readUuids(value: string): Meaning {
  const uuids = value.split(',').flatMap((text) => (text.trim() === '' ? [] : [readUuid(text)]));
  return uuids.length === 0 || uuids.includes(undefined) ? 'nothing' : { in: [...new Set(uuids)] };
}

function readUserNumber(value: string): number | undefined {
  const text = value.trim();
  const number = /^[+-]?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

const DECIMAL = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,9}))?$/;

/** A decimal between two integers, which is all that a comparison with integers asks for. */
interface Bounds {
  /** The greatest integer that is not greater; beyond 53 bits infinite. */
  readonly floor: number;
  readonly isInteger: boolean;
}

/** Reads a decimal exactly, of however many digits; undefined when the text is none. */
function readDecimal(text: string): Bounds | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const digits = `${whole}${fraction}`;
  if (digits === '') return undefined;
  const point = whole.length + Number(exponent);
  const integer = point <= 0 ? '0' : digits.slice(0, point).padEnd(Math.min(point, digits.length + 20), '0');
  const rest = digits.slice(Math.max(0, point));
  const isInteger = !/[1-9]/.test(rest);
  const size = Number(integer);
  const magnitude = /[1-9]/.test(integer) && !Number.isSafeInteger(size) ? Number.POSITIVE_INFINITY : size;
  if (sign !== '-') return { floor: magnitude, isInteger };
  return { floor: isInteger ? -magnitude || 0 : -magnitude - 1, isInteger };
}

function readNumber(value: string, lookup: Lookup): Meaning {
  const bounds = readDecimal(value.trim());
  if (bounds === undefined) return 'nothing';
  const { floor, isInteger } = bounds;
  if (lookup === 'exact') return isInteger && Number.isFinite(floor) ? { eq: floor } : 'nothing';
  if (!Number.isFinite(floor)) return (lookup === 'lt') === floor > 0 ? 'all' : 'nothing';
  if (lookup === 'gt') return { gt: floor };
  return isInteger ? { lt: floor } : { lte: floor };
}
