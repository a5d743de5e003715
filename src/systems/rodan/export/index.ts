import type { SystemExport } from '../../../core/export/run.js';
import { DIRECTIONS } from '../import/catalogue.js';
import { jobs, portTypes, resourceTypes } from './catalogue.js';
import { projects, resourceLists, resources } from './projects.js';
import { results } from './results.js';
import { runJobs, runRequests, workflowRuns } from './runs.js';
import { users } from './users.js';
import { connections, ports, workflowJobGroups, workflowJobs, workflows } from './workflows.js';

/** Rodan's export: what its import takes (contract rodan, section 14). */
export const RODAN_EXPORT: SystemExport = (context) => [
  users(context),
  resourceTypes,
  jobs,
  ...DIRECTIONS.map(portTypes),
  projects,
  workflows,
  workflowJobGroups,
  workflowJobs,
  ...DIRECTIONS.map(ports),
  connections,
  resources,
  resourceLists,
  workflowRuns,
  runRequests,
  runJobs,
  ...DIRECTIONS.map(results),
];
