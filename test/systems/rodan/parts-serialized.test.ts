import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PartsWorld } from './parts-world.js';

let world: PartsWorld;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const NAME = 'acme.jobs.straighten';
const job = (input: number, output: number, more: object = {}): object => ({
  job_name: NAME,
  job_settings: {},
  input_ports: [{ id: input, label: 'in', type: 'page' }],
  output_ports: [{ id: output, label: 'out', type: 'page' }],
  ...more,
});
const document = (more: object = {}): object => ({
  __version__: 0.1,
  name: 'exported',
  description: '',
  workflow_jobs: [job(1, 2), job(3, 4)],
  connections: [{ output_port: 2, input_port: 3 }],
  ...more,
});

describe('an export', () => {
  it('has the jobs with their ports, numbered in the document, and the connections', async () => {
    const { workflow } = await world.chain({ name: 'chain' });
    expect((await world.read('workflow', workflow, 'serialized')).serialized).toEqual({
      __version__: 0.1,
      name: 'chain',
      description: '',
      workflow_jobs: [
        {
          job_name: NAME,
          job_settings: {},
          input_ports: [{ id: 1, label: 'page', type: 'page' }],
          output_ports: [{ id: 2, label: 'page', type: 'page' }],
        },
        {
          job_name: NAME,
          job_settings: {},
          input_ports: [{ id: 3, label: 'page', type: 'page' }],
          output_ports: [{ id: 4, label: 'page', type: 'page' }],
        },
      ],
      connections: [{ output_port: 2, input_port: 3 }],
    });
  });

  it('of an empty workflow is empty', async () => {
    const uuid = await world.create('Workflow', { project: world.project, name: 'none', description: 'd' });
    const serialized = { __version__: 0.1, name: 'none', description: 'd', workflow_jobs: [], connections: [] };
    expect(await world.read('workflow', uuid, 'serialized')).toEqual({ serialized });
  });

  it('takes as many statements for many workflows as for one', async () => {
    const project = await world.create('Project', { name: 'many' });
    const query = `query ($first: Int!) { rodan { workflows(first: $first, filter: { projectUuid: { eq: "${project}" } }) { nodes { serialized } } } }`;
    for (let count = 0; count < 5; count++) await world.chain({ project });
    const one = await world.statementsOf(() => world.anonymous.run(query, { first: 1 }));
    const all = await world.statementsOf(() => world.anonymous.run(query, { first: 5 }));
    expect(all).toHaveLength(one.length);
    expect(one.length).toBeLessThanOrEqual(10);
  });

  it('can be imported, and is then exported as it was', async () => {
    const { workflow, one } = await world.chain({ name: 'again' });
    const settings = JSON.parse('{"angle": 3, "mode": {"__proto__": {"deep": [1.5, null, "\\u0000"]}}}');
    await world.update('WorkflowJob', one, { settings });
    const { serialized } = await world.read('workflow', workflow, 'serialized');
    const uuid = await world.create('Workflow', { project: world.project, serialized });
    const copy = await world.read('workflow', uuid, 'serialized valid creator { username }');
    expect(JSON.stringify(copy.serialized)).toBe(JSON.stringify(serialized));
    expect(copy).toMatchObject({ valid: false, creator: { username: 'mia' } });
    expect(await world.update('Workflow', uuid, { valid: true }, 'valid')).toEqual({ valid: true });
  });
});

