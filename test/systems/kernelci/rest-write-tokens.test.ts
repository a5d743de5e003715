import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { write, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const EMAIL = { email: 'x@example.org' };

const post = (body: object): Promise<any> => written(server, 'POST', '/token', body);
const put = (id: string, body: object): Promise<any> => written(server, 'PUT', `/token/${id}`, body);

/** The document of a token. */
async function read(value: string): Promise<any> {
  return (await written(server, 'GET', `/token/${value}`)).result[0];
}

/** The document of a new token. */
async function made(body: object): Promise<any> {
  return read((await post({ ...EMAIL, ...body })).result[0].token);
}

/** Indexes of the properties that are set. */
const held = ({ properties }: { properties: number[] }): number[] =>
  properties.flatMap((flag, index) => (flag === 1 ? [index] : []));

describe('POST /token', () => {
  it.each([
    ['/kernelci', {}],
    ['', { host: 'kernelci.localhost' }],
  ])('makes a token; below %j its Location is absolute', async (prefix, { host }: { host?: string }) => {
    const reply = await server.http.post(`${prefix}/token`, {
      ...(host && { host: `${host}:${server.gateway.port}` }),
      headers: { Authorization: TOKENS.admin, 'Content-Type': 'application/json' },
      body: EMAIL,
    });
    const [{ token }] = reply.json.result;
    expect([reply.status, reply.json]).toEqual([201, { code: 201, result: [{ token }] }]);
    expect(token).toMatch(UUID);
    const origin = host ? `http://${host}:${server.gateway.port}` : server.gateway.url;
    expect(reply.headers.location).toBe(`${origin}${prefix}/token/${token}`);
    expect(await read(token)).toEqual({
      _id: { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) },
      created_on: { $date: expect.any(Number) },
      token,
      ...EMAIL,
      username: null,
      expired: false,
      expires_on: null,
      ip_address: null,
      version: '1.0',
      properties: Array.from({ length: 16 }, () => 0),
    });
  });

  it.each([
    [{ get: 1 }, [2]],
    [{ post: true }, [3]],
    [{ delete: -1 }, [4]],
    [{ lab: 1, upload: 1, test_lab: 1 }, [7, 8, 9]],
    [{ superuser: 1 }, [1, 2, 3, 4, 8]],
    [{ admin: 1 }, [0, 1, 2, 3, 4, 6, 8]],
    [{ admin: true, superuser: true, get: false }, [0, 1, 2, 3, 4, 6, 8]],
    [{ superuser: 0, get: 1, post: 1, delete: 1 }, []],
    [{ admin: 0, superuser: 1 }, []],
    [{ admin: false, get: 1, lab: 1 }, [7]],
    [{ superuser: 1, upload: 0 }, [1, 2, 3, 4]],
    [{ get: 1, post: null, delete: 0 }, [2]],
  ])('with %j sets the properties %j', async (flags, properties) => {
    expect(held(await made(flags))).toEqual(properties);
  });

  it('keeps the other members', async () => {
    const members = { username: 'ci', expired: 1, expires_on: '2016-02-29', version: '1.1' };
    expect(await made(members)).toMatchObject({
      username: 'ci',
      expired: true,
      expires_on: { $date: Date.parse('2016-02-29') },
      version: '1.1',
    });
  });

  it.each([
    ['10.0.0.1', ['10.0.0.1']],
    [
      ['10.0.0.0/8', '::1'],
      ['10.0.0.0/8', '::1'],
    ],
  ])('is bound to %j', async (ip_address, shown) => {
    expect(await made({ ip_restricted: 1, ip_address })).toMatchObject({ ip_address: shown });
  });

  it.each([
    [{ get: 1 }, 'New tokens require the email address field [email]'],
    [{ email: '' }, 'New tokens require the email address field [email]'],
    [{ email: null, get: 5 }, 'New tokens require the email address field [email]'],
    [{ email: 5 }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, get: 2 }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, admin: 'true' }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, expires_on: '29-02-2016' }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, ip_restricted: 1, ip_address: 'nowhere' }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, ip_restricted: 1, ip_address: ['10.0.0.0/33'] }, 'Wrong field value or type in the JSON data'],
    [{ ...EMAIL, ip_restricted: 1 }, 'IP restricted but no IP addresses given'],
    [{ ...EMAIL, ip_restricted: 1, ip_address: [] }, 'IP restricted but no IP addresses given'],
    [{ ...EMAIL, ip_address: '10.0.0.1' }, 'IP addresses given, but token is not IP restricted'],
    [{ ...EMAIL, ip_restricted: 0, ip_address: '10.0.0.1' }, 'IP addresses given, but token is not IP restricted'],
  ])('with %j is refused: %s', async (body, reason) => {
    expect(await post(body)).toEqual({ code: 400, reason });
  });

  it('names unknown keys, and refuses a body with no others', async () => {
    expect(await post({ ...EMAIL, color: 1 })).toMatchObject({
      code: 201,
      errors: ['Found non recognizable keys, they will not be considered: color'],
    });
    expect(await post({ color: 1 })).toEqual({
      code: 400,
      reason: 'Provided JSON is not valid',
      errors: ['No valid or acceptable keys in the JSON data'],
    });
  });

  it('with an id is refused', async () => {
    expect(await written(server, 'POST', `/token/${oidOf(1)}`, EMAIL)).toEqual({
      code: 400,
      reason: 'To update a token, use a PUT request',
    });
  });
});

