import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { BuildgateError } from '../errors.js';
import { beginSqliteBulk, openSqliteBulk } from '../import/bulk-sqlite.js';
import { MIGRATIONS_TABLE } from '../store/migrations.js';
import { quoted, type Sql } from '../store/sql.js';
import { openSqlite, toSqlite } from '../store/sqlite-reader.js';
import type { CopyDatabase, CopyMode, CopyRow, CopyTable } from './database.js';
import { portionsOf } from './portions.js';

/** The embedded database. */
export class SqliteCopy implements CopyDatabase {
  readonly dialect = 'sqlite';
  readonly #path: string;
  readonly #mode: CopyMode;
  readonly #database: DatabaseSync;

  /** @throws BuildgateError NOT_FOUND when there is no such file, which is not created */
  constructor(path: string, mode: CopyMode) {
    if (!existsSync(path)) throw new BuildgateError('NOT_FOUND', `there is no file ${path}.`);
    this.#path = path;
    this.#mode = mode;
    this.#database = mode === 'read' ? openSqlite(path, { readOnly: true }) : openSqliteBulk(path);
  }

  async begin(): Promise<void> {
    if (this.#mode === 'read') this.#database.exec('BEGIN');
    else {
      beginSqliteBulk(this.#database);
      // Checked at the commit, so that tables and rows may come in any order.
      this.#database.exec('PRAGMA defer_foreign_keys = ON');
    }
  }

  async identity(): Promise<string> {
    const { dev, ino } = statSync(this.#path, { bigint: true });
    return `sqlite ${dev} ${ino}`;
  }

  /** Triggers fill the tables for searches. */
  async tables(): Promise<CopyTable[]> {
    const rows = this.#arrays(
      `SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
          AND t.name NOT LIKE 'search\\_%' ESCAPE '\\' AND t.name <> ? AND c.hidden = 0
        ORDER BY t.name, c.cid`,
      MIGRATIONS_TABLE,
    );
    const tables = Map.groupBy(rows, ([table]) => String(table));
    return [...tables].map(([name, columns]) => ({ name, columns: columns.map(([, column]) => String(column)) }));
  }

  async count({ name }: CopyTable): Promise<number> {
    const [row] = this.#arrays(`SELECT COUNT(*) FROM ${quoted(name)}`);
    return Number(row?.[0]);
  }

  rows({ name, columns }: CopyTable): AsyncIterable<readonly CopyRow[]> {
    const select = this.#prepare(`SELECT ${columns.map(quoted).join(', ')} FROM ${quoted(name)}`);
    return portionsOf(select.iterate() as Iterable<unknown> as Iterable<CopyRow>);
  }

  async clear({ name }: CopyTable): Promise<void> {
    this.#database.exec(`DELETE FROM ${quoted(name)}`);
  }

  async write({ name, columns }: CopyTable, portions: AsyncIterable<readonly CopyRow[]>): Promise<void> {
    const places = columns.map(() => '?').join(', ');
    const insert = this.#prepare(`INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES (${places})`);
    for await (const rows of portions) {
      for (const row of rows) insert.run(...row.map(toSqlite));
    }
  }

  /** A new row's key is one more than the largest in the table. */
  async continueKeys(): Promise<void> {}

  async commit(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollback(): Promise<void> {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.#database.prepare(statement.text('sqlite')).all(...statement.values.map(toSqlite)) as Row[];
  }

  #arrays(text: string, ...values: string[]): CopyRow[] {
    return this.#prepare(text).all(...values) as unknown as CopyRow[];
  }

  #prepare(text: string): StatementSync {
    const statement = this.#database.prepare(text);
    statement.setReturnArrays(true);
    return statement;
  }
}
