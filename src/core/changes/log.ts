import { BuildgateError } from '../errors.js';
import { PROJECT_KIND, ProjectChangeKind, type Kind, type System } from '../model/states.js';
import { first, type Reader } from '../store/reader.js';
import { arrayLiteral, inList, limitTo, raw, sql, where, type Sql } from '../store/sql.js';
import type { RecordedChange } from '../store/transaction.js';

/** What all rows of the change log have. */
interface Logged {
  /** Place in the order in which transactions committed. */
  readonly sequence: number;
  readonly actor: string | null;
  /** Microseconds since 1970. */
  readonly at: number;
}

/** A row of the change log about a record: a state change, or its end. */
export interface Change extends RecordedChange, Logged {
  /** The record was deleted; `from` and `to` are then the state that it had last. */
  readonly deleted: boolean;
}

/** A row of the change log about a project. */
export interface ProjectChange extends Logged {
  readonly kind: typeof PROJECT_KIND;
  readonly system: System;
  readonly projectId: number;
  readonly change: ProjectChangeKind;
}

/** Any row of the change log. */
export type LogEntry = Change | ProjectChange;

/** A row as the table has it. */
interface LogRow<RowKind> extends Omit<RecordedChange, 'kind'>, Logged {
  readonly kind: RowKind;
  /** SQLite has numbers for truth values. */
  readonly deleted: boolean | number;
}
type ProjectRow = LogRow<typeof PROJECT_KIND>;

/** Operators on an enum, as GraphQL hands them over. */
interface EnumOperators {
  readonly eq?: number | null;
  readonly ne?: number | null;
  readonly in?: readonly number[] | null;
  readonly notIn?: readonly number[] | null;
  readonly isNull?: boolean | null;
}

/** Which changes a reader wants; members combine with AND. */
export interface ChangeFilter {
  readonly system?: EnumOperators | null;
  readonly kind?: EnumOperators | null;
  readonly from?: EnumOperators | null;
  readonly to?: EnumOperators | null;
}

const COLUMNS = raw(
  'sequence, system, kind, record_id AS "recordId", from_state AS "from", to_state AS "to", reason, actor, at, deleted',
);
const FILTER_COLUMNS = { system: 'system', kind: 'kind', from: 'from_state', to: 'to_state' } as const;

/** Sequence of the newest committed change or message; 0 before the first. */
export async function headOf(reader: Reader): Promise<number> {
  return (await first<{ sequence: number }>(reader, sql`SELECT sequence FROM change_log_head`))?.sequence ?? 0;
}

/**
 * Makes sure that nothing behind a sequence is missing; call it after reading what is behind it.
 * @throws BuildgateError CURSOR_EXPIRED when the log was trimmed beyond the sequence
 */
export async function requireKept(reader: Reader, after: number): Promise<void> {
  const trimmed = await first(reader, sql`SELECT id FROM change_log_head WHERE trimmed_to > ${after}`);
  if (!trimmed) return;
  throw new BuildgateError(
    'CURSOR_EXPIRED',
    'after: the changes behind this cursor are not kept any more; read the records afresh and go on without a cursor.',
  );
}

/** The whole log behind a sequence, oldest first, as far as it is kept. */
export async function logAfter(reader: Reader, after: number, limit: number): Promise<LogEntry[]> {
  const rows = await logRows<LogRow<Kind> | ProjectRow>(reader, [sql`sequence > ${after}`], limit);
  return rows.map((row) => (row.kind === PROJECT_KIND ? projectChangeOf(row) : changeOf(row)));
}

/** Changes of records behind a sequence, oldest first. */
export async function changesAfter(
  reader: Reader,
  after: number,
  limit: number,
  filter: ChangeFilter = {},
): Promise<Change[]> {
  const conditions = [sql`sequence > ${after}`, ...filterConditions(reader, filter)];
  return (await logRows<LogRow<Kind>>(reader, conditions, limit)).map(changeOf);
}

function logRows<Row extends object>(reader: Reader, conditions: readonly Sql[], limit: number): Promise<Row[]> {
  return reader.all(sql`SELECT ${COLUMNS} FROM change_log${where(conditions)} ORDER BY sequence${limitTo(limit)}`);
}

function changeOf(row: LogRow<Kind>): Change {
  return { ...row, deleted: Boolean(row.deleted) };
}

function projectChangeOf({ sequence, system, recordId, from, deleted, actor, at }: ProjectRow): ProjectChange {
  const updated = from === null ? ProjectChangeKind.CREATED : ProjectChangeKind.UPDATED;
  const change = deleted ? ProjectChangeKind.DELETED : updated;
  return { sequence, kind: PROJECT_KIND, system, projectId: recordId, change, actor, at };
}

/** Exact number of changes of records that match. */
export async function countChanges(reader: Reader, filter: ChangeFilter): Promise<number> {
  const statement = sql`SELECT COUNT(*) AS total FROM change_log${where(filterConditions(reader, filter))}`;
  return (await first<{ total: number }>(reader, statement))?.total ?? 0;
}

