import type { QueryResult } from 'kysely';
import type { Reader } from './reader.js';
import type { Sql } from './sql.js';

/** The connection of one transaction that has begun. */
export interface WriteConnection extends Reader {
  /** Runs a statement with its values in its text, as MikroORM makes it: not worth keeping prepared. */
  execute(text: string): Promise<QueryResult<unknown>>;
  /**
   * Runs the last statement. A database that is reached over a network commits in the same journey, so that others wait
   * no longer than they must for what the statement locks.
   */
  last<Row extends object>(statement: Sql): Promise<Row[]>;
}

/** How far a transaction has come. */
export interface Progress {
  /** Whether it may be stored although it failed: the commit was sent, and no answer came. */
  isCommitting: boolean;
}

/** Runs transactions. */
export interface Writer {
  /**
   * Begins a transaction, does the work, and commits; takes back everything when the work rejects.
   * @throws what the work or the database rejects with
   */
  transact<Result>(progress: Progress, work: (connection: WriteConnection) => Promise<Result>): Promise<Result>;
  close(): void;
}

/** A statement came after its transaction had ended. */
export class EndedError extends Error {
  constructor() {
    super('A statement of a transaction ran outside of it.');
  }
}
