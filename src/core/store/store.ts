import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { EntitySchema, MikroORM } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/sql';
import type { CompiledQuery } from 'kysely';
import type { Principal } from '../auth/principal.js';
import { BuildgateError } from '../errors.js';
import { ALONE, PostgresqlCluster, type Cluster } from './cluster.js';
import { type FinishedRead, telling } from './finished-read.js';
import { holdingMigrationLock } from './migration-lock.js';
import type * as Mapping from './mapping.js';
import { missingMigrations } from './migrations.js';
import { openPool, POOL_SIZE, PostgresqlReader } from './postgresql.js';
import { PostgresqlWriter } from './postgresql-writer.js';
import { currentOperation, outsideOfOperations } from './operation-scope.js';
import { noMapper, READ_ONLY_WRITER } from './read-only.js';
import type { Reader, StatementListener } from './reader.js';
import { SqliteReader } from './sqlite-reader.js';
import { SqliteWriter } from './sqlite-writer.js';
import { isStalePlan, StatementNames } from './statement-names.js';
import { sql, type Dialect } from './sql.js';
import { Transaction } from './transaction.js';
import { isUnavailable, refusalOf, wasCut } from './unavailable.js';
import type { Progress, WriteConnection, Writer } from './writer.js';

/** Where the data is. */
export type DatabaseConfig =
  { readonly kind: 'sqlite'; readonly path: string } | { readonly kind: 'postgresql'; readonly url: string };

/** What may be counted of a database. */
export type StoreIncident = 'connect' | 'error' | 'rollback';

/** What a store is opened with. */
export interface StoreOptions {
  readonly database: DatabaseConfig;
  readonly entities: readonly EntitySchema[];
  /** Told of every statement; none by default. */
  readonly onStatement?: StatementListener;
  /** Told of every read outside of transactions when it has been answered; costs nothing where nobody is told. */
  readonly onRead?: (read: FinishedRead) => void;
  /** Opens it for reading alone: verbs fail with a `ReadOnlyError`, and a file that is not there is not made. */
  readonly readOnly?: boolean;
  /** Told of faults on idle connections; they are re-established by themselves. */
  readonly onConnectionError?: (error: Error) => void;
  /** Told of connections made, statements that failed and transactions rolled back. */
  readonly onIncident?: (incident: StoreIncident) => void;
  /** How long PostgreSQL may take for a connection and for each statement; what it needs, unless told. */
  readonly timeoutMs?: number;
  /** How long a verb is tried again while others hold what it needs, in milliseconds (default 10,000). */
  readonly maxWaitMs?: number;
  /** The clock, microseconds since 1970. */
  readonly now?: () => number;
}

const MAX_WAIT_MS = 10_000;
const FIRST_WAIT_MS = 5;
const LAST_WAIT_MS = 100;

/** The one store: plain reads, transactions of verbs, migrations. */
export class Store {
  /** Reads outside of transactions; sees what is committed. */
  readonly reader: Reader;
  readonly dialect: Dialect;
  readonly #openMapper: () => Promise<MikroORM>;
  #mapper: Promise<MikroORM> | undefined;
  /** Gives errors as they are, for commands whose user looks after the database. */
  readonly #plainReader: Reader;
  readonly #writer: Writer;
  readonly #now: () => number;
  readonly #closeDatabase: () => Promise<void>;
  readonly #maxWaitMs: number;
  readonly #onIncident: (incident: StoreIncident) => void;
  readonly #committed = new Set<() => void>();
  readonly #database: DatabaseConfig;
  readonly #instance = randomUUID();

  private constructor({ reader, writer, close, openMapper }: Connections, options: StoreOptions) {
    this.reader = this.#observing(reader, options);
    this.dialect = reader.dialect;
    this.#openMapper = openMapper;
    this.#plainReader = reader;
    this.#writer = writer;
    this.#closeDatabase = close;
    this.#database = options.database;
    this.#onIncident = options.onIncident ?? (() => undefined);
    this.#maxWaitMs = options.maxWaitMs ?? MAX_WAIT_MS;
    this.#now = options.now ?? (() => Date.now() * 1000);
  }

  /**
   * Opens the database; creates the file of an embedded one, unless for reading. Does not migrate.
   * @throws BuildgateError NOT_FOUND when there is no file to read
   */
  static async open(options: StoreOptions): Promise<Store> {
    const { database } = options;
    const connections =
      database.kind === 'sqlite'
        ? openSqliteFile(resolve(database.path), options)
        : openPostgresql(database.url, options);
    return new Store(connections, options);
  }

