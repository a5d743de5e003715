import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BuildgateError } from '../errors.js';
import type { Sql } from '../store/sql.js';
import { openSqlite, toSqlite } from '../store/sqlite-reader.js';
import { insertText, upsertText, type BulkConnection, type BulkRow, type BulkTable } from './bulk.js';

const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;

/** Opens a file for one large transaction. */
export function openSqliteBulk(path: string): DatabaseSync {
  const database = openSqlite(path, { readOnly: false });
  // A page of an index that has left the cache is read again for the next row: 96 MiB hold the upper levels of all.
  database.exec('PRAGMA cache_size = -98304; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON');
  return database;
}

/**
 * Begins the transaction; waits for another writer for some seconds.
 * @throws BuildgateError CONFLICT when the other one goes on
 */
export function beginSqliteBulk(database: DatabaseSync): void {
  try {
    database.exec('BEGIN IMMEDIATE');
  } catch (error) {
    const { errcode } = error as { errcode?: unknown };
    if (errcode !== SQLITE_BUSY && errcode !== SQLITE_LOCKED) throw error;
    throw new BuildgateError('CONFLICT', 'The database is being written to by another process. Try again later.');
  }
}

/** The embedded database: prepared statements in one exclusive write transaction. Readers go on beside it. */
export class SqliteBulk implements BulkConnection {
  readonly dialect = 'sqlite';
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string) {
    this.#database = openSqliteBulk(path);
  }

  async begin(): Promise<void> {
    beginSqliteBulk(this.#database);
  }

  async commit(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollback(): Promise<void> {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.#prepare(statement.text('sqlite')).all(...statement.values.map(toSqlite)) as Row[];
  }

  async insert(table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
    const prepared = this.#prepare(insertText(table, 'sqlite'));
    for (const row of rows) prepared.run(...row.map(toSqlite));
  }

  async upsert(table: BulkTable, rows: readonly BulkRow[]): Promise<number[]> {
    const prepared = this.#prepare(upsertText(table, 'sqlite'));
    const changed: number[] = [];
    for (const [index, row] of rows.entries()) {
      if (prepared.run(...row.map(toSqlite)).changes !== 0) changed.push(index);
    }
    return changed;
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #prepare(text: string): StatementSync {
    let prepared = this.#statements.get(text);
    if (!prepared) {
      prepared = this.#database.prepare(text);
      this.#statements.set(text, prepared);
    }
    return prepared;
  }
}
