import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../../src/core/store/sql.js';
import { RunsWorld, type Diamond } from './runs-world.js';

let world: RunsWorld;
let diamond: Diamond;

beforeAll(async () => {
  world = await RunsWorld.start();
  diamond = await world.diamond();
});
afterAll(() => world.close());

const ACQUIRE = 'mutation ($uuid: String!) { rodanAcquireRunJob(uuid: $uuid) { token expiresAt } }';
const SUBMIT = `mutation ($uuid: String!, $token: String!, $settings: JSONObject!) {
  rodanSubmitInput(uuid: $uuid, token: $token, settings: $settings) { status settings workingUserNumber } }`;
const AWAIT = `mutation ($uuid: String!) { rodanAwaitInput(uuid: $uuid, settings: { }) { status } }`;
const NOT_WAITING = { code: 'INVALID', message: 'This RunJob does not accept input now' };

/** A run whose first run job waits for input. */
async function waiting(): Promise<{ run: string; uuid: string }> {
  const run = await world.startDiamond(diamond);
  const [uuid = ''] = await world.claim();
  await world.ask(AWAIT, { uuid }, world.tokens.one);
  return { run, uuid };
}

interface Turn {
  readonly token: string;
  readonly expiresAt: string;
}

/** A turn, which then lasts for longer than a test may take. */
async function acquire(uuid: string, token = world.tokens.mia): Promise<Turn> {
  const turn = (await world.ask(ACQUIRE, { uuid }, token)).rodanAcquireRunJob;
  const end = (Date.now() + 3_600_000) * 1_000;
  await world.data.execute(sql`UPDATE job SET rodan_working_user_expiry = ${end} WHERE legacy_id = ${uuid}`);
  return turn;
}

/** As if the turn had ended a while ago. */
async function expire(uuid: string): Promise<void> {
  await world.data.execute(sql`UPDATE job SET rodan_working_user_expiry = 1 WHERE legacy_id = ${uuid}`);
}

describe('the turn at a run job that waits for input', () => {
  it('belongs to the caller for 15 seconds; in time they keep their token and get more', async () => {
    const { run, uuid } = await waiting();
    const begun = Date.now();
    const first = await acquire(uuid);
    expect(Date.parse(first.expiresAt)).toBeGreaterThanOrEqual(begun + 15_000);
    expect(Date.parse(first.expiresAt)).toBeLessThanOrEqual(Date.now() + 15_000);
    expect((await world.run(run)).runJobs[0].workingUserNumber).toBe(world.users.mia);
    const second = await acquire(uuid);
    expect(second.token).toBe(first.token);
    expect(second.expiresAt >= first.expiresAt).toBe(true);
    expect(await world.refusal(ACQUIRE, { uuid }, world.tokens.wil)).toEqual({
      code: 'INVALID',
      message: 'Previous working user has not expired yet.',
    });
    await expire(uuid);
    const third = await acquire(uuid);
    expect(third.token).not.toBe(first.token);
    await expire(uuid);
    expect((await acquire(uuid, world.tokens.wil)).token).not.toBe(third.token);
    expect((await world.refusal(ACQUIRE, { uuid })).code).toBe('INVALID');
  });

  it('is not to be had when it does not wait, or is not to be seen', async () => {
    const run = await world.startDiamond(diamond);
    for (const { uuid } of (await world.run(run)).runJobs) {
      expect(await world.refusal(ACQUIRE, { uuid })).toEqual(NOT_WAITING);
      expect(await world.refusal(SUBMIT, { uuid, token: 't', settings: {} })).toEqual(NOT_WAITING);
    }
    const { uuid } = await waiting();
    expect((await world.refusal(ACQUIRE, { uuid }, world.tokens.zoe)).code).toBe('NOT_FOUND');
    for (const unknown of [randomUUID(), 'x', '\0']) {
      expect((await world.refusal(ACQUIRE, { uuid: unknown })).code).toBe('NOT_FOUND');
    }
    const { errors } = await world.server.graphql(ACQUIRE, { uuid });
    expect(errors![0]!.extensions['code']).toBe('UNAUTHENTICATED');
  });

  it('is kept as a secret', async () => {
    const { uuid } = await waiting();
    const { token } = await acquire(uuid);
    const [row] = await world.data.store.reader.all<{ kept: string }>(
      sql`SELECT rodan_working_token AS kept FROM job WHERE legacy_id = ${uuid}`,
    );
    expect(row!.kept).not.toContain(token);
  });
});

describe('what a user has entered', () => {
  it('is noted, and the run job is offered again', async () => {
    const { run, uuid } = await waiting();
    const { token } = await acquire(uuid);
    const settings = { '@lines': [1, 2] };
    const { rodanSubmitInput: answer } = await world.ask(SUBMIT, { uuid, token, settings });
    expect(answer).toEqual({ status: 1, settings: { angle: 2, ...settings }, workingUserNumber: null });
    expect(await world.statuses(run)).toEqual([1, [1, 0, 0, 0]]);
    expect(await world.refusal(SUBMIT, { uuid, token, settings })).toEqual(NOT_WAITING);
    await world.workOff();
    expect(await world.statuses(run)).toEqual([4, [4, 4, 4, 4]]);
  });

  it('counts only while it is their turn', async () => {
    const { uuid } = await waiting();
    const settings = {};
    const refused = async (token: string, as = world.tokens.mia): Promise<string> =>
      (await world.refusal(SUBMIT, { uuid, token, settings }, as)).code;
    expect(await refused('')).toBe('FORBIDDEN');
    const { token } = await acquire(uuid);
    expect(await refused(randomUUID())).toBe('FORBIDDEN');
    expect(await refused(token, world.tokens.wil)).toBe('FORBIDDEN');
    expect(await refused(token, world.tokens.zoe)).toBe('NOT_FOUND');
    expect((await world.refusal(SUBMIT, { uuid, token, settings: { angle: 3 } })).code).toBe('INVALID');
    await expire(uuid);
    expect(await refused(token)).toBe('FORBIDDEN');
    expect((await acquire(uuid)).token).not.toBe(token);
  });
});
