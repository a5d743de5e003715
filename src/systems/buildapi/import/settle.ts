import type { BulkConnection } from '../../../core/import/bulk.js';
import { Fate, type Stage } from '../../../core/import/stage.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';
import { fillFromBuilds, settleChangeStates, settleRequestStates } from './derived.js';
import { placeBranches, placeOthers } from './projects.js';
import { REQUESTS } from './tables.js';

/** The stages of one import. */
export interface Stages {
  readonly branches: Stage;
  readonly builders: Stage;
  readonly changes: Stage;
  readonly requests: Stage;
  readonly links: Stage;
  readonly attempts: Stage;
  readonly jobs: Stage;
}

/**
 * Writes everything that was collected, whose references are known to be good, and what follows from it: also in
 * requests and changes of the database that the file does not have but speaks of.
 */
export async function settle(connection: BulkConnection, stages: Stages): Promise<void> {
  for (const stage of [stages.branches, stages.builders]) await merge(stage);
  const branchesAreNew = await stages.branches.hasNew();
  await addTouchedRequests(connection);
  await placeBranches(connection, branchesAreNew);
  await connection.all(sql`UPDATE import_change SET project_id = (SELECT p.id FROM project p
    WHERE p.system = ${System.BUILDAPI} AND p.legacy_id = import_change.buildapi_branch)`);
  await merge(stages.changes);
  await collectTouchedChanges(connection);
  await merge(stages.attempts);
  await replaceLinks(connection, stages.links);
  await fillFromBuilds(connection);
  await settleRequestStates(connection);
  await stages.requests.compare();
  await connection.all(
    sql`UPDATE import_request SET fate = ${Fate.REPLACED} WHERE relinked = 1 AND fate = ${Fate.UNCHANGED}`,
  );
  await stages.requests.write();
  await settleChangeStates(connection);
  if (branchesAreNew) await placeOthers(connection);
  await merge(stages.jobs);
}

async function merge(stage: Stage): Promise<void> {
  await stage.compare();
  await stage.write();
}

/** Requests of the database that the builds and changes of the file are of, or were of until now. */
async function addTouchedRequests(connection: Reader): Promise<void> {
  const columns = raw([...REQUESTS.given, ...(REQUESTS.derived ?? [])].map(([name]) => name).join(', '));
  await connection.all(sql`INSERT INTO import_request (${columns}, position)
    SELECT ${columns}, -1 FROM build WHERE id IN (
      SELECT s.request_id FROM import_build s
      UNION SELECT a.request_id FROM buildapi_attempt a JOIN import_build s ON s.id = a.id
      UNION SELECT l.request_id FROM buildapi_request_change l JOIN import_change c ON c.id = l.change_id
    ) AND NOT EXISTS (SELECT 1 FROM import_request r WHERE r.id = build.id)`);
}

/** Changes whose state may be another one afterwards. */
async function collectTouchedChanges(connection: Reader): Promise<void> {
  await connection.all(raw('CREATE TEMPORARY TABLE import_touched (id bigint PRIMARY KEY, states bigint DEFAULT 0)'));
  await connection.all(sql`INSERT INTO import_touched (id)
    SELECT id FROM import_change
    UNION SELECT change_id FROM import_link
    UNION SELECT l.change_id FROM buildapi_request_change l JOIN import_request r ON r.id = l.request_id`);
}

/** A request of the file has the changes that the file says, and no others. */
async function replaceLinks(connection: Reader, links: Stage): Promise<void> {
  await links.compare();
  // Two statements, each a join: with OR between them PostgreSQL would walk through all links for every request.
  await connection.all(sql`UPDATE import_request SET relinked = 1
    WHERE id IN (SELECT request_id FROM import_link WHERE fate = ${Fate.NEW})`);
  await connection.all(sql`UPDATE import_request SET relinked = 1 WHERE position >= 0 AND id IN (
    SELECT l.request_id FROM buildapi_request_change l WHERE NOT EXISTS (SELECT 1 FROM import_link s
      WHERE s.request_id = l.request_id AND s.change_id = l.change_id))`);
  await connection.all(sql`DELETE FROM buildapi_request_change
    WHERE request_id IN (SELECT id FROM import_request WHERE position >= 0 AND relinked = 1)
      AND NOT EXISTS (SELECT 1 FROM import_link s
        WHERE s.request_id = buildapi_request_change.request_id AND s.change_id = buildapi_request_change.change_id)`);
  await links.write();
}
