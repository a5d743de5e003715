import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleRecords } from '../support/examples.js';
import { counterOf } from '../support/freshness.js';
import { HttpClient, type Reply, type RequestOptions } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { twinLinks } from '../support/twin-links.js';

let server: TestServer;
let http: HttpClient;
let boss: string;
beforeAll(async () => {
  server = await startTestServer({ import: exampleRecords(), env: { BUILDGATE_ANSWER_CACHE_MIB: '16' } });
  http = new HttpClient(server.url);
  boss = await server.token('boss', { admin: true });
});
afterAll(() => server.close());

const get = (path: string, options: RequestOptions = {}): Promise<Reply> => http.get(path, { token: boss, ...options });

/** What every answer says. */
const NOSNIFF = { 'x-content-type-options': 'nosniff' };

/** All headers but those that differ from request to request. */
function steady({ headers: { date: _date, 'x-request-id': _id, connection: _connection, ...headers } }: Reply) {
  return headers;
}

const link = (query: string): string =>
  `<${server.url}/graphiql?operation=${query}>; rel="alternate"; type="text/html"`;
const EMPTY_PAGE = 'page=1&name=none","last":"BASE/freshmaker/api/2/builds/?per_page=10&page=0&name=none"';

describe('A whole answer with the link to its twin:', () => {
  it.each([
    [
      '/freshmaker/api/2/builds/?name=none',
      { 'content-type': 'application/json' },
      `{"items":[],"meta":{"first":"BASE/freshmaker/api/2/builds/?per_page=10&${EMPTY_PAGE},"next":null,"page":1,"pages":0,"per_page":10,"prev":null,"total":0}}\n`,
      'freshmaker/FreshmakerBuilds&variables=%7B%22filter%22%3A%7B%22system%22%3A%7B%22eq%22%3A%22FRESHMAKER%22%7D%2C%22name%22%3A%7B%22eq%22%3A%22none%22%7D%7D%2C%22orderBy%22%3A%5B%7B%22field%22%3A%22LEGACY_ID%22%2C%22direction%22%3A%22DESC%22%7D%5D%2C%22first%22%3A10%2C%22offset%22%3A0%2C%22withTotal%22%3Atrue%7D',
    ],
    [
      '/buildapi/self-serve/branches?format=json',
      {
        'cache-control': 'no-cache',
        pragma: 'no-cache',
        vary: 'Accept, Accept-Encoding',
        'content-type': 'application/json',
        etag: '"3-2vv6K8dEEpRpMeAEWnEmWQb6CJvksww2RGy24bTIs"',
      },
      '{"ash":{"repo":"https://hg.example.org/projects/ash","repo_type":"hg","graph_branches":["Ash"]}}',
      'buildapi/BuildapiBranches',
    ],
    [
      '/devmason/lamp-shop',
      { vary: 'Authorization', 'content-type': 'application/json; charset=utf-8' },
      '{"name":"Lamp Shop","owner":"genie","links":[{"rel":"self","href":"BASE/devmason/lamp-shop","allowed_methods":["GET","PUT","DELETE"]},{"rel":"build-list","href":"BASE/devmason/lamp-shop/builds","allowed_methods":["GET","POST"]},{"rel":"latest-build","href":"BASE/devmason/lamp-shop/builds/latest","allowed_methods":["GET"]},{"rel":"tag-list","href":"BASE/devmason/lamp-shop/tags","allowed_methods":["GET"]}]}',
      'devmason/DevmasonProject&variables=%7B%22slug%22%3A%22lamp-shop%22%7D',
    ],
    [
      '/kernelci/job/distinct/kernel',
      {
        vary: 'Accept-Encoding',
        'access-control-allow-headers': 'authorization',
        'content-type': 'application/json; charset=UTF-8',
        etag: '"eIGlaH-kgZl82uS8DsD0ObbsgFXVIm8r2_1uq70d1c8"',
      },
      '{"code":200,"count":2,"result":["next-20150116","v3.19-rc5"]}',
      'kernelci/KernelciDistinctJobs&variables=%7B%22field%22%3A%22KERNEL%22%2C%22filter%22%3A%7B%7D%7D',
    ],
    [
      '/rodan/user/1/',
      { vary: 'Accept-Encoding', allow: 'GET, HEAD, OPTIONS', 'content-type': 'application/json' },
      '{"url":"BASE/rodan/user/1/","username":"keeper","first_name":"","last_name":"","email":"keeper@example.org","is_staff":true,"is_active":true,"is_superuser":true,"projects":[],"workflows":[],"workflow_runs":[]}',
      'rodan/RodanUser&variables=%7B%22number%22%3A1%7D',
    ],
  ])('%s', async (path, headers, text, twin) => {
    const reply = await get(path);
    const body = text.replaceAll('BASE', server.url);
    expect([reply.status, reply.text]).toEqual([200, body]);
    const expected = { ...NOSNIFF, ...headers, 'content-length': String(Buffer.byteLength(body)), link: link(twin) };
    expect(steady(reply)).toEqual(expected);
  });

  it.each(['/freshmaker/api/2/events/201', '/devmason/lamp-shop', '/rodan/user/1/'])(
    '%s, whose HEAD has it, too',
    async (path) => {
      const [head, reply] = [await http.head(path, { token: boss }), await get(path)];
      expect(twinLinks(reply)).toHaveLength(1);
      expect([head.status, head.text, steady(head)]).toEqual([200, '', steady(reply)]);
    },
  );
});

