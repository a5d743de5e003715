import type { OperationContext } from '../../core/graphql/context.js';
import { loadRecord } from '../../core/graphql/loaders.js';
import { BUILDS } from '../../core/list/records.js';
import { Kind } from '../../core/model/states.js';
import { computed, memberFields, type ComputedField, type ComputedFields } from './computed.js';
import {
  CONNECTIONS,
  INPUT_PORT_TYPES,
  INPUT_PORTS,
  INPUTS,
  JOB_DEFINITIONS,
  OUTPUT_PORT_TYPES,
  OUTPUT_PORTS,
  OUTPUTS,
  RESOURCE_LISTS,
  RESOURCE_TYPES,
  RESOURCES,
  WORKFLOW_JOB_GROUPS,
  WORKFLOW_JOBS,
  WORKFLOWS,
} from './lists.js';
import type { OwnList } from './lists/declare.js';
import { collection, paired, references } from './nested.js';
import { PARTS_OF_WORKFLOW, type PartKind, type WorkflowRow } from './reads.js';
import {
  RodanConnection,
  RodanInput,
  RodanInputPort,
  RodanInputPortType,
  RodanJobDefinition,
  RodanOutput,
  RodanOutputPort,
  RodanOutputPortType,
  RodanProject,
  RodanResource,
  RodanResourceList,
  RodanResourceType,
  RodanRunJob,
  RodanUser,
  RodanWorkflow,
  RodanWorkflowJob,
  RodanWorkflowJobGroup,
  RodanWorkflowRun,
} from './types.js';

/** What the types of Rodan's own rows show: their members, what they refer to and what refers to them (section 7). */

type Type = new () => object;

function own(type: Type, list: OwnList, nested: ComputedFields): new () => object {
  return computed(() => type, { ...memberFields(list.members, 'own'), ...nested });
}

/** Parts of the workflow jobs of a workflow. */
function parts(type: Type, kind: PartKind, description: string, only?: 'extern'): ComputedField {
  const value = async (workflow: WorkflowRow, context: OperationContext): Promise<readonly object[]> => {
    if (only && !workflow.valid) return [];
    const found = await context.load(PARTS_OF_WORKFLOW[kind], workflow.uuid);
    return only ? found.filter((port) => Boolean(port['extern'])) : found;
  };
  return { type: () => [type], nullable: false, description, value };
}

const WITHOUT_CONNECTION = 'that had no connection when it was found valid; none unless it is.';

const workflowFields = own(RodanWorkflow, WORKFLOWS, {
  ...references(WORKFLOWS, { project: () => RodanProject, creator: () => RodanUser }),
  workflowJobs: collection(() => RodanWorkflowJob, [WORKFLOW_JOBS, 'workflow_uuid'], 'Its workflow jobs.'),
  workflowJobGroups: collection(
    () => RodanWorkflowJobGroup,
    [WORKFLOW_JOB_GROUPS, 'workflow_uuid'],
    'Its groups of workflow jobs.',
  ),
  inputPorts: parts(RodanInputPort, 'inputPorts', 'Input ports of its workflow jobs.'),
  outputPorts: parts(RodanOutputPort, 'outputPorts', 'Output ports of its workflow jobs.'),
  connections: parts(RodanConnection, 'connections', 'Connections with its input ports.'),
  workflowInputPorts: parts(RodanInputPort, 'inputPorts', `Its input ports ${WITHOUT_CONNECTION}`, 'extern'),
  workflowOutputPorts: parts(RodanOutputPort, 'outputPorts', `Its output ports ${WITHOUT_CONNECTION}`, 'extern'),
  workflowRuns: collection(() => RodanWorkflowRun, [BUILDS, 'rodan_workflow_uuid'], 'Its runs.'),
});

const workflowJobFields = own(RodanWorkflowJob, WORKFLOW_JOBS, {
  ...references(WORKFLOW_JOBS, {
    workflow: () => RodanWorkflow,
    job: () => RodanJobDefinition,
    group: () => RodanWorkflowJobGroup,
  }),
  inputPorts: collection(() => RodanInputPort, [INPUT_PORTS, 'workflow_job_uuid'], 'Its input ports.'),
  outputPorts: collection(() => RodanOutputPort, [OUTPUT_PORTS, 'workflow_job_uuid'], 'Its output ports.'),
});

