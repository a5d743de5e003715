import fc from 'fast-check';
import { State } from '../../../src/core/model/states.js';
import { formatTime } from '../../../src/core/time.js';
import { hex, link, uuid, type Dump } from './import-support.js';

/** Consistent data sets at random: what a file says, and what of it is stored. */

type Row = Record<string, unknown>;
/** One row of the file, with the columns that it is stored with. */
interface Made {
  readonly row: Row;
  readonly stored: Row;
}

/** A data set: files by collection, and stored rows by table. */
export interface DataSet {
  readonly dump: Dump;
  readonly stored: Readonly<Record<string, Row[]>>;
}

/** Texts that comparing, JSON and databases could get wrong. */
const TEXTS = ['a', 'A', 'ä', 'a\u0301', '\u{1D4B3} x', '100%_\\', "it's", '"q"', ' b ', '日本語', '\n'];
const MIN = Date.UTC(1990, 0, 1) * 1000;
const MAX = Date.UTC(2040, 0, 1) * 1000;
const STATES = new Map<number, State>([
  [1, State.RUNNING],
  [4, State.SUCCEEDED],
  [-1, State.FAILED],
  [9, State.CANCELED],
]);
const RUN_STATES = new Map<number, State>([
  ...STATES,
  [21, State.QUEUED],
  [11, State.RUNNING],
  [31, State.QUEUED],
  [29, State.RUNNING],
]);
const RUN_JOB_STATES = new Map<number, State>([...STATES, [2, State.RUNNING]]);
const NAMES = new Map<number, string>([
  [0, 'Scheduled'],
  [1, 'Processing'],
  [2, 'Waiting for input'],
  [4, 'Finished'],
  [-1, 'Failed'],
  [9, 'Cancelled'],
  [11, 'Retrying'],
  [21, 'Request processing'],
  [29, 'Request cancelling'],
  [31, 'Request retrying'],
]);
const OVER = [4, -1, 9];

/** Makes one data set; those of different numbers share nothing. */
export class RandomData {
  readonly #g: fc.GeneratorValue;
  readonly #number: number;
  readonly #made: Record<string, Made[]> = {};
  readonly #tables: Record<string, Row[]> = {};
  #ids = 0;

  constructor(g: fc.GeneratorValue, number: number) {
    this.#g = g;
    this.#number = number;
  }

  make(): DataSet {
    this.#users();
    this.#catalogue();
    this.#projects();
    this.#workflows();
    this.#runs();
    const entries = Object.entries(this.#made).map(([name, made]): [string, Row[]] => [
      name,
      this.#shuffled(made.map(({ row }) => row)),
    ]);
    return { dump: Object.fromEntries(this.#shuffled(entries)), stored: this.#tables };
  }

  #users(): void {
    for (let index = 0; index < 3; index++) {
      const number = this.#number * 10 + index + 1;
      const name = `${this.#text()} ${number}`.trim().replaceAll(/[\n/:]/g, '-');
      const [email, staff] = [this.#maybe(() => `u${number}@example.org`), this.#flag()];
      this.#add('users', 'rodan_user', {
        row: { url: this.#link('user', number), username: name, ...defined({ email }), is_staff: staff },
        stored: { number, email: email ?? '', staff: Number(staff), active: 1, superuser: 0 },
      });
    }
  }

