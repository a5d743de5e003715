import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { System } from '../../core/model/states.js';

/** Who may do what (contract devmason, sections 6.3 and 7). Ids are those of users; null stands for nobody. */

/** Who asks: internal id as a user of Devmason, null for everybody else. */
export interface Asker {
  readonly principal: Principal;
  readonly memberId: number | null;
}

/** Whose a build is. */
export interface Belonging {
  readonly reporterId: number | null;
  /** It had a reporter, who was deleted. */
  readonly reporterGone: boolean | number | null;
  /** Owner of its project. */
  readonly ownerId: number | null;
}

/** Whether nobody knows the caller; users of another system are nobody here. */
function isAnonymous({ userName, admin, member }: Principal): boolean {
  return !admin && (userName === null || (member !== undefined && member.system !== System.DEVMASON));
}

/** Whether the asker has the rights of the owner of a project. */
export function mayChangeProject(asker: Asker, ownerId: number | null): boolean {
  return asker.principal.admin || (ownerId !== null && ownerId === asker.memberId);
}

/** Whether the asker has the rights of the reporter of a build or of the owner of its project. */
export function mayDeleteBuild(asker: Asker, { reporterId, ownerId }: Belonging): boolean {
  return mayChangeProject(asker, ownerId) || mayChangeProject(asker, reporterId);
}

/** Whether the asker may add steps to a build and finish it: anybody may, when it was started without credentials. */
export function mayAddSteps(asker: Asker, build: Belonging): boolean {
  const anonymous = build.reporterId === null && !build.reporterGone;
  return anonymous || mayDeleteBuild(asker, build);
}

/**
 * Refuses callers that nobody knows.
 * @throws BuildgateError UNAUTHENTICATED
 */
export function requireUser(principal: Principal): void {
  if (isAnonymous(principal)) throw new BuildgateError('UNAUTHENTICATED', 'This needs credentials.');
}

/**
 * Refuses somebody without the right: who did not say who they are is asked to.
 * @throws BuildgateError UNAUTHENTICATED or FORBIDDEN
 */
export function refuse(principal: Principal, message: string): never {
  requireUser(principal);
  throw new BuildgateError('FORBIDDEN', message);
}
