import { STATES } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { join, sql } from '../../../core/store/sql.js';
import { changeState, requestState } from '../states.js';

/**
 * Fills what a request has from other rows: results and master from its builds where it has none (the newest build that
 * says one), the start of its last attempt, the author of its first change.
 */
export async function fillFromBuilds(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_request SET
    buildapi_results = COALESCE(buildapi_results, (SELECT s.results FROM import_build s
      WHERE s.request_id = import_request.id AND s.results IS NOT NULL ORDER BY s.id DESC LIMIT 1)),
    buildapi_claimed_by_name = COALESCE(buildapi_claimed_by_name, (SELECT s.claimed_by_name FROM import_build s
      WHERE s.request_id = import_request.id AND s.claimed_by_name IS NOT NULL ORDER BY s.id DESC LIMIT 1)),
    started_at = (SELECT a.started_at FROM buildapi_attempt a
      WHERE a.request_id = import_request.id ORDER BY a.id DESC LIMIT 1),
    requester = COALESCE((SELECT e.requester FROM buildapi_request_change l JOIN event e ON e.id = l.change_id
      WHERE l.request_id = import_request.id ORDER BY l.change_id LIMIT 1), requester)`);
}

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
  await connection.all(sql`UPDATE import_touched SET states = COALESCE((SELECT SUM(DISTINCT 1 << b.state)
    FROM buildapi_request_change l JOIN build b ON b.id = l.request_id WHERE l.change_id = import_touched.id), 0)`);
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
