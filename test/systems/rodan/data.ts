import { randomUUID } from 'node:crypto';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { Kind, PROJECT_KIND, System, type State } from '../../../src/core/model/states.js';
import { first } from '../../../src/core/store/reader.js';
import { insertRows, type NewRow } from '../../../src/core/store/rows.js';
import { sql, type Sql } from '../../../src/core/store/sql.js';
import type { Store } from '../../../src/core/store/store.js';
import type { Transaction } from '../../../src/core/store/transaction.js';
import { ADMIN, WORKER } from '../../../src/systems/rodan/rights.js';
import { RunRequest, stateOfRun, stateOfRunJob, Status, statusName } from '../../../src/systems/rodan/states.js';

/** A workflow run or a run job. */
export interface MadeRecord {
  readonly uuid: string;
  readonly id: number;
}

/** A workflow run and what its run jobs need to know of it. */
export interface MadeRun extends MadeRecord {
  readonly eventId: number;
  readonly project: string;
  readonly requester: string | null;
}

/** A type of port: MIME types that it takes (made when there are none) and how many such ports there may be. */
export interface PortType {
  readonly types?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly list?: boolean;
}

/** An installed job; names of its types of ports -> their uuids. */
export interface MadeJob {
  readonly uuid: string;
  readonly name: string;
  readonly inputTypes: Readonly<Record<string, string>>;
  readonly outputTypes: Readonly<Record<string, string>>;
}

/** A workflow job with one port of each type; names of the types -> uuids of the ports. */
export interface MadeWorkflowJob {
  readonly uuid: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

const SECOND = 1_000_000;
const START = Date.UTC(2016, 0, 1) * 1000;
const ENDED: ReadonlySet<number> = new Set([Status.FINISHED, Status.FAILED, Status.CANCELLED]);

/** 32 digits, as run jobs keep uuids of workflow jobs and of elements of collections. */
export function digitsOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

/**
 * Rows of Rodan, written straight into the tables by no rule. The last argument of every function is columns that win
 * over its own. Each row is a second later than the one before it, from the beginning of 2016.
 */
export class RodanData {
  #time = START;
  #users = 0;

  constructor(readonly store: Store) {}

  /** A user without a password; the number in its address, counted from 1 unless told. */
  async user(name: string, columns: NewRow = {}): Promise<number> {
    const number = Number(columns['number'] ?? (this.#users += 1));
    await this.#write(async (transaction, { created_at }) => {
      const member = await first<{ id: number }>(
        transaction,
        sql`INSERT INTO member (system, name, password_hash, created_at)
          VALUES (${System.RODAN}, ${name}, NULL, ${created_at}) RETURNING id`,
      );
      const row = { id: member?.id ?? 0, email: `${name}@example.org`, ...columns, number };
      await insertRows(transaction, 'rodan_user', [row]);
    });
    return number;
  }

