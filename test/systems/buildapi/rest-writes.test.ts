import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INBOUND_REVISION, TRY_REVISION } from './rest-fixture.js';
import { BuildapiServer, basic } from './rest-support.js';

let server: BuildapiServer;

beforeAll(async () => {
  server = await BuildapiServer.start();
});

afterAll(() => server.close());

const failed = (msg: string) => ({ status: 'FAILED', msg });
const HUGE = '99999999999999999999999999';
const PENDING = '/builds/try/request/71123552';

describe('an accepted write', () => {
  it('answers 202 with the id of the job, which is logged with who, when and what', async () => {
    const before = Math.floor(Date.now() / 1000);
    const { status, json, headers } = await server.write('PUT', PENDING, { form: 'priority=5' });
    expect([status, Object.keys(json)]).toEqual([202, ['status', 'request_id']]);
    expect(json.status).toBe('OK');
    expect(json.request_id).toBeGreaterThan(5062);
    expect(headers['content-type']).toBe('application/json');
    const job = await server.json(`/self-serve/jobs/${json.request_id}`);
    expect(job.json).toEqual({
      action: 'reprioritize',
      who: 'alice',
      when: expect.any(Number),
      completed_at: null,
      what: { brid: 71123552, priority: 5 },
      complete_data: null,
    });
    expect(job.json.when).toBeGreaterThanOrEqual(before);
  });

  it.each([
    ['DELETE', '/try/request/71123552', undefined, 'cancel_request', { brid: 71123552 }],
    ['DELETE', '/try/request/71123549', undefined, 'cancel_request', { brid: 71123549 }],
    ['DELETE', '/try/build/72398103', undefined, 'cancel_build', { bid: 72398103 }],
    ['DELETE', '/try/build/%20%2B072398110', undefined, 'cancel_build', { bid: 72398110 }],
    ['DELETE', `/try/rev/${TRY_REVISION}`, undefined, 'cancel_revision', { branch: 'try', revision: '0f1e2d3c4b5a' }],
    ['DELETE', '/try/rev/nonsense', undefined, 'cancel_revision', { branch: 'try', revision: 'nonsense' }],
    ['POST', '/try/build', 'build_id=72398103', 'rebuild_build', { bid: 72398103, priority: 0, count: 1 }],
    [
      'POST',
      '/try/build',
      'build_id=007&build_id=72398103&priority=-7&count=1000',
      'rebuild_build',
      { bid: 72398103, priority: -7, count: 1000 },
    ],
    [
      'POST',
      '/try/request',
      'request_id=71123552&priority=&count=',
      'rebuild_request',
      { brid: 71123552, priority: 0, count: 1 },
    ],
    [
      'POST',
      '/try/request',
      'request_id=71123552&count=-3&format=html',
      'rebuild_request',
      { brid: 71123552, priority: 0, count: -3 },
    ],
    [
      'POST',
      `/mozilla-inbound/rev/${INBOUND_REVISION}`,
      'priority=x',
      'new_build_at_revision',
      { branch: 'mozilla-inbound', revision: INBOUND_REVISION },
    ],
    [
      'POST',
      '/mozilla-inbound/rev/tip%25/pgo',
      undefined,
      'new_pgobuild_at_revision',
      { branch: 'mozilla-inbound', revision: 'tip%', priority: 0 },
    ],
    [
      'POST',
      `/mozilla-inbound/rev/${INBOUND_REVISION}/nightly`,
      'priority=2',
      'new_nightly_at_revision',
      { branch: 'mozilla-inbound', revision: INBOUND_REVISION, priority: 2 },
    ],
    [
      'POST',
      '/try/builders/Android%204.0%20API%2011+%20try%20build/abc',
      `properties=${encodeURIComponent('{"branch":"try","__proto__":1}')}&files=${encodeURIComponent('["u"]')}`,
      'new_build_for_builder',
      {
        branch: 'try-selfserve',
        revision: 'abc',
        priority: 0,
        builder_name: 'Android 4.0 API 11+ try build',
        properties: JSON.parse('{"branch":"try","__proto__":1}'),
        files: ['u'],
      },
    ],
    [
      'POST',
      '/try/builders/unknown/abc',
      'properties=[1]&files={}',
      'new_build_for_builder',
      {
        branch: 'try-selfserve',
        revision: 'abc',
        priority: 0,
        builder_name: 'unknown',
        properties: {},
        files: [],
      },
    ],
  ])('%s %s logs %4$s', async (method, path, form, action, what) => {
    for (const generation of ['/builds', '/self-serve']) {
      const job = await server.job(method, generation + path, form);
      expect(job).toMatchObject({ action, who: 'alice', completed_at: null });
      expect(job.what).toEqual(what);
    }
  });

  it.each([
    ['PUT', '/try/request/71123552', 'priority=1'],
    ['DELETE', '/try/request/71123552', undefined],
    ['DELETE', '/try/build/72398103', undefined],
    ['DELETE', '/try/rev/x', undefined],
    ['POST', '/try/build', 'build_id=72398103'],
    ['POST', '/try/request', 'request_id=71123552'],
  ])('in HTML: %s %s redirects to the page of the job', async (method, path, form) => {
    for (const generation of ['builds', 'self-serve']) {
      const options = { html: true, ...(form !== undefined && { form }) };
      const { status, headers } = await server.write(method, `/${generation}${path}`, options);
      expect(status).toBe(302);
      expect(headers.location).toMatch(new RegExp(`^/buildapi/${generation}/jobs/[0-9]+$`));
      const page = await server.http.get(headers.location!);
      expect(page.status).toBe(200);
      expect(page.text).toContain('<meta http-equiv="refresh" content="30">');
    }
  });

  it.each(['/rev/abc', '/rev/abc/pgo', '/rev/abc/nightly', '/builders/x/abc'])(
    'in HTML: POST %s answers 202 with the object and no redirect',
    async (path) => {
      const { status, text, headers } = await server.write('POST', `/builds/try${path}`, { html: true });
      expect(status).toBe(202);
      expect(headers.location).toBeUndefined();
      expect(text).toMatch(
        /<pre>\{\n {2}&quot;status&quot;: &quot;OK&quot;,\n {2}&quot;request_id&quot;: [0-9]+\n\}<\/pre>/,
      );
    },
  );

  it('sent twice makes two jobs, with growing ids', async () => {
    const first = await server.write('DELETE', PENDING);
    const second = await server.write('DELETE', PENDING);
    expect(second.json.request_id).toBeGreaterThan(first.json.request_id);
  });
});

