import type { Reader } from '../../../core/store/reader.js';
import { first } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';
import { COLLECTIONS } from './collections.js';
import { lastPart } from '../parts/blueprint.js';
import { DIRECTIONS } from './catalogue.js';
import { GROUP_MEMBERS, LIST_ITEMS } from './links.js';
import { faultyColumns, refuseFaulty, type Faulty } from './references.js';

/** What rows have that do not say it (contract rodan, sections 9.4, 9.5 and 14). */

/** Workflow jobs without a name are called like the last part of the name of their job. */
export async function nameWorkflowJobs(connection: Reader): Promise<void> {
  const jobs = await connection.all<{ uuid: string; name: string }>(
    sql`SELECT DISTINCT j.uuid AS uuid, j.name AS name FROM import_workflow_job s JOIN rodan_job j ON j.uuid = s.job_uuid
      WHERE s.name IS NULL`,
  );
  for (const { uuid, name } of jobs) {
    await connection.all(
      sql`UPDATE import_workflow_job SET name = ${lastPart(name)} WHERE name IS NULL AND job_uuid = ${uuid}`,
    );
  }
}

/** Ports without a label are called like their type. */
export async function labelPorts(connection: Reader): Promise<void> {
  for (const direction of DIRECTIONS) {
    const [stage, type] = [raw(`import_${direction}_port`), raw(`rodan_${direction}_port_type`)];
    await connection.all(sql`UPDATE ${stage} SET label = t.name FROM ${type} t
      WHERE ${stage}.label IS NULL AND t.uuid = ${stage}.${raw(`${direction}_port_type_uuid`)}`);
  }
}

/** Lists of resources without a type have that of their first resource; all resources are in the database by now. */
export async function typeResourceLists(connection: Reader): Promise<void> {
  await connection.all(sql`UPDATE import_resource_list SET resource_type_uuid = (
      SELECT r.resource_type_uuid FROM ${raw(LIST_ITEMS.name)} l JOIN rodan_resource r ON r.uuid = l.resource_uuid
      WHERE l.owner = import_resource_list.uuid ORDER BY l.item LIMIT 1
    ) WHERE resource_type_uuid IS NULL`);
}

/** Groups and lists without times keep those that they have; new ones are made now. */
export async function timeRows(connection: Reader, now: number): Promise<void> {
  for (const { stage } of [COLLECTIONS.workflowjobgroup, COLLECTIONS.resourcelist]) {
    const [name, table] = [raw(stage.name), raw(stage.table)];
    for (const column of ['created_at', 'updated_at']) {
      const time = raw(column);
      await connection.all(sql`UPDATE ${name} SET ${time} = COALESCE(
          (SELECT t.${time} FROM ${table} t WHERE t.uuid = ${name}.uuid), CAST(${now} AS bigint)
        ) WHERE ${time} IS NULL`);
    }
  }
}

/**
 * Workflow jobs are in a group when they say so or the group does.
 * @throws BuildgateError INVALID naming a group with a workflow job that is in another one
 */
export async function groupWorkflowJobs(connection: Reader): Promise<void> {
  const { owner, name } = GROUP_MEMBERS;
  const torn = await first<Faulty>(
    connection,
    sql`SELECT ${faultyColumns(owner, 'l.workflow_job_uuid')} FROM ${raw(name)} l
      JOIN ${raw(owner.stage.name)} s ON s.uuid = l.owner
      WHERE EXISTS (SELECT 1 FROM ${raw(name)} o WHERE o.workflow_job_uuid = l.workflow_job_uuid AND o.owner < l.owner)
        OR EXISTS (SELECT 1 FROM import_workflow_job j WHERE j.uuid = l.workflow_job_uuid AND j.group_uuid <> l.owner)
      ORDER BY s.position, l.workflow_job_uuid LIMIT 1`,
  );
  if (torn) throw refuseFaulty(owner, torn, `workflow_jobs: "${torn.found}" is in another group.`);
  await connection.all(sql`UPDATE import_workflow_job SET group_uuid = l.owner FROM ${raw(name)} l
    WHERE l.workflow_job_uuid = import_workflow_job.uuid AND import_workflow_job.group_uuid IS NULL`);
}

/** The same of workflow jobs that only the database has. */
export async function regroupOthers(connection: Reader): Promise<void> {
  const { owner, name } = GROUP_MEMBERS;
  await connection.all(sql`UPDATE rodan_workflow_job SET group_uuid = l.owner FROM ${raw(name)} l
    WHERE l.workflow_job_uuid = rodan_workflow_job.uuid AND rodan_workflow_job.group_uuid IS DISTINCT FROM l.owner`);
  await connection.all(sql`UPDATE rodan_workflow_job SET group_uuid = NULL
    WHERE group_uuid IN (SELECT uuid FROM ${raw(owner.stage.name)})
      AND NOT EXISTS (SELECT 1 FROM ${raw(name)} l WHERE l.workflow_job_uuid = rodan_workflow_job.uuid)
      AND NOT EXISTS (SELECT 1 FROM import_workflow_job s WHERE s.uuid = rodan_workflow_job.uuid)`);
}
