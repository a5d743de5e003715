import type { CopyRow } from './database.js';

/** Most rows that are held at once. */
export const MOST_ROWS = 500;
/** Characters of text after which a portion is full, and so roughly what is held at once. */
export const MOST_TEXT = 1024 * 1024;

/** Characters of text in a row. */
export function textSize(row: CopyRow): number {
  let size = 0;
  for (const value of row) if (typeof value === 'string') size += value.length;
  return size;
}

/** Rows in portions. */
export async function* portionsOf(rows: Iterable<CopyRow>): AsyncGenerator<readonly CopyRow[]> {
  let portion: CopyRow[] = [];
  let size = 0;
  for (const row of rows) {
    portion.push(row);
    size += textSize(row);
    if (portion.length < MOST_ROWS && size < MOST_TEXT) continue;
    yield portion;
    portion = [];
    size = 0;
  }
  if (portion.length > 0) yield portion;
}
