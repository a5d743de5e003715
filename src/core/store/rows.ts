import type { Reader } from './reader.js';
import { join, raw, sql, type Sql, type SqlValue } from './sql.js';

/** A row to be written, by column. */
export type NewRow = Readonly<Record<string, SqlValue>>;

const BATCH = 500;

/**
 * Inserts rows that all have the same columns, 500 with each statement.
 * @param behind what stands behind the values, such as `ON CONFLICT DO NOTHING`
 */
export async function insertRows(
  reader: Reader,
  table: string,
  rows: readonly NewRow[],
  behind: Sql = raw(''),
): Promise<void> {
  const columns = Object.keys(rows[0] ?? {});
  const head = raw(`INSERT INTO ${table} (${columns.join(', ')}) VALUES `);
  for (let start = 0; start < rows.length; start += BATCH) {
    const values = rows.slice(start, start + BATCH).map((row) => tuple(columns.map((column) => row[column] ?? null)));
    await reader.all(sql`${head}${join(values, ', ')} ${behind}`);
  }
}

function tuple(values: readonly SqlValue[]): Sql {
  return sql`(${join(
    values.map((value) => sql`${value}`),
    ', ',
  )})`;
}
