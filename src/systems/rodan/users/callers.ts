import { Member } from '../../../core/auth/member.js';
import { createMember, ensureMember, findMember, memberIdOf } from '../../../core/auth/members.js';
import { ANONYMOUS, type Principal } from '../../../core/auth/principal.js';
import { System } from '../../../core/model/states.js';
import { first } from '../../../core/store/reader.js';
import { sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { unauthenticated } from './refusals.js';
import { userById, type StoredUser } from './stored-users.js';

/** Counter whose row is held by who gives names and numbers to users. */
const USER_NUMBERS = 4;

/** The user who stands for callers without a name, when authentication is switched off. */
const NOBODY = 'nobody';

/** The principal of a user who showed credentials of Rodan: without roles, and nobody in the other systems. */
export function principalOf({ id, name }: StoredUser, password: string | null): Principal {
  return { ...ANONYMOUS, userName: name, member: new Member({ system: System.RODAN, id, name, password }) };
}

/**
 * The user who performs a verb; an account of the gateway becomes one by that. Call it before any project is locked.
 * @throws BuildgateError UNAUTHENTICATED without credentials and for inactive users; FORBIDDEN when the account has a
 * name that no user can have
 */
export async function ensureUser(transaction: Transaction): Promise<StoredUser> {
  const { principal } = transaction;
  const known = await memberIdOf(transaction, principal, System.RODAN);
  const user = known === null ? undefined : await userById(transaction, known);
  if (!user) return enrol(transaction);
  if (!user.active && !principal.admin) throw unauthenticated('userInactive');
  return user;
}

/** Makes a user of an account of the gateway. */
async function enrol(transaction: Transaction): Promise<StoredUser> {
  const { userId, userName, admin, member } = transaction.principal;
  const isUnnamedAdmin = admin && userName === null;
  if (member || (userId === null && !isUnnamedAdmin)) throw unauthenticated('credentialsMissing');
  const number = await takeUserNumber(transaction);
  const id =
    (await ensureMember(transaction, transaction.principal, System.RODAN)) ?? (await ensureNobody(transaction));
  await transaction.all(sql`INSERT INTO rodan_user (id, number) VALUES (${id}, ${number}) ON CONFLICT (id) DO NOTHING`);
  const stored = await userById(transaction, id);
  if (!stored) throw new Error('The user was not stored.');
  return stored;
}

/**
 * Number of the next user. From here on nobody else gives names or numbers to users until the transaction ends. Imported
 * users bring numbers of their own, so it is one more than the largest.
 */
export async function takeUserNumber(transaction: Transaction): Promise<number> {
  await transaction.takeNumbers(System.RODAN, USER_NUMBERS);
  const row = await first<{ last: number | null }>(transaction, sql`SELECT MAX(number) AS last FROM rodan_user`);
  return (row?.last ?? 0) + 1;
}

async function ensureNobody(transaction: Transaction): Promise<number> {
  const made = await createMember(transaction, System.RODAN, NOBODY, null);
  const id = made ?? (await findMember(transaction, System.RODAN, NOBODY))?.id;
  if (id === undefined) throw new Error('The user was not stored.');
  return id;
}
