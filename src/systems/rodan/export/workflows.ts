import { JsonText, objectText } from '../../../core/export/json-object.js';
import type { ExportedArray } from '../../../core/export/run.js';
import { grouped } from '../../../core/export/values.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Direction } from '../import/catalogue.js';
import { COLLECTIONS } from '../import/collections.js';
import { collectionArray } from './collection-array.js';
import { link, maybeLink, nameOf } from './links.js';
import { times, TIMES, type TimesRow } from './projects.js';

/** Workflows and what they are made of. */

interface WorkflowRow extends TimesRow {
  readonly uuid: string;
  readonly project: string;
  readonly name: string;
  readonly description: string | null;
  readonly creator: string | null;
  readonly valid: boolean | number;
}

/** Workflows. */
export const workflows = collectionArray<WorkflowRow>(COLLECTIONS.workflow, {
  select: sql`uuid, project_uuid AS project, name, description, ${nameOf('creator_number')} AS creator, valid, ${TIMES}`,
  long: ['description'],
  elements: (rows) =>
    rows.map((row) =>
      objectText({
        uuid: row.uuid,
        project: link('project', row.project),
        name: row.name,
        description: row.description,
        creator: row.creator,
        valid: Boolean(row.valid),
        ...times(row),
      }),
    ),
});

interface WorkflowJobRow extends TimesRow {
  readonly uuid: string;
  readonly workflow: string;
  readonly job: string;
  readonly group: string | null;
  readonly name: string;
  /** JSON. */
  readonly settings: string;
}

/** Workflow jobs. */
export const workflowJobs = collectionArray<WorkflowJobRow>(COLLECTIONS.workflowjob, {
  select: sql`uuid, workflow_uuid AS workflow, job_uuid AS job, group_uuid AS "group", name, settings, ${TIMES}`,
  long: ['settings'],
  elements: (rows) =>
    rows.map((row) =>
      objectText({
        uuid: row.uuid,
        workflow: link('workflow', row.workflow),
        job: link('job', row.job),
        group: maybeLink('workflowjobgroup', row.group),
        name: row.name,
        job_settings: new JsonText(row.settings),
        ...times(row),
      }),
    ),
});

interface GroupRow extends TimesRow {
  readonly uuid: string;
  readonly workflow: string;
  readonly name: string;
  readonly description: string | null;
  readonly origin: string | null;
}

/** Groups of workflow jobs. */
export const workflowJobGroups = collectionArray<GroupRow>(COLLECTIONS.workflowjobgroup, {
  select: sql`uuid, workflow_uuid AS workflow, name, description, origin_uuid AS origin, ${TIMES}`,
  long: ['description'],
  besides: raw('(SELECT COUNT(*) * 60 FROM rodan_workflow_job l WHERE l.group_uuid = rodan_workflow_job_group.uuid)'),
  elements: async (rows, reader) => {
    const members = await membersOf(reader, rows);
    return rows.map((row) =>
      objectText({
        uuid: row.uuid,
        workflow: link('workflow', row.workflow),
        name: row.name,
        description: row.description,
        workflow_jobs: members.get(row.uuid) ?? [],
        origin: maybeLink('workflow', row.origin),
        ...times(row),
      }),
    );
  },
});

async function membersOf(reader: Reader, rows: readonly GroupRow[]): Promise<ReadonlyMap<string, readonly string[]>> {
  const uuids = rows.map(({ uuid }) => uuid);
  const members = await reader.all<{ group: string; uuid: string }>(
    sql`SELECT group_uuid AS "group", uuid FROM rodan_workflow_job
      WHERE ${inList(reader.dialect, raw('group_uuid'), uuids, 'text')} ORDER BY group_uuid, id`,
  );
  return grouped(
    members,
    ({ group }) => group,
    ({ uuid }) => link('workflowjob', uuid),
  );
}

interface PortRow {
  readonly uuid: string;
  readonly workflowJob: string;
  readonly type: string;
  readonly label: string;
  readonly extern: boolean | number;
}

/** Ports of one direction. */
export const ports = (direction: Direction): ExportedArray =>
  collectionArray<PortRow>(COLLECTIONS[`${direction}port`], {
    select: raw(`uuid, workflow_job_uuid AS "workflowJob", ${direction}_port_type_uuid AS type, label, extern`),
    elements: (rows) =>
      rows.map(({ uuid, workflowJob, type, label, extern }) =>
        objectText({
          uuid,
          workflow_job: link('workflowjob', workflowJob),
          [`${direction}_port_type`]: link(`${direction}porttype`, type),
          label,
          extern: Boolean(extern),
        }),
      ),
  });

interface ConnectionRow {
  readonly uuid: string;
  readonly input: string;
  readonly output: string;
}

/** Connections of ports. */
export const connections = collectionArray<ConnectionRow>(COLLECTIONS.connection, {
  select: raw('uuid, input_port_uuid AS input, output_port_uuid AS output'),
  elements: (rows) =>
    rows.map(({ uuid, input, output }) =>
      objectText({ uuid, input_port: link('inputport', input), output_port: link('outputport', output) }),
    ),
});
