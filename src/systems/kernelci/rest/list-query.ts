import { BuildgateError } from '../../../core/errors.js';
import { givenValues, type Pairs } from './conditions.js';

/** Which part of a list is asked for (contract kernelci section 5.3); both numbers may be of any size. */
export interface Window {
  /** 0: all of it. */
  readonly limit: bigint;
  readonly skip: bigint;
}

/** Which members of documents are asked for. */
export interface Projection {
  /** Null: all of them. */
  readonly fields: readonly string[] | null;
  readonly without: ReadonlySet<string>;
}

/** What a list is sorted by: members, all in one direction. */
export interface Sorting {
  readonly names: readonly string[];
  readonly descending: boolean;
}

/** Everything that a list query says beside its conditions. */
export interface ListQuery {
  readonly window: Window;
  readonly sorting: Sorting;
  readonly projection: Projection;
  /** Members to group by; the empty list: no groups. */
  readonly aggregate: readonly string[];
}

/**
 * Reads the part of a query that is no condition.
 * @throws BuildgateError INVALID when a number is none, or `skip` is negative
 */
export function listQueryOf(query: Pairs): ListQuery {
  const limit = integerOf(query, 'limit', 0n);
  const skip = integerOf(query, 'skip', 0n);
  if (skip < 0n) throw wrongValue('skip', query.last('skip')!);
  const window = { limit: limit < 0n ? -limit : limit, skip };
  const names = distinct(givenValues(query, 'sort'));
  const descending = names.length === 0 || integerOf(query, 'sort_order', -1n) !== 1n;
  return {
    window,
    sorting: { names, descending },
    projection: projectionOf(query),
    aggregate: distinct(givenValues(query, 'aggregate')),
  };
}

/** Which members a query asks for; also of single documents. */
export function projectionOf(query: Pairs): Projection {
  const fields = distinct(givenValues(query, 'field'));
  return { fields: fields.length === 0 ? null : fields, without: new Set(givenValues(query, 'nfield')) };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}

/** The last value of a parameter, blank or missing the default. */
function integerOf(query: Pairs, name: string, otherwise: bigint): bigint {
  const text = query.last(name) ?? '';
  const trimmed = text.trim();
  if (trimmed === '') return otherwise;
  if (!/^[+-]?\d+$/.test(trimmed)) throw wrongValue(name, text);
  return BigInt(trimmed.replace(/^\+/, ''));
}

function wrongValue(name: string, text: string): BuildgateError {
  return new BuildgateError('INVALID', `Wrong value provided for '${name}': ${text}`);
}
