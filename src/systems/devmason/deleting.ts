import { Kind, System, type State } from '../../core/model/states.js';
import { sql, type Sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import type { LockedProject } from './records.js';

/** How builds and projects are deleted: a fixed number of statements, and a row of the log for each build and event. */

interface Removed {
  readonly id: number;
  readonly state: State;
}

/** Deletes a build that is locked, with its steps, and the tags that no other build of the project has. */
export async function removeBuild(transaction: Transaction, id: number): Promise<void> {
  await removeSteps(transaction, sql`build_id = ${id}`);
  const links = await transaction.all<{ tag: number }>(
    sql`DELETE FROM devmason_build_tag WHERE build_id = ${id} RETURNING tag_id AS tag`,
  );
  if (links.length > 0) {
    await transaction.all(
      sql`DELETE FROM devmason_tag WHERE project_id = (SELECT project_id FROM build WHERE id = ${id})
        AND NOT EXISTS (SELECT 1 FROM devmason_build_tag link WHERE link.tag_id = devmason_tag.id)`,
    );
  }
  await remove(transaction, Kind.BUILD, sql`DELETE FROM build WHERE id = ${id} RETURNING id, state`);
}

/** Deletes a project that is locked, with all its builds and build requests. */
export async function removeProject(transaction: Transaction, { id }: LockedProject): Promise<void> {
  await removeSteps(transaction, sql`project_id = ${id}`);
  await transaction.all(
    sql`DELETE FROM devmason_build_tag WHERE tag_id IN (SELECT id FROM devmason_tag WHERE project_id = ${id})`,
  );
  await transaction.all(sql`DELETE FROM devmason_tag WHERE project_id = ${id}`);
  await remove(transaction, Kind.BUILD, sql`DELETE FROM build WHERE project_id = ${id} RETURNING id, state`);
  await remove(transaction, Kind.EVENT, sql`DELETE FROM event WHERE project_id = ${id} RETURNING id, state`);
  await transaction.all(sql`DELETE FROM project WHERE id = ${id}`);
  transaction.recordProjectChange({ system: System.DEVMASON, projectId: id, change: 'DELETED' });
}

/** Steps are not logged one by one when what they are part of goes. */
async function removeSteps(transaction: Transaction, scope: Sql): Promise<void> {
  await transaction.all(sql`DELETE FROM devmason_step_output WHERE job_id IN (SELECT id FROM job WHERE ${scope})`);
  const counts = await transaction.all<{ state: State; total: number }>(
    sql`SELECT state, COUNT(*) AS total FROM job WHERE ${scope} GROUP BY state`,
  );
  await transaction.all(sql`DELETE FROM job WHERE ${scope}`);
  for (const { state, total } of counts) transaction.uncount(System.DEVMASON, Kind.JOB, state, total);
}

async function remove(transaction: Transaction, kind: Kind, deletion: Sql): Promise<void> {
  const removed = await transaction.all<Removed>(deletion);
  for (const { id, state } of removed.toSorted((a, b) => a.id - b.id)) {
    transaction.recordDeletion({ system: System.DEVMASON, kind, recordId: id, state });
  }
}
