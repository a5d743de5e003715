import { held, maybe, OwnList, TIMES, unlisted, UUID } from './declare.js';

/** Lists of workflows and their parts (contract rodan, sections 5.3 and 7). */

/** Workflows. */
export const WORKFLOWS = new OwnList('rodan_workflow', {
  ...UUID,
  projectUuid: held('text', 'UUID of its project.'),
  name: held('text', 'Name.'),
  description: maybe('text', 'Description.'),
  creatorNumber: maybe('integer', 'Number of the user who created it.'),
  valid: held('boolean', 'Whether it can be run.'),
  ...TIMES,
});

/** Groups of workflow jobs. */
export const WORKFLOW_JOB_GROUPS = new OwnList('rodan_workflow_job_group', {
  ...UUID,
  workflowUuid: held('text', 'UUID of its workflow.'),
  name: held('text', 'Name.'),
  description: maybe('text', 'Description.'),
  originUuid: maybe('text', 'UUID of the workflow that its jobs were copied from.'),
  ...TIMES,
});

/** Workflow jobs. */
export const WORKFLOW_JOBS = new OwnList('rodan_workflow_job', {
  ...UUID,
  workflowUuid: held('text', 'UUID of its workflow.'),
  jobUuid: held('text', 'UUID of the job that it is made of.'),
  groupUuid: maybe('text', 'UUID of its group.'),
  name: held('text', 'Name.'),
  settings: unlisted('Settings: any JSON.', 'json'),
  ...TIMES,
});

function ports(direction: 'input' | 'output'): OwnList {
  const typeUuid = { [`${direction}PortTypeUuid`]: held('text', 'UUID of its type.') };
  return new OwnList(`rodan_${direction}_port`, {
    ...UUID,
    workflowJobUuid: held('text', 'UUID of its workflow job.'),
    ...typeUuid,
    label: held('text', 'Label.'),
    extern: held('boolean', 'Whether it had no connection when its workflow was found valid.'),
  });
}

/** Input ports. */
export const INPUT_PORTS = ports('input');
/** Output ports. */
export const OUTPUT_PORTS = ports('output');

/** Connections of output ports with input ports. */
export const CONNECTIONS = new OwnList('rodan_connection', {
  ...UUID,
  inputPortUuid: held('text', 'UUID of the input port.'),
  outputPortUuid: held('text', 'UUID of the output port.'),
});
