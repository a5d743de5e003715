import { connect } from 'node:net';
import { text as readAll } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../src/server/request-log.js';
import { exampleRecords } from '../support/examples.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

const SCRIPT = `"><script>alert('1')</script><img src=x onerror=alert(1)>`;
const BREAK = '\r\nX-Injected: 1\r\n\r\n<p>';

let server: TestServer;
let client: HttpClient;
let token: string;
const lines: string[] = [];

beforeAll(async () => {
  const { buildapi, ...others } = exampleRecords();
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  server = await startTestServer({ import: { ...others, buildapi: scripted(buildapi!) }, logger });
  client = new HttpClient(server.url);
  token = await server.token('boss', { admin: true });
});
afterAll(() => server.close());

/** The records with markup in all that pages show of them. */
function scripted(records: object): object {
  const shown = new Set(['author', 'comments', 'reason', 'slavename', 'who']);
  return JSON.parse(JSON.stringify(records), (name, value: unknown) =>
    shown.has(name) && typeof value === 'string' ? value + SCRIPT : value,
  ) as object;
}

const REVISION = '00112233445566778899aabbccddeeff00112233';
const encoded = encodeURIComponent(SCRIPT);

describe('What a client sent or a record holds is text on a page', () => {
  const pages = [
    ...[
      '',
      '/ash',
      '/ash/build/91',
      '/ash/request/41',
      `/ash/rev/${REVISION}`,
      '/jobs',
      '/jobs/5',
      '/ash/builders',
    ].map((path) => `/buildapi/self-serve${path}`),
    ...['/pending', '/running', '/recent', `/revision/ash/${REVISION}`, '/pushes/ash', '/'].map(
      (path) => `/buildapi${path}`,
    ),
    `/buildapi/self-serve/${encoded}`,
    `/buildapi/self-serve/ash/user/${encoded}`,
    `/buildapi/self-serve/ash?date=${encoded}&${encoded}=1`,
    `/buildapi/recent?numbuilds=${encoded}`,
    `/?${encoded}=${encoded}`,
    `/builds?name=${encoded}`,
    `/about/${encoded}`,
    `/about/buildapi?${encoded}`,
    `/graphiql?query=${encoded}&operation=${encoded}`,
    `/reference/${encoded}`,
    `/reference/kernelci?${encoded}`,
    `/openapi/${encoded}`,
    `/nothing/${encoded}`,
    ...['freshmaker', 'devmason', 'rodan', 'kernelci'].map((name) => `/${name}/${encoded}?${encoded}=${encoded}`),
  ];

  it.each(pages)('%s', async (path) => {
    const { headers, text } = await client.get(path, { headers: { Accept: 'text/html' }, token });
    expect(headers['content-type'] ?? 'none').toMatch(/^(?:text\/(?:html|plain)|application\/json)/);
    const asHtml = headers['content-type']?.startsWith('text/html') === true ? text : '';
    expect(asHtml).not.toMatch(/<script>alert|<img src=x/);
  });

  it('on the page of a build, whose author and comment are markup', async () => {
    const { status, text } = await client.get('/buildapi/pushes/ash?date=2015-06-01', {
      headers: { Accept: 'text/html' },
    });
    expect(status).toBe(200);
    expect((await client.get('/buildapi/self-serve/ash/request/41', { token })).text).toContain('Linux ash build');
    expect(text).not.toContain('<script>alert');
  });
});

