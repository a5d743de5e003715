import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT } from './fixture.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let http: HttpClient;

beforeAll(async () => {
  server = await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT } });
  http = new HttpClient(server.url);
});

afterAll(() => server.close());

const get = (path: string) => http.get(`/freshmaker${path}`);
const json = async (path: string) => (await get(path)).json;
const notFound = (message: string) => ({ status: 404, error: 'Not Found', message });

const NO_SUCH_URL =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';

const EVENT_TYPES = [
  'MBSModuleStateChangeEvent',
  'GitModuleMetadataChangeEvent',
  'GitRPMSpecChangeEvent',
  'TestingEvent',
  'GitDockerfileChangeEvent',
  'BodhiUpdateCompleteStableEvent',
  'KojiTaskStateChangeEvent',
  'BrewSignRPMEvent',
  'ErrataRPMAdvisoryShippedEvent',
  'BrewContainerTaskStateChangeEvent',
  'ErrataAdvisoryStateChangedEvent',
  'FreshmakerManualRebuildEvent',
  'ODCSComposeStateChangeEvent',
  'ManualRebuildWithAdvisoryEvent',
  'FreshmakerAsyncManualBuildEvent',
  'BotasErrataShippedEvent',
  'ManualBundleRebuildEvent',
  'FlatpakModuleAdvisoryReadyEvent',
  'FlatpakApplicationManualBuildEvent',
];

describe.each(['1', '2'])('the tables of API version %s', (version) => {
  it.each([
    ['event-types', EVENT_TYPES],
    ['build-types', ['RPM', 'IMAGE', 'MODULE', 'IMAGE_REPOSITORY']],
    ['build-states', ['BUILD', 'DONE', 'FAILED', 'CANCELED', 'PLANNED']],
  ])('list %s ascending without meta, and answer each bare', async (path, names) => {
    const items = names.map((name, id) => ({ id, name }));
    const reply = await get(`/api/${version}/${path}/`);
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toMatch(/^application\/json\b/);
    expect(reply.json).toEqual({ items });
    for (const item of items) expect(await json(`/api/${version}/${path}/${item.id}`)).toEqual(item);
  });

  it.each([
    ['event-types/19', 'No such event type found.'],
    ['build-types/4', 'No such build type found.'],
    ['build-states/5', 'No such build state found.'],
    ['build-states/99999999999999999999999', 'No such build state found.'],
  ])('have no %s', async (path, message) => {
    const reply = await get(`/api/${version}/${path}`);
    expect(reply.status).toBe(404);
    expect(reply.json).toEqual(notFound(message));
  });
});

const BUILD_16 = {
  build_args: { arches: 'x86_64', retry_count: 0, target: 'rhel-8' },
  build_id: 7016,
  dep_on: 'base-container',
  dep_on_id: 15,
  event_id: 4,
  id: 16,
  name: 'web-container',
  odcs_composes: [31, 30],
  original_nvr: 'web-container-1.0-7',
  rebuild_reason: 'directly_affected',
  rebuilt_nvr: 'web-container-1.0-7.1564641046',
  state: 0,
  state_name: 'BUILD',
  state_reason: 'Building container image in Koji.',
  time_completed: null,
  time_submitted: '2019-08-01T07:16:02Z',
  type: 1,
  type_name: 'IMAGE',
  url: '/freshmaker/api/1/builds/16',
};

const EVENT_4 = {
  depending_events: [12],
  depends_on_events: [2, 1],
  dry_run: false,
  event_type_id: 13,
  id: 4,
  message_id: 'manual_rebuild_1564641046.52',
  requested_rebuilds: ['web-container-1.0-7'],
  requester: 'jdoe',
  requester_metadata: { a: { b: null, z: 1 }, ticket: 'T-1' },
  search_key: '41004',
  state: 1,
  state_name: 'BUILDING',
  state_reason: 'Advisory 41004: Rebuilding 6 container images.',
  time_created: '2019-08-01T06:04:46Z',
  time_done: null,
  url: '/freshmaker/api/1/events/4',
};