const groupFields = own(RodanWorkflowJobGroup, WORKFLOW_JOB_GROUPS, {
  ...references(WORKFLOW_JOB_GROUPS, { workflow: () => RodanWorkflow, origin: () => RodanWorkflow }),
  workflowJobs: collection(() => RodanWorkflowJob, [WORKFLOW_JOBS, 'group_uuid'], 'Its workflow jobs.'),
});

const inputPortFields = own(RodanInputPort, INPUT_PORTS, {
  ...references(INPUT_PORTS, { workflowJob: () => RodanWorkflowJob, inputPortType: () => RodanInputPortType }),
  connections: collection(() => RodanConnection, [CONNECTIONS, 'input_port_uuid'], 'Its connections.'),
});

const outputPortFields = own(RodanOutputPort, OUTPUT_PORTS, {
  ...references(OUTPUT_PORTS, { workflowJob: () => RodanWorkflowJob, outputPortType: () => RodanOutputPortType }),
  connections: collection(() => RodanConnection, [CONNECTIONS, 'output_port_uuid'], 'Its connections.'),
});

const connectionFields = own(
  RodanConnection,
  CONNECTIONS,
  references(CONNECTIONS, { inputPort: () => RodanInputPort, outputPort: () => RodanOutputPort }),
);

const jobFields = own(RodanJobDefinition, JOB_DEFINITIONS, {
  inputPortTypes: collection(() => RodanInputPortType, [INPUT_PORT_TYPES, 'job_uuid'], 'Types of its input ports.'),
  outputPortTypes: collection(() => RodanOutputPortType, [OUTPUT_PORT_TYPES, 'job_uuid'], 'Types of its output ports.'),
});

function portTypeFields(type: Type, list: OwnList): new () => object {
  const pairs = {
    table: `${list.table}_resource_type`,
    from: 'port_type_uuid',
    to: 'resource_type_uuid',
    order: 't.id',
  };
  return own(type, list, {
    ...references(list, { job: () => RodanJobDefinition }),
    resourceTypes: paired(() => RodanResourceType, RESOURCE_TYPES, pairs, 'Types of resources that it takes.'),
  });
}

const resourceFields = own(
  RodanResource,
  RESOURCES,
  references(RESOURCES, {
    project: () => RodanProject,
    resourceType: () => RodanResourceType,
    creator: () => RodanUser,
    origin: () => RodanOutput,
  }),
);

const resourceListFields = own(RodanResourceList, RESOURCE_LISTS, {
  ...references(RESOURCE_LISTS, {
    project: () => RodanProject,
    resourceType: () => RodanResourceType,
    origin: () => RodanOutput,
  }),
  resources: paired(
    () => RodanResource,
    RESOURCES,
    { table: 'rodan_resource_list_item', from: 'list_uuid', to: 'resource_uuid', order: 'pairs.position' },
    'Its resources, in their order.',
  ),
});

/** The run job of an input or output. */
const runJob: ComputedField = {
  type: () => RodanRunJob,
  nullable: false,
  description: 'Its run job.',
  value: ({ runJobId }: { readonly runJobId: number }, context: OperationContext) =>
    loadRecord(context, Kind.JOB, runJobId),
};

const inputFields = own(RodanInput, INPUTS, {
  ...references(INPUTS, {
    inputPort: () => RodanInputPort,
    inputPortType: () => RodanInputPortType,
    resource: () => RodanResource,
    resourceList: () => RodanResourceList,
  }),
  runJob,
});

const outputFields = own(RodanOutput, OUTPUTS, {
  ...references(OUTPUTS, {
    outputPort: () => RodanOutputPort,
    outputPortType: () => RodanOutputPortType,
    resource: () => RodanResource,
    resourceList: () => RodanResourceList,
  }),
  runJob,
});

/** Fields of the types of Rodan's own rows but users and projects. */
export const OWN_FIELDS: readonly (new () => object)[] = [
  workflowFields,
  workflowJobFields,
  groupFields,
  inputPortFields,
  outputPortFields,
  connectionFields,
  jobFields,
  portTypeFields(RodanInputPortType, INPUT_PORT_TYPES),
  portTypeFields(RodanOutputPortType, OUTPUT_PORT_TYPES),
  own(RodanResourceType, RESOURCE_TYPES, {}),
  resourceFields,
  resourceListFields,
  inputFields,
  outputFields,
];
