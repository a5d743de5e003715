import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient, type Reply, type RequestOptions } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { RodanData } from './data.js';
import { addUser, basic, django } from './users-world.js';

const KEY = '9f00aa11bb22cc33dd44ee55ff66778899aabbcc';
const STAFF = 'a000000000000000000000000000000000000001';
const SUPER = 'a000000000000000000000000000000000000002';
const ASLEEP = 'a000000000000000000000000000000000000003';
const JSON_TYPE = { 'Content-Type': 'application/json' };
const FORM_TYPE = { 'Content-Type': 'application/x-www-form-urlencoded' };

let server: TestServer;
let http: HttpClient;
let root: string;
let data: RodanData;
let projects: { project: string; workflow: string };
const statements: string[] = [];
/** Statements of the feed, and of passwords of an old form that are stored anew meanwhile. */
const OTHERS = /change_log|SET password_hash/;

beforeAll(async () => {
  server = await startTestServer({ onStatement: (text) => void statements.push(text) });
  http = new HttpClient(server.url);
  const { store } = server.app;
  data = new RodanData(store);
  await addUser(store, data, 'mia', { number: 7, hash: django('lamp'), token: KEY, first_name: 'Mia', last_name: 'M' });
  await addUser(store, data, 'staff', { number: 8, hash: django('lamp'), token: STAFF, staff: true });
  await addUser(store, data, 'super', { number: 9, hash: django('lamp'), token: SUPER, superuser: true });
  await addUser(store, data, 'ida', { number: 10, hash: django('lamp'), token: ASLEEP, active: false });
  const project = await data.project(7);
  projects = { project, workflow: await data.workflow(project, { creator_number: 7 }) };
  root = await server.token('root', { admin: true });
});
afterAll(() => server.close());

interface Sent extends RequestOptions {
  /** Behind `Token `. */
  readonly key?: string;
}
function send(method: string, path: string, { key, headers, ...options }: Sent = {}): Promise<Reply> {
  const authorization: Record<string, string> = key === undefined ? {} : { Authorization: `Token ${key}` };
  const type: Record<string, string> = options.body === undefined ? {} : JSON_TYPE;
  return http.send(method, `/rodan${path}`, { ...options, headers: { ...type, ...authorization, ...headers } });
}
/** Status and body. */
async function told(method: string, path: string, options?: Sent): Promise<[number, unknown]> {
  const { status, text } = await send(method, path, options);
  return [status, text === '' ? '' : JSON.parse(text)];
}
const link = (path: string): string => `${server.url}/rodan${path}`;

let made = 100;
/** A new user whose password is `lamp`; their key. */
async function newcomer(username: string): Promise<string> {
  made += 1;
  const key = `key-${made}`;
  await addUser(server.app.store, data, username, { number: made, hash: django('lamp'), token: key });
  return key;
}

const MIA = () => ({
  url: link('/user/7/'),
  username: 'mia',
  first_name: 'Mia',
  last_name: 'M',
  email: 'mia@example.org',
  is_staff: false,
  is_active: true,
  is_superuser: false,
  projects: [link(`/project/${projects.project}/`)],
  workflows: [link(`/workflow/${projects.workflow}/`)],
  workflow_runs: [],
});

