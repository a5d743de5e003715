import type { DatabaseSync } from 'node:sqlite';
import { BoundedCache } from '../bounded-cache.js';
import { rowStatement, type RowStatement } from './sqlite-rows.js';

const MAX_PREPARED = 500;
/** A longer text has many rows in it, and is hardly met again. */
const MAX_LENGTH = 20_000;

/** Prepared statements of one connection, by text: those used last. SQLite itself prepares again after a migration. */
export class SqliteStatements {
  readonly #database: DatabaseSync;
  readonly #kept = new BoundedCache<string, RowStatement>(MAX_PREPARED);

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  prepare(text: string): RowStatement {
    const known = this.#kept.get(text);
    if (known) return known;
    const prepared = rowStatement(this.#database.prepare(text));
    if (text.length <= MAX_LENGTH) this.#kept.set(text, prepared);
    return prepared;
  }
}
