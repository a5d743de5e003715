import type { LoaderDefinition } from '../../core/graphql/context.js';
import { recordsById } from '../../core/list/children.js';
import { containsText, endsWithText } from '../../core/list/text.js';
import { selectColumns } from '../../core/list/columns.js';
import type { RecordRow } from '../../core/list/page.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { MAX_RECORD_NUMBER, recordId } from '../../core/ids.js';
import { System } from '../../core/model/states.js';
import { first, type Reader } from '../../core/store/reader.js';
import { inList, raw, sql, where } from '../../core/store/sql.js';
import { ATTEMPTS } from './lists.js';

/** A change as plain rows carry it; `files` is still text. */
export interface ChangeRow extends RecordRow {
  readonly branch: string | null;
  readonly revision: string | null;
  readonly comments: string | null;
  readonly revlink: string | null;
  readonly category: string | null;
  readonly files: string | null;
}

/** A build request as plain rows carry it; `properties` is still text. */
export interface RequestRow extends RecordRow {
  readonly submittedAt: number;
  readonly sourceBranch: string | null;
  readonly revision: string | null;
  readonly priority: number;
  readonly claimedAt: number;
  readonly claimedByName: string | null;
  readonly claimedByIncarnation: string | null;
  readonly results: number | null;
  readonly buildReason: string | null;
  readonly properties: string;
  readonly buildsetId: number | null;
}

/** A job request as plain rows carry it; JSON columns are still text. */
export interface JobRow extends RecordRow {
  readonly what: string;
  readonly completeData: string | null;
  /** SQLite has 0 and 1. */
  readonly imported: boolean | number;
}

/** An attempt at a build request. */
export interface AttemptRow {
  readonly id: number;
  readonly requestId: number;
  readonly buildNumber: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly slaveName: string | null;
}

/** A known branch. */
export interface BranchRow {
  readonly name: string;
  /** JSON object, without the name. */
  readonly attributes: string;
}

/** How many revisions an author pushed. */
export interface PushCount {
  readonly author: string;
  readonly count: number;
}

/** Internal id of the request, job or attempt with this number; null when none can have it. */
export function idOfNumber(number: number): number | null {
  return Number.isSafeInteger(number) && number >= 0 && number <= MAX_RECORD_NUMBER
    ? recordId(System.BUILDAPI, number)
    : null;
}

/** Attempts of requests, by ascending build id, in one statement. */
export async function attemptsOf(reader: Reader, requestIds: readonly number[]): Promise<AttemptRow[][]> {
  const rows = await reader.all<AttemptRow>(
    sql`SELECT ${selectColumns(ATTEMPTS)} FROM buildapi_attempt t
      WHERE ${inList(reader.dialect, raw('t.request_id'), requestIds, 'bigint')} ORDER BY t.id`,
  );
  const byRequest = Map.groupBy(rows, ({ requestId }) => requestId);
  return requestIds.map((id) => byRequest.get(id) ?? []);
}

/** All attempts of a request. */
export const ATTEMPTS_OF_REQUEST: LoaderDefinition<number, readonly AttemptRow[]> = {
  name: 'buildapi:attempts',
  read: ({ reader }, ids) => attemptsOf(reader, ids),
};

/** An attempt by internal id. */
export const ATTEMPT_BY_ID: LoaderDefinition<number, AttemptRow | undefined> = {
  name: 'buildapi:attemptById',
  read: ({ reader }, ids) => recordsById<AttemptRow>(reader, ATTEMPTS, ids),
};

