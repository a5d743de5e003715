import { Kind, System, type State } from '../../../core/model/states.js';
import { sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';

/** How workflow runs are deleted: a fixed number of statements, whatever they consist of. */

/** What a deletion gives back. */
interface Removed {
  readonly id: number;
  readonly state: State;
}

/**
 * Deletes the run jobs of some runs with their inputs and outputs. Resources stay, without their origin. Run jobs are
 * counted out and not logged one by one.
 * @param scope condition on rows of `job`
 */
export async function removeRunJobs(transaction: Transaction, scope: Sql): Promise<void> {
  const outputs = sql`SELECT o.uuid FROM rodan_output o JOIN job ON job.id = o.run_job_id WHERE ${scope}`;
  await transaction.all(sql`UPDATE rodan_resource SET origin_uuid = NULL WHERE origin_uuid IN (${outputs})`);
  await transaction.all(sql`UPDATE rodan_resource_list SET origin_uuid = NULL WHERE origin_uuid IN (${outputs})`);
  const jobs = sql`SELECT job.id FROM job WHERE ${scope}`;
  await transaction.all(sql`DELETE FROM rodan_input WHERE run_job_id IN (${jobs})`);
  await transaction.all(sql`DELETE FROM rodan_output WHERE run_job_id IN (${jobs})`);
  const counts = await transaction.all<{ state: State; total: number }>(
    sql`SELECT state, COUNT(*) AS total FROM job WHERE ${scope} GROUP BY state`,
  );
  await transaction.all(sql`DELETE FROM job WHERE ${scope}`);
  for (const { state, total } of counts) transaction.uncount(System.RODAN, Kind.JOB, state, total);
}

/**
 * Deletes events or builds, each with a row in the log.
 * @param scope condition on rows of the table
 */
export async function removeRecords(
  transaction: Transaction,
  kind: typeof Kind.EVENT | typeof Kind.BUILD,
  scope: Sql,
): Promise<void> {
  const table = kind === Kind.EVENT ? sql`event` : sql`build`;
  const removed = await transaction.all<Removed>(sql`DELETE FROM ${table} WHERE ${scope} RETURNING id, state`);
  for (const { id, state } of removed.toSorted((a, b) => a.id - b.id)) {
    transaction.recordDeletion({ system: System.RODAN, kind, recordId: id, state });
  }
}
