import { BuildgateError } from '../errors.js';
import { join, raw, sql, type Dialect, type Sql, type SqlValue } from '../store/sql.js';
import type { OrderField, RecordList } from './fields.js';
import { valueSql } from './value.js';

/** One key of an order, as GraphQL hands it over. */
export interface OrderInput {
  readonly field: string;
  readonly direction?: 'ASC' | 'DESC' | null;
  /** Where nulls stand; by default null is the largest value. */
  readonly nulls?: 'FIRST' | 'LAST' | null;
}

/** A key of the complete order; the last one is always the column `id`, which makes the order total. */
export interface OrderKey {
  readonly column: string;
  readonly member?: string;
  readonly type: OrderField['type'];
  readonly nullable: boolean;
  readonly descending: boolean;
  /** Where nulls stand in this direction, if there are any. */
  readonly nullsFirst: boolean;
}

const MAX_KEYS = 20;

/**
 * The complete order of a list: the keys asked for and `id` as the tie-breaker, in the direction of the last key.
 * @throws BuildgateError INVALID when there are too many keys
 */
export function completeOrder(list: RecordList, orderBy: readonly OrderInput[]): OrderKey[] {
  if (orderBy.length > MAX_KEYS) throw new BuildgateError('INVALID', `orderBy: more than ${MAX_KEYS} keys.`);
  const keys: OrderKey[] = [];
  for (const { field, direction, nulls } of orderBy) {
    const declared = list.orders[field];
    if (!declared) throw new BuildgateError('INVALID', `orderBy: this list has no order ${field}.`);
    const key = orderKey(declared, direction === 'DESC', nulls);
    if (!keys.some(({ column, member }) => column === key.column && member === key.member)) keys.push(key);
    if (key.column === 'id') return keys;
  }
  const tieBreaker = { column: 'id', type: 'integer', nullable: false, description: '' } as const;
  keys.push(orderKey(tieBreaker, keys.at(-1)?.descending ?? true));
  return keys;
}

function orderKey(
  { column, member, type, nullable }: OrderField,
  descending: boolean,
  nulls?: OrderInput['nulls'],
): OrderKey {
  const nullsFirst = nulls ? nulls === 'FIRST' : descending;
  return { column, ...(member === undefined ? {} : { member }), type, nullable, descending, nullsFirst };
}

/** The same order backwards. */
export function reversed(keys: readonly OrderKey[]): OrderKey[] {
  return keys.map((key) => ({ ...key, descending: !key.descending, nullsFirst: !key.nullsFirst }));
}

/** The ORDER BY list. */
export function orderSql(dialect: Dialect, keys: readonly OrderKey[], alias: string): Sql {
  return join(
    keys.map((key) => sql`${valueSql(dialect, alias, key)}${directionSql(dialect, key)}`),
    ', ',
  );
}

/** Direction of a key, and the place of nulls where it is not the one that the database's indexes have. */
export function directionSql(dialect: Dialect, { nullable, descending, nullsFirst }: OrderKey): Sql {
  const natural = dialect === 'sqlite' ? !descending : descending;
  const nulls = !nullable || nullsFirst === natural ? '' : ` NULLS ${nullsFirst ? 'FIRST' : 'LAST'}`;
  return raw(`${descending ? ' DESC' : ''}${nulls}`);
}

/** The condition that a row comes behind the row with these key values in this order. */
export function behind(
  dialect: Dialect,
  orderKeys: readonly OrderKey[],
  values: readonly SqlValue[],
  alias: string,
): Sql {
  const keys = orderKeys.map((key) => ({ ...key, value: valueSql(dialect, alias, key) }));
  if (keys.every((key) => !key.nullable && key.descending === keys[0]?.descending)) return behindAtOnce(keys, values);
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map((previous, place) => same(previous, values[place] ?? null));
    return join(
      [...equal, beyond(key, values[index] ?? null)].map((part) => sql`(${part})`),
      ' AND ',
    );
  });
  const any = join(
    alternatives.map((part) => sql`(${part})`),
    ' OR ',
  );
  const [leading] = keys;
  const start = leading && notBefore(leading, values[0] ?? null);
  return start ? sql`(${start} AND (${any}))` : sql`(${any})`;
}

/** A key with the expression of its value. */
type PlacedKey = OrderKey & { readonly value: Sql };

/** Where the index on the first key begins to hold such rows; databases do not see that in the alternatives. */
function notBefore({ value, nullable, descending, nullsFirst }: PlacedKey, operand: SqlValue): Sql | null {
  if (operand === null) return nullsFirst ? null : sql`${value} IS NULL`;
  if (nullable && !nullsFirst) return null;
  return descending ? sql`${value} <= ${operand}` : sql`${value} >= ${operand}`;
}

/** Row values compare along the index; possible where no key is null and all go the same way. */
function behindAtOnce(keys: readonly PlacedKey[], values: readonly SqlValue[]): Sql {
  const columns = join(
    keys.map(({ value }) => value),
    ', ',
  );
  const operands = join(
    values.map((value) => sql`${value}`),
    ', ',
  );
  return sql`(${columns}) ${raw(keys[0]?.descending ? '<' : '>')} (${operands})`;
}

function same({ value }: PlacedKey, operand: SqlValue): Sql {
  return operand === null ? sql`${value} IS NULL` : sql`${value} = ${operand}`;
}

function beyond({ value, nullable, descending, nullsFirst }: PlacedKey, operand: SqlValue): Sql {
  if (operand === null) return nullsFirst ? sql`${value} IS NOT NULL` : sql`1 = 0`;
  const further = descending ? sql`${value} < ${operand}` : sql`${value} > ${operand}`;
  return nullable && !nullsFirst ? sql`${further} OR ${value} IS NULL` : further;
}
