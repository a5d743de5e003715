import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NOWHERE, PartsWorld } from './parts-world.js';

let world: PartsWorld;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const FIELDS = 'name description workflowUuid originUuid workflowJobs { uuid }';
const IT = 'To modify this field, you should first remove it from the group.';
const ITS_JOB = 'To modify this field, you should first remove its workflow job from the group.';
const ONE_OF = 'To modify this field, you should first remove one of its related workflow jobs from the group.';

describe('rodanCreateWorkflowJobGroup', () => {
  it('groups workflow jobs of one workflow', async () => {
    const { workflow, one, two } = await world.chain();
    const workflowJobs = [`/workflowjob/${two}/`, one, one];
    const uuid = await world.create('WorkflowJobGroup', { name: 'pair', workflowJobs });
    expect(await world.read('workflowJobGroup', uuid, FIELDS)).toEqual({
      name: 'pair',
      description: null,
      workflowUuid: workflow,
      originUuid: null,
      workflowJobs: [{ uuid: one }, { uuid: two }],
    });
    expect((await world.read('workflowJob', one, 'groupUuid')).groupUuid).toBe(uuid);
  });

  it('takes them out of the groups that they were in', async () => {
    const { one, two } = await world.chain();
    const first = await world.create('WorkflowJobGroup', { name: 'a', workflowJobs: [one, two] });
    const second = await world.create('WorkflowJobGroup', { name: 'b', workflowJobs: [two] });
    expect((await world.read('workflowJobGroup', first, FIELDS)).workflowJobs).toEqual([{ uuid: one }]);
    expect((await world.read('workflowJobGroup', second, FIELDS)).workflowJobs).toEqual([{ uuid: two }]);
  });

  it('says what is wrong', async () => {
    const [a, b] = [await world.chain(), await world.chain()];
    const foreign = await world.chain({ project: world.foreign });
    const faults = (input: object): Promise<unknown> => world.faults('WorkflowJobGroup', input);
    expect(await faults({})).toEqual({
      name: ['This field is required.'],
      workflow_jobs: ['This field is required.'],
    });
    expect(await faults({ name: 'x', workflowJobs: null })).toEqual({ workflow_jobs: ['This field may not be null.'] });
    expect(await faults({ name: 'x'.repeat(101), workflowJobs: [] })).toEqual({
      name: ['Ensure this field has no more than 100 characters.'],
      workflow_jobs: ['Empty WorkflowJobGroup is not allowed.'],
    });
    expect(await faults({ name: 'x', workflowJobs: [a.one, b.one] })).toEqual({
      workflow_jobs: ['All WorkflowJobs should belong to the same Workflow.'],
    });
    expect(await faults({ name: 'x', workflowJobs: [a.one, null, NOWHERE, foreign.one, 7, `/job/${a.one}/`] })).toEqual(
      {
        workflow_jobs: {
          1: ['Incorrect type. Expected URL string, received NoneType.'],
          2: ['Invalid hyperlink - Object does not exist.'],
          3: ['You have no permissions to it.'],
          4: ['Incorrect type. Expected URL string, received int.'],
          5: ['Invalid hyperlink - Incorrect URL match.'],
        },
      },
    );
  });

  it('copies a valid workflow into another as a group', async () => {
    const from = await world.chain({ name: 'x'.repeat(90) });
    const to = await world.chain();
    await world.update('WorkflowJob', from.one, { name: 'first', settings: { angle: 5 } });
    await world.markValid(from.workflow, to.workflow);
    const uuid = await world.create('WorkflowJobGroup', { origin: from.workflow, workflow: to.workflow });
    const group = await world.read(
      'workflowJobGroup',
      uuid,
      'name originUuid workflowUuid workflowJobs { name settings }',
    );
    expect(group).toEqual({
      name: `From Workflow ${'x'.repeat(80)}`,
      originUuid: from.workflow,
      workflowUuid: to.workflow,
      workflowJobs: [
        { name: 'first', settings: { angle: 5 } },
        { name: 'straighten', settings: {} },
      ],
    });
    expect([await world.isValid(from.workflow), await world.isValid(to.workflow)]).toEqual([true, false]);
    const { workflowJobs, connections } = await world.read(
      'workflow',
      to.workflow,
      'workflowJobs { uuid } connections { uuid }',
    );
    expect([workflowJobs.length, connections.length]).toEqual([4, 2]);
  });

  it('copies no workflow that is not valid, and needs to be told where to', async () => {
    const { workflow } = await world.chain();
    expect(await world.faults('WorkflowJobGroup', { origin: workflow })).toEqual({
      origin: ['Origin workflow must be valid.'],
      workflow: ['This field is required.'],
    });
    expect(await world.faults('WorkflowJobGroup', { origin: `/project/${world.project}/`, workflow: null })).toEqual({
      origin: ['Invalid hyperlink - Incorrect URL match.'],
      workflow: ['This field may not be null.'],
    });
  });
});

