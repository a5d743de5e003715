import { BuildgateError } from '../errors.js';
import type { Reader } from '../store/reader.js';
import { join, limitTo, raw, sql, where, type Sql } from '../store/sql.js';
import { selectColumns, systemOfFilter } from './columns.js';
import { ALIAS, type RecordList } from './fields.js';
import type { FilterInput } from './filter.js';
import { completeOrder, orderSql, type OrderInput, type OrderKey } from './order.js';
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

/** Which groups are asked for. */
export interface GroupArguments {
  readonly filter?: FilterInput | null;
  /** Decides which record of a group is its first, and the order of the groups. */
  readonly orderBy: readonly OrderInput[];
  /** At most this many groups; null: all. */
  readonly first: number | null;
}

/**
 * The first record of each group of matching records that have the same values, one statement. Records without a value
 * are a group of their own. Groups by one indexed field are found by steps along its index unless the filter selects
 * records.
 * @param groupBy names of fields in filters, `system.name` for a system's own
 * @returns rows like those of a page, in the order asked for
 * @throws BuildgateError as for a list with this filter and order; INVALID when `first` is negative
 */
export async function firstOfGroups<Row extends { readonly id: number }>(
  reader: Reader,
  list: RecordList,
  groupBy: readonly string[],
  args: GroupArguments,
): Promise<Row[]> {
  if (args.first !== null && args.first < 0) throw new BuildgateError('INVALID', 'first: must not be negative.');
  if (args.first === 0) return [];
  const fields = groupBy.map((name) => fieldNamed(list, name));
  const filter = args.filter ?? null;
  const order = completeOrder(list, args.orderBy);
  const scope = scopeOf(reader.dialect, list, filter, fields);
  const [only] = fields;
  const ids =
    only && fields.length === 1 && canStep(list, only, filter)
      ? steppedIds(reader, list, only, scope, order, mayBeNull(only, filter))
      : rankedIds(reader, list, fields, scope, order);
  return reader.all<Row>(selectFirsts(reader, list, ids, order, args));
}

function selectFirsts(
  { dialect }: Reader,
  list: RecordList,
  ids: Sql,
  order: readonly OrderKey[],
  { filter, first: limit }: GroupArguments,
): Sql {
  const ordered = sql`ORDER BY ${orderSql(dialect, order, ALIAS)}`;
  const records = raw(`${list.table} ${ALIAS}`);
  const id = raw(`${ALIAS}.id`);
  // Ids are settled before whole rows are read and sorted.
  const settled =
    limit === null ? ids : sql`SELECT ${id} FROM ${records} WHERE ${id} IN (${ids}) ${ordered}${limitTo(limit)}`;
  return sql`SELECT ${selectColumns(list, [], systemOfFilter(list, filter))} FROM ${records} WHERE ${id} IN (${settled}) ${ordered}`;
}

/** All matching records, ranked within their group. */
function rankedIds(
  { dialect }: Reader,
  list: RecordList,
  fields: readonly NamedField[],
  scope: readonly Sql[],
  order: readonly OrderKey[],
): Sql {
  const groups = join(
    fields.map(({ field }) => groupingSql(dialect, field)),
    ', ',
  );
  const rank = sql`ROW_NUMBER() OVER (PARTITION BY ${groups} ORDER BY ${orderSql(dialect, order, ALIAS)})`;
  const records = raw(`${list.table} ${ALIAS}`);
  return sql`SELECT ranked.id FROM (SELECT ${raw(`${ALIAS}.id`)} AS id, ${rank} AS place FROM ${records}${where(scope)}) ranked
    WHERE ranked.place = 1`;
}

/** One look-up for each value that the steps find, and one for records that have none. */
function steppedIds(
  { dialect }: Reader,
  list: RecordList,
  { field }: NamedField,
  scope: readonly Sql[],
  order: readonly OrderKey[],
  withNull: boolean,
): Sql {
  const value = groupingSql(dialect, field);
  const best = (condition: Sql, valueOrder: Sql): Sql =>
    sql`(SELECT ${raw(`${ALIAS}.id`)} FROM ${raw(`${list.table} ${ALIAS}`)}${where([condition, ...scope])}
      ORDER BY ${valueOrder}${orderSql(dialect, order, ALIAS)} LIMIT 1)`;
  // The value leads the order, and the first row from its end on has it: so the index that begins with the value is the
  // one that has the order. Asked for rows equal to the value, PostgreSQL walks all rows by time until one is.
  const descending = order[0]?.descending === true;
  const ofValue = best(
    sql`${value} ${raw(descending ? '<=' : '>=')} steps.value`,
    sql`${value}${raw(descending ? ' DESC' : '')}, `,
  );
  const found = sql`${stepsSql(list, value, scope)} SELECT ${ofValue} FROM steps WHERE steps.value IS NOT NULL`;
  return withNull ? sql`${found} UNION ALL SELECT ${best(absenceSql(dialect, field), raw(''))}` : found;
}
