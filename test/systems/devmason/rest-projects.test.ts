import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonServer, GENIE, JAFAR, NOBODY, UNREADABLE, WAYS, WRONG } from './rest-support.js';

describe.each(WAYS)('projects $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    await server.project('lamp-shop', GENIE, 'Lamp Shop');
    await server.project('carpet', NOBODY, 'carpet');
  });
  afterAll(() => server.close());

  const links = (slug: string, self = ['GET'], builds = ['GET', 'POST']) => [
    { rel: 'self', href: `${server.base}/${slug}`, allowed_methods: self },
    { rel: 'build-list', href: `${server.base}/${slug}/builds`, allowed_methods: builds },
    { rel: 'latest-build', href: `${server.base}/${slug}/builds/latest`, allowed_methods: ['GET'] },
    { rel: 'tag-list', href: `${server.base}/${slug}/tags`, allowed_methods: ['GET'] },
  ];

  it('are shown with name, owner and links, and nothing else', async () => {
    const { status, headers, json } = await server.get('/lamp-shop');
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8', vary: 'Authorization' });
    expect(json).toEqual({ name: 'Lamp Shop', owner: 'genie', links: links('lamp-shop') });
  });

  it('of nobody have the owner ""', async () => {
    expect((await server.get('/carpet')).json).toEqual({ name: 'carpet', owner: '', links: links('carpet') });
  });

  it('tell each client what it may do', async () => {
    const of = async (headers: object) => (await server.get('/lamp-shop', headers)).json.links;
    expect(await of(GENIE)).toEqual(links('lamp-shop', ['GET', 'PUT', 'DELETE']));
    expect(await of(JAFAR)).toEqual(links('lamp-shop'));
    expect(await of(WRONG)).toEqual(links('lamp-shop', ['GET'], ['GET']));
    expect(await of(UNREADABLE)).toEqual(links('lamp-shop', ['GET'], ['GET']));
    expect(await of({ Authorization: ' ' })).toEqual(links('lamp-shop'));
  });

  it('are registered by PUT: 201 with an absolute Location and no body', async () => {
    const { status, text, headers } = await server.put('/fresh_1', { name: 'Fresh', owner: 'jafar', links: 5 }, GENIE);
    expect([status, text, headers.location]).toEqual([201, '', `${server.base}/fresh_1`]);
    expect((await server.get('/fresh_1')).json).toMatchObject({ name: 'Fresh', owner: 'genie' });
  });

  it('are renamed by their owner: 200 with the project as changed', async () => {
    await server.project('renamed', GENIE, 'Before');
    const fetched = (await server.get('/renamed')).json;
    const { status, json } = await server.put('/renamed', { ...fetched, name: 'After' }, GENIE);
    expect([status, json]).toEqual([
      200,
      { name: 'After', owner: 'genie', links: links('renamed', ['GET', 'PUT', 'DELETE']) },
    ]);
    expect((await server.get('/renamed')).json.name).toBe('After');
  });

  it('are not changed by anybody else, nobody included: 403 with an empty body', async () => {
    for (const slug of ['lamp-shop', 'carpet']) {
      for (const headers of [NOBODY, JAFAR, WRONG]) {
        const { status, text } = await server.put(`/${slug}`, { name: 'Mine' }, headers);
        expect([status, text]).toEqual([403, '']);
      }
    }
    expect((await server.get('/lamp-shop')).json.name).toBe('Lamp Shop');
  });

  it('need a name: 400 with an empty body, before existence and ownership are looked at', async () => {
    const bodies = [
      {},
      { name: null },
      { name: 5 },
      { name: '' },
      { name: ' \t' },
      { name: 'x'.repeat(201) },
      5,
      null,
      [],
    ];
    for (const body of [...bodies, { name: 'a\0' }, '{"name": "\\ud800"}']) {
      for (const slug of ['nameless', 'lamp-shop']) {
        const { status, text } = await server.put(`/${slug}`, JSON.stringify(body), NOBODY);
        expect([body, status, text]).toEqual([body, 400, '']);
      }
    }
    expect((await server.get('/nameless')).status).toBe(404);
    await server.project('longest', NOBODY, '🪔'.repeat(200));
  });

  it('are deleted by their owner with their builds: 204; the slug is free again', async () => {
    await server.project('doomed', GENIE);
    const id = await server.build('doomed', { tags: ['t'], results: [{ name: 's', success: true }] }, JAFAR);
    const open = await server.start('doomed');
    const { status, text } = await server.delete('/doomed', GENIE);
    expect([status, text]).toEqual([204, '']);
    for (const path of ['', '/builds', `/builds/${id}`, `/builds/${open}/progress`, '/tags']) {
      expect((await server.get(`/doomed${path}`)).status).toBe(404);
    }
    await server.project('doomed', JAFAR);
    expect((await server.get('/doomed')).json.owner).toBe('jafar');
    expect(Number(await server.build('doomed'))).toBeGreaterThan(Number(open));
  });

  it('are deleted by nobody else: 401 without credentials, then 404, then 403', async () => {
    const refusals = [
      ['/lamp-shop', NOBODY, 401],
      ['/none-such', NOBODY, 401],
      ['/lamp-shop', UNREADABLE, 401],
      ['/none-such', JAFAR, 404],
      ['/lamp-shop', JAFAR, 403],
      ['/lamp-shop', WRONG, 403],
      ['/none-such', WRONG, 403],
      ['/carpet', GENIE, 403],
    ] as const;
    for (const [path, headers, expected] of refusals) {
      const { status, text, headers: answered } = await server.delete(path, headers);
      expect([path, status, text]).toEqual([path, expected, expected === 404 ? 'Not Found' : '']);
      expect(answered['www-authenticate']).toBe(expected === 401 ? 'Basic realm="pony"' : undefined);
    }
    expect((await server.get('/lamp-shop')).status).toBe(200);
  });

  it('may all be changed and deleted with the token of an administrator', async () => {
    const Authorization = `Bearer ${await server.gateway.token('root', { admin: true })}`;
    await server.project('nobodys');
    expect((await server.options('/nobodys', { Authorization })).headers.allow).toBe('GET, PUT, DELETE');
    expect((await server.put('/nobodys', { name: 'X' }, { Authorization })).json.name).toBe('X');
    expect((await server.delete('/nobodys', { Authorization })).status).toBe(204);
  });
});

describe('two clients that register one project at once', () => {
  it('get 201 and 200 when they are the owner, 403 when they are nobody', async () => {
    const server = await DevmasonServer.start();
    await server.put('/users/genie', {}, GENIE);
    for (const [headers, second] of [
      [GENIE, 200],
      [NOBODY, 403],
    ] as const) {
      for (const slug of ['a', 'b', 'c', 'd'].map((letter) => `${letter}${second}`)) {
        const put = () => server.put(`/${slug}`, { name: 'Twice' }, headers);
        const replies = await Promise.all([put(), put()]);
        expect(replies.map(({ status }) => status).sort()).toEqual([second, 201].sort());
      }
    }
    await server.close();
  });
});
