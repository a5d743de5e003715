import type { MemberRow } from '../../../core/auth/members.js';
import { System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';

/** A user as verbs and the check of credentials see it. Truth values are 0 and 1 on the embedded database. */
export interface StoredUser extends MemberRow {
  /** The id in `/user/{n}/`. */
  readonly number: number;
  readonly name: string;
  readonly email: string;
  readonly staff: number | boolean;
  readonly active: number | boolean;
  readonly superuser: number | boolean;
  /** The API key, encrypted; null: there is none. */
  readonly tokenSealed: string | null;
}

const USERS = sql`SELECT u.id AS id, u.number AS number, m.name AS name, m.password_hash AS "passwordHash",
    u.email AS email, u.staff AS staff, u.active AS active, u.superuser AS superuser, u.token_sealed AS "tokenSealed"
  FROM rodan_user u JOIN member m ON m.id = u.id`;

/** The user with this internal id, which is that of the member. */
export function userById(reader: Reader, id: number): Promise<StoredUser | undefined> {
  return first(reader, sql`${USERS} WHERE u.id = ${id}`);
}

/** The user of this name, letter case included. */
export async function userByName(reader: Reader, name: string): Promise<StoredUser | undefined> {
  return isStorable(name)
    ? first(reader, sql`${USERS} WHERE m.system = ${System.RODAN} AND m.name = ${name}`)
    : undefined;
}

/** The user with this address, letter case included; of several the one who came first. */
export async function userByEmail(reader: Reader, email: string): Promise<StoredUser | undefined> {
  const found = sql`${USERS} WHERE u.email = ${email} ORDER BY u.number LIMIT 1`;
  return email !== '' && isStorable(email) ? first(reader, found) : undefined;
}

/** The user whose API key has this hash. */
export function userByTokenHash(reader: Reader, hash: string): Promise<StoredUser | undefined> {
  return first(reader, sql`${USERS} WHERE u.token_hash = ${hash} OR u.imported_token_hash = ${hash}`);
}

/** The user with this internal id, whom nobody else changes before the transaction ends. */
export function lockUser(transaction: Transaction, id: number): Promise<StoredUser | undefined> {
  return first(transaction, sql`${USERS} WHERE u.id = ${id} ${forUpdate(transaction)}`);
}

/** Locks the rows of a SELECT until the transaction ends; the embedded database has one writer at a time. */
function forUpdate({ dialect }: Transaction): Sql {
  return raw(dialect === 'postgresql' ? 'FOR UPDATE' : '');
}

/** Whether a column could hold the text: no database is asked for what it cannot have. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}
