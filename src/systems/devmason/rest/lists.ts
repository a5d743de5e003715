import type { DialectResponse } from '../../../server/dialect.js';
import { notFound, ok } from './answers.js';
import type { BuildHead } from './build-texts.js';
import type { Link } from './links.js';
import { offsetOf, pageMembers, pageOf, shownPage, type ShownPage } from './paging.js';
import { representUser, type UserFields } from './represent.js';
import type { Exchange } from './setting.js';

/** A page of builds, without their steps. */
export interface BuildPage {
  readonly totalCount: number;
  readonly nodes: readonly BuildHead[];
}

type Window = { readonly first: number; readonly offset: number };

/** Reads the page asked for; the first one when the list has no such page. */
async function readPage<Page extends { readonly totalCount: number }>(
  { request }: Exchange,
  read: (window: Window) => Promise<Page>,
): Promise<{ page: Page; shown: ShownPage }> {
  const asked = pageOf(request.query);
  const page = await read({ first: asked.perPage, offset: offsetOf(asked) });
  const shown = shownPage(asked, page.totalCount);
  if (shown.page === asked.page) return { page, shown };
  const first = await read({ first: asked.perPage, offset: 0 });
  return { page: first, shown: shownPage(shown, first.totalCount) };
}

/** What one list of builds has besides what all of them have. */
export interface BuildListParts {
  /** Further members. */
  readonly members: object;
  /** Links in front of those of the page. */
  readonly links: readonly Link[];
}

/**
 * Answers a list of builds (contract devmason, section 4.6); one without builds is 404 (section 5.2).
 * @param path of the list below the mount
 */
export async function answerBuilds<Page extends BuildPage>(
  exchange: Exchange,
  path: readonly string[],
  read: (window: Window) => Promise<Page>,
  partsOf: (page: Page) => BuildListParts,
): Promise<DialectResponse> {
  const { page, shown } = await readPage(exchange, read);
  if (shown.count === 0) throw notFound();
  const { members, links } = partsOf(page);
  const rest = { ...pageMembers(shown), ...members, links: [...links, ...exchange.links.pages(shown, ...path)] };
  const entries = page.nodes.map((head) => ({ head }));
  return exchange.builds.answer(entries, '{"builds":[', `],${JSON.stringify(rest).slice(1)}`);
}

/** All users (section 4.8). */
export async function userList(exchange: Exchange): Promise<DialectResponse> {
  const { run, links } = exchange;
  type Users = { totalCount: number; nodes: readonly UserFields[] };
  const { page, shown } = await readPage(
    exchange,
    async (window) => (await run<{ devmason: { users: Users } }>('DevmasonUsers', window)).devmason.users,
  );
  const users = page.nodes.map((user) => representUser(user, links));
  return ok({ users, ...pageMembers(shown), links: links.pages(shown, 'users') });
}
