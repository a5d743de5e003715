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
 * Locks a database so that nobody else can write, and on PostgreSQL nobody can read these tables.
 * @param tables on PostgreSQL; the head of the change log, which each write needs at its end, unless told
 */
export async function lockDatabase(database: DatabaseConfig, tables = ['change_log_head']): Promise<DatabaseLock> {
  return database.kind === 'sqlite' ? lockFile(database.path) : lockTables(database.url, tables);
}

function lockFile(path: string): DatabaseLock {
  const holder = new DatabaseSync(path);
  holder.exec('BEGIN IMMEDIATE');
  return { waiting: async () => 0, release: async () => holder.close() };
}

async function lockTables(connectionString: string, tables: readonly string[]): Promise<DatabaseLock> {
  const [holder, observer] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
  await Promise.all([holder.connect(), observer.connect()]);
  await holder.query(`BEGIN; LOCK TABLE ${tables.join(', ')} IN ACCESS EXCLUSIVE MODE`);
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
