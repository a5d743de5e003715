import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, answerOf, first, RodanServer, type Step } from './writes-support.js';
import { EDIT, MERGE, STRAIGHTEN, uuid } from './writes-world.js';

let server: RodanServer;
let workflow: string;
beforeAll(async () => {
  server = await RodanServer.start();
  workflow = await server.workflow();
});
afterAll(() => server.close());

const REQUIRED = ['This field is required.'];
const NO_MATCH = ['Invalid hyperlink - No URL match.'];
const OTHER_MATCH = ['Invalid hyperlink - Incorrect URL match.'];
const NOT_THERE = ['Invalid hyperlink - Object does not exist.'];

describe('workflow jobs', () => {
  it('get the defaults of the job: settings from its schema, the name behind the last dot', async () => {
    const job = server.link('job', STRAIGHTEN.id);
    const { status, headers, json } = await server.post('/workflowjobs/', { workflow, job });
    expect([status, headers.location]).toEqual([201, json.url]);
    expect(json).toMatchObject({
      workflow,
      job,
      job_name: STRAIGHTEN.name,
      job_description: 'Straightens a page.',
      name: 'straighten',
      job_settings: { angle: 2 },
      group: null,
      input_ports: [],
      output_ports: [],
    });
    const edit = await server.make('/workflowjobs/', { workflow, job: server.link('job', EDIT.id) });
    expect([edit.name, edit.job_settings]).toEqual(['edit', {}]);
  });

  it('settings are any JSON but null, not validated here, and shown as they were sent', async () => {
    const { url } = await server.step(workflow, STRAIGHTEN, []);
    for (const settings of ['{"angle":1e400,"x":12345678901234567890}', '[]', '"x"', '0', 'false', '{"__proto__":1}']) {
      answered(200, await server.patch(url, `{"job_settings":${settings}}`));
      expect((await server.get(url)).text).toContain(`"job_settings":${settings}`);
    }
    expect(answerOf(await server.patch(url, { job_settings: null }))).toEqual([
      400,
      { job_settings: ['This field may not be null.'] },
    ]);
  });

  it.each<[string, object, object]>([
    ['nothing', {}, { workflow: REQUIRED, job: REQUIRED }],
    [
      'wrong types',
      { workflow: [], job: 1, name: {} },
      {
        workflow: ['Incorrect type. Expected URL string, received list.'],
        job: ['Incorrect type. Expected URL string, received int.'],
        name: ['Not a valid string.'],
      },
    ],
    [
      'wrong links',
      { workflow: '/workflows/', job: `/job/${uuid('a2', 99)}/` },
      {
        workflow: OTHER_MATCH,
        job: NOT_THERE,
      },
    ],
    [
      'a long name',
      { workflow: 'x', job: '/', name: 'x'.repeat(256) },
      {
        workflow: NO_MATCH,
        job: OTHER_MATCH,
        name: ['Ensure this field has no more than 255 characters.'],
      },
    ],
  ])('of %s are refused', async (_what, body, errors) => {
    expect(answerOf(await server.post('/workflowjobs/', body))).toEqual([400, errors]);
  });

  it('PUT wants workflow and job', async () => {
    const { url } = await server.step(workflow, STRAIGHTEN, []);
    expect(answerOf(await server.put(url, { name: 5 }))).toEqual([400, { workflow: REQUIRED, job: REQUIRED }]);
  });
});

describe('ports', () => {
  it('without label, or with an empty one, have the name of their type', async () => {
    const { url } = await server.step(workflow, MERGE, []);
    const type = server.link('inputporttype', MERGE.in.right);
    for (const label of [undefined, '', '  ']) {
      const port = await server.make('/inputports/', { workflow_job: url, input_port_type: type, label });
      expect(port).toMatchObject({ label: 'right', extern: false, connections: [], workflow_job: url });
    }
    const port = await server.make('/inputports/', {
      workflow_job: url,
      input_port_type: type,
      label: ' L ',
      extern: true,
    });
    expect([port.label, port.extern]).toEqual(['L', false]);
    expect((await server.patch(port.url, { label: 'M' })).json.label).toBe('M');
  });

  it.each(['input', 'output'])('of %s want a workflow job and a type', async (side) => {
    const path = `/${side}ports/`;
    const type = `${side}_port_type`;
    expect(answerOf(await server.post(path, {}))).toEqual([400, { workflow_job: REQUIRED, [type]: REQUIRED }]);
    const other = `/${side === 'input' ? 'output' : 'input'}porttype/${uuid('a3', 1)}/`;
    expect(answerOf(await server.post(path, { workflow_job: null, [type]: other, label: [] }))).toEqual([
      400,
      { workflow_job: ['This field may not be null.'], [type]: OTHER_MATCH, label: ['Not a valid string.'] },
    ]);
  });
});

