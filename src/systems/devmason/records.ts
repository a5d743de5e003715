import { memberIdOf } from '../../core/auth/members.js';
import { BuildgateError } from '../../core/errors.js';
import { State, System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { raw, sql, type Sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import { BUILD_ID, SLUG } from './names.js';
import type { Asker } from './rights.js';

/**
 * What verbs find and lock. All lock in one order: numbers, users, the project, its builds. So verbs wait for each
 * other, and for an import, instead of standing in each other's way.
 */

/** A project that nobody else changes before the transaction ends. */
export interface LockedProject {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly ownerId: number | null;
}

/** A build that nobody else changes before the transaction ends. */
export interface LockedBuild {
  readonly id: number;
  readonly state: State;
  readonly legacyId: string;
  readonly projectId: number;
  readonly reporterId: number | null;
  readonly reporterGone: boolean | number | null;
  readonly ownerId: number | null;
  readonly stepCount: number;
}

/** Devmason's own words for the states of builds and steps (contract devmason, section 9). */
export const LEGACY_STATES = {
  [State.RUNNING]: 'in progress',
  [State.SUCCEEDED]: 'succeeded',
  [State.FAILED]: 'failed',
} as const;

/** State of what has ended. */
export function ended(success: boolean): State.SUCCEEDED | State.FAILED {
  return success ? State.SUCCEEDED : State.FAILED;
}

/** Who performs the verb. */
export async function askerOf(transaction: Transaction): Promise<Asker> {
  const { principal } = transaction;
  return { principal, memberId: await memberIdOf(transaction, principal, System.DEVMASON) };
}

/**
 * The project with this slug, locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockProject(transaction: Transaction, slug: string): Promise<LockedProject> {
  const project = SLUG.test(slug)
    ? await first<LockedProject>(
        transaction,
        sql`SELECT id, legacy_id AS slug, name, devmason_owner_id AS "ownerId" FROM project
          WHERE system = ${System.DEVMASON} AND legacy_id = ${slug} ${forUpdate(transaction)}`,
      )
    : undefined;
  if (!project) throw new BuildgateError('NOT_FOUND', 'project: there is no such project.');
  return project;
}

/**
 * A build and its project, both locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockBuild(transaction: Transaction, slug: string, buildId: string): Promise<LockedBuild> {
  const { ownerId } = await lockProject(transaction, slug);
  const build = BUILD_ID.test(buildId)
    ? await first<Omit<LockedBuild, 'ownerId'>>(
        transaction,
        sql`SELECT id, state, legacy_id AS "legacyId", project_id AS "projectId", devmason_reporter_id AS "reporterId",
            devmason_reporter_gone AS "reporterGone",
            devmason_step_count AS "stepCount" FROM build
          WHERE system = ${System.DEVMASON} AND legacy_id = ${`${slug}/${buildId}`} ${forUpdate(transaction)}`,
      )
    : undefined;
  if (!build) throw new BuildgateError('NOT_FOUND', 'build: there is no such build.');
  return { ...build, ownerId };
}

/** Locks the rows of a SELECT until the transaction ends; the embedded database has one writer at a time. */
export function forUpdate({ dialect }: Transaction): Sql {
  return raw(dialect === 'postgresql' ? 'FOR UPDATE' : '');
}
