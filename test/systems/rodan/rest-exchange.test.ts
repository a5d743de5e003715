import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../support/http.js';
import { RodanReader } from './rest-support.js';

const UNKNOWN = 'b2000000-0000-4000-8000-00000000abcd';
let server: RodanReader;
let project: string;

beforeAll(async () => {
  server = await RodanReader.start();
  const mia = await server.user('mia');
  await server.user('zoe');
  project = await server.data.project(mia, {}, { name: 'Charters' });
  for (let number = 0; number < 3; number += 1) await server.data.job(`acme.job${number}`);
});

afterAll(() => server.close());

const told = ({ status, json, headers }: Reply) => ({
  status,
  json,
  allow: headers.allow,
  challenge: headers['www-authenticate'],
});
const NO_CREDENTIALS = {
  status: 401,
  json: { detail: 'Authentication credentials were not provided.' },
  challenge: 'Token',
};
const READ_ONLY = 'GET, HEAD, OPTIONS';
const LIST = 'GET, POST, HEAD, OPTIONS';
const DETAIL = 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS';

describe('The API root', () => {
  it('needs no credentials and names every list that exists here, its configuration and version', async () => {
    const { status, json, headers } = await server.get('/', null);
    expect([status, headers.allow, headers['content-type']]).toEqual([200, READ_ONLY, 'application/json']);
    expect(Object.keys(json)).toEqual(['routes', 'configuration', 'version']);
    expect(json.configuration).toEqual({ page_length: 20, job_packages: {} });
    expect(json.version).toMatch(/^[1-9]\d*\.\d+\.\d+$/);
    expect(json.routes).toMatchObject({
      projects: server.url('/projects/'),
      workflowruns: server.url('/workflowruns/'),
      'auth-me': server.url('/auth/me/'),
      'auth-reset-token': server.url('/auth/reset-token/'),
    });
    expect(Object.keys(json.routes)).toHaveLength(23);
    for (const url of Object.values<string>(json.routes)) {
      const { status: there } = await server.http.options(new URL(url).pathname);
      expect([url, there]).toEqual([url, expect.toBeOneOf([200, 401])]);
    }
  });

  it('has a Date, which clients take with HEAD as the time of the server', async () => {
    // In whole seconds, and made once a second.
    const before = Date.now() - 2_000;
    const { status, headers, text } = await server.send('HEAD', '/', null);
    expect([status, text]).toEqual([200, '']);
    expect(Date.parse(headers.date!)).toBeGreaterThan(before);
    expect(Date.parse(headers.date!)).toBeLessThanOrEqual(Date.now());
  });
});

describe('Order of checks: route, 406, 401, 403, 405, 404', () => {
  it('a URI of no route is 404, whatever is wrong besides', async () => {
    for (const [method, path] of [
      ['GET', '/nope/'],
      ['DELETE', '/projects/x/'],
      ['POST', '/labels/'],
      ['OPTIONS', '/resultspackages/'],
    ] as const) {
      const reply = await server.send(method, path, null, { Accept: 'text/html', Authorization: 'Token wrong' });
      expect(told(reply)).toEqual({ status: 404, json: { detail: 'Not found.' } });
    }
  });

  it('an Accept without JSON is 406 before anything is asked of the caller', async () => {
    const reply = await server.send('DELETE', '/projects/', null, {
      Accept: 'text/html',
      Authorization: 'Token wrong',
    });
    expect(told(reply)).toEqual({
      status: 406,
      json: { detail: 'Could not satisfy the request Accept header.' },
      allow: LIST,
    });
  });

  it.each(['application/json', '*/*', 'application/*', 'text/html, application/json;q=0.1', 'APPLICATION/JSON', ''])(
    'Accept: %s is fine',
    async (accept) => {
      expect((await server.get('/jobs/', null, { Accept: accept })).status).toBe(200);
    },
  );

  it('an anonymous DELETE of /projects/ is 401, not 405', async () => {
    expect(told(await server.send('DELETE', '/projects/', null))).toEqual({ ...NO_CREDENTIALS, allow: LIST });
    expect(told(await server.send('DELETE', '/projects/', 'mia'))).toEqual({
      status: 405,
      json: { detail: 'Method "DELETE" not allowed.' },
      allow: LIST,
    });
  });

  it('an anonymous DELETE of a public list is 405', async () => {
    expect(told(await server.send('DELETE', '/jobs/', null))).toMatchObject({ status: 405, allow: READ_ONLY });
  });

  it('a method that is not there comes before an object that is not', async () => {
    const path = `/runjob/${UNKNOWN}/`;
    expect((await server.send('DELETE', path, 'mia')).json).toEqual({ detail: 'Method "DELETE" not allowed.' });
    expect((await server.get(path, 'mia')).json).toEqual({ detail: 'Not found.' });
  });

  it('an invisible object is 404, not 403, for every method', async () => {
    for (const method of ['GET', 'OPTIONS', 'PUT', 'PATCH', 'DELETE']) {
      const reply = await server.send(method, `/project/${project}/`, 'zoe');
      expect([method, told(reply)]).toEqual([method, { status: 404, json: { detail: 'Not found.' }, allow: DETAIL }]);
    }
    expect((await server.send('HEAD', `/project/${project}/`, 'zoe')).status).toBe(404);
  });

  it.each([
    ['Token wrong', 'Invalid token.'],
    ['token', 'Invalid token header. No credentials provided.'],
    ['Token a b', 'Invalid token header. Token string should not contain spaces.'],
    [`Basic ${btoa('mia:wrong')}`, 'Invalid username/password.'],
  ])('Bad credentials are 401 even on public URIs: %s', async (Authorization, detail) => {
    for (const path of ['/', '/jobs/', `/job/${UNKNOWN}/`, '/projects/', '/resourcetypes/']) {
      const { status, json, headers } = await server.get(path, null, { Authorization });
      expect([path, status, json, headers['www-authenticate']]).toEqual([path, 401, { detail }, 'Token']);
    }
  });
});