describe('PUT /token/{id}', () => {
  it('changes what is told, by the id and not the value', async () => {
    const before = await made({ get: 1, username: 'ci' });
    const id = before._id.$oid;
    expect(await put(id, { post: 1, email: 'y@example.org', foo: 1 })).toEqual({
      code: 200,
      result: [{ token: before.token }],
      errors: ['Found non recognizable keys, they will not be considered: foo'],
    });
    const after = await read(before.token);
    expect(after).toEqual({ ...before, email: 'y@example.org', properties: after.properties });
    expect(held(after)).toEqual([2, 3]);
    expect((await put(before.token, { post: 1 })).reason).toBe('Wrong ID value provided');
  });

  it('with admin or superuser 0 wipes what they set', async () => {
    const { _id, token } = await made({ admin: 1, lab: 1 });
    await put(_id.$oid, { admin: 0 });
    expect(held(await read(token))).toEqual([7]);
    await put(_id.$oid, { superuser: 1 });
    expect(held(await read(token))).toEqual([1, 2, 3, 4, 7, 8]);
    await put(_id.$oid, { superuser: 0, get: 1 });
    expect(held(await read(token))).toEqual([7]);
  });

  it('makes a token expire, and valid again', async () => {
    const { _id, token } = await made({ get: 1 });
    expect((await server.get('/job', { as: token })).status).toBe(200);
    await put(_id.$oid, { expired: true });
    expect((await server.get('/job', { as: token })).json).toEqual({ code: 403 });
    await put(_id.$oid, { expired: 0 });
    expect((await server.get('/job', { as: token })).status).toBe(200);
    await put(_id.$oid, { expires_on: '2015-01-01' });
    expect((await server.get('/job', { as: token })).json).toEqual({ code: 403 });
  });

  it('binds a token to addresses', async () => {
    const { _id, token } = await made({ get: 1 });
    await put(_id.$oid, { ip_restricted: 1, ip_address: '192.0.2.1' });
    expect((await server.get('/job', { as: token })).json).toEqual({ code: 403 });
    await put(_id.$oid, { ip_restricted: 1, ip_address: ['192.0.2.1', '127.0.0.0/8'] });
    expect((await server.get('/job', { as: token })).status).toBe(200);
  });

  it('of a token that there is not is 404 without a reason', async () => {
    expect(await put('54b8e0dcc0ffee0000ffffff', { get: 1 })).toEqual({ code: 404 });
  });

  it('looks at content type, id, JSON, keys and the digits of the id in this order', async () => {
    const call = (path: string, body: string, type = 'application/json'): Promise<any> =>
      written(server, 'PUT', path, body, { type });
    expect((await call('/token', '', 'text/json')).reason).toBe("Wrong content type, must be 'application/json'");
    expect(await call('/token', '')).toEqual({ code: 400, reason: 'Missing token ID' });
    expect(await call('/token/x', '{')).toEqual({ code: 422, reason: 'No JSON data found in the PUT request' });
    expect((await call('/token/x', '{}')).errors).toEqual(['No valid or acceptable keys in the JSON data']);
    expect(await call('/token/x', '{"get":5}')).toEqual({ code: 400, reason: 'Wrong ID value provided' });
  });

  it.each([
    [{ get: 5 }, 'Wrong field value or type in the JSON data'],
    [{ ip_restricted: 1 }, 'IP restricted but no IP addresses given'],
    [{ ip_address: '10.0.0.1' }, 'IP addresses given, but token is not IP restricted'],
  ])('with %j is refused, and nothing is changed', async (body, reason) => {
    const before = await read(TOKENS.reader);
    expect(await put(before._id.$oid, { username: 'other', ...body })).toEqual({ code: 400, reason });
    expect(await read(TOKENS.reader)).toEqual(before);
  });
});

describe('DELETE /token/{id}', () => {
  it('deletes a token, by its id', async () => {
    const { _id, token } = await made({ get: 1 });
    const id = _id.$oid;
    expect(await written(server, 'DELETE', `/token/${token}`)).toEqual({
      code: 400,
      reason: `Wrong ID value '${token}' passed`,
    });
    expect(await written(server, 'DELETE', `/token/${id}`)).toEqual({ code: 200, reason: `Resource '${id}' deleted` });
    expect((await server.get('/job', { as: token })).status).toBe(403);
    expect(await written(server, 'DELETE', `/token/${id}`)).toEqual({
      code: 404,
      reason: `Resource '${id}' not found`,
    });
  });

  it('needs an id', async () => {
    expect(await written(server, 'DELETE', '/token')).toEqual({ code: 400, reason: 'No ID value specified' });
  });

  it('strips what a reason repeats for the status line', async () => {
    const { status, json, headers } = await write(server, 'DELETE', '/token/a%0d%0aX-Evil:%201%E2%98%83');
    expect([status, json.reason]).toEqual([400, "Wrong ID value 'a\r\nX-Evil: 1☃' passed"]);
    expect(headers['x-evil']).toBeUndefined();
  });
});
