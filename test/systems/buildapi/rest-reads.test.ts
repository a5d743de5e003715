import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMM_REVISION, INBOUND_REVISION, RECENT, RECENT_REVISION, TRY_REVISION } from './rest-fixture.js';
import { BuildapiServer } from './rest-support.js';

let server: BuildapiServer;

beforeAll(async () => {
  server = await BuildapiServer.start();
});

afterAll(() => server.close());

const MASTER = 'buildbot-master75.example.org:/builds/buildbot/try1/master';

const REQUEST = {
  request_id: 71123549,
  buildername: 'Linux x86-64 try build',
  branch: 'try',
  revision: TRY_REVISION,
  submittime: 1433164090,
  complete: 1,
  complete_at: 1433166610,
  priority: 0,
  claimed_at: 1433164404,
  reason: 'scheduler',
};

const BUILD = {
  build_id: 72398104,
  requests: [{ ...REQUEST, request_id: 71123550, submittime: 1433164100 }, REQUEST],
  buildnumber: 4372,
  buildername: 'Linux x86-64 try build',
  branch: 'try',
  revision: TRY_REVISION,
  starttime: 1433164406,
  endtime: 1433166609,
  status: 0,
  claimed_by_name: MASTER,
};

const failed = (msg: string) => ({ status: 'FAILED', msg });
const ids = (list: any[]): number[] => list.map((entry) => entry.build_id ?? entry.request_id);

/** All addresses under both names; the answers must agree. */
async function both(path: string): Promise<{ status: number; json: any }> {
  const [older, later] = await Promise.all([server.json(`/builds${path}`), server.json(`/self-serve${path}`)]);
  expect(later).toEqual(older);
  return older;
}

describe('GET branches', () => {
  it('is an object by name with the attributes as loaded', async () => {
    const { status, json } = await both('/branches');
    expect(status).toBe(200);
    expect(json.try).toEqual({ repo: 'https://hg.example.org/try', repo_type: 'hg', graph_branches: ['Try'] });
    expect(Object.keys(json).sort()).toEqual(['ash', 'comm-central', 'mozilla-inbound', 'try', 'try-comm-central']);
  });

  it.each(['constructor', '__proto__', 'tr', 'TRY', 'try%20', 't%25', 'tr_', '.*', `'`, '%00'])(
    'does not know the branch %s',
    async (name) => {
      const text = decodeURIComponent(name);
      expect(await both(`/${name}`)).toEqual({ status: 404, json: failed(`Branch ${text} not found`) });
    },
  );
});

describe('GET of a day', () => {
  it('has builds by start and pending requests by submission, in the order of the contract', async () => {
    const { status, json } = await both('/try?date=2015-06-01');
    expect(status).toBe(200);
    expect(ids(json)).toEqual([72398120, 72398112, 72398110, 72398105, 72398104, 71123555, 71123552]);
    expect(json[4]).toEqual(BUILD);
    expect(json.at(-1)).toEqual({
      ...REQUEST,
      request_id: 71123552,
      buildername: 'Windows XP try build',
      submittime: 1433164091,
      complete: 0,
      complete_at: null,
      priority: 3,
      claimed_at: 0,
    });
  });

  it('shows running builds with status null, and both attempts with the status of their request', async () => {
    const { json } = await both('/try?date=2015-6-1');
    const byId = new Map(json.map((entry: any) => [entry.build_id, entry]));
    expect(byId.get(72398110)).toMatchObject({ endtime: null, status: null, branch: 'try-linux64-opt-unittest' });
    expect(byId.get(72398105)).toMatchObject({ status: 1, buildnumber: 10, endtime: 1433165000 });
    expect(byId.get(72398112)).toMatchObject({ status: 1, buildnumber: 11, endtime: 1433166899 });
  });

  it('has what begins or ends with the branch', async () => {
    expect(ids((await both('/comm-central?date=2015-06-01')).json)).toEqual([72398120]);
    expect(ids((await both('/try-comm-central?date=2015-06-01')).json)).toEqual([72398120]);
  });

  it('is empty for a day without builds, and today when no date is given', async () => {
    expect(await both('/try?date=2015-06-02')).toEqual({ status: 200, json: [] });
    expect(await both('/try')).toEqual({ status: 200, json: [] });
    expect(await both('/try?date=')).toEqual({ status: 200, json: [] });
    for (const date of ['0001-01-01', '9999-12-31']) {
      expect(await both(`/try?date=${date}`)).toEqual({ status: 200, json: [] });
    }
  });

  it.each(['2015-06-31', 'yesterday', '20150601', '2015-06-01x', '2015-13-01', '2015-06', '0000-01-01'])(
    'refuses %s',
    async (date) => {
      expect(await both(`/try?date=${date}`)).toEqual({ status: 400, json: failed('Bad date') });
    },
  );

  it('looks at the branch before the date', async () => {
    expect((await both('/nope?date=x')).status).toBe(404);
  });
});

