import { TEXT_RULES, type TextRule } from '../field-rules.js';
import { bodyOf } from './body-content.js';
import { FIELDS, type Field } from './fields.js';
import type { InputRules } from './inputs.js';
import type { LinkKind } from '../link-kind.js';
import type { Links } from './links.js';
import {
  type ConnectionDetailFields,
  type InputPortFields,
  type OutputPortFields,
  type ProjectDetailFields,
  type ProjectFields,
  representConnection,
  representInputPort,
  representOutputPort,
  representProject,
  representProjectDetail,
  representWorkflow,
  representWorkflowDetail,
  representWorkflowJob,
  representWorkflowJobGroup,
  type WorkflowDetailFields,
  type WorkflowFields,
  type WorkflowJobFields,
  type WorkflowJobGroupFields,
} from './represent.js';
import {
  representResource,
  representResourceList,
  representWorkflowRun,
  type ResourceFields,
  type ResourceListFields,
} from './represent-runs.js';
import type { Method } from './resource.js';
import { creatingRun, patchingRun } from './run-writes.js';
import { changing, creating, deleting, type Verb } from './writing.js';

/** A kind of object that clients write. */
interface Kind {
  /** Word in its URI. */
  readonly kind: LinkKind;
  /** What it is called in the names of stored operations: `RodanCreateWorkflowJob`. */
  readonly name: string;
  /** What it is called in sentences. */
  readonly words: string;
}

/** How an object is shown as the answer to a write, from the payload of the verb. */
type Representing<Shown> = (object: Shown, links: Links) => { readonly url: string };

const MADE = 'Made; `Location` says where';
const REFUSED = { 400: 'Refused: wrong fields, or no JSON', 415: 'Neither JSON nor a form' };
const HIDDEN = { 404: 'None that is there for this caller' };

function verb<Shown>(operation: string, represent: Representing<Shown>): Verb<Shown> {
  return { operation, represent: (object, { links }) => represent(object, links) };
}

/** POST of a list. */
function creation<Shown>({ kind, name, words }: Kind, represent: Representing<Shown>, rules: InputRules): Method {
  const operation = `RodanCreate${name}`;
  return {
    uri: `/${kind}s/`,
    method: 'POST',
    summary: `Make a ${words}`,
    content: bodyOf(rules.fields),
    operations: [operation],
    answers: { 201: MADE, ...REFUSED },
    handle: creating(verb(operation, represent), rules),
  };
}

/** PUT and PATCH of an object. */
function changes<Shown>({ kind, name, words }: Kind, represent: Representing<Shown>, rules: InputRules): Method[] {
  const operation = `RodanUpdate${name}`;
  return (['PUT', 'PATCH'] as const).map((method) => ({
    uri: `/${kind}/{id}/`,
    method,
    summary: method === 'PUT' ? `Change a ${words}; all required fields have to be there` : `Change a ${words}`,
    content: bodyOf(rules.fields, method === 'PUT'),
    operations: [operation],
    answers: { 200: 'Changed', ...REFUSED, ...HIDDEN },
    handle: changing(verb(operation, represent), rules, method === 'PUT'),
  }));
}

/** DELETE of an object. */
function deletion({ kind, name, words }: Kind): Method {
  const operation = `RodanDelete${name}`;
  return {
    uri: `/${kind}/{id}/`,
    method: 'DELETE',
    summary: `Delete a ${words}`,
    operations: [operation],
    answers: { 204: 'Deleted', ...HIDDEN },
    handle: deleting(operation),
  };
}

function allOf<Shown>(kind: Kind, represent: Representing<Shown>, rules: InputRules): Method[] {
  return [creation(kind, represent, rules), ...changes(kind, represent, rules), deletion(kind)];
}

function rules(
  fields: readonly Field[],
  texts: Readonly<Record<string, TextRule>>,
  names: Readonly<Record<string, string>> = {},
): InputRules {
  return { fields, texts, names };
}

const PROJECT: Kind = { kind: 'project', name: 'Project', words: 'project' };
const WORKFLOW: Kind = { kind: 'workflow', name: 'Workflow', words: 'workflow' };
const GROUP: Kind = { kind: 'workflowjobgroup', name: 'WorkflowJobGroup', words: 'group of workflow jobs' };
const RUN: Kind = { kind: 'workflowrun', name: 'WorkflowRun', words: 'workflow run' };
const RESOURCE: Kind = { kind: 'resource', name: 'Resource', words: 'resource' };

