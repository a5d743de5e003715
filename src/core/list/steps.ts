import type { System } from '../model/states.js';
import { raw, sql, type Dialect, type Sql } from '../store/sql.js';
import { ALIAS, type ColumnField, type FilterField, type LookupField, type RecordList } from './fields.js';
import { FilterCompiler, isPartOf, type FilterInput } from './filter.js';
import { valueSql } from './value.js';

/** A declared filter field whose values can be told apart and grouped by. */
export type ValueField = ColumnField | LookupField;

/** A field of a list by name, with what asking for it means for the filter. */
export interface NamedField {
  readonly field: ValueField;
  /** Place of the field in a filter: `['arch']`, or `['kernelci', 'arch']` for one of a system. */
  readonly path: readonly string[];
  /** For a system's field: the system whose records have it. */
  readonly system: System | null;
}

/**
 * A field of a list by its name in filters, `system.name` for one in a system's namespace.
 * @throws Error when the list declares no such field or it is a relation: names are our own declarations
 */
export function fieldNamed(list: RecordList, name: string): NamedField {
  const path = name.split('.');
  const [groupName = '', member] = path;
  const group = member === undefined ? undefined : list.groups[groupName];
  const field: FilterField | undefined = member === undefined ? list.fields[name] : group?.fields[member];
  if (!field || 'references' in field) throw new Error(`${list.table} has no value ${name}.`);
  return { field, path, system: group?.system ?? null };
}

/** The value of a field in a row of the list, as it is grouped by: for a project its number. */
export function groupingSql(dialect: Dialect, field: ValueField): Sql {
  return 'lookupColumn' in field ? raw(`${ALIAS}.${field.column}`) : valueSql(dialect, ALIAS, field);
}

/** The conditions of a filter, and that records are of the system whose field is asked for. */
export function scopeOf(
  dialect: Dialect,
  list: RecordList,
  filter: FilterInput | null,
  fields: readonly NamedField[],
): Sql[] {
  const condition = new FilterCompiler(dialect).compile(list, filter, ALIAS);
  const unsaid = fields.filter(
    ({ path: [name = ''] }) =>
      !isPartOf(list.groups[name]?.fields ?? {}, filter?.[name] as FilterInput | null | undefined),
  );
  const systems = [...new Set(unsaid.map(({ system }) => system))].filter((system) => system !== null);
  const ofSystem = systems.map((system) => sql`${raw(`${ALIAS}.system`)} = ${system}`);
  return condition ? [...ofSystem, condition] : ofSystem;
}

/**
 * Whether the distinct values of a field are found by steps along its index: each the next greater one, instead of
 * reading all records. A filter that leaves few records is better asked first.
 */
export function canStep(list: RecordList, { field, path }: NamedField, filter: FilterInput | null): boolean {
  return field.indexed === true && keepsMost(filter, list.fields, list, path);
}

/** Whether a filter has nothing but conditions that keep whole large parts of the records. */
function keepsMost(
  filter: FilterInput | null,
  fields: Readonly<Record<string, FilterField>>,
  list: RecordList | null,
  path: readonly string[],
): boolean {
  return Object.entries(filter ?? {}).every(([name, value]) => {
    if (value === null || value === undefined || name === 'system') return true;
    const group = list?.groups[name];
    if (group) return keepsMost(value as FilterInput, group.fields, null, path[0] === name ? path.slice(1) : []);
    const field = fields[name];
    if (field && 'partition' in field && field.partition) return true;
    return path.length === 1 && path[0] === name && onlyPresent(value as FilterInput);
  });
}

function onlyPresent(operators: FilterInput): boolean {
  return Object.entries(operators).every(([operator, operand]) => operator === 'isNull' && operand === false);
}

/** Whether null is among the values to look for: not where the field has none, nor where the filter leaves it out. */
export function mayBeNull({ field, path }: NamedField, filter: FilterInput | null): boolean {
  const [group = '', member] = path;
  const inner = filter?.[group] as FilterInput | null | undefined;
  const operators = member === undefined ? inner : (inner?.[member] as FilterInput | null | undefined);
  return field.nullable && operators?.['isNull'] !== false;
}

/** The condition that a record has no value of a field. */
export function absenceSql(dialect: Dialect, field: ValueField): Sql {
  const absent = sql`${groupingSql(dialect, field)} IS NULL`;
  const presence = 'presence' in field ? field.presence : undefined;
  return presence === undefined ? absent : sql`(${absent} AND ${raw(`${ALIAS}.${presence}`)} IS NOT NULL)`;
}

/**
 * A recursive table expression `steps(value)`: the distinct values of an indexed column within a scope, in ascending
 * order, each found by one step from the one before. Its last value is null.
 */
export function stepsSql(list: RecordList, value: Sql, scope: readonly Sql[]): Sql {
  const next = (bound: Sql): Sql => {
    const conditions = [bound, ...scope].reduce((joined, part) => sql`${joined} AND ${part}`);
    return sql`(SELECT ${value} FROM ${raw(`${list.table} ${ALIAS}`)} WHERE ${conditions} ORDER BY ${value} LIMIT 1)`;
  };
  return sql`WITH RECURSIVE steps(value) AS (
    SELECT ${next(sql`${value} IS NOT NULL`)}
    UNION ALL SELECT ${next(sql`${value} > steps.value`)} FROM steps WHERE steps.value IS NOT NULL
  )`;
}
