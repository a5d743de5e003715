import { ANONYMOUS, type Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import type { AccessRule } from '../../core/graphql/access.js';
import type { TokenRow } from './reads.js';

/**
 * Who may do what (contract kernelci, section 7). Each property of a token is a role `kernelci/<name>`; the role
 * `kernelci/token/<legacy id>` says which token it was. Administrators of the gateway may do everything; its other users
 * may do what tokens with GET and POST may.
 */

/** Name of the role for each element of `properties`; the others are unused. */
export const TOKEN_PROPERTIES = [
  ...(['admin', 'superuser', 'get', 'post', 'delete', 'ip_restricted', 'create_token', 'lab', 'upload'] as const),
  'test_lab',
] as const;
/** A property of tokens. */
export type TokenProperty = (typeof TOKEN_PROPERTIES)[number];

/** Elements of `properties` in a document. */
export const PROPERTY_COUNT = 16;

const TOKEN_ROLE = 'kernelci/token/';
const OF_USERS = ['kernelci/get', 'kernelci/post'];

/** The bit of a property in the column. */
export function bitOf(property: TokenProperty): number {
  return 1 << TOKEN_PROPERTIES.indexOf(property);
}

/** Who a token stands for. Its owner's e-mail address is shown to nobody. */
export function tokenPrincipal({ legacyId, properties, expiresAt }: TokenRow, username: string | null): Principal {
  const held = TOKEN_PROPERTIES.filter((property) => (properties & bitOf(property)) !== 0);
  const roles = new Set([`${TOKEN_ROLE}${legacyId}`, ...held.map((property) => `kernelci/${property}`)]);
  const until = expiresAt === null ? {} : { validUntil: expiresAt };
  return { ...ANONYMOUS, ...until, userName: username ?? `token ${legacyId}`, roles };
}

/** A user of the gateway as the old API sees them. */
export function userPrincipal(principal: Principal): Principal {
  return isUser(principal) ? { ...principal, roles: new Set([...principal.roles, ...OF_USERS]) } : principal;
}

/** Legacy id of the token that the caller used; null when they used none. */
export function tokenOf({ roles }: Principal): string | null {
  const role = [...roles].find((name) => name.startsWith(TOKEN_ROLE));
  return role === undefined ? null : role.slice(TOKEN_ROLE.length);
}

/** Whether the caller has one of the properties. */
export function holds(principal: Principal, ...properties: readonly TokenProperty[]): boolean {
  const { admin, roles } = userPrincipal(principal);
  return admin || properties.some((property) => roles.has(`kernelci/${property}`));
}

/**
 * Refuses callers that have none of the properties.
 * @throws BuildgateError UNAUTHENTICATED without credentials, FORBIDDEN without the property
 */
function requireProperty(principal: Principal, ...properties: readonly TokenProperty[]): void {
  if (holds(principal, ...properties)) return;
  if (principal.userName === null) throw new BuildgateError('UNAUTHENTICATED', 'This operation needs a bearer token.');
  const roles = properties.map((property) => `kernelci/${property}`).join(', ');
  throw new BuildgateError('FORBIDDEN', `This operation needs one of the roles: ${roles}.`);
}

/** Who may do something: said and asked at the field of the schema, and asked once more by the verb. */
export interface Permission extends AccessRule {
  /** @throws BuildgateError UNAUTHENTICATED, FORBIDDEN */
  readonly demand: (principal: Principal) => void;
}

function holders(who: string, ...properties: readonly TokenProperty[]): Permission {
  const needs = properties.map((property) => `kernelci/${property}`);
  const demand = (principal: Principal): void => requireProperty(principal, ...properties);
  return { who, needs, demand, check: ({ principal }) => demand(principal) };
}

/** Lab tokens never delete jobs and builds. */
function requireDelete(principal: Principal): void {
  requireProperty(principal, 'delete');
  if (!principal.admin && holds(principal, 'lab'))
    throw new BuildgateError('FORBIDDEN', 'Tokens of labs delete boot reports only.');
}

/** Somebody with an account of the gateway, as opposed to a token and to a member of another system. */
function isUser({ userName, member, roles }: Principal): boolean {
  return userName !== null && !member && tokenOf({ roles } as Principal) === null;
}

/** Who reports jobs and builds. */
export const POSTERS = holders('Needs the role post, or any account of the gateway.', 'post');
/** Who reports boots; whose, the verb asks. */
export const BOOT_POSTERS = holders("Needs the role post and the lab's token, or the role admin.", 'post');
/** Who reports tests. */
export const TESTERS = holders('Needs the role test_lab, admin or superuser.', 'test_lab', 'admin', 'superuser');
/** Who deletes jobs and builds. */
export const DELETERS: Permission = {
  ...holders('Needs the role delete, and not lab.', 'delete'),
  demand: requireDelete,
  check: ({ principal }) => requireDelete(principal),
};
/** Who deletes boots; whose, the verb asks. */
export const BOOT_DELETERS = holders(
  "Needs the role delete; a lab's token deletes those of its own lab only.",
  'delete',
);
/** Who writes labs and tokens. */
export const ADMINS = holders('Needs the role admin.', 'admin');
/** Who sees labs and tokens. */
export const INSIDERS = holders('Needs the role admin or superuser.', 'admin', 'superuser');
