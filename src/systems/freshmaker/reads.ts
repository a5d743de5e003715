import type { LoaderDefinition } from '../../core/graphql/context.js';
import { knowRows } from '../../core/graphql/loaders.js';
import { allChildren } from '../../core/list/children.js';
import { selectColumns } from '../../core/list/columns.js';
import type { RecordRow } from '../../core/list/page.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { System } from '../../core/model/states.js';
import type { Reader } from '../../core/store/reader.js';
import { amongKeys, raw, sql, type Sql } from '../../core/store/sql.js';
import type { FreshmakerArtifactType } from './codes.js';

/** An event as plain rows carry it; JSON columns are still text. */
export interface FreshmakerEventRow extends RecordRow {
  readonly messageId: string;
  readonly searchKey: string;
  readonly eventTypeId: number;
  /** SQLite has 0 and 1. */
  readonly dryRun: boolean | number | null;
  readonly requestedRebuilds: string;
  readonly requesterMetadata: string;
}

/** An artifact build as plain rows carry it; JSON columns are still text. */
export interface FreshmakerBuildRow extends RecordRow {
  readonly eventId: number;
  readonly submittedAt: number;
  readonly artifactType: FreshmakerArtifactType;
  readonly originalNvr: string | null;
  readonly rebuiltNvr: string | null;
  readonly externalBuildId: number | null;
  readonly dependsOnId: number | null;
  readonly buildArgs: string;
  readonly odcsComposes: string;
  readonly rebuildReason: string;
  readonly bundlePullspecOverrides: string | null;
}

/** Both directions of `depends_on_events`. */
export interface RelatedEvents {
  /** Events that an event depends on, as recorded. */
  readonly dependsOn: readonly FreshmakerEventRow[];
  /** Events that depend on it, ascending. */
  readonly depending: readonly FreshmakerEventRow[];
}

interface RelatedEventRow extends FreshmakerEventRow {
  readonly direction: keyof RelatedEvents;
  readonly relatedTo: number;
}

/** The events that events depend on, and those that depend on them, in one statement. */
export async function relatedEvents(reader: Reader, ids: readonly number[]): Promise<RelatedEvents[]> {
  const columns = selectColumns(EVENTS, [], System.FRESHMAKER);
  const among = (column: string): Sql => amongKeys(reader.dialect, raw(`d.${column}`), ids, 'bigint');
  const rows = await reader.all<RelatedEventRow>(
    sql`SELECT ${columns}, 'dependsOn' AS direction, d.event_id AS "relatedTo", d.position AS place
      FROM freshmaker_event_dependency d JOIN event t ON t.id = d.depends_on_id WHERE ${among('event_id')}
      UNION ALL SELECT ${columns}, 'depending', d.depends_on_id, d.event_id
      FROM freshmaker_event_dependency d JOIN event t ON t.id = d.event_id WHERE ${among('depends_on_id')}
      ORDER BY place`,
  );
  const related = new Map(ids.map((id) => [id, { dependsOn: [], depending: [] } as Related]));
  for (const row of rows) related.get(row.relatedTo)![row.direction].push(row);
  return ids.map((id) => related.get(id)!);
}

type Related = Record<keyof RelatedEvents, FreshmakerEventRow[]>;

/** The events that an event depends on, and those that depend on it. */
export const RELATED_EVENTS: LoaderDefinition<number, RelatedEvents> = {
  name: 'freshmaker:relatedEvents',
  read: async (context, ids) => {
    const found = await relatedEvents(context.reader, ids);
    for (const { dependsOn, depending } of found) knowRows(context, EVENTS, [...dependsOn, ...depending]);
    return found;
  },
};

/** All builds of an event, ascending. */
export const ARTIFACT_BUILDS: LoaderDefinition<number, readonly FreshmakerBuildRow[]> = {
  name: 'freshmaker:artifactBuilds',
  read: async (context, ids) => {
    const builds = await allChildren<FreshmakerBuildRow>(context.reader, BUILDS, 'event_id', ids);
    for (const ofEvent of builds) knowRows(context, BUILDS, ofEvent);
    return builds;
  },
};

/** Builds that depend on a build, ascending. */
export const DEPENDENTS: LoaderDefinition<number, readonly FreshmakerBuildRow[]> = {
  name: 'freshmaker:dependents',
  read: ({ reader }, ids) => allChildren<FreshmakerBuildRow>(reader, BUILDS, 'freshmaker_depends_on_id', ids),
};
