import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOWHERE, PartsWorld } from './parts-world.js';

let world: PartsWorld;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const link = (kind: string, uuid: string): string => `/${kind}/${uuid}/`;

describe('rodanCreateWorkflowJob', () => {
  it('has the name and the settings of its job, where none are given; the workflow turns invalid', async () => {
    const { workflow } = await world.chain();
    await world.markValid(workflow);
    const input = { workflow: link('workflow', workflow), job: link('job', world.straighten.uuid) };
    const uuid = await world.create('WorkflowJob', input, world.wil);
    expect(await world.read('workflowJob', uuid, 'name settings workflowUuid jobUuid groupUuid')).toEqual({
      name: 'straighten',
      settings: { angle: 2 },
      workflowUuid: workflow,
      jobUuid: world.straighten.uuid,
      groupUuid: null,
    });
    expect(await world.isValid(workflow)).toBe(false);
  });

  it.each([{}, [], 'x', 7, false, { a: { b: [1.5, 'ü😀\0'] } }])(
    'takes the settings %j as they are',
    async (settings) => {
      const { workflow } = await world.chain();
      const uuid = await world.create('WorkflowJob', { workflow, job: world.straighten.uuid, settings, name: ' n ' });
      expect(await world.read('workflowJob', uuid, 'settings name')).toEqual({ settings, name: 'n' });
    },
  );

  it('is called after the whole name of a job without a dot', async () => {
    const { workflow } = await world.chain();
    const { uuid: job } = await world.data.job('edit');
    for (const name of ['', null, undefined]) {
      const uuid = await world.create('WorkflowJob', { workflow, job, name });
      expect(await world.read('workflowJob', uuid, 'name settings')).toEqual({ name: 'edit', settings: {} });
    }
  });

  it('says everything that is wrong at once', async () => {
    expect(await world.faults('WorkflowJob', {})).toEqual({
      workflow: ['This field is required.'],
      job: ['This field is required.'],
    });
    const { workflow } = await world.chain({ project: world.foreign });
    const input = { workflow, job: link('job', NOWHERE), settings: null, name: 'x'.repeat(256) };
    expect(await world.faults('WorkflowJob', input)).toEqual({
      workflow: ['You have no permissions to it.'],
      job: ['Invalid hyperlink - Object does not exist.'],
      job_settings: ['This field may not be null.'],
      name: ['Ensure this field has no more than 255 characters.'],
    });
    expect(await world.faults('WorkflowJob', { workflow: null, job: link('workflow', workflow) })).toEqual({
      workflow: ['This field may not be null.'],
      job: ['Invalid hyperlink - Incorrect URL match.'],
    });
  });
});

describe('a valid workflow stays valid', () => {
  it.each([
    ['of a workflow job changes the name', 'WorkflowJob', { name: 'x' }],
    [
      'of a workflow job the same settings are sent in another order',
      'WorkflowJob',
      { settings: { b: [1, { d: 1, c: 2 }], a: 1 } },
    ],
    ['of a port changes the label', 'InputPort', { label: 'x' }],
  ] as const)('when %s', async (_title, word, input) => {
    const { workflow, one, oneIn } = await world.chain();
    await world.update('WorkflowJob', one, { settings: { a: 1, b: [1, { c: 2, d: 1 }] } });
    await world.markValid(workflow);
    await world.update(word, word === 'InputPort' ? oneIn : one, input);
    expect(await world.isValid(workflow)).toBe(true);
  });

  it('when everything is sent again as it is', async () => {
    const { workflow, one, oneIn, oneOut, twoIn, wire } = await world.chain();
    await world.markValid(workflow);
    const { uuid: job, inputTypes, outputTypes } = world.straighten;
    await world.update('WorkflowJob', one, { workflow, job, settings: {}, name: 'straighten' });
    await world.update('InputPort', oneIn, { workflowJob: one, inputPortType: inputTypes['page'], label: 'page' });
    await world.update('OutputPort', oneOut, { workflowJob: one, outputPortType: outputTypes['page'] });
    await world.update('Connection', wire, { inputPort: twoIn, outputPort: oneOut });
    expect(await world.isValid(workflow)).toBe(true);
  });

  it('when its workflow jobs are grouped and freed', async () => {
    const { workflow, one, two } = await world.chain();
    await world.markValid(workflow);
    const group = await world.create('WorkflowJobGroup', { name: 'g', workflowJobs: [one, two] });
    await world.update('WorkflowJobGroup', group, { workflowJobs: [one] });
    await world.delete('WorkflowJobGroup', group);
    expect(await world.isValid(workflow)).toBe(true);
  });
});

