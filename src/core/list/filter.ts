import { BuildgateError } from '../errors.js';
import { inList, join, raw, sql, type Dialect, type Sql } from '../store/sql.js';
import { foldCase } from '../text.js';
import type {
  ColumnField,
  FilterField,
  FilterGroup,
  LookupField,
  RecordList,
  RelationField,
  ValueType,
} from './fields.js';

/** A filter as GraphQL hands it over: members of the list's declaration, `and` / `or` / `not`, operators at the leaves. */
export type FilterInput = Readonly<Record<string, unknown>>;

const MAX_CONDITIONS = 200;
const MAX_DEPTH = 12;
const MAX_OPERANDS = 10_000;
const COMPARISONS: Readonly<Record<string, string>> = { lt: '<', lte: '<=', gt: '>', gte: '>=' };

/** Turns filters of one operation into SQL conditions on an alias of the list's table. */
export class FilterCompiler {
  #conditions = 0;

  constructor(readonly dialect: Dialect) {}

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
    if (field) return this.#field(field, value as FilterInput, alias, path, depth, siblings);
    const group = list.groups[name];
    return group ? this.#group(group, value as FilterInput, alias, path, depth) : null;
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

  #group({ system, fields }: FilterGroup, filter: FilterInput, alias: string, path: string, depth: number): Sql | null {
    const parts: Sql[] = [sql`${raw(`${alias}.system`)} = ${system}`];
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
    return this.#operators(field, raw(`${alias}.${field.column}`), operators, path);
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
    const found = sql`SELECT ${raw(`${inner}.id FROM ${list.table} ${inner}`)} WHERE ${condition}`;
    if (field.lookUpBeside && siblings[field.lookUpBeside]) {
      return sql`EXISTS (${found} AND ${raw(`${inner}.id`)} = ${column})`;
    }
    if (!field.through) return sql`${column} IN (${found})`;
    const { table, from, to } = field.through;
    return sql`${column} IN (SELECT ${raw(`${from} FROM ${table}`)} WHERE ${raw(to)} IN (${found}))`;
  }

  #lookup(field: LookupField, operators: FilterInput, alias: string, path: string): Sql | null {
    const column = raw(`${alias}.${field.column}`);
    const text: ColumnField = { column: field.lookupColumn, type: 'text', nullable: false, description: '' };
    const parts: Sql[] = [];
    for (const [operator, operand] of Object.entries(operators)) {
      if (operator === 'isNull' && operand !== undefined) parts.push(nullTest(column, operand, `${path}.isNull`));
      if (operator === 'isNull') continue;
      const inner = this.#operators(text, raw(`looked_up.${field.lookupColumn}`), { [operator]: operand }, path);
      if (!inner) continue;
      const found = sql`${column} IN (SELECT looked_up.id FROM ${raw(field.table)} looked_up WHERE ${inner})`;
      // A record that refers to nothing differs from every value, too.
      const differs = operator === 'ne' || operator === 'notIn';
      parts.push(differs ? sql`(${column} IS NULL OR ${found})` : found);
    }
    return parts.length === 0 ? null : join(parts, ' AND ');
  }

  #operators(field: ColumnField, column: Sql, operators: FilterInput, path: string): Sql | null {
    const parts: Sql[] = [];
    for (const [operator, operand] of Object.entries(operators)) {
      if (operand === undefined) continue;
      if (operand === null)
        throw new BuildgateError('INVALID', `${path}.${operator}: null is not a value here; use isNull.`);
      this.#conditions += 1;
      if (this.#conditions > MAX_CONDITIONS)
        throw new BuildgateError('TOO_EXPENSIVE', `${path}: the filter has more than ${MAX_CONDITIONS} conditions.`);
      parts.push(this.#operator(field, column, operator, operand, `${path}.${operator}`));
    }
    return parts.length === 0 ? null : join(parts, ' AND ');
  }

  #operator(field: ColumnField, column: Sql, operator: string, operand: unknown, path: string): Sql {
    if (operator === 'isNull') return nullTest(column, operand, path);
    if (operator === 'in' || operator === 'notIn')
      return this.#list(field, column, operator, operand as unknown[], path);
    const value = operand as string | number | boolean;
    if (typeof value === 'string' && value.includes('\0')) return withoutNul(column, operator, value);
    if (operator === 'eq') return sql`${column} = ${value}`;
    if (operator === 'ne') return this.#differs(column, value);
    const comparison = COMPARISONS[operator];
    if (comparison) return sql`${column} ${raw(comparison)} ${value}`;
    return this.#textOperator(column, operator, String(value));
  }

  /** Rows whose column is null differ from every value. */
  #differs(column: Sql, value: string | number | boolean): Sql {
    return this.dialect === 'sqlite' ? sql`${column} IS NOT ${value}` : sql`${column} IS DISTINCT FROM ${value}`;
  }

  #list(field: ColumnField, column: Sql, operator: 'in' | 'notIn', operands: unknown[], path: string): Sql {
    if (operands.length > MAX_OPERANDS)
      throw new BuildgateError('TOO_EXPENSIVE', `${path}: more than ${MAX_OPERANDS} values.`);
    if (operands.some((operand) => operand === null))
      throw new BuildgateError('INVALID', `${path}: null is not a value here; use isNull.`);
    const values = (operands as (string | number)[]).filter(
      (value) => typeof value !== 'string' || !value.includes('\0'),
    );
    if (operator === 'in' && values.length === 0) return sql`(1 = 0)`;
    const condition = inList(this.dialect, column, values, sqlType(field.type));
    return operator === 'in' ? condition : sql`((${condition}) IS NOT TRUE)`;
  }

  #textOperator(column: Sql, operator: string, value: string): Sql {
    if (operator === 'contains') return containsText(this.dialect, column, value);
    if (operator === 'endsWith') return endsWithText(this.dialect, column, value);
    if (operator === 'icontains') {
      const folded = foldCase(value);
      return this.dialect === 'sqlite'
        ? sql`instr(fold_case(${column}), ${folded}) > 0`
        : sql`strpos(replace(lower(${column} COLLATE "und-x-icu"), 'ς', 'σ'), ${folded}) > 0`;
    }
    return startsWith(column, value);
  }
}

function sqlType(type: ValueType): 'bigint' | 'text' {
  return type === 'text' ? 'text' : 'bigint';
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

/** Whether text contains a text, letter case included; no character is a pattern. */
export function containsText(dialect: Dialect, column: Sql, value: string): Sql {
  return dialect === 'sqlite' ? sql`instr(${column}, ${value}) > 0` : sql`strpos(${column}, ${value}) > 0`;
}

/** Whether text ends with a text, letter case included; no character is a pattern. */
export function endsWithText(dialect: Dialect, column: Sql, value: string): Sql {
  if (value === '') return sql`${column} IS NOT NULL`;
  const length = Array.from(value).length;
  return dialect === 'sqlite'
    ? sql`substr(${column}, ${-length}) = ${value}`
    : sql`right(${column}, ${length}) = ${value}`;
}

/** A range over the index instead of a pattern: from the prefix to before the next text that does not have it. */
export function startsWith(column: Sql, prefix: string): Sql {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  while (points.length > 0 && (points.at(-1) ?? 0) >= 0x10ffff) points.pop();
  if (points.length === 0) return sql`${column} >= ${prefix}`;
  const last = points.pop() ?? 0;
  // Surrogates are no characters of their own: the code point after U+D7FF is U+E000.
  points.push(last === 0xd7ff ? 0xe000 : last + 1);
  return sql`(${column} >= ${prefix} AND ${column} < ${String.fromCodePoint(...points)})`;
}
