import { objectText } from '../../../core/export/json-object.js';
import { tableArray } from '../../../core/export/run.js';
import { grouped } from '../../../core/export/values.js';
import { inList, join, raw, sql } from '../../../core/store/sql.js';
import { roleName, ROLES } from '../import/permissions.js';

interface MemberRow {
  readonly role: string;
  readonly kind: 'user' | 'group';
  readonly member: string;
}

const NAMES = new Map([...ROLES].map((role) => [roleName(role), role]));
const LISTED = join(
  [...NAMES.keys()].map((name) => sql`${name}`),
  ', ',
);

/** The roles that the database has the members of; those of the others are the configuration's to say. */
export const permissions = tableArray<{ readonly name: string }>({
  key: 'permissions',
  name: { one: 'role', many: 'roles' },
  source: {
    select: raw('name AS name'),
    from: raw('access_role'),
    where: sql`name IN (${LISTED})`,
    key: ['name'],
    weight: raw('0'),
  },
  elements: async (rows, reader) => {
    const roles = rows.map(({ name }) => name);
    const members = await reader.all<MemberRow>(
      sql`SELECT role AS role, member_kind AS kind, member AS member FROM access_role_member
        WHERE ${inList(reader.dialect, raw('role'), roles, 'text')} ORDER BY member`,
    );
    const byRole = grouped(
      members,
      ({ role }) => role,
      (row) => row,
    );
    return roles.map((name) => roleText(NAMES.get(name) ?? name, byRole.get(name) ?? []));
  },
});

function roleText(role: string, members: readonly MemberRow[]): string {
  const named = (wanted: MemberRow['kind']): string[] =>
    members.filter(({ kind }) => kind === wanted).map(({ member }) => member);
  return objectText({ role, users: named('user'), groups: named('group') });
}
