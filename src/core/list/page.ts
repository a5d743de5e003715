import { BuildgateError } from '../errors.js';
import type { System } from '../model/states.js';
import { lookupsOf, type Reader } from '../store/reader.js';
import { limitTo, raw, sql, where, type Dialect, type Sql, type SqlValue } from '../store/sql.js';
import { keyValues, selectColumns, systemOfFilter } from './columns.js';
import { countRecords, isCounted } from './count.js';
import { cursorWriter, decodeCursor, keyAlias } from './cursor.js';
import { ALIAS, type RecordList } from './fields.js';
import { FilterCompiler, isAbout, type FilterInput } from './filter.js';
import { behind, completeOrder, orderSql, reversed, type OrderInput, type OrderKey } from './order.js';
import { versionOf, walkFromEnd, type KnownPlaces, type Place, type Span, type Walk } from './places.js';
import { TextSearch } from './search.js';

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

/** Rows of one page, in the order of the list. */
export interface PageRows<Row> {
  readonly rows: readonly Row[];
  /** The cursor of one of the rows. */
  readonly cursorOf: (row: Row) => string;
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

/** Offsets up to here are walked over whole rows: PostgreSQL takes longer to plan a walk over ids than for such a walk. */
const WALKED_AS_ROWS: Readonly<Record<Dialect, number>> = { sqlite: 0, postgresql: SHALLOW };

/**
 * Checks the arguments of a list and settles order, direction and bounds.
 * @throws BuildgateError INVALID naming the argument
 */
export function planPage(
  dialect: Dialect,
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
  const orderBy = isGiven(args.orderBy) && args.orderBy.length > 0 ? args.orderBy : defaultOrder;
  const keys = completeOrder(list, orderBy);
  const bounds: Sql[] = [];
  if (isGiven(after)) bounds.push(behind(dialect, keys, decodeCursor(list, keys, after, 'after'), ALIAS));
  if (isGiven(before)) bounds.push(behind(dialect, reversed(keys), decodeCursor(list, keys, before, 'before'), ALIAS));
  return { list, keys, backwards, size, offset, bounds, bounded: { after: isGiven(after), before: isGiven(before) } };
}

/** The filter of a list together with what its order asks for; our own default orders ask for nothing. */
export function scopedFilter(list: RecordList, { filter, orderBy }: PageArguments): FilterInput | null {
  const only = (orderBy ?? []).flatMap(({ field }) => list.orders[field]?.only ?? []);
  const systems = only.filter((system) => !isAskedFor(system, filter));
  if (systems.length === 0) return filter ?? null;
  return { and: [...systems.map((system) => ({ system: { eq: system } })), ...(filter ? [filter] : [])] };
}

function isAskedFor(system: System, filter: FilterInput | null | undefined): boolean {
  return [filter, ...((filter?.['and'] ?? []) as FilterInput[])].some((part) => isAbout(system, part));
}

type FoundRow<Row> = Row & Record<string, unknown>;

/** A page of a whole list; rows and total are each computed when first asked for. */
export class RecordPage<Row extends { readonly id: number }> {
  readonly #plan: PagePlan;
  readonly #filter: FilterInput | null;
  readonly #conditions: Sql[];
  readonly #search: TextSearch | null;
  readonly #places: KnownPlaces | null;
  /** Reads the page; with the total in one message where both are short. */
  readonly #pages: Reader;
  #rows: Promise<PageRows<Row>> | undefined;
  #total: Promise<number> | undefined;

