import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digitsOf } from './data.js';
import { RodanReader } from './rest-support.js';

const AT = Date.UTC(2016, 1, 1, 12) * 1000;
const TIMES = { created_at: AT + 2002, updated_at: AT + 9_000_000 };
const SHOWN = { created: '2016-02-01T12:00:00.002002Z', updated: '2016-02-01T12:00:09Z' };

let server: RodanReader;
let made: Awaited<ReturnType<typeof makeRows>>;

beforeAll(async () => {
  server = await RodanReader.start();
  made = await makeRows();
});

afterAll(() => server.close());

async function makeRows() {
  const { data } = server;
  const [mia, ned] = [await server.user('mia'), await server.user('ned')];
  const type = await data.resourceType('image/png', { description: 'PNG' });
  const settings = '{"type": "object", "big": 12345678901234567890}';
  const job = await data.job(
    'acme.straighten',
    { inputs: { page: { types: ['image/png'] } }, outputs: { page: { types: ['image/png'], list: true, maximum: 3 } } },
    { settings, description: 'Straightens.', category: null, interactive: true },
  );
  const project = await data.project(
    ned,
    { admins: [mia], workers: [mia] },
    { ...TIMES, name: 'Charters', description: null },
  );
  const workflow = await data.workflow(project, { ...TIMES, creator_number: mia, valid: true, description: '' });
  const workflowJob = await data.workflowJob(workflow, job, { ...TIMES, settings: '{"angle":1.50}' });
  const second = await data.workflowJob(workflow, job, { ...TIMES });
  const extern = await data.port('input', second.uuid, job.inputTypes['page']!, 'open', { extern: true });
  const connection = await data.connection(workflowJob.outputs['page']!, second.inputs['page']!);
  const group = await data.group(workflow, [second.uuid], { ...TIMES, origin_uuid: workflow, description: null });
  const run = await data.run(
    { project, workflow, creator: mia },
    { submitted_at: TIMES.created_at, rodan_updated_at: TIMES.updated_at, rodan_name: 'folio 12', rodan_status: 1 },
  );
  const waiting = await data.runJob(
    run,
    { job: 'acme.straighten', workflowJob: workflowJob.uuid },
    {
      created_at: TIMES.created_at,
      rodan_updated_at: TIMES.updated_at,
      rodan_status: 2,
      rodan_settings: '{"@x": [1e400]}',
      rodan_working_user_number: mia,
      rodan_working_user_expiry: AT + 1,
    },
  );
  const output = await data.output(waiting, 'page', { output_port_type_uuid: job.outputTypes['page']! });
  const resource = await data.resource(project, type, { ...TIMES, origin_uuid: output, description: null });
  const input = await data.input(waiting, 'page', { resource_uuid: resource });
  const resourceList = await data.resourceList(project, type, [resource, resource], { ...TIMES, origin_uuid: null });
  return {
    mia,
    type,
    job,
    project,
    workflow,
    workflowJob,
    second,
    extern,
    connection,
    group,
    run,
    waiting,
    output,
    resource,
    input,
    resourceList,
  };
}

/** The representation of an object with its text, so that the order of members counts. */
async function shown(path: string): Promise<any> {
  const { status, json } = await server.get(path, 'mia');
  expect([path, status]).toEqual([path, 200]);
  return json;
}

/** That a representation is this one, its members in this order, on its own and in its list. */
async function expectBoth(kind: string, uuid: string, expected: object): Promise<void> {
  await expectOne(`/${kind}/${uuid}/`, expected);
  const { results } = await shown(`/${kind}s/?uuid=${uuid}`);
  expect(JSON.stringify(results)).toBe(JSON.stringify([expected]));
}

async function expectOne(path: string, expected: object): Promise<void> {
  const { text } = await server.get(path, 'mia');
  expect(JSON.parse(text)).toEqual(expected);
  expect(text).toBe(JSON.stringify(expected));
}

const inputPort = (uuid: string, workflowJob: string, label: string, connections: string[], extern = false) => ({
  url: server.link('inputport', uuid),
  uuid,
  input_port_type: server.link('inputporttype', made.job.inputTypes['page']!),
  label,
  extern,
  workflow_job: server.link('workflowjob', workflowJob),
  connections,
});

