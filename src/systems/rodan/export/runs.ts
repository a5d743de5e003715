import { JsonText, objectText, type Members } from '../../../core/export/json-object.js';
import { timeText } from '../../../core/export/values.js';
import { State, System } from '../../../core/model/states.js';
import { raw, sql } from '../../../core/store/sql.js';
import { COLLECTIONS } from '../import/collections.js';
import { isOver, RUN_REQUESTS } from '../import/runs.js';
import { Status, statusName } from '../states.js';
import { collectionArray } from './collection-array.js';
import { link, maybeLink, nameOf } from './links.js';
import { times, type TimesRow } from './projects.js';

/** Workflow runs, the requests about them, and their run jobs. */

/** What runs and run jobs have for clients of all systems, and an import works out unless it is told. */
interface RecordRow extends TimesRow {
  readonly uuid: string;
  readonly status: number;
  readonly reason: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

interface RunRow extends RecordRow {
  readonly project: string;
  readonly workflow: string | null;
  readonly creator: string | null;
  readonly requester: string | null;
  readonly name: string | null;
  readonly shownName: string;
  readonly workflowName: string | null;
  readonly description: string | null;
  readonly redone: string | null;
}

/** Workflow runs. */
export const workflowRuns = collectionArray<RunRow>(COLLECTIONS.workflowrun, {
  select: sql`legacy_id AS uuid, rodan_project_uuid AS project, rodan_workflow_uuid AS workflow,
    ${nameOf('rodan_creator_number')} AS creator, requester, rodan_status AS status, rodan_name AS name,
    name AS "shownName", (SELECT w.name FROM rodan_workflow w WHERE w.uuid = rodan_workflow_uuid) AS "workflowName",
    rodan_description AS description, rodan_last_redone_uuid AS redone, submitted_at AS "createdAt",
    rodan_updated_at AS "updatedAt", started_at AS "startedAt", finished_at AS "finishedAt", state_reason AS reason`,
  where: sql`system = ${System.RODAN}`,
  long: ['rodan_description', 'state_reason'],
  elements: (rows) => rows.map(runText),
});

function runText(row: RunRow): string {
  const { shownName, requester, creator } = row;
  return objectText({
    uuid: row.uuid,
    project: link('project', row.project),
    workflow: maybeLink('workflow', row.workflow),
    creator,
    status: row.status,
    name: row.name,
    description: row.description,
    last_redone_runjob_tree: maybeLink('runjob', row.redone),
    ...times(row),
    shown_name: shownName === (row.name || (row.workflowName ?? '')) ? undefined : shownName,
    requester: requester === creator ? undefined : requester,
    // The error of a failed run is that of one of its run jobs: the first of them, or the one that failed first.
    ...ownMembers(row, row.status === Status.FAILED ? undefined : statusName(row.status)),
  });
}

/** What the old format does not have, where it is not what an import takes it for. */
function ownMembers(row: RecordRow, usualReason: string | undefined): Members {
  const usualEnd = isOver(row.status) ? row.updatedAt : null;
  return {
    started: timeText(row.startedAt) ?? undefined,
    finished: row.finishedAt === usualEnd ? undefined : timeText(row.finishedAt),
    state_reason: row.reason === usualReason ? undefined : row.reason,
  };
}

interface RequestRow {
  readonly id: string;
  readonly run: string;
  readonly request: string;
  readonly project: string;
  readonly name: string;
  readonly requester: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
}

/** Requests that are not simply the one that an import gives every run. */
export const runRequests = collectionArray<RequestRow>(RUN_REQUESTS, {
  select: sql`legacy_id AS id, rodan_run_uuid AS run, legacy_state AS request,
    (SELECT p.legacy_id FROM project p WHERE p.id = event.project_id) AS project, name, requester,
    created_at AS "createdAt", started_at AS "startedAt"`,
  where: sql`system = ${System.RODAN} AND NOT (started_at IS NULL AND EXISTS (
    SELECT 1 FROM build b WHERE b.system = ${System.RODAN} AND b.legacy_id = event.legacy_id AND b.name = event.name
      AND b.submitted_at = event.created_at AND b.requester IS NOT DISTINCT FROM event.requester))`,
  elements: (rows) =>
    rows.map(({ id, run, request, project, name, requester, createdAt, startedAt }) =>
      objectText({
        workflow_run_uuid: run,
        number: Number(id.split('/')[1] ?? 1),
        request,
        project: link('project', project),
        name,
        requester,
        created: timeText(createdAt),
        started: timeText(startedAt) ?? undefined,
      }),
    ),
});

interface RunJobRow extends RecordRow {
  readonly run: string;
  readonly jobName: string;
  readonly state: State;
  readonly workflowJob: string;
  readonly resource: string | null;
  /** JSON. */
  readonly settings: string;
  readonly errorSummary: string | null;
  readonly errorDetails: string | null;
  readonly workingUser: number | null;
  readonly workingUserExpiry: number | null;
  readonly agent: string | null;
  readonly agentUntil: number | null;
}

/** Run jobs, without what they read and write. */
export const runJobs = collectionArray<RunJobRow>(COLLECTIONS.runjob, {
  select: raw(`legacy_id AS uuid, rodan_run_uuid AS run, name AS "jobName", state, rodan_status AS status,
    rodan_workflow_job_uuid AS "workflowJob", rodan_resource_uuid AS resource, rodan_settings AS settings,
    rodan_error_summary AS "errorSummary", rodan_error_details AS "errorDetails",
    rodan_working_user_number AS "workingUser", rodan_working_user_expiry AS "workingUserExpiry",
    rodan_agent AS agent, rodan_agent_until AS "agentUntil", created_at AS "createdAt",
    rodan_updated_at AS "updatedAt", started_at AS "startedAt", finished_at AS "finishedAt", state_reason AS reason`),
  where: sql`system = ${System.RODAN}`,
  long: ['rodan_settings', 'rodan_error_summary', 'rodan_error_details', 'state_reason'],
  elements: (rows) => rows.map(runJobText),
});

function runJobText(row: RunJobRow): string {
  const { agentUntil } = row;
  return objectText({
    uuid: row.uuid,
    workflow_run: link('workflowrun', row.run),
    job_name: row.jobName,
    workflow_job_uuid: row.workflowJob,
    resource_uuid: row.resource,
    job_settings: new JsonText(row.settings),
    status: row.status,
    error_summary: row.errorSummary,
    error_details: row.errorDetails,
    working_user: maybeLink('user', row.workingUser),
    working_user_expiry: timeText(row.workingUserExpiry),
    ...times(row),
    ...ownMembers(row, row.errorSummary || statusName(row.status)),
    ready: row.status === Status.SCHEDULED ? row.state === State.QUEUED : undefined,
    agent: agentUntil === null ? undefined : row.agent,
    agent_until: timeText(agentUntil) ?? undefined,
  });
}