describe('POST /auth/token/', () => {
  it('answers with the user and the key, which stays the same', async () => {
    const reply = await send('POST', '/auth/token/', { body: { username: 'mia', password: 'lamp' } });
    expect([reply.status, reply.text]).toEqual([200, JSON.stringify({ ...MIA(), token: KEY })]);
    const form = await send('POST', '/auth/token/', { headers: FORM_TYPE, body: 'username=mia&password=lamp' });
    expect(form.json.token).toBe(KEY);
    const byAddress = await send('POST', '/auth/token/', { body: { email: 'mia@example.org', password: 'lamp' } });
    expect(byAddress.json.token).toBe(KEY);
  });

  it.each([
    [{}, 401, { detail: 'You must supply a username' }],
    [{ password: 'lamp' }, 401, { detail: 'You must supply a username' }],
    [{ username: null, email: '', password: 'lamp' }, 401, { detail: 'You must supply a username' }],
    [{ username: [], password: 'lamp' }, 401, { detail: 'You must supply a username' }],
    [{ username: 'mia' }, 401, { detail: 'You must supply a password' }],
    [{ username: 'mia', password: '' }, 401, { detail: 'You must supply a password' }],
    [{ username: 'mia', password: 'wrong' }, 401, { is_logged_in: false }],
    [{ username: 'Mia', password: 'lamp' }, 401, { is_logged_in: false }],
    [{ username: 'nobody-at-all', password: 'lamp' }, 401, { is_logged_in: false }],
    [{ username: { a: 1 }, password: ['x'] }, 401, { is_logged_in: false }],
    [{ username: 'mi\0a', password: '\ud800' }, 401, { is_logged_in: false }],
    [{ username: 5, password: true }, 401, { is_logged_in: false }],
    [{ username: 'ida', password: 'lamp' }, 403, { is_logged_in: false }],
    [{ username: 'ida', password: 'wrong' }, 401, { is_logged_in: false }],
    [[], 400, { non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] }],
  ])('with %j answers %i %j', async (body, status, answer) => {
    const reply = await send('POST', '/auth/token/', { body: JSON.stringify(body) });
    expect([reply.status, reply.json, reply.headers['www-authenticate']]).toEqual([status, answer, undefined]);
  });

  it('refuses bad credentials in the header, and takes no other method', async () => {
    expect(await told('POST', '/auth/token/', { key: 'x', body: { username: 'mia', password: 'lamp' } })).toEqual([
      401,
      { detail: 'Invalid token.' },
    ]);
    const reply = await send('GET', '/auth/token/');
    expect([reply.status, reply.headers['allow'], reply.json]).toEqual([
      405,
      'POST, OPTIONS',
      { detail: 'Method "GET" not allowed.' },
    ]);
  });
});

describe('Bodies that nobody means', () => {
  const huge = 'x'.repeat(9_000_000);
  it.each([
    ['a name of nine million letters', JSON.stringify({ username: huge, password: 'x' }), 401],
    ['a password of nine million letters', JSON.stringify({ username: 'mia', password: huge }), 401],
    ['a number that is none', '{"username": 1e400, "password": 1e400}', 401],
    ['very deep nesting', `{"username": ${'['.repeat(100_000)}`, 400],
    ['more than is read', `{"username": "${huge}${huge}"}`, 413],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 400],
  ])('are refused at login: %s', async (_what, body, status) => {
    expect((await send('POST', '/auth/token/', { body })).status).toBe(status);
  });

  it.each([
    ['very deep nesting', `{"username": ${'['.repeat(5_000)}${']'.repeat(5_000)}, "password": "x"}`],
    ['a number that is none', '{"username": "n", "password": 1e400}'],
    ['members of every object', '{"__proto__": "x", "constructor": "y", "toString": 5}'],
    ['a long list', `{"username": [${'1,'.repeat(100_000)}1], "password": {}}`],
  ])('make no user: %s', async (_what, body) => {
    expect((await send('POST', '/auth/register/', { body })).status).toBe(400);
  });

  it('of another type are refused, behind the rights of the caller', async () => {
    const headers = { 'Content-Type': 'text/plain' };
    expect(await told('PATCH', '/auth/me/', { key: KEY, headers, body: 'x' })).toEqual([
      415,
      { detail: 'Unsupported media type "text/plain" in request.' },
    ]);
    expect((await send('POST', '/users/', { key: KEY, headers, body: 'x' })).status).toBe(403);
    expect((await send('POST', '/users/', { key: STAFF, headers, body: 'x' })).status).toBe(415);
  });
});

describe('OPTIONS', () => {
  it.each([
    ['/auth/token/', 'Auth Token', 'POST', 'POST, OPTIONS'],
    ['/auth/me/', 'Auth Me', 'PUT', 'GET, PUT, PATCH, HEAD, OPTIONS'],
    ['/auth/register/', 'Auth Register', 'POST', 'POST, OPTIONS'],
    ['/auth/change-password/', 'Auth Change Password', 'POST', 'POST, OPTIONS'],
    ['/users/', 'User List', 'POST', 'GET, POST, HEAD, OPTIONS'],
  ])('%s tells what to write', async (path, name, action, allow) => {
    const reply = await send('OPTIONS', path, { key: STAFF });
    expect([reply.status, reply.headers['allow']]).toEqual([200, allow]);
    expect(reply.json).toMatchObject({ name, filter_fields: {}, ordering_fields: [] });
    expect(Object.keys(reply.json.actions)).toEqual([action]);
  });
});

