import type { BulkRow } from '../../../core/import/bulk.js';
import { State, System } from '../../../core/model/states.js';
import { TEXT_RULES } from '../field-rules.js';
import { RunRequest, stateOfRun, stateOfRunJob, Status, statusName } from '../states.js';
import { MAX_NAME, type Direction } from './catalogue.js';
import { booleans, integers, ownStage, texts, type Collection } from './collection.js';
import type { RodanRow } from './row.js';

/** Workflow runs, their run jobs, and what those read and wrote (contract rodan, sections 13 and 14). */

/** States in which nothing happens any more. */
const OVER: ReadonlySet<number> = new Set([Status.FINISHED, Status.FAILED, Status.CANCELLED]);

/** Whether nothing happens any more. */
export function isOver(status: number): boolean {
  return OVER.has(status);
}

/** When it was over: with the last change, unless the file says it. */
function finishedAt(row: RodanRow, status: number, updated: number): number | null {
  if (row.has('finished')) return row.optionalInstant('finished');
  return isOver(status) ? updated : null;
}

/** Workflow runs: builds. What their run jobs and workflow say of them is worked out when those are there. */
export const WORKFLOW_RUNS: Collection = {
  name: 'workflowruns',
  kind: 'workflowrun',
  id: 'legacy_id',
  stage: {
    name: 'import_run',
    rows: { one: 'workflow run', many: 'workflow runs' },
    table: 'build',
    key: ['id'],
    identity: ['position'],
    given: [
      ...integers('system'),
      ...texts('legacy_id', 'requester'),
      ...integers('state'),
      ...texts('legacy_state'),
      ...integers('submitted_at', 'started_at', 'finished_at'),
      ...texts('rodan_project_uuid', 'rodan_workflow_uuid'),
      ...integers('rodan_status'),
      ...texts('rodan_name', 'rodan_description'),
      ...integers('rodan_updated_at'),
      ...texts('rodan_last_redone_uuid'),
    ],
    derived: [...integers('id', 'event_id', 'project_id', 'rodan_creator_number'), ...texts('name', 'state_reason')],
    extra: texts('creator', 'said_name', 'said_reason'),
    insertOnly: ['system', 'legacy_id'],
  },
  references: [
    { field: 'project', column: 'rodan_project_uuid', to: 'project' },
    { field: 'workflow', column: 'rodan_workflow_uuid', to: 'workflow' },
    { field: 'last_redone_runjob_tree', column: 'rodan_last_redone_uuid', to: 'runjob' },
  ],
  read: (row) => {
    const status = row.code('status');
    const updated = row.instant('updated');
    const creator = row.nullableText('creator');
    return [
      System.RODAN,
      row.uuid(),
      row.has('requester') ? row.nullableText('requester') : creator,
      stateOfRun(status),
      String(status),
      row.instant('created'),
      row.optionalInstant('started'),
      finishedAt(row, status, updated),
      row.link('project', 'project'),
      row.optionalLink('workflow', 'workflow'),
      status,
      row.optionalShort('name', TEXT_RULES.workflowRun.name.maxLength, null),
      row.nullableText('description'),
      updated,
      row.optionalLink('last_redone_runjob_tree', 'runjob'),
      creator,
      row.nullableText('shown_name'),
      row.nullableText('state_reason'),
    ];
  },
};

/** What requests are called, as the old words of their events. */
const REQUESTS: ReadonlyMap<string, number> = new Map([
  ['run', RunRequest.RUN],
  ['cancel', RunRequest.CANCEL],
  ['retry', RunRequest.RETRY],
  ['redo', RunRequest.REDO],
]);

/**
 * Requests about runs: events. The old server has none of them; a run that the file has no request of gets one, of its
 * creation. The run may be deleted.
 */
export const RUN_REQUESTS: Collection = {
  name: 'runrequests',
  kind: 'workflowrun',
  id: 'legacy_id',
  stage: {
    name: 'import_run_request',
    rows: { one: 'run request', many: 'run requests' },
    table: 'event',
    key: ['id'],
    identity: ['position'],
    given: [
      ...integers('system'),
      ...texts('legacy_id'),
      ...integers('state'),
      ...texts('legacy_state'),
      ...integers('rodan_request'),
      ...texts('rodan_run_uuid', 'name', 'requester'),
      ...integers('created_at', 'started_at', 'finished_at'),
    ],
    derived: integers('id', 'project_id'),
    extra: texts('project_uuid'),
    insertOnly: ['system', 'legacy_id'],
  },
  references: [{ field: 'project', column: 'project_uuid', to: 'project' }],
  read: (row) => {
    const run = row.plainUuid('workflow_run_uuid');
    const number = row.number('number');
    const word = row.text('request');
    const request = REQUESTS.get(word);
    if (request === undefined) throw row.refusal('request', `must be one of ${[...REQUESTS.keys()].join(', ')}.`);
    const created = row.instant('created');
    return [
      System.RODAN,
      number === 1 ? run : `${run}/${number}`,
      State.SUCCEEDED,
      word,
      request,
      run,
      row.text('name'),
      row.nullableText('requester'),
      created,
      row.optionalInstant('started'),
      created,
      row.link('project', 'project'),
    ];
  },
};

