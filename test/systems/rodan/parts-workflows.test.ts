import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOWHERE, PartsWorld, type Chain } from './parts-world.js';

let world: PartsWorld;
let chain: Chain;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const FIELDS = 'name description valid projectUuid creator { username }';
const link = (kind: string, uuid: string): string => `http://old.example/rodan/${kind}/${uuid}/`;

describe('rodanCreateWorkflow', () => {
  it('makes an empty workflow, which is not valid', async () => {
    const { project } = world;
    const uuid = await world.create('Workflow', { project: link('project', project), name: 'straighten' }, world.wil);
    expect(await world.read('workflow', uuid, FIELDS)).toEqual({
      name: 'straighten',
      description: null,
      valid: false,
      projectUuid: project,
      creator: { username: 'wil' },
    });
  });

  it('takes the UUID of the project, too, and `valid: false`', async () => {
    const { project } = world;
    const uuid = await world.create('Workflow', { project: project.toUpperCase(), name: 'x', valid: false });
    expect((await world.read('workflow', uuid, 'projectUuid')).projectUuid).toBe(project);
  });

  it('says everything that is wrong at once', async () => {
    expect(await world.faults('Workflow', {})).toEqual({
      project: ['This field is required.'],
      name: ['This field is required.'],
    });
    expect(await world.faults('Workflow', { project: 7, name: 'x'.repeat(101), valid: true })).toEqual({
      project: ['Incorrect type. Expected URL string, received int.'],
      name: ['Ensure this field has no more than 100 characters.'],
      valid: ["You can't create a valid workflow - it must be validated through a PATCH request."],
    });
  });

  it.each([
    [null, 'This field may not be null.'],
    ['', 'This field may not be null.'],
    [link('project', NOWHERE), 'Invalid hyperlink - Object does not exist.'],
    [link('workflow', NOWHERE), 'Invalid hyperlink - Incorrect URL match.'],
    ['/project/', 'Invalid hyperlink - No URL match.'],
    ['a\0', 'Invalid hyperlink - No URL match.'],
    [{ __proto__: null, a: 1 }, 'Incorrect type. Expected URL string, received dict.'],
    [[1], 'Incorrect type. Expected URL string, received list.'],
  ])('refuses the project %j', async (project, fault) => {
    expect(await world.faults('Workflow', { project, name: 'x' })).toEqual({ project: [fault] });
  });

  it('makes none in a project that the caller may not see', async () => {
    const input = { project: link('project', world.foreign), name: 'x' };
    expect(await world.faults('Workflow', input)).toEqual({ project: ['You have no permissions to it.'] });
    expect(await world.create('Workflow', input, world.root)).toBeTypeOf('string');
  });

  it('only checks when it is told to', async () => {
    const before = await world.rows('rodan_workflow');
    const input = { project: world.project, name: 'x' };
    expect(await world.checkCreate('Workflow', input, 'FIELDS')).toBeNull();
    expect(await world.checkCreate('Workflow', input, 'ALL')).toBeNull();
    const document = {
      __version__: 0.1,
      name: 'x',
      workflow_jobs: [{ job_name: 'nope', job_settings: {}, input_ports: [], output_ports: [] }],
      connections: [],
    };
    const imported = { project: world.project, serialized: document };
    expect(await world.checkCreate('Workflow', imported, 'FIELDS')).toBeNull();
    expect(await world.checkedFaults('Workflow', imported, 'ALL')).toMatchObject({ serialized: {} });
    expect(await world.rows('rodan_workflow')).toBe(before);
  });
});

