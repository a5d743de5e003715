import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { badRequest, NOW, refusal, WritableServer } from './writable-server.js';

let server: WritableServer;
let boss: string;
let jdoe: string;

beforeAll(async () => {
  server = await WritableServer.start();
  ({ boss, jdoe } = await server.tokens());
});

afterAll(() => server.close());

const HOST = 'freshmaker.localhost';

describe('cancelling: the refusals', () => {
  it.each(['[]', '"cancel"', 'null', '5', 'true', '{}', '["action"]', '{"Action": "cancel"}'])(
    'the body %s has no action',
    async (body) => {
      const message = "Missing action in request. Don't know what to do with the event.";
      expect((await server.patch(4, body, jdoe)).json).toEqual(badRequest(message));
      expect((await server.patch(18000, body, jdoe, 2)).json).toEqual(badRequest(message));
    },
  );

  it.each(['"Cancel"', '"cancel "', 'null', 'true', '["cancel"]', '{}', '0', '""'])(
    'the action %s is not supported',
    async (action) => {
      const reply = await server.patch(18000, `{"action": ${action}}`, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest('Unsupported action requested.'));
    },
  );

  it('an unknown event is status 400 with error Not Found', async () => {
    for (const id of ['18000', '0', '99999999999999999999999']) {
      const reply = await server.patch(id, { action: 'cancel' }, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(refusal(400, 'Not Found', 'No such event found.'));
    }
  });

  it('somebody else’s event, or one of nobody, needs an admin', async () => {
    const before = [await server.json('/api/1/events/17'), await server.json('/api/1/events/10')];
    const published = await server.messagesOf(async () => {
      for (const id of [17, 10]) {
        const reply = await server.patch(id, { action: 'cancel' }, jdoe);
        expect(reply.status).toBe(403);
        expect(reply.json).toEqual(refusal(403, 'Forbidden', "You must be an admin to cancel someone else's event."));
      }
    });
    expect(published).toEqual([]);
    expect([await server.json('/api/1/events/17'), await server.json('/api/1/events/10')]).toEqual(before);
  });
});

describe('cancelling a building event', () => {
  it('cancels planned builds, then running ones, dependents with them, and publishes in that order', async () => {
    const before = await server.json('/api/1/events/16');
    const dependency = 'Cannot build artifact, because its dependency cannot be built.';
    let answer: any;
    const published = await server.messagesOf(async () => {
      const reply = await server.http.patch('/api/1/events/16', {
        host: HOST,
        token: jdoe,
        body: '{"action": "cancel", "note": {"b": 1, "a": [null]}}',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      });
      expect(reply.status).toBe(200);
      answer = reply.json;
    });

    const changed = {
      state: 5,
      state_name: 'CANCELED',
      time_done: NOW,
      state_reason: 'Event id 16 requested for canceling by user jdoe',
    };
    const canceled = { state: 3, state_name: 'CANCELED', time_completed: NOW };
    expect(answer).toEqual({
      ...before,
      ...changed,
      builds: [
        { ...before.builds[0], ...canceled, state_reason: 'Build canceled before running on external build system.' },
        { ...before.builds[1], ...canceled, state_reason: dependency },
        { ...before.builds[2], ...canceled, state_reason: null },
        { ...before.builds[3], ...canceled, state_reason: dependency },
      ],
    });
    expect(await server.json('/api/1/events/16')).toEqual(answer);
    const other = await server.json('/api/1/builds/27');
    expect(other).toMatchObject({ ...canceled, state_reason: dependency, event_id: 17 });

    const { builds, ...common } = before;
    const summary = { total: 4, PLANNED: 2, BUILD: 1, DONE: 1 };
    expect(published).toEqual([
      { topic: 'event.state.changed', payload: { ...common, ...changed, builds } },
      { topic: 'event.state.changed.min', payload: { ...common, ...changed, builds_summary: summary } },
      { topic: 'build.state.changed', payload: answer.builds[1] },
      { topic: 'build.state.changed', payload: answer.builds[0] },
      { topic: 'build.state.changed', payload: answer.builds[3] },
      { topic: 'build.state.changed', payload: other },
      { topic: 'build.state.changed', payload: answer.builds[2] },
      {
        topic: 'manage.eventcancel',
        payload: { action: 'eventcancel', note: { b: 1, a: [null] }, event_id: 16, builds_id: [25] },
      },
    ]);
  });

  it('leaves builds in an end state alone', async () => {
    const before = await server.json('/api/1/events/4');
    expect((await server.patch(4, { action: 'cancel' }, jdoe)).status).toBe(200);
    const after = await server.json('/api/1/events/4');
    const states = after.builds.map(({ state_name }: { state_name: string }) => state_name);
    expect(states).toEqual(['DONE', 'CANCELED', 'CANCELED', 'CANCELED', 'FAILED', 'CANCELED']);
    for (const index of [0, 4, 5]) expect(after.builds[index]).toEqual(before.builds[index]);
  });
});

describe('cancelling an end state', () => {
  it('is allowed and overwrites time_done', async () => {
    const before = await server.json('/api/1/events/14');
    let answer: any;
    const published = await server.messagesOf(async () => {
      answer = (await server.patch(14, { action: 'cancel' }, boss, 2)).json;
    });
    expect(answer).toEqual({
      ...before,
      state: 5,
      state_name: 'CANCELED',
      time_done: NOW,
      builds_summary: { total: 1, DONE: 1 },
      state_reason: 'Event id 14 requested for canceling by user boss',
    });
    expect(answer.time_done).not.toBe(before.time_done);
    expect(published.map(({ topic }) => topic)).toEqual([
      'event.state.changed',
      'event.state.changed.min',
      'manage.eventcancel',
    ]);
    expect(published[2]!.payload).toEqual({ action: 'eventcancel', event_id: 14, builds_id: [] });
  });

  it('of a canceled event only changes the reason', async () => {
    const before = await server.json('/api/1/events/6');
    const published = await server.messagesOf(() => server.patch(6, { action: 'cancel' }, boss));
    expect(await server.json('/api/1/events/6')).toEqual({
      ...before,
      state_reason: 'Event id 6 requested for canceling by user boss',
    });
    expect(published).toEqual([
      { topic: 'manage.eventcancel', payload: { action: 'eventcancel', event_id: 6, builds_id: [] } },
    ]);
  });

  it('is not affected by show_full_json', async () => {
    const reply = await server.http.patch('/api/1/events/6?show_full_json=False', {
      host: HOST,
      token: jdoe,
      body: { action: 'cancel' },
    });
    expect(reply.json).toHaveProperty('builds');
    expect(reply.json).not.toHaveProperty('builds_summary');
  });
});

describe('urls in messages', () => {
  it('are the same text as in the answer of the virtual host', async () => {
    const { id } = (await server.post('builds', { errata_id: 60005 }, jdoe)).json;
    const [changed, min] = await server.messagesOf(() => server.patch(id, { action: 'cancel' }, jdoe));
    expect(changed!.payload.url).toBe(`/api/1/events/${id}`);
    expect(min!.payload.url).toBe(`/api/1/events/${id}`);
  });
});

describe('the counters', () => {
  it('count transitions and messages handed over', async () => {
    const count = async (name: string) => {
      const { text } = await server.http.get('/api/1/monitor/metrics', { host: HOST });
      return Number(new RegExp(`^${name}(?:\\{\\})? (\\S+)$`, 'm').exec(text)![1]);
    };
    const names = ['freshmaker_event_canceled_total', 'messaging_tx_to_send_total'];
    const { id } = (await server.post('builds', { errata_id: 60006 }, jdoe)).json;
    await server.settled();
    const before = await Promise.all(names.map(count));
    await server.patch(id, { action: 'cancel' }, jdoe);
    await server.settled();
    const after = await Promise.all(names.map(count));
    expect(after.map((value, index) => value - before[index]!)).toEqual([1, 3]);
  });
});
