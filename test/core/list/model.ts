import type { ColumnField, FilterField, LookupField, RecordList } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { completeOrder, type OrderInput, type OrderKey } from '../../../src/core/list/order.js';
import type { SqlValue } from '../../../src/core/store/sql.js';
import type { Row, Tables } from '../world.js';

/** What lists must answer, worked out over rows in memory: no SQL, no collation, no three-valued logic. */

type Operators = Readonly<Record<string, unknown>>;

function rowsOf(world: Tables, list: RecordList): readonly Row[] {
  return world[list.table] ?? [];
}

/** The value of a column, or of a member of a JSON column. */
export function valueOf(row: Row, { column, member }: { readonly column: string; readonly member?: string }): SqlValue {
  const value = row[column] ?? null;
  if (member === undefined || value === null) return value;
  return (JSON.parse(String(value)) as Row)[member] ?? null;
}

/** Ids of the rows that match, in the order asked for. */
export function modelIds(
  world: Tables,
  list: RecordList,
  filter: FilterInput,
  orderBy: readonly OrderInput[],
): number[] {
  const found = rowsOf(world, list).filter((row) => matches(world, list, row, filter));
  return inOrder(list, found, orderBy).map(({ id }) => id as number);
}

/** Rows in the order asked for: by code point, null as the largest value unless nulls have a place of their own. */
export function inOrder(list: RecordList, rows: readonly Row[], orderBy: readonly OrderInput[]): Row[] {
  const keys = completeOrder(list, orderBy).map((key) => ({ ...key, nulls: placeOfNulls(list, orderBy, key) }));
  return rows.toSorted((left, right) => {
    for (const key of keys) {
      const [one, other] = [valueOf(left, key), valueOf(right, key)];
      if ((one === null) !== (other === null)) return (one === null) === (key.nulls === 'FIRST') ? -1 : 1;
      const difference = compare(one, other);
      if (difference !== 0) return key.descending ? -difference : difference;
    }
    return 0;
  });
}

function placeOfNulls(
  list: RecordList,
  orderBy: readonly OrderInput[],
  { column, member, descending }: OrderKey,
): string {
  const input = orderBy.find(({ field }) => {
    const declared = list.orders[field];
    return declared?.column === column && declared.member === member;
  });
  return input?.nulls ?? (descending ? 'FIRST' : 'LAST');
}

function compare(left: SqlValue, right: SqlValue): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  if (typeof left === 'string') return Buffer.compare(Buffer.from(left), Buffer.from(String(right)));
  return Number(left) - Number(right);
}

/** Whether a row matches a filter. */
export function matches(world: Tables, list: RecordList, row: Row, filter: FilterInput): boolean {
  return Object.entries(filter).every(([name, value]) => {
    if (name === 'and') return (value as FilterInput[]).every((part) => matches(world, list, row, part));
    if (name === 'or') return (value as FilterInput[]).some((part) => matches(world, list, row, part));
    if (name === 'not') return !matches(world, list, row, value as FilterInput);
    const field = list.fields[name];
    if (field) return holds(world, field, row, value as Operators);
    const group = list.groups[name];
    if (!group || row['system'] !== group.system) return false;
    return Object.entries(value as FilterInput).every(([member, operators]) =>
      holds(world, group.fields[member] as FilterField, row, operators as Operators),
    );
  });
}

function holds(world: Tables, field: FilterField, row: Row, operators: Operators): boolean {
  if ('references' in field) {
    const target = rowsOf(world, field.references()).find(({ id }) => id === row[field.column]);
    return target !== undefined && matches(world, field.references(), target, operators);
  }
  const value = 'lookupColumn' in field ? lookUp(world, field, row) : valueOf(row, field);
  return Object.entries(operators).every(([operator, operand]) => OPERATORS[operator]?.(value, operand) === true);
}

function lookUp(world: Tables, field: LookupField, row: Row): SqlValue {
  const target = world[field.table]?.find(({ id }) => id === row[field.column]);
  return target?.[field.lookupColumn] ?? null;
}

/** Capitals: small letters may differ where they do not. */
function fold(text: SqlValue): string {
  return String(text).toUpperCase();
}

type Operator = (value: SqlValue, operand: any) => boolean;

const OPERATORS: Readonly<Record<string, Operator>> = {
  eq: (value, operand) => value === operand,
  ne: (value, operand) => value !== operand,
  in: (value, operand) => operand.includes(value),
  notIn: (value, operand) => !operand.includes(value),
  lt: (value, operand) => value !== null && compare(value, operand) < 0,
  lte: (value, operand) => value !== null && compare(value, operand) <= 0,
  gt: (value, operand) => value !== null && compare(value, operand) > 0,
  gte: (value, operand) => value !== null && compare(value, operand) >= 0,
  contains: (value, operand) => value !== null && String(value).includes(operand),
  icontains: (value, operand) => value !== null && fold(value).includes(fold(operand)),
  startsWith: (value, operand) => value !== null && String(value).startsWith(operand),
  endsWith: (value, operand) => value !== null && String(value).endsWith(operand),
  isNull: (value, operand) => (value === null) === operand,
};

/** The operators that a field of this type has. */
export function operatorsOf(type: ColumnField['type']): string[] {
  const equality = ['eq', 'ne'];
  if (type === 'boolean') return equality;
  const comparison = ['lt', 'lte', 'gt', 'gte'];
  const shared = [...equality, 'in', 'notIn', ...(type === 'enum' ? [] : comparison)];
  return type === 'text' ? [...shared, 'contains', 'icontains', 'startsWith', 'endsWith'] : shared;
}
