import { shown } from '../../../core/import/fields.js';
import { System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Collection } from './collection.js';
import { COLLECTIONS } from './collections.js';
import { PROJECT_MEMBERS } from './links.js';
import { faultyColumns, refuseFaulty, type Faulty } from './references.js';

/** Collections with the name of a creator, and the columns of name and number. */
const CREATORS: readonly { readonly of: Collection; readonly name: string; readonly number: string }[] = [
  { of: COLLECTIONS.project, name: 'creator', number: 'creator_number' },
  { of: COLLECTIONS.workflow, name: 'creator', number: 'creator_number' },
  { of: COLLECTIONS.resource, name: 'creator', number: 'creator_number' },
  { of: COLLECTIONS.workflowrun, name: 'creator', number: 'rodan_creator_number' },
];

/** Roles in a project, as `rodan_project_member` has them, by the member that lists the names. */
export const ROLES = { admins: 1, workers: 2 } as const;

/**
 * Looks up the users that rows name or link to; all of them are in the database by now. The creator of a project is one of
 * its admins.
 * @throws BuildgateError INVALID naming the first row with a user that there is not
 */
export async function resolveUsers(connection: Reader): Promise<void> {
  for (const { of, name, number } of CREATORS) {
    await connection.all(sql`UPDATE ${raw(of.stage.name)} SET ${raw(number)} = ${numberOf(`${of.stage.name}.${name}`)}
      WHERE ${raw(name)} IS NOT NULL`);
    const unknown = raw(`s.${name} IS NOT NULL AND s.${number} IS NULL`);
    await refuseUnknown(connection, of, 'creator', `s.${name}`, unknown);
  }
  const { owner, name: members } = PROJECT_MEMBERS;
  await connection.all(sql`UPDATE ${raw(members)} SET user_number = ${numberOf(`${members}.name`)}`);
  for (const [field, role] of Object.entries(ROLES)) {
    const row = await first<Faulty>(
      connection,
      sql`SELECT ${faultyColumns(owner, 'l.name')} FROM ${raw(members)} l JOIN ${raw(owner.stage.name)} s ON s.uuid = l.owner
        WHERE l.user_number IS NULL AND l.role = ${role} ORDER BY s.position, l.name LIMIT 1`,
    );
    if (row) throw noUser(owner, row, field);
  }
  await connection.all(sql`INSERT INTO ${raw(members)} (owner, role, user_number)
    SELECT uuid, ${raw(String(ROLES.admins))}, creator_number FROM ${raw(owner.stage.name)}`);
  const unknown = sql`s.rodan_working_user_number IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM rodan_user u WHERE u.number = s.rodan_working_user_number)`;
  await refuseUnknown(connection, COLLECTIONS.runjob, 'working_user', 's.rodan_working_user_number', unknown);
}

/** SQL of the number of the user whose name is in a column. */
function numberOf(column: string): Sql {
  return sql`(SELECT u.number FROM member m JOIN rodan_user u ON u.id = m.id
    WHERE m.system = ${System.RODAN} AND m.name = ${raw(column)})`;
}

async function refuseUnknown(
  connection: Reader,
  collection: Collection,
  field: string,
  column: string,
  unknown: Sql,
): Promise<void> {
  const row = await first<Faulty>(
    connection,
    sql`SELECT ${faultyColumns(collection, column)} FROM ${raw(collection.stage.name)} s
      WHERE ${unknown} ORDER BY s.position LIMIT 1`,
  );
  if (row) throw noUser(collection, row, field);
}

function noUser(collection: Collection, row: Faulty, field: string): Error {
  return refuseFaulty(collection, row, `${field}: there is no user ${shown(row.found)}.`);
}
