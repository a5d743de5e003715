import { parseTime } from '../../../core/time.js';
import { isOid } from '../documents.js';

const MILLISECOND = 1_000;

/**
 * A value with its ids and dates spelt as documents show them (contract kernelci, section 4): ids in lower case, dates in
 * milliseconds where an export has ISO 8601 text or a `$numberLong`. Everything else is as it was, and what has nothing
 * of that is the same object.
 */
export function normalSpelling(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map(normalSpelling);
    return items.every((item, index) => item === value[index]) ? value : items;
  }
  const entries = Object.entries(value);
  const [name, inner] = entries[0] ?? [];
  if (entries.length === 1 && name === '$oid') return spelt(value, '$oid', lowerCase(inner));
  if (entries.length === 1 && name === '$date') return spelt(value, '$date', milliseconds(inner));
  const members = entries.map(([key, member]) => [key, normalSpelling(member)] as const);
  return members.every(([, member], index) => member === entries[index]?.[1]) ? value : Object.fromEntries(members);
}

function spelt(value: object, name: string, inner: unknown): unknown {
  return inner === (value as Record<string, unknown>)[name] ? value : { [name]: inner };
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' && isOid(value) ? value.toLowerCase() : value;
}

function milliseconds(value: unknown): unknown {
  if (typeof value === 'string') {
    const micros = parseTime(value);
    return micros === null ? value : Math.floor(micros / MILLISECOND);
  }
  const long = (value as { $numberLong?: unknown } | null)?.$numberLong;
  return typeof long === 'string' && Number.isSafeInteger(Number(long)) && long.trim() !== '' ? Number(long) : value;
}
