import { randomBytes } from 'node:crypto';
import { keepToken } from '../../../core/auth/kept-token.js';
import { createMember, findMember, isAccountName } from '../../../core/auth/members.js';
import { hashPassword } from '../../../core/auth/passwords.js';
import type { Principal } from '../../../core/auth/principal.js';
import type { SecretBox } from '../../../core/auth/secrets.js';
import type { SignInLimit } from '../../../core/auth/sign-in-limit.js';
import type { BuildgateError } from '../../../core/errors.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { insertRows } from '../../../core/store/rows.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { FieldFaults, invalidFields, NO_UNIQUE } from '../field-rules.js';
import { requireViewer } from '../rights.js';
import { ensureUser, principalOf, takeUserNumber } from './callers.js';
import type { RodanUsers } from './identify.js';
import { notLoggedIn, notPermitted, unauthenticated } from './refusals.js';
import { lockUser, userByEmail, userByName, type StoredUser } from './stored-users.js';
import {
  takeEmail,
  takePassword,
  takeRequired,
  takeSecret,
  takeText,
  takeUsername,
  type Given,
} from './user-fields.js';

/** What the service is made with. */
export interface UserServiceOptions {
  readonly store: Store;
  readonly secrets: SecretBox;
  readonly users: RodanUsers;
  /** Counts wrong passwords; left out where nobody does. */
  readonly signIns?: SignInLimit;
}

/** What somebody logs in with: a name or an address, and a password. */
export type Credentials = Readonly<Partial<Record<'username' | 'email' | 'password', Given>>>;

/** What a user may change about themselves; what is not given stays. */
export type UserChange = Readonly<Partial<Record<'username' | 'firstName' | 'lastName' | 'email', Given>>>;

/** What a user is made of. */
export type NewUser = Readonly<Partial<Record<'username' | 'password' | 'email', Given>>>;

/** An old and a new password. */
export type PasswordChange = Readonly<Partial<Record<'currentPassword' | 'newPassword', Given>>>;

/** Whether a verb only checks what it is given. */
export interface Checking {
  readonly onlyCheck: boolean;
}

const CHANGE: Checking = { onlyCheck: false };
const NO_PASSWORD = 'Invalid password.';
const KEY_BYTES = 20;

/**
 * What users do about themselves, and how there come to be users (contract rodan, section 4), one transaction each.
 * Faults of fields are BuildgateErrors INVALID with all of them in `details.errors`. Nobody changes what they may do.
 */
export class UserService {
  constructor(private readonly options: UserServiceOptions) {}

