import { objectText } from '../../../core/export/json-object.js';
import { tableArray, type ExportContext, type ExportedArray } from '../../../core/export/run.js';
import { raw } from '../../../core/store/sql.js';
import { link } from './links.js';

interface UserRow {
  readonly number: number;
  readonly name: string;
  readonly passwordHash: string | null;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly staff: boolean | number;
  readonly active: boolean | number;
  readonly superuser: boolean | number;
  readonly tokenSealed: string | null;
  readonly otherTokenHash: string | null;
}

/** Users with what their passwords are stored as, and with their API keys where those can be decrypted. */
export function users(context: ExportContext): ExportedArray {
  return tableArray<UserRow>({
    key: 'users',
    name: { one: 'user', many: 'users' },
    source: {
      select: raw(`u.number AS number, m.name AS name, m.password_hash AS "passwordHash", u.first_name AS "firstName",
        u.last_name AS "lastName", u.email AS email, u.staff AS staff, u.active AS active, u.superuser AS superuser,
        u.token_sealed AS "tokenSealed", u.imported_token_hash AS "otherTokenHash"`),
      from: raw('rodan_user u JOIN member m ON m.id = u.id'),
      key: ['u.number'],
      weight: raw('0'),
    },
    elements: (rows) => rows.map((row) => userText(row, tokenOf(row, context))),
  });
}

function tokenOf({ name, tokenSealed }: UserRow, { secrets, remarks }: ExportContext): string | undefined {
  if (tokenSealed === null) return undefined;
  const token = secrets.unseal(tokenSealed);
  if (token !== null) return token;
  remarks.add(
    'users whose API keys are left out, because they cannot be decrypted with the key of this installation',
    name,
  );
  return undefined;
}

function userText(row: UserRow, token: string | undefined): string {
  return objectText({
    url: link('user', row.number),
    username: row.name,
    first_name: row.firstName,
    last_name: row.lastName,
    email: row.email,
    is_staff: Boolean(row.staff),
    is_active: Boolean(row.active),
    is_superuser: Boolean(row.superuser),
    password: row.passwordHash ?? undefined,
    token,
    // Only its hash is known; the old format has one key for each user.
    other_token_sha256: row.otherTokenHash ?? undefined,
  });
}
