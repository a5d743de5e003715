import pg from 'pg';
import type { QueryResult } from 'kysely';
import { currentOperation } from './operation-scope.js';
import { lease } from './postgresql.js';
import { cancelledInTime } from './postgresql-cancel.js';
import type { StatementListener } from './reader.js';
import type { Sql } from './sql.js';
import type { StatementNames } from './statement-names.js';
import { EndedError, type Progress, type WriteConnection, type Writer } from './writer.js';

/** Commands whose result says how many rows they changed. */
const CHANGING = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** Transactions over connections of the pool. */
export class PostgresqlWriter implements Writer {
  readonly #pool: pg.Pool;
  readonly #names: StatementNames;
  readonly #listener: StatementListener;

  constructor(pool: pg.Pool, names: StatementNames, listener: StatementListener) {
    this.#pool = pool;
    this.#names = names;
    this.#listener = listener;
  }

  async transact<Result>(progress: Progress, work: (connection: WriteConnection) => Promise<Result>): Promise<Result> {
    const client = await lease(this.#pool);
    const connection = new PostgresqlConnection(client, this.#names, this.#listener, progress);
    try {
      await client.query('BEGIN');
      const result = await work(connection);
      await connection.commit();
      client.release(connection.isSpoilt);
      return result;
    } catch (error) {
      await connection.rollback().then(
        // After a commit without an answer nobody knows what the connection is at.
        () => client.release(progress.isCommitting || connection.isSpoilt),
        () => client.release(true),
      );
      throw error;
    }
  }

  /** The pool is the store's to end. */
  close(): void {}
}

class PostgresqlConnection implements WriteConnection {
  readonly dialect = 'postgresql';
  readonly #client: pg.PoolClient;
  readonly #names: StatementNames;
  readonly #listener: StatementListener;
  readonly #progress: Progress;
  #ended = false;
  /** Whether a request to end a statement of it is under way, which may meet the next one. */
  isSpoilt = false;

  constructor(client: pg.PoolClient, names: StatementNames, listener: StatementListener, progress: Progress) {
    this.#client = client;
    this.#names = names;
    this.#listener = listener;
    this.#progress = progress;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    this.#check();
    return this.#send<Row>(statement);
  }

  /** A statement that the server refused makes its commit a rollback; one that may not begin must not be left out of it. */
  async last<Row extends object>(statement: Sql): Promise<Row[]> {
    this.#check();
    const [found, committed] = await Promise.allSettled([this.#send<Row>(statement), this.commit()]);
    if (found.status === 'fulfilled') {
      if (committed.status === 'rejected') throw committed.reason;
      return found.value;
    }
    if (found.reason instanceof pg.DatabaseError) this.#progress.isCommitting = false;
    throw found.reason;
  }

  async execute(text: string): Promise<QueryResult<unknown>> {
    this.#check();
    const { command, rowCount, rows } = await this.#inTime(() => this.#client.query<object>(text));
    return CHANGING.has(command) ? { rows, numAffectedRows: BigInt(rowCount ?? 0) } : { rows };
  }

  async commit(): Promise<void> {
    if (this.#ended) return;
    this.#ended = this.#progress.isCommitting = true;
    const { command } = await this.#client.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('The database took the transaction back.');
  }

  async rollback(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#client.query('ROLLBACK');
  }

  async #send<Row extends object>(statement: Sql): Promise<Row[]> {
    const text = statement.text('postgresql');
    this.#listener(text);
    const name = this.#names.of(text);
    const query = { name, text, values: [...statement.values] };
    try {
      return (await this.#inTime(() => this.#client.query<Row>(query))).rows;
    } catch (error) {
      this.#names.heed(error, name);
      throw error;
    }
  }

  #inTime<Result>(send: () => Promise<Result>): Promise<Result> {
    return cancelledInTime(currentOperation(), this.#client, send, () => (this.isSpoilt = true));
  }

  #check(): void {
    if (this.#ended) throw new EndedError();
    currentOperation()?.check();
  }
}
