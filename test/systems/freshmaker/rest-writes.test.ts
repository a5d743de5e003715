import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT, LAST_EVENT_ID } from './fixture.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let http: HttpClient;
/** jdoe holds manual_rebuilder, boss admin, anna freshmaker_async_rebuilders; plain holds nothing. */
let jdoe: string;
let mia: string;
let boss: string;
let anna: string;
let plain: string;

beforeAll(async () => {
  server = await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT } });
  http = new HttpClient(server.url);
  [jdoe, mia, boss, anna, plain] = (await Promise.all(
    ['jdoe', 'mia', 'boss', 'anna', 'plain'].map((user) => server.token(user)),
  )) as [string, string, string, string, string];
});

afterAll(() => server.close());

const HOST = 'freshmaker.localhost';
const NOW = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const PREFIX = 'VirtualTopic.eng.freshmaker.';

const patch = (id: number | string, body: string | object, token?: string, version = 1) =>
  http.patch(`/api/${version}/events/${id}`, { host: HOST, token, body });
const post = (path: string, body: string | object, token?: string, version = 1) =>
  http.post(`/api/${version}/${path}/`, { host: HOST, token, body });
const json = async (path: string) => (await http.get(path, { host: HOST })).json;
const refusal = (status: number, error: string, message: unknown) => ({ status, error, message });
const badRequest = (message: unknown) => refusal(400, 'Bad Request', message);

/** What an action put on the bus: topics without prefix, payloads parsed, in order. */
async function messagesOf(action: () => Promise<unknown>): Promise<{ topic: string; payload: any }[]> {
  await server.settled();
  const before = server.messages.length;
  await action();
  await server.settled();
  return server.messages.slice(before).map(({ topic, body }) => {
    expect(topic.startsWith(PREFIX)).toBe(true);
    return { topic: topic.slice(PREFIX.length), payload: JSON.parse(body) };
  });
}

