import { BuildgateError } from '../errors.js';
import type { Principal } from './principal.js';

/** The scope of a token that calls no mutation. */
export const READ = 'read';
/** The scope of a token that stays an administrator's. */
const ADMIN = 'admin';

/** What a role looks like: `agent`, `freshmaker/admin`. */
export const ROLE_NAME = /^[a-z][a-z0-9_]*(\/[a-z][a-z0-9_]*)?$/;

/**
 * A principal narrowed to the scopes of their token: with `read` they change nothing; as soon as roles are named, they
 * hold of their own roles only these, and are an administrator only with `admin`. What a system grants a user by name
 * (projects of theirs, flags) is not narrowed but by `read`.
 */
export function narrowed(principal: Principal, scopes: readonly string[]): Principal {
  const named = scopes.filter((scope) => scope !== READ);
  const readOnly = named.length < scopes.length ? ({ readOnly: true } as const) : {};
  if (named.length === 0) return { ...principal, ...readOnly };
  const { admin, roles } = principal;
  const kept = named.filter((scope) => scope !== ADMIN && (admin || roles.has(scope)));
  return { ...principal, ...readOnly, admin: admin && named.includes(ADMIN), roles: new Set(kept) };
}

/** Scopes as a column keeps them; null for a token that is not narrowed. @throws BuildgateError INVALID for what is none */
export function storedScopes(scopes: readonly string[]): string | null {
  for (const scope of scopes) {
    if (!ROLE_NAME.test(scope))
      throw new BuildgateError('INVALID', `scope: "${scope}" is neither read, admin nor a role.`);
  }
  return scopes.length === 0 ? null : [...new Set(scopes)].toSorted().join(' ');
}

/** Scopes from their column. */
export function scopesOf(stored: string | null): readonly string[] {
  return stored === null ? [] : stored.split(' ');
}
