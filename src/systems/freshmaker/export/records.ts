import { JsonText, objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray } from '../../../core/export/run.js';
import { grouped, timeText } from '../../../core/export/values.js';
import { recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';

interface EventRow {
  readonly id: number;
  readonly code: string;
  readonly reason: string | null;
  readonly requester: string | null;
  readonly createdAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly messageId: string;
  readonly searchKey: string;
  readonly eventTypeId: number;
  readonly dryRun: boolean | number | null;
  readonly requestedRebuilds: string;
  readonly requesterMetadata: string;
}

/** Events, without their builds. */
export const events = tableArray<EventRow>({
  key: 'events',
  name: { one: 'event', many: 'events' },
  source: {
    select: raw(`id AS id, legacy_state AS code, state_reason AS reason, requester AS requester,
      created_at AS "createdAt", started_at AS "startedAt", finished_at AS "finishedAt",
      freshmaker_message_id AS "messageId", freshmaker_search_key AS "searchKey",
      freshmaker_event_type_id AS "eventTypeId", freshmaker_dry_run AS "dryRun",
      freshmaker_requested_rebuilds AS "requestedRebuilds", freshmaker_requester_metadata AS "requesterMetadata"`),
    from: raw('event'),
    where: sql`system = ${System.FRESHMAKER}`,
    key: ['id'],
    weight: bytesOf('state_reason', 'freshmaker_requested_rebuilds', 'freshmaker_requester_metadata'),
  },
  elements: async (rows, reader) => {
    const dependencies = await dependenciesOf(reader, rows);
    return rows.map((row) => eventText(row, dependencies.get(row.id) ?? []));
  },
});

/** Numbers of the events that events depend on, as they were recorded. */
async function dependenciesOf(
  reader: Reader,
  rows: readonly EventRow[],
): Promise<ReadonlyMap<number, readonly number[]>> {
  const ids = rows.map(({ id }) => id);
  const links = await reader.all<{ event: number; target: number }>(
    sql`SELECT event_id AS event, depends_on_id AS target FROM freshmaker_event_dependency
      WHERE ${inList(reader.dialect, raw('event_id'), ids, 'bigint')} ORDER BY event_id, position`,
  );
  return grouped(
    links,
    ({ event }) => event,
    ({ target }) => recordNumber(target),
  );
}

function eventText(row: EventRow, dependsOn: readonly number[]): string {
  return objectText({
    id: recordNumber(row.id),
    message_id: row.messageId,
    search_key: row.searchKey,
    event_type_id: row.eventTypeId,
    state: Number(row.code),
    state_reason: row.reason,
    time_created: timeText(row.createdAt),
    // The old format has no such time.
    time_started: timeText(row.startedAt) ?? undefined,
    time_done: timeText(row.finishedAt),
    dry_run: row.dryRun === null ? null : Boolean(row.dryRun),
    requester: row.requester,
    requested_rebuilds: new JsonText(row.requestedRebuilds),
    requester_metadata: new JsonText(row.requesterMetadata),
    depends_on_events: dependsOn,
  });
}

interface BuildRow {
  readonly id: number;
  readonly eventId: number;
  readonly name: string;
  readonly type: number;
  readonly code: string;
  readonly reason: string | null;
  readonly submittedAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly originalNvr: string | null;
  readonly rebuiltNvr: string | null;
  readonly externalBuildId: number | null;
  readonly dependsOnId: number | null;
  readonly buildArgs: string;
  readonly odcsComposes: string;
  readonly rebuildReason: string;
  readonly overrides: string | null;
}

/** Builds, apart from their events: an event may have thousands. */
export const builds = tableArray<BuildRow>({
  key: 'builds',
  name: { one: 'build', many: 'builds' },
  source: {
    select: raw(`id AS id, event_id AS "eventId", name AS name, freshmaker_type AS type, legacy_state AS code,
      state_reason AS reason, submitted_at AS "submittedAt", started_at AS "startedAt", finished_at AS "finishedAt",
      freshmaker_original_nvr AS "originalNvr", freshmaker_rebuilt_nvr AS "rebuiltNvr",
      freshmaker_external_build_id AS "externalBuildId", freshmaker_depends_on_id AS "dependsOnId",
      freshmaker_build_args AS "buildArgs", freshmaker_odcs_composes AS "odcsComposes",
      freshmaker_rebuild_reason AS "rebuildReason", freshmaker_bundle_pullspec_overrides AS overrides`),
    from: raw('build'),
    where: sql`system = ${System.FRESHMAKER}`,
    key: ['id'],
    weight: bytesOf(
      'state_reason',
      'freshmaker_build_args',
      'freshmaker_odcs_composes',
      'freshmaker_bundle_pullspec_overrides',
    ),
  },
  elements: (rows) => rows.map(buildText),
});

function buildText(row: BuildRow): string {
  return objectText({
    id: recordNumber(row.id),
    event_id: recordNumber(row.eventId),
    name: row.name,
    type: row.type,
    state: Number(row.code),
    state_reason: row.reason,
    original_nvr: row.originalNvr,
    rebuilt_nvr: row.rebuiltNvr,
    dep_on_id: row.dependsOnId === null ? null : recordNumber(row.dependsOnId),
    build_id: row.externalBuildId,
    time_submitted: timeText(row.submittedAt),
    time_started: timeText(row.startedAt) ?? undefined,
    time_completed: timeText(row.finishedAt),
    build_args: new JsonText(row.buildArgs),
    odcs_composes: new JsonText(row.odcsComposes),
    rebuild_reason: row.rebuildReason,
    bundle_pullspec_overrides: row.overrides === null ? null : new JsonText(row.overrides),
  });
}
