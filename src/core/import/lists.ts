import type { Reader } from '../store/reader.js';
import { inList, raw, sql } from '../store/sql.js';
import type { BulkConnection, BulkRow, BulkTable } from './bulk.js';

/**
 * Makes the lists of these parents what is given. The table's first column is the parent, the second the position;
 * lists that are already so are not touched. Resolves with the parents whose list was another.
 */
export async function replaceLists(
  connection: BulkConnection,
  table: BulkTable,
  lists: ReadonlyMap<number, readonly BulkRow[]>,
): Promise<Set<number>> {
  const stored = Map.groupBy(await storedRows(connection, table, [...lists.keys()]), (row) => row[0] as number);
  const different = [...lists.keys()].filter((parent) => !sameRows(stored.get(parent) ?? [], lists.get(parent) ?? []));
  const outdated = different.filter((parent) => stored.has(parent));
  if (outdated.length > 0) {
    const parent = raw(table.columns[0]?.[0] ?? '');
    await connection.all(
      sql`DELETE FROM ${raw(table.name)} WHERE ${inList(connection.dialect, parent, outdated, 'bigint')}`,
    );
  }
  await connection.insert(
    table,
    different.flatMap((parent) => lists.get(parent) ?? []),
  );
  return new Set(different);
}

async function storedRows(connection: Reader, table: BulkTable, parents: readonly number[]): Promise<BulkRow[]> {
  if (parents.length === 0) return [];
  const names = table.columns.map(([name]) => name);
  const [parent = '', position = ''] = names;
  const rows = await connection.all<Record<string, BulkRow[number]>>(
    sql`SELECT ${raw(names.join(', '))} FROM ${raw(table.name)}
      WHERE ${inList(connection.dialect, raw(parent), parents, 'bigint')} ORDER BY ${raw(`${parent}, ${position}`)}`,
  );
  return rows.map((row) => names.map((name) => row[name] ?? null));
}

/** Booleans come back from the embedded database as 0 and 1. */
function sameRows(left: readonly BulkRow[], right: readonly BulkRow[]): boolean {
  const comparable = (rows: readonly BulkRow[]): string =>
    JSON.stringify(rows, (_key, value: unknown) => (typeof value === 'boolean' ? Number(value) : value));
  return comparable(left) === comparable(right);
}