  #catalogue(): void {
    this.#times(2, (index) => {
      const [id, mimetype] = [this.#uuid('a1'), `type/${this.#number}.${index}`];
      this.#add('resourcetypes', 'rodan_resource_type', {
        row: { uuid: id, mimetype, extension: 'x' },
        stored: { uuid: id, mimetype, extension: 'x', description: '' },
      });
    });
    this.#times(2, (index) => {
      const [id, name] = [this.#uuid('a2'), `jobs.${this.#number}.${index}`];
      const [settings, category] = [this.#settings(), this.#maybe(() => this.#text())];
      const nested = { input: this.#portTypes('input', id), output: this.#portTypes('output', id) };
      this.#add('jobs', 'rodan_job', {
        row: {
          url: this.#link('job', id),
          name,
          settings,
          ...defined({ category }),
          input_port_types: nested.input,
          output_port_types: nested.output,
        },
        stored: { uuid: id, name, settings: JSON.stringify(settings), category: category ?? null, enabled: 1 },
      });
    });
  }

  /** Types of ports of a job: nested in it, or in their own collection. */
  #portTypes(direction: 'input' | 'output', job: string): Row[] {
    const nested: Row[] = [];
    this.#times(2, (index) => {
      const [id, isList] = [this.#uuid(direction === 'input' ? 'a3' : 'a4'), this.#flag()];
      const type = this.#one('resourcetypes').stored.uuid as string;
      const row = { uuid: id, name: `${direction} ${index}`, minimum: index, maximum: 3, is_list: isList };
      const full = { ...row, resource_types: [this.#link('resourcetype', type)] };
      const stored = { ...row, is_list: Number(isList), job_uuid: job };
      this.#table(`rodan_${direction}_port_type`, stored);
      this.#table(`rodan_${direction}_port_type_resource_type`, { port_type_uuid: id, resource_type_uuid: type });
      (this.#made[`${direction} types of ${job}`] ??= []).push({ row: full, stored });
      if (this.#flag()) nested.push(full);
      else {
        (this.#made[`${direction}porttypes`] ??= []).push({ row: { ...full, job: this.#link('job', job) }, stored });
      }
    });
    return nested;
  }

  #projects(): void {
    this.#times(2, () => {
      const id = this.#uuid('b1');
      const [name, creator, worker] = [this.#text(), this.#one('users'), this.#one('users')];
      const { row: times, stored } = this.#timesOf();
      this.#add('projects', 'rodan_project', {
        row: {
          uuid: this.#spelt(id),
          name,
          creator: creator.row.username,
          ...(this.#flag() ? { admins: [creator.row.username] } : {}),
          workers: [worker.row.username],
          ...times,
        },
        stored: { uuid: id, name, creator_number: creator.stored.number, ...stored },
      });
      this.#table('rodan_project_member', { project_uuid: id, user_number: creator.stored.number, role: 1 });
      this.#table('rodan_project_member', { project_uuid: id, user_number: worker.stored.number, role: 2 });
    });
    this.#times(5, () => this.#resource(null));
    this.#times(2, () => this.#resourceList());
  }

  #resource(origin: string | null): Made {
    const [id, project, type] = [
      this.#uuid('c1'),
      this.#one('projects').stored.uuid as string,
      this.#one('resourcetypes'),
    ];
    const creator = this.#maybe(() => this.#one('users'));
    const file = this.#maybe(() => `projects/${hex(project)}/resources/${hex(id)}/compat_file.x`);
    const [name, status] = [this.#maybe(() => this.#text()), this.#pick([0, 1, 4, -1, null])];
    const { row: times, stored } = this.#timesOf();
    return this.#add('resources', 'rodan_resource', {
      row: {
        uuid: id,
        project: this.#link('project', project),
        resource_type: this.#link('resourcetype', type.stored.uuid as string),
        creator: creator?.row.username ?? null,
        ...defined({ name }),
        compat_resource_file: file === undefined ? null : `https://old.example/x/uploads/${file}`,
        processing_status: status,
        origin: origin === null ? null : this.#link('output', origin),
        ...times,
      },
      stored: {
        uuid: id,
        project_uuid: project,
        resource_type_uuid: type.stored.uuid,
        creator_number: creator?.stored.number ?? null,
        name: name ?? null,
        file: null,
        compat_file: file ?? null,
        processing_status: status,
        origin_uuid: origin,
        error_summary: '',
        ...stored,
      },
    });
  }

  #resourceList(): void {
    const id = this.#uuid('c2');
    const members = Array.from({ length: this.#g(fc.nat, { max: 3 }) }, () => this.#one('resources'));
    const project = this.#one('projects').stored.uuid as string;
    const { row: times, stored } = this.#timesOf();
    this.#add('resourcelists', 'rodan_resource_list', {
      row: {
        uuid: id,
        project: this.#link('project', project),
        resources: members.map((member) => this.#link('resource', member.stored.uuid as string)),
        ...times,
      },
      stored: {
        uuid: id,
        project_uuid: project,
        resource_type_uuid: members[0]?.stored.resource_type_uuid ?? null,
        ...stored,
      },
    });
    for (const [position, member] of members.entries()) {
      this.#table('rodan_resource_list_item', { list_uuid: id, position, resource_uuid: member.stored.uuid });
    }
  }

  #workflows(): void {
    this.#times(2, () => {
      const [id, project] = [this.#uuid('b2'), this.#one('projects').stored.uuid as string];
      const [name, valid, creator] = [this.#text(), this.#flag(), this.#maybe(() => this.#one('users'))];
      const { row: times, stored } = this.#timesOf();
      this.#add('workflows', 'rodan_workflow', {
        row: {
          uuid: id,
          project: this.#link('project', project),
          name,
          valid,
          ...defined({ creator: creator?.row.username }),
          ...times,
        },
        stored: {
          uuid: id,
          project_uuid: project,
          name,
          valid: Number(valid),
          creator_number: creator?.stored.number ?? null,
          ...stored,
        },
      });
      this.#times(3, () => this.#workflowJob(id));
      if (this.#flag()) this.#group(id);
    });
    const [inputs, outputs] = [this.#made['inputports'] ?? [], this.#made['outputports'] ?? []];
    if (inputs.length === 0 || outputs.length === 0) return;
    this.#times(3, () => {
      const [id, input, output] = [this.#uuid('b7'), this.#pick(inputs).stored.uuid, this.#pick(outputs).stored.uuid];
      this.#add('connections', 'rodan_connection', {
        row: {
          uuid: id,
          input_port: this.#link('inputport', input as string),
          output_port: this.#link('outputport', output as string),
        },
        stored: { uuid: id, input_port_uuid: input, output_port_uuid: output },
      });
    });
  }

  #workflowJob(workflow: string): void {
    const [id, job] = [this.#uuid('b3'), this.#one('jobs')];
    const [name, settings] = [this.#maybe(() => this.#text()), this.#g(() => fc.jsonValue())];
    const { row: times, stored } = this.#timesOf();
    const row: Row = {
      uuid: id,
      workflow: this.#link('workflow', workflow),
      job: this.#link('job', job.stored.uuid as string),
      job_settings: settings,
      ...defined({ name }),
      ...times,
    };
    this.#add('workflowjobs', 'rodan_workflow_job', {
      row,
      stored: {
        uuid: id,
        workflow_uuid: workflow,
        job_uuid: job.stored.uuid,
        group_uuid: null,
        name: name ?? String(job.stored.name).split('.').at(-1),
        settings: settings === null ? '{}' : JSON.stringify(settings),
        ...stored,
      },
    });
    for (const direction of ['input', 'output'] as const) {
      for (const type of this.#made[`${direction} types of ${String(job.stored.uuid)}`] ?? []) {
        if (this.#flag()) this.#port(direction, id, type);
      }
    }
  }

  #port(direction: 'input' | 'output', workflowJob: string, type: Made): void {
    const [id, label, extern] = [
      this.#uuid(direction === 'input' ? 'b5' : 'b6'),
      this.#maybe(() => this.#text()),
      this.#flag(),
    ];
    const typeUuid = type.stored.uuid as string;
    this.#add(`${direction}ports`, `rodan_${direction}_port`, {
      row: {
        uuid: id,
        workflow_job: this.#link('workflowjob', workflowJob),
        [`${direction}_port_type`]: this.#link(`${direction}porttype`, typeUuid),
        ...defined({ label }),
        extern,
      },
      stored: {
        uuid: id,
        workflow_job_uuid: workflowJob,
        [`${direction}_port_type_uuid`]: typeUuid,
        label: label ?? type.stored.name,
        extern: Number(extern),
      },
    });
  }

  /** A group of all jobs of a workflow: said by the group alone, or by the jobs as well. */
  #group(workflow: string): void {
    const id = this.#uuid('b4');
    const members = (this.#made['workflowjobs'] ?? []).filter(({ stored }) => stored.workflow_uuid === workflow);
    const { row: times, stored } = this.#timesOf();
    for (const member of members) {
      member.stored.group_uuid = id;
      if (this.#flag()) member.row.group = this.#link('workflowjobgroup', id);
    }
    this.#add('workflowjobgroups', 'rodan_workflow_job_group', {
      row: {
        uuid: id,
        name: 'a group',
        workflow: this.#link('workflow', workflow),
        workflow_jobs: members.map((member) => this.#link('workflowjob', member.stored.uuid as string)),
        ...times,
      },
      stored: { uuid: id, workflow_uuid: workflow, name: 'a group', origin_uuid: null, ...stored },
    });
  }

  #runs(): void {
    this.#times(3, () => {
      const [id, project] = [this.#uuid('d1'), this.#one('projects').stored.uuid as string];
      const workflow = this.#maybe(() => this.#one('workflows'));
      const [creator, name] = [this.#maybe(() => this.#one('users')), this.#maybe(() => this.#text())];
      const status = this.#pick([...RUN_STATES.keys()]);
      const { row: times, stored } = this.#timesOf();
      const run = this.#add('workflowruns', 'build', {
        row: {
          uuid: id,
          project: this.#link('project', project),
          workflow: workflow ? this.#link('workflow', workflow.stored.uuid as string) : null,
          creator: creator?.row.username ?? null,
          status,
          ...defined({ name }),
          ...times,
        },
        stored: {
          legacy_id: id,
          name: name || (workflow?.stored.name ?? ''),
          state: RUN_STATES.get(status),
          legacy_state: String(status),
          state_reason: NAMES.get(status),
          requester: creator?.row.username ?? null,
          submitted_at: stored.created_at,
          finished_at: OVER.includes(status) ? stored.updated_at : null,
          rodan_project_uuid: project,
          rodan_workflow_uuid: workflow?.stored.uuid ?? null,
          rodan_creator_number: creator?.stored.number ?? null,
          rodan_status: status,
          rodan_name: name ?? null,
          rodan_updated_at: stored.updated_at,
        },
      });
      this.#table('event', { legacy_id: id, rodan_run_uuid: id, rodan_request: 1, state: State.SUCCEEDED });
      const failed: Made[] = [];
      this.#times(3, () => {
        const runJob = this.#runJob(run);
        if (runJob.stored.rodan_status === -1) failed.push(runJob);
      });
      if (status === -1 && failed.length > 0) run.stored.state_reason = reasonOf(failed);
    });
  }

  #runJob(run: Made): Made {
    const [id, job] = [this.#uuid('d2'), this.#one('jobs')];
    const known = this.#flag();
    const status = this.#pick([0, ...RUN_JOB_STATES.keys()]);
    const summary = status === -1 ? this.#text() : null;
    const { row: times, stored } = this.#timesOf();
    const made = this.#add('runjobs', 'job', {
      row: {
        uuid: id,
        workflow_run: this.#link('workflowrun', run.stored.legacy_id as string),
        job_name: known ? job.stored.name : 'jobs.gone',
        workflow_job_uuid: hex(this.#uuid('b3')),
        status,
        error_summary: summary,
        ...times,
      },
      stored: {
        legacy_id: id,
        name: known ? job.stored.name : 'jobs.gone',
        state: RUN_JOB_STATES.get(status) ?? State.QUEUED,
        state_reason: summary ?? NAMES.get(status),
        requester: run.stored.requester,
        created_at: stored.created_at,
        finished_at: OVER.includes(status) ? stored.updated_at : null,
        rodan_run_uuid: run.stored.legacy_id,
        rodan_project_uuid: run.stored.rodan_project_uuid,
        rodan_resource_uuid: null,
        rodan_status: status,
        rodan_settings: '{}',
        rodan_error_summary: summary,
      },
    });
    this.#results('input', made, known ? job : null);
    this.#results('output', made, known ? job : null);
    return made;
  }

  #results(direction: 'input' | 'output', runJob: Made, job: Made | null): void {
    const types = job === null ? [] : (this.#made[`${direction} types of ${String(job.stored.uuid)}`] ?? []);
    this.#times(2, () => {
      const id = this.#uuid(direction === 'input' ? 'd3' : 'd4');
      const type = types.length > 0 && this.#flag() ? this.#pick(types) : null;
      const name = type?.stored.name ?? 'no such type';
      const resource = direction === 'output' ? this.#resource(id) : this.#one('resources');
      this.#add(`${direction}s`, `rodan_${direction}`, {
        row: {
          uuid: id,
          run_job: this.#link('runjob', runJob.stored.legacy_id as string),
          [`${direction}_port_type_name`]: name,
          resource: this.#link('resource', resource.stored.uuid as string),
        },
        stored: {
          uuid: id,
          run_job_uuid: runJob.stored.legacy_id,
          [`${direction}_port_type_name`]: name,
          [`${direction}_port_type_uuid`]: type?.stored.uuid ?? null,
          resource_uuid: resource.stored.uuid,
          resource_list_uuid: null,
        },
      });
      const isMissing = direction === 'input' && resource.stored.compat_file === null;
      if (isMissing && runJob.stored.rodan_status === 0) runJob.stored.state = State.PLANNED;
    });
  }

  #add(collection: string, table: string, made: Made): Made {
    (this.#made[collection] ??= []).push(made);
    this.#table(table, made.stored);
    return made;
  }

  #table(table: string, stored: Row): void {
    const rows = (this.#tables[table] ??= []);
    if (!rows.some((row) => JSON.stringify(row) === JSON.stringify(stored))) rows.push(stored);
  }

  /** Runs once at least, and at most so often. */
  #times(most: number, make: (index: number) => void): void {
    const count = this.#g(fc.integer, { min: 1, max: most });
    for (let index = 0; index < count; index++) make(index);
  }

  #timesOf(): Made {
    const [created, updated] = [
      this.#g(fc.integer, { min: MIN, max: MAX }),
      this.#g(fc.integer, { min: MIN, max: MAX }),
    ];
    return {
      row: { created: formatTime(created), updated: formatTime(updated) },
      stored: { created_at: created, updated_at: updated },
    };
  }

  #settings(): Row {
    return this.#g(() => fc.dictionary(fc.constantFrom('type', 'a', '__proto', 'ä'), fc.jsonValue()));
  }

  #uuid(collection: string): string {
    this.#ids += 1;
    return uuid(collection, this.#number * 10_000 + this.#ids);
  }

  /** A UUID in one of the ways in which files may spell it. */
  #spelt(id: string): string {
    return this.#pick([id, id.toUpperCase(), hex(id)]);
  }

  /** A link in one of the ways in which files may spell it. */
  #link(kind: string, id: string | number): string {
    return this.#pick([link(kind, id), `/${kind}/${id}/`, `https://b.example:8443/api/${kind}/${id}/?format=json`]);
  }

  #one(collection: string): Made {
    return this.#pick(this.#made[collection] ?? []);
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#g(fc.nat, { max: items.length - 1 })] as Item;
  }

  #text(): string {
    return this.#pick(TEXTS);
  }

  #flag(): boolean {
    return this.#g(fc.boolean);
  }

  #maybe<Value>(make: () => Value): Value | undefined {
    return this.#flag() ? make() : undefined;
  }

  #shuffled<Item>(items: readonly Item[]): Item[] {
    return this.#g(() => fc.shuffledSubarray([...items], { minLength: items.length }));
  }
}

/** The members that are not undefined. */
function defined(row: Row): Row {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

/** The error of the run job that was made first; undefined when that cannot be told. */
function reasonOf(failed: readonly Made[]): unknown {
  const [first, second] = failed.toSorted(
    (left, right) => Number(left.stored.created_at) - Number(right.stored.created_at),
  );
  return first?.stored.created_at === second?.stored.created_at ? undefined : first?.stored.rodan_error_summary;
}
