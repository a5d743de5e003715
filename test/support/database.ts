import { randomUUID } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { inject } from 'vitest';
import type { DatabaseConfig } from '../../src/core/store/store.js';

const POSTGRESQL_URL = process.env.BUILDGATE_TEST_POSTGRESQL_URL ?? 'postgres://postgres@127.0.0.1:5432/test';

/** A database that one test owns. */
export interface TestDatabase {
  readonly config: DatabaseConfig;
  /** Removes it. Close every store on it before. */
  drop(): Promise<void>;
}

/** An empty database: an SQLite file, or a PostgreSQL database when BUILDGATE_TEST_DATABASE says `postgresql`. */
export async function emptyDatabase(
  kind: string | undefined = process.env.BUILDGATE_TEST_DATABASE,
): Promise<TestDatabase> {
  return kind === 'postgresql' ? emptyPostgresql() : emptySqlite();
}

/** The same with the newest structure: a copy of the run's template. */
export async function testDatabase(): Promise<TestDatabase> {
  const template = inject('template');
  if (template.kind === 'postgresql') return emptyPostgresql(new URL(template.url).pathname.slice(1));
  const database = emptySqlite();
  if (database.config.kind === 'sqlite') copyFileSync(template.path, database.config.path);
  return database;
}

function emptySqlite(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'buildgate-'));
  return {
    config: { kind: 'sqlite', path: join(folder, 'test.db') },
    drop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

async function emptyPostgresql(template = 'template1'): Promise<TestDatabase> {
  const name = `buildgate_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
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
