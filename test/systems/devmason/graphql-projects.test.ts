import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../graphql/agent.js';
import { Subscriber } from '../../support/subscriber.js';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
});
afterAll(() => gateway.close());

const PROJECT = `slug name owner { username } project { system legacyId name } latestBuild { buildId } viewerCanUpdate tags { name buildCount }`;
const REGISTER = `mutation ($slug: String!, $name: String!) { devmasonRegisterProject(slug: $slug, name: $name) { ${PROJECT} } }`;
const UPDATE = `mutation ($slug: String!, $name: String!) { devmasonUpdateProject(slug: $slug, name: $name) { ${PROJECT} } }`;
const DELETE = 'mutation ($slug: String!) { devmasonDeleteProject(slug: $slug) }';
const READ = `query ($slug: String!) { devmason { project(slug: $slug) { ${PROJECT} } } }`;

async function read(slug: string, caller: Caller = gateway.anonymous): Promise<any> {
  return (await caller.run(READ, { slug })).devmason.project;
}

describe('devmasonRegisterProject', () => {
  it('makes the caller the owner, and a user of Devmason', async () => {
    const { devmasonRegisterProject } = await gateway.alice.run(REGISTER, { slug: 'lamp-shop', name: 'Lamp Shop' });
    const project = {
      slug: 'lamp-shop',
      name: 'Lamp Shop',
      owner: { username: 'alice' },
      project: { system: 'DEVMASON', legacyId: 'lamp-shop', name: 'Lamp Shop' },
      latestBuild: null,
      tags: [],
    };
    expect(devmasonRegisterProject).toEqual({ ...project, viewerCanUpdate: true });
    expect(await read('lamp-shop')).toEqual({ ...project, viewerCanUpdate: false });
    const { devmason } = await gateway.alice.run(
      '{ devmason { user(username: "alice") { username isViewer createdAt } } }',
    );
    expect(devmason.user).toEqual({ username: 'alice', isViewer: true, createdAt: expect.any(String) });
  });

  it('needs no credentials; nobody is the owner then', async () => {
    const { devmasonRegisterProject } = await gateway.anonymous.run(REGISTER, { slug: 'nobodys', name: 'x' });
    expect(devmasonRegisterProject).toMatchObject({ owner: null, viewerCanUpdate: false });
  });

  it('refuses a slug that is taken, and makes nobody a user by that', async () => {
    await gateway.register('taken');
    expect(await gateway.bob.refusal(REGISTER, { slug: 'taken', name: 'x' })).toEqual({
      code: 'CONFLICT',
      message: 'slug: there is a project with this slug.',
    });
    expect(
      (await gateway.anonymous.run('{ devmason { user(username: "bob") { username } } }')).devmason.user,
    ).toBeNull();
  });

  it.each(['', 'a b', 'a/b', 'a.b', 'users', 'xmlrpc', 'x'.repeat(201), 'a\0', '\uD800'])(
    'refuses the slug %j',
    async (slug) => {
      const { code, message } = await gateway.alice.refusal(REGISTER, { slug, name: 'x' });
      expect(`${code} ${message}`).toMatch(/^INVALID slug: /);
    },
  );

  it.each(['builds', 'Users', 'größe-1_ü', 'x'.repeat(200)])('takes the slug %j', async (slug) => {
    expect((await gateway.alice.run(REGISTER, { slug, name: 'x' })).devmasonRegisterProject.slug).toBe(slug);
  });

  it.each(['', '  \n', 'x'.repeat(201), 'a\0', '\uDC00'])('refuses the name %j', async (name) => {
    const { code, message } = await gateway.alice.refusal(REGISTER, { slug: 'unnamed', name });
    expect(`${code} ${message}`).toMatch(/^INVALID name: /);
    expect(await read('unnamed')).toBeNull();
  });

  it('counts the characters of a name, not their halves', async () => {
    const name = '😀'.repeat(200);
    expect((await gateway.alice.run(REGISTER, { slug: 'smile', name })).devmasonRegisterProject.name).toBe(name);
  });
});

describe('devmasonUpdateProject', () => {
  it('renames a project and its builds', async () => {
    await gateway.register('größe', gateway.alice, 'Old');
    const { buildId } = await gateway.report('größe', {}, gateway.bob);
    expect(await gateway.build('größe', buildId, 'name')).toEqual({ name: `Build ${buildId} for Old` });
    const { devmasonUpdateProject } = await gateway.alice.run(UPDATE, { slug: 'größe', name: 'New' });
    expect(devmasonUpdateProject).toMatchObject({ name: 'New', project: { name: 'New' } });
    expect(await gateway.build('größe', buildId, 'name')).toEqual({ name: `Build ${buildId} for New` });
  });

  it('is for the owner and administrators', async () => {
    await gateway.register('owned');
    for (const caller of [gateway.anonymous, gateway.bob]) {
      expect((await caller.refusal(UPDATE, { slug: 'owned', name: 'y' })).code).toBe('FORBIDDEN');
    }
    for (const [caller, name] of [
      [gateway.alice, 'a'],
      [gateway.admin, 'b'],
    ] as const) {
      expect((await caller.run(UPDATE, { slug: 'owned', name })).devmasonUpdateProject.name).toBe(name);
    }
    expect((await read('owned')).owner).toEqual({ username: 'alice' });
  });

  it('is for administrators only where nobody is the owner', async () => {
    await gateway.register('ownerless', gateway.anonymous);
    for (const caller of [gateway.anonymous, gateway.bob]) {
      expect((await caller.refusal(UPDATE, { slug: 'ownerless', name: 'y' })).code).toBe('FORBIDDEN');
    }
    expect((await read('ownerless', gateway.admin)).viewerCanUpdate).toBe(true);
    await gateway.admin.run(UPDATE, { slug: 'ownerless', name: 'y' });
    expect((await read('ownerless')).name).toBe('y');
  });

  it('refuses an unknown project, and a bad name first', async () => {
    expect((await gateway.alice.refusal(UPDATE, { slug: 'none', name: 'y' })).code).toBe('NOT_FOUND');
    expect((await gateway.bob.refusal(UPDATE, { slug: 'owned', name: ' ' })).code).toBe('INVALID');
  });
});

