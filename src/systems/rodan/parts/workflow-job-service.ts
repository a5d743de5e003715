import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parseExact } from '../../../core/json.js';
import { first } from '../../../core/store/reader.js';
import { insertRows } from '../../../core/store/rows.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { lastPart } from './blueprint.js';
import { invalidate } from './invalidating.js';
import { defaultSettings } from './job-settings.js';
import { lockPart, lockWorkflow, notFound, storedUuid } from './locking.js';
import { readJob, type PlacedJob } from './places.js';
import { removeCrossing, removeWorkflowJobs } from './removing-workflows.js';
import { refusal, runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a workflow job. */
export interface WorkflowJobInput {
  readonly workflow?: unknown;
  readonly job?: unknown;
  /** Any JSON but null. */
  readonly settings?: unknown;
  readonly name?: string | null;
}

const FROZEN = 'To modify this field, you should first remove it from the group.';
const { name: NAME } = TEXT_RULES.workflowJob;

/** What a request says, looked up; undefined where it says nothing. */
interface Said {
  readonly workflowUuid: string | undefined;
  readonly jobUuid: string | undefined;
  readonly name: string | null | undefined;
  /** JSON text. */
  readonly settings: string | undefined;
}

/**
 * What happens to workflow jobs (contract rodan, sections 8, 9.4 and 10), one transaction each. All throw
 * BuildgateError: UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class WorkflowJobService {
  constructor(private readonly store: Store) {}

  /** Adds a job to a workflow, which is not valid any more; gives its uuid. */
  create(caller: VerbCaller, input: WorkflowJobInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const workflow = await verb.requiredLink('workflow', input.workflow, 'workflow');
      const job = await verb.requiredLink('job', input.job, 'job');
      const said = await readInput(verb, input);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      return insertJob(verb.transaction, { ...said, workflowUuid: workflow?.uuid ?? '', jobUuid: job?.uuid ?? '' });
    });
  }

  /** Changes what is given; of the member of a group only its settings can be changed. */
  update(caller: VerbCaller, id: string, input: WorkflowJobInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const old = await lockedJob(verb, id);
      const workflow = await verb.link('workflow', input.workflow, 'workflow');
      const job = await verb.link('job', input.job, 'job');
      const said = { ...(await readInput(verb, input)), workflowUuid: workflow?.uuid, jobUuid: job?.uuid };
      if (verb.ends(RodanCheck.FIELDS)) return null;
      const { settings: _settings, ...frozen } = input;
      if (old.groupUuid !== null) verb.freeze(frozen, FROZEN);
      if (verb.ends(RodanCheck.ALL)) return null;
      await storeJob(verb.transaction, old, said);
      return old.uuid;
    });
  }

  /** Deletes a workflow job with its ports and their connections. Throws INVALID for the member of a group. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { uuid, workflowUuid, groupUuid } = await lockedJob(verb, id);
      if (groupUuid !== null) {
        throw refusal('To delete this workflowjob, you should first remove it from the group.');
      }
      await removeWorkflowJobs(verb.transaction, sql`rodan_workflow_job.uuid = ${uuid}`);
      await invalidate(verb.transaction, workflowUuid);
    });
  }
}

function lockedJob({ transaction, viewer }: Verb, id: string): Promise<PlacedJob> {
  const uuid = storedUuid(id);
  return lockPart(transaction, viewer, () => readJob(transaction, uuid));
}

async function readInput(verb: Verb, { name, settings }: WorkflowJobInput): Promise<Pick<Said, 'name' | 'settings'>> {
  verb.notNull('job_settings', settings);
  return {
    name: verb.text('name', name, NAME),
    settings: settings === undefined ? undefined : JSON.stringify(settings),
  };
}

/** A job that is installed. */
async function findJob(
  transaction: Transaction,
  uuid: string,
): Promise<{ readonly name: string; readonly schema: string }> {
  const job = await first<{ name: string; schema: string }>(
    transaction,
    sql`SELECT name, settings AS schema FROM rodan_job WHERE uuid = ${uuid}`,
  );
  if (!job) throw notFound();
  return job;
}

async function insertJob(
  transaction: Transaction,
  said: Said & { readonly workflowUuid: string; readonly jobUuid: string },
): Promise<string> {
  const uuid = randomUUID();
  const { workflowUuid, jobUuid } = said;
  await lockWorkflow(transaction, workflowUuid);
  const job = await findJob(transaction, jobUuid);
  await insertRows(transaction, 'rodan_workflow_job', [
    {
      uuid,
      workflow_uuid: workflowUuid,
      job_uuid: jobUuid,
      name: said.name || lastPart(job.name),
      settings: said.settings ?? defaultSettings(job.schema),
      created_at: transaction.now,
      updated_at: transaction.now,
    },
  ]);
  await invalidate(transaction, workflowUuid);
  return uuid;
}

async function storeJob(transaction: Transaction, old: PlacedJob, said: Said): Promise<void> {
  const { workflowUuid = old.workflowUuid, jobUuid = old.jobUuid, settings = old.settings } = said;
  if (workflowUuid !== old.workflowUuid) await lockWorkflow(transaction, workflowUuid);
  const name = said.name === undefined ? old.name : said.name || lastPart((await findJob(transaction, jobUuid)).name);
  await transaction.all(
    sql`UPDATE rodan_workflow_job SET workflow_uuid = ${workflowUuid}, job_uuid = ${jobUuid}, name = ${name},
        settings = ${settings}, updated_at = ${transaction.now} WHERE uuid = ${old.uuid}`,
  );
  const isMoved = workflowUuid !== old.workflowUuid;
  if (isMoved) await removeCrossing(transaction, { workflowJobUuid: old.uuid, workflowUuid });
  if (!isMoved && jobUuid === old.jobUuid && isSame(settings, old.settings)) return;
  await invalidate(transaction, old.workflowUuid);
  if (isMoved) await invalidate(transaction, workflowUuid);
}

/** Whether two JSON texts say the same, whatever the order of members. */
function isSame(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(parseExact(one), parseExact(other));
}
