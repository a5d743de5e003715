import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { Status } from '../states.js';
import { lockRunJobs, moveRun, moveRunJobs, type LockedRun, type LockedRunJob } from './records.js';
import { schedule } from './scheduling.js';
import { removeNotes } from './settings.js';

/** What follows accepted requests about a run (contract rodan, section 8). The run is locked and says so already. */

/** Cancels: nothing is begun any more, and what was begun is not waited for. */
export async function cancel(transaction: Transaction, run: LockedRun): Promise<LockedRun> {
  const open = sql`rodan_status IN (${Status.SCHEDULED}, ${Status.PROCESSING}, ${Status.WAITING_FOR_INPUT})`;
  const runJobs = await lockRunJobs(transaction, run, open);
  await moveRunJobs(transaction, runJobs, { status: Status.CANCELLED });
  return moveRun(transaction, run, Status.CANCELLED);
}

/** Retries what failed or was cancelled. */
export async function retry(transaction: Transaction, run: LockedRun): Promise<LockedRun> {
  const ended = sql`rodan_status IN (${Status.FAILED}, ${Status.CANCELLED})`;
  const runJobs = await lockRunJobs(transaction, run, ended);
  const set = sql`rodan_error_summary = '', rodan_error_details = ''`;
  await moveRunJobs(transaction, runJobs, { status: Status.SCHEDULED, set });
  await removeNotes(transaction, runJobs);
  return schedule(transaction, await moveRun(transaction, run, Status.RETRYING));
}

/** Redoes a run job and all that reads what it makes. Errors stay to be read. */
export async function redo(transaction: Transaction, run: LockedRun, runJobUuid: string): Promise<LockedRun> {
  const runJobs = await readersOf(transaction, run, runJobUuid);
  await moveRunJobs(transaction, runJobs, { status: Status.SCHEDULED });
  await removeNotes(transaction, runJobs);
  await withdrawFiles(
    transaction,
    runJobs.map(({ id }) => id),
  );
  return schedule(transaction, await moveRun(transaction, run, Status.RETRYING));
}

/**
 * A run job and, recursively, all run jobs of the run that read one of its outputs; those that are scheduled, and what is
 * behind them, have nothing to redo.
 */
async function readersOf(transaction: Transaction, run: LockedRun, runJobUuid: string): Promise<LockedRunJob[]> {
  const runJobs = await lockRunJobs(
    transaction,
    run,
    sql`(rodan_status <> ${Status.SCHEDULED} OR legacy_id = ${runJobUuid})`,
  );
  const byId = new Map(runJobs.map((runJob) => [runJob.id, runJob]));
  const readers = Map.groupBy(await linksOf(transaction, run), ({ source }) => source);
  const found = runJobs.filter(({ uuid }) => uuid === runJobUuid);
  const known = new Set(found.map(({ id }) => id));
  // `found` grows while it is walked.
  for (const { id } of found) {
    for (const { reader } of readers.get(id) ?? []) {
      const runJob = byId.get(reader);
      if (!runJob || known.has(reader)) continue;
      known.add(reader);
      found.push(runJob);
    }
  }
  return found.toSorted((a, b) => a.id - b.id);
}

/** Which run job of a run reads from which. */
function linksOf(
  transaction: Transaction,
  { uuid }: LockedRun,
): Promise<{ readonly source: number; readonly reader: number }[]> {
  const readers = (column: string) =>
    raw(`SELECT output.run_job_id AS source, reader.id AS reader FROM job source
    JOIN rodan_output output ON output.run_job_id = source.id
    JOIN rodan_input input ON input.${column} = output.${column}
    JOIN job reader ON reader.id = input.run_job_id AND reader.rodan_run_uuid = source.rodan_run_uuid`);
  return transaction.all(
    sql`${readers('resource_uuid')} WHERE source.rodan_run_uuid = ${uuid}
      UNION ${readers('resource_list_uuid')} WHERE source.rodan_run_uuid = ${uuid}`,
  );
}

/** Takes the compatible files from what run jobs made, members of their resource lists included. */
async function withdrawFiles(transaction: Transaction, runJobIds: readonly number[]): Promise<void> {
  const among = inList(transaction.dialect, raw('output.run_job_id'), runJobIds, 'bigint');
  await transaction.all(
    sql`UPDATE rodan_resource SET compat_file = NULL, has_thumb = ${false}, updated_at = ${transaction.now}
      WHERE uuid IN (SELECT output.resource_uuid FROM rodan_output output WHERE ${among}
        UNION SELECT item.resource_uuid FROM rodan_output output
          JOIN rodan_resource_list_item item ON item.list_uuid = output.resource_list_uuid WHERE ${among})`,
  );
}
