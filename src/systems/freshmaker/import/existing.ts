import { recordId } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';

/** Which events or builds were in the database before the import. */
export class ExistingRecords {
  readonly #connection: Reader;
  readonly #table: 'event' | 'build';
  readonly #largest: number;

  private constructor(connection: Reader, table: 'event' | 'build', largest: number) {
    this.#connection = connection;
    this.#table = table;
    this.#largest = largest;
  }

  static async of(connection: Reader, table: 'event' | 'build'): Promise<ExistingRecords> {
    const row = await first<{ largest: number | null }>(
      connection,
      sql`SELECT MAX(id) AS largest FROM ${raw(table)} WHERE system = ${System.FRESHMAKER}`,
    );
    return new ExistingRecords(connection, table, row?.largest ?? -1);
  }

  /** Those of these records (numbers of Freshmaker) that are there now; no statement when all are beyond the largest. */
  async among(numbers: readonly number[]): Promise<Set<number>> {
    const ids = numbers.map((number) => recordId(System.FRESHMAKER, number)).filter((id) => id <= this.#largest);
    if (ids.length === 0) return new Set();
    return new Set(await storedIds(this.#connection, this.#table, ids));
  }
}

/** Those of these internal ids that the table has. */
export async function storedIds(
  connection: Reader,
  table: 'event' | 'build',
  ids: readonly number[],
): Promise<number[]> {
  const rows = await connection.all<{ id: number }>(
    sql`SELECT id AS id FROM ${raw(table)} WHERE ${inList(connection.dialect, raw('id'), ids, 'bigint')}`,
  );
  return rows.map(({ id }) => id);
}
