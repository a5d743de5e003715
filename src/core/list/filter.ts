import { BuildgateError } from '../errors.js';
import { System } from '../model/states.js';
import { inList, join, raw, sql, type Dialect, type Sql } from '../store/sql.js';
import type { ColumnField, FilterField, FilterGroup, LookupField, RecordList, RelationField } from './fields.js';
import { containsFolded, containsText, endsWithText, startsWith } from './text.js';
import { containment, valueSql } from './value.js';

/** A filter as GraphQL hands it over: members of the list's declaration, `and` / `or` / `not`, operators at the leaves. */
export type FilterInput = Readonly<Record<string, unknown>>;

const MAX_CONDITIONS = 200;
const MAX_DEPTH = 12;
const MAX_OPERANDS = 10_000;
// PostgreSQL plans references as joins, and its time for that explodes with their number.
const JOINED_RELATIONS = 5;
const COMPARISONS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Turns filters of one operation into SQL conditions on an alias of the list's table. */
export class FilterCompiler {
  #conditions = 0;
  #relations = 0;

  /**
   * @param counting whether the condition is for a count: then a system is not named beside a condition that only its
   * records meet, so that an index on that column counts by itself and no row is read for what the column has said
   */
  constructor(
    readonly dialect: Dialect,
    readonly counting = false,
  ) {}

  /**
   * The condition, or null when everything matches.
   * @param path name of the argument, for error texts
   * @throws BuildgateError INVALID for a null operand, TOO_EXPENSIVE for a filter beyond the limits
   */
  compile(
    list: RecordList,
    filter: FilterInput | null | undefined,
    alias: string,
    path = 'filter',
    depth = 0,
  ): Sql | null {
    if (!filter) return null;
    if (depth > MAX_DEPTH)
      throw new BuildgateError('TOO_EXPENSIVE', `${path}: nested more than ${MAX_DEPTH} levels deep.`);
    const conditions: Sql[] = [];
    for (const [name, value] of Object.entries(filter)) {
      if (value === undefined || value === null) continue;
      const condition = this.#member(list, name, value, alias, `${path}.${name}`, depth, filter);
      if (condition) conditions.push(condition);
    }
    return conditions.length === 0 ? null : join(conditions, ' AND ');
  }

