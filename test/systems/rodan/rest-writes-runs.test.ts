import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, first, RodanServer } from './writes-support.js';
import {
  BIND,
  EDIT,
  hex,
  MERGE,
  PAGE_1,
  PAGE_2,
  PAGES,
  runJobOf,
  runOf,
  STATUSES,
  STRAIGHTEN,
} from './writes-world.js';

let server: RodanServer;
beforeAll(async () => {
  server = await RodanServer.start();
});
afterAll(() => server.close());

const resource = (id: string): string => server.link('resource', id);
const runJobsOf = async (run: { uuid: string }): Promise<any[]> =>
  (await server.shown(`/runjobs/?workflow_run=${run.uuid}&ordering=created,uuid&page_size=100`)).results;

describe('starting a run', () => {
  it('answers 201 with the run and its Location; the server sets creator and project', async () => {
    const { url, steps } = await server.validWorkflow();
    const body = {
      workflow: url,
      name: ' folio 12 ',
      creator: 'zed',
      project: 'x',
      uuid: 'x',
      resource_assignments: { [first(steps[0]!.in)]: [resource(PAGE_1)] },
    };
    const { status, headers, json } = await server.post('/workflowruns/', body, 'wil');
    expect(status).toBe(201);
    expect(headers.location).toBe(json.url);
    const { project } = await server.shown(url);
    expect(json).toMatchObject({
      creator: 'wil',
      status: 1,
      name: 'folio 12',
      description: null,
      project,
      workflow: url,
    });
    expect(json.last_redone_runjob_tree).toBeNull();
    expect(await server.shown(json.url)).toMatchObject({ uuid: json.uuid, status: 1, origin_resources: [null] });
  });

  it('status 21 may be sent as number or digits; GET shows 1 as soon as the run jobs exist', async () => {
    const { url, steps } = await server.validWorkflow();
    for (const status of [21, '21']) {
      const assigned = { [first(steps[0]!.in)]: [resource(PAGE_1)] };
      const run = await server.make('/workflowruns/', { workflow: url, status, resource_assignments: assigned });
      expect(run.status).toBe(21);
      expect((await server.shown(run.url)).status).toBe(1);
      expect(await runJobsOf(run)).toHaveLength(1);
    }
  });

  it('a run of a collection has its jobs once per element; the others once', async () => {
    const url = await server.workflow();
    const [one, merge] = [await server.step(url), await server.step(url, MERGE)];
    await server.connect(first(one.out), merge.in['left']!);
    const alone = await server.step(url);
    await server.connect(first(alone.out), merge.in['right']!);
    await server.patch(url, { valid: true });
    const run = await server.make('/workflowruns/', {
      workflow: url,
      resource_assignments: {
        [first(one.in)]: [resource(PAGE_1), resource(PAGE_2)],
        [first(alone.in)]: [resource(PAGE_2)],
      },
    });
    const found = (await runJobsOf(run)).map(({ job_name: name, resource_uuid: element }) => `${name} ${element}`);
    expect(found.toSorted()).toEqual(
      [
        ...[PAGE_1, PAGE_2].flatMap((page) => [`${STRAIGHTEN.name} ${hex(page)}`, `${MERGE.name} ${hex(page)}`]),
        `${STRAIGHTEN.name} null`,
      ].toSorted(),
    );
    expect((await server.shown(run.url)).origin_resources.toSorted()).toEqual(
      [hex(PAGE_1), hex(PAGE_2), null].toSorted(),
    );
  });

  it('a list is assigned to a port of lists', async () => {
    const { url, steps } = await server.validWorkflow(BIND);
    const assigned = { [first(steps[0]!.in)]: [server.link('resourcelist', PAGES)] };
    const run = await server.make('/workflowruns/', { workflow: url, resource_assignments: assigned });
    expect((await runJobsOf(run)).map(({ status }) => status)).toEqual([1]);
  });

  it('POSTing twice creates twice', async () => {
    const { url, steps } = await server.validWorkflow(EDIT);
    const body = { workflow: url, resource_assignments: { [first(steps[0]!.in)]: [resource(PAGE_1)] } };
    const [one, two] = [await server.make('/workflowruns/', body), await server.make('/workflowruns/', body)];
    expect(one.url).not.toBe(two.url);
  });
});

