import { createMember, isAccountName } from '../../core/auth/members.js';
import { hashPassword } from '../../core/auth/passwords.js';
import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import type { Transaction } from '../../core/store/transaction.js';
import { USERNAME } from './names.js';
import { askerOf, forUpdate } from './records.js';

/**
 * What happens to users (contract devmason, section 7.6), one transaction each. Everybody is master of themselves only.
 * All throw BuildgateError: INVALID naming the field, UNAUTHENTICATED, FORBIDDEN for another name.
 */
export class UserService {
  constructor(private readonly store: Store) {}

  /**
   * Records a user; without a password with that of the credentials, if there is one. Throws CONFLICT when there is a
   * user of this name.
   */
  async register(principal: Principal, username: string, password: string | null): Promise<void> {
    requireOneself(principal, username);
    if (!USERNAME.test(username)) {
      throw new BuildgateError('INVALID', 'username: must be 1 to 150 characters without control characters, / and :.');
    }
    const own = principal.userName === username ? principal.member : undefined;
    const hash = (await newHash(password)) ?? (await own?.passwordHash()) ?? null;
    await this.store.transact(principal, async (transaction) => {
      if (own && (await isAccountName(transaction, username))) {
        throw new BuildgateError('FORBIDDEN', 'username: this name is taken.');
      }
      const id = await createMember(transaction, System.DEVMASON, username, hash);
      if (id === undefined) throw new BuildgateError('CONFLICT', 'username: there is a user of this name.');
      transaction.afterCommit(() => own?.becameStored(id));
    });
  }

  /** Gives a user another password, if one is given. Throws NOT_FOUND. */
  async update(principal: Principal, username: string, password: string | null): Promise<void> {
    requireOneself(principal, username);
    const hash = await newHash(password);
    await this.store.transact(principal, async (transaction) => {
      const id = await lockUser(transaction, username);
      if (hash !== null) await transaction.all(sql`UPDATE member SET password_hash = ${hash} WHERE id = ${id}`);
    });
  }

  /** Deletes a user. Projects stay without owner, builds without reporter. Throws NOT_FOUND before FORBIDDEN. */
  async delete(principal: Principal, username: string): Promise<void> {
    await this.store.transact(principal, async (transaction) => {
      const id = await lockUser(transaction, username);
      await transaction.all(sql`UPDATE project SET devmason_owner_id = NULL WHERE devmason_owner_id = ${id}`);
      await transaction.all(sql`UPDATE build SET devmason_reporter_id = NULL, devmason_reporter_gone = ${true}
          WHERE devmason_reporter_id = ${id}`);
      await transaction.all(sql`DELETE FROM member WHERE id = ${id}`);
    });
  }
}

/** @throws BuildgateError UNAUTHENTICATED, FORBIDDEN when the name is another's */
function requireOneself(principal: Principal, username: string): void {
  if (!principal.admin && principal.userName !== username) throw notOneself();
}

function notOneself(): BuildgateError {
  return new BuildgateError('FORBIDDEN', 'username: everybody is master of themselves only.');
}

/** @throws BuildgateError INVALID for an empty password */
async function newHash(password: string | null): Promise<string | null> {
  if (password === '') throw new BuildgateError('INVALID', 'password: must not be empty.');
  return password === null ? null : hashPassword(password);
}

/**
 * Internal id of the user of this name, locked, if it is the caller or the caller an administrator.
 * @throws BuildgateError NOT_FOUND, FORBIDDEN
 */
async function lockUser(transaction: Transaction, username: string): Promise<number> {
  const row = USERNAME.test(username)
    ? await first<{ id: number }>(
        transaction,
        sql`SELECT id FROM member WHERE system = ${System.DEVMASON} AND name = ${username} ${forUpdate(transaction)}`,
      )
    : undefined;
  if (!row) throw new BuildgateError('NOT_FOUND', 'username: there is no such user.');
  const { principal, memberId } = await askerOf(transaction);
  if (!principal.admin && memberId !== row.id) throw notOneself();
  return row.id;
}
