import type { RawQuery } from '../../../server/raw-query.js';

const DEFAULT_SIZE = 25;
const MAX_SIZE = 1000;

/** Largest `offset` of the schema; no list reaches that far. */
const MAX_OFFSET = 2 ** 31 - 1;

/** A page as asked for. */
export interface PageRequest {
  /** From 1; nothing says yet that the list has it. */
  readonly page: number;
  readonly perPage: number;
}

/** A page as it is shown (contract devmason, section 4.6). */
export interface ShownPage extends PageRequest {
  readonly count: number;
  readonly pages: number;
}

/** Reads `page` and `per_page`; what is no natural number means the default, a size above 1000 is 1000. */
export function pageOf(query: RawQuery): PageRequest {
  const page = naturalNumber(query.last('page')) ?? 1;
  const perPage = Math.min(naturalNumber(query.last('per_page')) ?? DEFAULT_SIZE, MAX_SIZE);
  return { page: (page - 1) * perPage > MAX_OFFSET ? 1 : page, perPage };
}

/** Blanks around and a sign are allowed. */
function naturalNumber(text = ''): number | undefined {
  const number = /^\s*[+-]?[0-9]+\s*$/.test(text) ? Number(text) : 0;
  return number >= 1 ? number : undefined;
}

/** Rows before the page. */
export function offsetOf({ page, perPage }: PageRequest): number {
  return (page - 1) * perPage;
}

/** The page of a list of so many items that is shown: one that it does not have is the first. */
export function shownPage({ page, perPage }: PageRequest, count: number): ShownPage {
  const pages = Math.max(1, Math.ceil(count / perPage));
  return { page: page > pages ? 1 : page, perPage, count, pages };
}

/** The members of a list that tell its page. */
export function pageMembers({ page, perPage, count, pages }: ShownPage) {
  return { count, num_pages: pages, page, paginated: pages > 1, per_page: perPage };
}
