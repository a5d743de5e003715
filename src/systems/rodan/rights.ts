import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { type AccessRule, anyUser } from '../../core/graphql/access.js';
import { first, type Reader } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import { isStranger, readViewer, type RodanViewer } from './viewer.js';

/** Who may do what (contract rodan, section 4). */

/** What somebody is to a project. */
export interface Standing {
  readonly creator: boolean;
  /** The creator always is one. */
  readonly admin: boolean;
  readonly worker: boolean;
}

/** What can be done with a project. Everything in it may be seen and changed by whoever may `view` the project. */
export type ProjectRight = 'view' | 'change' | 'delete' | 'setAdmins' | 'setWorkers';

/** What everybody else is. */
export const STRANGER: Standing = { creator: false, admin: false, worker: false };

/** Whether somebody with this standing has a right on the project. */
export function hasRight(
  right: ProjectRight,
  { superuser }: Pick<RodanViewer, 'superuser'>,
  { creator, admin, worker }: Standing,
): boolean {
  if (right === 'view') return superuser || creator || admin || worker;
  if (right === 'change') return superuser || creator || admin;
  if (right === 'delete') return superuser || creator;
  // Being a superuser makes nobody the creator or an admin here.
  return right === 'setAdmins' ? creator : creator || admin;
}

/** Roles of members of projects, as the table holds them. */
export const ADMIN = 1;
/** As `ADMIN`. */
export const WORKER = 2;

/** What a viewer is to a project; undefined when there is no such project. */
export async function standingIn(
  reader: Reader,
  viewer: RodanViewer,
  projectUuid: string,
): Promise<Standing | undefined> {
  const row = await first<{ creator: number; admin: number; worker: number }>(
    reader,
    sql`SELECT p.creator_number AS creator,
        (SELECT COUNT(*) FROM rodan_project_member m WHERE m.project_uuid = p.uuid AND m.user_number = ${viewer.number}
          AND m.role = ${ADMIN}) AS admin,
        (SELECT COUNT(*) FROM rodan_project_member m WHERE m.project_uuid = p.uuid AND m.user_number = ${viewer.number}
          AND m.role = ${WORKER}) AS worker
      FROM rodan_project p WHERE p.uuid = ${projectUuid}`,
  );
  if (!row || viewer.number === null) return row && STRANGER;
  return { creator: row.creator === viewer.number, admin: row.admin > 0, worker: row.worker > 0 };
}

/**
 * Fields for whoever is signed in to Rodan or to the gateway. Whether a user is still active, and what they may do with an
 * object, the verb asks.
 */
export function viewers(who: string): AccessRule {
  return anyUser(who, ({ principal }) => {
    if (isStranger(principal)) throw unauthenticated();
  });
}

function unauthenticated(): BuildgateError {
  return new BuildgateError('UNAUTHENTICATED', 'Authentication credentials were not provided.');
}

/**
 * Refuses callers that nobody knows.
 * @throws BuildgateError UNAUTHENTICATED
 */
export async function requireViewer(reader: Reader, principal: Principal): Promise<RodanViewer> {
  const viewer = await readViewer(reader, principal);
  if (!viewer) throw unauthenticated();
  return viewer;
}
