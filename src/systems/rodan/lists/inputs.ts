import { defineList } from '../../../core/graphql/filter-inputs.js';
import { INPUT_PORT_TYPES, JOB_DEFINITIONS, OUTPUT_PORT_TYPES, RESOURCE_TYPES } from './jobs.js';
import { RODAN_PROJECTS, RODAN_USERS } from './projects.js';
import { INPUTS, OUTPUTS, RESOURCE_LISTS, RESOURCES } from './resources.js';
import { CONNECTIONS, INPUT_PORTS, OUTPUT_PORTS, WORKFLOW_JOB_GROUPS, WORKFLOW_JOBS, WORKFLOWS } from './workflows.js';
// Filters are made of what is declared by then.
import './relations.js';

/** Filters and orders of Rodan's own lists, as GraphQL takes them. */
export const LIST_INPUTS = {
  users: defineList(RODAN_USERS, 'RodanUser'),
  projects: defineList(RODAN_PROJECTS, 'RodanProject'),
  resourceTypes: defineList(RESOURCE_TYPES, 'RodanResourceType'),
  jobs: defineList(JOB_DEFINITIONS, 'RodanJobDefinition'),
  inputPortTypes: defineList(INPUT_PORT_TYPES, 'RodanInputPortType'),
  outputPortTypes: defineList(OUTPUT_PORT_TYPES, 'RodanOutputPortType'),
  workflows: defineList(WORKFLOWS, 'RodanWorkflow'),
  workflowJobGroups: defineList(WORKFLOW_JOB_GROUPS, 'RodanWorkflowJobGroup'),
  workflowJobs: defineList(WORKFLOW_JOBS, 'RodanWorkflowJob'),
  inputPorts: defineList(INPUT_PORTS, 'RodanInputPort'),
  outputPorts: defineList(OUTPUT_PORTS, 'RodanOutputPort'),
  connections: defineList(CONNECTIONS, 'RodanConnection'),
  resources: defineList(RESOURCES, 'RodanResource'),
  resourceLists: defineList(RESOURCE_LISTS, 'RodanResourceList'),
  inputs: defineList(INPUTS, 'RodanInput'),
  outputs: defineList(OUTPUTS, 'RodanOutput'),
} as const;
