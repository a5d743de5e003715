import { type AttemptFields, type JsonObject, type RequestFields, seconds } from './represent.js';

/** Rows by short branch name and full revision (contract buildapi section 5.9). */
export type Nested<Row> = Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>>;

const UNKNOWN = 'Unknown';

/**
 * Short name of a source branch: the longest known branch that its last `/`-part begins with.
 * @returns `Unknown` when there is none
 */
export function shortBranch(sourceBranch: string | null, known: readonly string[]): string {
  const last = sourceBranch?.split('/').at(-1) ?? '';
  const fitting = known.filter((name) => last.startsWith(name));
  return fitting.reduce((longest, name) => (name.length > longest.length ? name : longest), '') || UNKNOWN;
}

/** Rows under the branch and the revision of their request, both in the order in which they come. */
function nestedBy<Row>(
  rows: readonly { readonly request: RequestFields; readonly row: Row }[],
  known: readonly string[],
): Nested<Row> {
  const branches = new Map<string, Map<string, Row[]>>();
  for (const { request, row } of rows) {
    const revisions = entry(branches, shortBranch(request.sourceBranch, known), () => new Map<string, Row[]>());
    entry(revisions, request.revision || UNKNOWN, () => []).push(row);
  }
  return Object.fromEntries([...branches].map(([branch, revisions]) => [branch, Object.fromEntries(revisions)]));
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** Rows of `/pending`; requests by ascending id. */
export function nestedPending(requests: readonly RequestFields[], known: readonly string[]) {
  const rows = requests.map((request) => ({
    request,
    row: { id: request.number, buildername: request.name, submitted_at: seconds(request.submittedAt) },
  }));
  return nestedBy(rows, known);
}

/** Rows of `/running`: those of one physical build are one. */
export function nestedRunning(attempts: readonly AttemptFields[], known: readonly string[]) {
  const physical = new Map<string, AttemptFields[]>();
  for (const attempt of attempts) {
    const { request, startedAt, buildNumber } = attempt;
    const key = JSON.stringify([request.claimedByName, request.name, seconds(startedAt), buildNumber]);
    entry(physical, key, () => []).push(attempt);
  }
  const entries = [...physical.values()].map((rows) => rows.toSorted((a, b) => a.request.number - b.request.number));
  return nestedBy(
    entries.map((rows) => ({ request: rows.at(-1)!.request, row: runningRow(rows) })),
    known,
  );
}

/** @param rows of one physical build, by ascending request id */
function runningRow(rows: readonly AttemptFields[]) {
  const { request, buildId, buildNumber, startedAt } = rows.at(-1)!;
  return {
    buildername: request.name,
    last_heartbeat: request.claimedAt,
    claimed_by_name: request.claimedByName,
    start_time: seconds(startedAt),
    number: buildNumber,
    id: buildId,
    revision: request.revision || UNKNOWN,
    request_ids: rows.map((row) => row.request.number),
    submitted_at: seconds(rows[0]!.request.submittedAt),
  };
}

/** A request of `/revision` with all that was tried. */
export interface TriedRequest extends RequestFields {
  readonly buildsetId: number | null;
  readonly attempts: readonly Pick<AttemptFields, 'buildId' | 'buildNumber' | 'startedAt' | 'finishedAt'>[];
}

/** Rows of `/revision`: one for each request and build, one with nulls for a request without builds. */
export function nestedRevision(requests: readonly TriedRequest[], known: readonly string[]): Nested<JsonObject> {
  const rows = requests.flatMap((request) => {
    const tried = request.attempts.length === 0 ? [undefined] : request.attempts;
    return tried.map((attempt) => ({ request, row: revisionRow(request, attempt) }));
  });
  return nestedBy(rows, known);
}

function revisionRow(request: TriedRequest, attempt: TriedRequest['attempts'][number] | undefined): JsonObject {
  return {
    id: request.number,
    buildsetid: request.buildsetId,
    buildername: request.name,
    submitted_at: seconds(request.submittedAt),
    claimed_at: request.claimedAt,
    claimed_by_name: request.claimedByName,
    start_time: attempt ? seconds(attempt.startedAt) : null,
    finish_time: attempt && attempt.finishedAt !== null ? seconds(attempt.finishedAt) : null,
    number: attempt?.buildNumber ?? null,
    results: request.results,
  };
}

/** An entry of `/recent`. */
export function recentRow({ buildId, buildNumber, startedAt, finishedAt, slaveName, request }: AttemptFields) {
  return {
    id: buildId,
    buildname: request.name,
    buildername: request.name,
    buildnumber: buildNumber,
    starttime: seconds(startedAt),
    endtime: finishedAt === null ? null : seconds(finishedAt),
    result: request.results,
    slavename: slaveName,
    master: request.claimedByName,
  };
}
