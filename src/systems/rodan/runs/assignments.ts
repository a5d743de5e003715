import { BuildgateError } from '../../../core/errors.js';
import type { GraphPort, WorkflowGraph } from '../parts/graph.js';
import { type Checked, type FieldErrors, invalidFields } from '../field-rules.js';
import type { Item } from './plan.js';

/** Whether resources are rightly assigned to the input ports of a workflow (contract rodan, section 9.3, rules 5 and 6). Pure. */

/** What is assigned to one port, as it was sent; in the order of the request. */
export interface SentAssignment {
  /** The key, as it was sent. */
  readonly key: string;
  /** Any JSON value. */
  readonly value: unknown;
}

/** A resource or resource list as far as the rules ask. */
export interface KnownItem extends Item {
  readonly projectUuid: string;
  /** Of a resource: whether it has its compatible file. */
  readonly ready: boolean;
  /** Of a list: place, from 0, of the first member without compatible file. */
  readonly unready: number | null;
}

/** What the references of a request turned out to be. */
export interface KnownReferences {
  /** UUID of the input port that a key refers to, or what is wrong with the key. */
  readonly port: (key: string) => Checked<string>;
  /** What an element refers to, or what is wrong with it. */
  readonly item: (element: unknown) => Checked<KnownItem>;
}

/** Where assignments are checked against. */
export interface AssignmentScope {
  readonly graph: WorkflowGraph;
  readonly projectUuid: string;
  readonly known: KnownReferences;
}

const FIELD = 'resource_assignments';

/** Ends the check with a fault at a key, at an element there if one is given. */
function refuse(key: string, fault: string, index?: number): never {
  const errors: FieldErrors | string[] = index === undefined ? [fault] : { [index]: [fault] };
  throw invalidFields({ [FIELD]: Object.fromEntries([[key, errors]]) });
}

/**
 * Checks assignments in their order; the first fault ends it.
 * @returns what is assigned, by UUID of the port: each element once
 * @throws BuildgateError INVALID with the fault where it is
 */
export function checkAssignments(
  sent: readonly SentAssignment[],
  scope: AssignmentScope,
): ReadonlyMap<string, readonly Item[]> {
  const connected = new Set(scope.graph.connections.map(({ inputPortUuid }) => inputPortUuid));
  const open = new Map(
    scope.graph.inputPorts.filter(({ uuid }) => !connected.has(uuid)).map((port) => [port.uuid, port]),
  );
  const assigned = new Map<string, readonly Item[]>();
  let collection: ReadonlySet<string> | undefined;
  for (const { key, value } of sent) {
    const port = openPort(key, open, scope);
    const items = itemsOf(key, value, scope);
    const set = new Set(items.map(({ uuid }) => uuid));
    if (set.size > 1) {
      if (collection && !isSame(collection, set)) {
        refuse(key, 'It is not allowed to assign multiple resource sets');
      }
      collection = set;
    }
    for (const [index, item] of items.entries()) checkItem(item, port, scope, (fault) => refuse(key, fault, index));
    open.delete(port.uuid);
    assigned.set(port.uuid, [...new Map(items.map((item) => [item.uuid, item])).values()]);
  }
  refuseOpen([...open.keys()]);
  return assigned;
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((element) => b.has(element));
}

/** Rules a and b. */
function openPort(key: string, open: ReadonlyMap<string, GraphPort>, { known }: AssignmentScope): GraphPort {
  const uuid = known.port(key);
  if ('fault' in uuid) refuse(key, uuid.fault);
  return open.get(uuid.value) ?? refuse(key, 'Assigned InputPort must be unsatisfied');
}

/** Rules c, d and e. */
function itemsOf(key: string, value: unknown, { known }: AssignmentScope): KnownItem[] {
  if (!Array.isArray(value)) refuse(key, 'A list of resources or resource lists is expected');
  const items = (value as readonly unknown[]).map((element, index) => {
    const item = known.item(element);
    return 'fault' in item ? refuse(key, item.fault, index) : item.value;
  });
  return items.length > 0 ? items : refuse(key, 'It is not allowed to assign an empty resource set');
}

/** Rule g. */
function checkItem(
  item: KnownItem,
  port: GraphPort,
  { graph, projectUuid }: AssignmentScope,
  fail: (fault: string) => never,
): void {
  const isResource = item.kind === 'resource';
  const type = graph.inputTypes.get(port.typeUuid);
  if (isResource && type?.isList) fail('The InputPort requires ResourceLists but is provided with Resources');
  if (isResource && !item.ready) fail('The compatible resource file is not ready');
  if (!isResource && !type?.isList) fail('The InputPort requires Resources but is provided with ResourceLists');
  if (item.unready !== null) fail(`The compatible resource file of #${item.unready} in the resource list is not ready`);
  if (item.projectUuid !== projectUuid) {
    fail(`Resource ${isResource ? '' : 'or ResourceList '}is not in the project of Workflow`);
  }
  if (item.typeUuid === null || !type?.resourceTypes.has(item.typeUuid)) {
    fail('The resource type does not match the InputPort');
  }
}

/** Rule 6. Which host the links begin with only the REST interface knows: it is told the ports as well. */
function refuseOpen(open: readonly string[]): void {
  if (open.length === 0) return;
  const message = `There are still unsatisfied InputPorts: ${open.map((uuid) => `/inputport/${uuid}/`).join(' ')}`;
  const errors: FieldErrors = { [FIELD]: [message] };
  throw new BuildgateError('INVALID', `${FIELD}: ${message}`, { errors, unsatisfiedInputPorts: open });
}
