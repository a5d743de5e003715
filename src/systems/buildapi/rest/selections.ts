import { isoTime } from './fields.js';

/** Filters of the stored operations; plain data in the shape of the schema's input types. */
export type Filter = Readonly<Record<string, unknown>>;

/** Lists have no largest size (contract buildapi section 5.2): the largest page that the schema can carry. */
export const ALL = 2 ** 31 - 1;

/** Characters of a revision that count (section 5.4). */
const REVISION_LENGTH = 12;

const COMPLETE: Filter = { buildapi: { legacyState: { eq: 'complete' } } };
const NOT_COMPLETE: Filter = { buildapi: { legacyState: { ne: 'complete' } } };
const NOT_CLAIMED: Filter = { buildapi: { claimedAt: { eq: 0 } } };
const CLAIMED: Filter = { buildapi: { claimedAt: { gt: 0 } } };

/** Requests that meet all conditions. */
export function requests(...conditions: readonly Filter[]): Filter {
  return { system: { eq: 'BUILDAPI' }, and: conditions };
}

/** Requests that wait for a master (section 4.3) and meet the conditions. */
export function pending(...conditions: readonly Filter[]): Filter {
  return requests(NOT_CLAIMED, NOT_COMPLETE, ...conditions);
}

/** Attempts at requests that meet all conditions. */
export function attemptsAt(...conditions: readonly Filter[]): Filter {
  return { request: requests(...conditions) };
}

/** Attempts at complete requests, and at others (section 5.7). */
export const attemptsAtComplete = (...conditions: readonly Filter[]): Filter => attemptsAt(COMPLETE, ...conditions);
export const attemptsAtOpen = (...conditions: readonly Filter[]): Filter => attemptsAt(NOT_COMPLETE, ...conditions);

/** Attempts that run now: claimed, not complete, without an end (section 5.9). */
export function runningAttempts(...conditions: readonly Filter[]): Filter {
  return { ...attemptsAt(CLAIMED, NOT_COMPLETE, ...conditions), finishedAt: { isNull: true } };
}

/** On a branch: the source branch begins or ends with its name (section 2.5). */
export function onBranch(branch: string): Filter {
  return {
    or: [{ buildapi: { sourceBranch: { startsWith: branch } } }, { buildapi: { sourceBranch: { endsWith: branch } } }],
  };
}

/** Whether a request with this source branch is on a branch. */
export function isOnBranch(sourceBranch: string | null, branch: string): boolean {
  return sourceBranch !== null && (sourceBranch.startsWith(branch) || sourceBranch.endsWith(branch));
}

/** Revision beginning with the first twelve characters of a text. */
export function ofRevision(revision: string): Filter {
  return revisionBegins(Array.from(revision).slice(0, REVISION_LENGTH).join(''));
}

/** Revision beginning with a text. */
export function revisionBegins(start: string): Filter {
  return { buildapi: { revision: { startsWith: start } } };
}

/** With a change by exactly this author. */
export function pushedBy(author: string): Filter {
  return { buildapi: { push: { requester: { eq: author } } } };
}

/** Source branch containing a text; no condition without one. */
export function branchContains(text: string | undefined): Filter[] {
  return text ? [{ buildapi: { sourceBranch: { contains: text } } }] : [];
}

/** A time within a span of seconds, its end left out. */
export function within(field: string, { from, to }: { readonly from: number; readonly to: number }): Filter {
  return { [field]: { gte: isoTime(from), lt: isoTime(to) } };
}