describe('changing a run', () => {
  it('name and description are changed, everything else is read-only', async () => {
    const body = { name: '', description: 'again', creator: 'zed', project: 'x', origin_resources: [], url: 5 };
    const { status, json } = await server.patch(`/workflowrun/${runOf(21)}/`, body);
    expect(status).toBe(200);
    expect(json).toMatchObject({ uuid: runOf(21), name: '', description: 'again', creator: 'mia', status: 21 });
    expect((await server.patch(`/workflowrun/${runOf(21)}/`, { name: null })).json.name).toBeNull();
  });

  it.each<[object, object]>([
    [{ name: 'x'.repeat(101) }, { name: ['Ensure this field has no more than 100 characters.'] }],
    [{ workflow: null }, { workflow: ['This field may not be null.'] }],
    [
      { workflow: 'x', name: [] },
      { workflow: ['Invalid hyperlink - No URL match.'], name: ['Not a valid string.'] },
    ],
    [{ status: 0 }, { status: ['"0" is not a valid choice.'] }],
    [{ status: '' }, { status: ['"" is not a valid choice.'] }],
    [{ status: false }, { status: ['"False" is not a valid choice.'] }],
    [{ status: null }, { status: ['This field may not be null.'] }],
    [
      { status: null, name: {} },
      { status: ['This field may not be null.'], name: ['Not a valid string.'] },
    ],
  ])('PATCH %j', async (body, errors) => {
    expect(answerOf(await server.patch(`/workflowrun/${runOf(1)}/`, body))).toEqual([400, errors]);
  });

  const INVALID = { status: ['Invalid status update'] };

  it.each(['29', '31', 'x', true, [29], { a: 1 }, 29.5, 2_147_483_648 * 2])(
    'a status that is no number of a change is an invalid update: %j',
    async (status) => {
      expect(answerOf(await server.patch(`/workflowrun/${runOf(1)}/`, { status }))).toEqual([400, INVALID]);
      expect((await server.shown(`/workflowrun/${runOf(1)}/`)).status).toBe(1);
    },
  );

  it('a form body can never cancel', async () => {
    expect(answerOf(await server.form('PATCH', `/workflowrun/${runOf(1)}/`, 'status=29'))).toEqual([400, INVALID]);
  });

  it.each(
    STATUSES.flatMap((from) => [1, 4, -1, 9, 11, 21, 29, 31].map((to) => [from, to] as const)).filter(
      ([from, to]) => !(to === 29 && [1, 11, -1].includes(from)) && !(to === 31 && [9, -1].includes(from)),
    ),
  )('from %i to %i is an invalid update', async (from, to) => {
    expect(answerOf(await server.patch(`/workflowrun/${runOf(from)}/`, { status: to }))).toEqual([400, INVALID]);
    expect((await server.shown(`/workflowrun/${runOf(from)}/`)).status).toBe(from);
  });

  it('the rules of status and redo come before the other fields', async () => {
    const path = `/workflowrun/${runOf(4)}/`;
    for (const status of [29, '29']) {
      expect(answerOf(await server.patch(path, { status, name: [], workflow: null }))).toEqual([400, INVALID]);
    }
    const redo = { last_redone_runjob_tree: server.link('runjob', runJobOf(1)), name: [] };
    expect(answerOf(await server.patch(path, redo))).toEqual([
      400,
      { last_redone_runjob_tree: ['Requested RunJob is not in this WorkflowRun.'] },
    ]);
  });

  it('a bad name beside a good status changes nothing', async () => {
    for (const name of [[], 'x'.repeat(101)]) {
      const { status, json } = await server.patch(`/workflowrun/${runOf(1)}/`, { status: 29, name });
      expect([status, Object.keys(json)]).toEqual([400, ['name']]);
      expect((await server.shown(`/workflowrun/${runOf(1)}/`)).status).toBe(1);
    }
  });
});