describe('an event', () => {
  it('is shown in version 1 with whole builds, ascending', async () => {
    const { builds, ...event } = await json('/api/1/events/4');
    expect(event).toEqual(EVENT_4);
    expect(builds.map(({ id }: { id: number }) => id)).toEqual([15, 16, 17, 18, 19, 20]);
    expect(builds[1]).toEqual(BUILD_16);
  });

  it('is shown in version 2 with the counts of the states that occur, and the url of version 1', async () => {
    expect(await json('/api/2/events/4')).toEqual({
      ...EVENT_4,
      builds_summary: { total: 6, BUILD: 1, CANCELED: 1, DONE: 1, FAILED: 1, PLANNED: 2 },
    });
    expect((await json('/api/2/events/3'))['builds_summary']).toEqual({ total: 0 });
  });

  it('is written with keys in alphabetical order and a newline at the end', async () => {
    const { text } = await get('/api/2/events/4');
    expect(text).toBe(
      `${JSON.stringify({
        builds_summary: { BUILD: 1, CANCELED: 1, DONE: 1, FAILED: 1, PLANNED: 2, total: 6 },
        ...EVENT_4,
      })}\n`,
    );
  });

  it('has an empty list for no builds', async () => {
    expect((await json('/api/1/events/3')).builds).toEqual([]);
  });

  it('keeps missing times and an unknown dry_run as null', async () => {
    expect(await json('/api/2/events/3')).toMatchObject({
      time_created: null,
      time_done: null,
      dry_run: null,
      requester: null,
    });
  });

  it('keeps the number of an event type outside of the table', async () => {
    expect((await json('/api/1/events/7')).event_type_id).toBe(99);
  });

  it.each([
    [5, 0, 'INITIALIZED'],
    [4, 1, 'BUILDING'],
    [1, 2, 'COMPLETE'],
    [2, 3, 'FAILED'],
    [3, 4, 'SKIPPED'],
    [6, 5, 'CANCELED'],
  ])('%i has state %i %s', async (id, state, state_name) => {
    expect(await json(`/api/1/events/${id}`)).toMatchObject({ id, state, state_name });
  });

  it('has the path of a host root on the virtual host', async () => {
    const { json: event } = await http.get('/api/2/events/4', { host: 'freshmaker.localhost' });
    expect(event.url).toBe('/api/1/events/4');
    const { json: full } = await http.get('/api/1/events/4', { host: 'freshmaker.localhost' });
    expect(full.builds[1].url).toBe('/api/1/builds/16');
  });

  it('chooses the form by exactly one exact True or False', async () => {
    const form = async (path: string) => ('builds' in (await json(path)) ? 'full' : 'min');
    expect(await form('/api/1/events/4?show_full_json=False')).toBe('min');
    expect(await form('/api/2/events/4?show_full_json=True')).toBe('full');
    expect((await json('/api/2/events/4?show_full_json=True')).builds_summary).toBeUndefined();
    for (const ignored of [
      'true',
      'false',
      '0',
      '',
      'TRUE',
      'False&show_full_json=False',
      'True&show_full_json=False',
    ]) {
      expect(await form(`/api/1/events/4?show_full_json=${ignored}`)).toBe('full');
      expect(await form(`/api/2/events/4?show_full_json=${ignored}`)).toBe('min');
    }
    expect(await form('/api/2/events/4?x=/api/1/')).toBe('min');
  });
});

