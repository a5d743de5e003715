import { COLLECTIONS, type Collection } from './collections.js';
import type { Exchange } from './exchange.js';
import { FIELDS, type Field } from './fields.js';
import { requireOne, type ObjectOperation } from './objects.js';
import type { View } from './resource.js';

/** The URIs of projects, workflows, runs and what belongs to them, as OPTIONS tells of them (contract rodan, section 2). */

/** A list and the URI of one of its objects. */
interface Pair {
  readonly collection: Collection;
  /** Word in the URI of an object: `workflowrun`. */
  readonly one: string;
  /** Name of the old classes in words, without `List` and `Detail`. */
  readonly words: string;
  readonly operation: ObjectOperation;
  readonly isPublic?: true;
  readonly fields?: readonly Field[];
  /** Of the object on its own, where they are others than in the list. */
  readonly detailFields?: readonly Field[];
}

const PAIRS: readonly Pair[] = [
  {
    collection: COLLECTIONS.projects,
    one: 'project',
    words: 'Project',
    operation: 'RodanProject',
    fields: FIELDS.project,
    detailFields: FIELDS.projectDetail,
  },
  {
    collection: COLLECTIONS.workflows,
    one: 'workflow',
    words: 'Workflow',
    operation: 'RodanWorkflow',
    fields: FIELDS.workflow,
    detailFields: FIELDS.workflowDetail,
  },
  {
    collection: COLLECTIONS.workflowjobs,
    one: 'workflowjob',
    words: 'Workflow Job',
    operation: 'RodanWorkflowJob',
    fields: FIELDS.workflowJob,
  },
  {
    collection: COLLECTIONS.workflowjobgroups,
    one: 'workflowjobgroup',
    words: 'Workflow Job Group',
    operation: 'RodanWorkflowJobGroup',
    fields: FIELDS.workflowJobGroup,
  },
  {
    collection: COLLECTIONS.workflowruns,
    one: 'workflowrun',
    words: 'Workflow Run',
    operation: 'RodanWorkflowRun',
    fields: FIELDS.workflowRun,
  },
  { collection: COLLECTIONS.runjobs, one: 'runjob', words: 'Run Job', operation: 'RodanRunJob' },
  { collection: COLLECTIONS.jobs, one: 'job', words: 'Job', operation: 'RodanJob', isPublic: true },
  {
    collection: COLLECTIONS.connections,
    one: 'connection',
    words: 'Connection',
    operation: 'RodanConnection',
    fields: FIELDS.connection,
  },
  {
    collection: COLLECTIONS.outputporttypes,
    one: 'outputporttype',
    words: 'Output Port Type',
    operation: 'RodanOutputPortType',
    isPublic: true,
  },
  {
    collection: COLLECTIONS.outputports,
    one: 'outputport',
    words: 'Output Port',
    operation: 'RodanOutputPort',
    fields: FIELDS.outputPort,
  },
  {
    collection: COLLECTIONS.inputporttypes,
    one: 'inputporttype',
    words: 'Input Port Type',
    operation: 'RodanInputPortType',
    isPublic: true,
  },
  {
    collection: COLLECTIONS.inputports,
    one: 'inputport',
    words: 'Input Port',
    operation: 'RodanInputPort',
    fields: FIELDS.inputPort,
  },
  {
    collection: COLLECTIONS.resources,
    one: 'resource',
    words: 'Resource',
    operation: 'RodanResource',
    fields: FIELDS.resource,
  },
  {
    collection: COLLECTIONS.resourcelists,
    one: 'resourcelist',
    words: 'Resource List',
    operation: 'RodanResourceList',
    fields: FIELDS.resourceList,
  },
  {
    collection: COLLECTIONS.resourcetypes,
    one: 'resourcetype',
    words: 'Resource Type',
    operation: 'RodanResourceType',
    isPublic: true,
  },
  { collection: COLLECTIONS.outputs, one: 'output', words: 'Output', operation: 'RodanOutput' },
  { collection: COLLECTIONS.inputs, one: 'input', words: 'Input', operation: 'RodanInput' },
];

function listView({ collection, words, isPublic, fields }: Pair): View {
  return {
    uri: `/${collection.name}/`,
    subject: `${words}s`,
    name: `${words} List`,
    description: `Returns a list of all ${words}s that the caller may view, a page at a time.`,
    collection,
    ...(isPublic && { isPublic }),
    ...(fields && { fields }),
  };
}

function detailView({ one, words, operation, isPublic, fields, detailFields = fields }: Pair): View {
  return {
    uri: `/${one}/{id}/`,
    subject: `${words}s`,
    name: `${words} Detail`,
    description: `Performs operations on a single ${words} instance.`,
    ...askedOf(operation),
    ...(isPublic && { isPublic }),
    ...(detailFields && { fields: detailFields }),
  };
}

/** Whether the caller may change what the URI is about; who may see other things than projects may change them. */
function askedOf(operation: ObjectOperation): Pick<View, 'mayWrite' | 'operations'> {
  if (operation === 'RodanProject') return { mayWrite: mayChangeProject, operations: ['RodanProjectRights'] };
  return {
    mayWrite: async (exchange) => (await requireOne(operation, exchange)) !== null,
    operations: [operation],
  };
}

async function mayChangeProject(exchange: Exchange): Promise<boolean> {
  return (await requireOne<{ readonly viewerCanUpdate: boolean }>('RodanProjectRights', exchange)).viewerCanUpdate;
}

/** Every URI but those of the root, of users and of signing in. */
export const VIEWS: readonly View[] = [
  ...PAIRS.flatMap((pair) => [listView(pair), detailView(pair)]),
  {
    uri: '/project/{id}/admins/',
    subject: 'Projects',
    name: 'Project Detail Admins',
    description: 'Retrieves or replaces the names of the admins of a Project.',
    ...askedOf('RodanProject'),
  },
  {
    uri: '/project/{id}/workers/',
    subject: 'Projects',
    name: 'Project Detail Workers',
    description: 'Retrieves or replaces the names of the workers of a Project.',
    ...askedOf('RodanProject'),
  },
  {
    uri: '/interactive/{id}/acquire/',
    subject: 'Run Jobs',
    name: 'Interactive Acquire',
    description: 'Takes the lock of a Run Job that waits for input.',
    ...askedOf('RodanRunJob'),
  },
];