describe('cancel, retry, redo', () => {
  it.each([1, 11, -1])('cancelling a run in %i shows 29, 9 comes after', async (from) => {
    const own = await RodanServer.start();
    const path = `/workflowrun/${runOf(from)}/`;
    const { status, json } = await own.patch(path, { status: 29, name: 'stopped' });
    expect([status, json.status, json.name]).toEqual([200, 29, 'stopped']);
    expect((await own.shown(path)).status).toBe(9);
    await own.close();
  });

  it.each([9, -1])('retrying a run in %i shows 31, 11 comes after; errors and @ settings are gone', async (from) => {
    const own = await RodanServer.start();
    const path = `/workflowrun/${runOf(from)}/`;
    const { status, json } = await own.patch(path, { status: 31 });
    expect([status, json.status]).toEqual([200, 31]);
    expect((await own.shown(path)).status).toBe(11);
    expect(await own.shown(`/runjob/${runJobOf(from)}/`)).toMatchObject({
      status: 1,
      error_summary: '',
      error_details: '',
      job_settings: { angle: 3 },
    });
    await own.close();
  });

  it('redoing shows the link and the old status, 11 comes after; the texts of errors stay', async () => {
    const own = await RodanServer.start();
    const link = own.link('runjob', runJobOf(-1));
    const path = `/workflowrun/${runOf(-1)}/`;
    const { status, json } = await own.patch(path, { last_redone_runjob_tree: link });
    expect([status, json.status, json.last_redone_runjob_tree]).toEqual([200, -1, link]);
    expect(await own.shown(path)).toMatchObject({ status: 11, last_redone_runjob_tree: link });
    expect(await own.shown(link)).toMatchObject({
      status: 1,
      error_summary: 'ValueError: no staff lines',
      job_settings: { angle: 3 },
    });
    expect((await own.patch(path, { last_redone_runjob_tree: null })).json.last_redone_runjob_tree).toBeNull();
    await own.close();
  });

  it.each<[unknown, string]>([
    ['x', 'Invalid hyperlink - No URL match.'],
    [5, 'Incorrect type. Expected URL string, received int.'],
    ['/workflow/00000000-0000-4000-8000-000000000000/', 'Invalid hyperlink - Incorrect URL match.'],
    ['/runjob/00000000-0000-4000-8000-000000000000/', 'Invalid hyperlink - Object does not exist.'],
    [`/runjob/${runJobOf(4)}/`, 'Requested RunJob is not in this WorkflowRun.'],
    [`/runjob/${runJobOf(11)}/`, 'Requested RunJob is not yet processed.'],
  ])('redo of %j', async (link, text) => {
    const { status, json } = await server.patch(`/workflowrun/${runOf(11)}/`, { last_redone_runjob_tree: link });
    expect([status, json]).toEqual([400, { last_redone_runjob_tree: [text] }]);
  });
});

describe('deleting a run', () => {
  it('its run jobs, inputs and outputs go too, what it made stays without origin', async () => {
    const { url, steps } = await server.validWorkflow();
    const body = { workflow: url, resource_assignments: { [first(steps[0]!.in)]: [resource(PAGE_1)] } };
    const run = await server.make('/workflowruns/', body);
    const [job] = await runJobsOf(run);
    const made = (await server.shown(job.outputs[0])).resource;
    expect((await server.delete(made)).status).toBe(409);
    expect((await server.delete(run.url)).status).toBe(204);
    for (const gone of [run.url, job.url, job.inputs[0], job.outputs[0]]) {
      expect((await server.get(gone)).status).toBe(404);
    }
    expect((await server.shown(made)).origin).toBeNull();
    expect((await server.delete(made)).status).toBe(204);
  });
});