describe('connections', () => {
  it('show both workflow jobs and the workflow', async () => {
    const [one, two] = [await server.step(workflow), await server.step(workflow)];
    const connection = await server.make('/connections/', { output_port: first(one.out), input_port: first(two.in) });
    expect(connection.output_workflow_job.url).toBe(one.url);
    expect(connection.input_workflow_job.url).toBe(two.url);
    expect(connection.workflow.url).toBe(workflow);
    expect((await server.shown(first(one.out))).connections).toEqual([connection.url]);
    expect(answerOf(await server.put(connection.url, {}))).toEqual([
      400,
      { input_port: REQUIRED, output_port: REQUIRED },
    ]);
  });

  it('need both ports, of the same workflow', async () => {
    expect(answerOf(await server.post('/connections/', {}))).toEqual([
      400,
      { input_port: REQUIRED, output_port: REQUIRED },
    ]);
    const [here, there] = [await server.step(workflow), await server.step(await server.workflow())];
    const fault = { non_field_errors: ['The InputPort is not in the same workflow as the OutputPort.'] };
    const body = { output_port: first(here.out), input_port: first(there.in) };
    expect(answerOf(await server.post('/connections/', body))).toEqual([400, fault]);
    const next = await server.step(workflow);
    const url = await server.connect(first(here.out), first(next.in));
    expect(answerOf(await server.patch(url, { input_port: first(there.in) }))).toEqual([400, fault]);
    const swapped = { output_port: first(next.in), input_port: first(here.out) };
    expect(answerOf(await server.post('/connections/', swapped))).toEqual([
      400,
      { output_port: OTHER_MATCH, input_port: OTHER_MATCH },
    ]);
  });

  it('go with their port, ports with their workflow job', async () => {
    const [one, two] = [await server.step(workflow), await server.step(workflow)];
    const connection = await server.connect(first(one.out), first(two.in));
    answered(204, await server.delete(first(two.in)));
    expect((await server.get(connection)).status).toBe(404);
    answered(204, await server.delete(one.url));
    for (const url of [first(one.out), first(one.in)]) expect((await server.get(url)).status).toBe(404);
  });
});

