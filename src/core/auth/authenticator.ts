import { randomBytes } from 'node:crypto';
import { BuildgateError } from '../errors.js';
import type { System } from '../model/states.js';
import { first, type Reader } from '../store/reader.js';
import { inList, raw, sql, type Sql } from '../store/sql.js';
import type { Store } from '../store/store.js';
import { storableText } from '../store/transaction.js';
import { basicCredentials } from './basic-credentials.js';
import { hashToken } from './kept-token.js';
import { MemberLogin } from './member-login.js';
import { isMemberName } from './members.js';
import { ANONYMOUS, UNRESTRICTED, type Principal } from './principal.js';
import { narrowed, ROLE_NAME, scopesOf, storedScopes } from './scopes.js';

/** Members of a role from the configuration. */
export interface ConfiguredRole {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** What an authenticator is made with. */
export interface AuthenticatorOptions {
  readonly store: Store;
  /** `none`: everybody may do everything and nobody has a name. */
  readonly mode: 'token' | 'none';
  /** Role name (`freshmaker/admin`) -> members. A role that is kept in the database takes precedence. */
  readonly roles: Readonly<Record<string, ConfiguredRole>>;
  /** Told of each use of a token, with the last one that the database knows of. */
  readonly onUse?: (tokenId: number, lastUsedAt: number | null) => void;
}

/** What a new token is made for. */
export interface TokenRequest {
  readonly user: string;
  /** Makes the user an administrator. */
  readonly admin?: boolean;
  /** Roles to give to the user: `agent`, or `<system>/<role>`. */
  readonly roles?: readonly string[];
  /** Groups to put the user into. */
  readonly groups?: readonly string[];
  /** What it is for, to tell it apart. */
  readonly name?: string | undefined;
  /** What it may at most: `read`, `admin` and roles; everything that the user may unless told. */
  readonly scopes?: readonly string[];
  /** How long it is good, in seconds; for ever unless told. */
  readonly expiresInSeconds?: number | undefined;
}

const TOKEN_PREFIX = 'bg_';
const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]+) *$/i;
const MAX_NAME = 200;
/** Characters that a token is told apart by: 36 bits of its 256 are no secret then. */
const SHOWN_LENGTH = TOKEN_PREFIX.length + 6;

/** A token that was shown. */
interface TokenRow extends UserRow {
  readonly tokenId: number;
  readonly lastUsedAt: number | null;
  readonly scopes: string | null;
}

interface UserRow {
  readonly id: number;
  readonly name: string;
  readonly admin: number | boolean;
  /** When the token expires by which the user was found, if it does. */
  readonly validUntil?: number | null;
}

/** Whether a token, a row `t`, is neither revoked nor at its end. */
function isGood(now: number): Sql {
  return sql`t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > ${now})`;
}

/** Tells who is asking from a token, and makes tokens. */
export class Authenticator {
  readonly #options: AuthenticatorOptions;
  readonly #members: MemberLogin;

  constructor(options: AuthenticatorOptions) {
    this.#options = options;
    this.#members = new MemberLogin(options.store);
  }

