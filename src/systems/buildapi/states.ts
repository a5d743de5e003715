import { State } from '../../core/model/states.js';

/** How buildapi's states follow from its fields (contract buildapi, section 12). */

/** A unified state with buildapi's own word and the reason. */
export interface MappedState<Legacy extends string> {
  readonly state: State;
  readonly legacyState: Legacy;
  readonly reason: string | null;
}

/** Buildapi's own states of a request (section 4.6). */
export type RequestWord = 'pending' | 'running' | 'complete';
/** Buildapi's own states of a job request (section 6.4). */
export type JobWord = 'logged' | 'completed';

/** Result codes with a meaning of their own here (section 4.6). */
export const FAILURE = 2;
export const RETRY = 5;
export const CANCELLED = 6;

const RESULTS: ReadonlyMap<number, readonly [State, string | null]> = new Map([
  [0, [State.SUCCEEDED, null]],
  [1, [State.FAILED, 'warnings']],
  [FAILURE, [State.FAILED, 'failure']],
  [3, [State.SKIPPED, 'skipped']],
  [4, [State.FAILED, 'exception']],
  [RETRY, [State.SKIPPED, 'retry']],
  [CANCELLED, [State.CANCELED, 'cancelled']],
]);

/** Whether this is one of the result codes 0 to 6. */
export function isResult(code: number): boolean {
  return RESULTS.has(code);
}

/** State of a request by its fields; `attempted` says whether it has build rows. */
export function requestState(request: {
  readonly complete: boolean;
  readonly claimedAt: number;
  readonly results: number | null;
  readonly attempted: boolean;
}): MappedState<RequestWord> {
  const { complete, claimedAt, results, attempted } = request;
  if (!complete) {
    return claimedAt > 0
      ? { state: State.RUNNING, legacyState: 'running', reason: null }
      : { state: State.QUEUED, legacyState: 'pending', reason: null };
  }
  if (results === FAILURE && claimedAt === 0 && !attempted) {
    return { state: State.CANCELED, legacyState: 'complete', reason: 'cancelled while pending' };
  }
  const [state, reason] = (results === null ? undefined : RESULTS.get(results)) ?? [State.UNKNOWN, null];
  return { state, legacyState: 'complete', reason };
}

/** State of a job request by when it was completed and by the message that completed it, parsed. */
export function jobState(completedAt: number | null, completeData: unknown): MappedState<JobWord> {
  if (completedAt === null) return { state: State.QUEUED, legacyState: 'logged', reason: null };
  const body = member(completeData, 'body');
  const errors = member(body, 'errors');
  const message = member(body, 'msg');
  const state = errors === false ? State.SUCCEEDED : errors === true ? State.FAILED : State.UNKNOWN;
  return { state, legacyState: 'completed', reason: typeof message === 'string' ? storable(message) : null };
}

/** An agent's message may be any text, a column of text not: it has no NUL and no half of a surrogate pair. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}

function member(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as Record<string, unknown>)[name] : undefined;
}

/** State of a change by those of its requests, each once or more; in any order. */
export function changeState(requests: Iterable<State>): State {
  const states = new Set(requests);
  if (states.size === 0) return State.UNKNOWN;
  if (states.has(State.RUNNING)) return State.RUNNING;
  if (states.has(State.QUEUED)) return states.size > 1 ? State.RUNNING : State.QUEUED;
  if (states.has(State.FAILED)) return State.FAILED;
  if (states.has(State.CANCELED)) return State.CANCELED;
  return states.size === 1 && states.has(State.SKIPPED) ? State.SKIPPED : State.SUCCEEDED;
}
