import { TEXT_RULES } from '../field-rules.js';
import type { WorkflowGraph } from './graph.js';
import { settingsFault } from './job-settings.js';
import { contentFault, idKey, type SerializedJob, type SerializedPort, type SerializedWorkflow } from './serialized.js';

/** A port that is to be made. */
export interface PlannedPort {
  /** Tells it apart from the others of its direction. */
  readonly key: string;
  readonly typeUuid: string;
  readonly label: string;
}

/** A workflow job that is to be made. */
export interface PlannedJob {
  readonly jobUuid: string;
  readonly name: string;
  /** JSON text. */
  readonly settings: string;
  readonly inputPorts: readonly PlannedPort[];
  readonly outputPorts: readonly PlannedPort[];
}

/** What a workflow is to be made of: read from an export, or copied from another workflow. */
export interface Blueprint {
  readonly jobs: readonly PlannedJob[];
  readonly connections: readonly { readonly inputKey: string; readonly outputKey: string }[];
}

/** What it takes to make the same again. */
export function blueprintOf(graph: WorkflowGraph): Blueprint {
  const portsOf = (ports: WorkflowGraph['inputPorts']): ((job: string) => PlannedPort[]) => {
    const byJob = Map.groupBy(ports, ({ workflowJobUuid }) => workflowJobUuid);
    return (job) => (byJob.get(job) ?? []).map(({ uuid, typeUuid, label }) => ({ key: uuid, typeUuid, label }));
  };
  const [inputsOf, outputsOf] = [portsOf(graph.inputPorts), portsOf(graph.outputPorts)];
  return {
    jobs: graph.jobs.map(({ uuid, jobUuid, name, settings }) => {
      return { jobUuid, name, settings, inputPorts: inputsOf(uuid), outputPorts: outputsOf(uuid) };
    }),
    connections: graph.connections.map(({ inputPortUuid, outputPortUuid }) => {
      return { inputKey: inputPortUuid, outputKey: outputPortUuid };
    }),
  };
}

/** A job that is installed. */
export interface InstalledJob {
  readonly uuid: string;
  readonly name: string;
  /** JSON schema of its settings, as text. */
  readonly schema: string;
  /** Port types by name. */
  readonly inputTypes: ReadonlyMap<string, string>;
  readonly outputTypes: ReadonlyMap<string, string>;
}

/**
 * What it takes to make an exported workflow here.
 * @param installed jobs by name
 * @throws BuildgateError INVALID with the path of the first fault, looked for in the order of the old server
 */
export function blueprintFrom(
  { workflow_jobs: jobs, connections }: SerializedWorkflow,
  installed: ReadonlyMap<string, InstalledJob>,
): Blueprint {
  const ids = { input: new Set<string>(), output: new Set<string>() };
  const planned = jobs.map((job, index) => planJob(job, `workflow_jobs[${index}]`, installed, ids));
  const wires = connections.map(({ input_port: input, output_port: output }, index) => {
    const keys = { inputKey: idKey(input), outputKey: idKey(output) };
    const path = `connections[${index}]`;
    if (!ids.input.has(keys.inputKey)) throw invalidId(`${path}.input_port`, 'InputPort');
    if (!ids.output.has(keys.outputKey)) throw invalidId(`${path}.output_port`, 'OutputPort');
    return keys;
  });
  return { jobs: planned, connections: wires };
}

function invalidId(path: string, word: string): Error {
  return contentFault(path, `Referencing an invalid ${word} ID.`);
}

/** Ids of ports met so far. */
interface KnownIds {
  readonly input: Set<string>;
  readonly output: Set<string>;
}

function planJob(
  { job_name: name, job_settings: given, input_ports: inputs, output_ports: outputs }: SerializedJob,
  path: string,
  installed: ReadonlyMap<string, InstalledJob>,
  ids: KnownIds,
): PlannedJob {
  const job = installed.get(name);
  if (!job) throw contentFault(`${path}.job_name`, `Job ${name} does not exist in current Rodan installation.`);
  const sides = {
    input: { word: 'InputPort', types: job.inputTypes, ids: ids.input, job: name },
    output: { word: 'OutputPort', types: job.outputTypes, ids: ids.output, job: name },
  };
  const inputPorts = inputs.map((port, index) => planPort(port, `${path}.input_ports[${index}]`, sides.input));
  const outputPorts = outputs.map((port, index) => planPort(port, `${path}.output_ports[${index}]`, sides.output));
  const settings = JSON.stringify(given);
  const fault = settingsFault(job.schema, settings);
  if (fault !== null) throw contentFault(`${path}.job_settings`, `Job settings is invalid: ${fault}`);
  return { jobUuid: job.uuid, name: lastPart(name), settings, inputPorts, outputPorts };
}

function planPort(
  { id, label, type }: SerializedPort,
  path: string,
  side: {
    readonly word: string;
    readonly types: ReadonlyMap<string, string>;
    readonly ids: Set<string>;
    readonly job: string;
  },
): PlannedPort {
  const typeUuid = side.types.get(type);
  if (typeUuid === undefined) {
    const text = `${side.word}Type ${type} of Job ${side.job} does not exist in current Rodan installation.`;
    throw contentFault(`${path}.type`, text);
  }
  const key = idKey(id);
  if (side.ids.has(key)) throw contentFault(`${path}.id`, `Duplicate ${side.word} ID found.`);
  side.ids.add(key);
  return { key, typeUuid, label: label || type };
}

/** What a workflow job is called when nobody says so: the part of the job's name after the last dot. */
export function lastPart(jobName: string): string {
  return Array.from(jobName.slice(jobName.lastIndexOf('.') + 1))
    .slice(0, TEXT_RULES.workflowJob.name.maxLength)
    .join('');
}