/** Fields that only make an object; no representation has them (contract rodan, sections 9.2 and 9.4). */
const NEW_WORKFLOW: readonly Field[] = [
  ...FIELDS.workflow,
  { name: 'serialized', kind: 'json' },
  { name: 'workflow_job_group', kind: 'link' },
];
const NEW_GROUP: readonly Field[] = [
  ...FIELDS.workflowJobGroup.filter(({ name }) => name !== 'workflow'),
  { name: 'workflow', kind: 'link' },
];

/** What it was copied from stays as it is; a client may send back what it was shown. */
const CHANGED_GROUP = FIELDS.workflowJobGroup.filter(({ name }) => name !== 'origin');

/** What a run is started with. */
const NEW_RUN: readonly Field[] = [
  ...FIELDS.workflowRun,
  { name: 'resource_assignments', kind: 'json', required: true },
];

/** Writes of projects and of what a workflow is made of. */
const workflowMethods: readonly Method[] = [
  creation<ProjectFields>(PROJECT, representProject, rules(FIELDS.project, TEXT_RULES.project)),
  ...changes<ProjectDetailFields>(PROJECT, representProjectDetail, rules(FIELDS.projectDetail, TEXT_RULES.project)),
  deletion(PROJECT),
  creation<WorkflowFields>(WORKFLOW, representWorkflow, rules(NEW_WORKFLOW, TEXT_RULES.workflow)),
  ...changes<WorkflowDetailFields>(
    WORKFLOW,
    representWorkflowDetail,
    rules(FIELDS.workflowDetail, TEXT_RULES.workflow),
  ),
  deletion(WORKFLOW),
  ...allOf<WorkflowJobFields>(
    { kind: 'workflowjob', name: 'WorkflowJob', words: 'workflow job' },
    representWorkflowJob,
    rules(FIELDS.workflowJob, TEXT_RULES.workflowJob, { job_settings: 'settings' }),
  ),
  ...allOf<InputPortFields>(
    { kind: 'inputport', name: 'InputPort', words: 'input port' },
    representInputPort,
    rules(FIELDS.inputPort, TEXT_RULES.port),
  ),
  ...allOf<OutputPortFields>(
    { kind: 'outputport', name: 'OutputPort', words: 'output port' },
    representOutputPort,
    rules(FIELDS.outputPort, TEXT_RULES.port),
  ),
  ...allOf<ConnectionDetailFields>(
    { kind: 'connection', name: 'Connection', words: 'connection' },
    representConnection,
    rules(FIELDS.connection, {}),
  ),
  creation<WorkflowJobGroupFields>(GROUP, representWorkflowJobGroup, rules(NEW_GROUP, TEXT_RULES.workflowJobGroup)),
  ...changes<WorkflowJobGroupFields>(
    GROUP,
    representWorkflowJobGroup,
    rules(CHANGED_GROUP, TEXT_RULES.workflowJobGroup),
  ),
  deletion(GROUP),
];

/** Writes of resources, lists of them, and runs. */
const runMethods: readonly Method[] = [
  ...changes<ResourceFields>(RESOURCE, representResource, rules(FIELDS.resource, TEXT_RULES.resource)),
  deletion(RESOURCE),
  ...allOf<ResourceListFields>(
    { kind: 'resourcelist', name: 'ResourceList', words: 'resource list' },
    representResourceList,
    rules(FIELDS.resourceList, TEXT_RULES.resourceList),
  ),
  ...methodsOfRuns(),
  deletion(RUN),
];

/** POST and PATCH of runs, which have rules of their own. */
function methodsOfRuns(): Method[] {
  const create = verb('RodanCreateWorkflowRun', representWorkflowRun);
  const update = verb('RodanUpdateWorkflowRun', representWorkflowRun);
  return [
    {
      uri: '/workflowruns/',
      method: 'POST',
      summary: 'Start a workflow run',
      content: bodyOf(NEW_RUN),
      operations: [create.operation],
      answers: { 201: MADE, ...REFUSED },
      handle: creatingRun(create),
    },
    {
      uri: '/workflowrun/{id}/',
      method: 'PATCH',
      summary: 'Cancel, retry, partly redo or rename a workflow run',
      content: bodyOf(FIELDS.workflowRun, false),
      operations: [update.operation],
      answers: { 200: 'Asked for; the status is that of the request', ...REFUSED, ...HIDDEN },
      handle: patchingRun(update),
    },
  ];
}

/** Everything that writes but users, members of projects and interactive run jobs. */
export const WRITE_METHODS: readonly Method[] = [...workflowMethods, ...runMethods];
