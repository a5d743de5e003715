import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator, createToken, type ConfiguredRole } from '../../../src/core/auth/authenticator.js';
import { ANONYMOUS, hasAnyRole, UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { raw, sql, type Sql } from '../../../src/core/store/sql.js';
import { ownStore, type OwnStore } from '../world.js';

let own: OwnStore;
let now: number;

beforeEach(async () => {
  now = 1_564_641_046_000_000;
  own = await ownStore({ now: () => now });
});
afterEach(() => own.close());

function authenticator(roles: Readonly<Record<string, ConfiguredRole>> = {}): Authenticator {
  return new Authenticator({ store: own.store, mode: 'token', roles });
}

const change = (statement: Sql): Promise<unknown> =>
  own.store.transact(ANONYMOUS, (transaction) => transaction.all(statement));

async function rolesOf(token: string, configured: Readonly<Record<string, ConfiguredRole>>): Promise<string[]> {
  const { roles } = await authenticator(configured).authenticate(`Bearer ${token}`);
  return [...roles].toSorted();
}

const REFUSAL = { code: 'UNAUTHENTICATED', message: 'The bearer token is not valid.' };

describe('A token', () => {
  it('tells who is asking, in any spelling of the header', async () => {
    const token = await createToken(own.store, { user: 'kate' });
    expect(token).toMatch(/^bg_[A-Za-z0-9_-]{43}$/);
    const [{ id } = { id: 0 }] = await own.store.reader.all<{ id: number }>(sql`SELECT id FROM user_account`);
    for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}  `]) {
      expect(await authenticator().authenticate(header)).toEqual({
        userName: 'kate',
        userId: id,
        admin: false,
        roles: new Set(),
      });
    }
  });

  it('is in no table: only its hash is', async () => {
    const token = await createToken(own.store, { user: 'kate', admin: true, roles: ['agent'], groups: ['qa'] });
    const tables = [
      'user_account',
      'api_token',
      'user_group',
      'access_role',
      'access_role_member',
      'change_log',
      'outbox_message',
    ];
    const rows = await Promise.all(tables.map((table) => own.store.reader.all(raw(`SELECT * FROM ${table}`))));
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(token.slice(3));
    expect(stored).toContain(createHash('sha256').update(token).digest('hex'));
  });

  it('is another one each time, for the same user', async () => {
    const tokens = [
      await createToken(own.store, { user: 'kate' }),
      await createToken(own.store, { user: 'kate', admin: true }),
    ];
    const principals = await Promise.all(tokens.map((token) => authenticator().authenticate(`Bearer ${token}`)));
    expect(new Set(tokens).size).toBe(2);
    expect(principals[0]).toEqual(principals[1]);
    expect(principals[0]).toMatchObject({ userName: 'kate', admin: true });
  });

  it('is refused from the instant it expires', async () => {
    const token = await createToken(own.store, { user: 'kate' });
    await change(sql`UPDATE api_token SET expires_at = ${now + 1}`);
    expect(await authenticator().authenticate(`Bearer ${token}`)).toMatchObject({ userName: 'kate' });
    now += 1;
    await expect(authenticator().authenticate(`Bearer ${token}`)).rejects.toMatchObject(REFUSAL);
  });

  it('is refused when it was revoked, and another of the user is not', async () => {
    const token = await createToken(own.store, { user: 'kate' });
    await change(sql`UPDATE api_token SET revoked_at = ${now}`);
    const other = await createToken(own.store, { user: 'kate' });
    await expect(authenticator().authenticate(`Bearer ${token}`)).rejects.toMatchObject(REFUSAL);
    expect(await authenticator().authenticate(`Bearer ${other}`)).toMatchObject({ userName: 'kate' });
  });

  it('is refused when it is unknown, or the header is none of a bearer token', async () => {
    const token = await createToken(own.store, { user: 'kate' });
    const hash = createHash('sha256').update(token).digest('hex');
    const wrong = ['Bearer', 'Bearer ', token, `Basic ${token}`, `Bearer ${token}x`, `Bearer ${token.slice(0, -1)}`];
    const hostile = [
      `Bearer ${hash}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token},`,
      "Bearer ' OR 1=1 --",
      'Bearer \0',
      'x',
    ];
    for (const header of [...wrong, ...hostile, `Bearer ${token.toUpperCase()}`]) {
      await expect(authenticator().authenticate(header)).rejects.toMatchObject(REFUSAL);
    }
  });

  it('is not needed to read: without a header the caller is anonymous', async () => {
    for (const header of [undefined, '', '  ']) expect(await authenticator().authenticate(header)).toBe(ANONYMOUS);
  });

  it('is not looked at when authentication is switched off', async () => {
    const open = new Authenticator({ store: own.store, mode: 'none', roles: {} });
    own.statements.length = 0;
    for (const header of [undefined, 'Bearer x', 'nonsense'])
      expect(await open.authenticate(header)).toBe(UNRESTRICTED);
    expect(own.statements).toEqual([]);
  });
});

describe('Roles', () => {
  const configured = {
    'freshmaker/admin': { users: ['kate'], groups: ['admins'] },
    agent: { users: [], groups: ['workers'] },
  };

  it('come from the configuration, by name and by group', async () => {
    const kate = await createToken(own.store, { user: 'kate' });
    const bob = await createToken(own.store, { user: 'bob', groups: ['workers', 'admins'] });
    const eve = await createToken(own.store, { user: 'Kate', groups: ['Workers'] });
    expect(await rolesOf(kate, configured)).toEqual(['freshmaker/admin']);
    expect(await rolesOf(bob, configured)).toEqual(['agent', 'freshmaker/admin']);
    expect(await rolesOf(eve, configured)).toEqual([]);
  });

  it('that the database keeps take precedence over the configuration', async () => {
    const kate = await createToken(own.store, { user: 'kate' });
    const bob = await createToken(own.store, { user: 'bob', roles: ['freshmaker/admin'], groups: ['workers'] });
    expect(await rolesOf(kate, configured)).toEqual([]);
    expect(await rolesOf(bob, configured)).toEqual(['agent', 'freshmaker/admin']);
  });

  it('without members in the database belong to nobody', async () => {
    const kate = await createToken(own.store, { user: 'kate' });
    await change(sql`INSERT INTO access_role (name) VALUES ('freshmaker/admin')`);
    expect(await rolesOf(kate, configured)).toEqual([]);
  });

  it('are held through groups that the database names', async () => {
    const kate = await createToken(own.store, { user: 'kate', groups: ['qa'] });
    const qa = await createToken(own.store, { user: 'qa' });
    await change(sql`INSERT INTO access_role (name) VALUES ('rodan/reader')`);
    await change(
      sql`INSERT INTO access_role_member (role, member_kind, member) VALUES ('rodan/reader', 'group', 'qa')`,
    );
    expect(await rolesOf(kate, {})).toEqual(['rodan/reader']);
    expect(await rolesOf(qa, {})).toEqual([]);
  });

  it('are all held by an administrator', async () => {
    const root = await createToken(own.store, { user: 'root', admin: true });
    const principal = await authenticator().authenticate(`Bearer ${root}`);
    expect(hasAnyRole(principal, ['freshmaker/admin'])).toBe(true);
    expect(hasAnyRole(ANONYMOUS, ['freshmaker/admin'])).toBe(false);
    expect(hasAnyRole({ ...ANONYMOUS, roles: new Set(['agent']) }, ['freshmaker/admin', 'agent'])).toBe(true);
  });

  it('take the same number of statements however many there are', async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `rodan/role${String.fromCharCode(97 + index)}`);
    const few = await createToken(own.store, { user: 'few' });
    const many = await createToken(own.store, {
      user: 'many',
      roles: roles.map((role) => role),
      groups: ['a', 'b', 'c'],
    });
    for (const token of [few, many]) {
      own.statements.length = 0;
      await authenticator().authenticate(`Bearer ${token}`);
      expect(own.statements).toHaveLength(3);
    }
  });
});

describe('A token is not made', () => {
  it.each([
    [{ user: '' }, 'user: must have 1 to 200 characters.'],
    [{ user: ' \t' }, 'user: must have 1 to 200 characters.'],
    [{ user: 'x'.repeat(201) }, 'user: must have 1 to 200 characters.'],
    [{ user: 'a\0b' }, 'user: must not contain the NUL character.'],
    [{ user: 'kate', groups: [''] }, 'group: must have 1 to 200 characters.'],
    [{ user: 'kate', roles: ['Admin'] }, 'role: "Admin" is neither agent, operator nor system/role.'],
    [{ user: 'kate', roles: ['freshmaker/'] }, 'role: "freshmaker/" is neither agent, operator nor system/role.'],
  ])('for %j: %s', async (request, message) => {
    await expect(createToken(own.store, request)).rejects.toMatchObject({ code: 'INVALID', message });
    expect(await own.store.reader.all(sql`SELECT * FROM user_account`)).toEqual([]);
  });
});
