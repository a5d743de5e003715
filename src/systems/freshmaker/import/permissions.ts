import { refuseRow, RowFields, shown, type Place } from '../../../core/import/fields.js';
import { Tally } from '../../../core/import/tally.js';
import type { Reader } from '../../../core/store/reader.js';
import { join, sql } from '../../../core/store/sql.js';

/** Freshmaker's roles, as the format names them. */
export const ROLES: ReadonlySet<string> = new Set(['admin', 'manual_rebuilder', 'freshmaker_async_rebuilders']);
const INSERT_BATCH = 500;

/** One member of a role: a user or a group, and its name. */
type Member = readonly [kind: 'user' | 'group', name: string];

/** What the gateway calls one of them. */
export function roleName(role: string): string {
  return `freshmaker/${role}`;
}

/** Writes the members of Freshmaker's roles (contract freshmaker, sections 8 and 12). */
export class PermissionWriter {
  readonly tally = new Tally('role', 'roles');
  readonly #connection: Reader;
  readonly #members = new Map<string, { readonly index: number; readonly members: readonly Member[] }>();

  constructor(connection: Reader) {
    this.#connection = connection;
  }

  /** @throws BuildgateError INVALID naming the row */
  add(value: unknown, place: Place): void {
    const fields = new RowFields(value, place);
    const role = fields.text('role');
    if (!ROLES.has(role)) throw fields.refusal('role', `there is no role ${shown(role)}.`);
    const known = this.#members.get(role);
    if (known) throw refuseRow(place, null, `role: permissions[${known.index}] has the same.`);
    const users = [...new Set(fields.texts('users'))].map((name): Member => ['user', name]);
    const groups = [...new Set(fields.texts('groups'))].map((name): Member => ['group', name]);
    this.#members.set(role, { index: place.index, members: [...users, ...groups] });
  }

  /** Replaces the members of the roles that the file names. */
  async finish(): Promise<void> {
    for (const [role, { members }] of this.#members) await this.#write(roleName(role), members);
  }

  async #write(role: string, members: readonly Member[]): Promise<void> {
    const created = await this.#connection.all(
      sql`INSERT INTO access_role (name) VALUES (${role}) ON CONFLICT (name) DO NOTHING RETURNING name`,
    );
    const stored = await this.#connection.all<{ kind: string; member: string }>(
      sql`SELECT member_kind AS kind, member AS member FROM access_role_member WHERE role = ${role}`,
    );
    const same = sameMembers(
      stored.map(({ kind, member }) => [kind, member]),
      members,
    );
    this.tally.add(1, created.length, created.length > 0 || !same ? 1 : 0);
    if (same) return;
    await this.#connection.all(sql`DELETE FROM access_role_member WHERE role = ${role}`);
    for (let start = 0; start < members.length; start += INSERT_BATCH) {
      const rows = members.slice(start, start + INSERT_BATCH).map(([kind, name]) => sql`(${role}, ${kind}, ${name})`);
      await this.#connection.all(
        sql`INSERT INTO access_role_member (role, member_kind, member) VALUES ${join(rows, ', ')}`,
      );
    }
  }
}

function sameMembers(left: readonly (readonly string[])[], right: readonly (readonly string[])[]): boolean {
  const keys = (members: readonly (readonly string[])[]): string =>
    JSON.stringify(members.map((member) => JSON.stringify(member)).toSorted());
  return keys(left) === keys(right);
}