describe('what is in a group', () => {
  it('is frozen but for the settings of its jobs', async () => {
    const { workflow, one, two, oneIn, oneOut, twoIn, wire } = await world.chain();
    await world.create('WorkflowJobGroup', { name: 'g', workflowJobs: [one, two] });
    const { uuid: job, inputTypes, outputTypes } = world.straighten;
    const jobInput = { workflow, job, name: 'x' };
    expect(await world.faultsOfUpdate('WorkflowJob', one, { ...jobInput, settings: { angle: 9 } })).toEqual({
      workflow: [IT],
      job: [IT],
      name: [IT],
    });
    expect(await world.faultsOfUpdate('InputPort', oneIn, { label: 'x', inputPortType: inputTypes['page'] })).toEqual({
      label: [ITS_JOB],
      input_port_type: [ITS_JOB],
    });
    expect(
      await world.faultsOfUpdate('OutputPort', oneOut, { workflowJob: two, outputPortType: outputTypes['page'] }),
    ).toEqual({
      workflow_job: [ITS_JOB],
      output_port_type: [ITS_JOB],
    });
    expect(await world.faultsOfUpdate('Connection', wire, { inputPort: twoIn, outputPort: oneOut })).toEqual({
      input_port: [ONE_OF],
      output_port: [ONE_OF],
    });
    await world.update('WorkflowJob', one, { settings: { angle: 9 } });
    for (const [word, uuid] of [
      ['WorkflowJob', one],
      ['InputPort', oneIn],
      ['OutputPort', oneOut],
      ['Connection', wire],
    ] as const) {
      await world.update(word, uuid, {});
    }
    expect(await world.read('workflowJob', one, 'name settings')).toEqual({
      name: 'straighten',
      settings: { angle: 9 },
    });
  });

  it('has its fields checked first', async () => {
    const { one } = await world.chain();
    await world.create('WorkflowJobGroup', { name: 'g', workflowJobs: [one] });
    expect(await world.faultsOfUpdate('WorkflowJob', one, { job: 7, name: 'x' })).toEqual({
      job: ['Incorrect type. Expected URL string, received int.'],
    });
  });

  it('cannot be deleted', async () => {
    const { one, two, oneIn, oneOut, wire } = await world.chain();
    const group = await world.create('WorkflowJobGroup', { name: 'g', workflowJobs: [one, two] });
    const refusals = [
      ['WorkflowJob', one, 'To delete this workflowjob, you should first remove it from the group.'],
      ['InputPort', oneIn, 'To delete this input port, you should first remove its workflow job from the group.'],
      ['OutputPort', oneOut, 'To delete this output port, you should first remove its workflow job from the group.'],
      [
        'Connection',
        wire,
        'To delete this connection, you should first remove one of its related workflow jobs from the group.',
      ],
    ] as const;
    for (const [word, uuid, message] of refusals) {
      const refusal = await world.refusedDelete(word, uuid);
      expect(refusal).toMatchObject({ code: 'INVALID', message });
      expect(refusal.errors).toBeUndefined();
    }
    await world.delete('WorkflowJobGroup', group);
    expect((await world.read('workflowJob', one, 'groupUuid')).groupUuid).toBeNull();
    for (const [word, uuid] of refusals.toReversed()) await world.delete(word, uuid);
  });

  it('may be connected with what is outside, and that changed', async () => {
    const { workflow, one, two, wire } = await world.chain();
    await world.create('WorkflowJobGroup', { name: 'g', workflowJobs: [one] });
    await world.create('WorkflowJobGroup', { name: 'h', workflowJobs: [two] });
    await world.markValid(workflow);
    await world.delete('Connection', wire);
    expect(await world.isValid(workflow)).toBe(false);
  });
});

describe('rodanUpdateWorkflowJobGroup', () => {
  it('changes what is given; new members replace the old ones', async () => {
    const { one, two } = await world.chain();
    const uuid = await world.create('WorkflowJobGroup', { name: 'a', description: 'd', workflowJobs: [one] });
    await world.update('WorkflowJobGroup', uuid, { name: 'b' });
    await world.update('WorkflowJobGroup', uuid, { workflowJobs: [two] });
    expect(await world.read('workflowJobGroup', uuid, FIELDS)).toMatchObject({
      name: 'b',
      description: 'd',
      workflowJobs: [{ uuid: two }],
    });
    expect((await world.read('workflowJob', one, 'groupUuid')).groupUuid).toBeNull();
  });

  it.each([
    [{ workflowJobs: [] }, { workflow_jobs: ['Empty WorkflowJobGroup is not allowed.'] }],
    [
      { workflowJobs: null, name: null },
      { workflow_jobs: ['This field may not be null.'], name: ['This field may not be null.'] },
    ],
  ])('refuses %j', async (input, errors) => {
    const { one } = await world.chain();
    const uuid = await world.create('WorkflowJobGroup', { name: 'a', workflowJobs: [one] });
    expect(await world.faultsOfUpdate('WorkflowJobGroup', uuid, input)).toEqual(errors);
    expect((await world.read('workflowJobGroup', uuid, FIELDS)).workflowJobs).toEqual([{ uuid: one }]);
  });

  it('is for members of the project', async () => {
    const { workflow, one } = await world.chain({ project: world.foreign });
    const group = await world.data.group(workflow, [one]);
    expect(await world.refusedUpdate('WorkflowJobGroup', group, {})).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedDelete('WorkflowJobGroup', group)).toMatchObject({ code: 'NOT_FOUND' });
  });
});
