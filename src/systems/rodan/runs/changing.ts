import { first } from '../../../core/store/reader.js';
import { sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { checkChoice, invalidFields, TEXT_RULES } from '../field-rules.js';
import { lockRows, notFound } from '../parts/locking.js';
import type { Verb } from '../parts/verb.js';
import { RunRequest, Status } from '../states.js';
import { cancel, redo, retry } from './acting.js';
import { logRun, moveRun, RUN_STATUSES, type LockedRun } from './records.js';
import { storeFurtherRequest } from './requests.js';

/** What a PATCH of a run says (contract rodan, section 8). Members that were not sent are undefined. */
export interface RunChange {
  readonly name?: string | null;
  readonly description?: string | null;
  /** Any JSON value: a reference to a workflow. */
  readonly workflow?: unknown;
  /** 29 asks to cancel, 31 to retry; 0 and null are bad values, not requests. */
  readonly status?: number | null;
  /** Any JSON value: a reference to a run job, null to clear the field. */
  readonly lastRedoneRunJobTree?: unknown;
}

/** A run as a verb answers it: as it is before what follows from the request. */
export interface AnsweredRun {
  /** Internal id. */
  readonly id: number;
  /** Its status at that time. */
  readonly status: number;
}

/** Requests, and from which status a run takes them. */
const REQUESTS = new Map<number, readonly number[]>([
  [Status.REQUEST_CANCELLING, [Status.PROCESSING, Status.RETRYING, Status.FAILED]],
  [Status.REQUEST_RETRYING, [Status.CANCELLED, Status.FAILED]],
]);
const REDOABLE: readonly number[] = [Status.FINISHED, Status.FAILED, Status.WAITING_FOR_INPUT, Status.PROCESSING];
const RULES = TEXT_RULES.workflowRun;
const REDONE = 'last_redone_runjob_tree';

/** What clients write of a run. */
type RunFields = Pick<LockedRun, 'givenName' | 'description' | 'workflowUuid' | 'lastRedoneUuid'>;

/** What is asked of a run, checked. */
interface CheckedChange {
  /** What is asked for; null: no change of status. */
  readonly status: number | null;
  /** UUID of the run job to redo; null: none. */
  readonly redone: string | null;
  readonly fields: RunFields;
}

/**
 * Checks what is asked of a run that is locked: the rule of status, the rule of redoing, the other fields.
 * @throws BuildgateError INVALID with the faults of the first that has any
 */
export async function checkChange(verb: Verb, run: LockedRun, change: RunChange): Promise<CheckedChange> {
  const status = requestedStatus(change.status, run);
  const redone = await redoneRunJob(verb, run, change.lastRedoneRunJobTree);
  const workflow = await verb.link('workflow', change.workflow, 'workflow');
  const name = verb.text('name', change.name, RULES.name);
  const description = verb.text('description', change.description, RULES.description);
  if (change.status !== undefined && status === null) {
    verb.faults.take('status', checkChoice(change.status, RUN_STATUSES));
  }
  verb.faults.refuse();
  const fields: RunFields = {
    givenName: name === undefined ? run.givenName : name,
    description: description === undefined ? run.description : description,
    workflowUuid: workflow?.uuid ?? run.workflowUuid,
    lastRedoneUuid: redone === undefined ? run.lastRedoneUuid : redone,
  };
  return { status, redone: redone ?? null, fields };
}

/** The rule of status. What counts as nothing in Python asks for nothing: it is a bad value like others. */
function requestedStatus(status: number | null | undefined, run: LockedRun): number | null {
  if (!status) return null;
  if (REQUESTS.get(status)?.includes(run.status)) return status;
  throw invalidFields({ status: ['Invalid status update'] });
}

/** The rule of redoing; undefined when nothing is said of it. */
async function redoneRunJob(verb: Verb, run: LockedRun, value: unknown): Promise<string | null | undefined> {
  if (value === undefined) return undefined;
  if (value === null || value === '') return null;
  const found = await verb.link(REDONE, value, 'runjob');
  verb.faults.refuse();
  if (!found) return undefined;
  const runJob = await first<{ status: number }>(
    verb.transaction,
    sql`SELECT rodan_status AS status FROM job WHERE legacy_id = ${found.uuid} AND rodan_run_uuid = ${run.uuid}`,
  );
  if (!runJob) throw invalidFields({ [REDONE]: ['Requested RunJob is not in this WorkflowRun.'] });
  if (!REDOABLE.includes(runJob.status)) throw invalidFields({ [REDONE]: ['Requested RunJob is not yet processed.'] });
  return found.uuid;
}

/** How many requests a change makes: numbers of events are taken before anything is locked. */
export function countRequests({ status, lastRedoneRunJobTree: redone }: RunChange): number {
  return Number(Boolean(status)) + Number(redone !== undefined && redone !== null && redone !== '');
}

/**
 * Does what is asked of a run that is locked.
 * @param number of the event of the first request
 */
export async function applyChange(
  transaction: Transaction,
  run: LockedRun,
  { status, redone, fields }: CheckedChange,
  number: number,
): Promise<AnsweredRun> {
  const renamed = await storeFields(transaction, run, fields);
  let moved = renamed;
  if (status !== null) {
    moved = await moveRun(transaction, renamed, status);
    const isRetry = status === Status.REQUEST_RETRYING;
    const request = isRetry ? RunRequest.RETRY : RunRequest.CANCEL;
    await storeFurtherRequest(transaction, { number, request, run: moved });
    moved = await (isRetry ? retry : cancel)(transaction, moved);
  }
  if (redone !== null) {
    moved = await moveRun(transaction, moved, Status.REQUEST_RETRYING);
    const request = { number: status === null ? number : number + 1, request: RunRequest.REDO, run: moved };
    await storeFurtherRequest(transaction, request);
    moved = await redo(transaction, moved, redone);
  }
  // A run that is only renamed was written all the same, and who follows it is told.
  if (moved === renamed) logRun(transaction, run, run.state, null);
  return { id: run.id, status: status ?? run.status };
}

async function storeFields(transaction: Transaction, run: LockedRun, fields: RunFields): Promise<LockedRun> {
  const name = fields.givenName || (await workflowName(transaction, fields.workflowUuid)) || run.name;
  await transaction.all(
    sql`UPDATE build SET name = ${name}, rodan_name = ${fields.givenName}, rodan_description = ${fields.description},
      rodan_workflow_uuid = ${fields.workflowUuid}, rodan_last_redone_uuid = ${fields.lastRedoneUuid},
      rodan_updated_at = ${transaction.now} WHERE id = ${run.id}`,
  );
  return { ...run, ...fields, name };
}

/** Name of a workflow, which stays until the transaction ends. */
async function workflowName(transaction: Transaction, uuid: string | null): Promise<string | null> {
  if (uuid === null) return null;
  const workflow = await first<{ name: string }>(
    transaction,
    sql`SELECT name FROM rodan_workflow WHERE uuid = ${uuid} ${lockRows(transaction, 'KEY SHARE')}`,
  );
  if (!workflow) throw notFound();
  return workflow.name;
}
