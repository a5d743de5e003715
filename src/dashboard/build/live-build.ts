import type { Followed } from '../gateway/follow.js';
import { request } from '../gateway/request.js';
import { useLive, type Live, type LiveSource } from '../gateway/use-live.js';
import {
  BuildDetailChangesDocument,
  BuildPageDocument,
  JobDetailChangesDocument,
  type BuildDetailFragment,
  type BuildPageQuery,
  type ChangeFragment,
  type JobDetailFragment,
  type System,
  type TypedDocumentString,
} from '../operations/documents.js';
import { longerHistory } from '../records/history.js';
import { changedRows, type RecordChange } from '../records/record.js';

/** Jobs of a build are read up to so many pages of 100. */
const PAGES = 5;

/** A build with what only its system says of it. */
export type BuildDetail = BuildDetailFragment & { readonly isDeleted?: boolean };

/** A job with what it wrote. */
export type JobDetail = JobDetailFragment & { readonly isDeleted?: boolean };

/** A build with its jobs, as it is now. */
export interface BuildNow {
  readonly build: BuildDetail;
  readonly jobs: readonly JobDetail[];
  /** Whether it has more jobs than were read. */
  readonly hasMore: boolean;
  readonly changed: ReadonlyMap<string, string>;
  readonly history: readonly ChangeFragment[];
}

type BuildPageChange = ChangeFragment & RecordChange<BuildDetail | JobDetail>;
type Document = TypedDocumentString<Followed<BuildPageChange>, never>;

/** A build, kept up to date with its jobs. */
export function useLiveBuild(system: System, legacyId: string): Live<BuildNow | 'none'> {
  const which = { system: { eq: system }, legacyId: { eq: legacyId } };
  const source: LiveSource<BuildNow | 'none', BuildPageChange> = {
    key: `${system} ${legacyId}`,
    load: (signal) => readBuild({ system, legacyId }, signal),
    subscriptions: [
      { document: BuildDetailChangesDocument as Document, variables: { filter: which } },
      { document: JobDetailChangesDocument as Document, variables: { filter: { build: which } } },
    ],
    apply: (now, changes) => (now === 'none' ? now : changedBuild(now, changes)),
  };
  return useLive(source);
}

async function readBuild(
  which: { readonly system: System; readonly legacyId: string },
  signal: AbortSignal,
): Promise<{ data: BuildNow | 'none'; cursor: string }> {
  const { build, changeCursor: cursor } = await request(BuildPageDocument, which, signal);
  if (!build) return { data: 'none', cursor };
  const jobs: JobDetail[] = [...build.jobs.nodes];
  let { hasNextPage, endCursor } = build.jobs.pageInfo;
  for (let page = 1; hasNextPage && page < PAGES; page += 1) {
    const next: BuildPageQuery = await request(BuildPageDocument, { ...which, after: endCursor }, signal);
    if (!next.build) break;
    jobs.push(...next.build.jobs.nodes);
    ({ hasNextPage, endCursor } = next.build.jobs.pageInfo);
  }
  return { data: { build, jobs, hasMore: hasNextPage, changed: new Map(), history: build.changes.nodes }, cursor };
}

/** A build after changes of it and of its jobs; jobs that are added meanwhile come behind the others. */
export function changedBuild(now: BuildNow, changes: readonly BuildPageChange[]): BuildNow {
  const { rows, changed } = changedRows([now.build, ...now.jobs], changes);
  const known = new Set(rows.map(({ id }) => id));
  const added = new Map(
    changes.flatMap(({ record, recordId }) => (record && !known.has(recordId) ? [[recordId, record]] : [])),
  );
  const [build, ...jobs] = [...rows, ...added.values()] as [BuildDetail, ...JobDetail[]];
  return {
    ...now,
    build,
    jobs,
    changed: new Map([...now.changed, ...changed]),
    history: longerHistory(now.history, changes, build.id),
  };
}
