import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Caller } from '../../graphql/agent.js';
import { HttpClient } from '../../support/http.js';
import { startTestServer, type GraphqlAnswer, type TestServer } from '../../support/server.js';
import { RodanData } from './data.js';
import { addUser, django } from './users-world.js';

let server: TestServer;
let anonymous: Caller;
let mia: Caller;
let root: Caller;
const statements: string[] = [];

beforeAll(async () => {
  server = await startTestServer({ onStatement: (text) => void statements.push(text) });
  const { store } = server.app;
  const data = new RodanData(store);
  await addUser(store, data, 'mia', { number: 7, hash: django('lamp'), token: 'key-of-mia' });
  await addUser(store, data, 'ida', { number: 8, hash: django('lamp'), active: false });
  anonymous = new Caller(server);
  mia = new Caller(server, await server.token('mia'));
  root = new Caller(server, await server.token('root', { admin: true }));
});
afterAll(() => server.close());

const USER = 'number username firstName lastName email isStaff isActive isSuperuser isViewer';
const LOG_IN = `mutation ($username: String, $email: String, $password: String) {
  rodanLogIn(username: $username, email: $email, password: $password) { token email user { ${USER} } } }`;
const UPDATE = `mutation ($input: RodanUserInput!, $check: RodanCheck) {
  rodanUpdateMe(input: $input, check: $check) { ${USER} } }`;
const REGISTER = `mutation ($input: RodanNewUserInput!, $check: RodanCheck) {
  rodanRegister(input: $input, check: $check) { ${USER} } }`;
const CREATE = `mutation ($input: RodanNewUserInput!, $check: RodanCheck) {
  rodanCreateUser(input: $input, check: $check) { ${USER} } }`;
const PASSWORD = `mutation ($old: String, $new: String, $check: RodanCheck) {
  rodanChangePassword(currentPassword: $old, newPassword: $new, check: $check) }`;

/** What the first error says besides its message. */
async function extensions(answer: Promise<GraphqlAnswer>): Promise<Record<string, unknown> | undefined> {
  return (await answer).errors?.[0]?.extensions;
}

describe('rodanLogIn', () => {
  it('tells the key, and the address that strangers are not shown', async () => {
    const { rodanLogIn } = await anonymous.run(LOG_IN, { username: 'mia', password: 'lamp' });
    expect(rodanLogIn).toEqual({
      token: 'key-of-mia',
      email: 'mia@example.org',
      user: {
        number: 7,
        username: 'mia',
        firstName: '',
        lastName: '',
        email: null,
        isStaff: false,
        isActive: true,
        isSuperuser: false,
        isViewer: false,
      },
    });
    expect((await anonymous.run(LOG_IN, { email: 'mia@example.org', password: 'lamp' })).rodanLogIn.token).toBe(
      'key-of-mia',
    );
  });

  it('says why not, in the words of the old API', async () => {
    const refused = (variables: object) => extensions(anonymous.send(LOG_IN, variables));
    expect(await refused({})).toEqual({ code: 'UNAUTHENTICATED', reason: 'You must supply a username' });
    expect(await refused({ username: 'mia' })).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'You must supply a password',
    });
    expect(await refused({ username: 'mia', password: 'x' })).toEqual({ code: 'UNAUTHENTICATED', isLoggedIn: false });
    expect(await refused({ username: 'ida', password: 'lamp' })).toEqual({ code: 'FORBIDDEN', isLoggedIn: false });
  });
});

