import type { Member } from './member.js';

/** Who performs an operation and what they may do; made once per operation. */
export interface Principal {
  /** Name of the user, null for an anonymous caller and when authentication is switched off. */
  readonly userName: string | null;
  /** Internal id of the user; null with the name. */
  readonly userId: number | null;
  /** Gateway administrator: has every role. */
  readonly admin: boolean;
  /** Roles held, as `<system>/<role>` in lower case (`freshmaker/manual_rebuilder`) or the gateway's own (`agent`, `operator`). */
  readonly roles: ReadonlySet<string>;
  /** When the credentials expire, microseconds since 1970; left out where that is never. */
  readonly validUntil?: number;
  /** The credentials are for reading only: they call no mutation, whatever the user may. */
  readonly readOnly?: true;
  /** Set for who signed in as a user of one system: they have no roles, and no rights outside of that system. */
  readonly member?: Member;
}

/** A caller without credentials: may read, nothing else. */
export const ANONYMOUS: Principal = { userName: null, userId: null, admin: false, roles: new Set() };

/** Everybody, when authentication is switched off (`BUILDGATE_AUTH=none`): may do everything, has no name. */
export const UNRESTRICTED: Principal = { userName: null, userId: null, admin: true, roles: new Set() };

/** Whether the principal is an administrator or holds one of the roles. */
export function hasAnyRole(principal: Principal, roles: readonly string[]): boolean {
  return principal.admin || roles.some((role) => principal.roles.has(role));
}
