import { BuildFilter, BuildOrder, JobFilter, JobOrder } from '../../core/graphql/filter-inputs.js';
import { NEWEST_BUILDS, NEWEST_JOBS } from '../../core/graphql/page-args.js';
import type { RecordList } from '../../core/list/fields.js';
import type { OrderInput } from '../../core/list/order.js';
import { BUILDS, JOBS } from '../../core/list/records.js';
import * as lists from './lists.js';
import * as types from './types.js';
import type { ProjectPath } from './viewable.js';

/** The lists under `Query.rodan` (contract rodan, section 5). */

/** A kind of row that can be read by itself and listed. */
export interface RowKind {
  /** Field with one of them, by uuid. */
  readonly one: string;
  readonly list: RecordList;
  readonly type: new () => object;
  readonly inputs: { readonly filter: new () => object; readonly order: new () => object };
  readonly order: readonly OrderInput[];
  readonly orderDescription: string;
  readonly description: string;
  /** Where the uuid of a row's project is; without it everybody sees all rows. */
  readonly project?: ProjectPath;
}

const NEWEST = {
  order: [{ field: 'CREATED_AT', direction: 'DESC' }],
  orderDescription: 'Order; newest first by default.',
} as const;
const CREATED = { order: [{ field: 'ID' }], orderDescription: 'Order; as they were created by default.' } as const;

const OF_WORKFLOW = ['workflow', 'projectUuid'] as const;
const OF_WORKFLOW_JOB = ['workflowJob', ...OF_WORKFLOW] as const;
const OF_RUN_JOB = ['runJob', 'rodan', 'projectUuid'] as const;

/** The lists by the name of their field, but that of users, which are told apart by number. */
export const ROW_KINDS: Readonly<Record<Exclude<keyof typeof types.RODAN_CONNECTIONS, 'users'>, RowKind>> = {
  projects: {
    one: 'project',
    list: lists.RODAN_PROJECTS,
    type: types.RodanProject,
    inputs: lists.LIST_INPUTS.projects,
    description: 'Projects.',
    project: ['uuid'],
    ...NEWEST,
  },
  workflows: {
    one: 'workflow',
    list: lists.WORKFLOWS,
    type: types.RodanWorkflow,
    inputs: lists.LIST_INPUTS.workflows,
    description: 'Workflows.',
    project: ['projectUuid'],
    ...NEWEST,
  },
  workflowJobs: {
    one: 'workflowJob',
    list: lists.WORKFLOW_JOBS,
    type: types.RodanWorkflowJob,
    inputs: lists.LIST_INPUTS.workflowJobs,
    description: 'Workflow jobs.',
    project: OF_WORKFLOW,
    ...CREATED,
  },
  workflowJobGroups: {
    one: 'workflowJobGroup',
    list: lists.WORKFLOW_JOB_GROUPS,
    type: types.RodanWorkflowJobGroup,
    inputs: lists.LIST_INPUTS.workflowJobGroups,
    description: 'Groups of workflow jobs.',
    project: OF_WORKFLOW,
    ...NEWEST,
  },
  inputPorts: {
    one: 'inputPort',
    list: lists.INPUT_PORTS,
    type: types.RodanInputPort,
    inputs: lists.LIST_INPUTS.inputPorts,
    description: 'Input ports of workflow jobs.',
    project: OF_WORKFLOW_JOB,
    ...CREATED,
  },
  outputPorts: {
    one: 'outputPort',
    list: lists.OUTPUT_PORTS,
    type: types.RodanOutputPort,
    inputs: lists.LIST_INPUTS.outputPorts,
    description: 'Output ports of workflow jobs.',
    project: OF_WORKFLOW_JOB,
    ...CREATED,
  },
  connections: {
    one: 'connection',
    list: lists.CONNECTIONS,
    type: types.RodanConnection,
    inputs: lists.LIST_INPUTS.connections,
    description: 'Connections of ports.',
    project: ['inputPort', ...OF_WORKFLOW_JOB],
    ...CREATED,
  },
  jobs: {
    one: 'job',
    list: lists.JOB_DEFINITIONS,
    type: types.RodanJobDefinition,
    inputs: lists.LIST_INPUTS.jobs,
    description: 'Installed jobs.',
    order: [{ field: 'CATEGORY' }, { field: 'NAME' }],
    orderDescription: 'Order; by category and name by default.',
  },
  inputPortTypes: {
    one: 'inputPortType',
    list: lists.INPUT_PORT_TYPES,
    type: types.RodanInputPortType,
    inputs: lists.LIST_INPUTS.inputPortTypes,
    description: 'Types of input ports.',
    ...CREATED,
  },
  outputPortTypes: {
    one: 'outputPortType',
    list: lists.OUTPUT_PORT_TYPES,
    type: types.RodanOutputPortType,
    inputs: lists.LIST_INPUTS.outputPortTypes,
    description: 'Types of output ports.',
    ...CREATED,
  },
  resourceTypes: {
    one: 'resourceType',
    list: lists.RESOURCE_TYPES,
    type: types.RodanResourceType,
    inputs: lists.LIST_INPUTS.resourceTypes,
    description: 'Types of resources.',
    ...CREATED,
  },
  resources: {
    one: 'resource',
    list: lists.RESOURCES,
    type: types.RodanResource,
    inputs: lists.LIST_INPUTS.resources,
    description: 'Resources.',
    project: ['projectUuid'],
    ...NEWEST,
  },
  resourceLists: {
    one: 'resourceList',
    list: lists.RESOURCE_LISTS,
    type: types.RodanResourceList,
    inputs: lists.LIST_INPUTS.resourceLists,
    description: 'Ordered lists of resources.',
    project: ['projectUuid'],
    ...CREATED,
  },
  inputs: {
    one: 'input',
    list: lists.INPUTS,
    type: types.RodanInput,
    inputs: lists.LIST_INPUTS.inputs,
    description: 'What run jobs read.',
    project: OF_RUN_JOB,
    ...CREATED,
  },
  outputs: {
    one: 'output',
    list: lists.OUTPUTS,
    type: types.RodanOutput,
    inputs: lists.LIST_INPUTS.outputs,
    description: 'What run jobs wrote.',
    project: OF_RUN_JOB,
    ...CREATED,
  },
  workflowRuns: {
    one: 'workflowRun',
    list: BUILDS,
    type: types.RodanWorkflowRun,
    inputs: { filter: BuildFilter, order: BuildOrder },
    description: 'Workflow runs.',
    project: ['rodan', 'projectUuid'],
    order: NEWEST_BUILDS,
    orderDescription: 'Order; newest first by default.',
  },
  runJobs: {
    one: 'runJob',
    list: JOBS,
    type: types.RodanRunJob,
    inputs: { filter: JobFilter, order: JobOrder },
    description: 'Run jobs.',
    project: ['rodan', 'projectUuid'],
    order: NEWEST_JOBS,
    orderDescription: 'Order; newest first by default.',
  },
};
