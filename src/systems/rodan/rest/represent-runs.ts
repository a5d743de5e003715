import type { Links } from './links.js';
import type { Linked, Named, Times } from './represent.js';

/** Representations of what is installed, of resources and of runs (contract rodan, section 7). */

/** Fragments RodanInputPortTypeFields and RodanOutputPortTypeFields. */
export interface PortTypeFields extends Linked {
  readonly jobUuid: string;
  readonly name: string;
  readonly minimum: number;
  readonly maximum: number;
  readonly isList: boolean;
  readonly resourceTypes: readonly Linked[];
}

/** Fragment RodanJobFields. */
export interface JobFields extends Linked {
  readonly name: string;
  readonly settings: unknown;
  readonly description: string | null;
  readonly inputPortTypes: readonly PortTypeFields[];
  readonly outputPortTypes: readonly PortTypeFields[];
  readonly category: string | null;
  readonly enabled: boolean;
  readonly interactive: boolean;
}

/** Fragment RodanResourceTypeFields. */
export interface ResourceTypeFields extends Linked {
  readonly mimetype: string;
  readonly description: string;
  readonly extension: string;
}

/** Fragment RodanResourceFields. */
export interface ResourceFields extends Linked, Times {
  readonly creator: Named | null;
  readonly file: string | null;
  readonly compatFile: string | null;
  readonly smallThumb: string | null;
  readonly mediumThumb: string | null;
  readonly largeThumb: string | null;
  readonly name: string | null;
  readonly description: string | null;
  readonly processingStatus: number | null;
  readonly errorSummary: string;
  readonly errorDetails: string;
  readonly hasThumb: boolean;
  readonly projectUuid: string;
  readonly resourceTypeUuid: string;
  readonly originUuid: string | null;
}

/** Fragment RodanResourceListFields. */
export interface ResourceListFields extends Linked, Times {
  readonly name: string | null;
  readonly description: string | null;
  readonly projectUuid: string;
  readonly resources: readonly Linked[];
  readonly resourceTypeUuid: string | null;
  readonly originUuid: string | null;
}

/** Fragment RodanInputFields. */
export interface InputFields extends Linked {
  readonly inputPortTypeName: string;
  readonly inputPortTypeUuid: string | null;
  readonly runJobUuid: string;
  readonly resourceUuid: string | null;
}

/** Fragment RodanOutputFields. */
export interface OutputFields extends Linked {
  readonly outputPortTypeName: string;
  readonly outputPortTypeUuid: string | null;
  readonly runJobUuid: string;
  readonly resourceUuid: string | null;
}

/** Fragment RodanWorkflowRunFields. */
export interface WorkflowRunFields extends Linked, Times {
  readonly originResources: readonly (string | null)[];
  readonly creator: Named | null;
  readonly status: number;
  readonly givenName: string | null;
  readonly description: string | null;
  readonly projectUuid: string;
  readonly workflowUuid: string | null;
  readonly lastRedoneRunJobTreeUuid: string | null;
}

/** Fragment RodanRunJobFields. */
export interface RunJobFields extends Linked, Times {
  readonly job: Linked | null;
  readonly jobName: string;
  readonly workflowRunUuid: string;
  readonly projectUuid: string;
  readonly workflowJobUuid: string;
  readonly resourceUuid: string | null;
  readonly inputs: readonly Linked[];
  readonly outputs: readonly Linked[];
  readonly settings: unknown;
  readonly status: number;
  readonly errorSummary: string | null;
  readonly errorDetails: string | null;
  readonly workingUserNumber: number | null;
  readonly workingUserExpiry: string | null;
}

/** An installed job. */
export function representJob(job: JobFields, links: Links) {
  const { uuid, name, settings, description, inputPortTypes, outputPortTypes, category, enabled, interactive } = job;
  return {
    url: links.of('job', uuid),
    uuid,
    name,
    settings,
    description,
    input_port_types: inputPortTypes.map((type) => representInputPortType(type, links)),
    output_port_types: outputPortTypes.map((type) => representOutputPortType(type, links)),
    category,
    enabled,
    interactive,
  };
}

/** A type of input ports. */
export function representInputPortType(type: PortTypeFields, links: Links) {
  return representPortType('inputporttype', type, links);
}

/** A type of output ports. */
export function representOutputPortType(type: PortTypeFields, links: Links) {
  return representPortType('outputporttype', type, links);
}

function representPortType(kind: 'inputporttype' | 'outputporttype', type: PortTypeFields, links: Links) {
  const { uuid, jobUuid, name, minimum, maximum, isList, resourceTypes } = type;
  return {
    url: links.of(kind, uuid),
    uuid,
    job: links.of('job', jobUuid),
    name,
    minimum,
    maximum,
    is_list: isList,
    resource_types: links.all('resourcetype', resourceTypes),
  };
}

