import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { State, System } from '../../../src/core/model/states.js';
import { parseTime } from '../../../src/core/time.js';
import { countsOf } from '../../support/import-database.js';
import {
  example,
  hex,
  importDatabase,
  link,
  run,
  runJob,
  uuid,
  type Dump,
  type ImportDatabase,
} from './import-support.js';

const id = (number: number): number => recordId(System.RODAN, number);
const at = (text: string): number => parseTime(text)!;

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

/** The example with other rows in some collections, besides its own. */
const more = (collections: Dump): Dump => {
  const dump = example();
  for (const [name, rows] of Object.entries(collections)) dump[name] = [...(dump[name] ?? []), ...rows];
  return dump;
};

describe('the example of the contract', () => {
  it('is stored: the new rows of each collection are counted', async () => {
    expect(countsOf(await database.take(example()))).toEqual({
      projects: [1, 0, 0],
      'workflow runs': [1, 0, 0],
      'run jobs': [1, 0, 0],
      users: [2, 0, 0],
      'resource types': [1, 0, 0],
      jobs: [1, 0, 0],
      'input port types': [1, 0, 0],
      'output port types': [1, 0, 0],
      workflows: [1, 0, 0],
      'workflow job groups': [1, 0, 0],
      'workflow jobs': [1, 0, 0],
      'input ports': [1, 0, 0],
      'output ports': [1, 0, 0],
      connections: [1, 0, 0],
      resources: [2, 0, 0],
      'resource lists': [1, 0, 0],
      inputs: [1, 0, 0],
      outputs: [1, 0, 0],
    });
  });

  it('has its runs as builds, their creation as events, their run jobs as jobs, times to the microsecond', async () => {
    await database.take(example());
    const { project, event, build, job, state_count: counts } = await database.content();
    expect(project).toEqual([{ id: id(1), system: 4, legacy_id: uuid('b1'), name: 'Charters' }]);
    expect(event).toEqual([
      {
        id: id(1),
        system: 4,
        legacy_id: uuid('d1'),
        name: 'first',
        state: State.SUCCEEDED,
        legacy_state: 'run',
        state_reason: null,
        project_id: id(1),
        requester: 'mia',
        created_at: at('2016-01-03T00:00:00.000250Z'),
        started_at: null,
        finished_at: at('2016-01-03T00:00:00.000250Z'),
        rodan_run_uuid: uuid('d1'),
        rodan_request: 1,
      },
    ]);
    expect(build).toEqual([
      {
        id: id(1),
        system: 4,
        legacy_id: uuid('d1'),
        event_id: id(1),
        name: 'first',
        state: State.SUCCEEDED,
        legacy_state: '4',
        state_reason: 'Finished',
        project_id: id(1),
        requester: 'mia',
        submitted_at: at('2016-01-03T00:00:00.000250Z'),
        started_at: null,
        finished_at: at('2016-01-03T00:05:00Z'),
        rodan_project_uuid: uuid('b1'),
        rodan_workflow_uuid: uuid('b2'),
        rodan_creator_number: 7,
        rodan_status: 4,
        rodan_name: 'first',
        rodan_description: null,
        rodan_updated_at: at('2016-01-03T00:05:00Z'),
        rodan_last_redone_uuid: uuid('d2'),
      },
    ]);
    expect(job).toMatchObject([
      {
        id: id(1),
        legacy_id: uuid('d2'),
        event_id: id(1),
        build_id: id(1),
        name: 'acme.jobs.straighten',
        state: State.SUCCEEDED,
        legacy_state: '4',
        state_reason: 'Finished',
        project_id: id(1),
        requester: 'mia',
        created_at: at('2016-01-03T00:00:01Z'),
        started_at: null,
        finished_at: at('2016-01-03T00:04:00Z'),
        rodan_project_uuid: uuid('b1'),
        rodan_run_uuid: uuid('d1'),
        rodan_workflow_job_uuid: hex(uuid('b3')),
        rodan_resource_uuid: null,
        rodan_status: 4,
        rodan_settings: '{}',
        rodan_error_summary: null,
        rodan_working_user_number: null,
      },
    ]);
    expect(counts).toEqual([1, 2, 3].map((kind) => ({ system: 4, kind, state: State.SUCCEEDED, total: 1 })));
  });

  it('keeps users with their numbers, passwords and tokens, and who works in projects', async () => {
    await database.take(example());
    const content = await database.content();
    const [mia, ole] = content.member.map((row) => row.id);
    expect(content.member).toMatchObject([
      { system: 4, name: 'mia', password_hash: expect.stringMatching(/^pbkdf2_sha256\$20000\$s4lt\$/) as string },
      { system: 4, name: 'ole', password_hash: null },
    ]);
    expect(content.rodan_user).toMatchObject([
      { id: mia, number: 7, email: 'mia@example.org', staff: 0, active: 1, superuser: 0 },
      { id: ole, number: 9, first_name: 'Ole', last_name: 'Berg', email: '', staff: 1, token_hash: null },
    ]);
    expect(content.rodan_user[0]?.token_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(content)).not.toContain(example().users?.[0]?.token);
    expect(content.rodan_project).toMatchObject([{ id: id(1), uuid: uuid('b1'), name: 'Charters', creator_number: 7 }]);
    expect(content.rodan_project_member).toEqual([
      { project_uuid: uuid('b1'), user_number: 7, role: 1 },
      { project_uuid: uuid('b1'), user_number: 9, role: 2 },
    ]);
  });

  it('keeps workflows and what they are made of as they are', async () => {
    await database.take(example());
    const content = await database.content();
    expect(content.rodan_job).toMatchObject([{ uuid: uuid('a2'), settings: '{"type":"object"}', category: 'Image' }]);
    expect(content.rodan_input_port_type).toMatchObject([{ uuid: uuid('a3'), job_uuid: uuid('a2'), name: 'page' }]);
    expect(content.rodan_output_port_type_resource_type).toEqual([
      { port_type_uuid: uuid('a4'), resource_type_uuid: uuid('a1') },
    ]);
    expect(content.rodan_workflow).toMatchObject([{ uuid: uuid('b2'), project_uuid: uuid('b1'), valid: 1 }]);
    expect(content.rodan_workflow_job).toMatchObject([
      { uuid: uuid('b3'), group_uuid: uuid('b4'), name: 'straighten it', settings: '{"angle":2.5}' },
    ]);
    expect(content.rodan_input_port).toMatchObject([
      { uuid: uuid('b5'), workflow_job_uuid: uuid('b3'), input_port_type_uuid: uuid('a3'), label: 'page', extern: 1 },
    ]);
    expect(content.rodan_connection).toMatchObject([{ input_port_uuid: uuid('b5'), output_port_uuid: uuid('b6') }]);
  });

  it('rebases the addresses of files and keeps the order of lists', async () => {
    await database.take(example());
    const { rodan_resource: resources, rodan_resource_list_item: items } = await database.content();
    const folder = `projects/${hex(uuid('b1'))}/resources/${hex(uuid('c1'))}`;
    expect(resources).toMatchObject([
      {
        uuid: uuid('c1'),
        creator_number: 9,
        origin_uuid: null,
        file: `${folder}/original_file.txt`,
        compat_file: `${folder}/compat_file.txt`,
        small_thumb: null,
        has_thumb: 1,
        processing_status: 4,
        error_details: '',
      },
      { uuid: uuid('c1', 2), creator_number: null, origin_uuid: uuid('d4'), file: null, processing_status: null },
    ]);
    expect(items).toEqual([
      { list_uuid: uuid('c2'), position: 0, resource_uuid: uuid('c1', 2) },
      { list_uuid: uuid('c2'), position: 1, resource_uuid: uuid('c1') },
    ]);
  });

  it('finds the types of ports of inputs and outputs by the names of job and type', async () => {
    await database.take(example());
    const content = await database.content();
    expect(content.rodan_input).toMatchObject([
      { run_job_id: id(1), run_job_uuid: uuid('d2'), input_port_type_uuid: uuid('a3'), resource_uuid: uuid('c1') },
    ]);
    expect(content.rodan_output).toMatchObject([
      { run_job_id: id(1), output_port_type_uuid: uuid('a4'), output_port_uuid: uuid('b6'), resource_list_uuid: null },
    ]);
  });

  it('changes nothing when it is imported again, and publishes nothing', async () => {
    await database.take(example());
    const before = await database.content();
    const counts = countsOf(await database.take(example()));
    expect(Object.values(counts).every(([created, replaced]) => created + replaced === 0)).toBe(true);
    expect(await database.content()).toEqual(before);
    expect(before.change_log).toEqual([]);
    expect(before.outbox_message).toEqual([]);
  });

  const part = (isFirst: boolean): object =>
    Object.fromEntries(
      Object.entries(example()).filter(([name]) => ['users', 'resourcetypes', 'jobs'].includes(name) === isFirst),
    );
  it.each([
    ['with its keys in another order', [Object.fromEntries(Object.entries(example()).toReversed())]],
    ['as several files', [part(true), part(false)]],
  ])('is the same %s', async (_title, files) => {
    await database.take(example());
    const expected = comparable(await database.content());
    const other = await importDatabase();
    try {
      for (const file of files) await other.take(file);
      expect(comparable(await other.content())).toEqual(expected);
    } finally {
      await other.drop();
    }
  });
});