describe('a refused write', () => {
  const cases: [string, string, string | undefined, number, string][] = [
    ['PUT', '/try/request/71123552', undefined, 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=1.5', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=1e3', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=1_000', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=2147483648', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=-2147483649', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority[]=5', 400, 'Bad priority'],
    ['PUT', '/try/request/71123552', 'priority=5&priority=x', 400, 'Bad priority'],
    ['PUT', '/try/request/abc', 'priority=x', 400, 'Bad priority'],
    ['PUT', '/try/request/abc', 'priority=1', 400, 'Non-integer request id'],
    ['PUT', '/try/request/007', 'priority=1', 404, 'Request 7 not found on branch try'],
    ['PUT', `/try/request/${HUGE}`, 'priority=1', 404, `Request ${HUGE} not found on branch try`],
    ['PUT', '/ash/request/71123552', 'priority=1', 404, 'Request 71123552 not found on branch ash'],
    ['PUT', '/try/request/71123549', 'priority=1', 400, 'Request already complete'],
    ['PUT', '/try/request/71123553', 'priority=1', 400, 'Request already complete'],
    ['PUT', '/try/request/71123551', 'priority=1', 400, 'Request is already running'],
    ['PUT', '/nope/request/abc', 'priority=x', 404, 'Branch nope not found'],
    ['DELETE', '/try/request/1.5', undefined, 400, 'Non-integer request_id'],
    ['DELETE', '/try/request/-5', undefined, 404, 'Request -5 not found on branch try'],
    ['DELETE', '/try/request/71123570', undefined, 404, 'Request 71123570 not found on branch try'],
    ['DELETE', '/try/build/x', undefined, 400, 'Non-integer build_id'],
    ['DELETE', `/try/build/${HUGE}`, undefined, 404, `Build ${HUGE} not found on branch try`],
    ['DELETE', '/ash/build/72398103', undefined, 404, 'Build 72398103 not found on branch ash'],
    ['DELETE', '/constructor/rev/x', undefined, 404, 'Branch constructor not found'],
    ['POST', '/try/build', undefined, 400, 'Bad build_id'],
    ['POST', '/try/build', 'build_id=x&priority=x&count=x', 400, 'Bad build_id'],
    ['POST', '/try/build', 'build_id=1&priority=x&count=x', 400, 'Bad priority'],
    ['POST', '/try/build', 'build_id=1&count=x', 400, 'Bad count'],
    ['POST', '/try/build', 'build_id=1&count=1001', 400, 'Bad count'],
    ['POST', '/try/build', 'build_id=01', 404, 'Build 1 not found on branch try'],
    ['POST', '/try/request', 'request_id=', 400, 'Bad request_id'],
    ['POST', '/try/request', 'request_id=1&priority=0x1', 400, 'Bad priority'],
    ['POST', '/try/request', 'request_id=1', 404, 'Request 1 not found on branch try'],
    ['POST', '/try/rev/abc/pgo', 'priority=x', 400, 'Bad priority'],
    ['POST', '/try/rev/abc/nightly', 'priority=x', 400, 'Bad priority'],
    ['POST', '/try/builders/b/abc', 'priority=x', 400, 'Bad priority'],
    ['POST', '/__proto__/rev/abc', undefined, 404, 'Branch __proto__ not found'],
  ];

  it.each(cases)('%s %s with %s: %i %s', async (method, path, form, status, msg) => {
    const options = form === undefined ? {} : { form };
    const reply = await server.write(method, `/builds${path}`, options);
    expect([reply.status, reply.json]).toEqual([status, failed(msg)]);
    const page = await server.write(method, `/self-serve${path}`, { ...options, html: true });
    expect([page.status, page.headers['content-type']]).toEqual([status, 'text/html; charset=utf-8']);
    expect(page.text).toContain(msg);
  });

  it('logs nothing', async () => {
    const before = await server.jobCount();
    for (const [method, path, form] of cases) {
      await server.write(method, `/builds${path}`, form === undefined ? {} : { form });
    }
    await server.write('DELETE', PENDING, { headers: {} });
    expect(await server.jobCount()).toBe(before);
  });

  it('by its body: JSON is an empty form, broken or not', async () => {
    for (const body of ['{"priority": 5}', '{"priority"']) {
      const headers = { ...server.alice, 'Content-Type': 'application/json', Accept: 'application/json' };
      const reply = await server.http.send('PUT', `/buildapi${PENDING}`, { body, headers });
      expect([reply.status, reply.json]).toEqual([400, failed('Bad priority')]);
    }
  });

  it('by its size', async () => {
    const reply = await server.write('PUT', PENDING, { form: 'x'.repeat(1024 * 1024 + 1) });
    expect([reply.status, reply.json.status]).toEqual([413, 'FAILED']);
  });
});

