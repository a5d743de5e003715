import type { BulkConnection, BulkTable } from '../../../core/import/bulk.js';
import { first } from '../../../core/store/reader.js';
import { System } from '../../../core/model/states.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import { KernelciCollection } from '../lists.js';
import { groupStatus, stateOf } from '../states.js';

/** Groups whose state may be another one now. */
const TOUCHED: BulkTable = {
  name: 'import_group',
  columns: [
    ['oid', 'text'],
    ['touched', 'bigint'],
  ],
  key: ['oid'],
};

/** States of groups from the best to the worst; the place is what the temporary table holds. */
const SEVERITIES = [[], ['SKIP'], ['PASS'], ['FAIL', 'ERROR']].map((statuses) => ({
  statuses,
  status: groupStatus(statuses),
}));
const OURS = sql`job.system = ${System.KERNELCI} AND job.kernelci_collection = ${KernelciCollection.TEST_GROUP}`;
const PARENT = raw(`job.kernelci_rest ->> 'parent_id'`);

/**
 * The states of test groups, which their documents do not have: the worst of their cases and of those of the groups
 * inside (contract kernelci, section 10). Worked out when everything is written, for groups of the file, those with cases
 * in the file, and those around them.
 */
export class GroupStates {
  readonly #connection: BulkConnection;
  #isNeeded = false;

  private constructor(connection: BulkConnection) {
    this.#connection = connection;
  }

  static async start(connection: BulkConnection): Promise<GroupStates> {
    const collation = connection.dialect === 'postgresql' ? ' COLLATE "C"' : '';
    const columns = `oid text${collation} PRIMARY KEY, touched bigint, parent text${collation}, severity bigint DEFAULT 0`;
    await connection.all(raw(`CREATE TEMPORARY TABLE import_group (${columns})`));
    return new GroupStates(connection);
  }

  /** Takes note of groups by legacy id. */
  async touch(oids: readonly (string | null)[]): Promise<void> {
    const different = new Set(oids.filter((oid) => oid !== null));
    if (different.size === 0) return;
    this.#isNeeded = true;
    await this.#connection.upsert(
      TOUCHED,
      [...different].map((oid) => [oid, 1]),
    );
  }

  /** Writes the states. */
  async settle(): Promise<void> {
    if (!this.#isNeeded) return;
    while (await this.#addParents());
    await this.#addChildren();
    await this.#connection.all(sql`UPDATE import_group SET severity = found.severity FROM (
        SELECT c.test_group_id AS oid, MAX(${severityOf('c.status')}) AS severity FROM kernelci_test_case c
        WHERE c.test_group_id IN (SELECT oid FROM import_group WHERE touched = 1) GROUP BY c.test_group_id
      ) found WHERE found.oid = import_group.oid`);
    while (await this.#raiseParents());
    await this.#write();
  }

  /** Adds the groups around those that are there; says whether there were any. */
  async #addParents(): Promise<boolean> {
    await this.#connection.all(sql`UPDATE import_group SET parent = ${PARENT} FROM job
      WHERE import_group.parent IS NULL AND ${OURS} AND job.legacy_id = import_group.oid`);
    const missing = sql`SELECT DISTINCT parent FROM import_group g WHERE g.parent IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM import_group k WHERE k.oid = g.parent)`;
    if (!(await first(this.#connection, sql`${missing} LIMIT 1`))) return false;
    await this.#connection.all(
      sql`INSERT INTO import_group (oid, touched) SELECT found.parent, 1 FROM (${missing}) found`,
    );
    return true;
  }

  /** Adds the groups inside those that are there, with the state that they have. */
  async #addChildren(): Promise<void> {
    await this.#connection.all(sql`INSERT INTO import_group (oid, touched, parent, severity)
      SELECT job.legacy_id, 0, ${PARENT}, ${severityOf('job.legacy_state')} FROM job
      WHERE ${OURS} AND ${PARENT} IN (SELECT oid FROM import_group)
        AND NOT EXISTS (SELECT 1 FROM import_group k WHERE k.oid = job.legacy_id)`);
  }

  /** Makes every group as bad as the worst one directly inside; says whether any got worse. */
  async #raiseParents(): Promise<boolean> {
    const worse = sql`FROM (SELECT parent, MAX(severity) AS severity FROM import_group
        WHERE parent IS NOT NULL GROUP BY parent) inside
      WHERE inside.parent = import_group.oid AND inside.severity > import_group.severity`;
    const raised = await this.#connection.all(
      sql`UPDATE import_group SET severity = inside.severity ${worse} RETURNING 1 AS one`,
    );
    return raised.length > 0;
  }

  async #write(): Promise<void> {
    for (const [severity, { status }] of SEVERITIES.entries()) {
      await this.#connection.all(sql`UPDATE job SET legacy_state = ${status}, state = ${stateOf('test_group', status)}
        FROM import_group g WHERE g.touched = 1 AND g.severity = ${severity}
          AND ${OURS} AND job.legacy_id = g.oid AND job.legacy_state <> ${status}`);
    }
  }
}

/** SQL of how bad the state in a column is. */
function severityOf(column: string): Sql {
  const cases = SEVERITIES.flatMap(({ statuses }, severity) =>
    statuses.map((status) => `WHEN '${status}' THEN ${severity}`),
  );
  return raw(`CASE ${column} ${cases.join(' ')} ELSE 0 END`);
}
