import type { Followed } from '../gateway/follow.js';
import { request } from '../gateway/request.js';
import { useLive, type Live, type LiveSource } from '../gateway/use-live.js';
import {
  EventBuildChangesDocument,
  EventChangesDocument,
  EventPageDocument,
  type ChangeFragment,
  type EventPageQuery,
  type System,
  type TypedDocumentString,
} from '../operations/documents.js';
import { longerHistory } from '../records/history.js';
import { changedRow, changedRows, type RecordChange, type RecordRow } from '../records/record.js';

/** Builds of an event are read up to so many pages of 100. */
const PAGES = 5;

/** A build and those it waits for. */
export interface NeededBuild extends RecordRow {
  readonly dependsOn: readonly { readonly id: string }[];
}

/** An event with its builds, as it is now. */
export interface EventNow {
  readonly event: RecordRow & { readonly tags: readonly string[] };
  readonly builds: readonly NeededBuild[];
  /** Whether it has more builds than were read. */
  readonly hasMore: boolean;
  readonly changed: ReadonlyMap<string, string>;
  readonly history: readonly ChangeFragment[];
}

type EventPageChange = ChangeFragment & RecordChange<RecordRow>;

/** An event, kept up to date; `null` as data's event where there is none. */
export function useLiveEvent(system: System, legacyId: string): Live<EventNow | 'none'> {
  const which = { system: { eq: system }, legacyId: { eq: legacyId } };
  const source: LiveSource<EventNow | 'none', EventPageChange> = {
    key: `${system} ${legacyId}`,
    load: (signal) => readEvent({ system, legacyId }, signal),
    subscriptions: [
      { document: EventChangesDocument as Document, variables: { filter: which } },
      { document: EventBuildChangesDocument as Document, variables: { filter: { event: which } } },
    ],
    apply: (now, changes) => (now === 'none' ? now : changedEvent(now, changes)),
  };
  return useLive(source);
}

type Document = TypedDocumentString<Followed<EventPageChange>, never>;

async function readEvent(
  which: { readonly system: System; readonly legacyId: string },
  signal: AbortSignal,
): Promise<{ data: EventNow | 'none'; cursor: string }> {
  const first = await request(EventPageDocument, which, signal);
  const { event, changeCursor: cursor } = first;
  if (!event) return { data: 'none', cursor };
  const builds: NeededBuild[] = [...event.builds.nodes];
  let { hasNextPage, endCursor } = event.builds.pageInfo;
  for (let page = 1; hasNextPage && page < PAGES; page += 1) {
    const next: EventPageQuery = await request(EventPageDocument, { ...which, after: endCursor }, signal);
    if (!next.event) break;
    builds.push(...next.event.builds.nodes);
    ({ hasNextPage, endCursor } = next.event.builds.pageInfo);
  }
  const history = event.changes.nodes;
  return { data: { event, builds, hasMore: hasNextPage, changed: new Map(), history }, cursor };
}

/** An event after changes of it and of its builds; builds that are made meanwhile come behind the others. */
export function changedEvent(now: EventNow, changes: readonly EventPageChange[]): EventNow {
  const { rows, changed } = changedRows(now.builds, changes as readonly RecordChange<NeededBuild>[]);
  const own = changes.filter(({ recordId }) => recordId === now.event.id);
  const event = own.reduce((before, change) => ({ ...before, ...changedRow<RecordRow>(before, change) }), now.event);
  const known = new Set([now.event.id, ...now.builds.map(({ id }) => id)]);
  const made = new Map(
    changes.flatMap(({ record, recordId }) => (record && !known.has(recordId) ? [[recordId, record]] : [])),
  );
  return {
    ...now,
    event,
    builds: [...rows, ...(made.values() as Iterable<NeededBuild>)],
    changed: new Map([...now.changed, ...changed]),
    history: longerHistory(now.history, changes, now.event.id),
  };
}
