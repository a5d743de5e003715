import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, answerOf, first, RodanServer, type Step } from './writes-support.js';
import { BIND, CHARTERS, MERGE, READ, SORT, STRAIGHTEN } from './writes-world.js';

let server: RodanServer;
beforeAll(async () => {
  server = await RodanServer.start();
});
afterAll(() => server.close());

const project = (): string => server.link('project', CHARTERS);
const refused = async (path: string, body: unknown) => {
  const { status, json } = await server.post(path, body);
  expect(status).toBe(400);
  return json;
};

describe('workflows', () => {
  it('POST answers 201 with the list shape and its Location; the caller is creator', async () => {
    const body = { project: project(), name: 'flow', description: null, valid: false, creator: 'mia' };
    const { status, headers, json } = await server.post('/workflows/', body, 'ada');
    expect([status, headers.location]).toEqual([201, json.url]);
    expect(json).toMatchObject({ name: 'flow', description: null, creator: 'ada', valid: false, project: project() });
    expect(json).not.toHaveProperty('workflow_jobs');
  });

  it.each<[object, object]>([
    [{}, { project: ['This field is required.'], name: ['This field is required.'] }],
    [
      { project: null, name: [] },
      { project: ['This field may not be null.'], name: ['Not a valid string.'] },
    ],
    [
      { project: 'x', valid: 'maybe' },
      {
        project: ['Invalid hyperlink - No URL match.'],
        name: ['This field is required.'],
        valid: ['"maybe" is not a valid boolean.'],
      },
    ],
    [
      { name: 'x'.repeat(101), project: 5 },
      {
        name: ['Ensure this field has no more than 100 characters.'],
        project: ['Incorrect type. Expected URL string, received int.'],
      },
    ],
  ])('POST %j', async (body, errors) => {
    expect(await refused('/workflows/', body)).toEqual(errors);
  });

  it('a valid workflow cannot be created', async () => {
    for (const valid of [true, 'True', 1]) {
      expect(await refused('/workflows/', { project: project(), name: 'w', valid })).toEqual({
        valid: ["You can't create a valid workflow - it must be validated through a PATCH request."],
      });
    }
  });

  it('nor can one be invalidated; project is read-only', async () => {
    const url = await server.workflow('w');
    for (const valid of [false, 'f', '0']) {
      expect(answerOf(await server.patch(url, { valid }))).toEqual([400, { valid: ['Cannot invalidate a Workflow.'] }]);
    }
    expect(answerOf(await server.patch(url, { valid: null, name: '' }))).toEqual([
      400,
      { valid: ['This field may not be null.'], name: ['This field may not be blank.'] },
    ]);
    expect(answerOf(await server.put(url, {}))).toEqual([400, { name: ['This field is required.'] }]);
    const { status, json } = await server.put(url, { name: 'v', project: 5, description: 'd' });
    expect([status, json.name, json.project, json.description]).toEqual([200, 'v', project(), 'd']);
    expect(json.workflow_jobs).toEqual([]);
  });
});

