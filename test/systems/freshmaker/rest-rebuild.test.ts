import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LAST_EVENT_ID } from './fixture.js';
import { badRequest, NOW, WritableServer } from './writable-server.js';

let server: WritableServer;
let anna: string;
let jdoe: string;
let mia: string;

beforeAll(async () => {
  server = await WritableServer.start();
  ({ anna, jdoe, mia } = await server.tokens());
});

afterAll(() => server.close());

const HOST = 'freshmaker.localhost';

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
    for (const reply of [await server.post('builds', body, jdoe), await server.post('async-builds', body, anna, 2)]) {
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
    const published = await server.messagesOf(async () => {
      for (const version of [1, 2]) {
        const reply = await server.post('builds', body, jdoe, version);
        expect(reply.status).toBe(400);
        expect(reply.json).toEqual(badRequest(message));
      }
    });
    expect(published).toEqual([]);
  });

  it('a base event whose search key is no integer', async () => {
    for (const body of [{ freshmaker_event_id: 13 }, { freshmaker_event_id: 13, errata_id: 1 }]) {
      const reply = await server.post('builds', body, jdoe);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest(expect.any(String)));
    }
  });

  it('record nothing', async () => {
    expect((await server.json('/api/1/events/?per_page=1')).items[0].id).toBe(LAST_EVENT_ID);
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
    const published = await server.messagesOf(async () => {
      const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
      reply = await server.http.post('/api/1/builds/', { host: HOST, token: jdoe, headers, body });
    });
    expect(reply.status).toBe(200);
    expect(reply.headers).not.toHaveProperty('location');
    expect(reply.json).toEqual(created(LAST_EVENT_ID + 1, { search_key: '44637', dry_run: true }));
    expect(await server.json(`/api/1/events/${reply.json.id}`)).toEqual(reply.json);
    const { message_id } = reply.json;
    expect(published).toEqual([
      { topic: 'manual.rebuild', payload: { errata_id: 44637, dry_run: true, msg_id: message_id, requester: 'jdoe' } },
    ]);
  });

  it('is not idempotent: the running event is the only guard', async () => {
    const again = await server.post('builds', { errata_id: 44637 }, jdoe);
    expect(again.json).toEqual(
      badRequest(
        `Events triggered by advisory 44637 are running: [${LAST_EVENT_ID + 1}]. If you want to rebuild it anyway, use "force": true option.`,
      ),
    );
    const forced = await server.post('builds', { errata_id: 44637, force: true }, jdoe);
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
    const published = await server.messagesOf(async () => {
      answer = (await server.post('builds', body, jdoe, 2)).json;
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
    expect((await server.json('/api/1/events/1')).depending_events).toContain(id);
  });

  it('takes digits as text for errata_id, also beside its base event', async () => {
    const { json: answer } = await server.post('builds', { errata_id: '41002', freshmaker_event_id: 2 }, jdoe);
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
    const reply = await server.post('builds', `{"errata_id": 60001, "force": true, "metadata": ${metadata}}`, jdoe);
    expect(reply.status).toBe(200);
    expect(JSON.stringify(reply.json.requester_metadata)).toBe(JSON.stringify(stored));
  });

  it('gives every event its own message id', async () => {
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => server.post('builds', { errata_id: 60002, force: true }, jdoe)),
    );
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(new Set(replies.map(({ json: { message_id } }) => message_id)).size).toBe(5);
  });

  it('is refused for all but one of several at once', async () => {
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => server.post('builds', { errata_id: 60003 }, jdoe)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400, 400, 400, 400]);
  });

  it('of mia can be cancelled by mia', async () => {
    const { id } = (await server.post('builds', { errata_id: 60004 }, mia)).json;
    expect((await server.patch(id, { action: 'cancel' }, jdoe)).status).toBe(403);
    expect((await server.patch(id, { action: 'cancel' }, mia)).json).toMatchObject({ id, state_name: 'CANCELED' });
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
    const reply = await server.post('async-builds', body, anna);
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
    const published = await server.messagesOf(async () => {
      const reply = await server.post('async-builds', body, anna, 2);
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
    expect((await server.post('async-builds', body, anna)).status).toBe(200);
    expect((await server.post('async-builds', body, anna)).status).toBe(200);
  });
});
