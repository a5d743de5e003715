import { registerEnumType } from 'type-graphql';
import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import { loadByLegacyId } from '../../core/graphql/loaders.js';
import type { RecordList } from '../../core/list/fields.js';
import type { RecordRow } from '../../core/list/page.js';
import { EVENTS, JOBS } from '../../core/list/records.js';
import { Kind, System } from '../../core/model/states.js';
import { computed, memberFields, type ComputedField } from './computed.js';
import { INPUTS, JOB_DEFINITIONS, OUTPUTS, RODAN_PROJECTS, RODAN_USERS, WORKFLOWS } from './lists.js';
import { REQUEST_MEMBERS, RUN_JOB_MEMBERS, RUN_MEMBERS } from './lists/records.js';
import { collection, referred } from './nested.js';
import { ELEMENTS_OF_RUN, rowBy, type RunRow } from './reads.js';
import { RunRequest } from './states.js';
import {
  RodanInput,
  RodanJobDefinition,
  RodanOutput,
  RodanProject,
  RodanRunJob,
  RodanRunRequest,
  RodanUser,
  RodanWorkflow,
  RodanWorkflowRun,
} from './types.js';

/** What requests, workflow runs and run jobs show beside what every record does (contract rodan, sections 7 and 13). */

registerEnumType(RunRequest, {
  name: 'RodanRequestKind',
  description: 'What is asked for.',
  valuesConfig: {
    RUN: { description: 'A workflow run.' },
    CANCEL: { description: 'To cancel it.' },
    RETRY: { description: 'To retry what failed or was cancelled.' },
    REDO: { description: 'To redo a run job and all that read what it wrote.' },
  },
});

/** The record of a kind that a property of a row names by its uuid. */
function record(
  type: () => object,
  kind: Kind,
  { property, nullable }: { property: string; nullable: boolean },
  description: string,
): ComputedField {
  const value = (row: Readonly<Record<string, string | null>>, context: OperationContext): unknown => {
    const legacyId = row[property];
    return legacyId ? loadByLegacyId(context, kind, { system: System.RODAN, legacyId }) : null;
  };
  return { type, nullable, description, value };
}

function row(
  type: () => object,
  list: () => RecordList,
  key: string,
  property: string,
  description: string,
  nullable = true,
): ComputedField {
  return referred(type, { property, list, key, nullable }, description);
}

const rodanProject = row(
  () => RodanProject,
  () => RODAN_PROJECTS,
  'uuid',
  'rodanProjectUuid',
  'Its project.',
  false,
);

const requestFields = computed(() => RodanRunRequest, {
  ...memberFields(REQUEST_MEMBERS, 'shared'),
  request: {
    type: () => RunRequest,
    nullable: false,
    description: 'What was asked for.',
    value: ({ rodanRequest }: { readonly rodanRequest: number }) => rodanRequest,
  },
  workflowRun: record(
    () => RodanWorkflowRun,
    Kind.BUILD,
    { property: 'rodanWorkflowRunUuid', nullable: true },
    'The workflow run that it is about; null when that is deleted.',
  ),
});

const runFields = computed(() => RodanWorkflowRun, {
  ...memberFields(RUN_MEMBERS, 'shared'),
  rodanProject,
  workflow: row(
    () => RodanWorkflow,
    () => WORKFLOWS,
    'uuid',
    'rodanWorkflowUuid',
    'Its workflow; null when that is deleted.',
  ),
  creator: row(
    () => RodanUser,
    () => RODAN_USERS,
    'number',
    'rodanCreatorNumber',
    'Who asked for it.',
  ),
  lastRedoneRunJobTree: record(
    () => RodanRunJob,
    Kind.JOB,
    { property: 'rodanLastRedoneRunJobTreeUuid', nullable: true },
    'The run job that was redone last, with all that read what it wrote.',
  ),
  originResources: {
    type: () => [String],
    nullable: 'items',
    description:
      'Elements of the collection that its run jobs are for, each once: uuids of 32 digits without dashes, null for run jobs that are for none.',
    value: ({ id }: RunRow, context: OperationContext) => context.load(ELEMENTS_OF_RUN, id),
  },
  runJobs: collection(() => RodanRunJob, [JOBS, 'build_id'], 'Its run jobs.', 'id'),
  requests: collection(() => RodanRunRequest, [EVENTS, 'rodan_run_uuid'], 'What was asked for about it.', 'legacyId'),
});

const DEFINITION_BY_NAME: LoaderDefinition<string, { readonly interactive: boolean | number } | undefined> = rowBy(
  JOB_DEFINITIONS,
  'name',
);

const runJobFields = computed(() => RodanRunJob, {
  ...memberFields(RUN_JOB_MEMBERS, 'shared'),
  rodanProject,
  jobName: {
    type: () => String,
    nullable: false,
    description: 'Name of the job.',
    value: ({ name }: RecordRow) => name,
  },
  job: {
    type: () => RodanJobDefinition,
    nullable: true,
    description: 'The job of this name; null when it is not installed any more.',
    value: ({ name }: RecordRow, context: OperationContext) => context.load(DEFINITION_BY_NAME, name),
  },
  interactive: {
    type: () => Boolean,
    nullable: false,
    description: 'Whether its job waits for users; false when that is not installed any more.',
    value: async ({ name }: RecordRow, context: OperationContext) =>
      Boolean((await context.load(DEFINITION_BY_NAME, name))?.interactive),
  },
  workflowRun: record(
    () => RodanWorkflowRun,
    Kind.BUILD,
    { property: 'rodanWorkflowRunUuid', nullable: false },
    'Its workflow run.',
  ),
  workingUser: row(
    () => RodanUser,
    () => RODAN_USERS,
    'number',
    'rodanWorkingUserNumber',
    'Who works on it.',
  ),
  inputs: collection(() => RodanInput, [INPUTS, 'run_job_id'], 'What it reads.', 'id'),
  outputs: collection(() => RodanOutput, [OUTPUTS, 'run_job_id'], 'What it writes.', 'id'),
});

/** Fields of requests, workflow runs and run jobs. */
export const RECORD_FIELDS: readonly (new () => object)[] = [requestFields, runFields, runJobFields];
