import { BuildgateError } from '../errors.js';
import type { Reader } from '../store/reader.js';
import { join, raw, sql, type Sql } from '../store/sql.js';
import { countRecords } from './count.js';
import { decodeCursor, encodeCursor, keyAlias } from './cursor.js';
import type { RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';
import { behind, completeOrder, orderSql, reversed, type OrderInput, type OrderKey } from './order.js';

/** Arguments of a list, as GraphQL hands them over. */
export interface PageArguments {
  readonly filter?: FilterInput | null;
  readonly orderBy?: readonly OrderInput[] | null;
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly offset?: number | null;
}

/** Page sizes a caller may ask for. */
export interface PageLimits {
  readonly defaultSize: number;
  readonly maxSize: number;
}

/** The columns that every record has, as rows carry them; a system's own columns stand beside. */
export interface RecordRow {
  readonly id: number;
  readonly system: number;
  readonly legacyId: string;
  readonly name: string;
  readonly state: number;
  readonly legacyState: string;
  readonly stateReason: string | null;
  readonly projectId: number | null;
  readonly requester: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly createdAt?: number | null;
  readonly submittedAt?: number;
  readonly eventId?: number | null;
  readonly buildId?: number | null;
}

/** Rows of one page, in the order of the list, each with its cursor. */
export interface PageRows<Row> {
  readonly rows: readonly Row[];
  readonly cursors: readonly string[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** What a page statement needs, worked out from the arguments. */
export interface PagePlan {
  readonly list: RecordList;
  readonly keys: OrderKey[];
  /** The direction in which rows are taken: `last` takes them from the end. */
  readonly backwards: boolean;
  readonly size: number;
  readonly offset: number;
  /** Conditions from `after` and `before`. */
  readonly bounds: Sql[];
  readonly bounded: { readonly after: boolean; readonly before: boolean };
}

/** Offsets up to here are walked from the front without asking how long the list is. */
const SHALLOW = 1000;
export const ALIAS = 't';

/**
 * Checks the arguments of a list and settles order, direction and bounds.
 * @throws BuildgateError INVALID naming the argument
 */
export function planPage(
  list: RecordList,
  args: PageArguments,
  limits: PageLimits,
  defaultOrder: readonly OrderInput[],
): PagePlan {
  const { first, last, after, before } = args;
  if (isGiven(first) && isGiven(last)) throw new BuildgateError('INVALID', 'first, last: give only one of them.');
  const backwards = isGiven(last);
  const size = pageSize(backwards ? 'last' : 'first', backwards ? last : first, limits);
  const offset = args.offset ?? 0;
  if (offset < 0) throw new BuildgateError('INVALID', 'offset: must not be negative.');
  if (offset > 0 && (backwards || isGiven(after) || isGiven(before))) {
    throw new BuildgateError('INVALID', 'offset: goes with first only, not with cursors.');
  }
  const keys = completeOrder(list, isGiven(args.orderBy) && args.orderBy.length > 0 ? args.orderBy : defaultOrder);
  const bounds: Sql[] = [];
  if (isGiven(after)) bounds.push(behind(keys, decodeCursor(list, keys, after, 'after'), ALIAS));
  if (isGiven(before)) bounds.push(behind(reversed(keys), decodeCursor(list, keys, before, 'before'), ALIAS));
  return { list, keys, backwards, size, offset, bounds, bounded: { after: isGiven(after), before: isGiven(before) } };
}

/** A page of a whole list; rows and total are each computed when first asked for. */
export class RecordPage<Row extends { readonly id: number }> {
  readonly #plan: PagePlan;
  readonly #filter: FilterInput | null;
  readonly #conditions: Sql[];
  #rows: Promise<PageRows<Row>> | undefined;
  #total: Promise<number> | undefined;

  constructor(
    readonly reader: Reader,
    readonly list: RecordList,
    args: PageArguments,
    limits: PageLimits,
    defaultOrder: readonly OrderInput[],
  ) {
    this.#plan = planPage(list, args, limits, defaultOrder);
    this.#filter = args.filter ?? null;
    const condition = new FilterCompiler(reader.dialect).compile(list, this.#filter, ALIAS);
    this.#conditions = condition ? [condition] : [];
  }

  /** Number of records that match the filter, whatever the page. */
  total(): Promise<number> {
    return (this.#total ??= countRecords(this.reader, this.list, this.#filter));
  }

  /** The rows of the page: one statement, and for a deep offset one for the total. */
  rows(): Promise<PageRows<Row>> {
    return (this.#rows ??= this.#read());
  }

  async #read(): Promise<PageRows<Row>> {
    const { offset, size, keys, backwards } = this.#plan;
    if (size === 0) return { rows: [], cursors: [], hasNextPage: false, hasPreviousPage: false };
    if (offset > SHALLOW) return this.#readDeep();
    const order = backwards ? reversed(keys) : keys;
    const found = await this.#select(order, size + 1, offset);
    return assemble(this.#plan, found);
  }

  /** Walks to a deep offset from the nearer end of the list. */
  async #readDeep(): Promise<PageRows<Row>> {
    const { offset, size, keys } = this.#plan;
    const total = await this.total();
    const count = Math.max(0, Math.min(size, total - offset));
    const fromEnd = offset > total / 2;
    const found =
      count === 0
        ? []
        : await this.#select(fromEnd ? reversed(keys) : keys, count, fromEnd ? total - offset - count : offset);
    const rows = fromEnd ? found.toReversed() : found;
    return {
      rows,
      cursors: rows.map((row) => encodeCursor(this.list, keys, row)),
      hasNextPage: offset + count < total,
      hasPreviousPage: total > 0,
    };
  }

  #select(order: readonly OrderKey[], limit: number, offset: number): Promise<(Row & Record<string, unknown>)[]> {
    return this.reader.all(selectPage(this.reader, this.list, this.#plan, this.#conditions, order, limit, offset));
  }
}

/** Rows found in the direction of the plan, one more than the page has if there is a next one. */
export function assemble<Row extends { readonly id: number }>(
  plan: PagePlan,
  found: readonly (Row & Record<string, unknown>)[],
): PageRows<Row> {
  const more = found.length > plan.size;
  const taken = found.slice(0, plan.size);
  const rows = plan.backwards ? taken.toReversed() : taken;
  return {
    rows,
    cursors: rows.map((row) => encodeCursor(plan.list, plan.keys, row)),
    // A bound that is not reached in this direction still has its row behind it.
    hasNextPage: (!plan.backwards && more) || plan.bounded.before,
    hasPreviousPage: (plan.backwards && more) || plan.bounded.after || plan.offset > 0,
  };
}

function selectPage(
  reader: Reader,
  list: RecordList,
  plan: PagePlan,
  conditions: readonly Sql[],
  order: readonly OrderKey[],
  limit: number,
  offset: number,
): Sql {
  const table = raw(`${list.table} ${ALIAS}`);
  const ordered = sql`ORDER BY ${orderSql(reader.dialect, order, ALIAS)}`;
  const scope = where([...conditions, ...plan.bounds]);
  const columns = selectColumns(list, plan.keys);
  if (offset === 0) return sql`SELECT ${columns} FROM ${table}${scope} ${ordered} LIMIT ${limit}`;
  // The offset is walked over ids alone, which an index covers; only the rows of the page are fetched.
  const ids = sql`SELECT ${raw(`${ALIAS}.id`)} FROM ${table}${scope} ${ordered} LIMIT ${limit} OFFSET ${offset}`;
  return sql`SELECT ${columns} FROM ${table} WHERE ${raw(`${ALIAS}.id`)} IN (${ids}) ${ordered}`;
}

/** ` WHERE a AND b`, or nothing. */
export function where(conditions: readonly Sql[]): Sql {
  return conditions.length === 0 ? raw('') : sql` WHERE ${join(conditions, ' AND ')}`;
}

/** Every column under the name of its property, and the key values that cursors are made of. */
export function selectColumns(list: RecordList, keys: readonly OrderKey[]): Sql {
  const properties = Object.entries(list.columns).map(([property, column]) => `${ALIAS}.${column} AS "${property}"`);
  const values = keys.map(({ column }, index) => `${ALIAS}.${column} AS "${keyAlias(index)}"`);
  return raw([...properties, ...values].join(', '));
}

function pageSize(argument: string, size: number | null | undefined, limits: PageLimits): number {
  const asked = size ?? limits.defaultSize;
  if (asked < 0) throw new BuildgateError('INVALID', `${argument}: must not be negative.`);
  if (asked > limits.maxSize) throw new BuildgateError('INVALID', `${argument}: at most ${limits.maxSize}.`);
  return asked;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
