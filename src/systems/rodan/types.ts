import { ObjectType } from 'type-graphql';
import {
  BuildInterface,
  connectionType,
  EventInterface,
  JobInterface,
  NodeInterface,
} from '../../core/graphql/types.js';
import './lists.js';

/**
 * GraphQL types of Rodan (contract rodan, sections 7 and 13). Their fields are made from the declared members of the
 * lists and from what those refer to: `own-fields.ts`, `record-fields.ts`.
 */

@ObjectType('RodanRunRequest', {
  implements: [EventInterface, NodeInterface],
  description: 'Somebody asked for a workflow run, or to cancel, retry or partly redo it.',
})
export class RodanRunRequest extends EventInterface {}

@ObjectType('RodanWorkflowRun', {
  implements: [BuildInterface, NodeInterface],
  description: 'A workflow run: one execution of a workflow on given resources.',
})
export class RodanWorkflowRun extends BuildInterface {}

@ObjectType('RodanRunJob', {
  implements: [JobInterface, NodeInterface],
  description: 'A run job: one workflow job of a workflow run, as it is carried out.',
})
export class RodanRunJob extends JobInterface {}

@ObjectType('RodanUser', { description: 'A user of Rodan.' })
export class RodanUser {}

@ObjectType('RodanProject', { description: 'A project: what users work on together.' })
export class RodanProject {}

@ObjectType('RodanWorkflow', { description: 'A workflow: jobs whose ports are connected.' })
export class RodanWorkflow {}

@ObjectType('RodanWorkflowJob', {
  description: 'A workflow job: an installed job with settings, as part of a workflow.',
})
export class RodanWorkflowJob {}

@ObjectType('RodanWorkflowJobGroup', { description: 'Workflow jobs that are kept as they are.' })
export class RodanWorkflowJobGroup {}

@ObjectType('RodanInputPort', { description: 'Where a workflow job reads.' })
export class RodanInputPort {}

@ObjectType('RodanOutputPort', { description: 'Where a workflow job writes.' })
export class RodanOutputPort {}

@ObjectType('RodanConnection', { description: 'What is written at one port is read at another.' })
export class RodanConnection {}

@ObjectType('RodanJobDefinition', { description: 'An installed job.' })
export class RodanJobDefinition {}

@ObjectType('RodanInputPortType', { description: 'A type of input ports that a job has.' })
export class RodanInputPortType {}

@ObjectType('RodanOutputPortType', { description: 'A type of output ports that a job has.' })
export class RodanOutputPortType {}

@ObjectType('RodanResourceType', { description: 'A type of resources.' })
export class RodanResourceType {}

@ObjectType('RodanResource', { description: 'A resource: metadata of a file.' })
export class RodanResource {}

@ObjectType('RodanResourceList', { description: 'An ordered list of resources.' })
export class RodanResourceList {}

@ObjectType('RodanInput', { description: 'What a run job read.' })
export class RodanInput {}

@ObjectType('RodanOutput', { description: 'What a run job wrote.' })
export class RodanOutput {}

@ObjectType('RodanQuery', { simpleResolvers: true, description: 'What only Rodan has.' })
export class RodanQuery {}

/** Pages of the lists of Rodan. */
export const RODAN_CONNECTIONS = {
  users: connectionType(() => RodanUser, 'RodanUser'),
  projects: connectionType(() => RodanProject, 'RodanProject'),
  workflows: connectionType(() => RodanWorkflow, 'RodanWorkflow'),
  workflowJobs: connectionType(() => RodanWorkflowJob, 'RodanWorkflowJob'),
  workflowJobGroups: connectionType(() => RodanWorkflowJobGroup, 'RodanWorkflowJobGroup'),
  inputPorts: connectionType(() => RodanInputPort, 'RodanInputPort'),
  outputPorts: connectionType(() => RodanOutputPort, 'RodanOutputPort'),
  connections: connectionType(() => RodanConnection, 'RodanConnection'),
  jobs: connectionType(() => RodanJobDefinition, 'RodanJobDefinition'),
  inputPortTypes: connectionType(() => RodanInputPortType, 'RodanInputPortType'),
  outputPortTypes: connectionType(() => RodanOutputPortType, 'RodanOutputPortType'),
  resourceTypes: connectionType(() => RodanResourceType, 'RodanResourceType'),
  resources: connectionType(() => RodanResource, 'RodanResource'),
  resourceLists: connectionType(() => RodanResourceList, 'RodanResourceList'),
  inputs: connectionType(() => RodanInput, 'RodanInput'),
  outputs: connectionType(() => RodanOutput, 'RodanOutput'),
  workflowRuns: connectionType(() => RodanWorkflowRun, 'RodanWorkflowRun'),
  runJobs: connectionType(() => RodanRunJob, 'RodanRunJob'),
};