/** Run jobs: jobs. Whether what they read is there is found out when it is. */
export const RUN_JOBS: Collection = {
  name: 'runjobs',
  kind: 'runjob',
  id: 'legacy_id',
  stage: {
    name: 'import_run_job',
    rows: { one: 'run job', many: 'run jobs' },
    table: 'job',
    key: ['id'],
    identity: ['position'],
    given: [
      ...integers('system'),
      ...texts('legacy_id', 'name'),
      ...integers('state'),
      ...texts('legacy_state', 'state_reason'),
      ...integers('created_at', 'started_at', 'finished_at'),
      ...texts('rodan_run_uuid', 'rodan_workflow_job_uuid', 'rodan_resource_uuid'),
      ...integers('rodan_status'),
      ...texts('rodan_settings'),
      ...integers('rodan_updated_at'),
      ...texts('rodan_error_summary', 'rodan_error_details'),
      ...integers('rodan_working_user_number', 'rodan_working_user_expiry'),
      ...texts('rodan_agent'),
      ...integers('rodan_agent_until'),
    ],
    derived: [...integers('id', 'event_id', 'build_id', 'project_id'), ...texts('requester', 'rodan_project_uuid')],
    extra: booleans('said_ready'),
    insertOnly: ['system', 'legacy_id'],
  },
  references: [{ field: 'workflow_run', column: 'rodan_run_uuid', to: 'workflowrun' }],
  read: readRunJob,
};

function readRunJob(row: RodanRow): BulkRow {
  const status = row.code('status');
  const updated = row.instant('updated');
  const summary = row.nullableText('error_summary');
  const isReady = row.has('ready') ? row.boolean('ready', true) : null;
  return [
    System.RODAN,
    row.uuid(),
    row.short('job_name', MAX_NAME),
    stateOfRunJob(status, isReady ?? true),
    String(status),
    row.nullableText('state_reason') ?? (summary || statusName(status)),
    row.instant('created'),
    row.optionalInstant('started'),
    finishedAt(row, status, updated),
    row.link('workflow_run', 'workflowrun'),
    row.hex('workflow_job_uuid'),
    row.optionalHex('resource_uuid'),
    status,
    row.json('job_settings', '{}'),
    updated,
    summary,
    row.nullableText('error_details'),
    row.optionalUser('working_user'),
    row.optionalInstant('working_user_expiry'),
    row.nullableText('agent'),
    row.optionalInstant('agent_until'),
    isReady,
  ];
}

/** What run jobs read and wrote. Types of ports are found by the names of job and type, unless the file says them. */
export const results = (direction: Direction): Collection => {
  const type = `${direction}_port_type_name`;
  const port = `${direction}_port`;
  return {
    name: `${direction}s`,
    kind: direction,
    id: 'uuid',
    stage: ownStage({
      rows: { one: direction, many: `${direction}s` },
      table: `rodan_${direction}`,
      given: texts('uuid', 'run_job_uuid', type, `${port}_uuid`, 'resource_uuid', 'resource_list_uuid'),
      derived: [...integers('run_job_id'), ...texts(`${port}_type_uuid`)],
      extra: [...texts('linked_port', 'said_type'), ...booleans('says_type')],
      work: texts('job_name'),
    }),
    references: [
      { field: 'run_job', column: 'run_job_uuid', to: 'runjob' },
      { field: port, column: 'linked_port', to: `${direction}port` },
      { field: 'port_type', column: 'said_type', to: `${direction}porttype` },
      { field: 'resource', column: 'resource_uuid', to: 'resource' },
      { field: 'resource_list', column: 'resource_list_uuid', to: 'resourcelist' },
    ],
    read: (row) => {
      const linkedPort = row.optionalLink(port, `${direction}port`);
      return [
        row.uuid(),
        row.link('run_job', 'runjob'),
        row.short(type, MAX_NAME),
        linkedPort ?? row.optionalUuid(`${port}_uuid`),
        row.optionalLink('resource', 'resource'),
        row.optionalLink('resource_list', 'resourcelist'),
        linkedPort,
        row.optionalLink('port_type', `${direction}porttype`),
        row.has('port_type'),
      ];
    },
  };
};