  constructor(
    readonly reader: Reader,
    readonly list: RecordList,
    args: PageArguments,
    limits: PageLimits,
    defaultOrder: readonly OrderInput[],
    /** Rows of long lists whose offset is known, for a reader with a connection of its own. */
    places: KnownPlaces | null = null,
  ) {
    this.#places = places;
    this.#plan = planPage(reader.dialect, list, args, limits, defaultOrder);
    this.#filter = scopedFilter(list, args);
    const condition = new FilterCompiler(reader.dialect).compile(list, this.#filter, ALIAS);
    this.#conditions = condition ? [condition] : [];
    this.#search = TextSearch.of(reader, list, this.#filter);
    const isShort = this.#plan.offset <= SHALLOW && isCounted(list, this.#filter);
    this.#pages = isShort ? lookupsOf(reader) : reader;
  }

  /** Number of records that match the filter, whatever the page. */
  total(): Promise<number> {
    return (this.#total ??= countRecords(this.reader, this.list, this.#filter, this.#search));
  }

  /** The rows of the page: one statement, and for a deep offset one for the total. */
  rows(): Promise<PageRows<Row>> {
    return (this.#rows ??= this.#read());
  }

  async #read(): Promise<PageRows<Row>> {
    const { offset, size, keys, backwards } = this.#plan;
    if (size === 0) return withCursors<Row>(this.#plan, [], { hasNextPage: false, hasPreviousPage: false });
    if (offset > SHALLOW) return this.#readDeep();
    const order = backwards ? reversed(keys) : keys;
    const found = await this.#select(order, size + 1, offset);
    return assemble(this.#plan, found);
  }

  /** Walks to a deep offset from the nearer end of the list, or from a row that stands nearer. */
  async #readDeep(): Promise<PageRows<Row>> {
    const { offset, size } = this.#plan;
    const total = await this.total();
    const count = Math.max(0, Math.min(size, total - offset));
    const rows = count === 0 ? [] : await this.#readSpan({ offset, count }, total);
    return withCursors(this.#plan, rows, { hasNextPage: offset + count < total, hasPreviousPage: total > 0 });
  }

  async #readSpan(span: Span, total: number): Promise<readonly FoundRow<Row>[]> {
    const fromEnd = walkFromEnd(span, total);
    const places = this.#places;
    if (!places || fromEnd.skip <= SHALLOW) return this.#walk(fromEnd, span.count);
    const list = JSON.stringify([this.list.table, this.#plan.keys, this.#filter]);
    const version = await versionOf(this.reader);
    const known = places.walkTo(version, list, span);
    const isNear = known !== undefined && known.skip < fromEnd.skip;
    // With the row in front of it the same page is read again without a way to walk.
    const read = isNear ? span : { offset: span.offset - 1, count: span.count + 1 };
    const found = await this.#walk(isNear ? known : walkFromEnd(read, total), read.count);
    if ((await versionOf(this.reader)) !== version) return this.#walk(fromEnd, span.count);
    if (found.length === read.count) places.remember(version, list, this.#endsOf(read, found));
    return found.slice(span.offset - read.offset);
  }

  #endsOf({ offset }: Span, found: readonly FoundRow<Row>[]): Place[] {
    const last = found.length - 1;
    return [0, last].map((index) => ({
      offset: offset + index,
      values: this.#plan.keys.map((_, key) => found[index]?.[keyAlias(key)] as SqlValue),
    }));
  }

  async #walk({ from, backwards, skip }: Walk, count: number): Promise<FoundRow<Row>[]> {
    const { keys } = this.#plan;
    const order = backwards ? reversed(keys) : keys;
    const bounds = from ? [behind(this.reader.dialect, order, from.values, ALIAS)] : [];
    const found = await this.#select(order, count, skip, bounds);
    return backwards ? found.toReversed() : found;
  }

  async #select(
    order: readonly OrderKey[],
    limit: number,
    offset: number,
    bounds: readonly Sql[] = this.#plan.bounds,
  ): Promise<FoundRow<Row>[]> {
    const system = systemOfFilter(this.list, this.#filter);
    const found = await this.#search?.condition();
    const conditions = [...(found ? [found] : []), ...this.#conditions, ...bounds];
    // What is found by its text is put in order by ids alone, before whole rows are read.
    const idsFirst = offset > WALKED_AS_ROWS[this.reader.dialect] || Boolean(found);
    const window = { limit, offset, idsFirst };
    return this.#pages.all(selectPage(this.reader, this.#plan, { system, conditions }, order, window));
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
  return withCursors(plan, rows, {
    // A bound that is not reached in this direction still has its row behind it.
    hasNextPage: (!plan.backwards && more) || plan.bounded.before,
    hasPreviousPage: (plan.backwards && more) || plan.bounded.after || plan.offset > 0,
  });
}

function withCursors<Row extends object>(
  { list, keys }: PagePlan,
  rows: readonly Row[],
  ends: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean },
): PageRows<Row> {
  let write: ReturnType<typeof cursorWriter> | undefined;
  const cursorOf = (row: Row): string => (write ??= cursorWriter(list, keys))(row as Record<string, unknown>);
  return { ...ends, rows, cursorOf };
}

/** Which rows a page statement reads, and whether it settles their ids before it reads them. */
interface Window {
  readonly limit: number;
  readonly offset: number;
  readonly idsFirst: boolean;
}

function selectPage(
  { dialect }: Reader,
  { list, keys }: PagePlan,
  { system, conditions }: { readonly system: System | null; readonly conditions: readonly Sql[] },
  order: readonly OrderKey[],
  { limit, offset, idsFirst }: Window,
): Sql {
  const table = raw(`${list.table} ${ALIAS}`);
  const ordered = sql`ORDER BY ${orderSql(dialect, order, ALIAS)}`;
  const scope = where(conditions);
  const columns = selectColumns(list, keyValues(dialect, keys), system);
  const window = offset > 0 ? sql`${limitTo(limit)} OFFSET ${offset}` : limitTo(limit);
  if (!idsFirst) return sql`SELECT ${columns} FROM ${table}${scope} ${ordered}${window}`;
  // The offset is walked over ids alone, which an index covers; only the rows of the page are fetched.
  const ids = sql`SELECT ${raw(`${ALIAS}.id`)} FROM ${table}${scope} ${ordered}${window}`;
  return sql`SELECT ${columns} FROM ${table} WHERE ${raw(`${ALIAS}.id`)} IN (${ids}) ${ordered}`;
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
