import { isJsonObject, isRawJson, parseExact } from '../../../core/json.js';
import {
  checkList,
  checkText,
  invalidFields,
  NO_TEXT,
  REQUIRED,
  shownText,
  TEXT_RULES,
  type TextRule,
} from '../field-rules.js';
import type { GraphPort, GraphPortType, WorkflowGraph } from './graph.js';

/** The old export of workflows, version 0.1 (contract rodan, section 9.2): how it is written and read. Pure. */

const VERSION = 0.1;

/** A port of an exported workflow. */
export interface SerializedPort {
  /** A number that no other port of its direction has. */
  readonly id: unknown;
  readonly label: string;
  /** Name of the port type. */
  readonly type: string;
}

/** A workflow job of an exported workflow. */
export interface SerializedJob {
  readonly job_name: string;
  readonly job_settings: unknown;
  readonly input_ports: readonly SerializedPort[];
  readonly output_ports: readonly SerializedPort[];
}

/** An exported workflow. */
export interface SerializedWorkflow {
  readonly __version__: number;
  readonly name: string;
  /** Empty where there is none. */
  readonly description: string;
  readonly workflow_jobs: readonly SerializedJob[];
  readonly connections: readonly { readonly output_port: unknown; readonly input_port: unknown }[];
}

/** Writes a workflow. Ports are numbered from 1, in the order of the document. */
export function serialize(
  graph: WorkflowGraph,
  { name, description }: { readonly name: string; readonly description: string | null },
): SerializedWorkflow {
  const ids = new Map<string, number>();
  const portsOf = (
    ports: readonly GraphPort[],
    types: ReadonlyMap<string, GraphPortType>,
  ): ((job: string) => SerializedPort[]) => {
    const byJob = Map.groupBy(ports, ({ workflowJobUuid }) => workflowJobUuid);
    return (job) =>
      (byJob.get(job) ?? []).map(({ uuid, label, typeUuid }) => {
        ids.set(uuid, ids.size + 1);
        return { id: ids.size, label, type: types.get(typeUuid)?.name ?? '' };
      });
  };
  const inputsOf = portsOf(graph.inputPorts, graph.inputTypes);
  const outputsOf = portsOf(graph.outputPorts, graph.outputTypes);
  const jobs = graph.jobs.map(({ uuid, jobName, settings }) => {
    const [job_name, job_settings] = [jobName, parseExact(settings)];
    return { job_name, job_settings, input_ports: inputsOf(uuid), output_ports: outputsOf(uuid) };
  });
  const connections = graph.connections.map(({ inputPortUuid, outputPortUuid }) => {
    return { output_port: ids.get(outputPortUuid), input_port: ids.get(inputPortUuid) };
  });
  return { __version__: VERSION, name, description: description ?? '', workflow_jobs: jobs, connections };
}

/** Which field of a request holds an export. */
const FIELD = 'serialized';

/** The refusal of a document for a fault at a path in it, such as `workflow_jobs[0].job_name`. */
export function contentFault(path: string, fault: string): Error {
  return invalidFields({ [FIELD]: Object.fromEntries([[path, [fault]]]) });
}

/** Why a value is no export at all; null when it may be one. */
export function formatFault(value: unknown): string | null {
  if (!isJsonObject(value)) return 'This field must be a JSON object.';
  if (!Object.hasOwn(value, '__version__')) return 'Please provide the version of serialization format.';
  const version = value['__version__'];
  return version === VERSION ? null : `Unsupported version of serialization format: ${shownText(version)}`;
}

/**
 * Reads an export whose format is right, so far as that can be done without knowing what is installed.
 * @throws BuildgateError INVALID with the path of the first fault
 */
export function readSerialized(value: unknown): SerializedWorkflow {
  const document = objectAt(value, '');
  return {
    __version__: VERSION,
    name: textAt(document, 'name', '', TEXT_RULES.workflow.name),
    description: document['description'] == null ? '' : textAt(document, 'description', '', { blank: true }),
    workflow_jobs: listAt(document, 'workflow_jobs', '', readJob),
    connections: listAt(document, 'connections', '', (one, path) => {
      const connection = objectAt(one, path);
      return { output_port: idAt(connection, 'output_port', path), input_port: idAt(connection, 'input_port', path) };
    }),
  };
}

function readJob(value: unknown, path: string): SerializedJob {
  const job = objectAt(value, path);
  if (job['job_settings'] === undefined) throw contentFault(`${path}.job_settings`, REQUIRED);
  const readPort = (port: unknown, at: string): SerializedPort => {
    const members = objectAt(port, at);
    const label = members['label'] == null ? '' : textAt(members, 'label', at, { ...TEXT_RULES.port.label });
    return { id: idAt(members, 'id', at), label, type: nameAt(members, 'type', at) };
  };
  return {
    job_name: nameAt(job, 'job_name', path),
    job_settings: job['job_settings'],
    input_ports: listAt(job, 'input_ports', path, readPort),
    output_ports: listAt(job, 'output_ports', path, readPort),
  };
}

/** What tells ids apart that are any numbers. */
export function idKey(id: unknown): string {
  return JSON.stringify(id);
}

function join(path: string, member: string): string {
  return path === '' ? member : `${path}.${member}`;
}

function objectAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw contentFault(path, 'This field must be a JSON object.');
  return value;
}

function textAt(object: Readonly<Record<string, unknown>>, member: string, path: string, rule: TextRule): string {
  const value = object[member];
  if (value === undefined) throw contentFault(join(path, member), REQUIRED);
  const checked = typeof value === 'string' ? checkText(value, rule) : { fault: NO_TEXT };
  if ('fault' in checked) throw contentFault(join(path, member), checked.fault);
  return checked.value ?? '';
}

/** The name of something that is installed, as it is. */
function nameAt(object: Readonly<Record<string, unknown>>, member: string, path: string): string {
  const value = object[member];
  if (value === undefined) throw contentFault(join(path, member), REQUIRED);
  if (typeof value !== 'string') throw contentFault(join(path, member), NO_TEXT);
  return value.toWellFormed();
}

function idAt(object: Readonly<Record<string, unknown>>, member: string, path: string): unknown {
  const value = object[member];
  if (value === undefined) throw contentFault(join(path, member), REQUIRED);
  if (typeof value === 'number' || isRawJson(value)) return value;
  throw contentFault(join(path, member), 'A valid number is required.');
}

function listAt<Element>(
  object: Readonly<Record<string, unknown>>,
  member: string,
  path: string,
  read: (element: unknown, path: string) => Element,
): Element[] {
  const at = join(path, member);
  const value = object[member];
  if (value === undefined) throw contentFault(at, REQUIRED);
  const checked = checkList(value);
  if ('fault' in checked) throw contentFault(at, checked.fault);
  return checked.value.map((element, index) => read(element, `${at}[${index}]`));
}