/** Without what is another at each import: when users were made, and how their tokens are encrypted. */
function comparable(content: Awaited<ReturnType<ImportDatabase['content']>>): object {
  const without = (rows: Record<string, unknown>[], column: string) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)));
  return {
    ...content,
    member: without(content.member, 'created_at'),
    rodan_user: without(content.rodan_user, 'token_sealed'),
  };
}

describe('states', () => {
  const CODES = [0, 1, 2, 4, -1, 9, 11, 21, 29, 31, 8, 77];

  it('of runs are mapped as the contract says; what is over ended with its last change', async () => {
    const runs = CODES.map((status, number) => run(number + 10, { status }));
    await database.take(more({ workflowruns: runs }));
    const { build } = await database.content();
    const imported = build.filter(({ legacy_id: legacy }) => legacy !== uuid('d1'));
    expect(imported.map((row) => [row.rodan_status, State[row.state as State], row.state_reason])).toEqual([
      [0, 'UNKNOWN', 'Scheduled'],
      [1, 'RUNNING', 'Processing'],
      [2, 'UNKNOWN', 'Waiting for input'],
      [4, 'SUCCEEDED', 'Finished'],
      [-1, 'FAILED', 'Failed'],
      [9, 'CANCELED', 'Cancelled'],
      [11, 'RUNNING', 'Retrying'],
      [21, 'QUEUED', 'Request processing'],
      [29, 'RUNNING', 'Request cancelling'],
      [31, 'QUEUED', 'Request retrying'],
      [8, 'UNKNOWN', 'Expired'],
      [77, 'UNKNOWN', '77'],
    ]);
    const over = imported.filter((row) => row.finished_at !== null);
    expect(over.map((row) => row.rodan_status)).toEqual([4, -1, 9]);
    expect(over.every((row) => row.finished_at === row.rodan_updated_at)).toBe(true);
  });

  it('of run jobs are mapped as the contract says', async () => {
    await database.take(more({ runjobs: CODES.map((status, number) => runJob(number + 10, { status })) }));
    const { job } = await database.content();
    const imported = job.filter(({ legacy_id: legacy }) => legacy !== uuid('d2'));
    expect(imported.map((row) => [row.rodan_status, State[row.state as State]])).toEqual([
      [0, 'QUEUED'],
      [1, 'RUNNING'],
      [2, 'RUNNING'],
      [4, 'SUCCEEDED'],
      [-1, 'FAILED'],
      [9, 'CANCELED'],
      ...[11, 21, 29, 31, 8, 77].map((code) => [code, 'UNKNOWN']),
    ]);
    expect(await recount(database.store.reader)).toHaveLength(8);
  });

  it('of failed runs have the error of the first run job that failed for their reason', async () => {
    const failed = (number: number, created: string, summary: string) =>
      runJob(number, {
        status: -1,
        workflow_run: link('workflowrun', uuid('d1', 10)),
        error_summary: summary,
        created,
      });
    await database.take(
      more({
        workflowruns: [run(10, { status: -1 })],
        runjobs: [
          failed(10, '2016-01-05T00:00:02Z', 'TypeError: second'),
          failed(11, '2016-01-05T00:00:01Z', 'ValueError: first'),
          runJob(12, { status: 4, workflow_run: link('workflowrun', uuid('d1', 10)) }),
        ],
      }),
    );
    const [row] = await database.rows(`SELECT state_reason FROM build WHERE legacy_id = '${uuid('d1', 10)}'`);
    expect(row).toEqual({ state_reason: 'ValueError: first' });
  });

  const NOT_READY = link('resource', uuid('c1', 2));
  const READY = link('resource', uuid('c1'));
  it.each([
    ['without inputs', [], 'QUEUED'],
    ['whose resource has its compatible file', [{ resource: READY }], 'QUEUED'],
    ['one of whose resources lacks it', [{ resource: READY }, { resource: NOT_READY }], 'PLANNED'],
    ['whose list has a resource without it', [{ resource_list: link('resourcelist', uuid('c2')) }], 'PLANNED'],
    ['whose list is empty', [{ resource_list: link('resourcelist', uuid('c2', 2)) }], 'PLANNED'],
    ['whose list has all of them', [{ resource_list: link('resourcelist', uuid('c2', 3)) }], 'QUEUED'],
  ])('of a scheduled run job %s', async (_title, reads, state) => {
    const list = (number: number, resources: string[]) => ({
      ...example().resourcelists![0],
      uuid: uuid('c2', number),
      resources,
    });
    const inputs = reads.map((read, number) => ({
      uuid: uuid('d3', number + 10),
      run_job: link('runjob', uuid('d2', 10)),
      input_port_type_name: 'page',
      ...read,
    }));
    await database.take(
      more({ runjobs: [runJob(10, { status: 0 })], inputs, resourcelists: [list(2, []), list(3, [READY, READY])] }),
    );
    const [row] = await database.rows(`SELECT state FROM job WHERE legacy_id = '${uuid('d2', 10)}'`);
    expect(State[row?.state as State]).toBe(state);
  });
});

