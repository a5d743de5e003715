import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNELCI_IMPORT, oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BUILD, CONTACT } from './write-bodies.js';
import { write, written } from './write-support.js';

/** Properties of tokens by their place. */
const PROPERTIES = 'admin superuser get post delete ip_restricted create_token lab upload test_lab unused'.split(' ');

/** Value of the token that has these properties and no others. */
const valueOf = (held: readonly number[]): string => `only-${held.join('-')}`;

/** A token of each property alone, and those that lab and delete, or address and another one make together. */
const HELD: readonly (readonly number[])[] = [...PROPERTIES.map((_, index) => [index]), [4, 7], [3, 7], [0, 4, 7], []];

const ONLY = HELD.map((held, index) => ({
  _id: { $oid: oidOf(1000 + index) },
  created_on: { $date: 1_415_006_460_000 },
  token: valueOf(held),
  email: 'x@example.org',
  username: null,
  expired: false,
  expires_on: null,
  ip_address: null,
  properties: Array.from({ length: 16 }, (_, place) => (held.includes(place) ? 1 : 0)),
  version: '1.0',
}));

let server: KernelciServer;

beforeAll(async () => {
  const data = { ...KERNELCI_IMPORT, token: [...KERNELCI_IMPORT.token, ...ONLY] };
  server = await KernelciServer.start({}, data);
});

afterAll(() => server.close());

const POSTING = ['post', 'post+lab'];
const DELETING = ['delete', 'admin+delete+lab'];
const ADMIN = ['admin', 'admin+delete+lab'];
const INSIDERS = [...ADMIN, 'superuser'];
const TESTING = [...INSIDERS, 'test_lab'];
const UPLOADING = [...INSIDERS, 'upload'];

/** Writes that nothing comes of, and the tokens that get past the first check: what is then answered is not 403. */
const MATRIX: readonly (readonly [method: string, path: string, status: number, allowed: readonly string[]])[] = [
  ['POST', '/job', 415, POSTING],
  ['POST', `/job/${oidOf(1)}`, 415, POSTING],
  ['PUT', '/job', 501, POSTING],
  ['PUT', `/jobs/${oidOf(1)}`, 501, POSTING],
  ['DELETE', '/job', 400, ['delete']],
  ['DELETE', `/job/${oidOf(1)}`, 404, ['delete']],
  ['DELETE', `/job/${'z'.repeat(24)}`, 400, ['delete']],
  ['POST', '/build', 415, POSTING],
  ['POST', '/defconfig', 415, POSTING],
  ['PUT', '/build', 501, POSTING],
  ['DELETE', '/build', 400, ['delete']],
  ['DELETE', `/defconfigs/${oidOf(1)}`, 404, ['delete']],
  ['POST', '/boot', 415, POSTING],
  ['PUT', `/boot/${oidOf(1)}`, 501, POSTING],
  ['DELETE', '/boot', 400, [...DELETING, 'delete+lab']],
  ['DELETE', `/boot/${oidOf(1)}`, 404, [...DELETING, 'delete+lab']],
  ['POST', '/batch', 415, POSTING],
  ['POST', '/lab', 415, ADMIN],
  ['POST', `/lab/${oidOf(1)}`, 415, ADMIN],
  ['PUT', '/lab', 415, ADMIN],
  ['PUT', `/lab/${oidOf(1)}`, 415, ADMIN],
  ['DELETE', '/lab', 400, ADMIN],
  ['DELETE', `/lab/${oidOf(1)}`, 404, ADMIN],
  ['POST', '/token', 415, ADMIN],
  ['POST', `/token/${oidOf(1)}`, 415, ADMIN],
  ['PUT', '/token', 415, ADMIN],
  ['PUT', `/token/${oidOf(999)}`, 415, ADMIN],
  ['DELETE', '/token', 400, ADMIN],
  ['DELETE', `/token/${oidOf(999)}`, 404, ADMIN],
  ['POST', '/test', 415, TESTING],
  ['POST', '/test/group', 415, TESTING],
  ['POST', '/upload', 415, UPLOADING],
  ['PUT', '/upload', 400, UPLOADING],
  ['PUT', '/upload/dir/file', 201, UPLOADING],
  ['GET', '/upload', 501, INSIDERS],
  ['DELETE', '/upload/dir/file', 501, INSIDERS],
];

