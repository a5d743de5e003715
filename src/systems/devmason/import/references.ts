import { recordNumber } from '../../../core/ids.js';
import { refuseRow, shown } from '../../../core/import/fields.js';
import { System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';

interface Faulty {
  readonly position: number;
  readonly slug: string;
  readonly id: number | null;
}

/**
 * Looks the project of every build and build request up, in the file and in the database.
 * @throws BuildgateError INVALID naming the first row whose project is nowhere, or whose id is another project's
 */
export async function checkReferences(connection: Reader): Promise<void> {
  for (const [array, table] of [
    ['builds', 'import_build'],
    ['build_requests', 'import_request'],
  ] as const) {
    const row = await first<Faulty>(
      connection,
      sql`SELECT s.position AS position, s.slug AS slug, s.id AS id FROM ${raw(table)} s
        WHERE NOT EXISTS (SELECT 1 FROM import_project p WHERE p.legacy_id = s.slug)
          AND NOT EXISTS (SELECT 1 FROM project p WHERE p.system = ${System.DEVMASON} AND p.legacy_id = s.slug)
        ORDER BY s.position LIMIT 1`,
    );
    if (row) throw refusal(array, row, `there is no project ${shown(row.slug)}.`);
  }
  // Numbers are given here too: a request of that number may be no other row of the file's.
  const taken = await first<Faulty>(
    connection,
    sql`SELECT s.position AS position, s.slug AS slug, s.id AS id FROM import_request s
      JOIN event e ON e.id = s.id JOIN project p ON p.id = e.project_id
      WHERE p.legacy_id <> s.slug ORDER BY s.position LIMIT 1`,
  );
  if (taken) throw refusal('build_requests', taken, 'the request of this id is of another project here.');
}

function refusal(array: string, { position, id }: Faulty, message: string): Error {
  const number = array === 'build_requests' && id !== null ? recordNumber(id) : null;
  return refuseRow(`${array}[${position}]`, number, `project: ${message}`);
}
