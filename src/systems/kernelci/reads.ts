import type { LoaderDefinition } from '../../core/graphql/context.js';
import { selectColumns } from '../../core/list/columns.js';
import type { RecordRow } from '../../core/list/page.js';
import { first, type Reader } from '../../core/store/reader.js';
import { inList, raw, sql, type SqlValue } from '../../core/store/sql.js';
import { LABS, TOKENS, type KernelciCollection } from './lists.js';

/** A row with the document that it repeats, as JSON text. */
export interface DocumentRow {
  readonly id: number;
  readonly legacyId: string;
  readonly document: string;
}

/** A job, build, boot or test group as plain rows carry it. */
export interface KernelciRow extends RecordRow {
  readonly document: string;
}

/** A boot or test group as plain rows carry it. */
export interface KernelciJobRow extends KernelciRow {
  readonly collection: KernelciCollection;
}

/** A lab as plain rows carry it. */
export interface LabRow extends DocumentRow {
  readonly tokenOid: string | null;
}

/** A token as plain rows carry it; its document lacks the token itself. */
export interface TokenRow extends DocumentRow {
  readonly tokenSealed: string;
  readonly email: string;
  /** SQLite has 0 and 1. */
  readonly expired: boolean | number;
  readonly expiresAt: number | null;
  /** Bit n: element n of `properties`. */
  readonly properties: number;
}

/** The only token with this value in a column of its own. */
export function tokenBy(reader: Reader, column: 'oid' | 'token_hash', value: string): Promise<TokenRow | undefined> {
  return oneBy(reader, TOKENS, column, value);
}

/** The only lab with this value in a column of its own. */
export function labBy(reader: Reader, column: 'oid' | 'name', value: string): Promise<LabRow | undefined> {
  return oneBy(reader, LABS, column, value);
}

async function oneBy<Row extends object>(
  reader: Reader,
  list: typeof LABS,
  column: string,
  value: SqlValue,
): Promise<Row | undefined> {
  // No column holds NUL, and PostgreSQL refuses to be asked for it.
  if (typeof value === 'string' && value.includes('\0')) return undefined;
  return first(
    reader,
    sql`SELECT ${selectColumns(list)} FROM ${raw(`${list.table} t`)} WHERE ${raw(`t.${column}`)} = ${value}`,
  );
}

/** Tokens by legacy id. */
export const TOKEN_BY_OID: LoaderDefinition<string, TokenRow | undefined> = {
  name: 'kernelci:tokenByOid',
  read: async ({ reader }, oids) => {
    const rows = await reader.all<TokenRow>(
      sql`SELECT ${selectColumns(TOKENS)} FROM kernelci_token t
        WHERE ${inList(reader.dialect, raw('t.oid'), oids, 'text')}`,
    );
    const byOid = new Map(rows.map((row) => [row.legacyId, row]));
    return oids.map((oid) => byOid.get(oid));
  },
};

/** Columns that the tags of records are made of, by table (contract kernelci, section 10). */
const TAGS: Readonly<Record<'event' | 'build' | 'job', string>> = {
  event: "kernelci_git_branch AS branch, CASE WHEN kernelci_private THEN 'private' END AS private",
  build: 'kernelci_arch AS arch, kernelci_git_branch AS branch, kernelci_build_environment AS environment',
  job: 'requester AS lab, kernelci_mach AS mach, kernelci_arch AS arch',
};

/** Short words to tell records of a table apart by; those that a record lacks are left out. */
export function tagsOf(table: 'event' | 'build' | 'job'): LoaderDefinition<number, readonly string[]> {
  return {
    name: `kernelci:${table}Tags`,
    read: async ({ reader }, ids) => {
      const rows = await reader.all<{ id: number } & Record<string, string | number | null>>(
        sql`SELECT id, ${raw(TAGS[table])} FROM ${raw(table)} WHERE ${inList(reader.dialect, raw('id'), ids, 'bigint')}`,
      );
      const byId = new Map(rows.map(({ id, ...words }) => [id, Object.values(words)]));
      return ids.map((id) =>
        (byId.get(id) ?? []).filter((word): word is string => typeof word === 'string' && word !== ''),
      );
    },
  };
}
