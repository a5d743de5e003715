import { afterAll, beforeAll, expect, it } from 'vitest';
import { listTokens, revokeTokens } from '../../src/core/auth/token-list.js';
import { sql } from '../../src/core/store/sql.js';
import { ProtocolSocket } from '../server/protocol-socket.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { Caller } from './agent.js';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const REBUILD = 'mutation { freshmakerRequestRebuild(input: { errataId: 7 }) { id } }';

it('a token for reading reads what its user may and calls no mutation', async () => {
  const token = await server.token('ops', { admin: true, scopes: ['read'] });
  const caller = new Caller(server, token);
  expect(await caller.run('{ viewer { admin } legacyRouteUse { totalCount } }')).toMatchObject({
    viewer: { admin: true },
  });
  expect(await caller.refusal(REBUILD)).toEqual({ code: 'FORBIDDEN', message: 'This token is for reading only.' });
  const open = 'mutation { rodanRegister(input: { username: "" }) { number } }';
  expect((await caller.refusal(open)).code).toBe('FORBIDDEN');
});

it('a token of some roles has no other rights of its user', async () => {
  const caller = new Caller(server, await server.token('ops', { admin: true, scopes: ['agent'] }));
  expect((await caller.refusal(REBUILD)).code).toBe('FORBIDDEN');
  const finish = 'mutation { rodanRenewRunJob(uuid: "none") { uuid } }';
  expect((await caller.refusal(finish)).code).toBe('NOT_FOUND');
});

it('the use of a token is noted to the hour, and answers that were kept stay good', async () => {
  const caller = new Caller(server, await server.token('user'));
  const lastUse = async () => (await listTokens(server.app.store.reader, 'user'))[0]!.lastUsedAt;
  expect(await lastUse()).toBeNull();
  const before = server.app.store.now();
  await caller.run('{ viewer { name } }');
  await expect.poll(lastUse).toBeGreaterThanOrEqual(before);
  const noted = await lastUse();
  await caller.run('{ viewer { name } }');
  expect(await lastUse()).toBe(noted);
});

it('a token that is revoked is refused by every transport from then on', async () => {
  const token = await server.token('gone');
  await new Caller(server, token).run('{ viewer { name } }');
  await revokeTokens(server.app.store, [token]);
  expect((await new Caller(server, token).refusal('{ viewer { name } }')).code).toBe('UNAUTHENTICATED');
  const rest = await fetch(`${server.url}/rodan/users/`, { headers: { Authorization: `Bearer ${token}` } });
  expect(rest.status).toBe(401);
  const rows = await server.app.store.reader.all(sql`SELECT id FROM api_token WHERE revoked_at IS NOT NULL`);
  expect(rows).toHaveLength(1);
});

it('a WebSocket that was opened with a token is closed when it is revoked or ends, and no other', async () => {
  const signIn = (token: string): Promise<ProtocolSocket> =>
    ProtocolSocket.ready(server.url, { Authorization: `Bearer ${token}` });
  const [revoked, ending, good] = [
    await server.token('revoked'),
    await server.token('ending', { expiresInSeconds: 3 }),
    await server.token('good'),
  ];
  const [first, second, third, anonymous] = [
    await signIn(revoked),
    await signIn(ending),
    await signIn(good),
    await ProtocolSocket.ready(server.url),
  ];
  await revokeTokens(server.app.store, [revoked]);
  for (const socket of [first, second]) expect(await socket.closed()).toEqual({ code: 4403, reason: 'Forbidden' });
  for (const socket of [third, anonymous]) {
    socket.subscribe('1', '{ __typename }');
    expect(await socket.next('next')).toMatchObject({ id: '1' });
    await socket.close();
  }
});
