import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digitsOf, type MadeRecord, type MadeRun } from './data.js';
import { RodanWorld } from './world.js';

let world: RodanWorld;
beforeAll(async () => {
  world = await RodanWorld.start();
});
afterAll(() => world.close());

/** One row as nobody in particular sees it. */
async function shown(one: string, uuid: string, fields: string): Promise<any> {
  const document = `query ($uuid: String!) { rodan { row: ${one}(uuid: $uuid) { ${fields} } } }`;
  return (await world.callers.nobody.run(document, { uuid })).rodan.row;
}

describe('a project', () => {
  it('shows its people, what is in it and how much', async () => {
    const { uuid, workflow, resources } = world.charters;
    const people = 'creatorNumber creator { username email } admins { number username } workers { username }';
    const content = 'workflowCount resourceCount workflows { uuid name } resources { uuid name }';
    expect(
      await shown(
        'project',
        uuid,
        `name description createdAt updatedAt project { system legacyId name } ${people} ${content}`,
      ),
    ).toMatchObject({
      name: 'Charters',
      description: null,
      project: { system: 'RODAN', legacyId: uuid, name: 'Charters' },
      creatorNumber: world.numbers.mia,
      // The address is for the user, staff and superusers.
      creator: { username: 'mia', email: null },
      admins: [
        { number: world.numbers.mia, username: 'mia' },
        { number: world.numbers.kim, username: 'kim' },
      ],
      workers: [{ username: 'wes' }],
      workflowCount: 1,
      resourceCount: 3,
      workflows: [{ uuid: workflow, name: 'straighten' }],
      resources: resources.map((resource) => ({ uuid: resource, name: 'folio' })),
    });
  });

  it('has nothing in it when it is new', async () => {
    const uuid = await world.data.project(world.numbers.zoe);
    const fields = 'workflowCount resourceCount workers { number } workflows { uuid } resources { uuid }';
    const nothing = { workflowCount: 0, resourceCount: 0, workers: [], workflows: [], resources: [] };
    expect(await shown('project', uuid, fields)).toEqual(nothing);
  });
});

