import type { LinkKind } from '../link-kind.js';
import { JOBS, portTypes, RESOURCE_TYPES } from './catalogue.js';
import type { Collection } from './collection.js';
import { acceptedTypes, GROUP_MEMBERS, LIST_ITEMS, PROJECT_MEMBERS, type LinkSet } from './links.js';
import { PROJECTS, RESOURCE_LISTS, RESOURCES } from './projects.js';
import { results, RUN_JOBS, RUN_REQUESTS, WORKFLOW_RUNS } from './runs.js';
import { CONNECTIONS, ports, WORKFLOW_JOB_GROUPS, WORKFLOW_JOBS, WORKFLOWS } from './workflows.js';

/** All collections of the import format but the users, by the words of links. */
export const COLLECTIONS = {
  resourcetype: RESOURCE_TYPES,
  job: JOBS,
  inputporttype: portTypes('input'),
  outputporttype: portTypes('output'),
  project: PROJECTS,
  workflow: WORKFLOWS,
  workflowjobgroup: WORKFLOW_JOB_GROUPS,
  workflowjob: WORKFLOW_JOBS,
  inputport: ports('input'),
  outputport: ports('output'),
  connection: CONNECTIONS,
  resource: RESOURCES,
  resourcelist: RESOURCE_LISTS,
  workflowrun: WORKFLOW_RUNS,
  runjob: RUN_JOBS,
  input: results('input'),
  output: results('output'),
} as const satisfies Readonly<Record<LinkKind, Collection>>;

/** The same, and one that no links point to. */
export const ALL_COLLECTIONS: readonly Collection[] = [...Object.values(COLLECTIONS), RUN_REQUESTS];

/** All sets of links. */
export const LINK_SETS = {
  members: PROJECT_MEMBERS,
  inputAccepted: acceptedTypes('input'),
  outputAccepted: acceptedTypes('output'),
  grouped: GROUP_MEMBERS,
  items: LIST_ITEMS,
} as const satisfies Readonly<Record<string, LinkSet>>;