/** Changes of requests, or requests of changes, by ascending number, in one statement. */
async function linked<Row extends RecordRow>(
  reader: Reader,
  side: { readonly list: typeof EVENTS; readonly from: string; readonly to: string },
  ids: readonly number[],
): Promise<Row[][]> {
  const { list, from, to } = side;
  const rows = await reader.all<Row & { readonly parent: number }>(
    sql`SELECT ${selectColumns(list, [], System.BUILDAPI)}, ${raw(`link.${from}`)} AS "parent" FROM buildapi_request_change link
      JOIN ${raw(`${list.table} t ON t.id = link.${to}`)}
      WHERE ${inList(reader.dialect, raw(`link.${from}`), ids, 'bigint')} ORDER BY t.id`,
  );
  const byParent = Map.groupBy(rows, ({ parent }) => parent);
  return ids.map((id) => byParent.get(id) ?? []);
}

/** The changes that a request is for. */
export const PUSHES_OF_REQUEST: LoaderDefinition<number, readonly ChangeRow[]> = {
  name: 'buildapi:pushes',
  read: ({ reader }, ids) => linked<ChangeRow>(reader, { list: EVENTS, from: 'request_id', to: 'change_id' }, ids),
};

/** The requests that a change caused. */
export const REQUESTS_OF_PUSH: LoaderDefinition<number, readonly RequestRow[]> = {
  name: 'buildapi:requests',
  read: ({ reader }, ids) => linked<RequestRow>(reader, { list: BUILDS, from: 'change_id', to: 'request_id' }, ids),
};

/** All known branches, by name. */
export function branches(reader: Reader): Promise<BranchRow[]> {
  return reader.all(sql`SELECT name, attributes FROM buildapi_branch ORDER BY name`);
}

/** The branch of exactly this name. */
export async function branchNamed(reader: Reader, name: string): Promise<BranchRow | undefined> {
  // No column holds NUL, and PostgreSQL refuses to be asked for it.
  if (name.includes('\0')) return undefined;
  return first<BranchRow>(reader, sql`SELECT name, attributes FROM buildapi_branch WHERE name = ${name}`);
}

/** Names in the builder list of a branch, sorted. */
export async function buildersOf(reader: Reader, branch: string): Promise<string[]> {
  if (branch.includes('\0')) return [];
  const rows = await reader.all<{ name: string }>(
    sql`SELECT name FROM buildapi_builder WHERE branch = ${branch} ORDER BY name`,
  );
  return rows.map(({ name }) => name);
}

/** Distinct builder names of requests submitted since a time whose name contains a text, sorted (section 5.6). */
export async function builderNames(reader: Reader, text: string, since: number): Promise<string[]> {
  if (text.includes('\0')) return [];
  const rows = await reader.all<{ name: string }>(
    sql`SELECT DISTINCT name FROM build WHERE system = ${System.BUILDAPI} AND submitted_at >= ${since}
      AND ${containsText(reader.dialect, raw('name'), text)} ORDER BY name`,
  );
  return rows.map(({ name }) => name);
}

const BRANCH = raw('change.buildapi_branch');

/** Distinct revisions and source branches per author within inclusive bounds, by author (section 5.9, `/pushes`). */
export function pushCounts(
  reader: Reader,
  { branchContains, from, to }: { branchContains: string | null; from: number | null; to: number | null },
): Promise<PushCount[]> {
  const conditions = [
    sql`change.system = ${System.BUILDAPI}`,
    sql`change.requester IS NOT NULL`,
    ...['unittest', 'talos'].map((end) => sql`(${endsWithText(reader.dialect, BRANCH, end)}) IS NOT TRUE`),
  ];
  if (branchContains?.includes('\0')) return Promise.resolve([]);
  if (branchContains) conditions.push(containsText(reader.dialect, BRANCH, branchContains));
  if (from !== null) conditions.push(sql`change.created_at >= ${from}`);
  if (to !== null) conditions.push(sql`change.created_at <= ${to}`);
  return reader.all(
    sql`SELECT author, COUNT(*) AS count FROM (
      SELECT DISTINCT change.requester AS author, request.buildapi_request_revision, request.buildapi_source_branch
      FROM event change JOIN buildapi_request_change link ON link.change_id = change.id
      JOIN build request ON request.id = link.request_id${where(conditions)}
    ) pushed GROUP BY author ORDER BY author`,
  );
}
