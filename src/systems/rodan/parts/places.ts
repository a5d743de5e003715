import { first, type Reader } from '../../../core/store/reader.js';
import { sql } from '../../../core/store/sql.js';
import { notFound, type PartPlace } from './locking.js';

/** Rows that verbs look at, by uuid. */

/** A workflow job. */
export interface PlacedJob extends PartPlace {
  readonly uuid: string;
  readonly jobUuid: string;
  readonly groupUuid: string | null;
  readonly name: string;
  /** JSON text. */
  readonly settings: string;
}

/** An input or output port. */
export interface PlacedPort extends PartPlace {
  readonly uuid: string;
  readonly workflowJobUuid: string;
  readonly typeUuid: string;
  readonly label: string;
  /** Group of its workflow job. */
  readonly groupUuid: string | null;
}

/** A connection; in the workflow of its input port. */
export interface PlacedConnection extends PartPlace {
  readonly uuid: string;
  readonly inputPortUuid: string;
  readonly outputPortUuid: string;
  readonly inputGroupUuid: string | null;
  readonly outputGroupUuid: string | null;
}

/** A group of workflow jobs. */
export interface PlacedGroup extends PartPlace {
  readonly uuid: string;
  readonly name: string;
  readonly description: string | null;
}

/** Which ports. */
export type Direction = 'input' | 'output';

/** Where a workflow is. @throws BuildgateError NOT_FOUND */
export async function findWorkflow(
  reader: Reader,
  uuid: string,
): Promise<{ readonly uuid: string; readonly projectUuid: string }> {
  const workflow = await first<{ uuid: string; projectUuid: string }>(
    reader,
    sql`SELECT uuid, project_uuid AS "projectUuid" FROM rodan_workflow WHERE uuid = ${uuid}`,
  );
  if (!workflow) throw notFound();
  return workflow;
}

/** A workflow job, undefined when there is none. */
export function readJob(reader: Reader, uuid: string): Promise<PlacedJob | undefined> {
  return first(
    reader,
    sql`SELECT part.uuid, part.job_uuid AS "jobUuid", part.group_uuid AS "groupUuid", part.name, part.settings,
        part.workflow_uuid AS "workflowUuid", workflow.project_uuid AS "projectUuid"
      FROM rodan_workflow_job part JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid
      WHERE part.uuid = ${uuid}`,
  );
}

/** A port, undefined when there is none. */
export function readPort(reader: Reader, direction: Direction, uuid: string): Promise<PlacedPort | undefined> {
  const [table, type] =
    direction === 'input'
      ? [sql`rodan_input_port`, sql`port.input_port_type_uuid`]
      : [sql`rodan_output_port`, sql`port.output_port_type_uuid`];
  return first(
    reader,
    sql`SELECT port.uuid, port.workflow_job_uuid AS "workflowJobUuid", ${type} AS "typeUuid", port.label,
        part.group_uuid AS "groupUuid", part.workflow_uuid AS "workflowUuid", workflow.project_uuid AS "projectUuid"
      FROM ${table} port JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid
      JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid WHERE port.uuid = ${uuid}`,
  );
}

/** A connection, undefined when there is none. */
export function readConnection(reader: Reader, uuid: string): Promise<PlacedConnection | undefined> {
  return first(
    reader,
    sql`SELECT wire.uuid, wire.input_port_uuid AS "inputPortUuid", wire.output_port_uuid AS "outputPortUuid",
        reading.group_uuid AS "inputGroupUuid", writing.group_uuid AS "outputGroupUuid",
        reading.workflow_uuid AS "workflowUuid", workflow.project_uuid AS "projectUuid"
      FROM rodan_connection wire
      JOIN rodan_input_port target ON target.uuid = wire.input_port_uuid
      JOIN rodan_workflow_job reading ON reading.uuid = target.workflow_job_uuid
      JOIN rodan_output_port source ON source.uuid = wire.output_port_uuid
      JOIN rodan_workflow_job writing ON writing.uuid = source.workflow_job_uuid
      JOIN rodan_workflow workflow ON workflow.uuid = reading.workflow_uuid WHERE wire.uuid = ${uuid}`,
  );
}

/** A group, undefined when there is none. */
export function readGroup(reader: Reader, uuid: string): Promise<PlacedGroup | undefined> {
  return first(
    reader,
    sql`SELECT part.uuid, part.name, part.description, part.workflow_uuid AS "workflowUuid",
        workflow.project_uuid AS "projectUuid"
      FROM rodan_workflow_job_group part JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid
      WHERE part.uuid = ${uuid}`,
  );
}

/** A group. @throws BuildgateError NOT_FOUND */
export async function findGroup(reader: Reader, uuid: string): Promise<PlacedGroup> {
  const group = await readGroup(reader, uuid);
  if (!group) throw notFound();
  return group;
}