describe('the method override', () => {
  it.each(['_method_', '_method'])('%s in form or query routes a POST', async (name) => {
    const sooner = await server.job('POST', PENDING, `${name}=put&priority=8`);
    expect(sooner).toMatchObject({ action: 'reprioritize', what: { priority: 8 } });
    const cancelled = await server.job('POST', `${PENDING}?${name}=DELETE`);
    expect(cancelled.action).toBe('cancel_request');
    expect((await server.job('POST', '/builds/try/request', `${name}=POST&request_id=71123552`)).action).toBe(
      'rebuild_request',
    );
  });

  it('works in a multipart form', async () => {
    const part = (name: string, value: string) =>
      `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
    const body = `${part('_method', 'PUT')}${part('priority', '9')}--b--\r\n`;
    const headers = { ...server.alice, 'Content-Type': 'multipart/form-data; boundary=b', Accept: 'application/json' };
    const reply = await server.http.post(`/buildapi${PENDING}`, { body, headers });
    expect(reply.status).toBe(202);
    expect((await server.json(`/builds/jobs/${reply.json.request_id}`)).json.what.priority).toBe(9);
  });

  it('never counts on GET, which reads', async () => {
    const before = await server.jobCount();
    for (const name of ['_method_', '_method']) {
      const reply = await server.get(`${PENDING}?${name}=DELETE`, { headers: server.alice });
      expect(reply.status).toBe(200);
      expect(reply.json.request_id).toBe(71123552);
    }
    expect(await server.jobCount()).toBe(before);
  });

  it('forgotten is 405 with the methods that there are', async () => {
    const reply = await server.write('POST', PENDING, { form: 'priority=1' });
    expect([reply.status, reply.headers.allow]).toEqual([405, 'DELETE, GET, HEAD, PUT']);
    expect(reply.json.status).toBe('FAILED');
    expect((await server.write('PUT', '/builds/branches')).headers.allow).toBe('GET, HEAD');
  });
});

describe('credentials', () => {
  const denied = failed('ACCESS DENIED!');

  it('missing on a write are 403', async () => {
    const reply = await server.write('DELETE', PENDING, { headers: {} });
    expect([reply.status, reply.json]).toEqual([403, denied]);
    const page = await server.write('DELETE', PENDING, { headers: {}, html: true });
    expect([page.status, page.headers['content-type']]).toEqual([403, 'text/html; charset=utf-8']);
    expect(page.text).toContain('ACCESS DENIED!');
    expect((await server.write('DELETE', '/builds/nope/rev/x', { headers: {} })).status).toBe(403);
  });

  it.each(['/builds', '/self-serve', '/self-serve/branches', '/builds/try', '/pending', '/builds/jobs/1', '/nothing'])(
    'wrong on %s are 401',
    async (path) => {
      const wrong = [
        basic('alice', 'x'),
        basic('bob', server.token),
        { Authorization: 'Bearer x' },
        { Authorization: 'Digest x' },
      ];
      for (const headers of wrong) {
        const reply = await server.get(path, { headers });
        expect(reply.status).toBe(401);
        expect(reply.headers['www-authenticate']).toContain('Basic realm="buildapi"');
        expect((await server.html(path, { headers })).status).toBe(401);
      }
    },
  );

  it('that are right let anybody write, as Basic or Bearer', async () => {
    for (const headers of [basic('alice', server.token), { Authorization: `Bearer ${server.token}` }]) {
      const reply = await server.write('DELETE', PENDING, { headers });
      expect((await server.json(`/builds/jobs/${reply.json.request_id}`)).json.who).toBe('alice');
      expect((await server.get('/self-serve', { headers })).status).toBe(200);
    }
    const name = 'Jörg: x';
    const token = await server.gateway.token('Jörg');
    expect((await server.write('DELETE', PENDING, { headers: basic(name, token) })).status).toBe(401);
    expect((await server.write('DELETE', PENDING, { headers: basic('Jörg', token) })).status).toBe(202);
  });

  it('are asked for by the sign-in page alone', async () => {
    const asked = await server.html('/login');
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Basic realm="buildapi", charset="UTF-8"']);
    const signedIn = await server.html('/login', { headers: server.alice });
    expect([signedIn.status, signedIn.headers.location]).toEqual([302, '/buildapi/self-serve']);
  });

  it('in X-Remote-User are ignored', async () => {
    const reply = await server.write('DELETE', PENDING, { headers: { 'X-Remote-User': 'root' } });
    expect(reply.status).toBe(403);
  });

  it('do not help a page of another site', async () => {
    const foreign: Record<string, string>[] = [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }];
    for (const headers of foreign) {
      const reply = await server.write('DELETE', PENDING, { headers: { ...server.alice, ...headers } });
      expect([reply.status, reply.json.status]).toEqual([403, 'FAILED']);
    }
    const own = { ...server.alice, Origin: server.gateway.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await server.write('DELETE', PENDING, { headers: own })).status).toBe(202);
  });
});

describe('settings of the operator', () => {
  it('let a trusted proxy name the caller and pages of an origin write', async () => {
    const other = await BuildapiServer.start({
      BUILDGATE_BUILDAPI_REMOTE_USER: 'on',
      BUILDGATE_TRUST_PROXY: 'loopback',
      BUILDGATE_BUILDAPI_ORIGINS: 'https://tools.example.org',
    });
    try {
      const headers = { 'X-Remote-User': 'ruth', Origin: 'https://tools.example.org', 'Sec-Fetch-Site': 'cross-site' };
      const reply = await other.write('DELETE', PENDING, { headers });
      expect(reply.status).toBe(202);
      expect(reply.headers).toMatchObject({
        'access-control-allow-origin': 'https://tools.example.org',
        'access-control-allow-credentials': 'true',
        vary: 'Accept, Accept-Encoding, Origin',
      });
      expect((await other.json(`/builds/jobs/${reply.json.request_id}`)).json.who).toBe('ruth');
    } finally {
      await other.close();
    }
  });
});

describe('a job that an agent carries out', () => {
  it('is completed with what the agent said, for everybody at once', async () => {
    const { json } = await server.write('DELETE', PENDING);
    const id = (
      await server.gateway.graphql('query($id: String!) { job(system: BUILDAPI, legacyId: $id) { id } }', {
        id: String(json.request_id),
      })
    ).data.job.id;
    const agent = await server.gateway.token('agent', { roles: ['agent'] });
    const finish = 'mutation($id: ID!, $body: JSON!) { buildapiFinishJob(id: $id, body: $body) { id } }';
    const body = { errors: false, msg: 'Ok' };
    expect((await server.gateway.graphql(finish, { id, body }, agent)).errors).toBeUndefined();
    const job = (await server.json(`/builds/jobs/${json.request_id}`)).json;
    expect(job.complete_data).toEqual({ request_id: json.request_id, body });
    expect(job.completed_at).toBeGreaterThanOrEqual(job.when);
    expect((await server.html(`/builds/jobs/${json.request_id}`)).text).not.toContain('http-equiv="refresh"');
  });
});

describe('the embedded agent', () => {
  it('carries a job out soon after the 202', async () => {
    const embedded = await BuildapiServer.start({ BUILDGATE_BUILDAPI_AGENT: 'embedded' });
    try {
      const { json } = await embedded.write('DELETE', PENDING);
      const job = async () => (await embedded.json(`/builds/jobs/${json.request_id}`)).json;
      await expect.poll(async () => (await job()).completed_at).not.toBeNull();
      const body = { errors: false, msg: '71123552: Ok' };
      expect((await job()).complete_data).toEqual({ request_id: json.request_id, body });
      expect((await embedded.json(PENDING)).json).toMatchObject({ complete: 1, claimed_at: 0, build_ids: [] });
      expect((await embedded.json('/builds/jobs/5061')).json.completed_at).toBe(null);
    } finally {
      await embedded.close();
    }
  });
});
