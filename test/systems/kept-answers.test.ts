import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import { sql, type Sql } from '../../src/core/store/sql.js';
import { counterOf } from '../support/freshness.js';
import { HttpClient, type Reply, type RequestOptions } from '../support/http.js';
import { importData, startTestServer, type TestServer } from '../support/server.js';

const example = (name: string): { [array: string]: any[] } =>
  JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8'));

const NAMES = ['freshmaker', 'buildapi', 'devmason', 'kernelci', 'rodan'];

let server: TestServer;
let http: HttpClient;
let boss: string;
let statements = 0;
beforeAll(async () => {
  server = await startTestServer({
    import: Object.fromEntries(NAMES.map((name) => [name, example(name)])),
    onStatement: () => (statements += 1),
    env: { BUILDGATE_ANSWER_CACHE_MIB: '16' },
  });
  http = new HttpClient(server.url);
  boss = await server.token('boss', { admin: true });
});
afterAll(() => server.close());

const hits = (): Promise<number> => counterOf(server.url, 'buildgate_answer_cache_hits_total');
const asBoss = (headers: Record<string, string> = {}): RequestOptions => ({ token: boss, headers });

/**
 * Sends a request until it is answered with what was kept and no statement was run meanwhile; every answer, the kept one
 * last. That may take more than three times on PostgreSQL: what is written to other databases of the server counts as a
 * change, too.
 */
async function poll(path: string, options?: RequestOptions): Promise<Reply[]> {
  const replies: Reply[] = [];
  while (replies.length < 200) {
    const before = await hits();
    statements = 0;
    replies.push(await http.get(path, options));
    const made = statements;
    if ((await hits()) > before && made === 0) return replies;
  }
  throw new Error(`${path} is never answered with what was kept.`);
}

async function polled(path: string, options?: RequestOptions): Promise<Reply> {
  return (await poll(path, options)).at(-1)!;
}

async function change(statement: Sql): Promise<void> {
  await server.app.store.transact(UNRESTRICTED, async (transaction) => void (await transaction.all(statement)));
}

describe('A page that is polled', () => {
  it.each([
    ['/freshmaker/api/2/events/', {}],
    ['/freshmaker/api/1/builds/?per_page=3', {}],
    ['/buildapi/self-serve/branches?format=json', {}],
    ['/buildapi/self-serve', { 'Accept-Encoding': 'gzip' }],
    ['/devmason/', {}],
    ['/devmason/lamp-shop/builds', {}],
    ['/kernelci/job', {}],
    ['/kernelci/count', { 'Accept-Encoding': 'gzip', Origin: 'https://pages.example' }],
    ['/rodan/projects/', {}],
    ['/rodan/runjobs/', { 'Accept-Encoding': 'gzip' }],
  ])('%s costs no statement, and is the same to the byte', async (path, headers) => {
    const replies = await poll(path, asBoss(headers));
    const [made, kept] = [replies[0]!, replies.at(-1)!];
    expect([replies.length >= 3, kept.status, kept.reason]).toEqual([true, 200, 'OK']);
    expect(kept.bytes.equals(made.bytes)).toBe(true);
    const headersOf = ({ headers: all }: Reply) => ({ ...all, date: '', 'x-request-id': '' });
    expect(headersOf(kept)).toEqual(headersOf(made));
    expect(kept.headers['x-request-id']).not.toBe(made.headers['x-request-id']);
  });

  it('is counted like any other, by route and in the metrics of Freshmaker', async () => {
    const path = '/freshmaker/api/2/events/201';
    const counted = () =>
      counterOf(
        server.url,
        'buildgate_http_request_duration_seconds_count\\{method="GET",route="/freshmaker/api/\\{version\\}/events/\\{id\\}",transport="rest",status="200"\\}',
      );
    const own = async (): Promise<number> => {
      const { text } = await http.get('/freshmaker/api/1/monitor/metrics');
      return Number(/^event_api_latency_count (\d+)$/m.exec(text)![1]);
    };
    const [before, ownBefore] = [await counted(), await own()];
    const { length } = await poll(path);
    await expect.poll(counted).toBe(before + length);
    expect(await own()).toBe(ownBefore + length);
  });

  it('is 304 for who has it, where the contract leaves room for tags', async () => {
    for (const path of ['/kernelci/job', '/buildapi/self-serve/jobs?format=json']) {
      const { headers } = await polled(path, asBoss());
      expect(headers.etag).toMatch(/^"[\w-]{43}"$/);
      const known = await http.get(path, asBoss({ 'If-None-Match': headers.etag! }));
      expect([known.status, known.text, known.headers.vary]).toEqual([304, '', headers.vary]);
    }
    for (const path of ['/freshmaker/api/2/events/', '/devmason/', '/rodan/projects/'])
      expect((await polled(path, asBoss())).headers.etag).toBeUndefined();
  });

  it('of the clock is made anew each time', async () => {
    const before = await hits();
    for (const path of [
      '/freshmaker/api/1/monitor/metrics',
      '/buildapi/self-serve/ash?format=json',
      '/buildapi/self-serve/ash?date=2015-06-01&format=html',
      '/buildapi/self-serve/ash/rev/001122334455/is_done?format=json',
      '/buildapi/self-serve/ash/rev/001122334455?format=html',
      '/buildapi/self-serve/ash/builders?format=json',
      '/buildapi/pending?format=html',
      '/buildapi/running',
      '/buildapi/pushes?fromtime=today&format=json',
      '/buildapi/pushes?totime=today&format=json',
      '/kernelci/job?date_range=5',
      '/kernelci/build?created_on=2014-05-01&date_range=2',
      '/kernelci/boot?time_range=60',
      '/kernelci/count?date_range=5',
      '/kernelci/job/distinct/kernel?time_range=30',
      '/kernelci/token',
      '/rodan/auth/me/',
      '/healthz',
      '/metrics',
      '/',
    ]) {
      for (let time = 0; time < 4; time++) expect((await http.get(path, asBoss())).status).toBeLessThan(405);
    }
    expect(await hits()).toBe(before);
  });

  it('of the same kind without the clock is not', async () => {
    for (const path of [
      '/buildapi/self-serve/ash?date=2015-06-01&format=json',
      '/buildapi/pending?format=json',
      '/buildapi/pushes?fromtime=1433100000&format=json',
      '/kernelci/build?created_on=2014-05-01',
    ])
      await polled(path, asBoss());
  });
});

