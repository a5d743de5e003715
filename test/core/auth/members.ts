import { createHash } from 'node:crypto';
import { ANONYMOUS, type Principal } from '../../../src/core/auth/principal.js';
import { Member } from '../../../src/core/auth/member.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import type { Store } from '../../../src/core/store/store.js';

/** The header of a name and a password. */
export function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

/** A password in a stored form of Django's that costs nothing to check. */
export function sha1(password: string): string {
  return `sha1$3f2a1$${createHash('sha1').update(`3f2a1${password}`).digest('hex')}`;
}

/** Stores a member; returns the id. */
export async function storeMember(
  store: Store,
  { name, hash, system = System.DEVMASON }: { name: string; hash: string | null; system?: System },
): Promise<number> {
  const rows = await store.transact(ANONYMOUS, (transaction) =>
    transaction.all<{ id: number }>(sql`INSERT INTO member (system, name, password_hash, created_at)
      VALUES (${system}, ${name}, ${hash}, ${transaction.now}) RETURNING id`),
  );
  return rows[0]!.id;
}

/** The stored hash of a member. */
export async function passwordOf(store: Store, id: number): Promise<string | null> {
  const rows = await store.reader.all<{ hash: string | null }>(
    sql`SELECT password_hash AS hash FROM member WHERE id = ${id}`,
  );
  return rows[0]!.hash;
}

/** Who signed in as a member of Devmason; a newcomer without an id. */
export function memberPrincipal(name: string, password: string, id: number | null = null): Principal {
  const member = new Member({ system: System.DEVMASON, id, name, password });
  return { ...ANONYMOUS, userName: name, member };
}
