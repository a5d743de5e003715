import { Kind, System } from '../../../core/model/states.js';
import { sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import type { LockedProject } from './locking.js';
import { removeRecords, removeRunJobs } from './removing-runs.js';
import { removeWorkflows } from './removing-workflows.js';

/**
 * Deletes a project that is locked, with everything in it; users stay. A fixed number of statements, and a row of the log
 * for each run and request.
 */
export async function removeProject(transaction: Transaction, { id, uuid }: LockedProject): Promise<void> {
  await removeRunJobs(transaction, sql`job.rodan_project_uuid = ${uuid}`);
  await removeRecords(transaction, Kind.BUILD, sql`rodan_project_uuid = ${uuid}`);
  await removeRecords(transaction, Kind.EVENT, sql`project_id = ${id}`);
  await removeResources(transaction, uuid);
  await removeWorkflows(transaction, sql`rodan_workflow.project_uuid = ${uuid}`);
  await transaction.all(sql`DELETE FROM rodan_project_member WHERE project_uuid = ${uuid}`);
  await transaction.all(sql`DELETE FROM rodan_project WHERE id = ${id}`);
  await transaction.all(sql`DELETE FROM project WHERE id = ${id}`);
  transaction.recordProjectChange({ system: System.RODAN, projectId: id, change: 'DELETED' });
}

/** Imported data may refer from one project to what is in another: there the reference goes and the rest stays. */
async function removeResources(transaction: Transaction, projectUuid: string): Promise<void> {
  const resources = sql`SELECT uuid FROM rodan_resource WHERE project_uuid = ${projectUuid}`;
  const lists = sql`SELECT uuid FROM rodan_resource_list WHERE project_uuid = ${projectUuid}`;
  for (const table of [sql`rodan_input`, sql`rodan_output`]) {
    await transaction.all(sql`UPDATE ${table} SET resource_uuid = NULL WHERE resource_uuid IN (${resources})`);
    await transaction.all(sql`UPDATE ${table} SET resource_list_uuid = NULL WHERE resource_list_uuid IN (${lists})`);
  }
  await transaction.all(sql`DELETE FROM rodan_resource_list_item WHERE list_uuid IN (${lists})`);
  await transaction.all(sql`DELETE FROM rodan_resource_list_item WHERE resource_uuid IN (${resources})`);
  await transaction.all(sql`DELETE FROM rodan_resource_list WHERE project_uuid = ${projectUuid}`);
  await transaction.all(sql`DELETE FROM rodan_resource WHERE project_uuid = ${projectUuid}`);
}
