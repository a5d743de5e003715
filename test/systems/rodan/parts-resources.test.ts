import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { NOWHERE, PartsWorld } from './parts-world.js';

let world: PartsWorld;
let png: string;
let text: string;
let pages: string[];

beforeAll(async () => {
  world = await PartsWorld.start();
  png = await world.data.resourceType('image/png');
  text = await world.data.resourceType('text/plain');
});
afterAll(() => world.close());

beforeEach(async () => {
  pages = [];
  for (let count = 0; count < 3; count++) pages.push(await world.data.resource(world.project, png));
});

const PROTECTED =
  'You can not delete the resource because it is currently Protected. A finished or pending runjob is referencing this resource. If you delete that runjob, you can then delete this resource.';

async function runJob(project: string): Promise<{ uuid: string; id: number }> {
  return world.data.runJob(await world.data.run({ project }));
}

describe('rodanUpdateResource', () => {
  it('changes name, description and type, those that are given', async () => {
    const [page = ''] = pages;
    await world.update(
      'Resource',
      page,
      { name: 'folio 1', resourceType: `/resourcetype/${text}/` },
      'uuid',
      world.wil,
    );
    const fields = 'name description resourceTypeUuid projectUuid';
    const resource = { name: 'folio 1', description: null, resourceTypeUuid: text, projectUuid: world.project };
    expect(await world.read('resource', page, fields)).toEqual(resource);
    await world.update('Resource', page, { name: null, description: '' });
    expect(await world.read('resource', page, fields)).toEqual({ ...resource, name: null, description: '' });
  });

  it('checks the project as a link and moves nothing', async () => {
    const [page = ''] = pages;
    const other = await world.create('Project', { name: 'other' });
    await world.update('Resource', page, { project: other });
    expect((await world.read('resource', page, 'projectUuid')).projectUuid).toBe(world.project);
    expect(await world.faultsOfUpdate('Resource', page, { project: world.foreign })).toEqual({
      project: ['You have no permissions to it.'],
    });
  });

  it('says everything that is wrong at once', async () => {
    const input = { name: 'x'.repeat(201), description: 'a\0', resourceType: null, project: 7 };
    expect(await world.faultsOfUpdate('Resource', pages[0]!, input)).toEqual({
      name: ['Ensure this field has no more than 200 characters.'],
      description: ['Null characters are not allowed.'],
      resource_type: ['This field may not be null.'],
      project: ['Incorrect type. Expected URL string, received int.'],
    });
  });

  it('is for members of the project', async () => {
    const foreign = await world.data.resource(world.foreign, png);
    expect(await world.refusedUpdate('Resource', foreign, {})).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedDelete('Resource', foreign)).toMatchObject({ code: 'NOT_FOUND' });
    await world.delete('Resource', foreign, world.root);
  });
});

describe('rodanDeleteResource', () => {
  it('takes the resource out of lists', async () => {
    const [first, second, third] = pages;
    const list = await world.create('ResourceList', { resources: pages });
    await world.delete('Resource', second!);
    expect((await world.read('resourceList', list, 'resources { uuid }')).resources).toEqual([
      { uuid: first },
      { uuid: third },
    ]);
    expect(await world.read('resource', second!, 'uuid')).toBeNull();
  });

  it('is refused while an input or output of a run job refers to it', async () => {
    const [read = '', written = ''] = pages;
    const job = await runJob(world.project);
    await world.data.input(job, 'page', { resource_uuid: read });
    await world.data.output(job, 'page', { resource_uuid: written });
    for (const uuid of [read, written]) {
      expect(await world.refusedDelete('Resource', uuid)).toMatchObject({ code: 'CONFLICT', message: PROTECTED });
      expect(await world.read('resource', uuid, 'uuid')).toEqual({ uuid });
    }
  });
});

describe('a resource list', () => {
  it('keeps the order of its resources, and has the project and the type of the first', async () => {
    const [a, b, c] = pages;
    const resources = [`/resource/${c}/`, `http://x.example/rodan/resource/${a}/`, b];
    const uuid = await world.create('ResourceList', { name: 'book', resources });
    expect(
      await world.read('resourceList', uuid, 'name description projectUuid resourceTypeUuid resources { uuid }'),
    ).toEqual({
      name: 'book',
      description: null,
      projectUuid: world.project,
      resourceTypeUuid: png,
      resources: [{ uuid: c }, { uuid: a }, { uuid: b }],
    });
  });

  it('is changed in what is given', async () => {
    const [a, b, c] = pages;
    const uuid = await world.create('ResourceList', { name: 'book', resources: [a, b] });
    await world.update('ResourceList', uuid, { description: 'd' });
    expect(await world.read('resourceList', uuid, 'name description resources { uuid }')).toEqual({
      name: 'book',
      description: 'd',
      resources: [{ uuid: a }, { uuid: b }],
    });
    await world.update('ResourceList', uuid, { resources: [c, b, a], name: null });
    expect(await world.read('resourceList', uuid, 'name resources { uuid }')).toEqual({
      name: null,
      resources: [{ uuid: c }, { uuid: b }, { uuid: a }],
    });
  });

  it('says what is wrong', async () => {
    const other = await world.create('Project', { name: 'other' });
    const elsewhere = await world.data.resource(other, png);
    const notes = await world.data.resource(world.project, text);
    const hidden = await world.data.resource(world.foreign, png);
    const [page] = pages;
    const faults = (input: object): Promise<unknown> => world.faults('ResourceList', input);
    expect(await faults({ name: 'x'.repeat(201) })).toEqual({
      name: ['Ensure this field has no more than 200 characters.'],
      resources: ['This field is required.'],
    });
    expect(await faults({ resources: null })).toEqual({ resources: ['This field may not be null.'] });
    expect(await faults({ resources: [] })).toEqual({ resources: ['This list may not be empty.'] });
    expect(await faults({ resources: [page, elsewhere] })).toEqual({
      resources: ['All Resources should belong to the same Project.'],
    });
    expect(await faults({ resources: [page, notes] })).toEqual({
      resources: ['All Resources should have the same ResourceType.'],
    });
    expect(await faults({ resources: [page, NOWHERE, hidden, null] })).toEqual({
      resources: {
        1: ['Invalid hyperlink - Object does not exist.'],
        2: ['You have no permissions to it.'],
        3: ['Incorrect type. Expected URL string, received NoneType.'],
      },
    });
  });

  it('is deleted without its resources, unless a run job refers to it', async () => {
    const uuid = await world.create('ResourceList', { resources: pages });
    const used = await world.create('ResourceList', { resources: pages });
    await world.data.input(await runJob(world.project), 'pages', { resource_list_uuid: used });
    await world.delete('ResourceList', uuid);
    expect(await world.read('resourceList', uuid, 'uuid')).toBeNull();
    expect(await world.read('resource', pages[0]!, 'uuid')).not.toBeNull();
    expect(await world.refusedDelete('ResourceList', used)).toMatchObject({ code: 'CONFLICT', message: PROTECTED });
  });

  it('is there for members of the project only', async () => {
    const resource = await world.data.resource(world.foreign, png);
    const list = await world.data.resourceList(world.foreign, png, [resource]);
    expect(await world.refusedUpdate('ResourceList', list, {})).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedDelete('ResourceList', list)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('of several thousand resources takes a bounded number of statements', async () => {
    const resources = Array.from({ length: 3000 }, (_, index) => pages[index % 3]);
    const statements = await world.statementsOf(() => world.create('ResourceList', { resources }));
    expect(statements.length).toBeLessThanOrEqual(20);
  });
});