describe('validation by PATCH', () => {
  /** The answer to the validation, of which nothing is saved. */
  async function invalid(url: string): Promise<unknown> {
    const { name } = await server.shown(url);
    const { status, json } = await server.patch(url, { valid: true, name: 'not saved' });
    expect(status).toBe(409);
    expect(await server.shown(url)).toMatchObject({ name, valid: false, workflow_input_ports: [] });
    return json;
  }
  const fault = (code: string, text: string, objects: object) => ({
    error_code: code,
    details: [text],
    associated_objects: objects,
  });

  it('an empty workflow, one with a cycle, and one in two pieces are refused', async () => {
    const empty = await server.workflow();
    expect(await invalid(empty)).toEqual(fault('WF_EMPTY', 'The Workflow is empty.', {}));

    const round = await server.workflow();
    const [one, two] = [await server.step(round), await server.step(round)];
    await server.connect(first(one.out), first(two.in));
    await server.connect(first(two.out), first(one.in));
    expect(await invalid(round)).toEqual(fault('WF_HAS_CYCLES', 'There is a cycle in the Workflow.', {}));

    const apart = await server.workflow();
    await server.step(apart);
    await server.step(apart);
    expect(await invalid(apart)).toEqual(fault('WF_NOT_CONNECTED', 'The Workflow is not connected.', {}));
  });

  it.each<[string, string, string[], string, string[]]>([
    ['WFJ_NO_OP', 'has no OutputPort.', ['in left'], '', []],
    ['WFJ_TOO_FEW_IP', 'has too few InputPorts of type left.', ['out merged'], 'inputporttypes', [MERGE.in.left]],
    [
      'WFJ_TOO_MANY_IP',
      'has too many InputPorts of type right.',
      ['in left', 'in right', 'in right', 'out merged'],
      'inputporttypes',
      [MERGE.in.right],
    ],
    [
      'WFJ_TOO_FEW_OP',
      'has too few OutputPorts of type merged.',
      ['in left', 'out log'],
      'outputporttypes',
      [MERGE.out.merged],
    ],
    [
      'WFJ_TOO_MANY_OP',
      'has too many OutputPorts of type merged.',
      ['in left', 'out merged', 'out merged'],
      'outputporttypes',
      [MERGE.out.merged],
    ],
  ])('%s: The WorkflowJob … %s', async (code, text, ports, kind, types) => {
    const url = await server.workflow();
    const step = await server.step(url, MERGE, []);
    for (const port of ports) {
      const [side, type = ''] = port.split(' ') as ['in' | 'out', string];
      await server.port(step.url, side, (MERGE[side] as Readonly<Record<string, string>>)[type]!);
    }
    const links = types.map((type) => server.link(kind.slice(0, -1), type));
    const objects = { workflowjobs: [step.url], ...(kind !== '' && { [kind]: links }) };
    expect(await invalid(url)).toEqual(fault(code, `The WorkflowJob ${MERGE.name} ${text}`, objects));
  });

  it('WFJ_INVALID_SETTINGS: settings have to fit the schema of the job', async () => {
    const url = await server.workflow();
    const step = await server.step(url);
    for (const settings of [{ angle: 'steep' }, {}, { angle: -1 }, { angle: 1, mode: 'x' }, [], 5]) {
      answered(200, await server.patch(step.url, { job_settings: settings }));
      const text = `The WorkflowJob ${STRAIGHTEN.name} has invalid settings.`;
      expect(await invalid(url)).toEqual(fault('WFJ_INVALID_SETTINGS', text, { workflowjobs: [step.url] }));
    }
    answered(200, await server.patch(step.url, { job_settings: { angle: 1.5, mode: 'slow' } }));
    expect((await server.patch(url, { valid: true })).json.valid).toBe(true);
  });

  it('IP_TYPE_MISMATCH and OP_TYPE_MISMATCH: a port of another job’s type', async () => {
    const url = await server.workflow();
    const step = await server.step(url);
    const port = await server.port(step.url, 'in', READ.in.text, 'stray');
    const input = 'The type of InputPort stray is incompatible with its associated WorkflowJob.';
    expect(await invalid(url)).toEqual(fault('IP_TYPE_MISMATCH', input, { inputports: [port] }));
    answered(204, await server.delete(port));
    const other = await server.port(step.url, 'out', READ.out.text, 'stray');
    const output = 'The type of OutputPort stray is incompatible with its associated WorkflowJob.';
    expect(await invalid(url)).toEqual(fault('OP_TYPE_MISMATCH', output, { outputports: [other] }));
  });

  it('IP_TOO_MANY_CONNECTIONS has no full stop', async () => {
    const url = await server.workflow();
    const steps: Step[] = [];
    for (let count = 0; count < 3; count += 1) steps.push(await server.step(url));
    const port = first(steps[2]!.in);
    await server.connect(first(steps[0]!.out), port);
    await server.connect(first(steps[1]!.out), port);
    const text = 'The InputPort page has more than one Connections';
    expect(await invalid(url)).toEqual(fault('IP_TOO_MANY_CONNECTIONS', text, { inputports: [port] }));
  });

  it('RESOURCETYPE_LIST_CONFLICT and NO_COMMON_RESOURCETYPE', async () => {
    const one = await server.workflow();
    const [straighten, bind] = [await server.step(one), await server.step(one, BIND)];
    await server.connect(first(straighten.out), first(bind.in));
    expect(await invalid(one)).toEqual(
      fault(
        'RESOURCETYPE_LIST_CONFLICT',
        'InputPort pages accepts a list of resources but OutputPort page is not list-typed.',
        { outputports: [first(straighten.out)], inputports: [first(bind.in)] },
      ),
    );
    const two = await server.workflow();
    const [sort, after] = [await server.step(two, SORT), await server.step(two)];
    await server.connect(first(sort.out), first(after.in));
    expect(await invalid(two)).toEqual(
      fault('RESOURCETYPE_LIST_CONFLICT', 'OutputPort pages is list-typed but InputPort page is not.', {
        outputports: [first(sort.out)],
        inputports: [first(after.in)],
      }),
    );
    const three = await server.workflow();
    const [read, next] = [await server.step(three, READ), await server.step(three)];
    await server.connect(first(read.out), first(next.in));
    expect(await invalid(three)).toEqual(
      fault(
        'NO_COMMON_RESOURCETYPE',
        'There is no common ResourceType between OutputPort text and its connected InputPorts.',
        { outputports: [first(read.out)], inputports: [first(next.in)] },
      ),
    );
  });

  it('success is 200 with the workflow; ports without connection are external', async () => {
    const { url, steps } = await server.validWorkflow(STRAIGHTEN, STRAIGHTEN);
    const shown = await server.shown(url);
    expect(shown.valid).toBe(true);
    expect(shown.workflow_input_ports.map((port: any) => port.url)).toEqual([first(steps[0]!.in)]);
    expect(shown.workflow_output_ports.map((port: any) => port.url)).toEqual([first(steps[1]!.out)]);
    expect((await server.patch(url, { valid: true, name: 'again' })).json).toMatchObject({
      valid: true,
      name: 'again',
    });
  });

  it('a change of parts makes the workflow invalid; names, labels and equal settings do not', async () => {
    const { url, steps } = await server.validWorkflow(STRAIGHTEN, STRAIGHTEN);
    const [step] = steps as [Step];
    const isValid = async () => (await server.shown(url)).valid as boolean;
    answered(200, await server.patch(step.url, { name: 'n', job_settings: { angle: 2 } }));
    answered(200, await server.patch(first(step.in), { label: 'l' }));
    answered(200, await server.patch(url, { description: 'd' }));
    expect(await isValid()).toBe(true);
    answered(200, await server.patch(step.url, { job_settings: { angle: 3 } }));
    expect(await isValid()).toBe(false);
    answered(200, await server.patch(url, { valid: true }));
    const port = await server.port(step.url, 'out', STRAIGHTEN.out.page);
    expect(await isValid()).toBe(false);
    answered(204, await server.delete(port));
    answered(200, await server.patch(url, { valid: true }));
    const [connection] = (await server.shown(first(steps[1]!.in))).connections;
    answered(204, await server.delete(connection));
    expect(await isValid()).toBe(false);
  });
});

