import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Direction } from './places.js';

/** A workflow as a graph: its jobs, their ports, the connections between those, and what may be plugged in where. */

/** A workflow job with what is to be known of the job that it is an instance of. */
export interface GraphJob {
  readonly uuid: string;
  readonly jobUuid: string;
  readonly jobName: string;
  readonly name: string;
  readonly groupUuid: string | null;
  /** JSON text. */
  readonly settings: string;
  /** JSON schema of the settings, draft 4, as text. */
  readonly schema: string;
}

/** An input or output port of a workflow job. */
export interface GraphPort {
  readonly uuid: string;
  readonly workflowJobUuid: string;
  readonly typeUuid: string;
  readonly label: string;
}

/** A port type of a job. */
export interface GraphPortType {
  readonly uuid: string;
  readonly jobUuid: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly isList: boolean;
  /** UUIDs of the resource types that it takes or makes. */
  readonly resourceTypes: ReadonlySet<string>;
}

/** A connection between two ports of the workflow. */
export interface GraphConnection {
  readonly uuid: string;
  readonly inputPortUuid: string;
  readonly outputPortUuid: string;
}

/** Everything of one workflow, each list in the order of creation. */
export interface WorkflowGraph {
  readonly jobs: readonly GraphJob[];
  readonly inputPorts: readonly GraphPort[];
  readonly outputPorts: readonly GraphPort[];
  readonly connections: readonly GraphConnection[];
  /** By UUID: those of the jobs, and those that the ports have. */
  readonly inputTypes: ReadonlyMap<string, GraphPortType>;
  readonly outputTypes: ReadonlyMap<string, GraphPortType>;
}

/** Reads a workflow with a fixed number of statements, whatever its size. */
export async function loadGraph(reader: Reader, workflowUuid: string): Promise<WorkflowGraph> {
  const [graph] = await loadGraphs(reader, [workflowUuid]);
  if (!graph) throw new Error('The graph was not read.');
  return graph;
}

/** Reads workflows, in the order of the uuids; as many statements as for one. The port types are those of all of them. */
export async function loadGraphs(reader: Reader, workflowUuids: readonly string[]): Promise<WorkflowGraph[]> {
  const among = inList(reader.dialect, raw('part.workflow_uuid'), workflowUuids, 'text');
  const jobs = await reader.all<GraphJob & OfWorkflow>(
    sql`SELECT part.uuid, part.job_uuid AS "jobUuid", job.name AS "jobName", part.name, part.group_uuid AS "groupUuid",
        part.settings, job.settings AS schema, part.workflow_uuid AS "workflowUuid"
      FROM rodan_workflow_job part JOIN rodan_job job ON job.uuid = part.job_uuid WHERE ${among} ORDER BY part.id`,
  );
  const inputPorts = await loadPorts(reader, 'input', among);
  const outputPorts = await loadPorts(reader, 'output', among);
  const rows = {
    jobs: byWorkflow(jobs),
    inputPorts: byWorkflow(inputPorts),
    outputPorts: byWorkflow(outputPorts),
    connections: byWorkflow(await loadConnections(reader, inputPorts, outputPorts)),
  };
  const inputTypes = await loadTypes(reader, 'input', typesIn('input', among));
  const outputTypes = await loadTypes(reader, 'output', typesIn('output', among));
  return workflowUuids.map((uuid) => ({
    jobs: rows.jobs.get(uuid) ?? [],
    inputPorts: rows.inputPorts.get(uuid) ?? [],
    outputPorts: rows.outputPorts.get(uuid) ?? [],
    connections: rows.connections.get(uuid) ?? [],
    inputTypes,
    outputTypes,
  }));
}

/** Which workflow a row is of. */
interface OfWorkflow {
  readonly workflowUuid: string;
}

function byWorkflow<Row extends OfWorkflow>(rows: readonly Row[]): Map<string, Row[]> {
  return Map.groupBy(rows, ({ workflowUuid }) => workflowUuid);
}

/** The part of a graph that a group is: its jobs, their ports, and the connections among them. */
export function groupOf(graph: WorkflowGraph, groupUuid: string): WorkflowGraph {
  const jobs = graph.jobs.filter((job) => job.groupUuid === groupUuid);
  const kept = new Set(jobs.map(({ uuid }) => uuid));
  const inputPorts = graph.inputPorts.filter(({ workflowJobUuid }) => kept.has(workflowJobUuid));
  const outputPorts = graph.outputPorts.filter(({ workflowJobUuid }) => kept.has(workflowJobUuid));
  const ports = new Set([...inputPorts, ...outputPorts].map(({ uuid }) => uuid));
  const connections = graph.connections.filter(
    ({ inputPortUuid, outputPortUuid }) => ports.has(inputPortUuid) && ports.has(outputPortUuid),
  );
  return { ...graph, jobs, inputPorts, outputPorts, connections };
}

