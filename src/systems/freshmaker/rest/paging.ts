import { encodeFormText } from '../../../server/percent-encoding.js';
import type { RawQuery } from '../../../server/raw-query.js';
import { parseInteger } from './list-query.js';
import type { JsonObject } from './represent.js';

/** A page as asked for; both numbers may be of any size (contract freshmaker section 5.1). */
export interface Page {
  /** Counted from 1. */
  readonly page: bigint;
  readonly perPage: bigint;
}

/** Reads `page` and `per_page`: what is no integer means the default, what is out of range is moved into it. */
export function pageOf(query: RawQuery): Page {
  const page = parseInteger(query.first('page') ?? '') ?? 1n;
  const perPage = parseInteger(query.first('per_page') ?? '') ?? 10n;
  return { page: page < 1n ? 1n : page, perPage: perPage < 0n ? 20n : perPage };
}

/**
 * The eight members of `meta`.
 * @param listUrl absolute address of the list, without a query
 * @param query the request's; what is neither page number nor page size is kept in the links
 */
export function metaOf({ page, perPage }: Page, total: number, listUrl: string, query: RawQuery): JsonObject {
  const pages = perPage === 0n ? 0n : (BigInt(total) + perPage - 1n) / perPage;
  const others = query.pairs
    .filter(([name]) => !LEFT_OUT.has(name) && !name.startsWith('_'))
    .map(([name, value]) => `&${encodeFormText(name)}=${encodeFormText(value)}`)
    .join('');
  const link = (number: bigint): string => `${listUrl}?per_page=${perPage}&page=${number}${others}`;
  return {
    first: link(1n),
    last: link(pages),
    next: page < pages ? link(page + 1n) : null,
    page: exactNumber(page),
    pages: exactNumber(pages),
    per_page: exactNumber(perPage),
    prev: page > 1n ? link(page - 1n) : null,
    total,
  };
}

/** A number where it holds the value: what has no bigint in it is written faster. */
function exactNumber(value: bigint): number | bigint {
  return value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** Parameters that a page link sets itself, or that the old framework used inside. */
const LEFT_OUT: ReadonlySet<string> = new Set(['page', 'per_page', 'endpoint']);
