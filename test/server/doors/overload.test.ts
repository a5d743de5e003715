import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { sql } from '../../../src/core/store/sql.js';
import { Overload } from '../../../src/server/doors/overload.js';
import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ProtocolSocket } from '../protocol-socket.js';
import { RawHttp } from './raw-http.js';

let server: TestServer;
let client: HttpClient;
const sockets: RawHttp[] = [];

beforeAll(async () => {
  server = await startTestServer({ env: { BUILDGATE_MAX_REQUESTS: '1' } });
  client = new HttpClient(server.url);
});
afterEach(async () => {
  release();
  await waiting;
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => server.close());

let waiting: Promise<Reply> | undefined;
let release: () => void = () => undefined;
let projects = 0;

/** Sends a request that is under way until `release`: it waits for somebody else's transaction. */
async function occupy(): Promise<void> {
  const end = new Promise<void>((resolve) => (release = resolve));
  await new Promise<void>((begun, failed) => {
    const held = server.app.store.transact(UNRESTRICTED, async (transaction) => {
      await transaction.all(sql`UPDATE change_log_head SET sequence = sequence`);
      begun();
      await end;
    });
    held.catch(failed);
  });
  projects += 1;
  const query = `mutation { devmasonRegisterProject(slug: "p${projects}", name: "P") { __typename } }`;
  const headers = { 'Content-Type': 'application/json' };
  waiting = client.post('/graphql', { headers, body: JSON.stringify({ query }) });
  await expect.poll(async () => (await client.get('/about/rodan')).status).toBe(503);
}

describe('when as many requests are under way as may be', () => {
  it.each([
    [
      '/graphql?query=%7B__typename%7D',
      'application/json; charset=utf-8',
      /^\{"errors":\[\{"message":"There is too much to do right now; try again in a moment\.","extensions":\{"code":"UNAVAILABLE"\}\}\]\}$/,
    ],
    ['/freshmaker/api/2/events/', 'application/json', /"error": ?"Service Unavailable"/],
    [
      '/buildapi/self-serve/jobs?format=json',
      'application/json',
      /^\{"status":"FAILED","msg":"There is too much to do/,
    ],
    ['/devmason/', 'text/plain; charset=utf-8', /^Service Unavailable$/],
    ['/rodan/projects/?format=json', 'application/json', /^\{"detail":"The service is temporarily unavailable\."\}$/],
    ['/kernelci/job', 'application/json; charset=UTF-8', /^\{"code":503,"reason":"There is too much to do/],
    ['/about/rodan', 'text/plain; charset=utf-8', /^There is too much to do right now; try again in a moment\.\n$/],
  ])('a new one is answered with 503 and Retry-After, in the form of what it is for: %s', async (path, type, body) => {
    await occupy();
    const reply: Reply = await client.get(path, { headers: { Accept: 'application/json' } });
    expect(reply.status).toBe(503);
    expect(reply.headers).toMatchObject({ 'retry-after': '1', 'content-type': type });
    expect(reply.text).toMatch(body);
  });

  it('health and metrics are told as ever, and tell of it', async () => {
    await occupy();
    for (const path of ['/healthz', '/readyz']) expect(await client.get(path)).toMatchObject({ status: 200 });
    const { text } = await client.get('/metrics');
    expect(text).toMatch(/^buildgate_requests_under_way 1$/m);
    expect(text).toMatch(/^buildgate_requests_refused_total\{reason="overload"\} \d+$/m);
  });

  it('an operation of an open WebSocket is refused, and no new socket is opened', async () => {
    const open = await ProtocolSocket.ready(server.url);
    await occupy();
    open.subscribe('1', '{ __typename }');
    expect(await open.next('error')).toMatchObject({ id: '1', payload: [{ extensions: { code: 'UNAVAILABLE' } }] });
    const late = await RawHttp.open(server.port);
    sockets.push(late);
    late.send(
      'GET /graphql HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n',
    );
    expect(await late.closed()).toMatch(
      /^HTTP\/1\.1 503 Service Unavailable\r\nConnection: close\r\n[^]*Retry-After: 1\r\n/,
    );
    open.terminate();
  });

  it('what was admitted goes on, and when it is over others are answered again', async () => {
    await occupy();
    release();
    expect((await waiting!).json).toEqual({ data: { devmasonRegisterProject: { __typename: 'DevmasonProject' } } });
    await expect.poll(async () => (await client.get('/about/rodan')).status).toBe(200);
  });

  it('a body that has not come takes nobody else’s place', async () => {
    const slow = await RawHttp.open(server.port);
    sockets.push(slow);
    slow.send('POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{');
    expect(await client.get('/about/rodan')).toMatchObject({ status: 200 });
  });
});

describe('requests that end', () => {
  let late: Server | undefined;

  afterEach(() => {
    late?.close();
    late?.closeAllConnections();
  });

  it('are forgotten, however they end', async () => {
    const overload = new Overload({ requests: 1_000, maxWaitMs: 600_000 });
    late = createServer((request, response) => {
      overload.admit(request, response, () => (request.url === '/cut' ? response.destroy() : response.end('ok')));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => late!.once('listening', resolve));
    const { port } = late.address() as { port: number };
    const own = new HttpClient(`http://127.0.0.1:${port}`);
    await own.get('/');
    await own.post('/', { body: 'a body that nobody reads' });
    await own.post('/cut', { body: 'a' }).catch(() => undefined);
    await expect.poll(() => overload.underWay).toBe(0);
  });
});
