import { resolve } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import type pg from 'pg';
import { openPool } from './postgresql.js';
import { sql, type Sql } from './sql.js';
import { openSqlite, toSqlite } from './sqlite-reader.js';
import { foreignSnapshot } from './snapshot-version.js';
import type { DatabaseConfig } from './store.js';

/** What a database is at. Two of one `DataVersion` are compared with `===`. */
export type Version = number | string;

/**
 * Tells whether a database has changed, whoever changed it: this process, another gateway, an import, a person with a
 * client. Two equal versions mean that every statement between the two questions saw the same rows, since no version
 * comes again once there has been another one; only the rows that `writeAside` writes may differ. Different ones mean
 * nothing: maintenance may change the version, too.
 */
export interface DataVersion {
  /**
   * The version at some moment after the call. Whatever was committed, and its writer told so, before the call is part of
   * it.
   * @throws or rejects with the driver's error when the database does not tell
   */
  current(): Version | Promise<Version>;
  /**
   * Runs a statement that writes, in a transaction of its own that leaves the version as it is here. (To other gateways on
   * a PostgreSQL it is a change like any other.) So it may write only what no kept answer shows, and it should be worth no
   * more than that: it is counted nowhere, and a power cut may take it back.
   * @param statement an INSERT, UPDATE or DELETE without RETURNING
   * @returns how many rows it wrote
   * @throws the driver's error; what was written is then not known
   */
  writeAside(statement: Sql): Promise<number>;
  close(): Promise<void>;
}

/** Opens a connection that asks for nothing else; PostgreSQL is connected to with the first question. */
export function openDataVersion(database: DatabaseConfig): DataVersion {
  return database.kind === 'sqlite' ? new SqliteVersion(database.path) : new PostgresqlVersion(database.url);
}

/** Only the low byte tells what an extended code is about. */
const SQLITE_BUSY = 5;
/** How long another writer of the file is waited for. */
const BUSY_MS = 5_000;
const BUSY_PAUSE_MS = 5;

/**
 * `PRAGMA data_version` of a connection changes with every commit of all others, and with none of its own. It looks at the
 * index of the write-ahead log in shared memory: microseconds, and no file is read.
 */
class SqliteVersion implements DataVersion {
  readonly #database: DatabaseSync;
  readonly #question: StatementSync;

  constructor(path: string) {
    this.#database = openSqlite(resolve(path), { readOnly: false });
    // SQLite would wait for other writers with the whole process, and what is written aside need not survive a power cut.
    this.#database.exec('PRAGMA busy_timeout = 0; PRAGMA synchronous = normal');
    this.#question = this.#database.prepare('PRAGMA data_version');
  }

  current(): number {
    return (this.#question.get() as { data_version: number }).data_version;
  }

  async writeAside(statement: Sql): Promise<number> {
    const deadline = performance.now() + BUSY_MS;
    const prepared = this.#database.prepare(statement.text('sqlite'));
    for (;;) {
      try {
        return Number(prepared.run(...statement.values.map(toSqlite)).changes);
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadline) throw error;
        await setTimeout(BUSY_PAUSE_MS);
      }
    }
  }

  async close(): Promise<void> {
    this.#database.close();
  }
}

function isBusy(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown };
  return typeof errcode === 'number' && (errcode & 0xff) === SQLITE_BUSY;
}

/**
 * Which transactions a statement sees as committed. Only what writes has a number among them, and the number of the
 * newest never goes back; so nobody has committed between two equal ones. A server that was restored from a backup counts
 * on from there: the time of its start tells it apart.
 */
const SERVER = 'extract(epoch FROM pg_postmaster_start_time())::text';
const SNAPSHOT = `SELECT pg_current_snapshot()::text, ${SERVER}`;
/** Who waits for a version has not even begun to read: a server that is slow now is asked for the answer itself. */
const TIMEOUT_MS = 1_000;
/** One for questions, and one for what is written aside, which no question is to wait for. */
const CONNECTIONS = 2;
/** Most transactions that are remembered; those forgotten count as changes. */
const MAX_OWN = 1_000;

class PostgresqlVersion implements DataVersion {
  readonly #pool: pg.Pool;
  /** Settles when the question on its way has been answered. */
  #underway: Promise<unknown> | undefined;
  /** The answer to the question after that. */
  #next: Promise<string> | undefined;
  /** Numbers of the transactions that wrote aside, of the server that `#server` names. */
  readonly #own = new Set<number>();
  #server: string | undefined;

  constructor(url: string) {
    this.#pool = openPool(url, { timeoutMs: TIMEOUT_MS, size: CONNECTIONS });
  }

  /** Who comes while a question is on its way shares the next one: what was committed meanwhile might not be in it. */
  current(): Promise<string> {
    return (this.#next ??= this.#askNext());
  }

  async writeAside(statement: Sql): Promise<number> {
    const whole = sql`WITH written AS (${statement} RETURNING 1) SELECT COUNT(*), pg_current_xact_id()::text, `;
    const text = `${whole.text('postgresql')}${SERVER} FROM written`;
    const asked = this.#pool.query<[number, string, string]>({ text, values: [...whole.values], rowMode: 'array' });
    const [count, transaction, server] = (await asked).rows[0]!;
    this.#remember(Number(transaction), server);
    return count;
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  async #askNext(): Promise<string> {
    await this.#underway;
    this.#next = undefined;
    const asked = this.#pool.query<[string, string]>({ name: 'data_version', text: SNAPSHOT, rowMode: 'array' });
    this.#underway = asked.catch(() => undefined);
    const [snapshot, server] = (await asked).rows[0]!;
    return `${server === this.#server ? foreignSnapshot(snapshot, this.#own) : snapshot} ${server}`;
  }

  /** A restored server gives numbers anew: what is known of an earlier start says nothing of this one. */
  #remember(transaction: number, server: string): void {
    if (server !== this.#server) this.#own.clear();
    this.#server = server;
    this.#own.add(transaction);
    if (this.#own.size > MAX_OWN) this.#own.delete(this.#own.values().next().value!);
  }
}
