import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonServer, GENIE, WAYS } from './rest-support.js';

describe.each(WAYS)('addresses $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    for (const slug of ['lamp-shop', 'builds', 'tags', 'Ünï_1']) await server.project(encodeURIComponent(slug), GENIE);
    await server.build('lamp-shop', { tags: ['nightly'] }, GENIE, 'one');
    await server.start('lamp-shop', {}, GENIE, 'open');
  });
  afterAll(() => server.close());

  const METHODS: Record<string, string> = {
    '/': 'GET',
    '/lamp-shop': 'GET, PUT, DELETE',
    '/lamp-shop/builds': 'GET, POST',
    '/lamp-shop/builds/latest': 'GET',
    '/lamp-shop/builds/one': 'GET, PUT, DELETE',
    '/lamp-shop/builds/open/progress': 'GET, POST, DELETE',
    '/lamp-shop/tags': 'GET',
    '/lamp-shop/tags/nightly': 'GET',
    '/lamp-shop/tags/nightly/latest': 'GET',
    '/users': 'GET',
    '/users/genie': 'GET, PUT, DELETE',
    '/users/genie/builds': 'GET',
    '/users/genie/builds/latest': 'GET',
    '/builds/request': 'POST',
    '/builds/github': 'POST',
    '/builds/bitbucket': 'POST',
    '/xmlrpc': 'POST',
  };

  it.each(Object.entries(METHODS))('%s allows %s whoever asks; other methods are 405', async (path, allow) => {
    for (const headers of [{}, GENIE]) {
      for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH']) {
        if (allow.split(', ').includes(method)) continue;
        const { status, text, headers: answered } = await server.send(method, path, { headers });
        expect([method, status, text, answered.allow]).toEqual([method, 405, '', allow]);
        expect(answered).toMatchObject({ 'content-length': '0', vary: 'Authorization' });
      }
    }
  });

  it.each([
    '/lamp.shop',
    '/lamp%20shop',
    '/lamp%2Fshop',
    '/lamp-shop/',
    '/lamp-shop/builds/',
    '/lamp-shop/builds/a.b',
    '/lamp-shop/builds/latest/progress',
    `/lamp-shop/builds/${'x'.repeat(65)}`,
    '/lamp-shop/builds/one/steps',
    '/lamp-shop/tags/',
    '/lamp-shop/tags/nightly/newest',
    '/lamp-shop/claim',
    `/${'x'.repeat(201)}`,
    '/users/',
    '/users/a%3Ab',
    '/users/a%2Fb',
    '/users/a%0Ab',
    `/users/${'x'.repeat(151)}`,
    '/users/genie/tags',
    '/users/builds/one',
    '/xmlrpc/builds',
    '//',
    '/%',
    '/%FF',
  ])('%s has no route: 404 for every method', async (path) => {
    for (const method of ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) {
      const { status, text, headers } = await server.send(method, path, { body: 'x' });
      expect([status, text]).toEqual([404, 'Not Found']);
      expect(headers).toMatchObject({ 'content-type': 'text/plain; charset=utf-8', vary: 'Authorization' });
    }
  });

  it('serves projects called builds and tags, and users called builds and latest', async () => {
    await server.put('/users/builds', {}, { Authorization: `Basic ${btoa('builds:x')}` });
    await server.put('/users/latest', {}, { Authorization: `Basic ${btoa('latest:x')}` });
    const expected: [string, number][] = [
      ['/builds', 200],
      ['/builds/tags', 200],
      ['/tags', 200],
      ['/tags/tags', 200],
      [`/${encodeURIComponent('Ünï_1')}`, 200],
      ['/LAMP-SHOP', 404],
      ['/users/builds', 200],
      ['/users/latest', 200],
      ['/users/tags', 404],
    ];
    const statuses = expected.map(async ([path]) => [path, (await server.get(path)).status]);
    expect(await Promise.all(statuses)).toEqual(expected);
  });

  it('compares slugs, ids and names as they are', async () => {
    expect((await server.get('/lamp-shop/builds/ONE')).status).toBe(404);
    expect((await server.get('/users/Genie')).status).toBe(404);
  });

  it('answers HEAD as GET without a body', async () => {
    for (const path of ['/', '/lamp-shop', '/lamp-shop/builds/one', '/lamp-shop/builds/open/progress']) {
      const [get, head] = [await server.get(path), await server.head(path)];
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
      expect(head.headers['content-type']).toBe(get.headers['content-type']);
    }
    expect((await server.head('/lamp-shop/builds/latest')).status).toBe(302);
    expect((await server.head('/nope')).status).toBe(404);
  });

  it('knows JSON only: another format is 400 on GET', async () => {
    for (const path of ['/', '/lamp-shop', '/nope', '/users', '/lamp-shop/builds/latest']) {
      const { status, text } = await server.get(`${path}?format=yaml`);
      expect([status, text]).toEqual([400, "Invalid output format specified 'yaml'."]);
    }
    for (const query of ['format=json', 'format=', 'format=xml&format=json', 'callback=f']) {
      expect((await server.get(`/lamp-shop?${query}`)).json.name).toBe('lamp-shop');
    }
  });
});

describe('the bare mount', () => {
  it('is the project list', async () => {
    const server = await DevmasonServer.start();
    await server.project('lamp-shop');
    const bare = await server.get('');
    expect(bare.status).toBe(200);
    expect(bare.json).toEqual((await server.get('/')).json);
    await server.close();
  });
});
