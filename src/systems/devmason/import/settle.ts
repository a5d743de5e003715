import { recordId } from '../../../core/ids.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { lastNumber, raiseLastNumber } from '../../../core/import/counters.js';
import { Fate, type Stage } from '../../../core/import/stage.js';
import { Kind, PROJECT_KIND, System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { ReportStages } from './reports.js';
import { mergeTags } from './tags.js';

/** The stages of one import. */
export interface Stages extends ReportStages {
  readonly users: Stage;
  readonly projects: Stage;
  readonly repositories: Stage;
  readonly requests: Stage;
}

const OURS = sql`CAST(${System.DEVMASON} AS bigint)`;
/** How far apart the ids of two records of the system are that were numbered one after the other. */
const STRIDE = recordId(System.DEVMASON, 1) - recordId(System.DEVMASON, 0);

/** Writes everything that was collected, whose references are known to be good, and what follows from it. */
export async function settle(connection: BulkConnection, stages: Stages, now: number): Promise<void> {
  await settleUsers(connection, now);
  await stages.users.compare();
  await writeUsers(connection);
  await settleProjects(connection);
  await merge(stages.projects);
  await renameBuilds(connection);
  await settleBuilds(connection);
  await stages.builds.compare();
  await connection.all(sql`UPDATE import_build SET fate = ${Fate.UNCHANGED} WHERE kept = 1`);
  await stages.builds.write();
  await settleSteps(connection);
  await stages.steps.compare();
  await connection.all(
    sql`UPDATE import_step SET fate = ${Fate.REPLACED} WHERE rewritten = 1 AND fate = ${Fate.UNCHANGED}`,
  );
  await stages.steps.write();
  await mergeTags(connection, stages.tags);
  await merge(stages.repositories);
  await settleRequests(connection);
  await merge(stages.requests);
}

async function merge(stage: Stage): Promise<void> {
  await stage.compare();
  await stage.write();
}

/** Whoever is named is a user, without a password. A password that a user has stays: they may have changed it here. */
async function settleUsers(connection: Reader, now: number): Promise<void> {
  await connection.all(sql`INSERT INTO import_user (system, name, created_at, position)
    SELECT ${OURS}, named.name, CAST(${now} AS bigint), -1 FROM (
      SELECT owner AS name FROM import_project WHERE owner IS NOT NULL
      UNION SELECT reporter FROM import_build WHERE reporter IS NOT NULL
    ) named WHERE NOT EXISTS (SELECT 1 FROM import_user u WHERE u.name = named.name)`);
  await connection.all(sql`UPDATE import_user SET password_hash = m.password_hash FROM member m
    WHERE m.system = ${OURS} AND m.name = import_user.name AND m.password_hash IS NOT NULL`);
}

/** Somebody may sign in for the first time meanwhile, or have their password stored anew: then that stays. */
async function writeUsers(connection: Reader): Promise<void> {
  await connection.all(sql`INSERT INTO member (system, name, password_hash, created_at)
    SELECT system, name, password_hash, created_at FROM import_user WHERE fate = ${Fate.NEW} ORDER BY name
    ON CONFLICT (system, name) DO NOTHING`);
  await connection.all(sql`UPDATE member SET password_hash = s.password_hash FROM import_user s
    WHERE s.fate = ${Fate.REPLACED} AND member.system = s.system AND member.name = s.name
      AND member.password_hash IS NULL`);
}

async function settleProjects(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_project SET id = p.id FROM project p
    WHERE p.system = ${OURS} AND p.legacy_id = import_project.legacy_id`);
  await numberNew(connection, 'import_project', PROJECT_KIND, sql`position`);
  await connection.all(sql`UPDATE import_project SET devmason_owner_id = m.id FROM member m
    WHERE m.system = ${OURS} AND m.name = import_project.owner`);
}

/** The name of a project is part of the names of all its builds, also of those that the file does not have. */
async function renameBuilds(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE build SET name = ${buildName('build.legacy_id', 'p')}
    FROM project p JOIN import_project s ON s.id = p.id
    WHERE s.fate = ${Fate.REPLACED} AND build.project_id = p.id AND build.name <> ${buildName('build.legacy_id', 'p')}`);
}

/** Numbers follow the order of reports: ids that are numbers by their size, then the others as they come (section 10). */
async function settleBuilds(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_build SET project_id = p.id, name = ${buildName('import_build.legacy_id', 'p')}
    FROM project p WHERE p.system = ${OURS} AND p.legacy_id = import_build.slug`);
  await connection.all(sql`UPDATE import_build SET devmason_reporter_id = m.id FROM member m
    WHERE m.system = ${OURS} AND m.name = COALESCE(import_build.reporter, import_build.credited)
      AND (import_build.reporter IS NOT NULL
        OR EXISTS (SELECT 1 FROM import_user u WHERE u.name = import_build.credited AND u.position >= 0))`);
  // That somebody is gone is no less true when a file does not know it.
  await connection.all(sql`UPDATE import_build SET devmason_reporter_gone = b.devmason_reporter_gone FROM build b
    WHERE b.id = import_build.id AND import_build.devmason_reporter_gone IS NULL`);
  const order = sql`CASE WHEN numeric_order IS NULL THEN 1 ELSE 0 END, numeric_order, position`;
  await numberNew(connection, 'import_build', Kind.BUILD, order);
}

/** SQL of the name of a build. */
function buildName(legacyId: string, project: string): Sql {
  return raw(`'Build ' || SUBSTR(${legacyId}, LENGTH(${project}.legacy_id) + 2) || ' for ' || ${project}.name`);
}

/** Steps that a build has no longer go. */
async function settleSteps(connection: Reader): Promise<void> {
  const gone = sql`SELECT j.id FROM import_build b JOIN job j ON j.build_id = b.id
    WHERE b.fate = ${Fate.REPLACED} AND j.devmason_number > b.devmason_step_count`;
  await connection.all(sql`DELETE FROM devmason_step_output WHERE job_id IN (${gone})`);
  await connection.all(sql`DELETE FROM job WHERE id IN (${gone})`);
  await connection.all(sql`UPDATE import_step SET build_id = b.id, project_id = b.project_id
    FROM import_build b WHERE b.position = import_step.position`);
}

async function settleRequests(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_request SET project_id = p.id FROM project p
    WHERE p.system = ${OURS} AND p.legacy_id = import_request.slug`);
  await connection.all(sql`UPDATE import_request SET devmason_repository_id = r.id FROM devmason_repository r
    WHERE r.url = import_request.repository`);
}

/** Numbers the rows without an id in this order, after those that there are. */
async function numberNew(connection: Reader, table: string, kind: number, order: Sql): Promise<void> {
  const [stage, last] = [raw(table), await lastNumber(connection, System.DEVMASON, kind)];
  const row = await first<{ total: number }>(connection, sql`SELECT COUNT(*) AS total FROM ${stage} WHERE id IS NULL`);
  await connection.all(sql`UPDATE ${stage} SET id = ${recordId(System.DEVMASON, last)} + ${STRIDE} * ranked.place
    FROM (SELECT legacy_id, ROW_NUMBER() OVER (ORDER BY ${order}) AS place FROM ${stage} WHERE id IS NULL) ranked
    WHERE ranked.legacy_id = ${stage}.legacy_id`);
  await raiseLastNumber(connection, System.DEVMASON, kind, last + (row?.total ?? 0));
}
