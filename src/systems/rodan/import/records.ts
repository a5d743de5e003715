import { recordId } from '../../../core/ids.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { lastNumber, raiseLastNumber } from '../../../core/import/counters.js';
import { Kind, PROJECT_KIND, State, System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import { isReady } from '../runs/scheduling.js';
import { RunRequest, stateOfRunJob, Status, statusName } from '../states.js';
import { DIRECTIONS, type Direction } from './catalogue.js';

/** What the rows of projects, runs and run jobs say that is worked out from others. */

/** How far apart the ids of two records of the system are that were numbered one after the other. */
const STRIDE = recordId(System.RODAN, 1) - recordId(System.RODAN, 0);
const OURS = raw(String(System.RODAN));

/** Stages whose rows are numbered, and the column that says since when each is. */
const NUMBERED = [
  { stage: 'import_project', id: 'uuid', created: 'created_at', table: 'project', kind: PROJECT_KIND },
  { stage: 'import_run_request', id: 'legacy_id', created: 'created_at', table: 'event', kind: Kind.EVENT },
  { stage: 'import_run', id: 'legacy_id', created: 'submitted_at', table: 'build', kind: Kind.BUILD },
  { stage: 'import_run_job', id: 'legacy_id', created: 'created_at', table: 'job', kind: Kind.JOB },
] as const;

/** Places of requests that the file does not have: behind all that it has. */
const BEHIND = raw(String(2 ** 40));

/** Gives each run that the file has no request of the one that made it. */
export async function deriveRequests(connection: Reader): Promise<void> {
  await connection.all(sql`INSERT INTO import_run_request (system, legacy_id, state, legacy_state, rodan_request,
      rodan_run_uuid, requester, created_at, finished_at, project_uuid, position)
    SELECT r.system, r.legacy_id, ${raw(String(State.SUCCEEDED))}, 'run', ${raw(String(RunRequest.RUN))},
      r.legacy_id, r.requester, r.submitted_at, r.submitted_at, r.rodan_project_uuid, ${BEHIND} + r.position
    FROM import_run r WHERE NOT EXISTS (SELECT 1 FROM import_run_request q WHERE q.legacy_id = r.legacy_id)`);
}

/** Gives projects, requests, runs and run jobs their internal ids: new ones in the order in which they were made. */
export async function numberRecords(connection: Reader): Promise<void> {
  for (const { stage, id, created, table, kind } of NUMBERED) {
    const [name, target] = [raw(stage), raw(table)];
    await connection.all(sql`UPDATE ${name} SET id = t.id FROM ${target} t
      WHERE t.system = ${OURS} AND t.legacy_id = ${name}.${raw(id)}`);
    const last = await lastNumber(connection, System.RODAN, kind);
    const row = await first<{ total: number }>(connection, sql`SELECT COUNT(*) AS total FROM ${name} WHERE id IS NULL`);
    const from = raw(String(recordId(System.RODAN, last)));
    await connection.all(sql`UPDATE ${name} SET id = ${from} + ${raw(String(STRIDE))} * ranked.place
      FROM (SELECT position, ROW_NUMBER() OVER (ORDER BY ${raw(created)}, position) AS place FROM ${name}
        WHERE id IS NULL) ranked WHERE ranked.position = ${name}.position`);
    await raiseLastNumber(connection, System.RODAN, kind, last + (row?.total ?? 0));
  }
}

/** Writes the shared rows of the file's projects. */
export async function writeCoreProjects(connection: Reader): Promise<void> {
  await connection.all(sql`INSERT INTO project (id, system, legacy_id, name)
    SELECT s.id, ${OURS}, s.uuid, s.name FROM import_project s
    WHERE NOT EXISTS (SELECT 1 FROM project p WHERE p.id = s.id) ORDER BY s.id`);
  await connection.all(sql`UPDATE project SET name = s.name FROM import_project s
    WHERE s.id = project.id AND project.name <> s.name`);
}

/** Finds project, name and request of the runs; a run without a name is called like its workflow. */
export async function settleRuns(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_run SET project_id = p.id FROM project p
    WHERE p.system = ${OURS} AND p.legacy_id = import_run.rodan_project_uuid`);
  await connection.all(sql`UPDATE import_run SET name = COALESCE(said_name, NULLIF(rodan_name, ''),
    (SELECT w.name FROM rodan_workflow w WHERE w.uuid = import_run.rodan_workflow_uuid), '')`);
  await connection.all(sql`UPDATE import_run SET event_id = e.id FROM import_run_request e
    WHERE e.legacy_id = import_run.legacy_id`);
  await connection.all(sql`UPDATE import_run_request SET project_id = p.id FROM project p
    WHERE p.system = ${OURS} AND p.legacy_id = import_run_request.project_uuid`);
  await connection.all(sql`UPDATE import_run_request SET name = r.name FROM import_run r
    WHERE import_run_request.name IS NULL AND r.legacy_id = import_run_request.legacy_id`);
}

/** Finds the run of the run jobs, which has most of what they share. */
export async function settleRunJobs(connection: Reader): Promise<void> {
  const found = (run: string): Sql =>
    raw(`build_id = ${run}.id, event_id = ${run}.event_id, project_id = ${run}.project_id,
      rodan_project_uuid = ${run}.rodan_project_uuid, requester = ${run}.requester`);
  await connection.all(sql`UPDATE import_run_job SET ${found('r')} FROM import_run r
    WHERE r.legacy_id = import_run_job.rodan_run_uuid`);
  await connection.all(sql`UPDATE import_run_job SET ${found('b')} FROM build b
    WHERE import_run_job.build_id IS NULL AND b.system = ${OURS} AND b.legacy_id = import_run_job.rodan_run_uuid`);
}

/** Finds run job and port type of what was read and written: the type by the names of job and type. */
export async function settleResults(connection: Reader): Promise<void> {
  for (const direction of DIRECTIONS) {
    const stage = raw(`import_${direction}`);
    await connection.all(sql`UPDATE ${stage} SET run_job_id = j.id, job_name = j.name FROM import_run_job j
      WHERE j.legacy_id = ${stage}.run_job_uuid`);
    await connection.all(sql`UPDATE ${stage} SET run_job_id = j.id, job_name = j.name FROM job j
      WHERE ${stage}.run_job_id IS NULL AND j.system = ${OURS} AND j.legacy_id = ${stage}.run_job_uuid`);
    const type = raw(`${direction}_port_type`);
    const found = typeByNames(
      direction,
      `import_${direction}.job_name`,
      `import_${direction}.${direction}_port_type_name`,
    );
    await connection.all(sql`UPDATE ${stage} SET ${type}_uuid = CASE WHEN says_type THEN said_type ELSE ${found} END`);
  }
}

/** SQL of the type of port that has a name and is of a job with another; the names are SQL. */
export function typeByNames(direction: Direction, job: string, type: string): Sql {
  return raw(`(SELECT t.uuid FROM rodan_job d JOIN rodan_${direction}_port_type t ON t.job_uuid = d.uuid
    WHERE d.name = ${job} AND t.name = ${type} ORDER BY t.id LIMIT 1)`);
}

/** What the file does not say of the work on records stays as it is: when it began, and which agent has it. */
export async function keepWork(connection: Reader): Promise<void> {
  for (const { stage, table } of NUMBERED) {
    if (table === 'project') continue;
    const name = raw(stage);
    await connection.all(sql`UPDATE ${name} SET started_at = t.started_at FROM ${raw(table)} t
      WHERE t.id = ${name}.id AND ${name}.started_at IS NULL`);
  }
  await connection.all(sql`UPDATE import_run_job SET rodan_agent = j.rodan_agent, rodan_agent_until = j.rodan_agent_until
    FROM job j WHERE j.id = import_run_job.id AND import_run_job.rodan_agent_until IS NULL`);
}

/** A scheduled run job is planned as long as something is missing that it reads (contract rodan, section 8). */
export async function settleScheduled(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_run_job SET state = ${raw(String(stateOfRunJob(Status.SCHEDULED, false)))}
    WHERE rodan_status = ${raw(String(Status.SCHEDULED))} AND said_ready IS NULL AND NOT ${isReady('import_run_job.id')}`);
}

/** Why runs are in their state: failed ones because of the first of their run jobs that failed. All of those are written. */
export async function settleReasons(connection: BulkConnection): Promise<void> {
  const rows = await connection.all<{ status: number }>(sql`SELECT DISTINCT rodan_status AS status FROM import_run`);
  for (const { status } of rows) {
    const name = sql`CAST(${statusName(status)} AS text)`;
    const failed = sql`(SELECT j.rodan_error_summary FROM job j
      WHERE j.build_id = import_run.id AND j.rodan_status = ${raw(String(Status.FAILED))} ORDER BY j.id LIMIT 1)`;
    const reason = status === Status.FAILED ? sql`COALESCE(NULLIF(${failed}, ''), ${name})` : name;
    await connection.all(
      sql`UPDATE import_run SET state_reason = COALESCE(said_reason, ${reason}) WHERE rodan_status = ${raw(String(status))}`,
    );
  }
}