  #member(
    list: RecordList,
    name: string,
    value: unknown,
    alias: string,
    path: string,
    depth: number,
    siblings: FilterInput,
  ): Sql | null {
    if (name === 'and' || name === 'or') return this.#combine(list, name, value as FilterInput[], alias, path, depth);
    if (name === 'not') {
      const inner = this.compile(list, value as FilterInput, alias, path, depth + 1);
      // A comparison with null is neither true nor false; not() means "does not match".
      return inner ? sql`((${inner}) IS NOT TRUE)` : sql`(1 = 0)`;
    }
    const field = list.fields[name];
    if (this.counting && name === 'system' && isImplied(list, value as FilterInput, siblings)) return null;
    if (field) return this.#field(field, value as FilterInput, alias, path, depth, siblings);
    const group = list.groups[name];
    return group ? this.#group(list, group, value as FilterInput, alias, path, depth) : null;
  }

  #combine(
    list: RecordList,
    name: 'and' | 'or',
    filters: FilterInput[],
    alias: string,
    path: string,
    depth: number,
  ): Sql | null {
    const parts = filters.map((filter, index) => this.compile(list, filter, alias, `${path}[${index}]`, depth + 1));
    if (name === 'and') {
      const present = parts.filter((part) => part !== null);
      return present.length === 0 ? null : sql`(${join(present, ' AND ')})`;
    }
    if (parts.some((part) => part === null)) return null;
    const present = parts.filter((part) => part !== null);
    return present.length === 0
      ? sql`(1 = 0)`
      : sql`(${join(
          present.map((part) => sql`(${part})`),
          ' OR ',
        )})`;
  }

  #group(
    list: RecordList,
    { system, fields }: FilterGroup,
    filter: FilterInput,
    alias: string,
    path: string,
    depth: number,
  ): Sql | null {
    // SQLite would take the system's index for its order, however many of the system's rows that passes over.
    const own = this.counting
      ? asksFor(fields, filter, ({ column }) => list.systemOfColumn(column) === system)
      : this.dialect === 'sqlite' && asksFor(fields, filter, ({ own }) => own === true);
    const parts: Sql[] = own || isPartOf(fields, filter) ? [] : [sql`${raw(`${alias}.system`)} = ${system}`];
    for (const [name, value] of Object.entries(filter)) {
      const field = fields[name];
      if (value === undefined || value === null || !field) continue;
      const part = this.#field(field, value as FilterInput, alias, `${path}.${name}`, depth, filter);
      if (part) parts.push(part);
    }
    return join(parts, ' AND ');
  }

  #field(
    field: FilterField,
    operators: FilterInput,
    alias: string,
    path: string,
    depth: number,
    siblings: FilterInput,
  ): Sql | null {
    if ('references' in field) return this.#relation(field, operators, alias, path, depth, siblings);
    if ('lookupColumn' in field) return this.#lookup(field, operators, alias, path);
    return this.#operators(field, alias, operators, path);
  }

  #relation(
    field: RelationField,
    filter: FilterInput,
    alias: string,
    path: string,
    depth: number,
    siblings: FilterInput,
  ): Sql | null {
    const list = field.references();
    const inner = `${list.table}_${depth + 1}`;
    const condition = this.compile(list, filter, inner, path, depth + 1);
    if (!condition) return null;
    const column = raw(`${alias}.${field.column}`);
    const key = raw(`${inner}.${field.key ?? 'id'}`);
    const found = sql`SELECT ${key} FROM ${raw(`${list.table} ${inner}`)} WHERE ${condition}`;
    if (field.lookUpBeside && siblings[field.lookUpBeside]) return sql`EXISTS (${found} AND ${key} = ${column})`;
    if (!field.through) return this.#among(column, found);
    const { table, from, to } = field.through;
    return this.#among(column, sql`SELECT ${raw(`${from} FROM ${table}`)} WHERE ${raw(to)} IN (${found})`);
  }

  /** That a column is among what a statement finds; beyond the first few, what it finds is found first. */
  #among(column: Sql, found: Sql): Sql {
    this.#relations += 1;
    const apart = this.dialect === 'postgresql' && this.#relations > JOINED_RELATIONS;
    return apart ? sql`${column} = ANY (ARRAY(${found}))` : sql`${column} IN (${found})`;
  }

  #lookup(field: LookupField, operators: FilterInput, alias: string, path: string): Sql | null {
    const column = raw(`${alias}.${field.column}`);
    const text: ColumnField = { column: field.lookupColumn, type: 'text', nullable: false, description: '' };
    const parts: Sql[] = [];
    for (const [operator, operand] of Object.entries(operators)) {
      if (operator === 'isNull' && operand !== undefined) parts.push(nullTest(column, operand, `${path}.isNull`));
      if (operator === 'isNull') continue;
      const inner = this.#operators(text, 'looked_up', { [operator]: operand }, path);
      if (!inner) continue;
      const found = sql`${column} IN (SELECT looked_up.id FROM ${raw(field.table)} looked_up WHERE ${inner})`;
      // A record that refers to nothing differs from every value, too.
      const differs = operator === 'ne' || operator === 'notIn';
      parts.push(differs ? sql`(${column} IS NULL OR ${found})` : found);
    }
    return parts.length === 0 ? null : join(parts, ' AND ');
  }

  #operators(field: ColumnField, alias: string, operators: FilterInput, path: string): Sql | null {
    const parts: Sql[] = [];
    for (const [operator, operand] of Object.entries(operators)) {
      if (operand === undefined) continue;
      if (operand === null)
        throw new BuildgateError('INVALID', `${path}.${operator}: null is not a value here; use isNull.`);
      this.#conditions += 1;
      if (this.#conditions > MAX_CONDITIONS)
        throw new BuildgateError('TOO_EXPENSIVE', `${path}: the filter has more than ${MAX_CONDITIONS} conditions.`);
      parts.push(this.#operator(field, alias, operator, operand, `${path}.${operator}`));
    }
    return parts.length === 0 ? null : join(parts, ' AND ');
  }

  #operator(field: ColumnField, alias: string, operator: string, operand: unknown, path: string): Sql {
    const column = valueSql(this.dialect, alias, field);
    if (operator === 'isNull') return nullTest(column, operand, path);
    if (operator === 'in' || operator === 'notIn')
      return this.#list(field, alias, operator, operand as unknown[], path);
    const value = operand as string | number | boolean;
    if (typeof value === 'string' && value.includes('\0')) return withoutNul(column, operator, value);
    if (operator === 'eq') return containment(this.dialect, alias, field, [value]) ?? sql`${column} = ${value}`;
    if (operator === 'ne') return this.#differs(column, value);
    const comparison = COMPARISONS[operator];
    if (comparison) return sql`${column} ${raw(comparison)} ${value}`;
    return this.#textOperator(column, operator, String(value));
  }

  /** Rows whose column is null differ from every value. */
  #differs(column: Sql, value: string | number | boolean): Sql {
    return this.dialect === 'sqlite' ? sql`${column} IS NOT ${value}` : sql`${column} IS DISTINCT FROM ${value}`;
  }

  #list(field: ColumnField, alias: string, operator: 'in' | 'notIn', operands: unknown[], path: string): Sql {
    if (operands.length > MAX_OPERANDS)
      throw new BuildgateError('TOO_EXPENSIVE', `${path}: more than ${MAX_OPERANDS} values.`);
    if (operands.some((operand) => operand === null))
      throw new BuildgateError('INVALID', `${path}: null is not a value here; use isNull.`);
    const values = (operands as (string | number)[]).filter(
      (value) => typeof value !== 'string' || !value.includes('\0'),
    );
    if (operator === 'in' && values.length === 0) return sql`(1 = 0)`;
    const condition =
      containment(this.dialect, alias, field, values) ??
      inList(this.dialect, valueSql(this.dialect, alias, field), values, sqlType(field));
    return operator === 'in' ? condition : sql`((${condition}) IS NOT TRUE)`;
  }

  #textOperator(column: Sql, operator: string, value: string): Sql {
    if (operator === 'contains') return containsText(this.dialect, column, value);
    if (operator === 'endsWith') return endsWithText(this.dialect, column, value);
    if (operator === 'icontains') return containsFolded(this.dialect, column, value);
    return startsWith(column, value);
  }
}

