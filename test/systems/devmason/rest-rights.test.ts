import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, BUILD, DevmasonServer, GENIE, JAFAR, NOBODY, SEALED, UNREADABLE, WAYS, WRONG } from './rest-support.js';

const STRANGER = basic('stranger', 'x');
const CLIENTS = {
  nobody: NOBODY,
  stranger: STRANGER,
  genie: GENIE,
  jafar: JAFAR,
  wrong: SEALED,
  unreadable: UNREADABLE,
};
type Client = keyof typeof CLIENTS;

/** What OPTIONS says: `Allow`, or the status when it is no 200. */
const READ = 'GET';
const everybody = (allow: string): Record<Client, string> => ({
  nobody: allow,
  stranger: allow,
  genie: allow,
  jafar: allow,
  wrong: allow,
  unreadable: allow,
});
/** What clients whose credentials count may do, and the others only read. */
const allBut = (allow: string, refused = READ) => ({ ...everybody(allow), wrong: refused, unreadable: refused });
const own = { ...everybody(READ), genie: 'GET, PUT, DELETE' };

describe.each(WAYS)('OPTIONS $name (section 6.3)', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    await server.gateway.token('operator');
    await server.project('lamp-shop', GENIE);
    await server.project('carpet');
    await server.build('lamp-shop', { tags: ['t'] }, JAFAR, 'one');
    await server.build('lamp-shop', {}, NOBODY, 'nobodys');
    await server.start('lamp-shop', {}, JAFAR, 'open');
    await server.start('carpet', {}, NOBODY, 'open');
  });
  afterAll(() => server.close());

  const ownBuild = { ...everybody(READ), genie: 'GET, DELETE', jafar: 'GET, DELETE' };
  const ownProgress = { ...everybody(READ), genie: 'GET, POST, DELETE', jafar: 'GET, POST, DELETE' };

  it.each<[string, Record<Client, string>]>([
    ['/', everybody(READ)],
    ['/users', everybody(READ)],
    ['/lamp-shop', own],
    ['/carpet', everybody(READ)],
    ['/free', allBut('PUT', '404')],
    ['/lamp-shop/builds', allBut('GET, POST')],
    ['/carpet/builds', allBut('GET, POST')],
    ['/free/builds', everybody('404')],
    ['/lamp-shop/builds/latest', everybody(READ)],
    ['/free/builds/latest', everybody('404')],
    ['/lamp-shop/builds/one', ownBuild],
    ['/lamp-shop/builds/nobodys', { ...everybody(READ), genie: 'GET, DELETE' }],
    ['/lamp-shop/builds/free', allBut('PUT', '404')],
    ['/free/builds/free', everybody('404')],
    ['/lamp-shop/builds/open/progress', ownProgress],
    ['/carpet/builds/open/progress', allBut('GET, POST, DELETE')],
    ['/lamp-shop/builds/one/progress', everybody('410')],
    ['/lamp-shop/builds/free/progress', everybody('404')],
    ['/lamp-shop/tags', everybody(READ)],
    ['/free/tags', everybody('404')],
    ['/lamp-shop/tags/t', everybody(READ)],
    ['/lamp-shop/tags/t/latest', everybody(READ)],
    ['/lamp-shop/tags/nope', everybody('404')],
    ['/lamp-shop/tags/nope/latest', everybody('404')],
    ['/users/genie', own],
    ['/users/jafar', { ...everybody(READ), jafar: 'GET, PUT, DELETE' }],
    ['/users/stranger', { ...everybody('404'), stranger: 'PUT' }],
    ['/users/genie/builds', everybody(READ)],
    ['/users/genie/builds/latest', everybody(READ)],
    ['/users/stranger/builds', everybody('404')],
  ])('of %s depends on who asks', async (path, expected) => {
    for (const [client, headers] of Object.entries(CLIENTS)) {
      const { status, text, headers: answered } = await server.options(path, headers);
      expect([client, answered.allow ?? String(status)]).toEqual([client, expected[client as Client]]);
      expect(answered.vary).toBe('Authorization');
      const body = { 404: 'Not Found', 410: 'Gone' }[status] ?? '';
      expect([text, answered['content-length']]).toEqual([body, String(body.length)]);
    }
    expect((await server.get('/users/stranger')).status).toBe(404);
  });

  it('says the same as the links of a project without builds, too', async () => {
    expect((await server.options('/carpet/builds')).headers.allow).toBe('GET, POST');
    const [, list] = (await server.get('/carpet')).json.links;
    expect(list.allowed_methods).toEqual(['GET', 'POST']);
  });

  it('agrees with the links of builds and users', async () => {
    const first = async (path: string, headers: object) =>
      (await server.get(path, headers)).json.links[0].allowed_methods;
    expect(await first('/lamp-shop/builds/one', JAFAR)).toEqual(['GET', 'DELETE']);
    expect(await first('/lamp-shop/builds/one', GENIE)).toEqual(['GET', 'DELETE']);
    expect(await first('/lamp-shop/builds/one', STRANGER)).toEqual(['GET']);
    expect(await first('/users/jafar', JAFAR)).toEqual(['GET', 'PUT', 'DELETE']);
    expect(await first('/users/jafar', GENIE)).toEqual(['GET']);
  });
});

