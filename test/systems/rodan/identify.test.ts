import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/core/auth/authenticator.js';
import { Member } from '../../../src/core/auth/member.js';
import { memberIdOf } from '../../../src/core/auth/members.js';
import { ANONYMOUS, UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { System } from '../../../src/core/model/states.js';
import { readViewer } from '../../../src/systems/rodan/viewer.js';
import { basic, django, refusal, UsersWorld } from './users-world.js';
import { hashingsOf } from '../../support/hashings.js';

const KEY = '9f00aa11bb22cc33dd44ee55ff66778899aabbcc';
const SLEEPING_KEY = '1f00aa11bb22cc33dd44ee55ff66778899aabbcc';

let world: UsersWorld;
let root: string;
let kate: string;
beforeAll(async () => {
  world = await UsersWorld.open();
  const { store } = world.own;
  await world.add('mia', { number: 7, hash: django('lamp'), token: KEY });
  await world.add('sam', { number: 8, hash: django('la: mp '), superuser: true });
  await world.add('ida', { number: 9, hash: django('lamp'), token: SLEEPING_KEY, active: false });
  await world.add('none', { number: 10 });
  root = await createToken(store, { user: 'root', admin: true, roles: ['agent'] });
  kate = await createToken(store, { user: 'kate' });
});
afterAll(() => world.close());

const identify = (header: string | undefined) => world.users.identify(header);

/** Status of the credentials, with the text that the caller is told. */
async function told(header: string): Promise<string> {
  const { code, details } = await refusal(identify(header));
  return `${code}: ${details['reason']}`;
}

describe('A key of a user', () => {
  it.each(['Token', 'token', 'TOKEN', 'Bearer', 'bEARER'])('is taken behind the scheme %s', async (scheme) => {
    const { member, ...principal } = await identify(`${scheme} ${KEY}`);
    expect(principal).toEqual({ userName: 'mia', userId: null, admin: false, roles: new Set() });
    expect(await readViewer(world.own.store.reader, { ...principal, ...(member && { member }) })).toEqual({
      number: 7,
      username: 'mia',
      superuser: false,
      staff: false,
    });
  });

  it('may stand between any number of blanks', async () => {
    expect(await identify(`  Token \t  ${KEY}  `)).toMatchObject({ userName: 'mia' });
  });

  it.each([
    ['Token', 'Invalid token header. No credentials provided.'],
    ['Token ', 'Invalid token header. No credentials provided.'],
    ['bearer', 'Invalid token header. No credentials provided.'],
    [`Token ${KEY} x`, 'Invalid token header. Token string should not contain spaces.'],
    ['Token a b c', 'Invalid token header. Token string should not contain spaces.'],
    ['Token x', 'Invalid token.'],
    [`Token ${KEY.toUpperCase()}`, 'Invalid token.'],
    [`Token ${KEY}\u00a0`, 'Invalid token.'],
    ['Token bg_unknown', 'Invalid token.'],
    ['Token bg_%', 'Invalid token.'],
    ['Token \0', 'Invalid token.'],
    [`Token ${SLEEPING_KEY}`, 'User inactive or deleted.'],
  ])('%j is refused: %s', async (header, text) => {
    expect(await told(header)).toBe(`UNAUTHENTICATED: ${text}`);
  });
});

describe('A token of the gateway', () => {
  it.each(['Token', 'Bearer'])('is taken behind the scheme %s, with the rights of its account', async (scheme) => {
    expect(await identify(`${scheme} ${root}`)).toMatchObject({
      userName: 'root',
      userId: expect.any(Number),
      admin: true,
      roles: new Set(['agent']),
    });
    expect(await identify(`${scheme} ${kate}`)).toMatchObject({ userName: 'kate', admin: false });
  });

  it('acts as the user of the same name', async () => {
    const principal = await world.account('mia');
    expect(await readViewer(world.own.store.reader, principal)).toMatchObject({ number: 7, superuser: false });
  });

  it('of an administrator is a superuser, with a user of that name or without', async () => {
    const { reader } = world.own.store;
    const viewer = { superuser: true, staff: true };
    expect(await readViewer(reader, await identify(`Token ${root}`))).toMatchObject({ number: null, ...viewer });
    expect(await readViewer(reader, await world.account('none', { admin: true }))).toMatchObject({
      number: 10,
      ...viewer,
    });
  });

  it('is refused when the user of that name is inactive, unless it is an administrator', async () => {
    const { store } = world.own;
    expect(await told(`Token ${await createToken(store, { user: 'ida' })}`)).toBe(
      'UNAUTHENTICATED: User inactive or deleted.',
    );
    const gone = { ...ANONYMOUS, userName: 'ida', userId: 1 };
    expect(await readViewer(store.reader, gone)).toBeNull();
    await createToken(store, { user: 'ida', admin: true });
    expect(await identify(`Token ${await createToken(store, { user: 'ida' })}`)).toMatchObject({ admin: true });
  });
});

describe('Name and password', () => {
  it('are taken, the password with its colons and blanks', async () => {
    expect(await identify(basic('mia', 'lamp'))).toMatchObject({ userName: 'mia', userId: null, admin: false });
    const sam = await identify(basic('sam', 'la: mp ').replace('Basic', 'bASIC'));
    expect(await readViewer(world.own.store.reader, sam)).toMatchObject({ number: 8, superuser: true, staff: false });
  });

  it.each([
    basic('mia', 'Lamp'),
    basic('mia', ''),
    basic('Mia', 'lamp'),
    basic('mia ', 'lamp'),
    basic('none', ''),
    basic('none', 'null'),
    basic('ida', 'wrong'),
    basic('stranger', 'lamp'),
    basic('mi\0a', 'lamp'),
    basic('mia', 'lamp').slice(0, -3),
    'Basic',
    'Basic !!!',
    'Basic bWlh',
    `${basic('mia', 'lamp')} x`,
  ])('%s is refused', async (header) => {
    expect(await told(header)).toBe('UNAUTHENTICATED: Invalid username/password.');
  });

  it('of an inactive user are refused as such only when the password is right', async () => {
    expect(await told(basic('ida', 'lamp'))).toBe('UNAUTHENTICATED: User inactive or deleted.');
  });

  it('that are imported are stored in the form of today by signing in', async () => {
    await world.add('old', { number: 11, hash: django('lamp') });
    await identify(basic('old', 'lamp'));
    await expect.poll(() => world.hashOf('old')).toMatch(/^scrypt\$/);
    expect(await identify(basic('old', 'lamp'))).toMatchObject({ userName: 'old' });
    expect(await told(basic('old', 'wrong'))).toBe('UNAUTHENTICATED: Invalid username/password.');
  });

  it('that were right before cost one statement and no hashing', async () => {
    await world.add('regular', { number: 12, hash: django('lamp') });
    await identify(basic('regular', 'lamp'));
    await expect.poll(() => world.hashOf('regular')).toMatch(/^scrypt\$/);
    await identify(basic('regular', 'lamp'));
    world.own.statements.length = 0;
    const hashings = await hashingsOf(async () => {
      for (let times = 0; times < 100; times += 1) await identify(basic('regular', 'lamp'));
    });
    expect(hashings).toBe(0);
    expect(world.own.statements).toHaveLength(100);
  });
});

describe('Everything else', () => {
  it.each([undefined, '', '  ', 'Digest username="mia"', KEY, `Tokens ${KEY}`, `Token:${KEY}`])(
    'counts as anonymous: %j',
    async (header) => {
      expect(await identify(header)).toBe(ANONYMOUS);
    },
  );

  it('is not looked at when authentication is switched off', async () => {
    const open = world.usersWith('none');
    for (const header of [undefined, 'Token x', basic('mia', 'wrong')]) {
      expect(await open.identify(header)).toBe(UNRESTRICTED);
    }
  });
});

describe('A user of one system', () => {
  it('is nobody in the others, whoever has the name there', async () => {
    const { reader } = world.own.store;
    const principal = await identify(`Token ${KEY}`);
    expect(await memberIdOf(reader, principal, System.DEVMASON)).toBeNull();
    const member = new Member({ system: System.DEVMASON, id: principal.member!.id, name: 'mia', password: null });
    expect(await readViewer(reader, { ...principal, member })).toBeNull();
  });
});
