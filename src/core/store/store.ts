import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MikroORM, NodeSqliteDialect, SqliteDriver, type SqlEntityManager } from '@mikro-orm/sql';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import type { EntitySchema } from '@mikro-orm/core';
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Principal } from '../auth/principal.js';
import { BuildgateError } from '../errors.js';
import { migrationsOf } from './migrations.js';
import { openPool, PostgresqlReader } from './postgresql.js';
import type { Reader, StatementListener } from './reader.js';
import { SqliteReader } from './sqlite-reader.js';
import { sql, type Dialect } from './sql.js';
import { Transaction } from './transaction.js';

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
  /** Told of faults on idle connections; they are re-established by themselves. */
  readonly onConnectionError?: (error: Error) => void;
  /** Told of connections made, statements that failed and transactions rolled back. */
  readonly onIncident?: (incident: StoreIncident) => void;
  /** The clock, microseconds since 1970. */
  readonly now?: () => number;
}

/** How long a verb is tried again while others hold what it needs. */
const MAX_WAIT_MS = 10_000;
const FIRST_WAIT_MS = 5;
const LAST_WAIT_MS = 100;

/** The one store: plain reads, transactions of verbs, migrations. */
export class Store {
  /** Reads outside of transactions; sees what is committed. */
  readonly reader: Reader;
  readonly dialect: Dialect;
  readonly #orm: MikroORM;
  readonly #listener: StatementListener;
  readonly #now: () => number;
  readonly #closeReader: () => Promise<void>;
  readonly #onIncident: (incident: StoreIncident) => void;
  readonly #committed = new Set<() => void>();

  private constructor(orm: MikroORM, reader: Reader, closeReader: () => Promise<void>, options: StoreOptions) {
    this.reader = { dialect: reader.dialect, all: (statement) => this.#observed(reader.all(statement)) };
    this.dialect = reader.dialect;
    this.#orm = orm;
    this.#closeReader = closeReader;
    this.#listener = options.onStatement ?? (() => undefined);
    this.#onIncident = options.onIncident ?? (() => undefined);
    this.#now = options.now ?? (() => Date.now() * 1000);
  }

  /** Opens the database; creates the file of an embedded one. Does not migrate. */
  static async open(options: StoreOptions): Promise<Store> {
    const listener = options.onStatement ?? (() => undefined);
    if (options.database.kind === 'sqlite') {
      const path = resolve(options.database.path);
      mkdirSync(dirname(path), { recursive: true });
      const orm = await initSqlite(path, options);
      const reader = new SqliteReader(path, listener);
      options.onIncident?.('connect');
      return new Store(orm, reader, async () => reader.close(), options);
    }
    const pool = openPool(options.database.url, options.onConnectionError ?? (() => undefined));
    pool.on('connect', () => options.onIncident?.('connect'));
    const orm = await initPostgresql(pool, options);
    return new Store(orm, new PostgresqlReader(pool, listener), () => pool.end(), options);
  }

  /** A fresh unit of work outside of any transaction. */
  entityManager(): SqlEntityManager {
    return this.#orm.em.fork() as SqlEntityManager;
  }

  /** Time for records, microseconds since 1970. */
  now(): number {
    return this.#now();
  }

  /** Calls back after every commit that changed something. Returns a function that ends it. */
  onCommit(listener: () => void): () => void {
    this.#committed.add(listener);
    return () => this.#committed.delete(listener);
  }

  /**
   * Runs a verb in one transaction. Refused serialisations, deadlocks and a busy SQLite file are tried again from the
   * start, so the verb must keep its effects inside the transaction. Rejects with what the verb throws; nothing is
   * stored then.
   */
  async transact<Result>(principal: Principal, verb: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const deadline = Date.now() + MAX_WAIT_MS;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#attempt(principal, verb);
      } catch (error) {
        this.#onIncident('rollback');
        if (!(error instanceof BuildgateError)) this.#onIncident('error');
        if (!isTransient(error) || Date.now() > deadline) throw error;
        await setTimeout(Math.min(attempt * FIRST_WAIT_MS, LAST_WAIT_MS));
      }
    }
  }

  /** Names of the migrations that the database lacks. */
  async pendingMigrations(): Promise<string[]> {
    return (await this.#orm.migrator.getPending()).map(({ name }) => name);
  }

  /** Brings the database to the newest structure; resolves with the names of the migrations applied. */
  async migrate(): Promise<string[]> {
    return (await this.#orm.migrator.up()).map(({ name }) => name);
  }

  /** Takes back every migration, newest first. All data is lost. */
  async rollbackMigrations(): Promise<void> {
    await this.#orm.migrator.down({ to: 0 });
  }

  /** Fails when the database does not answer. */
  async ping(): Promise<void> {
    await this.reader.all(sql`SELECT 1 AS one`);
  }

  async close(): Promise<void> {
    await this.#orm.close(true);
    await this.#closeReader();
  }

  async #observed<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      this.#onIncident('error');
      throw error;
    }
  }

  async #attempt<Result>(principal: Principal, verb: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    let transaction: Transaction | undefined;
    const result = await this.entityManager().transactional(async (em) => {
      transaction = new Transaction(em as SqlEntityManager, principal, this.now(), this.dialect, this.#listener);
      // SQLite refuses a reader that turns writer after somebody else wrote; a writer from the start waits its turn.
      if (this.dialect === 'sqlite')
        await transaction.all(sql`UPDATE change_log_head SET sequence = sequence WHERE id = 1`);
      const value = await verb(transaction);
      await transaction.finish();
      return value;
    });
    transaction?.committed();
    for (const listener of this.#committed) listener();
    return result;
  }
}

/** SQLITE_BUSY and SQLITE_LOCKED; PostgreSQL's serialization_failure and deadlock_detected. */
function isTransient(error: unknown): boolean {
  const codes = new Set<unknown>(['40001', '40P01', 5, 6]);
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code, errcode } = cause as Error & { code?: unknown; errcode?: unknown };
    if (codes.has(code) || codes.has(errcode)) return true;
  }
  return false;
}

function sharedOptions(options: StoreOptions, dialect: Dialect) {
  return {
    entities: [...options.entities],
    extensions: [Migrator],
    migrations: { migrationsList: migrationsOf(dialect), transactional: true, allOrNothing: true, snapshot: false },
    allowGlobalContext: false,
    colors: false,
    logger: () => undefined,
  };
}

async function initSqlite(path: string, options: StoreOptions): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...sharedOptions(options, 'sqlite'),
    driver: SqliteDriver,
    dbName: path,
    driverOptions: new NodeSqliteDialect(path),
  });
  const connection = orm.em.getConnection();
  // WAL lets readers work beside the writer; FULL makes an acknowledged commit survive a power cut, too. SQLite waits
  // for a lock with the whole process; so it waits briefly, and `transact` tries again.
  for (const pragma of ['journal_mode = wal', 'synchronous = full', 'busy_timeout = 20', 'foreign_keys = on']) {
    await connection.execute(`pragma ${pragma}`);
  }
  return orm as unknown as MikroORM;
}

async function initPostgresql(pool: pg.Pool, options: StoreOptions): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...sharedOptions(options, 'postgresql'),
    driver: PostgreSqlDriver,
    dbName: new URL('postgres://localhost').pathname || 'buildgate',
    // The store ends the pool, once; MikroORM would end it as often as it made a client of it, and never without one.
    driverOptions: new PostgresDialect({
      pool: { connect: () => pool.connect(), end: async () => undefined, options: pool.options, Client: pg.Client },
    }),
  });
  return orm as unknown as MikroORM;
}