/** @param among condition on the workflow jobs (`part`) */
function loadPorts(reader: Reader, direction: Direction, among: Sql): Promise<(GraphPort & OfWorkflow)[]> {
  const { port, type } = COLUMNS[direction];
  return reader.all(
    sql`SELECT port.uuid, port.workflow_job_uuid AS "workflowJobUuid", ${type} AS "typeUuid", port.label,
        part.workflow_uuid AS "workflowUuid"
      FROM ${port} port JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid
      WHERE ${among} ORDER BY port.id`,
  );
}

/**
 * Connections whose ends are in the same workflow; imported data may have others. They are looked for by the ports that
 * were read: PostgreSQL knows nothing of tables that were filled just now, and takes seconds for a join of all five.
 */
async function loadConnections(
  reader: Reader,
  inputPorts: readonly (GraphPort & OfWorkflow)[],
  outputPorts: readonly (GraphPort & OfWorkflow)[],
): Promise<(GraphConnection & OfWorkflow)[]> {
  const workflows = new Map([...inputPorts, ...outputPorts].map(({ uuid, workflowUuid }) => [uuid, workflowUuid]));
  const targets = inputPorts.map(({ uuid }) => uuid);
  const connections = await reader.all<GraphConnection>(
    sql`SELECT uuid, input_port_uuid AS "inputPortUuid", output_port_uuid AS "outputPortUuid" FROM rodan_connection
      WHERE ${inList(reader.dialect, raw('input_port_uuid'), targets, 'text')} ORDER BY id`,
  );
  return connections.flatMap((connection) => {
    const workflowUuid = workflows.get(connection.inputPortUuid);
    const isInside = workflowUuid !== undefined && workflowUuid === workflows.get(connection.outputPortUuid);
    return isInside ? [{ ...connection, workflowUuid }] : [];
  });
}

/** Port types of workflow jobs (`part`) and of their ports, which may be those of other jobs. */
function typesIn(direction: Direction, among: Sql): Sql {
  const { port, type } = COLUMNS[direction];
  return sql`kind.job_uuid IN (SELECT part.job_uuid FROM rodan_workflow_job part WHERE ${among})
    OR kind.uuid IN (SELECT ${type} FROM ${port} port
      JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid WHERE ${among})`;
}

/** Port types (`kind`) for which a condition holds, by UUID, in the order of creation; two statements. */
async function loadTypes(reader: Reader, direction: Direction, condition: Sql): Promise<Map<string, GraphPortType>> {
  const { kind, accepted } = COLUMNS[direction];
  const rows = await reader.all<Omit<GraphPortType, 'resourceTypes'>>(
    sql`SELECT kind.uuid, kind.job_uuid AS "jobUuid", kind.name, kind.minimum, kind.maximum, kind.is_list AS "isList"
      FROM ${kind} kind WHERE ${condition} ORDER BY kind.id`,
  );
  const links = await reader.all<{ type: string; resourceType: string }>(
    sql`SELECT accepted.port_type_uuid AS type, accepted.resource_type_uuid AS "resourceType"
      FROM ${accepted} accepted JOIN ${kind} kind ON kind.uuid = accepted.port_type_uuid WHERE ${condition}`,
  );
  const resourceTypes = Map.groupBy(links, ({ type }) => type);
  return new Map(
    rows.map((row) => {
      const types = (resourceTypes.get(row.uuid) ?? []).map(({ resourceType }) => resourceType);
      return [row.uuid, { ...row, isList: Boolean(row.isList), resourceTypes: new Set(types) }];
    }),
  );
}

const COLUMNS = {
  input: {
    port: sql`rodan_input_port`,
    type: sql`port.input_port_type_uuid`,
    kind: sql`rodan_input_port_type`,
    accepted: sql`rodan_input_port_type_resource_type`,
  },
  output: {
    port: sql`rodan_output_port`,
    type: sql`port.output_port_type_uuid`,
    kind: sql`rodan_output_port_type`,
    accepted: sql`rodan_output_port_type_resource_type`,
  },
} as const;