describe('Addresses', () => {
  it.each([
    ['/projects', '', '/projects/'],
    ['/projects', '?page=2&a=b%20c', '/projects/?page=2&a=b%20c'],
    [`/project/${UNKNOWN}`, '', `/project/${UNKNOWN}/`],
    ['/auth/token', '', '/auth/token/'],
    ['', '?x', '/?x'],
    ['/api/jobs', '', '/api/jobs/'],
    ['/api', '', '/api/'],
  ])('%s that only lacks its final slash is 301, query kept: %s', async (path, search, location) => {
    for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
      const { status, headers } = await server.send(method, `${path}${search}`, null);
      expect([method, status, headers.location]).toEqual([method, 301, server.url(location)]);
    }
  });

  it.each([
    '/project/B2000000-0000-4000-8000-00000000ABCD/',
    '/project/b200000000004000800000000000abcd/',
    '/project/1/',
    `/projects/${UNKNOWN}/`,
    '/workflow/',
    '/PROJECTS/',
    '/projects//',
    '/jobs/x',
    '/user/x/',
    '/resource/viewer/',
    `/resource/${UNKNOWN}/viewer/`,
    '/admin/',
  ])('%s is no URI: plural for lists, singular for details, ids in lower case', async (path) => {
    expect(await server.get(path, 'mia')).toMatchObject({ status: 404 });
  });

  it('/api/ is an alias of the mount, and links lead back to it', async () => {
    const { json } = await server.get('/api/jobs/?page_size=1', null);
    expect(json.next).toBe(server.url('/api/jobs/?page=2&page_size=1'));
    expect(json.results[0].url).toContain('/rodan/api/job/');
    expect((await server.get('/api/', null)).json.routes.jobs).toBe(server.url('/api/jobs/'));
  });

  it('a virtual host has the same addresses at its root', async () => {
    const reply = await server.http.get('/jobs/?page_size=1', { host: 'rodan.localhost' });
    expect(reply.json.next).toBe('http://rodan.localhost/jobs/?page=2&page_size=1');
    expect((await server.http.get('/jobs', { host: 'rodan.localhost' })).headers.location).toBe(
      'http://rodan.localhost/jobs/',
    );
    expect((await server.http.get('/api/', { host: 'rodan.localhost' })).json.routes.jobs).toBe(
      'http://rodan.localhost/api/jobs/',
    );
  });
});

describe('JSON only', () => {
  it('format=json is allowed, any other format is 404', async () => {
    expect((await server.get('/jobs/?format=json', null)).json.count).toBe(3);
    expect((await server.get('/jobs/?format=', null)).json.count).toBe(3);
    for (const format of ['api', 'xml', 'JSON', 'json%20', 'csv']) {
      const reply = await server.get(`/projects/?format=${format}`, null);
      expect([format, told(reply)]).toEqual([format, { status: 404, json: { detail: 'Not found.' }, allow: LIST }]);
    }
  });

  it('format=json stays in the links of pages', async () => {
    const { json } = await server.get('/jobs/?page_size=1&format=json', null);
    expect(json.next).toBe(server.url('/jobs/?format=json&page=2&page_size=1'));
  });
});

