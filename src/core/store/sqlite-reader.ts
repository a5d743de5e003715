import { DatabaseSync } from 'node:sqlite';
import { foldCase } from '../text.js';
import type { Reader, StatementListener } from './reader.js';
import type { Sql, SqlValue } from './sql.js';
import { SqliteStatements } from './sqlite-statements.js';

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
  readonly #statements: SqliteStatements;

  constructor(path: string, listener: StatementListener) {
    this.#database = openSqlite(path, { readOnly: true });
    this.#statements = new SqliteStatements(this.#database);
    this.#listener = listener;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    const text = statement.text('sqlite');
    this.#listener(text);
    return this.#statements.prepare(text).all(statement.values.map(toSqlite)) as Row[];
  }

  close(): void {
    this.#database.close();
  }
}
