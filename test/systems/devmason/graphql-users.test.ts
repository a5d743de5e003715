import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPassword } from '../../../src/core/auth/passwords.js';
import { sql } from '../../../src/core/store/sql.js';
import { Caller } from '../../graphql/agent.js';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
});
afterAll(() => gateway.close());

const REGISTER =
  'mutation ($username: String!, $password: String) { devmasonRegisterUser(username: $username, password: $password) { username isViewer } }';
const UPDATE =
  'mutation ($username: String!, $password: String) { devmasonUpdateUser(username: $username, password: $password) { username isViewer } }';
const DELETE = 'mutation ($username: String!) { devmasonDeleteUser(username: $username) }';

async function hashOf(username: string): Promise<string | null> {
  const [row] = await gateway.server.app.store.reader.all<{ hash: string | null }>(
    sql`SELECT password_hash AS hash FROM member WHERE name = ${username}`,
  );
  return row!.hash;
}

/** Somebody with an account of this name. */
async function account(name: string): Promise<Caller> {
  return new Caller(gateway.server, await gateway.server.token(name));
}

describe('devmasonRegisterUser', () => {
  it('records the caller, with a password or without', async () => {
    const kim = await account('kim');
    expect((await kim.run(REGISTER, { username: 'kim', password: 'open: sésame' })).devmasonRegisterUser).toEqual({
      username: 'kim',
      isViewer: true,
    });
    expect(await checkPassword((await hashOf('kim'))!, 'open: sésame')).toBe('right');
    await (await account('lee')).run(REGISTER, { username: 'lee' });
    expect(await hashOf('lee')).toBeNull();
  });

  it('refuses callers without credentials, other names, and a second time', async () => {
    const kim = await account('kim');
    expect((await gateway.anonymous.refusal(REGISTER, { username: 'kim' })).code).toBe('UNAUTHENTICATED');
    expect((await kim.refusal(REGISTER, { username: 'other' })).code).toBe('FORBIDDEN');
    expect((await kim.refusal(REGISTER, { username: 'kim', password: 'new' })).code).toBe('CONFLICT');
    expect(await checkPassword((await hashOf('kim'))!, 'open: sésame')).toBe('right');
  });

  it('records anybody for administrators', async () => {
    const { devmasonRegisterUser } = await gateway.admin.run(REGISTER, { username: 'new', password: 'x' });
    expect(devmasonRegisterUser).toEqual({ username: 'new', isViewer: false });
  });

  it.each(['', 'a/b', 'a:b', 'a\nb', 'a\0', '\uD800', 'x'.repeat(151)])('refuses the name %j', async (username) => {
    const { code, message } = await gateway.admin.refusal(REGISTER, { username });
    expect(`${code} ${message}`).toMatch(/^INVALID username: /);
  });

  it('refuses an empty password', async () => {
    const refusal = await gateway.admin.refusal(REGISTER, { username: 'empty', password: '' });
    expect(refusal).toEqual({ code: 'INVALID', message: 'password: must not be empty.' });
  });
});

describe('devmasonUpdateUser', () => {
  it('gives oneself another password; without one nothing changes', async () => {
    const mia = await account('mia');
    await mia.run(REGISTER, { username: 'mia', password: 'one' });
    await mia.run(UPDATE, { username: 'mia' });
    expect(await checkPassword((await hashOf('mia'))!, 'one')).toBe('right');
    expect((await mia.run(UPDATE, { username: 'mia', password: 'two' })).devmasonUpdateUser.username).toBe('mia');
    expect(await checkPassword((await hashOf('mia'))!, 'two')).toBe('right');
    await gateway.admin.run(UPDATE, { username: 'mia', password: 'three' });
    expect(await checkPassword((await hashOf('mia'))!, 'three')).toBe('right');
  });

  it('refuses callers without credentials, other names and unknown users', async () => {
    expect((await gateway.anonymous.refusal(UPDATE, { username: 'mia' })).code).toBe('UNAUTHENTICATED');
    expect((await gateway.bob.refusal(UPDATE, { username: 'mia', password: 'x' })).code).toBe('FORBIDDEN');
    expect((await gateway.bob.refusal(UPDATE, { username: 'bob', password: 'x' })).code).toBe('NOT_FOUND');
    expect((await gateway.admin.refusal(UPDATE, { username: 'a\0' })).code).toBe('NOT_FOUND');
    expect((await gateway.admin.refusal(UPDATE, { username: 'mia', password: '' })).code).toBe('INVALID');
  });
});

describe('devmasonDeleteUser', () => {
  it('leaves projects without owner and builds without reporter, and what client.user says', async () => {
    const pat = await account('pat');
    await gateway.register('pats', pat);
    const { buildId } = await gateway.report('pats', {}, pat);
    const statements = await gateway.statementsOf(() => pat.run(DELETE, { username: 'pat' }));
    expect(statements.length).toBeLessThan(7);
    const fields = 'reporter { username } requester client devmasonProject { owner { username } }';
    expect(await gateway.build('pats', buildId, fields)).toEqual({
      reporter: null,
      requester: 'pat',
      client: expect.objectContaining({ user: 'pat' }),
      devmasonProject: { owner: null },
    });
  });

  it('gives a later user of the name no rights to what the earlier one had', async () => {
    const ann = await account('ann');
    await gateway.register('anns', ann);
    const { buildId } = await gateway.report('anns', {}, ann);
    await ann.run(DELETE, { username: 'ann' });
    await ann.run(REGISTER, { username: 'ann' });
    const { viewerCanDelete, devmasonProject } = await gateway.build(
      'anns',
      buildId,
      'viewerCanDelete devmasonProject { viewerCanUpdate }',
      ann,
    );
    expect([viewerCanDelete, devmasonProject.viewerCanUpdate]).toEqual([false, false]);
  });

  it('asks for credentials first, then says whether there is such a user, then whether it is the caller', async () => {
    expect((await gateway.anonymous.refusal(DELETE, { username: 'none' })).code).toBe('UNAUTHENTICATED');
    expect((await gateway.bob.refusal(DELETE, { username: 'none' })).code).toBe('NOT_FOUND');
    expect((await gateway.bob.refusal(DELETE, { username: 'kim' })).code).toBe('FORBIDDEN');
    expect(await gateway.admin.run(DELETE, { username: 'kim' })).toEqual({ devmasonDeleteUser: true });
    expect(
      (await gateway.anonymous.run('{ devmason { user(username: "kim") { username } } }')).devmason.user,
    ).toBeNull();
  });
});
