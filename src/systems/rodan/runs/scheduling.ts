import { State } from '../../../core/model/states.js';
import { first } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { Status } from '../states.js';
import { lockRunJobs, moveRun, moveRunJobs, type LockedRun } from './records.js';

/** The scheduling step (contract rodan, section 8): a fixed number of statements, whatever the size of the run. */

/**
 * Whether everything that a run job reads is there: of resources the compatible file, of resource lists at least one
 * member and the files of all. What reads nothing is ready.
 * @param id column with the internal id of the run job
 */
export const isReady = (id: string): Sql =>
  raw(`NOT EXISTS (SELECT 1 FROM rodan_input input
  LEFT JOIN rodan_resource resource ON resource.uuid = input.resource_uuid
  WHERE input.run_job_id = ${id} AND resource.compat_file IS NULL
    AND (input.resource_list_uuid IS NULL
      OR NOT EXISTS (SELECT 1 FROM rodan_resource_list_item item WHERE item.list_uuid = input.resource_list_uuid)
      OR EXISTS (SELECT 1 FROM rodan_resource_list_item item
        JOIN rodan_resource member ON member.uuid = item.resource_uuid
        WHERE item.list_uuid = input.resource_list_uuid AND member.compat_file IS NULL)))`);

/**
 * Offers the run jobs of a run that are ready to workers; when there is none and all are finished, the run is.
 * @param run locked
 * @returns the run as it is then
 */
export async function schedule(transaction: Transaction, run: LockedRun): Promise<LockedRun> {
  const ready = await lockRunJobs(transaction, run, sql`rodan_status = ${Status.SCHEDULED} AND ${isReady('job.id')}`);
  if (ready.length > 0) {
    await moveRunJobs(transaction, ready, { status: Status.PROCESSING });
    await transaction.all(
      sql`UPDATE build SET started_at = ${transaction.now} WHERE id = ${run.id} AND started_at IS NULL`,
    );
    return run;
  }
  if (run.state === State.SUCCEEDED || !(await isFinished(transaction, run))) return run;
  return moveRun(transaction, run, Status.FINISHED);
}

async function isFinished(transaction: Transaction, { uuid }: LockedRun): Promise<boolean> {
  const unfinished = await first(
    transaction,
    sql`SELECT id FROM job WHERE rodan_run_uuid = ${uuid} AND rodan_status <> ${Status.FINISHED} LIMIT 1`,
  );
  return unfinished === undefined;
}
