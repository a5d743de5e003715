import { recordId } from '../../../core/ids.js';
import { Kind, System } from '../../../core/model/states.js';
import { insertRows, type NewRow } from '../../../core/store/rows.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RunRequest, stateOfRun, stateOfRunJob, Status, statusName } from '../states.js';
import { moveRun, type LockedRun } from './records.js';
import type { Item, PlannedRunJob } from './plan.js';
import { storeRequest } from './requests.js';
import { schedule } from './scheduling.js';

/** Where new runs are written: every table with 500 rows at a time, whatever the size of the workflow. */

/** A run that is to be stored. */
export interface NewRun {
  readonly uuid: string;
  /** As given; null where it was not. */
  readonly givenName: string | null;
  readonly description: string | null;
  /** Name of the run, or else of its workflow. */
  readonly name: string;
  readonly workflowUuid: string;
  readonly projectUuid: string;
  /** Internal id of the project. */
  readonly projectId: number;
  readonly creator: { readonly number: number; readonly name: string };
  /** Whether the request said the status that asks for processing. */
  readonly saysRequest: boolean;
  readonly runJobs: readonly PlannedRunJob[];
}

/** Numbers of the first record of each kind. */
interface Numbers {
  readonly event: number;
  readonly run: number;
  readonly runJob: number;
}

/** Stores a run with all that belongs to it, and offers what can begin; gives the internal id of the run. */
export async function storeRun(transaction: Transaction, run: NewRun): Promise<number> {
  const numbers = {
    event: await transaction.takeNumbers(System.RODAN, Kind.EVENT),
    run: await transaction.takeNumbers(System.RODAN, Kind.BUILD),
    runJob: await transaction.takeNumbers(System.RODAN, Kind.JOB, Math.max(run.runJobs.length, 1)),
  };
  const request = { number: numbers.event, request: RunRequest.RUN, run, count: 1 };
  const eventId = await storeRequest(transaction, request);
  const requested = await storeRunRow(transaction, run, recordId(System.RODAN, numbers.run), eventId);
  const locked = run.saysRequest ? await moveRun(transaction, requested, Status.PROCESSING) : requested;
  await storeRunJobs(transaction, run, locked, numbers);
  await storeResults(transaction, run);
  await storeOutputs(transaction, run, numbers);
  await storeInputs(transaction, run, numbers);
  await schedule(transaction, locked);
  return locked.id;
}

async function storeRunRow(transaction: Transaction, run: NewRun, id: number, eventId: number): Promise<LockedRun> {
  const status = run.saysRequest ? Status.REQUEST_PROCESSING : Status.PROCESSING;
  const state = stateOfRun(status);
  const { now } = transaction;
  await insertRows(transaction, 'build', [
    {
      id,
      system: System.RODAN,
      legacy_id: run.uuid,
      event_id: eventId,
      name: run.name,
      state,
      legacy_state: String(status),
      state_reason: statusName(status),
      project_id: run.projectId,
      requester: run.creator.name,
      submitted_at: now,
      rodan_project_uuid: run.projectUuid,
      rodan_workflow_uuid: run.workflowUuid,
      rodan_creator_number: run.creator.number,
      rodan_status: status,
      rodan_name: run.givenName,
      rodan_description: run.description,
      rodan_updated_at: now,
    },
  ]);
  const change = { system: System.RODAN, kind: Kind.BUILD, recordId: id, from: null } as const;
  transaction.recordChange({ ...change, to: state, reason: statusName(status) });
  return { ...run, id, eventId, status, state, lastRedoneUuid: null };
}