  /**
   * Logs in: gives the number of the user and their API key, the same one until it is reset.
   * @throws BuildgateError UNAUTHENTICATED when the name or the password is missing or the pair is wrong; FORBIDDEN for
   * an inactive user with the right password; RATE_LIMITED after too many wrong ones from an address
   */
  async logIn(
    { username, email, password }: Credentials,
    address?: string,
  ): Promise<{ token: string; number: number }> {
    const { store, users, signIns } = this.options;
    if (!username && !email) throw unauthenticated('loginWithoutName');
    if (!password) throw unauthenticated('loginWithoutPassword');
    const name = username || (email ?? '');
    const signIn = async (): Promise<StoredUser> => {
      const user = await (username ? userByName(store.reader, name) : userByEmail(store.reader, name));
      if (!(await users.hasPassword(user, password)) || !user) throw notLoggedIn('UNAUTHENTICATED');
      return user;
    };
    const attempt = { address, name, credentials: JSON.stringify([name, password]) };
    const user = await (signIns ? signIns.guard(attempt, signIn) : signIn());
    if (!user.active) throw notLoggedIn('FORBIDDEN');
    return { token: this.#reveal(user) ?? (await this.#giveToken(user)), number: user.number };
  }

  /** Drops the API key of the caller, if there is one: the next login makes another. @throws BuildgateError UNAUTHENTICATED */
  async resetToken(principal: Principal): Promise<void> {
    await this.options.store.transact(principal, async (transaction) => {
      const { id } = await ensureUser(transaction);
      await transaction.all(
        sql`UPDATE rodan_user SET token_hash = NULL, token_sealed = NULL, imported_token_hash = NULL WHERE id = ${id}`,
      );
    });
  }

  /** Gives the caller another password. @throws BuildgateError UNAUTHENTICATED, INVALID */
  async changePassword(principal: Principal, change: PasswordChange, { onlyCheck } = CHANGE): Promise<void> {
    const { store, users } = this.options;
    const user = await store.transact(principal, ensureUser);
    const faults = new FieldFaults();
    const password = takePassword(faults, 'new_password', change.newPassword);
    const current = takeSecret(faults, 'current_password', change.currentPassword);
    if (current !== undefined && !(await users.hasPassword(user, current))) faults.add('current_password', NO_PASSWORD);
    faults.refuse();
    if (onlyCheck || password === undefined) return;
    const hash = await hashPassword(password);
    await store.transact(principal, (transaction) =>
      transaction.all(sql`UPDATE member SET password_hash = ${hash} WHERE id = ${user.id}`),
    );
  }

  /** Changes the caller; gives their number. @throws BuildgateError UNAUTHENTICATED, INVALID */
  async updateMe(principal: Principal, change: UserChange, { onlyCheck } = CHANGE): Promise<number> {
    return this.options.store.transact(principal, async (transaction) => {
      const user = await ensureUser(transaction);
      const faults = new FieldFaults();
      const name = takeUsername(faults, change.username, user.name) ?? user.name;
      const firstName = takeText(faults, 'first_name', change.firstName) ?? null;
      const lastName = takeText(faults, 'last_name', change.lastName) ?? null;
      const email = takeEmail(faults, change.email) ?? null;
      if (name !== user.name && (await isTaken(transaction, principal, name))) faults.add('username', NO_UNIQUE);
      faults.refuse();
      if (onlyCheck) return user.number;
      if (name !== user.name) await rename(transaction, user.id, name);
      await transaction.all(sql`UPDATE rodan_user SET first_name = COALESCE(${firstName}, first_name),
          last_name = COALESCE(${lastName}, last_name), email = COALESCE(${email}, email) WHERE id = ${user.id}`);
      return user.number;
    });
  }

  /** Makes a user who asks for it: nobody needs credentials. Gives the number; null after a check. @throws BuildgateError INVALID */
  register(principal: Principal, input: NewUser, checking = CHANGE): Promise<number | null> {
    return this.#make(principal, input, checking);
  }

  /**
   * Makes a user; gives the number, or null after a check.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN for who is not staff, INVALID
   */
  async create(principal: Principal, input: NewUser, checking = CHANGE): Promise<number | null> {
    const { staff } = await requireViewer(this.options.store.reader, principal);
    if (!staff) throw notPermitted();
    return this.#make(principal, input, checking);
  }

  async #make(principal: Principal, input: NewUser, { onlyCheck }: Checking): Promise<number | null> {
    const { store } = this.options;
    const faults = new FieldFaults();
    const name = takeRequired(faults, 'username', input.username, takeUsername);
    const password = takePassword(faults, 'password', input.password);
    const email = takeEmail(faults, input.email) ?? '';
    if (name !== undefined && (await isTaken(store.reader, principal, name))) faults.add('username', NO_UNIQUE);
    faults.refuse();
    if (onlyCheck || name === undefined || password === undefined) return null;
    const hash = await hashPassword(password);
    return store.transact(principal, async (transaction) => {
      const number = await takeUserNumber(transaction);
      await requireFree(transaction, name);
      const id = await createMember(transaction, System.RODAN, name, hash);
      if (id === undefined) throw taken();
      await insertRows(transaction, 'rodan_user', [{ id, number, email }]);
      return number;
    });
  }

  /** The API key of a user; null when there is none, or the key of the installation is another one now. */
  #reveal({ tokenSealed }: StoredUser): string | null {
    return tokenSealed === null ? null : this.options.secrets.unseal(tokenSealed);
  }

  /** Makes an API key, unless another login did meanwhile. */
  #giveToken(user: StoredUser): Promise<string> {
    const { store, secrets } = this.options;
    return store.transact(principalOf(user, null), async (transaction) => {
      const locked = await lockUser(transaction, user.id);
      const known = locked ? this.#reveal(locked) : null;
      if (known !== null) return known;
      const token = randomBytes(KEY_BYTES).toString('hex');
      const { hash, sealed } = keepToken(secrets, token);
      await transaction.all(
        sql`UPDATE rodan_user SET token_hash = ${hash}, token_sealed = ${sealed} WHERE id = ${user.id}`,
      );
      return token;
    });
  }
}

/** Gives a user another name, which nobody else can take meanwhile. @throws BuildgateError INVALID */
async function rename(transaction: Transaction, id: number, name: string): Promise<void> {
  await takeUserNumber(transaction);
  await requireFree(transaction, name);
  await transaction.all(sql`UPDATE member SET name = ${name} WHERE id = ${id}`);
}

async function requireFree(transaction: Transaction, name: string): Promise<void> {
  if (await isTaken(transaction, transaction.principal, name)) throw taken();
}

function taken(): BuildgateError {
  return invalidFields({ username: [NO_UNIQUE] });
}

/**
 * Whether the caller cannot have a name, or give it to somebody. Names of accounts of the gateway are for these and for
 * administrators to give: the account would act as the user, and the other way round.
 */
async function isTaken(reader: Reader, { userId, userName, admin }: Principal, name: string): Promise<boolean> {
  if (await findMember(reader, System.RODAN, name)) return true;
  const isOwn = userId !== null && userName === name;
  return !admin && !isOwn && (await isAccountName(reader, name));
}
