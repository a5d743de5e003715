import { ok } from './answers.js';
import { COLLECTIONS, type Collection } from './collections.js';
import type { Links } from './links.js';
import { listing, listOperation, type Representing } from './lists.js';
import { requireOne, type ObjectOperation } from './objects.js';
import * as runs from './represent-runs.js';
import * as parts from './represent.js';
import type { Method } from './resource.js';

const PAGE_QUERY: NonNullable<Method['query']> = [
  { name: 'page', description: 'Page number from 1, or `last`' },
  { name: 'page_size', description: 'Rows on a page: 20 unless told, at most 100', values: 'integer' },
  { name: 'ordering', description: 'Fields with commas, each with `-` in front for the other direction' },
];
const UNPAGED = { name: 'disable_pagination', description: 'With any value: all rows as one array' };
const MISSING = { 404: 'Not found, or not to be seen' };

/** GET of a list. @param more further stored operations behind it */
export function list<Node>(
  collection: Collection,
  represent: Representing<Node>,
  more: readonly string[] = [],
): Method {
  const { name, filters, extras = [], unpaged } = collection;
  const filterQuery = Object.entries(filters).flatMap(([field, { lookups }]) =>
    lookups.map((lookup) => ({
      name: lookup === 'exact' ? field : `${field}__${lookup}`,
      description: `Filter: ${lookup}`,
    })),
  );
  const extraQuery = extras.map((extra) => ({ name: extra, description: 'Filter' }));
  return {
    uri: `/${name}/`,
    method: 'GET',
    summary: `List of ${name}`,
    operations: [listOperation(collection), ...more],
    query: [...PAGE_QUERY, ...(unpaged ? [UNPAGED] : []), ...filterQuery, ...extraQuery],
    answers: { 200: 'A page', 404: 'No such page' },
    kept: true,
    handle: listing(collection, represent),
  };
}

type Represent<Shown> = (object: Shown, links: Links) => object;

/** GET of an object. */
function detail<Shown>(one: string, operation: ObjectOperation, represent: Represent<Shown>): Method {
  return {
    uri: `/${one}/{id}/`,
    method: 'GET',
    summary: `One ${one}`,
    operations: [operation],
    answers: { 200: 'The object', ...MISSING },
    kept: true,
    handle: async (exchange) => ok(represent(await requireOne<Shown>(operation, exchange), exchange.links)),
  };
}

/** GET of a list and of an object that is shown as in the list. */
function both<Shown>(
  collection: Collection,
  one: string,
  operation: ObjectOperation,
  represent: Represent<Shown>,
): Method[] {
  return [list(collection, each(represent)), detail(one, operation, represent)];
}

/** Rows that are made each by itself. */
export function each<Node>(represent: Represent<Node>): Representing<Node> {
  return (nodes, { links }) => nodes.map((node) => represent(node, links));
}

/**
 * Connections, each with its whole workflow: every one of those is read and made once for a page. A connection whose
 * workflow was deleted meanwhile is left out.
 */
const representConnections: Representing<parts.ConnectionFields> = async (nodes, { run, links }) => {
  const jobs = nodes.flatMap(({ inputPort, outputPort }) => [inputPort.workflowJob, outputPort.workflowJob]);
  const uuids = [...new Set(jobs.map(({ workflowUuid }) => workflowUuid))];
  if (uuids.length === 0) return [];
  type Data = { rodan: { list: { nodes: readonly parts.WorkflowDetailFields[] } } };
  const variables = { filter: { uuid: { in: uuids } }, first: uuids.length };
  const { list: found } = (await run<Data>('RodanWholeWorkflows', variables)).rodan;
  const workflows = found.nodes.map((node) => parts.representWorkflowDetail(node, links));
  const workflowOf = new Map(workflows.map((shown) => [shown.uuid, shown]));
  const jobOf = new Map(workflows.flatMap(({ workflow_jobs: shown }) => shown.map((job) => [job.uuid, job])));
  return nodes.flatMap((node) => {
    const input = jobOf.get(node.inputPort.workflowJob.uuid);
    const output = jobOf.get(node.outputPort.workflowJob.uuid);
    const whole = workflowOf.get(node.outputPort.workflowJob.workflowUuid);
    return input && output && whole
      ? [parts.representConnectionOf({ input, output, workflow: whole }, node, links)]
      : [];
  });
};

const workflowDetail = detail('workflow', 'RodanWorkflow', parts.representWorkflowDetail);

/** GET of a workflow, or of what can be imported elsewhere (section 9.2). */
const workflow: Method = {
  ...workflowDetail,
  operations: [...workflowDetail.operations, 'RodanExport'],
  query: [{ name: 'export', description: 'With or without value: the workflow as it can be imported' }],
  handle: async (exchange) => {
    if (exchange.request.query.last('export') === undefined) return workflowDetail.handle(exchange);
    return ok((await requireOne<{ readonly serialized: object }>('RodanExport', exchange)).serialized);
  },
};

/** GET of every URI but those of the root, of members of projects, of users and of signing in. */
export const READ_METHODS: readonly Method[] = [
  list(COLLECTIONS.projects, each(parts.representProject)),
  detail('project', 'RodanProject', parts.representProjectDetail),
  list(COLLECTIONS.workflows, each(parts.representWorkflow)),
  workflow,
  ...both(COLLECTIONS.workflowjobs, 'workflowjob', 'RodanWorkflowJob', parts.representWorkflowJob),
  ...both(COLLECTIONS.workflowjobgroups, 'workflowjobgroup', 'RodanWorkflowJobGroup', parts.representWorkflowJobGroup),
  ...both(COLLECTIONS.workflowruns, 'workflowrun', 'RodanWorkflowRun', runs.representWorkflowRun),
  ...both(COLLECTIONS.runjobs, 'runjob', 'RodanRunJob', runs.representRunJob),
  ...both(COLLECTIONS.jobs, 'job', 'RodanJob', runs.representJob),
  list(COLLECTIONS.connections, representConnections, ['RodanWholeWorkflows']),
  detail('connection', 'RodanConnection', parts.representConnection),
  ...both(COLLECTIONS.outputporttypes, 'outputporttype', 'RodanOutputPortType', runs.representOutputPortType),
  ...both(COLLECTIONS.outputports, 'outputport', 'RodanOutputPort', parts.representOutputPort),
  ...both(COLLECTIONS.inputporttypes, 'inputporttype', 'RodanInputPortType', runs.representInputPortType),
  ...both(COLLECTIONS.inputports, 'inputport', 'RodanInputPort', parts.representInputPort),
  ...both(COLLECTIONS.resources, 'resource', 'RodanResource', runs.representResource),
  ...both(COLLECTIONS.resourcelists, 'resourcelist', 'RodanResourceList', runs.representResourceList),
  ...both(COLLECTIONS.resourcetypes, 'resourcetype', 'RodanResourceType', runs.representResourceType),
  ...both(COLLECTIONS.outputs, 'output', 'RodanOutput', runs.representOutput),
  ...both(COLLECTIONS.inputs, 'input', 'RodanInput', runs.representInput),
];
