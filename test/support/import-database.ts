import { Readable } from 'node:stream';
import { ByteSource } from '../../src/core/import/byte-source.js';
import { runImport, type RowCounts, type SystemImport } from '../../src/core/import/run.js';
import { System } from '../../src/core/model/states.js';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { raw } from '../../src/core/store/sql.js';
import { Store, type DatabaseConfig } from '../../src/core/store/store.js';
import { testDatabase, type TestDatabase } from './database.js';
import { SECRETS } from './secrets.js';

/** The tables that every import could touch, and what tells their rows' order. */
export const SHARED_TABLES = {
  event: 'id',
  build: 'id',
  job: 'id',
  project: 'id',
  record_key: 'system, kind',
  state_count: 'system, kind, state',
  change_log: 'sequence',
  change_log_head: 'id',
  outbox_message: 'sequence',
} as const;

/** Rows as tests compare them. */
export type Rows = Record<string, unknown>[];

/** A migrated database with a store to look into it. */
export interface ImportDatabase<Table extends string> extends TestDatabase {
  readonly store: Store;
  /** Imports a document, or a text as it is. */
  take(document: unknown): Promise<readonly RowCounts[]>;
  /** Every row of every table. */
  content(): Promise<Record<Table, Rows>>;
  /** The same of another database. */
  contentOf(other: Store): Promise<Record<Table, Rows>>;
  rows(query: string): Promise<Rows>;
}

/** An empty database that a system's data is imported to; `tables` are looked at as a whole, each in its order. */
export async function openImportDatabase<Table extends string>(
  systemImport: SystemImport,
  tables: Readonly<Record<Table, string>>,
): Promise<ImportDatabase<Table>> {
  const database = await testDatabase();
  const store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  const rows = (query: string): Promise<Rows> => store.reader.all(raw(query));
  return {
    ...database,
    store,
    take: (document) => importInto(database.config, systemImport, document),
    content: () => contentOf(store, systemImport.system, tables),
    contentOf: (other) => contentOf(other, systemImport.system, tables),
    rows: async (query) => (await rows(query)).map(normal),
    drop: async () => {
      await store.close();
      await database.drop();
    },
  };
}

/** Imports a document, or a text as it is. */
export function importInto(
  database: DatabaseConfig,
  systemImport: SystemImport,
  document: unknown,
): Promise<readonly RowCounts[]> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  const source = ByteSource.stream(Readable.from([Buffer.from(text)]));
  return runImport({ database, secrets: SECRETS }, systemImport, source);
}

/** Every row of tables, each in its order, without the columns that other systems added. */
async function contentOf<Table extends string>(
  store: Store,
  system: System,
  tables: Readonly<Record<Table, string>>,
): Promise<Record<Table, Rows>> {
  const content: Partial<Record<Table, Rows>> = {};
  for (const [table, order] of Object.entries(tables) as [Table, string][]) {
    const rows = await store.reader.all<Record<string, unknown>>(raw(`SELECT * FROM ${table} ORDER BY ${order}`));
    content[table] = rows.map((row) => withoutOthers(normal(row), system));
  }
  return content as Record<Table, Rows>;
}

/** Booleans are 0 and 1 in the embedded database; plain objects compare with `toEqual`. */
function normal(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  );
}

/** Leaves out the columns that other systems added, as long as they are empty. */
function withoutOthers(row: Record<string, unknown>, system: System): Record<string, unknown> {
  const others = new Set(Object.keys(System).map((name) => name.toLowerCase()));
  others.delete((System[system] as string).toLowerCase());
  const isOther = (column: string): boolean => others.has(column.split('_', 1)[0] as string);
  return Object.fromEntries(Object.entries(row).filter(([column, value]) => value !== null || !isOther(column)));
}

/** The counts of one kind of row as `[new, replaced, unchanged]`. */
export function countsOf(counts: readonly RowCounts[]): Record<string, [number, number, number]> {
  return Object.fromEntries(
    counts.map(({ name, created, replaced, unchanged }) => [name.many, [created, replaced, unchanged]]),
  );
}
