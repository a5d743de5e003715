import type { System } from '../model/states.js';
import type { Reader } from '../store/reader.js';
import { amongKeys, arrayLiteral, limitTo, raw, sql, where, type Sql } from '../store/sql.js';
import { keyValues, selectColumns, systemOfIds } from './columns.js';
import { ALIAS, type RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';
import { orderSql, reversed, type OrderInput, type OrderKey } from './order.js';
import {
  assemble,
  planPage,
  scopedFilter,
  type PageArguments,
  type PageLimits,
  type PageRows,
  type RecordRow,
} from './page.js';

/** Columns with internal ids of records, which are of the system of the record that has them. */
const REFERENCES_WITHIN_SYSTEM: ReadonlySet<string> = new Set(['event_id', 'build_id']);

type Found = RecordRow & Record<string, unknown> & { readonly parent: number };

/** The same page of children for each of many parents, in one statement that reads no more than the pages hold. */
export async function childPages<Row extends { readonly id: number }>(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  parentIds: readonly number[],
  args: PageArguments,
  limits: PageLimits,
  defaultOrder: readonly OrderInput[],
): Promise<PageRows<Row>[]> {
  const plan = planPage(reader.dialect, list, args, limits, defaultOrder);
  const filter = new FilterCompiler(reader.dialect).compile(list, scopedFilter(list, args), ALIAS);
  const order = plan.backwards ? reversed(plan.keys) : plan.keys;
  const scope = [raw(`${ALIAS}.${parentColumn} = parents.value`), ...(filter ? [filter] : []), ...plan.bounds];
  const found =
    plan.size === 0
      ? []
      : await reader.all<Found>(
          selectChildren(
            reader,
            list,
            { parentColumn, parentIds },
            plan.keys,
            scope,
            order,
            plan.size + 1,
            plan.offset,
          ),
        );
  const byParent = Map.groupBy(found, ({ parent }) => parent);
  return parentIds.map((parent) => assemble(plan, byParent.get(parent) ?? []) as unknown as PageRows<Row>);
}

function selectChildren(
  reader: Reader,
  list: RecordList,
  { parentColumn, parentIds }: { readonly parentColumn: string; readonly parentIds: readonly number[] },
  keys: readonly OrderKey[],
  scope: readonly Sql[],
  order: readonly OrderKey[],
  limit: number,
  offset: number,
): Sql {
  const table = raw(`${list.table} ${ALIAS}`);
  const system = systemOfParents(list, parentColumn, parentIds);
  const columns = sql`${selectColumns(list, keyValues(reader.dialect, keys), system)}, parents.value AS "parent"`;
  const ids = sql`SELECT ${raw(`${ALIAS}.id`)} FROM ${table}${where(scope)}
    ORDER BY ${orderSql(reader.dialect, order, ALIAS)}${limitTo(limit)} OFFSET ${offset}`;
  const ordered = sql`ORDER BY parents.value, ${orderSql(reader.dialect, order, ALIAS)}`;
  if (reader.dialect === 'postgresql') {
    const parents = sql`unnest(${arrayLiteral(parentIds)}::bigint[]) AS parents(value)`;
    return sql`SELECT ${columns} FROM ${parents} CROSS JOIN LATERAL (${ids}) page
      JOIN ${table} ON ${raw(`${ALIAS}.id`)} = page.id ${ordered}`;
  }
  // CROSS JOIN keeps SQLite from turning the join around.
  return sql`SELECT ${columns} FROM json_each(${JSON.stringify(parentIds)}) parents
    CROSS JOIN ${table} ON ${raw(`${ALIAS}.id`)} IN (${ids}) ${ordered}`;
}

/**
 * Number of matching children of each parent.
 * @param keys what the column holds of the parents, all of one type
 */
export async function countChildren<Key extends number | string = number>(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  keys: readonly Key[],
  filter?: FilterInput | null,
): Promise<number[]> {
  const condition = new FilterCompiler(reader.dialect).compile(list, filter, ALIAS);
  const column = raw(`${ALIAS}.${parentColumn}`);
  const scope = [among(reader, column, keys), ...(condition ? [condition] : [])];
  const rows = await reader.all<{ parent: Key; total: number }>(
    sql`SELECT ${column} AS parent, COUNT(*) AS total FROM ${raw(`${list.table} ${ALIAS}`)}${where(scope)} GROUP BY ${column}`,
  );
  const totals = new Map(rows.map(({ parent, total }) => [parent, total]));
  return keys.map((key) => totals.get(key) ?? 0);
}

/**
 * All children of each parent by ascending id, in one statement: for representations that have no pages.
 * @param keys what the column holds of the parents, all of one type
 */
export async function allChildren<Row extends object, Key extends number | string = number>(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  keys: readonly Key[],
): Promise<Row[][]> {
  const column = raw(`${ALIAS}.${parentColumn}`);
  const rows = await reader.all<Row & { readonly parent: Key }>(
    sql`SELECT ${selectColumns(list, [], systemOfParents(list, parentColumn, keys))}, ${column} AS "parent" FROM ${raw(`${list.table} ${ALIAS}`)}
      WHERE ${among(reader, column, keys)} ORDER BY ${column}, ${raw(`${ALIAS}.id`)}`,
  );
  const byParent = Map.groupBy(rows, ({ parent }) => parent);
  return keys.map((key) => byParent.get(key) ?? []);
}

/** That a column holds one of the keys. No column holds NUL, and PostgreSQL refuses to be asked for it. */
function among({ dialect }: Reader, column: Sql, keys: readonly (number | string)[]): Sql {
  const known = keys.filter((key) => typeof key === 'number' || !key.includes('\0'));
  return amongKeys(dialect, column, known, typeof keys[0] === 'string' ? 'text' : 'bigint');
}

/**
 * Records by a column without duplicates that rows carry, in the order of the keys; undefined where there is none.
 * @param property of the rows
 * @param keys all of one type
 */
export async function recordsByKey<Row extends object, Key extends number | string>(
  reader: Reader,
  list: RecordList,
  property: string,
  keys: readonly Key[],
): Promise<(Row | undefined)[]> {
  const column = raw(`${ALIAS}.${list.columns[property]}`);
  const rows = await reader.all<Row>(
    sql`SELECT ${selectColumns(list, [], systemOf(list, property, keys))} FROM ${raw(`${list.table} ${ALIAS}`)} WHERE ${among(reader, column, keys)}`,
  );
  const byKey = new Map(rows.map((row) => [(row as Record<string, unknown>)[property], row]));
  return keys.map((key) => byKey.get(key));
}

/** Records by internal id, in the order of the ids; undefined where there is none. */
export function recordsById<Row extends { readonly id: number }>(
  reader: Reader,
  list: RecordList,
  ids: readonly number[],
): Promise<(Row | undefined)[]> {
  return recordsByKey<Row, number>(reader, list, 'id', ids);
}

/** The one system that all children of the parents are of, as far as their column or the ids of the parents tell. */
function systemOfParents(list: RecordList, parentColumn: string, parents: readonly (number | string)[]): System | null {
  const ids = REFERENCES_WITHIN_SYSTEM.has(parentColumn) ? (parents as readonly number[]) : [];
  return list.systemOfColumn(parentColumn) ?? systemOfIds(ids);
}

/** The one system that all records with these values of a property are of. */
function systemOf(list: RecordList, property: string, keys: readonly (number | string)[]): System | null {
  return list.kind !== null && property === 'id' ? systemOfIds(keys as readonly number[]) : null;
}

function onlySystem(keys: readonly LegacyKey[]): System | null {
  return keys.every(({ system }) => system === keys[0]?.system) ? (keys[0]?.system ?? null) : null;
}

/** A record's key in its system. */
interface LegacyKey {
  readonly system: number;
  readonly legacyId: string;
}

/** Records by system and legacy id, in the order of the keys; undefined where there is none. */
export async function recordsByLegacyId<Row extends LegacyKey>(
  reader: Reader,
  list: RecordList,
  keys: readonly LegacyKey[],
): Promise<(Row | undefined)[]> {
  // No column holds NUL, and PostgreSQL refuses to be asked for it.
  const known = keys.filter(({ legacyId }) => !legacyId.includes('\0'));
  if (known.length === 0) return keys.map(() => undefined);
  const rows = await reader.all<Row>(
    sql`SELECT ${selectColumns(list, [], onlySystem(known))} FROM ${raw(`${list.table} ${ALIAS}`)}
      WHERE ${raw(`(${ALIAS}.system, ${ALIAS}.legacy_id)`)} IN (${selectKeys(reader, known)})`,
  );
  const byKey = new Map(rows.map((row) => [`${row.system}/${row.legacyId}`, row]));
  return keys.map(({ system, legacyId }) => byKey.get(`${system}/${legacyId}`));
}

/** The keys as rows of bound values: one statement text for any number of them, and no nesting that grows with it. */
function selectKeys({ dialect }: Reader, keys: readonly LegacyKey[]): Sql {
  const systems = keys.map(({ system }) => system);
  const legacyIds = keys.map(({ legacyId }) => legacyId);
  if (dialect === 'postgresql') {
    return sql`SELECT * FROM unnest(${arrayLiteral(systems)}::smallint[], ${arrayLiteral(legacyIds)}::text[])`;
  }
  const pairs = JSON.stringify(keys.map(({ system, legacyId }) => [system, legacyId]));
  return sql`SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(${pairs})`;
}
