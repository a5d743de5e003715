/**
 * The JSON objects of contract buildapi section 4. Pure: each takes the shape that a fragment of operations.graphql
 * selects. Times there are ISO texts, here whole seconds since 1970.
 */

/** What a JSON text can hold. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** A JSON object ready to be written. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** Fragment Request. */
export interface RequestFields {
  readonly number: number;
  readonly name: string;
  readonly sourceBranch: string | null;
  readonly revision: string | null;
  readonly submittedAt: string;
  readonly complete: boolean;
  readonly finishedAt: string | null;
  readonly priority: number;
  /** Seconds; 0 when no master runs it. */
  readonly claimedAt: number;
  readonly claimedByName: string | null;
  readonly claimedByIncarnation: string | null;
  readonly results: number | null;
  readonly buildReason: string | null;
}

/** Fragment Attempt. */
export interface AttemptFields {
  readonly buildId: number;
  readonly buildNumber: number;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly slaveName: string | null;
  readonly request: RequestFields;
}

/** Fragment Job. */
export interface JobFields {
  readonly number: number;
  readonly name: string;
  readonly requester: string | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
  readonly what: JsonObject;
  readonly completeData: JsonValue;
}

/** A build of a list; one that has no end yet runs. */
export type Build = ReturnType<typeof representBuild>;

/** A request as lists show it: pending there. */
export type PendingRequest = ReturnType<typeof representRequest>;

/** An entry of the lists of section 4.3. */
export type ListEntry = Build | PendingRequest;

/** Section 4.1. */
export function representRequest(request: RequestFields) {
  return {
    request_id: request.number,
    buildername: request.name,
    branch: request.sourceBranch,
    revision: request.revision,
    submittime: seconds(request.submittedAt),
    complete: request.complete ? 1 : 0,
    complete_at: request.finishedAt === null ? null : seconds(request.finishedAt),
    priority: request.priority,
    claimed_at: request.claimedAt,
    reason: request.buildReason,
  } as const satisfies JsonObject;
}

/** Section 4.2, one row: the status is the request's. */
export function representBuild(attempt: AttemptFields, requests: readonly JsonObject[] = [oneRequest(attempt)]) {
  const { request } = attempt;
  return {
    build_id: attempt.buildId,
    requests,
    buildnumber: attempt.buildNumber,
    buildername: request.name,
    branch: request.sourceBranch,
    revision: request.revision,
    starttime: seconds(attempt.startedAt),
    endtime: attempt.finishedAt === null ? null : seconds(attempt.finishedAt),
    status: request.complete ? request.results : null,
    claimed_by_name: request.claimedByName,
  } as const satisfies JsonObject;
}

function oneRequest({ request }: AttemptFields): JsonObject {
  return representRequest(request);
}

/**
 * Builds of a list: rows of one physical build are one entry, in the place and with the fields of the first of them,
 * its requests in the order of the rows (section 4.2, merging).
 * @param attempts by falling build id
 */
export function mergedBuilds(attempts: readonly AttemptFields[]): Build[] {
  const physical = new Map<string, AttemptFields[]>();
  for (const attempt of attempts) {
    const { claimedByName, claimedByIncarnation, claimedAt, name } = attempt.request;
    const key = JSON.stringify([claimedByName, claimedByIncarnation, claimedAt, name, attempt.buildNumber]);
    const rows = physical.get(key);
    if (rows === undefined) physical.set(key, [attempt]);
    else rows.push(attempt);
  }
  return [...physical.values()].map((rows) => representBuild(rows[0]!, rows.map(oneRequest)));
}

/** Section 4.4: six members, no id. */
export function representJob({ name, requester, createdAt, finishedAt, what, completeData }: JobFields) {
  return {
    action: name,
    who: requester,
    when: seconds(createdAt),
    completed_at: finishedAt === null ? null : seconds(finishedAt),
    what,
    complete_data: completeData,
  } as const satisfies JsonObject;
}

/** Whole seconds since 1970 of an ISO text. */
export function seconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

/**
 * Whether the list of a revision is finished, and well (section 5.5).
 * @param now seconds since 1970
 * @param stableDelay seconds for which an ended build still counts as unfinished
 */
export function doneness(entries: readonly ListEntry[], stableDelay: number, now: number) {
  const unfinished = (entry: ListEntry): boolean =>
    !('endtime' in entry) || entry.endtime === null || now - entry.endtime < stableDelay;
  const complete = !entries.some(unfinished);
  const passed = entries.every((entry) => 'status' in entry && (entry.status === 0 || entry.status === 5));
  return { stableDelay, job_complete: complete, job_passed: complete && passed };
}
