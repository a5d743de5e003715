import { recount } from '../list/count.js';
import { Kind, PROJECT_KIND, type System } from '../model/states.js';
import type { Reader } from '../store/reader.js';
import { first } from '../store/reader.js';
import { join, sql } from '../store/sql.js';

/**
 * Keeps everybody else from numbering new records of a system until the import ends. Taken before anything is
 * written, as verbs do, so that the two wait for each other in one order.
 * @param more kinds of numbers that the system gives besides those of records
 */
export async function lockNumbers(connection: Reader, system: System, more: readonly number[]): Promise<void> {
  const kinds = [PROJECT_KIND, Kind.EVENT, Kind.BUILD, Kind.JOB, ...more];
  const rows = kinds.map((kind) => sql`(${system}, ${kind}, 0)`);
  await connection.all(sql`INSERT INTO record_key (system, kind, last_number) VALUES ${join(rows, ', ')}
    ON CONFLICT (system, kind) DO UPDATE SET last_number = record_key.last_number`);
}

/** Last number given to a record of a system and kind. */
export async function lastNumber(connection: Reader, system: System, kind: number): Promise<number> {
  const row = await first<{ last: number }>(
    connection,
    sql`SELECT last_number AS last FROM record_key WHERE system = ${system} AND kind = ${kind}`,
  );
  return row?.last ?? 0;
}

/** Makes new records be numbered after this number, unless they already are. */
export async function raiseLastNumber(
  connection: Reader,
  system: System,
  kind: number,
  largest: number,
): Promise<void> {
  await connection.all(sql`UPDATE record_key SET last_number = ${largest}
    WHERE system = ${system} AND kind = ${kind} AND last_number < ${largest}`);
}

/**
 * Counts all records anew. The head of the change log is locked first: verbs take it before they adjust the counters,
 * so none of them can be in between.
 */
export async function writeCounters(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE change_log_head SET sequence = sequence WHERE id = 1`);
  const totals = await recount(connection);
  await connection.all(sql`UPDATE state_count SET total = 0 WHERE total <> 0`);
  if (totals.length === 0) return;
  const rows = totals.map(({ system, kind, state, total }) => sql`(${system}, ${kind}, ${state}, ${total})`);
  await connection.all(sql`INSERT INTO state_count (system, kind, state, total) VALUES ${join(rows, ', ')}
    ON CONFLICT (system, kind, state) DO UPDATE SET total = excluded.total`);
}
