import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RodanReader } from './rest-support.js';

let server: RodanReader;
let project: string;

beforeAll(async () => {
  server = await RodanReader.start();
  const mia = await server.user('mia');
  const ned = await server.user('ned');
  project = await server.data.project(mia, { workers: [ned] });
});

afterAll(() => server.close());

/** The table of section 5.3, as it stands there: fields -> lookups, `;` between groups; then what orders. */
const TABLE: Readonly<Record<string, readonly [filters: string, orders: string]>> = {
  projects: [
    'uuid creator exact; name description exact, icontains; created updated lt, gt',
    'created creator description name updated uuid',
  ],
  workflows: [
    'uuid creator project valid exact; name exact, icontains; created updated lt, gt',
    'created creator name project updated uuid valid',
  ],
  workflowjobs: [
    'uuid workflow job group exact; name exact, icontains; created updated lt, gt',
    'created group job name updated uuid workflow',
  ],
  workflowruns: [
    'status uuid workflow project creator exact; name exact, icontains; created updated lt, gt',
    'created creator last_redone_runjob_tree name project status updated uuid workflow',
  ],
  runjobs: [
    'status uuid workflow_run workflow_job_uuid project exact; resource_uuid exact, isnull; job_name exact, icontains; created updated lt, gt',
    'created job_name resource_uuid status updated uuid workflow_job_uuid workflow_run working_user working_user_expiry',
  ],
  jobs: ['category interactive enabled uuid exact; name exact, icontains', 'category enabled interactive name uuid'],
  inputporttypes: [
    'job uuid exact; name exact, icontains; minimum maximum exact, lt, gt',
    'is_list job maximum minimum name uuid',
  ],
  outputporttypes: [
    'job uuid exact; name exact, icontains; minimum maximum exact, lt, gt',
    'is_list job maximum minimum name uuid',
  ],
  inputports: [
    'extern input_port_type workflow_job uuid label workflow exact; type exact',
    'extern input_port_type label uuid workflow_job',
  ],
  outputports: [
    'extern output_port_type workflow_job uuid label workflow exact; type exact',
    'extern label output_port_type uuid workflow_job',
  ],
  connections: [
    'input_port output_port uuid workflow input_workflow_job output_workflow_job exact',
    'input_port output_port uuid',
  ],
  resourcetypes: [
    'mimetype exact, icontains; uuid extension exact; description icontains',
    'description extension mimetype uuid',
  ],
  resources: [
    'uuid creator has_thumb processing_status project exact; origin exact, isnull; resource_type exact, in; name exact, icontains; created updated lt, gt',
    'created creator has_thumb name origin processing_status project resource_type updated uuid',
  ],
  resourcelists: [
    'uuid project exact; origin exact, isnull; resource_type exact, in; name exact, icontains; description icontains; created updated lt, gt',
    'created name origin project resource_type updated uuid',
  ],
  inputs: ['resource run_job uuid input_port_type_name exact', 'resource run_job uuid input_port_type_name'],
  outputs: ['resource run_job uuid output_port_type_name exact', 'resource run_job uuid output_port_type_name'],
  workflowjobgroups: [
    'origin uuid name workflow project exact; created updated lt, gt',
    'created name origin updated uuid workflow',
  ],
};

const LOOKUPS = new Set(['exact', 'icontains', 'lt', 'gt', 'isnull', 'in']);

function filtersOf(text: string): Record<string, string[]> {
  const groups = text.split(';').map((group) => group.replaceAll(',', '').trim().split(' '));
  return Object.fromEntries(
    groups.flatMap((words) => {
      const lookups = words.filter((word) => LOOKUPS.has(word));
      return words.filter((word) => !LOOKUPS.has(word)).map((field) => [field, lookups]);
    }),
  );
}

const options = async (path: string, as: string | null = 'mia') => (await server.send('OPTIONS', path, as)).json;

describe('OPTIONS', () => {
  it.each(Object.entries(TABLE))('of %s tells its filters and orders', async (list, [filters, orders]) => {
    const told = await options(`/${list}/`);
    expect(told.filter_fields).toEqual(filtersOf(filters));
    expect([...told.ordering_fields].sort()).toEqual(orders.split(' ').sort());
  });

  it('has members in the order of the document, and a name in words', async () => {
    const told = await options('/workflowruns/');
    expect(Object.keys(told)).toEqual([
      'name',
      'description',
      'renders',
      'parses',
      'actions',
      'filter_fields',
      'ordering_fields',
    ]);
    expect(told).toMatchObject({
      name: 'Workflow Run List',
      description: expect.any(String),
      renders: ['application/json'],
      parses: ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'],
    });
    expect((await options('/runjobs/')).name).toBe('Run Job List');
    expect((await options('/workflowjobgroups/')).name).toBe('Workflow Job Group List');
  });

  it('tells the fields that POST takes, in the order of the representation', async () => {
    const { POST } = (await options('/workflowruns/')).actions;
    expect(Object.keys(POST)).toEqual([
      'url',
      'uuid',
      'origin_resources',
      'creator',
      'status',
      'name',
      'description',
      'created',
      'updated',
      'project',
      'workflow',
      'last_redone_runjob_tree',
    ]);
    expect(POST).toMatchObject({
      name: { type: 'string', required: false, read_only: false, label: 'Name', max_length: 100 },
      workflow: { type: 'field', required: true, read_only: false },
      created: { type: 'datetime', required: false, read_only: true, label: 'Created' },
      last_redone_runjob_tree: { type: 'field', label: 'Last redone runjob tree' },
    });
    expect(POST.status.type).toBe('choice');
    expect(POST.status.choices).toContainEqual({ value: 21, display_name: 'Request processing' });
    expect(POST.status.choices).toContainEqual({ value: -1, display_name: 'Failed' });
    expect(POST.status.choices).toHaveLength(8);
  });

  it('tells of no action where nothing is created', async () => {
    for (const list of ['runjobs', 'jobs', 'inputs', 'outputs', 'resources', 'resourcetypes', 'inputporttypes']) {
      expect([list, 'actions' in (await options(`/${list}/`))]).toEqual([list, false]);
    }
  });

  it('of a detail has no filters, and PUT for those who may change it', async () => {
    const path = `/project/${project}/`;
    const told = await options(path);
    expect(told).toMatchObject({ name: 'Project Detail', filter_fields: {}, ordering_fields: [] });
    expect(Object.keys(told.actions)).toEqual(['PUT']);
    expect(told.actions.PUT.name).toMatchObject({ required: true, max_length: 255 });
    expect('actions' in (await options(path, 'ned'))).toBe(false);
  });

  it('of a public URI needs no credentials', async () => {
    for (const path of ['/', '/jobs/', '/outputporttypes/', '/resourcetypes/', '/auth/token/']) {
      expect([path, (await server.send('OPTIONS', path, null)).status]).toEqual([path, 200]);
    }
    expect((await server.send('OPTIONS', '/users/', null)).status).toBe(401);
  });
});
