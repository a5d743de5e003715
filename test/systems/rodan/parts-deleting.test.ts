import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf } from '../../../src/core/changes/log.js';
import { Kind, PROJECT_KIND } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { NOWHERE, PartsWorld } from './parts-world.js';

let world: PartsWorld;
let png: string;

beforeAll(async () => {
  world = await PartsWorld.start();
  png = await world.data.resourceType('image/png');
});
afterAll(() => world.close());

/** A project of mia with something of everything in it. */
async function fullProject(): Promise<{ project: string; workflow: string; run: string; runJob: string }> {
  const { data } = world;
  const project = await world.create('Project', { name: 'full' });
  await world.mia.run(
    'mutation ($uuid: String!) { rodanSetProjectWorkers(uuid: $uuid, usernames: ["wil"]) { uuid } }',
    { uuid: project },
  );
  const { workflow, one, two } = await world.chain({ project });
  await world.markValid(workflow);
  await data.group(workflow, [one]);
  await world.create('WorkflowJobGroup', { origin: workflow, workflow });
  const input = await data.resource(project, png);
  const run = await data.run({ project, workflow });
  const runJob = await data.runJob(run, { workflowJob: two });
  await data.runJob(run, { workflowJob: two }, { rodan_status: 4 });
  const output = await data.output(runJob, 'page');
  const made = await data.resource(project, png, { origin_uuid: output });
  const list = await data.resourceList(project, png, [input, made]);
  await data.input(runJob, 'page', { resource_uuid: input });
  await data.input(runJob, 'pages', { resource_list_uuid: list });
  await data.output(runJob, 'again', { resource_uuid: made });
  return { project, workflow, run: run.uuid, runJob: runJob.uuid };
}

const TABLES = [
  'project',
  'rodan_project',
  'rodan_project_member',
  'rodan_workflow',
  'rodan_workflow_job',
  'rodan_workflow_job_group',
  'rodan_input_port',
  'rodan_output_port',
  'rodan_connection',
  'rodan_resource',
  'rodan_resource_list',
  'rodan_resource_list_item',
  'rodan_input',
  'rodan_output',
  'event',
  'build',
  'job',
];

async function sizes(): Promise<Record<string, number>> {
  const entries: [string, number][] = [];
  for (const table of TABLES) entries.push([table, await world.rows(table)]);
  return Object.fromEntries(entries);
}

describe('rodanDeleteProject', () => {
  it('deletes everything in it and nothing else; users stay', async () => {
    const other = await fullProject();
    const before = await sizes();
    const users = await world.rows('rodan_user');
    const { project } = await fullProject();
    expect((await sizes())['rodan_input']).toBe(before['rodan_input']! + 2);
    await world.delete('Project', project);
    expect(await sizes()).toEqual(before);
    expect(await world.rows('rodan_user')).toBe(users);
    const { kept, real } = await world.counters();
    expect(kept).toEqual(real);
    expect(await world.read('project', project, 'uuid')).toBeNull();
    expect(await world.read('workflow', other.workflow, 'uuid')).not.toBeNull();
  });

  it('logs its end, and those of its runs and requests', async () => {
    const { project, run } = await fullProject();
    const { reader } = world.server.app.store;
    const head = await headOf(reader);
    await world.delete('Project', project);
    const ends = await reader.all<{ kind: number; deleted: boolean | number }>(
      sql`SELECT kind, deleted FROM change_log WHERE sequence > ${head} ORDER BY sequence`,
    );
    expect(ends.map(({ kind, deleted }) => [kind, Boolean(deleted)])).toEqual([
      [Kind.BUILD, true],
      [Kind.EVENT, true],
      [PROJECT_KIND, true],
    ]);
    expect(await world.read('workflowRun', run, 'legacyId')).toBeNull();
  });

  it('lets go what other projects have of it', async () => {
    const { project, workflow } = await fullProject();
    const elsewhere = await world.chain();
    await world.markValid(workflow);
    const { data } = world;
    const group = await world.create('WorkflowJobGroup', { origin: workflow, workflow: elsewhere.workflow });
    const resource = await data.resource(project, png);
    const list = await data.resourceList(world.project, png, [resource, await data.resource(world.project, png)]);
    const job = await data.runJob(await data.run({ project: world.project, workflow }));
    const input = await data.input(job, 'page', { resource_uuid: resource });
    await world.delete('Project', project);
    expect(await world.read('workflowJobGroup', group, 'originUuid workflowJobs { uuid }')).toMatchObject({
      originUuid: null,
      workflowJobs: [{}, {}, {}, {}],
    });
    expect((await world.read('resourceList', list, 'resources { uuid }')).resources).toHaveLength(1);
    expect(await world.read('input', input, 'resourceUuid')).toEqual({ resourceUuid: null });
  });

  it('is for its creator and superusers', async () => {
    const { project, ada, wil, otto, anonymous } = world;
    expect(await world.refusedDelete('Project', project, ada)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.refusedDelete('Project', project, wil)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.refusedDelete('Project', project, otto)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedDelete('Project', project, anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.refusedDelete('Project', NOWHERE)).toMatchObject({ code: 'NOT_FOUND' });
    const own = await world.create('Project', { name: 'x' });
    await world.delete('Project', own, world.root);
    expect(await world.refusedDelete('Project', own)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('rodanDeleteWorkflow', () => {
  it('keeps its runs, which have no workflow then, and what their run jobs know', async () => {
    const { workflow, run, runJob } = await fullProject();
    const fields = 'inputs { resourceUuid } outputs { uuid } workflowJobUuid';
    const before = await world.read('runJob', runJob, fields);
    await world.delete('Workflow', workflow, world.wil);
    expect(await world.read('workflow', workflow, 'uuid')).toBeNull();
    expect(await world.read('workflowRun', run, 'workflowUuid workflow { uuid }')).toEqual({
      workflowUuid: null,
      workflow: null,
    });
    expect(await world.read('runJob', runJob, fields)).toEqual(before);
    const left = await world.rows('rodan_workflow_job', `workflow_uuid = '${workflow}'`);
    expect(left + (await world.rows('rodan_workflow_job_group', `workflow_uuid = '${workflow}'`))).toBe(0);
  });

  it('keeps groups that were copied from it', async () => {
    const [from, to] = [await world.chain(), await world.chain()];
    await world.markValid(from.workflow);
    const group = await world.create('WorkflowJobGroup', { origin: from.workflow, workflow: to.workflow });
    await world.delete('Workflow', from.workflow);
    expect((await world.read('workflowJobGroup', group, 'originUuid')).originUuid).toBeNull();
  });
});

describe('deleting a part of a workflow', () => {
  it('takes the ports of a workflow job and their connections along', async () => {
    const { workflow, one, two, wire, oneOut, twoIn } = await world.chain();
    await world.delete('WorkflowJob', one);
    expect(
      await world.read('workflow', workflow, 'workflowJobs { uuid } inputPorts { uuid } connections { uuid }'),
    ).toEqual({
      workflowJobs: [{ uuid: two }],
      inputPorts: [{ uuid: twoIn }],
      connections: [],
    });
    expect(await world.read('connection', wire, 'uuid')).toBeNull();
    expect(await world.read('outputPort', oneOut, 'uuid')).toBeNull();
  });

  it('takes the connections of a port along', async () => {
    for (const [word, port] of [
      ['InputPort', 'twoIn'],
      ['OutputPort', 'oneOut'],
    ] as const) {
      const chain = await world.chain();
      await world.delete(word, chain[port]);
      expect(await world.read('connection', chain.wire, 'uuid')).toBeNull();
    }
  });
});
