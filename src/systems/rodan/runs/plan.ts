import type { GraphJob, GraphPort, GraphPortType, WorkflowGraph } from '../parts/graph.js';

/** What run jobs a workflow run has, what each reads and what it makes (contract rodan, section 9.3). Pure. */

/** A resource or a resource list. */
export interface Item {
  readonly kind: 'resource' | 'resourcelist';
  readonly uuid: string;
  readonly name: string | null;
  /** Its resource type; a list need not have one. */
  readonly typeUuid: string | null;
}

/** What was assigned to input ports without connection, by UUID of the port; elements in the order sent, each once. */
export type Assignments = ReadonlyMap<string, readonly Item[]>;

/** What an input port of a run job reads. */
export interface PlannedInput {
  readonly uuid: string;
  readonly port: GraphPort;
  readonly type: GraphPortType;
  readonly item: Item;
}

/** An output of a run job, and the resource or resource list that is made for it. */
export interface PlannedOutput {
  readonly uuid: string;
  readonly port: GraphPort;
  readonly type: GraphPortType;
  readonly item: Item;
}

/** A run job. */
export interface PlannedRunJob {
  readonly uuid: string;
  readonly workflowJob: GraphJob;
  /** The element of the collection that it was made for; null where it is made once. */
  readonly element: Item | null;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: readonly PlannedOutput[];
}

/** What plans are made of. */
export interface Planning {
  readonly graph: WorkflowGraph;
  readonly assignments: Assignments;
  /** What the run is called in the names of what it makes. */
  readonly runName: string;
  /** Gives UUIDs. */
  readonly newUuid: () => string;
}

/** A workflow that says `valid` and cannot be run all the same, such as an imported one with a cycle. */
export class UnrunnableWorkflow extends Error {}

/** A workflow with its parts looked up. */
class Wiring {
  readonly inputsOf: ReadonlyMap<string, readonly GraphPort[]>;
  readonly outputsOf: ReadonlyMap<string, readonly GraphPort[]>;
  /** The output port that an input port reads, by UUID. */
  readonly sourceOf = new Map<string, GraphPort>();
  /** The input ports that read an output port, by UUID. */
  readonly readersOf = new Map<string, GraphPort[]>();

  constructor({ inputPorts, outputPorts, connections }: WorkflowGraph) {
    this.inputsOf = Map.groupBy(inputPorts, ({ workflowJobUuid }) => workflowJobUuid);
    this.outputsOf = Map.groupBy(outputPorts, ({ workflowJobUuid }) => workflowJobUuid);
    const inputs = new Map(inputPorts.map((port) => [port.uuid, port]));
    const outputs = new Map(outputPorts.map((port) => [port.uuid, port]));
    for (const { inputPortUuid, outputPortUuid } of connections) {
      const reader = inputs.get(inputPortUuid);
      const source = outputs.get(outputPortUuid);
      if (!reader || !source) throw new UnrunnableWorkflow('A connection leads out of the workflow.');
      if (this.sourceOf.has(reader.uuid)) continue;
      this.sourceOf.set(reader.uuid, source);
      const readers = this.readersOf.get(source.uuid);
      if (readers) readers.push(reader);
      else this.readersOf.set(source.uuid, [reader]);
    }
  }

  /** UUIDs of the workflow jobs that read what a workflow job makes. */
  followers(uuid: string): string[] {
    const outputs = this.outputsOf.get(uuid) ?? [];
    return outputs.flatMap((port) => (this.readersOf.get(port.uuid) ?? []).map((reader) => reader.workflowJobUuid));
  }
}

/** How many run jobs, inputs and outputs a plan would have, without making it. */
export function sizeOfPlan(graph: WorkflowGraph, assignments: Assignments): number {
  const wiring = new Wiring(graph);
  const { elements, multiplied } = collectionOf(wiring, graph, assignments);
  let size = 0;
  for (const { uuid } of graph.jobs) {
    const parts = 1 + (wiring.inputsOf.get(uuid)?.length ?? 0) + (wiring.outputsOf.get(uuid)?.length ?? 0);
    size += parts * (multiplied.has(uuid) ? elements.length : 1);
  }
  return size;
}

/**
 * The run jobs of a run, those that others read from first.
 * @throws UnrunnableWorkflow when the workflow has a cycle, or an output that no resource type is known for
 */
export function planRun(planning: Planning): PlannedRunJob[] {
  const { graph, assignments } = planning;
  const wiring = new Wiring(graph);
  const { elements, multiplied } = collectionOf(wiring, graph, assignments);
  const planned: PlannedRunJob[] = [];
  /** What was made for an output port, by element; under null where it is made once. */
  const made = new Map<string, Map<string | null, Item>>();
  const planner = new RunJobPlanner(planning, wiring, made);
  for (const workflowJob of inOrder(graph, wiring)) {
    const isMultiplied = multiplied.has(workflowJob.uuid);
    for (const element of isMultiplied ? elements : [null]) planned.push(planner.plan(workflowJob, element));
  }
  return planned;
}

/** Plans one run job after the other; what they read has to be planned before. */
class RunJobPlanner {
  constructor(
    private readonly planning: Planning,
    private readonly wiring: Wiring,
    private readonly made: Map<string, Map<string | null, Item>>,
  ) {}