const outputPort = (uuid: string, workflowJob: string, connections: string[]) => ({
  url: server.link('outputport', uuid),
  uuid,
  output_port_type: server.link('outputporttype', made.job.outputTypes['page']!),
  label: 'page',
  extern: false,
  workflow_job: server.link('workflowjob', workflowJob),
  connections,
});

function workflowJobs() {
  const { workflowJob, second, extern, workflow, job, connection, group } = made;
  const wires = [server.link('connection', connection)];
  const common = { job_name: 'acme.straighten', job_description: 'Straightens.', job: server.link('job', job.uuid) };
  const head = ({ uuid }: { uuid: string }) => ({
    url: server.link('workflowjob', uuid),
    uuid,
    workflow: server.link('workflow', workflow),
  });
  return [
    {
      ...head(workflowJob),
      input_ports: [inputPort(workflowJob.inputs['page']!, workflowJob.uuid, 'page', [])],
      output_ports: [outputPort(workflowJob.outputs['page']!, workflowJob.uuid, wires)],
      ...common,
      job_settings: { angle: 1.5 },
      name: 'straighten',
      group: null,
      ...SHOWN,
    },
    {
      ...head(second),
      input_ports: [
        inputPort(second.inputs['page']!, second.uuid, 'page', wires),
        inputPort(extern, second.uuid, 'open', [], true),
      ],
      output_ports: [outputPort(second.outputs['page']!, second.uuid, [])],
      ...common,
      job_settings: {},
      name: 'straighten',
      group: server.link('workflowjobgroup', group),
      ...SHOWN,
    },
  ] as const;
}

function wholeWorkflow() {
  const { workflow, project, run, extern, second } = made;
  return {
    url: server.link('workflow', workflow),
    uuid: workflow,
    name: 'straighten',
    project: server.link('project', project),
    workflow_jobs: workflowJobs(),
    description: '',
    ...SHOWN,
    creator: 'mia',
    valid: true,
    workflow_runs: [server.link('workflowrun', run.uuid)],
    workflow_input_ports: [inputPort(extern, second.uuid, 'open', [], true)],
    workflow_output_ports: [],
  };
}