/** A type of resources. */
export function representResourceType({ uuid, mimetype, description, extension }: ResourceTypeFields, links: Links) {
  return { url: links.of('resourcetype', uuid), uuid, mimetype, description, extension };
}

/** A resource. */
export function representResource(resource: ResourceFields, links: Links) {
  const { uuid, creator, name, description, processingStatus, errorSummary, errorDetails, hasThumb } = resource;
  return {
    url: links.of('resource', uuid),
    uuid,
    creator: creator?.username ?? null,
    resource_file: links.file(resource.file),
    compat_resource_file: links.file(resource.compatFile),
    small_thumb: links.file(resource.smallThumb),
    medium_thumb: links.file(resource.mediumThumb),
    large_thumb: links.file(resource.largeThumb),
    viewer_url: null,
    name,
    description,
    processing_status: processingStatus,
    error_summary: errorSummary,
    error_details: errorDetails,
    created: resource.createdAt,
    updated: resource.updatedAt,
    has_thumb: hasThumb,
    project: links.of('project', resource.projectUuid),
    resource_type: links.of('resourcetype', resource.resourceTypeUuid),
    origin: links.maybe('output', resource.originUuid),
  };
}

/** A resource list. */
export function representResourceList(list: ResourceListFields, links: Links) {
  const { uuid, name, description, projectUuid, resources, resourceTypeUuid, originUuid } = list;
  return {
    url: links.of('resourcelist', uuid),
    uuid,
    name,
    description,
    project: links.of('project', projectUuid),
    resources: links.all('resource', resources),
    resource_type: links.maybe('resourcetype', resourceTypeUuid),
    origin: links.maybe('output', originUuid),
    created: list.createdAt,
    updated: list.updatedAt,
  };
}

/** What a run job read; its resource is null when it read a resource list. */
export function representInput({ uuid, inputPortTypeName, inputPortTypeUuid, ...rest }: InputFields, links: Links) {
  return {
    url: links.of('input', uuid),
    uuid,
    input_port_type_name: inputPortTypeName,
    input_port_type: links.maybe('inputporttype', inputPortTypeUuid),
    run_job: links.of('runjob', rest.runJobUuid),
    resource: links.maybe('resource', rest.resourceUuid),
  };
}

/** What a run job wrote. */
export function representOutput({ uuid, outputPortTypeName, outputPortTypeUuid, ...rest }: OutputFields, links: Links) {
  return {
    url: links.of('output', uuid),
    uuid,
    output_port_type_name: outputPortTypeName,
    output_port_type: links.maybe('outputporttype', outputPortTypeUuid),
    run_job: links.of('runjob', rest.runJobUuid),
    resource: links.maybe('resource', rest.resourceUuid),
  };
}

/** A workflow run. */
export function representWorkflowRun(run: WorkflowRunFields, links: Links) {
  const { uuid, originResources, creator, status, givenName, description, createdAt, updatedAt, projectUuid } = run;
  return {
    url: links.of('workflowrun', uuid),
    uuid,
    origin_resources: originResources,
    creator: creator?.username ?? null,
    status,
    name: givenName,
    description,
    created: createdAt,
    updated: updatedAt,
    project: links.of('project', projectUuid),
    workflow: links.maybe('workflow', run.workflowUuid),
    last_redone_runjob_tree: links.maybe('runjob', run.lastRedoneRunJobTreeUuid),
  };
}

/** Status of a run job that waits for its user: the only one in which it can be acquired. */
const WAITING_FOR_INPUT = 2;

/** A run job. */
export function representRunJob(runJob: RunJobFields, links: Links) {
  const { uuid, job, jobName, settings, status, workingUserNumber, workingUserExpiry } = runJob;
  return {
    url: links.of('runjob', uuid),
    uuid,
    job: links.maybe('job', job?.uuid ?? null),
    job_name: jobName,
    workflow_run: links.of('workflowrun', runJob.workflowRunUuid),
    project: links.of('project', runJob.projectUuid),
    workflow_job_uuid: runJob.workflowJobUuid,
    resource_uuid: runJob.resourceUuid,
    inputs: links.all('input', runJob.inputs),
    outputs: links.all('output', runJob.outputs),
    job_settings: settings,
    status,
    created: runJob.createdAt,
    updated: runJob.updatedAt,
    error_summary: runJob.errorSummary,
    error_details: runJob.errorDetails,
    working_user: workingUserNumber === null ? null : links.user(workingUserNumber),
    working_user_expiry: workingUserExpiry,
    interactive_acquire: status === WAITING_FOR_INPUT ? links.to(`/interactive/${uuid}/acquire/`) : null,
  };
}
