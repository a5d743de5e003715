import { STATES } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { join, raw, sql } from '../../../core/store/sql.js';
import { changeState, requestState } from '../states.js';

/**
 * Fills what a request has from other rows: results and master from its builds where it has none (the newest build that
 * says one), the start of its last attempt, the author of its first change. Joins of whole tables, not a look-up for
 * each request: PostgreSQL knows too little of tables that were filled a moment ago to look up well.
 */
export async function fillFromBuilds(connection: Reader): Promise<void> {
  for (const [column, own] of FILLED) {
    await connection.all(sql`UPDATE import_request SET ${own} = s.${column}
      FROM (SELECT request_id, MAX(id) AS id FROM import_build WHERE ${column} IS NOT NULL GROUP BY request_id) newest
      JOIN import_build s ON s.id = newest.id
      WHERE import_request.id = newest.request_id AND import_request.${own} IS NULL`);
  }
  await connection.all(sql`UPDATE import_request SET started_at = NULL WHERE started_at IS NOT NULL`);
  await connection.all(sql`UPDATE import_request SET started_at = a.started_at
    FROM (SELECT request_id, MAX(id) AS id FROM buildapi_attempt GROUP BY request_id) newest
    JOIN buildapi_attempt a ON a.id = newest.id WHERE import_request.id = newest.request_id`);
  await connection.all(sql`UPDATE import_request SET requester = e.requester
    FROM (SELECT request_id, MIN(change_id) AS id FROM buildapi_request_change GROUP BY request_id) oldest
    JOIN event e ON e.id = oldest.id WHERE import_request.id = oldest.request_id AND e.requester IS NOT NULL`);
}

/** Columns of builds, and those of their request that they fill. */
const FILLED = [
  [raw('results'), raw('buildapi_results')],
  [raw('claimed_by_name'), raw('buildapi_claimed_by_name')],
] as const;

interface Combination {
  readonly word: string;
  readonly claimed: number;
  readonly results: number | null;
  readonly attempted: number;
}

/** The combinations of the fields that decide are few: each is mapped once, and one statement writes them all. */
export async function settleRequestStates(connection: Reader): Promise<void> {
  const claimed = sql`CASE WHEN buildapi_claimed_at > 0 THEN 1 ELSE 0 END`;
  const attempted = sql`CASE WHEN started_at IS NULL THEN 0 ELSE 1 END`;
  const rows = await connection.all<Combination>(
    sql`SELECT DISTINCT legacy_state AS word, ${claimed} AS claimed, buildapi_results AS results,
      ${attempted} AS attempted FROM import_request`,
  );
  if (rows.length === 0) return;
  const mapped = rows.map((row) => {
    const state = requestState({
      complete: row.word === 'complete',
      claimedAt: row.claimed,
      results: row.results,
      attempted: row.attempted === 1,
    });
    const results = row.results === null ? sql`buildapi_results IS NULL` : sql`buildapi_results = ${row.results}`;
    const when = sql`legacy_state = ${row.word} AND ${claimed} = ${row.claimed} AND ${results}
      AND ${attempted} = ${row.attempted}`;
    return { when, ...state };
  });
  const states = mapped.map(({ when, state }) => sql`WHEN ${when} THEN CAST(${state} AS bigint)`);
  const reasons = mapped.map(({ when, reason }) => sql`WHEN ${when} THEN CAST(${reason} AS text)`);
  await connection.all(sql`UPDATE import_request SET
    state = CASE ${join(states, ' ')} END, state_reason = CASE ${join(reasons, ' ')} END`);
}

/** Gives changes the state that follows from those of all their requests: a bit for each state that one of them has. */
export async function settleChangeStates(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_touched SET states = present.states
    FROM (SELECT l.change_id AS id, SUM(DISTINCT 1 << b.state) AS states
      FROM import_touched t JOIN buildapi_request_change l ON l.change_id = t.id JOIN build b ON b.id = l.request_id
      GROUP BY l.change_id) present WHERE import_touched.id = present.id`);
  const rows = await connection.all<{ states: number }>(sql`SELECT DISTINCT states AS states FROM import_touched`);
  if (rows.length === 0) return;
  const cases = rows.map(({ states }) => {
    const present = STATES.filter((state) => (states & (1 << state)) !== 0);
    return sql`WHEN t.states = ${states} THEN CAST(${changeState(present)} AS bigint)`;
  });
  await connection.all(sql`UPDATE event SET state = settled.state
    FROM (SELECT t.id AS id, CASE ${join(cases, ' ')} END AS state FROM import_touched t) settled
    WHERE event.id = settled.id AND event.state <> settled.state`);
}