describe('Projects and workflows', () => {
  it('/project/{id}/ and its list row have different members', async () => {
    const { project, workflow, resource } = made;
    const url = server.link('project', project);
    await expectOne(`/project/${project}/`, {
      url,
      name: 'Charters',
      description: null,
      creator: 'ned',
      workflows: [{ url: server.link('workflow', workflow), name: 'straighten' }],
      resources: [{ url: server.link('resource', resource), name: 'folio' }],
      ...SHOWN,
      admins: ['mia', 'ned'],
      workers: ['mia'],
      admins_url: `${url}admins/`,
      workers_url: `${url}workers/`,
    });
    expect((await shown('/projects/')).results).toEqual([
      {
        url,
        uuid: project,
        name: 'Charters',
        description: null,
        creator: 'ned',
        admins: ['mia', 'ned'],
        workers: ['mia'],
        ...SHOWN,
        workflow_count: 1,
        resource_count: 1,
      },
    ]);
  });

  it('a workflow is shown in short in its list, and whole on its own', async () => {
    const { workflow, project } = made;
    await expectOne(`/workflow/${workflow}/`, wholeWorkflow());
    const [row] = (await shown('/workflows/')).results;
    const expected = {
      url: server.link('workflow', workflow),
      uuid: workflow,
      project: server.link('project', project),
      description: '',
      creator: 'mia',
      name: 'straighten',
      valid: true,
      ...SHOWN,
    };
    expect(JSON.stringify(row)).toBe(JSON.stringify(expected));
  });

  it('workflow_input_ports is empty unless the workflow is valid', async () => {
    const { data } = server;
    const workflow = await data.workflow(made.project, { valid: false });
    const { uuid } = await data.workflowJob(workflow, made.job);
    await data.port('input', uuid, made.job.inputTypes['page']!, 'open', { extern: true });
    expect(await shown(`/workflow/${workflow}/`)).toMatchObject({
      valid: false,
      creator: null,
      workflow_input_ports: [],
      workflow_output_ports: [],
    });
  });

  it('?export gives what can be imported, with or without a value', async () => {
    for (const query of ['?export', '?export=', '?export=x']) {
      const exported = await shown(`/workflow/${made.workflow}/${query}`);
      expect(Object.keys(exported)).toEqual(['__version__', 'name', 'description', 'workflow_jobs', 'connections']);
      expect(exported).toMatchObject({ __version__: 0.1, name: 'straighten', description: '' });
      expect(exported.workflow_jobs).toHaveLength(2);
    }
    const { status } = await server.get('/workflow/b2000000-0000-4000-8000-00000000abcd/?export', 'mia');
    expect(status).toBe(404);
  });

  it('workflow jobs show their ports in full', async () => {
    const [first, second] = workflowJobs();
    await expectBoth('workflowjob', made.workflowJob.uuid, first);
    await expectBoth('workflowjob', made.second.uuid, second);
  });

  it('ports', async () => {
    const { extern, second } = made;
    await expectBoth('inputport', extern, inputPort(extern, second.uuid, 'open', [], true));
    await expectBoth('outputport', second.outputs['page']!, outputPort(second.outputs['page']!, second.uuid, []));
  });

  it('connections show their workflow jobs and their workflow in full', async () => {
    const { connection, workflowJob, second } = made;
    const [from, to] = workflowJobs();
    await expectBoth('connection', connection, {
      url: server.link('connection', connection),
      uuid: connection,
      input_port: server.link('inputport', second.inputs['page']!),
      input_workflow_job: to,
      output_port: server.link('outputport', workflowJob.outputs['page']!),
      output_workflow_job: from,
      workflow: wholeWorkflow(),
    });
  });

  it('groups', async () => {
    const { group, workflow, second } = made;
    await expectBoth('workflowjobgroup', group, {
      url: server.link('workflowjobgroup', group),
      uuid: group,
      name: 'cleaning',
      description: null,
      workflow: server.link('workflow', workflow),
      origin: server.link('workflow', workflow),
      workflow_jobs: [server.link('workflowjob', second.uuid)],
      ...SHOWN,
    });
  });
});

describe('What is installed', () => {
  const portType = (direction: 'input' | 'output', maximum: number, isList: boolean) => {
    const uuid = made.job[`${direction}Types`]['page']!;
    return {
      url: server.link(`${direction}porttype`, uuid),
      uuid,
      job: server.link('job', made.job.uuid),
      name: 'page',
      minimum: 1,
      maximum,
      is_list: isList,
      resource_types: [server.link('resourcetype', made.type)],
    };
  };

  it('jobs, whose settings keep numbers that no double holds', async () => {
    const { uuid } = made.job;
    const { text, json } = await server.get(`/job/${uuid}/`, null);
    expect(json).toEqual({
      url: server.link('job', uuid),
      uuid,
      name: 'acme.straighten',
      settings: { type: 'object', big: Number('12345678901234567890') },
      description: 'Straightens.',
      input_port_types: [portType('input', 1, false)],
      output_port_types: [portType('output', 3, true)],
      category: null,
      enabled: true,
      interactive: true,
    });
    expect(text).toContain('"big":12345678901234567890');
    expect((await server.get('/jobs/', null)).text).toContain(text);
  });

  it('types of ports and of resources', async () => {
    await expectBoth('inputporttype', made.job.inputTypes['page']!, portType('input', 1, false));
    await expectBoth('outputporttype', made.job.outputTypes['page']!, portType('output', 3, true));
    const url = server.link('resourcetype', made.type);
    await expectBoth('resourcetype', made.type, {
      url,
      uuid: made.type,
      mimetype: 'image/png',
      description: 'PNG',
      extension: 'png',
    });
  });
});