describe('GET of a build', () => {
  it('is one row with one request, which has its properties', async () => {
    const properties = { buildid: '20150601060810', scheduler: 'try-linux64' };
    expect(await both('/try/build/72398103')).toEqual({
      status: 200,
      json: { ...BUILD, build_id: 72398103, requests: [{ ...REQUEST, properties }] },
    });
  });

  it.each(['1', '71123549', 'abc', '-1', '%2B72398103', '99999999999999999999999999', '9007199254740991', '72398103x'])(
    'does not find %s',
    async (id) => {
      const text = decodeURIComponent(id);
      expect(await both(`/try/build/${id}`)).toEqual({
        status: 404,
        json: failed(`Build ${text} not found on branch try`),
      });
    },
  );

  it('is found on the branches of its request only', async () => {
    expect((await both('/comm-central/build/72398120')).status).toBe(200);
    expect(await both('/ash/build/72398120')).toEqual({
      status: 404,
      json: failed('Build 72398120 not found on branch ash'),
    });
  });
});

describe('GET of a request', () => {
  it('has properties and the ids of all attempts', async () => {
    expect((await both('/try/request/71123549')).json).toEqual({
      ...REQUEST,
      properties: { buildid: '20150601060810', scheduler: 'try-linux64' },
      build_ids: [72398103],
    });
    expect((await both('/try/request/71123554')).json).toMatchObject({ build_ids: [72398105, 72398112], complete: 1 });
  });

  it('finds what was cancelled while pending, which is in no list', async () => {
    expect((await both('/try/request/71123553')).json).toMatchObject({ complete: 1, claimed_at: 0, build_ids: [] });
  });

  it.each(['72398103', 'x', '99999999999999999999999999', '71123570'])('does not find %s', async (id) => {
    expect(await both(`/try/request/${id}`)).toEqual({
      status: 404,
      json: failed(`Request ${id} not found on branch try`),
    });
  });
});

describe('GET of a revision', () => {
  it('has all builds and pending requests of it', async () => {
    const { json } = await both(`/try/rev/${TRY_REVISION}`);
    expect(ids(json)).toEqual([72398112, 72398110, 72398105, 72398104, 71123555, 71123552]);
    expect(json[3]).toEqual(BUILD);
    expect(json.at(-1)).not.toHaveProperty('status');
    expect(json.at(-1)).not.toHaveProperty('requests');
  });

  it('compares the first twelve characters, or as many as there are', async () => {
    const whole = await both(`/try/rev/${TRY_REVISION}`);
    expect(await both(`/try/rev/${TRY_REVISION.slice(0, 12)}${'f'.repeat(28)}`)).toEqual(whole);
    expect(await both(`/try/rev/${TRY_REVISION.slice(0, 5)}`)).toEqual(whole);
  });

  it.each(['ffffffffffffffffffffffffffffffffffffffff', '%25', '_______', '0f1e2d3c4b5b', '%00', 'a%2Fb'])(
    'does not find %s, and says it as sent',
    async (revision) => {
      expect(await both(`/try/rev/${revision}`)).toEqual({
        status: 404,
        json: failed(`Revision ${decodeURIComponent(revision)} not found on branch try`),
      });
    },
  );

  it('tells whether it is done', async () => {
    const done = { stableDelay: 180, job_complete: true, job_passed: true };
    expect((await both(`/mozilla-inbound/rev/${INBOUND_REVISION}/is_done`)).json).toEqual(done);
    expect((await both(`/try/rev/${TRY_REVISION}/is_done?stableDelay=5`)).json).toEqual({
      stableDelay: 5,
      job_complete: false,
      job_passed: false,
    });
    expect((await both(`/try/rev/${COMM_REVISION}/is_done?stableDelay=x`)).json).toEqual({
      ...done,
      job_passed: false,
    });
    const late = `/try/rev/${COMM_REVISION}/is_done?stableDelay=99999999999999999999`;
    expect((await both(late)).json).toMatchObject({ job_complete: false });
    expect((await both('/try/rev/ffff/is_done')).json).toEqual(failed('Revision ffff not found on branch try'));
  });
});

