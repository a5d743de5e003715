import { State } from '../../core/model/states.js';

/** One row of a table of Freshmaker's own codes; `state` is what the unified model says for it. */
export interface FreshmakerCode {
  readonly id: number;
  readonly name: string;
}
export interface FreshmakerStateCode extends FreshmakerCode {
  readonly state: State;
}

/** Event types by number (contract freshmaker, section 3.5). An event may bear a number that is not here. */
export const EVENT_TYPES: ReadonlyMap<number, string> = new Map([
  [0, 'MBSModuleStateChangeEvent'],
  [1, 'GitModuleMetadataChangeEvent'],
  [2, 'GitRPMSpecChangeEvent'],
  [3, 'TestingEvent'],
  [4, 'GitDockerfileChangeEvent'],
  [5, 'BodhiUpdateCompleteStableEvent'],
  [6, 'KojiTaskStateChangeEvent'],
  [7, 'BrewSignRPMEvent'],
  [8, 'ErrataRPMAdvisoryShippedEvent'],
  [9, 'BrewContainerTaskStateChangeEvent'],
  [10, 'ErrataAdvisoryStateChangedEvent'],
  [11, 'FreshmakerManualRebuildEvent'],
  [12, 'ODCSComposeStateChangeEvent'],
  [13, 'ManualRebuildWithAdvisoryEvent'],
  [14, 'FreshmakerAsyncManualBuildEvent'],
  [15, 'BotasErrataShippedEvent'],
  [16, 'ManualBundleRebuildEvent'],
  [17, 'FlatpakModuleAdvisoryReadyEvent'],
  [18, 'FlatpakApplicationManualBuildEvent'],
]);

/** States of events (contract freshmaker, sections 4.1 and 11). */
export const EVENT_STATES: readonly FreshmakerStateCode[] = [
  { id: 0, name: 'INITIALIZED', state: State.QUEUED },
  { id: 1, name: 'BUILDING', state: State.RUNNING },
  { id: 2, name: 'COMPLETE', state: State.SUCCEEDED },
  { id: 3, name: 'FAILED', state: State.FAILED },
  { id: 4, name: 'SKIPPED', state: State.SKIPPED },
  { id: 5, name: 'CANCELED', state: State.CANCELED },
];

/** States of artifact builds (contract freshmaker, sections 4.2 and 11). */
export const BUILD_STATES: readonly FreshmakerStateCode[] = [
  { id: 0, name: 'BUILD', state: State.RUNNING },
  { id: 1, name: 'DONE', state: State.SUCCEEDED },
  { id: 2, name: 'FAILED', state: State.FAILED },
  { id: 3, name: 'CANCELED', state: State.CANCELED },
  { id: 4, name: 'PLANNED', state: State.PLANNED },
];

/** Types of artifacts (contract freshmaker, section 3.3). The numbers are Freshmaker's. */
export enum FreshmakerArtifactType {
  RPM = 0,
  IMAGE = 1,
  MODULE = 2,
  IMAGE_REPOSITORY = 3,
}

/** The same as a table, ascending. */
export const BUILD_TYPES: readonly FreshmakerCode[] = [
  { id: FreshmakerArtifactType.RPM, name: 'RPM' },
  { id: FreshmakerArtifactType.IMAGE, name: 'IMAGE' },
  { id: FreshmakerArtifactType.MODULE, name: 'MODULE' },
  { id: FreshmakerArtifactType.IMAGE_REPOSITORY, name: 'IMAGE_REPOSITORY' },
];

/** Unified state of an event's code. Throws a RangeError for a code that Freshmaker does not have. */
export function eventState(code: number): State {
  return stateOf(EVENT_STATES, code, 'event');
}

/** Freshmaker's code of an event in a unified state; undefined for a state that its events cannot have. */
export function eventCode(state: State): number | undefined {
  return codeOf(EVENT_STATES, state);
}

/** Unified state of a build's code. Throws a RangeError for a code that Freshmaker does not have. */
export function buildState(code: number): State {
  return stateOf(BUILD_STATES, code, 'build');
}

/** Freshmaker's code of a build in a unified state; undefined for a state that its builds cannot have. */
export function buildCode(state: State): number | undefined {
  return codeOf(BUILD_STATES, state);
}

/** Name of an event type; null for a number that is not in the table. */
export function eventTypeName(id: number): string | null {
  return EVENT_TYPES.get(id) ?? null;
}

/** Unified name of an event: what happened, and to what (contract freshmaker, section 11). */
export function eventName(eventTypeId: number, searchKey: string): string {
  return `${eventTypeName(eventTypeId) ?? `EventType${eventTypeId}`} ${searchKey}`;
}

// The tables are indexed by their ids: 0, 1, 2 and so on without a gap.
function stateOf(table: readonly FreshmakerStateCode[], code: number, what: string): State {
  const row = table[code];
  if (!row) throw new RangeError(`Freshmaker has no ${what} state ${code}.`);
  return row.state;
}

function codeOf(table: readonly FreshmakerStateCode[], state: State): number | undefined {
  return table.find((row) => row.state === state)?.id;
}