describe('Resources and runs', () => {
  it('resources show where their files are', async () => {
    const { resource, project, type, output } = made;
    const folder = server.url(`/uploads/projects/${digitsOf(project)}/resources/${digitsOf(resource)}`);
    await expectBoth('resource', resource, {
      url: server.link('resource', resource),
      uuid: resource,
      creator: null,
      resource_file: `${folder}/original_file.png`,
      compat_resource_file: `${folder}/compat_file.png`,
      small_thumb: null,
      medium_thumb: null,
      large_thumb: null,
      viewer_url: null,
      name: 'folio',
      description: null,
      processing_status: 4,
      error_summary: '',
      error_details: '',
      ...SHOWN,
      has_thumb: false,
      project: server.link('project', project),
      resource_type: server.link('resourcetype', type),
      origin: server.link('output', output),
    });
  });

  it('resource lists keep the order and repetitions of their resources', async () => {
    const { resourceList, resource, project, type } = made;
    await expectBoth('resourcelist', resourceList, {
      url: server.link('resourcelist', resourceList),
      uuid: resourceList,
      name: 'book',
      description: null,
      project: server.link('project', project),
      resources: [server.link('resource', resource), server.link('resource', resource)],
      resource_type: server.link('resourcetype', type),
      origin: null,
      ...SHOWN,
    });
  });

  it('workflow runs', async () => {
    const { run, project, workflow } = made;
    await expectBoth('workflowrun', run.uuid, {
      url: server.link('workflowrun', run.uuid),
      uuid: run.uuid,
      origin_resources: [null],
      creator: 'mia',
      status: 1,
      name: 'folio 12',
      description: null,
      ...SHOWN,
      project: server.link('project', project),
      workflow: server.link('workflow', workflow),
      last_redone_runjob_tree: null,
    });
  });

  it('a run without run jobs, creator, workflow and name', async () => {
    const bare = await server.data.run({ project: made.project }, { rodan_name: null });
    expect(await shown(`/workflowrun/${bare.uuid}/`)).toMatchObject({
      origin_resources: [],
      creator: null,
      workflow: null,
      name: null,
    });
  });

  it('run jobs that wait for input can be acquired', async () => {
    const { waiting, job, run, project, workflowJob, input, output, mia } = made;
    const url = server.link('runjob', waiting.uuid);
    const { text } = await server.get(`/runjob/${waiting.uuid}/`, 'mia');
    const settings = '"job_settings":{"@x":[1e400]}';
    expect(text).toContain(settings);
    expect(text.replace(settings, '"job_settings":{}')).toBe(
      JSON.stringify({
        url,
        uuid: waiting.uuid,
        job: server.link('job', job.uuid),
        job_name: 'acme.straighten',
        workflow_run: server.link('workflowrun', run.uuid),
        project: server.link('project', project),
        workflow_job_uuid: digitsOf(workflowJob.uuid),
        resource_uuid: null,
        inputs: [server.link('input', input)],
        outputs: [server.link('output', output)],
        job_settings: {},
        status: 2,
        ...SHOWN,
        error_summary: '',
        error_details: '',
        working_user: server.url(`/user/${mia}/`),
        working_user_expiry: '2016-02-01T12:00:00.000001Z',
        interactive_acquire: server.url(`/interactive/${waiting.uuid}/acquire/`),
      }),
    );
  });

  it('a run job whose job is no longer installed has no link to it, and none to acquire it unless it waits', async () => {
    const { uuid } = await server.data.runJob(
      made.run,
      { job: 'gone.job' },
      { rodan_error_summary: null, rodan_status: 4 },
    );
    expect(await shown(`/runjob/${uuid}/`)).toMatchObject({
      job: null,
      job_name: 'gone.job',
      error_summary: null,
      working_user: null,
      working_user_expiry: null,
      interactive_acquire: null,
    });
  });

  it('inputs and outputs', async () => {
    const { input, output, waiting, resource, job } = made;
    const run_job = server.link('runjob', waiting.uuid);
    await expectBoth('input', input, {
      url: server.link('input', input),
      uuid: input,
      input_port_type_name: 'page',
      input_port_type: null,
      run_job,
      resource: server.link('resource', resource),
    });
    await expectBoth('output', output, {
      url: server.link('output', output),
      uuid: output,
      output_port_type_name: 'page',
      output_port_type: server.link('outputporttype', job.outputTypes['page']!),
      run_job,
      resource: null,
    });
  });
});
