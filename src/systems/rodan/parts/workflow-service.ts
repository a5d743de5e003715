import { randomUUID } from 'node:crypto';
import { BuildgateError } from '../../../core/errors.js';
import { insertRows } from '../../../core/store/rows.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { ensureUser } from '../users/callers.js';
import { blueprintFrom, blueprintOf, type Blueprint } from './blueprint.js';
import { build } from './building.js';
import { groupOf, loadGraph } from './graph.js';
import { loadInstalled } from './installed.js';
import { lockProject, lockWorkflow, requireStanding, storedUuid, type LockedWorkflow } from './locking.js';
import { findGroup, findWorkflow } from './places.js';
import { removeWorkflows } from './removing-workflows.js';
import { formatFault, readSerialized } from './serialized.js';
import { findFault } from './validity.js';
import { runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a workflow. */
export interface WorkflowChange {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly valid?: boolean | null;
}

/** A workflow that is to be made; `serialized` and `workflowJobGroup` say what of. */
export interface NewWorkflow extends WorkflowChange {
  readonly project?: unknown;
  /** An export. */
  readonly serialized?: unknown;
  readonly workflowJobGroup?: unknown;
}

/** What the checks of a new workflow have found. */
interface WorkflowPlan {
  readonly projectUuid: string;
  readonly name: string;
  readonly description: string | null;
  readonly blueprint: Blueprint | null;
}

const { name: NAME, description: DESCRIPTION } = TEXT_RULES.workflow;

/**
 * What happens to workflows (contract rodan, sections 8, 9.2 and 10), one transaction each. All throw BuildgateError:
 * UNAUTHENTICATED, NOT_FOUND when the workflow is not to be seen, INVALID with the faults of fields.
 */
export class WorkflowService {
  constructor(private readonly store: Store) {}

  /** Makes a workflow: an empty one, one from an export, or one of the jobs of a group; gives its uuid. */
  create(caller: VerbCaller, input: NewWorkflow, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const plan = await this.#plan(verb, input);
      return plan && insertWorkflow(verb.transaction, plan);
    });
  }

  /**
   * Changes name and description, those that are given; `valid: true` validates. Throws CONFLICT with the first fault,
   * `errorCode`, `details` and `associatedObjects` as in `ValidityFault`, when it is not valid; nothing is changed then.
   */
  update(caller: VerbCaller, id: string, input: WorkflowChange, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const old = await lockedWorkflow(verb, id);
      const name = verb.text('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION);
      verb.notNull('valid', input.valid);
      if (input.valid === false) verb.faults.add('valid', 'Cannot invalidate a Workflow.');
      if (verb.ends(RodanCheck.FIELDS)) return null;
      if (input.valid) await requireValid(transaction, old.uuid);
      if (verb.ends(RodanCheck.ALL)) return null;
      await transaction.all(
        sql`UPDATE rodan_workflow SET name = ${name ?? old.name},
            description = ${description === undefined ? old.description : description},
            valid = ${input.valid ?? Boolean(old.valid)}, updated_at = ${transaction.now} WHERE uuid = ${old.uuid}`,
      );
      if (input.valid) await markExtern(transaction, old.uuid);
      return old.uuid;
    });
  }

  /** Deletes a workflow with all that it is made of; its runs stay. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { uuid } = await lockedWorkflow(verb, id);
      await removeWorkflows(verb.transaction, sql`rodan_workflow.uuid = ${uuid}`);
    });
  }

  async #plan(verb: Verb, input: NewWorkflow): Promise<WorkflowPlan | null> {
    const project = await verb.requiredLink('project', input.project, 'project');
    const projectUuid = project?.uuid ?? '';
    if (input.serialized !== undefined) return planImport(verb, projectUuid, input.serialized);
    if (input.workflowJobGroup !== undefined) return planCopy(verb, projectUuid, input.workflowJobGroup);
    const name = verb.requiredText('name', input.name, NAME);
    const description = verb.text('description', input.description, DESCRIPTION) ?? null;
    verb.notNull('valid', input.valid);
    if (input.valid) verb.faults.add('valid', NOT_BORN_VALID);
    if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
    return { projectUuid, name, description, blueprint: null };
  }
}

const NOT_BORN_VALID = "You can't create a valid workflow - it must be validated through a PATCH request.";

async function planImport(verb: Verb, projectUuid: string, serialized: unknown): Promise<WorkflowPlan | null> {
  const fault = formatFault(serialized);
  if (fault !== null) verb.faults.add('serialized', fault);
  if (verb.ends(RodanCheck.FIELDS)) return null;
  const document = readSerialized(serialized);
  const names = document.workflow_jobs.map(({ job_name: name }) => name);
  const blueprint = blueprintFrom(document, await loadInstalled(verb.transaction, names));
  if (verb.ends(RodanCheck.ALL)) return null;
  return { projectUuid, name: document.name, description: document.description, blueprint };
}

async function planCopy(verb: Verb, projectUuid: string, link: unknown): Promise<WorkflowPlan | null> {
  const found = await verb.link('workflow_job_group', link, 'workflowjobgroup');
  if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
  const { transaction } = verb;
  const group = await findGroup(transaction, found?.uuid ?? '');
  const graph = groupOf(await loadGraph(transaction, group.workflowUuid), group.uuid);
  return { projectUuid, name: group.name, description: group.description, blueprint: blueprintOf(graph) };
}

/** @throws BuildgateError NOT_FOUND */
async function lockedWorkflow({ transaction, viewer }: Verb, id: string): Promise<LockedWorkflow> {
  const { uuid, projectUuid } = await findWorkflow(transaction, storedUuid(id));
  await requireStanding(transaction, viewer, projectUuid);
  return lockWorkflow(transaction, uuid);
}

/** @throws BuildgateError CONFLICT */
async function requireValid(transaction: Transaction, uuid: string): Promise<void> {
  const fault = findFault(await loadGraph(transaction, uuid));
  if (fault) throw new BuildgateError('CONFLICT', fault.details[0], { ...fault });
}

/** Ports without connection are those of the workflow as a whole. */
async function markExtern(transaction: Transaction, uuid: string): Promise<void> {
  for (const direction of ['input', 'output'] as const) {
    const [table, column] =
      direction === 'input'
        ? [sql`rodan_input_port`, sql`input_port_uuid`]
        : [sql`rodan_output_port`, sql`output_port_uuid`];
    await transaction.all(
      sql`UPDATE ${table} SET extern = NOT EXISTS
          (SELECT 1 FROM rodan_connection wire WHERE wire.${column} = ${table}.uuid)
        WHERE workflow_job_uuid IN (SELECT uuid FROM rodan_workflow_job WHERE workflow_uuid = ${uuid})`,
    );
  }
}

async function insertWorkflow(transaction: Transaction, plan: WorkflowPlan): Promise<string> {
  const uuid = randomUUID();
  const { projectUuid, name, description, blueprint } = plan;
  const { number: creator } = await ensureUser(transaction);
  await lockProject(transaction, projectUuid, 'KEY SHARE');
  const times = { created_at: transaction.now, updated_at: transaction.now };
  const row = { uuid, project_uuid: projectUuid, name, description, creator_number: creator, valid: false, ...times };
  await insertRows(transaction, 'rodan_workflow', [row]);
  if (blueprint) await build(transaction, blueprint, { workflowUuid: uuid, groupUuid: null });
  return uuid;
}