describe('what rows do not say', () => {
  it('is taken from others: names of runs and workflow jobs, labels of ports, types of lists, groups of jobs', async () => {
    const dump = example();
    Object.assign(dump.workflowruns![0]!, { name: '' });
    delete dump.workflowjobs![0]!.name;
    delete dump.inputports![0]!.label;
    delete dump.resourcelists![0]!.resource_type;
    await database.take(dump);
    const content = await database.content();
    expect(content.build).toMatchObject([{ name: 'straighten', rodan_name: '' }]);
    expect(content.rodan_workflow_job).toMatchObject([{ name: 'straighten', group_uuid: uuid('b4') }]);
    expect(content.rodan_input_port).toMatchObject([{ label: 'page' }]);
    expect(content.rodan_resource_list).toMatchObject([{ resource_type_uuid: uuid('a1') }]);
  });

  it('stays as it is when the file comes again: times of groups and lists', async () => {
    const dump = example();
    for (const row of [dump.workflowjobgroups![0]!, dump.resourcelists![0]!]) {
      delete row.created;
      delete row.updated;
    }
    await database.take(dump);
    const before = await database.content();
    expect(before.rodan_resource_list[0]?.created_at).toBeGreaterThan(at('2020-01-01T00:00:00Z'));
    await database.take(dump);
    expect(await database.content()).toEqual(before);
  });

  it('may be told twice of types of ports: with their job, and in a collection of their own', async () => {
    const dump = example();
    const own = { ...(dump.jobs![0]!.input_port_types as object[])[0], job: link('job', uuid('a2')) };
    await database.take({ ...dump, inputporttypes: [own, { ...own, uuid: uuid('a3', 2), name: 'mask' }] });
    const { rodan_input_port_type: types } = await database.content();
    expect(types.map(({ name }) => name)).toEqual(['page', 'mask']);
  });

  it('ids are in links, upper case or not, of any host and prefix', async () => {
    const dump = example();
    const row = dump.workflows![0]!;
    delete row.uuid;
    row.url = `https://other.example:8443/api/workflow/${uuid('b2').toUpperCase()}/?format=json`;
    row.project = `/project/${uuid('b1')}`;
    await database.take(dump);
    const { rodan_workflow: workflows } = await database.content();
    expect(workflows).toMatchObject([{ uuid: uuid('b2'), project_uuid: uuid('b1') }]);
  });

  it('numbers beyond a double survive in settings', async () => {
    const text = JSON.stringify(example()).replace('"angle":2.5', '"angle":1e400,"seed":12345678901234567890123');
    await database.take(text);
    const { rodan_workflow_job: jobs } = await database.content();
    expect(jobs).toMatchObject([{ settings: '{"angle":1e400,"seed":12345678901234567890123}' }]);
  });
});

