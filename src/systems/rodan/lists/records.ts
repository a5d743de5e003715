import { extendList } from '../../../core/graphql/filter-inputs.js';
import { BUILDS, EVENTS, JOBS } from '../../../core/list/records.js';
import { added, extension, held, maybe, unlisted, type AddedMembers } from './declare.js';
import { RODAN_PROJECTS } from './projects.js';
import { toUser } from './relations.js';
import { INPUTS, OUTPUTS } from './resources.js';
import { WORKFLOWS } from './workflows.js';

/** What Rodan adds to the lists of events, builds and jobs (contract rodan, sections 5.3, 7 and 13). */

const uuid = held('text', 'UUID, lower case with dashes.', 'legacy_id');
const projectUuid = held('text', 'UUID of its project.');
const status = held('integer', "Code of its state in the old API's table of states.");
const updatedAt = held('time', 'When it was last written to.');
const project = {
  column: 'rodan_project_uuid',
  references: () => RODAN_PROJECTS,
  key: 'uuid',
  description: 'Its project.',
};

/** What Rodan adds to events, which are requests. */
export const REQUEST_MEMBERS: AddedMembers = added({
  workflowRunUuid: held('text', 'UUID of the workflow run that it is about.', 'rodan_run_uuid'),
  request: held('integer', 'What was asked for: 1 a run, 2 to cancel it, 3 to retry it, 4 to redo a part.'),
});

extendList(
  EVENTS,
  'Rodan',
  'Event',
  extension(REQUEST_MEMBERS, {
    workflowRun: {
      column: 'rodan_run_uuid',
      references: () => BUILDS,
      key: 'legacy_id',
      description: 'The workflow run that it is about.',
    },
  }),
);

/** What Rodan adds to builds, which are workflow runs. */
export const RUN_MEMBERS: AddedMembers = added({
  uuid,
  projectUuid,
  workflowUuid: maybe('text', 'UUID of its workflow; null when that is deleted.'),
  creatorNumber: maybe('integer', 'Number of the user who asked for it.'),
  status,
  givenName: maybe('text', 'Name as it was given; `name` falls back to that of the workflow.', 'rodan_name'),
  description: maybe('text', 'Description.'),
  updatedAt,
  lastRedoneRunJobTreeUuid: maybe('text', 'UUID of the run job that was redone last.', 'rodan_last_redone_uuid'),
});

extendList(
  BUILDS,
  'Rodan',
  'Build',
  extension(RUN_MEMBERS, {
    project,
    workflow: {
      column: 'rodan_workflow_uuid',
      references: () => WORKFLOWS,
      key: 'uuid',
      description: 'Its workflow.',
    },
    creator: toUser('rodan_creator_number', 'Who asked for it.'),
    runJobs: { column: 'id', references: () => JOBS, key: 'build_id', description: 'One of its run jobs.' },
  }),
);

/** What Rodan adds to jobs, which are run jobs. */
export const RUN_JOB_MEMBERS: AddedMembers = added({
  uuid,
  projectUuid,
  workflowRunUuid: held('text', 'UUID of its workflow run.', 'rodan_run_uuid'),
  workflowJobUuid: held('text', 'UUID of the workflow job that it was made of: 32 digits, no dashes.'),
  resourceUuid: maybe('text', 'UUID of the element of the collection that it is for: 32 digits, no dashes.'),
  status,
  settings: unlisted('Settings: JSON.', 'json'),
  updatedAt,
  errorSummary: unlisted('What went wrong, in one line.'),
  errorDetails: unlisted('What went wrong, at length.'),
  workingUserNumber: maybe('integer', 'Number of the user who works on it.'),
  workingUserExpiry: maybe('time', 'Until when it is theirs.'),
});

extendList(
  JOBS,
  'Rodan',
  'Job',
  extension(RUN_JOB_MEMBERS, {
    project,
    workingUser: toUser('rodan_working_user_number', 'Who works on it.'),
    inputs: { column: 'id', references: () => INPUTS, key: 'run_job_id', description: 'One of its inputs.' },
    outputs: { column: 'id', references: () => OUTPUTS, key: 'run_job_id', description: 'One of its outputs.' },
  }),
);