function sqlType({ type, member }: ColumnField): 'bigint' | 'double precision' | 'text' {
  if (type === 'text') return 'text';
  return type === 'float' || member !== undefined ? 'double precision' : 'bigint';
}

function nullTest(column: Sql, operand: unknown, path: string): Sql {
  if (operand === null) throw new BuildgateError('INVALID', `${path}: must be true or false.`);
  return operand === true ? sql`${column} IS NULL` : sql`${column} IS NOT NULL`;
}

/**
 * No column holds NUL, and PostgreSQL takes no such operand: nothing equals it, and what comes before it is what comes
 * before the text in front of the NUL, that text included.
 */
function withoutNul(column: Sql, operator: string, value: string): Sql {
  const comparison = COMPARISONS[operator];
  if (!comparison) return operator === 'ne' ? sql`(1 = 1)` : sql`(1 = 0)`;
  return sql`${column} ${raw(comparison.startsWith('<') ? '<=' : '>')} ${value.slice(0, value.indexOf('\0'))}`;
}

/** Whether a filter asks for what only one system records, and so for records of that system. */
export function isAbout(system: System, filter: FilterInput | null | undefined): boolean {
  return Object.keys(filter?.[System[system].toLowerCase()] ?? {}).length > 0;
}

/** Whether a filter asks for a value of one of the fields that only records of its system have. */
function asksFor(
  fields: Readonly<Record<string, FilterField>>,
  filter: FilterInput,
  isOwn: (field: ColumnField) => boolean,
): boolean {
  return Object.entries(filter).some(([name, operators]) => {
    const field = fields[name];
    if (!field || !('type' in field) || !isOwn(field)) return false;
    const { eq, in: values } = (operators ?? {}) as FilterInput;
    return (eq ?? values ?? null) !== null;
  });
}

/** Whether nothing but a system is asked for, and what else is asked for is in a column that only its records have. */
function isImplied(list: RecordList, { eq, ...others }: FilterInput, siblings: FilterInput): boolean {
  if (Object.values(others).some((operand) => operand !== undefined)) return false;
  const group = Object.entries(list.groups).find(([, { system }]) => system === eq);
  const inner = group && (siblings[group[0]] as FilterInput | null | undefined);
  if (!group || !inner) return false;
  return asksFor(group[1].fields, inner, ({ column }) => list.systemOfColumn(column) === eq);
}

/**
 * Whether a filter asks for a part of a system's records. Then it says nothing more to name the system, and an index on
 * the part answers by itself.
 */
export function isPartOf(
  fields: Readonly<Record<string, FilterField>>,
  filter: FilterInput | null | undefined,
): boolean {
  return Object.entries(filter ?? {}).some(([name, operators]) => {
    const field = fields[name];
    if (!field || !('partition' in field) || !field.partition) return false;
    const { eq } = (operators ?? {}) as FilterInput;
    return eq !== undefined && eq !== null;
  });
}
