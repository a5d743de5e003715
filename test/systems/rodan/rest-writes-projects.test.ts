import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, answerOf, RodanServer } from './writes-support.js';
import { CHARTERS, FOREIGN_PAGE, NOTES, PAGE_1, PAGE_2, PAGE_3, PAGES, PNG, TEXT, TIFF, uuid } from './writes-world.js';

let server: RodanServer;
beforeAll(async () => {
  server = await RodanServer.start();
});
afterAll(() => server.close());

const resource = (id: string): string => server.link('resource', id);

describe('projects', () => {
  it('creator is the caller, who becomes admin; 201 answers with the list shape and its Location', async () => {
    const body = {
      name: ' Psalter ',
      description: '',
      creator: 'mia',
      admins: ['mia'],
      uuid: uuid('b1', 9),
      created: 5,
    };
    const { status, headers, json } = await server.post('/projects/', body, 'otto');
    expect(status).toBe(201);
    expect(headers.location).toBe(json.url);
    expect(json).toMatchObject({ name: 'Psalter', description: '', creator: 'otto', admins: ['otto'], workers: [] });
    expect(json).toMatchObject({ workflow_count: 0, resource_count: 0, updated: json.created });
    expect(json.url).toBe(server.link('project', json.uuid));
    expect(json.uuid).not.toBe(body.uuid);
  });

  it('PATCH takes any subset and answers with the detail shape', async () => {
    const { url } = await server.make('/projects/', { name: 'A' });
    const { status, json } = await server.patch(url, { description: 'text' });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      name: 'A',
      description: 'text',
      admins_url: `${url}admins/`,
      workers_url: `${url}workers/`,
    });
    expect(json).not.toHaveProperty('workflow_count');
    expect((await server.patch(url, { description: null })).json.description).toBeNull();
    expect((await server.patch(url)).status).toBe(200);
    expect((await server.put(url, { name: 'B' })).json).toMatchObject({ name: 'B', description: null });
  });

  it.each<[string, string, unknown, object]>([
    ['POST', '{}', undefined, { name: ['This field is required.'] }],
    ['POST', 'null', undefined, { non_field_errors: ['No data provided'] }],
    ['POST', '[]', undefined, { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
    ['POST', '{"name":null}', undefined, { name: ['This field may not be null.'] }],
    ['POST', '{"name":"  "}', undefined, { name: ['This field may not be blank.'] }],
    [
      'POST',
      '{"name":true,"description":[]}',
      0,
      { name: ['Not a valid string.'], description: ['Not a valid string.'] },
    ],
    ['PUT', '{"description":"d"}', undefined, { name: ['This field is required.'] }],
    ['PUT', '{"description":5.5,"name":{}}', undefined, { name: ['Not a valid string.'] }],
    ['PATCH', '{"name":""}', undefined, { name: ['This field may not be blank.'] }],
  ])('%s %s', async (method, body, _none, errors) => {
    const path = method === 'POST' ? '/projects/' : `/project/${CHARTERS}/`;
    expect(answerOf(await server.send(method, path, body))).toEqual([400, errors]);
  });

  it('a name has at most 255 characters', async () => {
    expect(answerOf(await server.post('/projects/', { name: '😀'.repeat(256) }))).toEqual([
      400,
      { name: ['Ensure this field has no more than 255 characters.'] },
    ]);
    expect((await server.post('/projects/', { name: '😀'.repeat(255) })).status).toBe(201);
    expect((await server.post('/projects/', { name: 5 })).json.name).toBe('5');
  });

  it('deleting a project deletes everything in it', async () => {
    const own = await RodanServer.start();
    const { url } = await own.validWorkflow();
    answered(204, await own.delete(`/project/${CHARTERS}/`));
    for (const path of [url, `/resource/${PAGE_1}/`, `/resourcelist/${PAGES}/`, `/project/${CHARTERS}/`]) {
      expect((await own.get(path, 'root')).status).toBe(404);
    }
    for (const list of ['workflows', 'workflowjobs', 'inputports', 'workflowruns', 'runjobs', 'resourcelists']) {
      const { results } = await own.shown(`/${list}/`);
      expect(results).toEqual([]);
    }
    await own.close();
  });
});

