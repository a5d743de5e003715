import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createToken } from '../../../src/core/auth/authenticator.js';
import { ANONYMOUS, UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { documentOf } from '../../../src/systems/kernelci/documents.js';
import { labBy, tokenBy, type LabRow, type TokenRow } from '../../../src/systems/kernelci/reads.js';
import type { TokenInput } from '../../../src/systems/kernelci/token-input.js';
import { BUILD, FLAG, NOW, refusal, USER, Verbs } from './world.js';

let verbs: Verbs;
beforeAll(async () => {
  verbs = await Verbs.open();
});
beforeEach(() => verbs.reset());
afterAll(() => verbs.close());

const SECRET = 'a0000000-aaaa-4aaa-8aaa-0000000000a1';
const EMAIL = 'ci@example.org';
const CONTACT = { name: 'A', surname: 'B', email: 'a@example.org' };

async function tokenRow(legacyId: string): Promise<TokenRow> {
  return (await tokenBy(verbs.own.store.reader, 'oid', legacyId))!;
}
async function labRow(legacyId: string): Promise<LabRow> {
  return (await labBy(verbs.own.store.reader, 'oid', legacyId))!;
}
/** Elements of `properties` that are set. */
async function flagsOf(legacyId: string): Promise<number[]> {
  const { properties } = documentOf(await tokenRow(legacyId));
  return (properties as number[]).flatMap((flag, index) => (flag === 1 ? [index] : []));
}
const create = (input: TokenInput): Promise<string> => verbs.tokens.create(UNRESTRICTED, { email: EMAIL, ...input });

describe('Whoever sends a token', () => {
  it.each([SECRET, ` ${SECRET} `, `Bearer ${SECRET}`, `Token ${SECRET}`, `token  ${SECRET}`])(
    'is known by the header %j',
    async (header) => {
      const legacyId = await verbs.token(SECRET, [FLAG.get, FLAG.lab]);
      const principal = await verbs.as(header);
      expect([...principal.roles]).toEqual([`kernelci/token/${legacyId}`, 'kernelci/get', 'kernelci/lab']);
      expect(principal).toMatchObject({ admin: false, userId: null, userName: `token ${legacyId}` });
    },
  );

  it('is called as the token says, and never by an e-mail address', async () => {
    await verbs.token(SECRET, [], { username: 'ci' });
    expect(await verbs.as(SECRET)).toMatchObject({ userName: 'ci' });
  });

  it.each([undefined, '', '  ', 'Bearer ', 'unknown', `Basic ${SECRET}`, SECRET.toUpperCase(), 'bg_unknown', '\0'])(
    'is unknown by the header %j',
    async (header) => {
      await verbs.token(SECRET, [FLAG.get]);
      const refused = await refusal(verbs.tokens.identify(header, { address: '127.0.0.1' }));
      expect(refused.code).toBe('UNAUTHENTICATED');
    },
  );

  it.each([
    [{ expired: true }, false],
    [{ expires_on: { $date: NOW / 1000 - 1 } }, false],
    [{ expires_on: { $date: NOW / 1000 } }, false],
    [{ expires_on: { $date: NOW / 1000 + 1 } }, true],
  ])('with %j is known: %j', async (members, known) => {
    await verbs.token(SECRET, [FLAG.get], members);
    const code = await verbs.as(SECRET).then(
      () => 'known',
      (error: { code: string }) => error.code,
    );
    expect(code).toBe(known ? 'known' : 'UNAUTHENTICATED');
  });

  it.each([
    ['192.0.2.7', ['192.0.2.7'], true],
    ['::ffff:192.0.2.7', ['192.0.2.7'], true],
    ['192.0.2.8', ['192.0.2.7'], false],
    ['192.0.2.8', ['198.51.100.1', '192.0.2.0/24'], true],
    ['192.0.3.8', ['192.0.2.0/24'], false],
    ['2001:db8::1', ['2001:DB8:0::/48'], true],
    ['2001:db8::1', ['192.0.2.0/24', 'nonsense', '10.0.0.0/99'], false],
    ['192.0.2.7', [], false],
    ['192.0.2.7', null, false],
    ['unknown', ['192.0.2.7'], false],
  ])('from %s with a token bound to %j is known: %j', async (address, allowed, known) => {
    await verbs.token(SECRET, [FLAG.get, FLAG.ip], { ip_address: allowed });
    const code = await verbs.as(SECRET, address).then(
      () => 'known',
      (error: { code: string }) => error.code,
    );
    expect(code).toBe(known ? 'known' : 'UNAUTHENTICATED');
  });

  it('may be a user of the gateway: an administrator, or somebody who reads and reports', async () => {
    const { store } = verbs.own;
    const admin = await verbs.as(await createToken(store, { user: 'root', admin: true }));
    expect(admin).toMatchObject({ userName: 'root', admin: true });
    const user = await verbs.as(`Bearer ${await createToken(store, { user: 'alice', roles: ['kernelci/delete'] })}`);
    expect([...user.roles].toSorted()).toEqual(['kernelci/delete', 'kernelci/get', 'kernelci/post']);
  });

  it('needs the permission to report', async () => {
    await verbs.token('reader', [FLAG.get, FLAG.admin, FLAG.delete]);
    await verbs.token('writer', [FLAG.post]);
    expect(await refusal(verbs.reports.submitBuild(await verbs.as('reader'), BUILD))).toMatchObject({
      code: 'FORBIDDEN',
      message: 'This operation needs one of the roles: kernelci/post.',
    });
    expect(await refusal(verbs.reports.submitBuild(ANONYMOUS, BUILD))).toMatchObject({ code: 'UNAUTHENTICATED' });
    await verbs.reports.submitBuild(await verbs.as('writer'), BUILD);
    expect(await verbs.count('build')).toBe(1);
  });
});

describe('A token', () => {
  it('is kept encrypted and by hash, and shown again', async () => {
    const legacyId = await create({});
    const row = await tokenRow(legacyId);
    const value = verbs.tokens.reveal(row.tokenSealed)!;
    expect(value).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await verbs.tokens.find(verbs.own.store.reader, value))?.legacyId).toBe(legacyId);
    const rows = await verbs.own.store.reader.all(raw('SELECT * FROM kernelci_token'));
    expect(JSON.stringify(rows)).not.toContain(value);
  });

  it('has a document with every member but the token itself', async () => {
    const legacyId = await create({ username: 'ci', expiresAt: NOW });
    expect(documentOf(await tokenRow(legacyId))).toEqual({
      _id: { $oid: legacyId },
      created_on: { $date: NOW / 1000 },
      email: EMAIL,
      username: 'ci',
      expired: false,
      expires_on: { $date: NOW / 1000 },
      ip_address: null,
      properties: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
      version: '1.0',
    });
  });

  it.each<[TokenInput, number[]]>([
    [{ get: true, post: true, delete: false }, [2, 3]],
    [{ superuser: true }, [1, 2, 3, 4, 8]],
    [{ superuser: false, get: true, post: true, upload: true }, [8]],
    [{ admin: true }, [0, 1, 2, 3, 4, 6, 8]],
    [{ admin: false, get: true, post: true, lab: true }, [7]],
    [{ admin: true, superuser: true }, [0, 1, 2, 3, 4, 6, 8]],
    [{ admin: true, superuser: false }, [0, 1, 2, 3, 4, 6, 8]],
    [{ lab: true, upload: true, testLab: true }, [7, 8, 9]],
    [{ ipRestricted: true, ipAddress: ['192.0.2.1', '2001:db8::/32'] }, [5]],
  ])('made with %j has the flags %j', async (input, flags) => {
    expect(await flagsOf(await create(input))).toEqual(flags);
  });

  it('loses administration when it is made a superuser, and flags that are not given stay', async () => {
    const legacyId = await create({ admin: true, testLab: true });
    await verbs.tokens.update(UNRESTRICTED, legacyId, { superuser: true });
    expect(await flagsOf(legacyId)).toEqual([1, 2, 3, 4, 8, 9]);
    await verbs.tokens.update(UNRESTRICTED, legacyId.toUpperCase(), { get: false, expired: true });
    expect(await flagsOf(legacyId)).toEqual([1, 3, 4, 8, 9]);
    expect(documentOf(await tokenRow(legacyId))).toMatchObject({ expired: true, email: EMAIL });
  });

  it('keeps its value and what nobody declared when it is changed', async () => {
    const legacyId = await verbs.token(SECRET, [FLAG.get], { extra: 'kept' });
    await verbs.tokens.update(UNRESTRICTED, legacyId, { email: 'b@example.org' });
    expect(documentOf(await tokenRow(legacyId))).toMatchObject({ email: 'b@example.org', extra: 'kept' });
    expect((await verbs.as(SECRET)).roles).toContain('kernelci/get');
  });

  it.each<[TokenInput, string]>([
    [{ email: '' }, 'email'],
    [{ email: null }, 'email'],
    [{ email: 'x'.repeat(2000) }, 'email'],
    [{ ipRestricted: true }, 'ipRestricted'],
    [{ ipRestricted: true, ipAddress: [] }, 'ipRestricted'],
    [{ ipAddress: ['192.0.2.1'] }, 'ipUnrestricted'],
    [{ ipRestricted: true, ipAddress: ['nowhere'] }, 'ipAddress'],
    [{ ipRestricted: true, ipAddress: ['192.0.2.0/33'] }, 'ipAddress'],
  ])('made with %j is refused because of %s', async (input, field) => {
    expect(await refusal(create(input))).toMatchObject({ code: 'INVALID', details: { field } });
    expect(await verbs.count('kernelci_token')).toBe(0);
  });

  it('that there is none of cannot be changed or deleted', async () => {
    const none = '0'.repeat(24);
    for (const legacyId of [none, 'x', '\0']) {
      expect((await refusal(verbs.tokens.update(UNRESTRICTED, legacyId, {}))).code).toBe('NOT_FOUND');
      expect((await refusal(verbs.tokens.remove(UNRESTRICTED, legacyId))).code).toBe('NOT_FOUND');
    }
  });

  it('and labs are for administrators: superusers and accounts of the gateway are refused', async () => {
    const legacyId = await verbs.token('super', [FLAG.superuser, FLAG.get, FLAG.post, FLAG.delete]);
    await verbs.token('root', [FLAG.admin]);
    for (const caller of [await verbs.as('super'), USER]) {
      for (const work of [
        () => verbs.tokens.create(caller, { email: EMAIL }),
        () => verbs.tokens.update(caller, legacyId, {}),
        () => verbs.tokens.remove(caller, legacyId),
        () => verbs.labs.create(caller, { name: 'l', contact: CONTACT }),
        () => verbs.labs.update(caller, legacyId, {}),
        () => verbs.labs.remove(caller, legacyId),
      ]) {
        expect((await refusal(work())).code).toBe('FORBIDDEN');
      }
    }
    const root = await verbs.as('root');
    await verbs.tokens.remove(root, legacyId);
    expect(await verbs.count('kernelci_token')).toBe(1);
  });
});