describe('an import', () => {
  const faultsOf = async (serialized: unknown): Promise<unknown> =>
    world.faults('Workflow', { project: world.project, serialized });

  it('names workflow jobs after their jobs, and ports without a label after their types', async () => {
    const ports = {
      input_ports: [{ id: 1, label: '', type: 'page' }],
      output_ports: [{ id: 1, label: 'out', type: 'page' }],
    };
    const serialized = document({ workflow_jobs: [job(1, 1, ports)], connections: [] });
    const uuid = await world.create('Workflow', { project: world.project, serialized, name: 'ignored' });
    const fields = 'name workflowJobs { name inputPorts { label extern } outputPorts { label } }';
    expect(await world.read('workflow', uuid, fields)).toEqual({
      name: 'exported',
      workflowJobs: [
        { name: 'straighten', inputPorts: [{ label: 'page', extern: false }], outputPorts: [{ label: 'out' }] },
      ],
    });
  });

  it.each([
    [null, ['This field must be a JSON object.']],
    [[], ['This field must be a JSON object.']],
    ['x', ['This field must be a JSON object.']],
    [7, ['This field must be a JSON object.']],
    [{}, ['Please provide the version of serialization format.']],
    [{ __version__: 9 }, ['Unsupported version of serialization format: 9']],
    [{ __version__: '0.1' }, ['Unsupported version of serialization format: 0.1']],
    [{ __version__: null }, ['Unsupported version of serialization format: null']],
    [{ __version__: 0.1 }, { name: ['This field is required.'] }],
    [document({ name: ' ' }), { name: ['This field may not be blank.'] }],
    [document({ name: 'x'.repeat(101) }), { name: ['Ensure this field has no more than 100 characters.'] }],
    [document({ name: 7 }), { name: ['Not a valid string.'] }],
    [document({ description: ['d'] }), { description: ['Not a valid string.'] }],
    [document({ workflow_jobs: {} }), { workflow_jobs: ['Expected a list of items but got type "dict".'] }],
    [document({ workflow_jobs: [7] }), { 'workflow_jobs[0]': ['This field must be a JSON object.'] }],
    [document({ connections: undefined }), { connections: ['This field is required.'] }],
    [document({ connections: [{ output_port: 2 }] }), { 'connections[0].input_port': ['This field is required.'] }],
    [
      document({ connections: [{ output_port: '2', input_port: 3 }] }),
      { 'connections[0].output_port': ['A valid number is required.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_name: 'nope' })] }),
      { 'workflow_jobs[0].job_name': ['Job nope does not exist in current Rodan installation.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_name: 'a\0' })] }),
      { 'workflow_jobs[0].job_name': ['Job a\0 does not exist in current Rodan installation.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_name: '__proto__' })] }),
      { 'workflow_jobs[0].job_name': ['Job __proto__ does not exist in current Rodan installation.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_name: undefined })] }),
      { 'workflow_jobs[0].job_name': ['This field is required.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_settings: undefined })] }),
      { 'workflow_jobs[0].job_settings': ['This field is required.'] },
    ],
    [
      document({
        workflow_jobs: [
          job(1, 2),
          job(3, 4, {
            input_ports: [
              { id: 3, label: 'a', type: 'page' },
              { id: 5, label: 'b', type: 'T' },
            ],
          }),
        ],
      }),
      {
        'workflow_jobs[1].input_ports[1].type': [
          `InputPortType T of Job ${NAME} does not exist in current Rodan installation.`,
        ],
      },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { output_ports: [{ id: 3, label: 'a', type: 'T' }] })] }),
      {
        'workflow_jobs[0].output_ports[0].type': [
          `OutputPortType T of Job ${NAME} does not exist in current Rodan installation.`,
        ],
      },
    ],
    [
      document({ workflow_jobs: [job(1, 2), job(1, 4)] }),
      { 'workflow_jobs[1].input_ports[0].id': ['Duplicate InputPort ID found.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2), job(3, 2)] }),
      { 'workflow_jobs[1].output_ports[0].id': ['Duplicate OutputPort ID found.'] },
    ],
    [
      document({ connections: [{ output_port: 2, input_port: 9 }] }),
      { 'connections[0].input_port': ['Referencing an invalid InputPort ID.'] },
    ],
    [
      document({ connections: [{ output_port: 3, input_port: 3 }] }),
      { 'connections[0].output_port': ['Referencing an invalid OutputPort ID.'] },
    ],
    [
      document({ workflow_jobs: [job(1, 2, { job_settings: { angle: 'x' } })] }),
      { 'workflow_jobs[0].job_settings': ['Job settings is invalid: /angle must be integer'] },
    ],
  ])('refuses %j', async (serialized, errors) => {
    const before = await world.rows('rodan_workflow');
    expect(await faultsOf(serialized)).toEqual({ serialized: errors });
    expect(await world.rows('rodan_workflow')).toBe(before);
  });

  it('has its project checked as usual', async () => {
    expect(await world.faults('Workflow', { serialized: {} })).toEqual({
      project: ['This field is required.'],
      serialized: ['Please provide the version of serialization format.'],
    });
    expect(await world.faults('Workflow', { serialized: document(), project: world.foreign })).toEqual({
      project: ['You have no permissions to it.'],
    });
  });

  it('of a thousand jobs and three thousand connections takes a bounded number of statements', async () => {
    const count = 1000;
    const workflow_jobs = Array.from({ length: count }, (_, index) => job(index, index));
    const connections = Array.from({ length: 3 * count }, (_, index) => {
      return { output_port: index % count, input_port: (index * 7) % count };
    });
    const serialized = document({ workflow_jobs, connections });
    let uuid = '';
    const statements = await world.statementsOf(async () => {
      uuid = await world.create('Workflow', { project: world.project, serialized });
    });
    expect(statements.length).toBeLessThanOrEqual(40);
    expect(await world.rows('rodan_connection')).toBeGreaterThanOrEqual(3 * count);
    const { workflowJobs } = await world.read('workflow', uuid, 'workflowJobs { uuid }');
    expect(workflowJobs).toHaveLength(count);
  });
});

describe('a workflow of the jobs of a group', () => {
  it('has copies of them, with the ports and the connections inside of the group', async () => {
    const { workflow, one, two, twoOut } = await world.chain();
    const third = await world.data.workflowJob(workflow, world.straighten);
    await world.data.connection(twoOut, third.inputs['page']!);
    await world.update('WorkflowJob', one, { name: 'first', settings: { angle: 7 } });
    const group = await world.create('WorkflowJobGroup', { name: 'pair', description: 'd', workflowJobs: [one, two] });
    const uuid = await world.create('Workflow', { project: world.project, workflowJobGroup: group });
    const fields =
      'name description valid workflowJobs { name settings group { uuid } } connections { uuid } inputPorts { uuid }';
    const made = await world.read('workflow', uuid, fields);
    expect(made).toMatchObject({ name: 'pair', description: 'd', valid: false });
    expect(made.workflowJobs).toEqual([
      { name: 'first', settings: { angle: 7 }, group: null },
      { name: 'straighten', settings: {}, group: null },
    ]);
    expect([made.connections.length, made.inputPorts.length]).toEqual([1, 2]);
  });

  it('needs a project and a group that the caller may see', async () => {
    const { workflow, one } = await world.chain({ project: world.foreign });
    const group = await world.data.group(workflow, [one]);
    expect(await world.faults('Workflow', { workflowJobGroup: group })).toEqual({
      project: ['This field is required.'],
      workflow_job_group: ['You have no permissions to it.'],
    });
  });
});
