import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { Store, type DatabaseConfig } from '../../src/core/store/store.js';

const POSTGRESQL_URL = process.env.BUILDGATE_TEST_POSTGRESQL_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** A database that one test owns. */
export interface TestDatabase {
  readonly config: DatabaseConfig;
  /** Removes it. Close every store on it before. */
  drop(): Promise<void>;
}

/** An empty database: an SQLite file, or a PostgreSQL database when BUILDGATE_TEST_DATABASE says `postgresql`. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return process.env.BUILDGATE_TEST_DATABASE === 'postgresql' ? emptyPostgresql() : emptySqlite();
}

/** The same with the newest structure. */
export async function testDatabase(): Promise<TestDatabase> {
  const database = await emptyDatabase();
  try {
    const store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
    await store.migrate().finally(() => store.close());
  } catch (error) {
    await database.drop();
    throw error;
  }
  return database;
}

function emptySqlite(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'buildgate-'));
  return {
    config: { kind: 'sqlite', path: join(folder, 'test.db') },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function emptyPostgresql(): Promise<TestDatabase> {
  const name = `buildgate_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${name}`);
  const url = new URL(POSTGRESQL_URL);
  url.pathname = `/${name}`;
  return {
    config: { kind: 'postgresql', url: url.href },
    drop: () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRESQL_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
