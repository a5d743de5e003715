import type { Links } from './links.js';

/** Representations of projects, workflows and their parts, in the order of their members (contract rodan, section 7). */

/** Somebody of whom the name is shown. */
export interface Named {
  readonly username: string;
}

/** Anything that a link points to. */
export interface Linked {
  readonly uuid: string;
}

/** When a row was made and changed: ISO 8601. */
export interface Times {
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Fragment RodanProjectFields. */
export interface ProjectFields extends Linked, Times {
  readonly name: string;
  readonly description: string | null;
  readonly creator: Named;
  readonly admins: readonly Named[];
  readonly workers: readonly Named[];
  readonly workflowCount: number;
  readonly resourceCount: number;
}

/** Fragment RodanProjectDetailFields. */
export interface ProjectDetailFields extends Omit<ProjectFields, 'workflowCount' | 'resourceCount'> {
  readonly workflows: readonly (Linked & { readonly name: string })[];
  readonly resources: readonly (Linked & { readonly name: string | null })[];
}

/** Fragment RodanWorkflowFields. */
export interface WorkflowFields extends Linked, Times {
  readonly projectUuid: string;
  readonly description: string | null;
  readonly creator: Named | null;
  readonly name: string;
  readonly valid: boolean;
}

/** Fragment RodanWorkflowDetailFields. */
export interface WorkflowDetailFields extends WorkflowFields {
  readonly workflowJobs: readonly WorkflowJobFields[];
  readonly workflowRuns: readonly Linked[];
  readonly workflowInputPorts: readonly InputPortFields[];
  readonly workflowOutputPorts: readonly OutputPortFields[];
}

/** Fragment RodanWorkflowJobFields. */
export interface WorkflowJobFields extends Linked, Times {
  readonly workflowUuid: string;
  readonly inputPorts: readonly InputPortFields[];
  readonly outputPorts: readonly OutputPortFields[];
  readonly job: Linked & { readonly name: string; readonly description: string | null };
  readonly settings: unknown;
  readonly name: string;
  readonly groupUuid: string | null;
}

interface PortFields extends Linked {
  readonly label: string;
  readonly extern: boolean;
  readonly workflowJobUuid: string;
  readonly connections: readonly Linked[];
}

/** Fragment RodanInputPortFields. */
export interface InputPortFields extends PortFields {
  readonly inputPortTypeUuid: string;
}

/** Fragment RodanOutputPortFields. */
export interface OutputPortFields extends PortFields {
  readonly outputPortTypeUuid: string;
}

/** A workflow job that is shown as its workflow shows it. */
interface PlacedJob extends Linked {
  readonly workflowUuid: string;
}

/** Fragment RodanConnectionFields. */
export interface ConnectionFields extends Linked {
  readonly inputPortUuid: string;
  readonly inputPort: { readonly workflowJob: PlacedJob };
  readonly outputPortUuid: string;
  readonly outputPort: { readonly workflowJob: PlacedJob };
}

/** Fragment RodanConnectionDetailFields. */
export interface ConnectionDetailFields extends ConnectionFields {
  readonly inputPort: { readonly workflowJob: WorkflowJobFields };
  readonly outputPort: { readonly workflowJob: WorkflowJobFields & { readonly workflow: WorkflowDetailFields } };
}

/** Fragment RodanWorkflowJobGroupFields. */
export interface WorkflowJobGroupFields extends Linked, Times {
  readonly name: string;
  readonly description: string | null;
  readonly workflowUuid: string;
  readonly originUuid: string | null;
  readonly workflowJobs: readonly Linked[];
}

/** Names of users. */
export function namesOf(users: readonly Named[]): string[] {
  return users.map(({ username }) => username);
}

/** A project in its list. */
export function representProject(project: ProjectFields, links: Links) {
  const { uuid, name, description, creator, admins, workers, createdAt, updatedAt } = project;
  return {
    url: links.of('project', uuid),
    uuid,
    name,
    description,
    creator: creator.username,
    admins: namesOf(admins),
    workers: namesOf(workers),
    created: createdAt,
    updated: updatedAt,
    workflow_count: project.workflowCount,
    resource_count: project.resourceCount,
  };
}

/** A project on its own: other members than in its list. */
export function representProjectDetail(project: ProjectDetailFields, links: Links) {
  const { uuid, name, description, creator, workflows, resources, createdAt, updatedAt, admins, workers } = project;
  const url = links.of('project', uuid);
  return {
    url,
    name,
    description,
    creator: creator.username,
    workflows: workflows.map((workflow) => ({ url: links.of('workflow', workflow.uuid), name: workflow.name })),
    resources: resources.map((resource) => ({ url: links.of('resource', resource.uuid), name: resource.name })),
    created: createdAt,
    updated: updatedAt,
    admins: namesOf(admins),
    workers: namesOf(workers),
    admins_url: `${url}admins/`,
    workers_url: `${url}workers/`,
  };
}

/** A workflow in its list, and as the answer to POST. */
export function representWorkflow(workflow: WorkflowFields, links: Links) {
  const { uuid, projectUuid, description, creator, name, valid, createdAt, updatedAt } = workflow;
  return {
    url: links.of('workflow', uuid),
    uuid,
    project: links.of('project', projectUuid),
    description,
    creator: creator?.username ?? null,
    name,
    valid,
    created: createdAt,
    updated: updatedAt,
  };
}

/** A workflow on its own. */
export function representWorkflowDetail(workflow: WorkflowDetailFields, links: Links) {
  const { uuid, name, projectUuid, workflowJobs, description, createdAt, updatedAt, creator, valid } = workflow;
  return {
    url: links.of('workflow', uuid),
    uuid,
    name,
    project: links.of('project', projectUuid),
    workflow_jobs: workflowJobs.map((workflowJob) => representWorkflowJob(workflowJob, links)),
    description,
    created: createdAt,
    updated: updatedAt,
    creator: creator?.username ?? null,
    valid,
    workflow_runs: links.all('workflowrun', workflow.workflowRuns),
    workflow_input_ports: workflow.workflowInputPorts.map((port) => representInputPort(port, links)),
    workflow_output_ports: workflow.workflowOutputPorts.map((port) => representOutputPort(port, links)),
  };
}

/** A workflow job. */
export function representWorkflowJob(workflowJob: WorkflowJobFields, links: Links) {
  const { uuid, workflowUuid, inputPorts, outputPorts, job, settings, name, groupUuid } = workflowJob;
  return {
    url: links.of('workflowjob', uuid),
    uuid,
    workflow: links.of('workflow', workflowUuid),
    input_ports: inputPorts.map((port) => representInputPort(port, links)),
    output_ports: outputPorts.map((port) => representOutputPort(port, links)),
    job_name: job.name,
    job_description: job.description,
    job: links.of('job', job.uuid),
    job_settings: settings,
    name,
    group: links.maybe('workflowjobgroup', groupUuid),
    created: workflowJob.createdAt,
    updated: workflowJob.updatedAt,
  };
}

/** An input port. */
export function representInputPort(port: InputPortFields, links: Links) {
  const { uuid, inputPortTypeUuid, ...rest } = port;
  return {
    url: links.of('inputport', uuid),
    uuid,
    input_port_type: links.of('inputporttype', inputPortTypeUuid),
    ...portMembers(rest, links),
  };
}

/** An output port. */
export function representOutputPort(port: OutputPortFields, links: Links) {
  const { uuid, outputPortTypeUuid, ...rest } = port;
  return {
    url: links.of('outputport', uuid),
    uuid,
    output_port_type: links.of('outputporttype', outputPortTypeUuid),
    ...portMembers(rest, links),
  };
}

function portMembers({ label, extern, workflowJobUuid, connections }: Omit<PortFields, 'uuid'>, links: Links) {
  return {
    label,
    extern,
    workflow_job: links.of('workflowjob', workflowJobUuid),
    connections: links.all('connection', connections),
  };
}

/** A connection on its own. */
export function representConnection(connection: ConnectionDetailFields, links: Links) {
  const { inputPort, outputPort } = connection;
  const shown = {
    input: representWorkflowJob(inputPort.workflowJob, links),
    output: representWorkflowJob(outputPort.workflowJob, links),
    workflow: representWorkflowDetail(outputPort.workflowJob.workflow, links),
  };
  return representConnectionOf(shown, connection, links);
}

/** A connection. @param shown its workflow jobs and its workflow, represented */
export function representConnectionOf(
  shown: { readonly input: object; readonly output: object; readonly workflow: object },
  { uuid, inputPortUuid, outputPortUuid }: ConnectionFields,
  links: Links,
) {
  return {
    url: links.of('connection', uuid),
    uuid,
    input_port: links.of('inputport', inputPortUuid),
    input_workflow_job: shown.input,
    output_port: links.of('outputport', outputPortUuid),
    output_workflow_job: shown.output,
    workflow: shown.workflow,
  };
}

/** A group of workflow jobs. */
export function representWorkflowJobGroup(group: WorkflowJobGroupFields, links: Links) {
  const { uuid, name, description, workflowUuid, originUuid, workflowJobs, createdAt, updatedAt } = group;
  return {
    url: links.of('workflowjobgroup', uuid),
    uuid,
    name,
    description,
    workflow: links.of('workflow', workflowUuid),
    origin: links.maybe('workflow', originUuid),
    workflow_jobs: links.all('workflowjob', workflowJobs),
    created: createdAt,
    updated: updatedAt,
  };
}
