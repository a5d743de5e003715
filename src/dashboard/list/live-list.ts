import type { Followed } from '../gateway/follow.js';
import { request } from '../gateway/request.js';
import { useLive, type Live, type LiveSource } from '../gateway/use-live.js';
import {
  BuildChangesDocument,
  BuildListDocument,
  EventChangesDocument,
  EventListDocument,
  JobChangesDocument,
  JobListDocument,
  type PageFragment,
  type State,
  type TypedDocumentString,
} from '../operations/documents.js';
import { changedRows, type RecordChange, type RecordRow } from '../records/record.js';
import { addressOf, conditionsOf, type ListFilters, type ListKind } from './filters.js';

/** Rows of a page: a screenful and a half. */
const PAGE_ROWS = 50;

/** One page of a list, as it is now. */
export interface ListPage {
  /** Which list it is of. */
  readonly kind: ListKind;
  readonly rows: readonly RecordRow[];
  readonly pageInfo: PageFragment;
  /** Rows that changed while they were shown, with the cursor of the last change. */
  readonly changed: ReadonlyMap<string, string>;
  /** Records that came to the list since it was read. */
  readonly arrived: ReadonlySet<string>;
}

interface ListAnswer {
  readonly changeCursor: string;
  readonly list: { readonly nodes: readonly RecordRow[]; readonly pageInfo: PageFragment };
}

interface Documents {
  readonly list: TypedDocumentString<ListAnswer, object>;
  readonly changes: TypedDocumentString<Followed<RecordChange>, never>;
}

const DOCUMENTS: Readonly<Record<ListKind, Documents>> = {
  events: { list: EventListDocument, changes: EventChangesDocument },
  builds: { list: BuildListDocument, changes: BuildChangesDocument },
  jobs: { list: JobListDocument, changes: JobChangesDocument },
};

/** The page of a list that an address asks for, kept up to date. */
export function useLiveList(filters: ListFilters): Live<ListPage> {
  const { kind, states } = filters;
  const load = async (signal: AbortSignal) => {
    const { list, changeCursor } = await request(DOCUMENTS[kind].list, pageVariables(filters), signal);
    const page: ListPage = {
      kind,
      rows: list.nodes,
      pageInfo: list.pageInfo,
      changed: new Map(),
      arrived: new Set(),
    };
    return { data: page, cursor: changeCursor };
  };
  const source: LiveSource<ListPage, RecordChange> = {
    key: addressOf(filters),
    load,
    subscriptions: [
      { document: DOCUMENTS[kind].changes, variables: { filter: conditionsOf(filters, 'subscription') } },
    ],
    apply: (page, changes) => changedPage(page, changes, states),
  };
  return useLive(source);
}

function pageVariables(filters: ListFilters): object {
  const { after, before } = filters;
  return {
    filter: conditionsOf(filters, 'list'),
    ...(before === null ? { first: PAGE_ROWS, after } : { last: PAGE_ROWS, before }),
  };
}

/**
 * A page after changes: its own rows are updated where they stand, also those that leave the list by it; what comes to
 * the list is counted and not put between the rows that somebody reads.
 */
export function changedPage(page: ListPage, changes: readonly RecordChange[], states: readonly State[]): ListPage {
  const { rows, changed } = changedRows(page.rows, changes);
  const isListed = (state: State): boolean => states.length === 0 || states.includes(state);
  const arrived = new Set(page.arrived);
  for (const { recordId, deleted, from, to } of changes) {
    if (changed.has(recordId)) continue;
    if (deleted || !isListed(to)) arrived.delete(recordId);
    else if (!from || !isListed(from)) arrived.add(recordId);
  }
  return { ...page, rows, changed: new Map([...page.changed, ...changed]), arrived };
}
