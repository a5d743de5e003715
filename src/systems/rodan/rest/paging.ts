import type { DialectRequest } from '../../../server/dialect.js';
import { encodeFormText } from '../../../server/percent-encoding.js';
import { notFound } from './answers.js';

/** Rows on a page, unless `page_size` says otherwise; the API root tells it (contract rodan, section 5.1). */
export const PAGE_LENGTH = 20;
const MAX_PAGE_LENGTH = 100;

/** More rows than there can be: pages behind them are never looked for. */
const MAX_ROWS = 2 ** 31 - 1;

/** The page that a request asks for. */
export interface AskedPage {
  /** From 1, or the last one, however many there are. */
  readonly page: number | 'last';
  readonly size: number;
}

/**
 * Reads `page` and `page_size`.
 * @throws BuildgateError NOT_FOUND when the page can be none
 */
export function readPage({ query }: DialectRequest): AskedPage {
  const size = readSize(query.last('page_size') ?? '');
  const text = query.last('page') ?? '1';
  if (text === 'last') return { page: 'last', size };
  const trimmed = text.trim();
  if (!/^[+-]?[0-9]+$/.test(trimmed)) throw badPage(text, 'That page number is not an integer');
  const page = Number(trimmed);
  if (page < 1) throw badPage(text, 'That page number is less than 1');
  if (page * size > MAX_ROWS) throw noResults(text);
  return { page, size };
}

/** The refusal of a page behind the last one. @param text the page as it was asked for */
export function noResults(text: string): Error {
  return badPage(text, 'That page contains no results');
}

function badPage(text: string, reason: string): Error {
  return notFound(`Invalid page "${text}": ${reason}.`);
}

/** What is no number of rows stands for the usual one. */
function readSize(text: string): number {
  const size = /^[0-9]+$/.test(text.trim()) ? Number(text) : 0;
  return size === 0 ? PAGE_LENGTH : Math.min(size, MAX_PAGE_LENGTH);
}

/** The members of a page besides its rows, in the order of the old API; without rows there is still one page. */
export interface PageHead {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly current_page: number;
  readonly total_pages: number;
}

/** How many pages there are of so many rows. */
export function pagesOf(count: number, size: number): number {
  return Math.max(1, Math.ceil(count / size));
}

/** Describes a page that the list has. */
export function pageHead(request: DialectRequest, count: number, page: number, size: number): PageHead {
  const pages = pagesOf(count, size);
  return {
    count,
    next: page < pages ? pageLink(request, page + 1) : null,
    previous: page > 1 ? pageLink(request, page - 1) : null,
    current_page: page,
    total_pages: pages,
  };
}

/** The URL of the request with all its parameters, sorted by name, and another page; the first one is not named. */
function pageLink({ origin, prefix, path, query }: DialectRequest, page: number): string {
  const others = query.pairs.filter(([name]) => name !== 'page');
  const pairs = page === 1 ? others : [...others, ['page', String(page)] as const];
  const search = pairs
    .toSorted(([one], [other]) => (one < other ? -1 : Number(one > other)))
    .map(([name, value]) => `${encodeFormText(name)}=${encodeFormText(value)}`)
    .join('&');
  return `${origin}${prefix}${path}${search === '' ? '' : `?${search}`}`;
}
