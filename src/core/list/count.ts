import { STATES, State, type Kind, type System } from '../model/states.js';
import { first, lookupsOf, type Reader } from '../store/reader.js';
import { amongKeys, inList, raw, sql, where, type Sql } from '../store/sql.js';
import { ALIAS, type RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';
import type { TextSearch } from './search.js';

/** States of what waits or is worked on. */
const UNFINISHED: readonly State[] = [State.PLANNED, State.QUEUED, State.RUNNING];

/** Number of records in each state, and in all. */
export interface StateTotals {
  readonly total: number;
  readonly states: Readonly<Record<State, number>>;
}

/**
 * Exact number of records that match. A filter by system and state alone is answered from the counters that every
 * transaction keeps; any other counts.
 */
export async function countRecords(
  reader: Reader,
  list: RecordList,
  filter: FilterInput | null,
  search: TextSearch | null = null,
): Promise<number> {
  if (isCounted(list, filter)) {
    const scope = where([sql`kind = ${list.kind}`, ...counterConditions(reader, filter)]);
    const row = await first<{ total: number | null }>(
      lookupsOf(reader),
      sql`SELECT SUM(total) AS total FROM state_count${scope}`,
    );
    return row?.total ?? 0;
  }
  const known = await search?.total();
  if (typeof known === 'number') return known;
  const scope = where(await countScope(reader, list, filter, search));
  const row = await first<{ total: number }>(
    reader,
    sql`SELECT COUNT(*) AS total FROM ${raw(`${list.table} t`)}${scope}`,
  );
  return row?.total ?? 0;
}

/** Whether the counters tell how many records match: then the filter asks for nothing that takes long to find. */
export function isCounted({ kind }: RecordList, filter: FilterInput | null): boolean {
  return kind !== null && Object.entries(filter ?? {}).every(([name, value]) => isCounterFilter(name, value));
}

async function countScope(
  reader: Reader,
  list: RecordList,
  filter: FilterInput | null,
  search: TextSearch | null,
): Promise<Sql[]> {
  const whole = await search?.wholeCondition();
  if (whole) return [whole];
  const condition = new FilterCompiler(reader.dialect, true).compile(list, filter, ALIAS);
  return [await search?.condition(), condition].filter((part) => part !== null && part !== undefined);
}

function isCounterFilter(name: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (name !== 'system' && name !== 'state') return false;
  return Object.entries(value).every(
    ([operator, operand]) =>
      (operator === 'eq' && typeof operand === 'number') || (operator === 'in' && isNumbers(operand)),
  );
}

/** Conditions on the counters that mean the same as the filter, which they know all about. */
function counterConditions({ dialect }: Reader, filter: FilterInput | null): Sql[] {
  return Object.entries(filter ?? {}).flatMap(([name, value]) =>
    Object.values((value ?? {}) as Record<string, number | readonly number[]>).map((operand) =>
      typeof operand === 'number' ? sql`${raw(name)} = ${operand}` : inList(dialect, raw(name), operand, 'bigint'),
    ),
  );
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((element) => typeof element === 'number');
}

/**
 * Matching records that have not ended, by system and state, one statement: from the counters where `countRecords` would
 * take them, otherwise along the index of states.
 */
export async function countUnfinished(
  reader: Reader,
  list: RecordList,
  filter: FilterInput | null,
): Promise<{ system: System; state: State; total: number }[]> {
  const counted = isCounted(list, filter);
  const column = raw(counted ? 'state' : 't.state');
  const waiting = inList(reader.dialect, column, UNFINISHED, 'bigint');
  if (counted) {
    const scope = where([sql`kind = ${list.kind}`, waiting, ...counterConditions(reader, filter)]);
    return reader.all(sql`SELECT system, state, total FROM state_count${scope}`);
  }
  const condition = new FilterCompiler(reader.dialect).compile(list, filter, ALIAS);
  const scope = where([waiting, ...(condition ? [condition] : [])]);
  return reader.all(
    sql`SELECT t.system, t.state, COUNT(*) AS total FROM ${raw(`${list.table} t`)}${scope} GROUP BY t.system, t.state`,
  );
}

/** Children of each parent by state, in one statement; parents without children have zeros. */
export async function countStates(
  reader: Reader,
  list: RecordList,
  parentColumn: string,
  parentIds: readonly number[],
): Promise<StateTotals[]> {
  const column = raw(`t.${parentColumn}`);
  const rows = await reader.all<{ parent: number; state: State; total: number }>(
    sql`SELECT ${column} AS parent, t.state AS state, COUNT(*) AS total FROM ${raw(`${list.table} t`)}
      WHERE ${amongKeys(reader.dialect, column, parentIds, 'bigint')} GROUP BY ${column}, t.state`,
  );
  const byParent = Map.groupBy(rows, ({ parent }) => parent);
  return parentIds.map((parent) => totals(byParent.get(parent) ?? []));
}

const NO_STATES = Object.fromEntries(STATES.map((state) => [state, 0])) as Readonly<Record<State, number>>;

function totals(rows: readonly { state: State; total: number }[]): StateTotals {
  const states = { ...NO_STATES };
  let total = 0;
  for (const row of rows) {
    states[row.state] = row.total;
    total += row.total;
  }
  return { total, states };
}

/** Counts every record anew; the counters must say the same (checked by tests and after an import). */
export async function recount(reader: Reader): Promise<{ system: System; kind: Kind; state: State; total: number }[]> {
  return reader.all(sql`
    SELECT system, 1 AS kind, state, COUNT(*) AS total FROM event GROUP BY system, state
    UNION ALL SELECT system, 2 AS kind, state, COUNT(*) AS total FROM build GROUP BY system, state
    UNION ALL SELECT system, 3 AS kind, state, COUNT(*) AS total FROM job GROUP BY system, state
    ORDER BY 1, 2, 3`);
}
