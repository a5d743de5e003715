import type { Principal } from '../../core/auth/principal.js';
import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import { first, type Reader } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';

/** Who is asking, as Rodan knows them (contract rodan, section 4). */

/** Somebody who is signed in. */
export interface RodanViewer {
  /** Number of the user; null for somebody who is signed in to the gateway and no user of Rodan. */
  readonly number: number | null;
  /** Name; null when authentication is switched off. */
  readonly username: string | null;
  /** May see and change everything; administrators of the gateway may. */
  readonly superuser: boolean;
  /** May create users; administrators of the gateway may. */
  readonly staff: boolean;
}

/** Whether somebody is neither a user of Rodan nor of the gateway. */
export function isStranger({ member, userId, admin }: Principal): boolean {
  return !admin && (member ? member.system !== System.RODAN : userId === null);
}

interface ViewerRow {
  readonly number: number;
  readonly username: string;
  readonly superuser: boolean | number;
  readonly staff: boolean | number;
  readonly active: boolean | number;
}

/** An administrator without a name, when authentication is switched off. */
const UNNAMED: RodanViewer = { number: null, username: null, superuser: true, staff: true };

/**
 * Who a principal is in Rodan: the user who signed in, or the one named like the account of a token. Null for callers
 * whom nobody knows: those without credentials, users of other systems, inactive users.
 */
export async function readViewer(reader: Reader, principal: Principal): Promise<RodanViewer | null> {
  const { member, userId, userName, admin } = principal;
  if (isStranger(principal)) return null;
  if (member ? member.system !== System.RODAN : userId === null) return UNNAMED;
  const which = member ? sql`m.id = ${member.id}` : sql`m.system = ${System.RODAN} AND m.name = ${userName}`;
  const row = await first<ViewerRow>(
    reader,
    sql`SELECT u.number AS number, m.name AS username, u.superuser AS superuser, u.staff AS staff, u.active AS active
      FROM member m JOIN rodan_user u ON u.id = m.id WHERE ${which}`,
  );
  if (!admin && (row ? !row.active : member !== undefined)) return null;
  const { number = null, username = userName, superuser, staff } = row ?? {};
  return { number, username, superuser: admin || Boolean(superuser), staff: admin || Boolean(staff) };
}

const VIEWER: LoaderDefinition<'viewer', RodanViewer | null> = {
  name: 'rodan:viewer',
  read: async ({ reader, principal }) => [await readViewer(reader, principal)],
};

/** Who is asking; null for callers whom nobody knows. Read once for each operation. */
export function viewerOf(context: OperationContext): Promise<RodanViewer | null> {
  return context.load(VIEWER, 'viewer');
}
