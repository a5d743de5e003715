import type { DatabaseSync } from 'node:sqlite';
import type { QueryResult } from 'kysely';
import { currentOperation } from './operation-scope.js';
import type { StatementListener } from './reader.js';
import type { Sql } from './sql.js';
import { openSqlite, toSqlite } from './sqlite-reader.js';
import { SqliteStatements } from './sqlite-statements.js';
import { EndedError, type Progress, type WriteConnection, type Writer } from './writer.js';

/**
 * WAL lets readers work beside the writer; FULL makes an acknowledged commit survive a power cut, too. SQLite waits for a
 * lock with the whole process; so it waits briefly, and the store tries again.
 */
export const SQLITE_SETTINGS = [
  'journal_mode = wal',
  'synchronous = full',
  'busy_timeout = 20',
  'foreign_keys = on',
].map((setting) => `PRAGMA ${setting}`);

/** Transactions of the embedded database, one after another over one connection. */
export class SqliteWriter implements Writer {
  readonly #database: DatabaseSync;
  readonly #statements: SqliteStatements;
  readonly #listener: StatementListener;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(path: string, listener: StatementListener) {
    this.#database = openSqlite(path, { readOnly: false });
    for (const setting of SQLITE_SETTINGS) this.#database.exec(setting);
    this.#statements = new SqliteStatements(this.#database);
    this.#listener = listener;
  }

  transact<Result>(progress: Progress, work: (connection: WriteConnection) => Promise<Result>): Promise<Result> {
    const result = this.#turn.then(() => this.#transact(progress, work));
    this.#turn = result.catch(() => undefined);
    return result;
  }

  /** The last connection to a file leaves nothing beside it, unless one that may only read was the last to use it. */
  close(): void {
    this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)');
    this.#database.close();
  }

  async #transact<Result>(progress: Progress, work: (connection: WriteConnection) => Promise<Result>): Promise<Result> {
    // Others may have had their turns for long.
    currentOperation()?.check();
    // SQLite refuses a reader that turns writer after somebody else wrote; a writer from the start waits its turn.
    this.#run('BEGIN IMMEDIATE');
    const connection = new SqliteConnection(this.#database, this.#statements, this.#listener);
    try {
      const result = await work(connection);
      progress.isCommitting = true;
      this.#run('COMMIT');
      return result;
    } catch (error) {
      // After some errors, such as a full disk, SQLite has taken everything back already.
      if (this.#database.isTransaction) this.#run('ROLLBACK');
      throw error;
    } finally {
      connection.end();
    }
  }

  #run(text: string): void {
    this.#statements.prepare(text).all([]);
  }
}

class SqliteConnection implements WriteConnection {
  readonly dialect = 'sqlite';
  readonly #database: DatabaseSync;
  readonly #statements: SqliteStatements;
  readonly #listener: StatementListener;
  #ended = false;

  constructor(database: DatabaseSync, statements: SqliteStatements, listener: StatementListener) {
    this.#database = database;
    this.#statements = statements;
    this.#listener = listener;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    this.#check();
    const text = statement.text('sqlite');
    this.#listener(text);
    return this.#statements.prepare(text).all(statement.values.map(toSqlite)) as Row[];
  }

  last<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.all(statement);
  }

  async execute(text: string): Promise<QueryResult<unknown>> {
    this.#check();
    const statement = this.#database.prepare(text);
    if (statement.columns().length > 0) return { rows: statement.all() };
    const { changes, lastInsertRowid } = statement.run();
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  end(): void {
    this.#ended = true;
  }

  #check(): void {
    if (this.#ended) throw new EndedError();
    currentOperation()?.check();
  }
}
