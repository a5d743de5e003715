import type { Reader } from '../store/reader.js';
import type { SqlValue } from '../store/sql.js';

/** Values of one row, in the order of the table's columns. */
export type CopyRow = readonly SqlValue[];

/** A table as its database's catalogue tells of it, without the columns that the database works out itself. */
export interface CopyTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** What a database is opened for: to be read as it is at one moment, or to be written by nobody else. */
export type CopyMode = 'read' | 'write';

/** One connection in one transaction, from which or to which everything is copied. */
export interface CopyDatabase extends Reader {
  /**
   * Begins the transaction. When it writes, others are kept from writing to any table until it ends.
   * @throws BuildgateError CONFLICT when somebody else is writing and goes on
   */
  begin(): Promise<void>;
  /** The same text for the same database, however it is addressed. */
  identity(): Promise<string>;
  /** All tables but those of the database and of the migrator, in an order in which they may be filled. */
  tables(): Promise<CopyTable[]>;
  count(table: CopyTable): Promise<number>;
  /** Every row, in portions that are bounded by their number and, after the first, by their size. */
  rows(table: CopyTable): AsyncIterable<readonly CopyRow[]>;
  /** Deletes every row. */
  clear(table: CopyTable): Promise<void>;
  /** Appends rows to a table. */
  write(table: CopyTable, portions: AsyncIterable<readonly CopyRow[]>): Promise<void>;
  /** Lets what gives keys to new rows go on behind those that were written. */
  continueKeys(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  close(): Promise<void>;
}
