import { once } from 'node:events';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overHttp, overWebSocket, type WireRequest } from '../graphql/transports.js';
import { expiry } from '../support/expiry.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { ProtocolSocket } from './protocol-socket.js';

const LIMIT = 65_536;
const JSON_TYPE = { 'Content-Type': 'application/json' };

let server: TestServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startTestServer({ env: { BUILDGATE_BODY_LIMIT: String(LIMIT) } });
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

/** A request that attacks, and what it is told. */
interface Attack extends WireRequest {
  readonly title: string;
  readonly code: string;
  readonly message: string;
}

const EVENTS = 'query ($filter: EventFilter) { events(filter: $filter) { totalCount } }';

function nested(levels: number): object {
  let filter: object = {};
  for (let level = 0; level < levels; level += 1) filter = { not: filter };
  return filter;
}

function repeated(count: number, field: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => field(index)).join(' ');
}

const ATTACKS: readonly Attack[] = [
  {
    title: 'deep',
    query: `{ events { nodes { ${'builds { nodes { event { '.repeat(5)} id ${'} } }'.repeat(5)} } } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 16 levels.',
  },
  {
    title: 'wide',
    query: `{ ${repeated(20, () => 'events { ...A }')} } fragment A on EventConnection { nodes { ${repeated(100, () => 'id')} } }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 2000 fields.',
  },
  {
    title: 'long',
    query: `{ ${'__typename '.repeat(5_000)} }`,
    code: 'GRAPHQL_PARSE_FAILED',
    message: 'Syntax Error: Document contains more that 4000 tokens. Parsing aborted.',
  },
  {
    title: 'aliased',
    query: `{ ${repeated(501, (index) => `a${index}: __typename`)} }`,
    code: 'TOO_EXPENSIVE',
    message: 'The operation has more than 500 aliases.',
  },
  {
    title: 'circular',
    query: '{ events { ...A } } fragment A on EventConnection { nodes { event: id } ...A }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: 'Cannot spread fragment "A" within itself.',
  },
  {
    title: 'with a huge list',
    query: '{ events(first: 1000000) { nodes { id } } }',
    code: 'TOO_EXPENSIVE',
    message: 'The operation asks for more than 200000 rows: take smaller pages.',
  },
  {
    title: 'with many directives',
    query: `{ __typename ${'@include(if: true) '.repeat(500)} }`,
    code: 'TOO_EXPENSIVE',
    message: 'One place of the document has more than 5 directives.',
  },
  {
    title: 'with deep variables',
    query: EVENTS,
    variables: { filter: nested(101) },
    code: 'BAD_USER_INPUT',
    message: 'variables: nested more than 100 levels deep.',
  },
  {
    title: 'with a huge number',
    query: '{ events(filter: { freshmaker: { eventTypeId: { eq: 99999999999999999999999999 } } }) { totalCount } }',
    code: 'GRAPHQL_VALIDATION_FAILED',
    message: expect.stringContaining('99999999999999999999999999') as string,
  },
  {
    title: 'that writes without a token',
    query: 'mutation { transitionEvent(id: "RTE3", to: RUNNING) { id } }',
    code: 'UNAUTHENTICATED',
    message: 'This operation needs a bearer token.',
  },
];

describe('An operation', () => {
  it.each(ATTACKS)('$title is refused alike over HTTP and WebSocket', async ({ query, variables, code, message }) => {
    const request = { query, ...(variables && { variables }) };
    const [viaHttp, viaSocket] = await Promise.all([overHttp(server.url, request), overWebSocket(server.url, request)]);
    expect(viaHttp.data ?? null).toBeNull();
    expect(viaHttp.errors?.[0]).toMatchObject({ message, extensions: { code } });
    expect(viaSocket).toEqual(viaHttp);
  });
});

/** Bytes that are no UTF-8, within JSON that is right but for them. */
const BAD_TEXT = Buffer.from('{"query":"{ __typename }","variables":{"x":"\xff"}}', 'latin1');
const MESSAGE = Buffer.from('{"id":"1","type":"subscribe","payload":{"query":"{ __typename }","x":"\xff"}}', 'latin1');

describe('A body or message', () => {
  const refusal = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });

  it('that is too large is refused: 413 over HTTP, 1009 over WebSocket', async () => {
    const body = { query: '{ __typename }', variables: { x: 'x'.repeat(LIMIT) } };
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body });
    expect([reply.status, reply.json]).toEqual([413, refusal('The request body is too large.')]);
    const socket = await ProtocolSocket.ready(server.url);
    socket.subscribe('1', body.query, body.variables);
    expect((await socket.closed()).code).toBe(1009);
  });

  it('that is no UTF-8 is refused: 400 over HTTP, 1007 over WebSocket, 4400 there in a binary message', async () => {
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body: BAD_TEXT });
    expect([reply.status, reply.json]).toEqual([400, refusal('The request body is not UTF-8.')]);
    const sockets = [await ProtocolSocket.ready(server.url), await ProtocolSocket.ready(server.url)] as const;
    sockets[0].sendText(MESSAGE);
    expect((await sockets[0].closed()).code).toBe(1007);
    sockets[1].send(MESSAGE);
    expect(await sockets[1].closed()).toEqual({ code: 4400, reason: 'Invalid message received' });
  });
});

/** Writes of the old APIs, and what they tell somebody without credentials. */
const WRITES: readonly (readonly [method: string, path: string, status: number])[] = [
  ['POST', '/freshmaker/api/1/builds/', 401],
  ['DELETE', '/buildapi/self-serve/ash/build/1', 403],
  ['DELETE', '/devmason/lamp-shop', 401],
  ['POST', '/kernelci/job', 403],
  ['POST', '/rodan/projects/', 401],
];

describe('A route of an old API', () => {
  it.each(WRITES)('refuses %s %s without credentials', async (method, path, status) => {
    const reply = await http.send(method, path, { headers: JSON_TYPE, body: '{}' });
    expect([reply.status, /internal|error 500/i.test(reply.text)]).toEqual([status, false]);
  });

  it.each([
    ['/freshmaker/api/1/events/', 'search_key'],
    ['/buildapi/self-serve/branches', 'format'],
    ['/devmason/builds/latest', 'offset'],
    ['/kernelci/job', 'sort'],
    ['/rodan/projects/', 'name'],
    ['/graphql', 'query'],
  ])('and %s gives back no line break that it was given', async (path, parameter) => {
    const broken = '%0d%0aX-Injected:%20yes';
    for (const target of [`${path}?${parameter}=a${broken}`, `${path}${broken}`, `${path}/${broken}/?x=${broken}`]) {
      const { status, headers } = await http.get(target, { headers: { 'X-Request-Id': 'a%0d%0ab' } });
      expect([target, headers['x-injected'], status < 500]).toEqual([target, undefined, true]);
    }
  });

  it('is not reached with a line break in a header or the target: the parser refuses it', async () => {
    for (const head of ['GET /\rX HTTP/1.1', 'GET / HTTP/1.1\r\nX-Request-Id: a\nb\rc: d']) {
      const socket = connect(server.port, '127.0.0.1');
      await once(socket, 'connect', { signal: expiry() });
      socket.end(`${head}\r\nHost: a\r\n\r\n`);
      expect(await textOf(socket)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });
});
