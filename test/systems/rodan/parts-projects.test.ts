import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headOf } from '../../../src/core/changes/log.js';
import { Caller } from '../../graphql/agent.js';
import { Subscriber } from '../../support/subscriber.js';
import { NOWHERE, PartsWorld, refused } from './parts-world.js';

let world: PartsWorld;

beforeAll(async () => {
  world = await PartsWorld.start();
});
afterAll(() => world.close());

const FIELDS = 'name description creator { username } admins { username } workers { username }';
const names = (users: readonly { username: string }[]): string[] => users.map(({ username }) => username);

describe('rodanCreateProject', () => {
  it('makes the caller creator and admin', async () => {
    const uuid = await world.create('Project', { name: ' Charters of 1300 ' });
    const mia = { username: 'mia' };
    expect(await world.read('project', uuid, FIELDS)).toEqual({
      name: 'Charters of 1300',
      description: null,
      creator: mia,
      admins: [mia],
      workers: [],
    });
    const { project } = await world.read('project', uuid, 'project { system legacyId name }');
    expect(project).toEqual({ system: 'RODAN', legacyId: uuid, name: 'Charters of 1300' });
  });

  it('may be done by any user of the gateway, who becomes a user of Rodan', async () => {
    const token = await world.server.token('newcomer');
    const uuid = await world.create('Project', { name: 'x' }, new Caller(world.server, token));
    expect((await world.read('project', uuid, 'creator { username }')).creator).toEqual({ username: 'newcomer' });
  });

  it('needs credentials', async () => {
    expect(await world.refusedCreate('Project', { name: 'x' }, world.anonymous)).toMatchObject({
      code: 'UNAUTHENTICATED',
    });
  });

  it('takes a description that is null, empty or left out', async () => {
    for (const description of [null, '', undefined]) {
      const uuid = await world.create('Project', { name: 'x', description });
      expect((await world.read('project', uuid, 'description')).description).toBe(description ?? null);
    }
  });

  it.each([
    [{}, { name: ['This field is required.'] }],
    [{ name: null }, { name: ['This field may not be null.'] }],
    [{ name: ' ' }, { name: ['This field may not be blank.'] }],
    [{ name: 'x'.repeat(256) }, { name: ['Ensure this field has no more than 255 characters.'] }],
    [{ name: 'a\0' }, { name: ['Null characters are not allowed.'] }],
    [{ name: 'x', description: '\uD800' }, { description: ['Not a valid string.'] }],
    [
      { name: '', description: 'a\0' },
      { name: ['This field may not be blank.'], description: ['Null characters are not allowed.'] },
    ],
  ])('refuses %j', async (input, errors) => {
    const before = await world.rows('project');
    expect(await world.faults('Project', input)).toEqual(errors);
    expect(await world.rows('project')).toBe(before);
  });

  it('takes a description of a million characters', async () => {
    const description = 'x'.repeat(900_000);
    const uuid = await world.create('Project', { name: 'long', description });
    expect((await world.read('project', uuid, 'description')).description).toHaveLength(description.length);
  });

  it('only checks when it is told to', async () => {
    const before = await world.rows('rodan_project');
    expect(await world.checkCreate('Project', { name: 'x' }, 'ALL')).toBeNull();
    expect(await world.checkedFaults('Project', {}, 'FIELDS')).toEqual({ name: ['This field is required.'] });
    expect(await world.rows('rodan_project')).toBe(before);
  });
});

