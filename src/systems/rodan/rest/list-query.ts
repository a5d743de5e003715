import type { DialectRequest } from '../../../server/dialect.js';
import type { Collection, Extra, FilterDeclaration, Lookup, OrderKey } from './collections.js';
import { meaningOf, readBoolean, readUuid, type Meaning } from './filter-values.js';

type Query = DialectRequest['query'];

/** A condition on rows, in the members of the filter of the schema. */
export type Condition = Readonly<Record<string, unknown>>;

/** What a list is asked for, besides the page. */
export interface ListQuery {
  /** All of them must hold; null when no row can match, since a value is none of its field. */
  readonly conditions: readonly Condition[] | null;
  readonly orderBy: readonly OrderKey[];
}

/**
 * Reads filters and ordering of a list (contract rodan, sections 5.2 and 5.3). Names that are not listed and empty values
 * filter nothing, and of a repeated name the last value counts.
 */
export function readListQuery(collection: Collection, query: Query): ListQuery {
  return { conditions: readConditions(collection, query), orderBy: readOrder(collection, query) };
}

function readConditions({ filters, extras = [] }: Collection, query: Query): readonly Condition[] | null {
  const listed = Object.entries(filters).flatMap(([field, filter]) => readFilter(field, filter, query));
  const meant = [...listed, ...extras.flatMap((extra) => given(query, extra).map((value) => EXTRAS[extra](value)))];
  if (meant.includes('nothing')) return null;
  return meant.filter((condition) => typeof condition === 'object');
}

/** The last value of a parameter, nothing where it is missing or empty. */
function given(query: Query, name: string): readonly string[] {
  const value = query.last(name) ?? '';
  return value === '' ? [] : [value];
}

function readFilter(field: string, filter: FilterDeclaration, query: Query): Meaning[] {
  return filter.lookups.flatMap((lookup) =>
    namesOf(field, lookup)
      .flatMap((name) => given(query, name))
      .map((value) => below(filter.path, meaningOf(filter, lookup, value))),
  );
}

function namesOf(field: string, lookup: Lookup): readonly string[] {
  return lookup === 'exact' ? [field, `${field}__exact`] : [`${field}__${lookup}`];
}

/** Operators below the members that lead to them. */
function below(path: string, meaning: Meaning): Meaning {
  if (typeof meaning === 'string') return meaning;
  return path.split('.').reduceRight<Condition>((inner, member) => ({ [member]: inner }), meaning);
}

const HAS_CONNECTION = { connections: { uuid: { isNull: false } } };

function ofUuid(value: string, condition: (uuid: string) => Condition): Meaning {
  const uuid = readUuid(value);
  return uuid === undefined ? 'nothing' : condition(uuid);
}

/** What a run of this UUID read, or wrote, by the run job of an input or output. */
function inRun(uuid: string): Condition {
  return { runJob: { rodan: { workflowRunUuid: { eq: uuid } } } };
}

/** Parameters that OPTIONS does not tell of. */
const EXTRAS: Readonly<Record<Extra, (value: string) => Meaning>> = {
  workflow_run: (value) =>
    ofUuid(value, (uuid) => ({ workflowJobs: { workflow: { workflowRuns: { rodan: { uuid: { eq: uuid } } } } } })),
  has_connections: (value) => {
    const asked = value.toLowerCase();
    if (asked === 'true') return HAS_CONNECTION;
    return asked === 'false' ? { not: HAS_CONNECTION } : 'all';
  },
  result_of_workflow_run: (value) =>
    ofUuid(value, (uuid) => ({
      origin: inRun(uuid),
      not: { or: [{ inputs: inRun(uuid) }, { resourceLists: { inputs: inRun(uuid) } }] },
    })),
  uploaded: (value) => {
    const uploaded = readBoolean(value);
    return uploaded === undefined ? 'all' : { originUuid: { isNull: uploaded } };
  },
  username__in: (value) => ({ username: { in: value.split(',').filter((name) => name !== '') } }),
};

/** Terms that are not listed do not count; if none is left the list has its own order. */
function readOrder({ orders, defaultOrder }: Collection, query: Query): readonly OrderKey[] {
  const keys = new Map<string, OrderKey>();
  for (const term of (query.last('ordering') ?? '').split(',')) {
    const [, minus, name = ''] = /^(-?)(.*)$/s.exec(term.trim()) ?? [];
    const field = Object.hasOwn(orders, name) ? orders[name] : undefined;
    if (field !== undefined && !keys.has(field)) keys.set(field, { field, direction: minus ? 'DESC' : 'ASC' });
  }
  return keys.size === 0 ? defaultOrder : [...keys.values()];
}
