import { refuseRow, shown } from '../../../core/import/fields.js';
import { State, System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { ReadBuild } from './builds.js';

/**
 * Holds users and projects until the import ends, in the order in which verbs do after they have taken their numbers:
 * users so that they are not deleted, projects so that nobody changes what is in them.
 */
export async function holdExisting(connection: Reader): Promise<void> {
  // The embedded database has one writer at a time.
  if (connection.dialect !== 'postgresql') return;
  for (const [table, lock] of [
    ['member', 'KEY SHARE'],
    ['project', 'UPDATE'],
  ] as const) {
    const rows = sql`SELECT id FROM ${raw(table)} WHERE system = ${System.DEVMASON} ORDER BY id FOR ${raw(lock)}`;
    await connection.all(sql`SELECT COUNT(*) FROM (${rows}) held`);
  }
}

/** A build that the database has. */
export interface ExistingBuild {
  readonly id: number;
  readonly legacyId: string;
  readonly state: State;
  readonly steps: number;
}

/** The builds among these that the database has, by legacy id. */
export async function existingBuilds(
  connection: Reader,
  builds: readonly ReadBuild[],
): Promise<ReadonlyMap<string, ExistingBuild>> {
  const rows = await connection.all<ExistingBuild>(
    sql`SELECT id AS id, legacy_id AS "legacyId", state AS state, devmason_step_count AS steps FROM build
      WHERE system = ${System.DEVMASON} AND ${withLegacyIds(connection, builds)}`,
  );
  return new Map(rows.map((row) => [row.legacyId, row]));
}

/**
 * Whether a build of the file has moved on here since: it is over, or has more steps. The file has nothing new of it
 * then, and would take back what was reported here.
 */
export function hasMovedOn(build: ReadBuild, existing: ExistingBuild | undefined): boolean {
  if (!build.isRunning || !existing) return false;
  return existing.state !== State.RUNNING || existing.steps > build.steps.length;
}

/** Ids of the steps that builds of the database have, by build and number. */
export async function existingSteps(
  connection: Reader,
  builds: Iterable<ExistingBuild>,
): Promise<ReadonlyMap<number, ReadonlyMap<number, number>>> {
  const ids = Array.from(builds, ({ id }) => id);
  if (ids.length === 0) return new Map();
  const rows = await connection.all<{ id: number; build: number; number: number }>(
    sql`SELECT id AS id, build_id AS build, devmason_number AS number FROM job
      WHERE ${inList(connection.dialect, raw('build_id'), ids, 'bigint')}`,
  );
  const steps = new Map<number, Map<number, number>>(ids.map((id) => [id, new Map()]));
  for (const { id, build, number } of rows) steps.get(build)?.set(number, id);
  return steps;
}

/** @throws BuildgateError INVALID when two builds of a project have the same id, here or among those collected before */
export async function refuseTwice(connection: Reader, builds: readonly ReadBuild[]): Promise<void> {
  const rows = await connection.all<{ legacyId: string; position: number }>(
    sql`SELECT legacy_id AS "legacyId", position AS position FROM import_build
      WHERE ${withLegacyIds(connection, builds)}`,
  );
  const positions = new Map(rows.map(({ legacyId, position }) => [legacyId, position]));
  for (const { place, legacyId, id } of builds) {
    const known = positions.get(legacyId);
    if (known !== undefined) throw refuseRow(place, null, `id: builds[${known}] has the same, ${shown(id)}.`);
    positions.set(legacyId, place.index);
  }
}

const withLegacyIds = ({ dialect }: Reader, builds: readonly ReadBuild[]) => {
  const legacyIds = builds.map(({ legacyId }) => legacyId);
  return inList(dialect, raw('legacy_id'), legacyIds, 'text');
};
