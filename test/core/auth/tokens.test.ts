import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator, createToken, type TokenRequest } from '../../../src/core/auth/authenticator.js';
import type { Principal } from '../../../src/core/auth/principal.js';
import { listTokens, revokeTokens } from '../../../src/core/auth/token-list.js';
import { ownStore, type OwnStore } from '../world.js';

const START = 1_564_641_046_000_000;

let own: OwnStore;
let now: number;

beforeEach(async () => {
  now = START;
  own = await ownStore({ now: () => now });
});
afterEach(() => own.close());

const make = (request: TokenRequest): Promise<string> => createToken(own.store, request);

function principalOf(token: string): Promise<Principal> {
  return new Authenticator({ store: own.store, mode: 'token', roles: {} }).authenticate(`Bearer ${token}`);
}

describe('The list of tokens', () => {
  it('tells of each who it is of, how it begins, and since and until when; those made last come first', async () => {
    const first = await make({ user: 'kate' });
    now += 1_000_000;
    const second = await make({ user: 'ada', name: 'dashboard', scopes: ['read', 'agent'], expiresInSeconds: 60 });
    expect(await listTokens(own.store.reader, null)).toEqual([
      {
        id: expect.any(Number),
        prefix: second.slice(0, 9),
        user: 'ada',
        name: 'dashboard',
        scopes: ['agent', 'read'],
        createdAt: START + 1_000_000,
        expiresAt: START + 61_000_000,
        lastUsedAt: null,
        revokedAt: null,
      },
      {
        id: expect.any(Number),
        prefix: first.slice(0, 9),
        user: 'kate',
        name: null,
        scopes: [],
        createdAt: START,
        expiresAt: null,
        lastUsedAt: null,
        revokedAt: null,
      },
    ]);
    expect((await listTokens(own.store.reader, 'kate')).map(({ user }) => user)).toEqual(['kate']);
    expect(await listTokens(own.store.reader, 'nobody')).toEqual([]);
  });
});

describe('A token that is made for a time', () => {
  it('is good until then', async () => {
    const token = await make({ user: 'kate', expiresInSeconds: 60 });
    now += 59_999_999;
    expect(await principalOf(token)).toMatchObject({ userName: 'kate', validUntil: START + 60_000_000 });
    now += 1;
    await expect(principalOf(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('Revoking', () => {
  it('by id, beginning or the token itself makes it useless, and no other', async () => {
    const tokens = [await make({ user: 'a' }), await make({ user: 'b' }), await make({ user: 'c' })];
    const kept = await make({ user: 'a' });
    const ids = new Map((await listTokens(own.store.reader, null)).map(({ prefix, id }) => [prefix, id]));
    now += 5;
    const named = [String(ids.get(tokens[0]!.slice(0, 9))), tokens[1]!.slice(0, 9), tokens[2]!];
    expect(await revokeTokens(own.store, named)).toBe(3);
    for (const token of tokens) await expect(principalOf(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await principalOf(kept)).toMatchObject({ userName: 'a' });
  });

  it('again changes nothing', async () => {
    const token = await make({ user: 'a' });
    await revokeTokens(own.store, [token]);
    now += 5;
    expect(await revokeTokens(own.store, [token])).toBe(1);
    expect(await listTokens(own.store.reader, null)).toMatchObject([{ revokedAt: START }]);
  });

  it.each([
    ['bg_', { code: 'INVALID', message: 'token: give its id, or at least 6 of its first characters.' }],
    ['bg_!!!', { code: 'NOT_FOUND', message: 'token: there is none with this id or beginning.' }],
    ['999999', { code: 'NOT_FOUND' }],
  ])('%s revokes none, nor what is named beside it', async (name, refusal) => {
    const token = await make({ user: 'a' });
    await expect(revokeTokens(own.store, [token, name])).rejects.toMatchObject(refusal);
    expect(await principalOf(token)).toMatchObject({ userName: 'a' });
  });
});

describe('Scopes', () => {
  const ROLES = ['agent', 'freshmaker/admin'];

  it.each<[scopes: string[], narrowed: object]>([
    [[], { admin: false, roles: new Set(ROLES) }],
    [['read'], { admin: false, roles: new Set(ROLES), readOnly: true }],
    [['agent'], { admin: false, roles: new Set(['agent']) }],
    [['agent', 'read'], { admin: false, roles: new Set(['agent']), readOnly: true }],
    [['admin', 'operator'], { admin: false, roles: new Set() }],
  ])('%j of a user with roles', async (scopes, narrowed) => {
    const { userId, ...principal } = await principalOf(await make({ user: 'kate', roles: ROLES, scopes }));
    expect(principal).toEqual({ userName: 'kate', ...narrowed });
    expect(userId).not.toBeNull();
  });

  it.each<[scopes: string[], narrowed: object]>([
    [['read'], { admin: true, roles: new Set(), readOnly: true }],
    [['agent'], { admin: false, roles: new Set(['agent']) }],
    [['admin'], { admin: true, roles: new Set() }],
  ])('%j of an administrator', async (scopes, narrowed) => {
    const { userId, ...principal } = await principalOf(await make({ user: 'root', admin: true, scopes }));
    expect(principal).toEqual({ userName: 'root', ...narrowed });
    expect(userId).not.toBeNull();
  });

  it('of one token leave the others of the user alone', async () => {
    await make({ user: 'kate', roles: ROLES, scopes: ['read'] });
    expect(await principalOf(await make({ user: 'kate' }))).toMatchObject({ roles: new Set(ROLES) });
  });

  it('are words of roles', async () => {
    await expect(make({ user: 'kate', scopes: ['Read it'] })).rejects.toMatchObject({
      code: 'INVALID',
      message: 'scope: "Read it" is neither read, admin nor a role.',
    });
  });
});
