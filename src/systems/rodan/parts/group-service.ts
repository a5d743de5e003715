import { randomUUID } from 'node:crypto';
import { insertRows } from '../../../core/store/rows.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { blueprintOf } from './blueprint.js';
import { build } from './building.js';
import { loadGraph } from './graph.js';
import { invalidate } from './invalidating.js';
import { lockPart, lockWorkflows, notFound, storedUuid } from './locking.js';
import { readGroup, type PlacedGroup } from './places.js';
import { runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a group of workflow jobs. */
export interface GroupChange {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly workflowJobs?: readonly unknown[] | null;
}

/** A group that is to be made: of workflow jobs, or by copying the workflow `origin` into `workflow`. */
export interface NewGroup extends GroupChange {
  readonly origin?: unknown;
  readonly workflow?: unknown;
}

/** What a group is made of. */
interface Members {
  readonly uuids: readonly string[];
  readonly workflowUuid: string;
}

const { name: NAME, description: DESCRIPTION } = TEXT_RULES.workflowJobGroup;
/** Characters of a workflow's name that fit into that of a group. */
const MAX_ORIGIN_NAME = 80;

/**
 * What happens to groups of workflow jobs (contract rodan, sections 9.4 and 10), one transaction each. All throw
 * BuildgateError: UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class GroupService {
  constructor(private readonly store: Store) {}

  /** Makes a group; gives its uuid. Copied jobs make the workflow invalid, a new group of its own jobs does not. */
  create(caller: VerbCaller, input: NewGroup, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      if (input.origin != null) return copyWorkflow(verb, input);
      const name = verb.requiredText('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION) ?? null;
      verb.required('workflow_jobs', input.workflowJobs);
      const members = await lockMembers(verb, input.workflowJobs);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL) || !members) return null;
      const group = { workflowUuid: members.workflowUuid, name, description, originUuid: null };
      const uuid = await insertGroup(verb.transaction, group);
      await join(verb.transaction, uuid, members);
      return uuid;
    });
  }

  /** Changes what is given; new members replace the old ones, which are freed. */
  update(caller: VerbCaller, id: string, input: GroupChange, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const old = await lockedGroup(verb, id);
      const name = verb.text('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION);
      const members = await lockMembers(verb, input.workflowJobs);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      if (members) {
        await free(transaction, old.uuid);
        await join(transaction, old.uuid, members);
      }
      await transaction.all(
        sql`UPDATE rodan_workflow_job_group SET name = ${name ?? old.name},
            description = ${description === undefined ? old.description : description},
            workflow_uuid = ${members?.workflowUuid ?? old.workflowUuid}, updated_at = ${transaction.now}
          WHERE uuid = ${old.uuid}`,
      );
      return old.uuid;
    });
  }

  /** Deletes a group and frees its members. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { uuid } = await lockedGroup(verb, id);
      await free(verb.transaction, uuid);
      await verb.transaction.all(sql`DELETE FROM rodan_workflow_job_group WHERE uuid = ${uuid}`);
    });
  }
}

function lockedGroup({ transaction, viewer }: Verb, id: string): Promise<PlacedGroup> {
  const uuid = storedUuid(id);
  return lockPart(transaction, viewer, () => readGroup(transaction, uuid));
}

/** The workflow jobs of a request, whose workflow is locked; undefined when it names none or they are at fault. */
async function lockMembers(verb: Verb, links: GroupChange['workflowJobs']): Promise<Members | undefined> {
  const { transaction, faults } = verb;
  const jobs = await verb.links('workflow_jobs', links, 'workflowjob');
  if (!jobs) return undefined;
  const uuids = [...new Set(jobs.map(({ uuid }) => uuid))];
  if (uuids.length === 0) faults.add('workflow_jobs', 'Empty WorkflowJobGroup is not allowed.');
  await lockWorkflows(transaction, await workflowsOf(transaction, uuids));
  // They may have been moved before the lock was there.
  const workflows = await workflowsOf(transaction, uuids);
  if (workflows.length > 1) faults.add('workflow_jobs', 'All WorkflowJobs should belong to the same Workflow.');
  return { uuids, workflowUuid: workflows[0] ?? '' };
}

async function workflowsOf(transaction: Transaction, jobUuids: readonly string[]): Promise<string[]> {
  const rows = await transaction.all<{ uuid: string }>(
    sql`SELECT DISTINCT workflow_uuid AS uuid FROM rodan_workflow_job
      WHERE ${inList(transaction.dialect, raw('uuid'), jobUuids, 'text')}`,
  );
  return rows.map(({ uuid }) => uuid);
}

async function copyWorkflow(verb: Verb, input: NewGroup): Promise<string | null> {
  const { transaction } = verb;
  const origin = await verb.link('origin', input.origin, 'workflow');
  const target = await verb.requiredLink('workflow', input.workflow, 'workflow');
  const locked = await lockWorkflows(
    transaction,
    [origin, target].flatMap((one) => one?.uuid ?? []),
  );
  const source = locked.find(({ uuid }) => uuid === origin?.uuid);
  if (source && !source.valid) verb.faults.add('origin', 'Origin workflow must be valid.');
  if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
  if (!source || !target) throw notFound();
  const name = Array.from(source.name).slice(0, MAX_ORIGIN_NAME).join('');
  const uuid = await insertGroup(transaction, {
    workflowUuid: target.uuid,
    name: `From Workflow ${name}`,
    description: source.description,
    originUuid: source.uuid,
  });
  const blueprint = blueprintOf(await loadGraph(transaction, source.uuid));
  await build(transaction, blueprint, { workflowUuid: target.uuid, groupUuid: uuid });
  await invalidate(transaction, target.uuid);
  return uuid;
}

async function insertGroup(
  transaction: Transaction,
  group: {
    readonly workflowUuid: string;
    readonly name: string;
    readonly description: string | null;
    readonly originUuid: string | null;
  },
): Promise<string> {
  const uuid = randomUUID();
  const { workflowUuid, name, description, originUuid } = group;
  const times = { created_at: transaction.now, updated_at: transaction.now };
  await insertRows(transaction, 'rodan_workflow_job_group', [
    { uuid, workflow_uuid: workflowUuid, name, description, origin_uuid: originUuid, ...times },
  ]);
  return uuid;
}

async function join(transaction: Transaction, groupUuid: string, { uuids }: Members): Promise<void> {
  await transaction.all(
    sql`UPDATE rodan_workflow_job SET group_uuid = ${groupUuid}, updated_at = ${transaction.now}
      WHERE ${inList(transaction.dialect, raw('uuid'), uuids, 'text')}`,
  );
}

async function free(transaction: Transaction, groupUuid: string): Promise<void> {
  await transaction.all(
    sql`UPDATE rodan_workflow_job SET group_uuid = NULL, updated_at = ${transaction.now} WHERE group_uuid = ${groupUuid}`,
  );
}