describe('A link', () => {
  it.each([
    '/freshmaker/api/1/events/',
    '/freshmaker/api/2/events/201',
    '/freshmaker/api/1/builds/?per_page=500',
    '/buildapi/self-serve/ash?format=json&date=2015-06-01',
    '/buildapi/pending?format=json',
    '/buildapi/self-serve/jobs?format=html',
    '/devmason/',
    '/devmason/lamp-shop/tags/release',
    '/devmason/lamp-shop/builds/release-1_0',
    '/kernelci/job',
    '/kernelci/build?status=PASS&job=next&limit=3',
    '/kernelci/count',
    '/kernelci/boot?aggregate=lab_name',
    '/rodan/projects/',
    '/rodan/runjobs/',
    '/rodan/workflow/b2000000-0000-4000-8000-000000000001/',
  ])('of %s leads to operations that everybody who may can run as they stand', async (path) => {
    const reply = await get(path);
    const links = twinLinks(reply);
    expect([reply.status, links.length > 0]).toEqual([200, true]);
    for (const { page, operation, variables } of links) {
      expect(page).toBe(`${server.url}/graphiql`);
      const document = await http.get(`/graphiql/operations/${operation}.graphql`);
      expect([operation, document.status]).toEqual([operation, 200]);
      const { data, errors } = await server.graphql(document.text, variables, boss);
      expect([operation, errors]).toEqual([operation, undefined]);
      expect(Object.keys(data)).not.toEqual([]);
    }
  });

  it('asks for the longest page of /graphql where the answer has more', async () => {
    const first = async (path: string) => twinLinks(await get(path))[0]!.variables.first;
    expect(await first('/freshmaker/api/1/builds/?per_page=7')).toBe(7);
    expect(await first('/freshmaker/api/1/builds/?per_page=500')).toBe(100);
    expect(await first('/kernelci/job')).toBe(100);
  });

  it('is there once for each operation of the answer, in the order in which they were run', async () => {
    const links = twinLinks(await get('/devmason/lamp-shop/tags/release'));
    expect(links.map(({ operation }) => operation)).toEqual([
      'devmason/DevmasonTags',
      'devmason/DevmasonProjectBuilds',
      'devmason/DevmasonBuilds',
    ]);
  });

  it('is there with an answer that is sent in pieces or compressed', async () => {
    const zipped = await get('/kernelci/job', { headers: { 'Accept-Encoding': 'gzip' } });
    expect(zipped.headers['content-encoding']).toBe('gzip');
    expect(twinLinks(zipped)).toEqual(twinLinks(await get('/kernelci/job')));
  });

  it('is the same with an answer that is given again', async () => {
    const path = '/freshmaker/api/2/events/201';
    const made = await get(path);
    expect(twinLinks(made)).toHaveLength(1);
    const hits = (): Promise<number> => counterOf(server.url, 'buildgate_answer_cache_hits_total');
    const before = await hits();
    await expect
      .poll(async () => [(await get(path)).headers.link, (await hits()) > before])
      .toEqual([made.headers.link, true]);
  });

  it('is not repeated to who has the answer already', async () => {
    const { headers } = await get('/kernelci/job/distinct/kernel');
    const known = await get('/kernelci/job/distinct/kernel', { headers: { 'If-None-Match': String(headers.etag) } });
    expect([known.status, steady(known)]).toEqual([
      304,
      { ...NOSNIFF, vary: 'Accept-Encoding', 'access-control-allow-headers': 'authorization', etag: headers.etag },
    ]);
  });
});

