import assert from 'node:assert/strict';
import { pbkdf2Sync } from 'node:crypto';
import { Authenticator, createToken, type TokenRequest } from '../../../src/core/auth/authenticator.js';
import { hashToken, keepToken } from '../../../src/core/auth/kept-token.js';
import { ANONYMOUS, type Principal } from '../../../src/core/auth/principal.js';
import { BuildgateError } from '../../../src/core/errors.js';
import { System } from '../../../src/core/model/states.js';
import type { NewRow } from '../../../src/core/store/rows.js';
import { sql } from '../../../src/core/store/sql.js';
import type { Store } from '../../../src/core/store/store.js';
import { RodanUsers } from '../../../src/systems/rodan/users/identify.js';
import { UserService } from '../../../src/systems/rodan/users/user-service.js';
import { ownStore, type OwnStore } from '../../core/world.js';
import { SECRETS } from '../../support/secrets.js';
import { RodanData } from './data.js';

/** A password as Django stores it; few rounds, so that tests need not wait. */
export function django(password: string): string {
  return `pbkdf2_sha256$10$s4lt$${pbkdf2Sync(password, 's4lt', 10, 32, 'sha256').toString('base64')}`;
}

/** An `Authorization` header with name and password. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** Who a user is besides the columns of their row. */
export interface Known {
  /** Hash of the password. */
  readonly hash?: string;
  /** The API key. */
  readonly token?: string;
}

/** Stores a user as an import does; gives the number. */
export async function addUser(
  store: Store,
  data: RodanData,
  name: string,
  { hash, token, ...columns }: Known & NewRow = {},
): Promise<number> {
  const kept = token === undefined ? undefined : keepToken(SECRETS, token);
  const number = await data.user(name, {
    ...columns,
    ...(kept && { token_hash: kept.hash, token_sealed: kept.sealed }),
  });
  if (hash !== undefined) {
    await store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE member SET password_hash = ${hash} WHERE system = ${System.RODAN} AND name = ${name}`),
    );
  }
  return number;
}

/** Users of Rodan on a database of their own. */
export class UsersWorld {
  readonly users: RodanUsers;
  readonly service: UserService;
  readonly data: RodanData;

  private constructor(readonly own: OwnStore) {
    this.users = this.usersWith('token');
    this.service = new UserService({ store: own.store, secrets: SECRETS, users: this.users });
    this.data = new RodanData(own.store);
  }

  static async open(): Promise<UsersWorld> {
    return new UsersWorld(await ownStore());
  }

  usersWith(mode: 'token' | 'none'): RodanUsers {
    const { store } = this.own;
    return new RodanUsers({ store, mode, authenticator: new Authenticator({ store, mode, roles: {} }) });
  }

  add(name: string, known: Known & NewRow = {}): Promise<number> {
    return addUser(this.own.store, this.data, name, known);
  }

  /** The principal of an account of the gateway. */
  async account(user: string, request: Omit<TokenRequest, 'user'> = {}): Promise<Principal> {
    return this.users.identify(`Bearer ${await createToken(this.own.store, { user, ...request })}`);
  }

  /** Stored hash of the password of a user. */
  async hashOf(name: string): Promise<string | null> {
    const rows = await this.own.store.reader.all<{ hash: string | null }>(
      sql`SELECT password_hash AS hash FROM member WHERE system = ${System.RODAN} AND name = ${name}`,
    );
    return rows[0]!.hash;
  }

  /** Name of the user whose key this is; undefined when it is nobody's. */
  async ownerOf(token: string): Promise<string | undefined> {
    const rows = await this.own.store.reader.all<{ name: string }>(
      sql`SELECT m.name AS name FROM rodan_user u JOIN member m ON m.id = u.id WHERE u.token_hash = ${hashToken(token)}`,
    );
    return rows[0]?.name;
  }

  close(): Promise<void> {
    return this.own.close();
  }
}

/** Code, message and details of a refusal; fails when there is none. */
export async function refusal(work: Promise<unknown>): Promise<BuildgateError> {
  const error = await work.catch((reason: unknown) => reason);
  assert.ok(error instanceof BuildgateError, `Not refused: ${String(error)}`);
  return error;
}
