import { type Collection, fieldOf, filterPath, orderKey } from '../fields.js';
import type { Condition, Value } from './conditions.js';
import type { Sorting } from './list-query.js';

/** A filter variable of a stored operation. */
export type Filter = Readonly<Record<string, unknown>>;

/** One key of an order variable. */
export interface OrderVariable {
  readonly field: string;
  readonly direction: 'ASC' | 'DESC';
  readonly nulls?: 'FIRST' | 'LAST';
}

/** The filter of a list that says the same as the conditions on the documents of a collection. */
export function filterOf(collection: Collection, conditions: readonly Condition[]): Filter {
  return { ...SCOPES[collection.name], ...narrowedFilterOf(collection, conditions) };
}

/**
 * The filter of what the schema narrows to the collection by itself. A member that the collection does not have is null in
 * all of its documents.
 */
export function narrowedFilterOf(collection: Collection, conditions: readonly Condition[]): Filter {
  if (conditions.length === 0) return {};
  return { and: conditions.map((condition) => conditionFilter(collection, condition)) };
}

/** Records of the shared tables are told apart by system and collection. */
const SCOPES: Readonly<Partial<Record<Collection['name'], Filter>>> = {
  job: { system: { eq: 'KERNELCI' } },
  build: { system: { eq: 'KERNELCI' } },
  boot: { kernelci: { collection: { eq: 'BOOT' } } },
  test_group: { kernelci: { collection: { eq: 'TEST_GROUP' } } },
};

const EVERYTHING: Filter = {};
/** Matches no record of any list. */
const NOTHING: Filter = { legacyId: { in: [] } };

function conditionFilter(collection: Collection, condition: Condition): Filter {
  const field = fieldOf(collection, condition.name);
  const path = field && filterPath(collection, field);
  if (!path) return condition.orNull ? EVERYTHING : NOTHING;
  const at = (operators: object): Filter =>
    path.reduceRight<object>((inner, name) => ({ [name]: inner }), operators) as Filter;
  const { anyOf = [], orNull } = condition;
  if (condition.anyOf === undefined) return at(rangeOf(condition));
  const alternatives = [
    ...(anyOf.length > 0 || !orNull ? equalTo(condition, anyOf).map(at) : []),
    ...(orNull ? [at({ isNull: true })] : []),
  ];
  return alternatives.length === 1 ? alternatives[0]! : { or: alternatives };
}

/** Lists of texts are kept as JSON text: one matches when one of its texts is the value. */
const LISTS: ReadonlySet<string> = new Set(['ip_address']);

/** Operators of which one must hold. */
function equalTo({ name, type }: Condition, values: readonly Value[]): object[] {
  if (type === 'boolean') return [...new Set(values)].map((eq) => ({ eq }));
  if (LISTS.has(name)) return values.map((value) => ({ contains: JSON.stringify(value) }));
  // No object, and no list of anything else, is a text.
  if (type === 'json') return [{ in: [] }];
  return [values.length === 1 ? { eq: values[0] } : { in: [...new Set(values)] }];
}

function rangeOf({ type, from, before }: Condition): object {
  const shown = (value: Value): unknown => (type === 'time' ? isoTime(Number(value)) : value);
  return { ...(from !== undefined && { gte: shown(from) }), ...(before !== undefined && { lt: shown(before) }) };
}

/** Times that records can have, in milliseconds, years 1716 to 2223; others are moved to the nearest bound. */
const FAR = 8_000_000_000_000;

function isoTime(milliseconds: number): string {
  return new Date(Math.max(-FAR, Math.min(FAR, milliseconds))).toISOString();
}

/** More keys than these never tell records apart, and the gate takes no more. */
const MAX_KEYS = 18;

/**
 * The order of a collection's list: nulls are the smallest values, records that are equal come in the order of their
 * recording (contract kernelci section 5.3). Members that nothing is known of sort nothing.
 */
export function orderOf(collection: Collection, { names, descending }: Sorting): OrderVariable[] {
  const keys = names.flatMap((name) => {
    const field = fieldOf(collection, name);
    return (field && orderKey(collection, field)) ?? [];
  });
  const direction = descending ? 'DESC' : 'ASC';
  const nulls = descending ? 'LAST' : 'FIRST';
  return [
    ...keys.slice(0, MAX_KEYS).map((field): OrderVariable => ({ field, direction, nulls })),
    { field: 'LEGACY_ID', direction: 'ASC' },
  ];
}
