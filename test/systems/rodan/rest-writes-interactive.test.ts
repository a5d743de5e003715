import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerOf, RodanServer } from './writes-support.js';
import { EXPIRED, LOCKED, runJobOf, WAITING } from './writes-world.js';

let server: RodanServer;
beforeAll(async () => {
  server = await RodanServer.start();
});
afterAll(() => server.close());

const acquire = (runJob: string, as: 'mia' | 'ada' | 'wil' = 'mia') =>
  server.post(`/interactive/${runJob}/acquire/`, undefined, as);

describe('the lock of a run job that waits for input', () => {
  it('is the caller’s for 15 seconds; acquiring again in time keeps the token', async () => {
    const before = Date.now();
    const { status, json } = await acquire(WAITING);
    expect(status).toBe(200);
    expect(Object.keys(json)).toEqual(['working_url', 'working_user_expiry']);
    const base = `${server.gateway.url}/rodan/interactive/${WAITING}/`;
    expect(json.working_url).toMatch(new RegExp(`^${base}[^/]+/$`));
    expect(json.working_user_expiry).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
    const until = Date.parse(json.working_user_expiry);
    expect(until).toBeGreaterThanOrEqual(before + 15_000);
    expect(until).toBeLessThanOrEqual(Date.now() + 15_000);
    const again = (await acquire(WAITING)).json;
    expect(again.working_url).toBe(json.working_url);
    expect(again.working_user_expiry >= json.working_user_expiry).toBe(true);
    expect(await server.shown(`/runjob/${WAITING}/`)).toMatchObject({
      working_user: `${server.gateway.url}/rodan/user/2/`,
      working_user_expiry: again.working_user_expiry,
      interactive_acquire: `${base}acquire/`,
    });
  });

  it('of another user who still has it is refused', async () => {
    expect(answerOf(await acquire(LOCKED))).toEqual([400, { message: 'Previous working user has not expired yet.' }]);
    expect((await acquire(LOCKED, 'ada')).status).toBe(200);
  });

  it('of another user whose time is over is free', async () => {
    expect((await acquire(EXPIRED, 'wil')).status).toBe(200);
  });

  it.each([1, 4, -1, 9, 11])('a run job of a run in %i does not accept input', async (status) => {
    expect(answerOf(await acquire(runJobOf(status)))).toEqual([
      400,
      { message: 'This RunJob does not accept input now' },
    ]);
  });

  it('of a run job that is not there is 404', async () => {
    expect(answerOf(await acquire('00000000-0000-4000-8000-000000000000'))).toEqual([404, { detail: 'Not found.' }]);
  });

  it('whatever is in the body does not matter', async () => {
    const { status } = await server.send('POST', `/interactive/${WAITING}/acquire/`, '{', 'mia');
    expect(status).toBe(200);
  });
});
