import type { State, System } from '../operations/documents.js';

/** States in the order of a record's life, as people read them. */
export const STATE_WORDS: Readonly<Record<State, string>> = {
  PLANNED: 'Planned',
  QUEUED: 'Queued',
  RUNNING: 'Running',
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  CANCELED: 'Canceled',
  SKIPPED: 'Skipped',
  UNKNOWN: 'Unknown',
};

/** Systems as people read them. */
export const SYSTEM_WORDS: Readonly<Record<System, string>> = {
  BUILDAPI: 'Buildapi',
  DEVMASON: 'Devmason',
  FRESHMAKER: 'Freshmaker',
  KERNELCI: 'Kernel CI',
  RODAN: 'Rodan',
};

export const STATES = Object.keys(STATE_WORDS) as readonly State[];
export const SYSTEMS = Object.keys(SYSTEM_WORDS) as readonly System[];

/** Whether nothing more is to happen to a record in this state. */
export function isOver(state: State): boolean {
  return !['PLANNED', 'QUEUED', 'RUNNING', 'UNKNOWN'].includes(state);
}
