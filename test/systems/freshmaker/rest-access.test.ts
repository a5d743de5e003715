import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequest, refusal, WritableServer } from './writable-server.js';

let server: WritableServer;
let anna: string;
let boss: string;
let jdoe: string;
let plain: string;

beforeAll(async () => {
  server = await WritableServer.start();
  ({ anna, boss, jdoe, plain } = await server.tokens());
});

afterAll(() => server.close());

const HOST = 'freshmaker.localhost';

describe('the order of checks', () => {
  const WRITES: [string, string, string][] = [
    ['PATCH', '/api/1/events/4', 'admin, manual_rebuilder'],
    ['PATCH', '/api/2/events/18000', 'admin, manual_rebuilder'],
    ['POST', '/api/1/builds/', 'admin, manual_rebuilder'],
    ['POST', '/api/2/async-builds/', 'admin, freshmaker_async_rebuilders'],
  ];

  it.each(WRITES)('is credentials, role, JSON for %s %s', async (method, path, roles) => {
    const send = (token?: string, headers = {}) =>
      server.http.send(method, path, { host: HOST, token, headers, body: 'no JSON' });
    const anonymous = await send();
    expect(anonymous.status).toBe(401);
    expect(anonymous.json).toEqual(refusal(401, 'Unauthorized', 'REMOTE_USER is not present in request.'));
    expect(anonymous.headers['www-authenticate']).toMatch(/^Bearer\b/);
    for (const headers of [
      { Authorization: 'Bearer nonsense' },
      { Authorization: 'Basic eDp5' },
      { Authorization: 'x' },
    ]) {
      const unknown = await send(undefined, headers);
      expect(unknown.status).toBe(401);
      expect(unknown.json).toEqual(refusal(401, 'Unauthorized', expect.any(String)));
      expect(unknown.headers['www-authenticate']).toMatch(/^Bearer\b/);
    }
    const forbidden = await send(plain);
    expect(forbidden.status).toBe(403);
    expect(forbidden.json).toEqual(
      refusal(403, 'Forbidden', `User plain does not have any of the following roles: ${roles}`),
    );
    const unreadable = await send(boss);
    expect(unreadable.status).toBe(400);
    expect(unreadable.json).toEqual(badRequest(expect.any(String)));
  });

  it('keeps the two kinds of rebuilders apart', async () => {
    expect((await server.post('builds', {}, anna)).status).toBe(403);
    expect((await server.patch(4, {}, anna)).status).toBe(403);
    expect((await server.post('async-builds', {}, jdoe)).status).toBe(403);
  });

  it('lets in members of a listed group and administrators of the gateway', async () => {
    const member = await server.token('gil', { groups: ['rebuilders'] });
    const administrator = await server.token('root', { admin: true });
    const stranger = await server.token('sam', { groups: ['others'] });
    const message = 'You must at least provide "errata_id" or "freshmaker_event_id" in the request.';
    expect((await server.post('builds', {}, member)).json).toEqual(badRequest(message));
    expect((await server.post('builds', {}, administrator)).json).toEqual(badRequest(message));
    expect((await server.post('builds', {}, stranger)).status).toBe(403);
  });

  it('refuses what is no JSON, and an empty body', async () => {
    for (const body of ['', '{', '{"action": "cancel"', 'action=cancel', "{'action': 'cancel'}", '[1,]']) {
      for (const reply of [
        await server.patch(4, body, boss),
        await server.post('builds', body, boss),
        await server.post('async-builds', body, boss),
      ]) {
        expect(reply.status).toBe(400);
        expect(reply.json).toEqual(badRequest(expect.any(String)));
      }
    }
  });

  it('survives deep nesting and too much', async () => {
    const deep = `{"errata_id": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await server.post('builds', deep, jdoe)).status).toBe(400);
    const large = await server.post('builds', `"${'x'.repeat(2 * 1024 * 1024)}"`, jdoe);
    expect(large.status).toBe(413);
    expect(large.json).toEqual(refusal(413, expect.any(String), expect.any(String)));
  });
});

describe('without authentication', () => {
  it('everybody may do everything, without a name', async () => {
    const open = await WritableServer.start({ BUILDGATE_AUTH: 'none' });
    try {
      const canceled = await open.patch(4, { action: 'cancel' });
      expect(canceled.json).toMatchObject({ state_reason: 'Event id 4 requested for canceling by user None' });
      const rebuilt = await open.post('builds', { errata_id: 1 });
      expect(rebuilt.status).toBe(200);
      expect(rebuilt.json.requester).toBeNull();
      expect((await open.json('/api/1/about/')).auth_backend).toBe('noauth');
    } finally {
      await open.close();
    }
  });
});