/** `delete+lab` for the properties 4 and 7. */
const nameOf = (held: readonly number[]): string => held.map((place) => PROPERTIES[place]).join('+') || 'nothing';

describe('a write', () => {
  it.each(MATRIX)('%s %s is answered with %d to %j, and to nobody else', async (method, path, status, allowed) => {
    const answers = await Promise.all(
      HELD.map(async (held) => {
        const reply = await write(server, method, path, undefined, { as: valueOf(held), type: null });
        return [nameOf(held), reply.status, reply.status === 403 ? reply.json : null] as const;
      }),
    );
    const expected = HELD.map((held) => {
      const name = nameOf(held);
      return allowed.includes(name) ? [name, status, null] : [name, 403, { code: 403 }];
    });
    expect(answers).toEqual(expected);
  });

  const BAD = [
    ['none', null],
    ['an unknown one', 'nope'],
    ['one that is expired', TOKENS.expired],
    ['one of another address', TOKENS.elsewhere],
    ['basic credentials', `Basic ${Buffer.from('root:secret').toString('base64')}`],
    ['one in other letters', TOKENS.admin.toUpperCase()],
  ] as const;

  it.each(BAD)('without a token that is valid is 403 whatever else is wrong: %s', async (_what, as) => {
    for (const [method, path] of MATRIX) {
      const reply = await write(server, method, path, '{', { as, type: 'text/plain' });
      expect([method, path, reply.status, reply.text]).toEqual([method, path, 403, '{"code":403}']);
    }
  });

  it.each(['', 'Bearer ', 'Token '])(
    'takes a token of the gateway after "%s": an administrator may all',
    async (prefix) => {
      const as = prefix + (await server.gateway.token('root', { admin: true }));
      for (const [method, path, status] of MATRIX)
        expect([method, path, (await write(server, method, path, undefined, { as, type: null })).status]).toEqual([
          method,
          path,
          status,
        ]);
    },
  );

  it('takes a token of any other user of the gateway for reports only', async () => {
    const as = await server.gateway.token('alice');
    for (const [method, path, status, allowed] of MATRIX)
      expect([method, path, (await write(server, method, path, undefined, { as, type: null })).status]).toEqual([
        method,
        path,
        allowed === POSTING ? status : 403,
      ]);
    expect((await server.get('/job', { as })).status).toBe(200);
  });
});

/** Every write with a body, and one of the wrong shape that all of them refuse. */
const BODIES = [
  ['POST', '/job'],
  ['POST', '/build'],
  ['POST', '/boot'],
  ['POST', '/test/group'],
  ['POST', '/test'],
  ['POST', '/lab'],
  ['PUT', `/lab/${oidOf(20)}`],
  ['POST', '/token'],
  ['PUT', `/token/${oidOf(1)}`],
] as const;