describe('admins and workers of a project', () => {
  const setting = async (kind: string, body: unknown, as: 'mia' | 'ada' = 'mia') =>
    answerOf(await server.put(`/project/${CHARTERS}/${kind}/`, body, as));

  it('an array of user names replaces the set; the answer is the names by user id', async () => {
    expect(await setting('workers', ['otto', 'wil', 'otto'])).toEqual([200, ['wil', 'otto']]);
    expect(await setting('workers', [], 'ada')).toEqual([200, []]);
    expect(answerOf(await server.patch(`/project/${CHARTERS}/workers/`, ['wil']))).toEqual([200, ['wil']]);
    expect((await server.shown(`/project/${CHARTERS}/`)).workers).toEqual(['wil']);
  });

  it('the creator is always put back among the admins', async () => {
    expect(await setting('admins', [])).toEqual([200, ['mia']]);
    expect(await setting('admins', ['ada'])).toEqual([200, ['mia', 'ada']]);
  });

  it('an unknown name is refused and nothing changes', async () => {
    expect(await setting('workers', ['otto', 'zed', 'nobody'])).toEqual([400, { detail: 'User zed does not exist.' }]);
    expect(await setting('admins', ['otto', 'zed'])).toEqual([400, { detail: 'User zed does not exist.' }]);
    const { admins, workers } = await server.shown(`/project/${CHARTERS}/`);
    expect([admins, workers]).toEqual([['mia', 'ada'], ['wil']]);
  });

  it.each<[string, string]>([
    ['[5]', 'User 5 does not exist.'],
    ['[null]', 'User None does not exist.'],
    ['[true]', 'User True does not exist.'],
    ['["a\\u0000b"]', 'User a\u0000b does not exist.'],
    ['["\\ud800"]', 'User \ufffd does not exist.'],
  ])('%s names nobody', async (body, text) => {
    expect(await setting('workers', body)).toEqual([400, { detail: text }]);
  });

  it.each<[string, string]>([
    ['{}', 'Expected a list of items but got type "dict".'],
    ['', 'Expected a list of items but got type "dict".'],
    ['"mia"', 'Expected a list of items but got type "str".'],
    ['5', 'Expected a list of items but got type "int".'],
    ['null', 'No data provided'],
  ])('%j is no array of names', async (body, text) => {
    expect(await setting('workers', body)).toEqual([400, { non_field_errors: [text] }]);
  });

  it('who is made a worker sees the project at once, who is no longer one does not', async () => {
    const path = `/project/${CHARTERS}/`;
    expect((await server.get(path, 'otto')).status).toBe(404);
    await setting('workers', ['wil', 'otto']);
    expect((await server.get(path, 'otto')).status).toBe(200);
    await setting('workers', ['wil']);
    expect((await server.get(path, 'otto')).status).toBe(404);
  });
});

describe('resources', () => {
  it('name, description and type are changed; the rest is ignored, a project never moved', async () => {
    const { project } = await server.shown(`/resource/${PAGE_3}/`);
    const body = {
      name: null,
      description: 'd',
      resource_type: server.link('resourcetype', TIFF),
      has_thumb: true,
      processing_status: 9,
      resource_file: 'x',
      project: server.link('project', CHARTERS),
    };
    const { status, json } = await server.put(`/resource/${PAGE_3}/`, body);
    expect(status).toBe(200);
    expect(json).toMatchObject({ name: null, description: 'd', resource_type: body.resource_type, project });
    expect(json).toMatchObject({ has_thumb: false, processing_status: 4 });
  });

  it.each<[object, object]>([
    [{ name: 'x'.repeat(201) }, { name: ['Ensure this field has no more than 200 characters.'] }],
    [{ resource_type: null }, { resource_type: ['This field may not be null.'] }],
    [{ resource_type: '/resourcetypes/' }, { resource_type: ['Invalid hyperlink - Incorrect URL match.'] }],
    [
      { project: 'x', name: [] },
      { project: ['Invalid hyperlink - No URL match.'], name: ['Not a valid string.'] },
    ],
  ])('PATCH %j', async (body, errors) => {
    expect(answerOf(await server.patch(`/resource/${PAGE_1}/`, body))).toEqual([400, errors]);
  });

  it('a resource that is not used is deleted, also from lists', async () => {
    const list = await server.make('/resourcelists/', { resources: [resource(PAGE_3), resource(PAGE_3)] });
    expect((await server.delete(`/resource/${PAGE_3}/`)).status).toBe(204);
    expect((await server.shown(list.url)).resources).toEqual([]);
  });

  it('a used resource cannot be deleted', async () => {
    const { url, steps } = await server.validWorkflow();
    const [port] = Object.values(steps[0]!.in);
    await server.make('/workflowruns/', { workflow: url, resource_assignments: { [port!]: [resource(PAGE_2)] } });
    expect(answerOf(await server.delete(`/resource/${PAGE_2}/`))).toEqual([
      409,
      {
        Error:
          'You can not delete the resource because it is currently Protected. A finished or pending runjob is referencing this resource. If you delete that runjob, you can then delete this resource.',
      },
    ]);
    expect((await server.get(`/resource/${PAGE_2}/`)).status).toBe(200);
  });
});

