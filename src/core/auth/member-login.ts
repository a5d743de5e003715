import { createHmac, randomBytes } from 'node:crypto';
import { BoundedCache } from '../bounded-cache.js';
import { BuildgateError } from '../errors.js';
import type { System } from '../model/states.js';
import { sql } from '../store/sql.js';
import type { Store } from '../store/store.js';
import type { BasicCredentials } from './basic-credentials.js';
import { Member } from './member.js';
import { findMember, isAccountName, type MemberRow } from './members.js';
import { checkPassword, hashPassword } from './passwords.js';
import { UNRESTRICTED, type Principal } from './principal.js';

const REMEMBERED = 10_000;

/** Signs in the users that systems have for themselves. */
export class MemberLogin {
  readonly #store: Store;
  // To check a password takes long on purpose, and these clients send theirs with each request. A key tells neither the
  // password nor its hash, and is of no use to another process.
  readonly #right = new BoundedCache<string, true>(REMEMBERED);
  // A newcomer's machines often begin at the same moment. With one hash for all of them, those who come second are known
  // by it, and no password is checked while a transaction is open.
  readonly #newcomers = new BoundedCache<string, Promise<string>>(REMEMBERED);
  readonly #secret = randomBytes(32);

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * The principal of a name and password; a newcomer, who is not stored, when nobody has the name.
   * @throws BuildgateError FORBIDDEN when the password is wrong, the member has none, or the name is that of an account
   * of the gateway without being a member's
   */
  async signIn(system: System, { name, password }: BasicCredentials): Promise<Principal> {
    const known = await findMember(this.#store.reader, system, name);
    const accepted = known ? await this.isRight(known, password) : !(await isAccountName(this.#store.reader, name));
    if (!accepted) throw new BuildgateError('FORBIDDEN', 'The user name or password is wrong.');
    const hash = (): Promise<string> => this.#hashOf(name, password);
    const member = new Member({ system, id: known?.id ?? null, name, password, hash });
    return { userName: name, userId: null, admin: false, roles: new Set(), member };
  }

  /** Whether a member has the password. A hash of an old form is replaced by one of today's when it is right. */
  async isRight({ id, passwordHash }: MemberRow, password: string): Promise<boolean> {
    if (passwordHash === null) return false;
    const key = this.#keyOf(passwordHash, password);
    if (this.#right.get(key)) return true;
    const outcome = await checkPassword(passwordHash, password);
    if (outcome === 'right') this.#right.set(key, true);
    // Nobody waits for it, and a failure only leaves it to the next login.
    if (outcome === 'outdated') this.#replaceHash(id, passwordHash, password).catch(() => undefined);
    return outcome !== 'wrong';
  }

  /** A salted hash of a newcomer's password: the same one for all who come with the same name and password. */
  #hashOf(name: string, password: string): Promise<string> {
    const key = this.#keyOf(name, password);
    const hash = this.#newcomers.get(key) ?? hashPassword(password);
    this.#newcomers.set(key, hash);
    return hash;
  }

  #keyOf(...secrets: readonly string[]): string {
    return createHmac('sha256', this.#secret).update(JSON.stringify(secrets)).digest('base64');
  }

  /** Stores today's form of a hash, unless the password was changed meanwhile. */
  async #replaceHash(id: number, outdated: string, password: string): Promise<void> {
    const hash = await hashPassword(password);
    await this.#store.transact(UNRESTRICTED, (transaction) =>
      transaction.all(sql`UPDATE member SET password_hash = ${hash} WHERE id = ${id} AND password_hash = ${outdated}`),
    );
  }
}
