import { BuildgateError } from '../../../core/errors.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { inList, raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { hasRight, standingIn, type ProjectRight } from '../rights.js';
import type { RodanViewer } from '../viewer.js';

/**
 * What verbs find and lock, in one order: numbers and users, the project, its workflows by uuid, what is in them. Whoever
 * changes what is in a project holds the project, so that nobody deletes it meanwhile; whoever changes what a workflow is
 * made of has its row alone, and so has who validates it.
 */

/** How a row is locked until the transaction ends; the embedded database has one writer at a time. */
type Strength = 'KEY SHARE' | 'NO KEY UPDATE' | 'UPDATE';

/** The clause that locks the rows of a SELECT. */
export function lockRows({ dialect }: Transaction, strength: Strength): Sql {
  return raw(dialect === 'postgresql' ? `FOR ${strength}` : '');
}

const UUID = /^[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}$/;

/**
 * A UUID as it is stored.
 * @throws BuildgateError NOT_FOUND when the text is none
 */
export function storedUuid(text: string): string {
  const uuid = text.toLowerCase();
  if (!UUID.test(uuid)) throw notFound();
  return uuid;
}

/** The refusal for want of the object, or of the right to see it: NOT_FOUND. */
export function notFound(): BuildgateError {
  return new BuildgateError('NOT_FOUND', 'Not found.');
}

/** Those of some projects in which a viewer may see everything; one statement at most. */
export async function viewableProjects(
  reader: Reader,
  { superuser, number }: RodanViewer,
  projectUuids: readonly string[],
): Promise<ReadonlySet<string>> {
  const uuids = [...new Set(projectUuids)];
  if (superuser || uuids.length === 0) return new Set(superuser ? uuids : []);
  const rows = await reader.all<{ uuid: string }>(
    sql`SELECT p.uuid FROM rodan_project p WHERE ${inList(reader.dialect, raw('p.uuid'), uuids, 'text')}
      AND (p.creator_number = ${number} OR EXISTS (SELECT 1 FROM rodan_project_member m
        WHERE m.project_uuid = p.uuid AND m.user_number = ${number}))`,
  );
  return new Set(rows.map(({ uuid }) => uuid));
}

/**
 * Checks the right of a viewer on a project; for what is in it, to view it.
 * @throws BuildgateError NOT_FOUND when it is not to be seen, FORBIDDEN without the right
 */
export async function requireStanding(
  reader: Reader,
  viewer: RodanViewer,
  projectUuid: string,
  right: ProjectRight = 'view',
): Promise<void> {
  const standing = await standingIn(reader, viewer, projectUuid);
  if (!standing || !hasRight('view', viewer, standing)) throw notFound();
  if (!hasRight(right, viewer, standing)) {
    throw new BuildgateError('FORBIDDEN', 'You do not have permission to perform this action.');
  }
}

/** A project that is locked. */
export interface LockedProject {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly description: string | null;
  readonly creatorNumber: number;
}

/**
 * A project that stays until the transaction ends.
 * @param strength `KEY SHARE` keeps it from being deleted only
 * @throws BuildgateError NOT_FOUND
 */
export async function lockProject(transaction: Transaction, uuid: string, strength: Strength): Promise<LockedProject> {
  const project = await first<LockedProject>(
    transaction,
    sql`SELECT id, uuid, name, description, creator_number AS "creatorNumber" FROM rodan_project
      WHERE uuid = ${uuid} ${lockRows(transaction, strength)}`,
  );
  if (!project) throw notFound();
  return project;
}

/** A workflow that is locked. */
export interface LockedWorkflow {
  readonly uuid: string;
  readonly projectUuid: string;
  readonly name: string;
  readonly description: string | null;
  readonly valid: boolean | number;
}

/**
 * Workflows that nobody else changes, validates or deletes before the transaction ends, in the order of their uuids.
 * @throws BuildgateError NOT_FOUND when one is gone
 */
export async function lockWorkflows(
  transaction: Transaction,
  workflowUuids: readonly string[],
): Promise<LockedWorkflow[]> {
  const uuids = [...new Set(workflowUuids)];
  const among = (column: string): Sql => inList(transaction.dialect, raw(column), uuids, 'text');
  await transaction.all(
    sql`SELECT uuid FROM rodan_project WHERE uuid IN (SELECT project_uuid FROM rodan_workflow w WHERE ${among('w.uuid')})
      ORDER BY uuid ${lockRows(transaction, 'KEY SHARE')}`,
  );
  const workflows = await transaction.all<LockedWorkflow>(
    sql`SELECT uuid, project_uuid AS "projectUuid", name, description, valid FROM rodan_workflow
      WHERE ${among('uuid')} ORDER BY uuid ${lockRows(transaction, 'UPDATE')}`,
  );
  if (workflows.length < uuids.length) throw notFound();
  return workflows;
}

/** One workflow, as `lockWorkflows` locks it. */
export async function lockWorkflow(transaction: Transaction, uuid: string): Promise<LockedWorkflow> {
  const [workflow] = await lockWorkflows(transaction, [uuid]);
  if (!workflow) throw notFound();
  return workflow;
}

/** Where something is that is part of a workflow. */
export interface PartPlace {
  readonly workflowUuid: string;
  readonly projectUuid: string;
}

/**
 * Reads a part of a workflow, locks the workflow, and reads the part again, until it is in the workflow that is locked:
 * it may have been moved meanwhile.
 * @throws BuildgateError NOT_FOUND when there is no such part, or the viewer may not see it
 */
export async function lockPart<Part extends PartPlace>(
  transaction: Transaction,
  viewer: RodanViewer,
  read: () => Promise<Part | undefined>,
): Promise<Part> {
  for (let part = await read(); part; part = await read()) {
    const { workflowUuid } = part;
    await requireStanding(transaction, viewer, part.projectUuid);
    await lockWorkflows(transaction, [workflowUuid]);
    const now = await read();
    if (now?.workflowUuid === workflowUuid) return now;
  }
  throw notFound();
}
