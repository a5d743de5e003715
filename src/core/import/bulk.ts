import type { Reader } from '../store/reader.js';
import type { Dialect, SqlValue } from '../store/sql.js';

/** A table as an import writes it. Names and types are our own declarations. */
export interface BulkTable {
  readonly name: string;
  /** Columns in the order of a row's values, with their PostgreSQL types. */
  readonly columns: readonly (readonly [name: string, type: 'bigint' | 'text' | 'boolean' | 'jsonb'])[];
  /** Columns that tell rows apart; a unique index is on them. */
  readonly key: readonly string[];
  /** Columns that are written with a new row, and neither compared nor changed in one that exists. */
  readonly insertOnly?: readonly string[];
}

/** Values of one row, in the order of the table's columns. */
export type BulkRow = readonly SqlValue[];

/** One connection in one transaction, writing many rows. */
export interface BulkConnection extends Reader {
  /** Begins the transaction; on the embedded database this waits for another writer for some seconds. */
  begin(): Promise<void>;
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Inserts rows that the table does not have yet. */
  insert(table: BulkTable, rows: readonly BulkRow[]): Promise<void>;
  /**
   * Inserts rows, and replaces those that exist with other content. No two may have the same key.
   * Resolves with the positions, within `rows`, of those that were inserted or replaced.
   */
  upsert(table: BulkTable, rows: readonly BulkRow[]): Promise<number[]>;
  close(): Promise<void>;
}

/**
 * Writes rows whose first column is their key. Those that are known not to exist are inserted plainly: an upsert costs
 * the embedded database twice as much, because it may have to take its own changes back.
 * Resolves with the keys of the rows that were inserted or replaced.
 */
export async function writeRows<Key extends number | string>(
  connection: BulkConnection,
  table: BulkTable,
  rows: readonly BulkRow[],
  existing: ReadonlySet<Key>,
): Promise<Set<Key>> {
  const keyOf = (row: BulkRow): Key => row[0] as Key;
  const fresh = existing.size === 0 ? rows : rows.filter((row) => !existing.has(keyOf(row)));
  const known = existing.size === 0 ? [] : rows.filter((row) => existing.has(keyOf(row)));
  await connection.insert(table, fresh);
  const replaced = await connection.upsert(table, known);
  return new Set([...fresh.map(keyOf), ...replaced.map((index) => keyOf(known[index] as BulkRow))]);
}

/** The statement of `insert`: the dialect's source of rows decides how many it takes. */
export function insertText(table: BulkTable, dialect: Dialect): string {
  const names = table.columns.map(([name]) => name);
  return `INSERT INTO ${table.name} (${names.join(', ')}) ${rowSource(table, dialect)}`;
}

/** The statement of `upsert`. */
export function upsertText(table: BulkTable, dialect: Dialect): string {
  const names = table.columns.map(([name]) => name);
  const fixed = new Set([...table.key, ...(table.insertOnly ?? [])]);
  const changing = names.filter((name) => !fixed.has(name));
  const assignments = changing.map((name) => `${name} = excluded.${name}`).join(', ');
  const stored = changing.map((name) => `${table.name}.${name}`).join(', ');
  const given = changing.map((name) => `excluded.${name}`).join(', ');
  return `${insertText(table, dialect)}
    ON CONFLICT (${table.key.join(', ')}) DO UPDATE SET ${assignments} WHERE (${stored}) IS DISTINCT FROM (${given})`;
}

function rowSource(table: BulkTable, dialect: Dialect): string {
  if (dialect === 'sqlite') return `VALUES (${table.columns.map(() => '?').join(', ')})`;
  const arrays = table.columns.map(([, type], index) => `$${index + 1}::${type}[]`).join(', ');
  return `SELECT * FROM unnest(${arrays})`;
}