describe('an artifact build', () => {
  it('is the same in both versions', async () => {
    expect(await json('/api/1/builds/16')).toEqual(BUILD_16);
    expect(await json('/api/2/builds/16')).toEqual(BUILD_16);
  });

  it.each([
    [16, 0, 'BUILD', 1, 'IMAGE'],
    [11, 1, 'DONE', 1, 'IMAGE'],
    [19, 2, 'FAILED', 0, 'RPM'],
    [20, 3, 'CANCELED', 3, 'IMAGE_REPOSITORY'],
    [18, 4, 'PLANNED', 1, 'IMAGE'],
    [14, 2, 'FAILED', 2, 'MODULE'],
  ])('%i has state %i %s and type %i %s', async (id, state, state_name, type, type_name) => {
    expect(await json(`/api/1/builds/${id}`)).toMatchObject({ id, state, state_name, type, type_name });
  });

  it('keeps what is missing as null and a negative build_id', async () => {
    expect(await json('/api/1/builds/18')).toMatchObject({
      build_id: null,
      dep_on: null,
      dep_on_id: null,
      rebuilt_nvr: null,
      state_reason: null,
      time_completed: null,
      build_args: {},
      odcs_composes: [],
    });
    expect((await json('/api/1/builds/22')).build_id).toBe(-1);
  });
});

describe('ids', () => {
  it.each([
    ['events/18000', 'No such event found.'],
    ['events/0', 'No such event found.'],
    ['events/9223372036854775808', 'No such event found.'],
    ['events/99999999999999999999999999', 'No such event found.'],
    ['builds/18000', 'No such build found.'],
    ['builds/99999999999999999999999999', 'No such build found.'],
    ['pullspec_overrides/18000', 'No such bundle build'],
  ])('%s is unknown', async (path, message) => {
    for (const version of ['1', '2']) {
      const reply = await get(`/api/${version}/${path}`);
      expect(reply.status).toBe(404);
      expect(reply.json).toEqual(notFound(message));
    }
  });

  it.each(['-1', '1.5', 'abc', '12abc', '%201', '1%20', '+1', '1e1', '4/', '%D9%A1', '4%00'])(
    '%s is no id: the URI is unknown',
    async (id) => {
      for (const path of ['events', 'builds', 'event-types', 'pullspec_overrides']) {
        expect((await get(`/api/1/${path}/${id}`)).json).toEqual(notFound(NO_SUCH_URL));
      }
    },
  );

  it('may have zeros in front', async () => {
    expect((await json('/api/1/events/004')).id).toBe(4);
    expect((await json('/api/1/builds/0016')).id).toBe(16);
    expect((await json('/api/1/event-types/010')).id).toBe(10);
  });
});

describe('about', () => {
  it('tells version and authentication backend, nothing else', async () => {
    const body = { auth_backend: 'openidc', version: expect.any(String) };
    expect(await json('/api/1/about/')).toEqual(body);
    expect(await json('/api/2/about/')).toEqual(body);
  });
});

describe('pullspec_overrides', () => {
  it('answers the stored object, or null', async () => {
    expect(await json('/api/1/pullspec_overrides/22')).toEqual({ pullspecs: [{ new: 'b', old: 'a' }] });
    const reply = await get('/api/2/pullspec_overrides/21');
    expect(reply).toMatchObject({ status: 200, text: 'null\n' });
  });
});

describe('metrics', () => {
  it('are Prometheus text, under version 1 only', async () => {
    await get('/api/1/events/4');
    await get('/api/2/builds/');
    const reply = await get('/api/1/monitor/metrics');
    expect(reply.status).toBe(200);
    expect(reply.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    for (const name of [
      ...['rx', 'rx_ignored', 'rx_processed_ok', 'rx_failed', 'tx_to_send', 'tx_sent_ok', 'tx_failed'].map(
        (name) => `messaging_${name}_total`,
      ),
      ...['engine_connect', 'handle_error', 'transaction_rollback'].map((name) => `db_${name}_total`),
      ...['done', 'failed', 'canceled'].map((name) => `freshmaker_artifact_build_${name}_total`),
      ...['complete', 'failed', 'skipped', 'canceled'].map((name) => `freshmaker_event_${name}_total`),
      'build_api_latency_count',
      'event_api_latency_count',
      'event_api_latency_bucket',
    ]) {
      expect(reply.text).toMatch(new RegExp(`^${name}[ {]`, 'm'));
    }
    expect(reply.text).not.toMatch(/^(build|event)_api_latency_count 0$/m);
    expect((await get('/api/2/monitor/metrics')).status).toBe(404);
    expect((await get('/api/1/monitor/metrics/')).status).toBe(404);
  });
});