describe('There is no link', () => {
  it.each([
    ['which needs no data', 200, '/kernelci/version'],
    ['that there is nothing', 404, '/freshmaker/api/2/events/999999'],
    ['that refuses', 400, '/freshmaker/api/2/events/?state=none'],
    ['for a URI that there is not', 404, '/freshmaker/none'],
  ])('with an answer %s', async (_what, status, path) => {
    const reply = await get(path);
    expect([reply.status, reply.headers.link]).toEqual([status, undefined]);
  });

  it('with the answer to a write', async () => {
    const body = { token: boss, headers: { 'Content-Type': 'application/json' }, body: { name: 'Magic Lamps' } };
    const written = await http.send('PUT', '/devmason/magic-lamps', body);
    expect([written.status, written.headers.link]).toEqual([201, undefined]);
    expect(twinLinks(await get('/devmason/magic-lamps'))).toHaveLength(1);
  });

  it('where a secret is among the variables', async () => {
    const { json } = await get('/kernelci/token');
    const value = json.result[0].token as string;
    const one = await get(`/kernelci/token/${value}`);
    expect([one.status, one.json.result[0].token, one.headers.link]).toEqual([200, value, undefined]);
    // The token is looked up by its value, then the list is read.
    const listed = await get(`/kernelci/token?token=${value}`);
    expect(twinLinks(listed).map(({ operation }) => operation)).toEqual(['kernelci/KernelciTokens']);
    expect([listed.json.result[0].token, listed.headers.link]).toEqual([value, expect.not.stringContaining(value)]);
  });

  it('where it would be too long', async () => {
    const name = (length: number): string => `/freshmaker/api/2/builds/?name=${'x'.repeat(length)}`;
    expect(String((await get(name(1_500))).headers.link).length).toBeLessThan(2_000);
    expect(await get(name(1_800))).toMatchObject({
      status: 200,
      headers: expect.not.objectContaining({ link: expect.anything() }),
    });
    const names = Array.from({ length: 120 }, (_, index) => `search_key=${index}-${'é'.repeat(20)}`).join('&');
    expect((await get(`/freshmaker/api/2/events/?${names}`)).headers.link).toBeUndefined();
  });
});

describe('The address of a link', () => {
  const page = async (path: string, options: RequestOptions, client = http): Promise<string | undefined> =>
    twinLinks(await client.get(path, options))[0]?.page;

  it('is where the gateway was asked, by any of its names', async () => {
    expect(await page('/freshmaker/api/1/about/', { host: 'ci.example.org:8080' })).toBe(
      'http://ci.example.org:8080/graphiql',
    );
    expect(await page('/freshmaker/api/1/about/', { headers: { 'X-Forwarded-Host': 'evil.example' } })).toBe(
      `${server.url}/graphiql`,
    );
  });

  it('is at localhost for a virtual host below it, whose root is the dialect', async () => {
    expect(await page('/api/1/about/', { host: `freshmaker.localhost:${server.port}` })).toBe(
      `http://localhost:${server.port}/graphiql`,
    );
    expect(await page('/api/1/about/', { host: 'Freshmaker.Localhost.' })).toBe('http://localhost/graphiql');
  });

  it('is what a trusted proxy says', async () => {
    const own = await startTestServer({
      env: { BUILDGATE_TRUST_PROXY: 'loopback', BUILDGATE_HOSTS: 'freshmaker=old.example.org' },
    });
    const client = new HttpClient(own.url);
    const headers = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'ci.example.org',
      'X-Forwarded-Prefix': '/tools',
    };
    expect(await page('/freshmaker/api/1/about/', { headers }, client)).toBe('https://ci.example.org/tools/graphiql');
    // Where the gateway's own pages are is not known to who comes by the name of the old system.
    const old = await client.get('/api/1/about/', { host: 'old.example.org' });
    expect([old.status, old.headers.link]).toEqual([200, undefined]);
    await own.close();
  });

  it('is the public address where there is one, also for a virtual host', async () => {
    const own = await startTestServer({
      env: { PUBLIC_URL: 'https://ci.example.org/gate/', BUILDGATE_HOSTS: 'freshmaker=old.example.org' },
    });
    const client = new HttpClient(own.url);
    const expected = 'https://ci.example.org/gate/graphiql';
    expect(await page('/freshmaker/api/1/about/', {}, client)).toBe(expected);
    expect(await page('/api/1/about/', { host: 'old.example.org' }, client)).toBe(expected);
    expect(await page('/api/1/about/', { host: 'freshmaker.localhost' }, client)).toBe(expected);
    await own.close();
  });
});

it('Without the setting answers are the same but for the link', async () => {
  const own = await startTestServer({ import: exampleRecords(), env: { BUILDGATE_TWIN_LINKS: 'off' } });
  const client = new HttpClient(own.url);
  for (const path of ['/freshmaker/api/1/event-types/', '/buildapi/self-serve/branches?format=json']) {
    const [bare, linked] = [await client.get(path), await get(path)];
    const { link: twin, ...headers } = steady(linked);
    expect(twin).toBeDefined();
    expect([bare.status, bare.text, steady(bare)]).toEqual([linked.status, linked.text, headers]);
  }
  await own.close();
});
