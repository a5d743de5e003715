import type { Reader } from '../store/reader.js';
import { arrayLiteral, inList, raw, sql, type Sql } from '../store/sql.js';
import type { RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';
import { orderSql, reversed, type OrderInput, type OrderKey } from './order.js';
import {
  ALIAS,
  assemble,
  planPage,
  selectColumns,
  where,
  type PageArguments,
  type PageLimits,
  type PageRows,
  type RecordRow,
} from './page.js';

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
  const plan = planPage(list, args, limits, defaultOrder);
  const filter = new FilterCompiler(reader.dialect).compile(list, args.filter, ALIAS);
  const order = plan.backwards ? reversed(plan.keys) : plan.keys;
  const scope = [raw(`${ALIAS}.${parentColumn} = parents.value`), ...(filter ? [filter] : []), ...plan.bounds];
  const found =
    plan.size === 0
      ? []
      : await reader.all<Found>(
          selectChildren(reader, list, parentIds, plan.keys, scope, order, plan.size + 1, plan.offset),
        );
  const byParent = Map.groupBy(found, ({ parent }) => parent);
  return parentIds.map((parent) => assemble(plan, byParent.get(parent) ?? []) as unknown as PageRows<Row>);
}

function selectChildren(
  reader: Reader,
  list: RecordList,
  parentIds: readonly number[],
  keys: readonly OrderKey[],
  scope: readonly Sql[],
  order: readonly OrderKey[],
  limit: number,
  offset: number,
): Sql {
  const table = raw(`${list.table} ${ALIAS}`);
  const columns = sql`${selectColumns(list, keys)}, parents.value AS "parent"`;
  const ids = sql`SELECT ${raw(`${ALIAS}.id`)} FROM ${table}${where(scope)}
    ORDER BY ${orderSql(reader.dialect, order, ALIAS)} LIMIT ${limit} OFFSET ${offset}`;
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

/** Number of matching children of each parent. */
export async function countChildren(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  parentIds: readonly number[],
  filter: FilterInput | null | undefined,
): Promise<number[]> {
  const condition = new FilterCompiler(reader.dialect).compile(list, filter, ALIAS);
  const column = raw(`${ALIAS}.${parentColumn}`);
  const scope = [inList(reader.dialect, column, parentIds, 'bigint'), ...(condition ? [condition] : [])];
  const rows = await reader.all<{ parent: number; total: number }>(
    sql`SELECT ${column} AS parent, COUNT(*) AS total FROM ${raw(`${list.table} ${ALIAS}`)}${where(scope)} GROUP BY ${column}`,
  );
  const totals = new Map(rows.map(({ parent, total }) => [parent, total]));
  return parentIds.map((parent) => totals.get(parent) ?? 0);
}

/** All children of each parent by ascending id, in one statement: for representations that have no pages. */
export async function allChildren<Row extends RecordRow>(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  parentIds: readonly number[],
): Promise<Row[][]> {
  const column = raw(`${ALIAS}.${parentColumn}`);
  const rows = await reader.all<Row & { readonly parent: number }>(
    sql`SELECT ${selectColumns(list, [])}, ${column} AS "parent" FROM ${raw(`${list.table} ${ALIAS}`)}
      WHERE ${inList(reader.dialect, column, parentIds, 'bigint')} ORDER BY ${column}, ${raw(`${ALIAS}.id`)}`,
  );
  const byParent = Map.groupBy(rows, ({ parent }) => parent);
  return parentIds.map((parent) => byParent.get(parent) ?? []);
}

/** Records by internal id, in the order of the ids; undefined where there is none. */
export async function recordsById<Row extends { readonly id: number }>(
  reader: Reader,
  list: RecordList,
  ids: readonly number[],
): Promise<(Row | undefined)[]> {
  const rows = await reader.all<Row>(
    sql`SELECT ${selectColumns(list, [])} FROM ${raw(`${list.table} ${ALIAS}`)}
      WHERE ${inList(reader.dialect, raw(`${ALIAS}.id`), ids, 'bigint')}`,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => byId.get(id));
}

/** A record's key in its system. */
interface LegacyKey {
  readonly system: number;
  readonly legacyId: string;
}

/** Records by system and legacy id, in the order of the keys; undefined where there is none. */
export async function recordsByLegacyId<Row extends RecordRow>(
  reader: Reader,
  list: RecordList,
  keys: readonly LegacyKey[],
): Promise<(Row | undefined)[]> {
  // No column holds NUL, and PostgreSQL refuses to be asked for it.
  const known = keys.filter(({ legacyId }) => !legacyId.includes('\0'));
  if (known.length === 0) return keys.map(() => undefined);
  const rows = await reader.all<Row>(
    sql`SELECT ${selectColumns(list, [])} FROM ${raw(`${list.table} ${ALIAS}`)}
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
