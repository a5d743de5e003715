import { first, type Reader } from '../store/reader.js';
import { raw, sql } from '../store/sql.js';
import type { RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';

/** Whether a record matches a filter as it is now. */
export async function matchesRecord(
  reader: Reader,
  list: RecordList,
  id: number,
  filter: FilterInput | null | undefined,
): Promise<boolean> {
  const condition = new FilterCompiler(reader.dialect).compile(list, filter, 't');
  if (!condition) return true;
  return (
    (await first(reader, sql`SELECT 1 AS one FROM ${raw(`${list.table} t`)} WHERE t.id = ${id} AND ${condition}`)) !==
    undefined
  );
}
