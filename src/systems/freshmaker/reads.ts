import type { LoaderDefinition } from '../../core/graphql/context.js';
import { knowRows } from '../../core/graphql/loaders.js';
import { allChildren } from '../../core/list/children.js';
import type { RecordRow } from '../../core/list/page.js';
import { BUILDS } from '../../core/list/records.js';
import type { Reader } from '../../core/store/reader.js';
import { inList, raw, sql, type Sql } from '../../core/store/sql.js';
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
export interface RelatedEventIds {
  /** Events that an event depends on, as recorded. */
  readonly dependsOn: readonly number[];
  /** Events that depend on it, ascending. */
  readonly depending: readonly number[];
}

interface Dependency {
  readonly direction: keyof RelatedEventIds;
  readonly from: number;
  readonly to: number;
}

/** Ids of the events that events depend on, and of those that depend on them, in one statement. */
export async function relatedEventIds(reader: Reader, ids: readonly number[]): Promise<RelatedEventIds[]> {
  const among = (column: string): Sql => inList(reader.dialect, raw(column), ids, 'bigint');
  const rows = await reader.all<Dependency>(
    sql`SELECT 'dependsOn' AS direction, event_id AS "from", depends_on_id AS "to", position AS place
      FROM freshmaker_event_dependency WHERE ${among('event_id')}
      UNION ALL SELECT 'depending', depends_on_id, event_id, event_id
      FROM freshmaker_event_dependency WHERE ${among('depends_on_id')} ORDER BY place`,
  );
  const related = new Map(ids.map((id) => [id, { dependsOn: [] as number[], depending: [] as number[] }]));
  for (const { direction, from, to } of rows) related.get(from)![direction].push(to);
  return ids.map((id) => related.get(id)!);
}

/** Ids of the events that an event depends on, and of those that depend on it. */
export const RELATED_EVENTS: LoaderDefinition<number, RelatedEventIds> = {
  name: 'freshmaker:relatedEvents',
  read: ({ reader }, ids) => relatedEventIds(reader, ids),
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