describe('the order of checks', () => {
  const WRITES: [string, string, string][] = [
    ['PATCH', '/api/1/events/4', 'admin, manual_rebuilder'],
    ['PATCH', '/api/2/events/18000', 'admin, manual_rebuilder'],
    ['POST', '/api/1/builds/', 'admin, manual_rebuilder'],
    ['POST', '/api/2/async-builds/', 'admin, freshmaker_async_rebuilders'],
  ];

  it.each(WRITES)('is credentials, role, JSON for %s %s', async (method, path, roles) => {
    const send = (token?: string, headers = {}) =>
      http.send(method, path, { host: HOST, token, headers, body: 'no JSON' });
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
    expect((await post('builds', {}, anna)).status).toBe(403);
    expect((await patch(4, {}, anna)).status).toBe(403);
    expect((await post('async-builds', {}, jdoe)).status).toBe(403);
  });

  it('lets in members of a listed group and administrators of the gateway', async () => {
    const member = await server.token('gil', { groups: ['rebuilders'] });
    const administrator = await server.token('root', { admin: true });
    const stranger = await server.token('sam', { groups: ['others'] });
    const message = 'You must at least provide "errata_id" or "freshmaker_event_id" in the request.';
    expect((await post('builds', {}, member)).json).toEqual(badRequest(message));
    expect((await post('builds', {}, administrator)).json).toEqual(badRequest(message));
    expect((await post('builds', {}, stranger)).status).toBe(403);
  });

  it('refuses what is no JSON, and an empty body', async () => {
    for (const body of ['', '{', '{"action": "cancel"', 'action=cancel', "{'action': 'cancel'}", '[1,]']) {
      for (const reply of [
        await patch(4, body, boss),
        await post('builds', body, boss),
        await post('async-builds', body, boss),
      ]) {
        expect(reply.status).toBe(400);
        expect(reply.json).toEqual(badRequest(expect.any(String)));
      }
    }
  });

  it('survives deep nesting and too much', async () => {
    const deep = `{"errata_id": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    expect((await post('builds', deep, jdoe)).status).toBe(400);
    const large = await post('builds', `"${'x'.repeat(2 * 1024 * 1024)}"`, jdoe);
    expect(large.status).toBe(413);
    expect(large.json).toEqual(refusal(413, expect.any(String), expect.any(String)));
  });
});

describe('cancelling: the refusals', () => {
  it.each(['[]', '"cancel"', 'null', '5', 'true', '{}', '["action"]', '{"Action": "cancel"}'])(
    'the body %s has no action',
    async (body) => {
      const message = "Missing action in request. Don't know what to do with the event.";
      expect((await patch(4, body, jdoe)).json).toEqual(badRequest(message));
      expect((await patch(18000, body, jdoe, 2)).json).toEqual(badRequest(message));
    },
  );

  it.each(['"Cancel"', '"cancel "', 'null', 'true', '["cancel"]', '{}', '0', '""'])(
    'the action %s is not supported',
    async (action) => {
      const reply = await patch(18000, `{"action": ${action}}`, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest('Unsupported action requested.'));
    },
  );

  it('an unknown event is status 400 with error Not Found', async () => {
    for (const id of ['18000', '0', '99999999999999999999999']) {
      const reply = await patch(id, { action: 'cancel' }, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(refusal(400, 'Not Found', 'No such event found.'));
    }
  });

  it('somebody else’s event, or one of nobody, needs an admin', async () => {
    const before = [await json('/api/1/events/17'), await json('/api/1/events/10')];
    const published = await messagesOf(async () => {
      for (const id of [17, 10]) {
        const reply = await patch(id, { action: 'cancel' }, jdoe);
        expect(reply.status).toBe(403);
        expect(reply.json).toEqual(refusal(403, 'Forbidden', "You must be an admin to cancel someone else's event."));
      }
    });
    expect(published).toEqual([]);
    expect([await json('/api/1/events/17'), await json('/api/1/events/10')]).toEqual(before);
  });
});

describe('cancelling a building event', () => {
  it('cancels planned builds, then running ones, dependents with them, and publishes in that order', async () => {
    const before = await json('/api/1/events/16');
    const dependency = 'Cannot build artifact, because its dependency cannot be built.';
    let answer: any;
    const published = await messagesOf(async () => {
      const reply = await http.patch('/api/1/events/16', {
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
    expect(await json('/api/1/events/16')).toEqual(answer);
    const other = await json('/api/1/builds/27');
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
    const before = await json('/api/1/events/4');
    expect((await patch(4, { action: 'cancel' }, jdoe)).status).toBe(200);
    const after = await json('/api/1/events/4');
    const states = after.builds.map(({ state_name }: { state_name: string }) => state_name);
    expect(states).toEqual(['DONE', 'CANCELED', 'CANCELED', 'CANCELED', 'FAILED', 'CANCELED']);
    for (const index of [0, 4, 5]) expect(after.builds[index]).toEqual(before.builds[index]);
  });
});

describe('cancelling an end state', () => {
  it('is allowed and overwrites time_done', async () => {
    const before = await json('/api/1/events/14');
    let answer: any;
    const published = await messagesOf(async () => {
      answer = (await patch(14, { action: 'cancel' }, boss, 2)).json;
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
    const before = await json('/api/1/events/6');
    const published = await messagesOf(() => patch(6, { action: 'cancel' }, boss));
    expect(await json('/api/1/events/6')).toEqual({
      ...before,
      state_reason: 'Event id 6 requested for canceling by user boss',
    });
    expect(published).toEqual([
      { topic: 'manage.eventcancel', payload: { action: 'eventcancel', event_id: 6, builds_id: [] } },
    ]);
  });

  it('is not affected by show_full_json', async () => {
    const reply = await http.patch('/api/1/events/6?show_full_json=False', {
      host: HOST,
      token: jdoe,
      body: { action: 'cancel' },
    });
    expect(reply.json).toHaveProperty('builds');
    expect(reply.json).not.toHaveProperty('builds_summary');
  });
});

/** Each body with the first check it fails; the later ones would fail it too. */
const REBUILD_CHECKS: [string, string][] = [
  ['{"errata_id": "12a", "freshmaker_event_id": "1"}', '"errata_id" must be an integer.'],
  ['{"errata_id": 1.5}', '"errata_id" must be an integer.'],
  ['{"errata_id": true}', '"errata_id" must be an integer.'],
  ['{"errata_id": [1]}', '"errata_id" must be an integer.'],
  ['{"freshmaker_event_id": "1", "dist_git_branch": 5}', '"freshmaker_event_id" must be an integer.'],
  ['{"freshmaker_event_id": 1.5}', '"freshmaker_event_id" must be an integer.'],
  ['{"freshmaker_event_id": 18000, "dist_git_branch": 5}', 'The provided "freshmaker_event_id" is invalid.'],
  ['{"freshmaker_event_id": 99999999999999999999}', 'The provided "freshmaker_event_id" is invalid.'],
  ['{"dist_git_branch": 5, "brew_target": 5}', '"dist_git_branch" must be a string.'],
  ['{"brew_target": ["x"], "container_images": null}', '"brew_target" must be a string.'],
  ['{"container_images": null, "dry_run": 1}', '"container_images" must be an array of strings.'],
  ['{"container_images": "web"}', '"container_images" must be an array of strings.'],
  ['{"container_images": ["web", 5]}', '"container_images" must be an array of strings.'],
  ['{"dry_run": null, "force": null}', '"dry_run" must be a boolean.'],
  ['{"dry_run": 0}', '"dry_run" must be a boolean.'],
  ['{"dry_run": "true"}', '"dry_run" must be a boolean.'],
  ['{"force": null, "bundle_related_image_overrides": 5}', '"force" must be a boolean.'],
  [
    '{"bundle_related_image_overrides": 5}',
    'Manual image overriding allowed only when "container_images" is set explicitly',
  ],
  [
    '{"bundle_related_image_overrides": 5, "container_images": []}',
    'Manual image overriding allowed only when "container_images" is set explicitly',
  ],
  [
    '{"bundle_related_image_overrides": 5, "container_images": ["a"]}',
    '"bundle_related_image_overrides" must be a dictionary',
  ],
];

describe('a manual rebuild: the refusals', () => {
  it.each(['null', '[]', '"x"', '5', '[{"errata_id": 1}]'])('%s is no object', async (body) => {
    for (const reply of [await post('builds', body, jdoe), await post('async-builds', body, anna, 2)]) {
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest('The request body must be a JSON object.'));
    }
  });

  it.each([
    ...REBUILD_CHECKS,
    ['{}', 'You must at least provide "errata_id" or "freshmaker_event_id" in the request.'],
    ...['0', '""', 'null', '[]', '{}', 'false'].map((nothing): [string, string] => [
      `{"errata_id": ${nothing}, "freshmaker_event_id": ${nothing}, "dist_git_branch": ${nothing}, "brew_target": ${nothing}, "bundle_related_image_overrides": ${nothing}}`,
      'You must at least provide "errata_id" or "freshmaker_event_id" in the request.',
    ]),
    [
      '{"freshmaker_event_id": 5, "errata_id": 1}',
      'The event (id=5) is an async build event, can not be used for this build.',
    ],
    [
      '{"freshmaker_event_id": 1, "errata_id": 41002}',
      'The provided "errata_id" doesn\'t match the Advisory ID associated with the input "freshmaker_event_id".',
    ],
    [
      '{"errata_id": 50123}',
      'Events triggered by advisory 50123 are running: [9, 10]. If you want to rebuild it anyway, use "force": true option.',
    ],
    [
      '{"errata_id": "50123", "force": false}',
      'Events triggered by advisory 50123 are running: [9, 10]. If you want to rebuild it anyway, use "force": true option.',
    ],
    [
      '{"freshmaker_event_id": 9}',
      'Events triggered by advisory 50123 are running: [9, 10]. If you want to rebuild it anyway, use "force": true option.',
    ],
  ])('%s', async (body, message) => {
    const published = await messagesOf(async () => {
      for (const version of [1, 2]) {
        const reply = await post('builds', body, jdoe, version);
        expect(reply.status).toBe(400);
        expect(reply.json).toEqual(badRequest(message));
      }
    });
    expect(published).toEqual([]);
  });

  it('a base event whose search key is no integer', async () => {
    for (const body of [{ freshmaker_event_id: 13 }, { freshmaker_event_id: 13, errata_id: 1 }]) {
      const reply = await post('builds', body, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest(expect.any(String)));
    }
  });

  it('record nothing', async () => {
    expect((await json('/api/1/events/?per_page=1')).items[0].id).toBe(LAST_EVENT_ID);
  });
});

describe('a manual rebuild', () => {
  const MANUAL = expect.stringMatching(/^manual_rebuild_\d+\.\d+$/);

  const created = (id: number, members: object) => ({
    builds: [],
    depending_events: [],
    depends_on_events: [],
    dry_run: false,
    event_type_id: 13,
    id,
    message_id: MANUAL,
    requested_rebuilds: [],
    requester: 'jdoe',
    requester_metadata: {},
    state: 0,
    state_name: 'INITIALIZED',
    state_reason: null,
    time_created: NOW,
    time_done: null,
    url: `/api/1/events/${id}`,
    ...members,
  });

  it('asked for by plain curl records an event and hands the work over', async () => {
    let reply: any;
    const body = '{"errata_id": 44637, "dry_run": true}';
    const published = await messagesOf(async () => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      reply = await http.post('/api/1/builds/', { host: HOST, token: jdoe, headers, body });
    });
    expect(reply.status).toBe(200);
    expect(reply.headers).not.toHaveProperty('location');
    expect(reply.json).toEqual(created(LAST_EVENT_ID + 1, { search_key: '44637', dry_run: true }));
    expect(await json(`/api/1/events/${reply.json.id}`)).toEqual(reply.json);
    const { message_id } = reply.json;
    expect(published).toEqual([
      { topic: 'manual.rebuild', payload: { errata_id: 44637, dry_run: true, msg_id: message_id, requester: 'jdoe' } },
    ]);
  });

  it('is not idempotent: the running event is the only guard', async () => {
    const again = await post('builds', { errata_id: 44637 }, jdoe);
    expect(again.json).toEqual(
      badRequest(
        `Events triggered by advisory 44637 are running: [${LAST_EVENT_ID + 1}]. If you want to rebuild it anyway, use "force": true option.`,
      ),
    );
    const forced = await post('builds', { errata_id: 44637, force: true }, jdoe);
    expect(forced.json).toMatchObject({ id: LAST_EVENT_ID + 2, search_key: '44637' });
  });

  it('takes everything from the request, and the base event as dependency', async () => {
    const body = {
      freshmaker_event_id: 1,
      container_images: ['web-container-1.0-7', 'b'],
      dist_git_branch: 'main',
      brew_target: 't',
      metadata: { ticket: 'T-2', list: [1, null] },
      bundle_related_image_overrides: { a: 'b' },
      unknown: 'kept',
      msg_id: 'manual_rebuild_1564641046.52',
      requester: 'boss',
    };
    let answer: any;
    const published = await messagesOf(async () => {
      answer = (await post('builds', body, jdoe, 2)).json;
    });
    const { id, message_id } = answer;
    expect(answer).toEqual(
      created(id, {
        search_key: '41001',
        depends_on_events: [1],
        requested_rebuilds: body.container_images,
        requester_metadata: body.metadata,
        builds_summary: { total: 0 },
      }),
    );
    expect(message_id).not.toBe(body.msg_id);
    expect(published).toEqual([
      { topic: 'manual.rebuild', payload: { ...body, errata_id: 41001, msg_id: message_id, requester: 'jdoe' } },
    ]);
    expect((await json('/api/1/events/1')).depending_events).toContain(id);
  });

  it('takes digits as text for errata_id, also beside its base event', async () => {
    const { json: answer } = await post('builds', { errata_id: '41002', freshmaker_event_id: 2 }, jdoe);
    expect(answer).toMatchObject({ search_key: '41002', depends_on_events: [2] });
  });

  it.each([
    ['null', {}],
    ['0', {}],
    ['""', {}],
    ['[]', {}],
    ['false', {}],
    ['[1]', [1]],
    ['"text"', 'text'],
    ['{"__proto__": {"a": 1}}', JSON.parse('{"__proto__": {"a": 1}}')],
  ])('stores the metadata %s as it is, or {} when it says nothing', async (metadata, stored) => {
    const reply = await post('builds', `{"errata_id": 60001, "force": true, "metadata": ${metadata}}`, jdoe);
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.json.requester_metadata)).toBe(JSON.stringify(stored));
  });

  it('gives every event its own message id', async () => {
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => post('builds', { errata_id: 60002, force: true }, jdoe)),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(replies.map(({ json: { message_id } }) => message_id)).size).toBe(5);
  });

  it('is refused for all but one of several at once', async () => {
    const replies = await Promise.all(Array.from({ length: 5 }, () => post('builds', { errata_id: 60003 }, jdoe)));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it('of mia can be cancelled by mia', async () => {
    const { id } = (await post('builds', { errata_id: 60004 }, mia)).json;
    expect((await patch(id, { action: 'cancel' }, jdoe)).status).toBe(403);
    expect((await patch(id, { action: 'cancel' }, mia)).json).toMatchObject({ id, state_name: 'CANCELED' });
  });
});

describe('an asynchronous rebuild', () => {
  const MISSING = '"dist_git_branch" and "container_images" are required in the request for async builds';

  it.each([
    ...REBUILD_CHECKS.filter(([body]) => !body.includes('errata_id')),
    ['{}', MISSING],
    ['{"dist_git_branch": "main"}', MISSING],
    ['{"dist_git_branch": "main", "container_images": []}', MISSING],
    ['{"dist_git_branch": "", "container_images": ["a"]}', MISSING],
    [
      '{"dist_git_branch": "main", "container_images": ["a"], "freshmaker_event_id": 1}',
      'The event (id=1) is not an async build event.',
    ],
  ])('is refused for %s', async (body, message) => {
    const reply = await post('async-builds', body, anna);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual(badRequest(message));
  });

  it('records an event with completed image names and hands the work over', async () => {
    const body = {
      dist_git_branch: 'main',
      container_images: ['web', 'api-container'],
      freshmaker_event_id: 5,
      brew_target: 't',
    };
    let answer: any;
    const published = await messagesOf(async () => {
      const reply = await post('async-builds', body, anna, 2);
      expect(reply.status).toBe(200);
      answer = reply.json;
    });
    const { id, message_id } = answer;
    const container_images = ['web-container', 'api-container'];
    expect(answer).toEqual({
      builds: [],
      builds_summary: { total: 0 },
      depending_events: [],
      depends_on_events: [5],
      dry_run: false,
      event_type_id: 14,
      id,
      message_id: expect.stringMatching(/^async_build_\d+\.\d+$/),
      search_key: message_id,
      requested_rebuilds: container_images,
      requester: 'anna',
      requester_metadata: {},
      state: 0,
      state_name: 'INITIALIZED',
      state_reason: null,
      time_created: NOW,
      time_done: null,
      url: `/api/1/events/${id}`,
    });
    expect(published).toEqual([
      { topic: 'async.manual.build', payload: { ...body, container_images, msg_id: message_id, requester: 'anna' } },
    ]);
  });

  it('does not care about running events', async () => {
    const body = { dist_git_branch: 'main', container_images: ['web'] };
    expect((await post('async-builds', body, anna)).status).toBe(200);
    expect((await post('async-builds', body, anna)).status).toBe(200);
  });
});

describe('urls in messages', () => {
  it('are the same text as in the answer of the virtual host', async () => {
    const { id } = (await post('builds', { errata_id: 60005 }, jdoe)).json;
    const [changed, min] = await messagesOf(() => patch(id, { action: 'cancel' }, jdoe));
    expect(changed!.payload.url).toBe(`/api/1/events/${id}`);
    expect(min!.payload.url).toBe(`/api/1/events/${id}`);
  });
});

describe('the counters', () => {
  it('count transitions and messages handed over', async () => {
    const count = async (name: string) => {
      const { text } = await http.get('/api/1/monitor/metrics', { host: HOST });
      return Number(new RegExp(`^${name}(?:\\{\\})? (\\S+)$`, 'm').exec(text)![1]);
    };
    const names = ['freshmaker_event_canceled_total', 'messaging_tx_to_send_total'];
    const { id } = (await post('builds', { errata_id: 60006 }, jdoe)).json;
    await server.settled();
    const before = await Promise.all(names.map(count));
    await patch(id, { action: 'cancel' }, jdoe);
    await server.settled();
    const after = await Promise.all(names.map(count));
    expect(after.map((value, index) => value - before[index]!)).toEqual([1, 3]);
  });
});

describe('without authentication', () => {
  it('everybody may do everything, without a name', async () => {
    const open = await startTestServer({
      import: { freshmaker: FRESHMAKER_IMPORT },
      env: { BUILDGATE_AUTH: 'none' },
    });
    try {
      const client = new HttpClient(open.url);
      const canceled = await client.patch('/freshmaker/api/1/events/4', { body: { action: 'cancel' } });
      expect(canceled.json).toMatchObject({ state_reason: 'Event id 4 requested for canceling by user None' });
      const rebuilt = await client.post('/freshmaker/api/1/builds/', { body: { errata_id: 1 } });
      expect(rebuilt.status).toBe(200);
      expect(rebuilt.json.requester).toBeNull();
      expect((await client.get('/freshmaker/api/1/about/')).json.auth_backend).toBe('noauth');
    } finally {
      await open.close();
    }
  });
});
