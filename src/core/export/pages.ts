import type { Reader } from '../store/reader.js';
import { join, limitTo, raw, sql, type Sql, type SqlValue } from '../store/sql.js';

/** Rows that are read in pages by key. All SQL is our own declaration. */
export interface PageSource {
  /** Columns of a row, with aliases. */
  readonly select: Sql;
  /** A table, or several joined. */
  readonly from: Sql;
  /** Which rows; all of them unless it is said. */
  readonly where?: Sql;
  /** Columns that tell rows apart, in the order of the rows; an index is on them. */
  readonly key: readonly string[];
  /** Bytes of what may be long in a row: see `bytesOf`. */
  readonly weight: Sql;
}

type Key = readonly SqlValue[];
type OutlineRow = Record<`key${number}`, SqlValue> & { readonly weight: number };

/** Most rows of a page, and of what is looked ahead at. */
const PAGE_ROWS = 1000;
/** Bytes that a page may have, unless one row has more. */
const PAGE_BYTES = 4 * 1024 * 1024;

/** SQL of the bytes that texts in these columns have together. */
export function bytesOf(...columns: readonly string[]): Sql {
  return raw(columns.map((column) => `COALESCE(OCTET_LENGTH(${column}), 0)`).join(' + ') || '0');
}

/**
 * Reads all rows in the order of their key. A page is read when it is asked for, and is at most 1,000 rows or some
 * megabytes: how long rows are is looked up before they are read.
 */
export async function* readPages<Row extends object>(
  reader: Reader,
  source: PageSource,
): AsyncGenerator<readonly Row[]> {
  let after: Key | null = null;
  let outline: readonly OutlineRow[];
  do {
    outline = await readOutline(reader, source, after);
    for (const last of pageEnds(outline, source.key.length)) {
      yield await readPage<Row>(reader, source, after, last);
      after = last;
    }
  } while (outline.length === PAGE_ROWS);
}

function readOutline(reader: Reader, source: PageSource, after: Key | null): Promise<OutlineRow[]> {
  const keys = raw(source.key.map((column, index) => `${column} AS key${index}`).join(', '));
  return reader.all<OutlineRow>(sql`SELECT ${keys}, ${source.weight} AS weight FROM ${source.from}
    WHERE ${conditions(source, after, null)} ORDER BY ${order(source)}${limitTo(PAGE_ROWS)}`);
}

function readPage<Row extends object>(
  reader: Reader,
  source: PageSource,
  after: Key | null,
  last: Key,
): Promise<Row[]> {
  return reader.all<Row>(sql`SELECT ${source.select} FROM ${source.from}
    WHERE ${conditions(source, after, last)} ORDER BY ${order(source)}`);
}

/** Keys of the last rows of pages. */
function* pageEnds(outline: readonly OutlineRow[], columns: number): Generator<Key> {
  let bytes = 0;
  for (const [index, row] of outline.entries()) {
    bytes += row.weight;
    const next = outline[index + 1];
    if (next && bytes + next.weight <= PAGE_BYTES) continue;
    bytes = 0;
    yield Array.from({ length: columns }, (_, column) => row[`key${column}`] ?? null);
  }
}

function conditions({ key, where }: PageSource, after: Key | null, last: Key | null): Sql {
  const columns = raw(`(${key.join(', ')})`);
  const bounds = [
    ...(where ? [sql`(${where})`] : []),
    ...(after ? [sql`${columns} > ${tuple(after)}`] : []),
    ...(last ? [sql`${columns} <= ${tuple(last)}`] : []),
  ];
  return bounds.length === 0 ? raw('1 = 1') : join(bounds, ' AND ');
}

function tuple(key: Key): Sql {
  const values = key.map((value) => sql`${value}`);
  return sql`(${join(values, ', ')})`;
}

function order({ key }: PageSource): Sql {
  return raw(key.join(', '));
}
