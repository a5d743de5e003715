import { MikroORM, NodeSqliteDialect, SqliteDriver } from '@mikro-orm/sql';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { Migrator } from '@mikro-orm/migrations';
import type { EntitySchema } from '@mikro-orm/core';
import { PostgresDialect } from 'kysely';
import pg from 'pg';
import { migrationsOf } from './migration-classes.js';
import { MIGRATIONS_TABLE } from './migrations.js';
import { lease } from './postgresql.js';
import type { Dialect } from './sql.js';
import { SQLITE_SETTINGS } from './sqlite-writer.js';

/** MikroORM, its drivers and its migrator: loaded when something is mapped or migrated. */

function sharedOptions(entities: readonly EntitySchema[], dialect: Dialect) {
  return {
    entities: [...entities],
    extensions: [Migrator],
    migrations: {
      tableName: MIGRATIONS_TABLE,
      migrationsList: migrationsOf(dialect),
      transactional: true,
      allOrNothing: true,
      snapshot: false,
    },
    allowGlobalContext: false,
    // It would look for a database over a connection of its own, with the first entity and so inside of a transaction: as
    // many verbs at once as the pool has connections would wait for each other.
    ensureDatabase: false,
    colors: false,
    logger: () => undefined,
  };
}

/** Maps entities of the embedded database, over a connection of its own outside of transactions. */
export async function sqliteMapper(path: string, entities: readonly EntitySchema[]): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...sharedOptions(entities, 'sqlite'),
    driver: SqliteDriver,
    dbName: path,
    driverOptions: new NodeSqliteDialect(path),
  });
  const connection = orm.em.getConnection();
  for (const setting of SQLITE_SETTINGS) await connection.execute(setting);
  return orm as unknown as MikroORM;
}

/** Maps entities of PostgreSQL, over the pool. */
export async function postgresqlMapper(pool: pg.Pool, entities: readonly EntitySchema[]): Promise<MikroORM> {
  const orm = await MikroORM.init({
    ...sharedOptions(entities, 'postgresql'),
    driver: PostgreSqlDriver,
    dbName: new URL('postgres://localhost').pathname || 'buildgate',
    // The store ends the pool, once; MikroORM would end it as often as it made a client of it, and never without one.
    driverOptions: new PostgresDialect({
      pool: { connect: () => lease(pool), end: async () => undefined, options: pool.options, Client: pg.Client },
    }),
  });
  return orm as unknown as MikroORM;
}