async function storeRunJobs(
  transaction: Transaction,
  run: NewRun,
  { id: buildId, eventId }: LockedRun,
  numbers: Numbers,
): Promise<void> {
  const state = stateOfRunJob(Status.SCHEDULED, false);
  const shared = {
    system: System.RODAN,
    event_id: eventId,
    build_id: buildId,
    state,
    legacy_state: String(Status.SCHEDULED),
    state_reason: statusName(Status.SCHEDULED),
    project_id: run.projectId,
    requester: run.creator.name,
    created_at: transaction.now,
    rodan_project_uuid: run.projectUuid,
    rodan_run_uuid: run.uuid,
    rodan_status: Status.SCHEDULED,
    rodan_updated_at: transaction.now,
    rodan_error_summary: '',
    rodan_error_details: '',
  };
  const rows = run.runJobs.map(({ uuid, workflowJob, element }, index) => ({
    ...shared,
    id: recordId(System.RODAN, numbers.runJob + index),
    legacy_id: uuid,
    name: workflowJob.jobName,
    rodan_workflow_job_uuid: hexOf(workflowJob.uuid),
    rodan_resource_uuid: element && hexOf(element.uuid),
    rodan_settings: workflowJob.settings,
  }));
  await insertRows(transaction, 'job', rows);
  for (const { id } of rows) {
    const change = { system: System.RODAN, kind: Kind.JOB, recordId: id, from: null } as const;
    transaction.recordChange({ ...change, to: state, reason: statusName(Status.SCHEDULED) });
  }
}

/** The resources and resource lists that the run jobs will fill. */
async function storeResults(transaction: Transaction, run: NewRun): Promise<void> {
  const { now } = transaction;
  const results = run.runJobs.flatMap(({ workflowJob, outputs }) =>
    outputs.map(({ uuid: origin, type, item }) => {
      const source = `Output of ${workflowJob.jobName}:${type.name}`;
      return { item, origin, description: `Generated by workflow ${run.name}. ${source}` };
    }),
  );
  const rowsOf = (kind: Item['kind']): NewRow[] =>
    results
      .filter(({ item }) => item.kind === kind)
      .map(({ item, origin, description }) => ({
        uuid: item.uuid,
        project_uuid: run.projectUuid,
        resource_type_uuid: item.typeUuid,
        origin_uuid: origin,
        name: item.name,
        description,
        created_at: now,
        updated_at: now,
      }));
  await insertRows(transaction, 'rodan_resource', rowsOf('resource'));
  await insertRows(transaction, 'rodan_resource_list', rowsOf('resourcelist'));
}

async function storeOutputs(transaction: Transaction, { runJobs }: NewRun, numbers: Numbers): Promise<void> {
  const rows = runJobs.flatMap(({ uuid, outputs }, index) =>
    outputs.map((output) => ({
      uuid: output.uuid,
      run_job_id: recordId(System.RODAN, numbers.runJob + index),
      run_job_uuid: uuid,
      output_port_type_name: output.type.name,
      output_port_type_uuid: output.type.uuid,
      output_port_uuid: output.port.uuid,
      ...referenceTo(output.item),
    })),
  );
  await insertRows(transaction, 'rodan_output', rows);
}

async function storeInputs(transaction: Transaction, { runJobs }: NewRun, numbers: Numbers): Promise<void> {
  const rows = runJobs.flatMap(({ uuid, inputs }, index) =>
    inputs.map(({ port, type, item, uuid: inputUuid }) => ({
      uuid: inputUuid,
      run_job_id: recordId(System.RODAN, numbers.runJob + index),
      run_job_uuid: uuid,
      input_port_type_name: type.name,
      input_port_type_uuid: type.uuid,
      input_port_uuid: port.uuid,
      ...referenceTo(item),
    })),
  );
  await insertRows(transaction, 'rodan_input', rows);
}

function referenceTo({ kind, uuid }: Item): { resource_uuid: string | null; resource_list_uuid: string | null } {
  return {
    resource_uuid: kind === 'resource' ? uuid : null,
    resource_list_uuid: kind === 'resourcelist' ? uuid : null,
  };
}

/** A UUID as the columns have it that may point nowhere: 32 digits without dashes. */
function hexOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}
