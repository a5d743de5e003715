import type { GraphJob, GraphPort, GraphPortType, WorkflowGraph } from './graph.js';
import { settingsFault } from './job-settings.js';
import type { Direction } from './places.js';

/** Why a workflow cannot run, in the old words (contract rodan, section 9.2). */
export interface ValidityFault {
  readonly errorCode: string;
  readonly details: readonly [string];
  /** UUIDs by collection of the REST interface. */
  readonly associatedObjects: Readonly<Record<string, readonly string[]>>;
}

/** The first fault of a workflow, in the order in which the old server looked; null when it is valid. */
export function findFault(graph: WorkflowGraph): ValidityFault | null {
  const index = new GraphIndex(graph);
  return (
    firstOf(graph.jobs, (job) => faultOfJob(index, job)) ??
    firstOf(graph.inputPorts, (port) => faultOfInputPort(index, port)) ??
    firstOf(graph.outputPorts, (port) => faultOfOutputPort(index, port)) ??
    faultOfShape(graph, index)
  );
}

/** What is looked up while a graph is checked. */
class GraphIndex {
  readonly jobs: ReadonlyMap<string, GraphJob>;
  readonly inputTypes: ReadonlyMap<string, GraphPortType>;
  readonly outputTypes: ReadonlyMap<string, GraphPortType>;
  /** Port types by the job that they are of. */
  readonly #inputTypesOf: ReadonlyMap<string, readonly GraphPortType[]>;
  readonly #outputTypesOf: ReadonlyMap<string, readonly GraphPortType[]>;
  readonly #outputsOf: ReadonlyMap<string, readonly GraphPort[]>;
  /** How many ports of a type a workflow job has, by direction and both UUIDs. */
  readonly #counts = new Map<string, number>();
  /** Input ports by the output port that they are connected with. */
  readonly #targets = new Map<string, GraphPort[]>();
  readonly #connections = new Map<string, number>();

