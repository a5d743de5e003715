import { existsSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type pg from 'pg';
import { BuildgateError } from '../errors.js';
import { openPool } from './postgresql.js';
import type { Reader } from './reader.js';
import type { Sql } from './sql.js';
import { openSqlite, toSqlite } from './sqlite-reader.js';
import type { DatabaseConfig } from './store.js';

/** A database as it was at one moment, however long it is read and whatever is written meanwhile. */
export interface Snapshot extends Reader {
  /** Ends it. Not waited for by statements that still run. */
  close(): Promise<void>;
}

/**
 * Opens a snapshot over a connection of its own that cannot write, beside those of a gateway that may be running.
 * @throws BuildgateError NOT_FOUND when there is no file of the embedded database; the driver's error otherwise
 */
export async function openSnapshot(database: DatabaseConfig): Promise<Snapshot> {
  return database.kind === 'sqlite' ? new SqliteSnapshot(database.path) : PostgresqlSnapshot.open(database.url);
}

/** One read transaction. The file beside the database (`-wal`) grows with what is written until it ends. */
class SqliteSnapshot implements Snapshot {
  readonly dialect = 'sqlite';
  readonly #database: DatabaseSync;

  constructor(path: string) {
    if (!existsSync(path)) throw new BuildgateError('NOT_FOUND', `There is no database at ${path}.`);
    this.#database = openSqlite(path, { readOnly: true });
    // What is read first decides the moment.
    this.#database.exec('BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1');
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.#database.prepare(statement.text('sqlite')).all(...statement.values.map(toSqlite)) as Row[];
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

/** One read-only transaction that is repeatable. */
class PostgresqlSnapshot implements Snapshot {
  readonly dialect = 'postgresql';
  readonly #pool: pg.Pool;
  readonly #client: pg.PoolClient;
  #lost: Error | null = null;

  private constructor(pool: pg.Pool, client: pg.PoolClient) {
    this.#pool = pool;
    this.#client = client;
    // A connection that breaks while no statement runs would end the process; the next statement reports it.
    client.on('error', (error) => (this.#lost = error));
  }

  static async open(url: string): Promise<PostgresqlSnapshot> {
    const pool = openPool(url);
    try {
      const snapshot = new PostgresqlSnapshot(pool, await pool.connect());
      await snapshot.#client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return snapshot;
    } catch (error) {
      void pool.end();
      throw error;
    }
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    if (this.#lost) throw this.#lost;
    const result = await this.#client.query<Row>(statement.text('postgresql'), [...statement.values]);
    return result.rows;
  }

  async close(): Promise<void> {
    this.#client.release(true);
    await this.#pool.end();
  }
}