  /** A project of a user, who is admin, with further admins and workers; its uuid. */
  async project(
    creator: number,
    { admins = [], workers = [] }: { admins?: readonly number[]; workers?: readonly number[] } = {},
    columns: NewRow = {},
  ): Promise<string> {
    return this.#write(async (transaction, times) => {
      const id = recordId(System.RODAN, await transaction.takeNumbers(System.RODAN, PROJECT_KIND));
      const row = { id, uuid: randomUUID(), name: 'Charters', creator_number: creator, ...times, ...columns };
      const { uuid, name } = row;
      await insertRows(transaction, 'project', [{ id, system: System.RODAN, legacy_id: uuid, name }]);
      await insertRows(transaction, 'rodan_project', [row]);
      const members = [
        ...[...new Set([creator, ...admins])].map((user) => ({ user, role: ADMIN })),
        ...workers.map((user) => ({ user, role: WORKER })),
      ];
      await insertRows(
        transaction,
        'rodan_project_member',
        members.map(({ user, role }) => ({ project_uuid: uuid, user_number: user, role })),
      );
      return uuid;
    });
  }

  /** The type of resources with a MIME type, made when there is none; its uuid. */
  async resourceType(mimetype: string, columns: NewRow = {}): Promise<string> {
    const known = await first<{ uuid: string }>(
      this.store.reader,
      sql`SELECT uuid FROM rodan_resource_type WHERE mimetype = ${mimetype}`,
    );
    const extension = mimetype.slice(mimetype.indexOf('/') + 1);
    return known?.uuid ?? this.#row('rodan_resource_type', { mimetype, extension }, columns);
  }

  /** An installed job with its types of ports. */
  async job(
    name: string,
    { inputs = {}, outputs = {} }: { inputs?: Record<string, PortType>; outputs?: Record<string, PortType> } = {},
    columns: NewRow = {},
  ): Promise<MadeJob> {
    const standard = { name, settings: '{"type":"object"}', category: 'Image', enabled: true, interactive: false };
    const uuid = await this.#row('rodan_job', standard, columns);
    const inputTypes = await this.#portTypes('input', uuid, inputs);
    const outputTypes = await this.#portTypes('output', uuid, outputs);
    return { uuid, name, inputTypes, outputTypes };
  }

  /** A workflow; its uuid. */
  workflow(project: string, columns: NewRow = {}): Promise<string> {
    const standard = { project_uuid: project, name: 'straighten', valid: false, ...this.#times() };
    return this.#row('rodan_workflow', standard, columns);
  }

  /** A workflow job with one port of each type of its job; labels are the names of the types. */
  async workflowJob(workflow: string, job: MadeJob, columns: NewRow = {}): Promise<MadeWorkflowJob> {
    const standard = { workflow_uuid: workflow, job_uuid: job.uuid, settings: '{}', ...this.#times() };
    const uuid = await this.#row('rodan_workflow_job', { ...standard, name: job.name.split('.').at(-1)! }, columns);
    const ports = async (direction: 'input' | 'output', types: Readonly<Record<string, string>>) => {
      const made = Object.entries(types).map(async ([name, type]) => [
        name,
        await this.port(direction, uuid, type, name),
      ]);
      return Object.fromEntries(await Promise.all(made)) as Record<string, string>;
    };
    return { uuid, inputs: await ports('input', job.inputTypes), outputs: await ports('output', job.outputTypes) };
  }

  /** A port of a workflow job; its uuid. */
  port(
    direction: 'input' | 'output',
    workflowJob: string,
    type: string,
    label: string,
    columns: NewRow = {},
  ): Promise<string> {
    const standard = { workflow_job_uuid: workflowJob, [`${direction}_port_type_uuid`]: type, label, extern: false };
    return this.#row(`rodan_${direction}_port`, standard, columns);
  }

  /** A connection; its uuid. */
  connection(outputPort: string, inputPort: string, columns: NewRow = {}): Promise<string> {
    return this.#row('rodan_connection', { output_port_uuid: outputPort, input_port_uuid: inputPort }, columns);
  }

  /** A group of workflow jobs; its uuid. */
  async group(workflow: string, workflowJobs: readonly string[], columns: NewRow = {}): Promise<string> {
    const standard = { workflow_uuid: workflow, name: 'cleaning', ...this.#times() };
    const uuid = await this.#row('rodan_workflow_job_group', standard, columns);
    await this.#write(async (transaction) => {
      for (const member of workflowJobs) {
        await transaction.all(sql`UPDATE rodan_workflow_job SET group_uuid = ${uuid} WHERE uuid = ${member}`);
      }
    });
    return uuid;
  }

  /** A resource that is ready to be read; its uuid. */
  resource(project: string, type: string, columns: NewRow = {}): Promise<string> {
    const uuid = String(columns['uuid'] ?? randomUUID());
    const folder = `projects/${digitsOf(project)}/resources/${digitsOf(uuid)}`;
    const files = { file: `${folder}/original_file.png`, compat_file: `${folder}/compat_file.png` };
    const standard = { project_uuid: project, resource_type_uuid: type, name: 'folio', processing_status: 4 };
    return this.#row(
      'rodan_resource',
      { ...standard, ...files, has_thumb: false, ...this.#times() },
      { ...columns, uuid },
    );
  }

  /** A resource list; its uuid. */
  async resourceList(
    project: string,
    type: string,
    resources: readonly string[],
    columns: NewRow = {},
  ): Promise<string> {
    const standard = { project_uuid: project, resource_type_uuid: type, name: 'book', ...this.#times() };
    const uuid = await this.#row('rodan_resource_list', standard, columns);
    const items = resources.map((resource, position) => ({ list_uuid: uuid, position, resource_uuid: resource }));
    await this.#write((transaction) => insertRows(transaction, 'rodan_resource_list_item', items));
    return uuid;
  }

  /** A workflow run with the event of its request; processing unless told. */
  async run(
    {
      project,
      workflow = null,
      creator = null,
    }: { project: string; workflow?: string | null; creator?: number | null },
    columns: NewRow = {},
  ): Promise<MadeRun> {
    const uuid = String(columns['legacy_id'] ?? randomUUID());
    const status = Number(columns['rodan_status'] ?? Status.PROCESSING);
    return this.#write(async (transaction, { created_at, updated_at }) => {
      const requester = creator === null ? null : await nameOf(transaction, creator);
      const eventId = await this.#request(transaction, { uuid, project, requester, at: created_at });
      const id = recordId(System.RODAN, await transaction.takeNumbers(System.RODAN, Kind.BUILD));
      const row = {
        ...(await common(transaction, { id, uuid, project, requester, status, state: stateOfRun(status) })),
        ...times(status, updated_at),
        name: columns['rodan_name'] ?? 'straighten',
        event_id: eventId,
        submitted_at: created_at,
        rodan_project_uuid: project,
        rodan_workflow_uuid: workflow,
        rodan_creator_number: creator,
        rodan_status: status,
        rodan_updated_at: updated_at,
        ...columns,
      };
      await insertRows(transaction, 'build', [row]);
      created(transaction, Kind.BUILD, id, stateOfRun(status));
      return { uuid, id, eventId, project, requester };
    });
  }

  /** A run job of a run; processing unless told. `workflowJob` is the uuid with dashes. */
  async runJob(
    run: MadeRun,
    { job = 'acme.jobs.straighten', workflowJob = randomUUID() }: { job?: string; workflowJob?: string } = {},
    columns: NewRow = {},
  ): Promise<MadeRecord> {
    const uuid = String(columns['legacy_id'] ?? randomUUID());
    const status = Number(columns['rodan_status'] ?? Status.PROCESSING);
    const state = stateOfRunJob(status, true);
    const { project, requester } = run;
    return this.#write(async (transaction, { created_at, updated_at }) => {
      const id = recordId(System.RODAN, await transaction.takeNumbers(System.RODAN, Kind.JOB));
      const row = {
        ...(await common(transaction, { id, uuid, project, requester, status, state })),
        ...times(status, updated_at),
        name: job,
        event_id: run.eventId,
        build_id: run.id,
        created_at,
        rodan_project_uuid: project,
        rodan_run_uuid: run.uuid,
        rodan_workflow_job_uuid: digitsOf(workflowJob),
        rodan_status: status,
        rodan_settings: '{}',
        rodan_updated_at: updated_at,
        rodan_error_summary: '',
        rodan_error_details: '',
        ...columns,
      };
      await insertRows(transaction, 'job', [row]);
      created(transaction, Kind.JOB, id, state);
      return { uuid, id };
    });
  }

  /** What a run job reads; its uuid. */
  input(runJob: MadeRecord, typeName: string, columns: NewRow = {}): Promise<string> {
    return this.#transfer('input', runJob, typeName, columns);
  }

  /** What a run job writes; its uuid. */
  output(runJob: MadeRecord, typeName: string, columns: NewRow = {}): Promise<string> {
    return this.#transfer('output', runJob, typeName, columns);
  }

  /** Tells of a resource which output it was written as. */
  async originOf(resource: string, output: string): Promise<void> {
    await this.#write((transaction) =>
      transaction.all(sql`UPDATE rodan_resource SET origin_uuid = ${output} WHERE uuid = ${resource}`),
    );
  }

  /** Changes rows by a statement of the test's own. */
  async execute(statement: Sql): Promise<void> {
    await this.#write((transaction) => transaction.all(statement));
  }

  #transfer(direction: 'input' | 'output', runJob: MadeRecord, typeName: string, columns: NewRow): Promise<string> {
    const standard = { run_job_id: runJob.id, run_job_uuid: runJob.uuid, [`${direction}_port_type_name`]: typeName };
    return this.#row(`rodan_${direction}`, standard, columns);
  }

  async #portTypes(
    direction: 'input' | 'output',
    job: string,
    declared: Readonly<Record<string, PortType>>,
  ): Promise<Record<string, string>> {
    const table = `rodan_${direction}_port_type`;
    const made: [string, string][] = [];
    for (const [name, { types = ['image/png'], minimum = 1, maximum = 1, list = false }] of Object.entries(declared)) {
      const uuid = await this.#row(table, { job_uuid: job, name, minimum, maximum, is_list: list });
      made.push([name, uuid]);
      for (const mimetype of types) {
        const type = await this.resourceType(mimetype);
        const pair = { port_type_uuid: uuid, resource_type_uuid: type };
        await this.#write((transaction) => insertRows(transaction, `${table}_resource_type`, [pair]));
      }
    }
    return Object.fromEntries(made);
  }

  async #request(
    transaction: Transaction,
    { uuid, project, requester, at }: { uuid: string; project: string; requester: string | null; at: number },
  ): Promise<number> {
    const id = recordId(System.RODAN, await transaction.takeNumbers(System.RODAN, Kind.EVENT));
    const state = stateOfRun(Status.FINISHED);
    const row = await common(transaction, { id, uuid, project, requester, status: RunRequest.RUN, state });
    const own = { name: 'run', created_at: at, finished_at: at, rodan_run_uuid: uuid, rodan_request: RunRequest.RUN };
    await insertRows(transaction, 'event', [{ ...row, ...own }]);
    created(transaction, Kind.EVENT, id, state);
    return id;
  }

  async #row(table: string, standard: NewRow, columns: NewRow = {}): Promise<string> {
    const row = { uuid: randomUUID(), ...standard, ...columns };
    await this.#write((transaction) => insertRows(transaction, table, [row]));
    return row.uuid;
  }

  #times(): { created_at: number; updated_at: number } {
    this.#time += SECOND;
    return { created_at: this.#time, updated_at: this.#time };
  }

  #write<Result>(
    work: (transaction: Transaction, times: { created_at: number; updated_at: number }) => Promise<Result>,
  ): Promise<Result> {
    const now = this.#times();
    return this.store.transact(UNRESTRICTED, (transaction) => work(transaction, now));
  }
}

interface CommonColumns {
  readonly id: number;
  readonly uuid: string;
  readonly project: string;
  readonly requester: string | null;
  readonly status: number;
  readonly state: State;
}

async function common(
  transaction: Transaction,
  { id, uuid, project, requester, status, state }: CommonColumns,
): Promise<NewRow> {
  const row = await first<{ id: number }>(transaction, sql`SELECT id FROM rodan_project WHERE uuid = ${project}`);
  const base = { id, system: System.RODAN, legacy_id: uuid, project_id: row?.id ?? null, requester };
  return { ...base, state, legacy_state: String(status), state_reason: statusName(status) };
}

function times(status: number, at: number): NewRow {
  return { started_at: null, finished_at: ENDED.has(status) ? at : null };
}

function created(transaction: Transaction, kind: Kind, recordId: number, to: State): void {
  transaction.recordChange({ system: System.RODAN, kind, recordId, from: null, to, reason: null });
}

async function nameOf(transaction: Transaction, number: number): Promise<string | null> {
  const row = await first<{ name: string }>(
    transaction,
    sql`SELECT m.name AS name FROM rodan_user u JOIN member m ON m.id = u.id WHERE u.number = ${number}`,
  );
  return row?.name ?? null;
}
