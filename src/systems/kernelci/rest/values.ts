import { BuildgateError } from '../../../core/errors.js';
import type { RunOperation } from '../../../server/dialect.js';
import { constantName, type Collection, fieldOf } from '../fields.js';
import { oid } from '../documents.js';
import { answer } from './answers.js';
import { conditionsOf, type Pairs } from './conditions.js';
import { conditionsOn } from './find.js';
import { COUNT_KEYS, COUNTED } from './keys.js';
import type { Clock, Handler } from './reads.js';
import { countedNamed, type Resource } from './resources.js';
import { filterOf, narrowedFilterOf } from './selection.js';

/** Values of a member, as documents show them. */
type Values = readonly unknown[];

/**
 * The different values of a member among the documents that match (contract kernelci section 5.5).
 * @returns undefined when these values cannot be asked for
 */
export async function distinctValues(
  run: RunOperation,
  resource: Resource,
  name: string,
  pairs: Pairs,
  now: number,
): Promise<Values | undefined> {
  const field = fieldOf(resource.collection, name);
  if (!field?.distinct || resource.distinct === undefined) return undefined;
  const conditions = await conditionsOn(run, resource, pairs, now);
  const variables = { field: constantName(field), filter: narrowedFilterOf(resource.collection, conditions) };
  const { kernelci } = await run<{ kernelci: { values: Values } }>(resource.distinct, variables);
  return field.type === 'oid' ? kernelci.values.map((value) => value && oid(String(value))) : kernelci.values;
}

/** GET of the different values of a member. */
export function distinct(resource: Resource, now: Clock): Handler {
  return async ({ query, parameters }, run) => {
    const result = await distinctValues(run, resource, parameters['field']!, query, now());
    if (result === undefined) throw NO_FIELD;
    return answer(200, { count: result.length, result });
  };
}

/** GET of the number of different values of a member. */
export function distinctCount(resource: Resource, now: Clock): Handler {
  return async ({ query, parameters }, run) => {
    const field = parameters['field']!;
    const values = await distinctValues(run, resource, field, query, now());
    if (values === undefined) throw NO_FIELD;
    return answer(200, { result: [{ count: values.length, field }] });
  };
}

const NO_FIELD = new BuildgateError('INVALID', 'No field specified or field not valid');

/** How many documents of a collection match. */
export interface CollectionCount {
  readonly collection: string;
  readonly count: number;
}

/** How many documents match in each of the collections, in their order (contract kernelci section 5.6). */
export async function countDocuments(
  run: RunOperation,
  collections: readonly Collection[],
  pairs: Pairs,
  now: number,
): Promise<CollectionCount[]> {
  const conditions = conditionsOf(pairs, COUNT_KEYS, now);
  const filters = collections.map((collection) => [collection.name, filterOf(collection, conditions)]);
  const flags = COUNTED.map((collection) => [`with_${collection.name}`, collections.includes(collection)]);
  type Totals = Readonly<Record<string, { readonly totalCount: number }>>;
  const variables = Object.fromEntries([...filters, ...flags]);
  const { kernelci, ...records } = await run<{ kernelci: Totals } & Totals>('KernelciCounts', variables);
  const totals: Totals = { ...records, ...(kernelci as Totals) };
  return collections.map(({ name }) => ({ collection: name, count: totals[name]!.totalCount }));
}

/** GET of the totals of all collections. */
export function counts(now: Clock): Handler {
  return async ({ query }, run) => answer(200, { result: await countDocuments(run, COUNTED, query, now()) });
}

/** GET of the total of one collection. */
export function count(now: Clock): Handler {
  return async ({ query, parameters }, run) => {
    const collection = countedNamed(parameters['resource']!);
    if (!collection) throw new BuildgateError('NOT_FOUND', `Collection ${parameters['resource']} not found`);
    return answer(200, { result: await countDocuments(run, [collection], query, now()) });
  };
}