  constructor(graph: WorkflowGraph) {
    this.jobs = new Map(graph.jobs.map((job) => [job.uuid, job]));
    this.inputTypes = graph.inputTypes;
    this.outputTypes = graph.outputTypes;
    this.#inputTypesOf = Map.groupBy(graph.inputTypes.values(), ({ jobUuid }) => jobUuid);
    this.#outputTypesOf = Map.groupBy(graph.outputTypes.values(), ({ jobUuid }) => jobUuid);
    this.#outputsOf = Map.groupBy(graph.outputPorts, ({ workflowJobUuid }) => workflowJobUuid);
    for (const port of graph.inputPorts)
      increment(this.#counts, countKey('input', port.workflowJobUuid, port.typeUuid));
    for (const port of graph.outputPorts) {
      increment(this.#counts, countKey('output', port.workflowJobUuid, port.typeUuid));
    }
    const inputPorts = new Map(graph.inputPorts.map((port) => [port.uuid, port]));
    for (const { inputPortUuid, outputPortUuid } of graph.connections) {
      const target = inputPorts.get(inputPortUuid);
      const targets = this.#targets.get(outputPortUuid) ?? [];
      if (target) targets.push(target);
      this.#targets.set(outputPortUuid, targets);
      increment(this.#connections, inputPortUuid);
    }
  }

  inputTypesOf({ jobUuid }: GraphJob): readonly GraphPortType[] {
    return this.#inputTypesOf.get(jobUuid) ?? [];
  }

  outputTypesOf({ jobUuid }: GraphJob): readonly GraphPortType[] {
    return this.#outputTypesOf.get(jobUuid) ?? [];
  }

  outputsOf({ uuid }: GraphJob): readonly GraphPort[] {
    return this.#outputsOf.get(uuid) ?? [];
  }

  countOf(direction: Direction, job: GraphJob, type: GraphPortType): number {
    return this.#counts.get(countKey(direction, job.uuid, type.uuid)) ?? 0;
  }

  /** Input ports that an output port is connected with, once for each connection. */
  targetsOf({ uuid }: GraphPort): readonly GraphPort[] {
    return this.#targets.get(uuid) ?? [];
  }

  connectionsOf({ uuid }: GraphPort): number {
    return this.#connections.get(uuid) ?? 0;
  }
}

function countKey(direction: Direction, workflowJobUuid: string, typeUuid: string): string {
  return `${direction}/${workflowJobUuid}/${typeUuid}`;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function firstOf<Part>(parts: readonly Part[], faultOf: (part: Part) => ValidityFault | null): ValidityFault | null {
  for (const part of parts) {
    const fault = faultOf(part);
    if (fault) return fault;
  }
  return null;
}

function fault(
  errorCode: string,
  detail: string,
  associatedObjects: Readonly<Record<string, readonly string[]>> = {},
): ValidityFault {
  return { errorCode, details: [detail], associatedObjects };
}

function faultOfJob(index: GraphIndex, job: GraphJob): ValidityFault | null {
  const workflowjobs = [job.uuid];
  const named = `The WorkflowJob ${job.jobName}`;
  if (index.outputsOf(job).length === 0) return fault('WFJ_NO_OP', `${named} has no OutputPort.`, { workflowjobs });
  const number =
    firstOf(index.inputTypesOf(job), (type) => faultOfNumber(index, job, type, 'input')) ??
    firstOf(index.outputTypesOf(job), (type) => faultOfNumber(index, job, type, 'output'));
  if (number) return number;
  return settingsFault(job.schema, job.settings) === null
    ? null
    : fault('WFJ_INVALID_SETTINGS', `${named} has invalid settings.`, { workflowjobs });
}

const WORDS = {
  input: { letters: 'IP', word: 'InputPorts', collection: 'inputporttypes' },
  output: { letters: 'OP', word: 'OutputPorts', collection: 'outputporttypes' },
} as const;

function faultOfNumber(
  index: GraphIndex,
  job: GraphJob,
  type: GraphPortType,
  direction: Direction,
): ValidityFault | null {
  const { letters, word, collection } = WORDS[direction];
  const count = index.countOf(direction, job, type);
  if (count >= type.minimum && count <= type.maximum) return null;
  const [code, amount] = count < type.minimum ? ['FEW', 'few'] : ['MANY', 'many'];
  return fault(
    `WFJ_TOO_${code}_${letters}`,
    `The WorkflowJob ${job.jobName} has too ${amount} ${word} of type ${type.name}.`,
    { workflowjobs: [job.uuid], [collection]: [type.uuid] },
  );
}

function faultOfInputPort(index: GraphIndex, port: GraphPort): ValidityFault | null {
  const inputports = [port.uuid];
  if (index.inputTypes.get(port.typeUuid)?.jobUuid !== index.jobs.get(port.workflowJobUuid)?.jobUuid) {
    const detail = `The type of InputPort ${port.label} is incompatible with its associated WorkflowJob.`;
    return fault('IP_TYPE_MISMATCH', detail, { inputports });
  }
  return index.connectionsOf(port) > 1
    ? fault('IP_TOO_MANY_CONNECTIONS', `The InputPort ${port.label} has more than one Connections`, { inputports })
    : null;
}

function faultOfOutputPort(index: GraphIndex, port: GraphPort): ValidityFault | null {
  const type = index.outputTypes.get(port.typeUuid);
  if (type === undefined || type.jobUuid !== index.jobs.get(port.workflowJobUuid)?.jobUuid) {
    const detail = `The type of OutputPort ${port.label} is incompatible with its associated WorkflowJob.`;
    return fault('OP_TYPE_MISMATCH', detail, { outputports: [port.uuid] });
  }
  const targets = index.targetsOf(port);
  let common = [...type.resourceTypes];
  for (const target of targets) {
    const targetType = index.inputTypes.get(target.typeUuid);
    if (targetType && targetType.isList !== type.isList) return listConflict(port, target, type.isList);
    common = common.filter((one) => targetType?.resourceTypes.has(one));
    if (common.length === 0) return noCommonType(port, targets);
  }
  return null;
}

function listConflict(port: GraphPort, target: GraphPort, isList: boolean): ValidityFault {
  const detail = isList
    ? `OutputPort ${port.label} is list-typed but InputPort ${target.label} is not.`
    : `InputPort ${target.label} accepts a list of resources but OutputPort ${port.label} is not list-typed.`;
  return fault('RESOURCETYPE_LIST_CONFLICT', detail, { outputports: [port.uuid], inputports: [target.uuid] });
}

function noCommonType(port: GraphPort, targets: readonly GraphPort[]): ValidityFault {
  const detail = `There is no common ResourceType between OutputPort ${port.label} and its connected InputPorts.`;
  const inputports = targets.map(({ uuid }) => uuid);
  return fault('NO_COMMON_RESOURCETYPE', detail, { outputports: [port.uuid], inputports });
}

function faultOfShape({ jobs }: WorkflowGraph, index: GraphIndex): ValidityFault | null {
  if (jobs.length === 0) return fault('WF_EMPTY', 'The Workflow is empty.');
  const next = new Map(
    jobs.map((job) => {
      const targets = index.outputsOf(job).flatMap((port) => index.targetsOf(port));
      return [job.uuid, [...new Set(targets.map(({ workflowJobUuid }) => workflowJobUuid))]];
    }),
  );
  if (hasCycle(next)) return fault('WF_HAS_CYCLES', 'There is a cycle in the Workflow.');
  return isConnected(next) ? null : fault('WF_NOT_CONNECTED', 'The Workflow is not connected.');
}

/** Takes away what nothing leads to, over and over: what is left then is a cycle. */
function hasCycle(next: ReadonlyMap<string, readonly string[]>): boolean {
  const arrows = new Map<string, number>();
  for (const job of [...next.values()].flat()) increment(arrows, job);
  const free = [...next.keys()].filter((job) => !arrows.has(job));
  let taken = 0;
  for (let job = free.pop(); job !== undefined; job = free.pop()) {
    taken += 1;
    for (const target of next.get(job) ?? []) {
      const left = (arrows.get(target) ?? 0) - 1;
      arrows.set(target, left);
      if (left === 0) free.push(target);
    }
  }
  return taken < next.size;
}

/** Whether every job can be reached from every other, whatever the direction of connections. */
function isConnected(next: ReadonlyMap<string, readonly string[]>): boolean {
  const neighbours = new Map<string, string[]>([...next.keys()].map((job) => [job, []]));
  for (const [job, targets] of next) {
    for (const target of targets) {
      neighbours.get(job)?.push(target);
      neighbours.get(target)?.push(job);
    }
  }
  const [start] = next.keys();
  const open = start === undefined ? [] : [start];
  const seen = new Set(open);
  for (let job = open.pop(); job !== undefined; job = open.pop()) {
    for (const neighbour of neighbours.get(job) ?? []) {
      if (seen.has(neighbour)) continue;
      seen.add(neighbour);
      open.push(neighbour);
    }
  }
  return seen.size === next.size;
}