describe('rodanUpdateWorkflow', () => {
  it('changes what is given and leaves it as valid as it was', async () => {
    chain = await world.chain();
    await world.markValid(chain.workflow);
    await world.update('Workflow', chain.workflow, { name: 'n', description: 'd' });
    expect(await world.read('workflow', chain.workflow, 'name description valid')).toEqual({
      name: 'n',
      description: 'd',
      valid: true,
    });
    await world.update('Workflow', chain.workflow, { description: null });
    expect(await world.read('workflow', chain.workflow, 'name description')).toEqual({ name: 'n', description: null });
  });

  it.each([
    [{ valid: false }, { valid: ['Cannot invalidate a Workflow.'] }],
    [{ valid: null }, { valid: ['This field may not be null.'] }],
    [{ name: '' }, { name: ['This field may not be blank.'] }],
    [{ name: null, valid: true }, { name: ['This field may not be null.'] }],
  ])('refuses %j', async (input, errors) => {
    const { workflow } = await world.chain();
    expect(await world.faultsOfUpdate('Workflow', workflow, input)).toEqual(errors);
    expect(await world.isValid(workflow)).toBe(false);
  });

  it('is for members of the project and superusers; others are not told of it', async () => {
    const { workflow } = await world.chain();
    for (const caller of [world.mia, world.ada, world.wil, world.root]) {
      await world.update('Workflow', workflow, { name: 'x' }, 'uuid', caller);
    }
    expect(await world.refusedUpdate('Workflow', workflow, { name: '' }, world.otto)).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await world.refusedUpdate('Workflow', workflow, {}, world.anonymous)).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await world.refusedUpdate('Workflow', NOWHERE, {})).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedUpdate('Workflow', 'a\0', {})).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('`valid: true`', () => {
  it('validates: ports without connection are then those of the workflow', async () => {
    const { workflow, oneIn, oneOut, twoIn, twoOut } = await world.chain();
    const ports = 'workflowInputPorts { uuid } workflowOutputPorts { uuid }';
    expect(await world.read('workflow', workflow, ports)).toEqual({ workflowInputPorts: [], workflowOutputPorts: [] });
    expect(await world.update('Workflow', workflow, { valid: true, name: 'checked' }, `valid name ${ports}`)).toEqual({
      valid: true,
      name: 'checked',
      workflowInputPorts: [{ uuid: oneIn }],
      workflowOutputPorts: [{ uuid: twoOut }],
    });
    const extern = async (field: string, uuid: string) => (await world.read(field, uuid, 'extern')).extern;
    expect(await extern('outputPort', oneOut)).toBe(false);
    expect(await extern('inputPort', twoIn)).toBe(false);
    expect(await extern('inputPort', oneIn)).toBe(true);
  });

  it('sets `extern` anew each time', async () => {
    const { workflow, twoIn, oneOut, wire, two, oneIn } = await world.chain();
    await world.update('Workflow', workflow, { valid: true });
    await world.delete('Connection', wire);
    await world.delete('WorkflowJob', two);
    await world.update('Workflow', workflow, { valid: true });
    expect((await world.read('outputPort', oneOut, 'extern')).extern).toBe(true);
    expect(await world.read('inputPort', twoIn, 'extern')).toBeNull();
    expect((await world.read('inputPort', oneIn, 'extern')).extern).toBe(true);
  });

  it('saves nothing when there is a fault, not even the name', async () => {
    const { workflow, one } = await world.chain({ name: 'before' });
    await world.update('WorkflowJob', one, { settings: { angle: 'steep' } });
    expect(await world.refusedUpdate('Workflow', workflow, { valid: true, name: 'after' })).toMatchObject({
      code: 'CONFLICT',
      errorCode: 'WFJ_INVALID_SETTINGS',
      details: ['The WorkflowJob acme.jobs.straighten has invalid settings.'],
      associatedObjects: { workflowjobs: [one] },
    });
    expect(await world.read('workflow', workflow, 'name valid')).toEqual({ name: 'before', valid: false });
  });

  it('says what the workflow lacks', async () => {
    const workflow = await world.create('Workflow', { project: world.project, name: 'empty' });
    expect(await world.refusedUpdate('Workflow', workflow, { valid: true })).toMatchObject({
      errorCode: 'WF_EMPTY',
      associatedObjects: {},
    });
    const job = await world.create('WorkflowJob', { workflow, job: world.straighten.uuid });
    expect(await world.refusedUpdate('Workflow', workflow, { valid: true })).toMatchObject({ errorCode: 'WFJ_NO_OP' });
    const type = world.straighten.outputTypes['page'];
    await world.create('OutputPort', { workflowJob: job, outputPortType: type });
    expect(await world.refusedUpdate('Workflow', workflow, { valid: true })).toMatchObject({
      errorCode: 'WFJ_TOO_FEW_IP',
      details: ['The WorkflowJob acme.jobs.straighten has too few InputPorts of type page.'],
      associatedObjects: { workflowjobs: [job], inputporttypes: [world.straighten.inputTypes['page']] },
    });
    await world.create('InputPort', { workflowJob: job, inputPortType: world.straighten.inputTypes['page'] });
    expect(await world.update('Workflow', workflow, { valid: true }, 'valid')).toEqual({ valid: true });
  });

  it('only checks when it is told to', async () => {
    const { workflow } = await world.chain();
    expect(await world.checkUpdate('Workflow', workflow, { valid: true }, 'ALL')).toBeNull();
    expect(await world.isValid(workflow)).toBe(false);
  });
});