describe('rodanUpdateProject', () => {
  it('changes what is given, also the name under which all systems know it', async () => {
    const uuid = await world.create('Project', { name: 'old', description: 'd' });
    await world.update('Project', uuid, { name: 'new' });
    const fields = 'name description createdAt updatedAt project { name }';
    const project = await world.read('project', uuid, fields);
    expect(project).toMatchObject({ name: 'new', description: 'd', project: { name: 'new' } });
    expect(project.updatedAt > project.createdAt).toBe(true);
    await world.update('Project', uuid, { description: null });
    expect(await world.read('project', uuid, 'name description')).toEqual({ name: 'new', description: null });
  });

  it('is for admins and superusers; workers may not, and others are not told of it', async () => {
    const { project, ada, root, wil, otto, anonymous } = world;
    await world.update('Project', project, { description: 'by ada' }, 'uuid', ada);
    await world.update('Project', project, { description: 'by root' }, 'uuid', root);
    const change = { description: 'by others' };
    expect(await world.refusedUpdate('Project', project, change, wil)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await world.refusedUpdate('Project', project, change, otto)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await world.refusedUpdate('Project', project, change, anonymous)).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await world.refusedUpdate('Project', NOWHERE, change)).toMatchObject({ code: 'NOT_FOUND' });
    expect((await world.read('project', project, 'description')).description).toBe('by root');
  });

  it.each(['', 'x', '\0', '\uD800', "' OR 1 = 1", NOWHERE.replaceAll('-', '')])(
    'finds nothing under %j',
    async (uuid) => {
      expect(await world.refusedUpdate('Project', uuid, {})).toMatchObject({
        code: 'NOT_FOUND',
        message: 'Not found.',
      });
    },
  );

  it('says who may not before what is wrong', async () => {
    expect(await world.refusedUpdate('Project', world.project, { name: '' }, world.wil)).toMatchObject({
      code: 'FORBIDDEN',
    });
    expect(await world.refusedUpdate('Project', world.project, { name: '' }, world.otto)).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

const SET_ADMINS = `mutation ($uuid: String!, $usernames: [String!]!) { rodanSetProjectAdmins(uuid: $uuid, usernames: $usernames) { ${FIELDS} } }`;
const SET_WORKERS = SET_ADMINS.replace('Admins', 'Workers');

describe('admins and workers of a project', () => {
  it('are replaced; the creator always stays an admin', async () => {
    const uuid = await world.create('Project', { name: 'x' });
    const set = async (document: string, usernames: readonly string[]) =>
      Object.values<any>(await world.mia.run(document, { uuid, usernames }))[0];
    expect(names((await set(SET_ADMINS, ['otto', 'ada', 'otto'])).admins)).toEqual(['mia', 'ada', 'otto']);
    expect(names((await set(SET_WORKERS, ['wil', 'ada'])).workers)).toEqual(['ada', 'wil']);
    const emptied = await set(SET_ADMINS, []);
    expect([names(emptied.admins), names(emptied.workers)]).toEqual([['mia'], ['ada', 'wil']]);
  });

  it('change not at all when one name is unknown', async () => {
    const { project, mia } = world;
    for (const [document, name] of [
      [SET_ADMINS, 'zed'],
      [SET_WORKERS, 'zed'],
      [SET_WORKERS, ''],
      [SET_WORKERS, 'ADA'],
    ] as const) {
      const refusal = await refused(mia, document, { uuid: project, usernames: ['otto', name, 'nobody'] });
      expect(refusal).toMatchObject({ code: 'INVALID', message: `User ${name} does not exist.` });
      expect(refusal.errors).toBeUndefined();
    }
    expect((await refused(mia, SET_WORKERS, { uuid: project, usernames: ['a\0'] })).code).toBe('INVALID');
    expect((await refused(mia, SET_WORKERS, { uuid: project, usernames: ['\uD800'] })).code).toBe('INVALID');
    const { admins, workers } = await world.read('project', project, FIELDS);
    expect([names(admins), names(workers)]).toEqual([['mia', 'ada'], ['wil']]);
  });

  it('are set by the creator, workers by admins, too; a superuser is neither', async () => {
    const { project, ada, wil, root, otto, anonymous } = world;
    const code = async (caller: typeof ada, document: string) =>
      (await refused(caller, document, { uuid: project, usernames: [] })).code;
    expect(await code(ada, SET_ADMINS)).toBe('FORBIDDEN');
    expect(await code(root, SET_ADMINS)).toBe('FORBIDDEN');
    expect(await code(root, SET_WORKERS)).toBe('FORBIDDEN');
    expect(await code(wil, SET_WORKERS)).toBe('FORBIDDEN');
    expect(await code(otto, SET_WORKERS)).toBe('NOT_FOUND');
    expect(await code(anonymous, SET_WORKERS)).toBe('UNAUTHENTICATED');
    const { rodanSetProjectWorkers } = await ada.run(SET_WORKERS, { uuid: project, usernames: ['wil'] });
    expect(names(rodanSetProjectWorkers.workers)).toEqual(['wil']);
  });

  it('decide who sees what is in the project', async () => {
    const uuid = await world.create('Project', { name: 'shared' });
    const workflow = await world.create('Workflow', { project: uuid, name: 'w' });
    const change = { description: 'x' };
    expect(await world.refusedUpdate('Workflow', workflow, change, world.otto)).toMatchObject({ code: 'NOT_FOUND' });
    await world.mia.run(SET_WORKERS, { uuid, usernames: ['otto'] });
    await world.update('Workflow', workflow, change, 'uuid', world.otto);
    await world.mia.run(SET_WORKERS, { uuid, usernames: [] });
    expect(await world.refusedUpdate('Workflow', workflow, change, world.otto)).toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('projectChanged tells of projects that are created, changed and deleted', async () => {
  const document =
    'subscription ($after: String) { projectChanged(system: RODAN, after: $after) { change actor project { name } } }';
  const after = String(await headOf(world.server.app.store.reader));
  const subscriber = new Subscriber(world.server.url, document, { after });
  try {
    const uuid = await world.create('Project', { name: 'watched' });
    await world.update('Project', uuid, { name: 'seen' });
    await world.delete('Project', uuid);
    const changes = (await subscriber.take(3)).map(({ data }) => (data as any).projectChanged);
    expect(changes.map(({ change, actor }) => [change, actor])).toEqual([
      ['CREATED', 'mia'],
      ['UPDATED', 'mia'],
      ['DELETED', 'mia'],
    ]);
  } finally {
    await subscriber.close();
  }
});