  plan(workflowJob: GraphJob, element: Item | null): PlannedRunJob {
    const { newUuid } = this.planning;
    const uuid = newUuid();
    const ports = this.wiring.inputsOf.get(workflowJob.uuid) ?? [];
    const { inputTypes, outputTypes } = this.planning.graph;
    const inputs = ports.map((port) => {
      return { uuid: newUuid(), port, type: typeOfPort(inputTypes, port), item: this.#read(port, element) };
    });
    const given = inputs.flatMap(({ item }) => item.typeUuid ?? []);
    const outputs = (this.wiring.outputsOf.get(workflowJob.uuid) ?? []).map((port) => {
      const type = typeOfPort(outputTypes, port);
      const item = this.#make(port, type, element, given);
      const ofPort = this.made.get(port.uuid) ?? new Map<string | null, Item>();
      this.made.set(port.uuid, ofPort.set(element?.uuid ?? null, item));
      return { uuid: newUuid(), port, type, item };
    });
    return { uuid, workflowJob, element, inputs, outputs };
  }

  #read(port: GraphPort, element: Item | null): Item {
    const source = this.wiring.sourceOf.get(port.uuid);
    const found = source
      ? this.#madeFor(source, element)
      : assignedTo(this.planning.assignments.get(port.uuid), element);
    if (!found) throw new UnrunnableWorkflow('An input port has nothing to read.');
    return found;
  }

  #madeFor(source: GraphPort, element: Item | null): Item | undefined {
    const ofPort = this.made.get(source.uuid);
    return ofPort?.get(element?.uuid ?? null) ?? ofPort?.get(null);
  }

  #make(port: GraphPort, type: GraphPortType, element: Item | null, given: readonly string[]): Item {
    const { graph, runName, newUuid } = this.planning;
    const readers = this.wiring.readersOf.get(port.uuid) ?? [];
    const accepted = readers.map((reader) => typeOfPort(graph.inputTypes, reader).resourceTypes);
    const typeUuid = chooseType(type.resourceTypes, accepted, given);
    if (typeUuid === undefined) throw new UnrunnableWorkflow('An output port has no resource type.');
    const name = element ? element.name : `Output of workflow ${runName}`;
    return { kind: type.isList ? 'resourcelist' : 'resource', uuid: newUuid(), name, typeUuid };
  }
}

/** The one assigned item, or of the collection the element that the run job is made for. */
function assignedTo(items: readonly Item[] | undefined, element: Item | null): Item | undefined {
  return items !== undefined && items.length > 1 ? (element ?? undefined) : items?.[0];
}

function typeOfPort(types: ReadonlyMap<string, GraphPortType>, { typeUuid }: GraphPort): GraphPortType {
  const type = types.get(typeUuid);
  if (!type) throw new UnrunnableWorkflow('A port has no type.');
  return type;
}

/**
 * The type of what an output makes: one that all its readers accept; if there are several, one that an input has.
 * @param given types of the inputs
 */
function chooseType(
  own: ReadonlySet<string>,
  accepted: readonly ReadonlySet<string>[],
  given: readonly string[],
): string | undefined {
  const common = [...own].filter((type) => accepted.every((types) => types.has(type))).toSorted();
  const candidates = common.length > 0 ? common : [...own].toSorted();
  return given.find((type) => candidates.includes(type)) ?? candidates[0];
}

/** The assigned set with more than one element, and the workflow jobs that are made once for each. */
function collectionOf(
  wiring: Wiring,
  { inputPorts }: WorkflowGraph,
  assignments: Assignments,
): { readonly elements: readonly Item[]; readonly multiplied: ReadonlySet<string> } {
  const several = inputPorts.filter(({ uuid }) => (assignments.get(uuid)?.length ?? 0) > 1);
  const elements = (several[0] && assignments.get(several[0].uuid)) ?? [];
  const multiplied = new Set<string>();
  const waiting = several.map(({ workflowJobUuid }) => workflowJobUuid);
  for (let uuid = waiting.pop(); uuid !== undefined; uuid = waiting.pop()) {
    if (multiplied.has(uuid)) continue;
    multiplied.add(uuid);
    waiting.push(...wiring.followers(uuid));
  }
  return { elements, multiplied };
}

/** The workflow jobs, each behind those that it reads from; otherwise in order of creation. */
function inOrder({ jobs }: WorkflowGraph, wiring: Wiring): GraphJob[] {
  const missing = new Map<string, number>();
  for (const { uuid } of jobs) {
    missing.set(uuid, (wiring.inputsOf.get(uuid) ?? []).filter((port) => wiring.sourceOf.has(port.uuid)).length);
  }
  const byUuid = new Map(jobs.map((job) => [job.uuid, job]));
  const ordered = jobs.filter(({ uuid }) => missing.get(uuid) === 0);
  // `ordered` grows while it is walked.
  for (const { uuid } of ordered) {
    for (const follower of wiring.followers(uuid)) {
      const left = (missing.get(follower) ?? 0) - 1;
      missing.set(follower, left);
      const job = byUuid.get(follower);
      if (left === 0 && job) ordered.push(job);
    }
  }
  if (ordered.length < jobs.length) throw new UnrunnableWorkflow('The workflow has a cycle.');
  return ordered;
}