describe('the body of a write', () => {
  const REASONS = {
    POST: 'Wrong content type defined: Use application/json as the content type',
    PUT: "Wrong content type, must be 'application/json'",
  };

  it.each(BODIES)('of %s %s must be of type application/json before it is looked at', async (method, path) => {
    for (const type of [null, 'text/json', 'application/x-www-form-urlencoded', 'x, application/json'])
      expect(await written(server, method, path, '{', { type })).toEqual({ code: 415, reason: REASONS[method] });
  });

  it.each(BODIES)('of %s %s may have any parameters of the type', async (method, path) => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-16',
      'application/json;x',
      'Application/JSON',
    ])
      expect(await written(server, method, path, '{}', { type })).toMatchObject({
        code: 400,
        errors: ['No valid or acceptable keys in the JSON data'],
      });
  });

  it.each(BODIES)('of %s %s must be JSON in UTF-8', async (method, path) => {
    const reason = `No JSON data found in the ${method} request`;
    for (const body of [
      undefined,
      '',
      ' ',
      '{',
      '{"job":}',
      "{'job':1}",
      Buffer.from('{"job":"\xff"}', 'latin1'),
      '\0',
    ])
      expect(await written(server, method, path, body)).toEqual({ code: 422, reason });
  });

  it.each(BODIES)('of %s %s must be an object with known keys', async (method, path) => {
    const refused = (fault: string) => ({ code: 400, reason: 'Provided JSON is not valid', errors: [fault] });
    for (const body of ['5', '"x"', 'null', '[]', 'true', '[{}]'])
      expect(await written(server, method, path, body)).toEqual(refused('Provided data is not JSON'));
    for (const body of ['{}', '{"foo":1}', '{"__proto__":{"job":"x"}}'])
      expect(await written(server, method, path, body)).toEqual(
        refused('No valid or acceptable keys in the JSON data'),
      );
  });

  it.each([
    ['/job', { status: 'PASS' }, "['git_branch', 'job', 'kernel']"],
    ['/build', { job: 'x' }, "['arch', 'defconfig', 'git_branch', 'kernel']"],
    ['/boot', { version: '1' }, "['arch', 'board', 'defconfig', 'git_branch', 'job', 'kernel', 'lab_name']"],
    ['/lab', { private: true }, "['contact', 'name']"],
    [
      '/test/group',
      { plan: 'x' },
      "['arch', 'build_environment', 'defconfig', 'git_branch', 'job', 'kernel', 'lab_name', 'name']",
    ],
  ])('of POST %s must have the mandatory keys, named in their order', async (path, body, keys) => {
    expect(await written(server, 'POST', path, body)).toEqual({
      code: 400,
      reason: 'Provided JSON is not valid',
      errors: [`One or more mandatory keys are missing: ${keys}`],
    });
  });

  it.each(BODIES)('of %s %s may not be larger than 32 MiB', async (method, path) => {
    const reply = await server.http.send(method, `/kernelci${path}`, {
      headers: { Authorization: TOKENS.admin, 'Content-Type': 'application/json', 'Content-Length': '33554433' },
    });
    expect([reply.status, reply.json.code]).toEqual([413, 413]);
  });
});

describe('a write at the root of the virtual host', () => {
  const host = (): string => `kernelci.localhost:${server.gateway.port}`;
  const call = (method: string, path: string, body?: object): Promise<any> =>
    server.http.send(method, path, {
      host: host(),
      headers: { Authorization: TOKENS.admin, 'Content-Type': 'application/json', Origin: 'http://elsewhere' },
      ...(body && { body }),
    });

  it('does what it does below the prefix', async () => {
    expect((await call('POST', '/build', { ...BUILD, kernel: 'host-1' })).status).toBe(202);
    expect((await call('POST', '/jobs/', { ...BUILD, arch: undefined, kernel: 'host-1' })).json.reason).toBe(
      "Job 'next-host-1' (branch master) marked as 'PASS'",
    );
    const lab = await call('POST', '/lab', { name: 'lab-host', contact: CONTACT });
    expect(lab.headers.location).toBe(`/lab/${lab.json.result[0]._id.$oid}`);
    expect((await call('DELETE', lab.headers.location)).status).toBe(200);
    expect((await call('POST', '/JOB', {})).json).toEqual({ code: 404, message: 'Resource not found' });
  });

  it('has the headers of all answers', async () => {
    for (const reply of [
      await call('POST', '/build', { ...BUILD, kernel: 'host-2' }),
      await call('POST', '/build', {}),
      await call('DELETE', `/build/${oidOf(999)}`),
      await call('PUT', '/job', {}),
    ]) {
      expect(reply.headers).toMatchObject({
        'content-type': 'application/json; charset=UTF-8',
        vary: 'Accept-Encoding',
        'access-control-allow-headers': 'authorization',
        'access-control-allow-origin': 'http://elsewhere',
      });
    }
  });

  it('is answered in gzip when that is asked for, however short', async () => {
    const { headers } = await server.send('DELETE', '/job', {
      as: TOKENS.deleter,
      headers: { 'Accept-Encoding': 'br, gzip' },
    });
    expect(headers['content-encoding']).toBe('gzip');
  });
});