describe('groups of workflow jobs', () => {
  let one: Step;
  let two: Step;
  let outside: Step;
  let inner: string;
  let outer: string;
  let group: any;

  beforeAll(async () => {
    [one, two, outside] = [await server.step(workflow), await server.step(workflow), await server.step(workflow)];
    inner = await server.connect(first(one.out), first(two.in));
    outer = await server.connect(first(two.out), first(outside.in));
    group = await server.make('/workflowjobgroups/', { name: 'g', workflow_jobs: [one.url, two.url] });
  });

  it('show their workflow; their members show them', async () => {
    expect(group).toMatchObject({ name: 'g', description: null, workflow, origin: null });
    expect(group.workflow_jobs.toSorted()).toEqual([one.url, two.url].toSorted());
    expect((await server.shown(one.url)).group).toBe(group.url);
  });

  const LEAVE = (what: string) => [`To modify this field, you should first remove ${what} from the group.`];

  it('freeze each sent field of a workflow job except its settings', async () => {
    const body = { name: 'n', job: server.link('job', EDIT.id), workflow, job_settings: { angle: 5 } };
    expect(answerOf(await server.patch(one.url, body))).toEqual([
      400,
      { name: LEAVE('it'), job: LEAVE('it'), workflow: LEAVE('it') },
    ]);
    expect((await server.patch(one.url, { job_settings: { angle: 5 } })).json.job_settings).toEqual({ angle: 5 });
  });

  it('freeze ports, and connections inside of them', async () => {
    const text = LEAVE('its workflow job');
    expect(answerOf(await server.patch(first(one.in), { label: 'l' }))).toEqual([400, { label: text }]);
    expect(answerOf(await server.patch(first(one.out), { label: 'l' }))).toEqual([400, { label: text }]);
    expect(answerOf(await server.patch(inner, { input_port: first(two.in) }))).toEqual([
      400,
      { input_port: LEAVE('one of its related workflow jobs') },
    ]);
    expect((await server.patch(outer, { input_port: first(outside.in) })).status).toBe(200);
  });

  it('keep their members from being deleted', async () => {
    const detail = (what: string, leaving: string) => [
      400,
      { detail: `To delete this ${what}, you should first remove ${leaving} from the group.` },
    ];
    expect(answerOf(await server.delete(one.url))).toEqual(detail('workflowjob', 'it'));
    expect(answerOf(await server.delete(first(one.in)))).toEqual(detail('input port', 'its workflow job'));
    expect(answerOf(await server.delete(first(one.out)))).toEqual(detail('output port', 'its workflow job'));
    expect(answerOf(await server.delete(inner))).toEqual(detail('connection', 'one of its related workflow jobs'));
  });

  it.each<[string, () => object, object]>([
    [
      'without jobs',
      () => ({ name: 'g', workflow_jobs: [] }),
      { workflow_jobs: ['Empty WorkflowJobGroup is not allowed.'] },
    ],
    ['without name', () => ({ workflow_jobs: [outside.url] }), { name: REQUIRED }],
    [
      'of no list',
      () => ({ name: [], workflow_jobs: 'x' }),
      { name: ['Not a valid string.'], workflow_jobs: ['Expected a list of items but got type "str".'] },
    ],
    ['of nonsense', () => ({ name: 'g', workflow_jobs: ['x'] }), { workflow_jobs: { '0': NO_MATCH } }],
    [
      'of null',
      () => ({ name: 'g', workflow_jobs: [null] }),
      { workflow_jobs: { '0': ['Incorrect type. Expected URL string, received NoneType.'] } },
    ],
  ])('%s are refused', async (_what, body, errors) => {
    expect(answerOf(await server.post('/workflowjobgroups/', body()))).toEqual([400, errors]);
  });

  it('are of one workflow', async () => {
    const there = await server.step(await server.workflow(), STRAIGHTEN, []);
    const body = { name: 'g', workflow_jobs: [outside.url, there.url] };
    expect(answerOf(await server.post('/workflowjobgroups/', body))).toEqual([
      400,
      { workflow_jobs: ['All WorkflowJobs should belong to the same Workflow.'] },
    ]);
  });

  it('are copied from a valid workflow', async () => {
    const { url: origin } = await server.validWorkflow(STRAIGHTEN, MERGE);
    const target = await server.workflow('target');
    const copy = await server.make('/workflowjobgroups/', { origin, workflow: target });
    expect(copy).toMatchObject({ name: 'From Workflow flow', workflow: target, origin });
    expect(copy.workflow_jobs).toHaveLength(2);
    expect((await server.shown(target)).workflow_jobs).toHaveLength(2);
    expect(answerOf(await server.post('/workflowjobgroups/', { origin: target, workflow }))).toEqual([
      400,
      { origin: ['Origin workflow must be valid.'] },
    ]);
  });

  it('can be sent back as they were shown; what they were copied from stays', async () => {
    const { url: origin } = await server.validWorkflow(STRAIGHTEN, MERGE);
    const copy = await server.make('/workflowjobgroups/', { origin, workflow: await server.workflow('other') });
    const { json } = await server.put(copy.url, { ...copy, name: 'renamed' });
    expect(json).toMatchObject({ name: 'renamed', origin });
    expect((await server.patch(copy.url, { origin: null })).json).toMatchObject({ name: 'renamed', origin });
  });

  it('free their members when they are deleted', async () => {
    expect((await server.patch(group.url, { name: 'h', description: 'd' })).json).toMatchObject({
      name: 'h',
      description: 'd',
    });
    answered(204, await server.delete(group.url));
    expect((await server.shown(one.url)).group).toBeNull();
    answered(204, await server.delete(one.url));
  });
});