describe('a valid workflow turns invalid', () => {
  it.each([
    ['of a workflow job changes the job', 'WorkflowJob', 'one', () => ({ job: OTHER.uuid })],
    ['of a workflow job change the settings', 'WorkflowJob', 'one', () => ({ settings: { angle: 1 } })],
    ['of a port changes the type', 'InputPort', 'oneIn', () => ({ inputPortType: OTHER.inputTypes['page'] })],
    ['an output port changes the type', 'OutputPort', 'oneOut', () => ({ outputPortType: OTHER.outputTypes['page'] })],
  ] as const)('when %s', async (_title, word, part, input) => {
    const chain = await world.chain();
    await world.markValid(chain.workflow);
    const { updatedAt } = await world.read('workflow', chain.workflow, 'updatedAt');
    await world.update(word, chain[part], input());
    const workflow = await world.read('workflow', chain.workflow, 'valid updatedAt');
    expect(workflow.valid).toBe(false);
    expect(workflow.updatedAt > updatedAt).toBe(true);
  });

  it.each([
    ['a workflow job', 'WorkflowJob', 'two'],
    ['an input port', 'InputPort', 'oneIn'],
    ['an output port', 'OutputPort', 'twoOut'],
    ['a connection', 'Connection', 'wire'],
  ] as const)('when %s is deleted', async (_title, word, part) => {
    const chain = await world.chain();
    await world.markValid(chain.workflow);
    await world.delete(word, chain[part], world.ada);
    expect(await world.isValid(chain.workflow)).toBe(false);
  });

  it('when a port or a connection is added', async () => {
    const { workflow, one, oneOut, oneIn } = await world.chain();
    const { inputTypes, outputTypes } = world.straighten;
    const added = [
      ['InputPort', { workflowJob: one, inputPortType: inputTypes['page'] }],
      ['OutputPort', { workflowJob: one, outputPortType: outputTypes['page'] }],
      ['Connection', { inputPort: oneIn, outputPort: oneOut }],
    ] as const;
    for (const [word, input] of added) {
      await world.markValid(workflow);
      await world.create(word, input);
      expect(await world.isValid(workflow)).toBe(false);
    }
  });

  it('when a connection is rewired', async () => {
    const { workflow, wire, oneIn } = await world.chain();
    await world.markValid(workflow);
    await world.update('Connection', wire, { inputPort: oneIn });
    expect(await world.isValid(workflow)).toBe(false);
    expect((await world.read('connection', wire, 'inputPortUuid')).inputPortUuid).toBe(oneIn);
  });

  it('with another one when a workflow job is moved there, whose connections with those that stay go', async () => {
    const from = await world.chain();
    const to = await world.chain();
    await world.markValid(from.workflow, to.workflow);
    await world.update('WorkflowJob', from.two, { workflow: to.workflow });
    expect([await world.isValid(from.workflow), await world.isValid(to.workflow)]).toEqual([false, false]);
    expect(await world.read('connection', from.wire, 'uuid')).toBeNull();
    expect(await world.read('workflowJob', from.two, 'workflowUuid inputPorts { uuid }')).toEqual({
      workflowUuid: to.workflow,
      inputPorts: [{ uuid: from.twoIn }],
    });
    expect(await world.read('connection', to.wire, 'uuid')).not.toBeNull();
  });

  it('with another one when a port is moved there', async () => {
    const from = await world.chain();
    const to = await world.chain();
    await world.markValid(from.workflow, to.workflow);
    await world.update('InputPort', from.twoIn, { workflowJob: to.one });
    expect([await world.isValid(from.workflow), await world.isValid(to.workflow)]).toEqual([false, false]);
    expect(await world.read('connection', from.wire, 'uuid')).toBeNull();
    const within = await world.chain();
    await world.markValid(within.workflow);
    await world.update('InputPort', within.twoIn, { workflowJob: within.one });
    expect(await world.isValid(within.workflow)).toBe(false);
    expect(await world.read('connection', within.wire, 'uuid')).not.toBeNull();
  });

  let OTHER: Awaited<ReturnType<PartsWorld['data']['job']>>;
  beforeAll(async () => {
    OTHER = await world.data.job('acme.other', { inputs: { page: {} }, outputs: { page: {} } });
  });
});

