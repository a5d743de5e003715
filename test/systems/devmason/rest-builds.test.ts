import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { basic, BUILD, DevmasonServer, GENIE, JAFAR, NOBODY, UNREADABLE, WAYS, WRONG } from './rest-support.js';

const GET = ['GET'];

describe.each(WAYS)('builds $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    await server.project('lamp-shop', GENIE, 'Lamp Shop');
    await server.project('carpet', NOBODY);
  });
  afterAll(() => server.close());

  /** A build as the contract shows one, section 4.4. */
  const REPORTED = {
    success: true,
    started: 'Tue, 20 Oct 2009 10:20:00 -0500',
    finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
    tags: ['py2.6', 'nightly', ' nightly ', '', 'a/b, two words'],
    client: {
      host: 'worker3.example.org',
      user: 'http://x.example.org/',
      arch: 'linux-x86_64',
      revision: '9f8e7d',
      cores: 4,
    },
    results: [
      {
        success: false,
        started: '2009-10-20T15:20:20',
        finished: '2009-10-20T17:20:30.5+0200',
        name: 'test',
        errout: null,
      },
      {
        success: 1,
        started: 'Tue, 20 Oct 2009 10:20:00 -0500',
        finished: 'Tue, 20 Oct 2009 10:20:30 -0500',
        name: 'checkout',
        output: 'ok',
        errout: '\0\ud800',
        command: 'git pull',
        id: null,
        links: [{ deep: {} }],
        '': 0,
      },
      { success: true, name: 'last' },
    ],
    links: [],
    id: 5,
    revision: 'dropped',
    incremental: 'yes',
  };
  const tag = (name: string) => ({ rel: 'tag', href: `${server.base}/lamp-shop/tags/${name}`, allowed_methods: GET });
  const SHOWN = () => ({
    success: true,
    started: 'Tue, 20 Oct 2009 10:20:00 -0500',
    finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
    tags: ['a/b', 'nightly', 'py2.6', 'two words'],
    client: REPORTED.client,
    results: [
      {
        success: true,
        started: 'Tue, 20 Oct 2009 10:20:00 -0500',
        finished: 'Tue, 20 Oct 2009 10:20:30 -0500',
        name: 'checkout',
        output: 'ok',
        errout: '\0\ud800',
        command: 'git pull',
        id: null,
        links: [{ deep: {} }],
        '': 0,
      },
      {
        success: true,
        started: 'Tue, 20 Oct 2009 10:20:00 -0500',
        finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
        name: 'last',
        output: '',
        errout: '',
      },
      {
        success: false,
        started: 'Tue, 20 Oct 2009 15:20:20 +0000',
        finished: 'Tue, 20 Oct 2009 17:20:30 +0200',
        name: 'test',
        output: '',
        errout: '',
      },
    ],
    links: [
      { rel: 'self', href: `${server.base}/lamp-shop/builds/shown`, allowed_methods: GET },
      { rel: 'project', href: `${server.base}/lamp-shop`, allowed_methods: GET },
      tag('a%2Fb'),
      tag('nightly'),
      tag('py2.6'),
      tag('two%20words'),
    ],
  });

  it('are shown as they were reported, with the offsets of their times, steps by the instant of their start', async () => {
    const reported = await server.put('/lamp-shop/builds/shown', REPORTED, JAFAR);
    expect([reported.status, reported.text]).toEqual([201, '']);
    expect(reported.headers.location).toBe(`${server.base}/lamp-shop/builds/shown`);
    const { status, headers, json } = await server.get('/lamp-shop/builds/shown');
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    expect(json).toEqual(SHOWN());
  });

  it('keep every key and number of client and steps exactly', async () => {
    const client =
      '{"host":"h","arch":"a","__proto__":{"x":1},"big":12345678901234567890,"small":1.10e-400,"user":null}';
    const step = '{"success":true,"name":"s","__proto__":[0.1000000000000000055511151231257827]}';
    await server.put('/lamp-shop/builds/exact', `{"success":true,"client":${client},"results":[${step}]}`, GENIE);
    const { text } = await server.get('/lamp-shop/builds/exact');
    expect(text).toContain('"__proto__":{"x":1},"big":12345678901234567890,"small":1.10e-400');
    expect(text).toContain('"user":"genie"');
    expect(text).toContain('"__proto__":[0.1000000000000000055511151231257827]');
  });

  it('have the user name of the credentials as client.user when it was not sent, else what was sent', async () => {
    const shown = async (user: unknown, headers: object) => {
      const id = await server.build('lamp-shop', { client: { ...BUILD.client, user } }, headers);
      return (await server.get(`/lamp-shop/builds/${id}`)).json.client.user;
    };
    expect(await shown(undefined, JAFAR)).toBe('jafar');
    expect(await shown(null, JAFAR)).toBe('jafar');
    expect(await shown(undefined, NOBODY)).toBe('');
    expect(await shown('genie', JAFAR)).toBe('genie');
    expect(await shown('', JAFAR)).toBe('');
    expect(await shown({ name: 5 }, JAFAR)).toEqual({ name: 5 });
  });

  it('take the time of receipt in UTC for times that are missing', async () => {
    const before = Math.floor(Date.now() / 1000) * 1000;
    const id = await server.build('lamp-shop', { started: null, finished: '', results: [{ name: '', success: true }] });
    const { started, finished, results } = (await server.get(`/lamp-shop/builds/${id}`)).json;
    for (const text of [started, finished, results[0].started, results[0].finished]) {
      expect(text).toMatch(/^[A-Z][a-z]{2}, [1-9]\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/);
      expect(Date.parse(text)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(text)).toBeLessThanOrEqual(Date.now());
    }
  });

  it('take a single text for an array of one tag', async () => {
    const id = await server.build('lamp-shop', { tags: 'b,a' });
    expect((await server.get(`/lamp-shop/builds/${id}`)).json.tags).toEqual(['a', 'b']);
  });

  it('get ids from one counter over all projects, which skips those that are taken', async () => {
    const first = Number(await server.build('lamp-shop'));
    expect(Number(await server.build('carpet'))).toBe(first + 1);
    await server.build('carpet', {}, NOBODY, String(first + 2));
    await server.build('carpet', {}, NOBODY, String(first + 3));
    await server.build('lamp-shop', {}, NOBODY, String(first + 3));
    expect(Number(await server.build('carpet'))).toBe(first + 4);
    expect(Number(await server.build('lamp-shop'))).toBe(first + 5);
  });

  it('may not be updated: a taken id is 403 for everyone, before the fields are looked at', async () => {
    await server.build('lamp-shop', { tags: ['kept'] }, JAFAR, 'taken');
    for (const headers of [NOBODY, GENIE, JAFAR]) {
      for (const body of [BUILD, {}, { ...BUILD, incremental: true }]) {
        const { status, text } = await server.put('/lamp-shop/builds/taken', body, headers);
        expect([status, text]).toEqual([403, '']);
      }
    }
    expect((await server.get('/lamp-shop/builds/taken')).json.tags).toEqual(['kept']);
  });

  it('reported under one id at once are stored once: 201, 403', async () => {
    const replies = await Promise.all([1, 2, 3].map(() => server.put('/lamp-shop/builds/race', BUILD)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 403, 403]);
  });

  it('store nothing when a step is bad', async () => {
    const results = [{ success: true, name: 'good' }, { success: true }];
    const { status, text } = await server.put(
      '/lamp-shop/builds/bad',
      { ...BUILD, tags: ['half'], results },
      basic('x', 'y'),
    );
    expect([status, text]).toEqual([400, "'name'"]);
    expect((await server.get('/lamp-shop/builds/bad')).status).toBe(404);
    expect((await server.get('/lamp-shop/tags/half')).status).toBe(404);
    expect((await server.get('/users/x')).status).toBe(404);
  });

  it('refuse what cannot be stored with 400', async () => {
    for (const build of [{ tags: ['a\0'] }, { tags: '\ud800' }, { results: [{ success: true, name: '\0' }] }]) {
      const { status, text } = await server.post('/lamp-shop/builds', { ...BUILD, ...build });
      expect([status, text]).toEqual([400, 'Bad Request']);
    }
  });

  it('are reported of projects that exist: 404 before the fields are looked at', async () => {
    for (const headers of [NOBODY, GENIE]) {
      expect((await server.post('/none-such/builds', {}, headers)).status).toBe(404);
      expect((await server.put('/none-such/builds/1', {}, headers)).status).toBe(404);
    }
  });

  it('are deleted by their reporter and the owner of the project: 204', async () => {
    for (const headers of [GENIE, JAFAR]) {
      await server.build('lamp-shop', { tags: ['gone'] }, JAFAR, 'doomed');
      const { status, text } = await server.delete('/lamp-shop/builds/doomed', headers);
      expect([status, text]).toEqual([204, '']);
      expect((await server.get('/lamp-shop/builds/doomed')).status).toBe(404);
      expect((await server.get('/lamp-shop/tags/gone')).status).toBe(404);
    }
  });

  it('are deleted by nobody else: 401 without credentials, then 404, then 403', async () => {
    await server.build('lamp-shop', { client: { ...BUILD.client, user: 'aladdin' } }, JAFAR, 'stays');
    await server.build('carpet', {}, NOBODY, 'nobodys');
    const refusals = [
      ['/lamp-shop/builds/stays', NOBODY, 401],
      ['/lamp-shop/builds/none-such', NOBODY, 401],
      ['/lamp-shop/builds/none-such', JAFAR, 404],
      ['/none-such/builds/1', JAFAR, 404],
      ['/lamp-shop/builds/stays', basic('aladdin', 'x'), 403],
      ['/lamp-shop/builds/stays', WRONG, 403],
      ['/lamp-shop/builds/stays', UNREADABLE, 401],
      ['/carpet/builds/nobodys', GENIE, 403],
    ] as const;
    for (const [path, headers, expected] of refusals) {
      expect([path, (await server.delete(path, headers)).status]).toEqual([path, expected]);
    }
    expect((await server.get('/lamp-shop/builds/stays')).status).toBe(200);
    expect((await server.get('/users/aladdin')).status).toBe(404);
  });
});

