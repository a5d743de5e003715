import type { BulkConnection } from '../../../core/import/bulk.js';
import { first } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';

/** Columns with the number of a user; those in a unique key are changed in two steps. */
const COLUMNS: readonly { readonly table: string; readonly column: string; readonly unique?: true }[] = [
  { table: 'rodan_user', column: 'number', unique: true },
  { table: 'rodan_project_member', column: 'user_number', unique: true },
  { table: 'rodan_project', column: 'creator_number' },
  { table: 'rodan_workflow', column: 'creator_number' },
  { table: 'rodan_resource', column: 'creator_number' },
  { table: 'build', column: 'rodan_creator_number' },
  { table: 'job', column: 'rodan_working_user_number' },
];

/**
 * Gives the users of the file who are known by name the numbers that the file says, and whoever else has one of those the
 * next free number, wherever numbers are.
 */
export async function renumberUsers(connection: BulkConnection): Promise<void> {
  await connection.all(raw('CREATE TEMPORARY TABLE import_renumber (was bigint PRIMARY KEY, becomes bigint)'));
  await connection.all(sql`INSERT INTO import_renumber (was, becomes)
    SELECT u.number, s.number FROM import_user s JOIN rodan_user u ON u.id = s.id WHERE u.number <> s.number`);
  const last = sql`(SELECT MAX(largest) FROM (
    SELECT MAX(number) AS largest FROM rodan_user UNION ALL SELECT MAX(number) FROM import_user) numbers)`;
  await connection.all(sql`INSERT INTO import_renumber (was, becomes)
    SELECT u.number, ${last} + ROW_NUMBER() OVER (ORDER BY u.number) FROM rodan_user u
    WHERE EXISTS (SELECT 1 FROM import_user s WHERE s.number = u.number)
      AND NOT EXISTS (SELECT 1 FROM import_user s WHERE s.id = u.id)`);
  if (!(await first(connection, sql`SELECT 1 AS one FROM import_renumber LIMIT 1`))) return;
  for (const { table, column, unique } of COLUMNS) {
    const [target, number] = [raw(table), raw(column)];
    const moved = unique ? sql`-1 - map.becomes` : sql`map.becomes`;
    await connection.all(sql`UPDATE ${target} SET ${number} = ${moved} FROM import_renumber map
      WHERE ${raw(`${table}.${column}`)} = map.was`);
    if (unique) await connection.all(turnBack(target, number));
  }
}

/** Numbers of users are never negative. */
function turnBack(target: Sql, number: Sql): Sql {
  return sql`UPDATE ${target} SET ${number} = -1 - ${number} WHERE ${number} < 0`;
}
