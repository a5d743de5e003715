import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/core/auth/authenticator.js';
import { Member } from '../../../src/core/auth/member.js';
import { ensureMember, isMemberName, memberIdOf, prepareMember } from '../../../src/core/auth/members.js';
import { checkPassword } from '../../../src/core/auth/passwords.js';
import { ANONYMOUS, UNRESTRICTED, type Principal } from '../../../src/core/auth/principal.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { ownStore, type OwnStore } from '../world.js';
import { memberPrincipal, passwordOf, sha1, storeMember } from './members.js';

let own: OwnStore;

beforeEach(async () => {
  own = await ownStore();
});
afterEach(() => own.close());

const idOf = (principal: Principal): Promise<number | null> => memberIdOf(own.store.reader, principal, System.DEVMASON);

async function ensure(principal: Principal, system = System.DEVMASON): Promise<number | null> {
  await prepareMember(principal);
  return own.store.transact(principal, (transaction) => ensureMember(transaction, principal, system));
}

const names = async (): Promise<string[]> =>
  (await own.store.reader.all<{ name: string }>(sql`SELECT name FROM member ORDER BY id`)).map(({ name }) => name);

async function account(user: string): Promise<Principal> {
  await createToken(own.store, { user });
  const [{ id } = { id: 0 }] = await own.store.reader.all<{ id: number }>(
    sql`SELECT id FROM user_account WHERE name = ${user}`,
  );
  return { ...ANONYMOUS, userName: user, userId: id };
}

describe('A member who showed a token', () => {
  it('is known like one with a password, and has none here', async () => {
    const id = await storeMember(own.store, { name: 'genie', hash: sha1('x') });
    const member = new Member({ system: System.DEVMASON, id, name: 'genie', password: null });
    const principal = { ...ANONYMOUS, userName: 'genie', member };
    expect([await idOf(principal), await ensure(principal)]).toEqual([id, id]);
    expect(await member.passwordHash()).toBeNull();
    expect(await member.hasPassword(sha1('x'))).toBe(false);
  });
});

describe('A newcomer', () => {
  it('is nobody until stored, and then a member who signs in with that password', async () => {
    const principal = memberPrincipal('genie', 'x');
    expect(await idOf(principal)).toBeNull();
    const id = await ensure(principal);
    expect(id).toEqual(expect.any(Number));
    expect(await checkPassword((await passwordOf(own.store, id!))!, 'x')).toBe('right');
    expect(await idOf(principal)).toBe(id);
  });

  it('is stored once', async () => {
    const principal = memberPrincipal('genie', 'x');
    const first = await ensure(principal);
    expect(await ensure(principal)).toBe(first);
    expect(await names()).toEqual(['genie']);
  });

  it('stays one when the transaction fails', async () => {
    const principal = memberPrincipal('genie', 'x');
    const failed = own.store.transact(principal, async (transaction) => {
      await ensureMember(transaction, principal, System.DEVMASON);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await idOf(principal)).toBeNull();
    expect(await names()).toEqual([]);
  });

  it('is the member who took the name meanwhile when the password says so', async () => {
    const id = await storeMember(own.store, { name: 'genie', hash: sha1('x') });
    const principal = memberPrincipal('genie', 'x');
    expect(await ensure(principal)).toBe(id);
    expect(await idOf(principal)).toBe(id);
  });

  it('is refused when another took the name meanwhile: a member, one without a password, an account', async () => {
    await storeMember(own.store, { name: 'genie', hash: sha1('y') });
    await storeMember(own.store, { name: 'jafar', hash: null });
    await createToken(own.store, { user: 'kate' });
    for (const name of ['genie', 'jafar', 'kate']) {
      const principal = memberPrincipal(name, 'x');
      await expect(ensure(principal)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      expect(await idOf(principal)).toBeNull();
    }
    expect(await names()).toEqual(['genie', 'jafar']);
  });

  it('may come many times at once: all are one member', async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, () => ensure(memberPrincipal('genie', 'x'))));
    expect(new Set(ids).size).toBe(1);
    expect(await names()).toEqual(['genie']);
  });
});

describe('A member', () => {
  it('is who signed in', async () => {
    const id = await storeMember(own.store, { name: 'genie', hash: null });
    const principal = memberPrincipal('genie', 'x', id);
    expect([await idOf(principal), await ensure(principal)]).toEqual([id, id]);
  });

  it('is nobody in another system', async () => {
    const id = await storeMember(own.store, { name: 'genie', hash: null });
    await storeMember(own.store, { name: 'genie', hash: null, system: System.RODAN });
    const principal = memberPrincipal('genie', 'x', id);
    expect(await memberIdOf(own.store.reader, principal, System.RODAN)).toBeNull();
    expect(await ensure(principal, System.RODAN)).toBeNull();
  });

  it('who was deleted meanwhile is refused, also when another has the name now', async () => {
    const id = await storeMember(own.store, { name: 'genie', hash: null });
    const principal = memberPrincipal('genie', 'x', id + 1);
    await expect(ensure(principal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await own.store.transact(ANONYMOUS, (transaction) => transaction.all(sql`DELETE FROM member`));
    await expect(ensure(memberPrincipal('genie', 'x', id))).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await names()).toEqual([]);
  });
});

describe('The account of a token', () => {
  it('is the member of its name', async () => {
    const kate = await account('kate');
    const id = await storeMember(own.store, { name: 'kate', hash: 'sha1$a$b' });
    expect([await idOf(kate), await ensure(kate)]).toEqual([id, id]);
    expect(await passwordOf(own.store, id)).toBe('sha1$a$b');
  });

  it('becomes a member without a password', async () => {
    const kate = await account('kate');
    expect(await idOf(kate)).toBeNull();
    const id = await ensure(kate);
    expect(await passwordOf(own.store, id!)).toBeNull();
    expect([await idOf(kate), await ensure(kate)]).toEqual([id, id]);
    expect(await names()).toEqual(['kate']);
  });

  it('may come many times at once: all are one member', async () => {
    const kate = await account('kate');
    const ids = await Promise.all(Array.from({ length: 5 }, () => ensure(kate)));
    expect(new Set(ids).size).toBe(1);
  });

  it('is refused when no member can have its name', async () => {
    const odd = await account('team/kate');
    await expect(ensure(odd)).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'The account "team/kate" has a name that no user here can have.',
    });
    expect(await names()).toEqual([]);
  });
});

it('Callers without a name, or without an account, are no members', async () => {
  await storeMember(own.store, { name: 'ruth', hash: null });
  for (const principal of [ANONYMOUS, UNRESTRICTED, { ...ANONYMOUS, userName: 'ruth' }]) {
    expect([await idOf(principal), await ensure(principal)]).toEqual([null, null]);
  }
  expect(await names()).toEqual(['ruth']);
});

it.each([
  ['a', true],
  ['Ü b@c.d-e+f_%', true],
  ['😀'.repeat(150), true],
  ['', false],
  ['x'.repeat(151), false],
  ['a/b', false],
  ['a:b', false],
  ['a\n', false],
  ['\u007f', false],
  ['\uD800', false],
])('A member can be called %j: %s', (name, can) => {
  expect(isMemberName(name)).toBe(can);
});
