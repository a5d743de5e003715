import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../graphql/agent.js';
import { PartsWorld, type Chain, type Word } from './parts-world.js';

let world: PartsWorld;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const ROUNDS = 6;
const NOWHERE = 'Invalid hyperlink - Object does not exist.';

/** Whether somebody succeeded; a refusal is an answer, too, but no internal error. */
async function tried(caller: Caller, document: string, variables: object): Promise<boolean> {
  const { errors } = await caller.send(document, variables);
  expect(errors?.map(({ extensions }) => extensions['code']) ?? []).not.toContain('INTERNAL_SERVER_ERROR');
  return errors === undefined;
}

const VALIDATE = 'mutation ($uuid: String!) { rodanUpdateWorkflow(uuid: $uuid, input: { valid: true }) { uuid } }';
const deleting = (word: Word): string => `mutation ($uuid: String!) { rodanDelete${word}(uuid: $uuid) }`;

/** Whether a workflow would be found valid as it is. */
async function wouldBeValid(uuid: string): Promise<boolean> {
  const document =
    'mutation ($uuid: String!) { rodanUpdateWorkflow(uuid: $uuid, input: { valid: true }, check: ALL) { uuid } }';
  return (await world.mia.send(document, { uuid })).errors === undefined;
}

/** A mutation that changes a workflow, with its variables. */
type Change = (chain: Chain) => readonly [document: string, variables: object];

describe('a workflow that is validated while it is changed is not valid unless it would be', () => {
  it.each<[string, Change]>([
    ['a port is deleted', (chain: Chain) => [deleting('InputPort'), { uuid: chain.twoIn }]],
    ['a workflow job is deleted', (chain: Chain) => [deleting('WorkflowJob'), { uuid: chain.two }]],
    ['a connection is deleted', (chain: Chain) => [deleting('Connection'), { uuid: chain.wire }]],
    [
      'a cycle is made',
      (chain: Chain) => [
        'mutation ($input: RodanConnectionInput!) { rodanCreateConnection(input: $input) { uuid } }',
        { input: { inputPort: chain.oneIn, outputPort: chain.twoOut } },
      ],
    ],
    [
      'settings are changed',
      (chain: Chain) => [
        'mutation ($uuid: String!) { rodanUpdateWorkflowJob(uuid: $uuid, input: { settings: { angle: "x" } }) { uuid } }',
        { uuid: chain.one },
      ],
    ],
  ])('when %s', async (_title, change) => {
    for (let round = 0; round < ROUNDS; round++) {
      const chain = await world.chain();
      const [document, variables] = change(chain);
      const both = [
        tried(world.mia, VALIDATE, { uuid: chain.workflow }),
        tried(world.wil, document, variables),
        tried(world.ada, VALIDATE, { uuid: chain.workflow }),
      ];
      const outcome = await Promise.all(round % 2 === 0 ? both : both.toReversed());
      expect(outcome[1]).toBe(true);
      const isSound = !(await world.isValid(chain.workflow)) || (await wouldBeValid(chain.workflow));
      expect(isSound).toBe(true);
    }
  });

  it('when a workflow job is moved to another one, in both directions at once', async () => {
    const move =
      'mutation ($uuid: String!, $workflow: RodanReference!) { rodanUpdateWorkflowJob(uuid: $uuid, input: { workflow: $workflow }) { uuid } }';
    for (let round = 0; round < ROUNDS; round++) {
      const [a, b] = [await world.chain(), await world.chain()];
      const moves = [
        tried(world.mia, move, { uuid: a.two, workflow: b.workflow }),
        tried(world.wil, move, { uuid: b.two, workflow: a.workflow }),
        tried(world.ada, VALIDATE, { uuid: a.workflow }),
        tried(world.root, VALIDATE, { uuid: b.workflow }),
      ];
      expect((await Promise.all(moves)).slice(0, 2)).toEqual([true, true]);
      expect([await world.isValid(a.workflow), await world.isValid(b.workflow)]).toEqual([false, false]);
    }
  });
});

describe('a project that is deleted while somebody works in it', () => {
  it('is gone with all that was made meanwhile', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const project = await world.create('Project', { name: 'brief' });
      const { workflow, one } = await world.chain({ project });
      const { inputTypes, uuid: job } = world.straighten;
      const create = (word: string, input: object): Promise<boolean> =>
        tried(world.mia, `mutation ($input: Rodan${word}Input!) { rodanCreate${word}(input: $input) { uuid } }`, {
          input,
        });
      const work = [
        create('Workflow', { project, name: 'late' }),
        create('WorkflowJob', { workflow, job }),
        create('InputPort', { workflowJob: one, inputPortType: inputTypes['page'] }),
        tried(world.root, deleting('Project'), { uuid: project }),
        tried(world.mia, deleting('Workflow'), { uuid: workflow }),
        create('WorkflowJobGroup', { name: 'late', workflowJobs: [one] }),
      ];
      const outcome = await Promise.all(work);
      expect(outcome[3]).toBe(true);
      expect(await world.rows('rodan_workflow', `project_uuid = '${project}'`)).toBe(0);
      expect(await world.rows('rodan_workflow_job', `workflow_uuid = '${workflow}'`)).toBe(0);
    }
  });
});

describe('a link to what is deleted meanwhile', () => {
  it('leads to an object that does not exist', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const project = await world.create('Project', { name: 'brief' });
      const { workflow, one } = await world.chain({ project });
      const { inputTypes, uuid: job } = world.straighten;
      const create = async (word: Word, input: object): Promise<unknown> => {
        const document = `mutation ($input: Rodan${word}Input!) { rodanCreate${word}(input: $input) { uuid } }`;
        const { errors } = await world.mia.send(document, { input });
        return errors?.map(({ extensions: { code, errors: faults } }) => ({ code, faults }));
      };
      const gone = (faults: object): unknown => [undefined, [{ code: 'INVALID', faults }]];
      const deleted = tried(world.root, deleting('Project'), { uuid: project });
      const outcome = await Promise.all([
        create('Workflow', { project, name: 'late' }),
        create('WorkflowJob', { workflow, job }),
        create('InputPort', { workflowJob: one, inputPortType: inputTypes['page'] }),
        create('WorkflowJobGroup', { name: 'late', workflowJobs: [one] }),
      ]);
      expect(await deleted).toBe(true);
      expect(gone({ project: [NOWHERE] })).toContainEqual(outcome[0]);
      expect(gone({ workflow: [NOWHERE] })).toContainEqual(outcome[1]);
      expect(gone({ workflow_job: [NOWHERE] })).toContainEqual(outcome[2]);
      expect(gone({ workflow_jobs: { 0: [NOWHERE] } })).toContainEqual(outcome[3]);
    }
  });
});

describe('a resource that is deleted while it is put into a list', () => {
  it('is in no list then', async () => {
    const png = await world.data.resourceType('image/png');
    for (let round = 0; round < ROUNDS; round++) {
      const [kept, gone] = [
        await world.data.resource(world.project, png),
        await world.data.resource(world.project, png),
      ];
      await Promise.all([
        tried(
          world.mia,
          'mutation ($input: RodanResourceListInput!) { rodanCreateResourceList(input: $input) { uuid } }',
          { input: { resources: [kept, gone] } },
        ),
        tried(world.wil, deleting('Resource'), { uuid: gone }),
      ]);
      expect(await world.rows('rodan_resource_list_item', `resource_uuid = '${gone}'`)).toBe(0);
      expect(await world.read('resource', gone, 'uuid')).toBeNull();
    }
  });
});
