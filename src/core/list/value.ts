import { arrayLiteral, raw, sql, type Dialect, type Sql } from '../store/sql.js';
import type { ValueType } from './fields.js';

/** Where a value stands: a column, or a member of a JSON column. */
interface Place {
  readonly column: string;
  readonly member?: string;
  readonly type: ValueType;
}

/** What PostgreSQL calls the JSON values of a type; another value under the member counts as none. */
const JSON_TYPES: Readonly<Record<ValueType, { readonly json: string; readonly sql: string }>> = {
  text: { json: 'string', sql: 'text' },
  boolean: { json: 'boolean', sql: 'boolean' },
  // Doubles hold every integer of ours.
  integer: { json: 'number', sql: 'double precision' },
  float: { json: 'number', sql: 'double precision' },
  time: { json: 'number', sql: 'double precision' },
  enum: { json: 'number', sql: 'double precision' },
};

/** The value in a row of `alias`, as an expression; null where a JSON column has no such member. */
export function valueSql(dialect: Dialect, alias: string, { column, member, type }: Place): Sql {
  if (member === undefined) return raw(`${alias}.${column}`);
  if (dialect === 'sqlite') return raw(`json_extract(${alias}.${column}, '$."${member}"')`);
  if (type === 'text') return raw(`(${alias}.${column} ->> '${member}') COLLATE "C"`);
  const value = `${alias}.${column} -> '${member}'`;
  const types = JSON_TYPES[type];
  // CASE, because a cast of another type of value would fail the whole statement.
  return raw(`(CASE jsonb_typeof(${value}) WHEN '${types.json}' THEN (${value})::${types.sql} END)`);
}

/**
 * On PostgreSQL, "the member is one of these" as containment, which an index on the whole JSON column serves; null where
 * equality of the value says it as well.
 */
export function containment(
  dialect: Dialect,
  alias: string,
  { column, member, type }: Place,
  values: readonly (string | number | boolean)[],
): Sql | null {
  if (dialect === 'sqlite' || member === undefined || (type !== 'text' && type !== 'integer')) return null;
  const documents = values.map((value) => memberDocument(member, value));
  const container = raw(`${alias}.${column}`);
  const [only] = documents;
  if (documents.length === 1 && only !== undefined) return sql`${container} @> ${only}::jsonb`;
  return sql`${container} @> ANY(${arrayLiteral(documents)}::jsonb[])`;
}

/** Half of a surrogate pair is no text for PostgreSQL, also not as an escape. */
function memberDocument(member: string, value: string | number | boolean): string {
  return JSON.stringify({ [member]: typeof value === 'string' ? value.toWellFormed() : value });
}
