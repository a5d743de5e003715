import { GraphQLScalarType } from 'graphql';
import { Json } from '../../core/graphql/scalars.js';
import { System } from '../../core/model/states.js';
import type { Reader } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import { NOT_NULL, typeWord, type Checked } from './field-rules.js';
import type { LinkKind } from './link-kind.js';

/**
 * How requests refer to objects: by links as the REST interface shows them, whose scheme, host, query and mount do not
 * matter; and, in GraphQL, by UUIDs as well (contract rodan, section 3).
 */

/** Faults of links. */
export const LINK_FAULTS = {
  noMatch: 'Invalid hyperlink - No URL match.',
  incorrectMatch: 'Invalid hyperlink - Incorrect URL match.',
  doesNotExist: 'Invalid hyperlink - Object does not exist.',
  noPermission: 'You have no permissions to it.',
} as const;

/**
 * How a request reached the gateway. A text is what stands in front of the paths of the REST interface there (nothing at
 * a host of its own); null is GraphQL, where a UUID by itself is a reference, too.
 */
export type Mount = string | null;

/** Where an object is that a link points to. */
export interface Referenced {
  readonly kind: LinkKind;
  readonly uuid: string;
  /** Project that it is in; null for what is installed and belongs to none. */
  readonly projectUuid: string | null;
}

/** `RodanReference`: any JSON value gets as far as the verb, which says what is wrong with it in the old words. */
export const RodanReference = new GraphQLScalarType<unknown, unknown>({
  name: 'RodanReference',
  description:
    'Refers to an object of Rodan: its UUID, or its link in the REST API (an absolute URL or the path alone; host and mount do not matter).',
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => Json.parseLiteral(node, variables),
});

const UUID = '[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}';
const BARE_UUID = new RegExp(`^${UUID}$`, 'i');
/** Longer texts are no links; so they are not taken apart. */
const MAX_LINK = 4000;

/** Where each kind of object is stored, and how its project is found. */
const PLACES: Readonly<Record<LinkKind, string>> = {
  project: 'SELECT uuid, uuid AS project FROM rodan_project',
  workflow: 'SELECT uuid, project_uuid AS project FROM rodan_workflow',
  workflowjob: partsOf('rodan_workflow_job'),
  workflowjobgroup: partsOf('rodan_workflow_job_group'),
  workflowrun: recordsOf('build'),
  runjob: recordsOf('job'),
  job: 'SELECT uuid, NULL AS project FROM rodan_job',
  inputporttype: 'SELECT uuid, NULL AS project FROM rodan_input_port_type',
  outputporttype: 'SELECT uuid, NULL AS project FROM rodan_output_port_type',
  inputport: portsOf('rodan_input_port'),
  outputport: portsOf('rodan_output_port'),
  connection: `SELECT wire.uuid, workflow.project_uuid AS project FROM rodan_connection wire
    JOIN rodan_input_port port ON port.uuid = wire.input_port_uuid
    JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid
    JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid`,
  resourcetype: 'SELECT uuid, NULL AS project FROM rodan_resource_type',
  resource: 'SELECT uuid, project_uuid AS project FROM rodan_resource',
  resourcelist: 'SELECT uuid, project_uuid AS project FROM rodan_resource_list',
  input: resultsOf('rodan_input'),
  output: resultsOf('rodan_output'),
};
const KINDS = Object.keys(PLACES) as readonly LinkKind[];

const OBJECT_PATH = new RegExp(`^/(${KINDS.join('|')})/(${UUID})/$`);
/** Paths of the REST interface that show no object that something could refer to. */
const OTHER_PATHS: readonly RegExp[] = [
  /^\/$/,
  new RegExp(`^/(?:${[...KINDS, 'user'].join('|')})s/$`),
  /^\/user\/\d+\/$/,
  /^\/auth\/(?:token|me|reset-token|change-password|register)\/$/,
  new RegExp(`^/project/${UUID}/(?:admins|workers)/$`),
  new RegExp(`^/interactive/${UUID}/acquire/$`),
];

/**
 * What a link that must be there points to, by its text alone. Null and the empty text are `This field may not be null.`
 * @param value any JSON value
 * @param kinds what it may point to
 */
export function parseReference(
  value: unknown,
  kinds: LinkKind | readonly LinkKind[],
  mount: Mount,
): Checked<{ readonly kind: LinkKind; readonly uuid: string }> {
  if (value === null || value === '') return { fault: NOT_NULL };
  return parseElement(value, kinds, mount);
}

/** The same for an element of a list, where null is of a wrong type. */
export function parseElement(
  value: unknown,
  kinds: LinkKind | readonly LinkKind[],
  mount: Mount,
): Checked<{ readonly kind: LinkKind; readonly uuid: string }> {
  if (typeof value !== 'string') return { fault: `Incorrect type. Expected URL string, received ${typeWord(value)}.` };
  const allowed = typeof kinds === 'string' ? [kinds] : kinds;
  const [first] = allowed;
  if (mount === null && first !== undefined && BARE_UUID.test(value)) {
    return { value: { kind: first, uuid: value.toLowerCase() } };
  }
  const paths = pathsOf(value, mount);
  const match = paths.map((path) => OBJECT_PATH.exec(path)).find((found) => found !== null);
  if (!match) {
    const known = paths.some((path) => OTHER_PATHS.some((pattern) => pattern.test(path)));
    return { fault: known ? LINK_FAULTS.incorrectMatch : LINK_FAULTS.noMatch };
  }
  const [, kind, uuid = ''] = match;
  const found = allowed.find((one) => one === kind);
  return found === undefined ? { fault: LINK_FAULTS.incorrectMatch } : { value: { kind: found, uuid } };
}

/** Paths within the REST interface that a link may mean, with and without what may stand in front of them. */
function pathsOf(link: string, mount: Mount): string[] {
  if (link.length > MAX_LINK) return [];
  const path = link.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const prefixes = new Set(['', '/rodan', mount ?? ''].flatMap((prefix) => [prefix, `${prefix}/api`]));
  return [...prefixes].filter((prefix) => path.startsWith(`${prefix}/`)).map((prefix) => path.slice(prefix.length));
}

/** Those of the objects that exist, by UUID; one statement, none for nothing. */
export async function findReferenced(
  reader: Reader,
  kind: LinkKind,
  uuids: readonly string[],
): Promise<Map<string, Referenced>> {
  if (uuids.length === 0) return new Map();
  const rows = await reader.all<{ uuid: string; project: string | null }>(
    sql`SELECT found.uuid, found.project FROM (${raw(PLACES[kind])}) found
      WHERE ${inList(reader.dialect, raw('found.uuid'), [...new Set(uuids)], 'text')}`,
  );
  return new Map(rows.map(({ uuid, project }) => [uuid, { kind, uuid, projectUuid: project }]));
}

function recordsOf(table: string): string {
  return `SELECT legacy_id AS uuid, rodan_project_uuid AS project FROM ${table} WHERE system = ${System.RODAN}`;
}

function partsOf(table: string): string {
  return `SELECT part.uuid, workflow.project_uuid AS project FROM ${table} part
    JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid`;
}

function portsOf(table: string): string {
  return `SELECT port.uuid, workflow.project_uuid AS project FROM ${table} port
    JOIN rodan_workflow_job part ON part.uuid = port.workflow_job_uuid
    JOIN rodan_workflow workflow ON workflow.uuid = part.workflow_uuid`;
}

function resultsOf(table: string): string {
  return `SELECT result.uuid, job.rodan_project_uuid AS project FROM ${table} result
    JOIN job ON job.id = result.run_job_id`;
}
