import { BuildgateError } from '../errors.js';
import type { Reader } from '../store/reader.js';
import { sql } from '../store/sql.js';
import type { Store } from '../store/store.js';
import { UNRESTRICTED } from './principal.js';
import { scopesOf } from './scopes.js';

/** A token as people see it: never the token itself. Times are microseconds since 1970. */
export interface ListedToken {
  readonly id: number;
  /** How it begins; null for those of versions that did not keep it. */
  readonly prefix: string | null;
  readonly user: string;
  /** What it was made for, in the words of who made it. */
  readonly name: string | null;
  /** What it is narrowed to; empty: it may what its user may. */
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly expiresAt: number | null;
  /** To the hour; what answers from memory is not counted. */
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

interface TokenRow extends Omit<ListedToken, 'scopes'> {
  readonly scopes: string | null;
}

/** The tokens of a user, or of all users, those made last first. */
export async function listTokens(reader: Reader, user: string | null): Promise<ListedToken[]> {
  const ofUser = user === null ? sql`` : sql`WHERE u.name = ${user}`;
  const rows = await reader.all<TokenRow>(
    sql`SELECT t.id AS id, t.prefix AS prefix, u.name AS "user", t.name AS name, t.scopes AS scopes, t.created_at AS "createdAt",
        t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt", t.revoked_at AS "revokedAt"
      FROM api_token t JOIN user_account u ON u.id = t.user_id ${ofUser} ORDER BY t.created_at DESC, t.id DESC`,
  );
  return rows.map((row) => ({ ...row, scopes: scopesOf(row.scopes) }));
}

/** Shortest beginning that names a token. */
const MIN_PREFIX = 6;

/**
 * Makes tokens useless from now on, each by its id or by how it begins; all or none. One that is revoked already stays
 * so since then. Gives how many there are.
 * @throws BuildgateError INVALID for a beginning that is too short or fits several; NOT_FOUND for none
 */
export async function revokeTokens(store: Store, named: readonly string[]): Promise<number> {
  return store.transact(UNRESTRICTED, async (transaction) => {
    const tokens = await listTokens(transaction, null);
    const ids = new Set(named.map((name) => meant(tokens, name).id));
    for (const id of ids) {
      await transaction.all(
        sql`UPDATE api_token SET revoked_at = ${transaction.now} WHERE id = ${id} AND revoked_at IS NULL`,
      );
    }
    return ids.size;
  });
}

function meant(tokens: readonly ListedToken[], name: string): ListedToken {
  const isId = /^\d+$/.test(name);
  if (!isId && name.length < MIN_PREFIX)
    throw new BuildgateError('INVALID', `token: give its id, or at least ${MIN_PREFIX} of its first characters.`);
  // A whole token says which it is as well as its beginning does.
  const found = tokens.filter(({ id, prefix }) =>
    isId ? String(id) === name : prefix !== null && (prefix.startsWith(name) || name.startsWith(prefix)),
  );
  const [token, ...more] = found;
  if (!token) throw new BuildgateError('NOT_FOUND', 'token: there is none with this id or beginning.');
  if (more.length > 0) throw new BuildgateError('INVALID', 'token: several begin like this; give the id.');
  return token;
}
