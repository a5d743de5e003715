import { randomUUID } from 'node:crypto';
import { Kind, System } from '../../../core/model/states.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { checkChoice, invalidFields, TEXT_RULES } from '../field-rules.js';
import { RodanCheck } from '../check.js';
import { loadGraph } from '../parts/graph.js';
import { lockProject, lockWorkflow, type LockedWorkflow } from '../parts/locking.js';
import { removeRecords, removeRunJobs } from '../parts/removing-runs.js';
import { runVerb, type Verb, type VerbCaller } from '../parts/verb.js';
import { Status } from '../states.js';
import { ensureUser } from '../users/callers.js';
import { checkAssignments, type SentAssignment } from './assignments.js';
import { applyChange, checkChange, countRequests, type AnsweredRun, type RunChange } from './changing.js';
import { storeRun } from './creating.js';
import { readReferences } from './known.js';
import { planRun, sizeOfPlan, UnrunnableWorkflow, type Assignments, type PlannedRunJob } from './plan.js';
import { lockVisibleRun, RUN_STATUSES } from './records.js';

/** What a new run is asked for with. Members that were not sent are undefined. */
export interface NewRunInput {
  /** Any JSON value: a reference to the workflow. */
  readonly workflow?: unknown;
  readonly name?: string | null;
  readonly description?: string | null;
  readonly status?: number | null;
  /** Any JSON value; refused unless null. */
  readonly lastRedoneRunJobTree?: unknown;
  /** In the order of the request; null for anything that is no JSON object. */
  readonly resourceAssignments?: readonly SentAssignment[] | null;
}

/** What a run may consist of: run jobs, inputs and outputs together. It is one transaction, which others wait for: some seconds. */
const MAX_PARTS = 100_000;
const INVALID_WORKFLOW = 'Workflow must be valid before you can run it.';
const RULES = TEXT_RULES.workflowRun;

/**
 * What happens to workflow runs (contract rodan, sections 8, 9.3 and 10), one transaction each. All throw BuildgateError:
 * UNAUTHENTICATED, NOT_FOUND when the run is not to be seen, INVALID with the faults of fields.
 */
export class RunService {
  constructor(private readonly store: Store) {}

  /** Starts a run; null when it was only checked. */
  create(caller: VerbCaller, input: NewRunInput, check?: RodanCheck | null): Promise<AnsweredRun | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const workflowUuid = await checkFields(verb, input);
      if (verb.ends(RodanCheck.FIELDS) || workflowUuid === undefined) return null;
      refuseRedo(input);
      // Users come before projects in the order in which verbs lock.
      const creator = verb.check === null ? await ensureUser(verb.transaction) : null;
      const workflow = await lockWorkflow(verb.transaction, workflowUuid);
      if (!workflow.valid) throw invalidFields({ workflow: [INVALID_WORKFLOW] });
      const { name, runJobs } = await plan(verb, workflow, input);
      if (creator === null) return null;
      const id = await storeRun(verb.transaction, {
        ...(await placeOf(verb.transaction, workflow)),
        creator,
        uuid: randomUUID(),
        givenName: textOf(input.name),
        description: textOf(input.description),
        name,
        saysRequest: input.status === Status.REQUEST_PROCESSING,
        runJobs,
      });
      return { id, status: input.status ?? Status.PROCESSING };
    });
  }

  /** Cancels, retries, redoes, renames a run; null when that was only checked. */
  update(caller: VerbCaller, uuid: string, change: RunChange, check?: RodanCheck | null): Promise<AnsweredRun | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const count = verb.check === null ? countRequests(change) : 0;
      const number = count > 0 ? await transaction.takeNumbers(System.RODAN, Kind.EVENT, count) : 0;
      const run = await lockVisibleRun(verb, uuid);
      const checked = await checkChange(verb, run, change);
      return verb.check === null ? applyChange(transaction, run, checked, number) : null;
    });
  }

  /** Deletes a run with its run jobs. What it made stays. */
  delete(caller: VerbCaller, uuid: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { id, uuid: runUuid } = await lockVisibleRun(verb, uuid);
      await removeRunJobs(verb.transaction, sql`job.rodan_run_uuid = ${runUuid}`);
      await removeRecords(verb.transaction, Kind.BUILD, sql`id = ${id}`);
    });
  }
}

/** Rule 1; the UUID of the workflow, undefined when it is at fault. */
async function checkFields(verb: Verb, input: NewRunInput): Promise<string | undefined> {
  const workflow = await verb.requiredLink('workflow', input.workflow, 'workflow');
  if (input.status !== undefined) {
    const status = verb.faults.take('status', checkChoice(input.status, RUN_STATUSES));
    if (status !== undefined && status !== Status.REQUEST_PROCESSING) {
      verb.faults.add('status', 'Can only create a WorkflowRun that requests processing.');
    }
  }
  verb.text('name', input.name, RULES.name);
  verb.text('description', input.description, RULES.description);
  return workflow?.uuid;
}

/** Rule 2. */
function refuseRedo({ lastRedoneRunJobTree: value }: NewRunInput): void {
  if (value === undefined || value === null || value === '') return;
  throw invalidFields({ last_redone_runjob_tree: ['Cannot set this field upon creation..'] });
}

/** A text that was checked, as it is stored. */
function textOf(value: string | null | undefined): string | null {
  return value?.trim() ?? null;
}

/** Rules 4 to 6, and what the run will consist of. */
async function plan(
  verb: Verb,
  workflow: LockedWorkflow,
  { resourceAssignments: sent, name: given }: NewRunInput,
): Promise<{ readonly name: string; readonly runJobs: readonly PlannedRunJob[] }> {
  const refuse = (message: string): never => {
    throw invalidFields({ resource_assignments: [message] });
  };
  if (sent === undefined) return refuse('This field is required');
  if (sent === null) return refuse('This field must be a JSON object');
  const graph = await loadGraph(verb.transaction, workflow.uuid);
  const known = await readReferences(verb, sent);
  const { projectUuid } = workflow;
  const assignments: Assignments = checkAssignments(sent, { graph, projectUuid, known });
  const name = textOf(given) || workflow.name;
  try {
    const size = sizeOfPlan(graph, assignments);
    if (size > MAX_PARTS) {
      return refuse(`The run would have ${size} run jobs, inputs and outputs; at most ${MAX_PARTS} are allowed.`);
    }
    return { name, runJobs: planRun({ graph, assignments, runName: name, newUuid: randomUUID }) };
  } catch (error) {
    if (error instanceof UnrunnableWorkflow) throw invalidFields({ workflow: [INVALID_WORKFLOW] });
    throw error;
  }
}

/** Where a new run is. */
async function placeOf(transaction: Transaction, { uuid, projectUuid }: LockedWorkflow) {
  const { id } = await lockProject(transaction, projectUuid, 'KEY SHARE');
  return { workflowUuid: uuid, projectUuid, projectId: id };
}
