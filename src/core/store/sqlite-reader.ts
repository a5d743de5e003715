import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { foldCase } from '../text.js';
import type { Reader, StatementListener } from './reader.js';
import type { Sql, SqlValue } from './sql.js';

const MAX_PREPARED = 500;

/** Opens a file of the embedded database with the settings that every connection of ours shares. */
export function openSqlite(path: string, options: { readOnly: boolean }): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: options.readOnly, timeout: 10_000 });
  // Beyond ASCII, which SQLite's own lower() does not do.
  database.function('fold_case', { deterministic: true, directOnly: false }, (text: unknown) =>
    typeof text === 'string' ? foldCase(text) : null,
  );
  return database;
}

/** Binds a value the way node:sqlite takes it. */
export function toSqlite(value: SqlValue): string | number | null {
  return typeof value === 'boolean' ? Number(value) : value;
}

/** Reads over a connection of its own: in WAL mode readers never wait for the writer. Statements are prepared once. */
export class SqliteReader implements Reader {
  readonly dialect = 'sqlite';
  readonly #database: DatabaseSync;
  readonly #listener: StatementListener;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(path: string, listener: StatementListener) {
    this.#database = openSqlite(path, { readOnly: true });
    this.#listener = listener;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    const text = statement.text('sqlite');
    this.#listener(text);
    return this.#prepare(text).all(...statement.values.map(toSqlite)) as Row[];
  }

  close(): void {
    this.#prepared.clear();
    this.#database.close();
  }

  #prepare(text: string): StatementSync {
    const known = this.#prepared.get(text);
    if (known) return known;
    if (this.#prepared.size >= MAX_PREPARED) {
      const oldest = this.#prepared.keys().next();
      if (!oldest.done) this.#prepared.delete(oldest.value);
    }
    const prepared = this.#database.prepare(text);
    this.#prepared.set(text, prepared);
    return prepared;
  }
}