describe('GET of builders and users', () => {
  it('names the builders of the last 60 days that contain the branch', async () => {
    expect(await both('/mozilla-inbound/builders')).toEqual({
      status: 200,
      json: ['Linux mozilla-inbound build', 'Windows mozilla-inbound build'],
    });
    expect((await both('/try/builders')).json).toEqual([]);
  });

  it('shows what an author pushed, each row once', async () => {
    const { json } = await both('/try/user/kim@example.org');
    expect(ids(json.builds)).toEqual([72398112, 72398105, 72398104]);
    expect(ids(json.running)).toEqual([72398110]);
    expect(ids(json.pending)).toEqual([71123555, 71123552]);
    expect(json.builds[2]).toEqual(BUILD);
    expect(ids((await both('/mozilla-inbound/user/alice')).json.builds)).toEqual([72398131, 72398130]);
  });

  it.each(['nobody', 'kim%25', 'KIM@example.org', '%00'])('has empty arrays for %s', async (name) => {
    expect((await both(`/try/user/${name}`)).json).toEqual({ builds: [], running: [], pending: [] });
  });
});

describe('GET of jobs', () => {
  const job5060 = {
    action: 'cancel_build',
    who: 'alice',
    when: 1433378820,
    completed_at: 1433378825,
    what: { bid: 72000173 },
    complete_data: { request_id: 5060, body: { errors: false, msg: 'Ok' } },
  };

  it('is the log by falling time, then falling id', async () => {
    const { json } = await both('/jobs');
    expect(json.map(({ action }: any) => action)).toEqual(['rebuild_request', 'reprioritize', 'cancel_build']);
    expect(json[2]).toEqual(job5060);
    expect(json[1]).toMatchObject({ completed_at: null, complete_data: null });
  });

  it.each([
    ['num=1', 1],
    ['num=1&offset=2', 1],
    ['num=0', 0],
    ['offset=3', 0],
    ['num=99999999999999999999', 3],
    ['offset=99999999999999999999', 0],
    ['num=1&offset=x', 3],
    ['num=x&offset=2', 3],
    ['num=-1', 3],
    ['num=&offset=1', 3],
    ['num=1&offset=', 3],
    ['num=3&num=2', 2],
    ['num=1.5', 3],
    ['num=%201%20', 1],
    ['num=%2B1', 1],
    ['num=0x1', 3],
  ])('with %s has %i', async (query, count) => {
    expect((await both(`/jobs?${query}`)).json).toHaveLength(count);
  });

  it('has each job under two addresses', async () => {
    expect(await both('/jobs/5060')).toEqual({ status: 200, json: job5060 });
    expect(await both('/job_status/5060')).toEqual({ status: 200, json: job5060 });
  });

  it.each(['1', 'abc', '-1', '99999999999999999999999999', '%00'])('does not find %s', async (id) => {
    const answer = { status: 404, json: failed(`Job ${decodeURIComponent(id)} not found`) };
    expect(await both(`/jobs/${id}`)).toEqual(answer);
    expect(await both(`/job_status/${id}`)).toEqual(answer);
  });
});

