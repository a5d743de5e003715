import type { RunOperation } from '../../../server/dialect.js';
import { type Condition, conditionsOf, type Pairs } from './conditions.js';
import { type ListQuery, listQueryOf } from './list-query.js';
import { readGroups, readList } from './lists.js';
import { type Document, projected, representGroup } from './represent.js';
import type { Resource } from './resources.js';

/** What a list query finds, as it is shown. */
export type Found =
  | { readonly query: ListQuery; readonly groups: readonly Document[] }
  | {
      readonly query: ListQuery;
      readonly groups?: undefined;
      readonly count: number;
      readonly slices: AsyncIterable<readonly Document[]>;
    };

/**
 * Runs a list query: the documents that match or, with `aggregate`, the first of each group (contract kernelci section 5).
 * @param now milliseconds since 1970
 * @throws BuildgateError INVALID when a number of the query is none
 */
export async function find(run: RunOperation, resource: Resource, pairs: Pairs, now: number): Promise<Found> {
  const query = listQueryOf(pairs);
  const { aggregate, projection } = query;
  const conditions = await conditionsOn(run, resource, pairs, now);
  if (aggregate.length > 0) {
    const firsts = await readGroups(run, resource, conditions, query);
    return { query, groups: firsts.map((document) => representGroup(document, aggregate, projection)) };
  }
  const { count, slices } = await readList(run, resource, conditions, query);
  return { query, count, slices: shown(slices, (document) => projected(document, projection)) };
}

async function* shown(
  slices: AsyncIterable<readonly Document[]>,
  represent: (document: Document) => Document,
): AsyncGenerator<readonly Document[], void> {
  for await (const documents of slices) yield documents.map(represent);
}

/** What a query asks of the documents of a resource, in terms of what lists know. */
export async function conditionsOn(
  run: RunOperation,
  { collection, keys }: Resource,
  pairs: Pairs,
  now: number,
): Promise<readonly Condition[]> {
  const conditions = conditionsOf(pairs, keys, now);
  if (collection.name !== 'token') return conditions;
  return Promise.all(conditions.map((condition) => tokenCondition(run, condition)));
}

/** Values of tokens are no column: what they name is looked up. */
async function tokenCondition(run: RunOperation, condition: Condition): Promise<Condition> {
  if (condition.name !== 'token' || condition.anyOf === undefined) return condition;
  const named = await Promise.all(condition.anyOf.map((value) => tokenNamed(run, String(value))));
  const anyOf = named.flatMap((node) => (node === null ? [] : [node.legacyId]));
  return { name: '_id', type: 'oid', anyOf, orNull: false };
}

/** A token as the schema has it: its value is apart from its document. */
export interface TokenNode {
  readonly legacyId: string;
  readonly document: Document;
  readonly token: string | null;
}

/** The token with this value; null when there is none. */
export async function tokenNamed(run: RunOperation, value: string): Promise<TokenNode | null> {
  const { kernelci } = await run<{ kernelci: { token: TokenNode | null } }>('KernelciToken', { value });
  return kernelci.token;
}