describe('What was kept', () => {
  it('is made anew after a write through REST', async () => {
    const path = '/devmason/lamp-shop';
    const { json } = await polled(path);
    const body = { token: boss, headers: { 'Content-Type': 'application/json' }, body: { name: 'Lamps & Rings' } };
    expect((await http.send('PUT', path, body)).status).toBe(200);
    expect((await http.get(path)).json).toEqual({ ...json, name: 'Lamps & Rings' });
  });

  it('is made anew after a write through GraphQL', async () => {
    const { json } = await polled('/devmason/');
    const document = 'mutation { devmasonRegisterProject(name: "New", slug: "new") { slug } }';
    expect((await server.graphql(document, {}, boss)).errors).toBeUndefined();
    expect((await http.get('/devmason/')).json.projects).toHaveLength(json.projects.length + 1);
  });

  it('is made anew after an import beside the gateway', async () => {
    const path = '/freshmaker/api/2/events/';
    const { total } = (await polled(path)).json.meta;
    const [event] = example('freshmaker')['events']!;
    await importData(server.config, 'freshmaker', { events: [{ ...event, id: 950, message_id: 'later', builds: [] }] });
    expect((await http.get(path)).json.meta.total).toBe(total + 1);
  });

  it('is nobody’s any more when the token was revoked', async () => {
    const token = await server.token('leaver');
    expect((await polled('/rodan/projects/', { token })).status).toBe(200);
    await change(sql`UPDATE api_token SET revoked_at = 1 WHERE user_id IN
      (SELECT id FROM user_account WHERE name = 'leaver')`);
    expect((await http.get('/rodan/projects/', { token })).status).toBe(401);
  });

  it('is nobody’s any more who lost the role for it', async () => {
    const token = await server.token('insider', { roles: ['kernelci/admin'] });
    expect((await polled('/kernelci/lab', { token })).status).toBe(200);
    await change(sql`DELETE FROM access_role_member WHERE member = 'insider'`);
    expect((await http.get('/kernelci/lab', { token })).status).toBe(403);
  });

  it('is given to nobody with other rights', async () => {
    const stranger = await server.token('stranger');
    const whole = await polled('/rodan/projects/', asBoss());
    const theirs = await polled('/rodan/projects/', { token: stranger });
    expect(whole.json.count).toBeGreaterThan(0);
    expect(theirs.json.count).toBe(0);
    expect((await http.get('/rodan/projects/')).status).toBe(401);
    expect((await http.get('/rodan/projects/', asBoss())).text).toBe(whole.text);
  });

  it('expires with the token that it was asked for with', async () => {
    const token = await server.token('guest');
    const path = '/rodan/projects/?page_size=3';
    await change(sql`UPDATE api_token SET expires_at = ${server.app.store.now() + 1_500_000} WHERE user_id IN
      (SELECT id FROM user_account WHERE name = 'guest')`);
    for (let time = 0; time < 3; time++) expect((await http.get(path, { token })).status).toBe(200);
    await expect.poll(async () => (await http.get(path, { token })).status, { timeout: 5_000 }).toBe(401);
  });
});
