import { BuildgateError } from '../errors.js';
import { join, raw, sql, type Dialect, type Sql, type SqlValue } from '../store/sql.js';
import type { OrderField, RecordList } from './fields.js';

/** One key of an order, as GraphQL hands it over. */
export interface OrderInput {
  readonly field: string;
  readonly direction?: 'ASC' | 'DESC' | null;
}

/** A column of the complete order; the last one is always `id`, which makes the order total. */
export interface OrderKey {
  readonly column: string;
  readonly type: OrderField['type'];
  readonly nullable: boolean;
  readonly descending: boolean;
}

const MAX_KEYS = 5;

/**
 * The complete order of a list: the keys asked for and `id` as the tie-breaker, in the direction of the last key.
 * @throws BuildgateError INVALID when there are too many keys
 */
export function completeOrder(list: RecordList, orderBy: readonly OrderInput[]): OrderKey[] {
  if (orderBy.length > MAX_KEYS) throw new BuildgateError('INVALID', `orderBy: more than ${MAX_KEYS} keys.`);
  const keys: OrderKey[] = [];
  for (const { field, direction } of orderBy) {
    const declared = list.orders[field];
    if (!declared) throw new BuildgateError('INVALID', `orderBy: this list has no order ${field}.`);
    const { column, type, nullable } = declared;
    if (!keys.some((key) => key.column === column))
      keys.push({ column, type, nullable, descending: direction === 'DESC' });
    if (column === 'id') return keys;
  }
  keys.push({ column: 'id', type: 'integer', nullable: false, descending: keys.at(-1)?.descending ?? true });
  return keys;
}

/** The same order backwards. */
export function reversed(keys: readonly OrderKey[]): OrderKey[] {
  return keys.map((key) => ({ ...key, descending: !key.descending }));
}

/** The ORDER BY list. Null is the largest value on both databases, as PostgreSQL has it by default. */
export function orderSql(dialect: Dialect, keys: readonly OrderKey[], alias: string): Sql {
  const parts = keys.map(({ column, nullable, descending }) => {
    const nulls = dialect === 'sqlite' && nullable ? (descending ? ' NULLS FIRST' : ' NULLS LAST') : '';
    return raw(`${alias}.${column}${descending ? ' DESC' : ''}${nulls}`);
  });
  return join(parts, ', ');
}

/** The condition that a row comes behind the row with these key values in this order. */
export function behind(keys: readonly OrderKey[], values: readonly SqlValue[], alias: string): Sql {
  if (keys.every((key) => !key.nullable && key.descending === keys[0]?.descending))
    return behindAtOnce(keys, values, alias);
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((previous, place) => same(previous, values[place] ?? null, alias));
    return join(
      [...equal, beyond(key, values[index] ?? null, alias)].map((part) => sql`(${part})`),
      ' AND ',
    );
  });
  const any = join(
    alternatives.map((part) => sql`(${part})`),
    ' OR ',
  );
  const [leading] = keys;
  const start = leading && notBefore(leading, values[0] ?? null, alias);
  return start ? sql`(${start} AND (${any}))` : sql`(${any})`;
}

/** Where the index on the first key begins to hold such rows; databases do not see that in the alternatives. */
function notBefore(key: OrderKey, value: SqlValue, alias: string): Sql | null {
  const column = raw(`${alias}.${key.column}`);
  if (value === null) return key.descending ? null : sql`${column} IS NULL`;
  if (key.descending) return sql`${column} <= ${value}`;
  return key.nullable ? null : sql`${column} >= ${value}`;
}

/** Row values compare along the index; possible where no key is null and all go the same way. */
function behindAtOnce(keys: readonly OrderKey[], values: readonly SqlValue[], alias: string): Sql {
  const columns = raw(keys.map(({ column }) => `${alias}.${column}`).join(', '));
  const operands = join(
    values.map((value) => sql`${value}`),
    ', ',
  );
  return sql`(${columns}) ${raw(keys[0]?.descending ? '<' : '>')} (${operands})`;
}

function same(key: OrderKey, value: SqlValue, alias: string): Sql {
  const column = raw(`${alias}.${key.column}`);
  return value === null ? sql`${column} IS NULL` : sql`${column} = ${value}`;
}

function beyond(key: OrderKey, value: SqlValue, alias: string): Sql {
  const column = raw(`${alias}.${key.column}`);
  if (value === null) return key.descending ? sql`${column} IS NOT NULL` : sql`1 = 0`;
  if (key.descending) return sql`${column} < ${value}`;
  return key.nullable ? sql`${column} > ${value} OR ${column} IS NULL` : sql`${column} > ${value}`;
}
