import { recordSystem } from '../ids.js';
import type { System } from '../model/states.js';
import { join, raw, sql, type Dialect, type Sql } from '../store/sql.js';
import { keyAlias } from './cursor.js';
import { ALIAS, type RecordList } from './fields.js';
import { isAbout, type FilterInput } from './filter.js';
import type { OrderKey } from './order.js';
import { valueSql } from './value.js';

/**
 * Columns under the names of their properties, and the key values that cursors are made of.
 * @param system the one that all rows are of, if they are: then without the columns of other systems
 */
export function selectColumns(list: RecordList, keys: readonly Sql[] = [], system: System | null = null): Sql {
  const values = keys.map((key, index) => sql`${key} AS ${raw(`"${keyAlias(index)}"`)}`);
  return join([raw(list.selection(system)), ...values], ', ');
}

/** The value of each key of an order. */
export function keyValues(dialect: Dialect, keys: readonly OrderKey[]): Sql[] {
  return keys.map((key) => valueSql(dialect, ALIAS, key));
}

/** The one system whose records a filter asks for; null where there may be several. */
export function systemOfFilter(list: RecordList, filter: FilterInput | null | undefined): System | null {
  const parts = [filter, ...((filter?.['and'] ?? []) as FilterInput[])];
  for (const part of parts) {
    const { eq } = (part?.['system'] ?? {}) as { eq?: System };
    if (eq !== undefined && 'system' in list.fields) return eq;
    const group = Object.values(list.groups).find(({ system }) => isAbout(system, part));
    if (group) return group.system;
  }
  return null;
}

/** The one system that all records with these internal ids are of; null where there are several. */
export function systemOfIds(ids: readonly number[]): System | null {
  const [first] = ids;
  if (first === undefined) return null;
  const system = recordSystem(first);
  return ids.every((id) => recordSystem(id) === system) ? system : null;
}
