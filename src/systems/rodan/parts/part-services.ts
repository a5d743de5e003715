import type { Store } from '../../../core/store/store.js';
import { ConnectionService } from './connection-service.js';
import { GroupService } from './group-service.js';
import { PortService } from './port-service.js';
import { ProjectService } from './project-service.js';
import { ResourceListService } from './resource-list-service.js';
import { ResourceService } from './resource-service.js';
import { WorkflowJobService } from './workflow-job-service.js';
import { WorkflowService } from './workflow-service.js';

/** The verbs of projects, workflows and their parts, and resources. */
export class PartServices {
  readonly projects: ProjectService;
  readonly workflows: WorkflowService;
  readonly workflowJobs: WorkflowJobService;
  readonly workflowJobGroups: GroupService;
  readonly inputPorts: PortService;
  readonly outputPorts: PortService;
  readonly connections: ConnectionService;
  readonly resources: ResourceService;
  readonly resourceLists: ResourceListService;

  constructor(store: Store) {
    this.projects = new ProjectService(store);
    this.workflows = new WorkflowService(store);
    this.workflowJobs = new WorkflowJobService(store);
    this.workflowJobGroups = new GroupService(store);
    this.inputPorts = new PortService(store, 'input');
    this.outputPorts = new PortService(store, 'output');
    this.connections = new ConnectionService(store);
    this.resources = new ResourceService(store);
    this.resourceLists = new ResourceListService(store);
  }
}