describe('devmasonDeleteProject', () => {
  it('asks for credentials before it says whether there is such a project', async () => {
    expect((await gateway.anonymous.refusal(DELETE, { slug: 'none' })).code).toBe('UNAUTHENTICATED');
    expect((await gateway.bob.refusal(DELETE, { slug: 'none' })).code).toBe('NOT_FOUND');
    expect((await gateway.bob.refusal(DELETE, { slug: '\0' })).code).toBe('NOT_FOUND');
  });

  it('is for the owner and administrators', async () => {
    await gateway.register('mine');
    expect((await gateway.bob.refusal(DELETE, { slug: 'mine' })).code).toBe('FORBIDDEN');
    expect(await gateway.alice.run(DELETE, { slug: 'mine' })).toEqual({ devmasonDeleteProject: true });
    expect(await read('mine')).toBeNull();
    await gateway.register('mine');
    await gateway.admin.run(DELETE, { slug: 'mine' });
    expect(await read('mine')).toBeNull();
  });

  it('frees the slug, and gives the ids of old builds to none', async () => {
    await gateway.register('phoenix');
    const old = await gateway.report('phoenix');
    await gateway.alice.run(DELETE, { slug: 'phoenix' });
    await gateway.register('phoenix', gateway.bob);
    expect(await read('phoenix')).toMatchObject({ owner: { username: 'bob' }, latestBuild: null });
    const young = await gateway.report('phoenix');
    expect(Number(young.buildId)).toBeGreaterThan(Number(old.buildId));
  });
});

it('projectChanged tells of projects that are created, updated and deleted; not of a name that stays', async () => {
  const document = `subscription ($after: String) {
    projectChanged(system: DEVMASON, after: $after) { change actor project { name } } }`;
  const subscriber = new Subscriber(gateway.server.url, document, { after: await gateway.head() });
  try {
    await gateway.register('told', gateway.bob, 'One');
    await gateway.bob.run(UPDATE, { slug: 'told', name: 'One' });
    await gateway.bob.run(UPDATE, { slug: 'told', name: 'Two' });
    await gateway.bob.run(DELETE, { slug: 'told' });
    await gateway.register('last');
    const changes = (await subscriber.take(4)).map(({ data }) => (data as any).projectChanged);
    expect(changes.map(({ change, actor }) => [change, actor])).toEqual([
      ['CREATED', 'bob'],
      ['UPDATED', 'bob'],
      ['DELETED', 'bob'],
      ['CREATED', 'alice'],
    ]);
    expect(changes[2].project).toBeNull();
  } finally {
    await subscriber.close();
  }
});

describe('Without anonymous reports', () => {
  it('projects and builds need credentials', async () => {
    const strict = await DevmasonGateway.start({ env: { BUILDGATE_DEVMASON_ANONYMOUS: 'off' } });
    try {
      const slug = 'strict';
      expect((await strict.anonymous.refusal(REGISTER, { slug, name: 'x' })).code).toBe('UNAUTHENTICATED');
      await strict.register(slug);
      await expect(strict.report(slug, {}, strict.anonymous)).rejects.toThrow('UNAUTHENTICATED');
      await expect(strict.begin(slug, {}, strict.anonymous)).rejects.toThrow('UNAUTHENTICATED');
      await strict.report(slug, {}, strict.bob);
      expect(await strict.rows('build')).toBe(1);
    } finally {
      await strict.close();
    }
  });
});

describe('Authentication switched off', () => {
  it('lets everybody do everything, without a name', async () => {
    const open = await DevmasonGateway.start({ env: { BUILDGATE_AUTH: 'none' } });
    try {
      await open.register('free', open.anonymous);
      const { buildId } = await open.begin('free', {}, open.anonymous);
      await open.finish('free', buildId, open.anonymous);
      expect(await open.build('free', buildId, 'requester viewerCanDelete reporter { username }')).toEqual({
        requester: null,
        viewerCanDelete: true,
        reporter: null,
      });
      await open.anonymous.run(DELETE, { slug: 'free' });
      expect([await open.rows('build'), await open.rows('member')]).toEqual([0, 0]);
    } finally {
      await open.close();
    }
  });
});
