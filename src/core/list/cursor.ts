import { BuildgateError } from '../errors.js';
import type { SqlValue } from '../store/sql.js';
import type { RecordList } from './fields.js';
import type { OrderKey } from './order.js';

/** Largest number in a column of codes, which is 16 bits wide on PostgreSQL. */
const MAX_CODE = 2 ** 15 - 1;

/** Writes the place of a row in an order: the values of its keys, with the list and the order they belong to. */
export function cursorWriter(
  list: RecordList,
  keys: readonly OrderKey[],
): (row: Readonly<Record<string, unknown>>) => string {
  const order = signature(list, keys);
  return (row) => {
    const values = keys.map((_, index) => row[keyAlias(index)] as SqlValue);
    return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
  };
}

/** Alias under which a page statement returns the value of the n-th key. */
export function keyAlias(index: number): string {
  return `key${index}`;
}

/**
 * The key values that a cursor stands for.
 * @throws BuildgateError INVALID naming the argument when the text is no cursor of this order
 */
export function decodeCursor(
  list: RecordList,
  keys: readonly OrderKey[],
  cursor: string,
  argument: string,
): SqlValue[] {
  const values = valuesOf(list, keys, cursor);
  if (!values) throw new BuildgateError('INVALID', `${argument}: not a cursor of this list in this order.`);
  return values;
}

function valuesOf(list: RecordList, keys: readonly OrderKey[], cursor: string): SqlValue[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  if (!Array.isArray(parsed) || parsed.length !== keys.length + 1 || parsed[0] !== signature(list, keys))
    return undefined;
  const values = parsed.slice(1) as SqlValue[];
  return keys.every((key, index) => holds(key, values[index])) ? values : undefined;
}

function signature({ table }: RecordList, keys: readonly OrderKey[]): string {
  return `${table}:${keys.map(keySignature).join('')}`;
}

function keySignature({ column, member, nullable, descending, nullsFirst }: OrderKey): string {
  const nulls = nullable && nullsFirst !== descending ? (nullsFirst ? '<' : '>') : '';
  return `${column}${member === undefined ? '' : `.${member}`}${descending ? '-' : '+'}${nulls}`;
}

function holds(key: OrderKey, value: unknown): boolean {
  if (value === null) return key.nullable;
  if (key.type === 'text') return typeof value === 'string' && !value.includes('\0');
  // SQLite has truth values as numbers.
  if (key.type === 'boolean') return typeof value === 'boolean' || value === 0 || value === 1;
  if (key.type === 'float' || key.member !== undefined) return Number.isFinite(value);
  return (
    Number.isSafeInteger(value) && (key.type !== 'enum' || ((value as number) >= 0 && (value as number) <= MAX_CODE))
  );
}
