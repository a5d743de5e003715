import { first, type Reader } from '../store/reader.js';
import { raw, sql, where, type Sql } from '../store/sql.js';
import { ALIAS, type LookupField, type RecordList } from './fields.js';
import type { FilterInput } from './filter.js';
import {
  absenceSql,
  canStep,
  fieldNamed,
  groupingSql,
  mayBeNull,
  scopeOf,
  stepsSql,
  type NamedField,
} from './steps.js';

/** A value of a field: text, a number (times in microseconds, enum values by number) or a truth value. */
export type DistinctValue = string | number | boolean;

/**
 * The values that a field has among the records that match, in ascending order, null (if a record has none) last. At most
 * two statements. Without conditions that select records, the values of an indexed field are found by steps along the
 * index.
 * @param name name of the field in filters, `system.name` for a system's own
 * @throws BuildgateError as for a list with this filter
 */
export async function distinctValues(
  reader: Reader,
  list: RecordList,
  name: string,
  filter: FilterInput | null,
): Promise<(DistinctValue | null)[]> {
  const named = fieldNamed(list, name);
  const { field } = named;
  const scope = scopeOf(reader.dialect, list, filter, [named]);
  const stepped = canStep(list, named, filter);
  const select =
    'lookupColumn' in field
      ? selectLookedUp(list, field, scope, stepped)
      : selectValues(reader, list, named, scope, stepped);
  const values = (await reader.all<{ value: DistinctValue }>(select)).map(({ value }) => value);
  const shown = 'type' in field && field.type === 'boolean' ? values.map(Boolean) : values;
  const withNull = mayBeNull(named, filter) && (await hasNull(reader, list, named, scope));
  return withNull ? [...shown, null] : shown;
}

function selectValues(
  { dialect }: Reader,
  list: RecordList,
  { field }: NamedField,
  scope: readonly Sql[],
  stepped: boolean,
): Sql {
  const value = groupingSql(dialect, field);
  if (stepped) return sql`${stepsSql(list, value, scope)} SELECT value FROM steps WHERE value IS NOT NULL`;
  const conditions = where([...scope, sql`${value} IS NOT NULL`]);
  return sql`SELECT DISTINCT ${value} AS value FROM ${raw(`${list.table} ${ALIAS}`)}${conditions} ORDER BY 1`;
}

/** Values in another table: those that a record refers to. */
function selectLookedUp(list: RecordList, field: LookupField, scope: readonly Sql[], stepped: boolean): Sql {
  const column = raw(`${ALIAS}.${field.column}`);
  const records = raw(`${list.table} ${ALIAS}`);
  const referred = stepped
    ? sql`EXISTS (SELECT 1 FROM ${records}${where([sql`${column} = looked_up.id`, ...scope])})`
    : sql`looked_up.id IN (SELECT ${column} FROM ${records}${where(scope)})`;
  const value = raw(`looked_up.${field.lookupColumn}`);
  return sql`SELECT DISTINCT ${value} AS value FROM ${raw(`${field.table} looked_up`)} WHERE ${referred} ORDER BY 1`;
}

async function hasNull(
  reader: Reader,
  list: RecordList,
  { field }: NamedField,
  scope: readonly Sql[],
): Promise<boolean> {
  const conditions = where([...scope, absenceSql(reader.dialect, field)]);
  const records = raw(`${list.table} ${ALIAS}`);
  return (await first(reader, sql`SELECT 1 AS one FROM ${records}${conditions} LIMIT 1`)) !== undefined;
}