  /**
   * The principal behind an `Authorization` header; anonymous without one.
   * `Basic` credentials, where they are taken, are a user name and, as password, a token of that very user. They are
   * taken only where requests of foreign pages are refused: browsers send them by themselves.
   * @throws BuildgateError UNAUTHENTICATED when the header is neither, or the token is unknown, expired, revoked or
   * another user's
   */
  async authenticate(header: string | undefined, { basic: takesBasic = false } = {}): Promise<Principal> {
    if (this.#options.mode === 'none') return UNRESTRICTED;
    if (header === undefined || header.trim() === '') return ANONYMOUS;
    const bearer = BEARER.exec(header)?.[1];
    const basic = takesBasic ? basicCredentials(header) : undefined;
    const token = bearer ?? basic?.password;
    const user = token ? await this.#userOf(token) : undefined;
    if (!user || (basic && basic.name !== user.name)) {
      throw new BuildgateError(
        'UNAUTHENTICATED',
        `The ${basic ? 'user name or password' : 'bearer token'} is not valid.`,
      );
    }
    this.#options.onUse?.(user.tokenId, user.lastUsedAt);
    return narrowed(await this.#principalOf(user), scopesOf(user.scopes));
  }

  /**
   * Which of these `Authorization` headers, by which somebody signed in, are good no more: their tokens have ended or
   * were revoked.
   */
  async endedAmong(headers: readonly string[]): Promise<ReadonlySet<string>> {
    const { mode, store } = this.#options;
    if (mode === 'none' || headers.length === 0) return new Set();
    const hashes = new Map(headers.map((header) => [header, hashToken(BEARER.exec(header)?.[1] ?? '')]));
    const { dialect } = store;
    const good = await store.reader.all<{ hash: string }>(
      sql`SELECT t.hash AS hash FROM api_token t
        WHERE ${inList(dialect, raw('t.hash'), [...hashes.values()], 'text')} AND ${isGood(store.now())}`,
    );
    const kept = new Set(good.map(({ hash }) => hash));
    return new Set(headers.filter((header) => !kept.has(hashes.get(header)!)));
  }

  /**
   * The principal behind an `Authorization` header where a system has users of its own: `Basic` credentials are theirs,
   * and bearer tokens count as everywhere. A name that is new to the system makes a newcomer (contract devmason, section
   * 6.1).
   * @throws BuildgateError FORBIDDEN when the password is wrong or there is none; UNAUTHENTICATED when the header is
   * neither, or names nobody that could be a user
   */
  async authenticateMember(system: System, header: string | undefined): Promise<Principal> {
    if (this.#options.mode === 'none') return UNRESTRICTED;
    if (header === undefined || header.trim() === '' || BEARER.test(header)) return this.authenticate(header);
    const credentials = basicCredentials(header);
    if (!credentials || !isMemberName(credentials.name)) {
      throw new BuildgateError('UNAUTHENTICATED', 'The credentials are no user name with a password.');
    }
    return this.#members.signIn(system, credentials);
  }

  /** The principal of a name that a trusted proxy has checked; a name without an account has no roles of its own. */
  async vouchedFor(userName: string): Promise<Principal> {
    const { store, mode } = this.#options;
    if (mode === 'none') return UNRESTRICTED;
    const user = userName.includes('\0')
      ? undefined
      : await first<UserRow>(store.reader, sql`SELECT id, name, admin FROM user_account WHERE name = ${userName}`);
    return user ? this.#principalOf(user) : { userName, userId: null, admin: false, roles: new Set() };
  }

  async #principalOf({ id, name, admin, validUntil = null }: UserRow): Promise<Principal> {
    const principal = { userName: name, userId: id, admin: Boolean(admin), roles: await this.#rolesOf(id, name) };
    return validUntil === null ? principal : { ...principal, validUntil };
  }

  #userOf(token: string): Promise<TokenRow | undefined> {
    const { store } = this.#options;
    return first(
      store.reader,
      sql`SELECT u.id AS id, u.name AS name, u.admin AS admin, t.expires_at AS "validUntil",
          t.id AS "tokenId", t.last_used_at AS "lastUsedAt", t.scopes AS scopes FROM api_token t JOIN user_account u ON u.id = t.user_id
        WHERE t.hash = ${hashToken(token)} AND ${isGood(store.now())}`,
    );
  }

  async #rolesOf(userId: number, name: string): Promise<Set<string>> {
    const { reader } = this.#options.store;
    const groups = await reader.all<{ name: string }>(
      sql`SELECT group_name AS name FROM user_group WHERE user_id = ${userId}`,
    );
    const rows = await reader.all<{ role: string; member: number }>(
      sql`SELECT r.name AS role, COUNT(m.role) AS member FROM access_role r LEFT JOIN access_role_member m ON m.role = r.name
        AND ((m.member_kind = 'user' AND m.member = ${name}) OR (m.member_kind = 'group' AND m.member IN
          (SELECT group_name FROM user_group WHERE user_id = ${userId}))) GROUP BY r.name`,
    );
    const kept = new Set(rows.map(({ role }) => role));
    const held = new Set(rows.filter(({ member }) => member > 0).map(({ role }) => role));
    const names = new Set(groups.map((group) => group.name));
    for (const [role, { users, groups: members }] of Object.entries(this.#options.roles)) {
      if (kept.has(role)) continue;
      if (users.includes(name) || members.some((group) => names.has(group))) held.add(role);
    }
    return held;
  }
}

/**
 * Makes a token; creates the user if there is none of that name. Only the hash is stored: the result is shown once.
 * @throws BuildgateError INVALID for a name that no user can have or a role that cannot exist
 */
export async function createToken(store: Store, request: TokenRequest): Promise<string> {
  checkName('user', request.user);
  if (request.name !== undefined) checkName('name', request.name);
  for (const group of request.groups ?? []) checkName('group', group);
  for (const role of request.roles ?? []) {
    if (!ROLE_NAME.test(role))
      throw new BuildgateError('INVALID', `role: "${role}" is neither agent, operator nor system/role.`);
  }
  const scopes = storedScopes(request.scopes ?? []);
  const { name = null, expiresInSeconds = null } = request;
  const token = `${TOKEN_PREFIX}${randomBytes(32).toString('base64url')}`;
  await store.transact(UNRESTRICTED, async (transaction) => {
    const userId = await ensureUser(transaction, request.user, transaction.now);
    if (request.admin) await transaction.all(sql`UPDATE user_account SET admin = ${true} WHERE id = ${userId}`);
    for (const role of request.roles ?? []) await giveRole(transaction, role, request.user);
    for (const group of request.groups ?? []) {
      await transaction.all(
        sql`INSERT INTO user_group (user_id, group_name) VALUES (${userId}, ${group}) ON CONFLICT DO NOTHING`,
      );
    }
    await transaction.all(
      sql`INSERT INTO api_token (user_id, hash, created_at, expires_at, prefix, name, scopes)
        VALUES (${userId}, ${hashToken(token)}, ${transaction.now},
          ${expiresInSeconds === null ? null : transaction.now + expiresInSeconds * 1_000_000},
          ${token.slice(0, SHOWN_LENGTH)}, ${name}, ${scopes})`,
    );
  });
  return token;
}

async function ensureUser(reader: Reader, name: string, now: number): Promise<number> {
  await reader.all(
    sql`INSERT INTO user_account (name, admin, created_at) VALUES (${name}, ${false}, ${now}) ON CONFLICT (name) DO NOTHING`,
  );
  const row = await first<{ id: number }>(reader, sql`SELECT id FROM user_account WHERE name = ${name}`);
  if (!row) throw new Error('The user was not stored.');
  return row.id;
}

async function giveRole(reader: Reader, role: string, user: string): Promise<void> {
  await reader.all(sql`INSERT INTO access_role (name) VALUES (${role}) ON CONFLICT DO NOTHING`);
  await reader.all(
    sql`INSERT INTO access_role_member (role, member_kind, member) VALUES (${role}, 'user', ${user}) ON CONFLICT DO NOTHING`,
  );
}

function checkName(field: string, name: string): void {
  storableText(field, name);
  if (name.trim() === '' || name.length > MAX_NAME) {
    throw new BuildgateError('INVALID', `${field}: must have 1 to ${MAX_NAME} characters.`);
  }
}
