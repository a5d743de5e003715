import { State } from '../../core/model/states.js';

/** Freshmaker's numbered words (contract freshmaker, sections 3.5, 4 and 11). */
export interface Code {
  readonly id: number;
  readonly name: string;
}

/** A code of a state machine and the unified state that it means. */
export interface StateCode extends Code {
  readonly state: State;
  /** Whether nothing is to come. */
  readonly ended: boolean;
}

/** Event types by number; a number that is not here is kept and has no name. */
export const EVENT_TYPES: ReadonlyMap<number, string> = new Map(
  [
    'MBSModuleStateChangeEvent',
    'GitModuleMetadataChangeEvent',
    'GitRPMSpecChangeEvent',
    'TestingEvent',
    'GitDockerfileChangeEvent',
    'BodhiUpdateCompleteStableEvent',
    'KojiTaskStateChangeEvent',
    'BrewSignRPMEvent',
    'ErrataRPMAdvisoryShippedEvent',
    'BrewContainerTaskStateChangeEvent',
    'ErrataAdvisoryStateChangedEvent',
    'FreshmakerManualRebuildEvent',
    'ODCSComposeStateChangeEvent',
    'ManualRebuildWithAdvisoryEvent',
    'FreshmakerAsyncManualBuildEvent',
    'BotasErrataShippedEvent',
    'ManualBundleRebuildEvent',
    'FlatpakModuleAdvisoryReadyEvent',
    'FlatpakApplicationManualBuildEvent',
  ].map((name, id) => [id, name]),
);

/** Type of the event that POST /builds/ makes. */
export const MANUAL_REBUILD = 13;
/** Type of the event that POST /async-builds/ makes. */
export const ASYNC_REBUILD = 14;
/** Types whose search key is the id of an advisory (section 3.1). */
const ADVISORY_TYPES: ReadonlySet<number> = new Set([8, 10, 13, 15, 16, 17, 18]);

/** Name of the unified state that a code means, as GraphQL spells it. */
export function unifiedName({ state }: StateCode): string {
  return State[state];
}

/** States of events by code. */
export const EVENT_STATES: readonly StateCode[] = [
  { id: 0, name: 'INITIALIZED', state: State.QUEUED, ended: false },
  { id: 1, name: 'BUILDING', state: State.RUNNING, ended: false },
  { id: 2, name: 'COMPLETE', state: State.SUCCEEDED, ended: true },
  { id: 3, name: 'FAILED', state: State.FAILED, ended: true },
  { id: 4, name: 'SKIPPED', state: State.SKIPPED, ended: true },
  { id: 5, name: 'CANCELED', state: State.CANCELED, ended: true },
];

/** States of artifact builds by code. */
export const BUILD_STATES: readonly StateCode[] = [
  { id: 0, name: 'BUILD', state: State.RUNNING, ended: false },
  { id: 1, name: 'DONE', state: State.SUCCEEDED, ended: true },
  { id: 2, name: 'FAILED', state: State.FAILED, ended: true },
  { id: 3, name: 'CANCELED', state: State.CANCELED, ended: true },
  { id: 4, name: 'PLANNED', state: State.PLANNED, ended: false },
];

/** Types of artifact, under their codes. */
export enum FreshmakerArtifactType {
  RPM = 0,
  IMAGE = 1,
  MODULE = 2,
  IMAGE_REPOSITORY = 3,
}

/** Types of artifact by code. */
export const BUILD_TYPES: readonly Code[] = [
  { id: FreshmakerArtifactType.RPM, name: 'RPM' },
  { id: FreshmakerArtifactType.IMAGE, name: 'IMAGE' },
  { id: FreshmakerArtifactType.MODULE, name: 'MODULE' },
  { id: FreshmakerArtifactType.IMAGE_REPOSITORY, name: 'IMAGE_REPOSITORY' },
];

/** Name of an event type; null for a number that is not in the table. */
export function eventTypeName(id: number): string | null {
  return EVENT_TYPES.get(id) ?? null;
}

/** Whether the search key of an event of this type is the id of an advisory. */
export function isAdvisoryType(id: number): boolean {
  return ADVISORY_TYPES.has(id);
}

/** What an event is called: its type and what it is about. */
export function eventName(eventTypeId: number, searchKey: string): string {
  return `${eventTypeName(eventTypeId) ?? `EventType${eventTypeId}`} ${searchKey}`;
}

/** The event state of a code; undefined when there is none. */
export function eventStateOf(code: number): StateCode | undefined {
  return EVENT_STATES[code];
}

/** The build state of a code; undefined when there is none. */
export function buildStateOf(code: number): StateCode | undefined {
  return BUILD_STATES[code];
}

/** The state of this name in one of the tables above. */
export function stateNamed(states: readonly StateCode[], name: string): StateCode {
  const found = states.find((code) => code.name === name);
  if (!found) throw new Error(`Freshmaker has no state ${name}.`);
  return found;
}

/** The event state that means a unified state; undefined where Freshmaker has none. */
export function eventStateFor(state: State): StateCode | undefined {
  return EVENT_STATES.find((code) => code.state === state);
}

/** The build state that means a unified state; undefined where Freshmaker has none. */
export function buildStateFor(state: State): StateCode | undefined {
  return BUILD_STATES.find((code) => code.state === state);
}
