import type { LoaderDefinition } from '../../core/graphql/context.js';
import { knowRows } from '../../core/graphql/loaders.js';
import { allChildren } from '../../core/list/children.js';
import type { RecordRow } from '../../core/list/page.js';
import { BUILDS } from '../../core/list/records.js';
import type { Reader } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';
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

/** The two ends of `depends_on_events`. */
type Direction = 'dependsOn' | 'depending';

const DEPENDENCIES = {
  dependsOn: { from: 'event_id', to: 'depends_on_id', order: 'position' },
  depending: { from: 'depends_on_id', to: 'event_id', order: 'event_id' },
} as const;

/** Ids of the events that events depend on (as recorded), or that depend on them (ascending), in one statement. */
export async function relatedEventIds(
  reader: Reader,
  direction: Direction,
  ids: readonly number[],
): Promise<number[][]> {
  const { from, to, order } = DEPENDENCIES[direction];
  const rows = await reader.all<{ from: number; to: number }>(
    sql`SELECT ${raw(from)} AS "from", ${raw(to)} AS "to" FROM freshmaker_event_dependency
      WHERE ${inList(reader.dialect, raw(from), ids, 'bigint')} ORDER BY ${raw(order)}`,
  );
  const related = Map.groupBy(rows, (row) => row.from);
  return ids.map((id) => (related.get(id) ?? []).map((row) => row.to));
}

function relatedEvents(direction: Direction): LoaderDefinition<number, readonly number[]> {
  return { name: `freshmaker:${direction}`, read: ({ reader }, ids) => relatedEventIds(reader, direction, ids) };
}

/** Ids of the events that an event depends on, as recorded. */
export const DEPENDS_ON = relatedEvents('dependsOn');
/** Ids of the events that depend on an event, ascending. */
export const DEPENDING = relatedEvents('depending');

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