describe('ports', () => {
  it('without a label have the name of their type', async () => {
    const { one } = await world.chain();
    const inputPortType = link('inputporttype', world.straighten.inputTypes['page']!);
    for (const label of ['', ' ', null, undefined]) {
      const uuid = await world.create('InputPort', { workflowJob: link('workflowjob', one), inputPortType, label });
      expect(await world.read('inputPort', uuid, 'label extern')).toEqual({ label: 'page', extern: false });
    }
    const named = await world.create('InputPort', { workflowJob: one, inputPortType, label: ' scan ' });
    expect((await world.read('inputPort', named, 'label')).label).toBe('scan');
    await world.update('InputPort', named, { label: '' });
    expect((await world.read('inputPort', named, 'label')).label).toBe('page');
  });

  it.each([
    ['InputPort', 'input_port_type', 'inputPortType', 'outputporttype'],
    ['OutputPort', 'output_port_type', 'outputPortType', 'inputporttype'],
  ] as const)('of the kind %s need a workflow job and a type', async (word, field, member, other) => {
    expect(await world.faults(word, {})).toEqual({
      workflow_job: ['This field is required.'],
      [field]: ['This field is required.'],
    });
    const input = { workflowJob: link('workflowjob', NOWHERE), [member]: link(other, NOWHERE), label: 'x'.repeat(256) };
    expect(await world.faults(word, input)).toEqual({
      workflow_job: ['Invalid hyperlink - Object does not exist.'],
      [field]: ['Invalid hyperlink - Incorrect URL match.'],
      label: ['Ensure this field has no more than 255 characters.'],
    });
  });
});

describe('connections', () => {
  it('need both ports, of one workflow', async () => {
    expect(await world.faults('Connection', {})).toEqual({
      input_port: ['This field is required.'],
      output_port: ['This field is required.'],
    });
    const [a, b] = [await world.chain(), await world.chain()];
    const apart = { non_field_errors: ['The InputPort is not in the same workflow as the OutputPort.'] };
    await world.markValid(a.workflow, b.workflow);
    expect(await world.faults('Connection', { inputPort: a.oneIn, outputPort: b.oneOut })).toEqual(apart);
    expect(await world.faultsOfUpdate('Connection', a.wire, { inputPort: b.oneIn })).toEqual(apart);
    expect(await world.faultsOfUpdate('Connection', a.wire, { inputPort: null })).toEqual({
      input_port: ['This field may not be null.'],
    });
    expect([await world.isValid(a.workflow), await world.isValid(b.workflow)]).toEqual([true, true]);
  });

  it('may be moved to another workflow as a whole', async () => {
    const [a, b] = [await world.chain(), await world.chain()];
    await world.markValid(a.workflow, b.workflow);
    await world.update('Connection', a.wire, { inputPort: b.oneIn, outputPort: b.oneOut });
    expect([await world.isValid(a.workflow), await world.isValid(b.workflow)]).toEqual([false, false]);
  });

  it('cannot be made with a port of a project that the caller may not see', async () => {
    const [own, foreign] = [await world.chain(), await world.chain({ project: world.foreign })];
    expect(await world.faults('Connection', { inputPort: foreign.oneIn, outputPort: own.oneOut })).toEqual({
      input_port: ['You have no permissions to it.'],
    });
  });
});

describe('parts of a workflow', () => {
  it.each([
    ['WorkflowJob', 'one'],
    ['InputPort', 'oneIn'],
    ['OutputPort', 'oneOut'],
    ['Connection', 'wire'],
  ] as const)('of the kind %s are not there for who may not see the project', async (word, part) => {
    const chain = await world.chain({ project: world.foreign });
    await world.markValid(chain.workflow);
    const missing = { code: 'NOT_FOUND', message: 'Not found.' };
    expect(await world.refusedUpdate(word, chain[part], {})).toMatchObject(missing);
    expect(await world.refusedDelete(word, chain[part])).toMatchObject(missing);
    expect(await world.refusedDelete(word, NOWHERE)).toMatchObject(missing);
    expect(await world.refusedDelete(word, chain[part], world.anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.isValid(chain.workflow)).toBe(true);
    await world.delete(word, chain[part], world.root);
    expect(await world.isValid(chain.workflow)).toBe(false);
  });
});