describe('builds in progress', () => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start();
    await server.project('lamp-shop', GENIE);
    await server.build('lamp-shop', {}, JAFAR);
  });
  afterAll(() => server.close());

  const STEP = { name: 's', success: true };

  it('start with 201 and the address of their progress, have neither success nor end, and are 200 without content', async () => {
    const body = {
      incremental: true,
      client: BUILD.client,
      started: '2010-08-07T12:03:09',
      tags: 'x',
      success: 5,
      results: 5,
    };
    const started = await server.put('/lamp-shop/builds/open', body, JAFAR);
    const address = `${server.base}/lamp-shop/builds/open`;
    expect([started.status, started.text, started.headers.location]).toEqual([201, '', `${address}/progress`]);
    const posted = await server.post('/lamp-shop/builds', body);
    expect(posted.headers.location).toMatch(/\/lamp-shop\/builds\/\d+\/progress$/);
    expect((await server.get('/lamp-shop/builds/open')).json).toMatchObject({
      success: null,
      started: 'Sat, 7 Aug 2010 12:03:09 +0000',
      finished: null,
      tags: ['x'],
      client: { ...BUILD.client, user: 'jafar' },
      results: [],
    });
    const { status, text, headers } = await server.get('/lamp-shop/builds/open/progress');
    expect([status, text, headers['content-length']]).toEqual([200, '', '0']);
  });

  it('take steps, which are seen at once, until they are finished: 204 with the address of the build', async () => {
    const id = await server.start('lamp-shop', {}, JAFAR);
    const path = `/lamp-shop/builds/${id}/progress`;
    const first = {
      ...STEP,
      finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
      started: 'Tue, 20 Oct 2009 10:20:00 -0500',
      x: 1,
    };
    const second = { ...STEP, name: 't', success: 0, finished: '2009-10-20T15:21:00', started: '2009-10-20T15:00:00' };
    for (const step of [first, second]) {
      const { status, text, headers } = await server.post(path, step, JAFAR);
      expect([status, text, headers.location]).toEqual([204, '', `${server.base}/lamp-shop/builds/${id}`]);
    }
    const { results } = (await server.get(`/lamp-shop/builds/${id}`)).json;
    expect(results.map(({ name }: { name: string }) => name)).toEqual(['t', 's']);
    const { status, text, headers } = await server.delete(path, JAFAR);
    expect([status, text, headers.location]).toEqual([204, '', `${server.base}/lamp-shop/builds/${id}`]);
    expect((await server.get(`/lamp-shop/builds/${id}`)).json).toMatchObject({
      success: false,
      finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
    });
  });

  it('succeed when they have steps and all of them did; without steps they end now', async () => {
    const finished = async (...successes: boolean[]) => {
      const id = await server.start('lamp-shop');
      const path = `/lamp-shop/builds/${id}`;
      for (const success of successes) await server.post(`${path}/progress`, { ...STEP, success });
      await server.delete(`${path}/progress`);
      return (await server.get(path)).json;
    };
    expect((await finished(true, true)).success).toBe(true);
    expect((await finished(true, false)).success).toBe(false);
    const empty = await finished();
    expect(empty.success).toBe(false);
    expect(empty.finished).toMatch(/ \+0000$/);
  });

  it('that are over, or never were incremental, are 410 for every method; deleted ones 404', async () => {
    const over = await server.start('lamp-shop', {}, GENIE);
    await server.delete(`/lamp-shop/builds/${over}/progress`, GENIE);
    await server.build('lamp-shop', {}, GENIE, 'whole');
    for (const id of [over, 'whole']) {
      for (const headers of [NOBODY, GENIE, JAFAR]) {
        for (const method of ['GET', 'POST', 'DELETE', 'OPTIONS', 'HEAD']) {
          const body = method === 'POST' ? { body: '{}' } : {};
          const json = { 'Content-Type': 'application/json', ...headers };
          const path = `/lamp-shop/builds/${id}/progress`;
          const { status, text } = await server.send(method, path, { headers: json, ...body });
          expect([method, status, text]).toEqual([method, 410, method === 'HEAD' ? '' : 'Gone']);
        }
      }
    }
    const deleted = await server.start('lamp-shop', {}, GENIE);
    await server.delete(`/lamp-shop/builds/${deleted}`, GENIE);
    expect((await server.get(`/lamp-shop/builds/${deleted}/progress`)).text).toBe('Not Found');
    expect((await server.post(`/lamp-shop/builds/${deleted}/progress`, STEP, GENIE)).status).toBe(404);
    expect((await server.get('/none-such/builds/1/progress')).status).toBe(404);
  });

  it('started by nobody are continued by anybody', async () => {
    const id = await server.start('lamp-shop');
    const path = `/lamp-shop/builds/${id}/progress`;
    const stranger = basic('stranger', 'x');
    expect((await server.post(path, STEP, stranger)).status).toBe(204);
    expect((await server.post(path, STEP, WRONG)).status).toBe(403);
    expect((await server.post(path, STEP, UNREADABLE)).status).toBe(401);
    expect((await server.delete(path, stranger)).status).toBe(204);
    expect((await server.get('/users/stranger')).status).toBe(404);
  });

  it('started by somebody are continued by them and the owner of the project: others get 403, nobody 401', async () => {
    const id = await server.start('lamp-shop', {}, JAFAR);
    const path = `/lamp-shop/builds/${id}/progress`;
    const stranger = basic('stranger', 'x');
    for (const body of [STEP, {}]) {
      expect((await server.post(path, body, stranger)).status).toBe(403);
      const { status, text, headers } = await server.post(path, body);
      expect([status, text, headers['www-authenticate']]).toEqual([401, '', 'Basic realm="pony"']);
    }
    expect((await server.delete(path, stranger)).status).toBe(403);
    expect((await server.delete(path)).status).toBe(401);
    expect((await server.post(path, STEP, GENIE)).status).toBe(204);
    expect((await server.post(path, STEP, JAFAR)).status).toBe(204);
    expect((await server.delete(path, GENIE)).status).toBe(204);
  });

  it('refuse bad steps with 400', async () => {
    const id = await server.start('lamp-shop');
    const path = `/lamp-shop/builds/${id}/progress`;
    const refusals = [
      [5, 'Bad Request'],
      [{}, "'success'"],
      [{ success: true, started: 'x' }, 'unknown string format'],
      [{ success: true }, "'name'"],
      [{ ...STEP, output: 5 }, 'Bad Request'],
    ] as const;
    for (const [body, expected] of refusals) {
      const { status, text } = await server.post(path, JSON.stringify(body));
      expect([status, text]).toEqual([400, expected]);
    }
    expect((await server.get(`/lamp-shop/builds/${id}`)).json.results).toEqual([]);
  });
});
