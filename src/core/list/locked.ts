import type { System } from '../model/states.js';
import { join, raw, sql, type Sql, type SqlValue } from '../store/sql.js';
import type { Transaction } from '../store/transaction.js';
import { selectColumns } from './columns.js';
import { ALIAS, type RecordList } from './fields.js';

/** Records of a system that fulfil a condition, by ascending id, locked until the transaction ends. */
export function lockedRecords<Row extends object>(
  transaction: Transaction,
  list: RecordList,
  system: System,
  condition: Sql,
): Promise<Row[]> {
  const lock = raw(transaction.dialect === 'postgresql' ? ' FOR UPDATE' : '');
  return transaction.all<Row>(
    sql`SELECT ${selectColumns(list, [], system)} FROM ${raw(`${list.table} ${ALIAS}`)}
      WHERE system = ${system} AND ${condition} ORDER BY id${lock}`,
  );
}

/**
 * Writes fields of a record that is locked.
 * @param changes by property of the row
 * @returns the row as it is now
 */
export async function changeRecord<Row extends { readonly id: number }>(
  transaction: Transaction,
  list: RecordList,
  row: Row,
  changes: Partial<Row>,
): Promise<Row> {
  const assignments = Object.entries(changes).map(
    ([property, value]) => sql`${raw(list.columns[property] ?? property)} = ${value as SqlValue}`,
  );
  if (assignments.length === 0) return row;
  await transaction.all(sql`UPDATE ${raw(list.table)} SET ${join(assignments, ', ')} WHERE id = ${row.id}`);
  return { ...row, ...changes };
}
