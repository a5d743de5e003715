import type { Dialect, Sql } from './sql.js';

/** Told of every statement that a reader or a transaction runs; statement counts of tests and metrics come from here. */
export type StatementListener = (text: string) => void;

/** Runs statements and gives plain rows: no entities, no conversions beyond what the column aliases say. */
export interface Reader {
  readonly dialect: Dialect;
  /**
   * The same for statements that are short by nature: those that are begun in one turn reach PostgreSQL together.
   * Left out where that makes no difference.
   */
  readonly lookups?: Reader;
  /** All rows of a statement, keyed by column alias. Rejects with the driver's error. */
  all<Row extends object>(statement: Sql): Promise<Row[]>;
}

/** What runs statements that are short by nature. */
export function lookupsOf(reader: Reader): Reader {
  return reader.lookups ?? reader;
}

/** The first row, or undefined. */
export async function first<Row extends object>(reader: Reader, statement: Sql): Promise<Row | undefined> {
  return (await reader.all<Row>(statement))[0];
}
