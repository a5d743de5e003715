import { recordNumber } from '../../../core/ids.js';
import { refuseRow, shown } from '../../../core/import/fields.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { sql, type Sql } from '../../../core/store/sql.js';

/**
 * Looks every reference of the file up, in the file and in the database.
 * @throws BuildgateError INVALID naming the first row whose target is nowhere
 */
export async function checkReferences(connection: Reader): Promise<void> {
  const builder = await first<{ position: number; branch: string }>(
    connection,
    sql`SELECT s.position AS position, s.branch AS branch FROM import_builder s
      WHERE NOT EXISTS (SELECT 1 FROM import_branch b WHERE b.name = s.branch)
        AND NOT EXISTS (SELECT 1 FROM buildapi_branch b WHERE b.name = s.branch)
      ORDER BY s.position LIMIT 1`,
  );
  if (builder) {
    throw refuseRow(`builders[${builder.position}]`, null, `branch: there is no branch ${shown(builder.branch)}.`);
  }
  await checkIds(connection, 'requests', 'request_id', (target) => `change_ids: there is no change ${target}.`, LINKS);
  await checkIds(connection, 'builds', 'build_id', (target) => `request_id: there is no request ${target}.`, BUILDS);
}

const LINKS = sql`SELECT s.position AS position, s.request_id AS id, s.change_id AS target FROM import_link s
  WHERE NOT EXISTS (SELECT 1 FROM import_change c WHERE c.id = s.change_id)
    AND NOT EXISTS (SELECT 1 FROM event e WHERE e.id = s.change_id)
  ORDER BY s.position, s.change_id LIMIT 1`;

const BUILDS = sql`SELECT s.position AS position, s.id AS id, s.request_id AS target FROM import_build s
  WHERE NOT EXISTS (SELECT 1 FROM import_request r WHERE r.id = s.request_id)
    AND NOT EXISTS (SELECT 1 FROM build b WHERE b.id = s.request_id)
  ORDER BY s.position LIMIT 1`;

async function checkIds(
  connection: Reader,
  array: string,
  idField: string,
  message: (target: number) => string,
  query: Sql,
): Promise<void> {
  const row = await first<{ position: number; id: number; target: number }>(connection, query);
  if (!row) return;
  throw refuseRow(`${array}[${row.position}]`, recordNumber(row.id), message(recordNumber(row.target)), idField);
}