  /** A fresh unit of work outside of any transaction. */
  async entityManager(): Promise<SqlEntityManager> {
    return (await this.mapper()).em.fork() as SqlEntityManager;
  }

  /**
   * What maps entities. Loaded when it is first needed, since it is a quarter of all that is loaded; a process that is
   * about to serve loads it as soon as it listens, so that its first verb need not wait for it.
   */
  mapper(): Promise<MikroORM> {
    this.#mapper ??= this.#openMapper().catch((error: unknown) => {
      this.#mapper = undefined;
      throw error;
    });
    return this.#mapper;
  }

  /** Time for records, microseconds since 1970. */
  now(): number {
    return this.#now();
  }

  /**
   * Calls back after every commit that changed something; once it has joined the cluster, also when another process may
   * have committed. Returns a function that ends it.
   */
  onCommit(listener: () => void): () => void {
    this.#committed.add(listener);
    return () => this.#committed.delete(listener);
  }

  /**
   * Joins the gateways on the same database.
   * @param onError told of a lost connection, which is made anew
   */
  async join(onError: (error: unknown) => void): Promise<Cluster> {
    if (this.#database.kind === 'sqlite') return ALONE;
    const onWake = (): void => this.#tellListeners();
    return PostgresqlCluster.join(this.#database.url, this.#instance, { onWake, onError });
  }

  /**
   * Runs a verb in one transaction. Refused serialisations, deadlocks, a busy SQLite file and a connection that was lost
   * before the commit are tried again from the start, so the verb must keep its effects inside the transaction.
   * @throws what the verb throws, BuildgateError UNAVAILABLE when the database is away, or TIMEOUT when the time of the
   * operation is over; nothing is stored then, unless the connection was lost during the commit
   */
  async transact<Result>(principal: Principal, verb: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + this.#maxWaitMs;
    const operation = currentOperation();
    for (let attempt = 1; ; attempt++) {
      const progress: Progress = { isCommitting: false };
      try {
        return await this.#attempt(principal, verb, progress);
      } catch (error) {
        this.#onIncident('rollback');
        if (!(error instanceof BuildgateError)) this.#onIncident('error');
        const mayRepeat = isTransient(error) || (isUnavailable(error) && !progress.isCommitting);
        if (mayRepeat && operation?.isTimedOut) throw operation.timeout;
        if (!mayRepeat || Date.now() > deadline) throw refusalOf(error);
        await setTimeout(Math.min(attempt * FIRST_WAIT_MS, LAST_WAIT_MS));
      }
    }
  }

  /** Names of the migrations that the database lacks; waits for another process that is at them. */
  async pendingMigrations(): Promise<string[]> {
    const missing = await missingMigrations(this.#plainReader);
    return missing.length === 0 ? missing : this.#alone(() => missingMigrations(this.#plainReader));
  }

  /**
   * Brings the database to the newest structure; waits for another process that is at it.
   * @returns the names of the migrations that this process applied
   */
  async migrate(): Promise<string[]> {
    if ((await missingMigrations(this.#plainReader)).length === 0) return [];
    const { migrator } = await this.mapper();
    return (await this.#alone(() => migrator.up())).map(({ name }) => name);
  }

  /** Takes back every migration, newest first. All data is lost. */
  async rollbackMigrations(): Promise<void> {
    await (await this.mapper()).migrator.down({ to: 0 });
  }

  /** Fails when the database does not answer. */
  async ping(): Promise<void> {
    await this.reader.all(sql`SELECT 1 AS one`);
  }

  async close(): Promise<void> {
    await (await this.#mapper?.catch(() => undefined))?.close(true);
    await this.#closeDatabase();
  }

  /** For one process at a time. */
  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.#database.kind === 'sqlite' ? work() : holdingMigrationLock(this.#database.url, work);
  }

  #observing(reader: Reader, { onRead }: Pick<StoreOptions, 'onRead'>): Reader {
    const told = onRead ? telling(reader, onRead) : reader;
    const { dialect, lookups } = reader;
    return {
      dialect,
      all: (statement) => this.#observed(() => told.all(statement)),
      ...(lookups && { lookups: this.#observing(lookups, { onRead }) }),
    };
  }

  async #observed<Row extends object>(read: () => Promise<Row[]>): Promise<Row[]> {
    const operation = currentOperation();
    for (let attempt = 1; ; attempt++) {
      operation?.check();
      try {
        const rows = await read();
        if (operation) operation.rowsRead += rows.length;
        return rows;
      } catch (error) {
        this.#onIncident('error');
        if (operation?.isTimedOut) throw operation.timeout;
        // A server that was restarted has cut the idle connections, too; the pool knows that only when it uses them.
        if ((!wasCut(error) && !isStalePlan(error)) || attempt > POOL_SIZE) throw refusalOf(error);
      }
    }
  }

  async #attempt<Result>(
    principal: Principal,
    verb: (transaction: Transaction) => Promise<Result>,
    progress: Progress,
  ): Promise<Result> {
    let transaction: Transaction | undefined;
    const mapper = await this.mapper();
    const result = await this.#writer.transact(progress, async (connection) => {
      transaction = new Transaction({
        connection,
        unitOfWork: () => unitOfWork(mapper, connection),
        principal,
        now: this.now(),
        instance: this.#instance,
      });
      const value = await verb(transaction);
      await transaction.finish();
      return value;
    });
    outsideOfOperations(() => {
      transaction?.committed();
      this.#tellListeners();
    });
    return result;
  }

  #tellListeners(): void {
    for (const listener of this.#committed) listener();
  }
}

/** What reads and transactions go through. */
interface Connections {
  readonly reader: Reader;
  readonly writer: Writer;
  readonly close: () => Promise<void>;
  readonly openMapper: () => Promise<MikroORM>;
}

function openSqliteFile(path: string, options: StoreOptions): Connections {
  const { onStatement: listener = () => undefined, readOnly = false } = options;
  if (readOnly && !existsSync(path)) throw new BuildgateError('NOT_FOUND', `There is no database at ${path}.`);
  if (!readOnly) makeFile(path);
  const writer = readOnly ? READ_ONLY_WRITER : new SqliteWriter(path, listener);
  const reader = new SqliteReader(path, listener);
  options.onIncident?.('connect');
  const close = async (): Promise<void> => {
    reader.close();
    writer.close();
  };
  const openMapper = async (): Promise<MikroORM> => (await mapping()).sqliteMapper(path, options.entities);
  return { reader, writer, close, openMapper: readOnly ? noMapper : openMapper };
}

/** Makes the file for its owner alone, as it will hold hashes of passwords and tokens; the files beside it follow its rights. */
function makeFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
}

function openPostgresql(url: string, options: StoreOptions): Connections {
  const { onStatement: listener = () => undefined, readOnly = false, onConnectionError: onError, timeoutMs } = options;
  const pool = openPool(url, {
    // A transaction's last statement and its commit go out together.
    pipeline: true,
    ...(onError && { onError }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  });
  pool.on('connect', () => options.onIncident?.('connect'));
  const names = new StatementNames();
  const reader = new PostgresqlReader(pool, names, listener);
  const writer = readOnly ? READ_ONLY_WRITER : new PostgresqlWriter(pool, names, listener);
  const openMapper = async (): Promise<MikroORM> => (await mapping()).postgresqlMapper(pool, options.entities);
  return {
    reader,
    writer,
    close: () => pool.end(),
    openMapper: readOnly ? noMapper : openMapper,
  };
}

/** Entities inside a transaction that has begun: MikroORM asks nothing more of it than to run statements. */
function unitOfWork(mapper: MikroORM, connection: WriteConnection): SqlEntityManager {
  const em = mapper.em.fork() as SqlEntityManager;
  em.setTransactionContext({ executeQuery: ({ sql: text }: CompiledQuery) => connection.execute(text) });
  return em;
}

function mapping(): Promise<typeof Mapping> {
  return import('./mapping.js');
}

/** SQLITE_BUSY and SQLITE_LOCKED; PostgreSQL's serialization_failure and deadlock_detected, and a stale plan. */
function isTransient(error: unknown): boolean {
  if (isStalePlan(error)) return true;
  const codes = new Set<unknown>(['40001', '40P01', 5, 6]);
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code, errcode } = cause as Error & { code?: unknown; errcode?: unknown };
    if (codes.has(code) || codes.has(errcode)) return true;
  }
  return false;
}