describe('a newer file', () => {
  it('replaces the rows that are others now, and only those', async () => {
    await database.take(example());
    const dump = example();
    Object.assign(dump.workflowruns![0]!, { status: 9, updated: '2016-01-03T00:06:00.000001Z' });
    dump.resourcelists![0]!.resources = [link('resource', uuid('c1'))];
    dump.projects![0]!.workers = [];
    dump.projects![0]!.name = 'Old charters';
    const counts = countsOf(await database.take(dump));
    const changed = Object.entries(counts).filter(([, [, replaced]]) => replaced > 0);
    expect(Object.fromEntries(changed)).toEqual({
      projects: [0, 1, 0],
      'workflow runs': [0, 1, 0],
      'resource lists': [0, 1, 0],
    });
    const content = await database.content();
    expect(content.build).toMatchObject([
      { state: State.CANCELED, finished_at: at('2016-01-03T00:06:00.000001Z'), state_reason: 'Cancelled' },
    ]);
    expect(content.project).toMatchObject([{ name: 'Old charters' }]);
    expect(content.rodan_resource_list_item).toHaveLength(1);
    expect(content.rodan_project_member).toEqual([{ project_uuid: uuid('b1'), user_number: 7, role: 1 }]);
    expect(content.state_count.filter(({ total }) => total !== 0)).toContainEqual({
      system: 4,
      kind: 2,
      state: State.CANCELED,
      total: 1,
    });
  });

  it('may exchange the names of jobs', async () => {
    const second = { uuid: uuid('a2', 2), name: 'acme.jobs.crop', settings: {} };
    await database.take(more({ jobs: [second] }));
    const dump = more({ jobs: [{ ...second, name: 'acme.jobs.straighten' }] });
    dump.jobs![0]!.name = 'acme.jobs.crop';
    await database.take(dump);
    expect(await database.rows('SELECT name FROM rodan_job ORDER BY id')).toEqual([
      { name: 'acme.jobs.crop' },
      { name: 'acme.jobs.straighten' },
    ]);
  });

  it('takes workflow jobs out of a group that does not list them any more', async () => {
    await database.take(example());
    const group = { ...example().workflowjobgroups![0], workflow_jobs: [] };
    await database.take({ workflowjobgroups: [group] });
    expect(await database.rows('SELECT group_uuid FROM rodan_workflow_job')).toEqual([{ group_uuid: null }]);
    await database.take({ workflowjobgroups: example().workflowjobgroups });
    expect(await database.rows('SELECT group_uuid FROM rodan_workflow_job')).toEqual([{ group_uuid: uuid('b4') }]);
  });
});