describe('A lab', () => {
  const lab = (input: object = {}): Promise<string> =>
    verbs.labs.create(UNRESTRICTED, { name: 'lab-x', contact: CONTACT, ...input });

  it('gets a token that may report and delete boots, and not read', async () => {
    const row = await labRow(await lab());
    expect(await flagsOf(row.tokenOid!)).toEqual([3, 4, 7]);
    expect(documentOf(await tokenRow(row.tokenOid!))).toMatchObject({ email: 'a@example.org' });
    expect(documentOf(row)).toEqual({
      _id: { $oid: row.legacyId },
      created_on: { $date: NOW / 1000 },
      updated_on: null,
      name: 'lab-x',
      private: false,
      address: {},
      contact: CONTACT,
      token: { $oid: row.tokenOid },
      version: '1.0',
    });
  });

  it('takes a given token, and none when there is none of it', async () => {
    const legacyId = await verbs.token(SECRET, [FLAG.post]);
    expect((await labRow(await lab({ token: SECRET }))).tokenOid).toBe(legacyId);
    expect((await labRow(await lab({ name: 'lab-y', token: 'unknown' }))).tokenOid).toBe(null);
    expect(await verbs.count('kernelci_token')).toBe(1);
  });

  it.each([
    [{ contact: {} }, { field: 'contact' }],
    [{ contact: null }, { field: 'contact' }],
    [{ contact: { name: 'A', email: ' ' } }, { field: 'contact', missing: ['surname', 'email'] }],
    [{ contact: { ...CONTACT, email: 5 } }, { field: 'contact', missing: ['email'] }],
    [{ name: ' ' }, { field: 'name' }],
    [{ name: null }, { field: 'name' }],
    [{ name: 'x'.repeat(2000) }, { field: 'name' }],
  ])('with %j is refused, and no token is made', async (input, details) => {
    expect(await refusal(lab(input))).toMatchObject({ code: 'INVALID', details });
    expect(await verbs.count('kernelci_token')).toBe(0);
  });

  it('has a name of its own, also when two are made at once', async () => {
    const outcomes = await Promise.allSettled([lab(), lab(), lab()]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect(await refusal(lab())).toMatchObject({ code: 'CONFLICT', details: { field: 'name' } });
    expect(await verbs.count('kernelci_token')).toBe(1);
    const other = await lab({ name: 'lab-y' });
    expect((await refusal(verbs.labs.update(UNRESTRICTED, other, { name: 'lab-x' }))).code).toBe('CONFLICT');
  });

  it('is changed, with the time of the change; its contact is that of its token', async () => {
    const legacyId = await lab();
    const contact = { ...CONTACT, email: 'new@example.org', mobile: '1' };
    expect(await verbs.labs.update(UNRESTRICTED, legacyId, { contact, private: true })).toEqual({
      changed: true,
      tokenFound: true,
    });
    const row = await labRow(legacyId);
    expect(documentOf(row)).toMatchObject({ contact, private: true, updated_on: { $date: NOW / 1000 } });
    expect(documentOf(await tokenRow(row.tokenOid!))).toMatchObject({ email: 'new@example.org' });
  });

  it('stays as it is when nothing is different', async () => {
    const legacyId = await lab({ private: true });
    for (const input of [{}, { private: true }, { contact: CONTACT, name: 'lab-x' }, { version: null }]) {
      expect(await verbs.labs.update(UNRESTRICTED, legacyId, input)).toEqual({ changed: false, tokenFound: true });
    }
    expect(documentOf(await labRow(legacyId))['updated_on']).toBe(null);
  });

  it('with another token makes the one before expire; one that there is none of changes nothing', async () => {
    const legacyId = await lab();
    const before = (await labRow(legacyId)).tokenOid!;
    expect(await verbs.labs.update(UNRESTRICTED, legacyId, { token: 'unknown' })).toEqual({
      changed: false,
      tokenFound: false,
    });
    const other = await verbs.token(SECRET, [FLAG.post]);
    await verbs.labs.update(UNRESTRICTED, legacyId, { token: SECRET, contact: { ...CONTACT, email: 'n@example.org' } });
    expect((await labRow(legacyId)).tokenOid).toBe(other);
    expect(documentOf(await tokenRow(before))).toMatchObject({ expired: true, email: 'a@example.org' });
    expect(documentOf(await tokenRow(other))).toMatchObject({ expired: false, email: 'n@example.org' });
  });

  it('keeps what nobody declared when it is changed', async () => {
    const legacyId = await verbs.lab('lab-z', null, { extra: { a: 1 } });
    await verbs.labs.update(UNRESTRICTED, legacyId, { private: true });
    expect(documentOf(await labRow(legacyId))).toMatchObject({ extra: { a: 1 }, private: true });
  });

  it('is deleted with its token', async () => {
    const legacyId = await lab();
    await verbs.token(SECRET, []);
    await verbs.labs.remove(UNRESTRICTED, legacyId);
    expect(await verbs.count('kernelci_token')).toBe(1);
    expect((await refusal(verbs.labs.remove(UNRESTRICTED, legacyId))).code).toBe('NOT_FOUND');
    expect(await verbs.own.store.reader.all(sql`SELECT id FROM kernelci_lab`)).toEqual([]);
  });
});