/** The same page of changes for each of many records of a kind, oldest first, in one statement. */
export async function changesOfRecords(
  reader: Reader,
  kind: Kind,
  recordIds: readonly number[],
  page: { readonly after: number; readonly limit: number },
): Promise<Change[][]> {
  const found = sql`SELECT sequence FROM change_log WHERE kind = ${kind} AND record_id = records.value
    AND sequence > ${page.after} ORDER BY sequence${limitTo(page.limit)}`;
  const records =
    reader.dialect === 'postgresql'
      ? sql`unnest(${arrayLiteral(recordIds)}::bigint[]) AS records(value) CROSS JOIN LATERAL (${found}) page
        JOIN change_log USING (sequence)`
      : sql`json_each(${JSON.stringify(recordIds)}) records CROSS JOIN change_log ON sequence IN (${found})`;
  const rows = await reader.all<LogRow<Kind>>(sql`SELECT ${COLUMNS} FROM ${records} ORDER BY sequence`);
  const byRecord = Map.groupBy(rows, ({ recordId }) => recordId);
  return recordIds.map((id) => (byRecord.get(id) ?? []).map(changeOf));
}

/** Exact number of changes of each of many records of a kind. */
export async function countChangesOfRecords(
  reader: Reader,
  kind: Kind,
  recordIds: readonly number[],
): Promise<number[]> {
  const rows = await reader.all<{ id: number; total: number }>(
    sql`SELECT record_id AS id, COUNT(*) AS total FROM change_log WHERE kind = ${kind}
      AND ${inList(reader.dialect, raw('record_id'), recordIds, 'bigint')} GROUP BY record_id`,
  );
  const totals = new Map(rows.map(({ id, total }) => [id, total]));
  return recordIds.map((id) => totals.get(id) ?? 0);
}

function filterConditions(reader: Reader, filter: ChangeFilter): Sql[] {
  const conditions: Sql[] = [sql`kind <> ${PROJECT_KIND}`];
  for (const [name, column] of Object.entries(FILTER_COLUMNS)) {
    const operators = filter[name as keyof ChangeFilter];
    if (!operators) continue;
    const { eq, ne, in: any, notIn, isNull } = checked(operators, name);
    if (eq !== undefined) conditions.push(sql`${raw(column)} = ${eq}`);
    if (ne !== undefined) conditions.push(sql`(${raw(column)} = ${ne}) IS NOT TRUE`);
    if (any !== undefined) conditions.push(inList(reader.dialect, raw(column), any ?? [], 'bigint'));
    if (notIn !== undefined)
      conditions.push(sql`(${inList(reader.dialect, raw(column), notIn ?? [], 'bigint')}) IS NOT TRUE`);
    if (isNull !== undefined) conditions.push(raw(`${column} IS ${isNull ? '' : 'NOT '}NULL`));
  }
  return conditions;
}

/** Whether a change is one of those that the filter describes; the same meaning as in SQL. */
export function matchesChange(filter: ChangeFilter | null | undefined, change: Change): boolean {
  return (Object.keys(FILTER_COLUMNS) as (keyof ChangeFilter)[]).every((name) => {
    const operators = filter?.[name];
    if (!operators) return true;
    const { eq, ne, in: any, notIn, isNull } = operators;
    const value = change[name];
    return (
      (eq === undefined || value === eq) &&
      (ne === undefined || value !== ne) &&
      (any === undefined || (value !== null && (any ?? []).includes(value))) &&
      (notIn === undefined || value === null || !(notIn ?? []).includes(value)) &&
      (isNull === undefined || (value === null) === isNull)
    );
  });
}

/**
 * A filter without null operands.
 * @throws BuildgateError INVALID naming the operator
 */
export function checkChangeFilter(filter: ChangeFilter | null | undefined): ChangeFilter {
  for (const [name, operators] of Object.entries(filter ?? {}))
    if (operators) checked(operators as EnumOperators, name);
  return filter ?? {};
}

function checked(operators: EnumOperators, name: string): EnumOperators {
  for (const [operator, operand] of Object.entries(operators)) {
    const values: unknown[] = Array.isArray(operand) ? operand : [operand];
    if (values.includes(null)) {
      throw new BuildgateError('INVALID', `filter.${name}.${operator}: null is not a value here; use isNull.`);
    }
  }
  return operators;
}

const CURSOR = /^(0|[1-9][0-9]{0,15})$/;

/** The cursor that stands for a change: its sequence as text. */
export function changeCursor(change: LogEntry): string {
  return sequenceCursor(change.sequence);
}

/** The cursor of a place in the log. */
export function sequenceCursor(sequence: number): string {
  return String(sequence);
}

/**
 * The sequence that a cursor stands for.
 * @throws BuildgateError INVALID when the text is no cursor of the change log
 */
export function parseChangeCursor(cursor: string): number {
  const sequence = CURSOR.test(cursor) ? Number(cursor) : Number.NaN;
  if (!Number.isSafeInteger(sequence)) throw new BuildgateError('INVALID', 'after: not a cursor of the change log.');
  return sequence;
}
