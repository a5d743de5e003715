import { State } from '../../core/model/states.js';

/** States in the words and codes of Rodan (contract rodan, sections 8 and 13). */

/** Codes of states of runs, run jobs and resources. */
export const Status = {
  SCHEDULED: 0,
  PROCESSING: 1,
  WAITING_FOR_INPUT: 2,
  FINISHED: 4,
  EXPIRED: 8,
  FAILED: -1,
  CANCELLED: 9,
  RETRYING: 11,
  REQUEST_PROCESSING: 21,
  REQUEST_CANCELLING: 29,
  REQUEST_RETRYING: 31,
} as const;

/** What a code is called, for people. */
const NAMES: ReadonlyMap<number, string> = new Map<number, string>([
  [Status.SCHEDULED, 'Scheduled'],
  [Status.PROCESSING, 'Processing'],
  [Status.WAITING_FOR_INPUT, 'Waiting for input'],
  [Status.FINISHED, 'Finished'],
  [Status.EXPIRED, 'Expired'],
  [Status.FAILED, 'Failed'],
  [Status.CANCELLED, 'Cancelled'],
  [Status.RETRYING, 'Retrying'],
  [Status.REQUEST_PROCESSING, 'Request processing'],
  [Status.REQUEST_CANCELLING, 'Request cancelling'],
  [Status.REQUEST_RETRYING, 'Request retrying'],
]);

const OF_RUNS: ReadonlyMap<number, State> = new Map<number, State>([
  [Status.REQUEST_PROCESSING, State.QUEUED],
  [Status.PROCESSING, State.RUNNING],
  [Status.RETRYING, State.RUNNING],
  [Status.REQUEST_RETRYING, State.QUEUED],
  [Status.REQUEST_CANCELLING, State.RUNNING],
  [Status.FINISHED, State.SUCCEEDED],
  [Status.FAILED, State.FAILED],
  [Status.CANCELLED, State.CANCELED],
]);

const OF_RUN_JOBS: ReadonlyMap<number, State> = new Map<number, State>([
  [Status.PROCESSING, State.RUNNING],
  [Status.WAITING_FOR_INPUT, State.RUNNING],
  [Status.FINISHED, State.SUCCEEDED],
  [Status.FAILED, State.FAILED],
  [Status.CANCELLED, State.CANCELED],
]);

/** Name of a code of a state; the code itself where nobody gave it one. */
export function statusName(status: number): string {
  return NAMES.get(status) ?? String(status);
}

/** Unified state of a workflow run. */
export function stateOfRun(status: number): State {
  return OF_RUNS.get(status) ?? State.UNKNOWN;
}

/**
 * Unified state of a run job.
 * @param ready whether nothing is missing that it reads; tells apart what is scheduled
 */
export function stateOfRunJob(status: number, ready: boolean): State {
  if (status === Status.SCHEDULED) return ready ? State.QUEUED : State.PLANNED;
  return OF_RUN_JOBS.get(status) ?? State.UNKNOWN;
}

/** Requests about a workflow run, as `event.rodan_request` holds them. */
export const RunRequest = { RUN: 1, CANCEL: 2, RETRY: 3, REDO: 4 } as const;
