import { BuildgateError } from '../errors.js';
import { appliedMigrations } from '../store/migrations.js';
import type { DatabaseConfig } from '../store/store.js';
import type { CopyDatabase, CopyMode, CopyRow, CopyTable } from './database.js';
import { PostgresqlCopy } from './postgresql.js';
import { compareTables, requireMigrated } from './requirements.js';
import { SqliteCopy } from './sqlite.js';

/** Tables that have rows as soon as they are migrated; those of the source take their place. */
export const SEEDED: readonly string[] = ['change_log_head'];

/** Told of how far a copy is. */
export interface CopyListener {
  /** After each portion: the table that is copied, and the rows of all tables so far. */
  onRows(table: string, rows: number, total: number): void;
  /** After each table that has rows. */
  onTable(table: string, rows: number, ms: number): void;
}

/** What was copied. */
export interface CopyResult {
  readonly rows: number;
  /** Tables that had rows. */
  readonly tables: number;
}

/** From where to where. */
interface Ends {
  readonly from: CopyDatabase;
  readonly to: CopyDatabase;
}

/** A table, and how many rows the source has in it. */
interface Counted {
  readonly table: CopyTable;
  readonly rows: number;
}

/**
 * Copies every row of every table as they were at one moment, in one transaction on the target: all of it, or nothing
 * when this rejects. The target must have been migrated to the same structure, and be empty.
 * @throws BuildgateError for a refusal that names what is wrong; else an error of the database, with the table in front
 */
export async function runCopy(from: DatabaseConfig, to: DatabaseConfig, listener: CopyListener): Promise<CopyResult> {
  const source = await opened('source', from, 'read');
  try {
    const target = await opened('target', to, 'write');
    try {
      const result = await copyAll({ from: source, to: target }, listener);
      await target.commit();
      return result;
    } catch (error) {
      await target.rollback();
      throw error;
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

/** A database with its transaction begun, after a look that it is one of ours and of this version. */
async function opened(side: 'source' | 'target', config: DatabaseConfig, mode: CopyMode): Promise<CopyDatabase> {
  return about(`The ${side}`, async () => {
    const database =
      config.kind === 'sqlite' ? new SqliteCopy(config.path, mode) : new PostgresqlCopy(config.url, mode);
    try {
      await database.begin();
      requireMigrated(await appliedMigrations(database));
      return database;
    } catch (error) {
      await database.rollback();
      await database.close();
      throw error;
    }
  });
}

async function copyAll({ from, to }: Ends, listener: CopyListener): Promise<CopyResult> {
  if ((await from.identity()) === (await to.identity()))
    throw new BuildgateError('INVALID', 'The source and the target are the same database.');
  const tables = await to.tables();
  compareTables(await from.tables(), tables);
  await requireEmpty(to, tables);
  const counted: Counted[] = [];
  for (const table of tables) counted.push({ table, rows: await from.count(table) });
  const total = counted.reduce((sum, { rows }) => sum + rows, 0);
  let done = 0;
  for (const each of counted) {
    const { name } = each.table;
    await about(name, () =>
      copyTable({ from, to }, each, listener, (rows) => listener.onRows(name, (done += rows), total)),
    );
  }
  await to.continueKeys();
  return { rows: total, tables: counted.filter(({ rows }) => rows > 0).length };
}

async function requireEmpty(to: CopyDatabase, tables: readonly CopyTable[]): Promise<void> {
  for (const table of tables) {
    if (SEEDED.includes(table.name) || (await to.count(table)) === 0) continue;
    const advice = 'Copy to a database that was migrated and has not been used.';
    throw new BuildgateError('CONFLICT', `The target is not empty: ${table.name} has rows. ${advice}`);
  }
}

async function copyTable(
  { from, to }: Ends,
  { table, rows }: Counted,
  listener: CopyListener,
  onRows: (rows: number) => void,
): Promise<void> {
  if (SEEDED.includes(table.name)) await to.clear(table);
  if (rows === 0) return;
  const start = performance.now();
  await to.write(table, observed(from.rows(table), onRows));
  const written = await to.count(table);
  if (written !== rows) throw new Error(`of ${rows} rows the target has ${written}.`);
  listener.onTable(table.name, rows, performance.now() - start);
}

async function* observed(
  portions: AsyncIterable<readonly CopyRow[]>,
  onRows: (rows: number) => void,
): AsyncGenerator<readonly CopyRow[]> {
  for await (const rows of portions) {
    yield rows;
    onRows(rows.length);
  }
}

/** Says in front of an error what it is about; some drivers have no text but a code. */
async function about<Result>(what: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { code, where } = error as Error & { code?: unknown; where?: unknown };
    const text = `${what}: ${error.message || String(code)}${typeof where === 'string' ? ` (${where})` : ''}`;
    throw error instanceof BuildgateError ? new BuildgateError(error.code, text) : new Error(text, { cause: error });
  }
}
