import { DatabaseSync } from 'node:sqlite';
import { MikroORM, NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { RecordPage, type RecordRow } from '../../../src/core/list/page.js';
import { EVENTS } from '../../../src/core/list/records.js';
import { migrationsOf } from '../../../src/core/store/migration-classes.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import type { Store } from '../../../src/core/store/store.js';
import { emptyDatabase, type TestDatabase } from '../../support/database.js';
import { anotherStore, createWorld, insertRows } from '../world.js';

let database: TestDatabase;
let store: Store;

beforeEach(async () => {
  database = await emptyDatabase();
  store = await anotherStore(database.config);
});
afterEach(async () => {
  await store.close();
  await database.drop();
});

/** Tables, columns, constraints and indexes as the database tells them; the migrator's own table left out. */
async function structure(): Promise<unknown> {
  if (store.dialect === 'sqlite') {
    return store.reader.all(sql`SELECT type, name, tbl_name, sql FROM sqlite_master
      WHERE tbl_name NOT LIKE 'mikro_orm_%' AND name NOT LIKE 'sqlite_s%' ORDER BY type, name`);
  }
  const statements = [
    sql`SELECT table_name, column_name, data_type, is_nullable, column_default, collation_name, identity_generation
      FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE 'mikro_orm_%' ORDER BY 1, 2`,
    sql`SELECT tablename, indexname, indexdef FROM pg_indexes
      WHERE schemaname = 'public' AND tablename NOT LIKE 'mikro_orm_%' ORDER BY 1, 2`,
    sql`SELECT conrelid::regclass::text AS "table", conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE 'mikro_orm_%' ORDER BY 1, 2`,
  ];
  return Promise.all(statements.map((statement) => store.reader.all(statement)));
}

/** Applies the first migration alone, as a release that had no other did. */
async function migrateToFirst(): Promise<void> {
  const { config } = database;
  const [first] = migrationsOf(store.dialect);
  const shared = { entities: [], discovery: { warnWhenNoEntities: false }, extensions: [Migrator] };
  const migrations = { migrationsList: [first!], transactional: true, snapshot: false };
  const orm =
    config.kind === 'sqlite'
      ? await MikroORM.init({
          ...shared,
          migrations,
          driver: SqliteDriver,
          dbName: config.path,
          driverOptions: new NodeSqliteDialect(config.path),
        })
      : await MikroORM.init({ ...shared, migrations, driver: PostgreSqlDriver, clientUrl: config.url });
  await orm.migrator.up().finally(() => orm.close(true));
}

const names = (): string[] => migrationsOf(store.dialect).map(({ name }) => name);

describe('Migrations', () => {
  it('are the same on both databases', () => {
    const of = (dialect: 'sqlite' | 'postgresql') => migrationsOf(dialect).map(({ name }) => name);
    expect(of('sqlite')).toEqual(of('postgresql'));
    expect(of('sqlite').slice(0, 2)).toEqual(['0001_core', '0002_freshmaker']);
  });

  it('bring an empty database up once', async () => {
    expect(await store.pendingMigrations()).toEqual(names());
    expect(await store.migrate()).toEqual(names());
    expect(await store.pendingMigrations()).toEqual([]);
    const before = await structure();
    expect(await store.migrate()).toEqual([]);
    expect(await structure()).toEqual(before);
  });

  it('can be taken back with all data, and applied again to the same structure', async () => {
    const empty = await structure();
    await store.migrate();
    const first = await structure();
    await createWorld(store, 20);
    await store.rollbackMigrations();
    expect(await structure()).toEqual(empty);
    expect(await store.pendingMigrations()).toEqual(names());
    await store.migrate();
    expect(await structure()).toEqual(first);
    expect((await createWorld(store, 3)).event).toHaveLength(3);
  });

  it('keep the rows that an older release stored', async () => {
    await migrateToFirst();
    expect(await store.pendingMigrations()).toEqual(names().slice(1));
    const row = { id: 21, system: 5, legacy_id: '1', name: 'kept', state: 3, legacy_state: 'pass' };
    await store.transact(ANONYMOUS, (transaction) => insertRows(transaction, 'event', [row]));
    expect(await store.migrate()).toEqual(names().slice(1));
    const page = new RecordPage<RecordRow>(store.reader, EVENTS, {}, { defaultSize: 9, maxSize: 9 }, [
      { field: 'LEGACY_ID' },
    ]);
    expect((await page.rows()).rows).toEqual([
      expect.objectContaining({
        id: 21,
        system: 5,
        legacyId: '1',
        name: 'kept',
        state: 3,
        messageId: null,
        dryRun: null,
      }),
    ]);
  });

  it('of two processes at once are each applied once', async () => {
    const other = await anotherStore(database.config);
    const results = await Promise.allSettled([store.migrate(), other.migrate()]);
    await other.close();
    expect(results.some(({ status }) => status === 'fulfilled')).toBe(true);
    await store.migrate();
    expect(await store.pendingMigrations()).toEqual([]);
    const [applied] = await store.reader.all<{ total: number }>(
      raw('SELECT COUNT(*) AS total FROM mikro_orm_migrations'),
    );
    expect(applied).toEqual({ total: names().length });
    expect(await store.reader.all(sql`SELECT sequence FROM change_log_head`)).toEqual([{ sequence: 0 }]);
  });

  it('give SQLite figures for every index of records, so that plans do not wait for ANALYZE', async () => {
    if (database.config.kind !== 'sqlite') return;
    await store.migrate();
    const file = new DatabaseSync(database.config.path, { readOnly: true });
    const lacking = file
      .prepare(
        `SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name IN ('event', 'build', 'job')
          AND name NOT IN (SELECT idx FROM sqlite_stat1)`,
      )
      .all();
    file.close();
    expect(lacking).toEqual([]);
  });
});