describe('the overviews', () => {
  const json = async (path: string) => (await server.html(`${path}${path.includes('?') ? '&' : '?'}format=json`)).json;

  it('/pending is nested by short branch and revision', async () => {
    const { pending } = await json('/pending');
    expect(Object.keys(pending).sort()).toEqual(['Unknown', 'mozilla-inbound', 'try']);
    expect(pending.Unknown).toEqual({
      Unknown: [{ id: 71123570, buildername: 'Lost builder', submitted_at: 1433164600 }],
    });
    expect(pending.try[TRY_REVISION].map(({ id }: any) => id)).toEqual([71123552, 71123555]);
    expect(pending['mozilla-inbound'][RECENT_REVISION]).toEqual([
      { id: 71123591, buildername: 'Windows mozilla-inbound build', submitted_at: RECENT + 1 },
    ]);
  });

  it('/pending takes a part of the branch from the path, else from the query, and ignores the platform', async () => {
    for (const path of ['/pending/inbound', '/pending?branch=inbound&branch=x', '/pending/inbound/linux?branch=try']) {
      expect(Object.keys((await json(path)).pending)).toEqual(['mozilla-inbound']);
    }
    expect(await json('/pending/nowhere')).toEqual({ pending: {} });
  });

  it('/running shows one row for each physical build', async () => {
    const { running } = await json('/running/try');
    expect(running).toEqual({
      try: {
        [TRY_REVISION]: [
          {
            buildername: 'Linux x86-64 try opt test mochitest-1',
            last_heartbeat: 1433166700,
            claimed_by_name: MASTER,
            start_time: 1433166702,
            number: 7,
            id: 72398110,
            revision: TRY_REVISION,
            request_ids: [71123551],
            submitted_at: 1433166620,
          },
        ],
      },
    });
    expect(Object.keys((await json('/running')).running).sort()).toEqual(['mozilla-inbound', 'try']);
  });

  it('/revision has one row for each request and build', async () => {
    const answer = await json(`/revision/try/${TRY_REVISION.slice(0, 8)}`);
    expect(answer).toMatchObject({ branch: 'try', revision: TRY_REVISION.slice(0, 8) });
    expect(Object.keys(answer.pending)).toEqual(['try']);
    const rows = answer.all.try[TRY_REVISION];
    expect(rows.map(({ id, number }: any) => [id, number])).toEqual([
      [71123549, 4372],
      [71123550, 4372],
      [71123551, 7],
      [71123552, null],
      [71123553, null],
      [71123554, 10],
      [71123554, 11],
      [71123555, null],
    ]);
    expect(rows[4]).toEqual({
      id: 71123553,
      buildsetid: null,
      buildername: 'Windows 8 try build',
      submitted_at: 1433164092,
      claimed_at: 0,
      claimed_by_name: null,
      start_time: null,
      finish_time: null,
      number: null,
      results: 2,
    });
  });

  it('/recent lists ended builds, of machines by the beginning of their name or by the whole', async () => {
    const all = await json('/recent');
    expect(all.map(({ id }: any) => id)).toEqual([
      72398131, 72398130, 72398120, 72398112, 72398105, 72398104, 72398103,
    ]);
    expect(all[6]).toEqual({
      id: 72398103,
      buildname: 'Linux x86-64 try build',
      buildername: 'Linux x86-64 try build',
      buildnumber: 4372,
      starttime: 1433164406,
      endtime: 1433166609,
      result: 0,
      slavename: 'bld-linux64-001',
      master: MASTER,
    });
    expect((await json('/recent?numbuilds=2')).length).toBe(2);
    expect((await json('/recent/bld-android-001')).length).toBe(2);
    expect((await json('/recent?slave=bld-android-001&greedy=false')).length).toBe(1);
  });

  it('/pushes counts revisions per author', async () => {
    expect(await json('/pushes')).toEqual({ 'kim@example.org': 2, 'lee@example.org': 1, alice: 1, TOTAL: 4 });
    expect(await json('/pushes/inbound')).toEqual({ alice: 1, TOTAL: 1 });
    expect(await json('/pushes?fromtime=1433164500&totime=1433164500')).toEqual({ 'lee@example.org': 1, TOTAL: 1 });
    expect(await json('/pushes/try/today')).toEqual({ TOTAL: 0 });
    expect(await json('/pushes?fromtime=-99999999999999999999')).toMatchObject({ TOTAL: 4 });
    expect(await json('/pushes?fromtime=x')).toEqual(failed('Bad fromtime'));
  });

  it.each(['/pending', '/running', '/revision/try/0f', '/recent', '/pushes'])(
    '%s looks at format alone',
    async (path) => {
      expect((await server.get(path)).headers['content-type']).toBe('text/html; charset=utf-8');
      expect((await server.get(`${path}?format=html`)).status).toBe(200);
      const { status, text } = await server.get(`${path}?format=%3Cxml`);
      expect(status).toBe(400);
      expect(text).toContain('Unsupported format: &lt;xml');
    },
  );
});
