import { BUILDS, JOBS } from '../../../core/list/records.js';
import type { RecordList, RelationField } from '../../../core/list/fields.js';
import { fromUuid, toUuid } from './declare.js';
import { INPUT_PORT_TYPES, JOB_DEFINITIONS, OUTPUT_PORT_TYPES, RESOURCE_TYPES } from './jobs.js';
import { RODAN_PROJECTS, RODAN_USERS } from './projects.js';
import { INPUTS, OUTPUTS, RESOURCE_LISTS, RESOURCES } from './resources.js';
import { CONNECTIONS, INPUT_PORTS, OUTPUT_PORTS, WORKFLOW_JOB_GROUPS, WORKFLOW_JOBS, WORKFLOWS } from './workflows.js';

/** How rows refer to each other: filters by other rows (contract rodan, section 5.3), and what GraphQL shows with a row. */

/** A filter by the user whom a column names by number. */
export function toUser(column: string, description: string): RelationField {
  return { column, references: () => RODAN_USERS, key: 'number', description };
}

/** A filter by rows that stand with this one in a table of pairs of uuids. */
function paired(list: RecordList, table: string, from: string, to: string, description: string): RelationField {
  return { column: 'uuid', references: () => list, key: 'uuid', through: { table, from, to }, description };
}

RODAN_USERS.relate({
  username: {
    column: 'id',
    table: 'member',
    lookupColumn: 'name',
    nullable: false,
    description: 'Name that they sign in with.',
  },
  projects: {
    column: 'number',
    references: () => RODAN_PROJECTS,
    key: 'creator_number',
    description: 'One of the projects that they created.',
  },
});

RODAN_PROJECTS.relate({
  creator: toUser('creator_number', 'Who created it.'),
  workflows: fromUuid('project_uuid', WORKFLOWS, 'One of its workflows.'),
  resources: fromUuid('project_uuid', RESOURCES, 'One of its resources.'),
  workflowRuns: fromUuid('rodan_project_uuid', BUILDS, 'One of its workflow runs.'),
  members: {
    column: 'uuid',
    references: () => RODAN_USERS,
    key: 'number',
    through: { table: 'rodan_project_member', from: 'project_uuid', to: 'user_number' },
    description: 'One of its admins and workers.',
  },
});

JOB_DEFINITIONS.relate({
  workflowJobs: fromUuid('job_uuid', WORKFLOW_JOBS, 'One of the workflow jobs that are made of it.'),
});

for (const list of [INPUT_PORT_TYPES, OUTPUT_PORT_TYPES]) {
  const [table, description] = [`${list.table}_resource_type`, 'One of the types of resources that it takes.'];
  list.relate({
    job: toUuid('job_uuid', JOB_DEFINITIONS, 'The job that has it.'),
    resourceTypes: paired(RESOURCE_TYPES, table, 'port_type_uuid', 'resource_type_uuid', description),
  });
}

WORKFLOWS.relate({
  project: toUuid('project_uuid', RODAN_PROJECTS, 'Its project.'),
  creator: toUser('creator_number', 'Who created it.'),
  workflowJobs: fromUuid('workflow_uuid', WORKFLOW_JOBS, 'One of its workflow jobs.'),
  workflowRuns: fromUuid('rodan_workflow_uuid', BUILDS, 'One of its runs.'),
});

WORKFLOW_JOB_GROUPS.relate({
  workflow: toUuid('workflow_uuid', WORKFLOWS, 'Its workflow.'),
  origin: toUuid('origin_uuid', WORKFLOWS, 'The workflow that its jobs were copied from.'),
  workflowJobs: fromUuid('group_uuid', WORKFLOW_JOBS, 'One of its workflow jobs.'),
});

WORKFLOW_JOBS.relate({
  workflow: toUuid('workflow_uuid', WORKFLOWS, 'Its workflow.'),
  job: toUuid('job_uuid', JOB_DEFINITIONS, 'The job that it is made of.'),
  group: toUuid('group_uuid', WORKFLOW_JOB_GROUPS, 'Its group.'),
  inputPorts: fromUuid('workflow_job_uuid', INPUT_PORTS, 'One of its input ports.'),
  outputPorts: fromUuid('workflow_job_uuid', OUTPUT_PORTS, 'One of its output ports.'),
});

INPUT_PORTS.relate({
  workflowJob: toUuid('workflow_job_uuid', WORKFLOW_JOBS, 'Its workflow job.'),
  inputPortType: toUuid('input_port_type_uuid', INPUT_PORT_TYPES, 'Its type.'),
  connections: fromUuid('input_port_uuid', CONNECTIONS, 'One of its connections.'),
});

OUTPUT_PORTS.relate({
  workflowJob: toUuid('workflow_job_uuid', WORKFLOW_JOBS, 'Its workflow job.'),
  outputPortType: toUuid('output_port_type_uuid', OUTPUT_PORT_TYPES, 'Its type.'),
  connections: fromUuid('output_port_uuid', CONNECTIONS, 'One of its connections.'),
});

CONNECTIONS.relate({
  inputPort: toUuid('input_port_uuid', INPUT_PORTS, 'The input port.'),
  outputPort: toUuid('output_port_uuid', OUTPUT_PORTS, 'The output port.'),
});

const ITEMS = 'rodan_resource_list_item';

RESOURCES.relate({
  project: toUuid('project_uuid', RODAN_PROJECTS, 'Its project.'),
  resourceType: toUuid('resource_type_uuid', RESOURCE_TYPES, 'Its type.'),
  creator: toUser('creator_number', 'Who brought it.'),
  origin: toUuid('origin_uuid', OUTPUTS, 'The output that it was written as.'),
  inputs: fromUuid('resource_uuid', INPUTS, 'One of the inputs that read it.'),
  resourceLists: paired(RESOURCE_LISTS, ITEMS, 'resource_uuid', 'list_uuid', 'One of the lists that it is in.'),
});

RESOURCE_LISTS.relate({
  project: toUuid('project_uuid', RODAN_PROJECTS, 'Its project.'),
  resourceType: toUuid('resource_type_uuid', RESOURCE_TYPES, 'The type of its resources.'),
  origin: toUuid('origin_uuid', OUTPUTS, 'The output that it was written as.'),
  inputs: fromUuid('resource_list_uuid', INPUTS, 'One of the inputs that read it.'),
  resources: paired(RESOURCES, ITEMS, 'list_uuid', 'resource_uuid', 'One of its resources.'),
});

/** What inputs and outputs have in common. */
function transferred(verb: 'read' | 'written'): Readonly<Record<string, RelationField>> {
  return {
    runJob: { column: 'run_job_id', references: () => JOBS, description: 'Its run job.' },
    resource: toUuid('resource_uuid', RESOURCES, `The resource that is ${verb}.`),
    resourceList: toUuid('resource_list_uuid', RESOURCE_LISTS, `The resource list that is ${verb}.`),
  };
}

INPUTS.relate({
  ...transferred('read'),
  inputPort: toUuid('input_port_uuid', INPUT_PORTS, 'The port of the workflow.'),
  inputPortType: toUuid('input_port_type_uuid', INPUT_PORT_TYPES, 'The type of the port.'),
});

OUTPUTS.relate({
  ...transferred('written'),
  outputPort: toUuid('output_port_uuid', OUTPUT_PORTS, 'The port of the workflow.'),
  outputPortType: toUuid('output_port_type_uuid', OUTPUT_PORT_TYPES, 'The type of the port.'),
});