describe('Credentials', () => {
  it.each([
    ['Token', 'Invalid token header. No credentials provided.'],
    ['Token a b', 'Invalid token header. Token string should not contain spaces.'],
    ['Token x', 'Invalid token.'],
    ['Bearer x', 'Invalid token.'],
    [`Token ${ASLEEP}`, 'User inactive or deleted.'],
    [basic('ida', 'lamp'), 'User inactive or deleted.'],
    [basic('mia', 'wrong'), 'Invalid username/password.'],
    ['Basic x', 'Invalid username/password.'],
  ])('%s are refused on public URIs, too: %s', async (Authorization, detail) => {
    for (const path of ['/', '/auth/me/']) {
      const reply = await send('GET', path, { headers: { Authorization } });
      expect([reply.status, reply.json, reply.headers['www-authenticate']]).toEqual([401, { detail }, 'Token']);
    }
    const register = await send('POST', '/auth/register/', { headers: { Authorization }, body: {} });
    expect([register.status, register.json]).toEqual([401, { detail }]);
  });

  it.each([undefined, 'Digest x', 'mia'])('that are none (%s) are asked for where they are needed', async (value) => {
    const headers: Record<string, string> = value === undefined ? {} : { Authorization: value };
    for (const [method, path] of [
      ['GET', '/auth/me/'],
      ['DELETE', '/auth/me/'],
      ['OPTIONS', '/auth/me/'],
      ['POST', '/auth/reset-token/'],
      ['POST', '/auth/change-password/'],
      ['POST', '/users/'],
      ['GET', '/user/7/'],
    ] as const) {
      const reply = await send(method, path, { headers });
      expect([path, reply.status, reply.json, reply.headers['www-authenticate']]).toEqual([
        path,
        401,
        { detail: 'Authentication credentials were not provided.' },
        'Token',
      ]);
    }
    expect((await send('GET', '/', { headers })).status).toBe(200);
  });

  it('of a user are none in the rest of the gateway', async () => {
    const { errors } = await server.graphql('{ viewer { name } }', {}, KEY);
    expect(errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });
});

describe('/auth/me/', () => {
  it('is the user, by key, by bearer token of the gateway and by password', async () => {
    const account = await server.token('mia');
    for (const Authorization of [`Token ${KEY}`, `token ${account}`, `Bearer ${account}`, basic('mia', 'lamp')]) {
      expect((await send('GET', '/auth/me/', { headers: { Authorization } })).text).toBe(JSON.stringify(MIA()));
    }
  });

  it('takes as few statements for many projects as for one', async () => {
    await send('GET', '/auth/me/', { key: KEY });
    statements.length = 0;
    await send('GET', '/auth/me/', { key: KEY });
    expect(statements.filter((text) => !OTHERS.test(text)).length).toBeLessThanOrEqual(6);
  });

  it('makes a user of an account of the gateway that is none yet', async () => {
    const reply = await send('GET', '/auth/me/', { key: root });
    expect(reply.json).toMatchObject({ username: 'root', email: '', is_staff: false, projects: [] });
    expect((await send('GET', '/auth/me/', { key: root })).json.url).toBe(reply.json.url);
  });

  it('changes by PATCH what is given, by PUT with the name; rights are ignored', async () => {
    const key = await newcomer('pat');
    const patched = await send('PATCH', '/auth/me/', {
      key,
      body: { first_name: ' P ', email: 'p@example.org', is_staff: true, is_superuser: true, is_active: false, id: 1 },
    });
    expect([patched.status, patched.json]).toEqual([
      200,
      expect.objectContaining({
        username: 'pat',
        first_name: 'P',
        email: 'p@example.org',
        is_staff: false,
        is_active: true,
        is_superuser: false,
      }),
    ]);
    expect(await told('PUT', '/auth/me/', { key, body: { last_name: 'Q' } })).toEqual([
      400,
      { username: ['This field is required.'] },
    ]);
    const put = await send('PUT', '/auth/me/', { key, headers: FORM_TYPE, body: 'username=pat.2&last_name=Q' });
    expect(put.json).toMatchObject({ username: 'pat.2', first_name: 'P', last_name: 'Q' });
    expect((await send('GET', '/auth/me/', { headers: { Authorization: basic('pat.2', 'lamp') } })).status).toBe(200);
  });

  it.each<[object, object]>([
    [{ username: 'staff' }, { username: ['This field must be unique.'] }],
    [{ username: 'root' }, { username: ['This field must be unique.'] }],
    [
      { username: null, first_name: true, email: 'x', last_name: [] },
      {
        username: ['This field may not be null.'],
        email: ['Enter a valid email address.'],
        first_name: ['Not a valid string.'],
        last_name: ['Not a valid string.'],
      },
    ],
    [{ username: ' ' }, { username: ['This field may not be blank.'] }],
    [{ first_name: 'x'.repeat(151) }, { first_name: ['Ensure this field has no more than 150 characters.'] }],
    [{ first_name: 'a\0' }, { first_name: ['Null characters are not allowed.'] }],
    [{ first_name: '\ud800' }, { first_name: ['Not a valid string.'] }],
  ])('refuses %j with all faults', async (body, errors) => {
    expect(await told('PATCH', '/auth/me/', { key: KEY, body: JSON.stringify(body) })).toEqual([400, errors]);
    expect((await send('GET', '/auth/me/', { key: KEY })).json).toEqual(MIA());
  });

  it.each(['{"__proto__": {"is_staff": true}}', '{"first_name": 5}', '{"email": ""}', '{}', ''])(
    'takes the body %j',
    async (body) => {
      const username = `proto${made}`;
      const key = await newcomer(username);
      const reply = await send('PATCH', '/auth/me/', { key, body });
      expect([reply.status, reply.json.is_staff, reply.json.username]).toEqual([200, false, username]);
    },
  );
});

describe('POST /auth/reset-token/', () => {
  it('answers 200 without a body; the key is useless, and the next login makes another', async () => {
    const key = await newcomer('rita');
    const reply = await send('POST', '/auth/reset-token/', { key });
    expect([reply.status, reply.text]).toEqual([200, '']);
    expect(await told('GET', '/auth/me/', { key })).toEqual([401, { detail: 'Invalid token.' }]);
    const again = (await send('POST', '/auth/token/', { body: { username: 'rita', password: 'lamp' } })).json.token;
    expect(again).toMatch(/^[0-9a-f]{40}$/);
    expect(again).not.toBe(key);
  });
});

describe('POST /auth/change-password/', () => {
  it('answers 200 without a body, and the new password counts', async () => {
    const key = await newcomer('cora');
    const body = { current_password: 'lamp', new_password: ' new: ' };
    const reply = await send('POST', '/auth/change-password/', { key, body });
    expect([reply.status, reply.text]).toEqual([200, '']);
    const statuses = ['lamp', ' new: '].map(
      async (password) => (await send('POST', '/auth/token/', { body: { username: 'cora', password } })).status,
    );
    expect(await Promise.all(statuses)).toEqual([401, 200]);
  });

  it.each<[object, object]>([
    [{ new_password: 'x', current_password: 'wrong' }, { current_password: ['Invalid password.'] }],
    [{}, { new_password: ['This field is required.'], current_password: ['This field is required.'] }],
    [
      { new_password: true, current_password: 'wrong' },
      { new_password: ['Not a valid string.'], current_password: ['Invalid password.'] },
    ],
    [{ new_password: null, current_password: 'lamp' }, { new_password: ['This field may not be null.'] }],
  ])('with %j answers 400 %j', async (body, errors) => {
    expect(await told('POST', '/auth/change-password/', { key: KEY, body })).toEqual([400, errors]);
  });
});

describe('POST /auth/register/', () => {
  it('makes a user without credentials', async () => {
    const reply = await send('POST', '/auth/register/', { body: { username: 'zoe', password: 'x', is_staff: true } });
    const id = reply.json.id as number;
    expect(reply.text).toBe(`{"email":"","username":"zoe","id":${id}}`);
    expect([reply.status, reply.headers['location']]).toEqual([201, link(`/user/${id}/`)]);
    const login = await send('POST', '/auth/token/', { body: { username: 'zoe', password: 'x' } });
    expect(login.json).toMatchObject({ url: link(`/user/${id}/`), is_staff: false, is_superuser: false });
    expect(
      (await send('POST', '/auth/register/', { body: { username: 'zed', password: 'x', email: 'z@b.org' } })).json,
    ).toMatchObject({ email: 'z@b.org' });
  });

  it.each<[object, object]>([
    [{}, { username: ['This field is required.'], password: ['This field is required.'] }],
    [{ username: 'mia', password: 'x' }, { username: ['This field must be unique.'] }],
    [
      { username: 'a/b', password: [], email: 'x' },
      {
        username: ['Enter a valid username. This value may contain only letters, numbers and @/./+/-/_ characters.'],
        email: ['Enter a valid email address.'],
        password: ['Not a valid string.'],
      },
    ],
  ])('with %j answers 400 %j', async (body, errors) => {
    expect(await told('POST', '/auth/register/', { body })).toEqual([400, errors]);
  });
});

describe('/users/', () => {
  it('takes new users from staff and administrators of the gateway only', async () => {
    const reply = await send('POST', '/users/', { key: STAFF, body: { username: 'made', password: 'x' } });
    expect([reply.status, reply.text]).toEqual([201, '{"username":"made"}']);
    expect((await send('POST', '/users/', { key: root, body: { username: 'made2', password: 'x' } })).status).toBe(201);
    expect(await told('POST', '/users/', { key: STAFF, body: { username: 'made' } })).toEqual([
      400,
      { password: ['This field is required.'], username: ['This field must be unique.'] },
    ]);
    for (const [key, body] of [
      [KEY, '{'],
      [SUPER, '{}'],
      [KEY, '{"username": []}'],
    ] as const) {
      expect(await told('POST', '/users/', { key, body })).toEqual([
        403,
        { detail: 'You do not have permission to perform this action.' },
      ]);
    }
    expect((await send('POST', '/users/', { key: STAFF, body: '{' })).status).toBe(400);
  });

  it('tells of POST those who may', async () => {
    expect((await send('OPTIONS', '/users/', { key: STAFF })).json.actions.POST).toMatchObject({
      username: { type: 'string', required: true, read_only: false, max_length: 150 },
      password: { required: true },
      email: { required: false },
    });
    expect((await send('OPTIONS', '/users/', { key: root })).json).toHaveProperty('actions');
    expect((await send('OPTIONS', '/users/', { key: KEY })).json).not.toHaveProperty('actions');
  });
});

describe('/user/{n}/', () => {
  it('is oneself, or anybody for superusers and administrators of the gateway', async () => {
    for (const key of [KEY, SUPER, root]) {
      expect((await send('GET', '/user/7/', { key })).text).toBe(JSON.stringify(MIA()));
    }
    const forbidden = { detail: 'You do not have permission to perform this action.' };
    expect(await told('GET', '/user/9/', { key: KEY })).toEqual([403, forbidden]);
    expect(await told('GET', '/user/7/', { key: STAFF })).toEqual([403, forbidden]);
  });

  it.each(['99', '0', '99999999999', '9'.repeat(100)])('%s is nobody', async (number) => {
    expect(await told('GET', `/user/${number}/`, { key: SUPER })).toEqual([404, { detail: 'Not found.' }]);
  });

  it.each(['-1', 'mia', '7.0', ''])('%j is no number', async (number) => {
    expect((await send('GET', `/user/${number}/`, { key: SUPER })).status).toBe(404);
  });

  it('is only read', async () => {
    const reply = await send('DELETE', '/user/7/', { key: SUPER });
    expect([reply.status, reply.headers['allow']]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });
});

describe('GET /users/', () => {
  const page = async (query: string): Promise<any> => (await send('GET', `/users/${query}`, { key: KEY })).json;
  const names = ({ results }: { results: { username: string }[] }): string[] => results.map((user) => user.username);

  it('lists users by id with four members each, for everybody who signs in', async () => {
    const { count, results } = await page('?username__in=mia,ida,nobody-at-all');
    expect([count, JSON.stringify(results)]).toEqual([
      2,
      JSON.stringify([
        { url: link('/user/7/'), username: 'mia', first_name: 'Mia', last_name: 'M' },
        { url: link('/user/10/'), username: 'ida', first_name: '', last_name: '' },
      ]),
    ]);
    expect(names(await page('?page_size=3'))).toEqual(['mia', 'staff', 'super']);
    expect((await send('GET', '/users/')).status).toBe(401);
  });

  it('takes as few statements for many users as for one', async () => {
    const cost = async (query: string): Promise<number> => {
      await page(query);
      statements.length = 0;
      await page(query);
      return statements.filter((text) => !OTHERS.test(text)).length;
    };
    expect([await cost('?page_size=1'), await cost('?page_size=100')]).toEqual([5, 5]);
  });

  it.each(['?username__in=a%00', '?username__in=,', '?username__in=%27%22%5C{}'])(
    'finds nobody for %s',
    async (query) => {
      expect(await page(query)).toMatchObject({ count: 0, total_pages: 1, results: [] });
    },
  );
});
