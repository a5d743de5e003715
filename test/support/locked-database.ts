import { DatabaseSync } from 'node:sqlite';
import pg from 'pg';
import type { DatabaseConfig } from '../../src/core/store/store.js';

/** Somebody else who holds what the statements of a gateway need. */
export interface DatabaseLock {
  /** How many statements of others wait for it now; on SQLite nobody waits within a statement. */
  waiting(): Promise<number>;
  /** Lets the others go on. */
  release(): Promise<void>;
}

/**
 * Locks a database so that nobody else can write; on PostgreSQL neither records nor, at the end of a transaction, the
 * change log.
 */
export async function lockWrites(database: DatabaseConfig): Promise<DatabaseLock> {
  if (database.kind === 'sqlite') return lockFile(database.path);
  return lockTables(database.url, 'change_log_head, event, build, job IN EXCLUSIVE MODE');
}

/** Locks tables of PostgreSQL so that nobody else can read them. */
export async function lockReads(database: DatabaseConfig, tables: readonly string[]): Promise<DatabaseLock> {
  if (database.kind === 'sqlite') throw new Error('Nothing keeps others from reading SQLite.');
  return lockTables(database.url, `${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
}

function lockFile(path: string): DatabaseLock {
  const holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  return { waiting: async () => 0, release: async () => holder.close() };
}

async function lockTables(connectionString: string, what: string): Promise<DatabaseLock> {
  const [holder, observer] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await Promise.all([holder.connect(), observer.connect()]);
  await holder.query(`BEGIN; LOCK TABLE ${what}`);
  return {
    waiting: async () => {
      const { rows } = await observer.query<{ count: string }>(
        `SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return Number(rows[0]!.count);
    },
    release: async () => {
      await Promise.all([holder.end(), observer.end()]);
    },
  };
}