describe('credentials (section 6.1)', () => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start();
    await server.project('lamp-shop', GENIE);
  });
  afterAll(() => server.close());

  it('never fail a read', async () => {
    const root = await server.gateway.token('root');
    const headers = [
      WRONG,
      UNREADABLE,
      basic('root', 'x'),
      { Authorization: `Bearer ${root}x` },
      { Authorization: 'Basic !' },
    ];
    for (const one of headers) expect((await server.get('/lamp-shop', one)).status).toBe(200);
  });

  it.each([
    ['another scheme', 'Digest username="genie"', 401],
    ['a scheme alone', 'Basic', 401],
    ['bad base64', 'Basic !!!', 401],
    ['no colon', `Basic ${btoa('genie')}`, 401],
    ['no name', `Basic ${btoa(':open sesame')}`, 401],
    ['a token that is none', 'Bearer nope', 401],
    ['a wrong password', `Basic ${btoa('genie:wrong')}`, 403],
    ['an empty password', `Basic ${btoa('genie:')}`, 403],
    ['the right password', `basic ${btoa('genie:open sesame')}`, 200],
  ])('with %s are %s for a write: %i', async (_what, Authorization, expected) => {
    const { status, text, headers } = await server.put('/lamp-shop', { name: 'x' }, { Authorization });
    expect([status, text === '']).toEqual([expected, expected !== 200]);
    expect(headers['www-authenticate']).toBe(expected === 401 ? 'Basic realm="pony"' : undefined);
  });

  it('of an unknown name make a user of whoever creates something, and of nobody else', async () => {
    const aladdin = basic('aladdin', 'pass: with:colons ü');
    await server.start('lamp-shop', {}, NOBODY, 'open');
    await server.put('/lamp-shop', { name: 'Mine' }, aladdin);
    await server.delete('/lamp-shop', aladdin);
    await server.post('/lamp-shop/builds', { ...BUILD, success: 'bad' }, aladdin);
    await server.post('/lamp-shop/builds/open/progress', { name: 's', success: true }, aladdin);
    await server.options('/lamp-shop', aladdin);
    await server.get('/lamp-shop', aladdin);
    expect((await server.get('/users/aladdin')).status).toBe(404);
    await server.build('lamp-shop', {}, aladdin, 'his');
    expect((await server.get('/users/aladdin')).status).toBe(200);
    expect((await server.delete('/lamp-shop/builds/his', basic('aladdin', 'pass'))).status).toBe(403);
    expect((await server.delete('/lamp-shop/builds/his', aladdin)).status).toBe(204);
  });

  it('of accounts of the gateway are not to be had by Basic', async () => {
    const token = await server.gateway.token('operator');
    const { status, text } = await server.put('/taken', { name: 'x' }, basic('operator', 'anything'));
    expect([status, text]).toEqual([403, '']);
    expect((await server.put('/taken', { name: 'x' }, { Authorization: `Bearer ${token}` })).status).toBe(201);
    expect((await server.get('/taken')).json.owner).toBe('operator');
    expect((await server.get('/users/operator')).json.username).toBe('operator');
  });
});

describe('an operator who wants credentials', () => {
  it('has projects and builds registered with them only: 401, before anything is looked at', async () => {
    const server = await DevmasonServer.start({ env: { BUILDGATE_DEVMASON_ANONYMOUS: 'off' } });
    await server.project('lamp-shop', GENIE);
    const refused = [
      await server.put('/free', {}),
      await server.put('/lamp-shop', { name: 'x' }),
      await server.post('/lamp-shop/builds', BUILD),
      await server.post('/none-such/builds', BUILD),
      await server.put('/lamp-shop/builds/one', BUILD),
    ];
    for (const { status, headers } of refused) {
      expect([status, headers['www-authenticate']]).toEqual([401, 'Basic realm="pony"']);
    }
    expect((await server.options('/lamp-shop/builds')).headers.allow).toBe('GET');
    expect((await server.options('/free')).status).toBe(404);
    await server.build('lamp-shop', {}, JAFAR);
    await server.close();
  });
});