describe('deleting a workflow', () => {
  it('its parts go too, its runs stay without workflow', async () => {
    const { url, steps } = await server.validWorkflow();
    const page = server.link('resource', 'c1000000-0000-4000-8000-000000000001');
    const run = await server.make('/workflowruns/', {
      workflow: url,
      resource_assignments: { [first(steps[0]!.in)]: [page] },
    });
    const [job] = (await server.shown(`/runjobs/?workflow_run=${run.uuid}`)).results;
    answered(204, await server.delete(url));
    for (const gone of [url, steps[0]!.url, first(steps[0]!.in), first(steps[0]!.out)]) {
      expect((await server.get(gone)).status).toBe(404);
    }
    expect((await server.shown(run.url)).workflow).toBeNull();
    expect((await server.shown(job.url)).workflow_job_uuid).toBe(job.workflow_job_uuid);
  });
});

describe('import of an export', () => {
  const port = (id: unknown, type: string, label = type) => ({ id, label, type });
  const exported = (job: object = {}, more: object = {}) => ({
    __version__: 0.1,
    name: 'copied',
    description: '',
    workflow_jobs: [
      {
        job_name: STRAIGHTEN.name,
        job_settings: { angle: 1 },
        input_ports: [port(1, 'page')],
        output_ports: [port(2, 'page')],
        ...job,
      },
    ],
    connections: [],
    ...more,
  });

  it('makes a workflow that is not valid, whose creator is the caller', async () => {
    const { url } = await server.validWorkflow(STRAIGHTEN, MERGE);
    const serialized = await server.shown(`${url}?export`);
    const { status, headers, json } = await server.post('/workflows/', { project: project(), serialized }, 'wil');
    expect([status, headers.location]).toEqual([201, json.url]);
    expect(json).toMatchObject({ name: 'flow', valid: false, creator: 'wil', project: project() });
    const again = await server.shown(`${json.url}?export`);
    expect(JSON.stringify(again).length).toBe(JSON.stringify(serialized).length);
    expect((await server.patch(json.url, { valid: true })).status).toBe(200);
  });

  it.each<[string, unknown, object]>([
    ['a text', 'x', { serialized: ['This field must be a JSON object.'] }],
    ['an array', [], { serialized: ['This field must be a JSON object.'] }],
    ['no version', {}, { serialized: ['Please provide the version of serialization format.'] }],
    ['another version', { __version__: 9 }, { serialized: ['Unsupported version of serialization format: 9'] }],
    [
      'an unknown job',
      exported({ job_name: 'nope' }),
      { serialized: { 'workflow_jobs[0].job_name': ['Job nope does not exist in current Rodan installation.'] } },
    ],
    [
      'an unknown type of an input port',
      exported({ input_ports: [port(1, 'page'), port(3, 'T')] }),
      {
        serialized: {
          'workflow_jobs[0].input_ports[1].type': [
            `InputPortType T of Job ${STRAIGHTEN.name} does not exist in current Rodan installation.`,
          ],
        },
      },
    ],
    [
      'an unknown type of an output port',
      exported({ output_ports: [port(3, 'T')] }),
      {
        serialized: {
          'workflow_jobs[0].output_ports[0].type': [
            `OutputPortType T of Job ${STRAIGHTEN.name} does not exist in current Rodan installation.`,
          ],
        },
      },
    ],
    [
      'an input port id twice',
      exported({ input_ports: [port(1, 'page'), port(1, 'page')] }),
      { serialized: { 'workflow_jobs[0].input_ports[1].id': ['Duplicate InputPort ID found.'] } },
    ],
    [
      'a connection to nothing',
      exported({}, { connections: [{ output_port: 2, input_port: 7 }] }),
      { serialized: { 'connections[0].input_port': ['Referencing an invalid InputPort ID.'] } },
    ],
    [
      'a connection from nothing',
      exported({}, { connections: [{ output_port: 7, input_port: 1 }] }),
      { serialized: { 'connections[0].output_port': ['Referencing an invalid OutputPort ID.'] } },
    ],
    [
      'bad settings',
      exported({ job_settings: { angle: 'x' } }),
      { serialized: { 'workflow_jobs[0].job_settings': [expect.stringMatching(/^Job settings is invalid: ./)] } },
    ],
  ])('with %s is refused', async (_what, serialized, errors) => {
    const before = (await server.shown('/workflows/')).count;
    expect(await refused('/workflows/', { project: project(), serialized })).toEqual(errors);
    expect((await server.shown('/workflows/')).count).toBe(before);
  });

  it('the project is missing or bad as usual', async () => {
    expect(await refused('/workflows/', { serialized: exported() })).toEqual({ project: ['This field is required.'] });
    expect(await refused('/workflows/', { serialized: exported(), project: 'x' })).toEqual({
      project: ['Invalid hyperlink - No URL match.'],
    });
  });

  it.each<[string, unknown]>([
    ['nothing inside', { __version__: 0.1 }],
    ['members of wrong types', { __version__: 0.1, name: 5, description: [], workflow_jobs: 'x', connections: {} }],
    ['elements of wrong types', { __version__: 0.1, name: 'n', workflow_jobs: [null, 5, []], connections: ['x'] }],
    ['ports of wrong types', exported({ input_ports: [null, { id: {}, label: [], type: 5 }], output_ports: 'x' })],
    ['a name too long', exported({}, { name: 'x'.repeat(1000) })],
    [
      'names of Object.prototype',
      exported({}, { connections: [{ output_port: '__proto__', input_port: 'toString' }] }),
    ],
  ])('with %s is never an error of the server', async (_what, serialized) => {
    const before = (await server.shown('/workflows/')).count;
    const { status } = await server.post('/workflows/', { project: project(), serialized });
    expect([201, 400]).toContain(status);
    expect((await server.shown('/workflows/')).count).toBe(status === 201 ? before + 1 : before);
  });
});