describe('Headers', () => {
  it.each([
    ['/projects/', LIST],
    ['/workflowruns/', LIST],
    ['/runjobs/', READ_ONLY],
    ['/resources/', READ_ONLY],
    ['/inputs/', READ_ONLY],
    [`/workflow/${UNKNOWN}/`, DETAIL],
    [`/workflowrun/${UNKNOWN}/`, 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    [`/runjob/${UNKNOWN}/`, READ_ONLY],
    [`/resource/${UNKNOWN}/`, DETAIL],
    ['/auth/token/', 'POST, OPTIONS'],
    ['/jobs/', READ_ONLY],
  ])('Allow of %s is %s on every answer', async (path, allow) => {
    for (const method of ['GET', 'TRACE', 'OPTIONS']) {
      expect([method, (await server.send(method, path, 'mia')).headers.allow]).toEqual([method, allow]);
    }
  });

  it('HEAD answers as GET without a body', async () => {
    for (const path of ['/jobs/', `/project/${project}/`, '/runjobs/?page=x']) {
      const [get, head] = [await server.get(path, 'mia'), await server.send('HEAD', path, 'mia')];
      expect([head.status, head.text]).toEqual([get.status, '']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
    }
  });

  it('bodies over 200 bytes are gzip if asked for, and Vary says so always', async () => {
    const zipped = { 'Accept-Encoding': 'gzip' };
    const [long, short] = [await server.get('/', null, zipped), await server.get('/projects/', null, zipped)];
    expect([long.headers['content-encoding'], long.headers.vary]).toEqual(['gzip', 'Accept-Encoding']);
    expect([short.headers['content-encoding'], short.headers.vary]).toEqual([undefined, 'Accept-Encoding']);
    expect((await server.get('/', null)).headers['content-encoding']).toBeUndefined();
  });

  it('there is no entity tag, no caching and no conditional request', async () => {
    const { headers } = await server.get('/jobs/', null);
    for (const name of ['etag', 'last-modified', 'cache-control', 'expires']) expect(headers[name]).toBeUndefined();
    const since = { 'If-Modified-Since': new Date(Date.now() + 60_000).toUTCString(), 'If-None-Match': '*' };
    expect((await server.get('/jobs/', null, since)).status).toBe(200);
  });

  it('the OPTIONS body needs credentials, the CORS preflight does not', async () => {
    const page = { Origin: 'https://client.example' };
    expect(told(await server.send('OPTIONS', '/projects/', null, page))).toEqual({ ...NO_CREDENTIALS, allow: LIST });
    for (const path of ['/projects/', `/project/${UNKNOWN}/`, '/nowhere/', '/projects']) {
      const preflight = { ...page, 'Access-Control-Request-Method': 'PATCH', Authorization: 'Token wrong' };
      const { status, text, headers } = await server.send('OPTIONS', path, null, preflight);
      expect([path, status, text]).toEqual([path, 200, '']);
      expect(headers).toMatchObject({
        'access-control-allow-origin': 'https://client.example',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Set-Cookie, Vary, Date',
        'access-control-allow-methods': 'DELETE, GET, OPTIONS, PATCH, POST, PUT',
        'access-control-allow-headers':
          'accept, accept-encoding, authorization, content-type, dnt, origin, user-agent, x-csrftoken, x-requested-with',
        'access-control-max-age': '86400',
      });
    }
  });

  it('the page of any origin may read answers, refusals included', async () => {
    const page = { Origin: 'https://client.example', 'Sec-Fetch-Site': 'cross-site' };
    for (const [path, as] of [
      ['/projects/', 'mia'],
      ['/projects/', null],
      ['/nope/', null],
    ] as const) {
      expect((await server.get(path, as, page)).headers).toMatchObject({
        'access-control-allow-origin': 'https://client.example',
        'access-control-allow-credentials': 'true',
        'access-control-expose-headers': 'Set-Cookie, Vary, Date',
        vary: 'Accept-Encoding, Origin',
      });
    }
    expect((await server.get('/jobs/', null)).headers['access-control-allow-origin']).toBeUndefined();
  });

  it('a Host that is none is 400', async () => {
    expect((await rawExchange('GET /rodan/ HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n')).split('\r\n')[0]).toBe(
      'HTTP/1.1 400 Bad Request',
    );
  });
});

/** Sends bytes as they are; the answer as text. */
function rawExchange(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.gateway.port, '127.0.0.1');
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
    socket.write(text);
  });
}