describe('What a client sends stays in its header', () => {
  const breaking = encodeURIComponent(BREAK);
  const redirects = [
    `/freshmaker/api/1/events?name=${breaking}`,
    `/rodan/projects?name=${breaking}`,
    `/devmason/${breaking}/builds/latest`,
    `/devmason/lamp-shop/tags/${breaking}/latest`,
    `/devmason/users/${breaking}/builds/latest`,
    `/buildapi/builds/${breaking}`,
    `/buildapi/self-serve/ash/rev?revision=${breaking}`,
    `/kernelci/job?job=${breaking}`,
    `/rodan/users/?username=${breaking}`,
    `/freshmaker/api/1/events/?requester=${breaking}`,
  ];

  it.each(redirects)('%s', async (path) => {
    const head = (await rawAnswer(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)).split(
      '\r\n\r\n',
    )[0]!;
    expect(head).toMatch(/^HTTP\/1\.1 [234]\d\d /);
    expect(head).not.toMatch(/^X-Injected/im);
    // Every line is a header: one name, a colon, no bare line end.
    for (const line of head.split('\r\n').slice(1)) expect(line).toMatch(/^[A-Za-z-]+: [^\r\n]*$/);
  });

  it('also where it is the name of what is made, which `Location` shows', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const made = await client.send('PUT', `/devmason/a${breaking}`, { token, headers, body: { name: BREAK } });
    expect([made.status, made.headers]).toEqual([404, expect.not.objectContaining({ 'x-injected': '1' })]);
    const lab = await client.post('/kernelci/lab', {
      headers: { ...headers, Authorization: token },
      body: { name: `a${BREAK}`, contact: { name: BREAK, surname: BREAK, email: 'a@example.org' } },
    });
    expect([lab.status, lab.headers]).toEqual([201, expect.not.objectContaining({ 'x-injected': '1' })]);
  });
});

/** Everything that the server answers to bytes, until it ends the connection. */
async function rawAnswer(bytes: string): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  socket.write(bytes, 'latin1');
  return readAll(socket);
}

describe('What a client sends stays in its line of the log', () => {
  it('a line is one object, without control characters', async () => {
    lines.length = 0;
    const hostile = encodeURIComponent('\r\n{"level":"error"}\u001b[2J\u009b31m\u2028\u0000');
    const headers = { 'User-Agent': 'a\u0085\u009b31m', Referer: '\u009b2J', 'X-Forwarded-For': '\u0085' };
    const paths = [
      `/${hostile}`,
      `/devmason/${hostile}?${hostile}=${hostile}`,
      `/kernelci/job?${hostile}`,
      '/rodan/projects/',
    ];
    for (const path of paths) await client.get(path, { headers });
    await client.post('/graphql', {
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: { query: `{ ${'\u001b[2J\r\n'} }`, operationName: '\u009b' },
    });
    await expect.poll(() => lines.length).toBe(paths.length + 1);
    for (const line of lines) {
      // oxlint-disable-next-line no-control-regex -- these are what must not be there
      expect(line).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+\n$/);
      expect(JSON.parse(line)).toMatchObject({ level: 'info', msg: 'request' });
    }
  });
});

describe('What a client sends is no pattern and no path in JSON', () => {
  const PATTERNS = ['%', '_', '%%', '*', '?', '[a-z]', '[!a]', '.*', '\\', '$', '$.a', '(', "' OR 1=1 --"];

  it.each(PATTERNS)('%s is found nowhere, since no record has it', async (pattern) => {
    const lists = ['events', 'builds', 'jobs'].flatMap((list) =>
      ['contains', 'icontains', 'startsWith'].map(
        (operator) => `${list}_${operator}: ${list}(filter: { name: { ${operator}: $text } }) { nodes { name } }`,
      ),
    );
    const { data, errors } = await server.graphql(
      `query ($text: String!) { ${lists.join(' ')} }`,
      { text: pattern },
      token,
    );
    expect(errors).toBeUndefined();
    const found = Object.values<{ nodes: { name: string }[] }>(data).flatMap(({ nodes }) => nodes);
    expect(found.filter(({ name }) => !name.includes(pattern))).toEqual([]);
  });

  it.each(PATTERNS)('%s in the old APIs', async (pattern) => {
    const text = encodeURIComponent(pattern);
    const rodan = await client.get(`/rodan/projects/?name__icontains=${text}`, { token });
    expect([rodan.status, rodan.json.count]).toEqual([200, 0]);
    const buildapi = await client.get(`/buildapi/self-serve/ash/user/${text}?format=json`, { token });
    expect([buildapi.status, buildapi.json]).toEqual([200, { builds: [], pending: [], running: [] }]);
    const freshmaker = await client.get(`/freshmaker/api/1/builds/?name=${text}`);
    expect([freshmaker.status, freshmaker.json.meta.total]).toEqual([200, 0]);
    const kernelci = await client.get(`/kernelci/job?job=${text}`, { token });
    expect([kernelci.status, kernelci.json.count]).toEqual([200, 0]);
  });
});
