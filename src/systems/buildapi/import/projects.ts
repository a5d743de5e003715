import type { BulkConnection, BulkTable } from '../../../core/import/bulk.js';
import { ProjectIndex } from '../../../core/import/projects.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';
import { shortBranch } from '../branches.js';

/** The source branches of requests, each with the project of the known branch that it is short for. */
const SOURCES: BulkTable = {
  name: 'import_source',
  columns: [
    ['branch', 'text'],
    ['project_id', 'bigint'],
  ],
  key: ['branch'],
};

/**
 * Makes a project of every known branch, and finds that of each request that was collected.
 * @param all whether to look at the source branches of all requests of the database too
 */
export async function placeBranches(connection: BulkConnection, all: boolean): Promise<void> {
  const branches = await connection.all<{ name: string }>(sql`SELECT name AS name FROM buildapi_branch ORDER BY name`);
  const known = new Set(branches.map(({ name }) => name));
  const projects = await new ProjectIndex(connection, System.BUILDAPI).idsOf(known);
  const others = sql` UNION SELECT buildapi_source_branch FROM build
    WHERE system = ${System.BUILDAPI} AND buildapi_source_branch IS NOT NULL`;
  const sources = await connection.all<{ branch: string }>(
    sql`SELECT buildapi_source_branch AS branch FROM import_request WHERE buildapi_source_branch IS NOT NULL
      ${all ? others : sql` GROUP BY buildapi_source_branch`}`,
  );
  const collation = connection.dialect === 'postgresql' ? ' COLLATE "C"' : '';
  await connection.all(
    raw(`CREATE TEMPORARY TABLE ${SOURCES.name} (branch text${collation} PRIMARY KEY, project_id bigint)`),
  );
  const rows = sources.map(({ branch }) => [branch, projects.get(shortBranch(branch, known) ?? '') ?? null]);
  await connection.insert(SOURCES, rows);
  await connection.all(sql`UPDATE import_request SET project_id = (SELECT s.project_id FROM import_source s
    WHERE s.branch = import_request.buildapi_source_branch)`);
}

/** A branch that is new may be the one of requests and changes that were there before. */
export async function placeOthers(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE build SET project_id = s.project_id FROM import_source s
    WHERE build.system = ${System.BUILDAPI} AND build.buildapi_source_branch = s.branch
      AND build.project_id IS DISTINCT FROM s.project_id`);
  await connection.all(sql`UPDATE event SET project_id = p.id FROM project p
    WHERE event.system = ${System.BUILDAPI} AND p.system = event.system AND p.legacy_id = event.buildapi_branch
      AND event.project_id IS DISTINCT FROM p.id`);
}
