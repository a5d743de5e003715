import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createToken } from '../../../src/core/auth/authenticator.js';
import { runCopy, type CopyListener, type CopyResult } from '../../../src/core/copy/run.js';
import { ByteSource } from '../../../src/core/import/byte-source.js';
import { runImport } from '../../../src/core/import/run.js';
import { quoted, raw } from '../../../src/core/store/sql.js';
import type { DatabaseConfig, Store } from '../../../src/core/store/store.js';
import { SYSTEMS } from '../../../src/systems/index.js';
import type { TestDatabase } from '../../support/database.js';
import { SECRETS } from '../../support/secrets.js';
import { commitChanges } from '../changes/verbs.js';
import { anotherStore } from '../world.js';

const FOLDER = new URL('../../../examples/', import.meta.url);
const SILENT: CopyListener = { onRows: () => undefined, onTable: () => undefined };
/** Columns whose JSON PostgreSQL keeps with the keys in an order of its own. */
const JSON_COLUMNS = new Set(['rest', 'kernelci_rest']);
const TABLES = {
  sqlite: `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
  postgresql: `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename COLLATE "C"`,
};

/** Does something with a store on the database. */
export async function within<Result>(
  database: DatabaseConfig,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  const store = await anotherStore(database);
  return work(store).finally(() => store.close());
}

/** Runs one statement of our own. */
export function execute(database: DatabaseConfig, statement: string): Promise<unknown> {
  return within(database, async (store) => (await store.entityManager()).getConnection().execute(statement));
}

/** A database with the examples of all systems, users with tokens, changes and messages. Resolves with the token of `ops`. */
export async function fill(database: DatabaseConfig): Promise<string> {
  for (const system of SYSTEMS) {
    const source = ByteSource.stream(Readable.from([readFileSync(new URL(`${system.name}.json`, FOLDER))]));
    await runImport({ database, secrets: SECRETS }, system.import, source);
  }
  return within(database, async (store) => {
    await commitChanges(store, 3, { messages: true });
    await createToken(store, { user: 'jdoe', groups: ['staff'], roles: ['agent'] });
    return createToken(store, { user: 'ops', admin: true });
  });
}

/** Every row of every table that has any, in an order that does not depend on the database; but what triggers keep. */
export function content(database: DatabaseConfig): Promise<Record<string, string[]>> {
  return within(database, async ({ reader, dialect }) => {
    const tables = await reader.all<{ name: string }>(raw(TABLES[dialect]));
    const found: Record<string, string[]> = {};
    for (const { name } of tables.filter((table) => !/^(mikro_orm|search)_/.test(table.name))) {
      const rows = await reader.all<Record<string, unknown>>(raw(`SELECT * FROM ${quoted(name)}`));
      if (rows.length > 0) found[name] = rows.map(rowText).toSorted();
    }
    return found;
  });
}

function rowText(row: Record<string, unknown>): string {
  return sortedJson(
    Object.fromEntries(
      Object.entries(row).map(([column, value]) => {
        if (typeof value === 'boolean') return [column, Number(value)];
        return [column, JSON_COLUMNS.has(column) && typeof value === 'string' ? JSON.parse(value) : value];
      }),
    ),
  );
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : member,
  );
}

/** Copies, and tells nobody unless asked. */
export function copy(from: TestDatabase, to: TestDatabase, listener = SILENT): Promise<CopyResult> {
  return runCopy(from.config, to.config, listener);
}
