import { BuildgateError } from '../errors.js';
import type { System } from '../model/states.js';
import { first, type Reader } from '../store/reader.js';
import { raw, sql } from '../store/sql.js';
import type { Transaction } from '../store/transaction.js';
import { MEMBER_NAME, type Member } from './member.js';
import type { Principal } from './principal.js';

/** A stored member. */
export interface MemberRow {
  readonly id: number;
  /** Null: nobody can sign in with a password. */
  readonly passwordHash: string | null;
}

/** Whether a member can have the name: 1 to 150 code points, no control character, no `/` and no `:`. */
export function isMemberName(name: string): boolean {
  return MEMBER_NAME.test(name);
}

/** The member of a system with this name, undefined when there is none. */
export function findMember(reader: Reader, system: System, name: string): Promise<MemberRow | undefined> {
  return first(
    reader,
    sql`SELECT id, password_hash AS "passwordHash" FROM member WHERE system = ${system} AND name = ${name}`,
  );
}

/** Whether a user of the gateway itself has the name. */
export async function isAccountName(reader: Reader, name: string): Promise<boolean> {
  return (await first(reader, sql`SELECT id FROM user_account WHERE name = ${name}`)) !== undefined;
}

/**
 * Who the principal is among the members of a system: the member who signed in, or the one named like the account of
 * the token. Null for everybody else, newcomers who are not stored included.
 */
export async function memberIdOf(reader: Reader, principal: Principal, system: System): Promise<number | null> {
  const { member, userId, userName } = principal;
  if (member?.system === system) return member.id;
  if (userId === null || userName === null) return null;
  return (await findMember(reader, system, userName))?.id ?? null;
}

/** Does what `ensureMember` needs and takes too long for a transaction. */
export async function prepareMember({ member }: Principal): Promise<void> {
  if (member?.id === null) await member.passwordHash();
}

/**
 * Who the principal is among the members of a system, stored when that is not so yet: a newcomer with the password that
 * they signed in with, the account of a token without one. Null for those who have no name. The row stays until the
 * transaction ends. Call `prepareMember` before the transaction.
 * @throws BuildgateError FORBIDDEN when somebody else took the name of a newcomer meanwhile, or no member can have the
 * name of the account; UNAUTHENTICATED when the member was deleted meanwhile
 */
export async function ensureMember(
  transaction: Transaction,
  principal: Principal,
  system: System,
): Promise<number | null> {
  const { member, userId, userName } = principal;
  if (member?.system === system) return member.id === null ? admit(transaction, member) : held(transaction, member);
  if (userId === null || userName === null) return null;
  return (await hold(transaction, system, userName)) ?? enrol(transaction, system, userName);
}

/** Stores a newcomer. */
async function admit(transaction: Transaction, member: Member): Promise<number> {
  const { system, name } = member;
  const isFree = !(await isAccountName(transaction, name));
  const created = isFree ? await createMember(transaction, system, name, await member.passwordHash()) : undefined;
  const id = created ?? (await sameMember(transaction, member));
  transaction.afterCommit(() => member.becameStored(id));
  return id;
}

/** The member who took the name of a newcomer, if the password says that they are the same. */
async function sameMember(transaction: Transaction, member: Member): Promise<number> {
  const taken = await findMember(transaction, member.system, member.name);
  if (taken && taken.passwordHash !== null && (await member.hasPassword(taken.passwordHash))) return taken.id;
  throw new BuildgateError('FORBIDDEN', 'The user name or password is wrong.');
}

async function held(transaction: Transaction, { system, name, id }: Member): Promise<number> {
  if (id !== null && (await hold(transaction, system, name)) === id) return id;
  throw new BuildgateError('UNAUTHENTICATED', 'The user does not exist any more.');
}

/** Stores the account of a token as a member without a password. */
async function enrol(transaction: Transaction, system: System, name: string): Promise<number> {
  if (!isMemberName(name)) {
    throw new BuildgateError('FORBIDDEN', `The account ${JSON.stringify(name)} has a name that no user here can have.`);
  }
  const id = (await createMember(transaction, system, name, null)) ?? (await hold(transaction, system, name));
  if (id === undefined) throw new Error('The member was not stored.');
  return id;
}

/** Stores a member; the id, or undefined when the name is taken. Without a hash nobody can sign in by that name. */
export async function createMember(
  transaction: Transaction,
  system: System,
  name: string,
  passwordHash: string | null,
): Promise<number | undefined> {
  const row = await first<{ id: number }>(
    transaction,
    sql`INSERT INTO member (system, name, password_hash, created_at)
      VALUES (${system}, ${name}, ${passwordHash}, ${transaction.now})
      ON CONFLICT (system, name) DO NOTHING RETURNING id`,
  );
  return row?.id;
}

/** The id of a member, who cannot be deleted before the transaction ends; undefined when there is none. */
async function hold(transaction: Transaction, system: System, name: string): Promise<number | undefined> {
  const lock = transaction.dialect === 'postgresql' ? raw('FOR KEY SHARE') : raw('');
  const row = await first<{ id: number }>(
    transaction,
    sql`SELECT id FROM member WHERE system = ${system} AND name = ${name} ${lock}`,
  );
  return row?.id;
}
