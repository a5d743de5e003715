import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, DevmasonServer, GENIE, JAFAR, linksOf, NOBODY, WAYS, WRONG } from './rest-support.js';

describe('users', () => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, WAYS[1]);
  });
  afterAll(() => server.close());

  const shown = (username: string, self = ['GET']) => {
    const href = `${server.base}/users/${encodeURIComponent(username)}`;
    return {
      username,
      links: [
        { rel: 'self', href, allowed_methods: self },
        { rel: 'builds', href: `${href}/builds`, allowed_methods: ['GET'] },
      ],
    };
  };

  it('are an empty list at first', async () => {
    const { status, json } = await server.get('/users');
    expect([status, json.users, json.count, json.num_pages]).toEqual([200, [], 0, 1]);
  });

  it('create themselves by PUT: 201 with their address and no body', async () => {
    const { status, text, headers } = await server.put('/users/genie', { username: 'genie', links: [] }, GENIE);
    expect([status, text, headers.location]).toEqual([201, '', `${server.base}/users/genie`]);
    expect((await server.get('/users/genie')).json).toEqual(shown('genie'));
    expect((await server.get('/users/genie', GENIE)).json).toEqual(shown('genie', ['GET', 'PUT', 'DELETE']));
    expect((await server.get('/users/none-such')).status).toBe(404);
  });

  it('that exist are answered by PUT: 200 with the user', async () => {
    const { status, json } = await server.put('/users/genie', {}, GENIE);
    expect([status, json]).toEqual([200, shown('genie', ['GET', 'PUT', 'DELETE'])]);
  });

  it('have names that are encoded in paths', async () => {
    const name = "Ali Bäbä's @ 40%";
    const { headers } = await server.put(`/users/${encodeURIComponent(name)}`, {}, basic(name, 'x'));
    expect(headers.location).toBe(`${server.base}/users/${encodeURIComponent(name)}`);
    expect((await server.get(`/users/${encodeURIComponent(name)}`)).json).toEqual(shown(name));
  });

  it('create nobody but themselves: 401 without credentials, 403 with another name', async () => {
    for (const name of ['genie', 'sultan']) {
      const nobody = await server.put(`/users/${name}`, { username: 5 });
      expect([nobody.status, nobody.headers['www-authenticate']]).toEqual([401, 'Basic realm="pony"']);
      for (const headers of [JAFAR, WRONG]) {
        const { status, text } = await server.put(`/users/${name}`, { username: 5 }, headers);
        expect([status, text]).toEqual([403, '']);
      }
    }
    expect((await server.get('/users/sultan')).status).toBe(404);
    expect((await server.get('/users/jafar')).status).toBe(404);
  });

  it('cannot be renamed, and need a password that is one: 400', async () => {
    const bodies = [{ username: 'jinn' }, { username: null }, { password: '' }, { password: 5 }, { password: null }];
    for (const body of bodies) {
      const { status, text } = await server.put('/users/genie', body, GENIE);
      expect([body, status, text]).toEqual([body, 400, 'Bad Request']);
    }
    const iago = basic('iago', 'x');
    expect((await server.put('/users/iago', { password: '' }, iago)).status).toBe(400);
    expect((await server.get('/users/iago')).status).toBe(404);
  });

  it('may change their password', async () => {
    await server.put('/users/abu', {}, basic('abu', 'old'));
    expect((await server.put('/users/abu', { password: 'new' }, basic('abu', 'old'))).status).toBe(200);
    expect((await server.put('/users/abu', {}, basic('abu', 'old'))).status).toBe(403);
    expect((await server.put('/users/abu', {}, basic('abu', 'new'))).status).toBe(200);
  });

  it('may be created with another password than that of the credentials', async () => {
    await server.put('/users/rajah', { password: 'second' }, basic('rajah', 'first'));
    expect((await server.delete('/users/rajah', basic('rajah', 'first'))).status).toBe(403);
    expect((await server.delete('/users/rajah', basic('rajah', 'second'))).status).toBe(204);
  });

  it('delete themselves; what they own and reported stays without them', async () => {
    const sultan = basic('sultan', 'x');
    await server.project('palace', sultan);
    const id = await server.build('palace', {}, sultan);
    const { status, text } = await server.delete('/users/sultan', sultan);
    expect([status, text]).toEqual([204, '']);
    expect((await server.get('/users/sultan')).status).toBe(404);
    expect((await server.get('/palace')).json.owner).toBe('');
    expect((await server.get(`/palace/builds/${id}`)).json.client.user).toBe('sultan');
    await server.put('/users/sultan', {}, sultan);
    expect((await server.put('/palace', { name: 'Mine' }, sultan)).status).toBe(403);
    expect((await server.delete(`/palace/builds/${id}`, sultan)).status).toBe(403);
  });

  it('leave builds in progress that the owner of the project may continue, and nobody else', async () => {
    const vizier = basic('vizier', 'x');
    await server.project('tower', GENIE);
    const id = await server.start('tower', {}, vizier);
    const progress = `/tower/builds/${id}/progress`;
    await server.delete('/users/vizier', vizier);
    const step = { success: true, name: 'spell' };
    const statuses = [];
    for (const headers of [NOBODY, JAFAR, vizier, GENIE]) {
      statuses.push((await server.post(progress, step, headers)).status);
    }
    expect(statuses).toEqual([401, 403, 403, 204]);
  });

  it('are deleted by nobody else: 401 without credentials, then 404, then 403', async () => {
    const statuses = [
      await server.delete('/users/genie', NOBODY),
      await server.delete('/users/none-such', NOBODY),
      await server.delete('/users/none-such', JAFAR),
      await server.delete('/users/genie', JAFAR),
      await server.delete('/users/genie', WRONG),
      await server.delete('/users/jafar', JAFAR),
    ].map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 404, 403, 403, 404]);
  });

  it('are no less their own masters for administrators, who may change and delete themselves alone', async () => {
    const root = { Authorization: `Bearer ${await server.gateway.token('root', { admin: true })}` };
    expect((await server.options('/users/genie', root)).headers.allow).toBe('GET');
    expect((await server.options('/users/root', root)).headers.allow).toBe('PUT');
    const replies = [
      await server.put('/users/genie', { password: 'taken' }, root),
      await server.put('/users/jinn', {}, root),
      await server.delete('/users/genie', root),
      await server.delete('/users/none-such', root),
      await server.put('/users/root', {}, root),
      await server.delete('/users/root', root),
    ];
    expect(replies.map(({ status }) => status)).toEqual([403, 403, 403, 404, 201, 204]);
    expect((await server.put('/users/genie', {}, GENIE)).status).toBe(200);
    expect((await server.get('/users/jinn')).status).toBe(404);
  });

  it('are listed by code point, a page at a time', async () => {
    for (const name of ['Zoe', 'ann']) await server.put(`/users/${name}`, {}, basic(name, 'x'));
    const { json } = await server.get('/users');
    expect(json.users.map(({ username }: { username: string }) => username)).toEqual([
      "Ali Bäbä's @ 40%",
      'Zoe',
      'abu',
      'ann',
      'genie',
      'sultan',
    ]);
    expect(json.users[4]).toEqual(shown('genie'));
    const second = (await server.get('/users?per_page=4&page=2')).json;
    expect(Object.keys(second).sort()).toEqual(
      ['count', 'links', 'num_pages', 'page', 'paginated', 'per_page', 'users'].sort(),
    );
    expect(second).toMatchObject({ count: 6, num_pages: 2, page: 2, paginated: true, per_page: 4 });
    expect(second.users).toEqual([shown('genie'), shown('sultan')]);
    const page = (number: number) => `${server.base}/users?per_page=4&page=${number} GET`;
    expect(linksOf(second)).toEqual([`self ${page(2)}`, `first ${page(1)}`, `last ${page(2)}`, `previous ${page(1)}`]);
  });
});
