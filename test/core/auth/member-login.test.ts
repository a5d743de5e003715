import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator, createToken } from '../../../src/core/auth/authenticator.js';
import { checkPassword } from '../../../src/core/auth/passwords.js';
import { ANONYMOUS, UNRESTRICTED, type Principal } from '../../../src/core/auth/principal.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { ownStore, type OwnStore } from '../world.js';
import { basic, passwordOf, sha1, storeMember } from './members.js';
import { hashingsOf } from '../../support/hashings.js';

let own: OwnStore;
let authenticator: Authenticator;

beforeEach(async () => {
  own = await ownStore();
  authenticator = new Authenticator({ store: own.store, mode: 'token', roles: {} });
});
afterEach(() => own.close());

const signIn = (header: string | undefined, system = System.DEVMASON): Promise<Principal> =>
  authenticator.authenticateMember(system, header);
const add = (name: string, hash: string | null, system = System.DEVMASON): Promise<number> =>
  storeMember(own.store, { name, hash, system });

const WRONG = { code: 'FORBIDDEN', message: 'The user name or password is wrong.' };
const UNREADABLE = { code: 'UNAUTHENTICATED', message: 'The credentials are no user name with a password.' };

/** A hash takes a tenth of a second of a machine that may be busy. */

describe('A member', () => {
  it('signs in with name and password, whatever the case of the scheme', async () => {
    const id = await add('genie', sha1('a: b c'));
    const header = basic('genie', 'a: b c');
    for (const spelled of [header, header.replace('Basic ', 'bAsIc   '), `${header}  `]) {
      const { member, ...principal } = await signIn(spelled);
      expect(principal).toEqual({ userName: 'genie', userId: null, admin: false, roles: new Set() });
      expect(member).toMatchObject({ system: System.DEVMASON, id, name: 'genie' });
    }
  });

  it.each([['other'], [''], ['geni']])('is refused with the wrong password %j', async (password) => {
    await add('genie', sha1('genie'));
    await expect(signIn(basic('genie', password))).rejects.toMatchObject(WRONG);
  });

  it('without a password is refused with any', async () => {
    await add('jafar', null);
    await add('iago', '!');
    for (const name of ['jafar', 'iago']) {
      for (const password of ['', 'x', 'null', '!']) {
        await expect(signIn(basic(name, password))).rejects.toMatchObject(WRONG);
      }
    }
  });

  it('of another system, or of a name in other letters, is somebody else', async () => {
    await add('genie', sha1('x'), System.RODAN);
    await add('Genie', sha1('x'));
    const { member } = await signIn(basic('genie', 'y'));
    expect(member).toMatchObject({ system: System.DEVMASON, id: null });
  });

  it('has no rights of the account that is called like them', async () => {
    const token = await createToken(own.store, { user: 'genie', admin: true, roles: ['agent'] });
    await add('genie', sha1('x'));
    expect(await signIn(basic('genie', 'x'))).toMatchObject({ userId: null, admin: false, roles: new Set() });
    await expect(signIn(basic('genie', token))).rejects.toMatchObject(WRONG);
  });

  it('whose hash is of an old form gets a new one by signing in', async () => {
    const id = await add('genie', sha1('x'));
    await signIn(basic('genie', 'x'));
    await expect.poll(() => passwordOf(own.store, id)).toMatch(/^scrypt\$/);
    expect((await signIn(basic('genie', 'x'))).member?.id).toBe(id);
    await expect(signIn(basic('genie', 'y'))).rejects.toMatchObject(WRONG);
    expect(await passwordOf(own.store, id)).not.toContain('sha1');
  });

  it('keeps the hash of an old form when the password was wrong', async () => {
    const id = await add('genie', sha1('x'));
    await expect(signIn(basic('genie', 'y'))).rejects.toMatchObject(WRONG);
    expect(await passwordOf(own.store, id)).toBe(sha1('x'));
  });

  it('is refused with the old password from the moment it was changed', async () => {
    const id = await add('genie', sha1('x'));
    await signIn(basic('genie', 'x'));
    await expect.poll(() => passwordOf(own.store, id)).toMatch(/^scrypt\$/);
    for (let times = 0; times < 2; times += 1) await signIn(basic('genie', 'x'));
    await own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE member SET password_hash = ${sha1('y')} WHERE id = ${id}`),
    );
    await expect(signIn(basic('genie', 'x'))).rejects.toMatchObject(WRONG);
    expect((await signIn(basic('genie', 'y'))).member?.id).toBe(id);
  });

  it('whose password was right before costs one statement and no hashing', async () => {
    const id = await add('genie', sha1('x'));
    await signIn(basic('genie', 'x'));
    await expect.poll(() => passwordOf(own.store, id)).toMatch(/^scrypt\$/);
    await signIn(basic('genie', 'x'));
    own.statements.length = 0;
    const hashings = await hashingsOf(async () => {
      for (let times = 0; times < 100; times += 1) await signIn(basic('genie', 'x'));
    });
    expect(hashings).toBe(0);
    expect(own.statements).toHaveLength(100);
  });
});

describe('A name that nobody has', () => {
  it('makes a newcomer, who is not stored', async () => {
    const { member, ...principal } = await signIn(basic('newcomer', 'pass: word'));
    expect(principal).toEqual({ userName: 'newcomer', userId: null, admin: false, roles: new Set() });
    expect(member).toMatchObject({ system: System.DEVMASON, id: null, name: 'newcomer' });
    expect(await own.store.reader.all(sql`SELECT id FROM member`)).toEqual([]);
  });

  it('is refused when an account of the gateway has it, also with its token', async () => {
    const token = await createToken(own.store, { user: 'kate' });
    for (const password of ['x', '', token]) {
      await expect(signIn(basic('kate', password))).rejects.toMatchObject(WRONG);
    }
    expect((await signIn(basic('Kate', 'x'))).member?.id).toBeNull();
  });

  it.each([
    ['of another script', 'Дядя Стёпа'],
    ['of 150 characters outside of the basic plane', '😀'.repeat(150)],
    ['that means something elsewhere', '__proto__'],
    ['with blanks and signs', " o'brien%?&#@\\ "],
  ])('%s is a name', async (_what, name) => {
    expect(await signIn(basic(name, 'x'))).toMatchObject({ userName: name, member: { name } });
  });
});

describe('Credentials', () => {
  it('are not needed: without a header, or with an empty one, the caller is anonymous', async () => {
    for (const header of [undefined, '', '  ']) expect(await signIn(header)).toBe(ANONYMOUS);
  });

  it('may be a bearer token, which names its account', async () => {
    const token = await createToken(own.store, { user: 'kate', admin: true });
    expect(await signIn(`bearer ${token}`)).toMatchObject({
      userName: 'kate',
      userId: expect.any(Number),
      admin: true,
    });
    await expect(signIn(`Bearer ${token}x`)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('are not looked at when authentication is switched off', async () => {
    const open = new Authenticator({ store: own.store, mode: 'none', roles: {} });
    for (const header of [undefined, 'Basic !', basic('genie', 'x')]) {
      expect(await open.authenticateMember(System.DEVMASON, header)).toBe(UNRESTRICTED);
    }
  });

  const encoded = (text: string | Buffer): string => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each([
    ['of another scheme', 'Digest username="genie"'],
    ['without a scheme', encoded('genie:x').slice('Basic '.length)],
    ['without anything behind the scheme', 'Basic'],
    ['in an alphabet that is not base64', 'Basic Z2Vua*U6eA=='],
    ['in base64url', `Basic ${Buffer.from('gen?>:???').toString('base64url')}`],
    ['in base64 that was cut short', encoded('genie:x').replace(/=+$/, '')],
    ['with a second word', `${encoded('genie:x')} ${encoded('genie:x')}`],
    ['that are not UTF-8', encoded(Buffer.from([0x67, 0xff, 0x3a, 0x78]))],
    ['with half a surrogate pair', encoded(Buffer.from([0x67, 0xed, 0xa0, 0x80, 0x3a, 0x78]))],
    ['without a colon', encoded('genie')],
    ['without a name', encoded(':x')],
    ['with a slash in the name', encoded('ge/nie:x')],
    ['with a line end in the name', encoded('genie\n:x')],
    ['with NUL in the name', encoded('ge\0nie:x')],
    ['with a C1 control character in the name', encoded('ge\u0085nie:x')],
    ['with a name of 151 characters', encoded(`${'x'.repeat(151)}:x`)],
  ])('%s are unreadable', async (_what, header) => {
    await expect(signIn(header)).rejects.toMatchObject(UNREADABLE);
  });
});

describe('Newcomers', () => {
  it('with one name and password have one hash, so that those who come at once are known by it', async () => {
    const hashOf = async (name: string, password: string) =>
      (await (await signIn(basic(name, password))).member!.passwordHash())!;
    const [first, second, ...others] = await Promise.all([
      hashOf('genie', 'x'),
      hashOf('genie', 'x'),
      hashOf('genie', 'y'),
      hashOf('jafar', 'x'),
    ]);
    expect(second).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
    expect(await checkPassword(first, 'x')).toBe('right');
  });
});
