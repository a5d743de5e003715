import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_BUILDER, INBOUND_REVISION, TRY_REVISION } from './rest-fixture.js';
import { BuildapiServer } from './rest-support.js';

let server: BuildapiServer;

beforeAll(async () => {
  server = await BuildapiServer.start();
});

afterAll(() => server.close());

const HTML = 'text/html; charset=utf-8';

/** An object as pages without a layout of their own show it. */
function block(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  const escaped = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return `<pre>${escaped}</pre>`;
}

describe('pages', () => {
  it.each([
    '/builds/try/build/72398103',
    '/self-serve/try/request/71123555',
    '/builds/branches',
    '/builds/jobs/5062',
    '/self-serve/job_status/5060',
    `/builds/try/rev/${TRY_REVISION}/is_done`,
    '/builds/mozilla-inbound/builders',
  ])('%s shows the JSON, indented and escaped', async (path) => {
    const { status, headers, text } = await server.html(path);
    expect([status, headers['content-type']]).toEqual([200, HTML]);
    expect(text).toContain(block((await server.json(path)).json));
  });

  it.each([
    '/',
    '/builds',
    '/self-serve',
    '/builds/try?date=2015-06-01',
    `/self-serve/try/rev/${TRY_REVISION}`,
    '/builds/try/user/kim@example.org',
    '/builds/jobs',
    '/builds/jobs/5062',
    '/builds/try/request/71123555',
    '/pending',
    '/running',
    '/revision/try/0f1e',
    '/recent',
    '/pushes',
    '/builds/%3Cscript%3E',
    '/builds/try/rev/%3Cscript%3E%22',
    '/builds/try/user/%3Cscript%3E',
    '/%3Cscript%3E?%3Cscript%3E',
  ])('%s lets nothing become markup', async (path) => {
    const { headers, text } = await server.html(path);
    expect(headers['content-type']).toBe(HTML);
    expect(text).not.toMatch(/<script|<img|<b>/);
    expect(headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('show the failure', async () => {
    const { status, text } = await server.html('/builds/%3Cscript%3E');
    expect(status).toBe(404);
    expect(text).toContain('Branch &lt;script&gt; not found');
  });

  it('of a generation are HTML whatever is asked for, with branches, jobs and the table of methods', async () => {
    for (const path of ['/builds', '/self-serve?format=json']) {
      const { status, headers, text } = await server.get(path);
      expect([status, headers['content-type']]).toEqual([200, HTML]);
      expect(text).toContain('<title>RelEng Self-Serve API</title>');
      const generation = path.split('?')[0];
      expect(text).toContain(`<a href="/buildapi${generation}/try-comm-central">try-comm-central</a>`);
      expect(text).toContain(`<a href="/buildapi${generation}/jobs">`);
      expect(text).toContain('/{branch}/rev/{revision}/nightly');
    }
  });

  it('of a branch have forms that mean methods, and links to days', async () => {
    const { text } = await server.html('/self-serve/try?date=2015-06-01');
    const base = '/buildapi/self-serve/try';
    expect(text).toContain(`<a href="${base}?date=2015-05-31">Earlier</a>`);
    expect(text).toContain(`<a href="${base}?date=2015-06-02">Later</a>`);
    expect(text).toContain(`<form method="post" action="${base}/request/71123552">
<input type="hidden" name="_method" value="PUT"><input type="hidden" name="priority" value="4">`);
    expect(text).toContain(`<form method="post" action="${base}/build/72398110">
<input type="hidden" name="_method" value="DELETE">`);
    expect(text).toContain(`<form method="post" action="${base}/build">
<input type="hidden" name="build_id" value="72398104">`);
    expect(text).toContain('2015-06-01 06:13:26');
    expect(text.match(/Warnings/g)).toHaveLength(2);
    expect(text).toContain('&lt;script&gt;alert(&quot;try&quot;)&lt;/script&gt; &amp; &#39;co&#39;');
    expect(HOSTILE_BUILDER).toContain('<script>');
  });

  it('of a revision say whether it is done, and offer new builds', async () => {
    const base = `/buildapi/builds/mozilla-inbound/rev/${INBOUND_REVISION}`;
    const { text } = await server.html(base.slice('/buildapi'.length));
    expect(text).toContain('Job complete and passed');
    for (const action of [base, `${base}/pgo`, `${base}/nightly`]) {
      expect(text).toContain(`<form method="post" action="${action}">`);
    }
    expect(text).toContain('<button aria-label="Cancel all:');
  });

  it('look up a revision that is typed in', async () => {
    const { status, headers } = await server.html('/builds/try?rev=%200f1e%2F2%20');
    expect([status, headers.location]).toEqual([302, '/buildapi/builds/try/rev/0f1e%2F2']);
    expect((await server.get('/builds/try?rev=x')).status).toBe(200);
  });

  it('of unfinished jobs are read again every 30 seconds', async () => {
    expect((await server.html('/builds/jobs/5061')).text).toContain('<meta http-equiv="refresh" content="30">');
    expect((await server.html('/builds/jobs/5060')).text).not.toContain('http-equiv');
  });
});

describe('addresses', () => {
  it.each([
    ['/builds/', '/buildapi/builds'],
    ['/builds/try/?date=2015-06-01&x=/', '/buildapi/builds/try?date=2015-06-01&x=/'],
    ['/pending/', '/buildapi/pending'],
    ['/nowhere/', '/buildapi/nowhere'],
    ['/builds/try//', '/buildapi/builds/try/'],
    ['', '/buildapi/'],
  ])('%s is sent to %s', async (path, location) => {
    expect(await server.html(path)).toMatchObject({ status: 301, headers: { location } });
  });

  it('ending in slashes lead to no other host', async () => {
    const host = 'buildapi.localhost';
    for (const path of ['//evil.example/', '/\\evil.example/']) {
      const { headers } = await server.http.get(path, { host });
      expect(new URL(headers.location!, `http://${host}`).host).toBe(host);
    }
  });

  it.each([
    '/builds/try/build',
    '/builds/try/request',
    '/builds/try/rev/x/pgo',
    '/builds/try/builders/b',
    '/nowhere',
    '/builds/try/x/y',
  ])('GET %s is 404', async (path) => {
    expect(await server.get(`${path}?format=json`)).toMatchObject({ status: 404 });
    expect((await server.html(path)).headers['content-type']).toBe(HTML);
  });

  it('are the same at the root of the virtual host, with locations there', async () => {
    const host = 'buildapi.localhost';
    const get = (path: string, headers = {}) => server.http.get(path, { host, headers });
    expect((await get('/self-serve/branches?format=json')).json).toHaveProperty('try');
    expect((await get('/')).text).toContain('<a href="/self-serve/try">try</a>');
    expect((await get('/builds/try/')).headers.location).toBe('/builds/try');
    const reply = await server.http.delete('/builds/try/request/71123552', { host, headers: server.alice });
    expect([reply.status, reply.headers.location]).toEqual([302, expect.stringMatching(/^\/builds\/jobs\/[0-9]+$/)]);
    expect((await get(reply.headers.location!)).status).toBe(200);
  });
});

describe('headers', () => {
  it.each(['/builds/branches', '/builds/nope', '/builds/', '/self-serve', '/pending'])(
    'of %s forbid caching',
    async (path) => {
      expect((await server.get(path)).headers).toMatchObject({
        'cache-control': 'no-cache',
        pragma: 'no-cache',
        vary: 'Accept, Accept-Encoding',
      });
    },
  );

  it('answer HEAD as GET, without the body', async () => {
    const path = '/buildapi/builds/branches?format=json';
    const { status, text, headers } = await server.http.head(path);
    const whole = await server.http.get(path);
    expect([status, text, headers['content-length']]).toEqual([200, '', whole.headers['content-length']]);
  });

  it('say gzip where it is accepted', async () => {
    const reply = await fetch(`${server.gateway.url}/buildapi/self-serve`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(reply.headers.get('content-encoding')).toBe('gzip');
    expect(await reply.text()).toContain('RelEng Self-Serve API');
  });
});

describe('habits of old clients', () => {
  it('a Python client cancels with Accept */*, follows the redirect and gets 200', async () => {
    const headers = { ...server.alice, Accept: '*/*' };
    const reply = await server.http.delete('/buildapi/self-serve/try/request/71123552', { headers });
    expect(reply.status).toBe(302);
    expect(reply.headers.location).toMatch(/^\/buildapi\/self-serve\/jobs\/[0-9]+$/);
    expect((await server.http.get(reply.headers.location!, { headers })).status).toBe(200);
  });

  it('mozci reads a schedule: pending entries have no status, an unknown revision is an object', async () => {
    const schedule = (await server.html(`/self-serve/try/rev/${TRY_REVISION}?format=json`)).json;
    const pending = schedule.filter((entry: object) => !('status' in entry));
    expect(pending.map((entry: any) => entry.request_id)).toEqual([71123555, 71123552]);
    expect(schedule[0].requests[0]).toMatchObject({ request_id: 71123554, complete_at: 1433166900 });
    const unknown = 'f'.repeat(40);
    expect((await server.html(`/self-serve/try/rev/${unknown}?format=json`)).json.msg).toBe(
      `Revision ${unknown} not found on branch try`,
    );
    expect(Object.keys((await server.html('/pending?format=json')).json.pending.try)).toEqual([TRY_REVISION]);
  });

  it('the command line script posts to /builds with _method and polls the job', async () => {
    const reply = await server.http.post('/buildapi/builds/try/request/71123552?format=json', {
      headers: { ...server.alice, 'Content-Type': 'application/x-www-form-urlencoded' },
      body: '_method=PUT&request_id=71123552&priority=3',
    });
    expect(reply.json).toEqual({ status: 'OK', request_id: expect.any(Number) });
    const job = (await server.html(`/builds/jobs/${reply.json.request_id}?format=json`)).json;
    expect(job.completed_at).toBe(null);
  });
});
