import { Kind, System, type State } from '../../../core/model/states.js';
import { first } from '../../../core/store/reader.js';
import { inList, raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { lockProject, lockRows, notFound, requireStanding, storedUuid } from '../parts/locking.js';
import type { Verb } from '../parts/verb.js';
import { stateOfRun, stateOfRunJob, Status, statusName } from '../states.js';
import type { RodanViewer } from '../viewer.js';

/**
 * What verbs find, lock and change of runs and run jobs. All lock in one order: numbers, the project, the run, its run jobs. So two
 * that finish run jobs of one run do it one after the other, and the second sees what the first did.
 */

/** The codes that a workflow run can have (contract rodan, section 8). */
export const RUN_STATUSES: readonly number[] = [
  Status.PROCESSING,
  Status.FINISHED,
  Status.FAILED,
  Status.CANCELLED,
  Status.RETRYING,
  Status.REQUEST_PROCESSING,
  Status.REQUEST_CANCELLING,
  Status.REQUEST_RETRYING,
];

/** A workflow run that nobody else changes before the transaction ends. */
export interface LockedRun {
  readonly id: number;
  readonly uuid: string;
  readonly eventId: number | null;
  /** Name, or else that of its workflow. */
  readonly name: string;
  readonly status: number;
  readonly state: State;
  readonly projectId: number | null;
  readonly projectUuid: string;
  readonly workflowUuid: string | null;
  /** As given. */
  readonly givenName: string | null;
  readonly description: string | null;
  readonly lastRedoneUuid: string | null;
}

/** A run job whose run is locked. */
export interface LockedRunJob {
  readonly id: number;
  readonly uuid: string;
  readonly status: number;
  readonly state: State;
  /** JSON text. */
  readonly settings: string;
  readonly workingUserNumber: number | null;
  /** Microseconds since 1970. */
  readonly workingUserExpiry: number | null;
  /** The sealed key of the address that the user works at. */
  readonly workingToken: string | null;
  readonly agent: string | null;
  /** Microseconds since 1970; null for one that agents were never offered. */
  readonly agentUntil: number | null;
}

const RUN = raw(`SELECT id, legacy_id AS uuid, event_id AS "eventId", name, rodan_status AS status, state,
  project_id AS "projectId", rodan_project_uuid AS "projectUuid",
  rodan_workflow_uuid AS "workflowUuid", rodan_name AS "givenName", rodan_description AS description,
  rodan_last_redone_uuid AS "lastRedoneUuid" FROM build`);
const RUN_JOB = raw(`SELECT id, legacy_id AS uuid, rodan_status AS status, state, rodan_settings AS settings,
  rodan_working_user_number AS "workingUserNumber", rodan_working_user_expiry AS "workingUserExpiry",
  rodan_working_token AS "workingToken", rodan_agent AS agent, rodan_agent_until AS "agentUntil" FROM job`);

/**
 * A run that the viewer may change, locked, and its project held.
 * @throws BuildgateError NOT_FOUND when it is not there or not to be seen
 */
export async function lockVisibleRun({ transaction, viewer }: Verb, id: string): Promise<LockedRun> {
  const uuid = storedUuid(id);
  const place = await first<{ project: string }>(
    transaction,
    sql`SELECT rodan_project_uuid AS project FROM build WHERE system = ${System.RODAN} AND legacy_id = ${uuid}`,
  );
  if (!place) throw notFound();
  await requireStanding(transaction, viewer, place.project);
  return lockRun(transaction, { project: place.project, run: uuid });
}

/** Where a record is, by UUIDs. */
interface Place {
  readonly project: string;
  readonly run: string;
}

async function lockRun(transaction: Transaction, { project, run: uuid }: Place): Promise<LockedRun> {
  await lockProject(transaction, project, 'KEY SHARE');
  const run = await first<LockedRun>(
    transaction,
    sql`${RUN} WHERE system = ${System.RODAN} AND legacy_id = ${uuid} ${lockRows(transaction, 'UPDATE')}`,
  );
  if (!run) throw notFound();
  return run;
}

/** A run job and its run, both locked. */
export interface LockedPair {
  readonly run: LockedRun;
  readonly runJob: LockedRunJob;
}

/**
 * A run job and its run.
 * @param viewer who has to be allowed to see it; null: anybody
 * @throws BuildgateError NOT_FOUND
 */
export async function lockRunJob(
  transaction: Transaction,
  id: string,
  viewer: RodanViewer | null,
): Promise<LockedPair> {
  const uuid = storedUuid(id);
  const place = await first<Place>(
    transaction,
    sql`SELECT rodan_run_uuid AS run, rodan_project_uuid AS project FROM job
      WHERE system = ${System.RODAN} AND legacy_id = ${uuid}`,
  );
  if (!place) throw notFound();
  if (viewer) await requireStanding(transaction, viewer, place.project);
  const run = await lockRun(transaction, place);
  // Read again under the lock: what was true before may not be any more.
  const runJob = await first<LockedRunJob>(
    transaction,
    sql`${RUN_JOB} WHERE system = ${System.RODAN} AND legacy_id = ${uuid} ${lockRows(transaction, 'UPDATE')}`,
  );
  if (!runJob) throw notFound();
  return { run, runJob };
}

/** Run jobs of a run that a condition holds for, locked, in order of creation. */
export function lockRunJobs(transaction: Transaction, run: LockedRun, condition: Sql): Promise<LockedRunJob[]> {
  return transaction.all(
    sql`${RUN_JOB} WHERE rodan_run_uuid = ${run.uuid} AND ${condition} ORDER BY id ${lockRows(transaction, 'UPDATE')}`,
  );
}

/** States that nothing follows by itself. */
function isOver(status: number): boolean {
  return status === Status.FINISHED || status === Status.FAILED || status === Status.CANCELLED;
}

/**
 * Moves a run to another status, and logs it.
 * @param reason of a failure: the error; by default what the status is called
 * @returns the run as it is then
 */
export async function moveRun(
  transaction: Transaction,
  run: LockedRun,
  status: number,
  reason: string = statusName(status),
): Promise<LockedRun> {
  const { now } = transaction;
  const state = stateOfRun(status);
  await transaction.all(
    sql`UPDATE build SET rodan_status = ${status}, legacy_state = ${String(status)}, state = ${state},
      state_reason = ${reason}, rodan_updated_at = ${now}, finished_at = ${isOver(status) ? now : null}
      WHERE id = ${run.id}`,
  );
  logRun(transaction, run, state, reason);
  return { ...run, status, state };
}

/** Logs that a run was written, with the state that it has now. */
export function logRun(transaction: Transaction, run: LockedRun, to: State, reason: string | null): void {
  transaction.recordChange({
    system: System.RODAN,
    kind: Kind.BUILD,
    recordId: run.id,
    from: run.state,
    to,
    reason,
  });
}

/** Where run jobs are moved, and what is written besides. */
export interface RunJobMove {
  readonly status: number;
  /** Of a failure: the error; by default what the status is called. */
  readonly reason?: string;
  /** Further assignments, `column = value` with commas. */
  readonly set?: Sql;
}

/**
 * Moves run jobs to another status, and logs each. One that an agent had is the agent's no more, and whoever worked on
 * one by hand does so no more.
 */
export async function moveRunJobs(
  transaction: Transaction,
  runJobs: readonly Pick<LockedRunJob, 'id' | 'state'>[],
  { status, reason = statusName(status), set }: RunJobMove,
): Promise<void> {
  if (runJobs.length === 0) return;
  const { now, dialect } = transaction;
  const state = stateOfRunJob(status, false);
  const isOffered = status === Status.PROCESSING;
  // Agents take what has been offered longest: until then it is nobody's.
  const times = isOffered
    ? sql`started_at = ${now}, finished_at = NULL, rodan_agent_until = ${now}`
    : sql`finished_at = ${isOver(status) ? now : null}, rodan_agent_until = NULL`;
  const ids = runJobs.map(({ id }) => id);
  await transaction.all(
    sql`UPDATE job SET rodan_status = ${status}, legacy_state = ${String(status)}, state = ${state},
      state_reason = ${reason}, rodan_updated_at = ${now}, ${times}, rodan_agent = NULL,
      rodan_working_user_number = NULL, rodan_working_user_expiry = NULL, rodan_working_token = NULL
      ${set ? sql`, ${set}` : sql``} WHERE ${inList(dialect, raw('id'), ids, 'bigint')}`,
  );
  for (const runJob of runJobs) logRunJob(transaction, runJob, state, reason);
}

/** Logs that a run job was written, with the state that it has now. */
export function logRunJob(
  transaction: Transaction,
  { id, state: from }: Pick<LockedRunJob, 'id' | 'state'>,
  to: State,
  reason: string | null,
): void {
  transaction.recordChange({ system: System.RODAN, kind: Kind.JOB, recordId: id, from, to, reason });
}
