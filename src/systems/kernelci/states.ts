import { State } from '../../core/model/states.js';
import type { CollectionName } from './fields.js';

/** States in the words of Kernel CI (contract kernelci, section 10). */

/** States that jobs and builds can have. */
export const BUILD_STATUSES = ['BUILD', 'FAIL', 'PASS', 'UNKNOWN'] as const;

/** States that boots can have. */
export const BOOT_STATUSES = ['FAIL', 'OFFLINE', 'PASS', 'UNKNOWN', 'UNTRIED'] as const;

/** States that test cases can have. */
export const CASE_STATUSES = ['ERROR', 'FAIL', 'PASS', 'SKIP', 'UNKNOWN'] as const;

/** What a report without a state has. */
export const UNKNOWN_STATUS = 'UNKNOWN';

const OF_BUILDS: Readonly<Record<string, State>> = { BUILD: State.RUNNING, PASS: State.SUCCEEDED, FAIL: State.FAILED };

const OF_JOBS: Readonly<Record<string, State>> = {
  PASS: State.SUCCEEDED,
  FAIL: State.FAILED,
  ERROR: State.FAILED,
  OFFLINE: State.CANCELED,
  UNTRIED: State.SKIPPED,
  SKIP: State.SKIPPED,
};

/** The unified state for a state in the words of a collection; UNKNOWN for words that nobody declared. */
export function stateOf(collection: CollectionName, status: string): State {
  const states = collection === 'job' || collection === 'build' ? OF_BUILDS : OF_JOBS;
  return Object.hasOwn(states, status) ? (states[status] ?? State.UNKNOWN) : State.UNKNOWN;
}

/** The state of a test group: the worst of its cases. */
export function groupStatus(statuses: readonly string[]): string {
  const known = new Set(statuses);
  if (known.has('FAIL') || known.has('ERROR')) return 'FAIL';
  return ['PASS', 'SKIP'].find((status) => known.has(status)) ?? UNKNOWN_STATUS;
}