describe('rodanUpdateMe', () => {
  it('changes the user of the name of the account', async () => {
    const { rodanUpdateMe } = await mia.run(UPDATE, { input: { firstName: 'Mia', email: 'mia@example.com' } });
    expect(rodanUpdateMe).toMatchObject({ number: 7, firstName: 'Mia', email: 'mia@example.com', isViewer: true });
  });

  it('only checks when told to, and knows no rights', async () => {
    const input = { firstName: 'Other' };
    for (const check of ['FIELDS', 'ALL']) {
      expect((await mia.run(UPDATE, { input, check })).rodanUpdateMe).toBeNull();
      expect(await extensions(mia.send(UPDATE, { input: { email: 'x' }, check }))).toEqual({
        code: 'INVALID',
        errors: { email: ['Enter a valid email address.'] },
      });
    }
    expect((await mia.run(`{ rodan { me { ${USER} } } }`)).rodan.me).toMatchObject({ firstName: 'Mia' });
    expect(await extensions(mia.send(UPDATE, { input: { isSuperuser: true } }))).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('makes a user of an account, which is none before', async () => {
    const kate = new Caller(server, await server.token('kate'));
    expect((await kate.run(`{ rodan { me { ${USER} } } }`)).rodan.me).toBeNull();
    expect((await kate.run(UPDATE, { input: {} })).rodanUpdateMe).toMatchObject({ username: 'kate', isViewer: true });
    expect((await kate.run(`{ rodan { me { ${USER} } } }`)).rodan.me).toMatchObject({ isSuperuser: false });
  });

  it('costs a fixed number of statements', async () => {
    await mia.run(UPDATE, { input: { lastName: 'M' } });
    await server.settled();
    statements.length = 0;
    await mia.run(UPDATE, { input: { lastName: 'N' } });
    // A password of an old form is still being stored anew, perhaps.
    const others = /access_role|SET password_hash/;
    const own = statements.filter((text) => /rodan_user|member/.test(text) && !others.test(text));
    // Who it is, the change, who is asking, and the user as they are now.
    expect(own).toHaveLength(5);
  });
});

describe('Users', () => {
  it('register themselves, and are made by administrators and not by others', async () => {
    const { rodanRegister } = await anonymous.run(REGISTER, { input: { username: 'zoe', password: 'x' } });
    expect(rodanRegister).toMatchObject({ username: 'zoe', isStaff: false, isSuperuser: false, isViewer: false });
    const { rodanCreateUser } = await root.run(CREATE, { input: { username: 'yan', password: 'x', email: 'y@b.org' } });
    expect(rodanCreateUser).toMatchObject({ number: rodanRegister.number + 1, email: 'y@b.org' });
    const input = { username: 'xia', password: 'x' };
    expect((await mia.refusal(CREATE, { input })).code).toBe('FORBIDDEN');
    expect((await anonymous.refusal(CREATE, { input })).code).toBe('UNAUTHENTICATED');
    expect((await root.run(CREATE, { input, check: 'ALL' })).rodanCreateUser).toBeNull();
    expect((await anonymous.run(REGISTER, { input, check: 'FIELDS' })).rodanRegister).toBeNull();
    expect((await root.run('{ rodan { users { nodes { username } } } }')).rodan.users.nodes).not.toContainEqual({
      username: 'xia',
    });
  });

  it('change their password and make their key useless', async () => {
    expect(await extensions(mia.send(PASSWORD, { old: 'x' }))).toEqual({
      code: 'INVALID',
      errors: { new_password: ['This field is required.'], current_password: ['Invalid password.'] },
    });
    expect((await mia.run(PASSWORD, { old: 'lamp', new: 'light', check: 'ALL' })).rodanChangePassword).toBeNull();
    expect((await mia.run(PASSWORD, { old: 'lamp', new: 'light' })).rodanChangePassword).toBe(true);
    const statusOf = async (): Promise<number> => {
      const headers = { Authorization: 'Token key-of-mia' };
      return (await new HttpClient(server.url).get('/rodan/auth/me/', { headers })).status;
    };
    expect(await statusOf()).toBe(200);
    expect((await mia.run('mutation { rodanResetToken }')).rodanResetToken).toBe(true);
    expect(await statusOf()).toBe(401);
    const { token } = (await anonymous.run(LOG_IN, { username: 'mia', password: 'light' })).rodanLogIn;
    expect(token).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each([
    ['rodanResetToken', 'mutation { rodanResetToken }'],
    ['rodanChangePassword', PASSWORD],
    ['rodanUpdateMe', 'mutation { rodanUpdateMe(input: {}) { number } }'],
  ])('are asked for credentials by %s, inactive ones are refused', async (_name, document) => {
    expect((await anonymous.refusal(document)).code).toBe('UNAUTHENTICATED');
    const ida = new Caller(server, await server.token('ida'));
    expect(await extensions(ida.send(document))).toEqual({
      code: 'UNAUTHENTICATED',
      reason: 'User inactive or deleted.',
    });
  });

  it('who cannot be stored are refused with the fault', async () => {
    for (const username of ['a\0', '\ud800', 'x'.repeat(151), ' ', 'a:b', '../x']) {
      const answer = anonymous.send(REGISTER, { input: { username, password: 'x' } });
      expect(await extensions(answer)).toEqual({ code: 'INVALID', errors: { username: [expect.any(String)] } });
    }
  });
});