describe('resource lists', () => {
  it('keep the order; project and type are those of the first', async () => {
    const body = { name: 'l', resources: [PAGE_2, PAGE_1].map(resource), project: 'x', resource_type: 'x' };
    const list = await server.make('/resourcelists/', body);
    expect(list).toMatchObject({ resources: body.resources, description: null, origin: null });
    expect([list.project, list.resource_type]).toEqual([
      server.link('project', CHARTERS),
      server.link('resourcetype', PNG),
    ]);
    const changed = (await server.patch(list.url, { resources: [resource(NOTES)] })).json;
    expect([changed.resources, changed.resource_type]).toEqual([[resource(NOTES)], server.link('resourcetype', TEXT)]);
    expect((await server.delete(list.url)).status).toBe(204);
  });

  it.each<[string, () => object, object]>([
    ['nothing', () => ({}), { resources: ['This field is required.'] }],
    ['null', () => ({ resources: null }), { resources: ['This field may not be null.'] }],
    ['an empty list', () => ({ resources: [] }), { resources: ['This list may not be empty.'] }],
    ['a number', () => ({ resources: 5 }), { resources: ['Expected a list of items but got type "int".'] }],
    ['a text', () => ({ resources: 'x' }), { resources: ['Expected a list of items but got type "str".'] }],
    [
      'null inside',
      () => ({ resources: [resource(PAGE_1), null] }),
      { resources: { '1': ['Incorrect type. Expected URL string, received NoneType.'] } },
    ],
    ['nonsense inside', () => ({ resources: ['x'] }), { resources: { '0': ['Invalid hyperlink - No URL match.'] } }],
    [
      'several types',
      () => ({ resources: [resource(PAGE_1), resource(NOTES)] }),
      { resources: ['All Resources should have the same ResourceType.'] },
    ],
    [
      'a number and a bad name',
      () => ({ resources: 5, name: {} }),
      { resources: ['Expected a list of items but got type "int".'], name: ['Not a valid string.'] },
    ],
  ])('of %s are refused', async (_what, body, errors) => {
    expect(answerOf(await server.post('/resourcelists/', body()))).toEqual([400, errors]);
  });

  it('all resources are of one project', async () => {
    const body = { resources: [resource(PAGE_1), resource(FOREIGN_PAGE)] };
    expect(answerOf(await server.post('/resourcelists/', body, 'root'))).toEqual([
      400,
      { resources: ['All Resources should belong to the same Project.'] },
    ]);
    expect(answerOf(await server.post('/resourcelists/', body, 'mia'))).toEqual([
      400,
      { resources: { '1': ['You have no permissions to it.'] } },
    ]);
  });

  it('of a form the repeated field is the list', async () => {
    const fields = new URLSearchParams([
      ['resources', resource(PAGE_2)],
      ['name', 'by form'],
      ['resources', resource(PAGE_1)],
    ]).toString();
    const { status, json } = await server.form('POST', '/resourcelists/', fields);
    expect([status, json.name, json.resources]).toEqual([201, 'by form', [PAGE_2, PAGE_1].map(resource)]);
  });
});