describe('a workflow', () => {
  const EXTERN = 'valid workflowInputPorts { uuid } workflowOutputPorts { uuid }';

  it('shows its jobs with their ports, its connections, groups and runs', async () => {
    const { workflow, parts, connection, group, run, uuid } = world.charters;
    const fields = `projectUuid project { uuid } creator { username } workflowJobs { uuid group { uuid } inputPorts { uuid
      connections { uuid } } outputPorts { uuid label } } workflowJobGroups { uuid workflowJobs { uuid } } inputPorts { uuid }
      outputPorts { uuid } connections { uuid inputPort { uuid workflowJob { uuid } } outputPort { workflowJobUuid } }
      workflowRuns { uuid }`;
    const [first, second] = parts;
    const [reads, readsOn] = parts.map(({ inputs }) => inputs['page']);
    const [writes, writesLast] = parts.map(({ outputs }) => outputs['page']);
    expect(await shown('workflow', workflow, fields)).toEqual({
      projectUuid: uuid,
      project: { uuid },
      creator: { username: 'mia' },
      workflowJobs: [
        {
          uuid: first.uuid,
          group: null,
          inputPorts: [{ uuid: reads, connections: [] }],
          outputPorts: [{ uuid: writes, label: 'page' }],
        },
        {
          uuid: second.uuid,
          group: { uuid: group },
          inputPorts: [{ uuid: readsOn, connections: [{ uuid: connection }] }],
          outputPorts: [{ uuid: writesLast, label: 'page' }],
        },
      ],
      workflowJobGroups: [{ uuid: group, workflowJobs: [{ uuid: second.uuid }] }],
      inputPorts: [{ uuid: reads }, { uuid: readsOn }],
      outputPorts: [{ uuid: writes }, { uuid: writesLast }],
      connections: [
        {
          uuid: connection,
          inputPort: { uuid: readsOn, workflowJob: { uuid: second.uuid } },
          outputPort: { workflowJobUuid: first.uuid },
        },
      ],
      workflowRuns: [{ uuid: run.uuid }],
    });
  });

  it.each([true, false])('shows its ports without connection only when it is valid: %s', async (valid) => {
    const workflow = await world.data.workflow(world.letters.uuid, { valid });
    const part = await world.data.workflowJob(workflow, world.job);
    const type = world.job.inputTypes['page']!;
    const extern = await world.data.port('input', part.uuid, type, 'second', { extern: true });
    const ports = valid ? [{ uuid: extern }] : [];
    expect(await shown('workflow', workflow, EXTERN)).toEqual({
      valid,
      workflowInputPorts: ports,
      workflowOutputPorts: [],
    });
  });

  it('shows settings exactly as they were given', async () => {
    const settings = '{"large":12345678901234567890,"huge":1e400,"__proto__":{"a":1},"list":[null,"é"]}';
    const { uuid } = await world.data.workflowJob(world.letters.workflow, world.job, { settings });
    const response = await fetch(`${world.server.url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: `{ rodan { workflowJob(uuid: "${uuid}") { settings } } }` }),
    });
    expect(await response.text()).toContain(`"settings":${settings}`);
  });
});

describe('an installed job', () => {
  it('shows its types of ports and what they take', async () => {
    const job = await world.data.job('acme.jobs.mix', {
      inputs: { pages: { types: ['text/plain', 'image/png'], minimum: 0, maximum: 3, list: true } },
      outputs: { page: {} },
    });
    const port = 'name minimum maximum isList job { uuid } resourceTypes { mimetype }';
    expect(
      await shown('job', job.uuid, `name settings category inputPortTypes { ${port} } outputPortTypes { ${port} }`),
    ).toEqual({
      name: 'acme.jobs.mix',
      settings: { type: 'object' },
      category: 'Image',
      inputPortTypes: [
        {
          name: 'pages',
          minimum: 0,
          maximum: 3,
          isList: true,
          job: { uuid: job.uuid },
          resourceTypes: [{ mimetype: 'image/png' }, { mimetype: 'text/plain' }],
        },
      ],
      outputPortTypes: [
        {
          name: 'page',
          minimum: 1,
          maximum: 1,
          isList: false,
          job: { uuid: job.uuid },
          resourceTypes: [{ mimetype: 'image/png' }],
        },
      ],
    });
  });
});

describe('a resource', () => {
  it('shows its files, type and origin', async () => {
    const { resources, outputs, uuid, runJobs } = world.charters;
    const folder = `projects/${digitsOf(uuid)}/resources/${digitsOf(resources[1])}`;
    const fields = `file compatFile smallThumb hasThumb processingStatus errorSummary errorDetails creator { username }
      resourceType { mimetype } origin { uuid runJob { uuid } resource { uuid } }`;
    expect(await shown('resource', resources[1], fields)).toEqual({
      file: `${folder}/original_file.png`,
      compatFile: `${folder}/compat_file.png`,
      smallThumb: null,
      hasThumb: false,
      processingStatus: 4,
      errorSummary: '',
      errorDetails: '',
      creator: null,
      resourceType: { mimetype: 'image/png' },
      origin: { uuid: outputs[0], runJob: { uuid: runJobs[0].uuid }, resource: { uuid: resources[1] } },
    });
  });

  it('stands in a list where it was put', async () => {
    const { list, resources } = world.charters;
    const { resources: listed } = await shown('resourceList', list, 'resources { uuid }');
    expect(listed).toEqual([{ uuid: resources[1] }, { uuid: resources[0] }]);
  });
});

describe('a workflow run', () => {
  let run: MadeRun;
  let runJobs: readonly MadeRecord[];
  const element = digitsOf('0b1f0f0e-0000-4000-8000-000000000001');
  beforeAll(async () => {
    const { uuid: project, workflow } = world.letters;
    const creator = world.numbers.zoe;
    run = await world.data.run(
      { project, workflow, creator },
      { rodan_status: -1, rodan_name: null, name: 'straighten' },
    );
    runJobs = [
      await world.data.runJob(run, {}, { rodan_resource_uuid: element, rodan_status: -1, rodan_error_summary: 'oh' }),
      await world.data.runJob(run, { job: 'gone.job' }, { rodan_status: 2, rodan_working_user_number: creator }),
      await world.data.runJob(run, {}, { rodan_resource_uuid: element }),
    ];
  });

  it('is a build with what the old API shows besides', async () => {
    const { uuid: project, workflow } = world.letters;
    const fields = `uuid legacyId system state stateReason name givenName status requester creator { username } workflowUuid
      workflow { name } rodanProject { uuid } project { legacyId } lastRedoneRunJobTree { uuid } lastRedoneRunJobTreeUuid
      originResources runJobs { uuid } requests { request workflowRun { uuid } } tags`;
    expect(await shown('workflowRun', run.uuid, fields)).toEqual({
      uuid: run.uuid,
      legacyId: run.uuid,
      system: 'RODAN',
      state: 'FAILED',
      stateReason: 'Failed',
      status: -1,
      name: 'straighten',
      givenName: null,
      requester: 'zoe',
      creator: { username: 'zoe' },
      workflowUuid: workflow,
      workflow: { name: 'straighten' },
      rodanProject: { uuid: project },
      project: { legacyId: project },
      lastRedoneRunJobTree: null,
      lastRedoneRunJobTreeUuid: null,
      originResources: [element, null],
      runJobs: runJobs.map(({ uuid }) => ({ uuid })),
      requests: [
        {
          request: 'RUN',
          workflowRun: { uuid: run.uuid },
        },
      ],
      tags: [workflow],
    });
  });

  it('has no elements without run jobs, and no workflow when that is deleted', async () => {
    const bare = await world.data.run({ project: world.letters.uuid }, { rodan_last_redone_uuid: runJobs[0]!.uuid });
    expect(
      await shown(
        'workflowRun',
        bare.uuid,
        'originResources workflow { uuid } creator { username } lastRedoneRunJobTree { uuid }',
      ),
    ).toEqual({ originResources: [], workflow: null, creator: null, lastRedoneRunJobTree: { uuid: runJobs[0]!.uuid } });
  });

  it('has run jobs, which are jobs', async () => {
    const fields = `state status jobName job { category } interactive workingUserNumber workingUser { username }
      workingUserExpiry workflowRun { uuid } workflowRunUuid resourceUuid errorSummary settings build { legacyId }
      event { ... on RodanRunRequest { request } }`;
    expect(await shown('runJob', runJobs[0]!.uuid, fields)).toEqual({
      state: 'FAILED',
      status: -1,
      jobName: 'acme.jobs.straighten',
      job: { category: 'Image' },
      interactive: false,
      workingUserNumber: null,
      workingUser: null,
      workingUserExpiry: null,
      workflowRun: { uuid: run.uuid },
      workflowRunUuid: run.uuid,
      build: { legacyId: run.uuid },
      resourceUuid: element,
      errorSummary: 'oh',
      settings: {},
      event: { request: 'RUN' },
    });
    expect(
      await shown('runJob', runJobs[1]!.uuid, 'state jobName job { uuid } interactive workingUser { username }'),
    ).toEqual({
      state: 'RUNNING',
      jobName: 'gone.job',
      job: null,
      interactive: false,
      workingUser: { username: 'zoe' },
    });
  });

  it('is found among the builds of all systems, with its tags', async () => {
    const document = `query ($uuid: String!) { build(system: RODAN, legacyId: $uuid) { id __typename }
      jobs(filter: { system: { eq: RODAN }, rodan: { workflowRunUuid: { eq: $uuid } } }, orderBy: [{ field: CREATED_AT }]) {
        nodes { __typename tags ... on RodanRunJob { workflowJobUuid } } } }`;
    const { build, jobs } = await world.callers.nobody.run(document, { uuid: run.uuid });
    expect(build.__typename).toBe('RodanWorkflowRun');
    expect(jobs.nodes.map(({ __typename }: { __typename: string }) => __typename)).toEqual(
      Array(3).fill('RodanRunJob'),
    );
    const [first, second] = jobs.nodes;
    expect(first.tags).toEqual(['Image', first.workflowJobUuid, element]);
    expect(second.tags).toEqual([second.workflowJobUuid]);
    const again = await world.callers.nobody.run(
      'query ($id: ID!) { node(id: $id) { ... on RodanWorkflowRun { uuid } } }',
      {
        id: build.id,
      },
    );
    expect(again.node.uuid).toBe(run.uuid);
  });
});
