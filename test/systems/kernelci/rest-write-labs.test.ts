import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BOOT, CONTACT } from './write-bodies.js';
import { only, write, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const post = (body: object): Promise<any> => written(server, 'POST', '/lab', body);
const put = (id: string, body: object): Promise<any> => written(server, 'PUT', `/lab/${id}`, body);
const lab = (name: string): Promise<any> => only(server, `/lab?name=${name}`);
const token = (id: string): Promise<any> => only(server, `/token?_id=${id}`);

const OID = { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) };
const UUID = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
const NOW = { $date: expect.any(Number) };

/** A new lab: id and token value. */
async function newLab(name: string, more: object = {}): Promise<{ id: string; token: string }> {
  const { result } = await post({ name, contact: CONTACT, ...more });
  return { id: result[0]._id.$oid, token: result[0].token };
}

/** A new token: its value and id. */
async function newToken(body: object): Promise<{ id: string; token: string }> {
  const { result } = await written(server, 'POST', '/token', { email: 'x@example.org', ...body });
  return { token: result[0].token, id: (await written(server, 'GET', `/token/${result[0].token}`)).result[0]._id.$oid };
}

const NO_CONTACT = "Provided 'contact' data structure is not a JSON object or is empty";

describe('POST /lab', () => {
  it('makes a lab with a token that may report and delete boots, and not read', async () => {
    const reply = await write(server, 'POST', '/lab', { name: 'lab-1', contact: CONTACT });
    expect([reply.status, reply.json]).toEqual([
      201,
      { code: 201, result: [{ _id: OID, name: 'lab-1', token: UUID }] },
    ]);
    const [made] = reply.json.result;
    expect(reply.headers.location).toBe(`/kernelci/lab/${made._id.$oid}`);
    const stored = await lab('lab-1');
    expect(stored).toEqual({
      _id: made._id,
      created_on: NOW,
      updated_on: null,
      name: 'lab-1',
      private: false,
      address: {},
      contact: CONTACT,
      token: OID,
      version: '1.0',
    });
    expect(await token(stored.token.$oid)).toEqual({
      _id: stored.token,
      created_on: NOW,
      token: made.token,
      email: CONTACT.email,
      username: null,
      expired: false,
      expires_on: null,
      ip_address: null,
      version: '1.0',
      properties: [0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    });
    expect((await write(server, 'POST', '/boot', { ...BOOT, lab_name: 'lab-1' }, { as: made.token })).status).toBe(202);
    expect((await server.get('/boot', { as: made.token })).status).toBe(403);
  });

  it('keeps all that is told, contacts whatever they hold', async () => {
    const more = {
      contact: { ...CONTACT, telephone: '1', more: { a: [1] } },
      address: { street_1: 'S', latitude: 1.5 },
      private: true,
      version: '1.1',
    };
    expect(await post({ name: 'lab-2', ...more, color: 'red' })).toMatchObject({
      code: 201,
      errors: ['Found non recognizable keys, they will not be considered: color'],
    });
    expect(await lab('lab-2')).toMatchObject({ name: 'lab-2', ...more });
  });

  it('with the value of a token gives the lab that token', async () => {
    const { token: value, id } = await newToken({ post: 1 });
    const { result } = await post({ name: 'lab-3', contact: CONTACT, token: value });
    expect(result[0].token).toBe(value);
    expect((await lab('lab-3')).token).toEqual({ $oid: id });
  });

  it('with an unknown token makes a lab without', async () => {
    expect(await post({ name: 'lab-4', contact: CONTACT, token: 'nope' })).toEqual({
      code: 201,
      result: [{ _id: OID, name: 'lab-4', token: null }],
      errors: ['Error saving or retrieving lab token: no token associated'],
    });
    expect((await lab('lab-4')).token).toBeNull();
  });

  it.each([null, {}, [], ['x'], 'x', 5, ''])('with the contact %j is refused', async (contact) => {
    expect(await post({ name: 'lab-5', contact })).toEqual({ code: 400, reason: NO_CONTACT });
  });

  it.each([
    [{ name: 'A', surname: 'B' }, "['email']"],
    [{ email: 'a' }, "['name', 'surname']"],
    [{ ...CONTACT, name: ' ', surname: null }, "['name', 'surname']"],
  ])('with the contact %j is refused: it lacks %s', async (contact, missing) => {
    const reason = `Missing mandatory keys for 'contact' JSON object: ${missing}`;
    expect(await post({ name: 'lab-5', contact })).toEqual({ code: 400, reason });
  });

  it.each([
    [{ name: 'lab-x' }, { code: 400, reason: "Lab 'lab-x' already exists" }],
    [{ name: null }, { code: 400 }],
    [{ name: '' }, { code: 400, reason: 'Provided JSON is not valid', errors: ["The value of 'name' is blank"] }],
    [{ name: 'a\0' }, { code: 400 }],
  ])('with %j is refused', async (more, refusal) => {
    expect(await post({ contact: CONTACT, ...more })).toMatchObject(refusal);
  });

  it('with an id is refused, after the keys', async () => {
    const path = `/lab/${oidOf(20)}`;
    expect(await written(server, 'POST', path, { name: 'lab-5', contact: CONTACT })).toEqual({
      code: 400,
      reason: 'To update a lab, perform a PUT request',
    });
    expect(await written(server, 'POST', path, { name: 'lab-5' })).toMatchObject({
      errors: ["One or more mandatory keys are missing: ['contact']"],
    });
  });
});

describe('PUT /lab/{id}', () => {
  it('changes what is told, and says when', async () => {
    const { id } = await newLab('lab-10', { address: { city: 'A' } });
    const before = await lab('lab-10');
    const more = { name: 'lab-11', private: true, address: { city: 'B' }, version: '2' };
    expect(await put(id, { ...more, foo: 1 })).toEqual({
      code: 200,
      reason: 'Lab document updated',
      errors: ['Found non recognizable keys, they will not be considered: foo'],
    });
    expect(await lab('lab-11')).toEqual({ ...before, ...more, updated_on: NOW });
  });

  it('changes nothing when nothing is different', async () => {
    const { id, token: value } = await newLab('lab-12');
    const before = await lab('lab-12');
    for (const same of [{ name: 'lab-12' }, { contact: CONTACT }, { private: false, token: value }, { name: null }]) {
      expect(await put(id, same)).toEqual({ code: 200, reason: 'No new data to update, lab not modified' });
    }
    expect(await lab('lab-12')).toEqual(before);
  });

  it('copies the e-mail address of a new contact to the token', async () => {
    const { id, token: value } = await newLab('lab-13');
    expect((await put(id, { contact: { ...CONTACT, email: 'new@example.org' } })).reason).toBe('Lab document updated');
    expect((await written(server, 'GET', `/token/${value}`)).result[0].email).toBe('new@example.org');
  });

  it('with another token makes the old one expire', async () => {
    const { id, token: old } = await newLab('lab-14');
    const { token: value, id: tokenId } = await newToken({ post: 1 });
    expect(await put(id, { token: value })).toEqual({ code: 200, reason: 'Lab document updated' });
    expect((await lab('lab-14')).token).toEqual({ $oid: tokenId });
    expect((await written(server, 'GET', `/token/${old}`)).result[0].expired).toBe(true);
    const body = { ...BOOT, lab_name: 'lab-14' };
    expect((await written(server, 'POST', '/boot', body, { as: old })).code).toBe(403);
    expect((await written(server, 'POST', '/boot', body, { as: value })).code).toBe(202);
  });

  it('with an unknown token keeps the old one and says so', async () => {
    const { id } = await newLab('lab-15');
    const before = await lab('lab-15');
    expect(await put(id, { token: 'nope' })).toMatchObject({
      code: 200,
      errors: ['New token specified not found, will not be updated'],
    });
    expect((await lab('lab-15')).token).toEqual(before.token);
    await put(id, { token: 'nope', private: true });
    expect(await lab('lab-15')).toMatchObject({ private: true, token: before.token });
  });

  it.each([
    [{ contact: [] }, { reason: NO_CONTACT }],
    [{ contact: { name: 'A' } }, { reason: "Missing mandatory keys for 'contact' JSON object: ['surname', 'email']" }],
    [{ name: 'lab-y' }, { reason: "Lab 'lab-y' already exists" }],
    [{ name: ' ' }, { reason: 'Provided JSON is not valid' }],
    [{ foo: 1 }, { errors: ['No valid or acceptable keys in the JSON data'] }],
    [{}, { errors: ['No valid or acceptable keys in the JSON data'] }],
    [[], { errors: ['Provided data is not JSON'] }],
  ])('with %j is refused', async (body, refusal) => {
    expect(await put(oidOf(20), body)).toMatchObject({ code: 400, ...refusal });
  });

  it('names a lab that there is not', async () => {
    expect(await put('54b8e0dcc0ffee0000ffffff', { contact: {} })).toEqual({
      code: 404,
      reason: 'Provided lab ID does not exists',
    });
  });

  it('looks at content type, id and JSON in this order', async () => {
    const call = (path: string, type: string, body: string): Promise<any> =>
      written(server, 'PUT', path, body, { type });
    const wrongId = { code: 400, reason: 'Wrong or missing lab ID' };
    expect(await call('/lab/x', 'text/plain', '')).toEqual({
      code: 415,
      reason: "Wrong content type, must be 'application/json'",
    });
    for (const path of ['/lab/x', '/lab', '/lab/', `/lab/${'x'.repeat(24)}`])
      expect(await call(path, 'application/json', '')).toEqual(wrongId);
    expect(await call(`/lab/${oidOf(20)}`, 'application/json', '')).toEqual({
      code: 422,
      reason: 'No JSON data found in the PUT request',
    });
  });
});

describe('DELETE /lab/{id}', () => {
  it('deletes the lab and its token', async () => {
    const { id, token: value } = await newLab('lab-20');
    expect(await written(server, 'DELETE', `/lab/${id}`)).toEqual({ code: 200, reason: `Resource '${id}' deleted` });
    expect((await server.get(`/lab/${id}`, { as: TOKENS.admin })).status).toBe(404);
    expect((await server.get(`/token/${value}`, { as: TOKENS.admin })).status).toBe(404);
    expect(await written(server, 'DELETE', `/lab/${id}`)).toEqual({ code: 404, reason: `Resource '${id}' not found` });
  });

  it.each(['/lab', '/labs/', '/lab/x', `/lab/${'x'.repeat(24)}`, '/lab/%00'])('of %s is refused', async (path) => {
    expect(await written(server, 'DELETE', path)).toEqual({ code: 400, reason: 'Wrong or missing lab ID' });
  });
});
