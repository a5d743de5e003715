import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkPassword } from '../../../src/core/auth/passwords.js';
import { ANONYMOUS, UNRESTRICTED, type Principal } from '../../../src/core/auth/principal.js';
import { sql } from '../../../src/core/store/sql.js';
import { ensureUser } from '../../../src/systems/rodan/users/callers.js';
import { readViewer } from '../../../src/systems/rodan/viewer.js';
import { django, refusal, UsersWorld } from './users-world.js';
import { hashingsOf } from '../../support/hashings.js';

let world: UsersWorld;
beforeAll(async () => {
  world = await UsersWorld.open();
  // New users come behind it.
  await world.add('last', { number: 100_000 });
});
afterAll(() => world.close());

let made = 0;
/** A user of a new name whose password is `lamp`; the name. */
async function somebody(columns: object = {}): Promise<string> {
  made += 1;
  const name = `user${made}`;
  await world.add(name, { number: made, hash: django('lamp'), ...columns });
  return name;
}
async function signedIn(name: string): Promise<Principal> {
  const { token } = await world.service.logIn({ username: name, password: 'lamp' });
  return world.users.identify(`Token ${token}`);
}
/** Faults by field. */
async function faults(work: Promise<unknown>): Promise<unknown> {
  const { code, details } = await refusal(work);
  return code === 'INVALID' ? details['errors'] : code;
}
/** Columns of the user. */
async function stored(name: string): Promise<Record<string, unknown>> {
  const [row] = await world.own.store.reader.all<Record<string, unknown>>(
    sql`SELECT u.number AS number, u.first_name AS first, u.last_name AS last, u.email AS email, u.staff AS staff,
      u.active AS active, u.superuser AS superuser FROM rodan_user u JOIN member m ON m.id = u.id WHERE m.name = ${name}`,
  );
  const { staff, active, superuser, ...texts } = row!;
  return { ...texts, flags: [staff, active, superuser].map(Boolean) };
}

