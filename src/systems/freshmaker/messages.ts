import { allChildren, recordsById } from '../../core/list/children.js';
import { countStates } from '../../core/list/count.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { recordNumber } from '../../core/ids.js';
import { State } from '../../core/model/states.js';
import type { Reader } from '../../core/store/reader.js';
import { formatTime } from '../../core/time.js';
import { BUILD_STATES, BUILD_TYPES, EVENT_STATES } from './codes.js';
import { relatedEvents, type FreshmakerBuildRow, type FreshmakerEventRow } from './reads.js';
import {
  representBuild,
  representEventFull,
  representEventMin,
  type BuildFields,
  type FullEventFields,
  type MinEventFields,
} from './rest/represent.js';

/**
 * Payloads of the messages (contract freshmaker, section 10): the same objects as the REST answers, read inside the
 * transaction, because a message shows the record as it was at that change.
 */

/** Topics, without the configured prefix. */
export type Topic =
  | 'event.state.changed'
  | 'event.state.changed.min'
  | 'build.state.changed'
  | 'manual.rebuild'
  | 'async.manual.build'
  | 'manage.eventcancel';

/** Both forms of an event. */
export interface EventPayloads {
  readonly full: object;
  readonly min: object;
}

/** The event as both event messages show it, read through the transaction. */
export async function eventPayloads(reader: Reader, id: number, mountPrefix: string): Promise<EventPayloads> {
  const [event] = await recordsById<FreshmakerEventRow>(reader, EVENTS, [id]);
  if (!event) throw new Error(`Event ${id} is gone.`);
  const [builds = []] = await allChildren<FreshmakerBuildRow>(reader, BUILDS, 'event_id', [id]);
  const [counts] = await countStates(reader, BUILDS, 'event_id', [id]);
  const [related] = await relatedEvents(reader, [id]);
  const names = await dependencyNames(reader, builds);
  const states = counts?.states;
  const fields: FullEventFields & MinEventFields = {
    ...eventFields(event),
    dependsOn: related!.dependsOn,
    dependingEvents: related!.depending,
    artifactBuilds: builds.map((build) => buildFields(build, names)),
    buildCounts: {
      total: counts?.total ?? 0,
      planned: states?.[State.PLANNED] ?? 0,
      running: states?.[State.RUNNING] ?? 0,
      succeeded: states?.[State.SUCCEEDED] ?? 0,
      failed: states?.[State.FAILED] ?? 0,
      canceled: states?.[State.CANCELED] ?? 0,
    },
  };
  return { full: representEventFull(fields, mountPrefix), min: representEventMin(fields, mountPrefix) };
}

/** A build as its message shows it. */
export async function buildPayload(reader: Reader, build: FreshmakerBuildRow, mountPrefix: string): Promise<object> {
  return representBuild(buildFields(build, await dependencyNames(reader, [build])), mountPrefix);
}

/** Names of the builds that builds depend on, by internal id. */
async function dependencyNames(reader: Reader, builds: readonly FreshmakerBuildRow[]): Promise<Map<number, string>> {
  const names = new Map(builds.map(({ id, name }) => [id, name]));
  const missing = builds.flatMap(({ dependsOnId }) =>
    dependsOnId !== null && !names.has(dependsOnId) ? [dependsOnId] : [],
  );
  if (missing.length === 0) return names;
  for (const build of await recordsById<FreshmakerBuildRow>(reader, BUILDS, missing)) {
    if (build) names.set(build.id, build.name);
  }
  return names;
}

function numbered(id: number): { legacyId: string } {
  return { legacyId: String(recordNumber(id)) };
}

function eventFields(event: FreshmakerEventRow) {
  const { createdAt, finishedAt, dryRun, requestedRebuilds, requesterMetadata } = event;
  return {
    ...event,
    legacyState: Number(event.legacyState),
    legacyStateName: EVENT_STATES[Number(event.legacyState)]?.name ?? '',
    createdAt: time(createdAt),
    finishedAt: time(finishedAt),
    dryRun: dryRun === null ? null : Boolean(dryRun),
    requestedRebuilds: JSON.parse(requestedRebuilds) as string[],
    requesterMetadata: JSON.parse(requesterMetadata) as FullEventFields['requesterMetadata'],
  };
}

function buildFields(build: FreshmakerBuildRow, names: ReadonlyMap<number, string>): BuildFields {
  const { dependsOnId } = build;
  return {
    ...build,
    freshmakerEvent: numbered(build.eventId),
    type: BUILD_TYPES[build.artifactType]?.name ?? '',
    legacyType: build.artifactType,
    legacyState: Number(build.legacyState),
    legacyStateName: BUILD_STATES[Number(build.legacyState)]?.name ?? '',
    dependsOnBuild: dependsOnId === null ? null : { ...numbered(dependsOnId), name: names.get(dependsOnId) ?? '' },
    buildArgs: JSON.parse(build.buildArgs) as BuildFields['buildArgs'],
    odcsComposes: JSON.parse(build.odcsComposes) as number[],
    submittedAt: formatTime(build.submittedAt),
    finishedAt: time(build.finishedAt),
  };
}

function time(micros: number | null | undefined): string | null {
  return micros === null || micros === undefined ? null : formatTime(micros);
}
