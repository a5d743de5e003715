import { readdirSync } from 'node:fs';
import { first, type Reader } from './reader.js';
import { raw, sql, type Dialect } from './sql.js';

/** Top-level folder of the released SQL files, one subfolder for each database. */
const FOLDER = new URL('../../../migrations/', import.meta.url);

/** The migrator's own table: the names of the migrations that were applied. */
export const MIGRATIONS_TABLE = 'mikro_orm_migrations';

/** Names of the migrations of a database, in order. */
export function migrationNames(dialect: Dialect): string[] {
  return readdirSync(new URL(`${dialect}/`, FOLDER))
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) => file.replace(/\.sql$/, ''));
}

/** Where the statements of a migration are. */
export function migrationFile(dialect: Dialect, name: string): URL {
  return new URL(`${dialect}/${name}.sql`, FOLDER);
}

/** Names of the migrations that were applied, in that order; null when the database has never been migrated. */
export async function appliedMigrations(reader: Reader): Promise<string[] | null> {
  const exists =
    reader.dialect === 'sqlite'
      ? sql`SELECT 1 AS one FROM sqlite_schema WHERE type = 'table' AND name = ${MIGRATIONS_TABLE}`
      : sql`SELECT 1 AS one WHERE to_regclass(${MIGRATIONS_TABLE}) IS NOT NULL`;
  if (!(await first(reader, exists))) return null;
  const rows = await reader.all<{ name: string }>(sql`SELECT name AS name FROM ${raw(MIGRATIONS_TABLE)} ORDER BY id`);
  return rows.map(({ name }) => name);
}

/** Names of the migrations that a database lacks, found out without writing anything. */
export async function missingMigrations(reader: Reader): Promise<string[]> {
  const applied = new Set(await appliedMigrations(reader));
  return migrationNames(reader.dialect).filter((name) => !applied.has(name));
}