describe('Logging in', () => {
  it('gives the imported key, again and again', async () => {
    const name = await somebody({ token: 'an imported key' });
    for (let times = 0; times < 2; times += 1) {
      expect(await world.service.logIn({ username: name, password: 'lamp' })).toEqual({
        token: 'an imported key',
        number: made,
      });
    }
  });

  it('gives who has none a key of 40 hexadecimal digits, of which the database holds no copy to read', async () => {
    const name = await somebody();
    const logIn = () => world.service.logIn({ username: name, password: 'lamp' });
    const tokens = (await Promise.all([logIn(), logIn(), logIn()])).map(({ token }) => token);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f]{40}$/);
    expect(await world.ownerOf(tokens[0]!)).toBe(name);
    expect(JSON.stringify(await world.own.store.reader.all(sql`SELECT * FROM rodan_user`))).not.toContain(tokens[0]);
  });

  it('works with the address in place of the name; of several users with one address the first logs in', async () => {
    const name = await somebody({ email: 'both@example.org' });
    const number = made;
    await somebody({ email: 'both@example.org' });
    expect(await world.service.logIn({ email: 'both@example.org', password: 'lamp' })).toMatchObject({ number });
    expect(await world.service.logIn({ username: name, email: 'x@example.org', password: 'lamp' })).toMatchObject({
      number,
    });
  });

  it.each([
    [{}, 'You must supply a username'],
    [{ password: 'lamp' }, 'You must supply a username'],
    [{ username: '', email: '', password: 'lamp' }, 'You must supply a username'],
    [{ username: null, email: null, password: null }, 'You must supply a username'],
    [{ username: 'mia' }, 'You must supply a password'],
    [{ username: 'mia', password: '' }, 'You must supply a password'],
    [{ email: 'mia@example.org', password: null }, 'You must supply a password'],
  ])('with %j is refused: %s', async (credentials, reason) => {
    const { code, details } = await refusal(world.service.logIn(credentials));
    expect([code, details]).toEqual(['UNAUTHENTICATED', { reason }]);
  });

  it('with a wrong pair says no more than that', async () => {
    const name = await somebody();
    const inactive = await somebody({ active: false });
    const wrong = [
      { username: name, password: 'Lamp' },
      { username: name, password: 'lamp ' },
      { username: name.toUpperCase(), password: 'lamp' },
      { username: `${name}\0`, password: 'lamp' },
      { username: '\ud800', password: 'lamp' },
      { username: inactive, password: 'x' },
      { email: 'nobody@example.org', password: 'lamp' },
      { email: '\0', password: 'lamp' },
    ];
    for (const credentials of wrong) {
      const { code, details } = await refusal(world.service.logIn(credentials));
      expect([credentials, code, details]).toEqual([credentials, 'UNAUTHENTICATED', { isLoggedIn: false }]);
    }
  });

  it('of an inactive user with the right password is forbidden', async () => {
    const username = await somebody({ active: false });
    const { code, details } = await refusal(world.service.logIn({ username, password: 'lamp' }));
    expect([code, details]).toEqual(['FORBIDDEN', { isLoggedIn: false }]);
  });

  it('makes another key when the one there is was sealed with another secret of the installation', async () => {
    const name = await somebody({ token: 'old', token_sealed: 'v1.AAAA' });
    await world.own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE rodan_user SET token_sealed = 'v1.AAAA' WHERE number = ${made}`),
    );
    const { token } = await world.service.logIn({ username: name, password: 'lamp' });
    expect([await world.ownerOf(token), await world.ownerOf('old')]).toEqual([name, undefined]);
  });

  it('hashes as much for a name that nobody has as for a wrong password', async () => {
    const username = await somebody();
    await world.service.logIn({ username, password: 'lamp' });
    await expect.poll(() => world.hashOf(username)).toMatch(/^scrypt\$/);
    const costs = (name: string): Promise<number> =>
      hashingsOf(() => refusal(world.service.logIn({ username: name, password: 'a' })));
    expect([await costs(username), await costs('stranger')]).toEqual([1, 1]);
  });
});

describe('Resetting the key', () => {
  it('makes it useless; the next login makes another', async () => {
    const name = await somebody({ token: 'a-key-to-lose' });
    await world.service.resetToken(await signedIn(name));
    await world.service.resetToken(await signedIn(await somebody()));
    const { details } = await refusal(world.users.identify('Token a-key-to-lose'));
    expect(details).toEqual({ reason: 'Invalid token.' });
    expect(await world.ownerOf('a-key-to-lose')).toBeUndefined();
    const { token } = await world.service.logIn({ username: name, password: 'lamp' });
    expect(await world.ownerOf(token)).toBe(name);
  });

  it('needs credentials', async () => {
    expect((await refusal(world.service.resetToken(ANONYMOUS))).details).toEqual({
      reason: 'Authentication credentials were not provided.',
    });
  });
});

describe('Changing the password', () => {
  const change = (principal: Principal, currentPassword?: string | null, newPassword?: string | null) =>
    world.service.changePassword(principal, { currentPassword, newPassword });

  it('needs the old one, and takes the new one as it is', async () => {
    const name = await somebody();
    const principal = await signedIn(name);
    await change(principal, 'lamp', ' a: b ');
    expect(await checkPassword((await world.hashOf(name))!, ' a: b ')).toBe('right');
    expect(await faults(change(principal, 'lamp', 'x'))).toEqual({ current_password: ['Invalid password.'] });
  });

  it('tells all faults at once', async () => {
    const principal = await signedIn(await somebody());
    expect(await faults(change(principal))).toEqual({
      new_password: ['This field is required.'],
      current_password: ['This field is required.'],
    });
    expect(await faults(change(principal, 'wrong', null))).toEqual({
      new_password: ['This field may not be null.'],
      current_password: ['Invalid password.'],
    });
    expect(await faults(change(principal, 'lamp', '  '))).toEqual({ new_password: ['This field may not be blank.'] });
    expect(await faults(change(principal, 'lamp', 'x'.repeat(129)))).toEqual({
      new_password: ['Ensure this field has no more than 128 characters.'],
    });
    expect(await faults(change(principal, null, 'x'))).toEqual({ current_password: ['This field may not be null.'] });
  });

  it('is not for who has no password, and needs credentials', async () => {
    const account = await world.account('passwordless');
    expect(await faults(change(account, '', 'x'))).toEqual({ current_password: ['Invalid password.'] });
    expect(await faults(change(ANONYMOUS, 'lamp', 'x'))).toBe('UNAUTHENTICATED');
  });

  it('changes nothing when it is only a check', async () => {
    const name = await somebody();
    const principal = await signedIn(name);
    await world.service.changePassword(principal, { currentPassword: 'lamp', newPassword: 'x' }, { onlyCheck: true });
    expect(await checkPassword((await world.hashOf(name))!, 'lamp')).not.toBe('wrong');
  });
});

describe('A user', () => {
  it('changes name, address and what they are called by, trimmed; what is not given stays', async () => {
    const name = await somebody({ first_name: 'A', email: 'a@example.org', staff: true });
    const principal = await signedIn(name);
    const number = await world.service.updateMe(principal, { username: ` ${name}.b `, lastName: 'Ω', firstName: '' });
    expect(await stored(`${name}.b`)).toEqual({
      number,
      first: '',
      last: 'Ω',
      email: 'a@example.org',
      flags: [true, true, false],
    });
    expect(await readViewer(world.own.store.reader, principal)).toMatchObject({ number, username: `${name}.b` });
    await world.service.updateMe(principal, { email: '' });
    expect(await stored(`${name}.b`)).toMatchObject({ email: '', last: 'Ω' });
  });

  it('keeps a name that no new user could have', async () => {
    await world.add('Two Words', { number: 50_000, hash: django('lamp'), token: 'two' });
    const principal = await world.users.identify('Token two');
    await world.service.updateMe(principal, { username: 'Two Words', firstName: 'Two' });
    expect(await stored('Two Words')).toMatchObject({ first: 'Two' });
  });

  it('cannot have a name that a user or an account of the gateway has', async () => {
    const [name, other] = [await somebody(), await somebody()];
    await world.account('operator', { admin: true });
    const principal = await signedIn(name);
    for (const username of [other, 'operator']) {
      expect(await faults(world.service.updateMe(principal, { username }))).toEqual({
        username: ['This field must be unique.'],
      });
    }
  });

  it('is told all faults at once, and nothing is changed', async () => {
    const name = await somebody();
    const change = { username: 'a b', firstName: 'x'.repeat(151), lastName: null, email: 'nowhere' };
    expect(await faults(world.service.updateMe(await signedIn(name), change))).toEqual({
      username: ['Enter a valid username. This value may contain only letters, numbers and @/./+/-/_ characters.'],
      first_name: ['Ensure this field has no more than 150 characters.'],
      last_name: ['This field may not be null.'],
      email: ['Enter a valid email address.'],
    });
    expect(await stored(name)).toMatchObject({ first: '', last: '' });
  });

  it.each([
    ['that is empty', '', 'This field may not be blank.'],
    ['of blanks', '   ', 'This field may not be blank.'],
    ['null', null, 'This field may not be null.'],
    ['with NUL', 'a\0', 'Null characters are not allowed.'],
    ['that is half a surrogate pair', '\ud800', 'Not a valid string.'],
    ['of 151 characters', 'x'.repeat(151), 'Ensure this field has no more than 150 characters.'],
    ['of a million', 'x'.repeat(1_000_000), 'Ensure this field has no more than 150 characters.'],
  ])('is refused a name %s', async (_what, username, fault) => {
    expect(await faults(world.service.updateMe(await signedIn(await somebody()), { username }))).toEqual({
      username: [fault],
    });
  });

  it.each(['a@b.example', '"a b"@example.org', 'a@localhost', 'a@[192.0.2.1]', 'a@[2001:db8::1]', 'a@münchen.example'])(
    'may have the address %s',
    async (email) => {
      const name = await somebody();
      await world.service.updateMe(await signedIn(name), { email });
      expect(await stored(name)).toMatchObject({ email });
    },
  );

  it.each(['a', '@b.example', 'a@', 'a@b', 'a@b..c', 'a@-b.example', 'a b@c.example', 'a@[1.2]', 'a@b.c-', 'a@ü'])(
    'is refused the address %s',
    async (email) => {
      const errors = { email: ['Enter a valid email address.'] };
      expect(await faults(world.service.updateMe(await signedIn(await somebody()), { email }))).toEqual(errors);
    },
  );

  it('whose name two want at once gives it to one of them', async () => {
    const principals = await Promise.all([await somebody(), await somebody()].map((name) => signedIn(name)));
    const change = { username: 'contested' };
    const outcomes = await Promise.allSettled(principals.map((one) => world.service.updateMe(one, change)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const { details } = (outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult).reason;
    expect(details).toEqual({ errors: { username: ['This field must be unique.'] } });
  });
});

describe('Registering', () => {
  it('makes a user without rights, with the next number', async () => {
    const number = await world.service.register(ANONYMOUS, { username: 'zoe', password: ' pa:ss ' });
    expect(await stored('zoe')).toEqual({ number, first: '', last: '', email: '', flags: [false, true, false] });
    expect(await world.service.logIn({ username: 'zoe', password: ' pa:ss ' })).toMatchObject({ number });
    expect(await world.service.register(ANONYMOUS, { username: 'zoë', password: 'x', email: 'z@example.org' })).toBe(
      number! + 1,
    );
    expect(await stored('zoë')).toMatchObject({ email: 'z@example.org' });
  });

  it('tells all faults at once', async () => {
    expect(await faults(world.service.register(ANONYMOUS, { email: 'x' }))).toEqual({
      username: ['This field is required.'],
      password: ['This field is required.'],
      email: ['Enter a valid email address.'],
    });
    const name = await somebody();
    expect(await faults(world.service.register(ANONYMOUS, { username: name, password: '' }))).toEqual({
      username: ['This field must be unique.'],
      password: ['This field may not be blank.'],
    });
  });

  it('cannot take the name of an account of the gateway, but by that account and by administrators', async () => {
    const kate = await world.account('kate');
    const input = { username: 'kate', password: 'x' };
    const unique = { username: ['This field must be unique.'] };
    expect(await faults(world.service.register(ANONYMOUS, input))).toEqual(unique);
    expect(await faults(world.service.register(await world.account('lee'), input))).toEqual(unique);
    expect(await world.service.register(kate, input)).toEqual(expect.any(Number));
    expect(await world.service.register(UNRESTRICTED, { username: 'lee', password: 'x' })).toEqual(expect.any(Number));
  });

  it('of one name by many at once makes one user', async () => {
    const attempts = Array.from({ length: 4 }, () =>
      world.service.register(ANONYMOUS, { username: 'wanted', password: 'x' }),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const refused = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []));
    expect(refused).toEqual(['INVALID', 'INVALID', 'INVALID']);
  });
});

describe('Making users', () => {
  it('is for staff and administrators of the gateway, not for superusers', async () => {
    const input = { password: 'x' };
    const staff = await signedIn(await somebody({ staff: true }));
    expect(await world.service.create(staff, { ...input, username: 'of-staff' })).toEqual(expect.any(Number));
    const admin = await world.account('admin', { admin: true });
    expect(await world.service.create(admin, { ...input, username: 'of-admin' })).toEqual(expect.any(Number));
    for (const refused of [await signedIn(await somebody({ superuser: true })), await world.account('plain')]) {
      expect(await faults(world.service.create(refused, {}))).toBe('FORBIDDEN');
    }
    expect(await faults(world.service.create(ANONYMOUS, {}))).toBe('UNAUTHENTICATED');
  });

  it('makes nobody when it is only a check', async () => {
    const input = { username: 'unmade', password: 'x' };
    expect(await world.service.create(UNRESTRICTED, input, { onlyCheck: true })).toBeNull();
    expect((await refusal(world.service.logIn(input))).code).toBe('UNAUTHENTICATED');
  });
});

describe('An account of the gateway', () => {
  const ensure = (principal: Principal) => world.own.store.transact(principal, ensureUser);

  it('becomes a user by what it does, once, without rights and without a password', async () => {
    const account = await world.account('newly', { admin: true });
    const users = await Promise.all([ensure(account), ensure(account), ensure(account)]);
    expect(new Set(users.map(({ number }) => number)).size).toBe(1);
    expect(await stored('newly')).toEqual({
      number: users[0].number,
      first: '',
      last: '',
      email: '',
      flags: [false, true, false],
    });
    expect(await world.hashOf('newly')).toBeNull();
  });

  it('is refused with a name that no user can have', async () => {
    const { code } = await refusal(ensure(await world.account('a/b')));
    expect(code).toBe('FORBIDDEN');
  });

  it('without a name is one user for everybody, when authentication is switched off', async () => {
    expect((await ensure(UNRESTRICTED)).name).toBe('nobody');
    expect((await ensure(UNRESTRICTED)).number).toBe((await ensure(UNRESTRICTED)).number);
  });

  it('is not made of callers whom nobody knows, and of inactive users', async () => {
    expect((await refusal(ensure(ANONYMOUS))).code).toBe('UNAUTHENTICATED');
    const name = await somebody();
    const principal = await signedIn(name);
    await world.own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE rodan_user SET active = ${false} WHERE number = ${made}`),
    );
    expect((await refusal(ensure(principal))).details).toEqual({ reason: 'User inactive or deleted.' });
  });
});
