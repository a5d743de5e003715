import type { JsonValue } from './sorted-json.js';

/**
 * The legacy JSON objects of Freshmaker's API document (contract freshmaker section 3). Pure: each takes the shape that
 * a fragment of operations.graphql selects. Used by the routes and by the messages, so that both say the same. Members
 * stand in the order in which they are written, so that nothing has to be sorted.
 */

/** Fragment ArtifactBuild. */
export interface BuildFields extends BuildOfEventFields {
  readonly freshmakerEvent: { readonly legacyId: string };
}

/** Fragment BuildOfEvent. */
export interface BuildOfEventFields {
  readonly legacyId: string;
  readonly name: string;
  readonly type: string;
  readonly legacyType: number;
  readonly legacyState: number;
  readonly legacyStateName: string;
  readonly stateReason: string | null;
  readonly originalNvr: string | null;
  readonly rebuiltNvr: string | null;
  readonly externalBuildId: number | null;
  readonly dependsOnBuild: { readonly legacyId: string; readonly name: string } | null;
  readonly rebuildReason: string;
  readonly buildArgs: JsonValue;
  readonly odcsComposes: readonly number[];
  readonly submittedAt: string;
  readonly finishedAt: string | null;
}

/** Fragment CommonEvent. */
interface EventFields {
  readonly legacyId: string;
  readonly messageId: string;
  readonly searchKey: string;
  readonly eventTypeId: number;
  readonly legacyState: number;
  readonly legacyStateName: string;
  readonly stateReason: string | null;
  readonly createdAt: string | null;
  readonly finishedAt: string | null;
  readonly dryRun: boolean | null;
  readonly requester: string | null;
  readonly requestedRebuilds: readonly string[];
  readonly requesterMetadata: JsonValue;
  readonly dependsOn: readonly { readonly legacyId: string }[];
  readonly dependingEvents: readonly { readonly legacyId: string }[];
}

/** Fragment FullEvent. */
export interface FullEventFields extends EventFields {
  readonly artifactBuilds: readonly BuildOfEventFields[];
}

/** Fragment MinEvent. */
export interface MinEventFields extends EventFields {
  readonly buildCounts: BuildCounts;
}

interface BuildCounts {
  readonly total: number;
  readonly planned: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly canceled: number;
}

/** A JSON object ready to be written. */
export type JsonObject = { readonly [key: string]: JsonValue };

/**
 * The event as API version 1 shows it (section 3.1), with whole builds.
 * @param mountPrefix `/freshmaker`, or the empty text at a host root
 */
export function representEventFull(event: FullEventFields, mountPrefix: string): JsonObject {
  return {
    builds: event.artifactBuilds.map((build) => buildMembers(build, event.legacyId, mountPrefix)),
    ...commonMembers(event, mountPrefix),
  };
}

/** The event as API version 2 shows it (section 3.2), with counts instead of builds. */
export function representEventMin(event: MinEventFields, mountPrefix: string): JsonObject {
  return { builds_summary: summaryOf(event.buildCounts), ...commonMembers(event, mountPrefix) };
}

/** The event as writes answer it: full in version 1, full with the summary in version 2 (section 6.1). */
export function representWrittenEvent(
  event: FullEventFields & MinEventFields,
  version: string,
  mountPrefix: string,
): JsonObject {
  const full = representEventFull(event, mountPrefix);
  return version === '1' ? full : { ...full, builds_summary: summaryOf(event.buildCounts) };
}

/** An artifact build (section 3.3), the same in both versions. */
export function representBuild(build: BuildFields, mountPrefix: string): JsonObject {
  return buildMembers(build, build.freshmakerEvent.legacyId, mountPrefix);
}

function buildMembers(build: BuildOfEventFields, eventLegacyId: string, mountPrefix: string): JsonObject {
  return {
    build_args: build.buildArgs ?? {},
    build_id: build.externalBuildId,
    dep_on: build.dependsOnBuild?.name ?? null,
    dep_on_id: build.dependsOnBuild === null ? null : Number(build.dependsOnBuild.legacyId),
    event_id: Number(eventLegacyId),
    id: Number(build.legacyId),
    name: build.name,
    odcs_composes: build.odcsComposes,
    original_nvr: build.originalNvr,
    rebuild_reason: build.rebuildReason,
    rebuilt_nvr: build.rebuiltNvr,
    state: build.legacyState,
    state_name: build.legacyStateName,
    state_reason: build.stateReason,
    time_completed: wholeSeconds(build.finishedAt),
    time_submitted: wholeSeconds(build.submittedAt),
    type: build.legacyType,
    type_name: build.type,
    url: `${mountPrefix}/api/1/builds/${build.legacyId}`,
  };
}

function commonMembers(event: EventFields, mountPrefix: string): JsonObject {
  return {
    depending_events: event.dependingEvents.map(({ legacyId }) => Number(legacyId)),
    depends_on_events: event.dependsOn.map(({ legacyId }) => Number(legacyId)),
    dry_run: event.dryRun,
    event_type_id: event.eventTypeId,
    id: Number(event.legacyId),
    message_id: event.messageId,
    requested_rebuilds: event.requestedRebuilds,
    requester: event.requester,
    requester_metadata: event.requesterMetadata ?? {},
    search_key: event.searchKey,
    state: event.legacyState,
    state_name: event.legacyStateName,
    state_reason: event.stateReason,
    time_created: wholeSeconds(event.createdAt),
    time_done: wholeSeconds(event.finishedAt),
    url: `${mountPrefix}/api/1/events/${event.legacyId}`,
  };
}

/** `total` always, a state only where it occurs. */
function summaryOf({ total, planned, running, succeeded, failed, canceled }: BuildCounts): JsonObject {
  return {
    ...(running > 0 && { BUILD: running }),
    ...(canceled > 0 && { CANCELED: canceled }),
    ...(succeeded > 0 && { DONE: succeeded }),
    ...(failed > 0 && { FAILED: failed }),
    ...(planned > 0 && { PLANNED: planned }),
    total,
  };
}

const WHOLE_SECONDS = 'YYYY-MM-DDTHH:MM:SS'.length;

/** Freshmaker's times have no fraction. */
function wholeSeconds(time: string | null): string | null {
  return time === null || time.length === WHOLE_SECONDS + 1 ? time : `${time.slice(0, WHOLE_SECONDS)}Z`;
}

/** An image that verify-image found handled, with its content sets. */
export interface VerifiedImage {
  readonly nvr: string;
  readonly contentSets: readonly string[];
}

/** The answer of verify-image (section 9). */
export function representImageVerification(result: {
  readonly images: readonly VerifiedImage[];
  readonly message: string;
}): JsonObject {
  return {
    images: Object.fromEntries(result.images.map(({ nvr, contentSets }) => [nvr, contentSets])),
    msg: result.message,
  };
}

/** The answer of verify-image-repository (section 9). */
export function representRepositoryVerification(result: {
  readonly autoRebuildTags: readonly string[];
  readonly images: readonly (VerifiedImage & { readonly tags: readonly string[] })[];
  readonly message: string;
}): JsonObject {
  return {
    images: Object.fromEntries(
      result.images.map(({ nvr, contentSets, tags }) => [nvr, { content_sets: contentSets, tags }]),
    ),
    msg: result.message,
    repository: { auto_rebuild_tags: result.autoRebuildTags },
  };
}
