import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent } from '../graphql/agent.js';
import { HttpClient } from '../support/http.js';
import type { TestServer } from '../support/server.js';
import { expiry } from '../support/expiry.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const VIEWER = { query: '{ viewer { name } }' };
const LIMIT = 65_536;

let server: TestServer;
let http: HttpClient;
let token: string;

beforeAll(async () => {
  const started = await startWithAgent({ env: { BUILDGATE_BODY_LIMIT: String(LIMIT) } });
  ({ server } = started);
  token = started.agent.token!;
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

const refusal = (message: unknown, code: string) => ({ errors: [{ message, extensions: { code } }] });

describe('a POST of JSON', () => {
  it('is answered with data', async () => {
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body: VIEWER, token });
    expect([reply.status, reply.json]).toEqual([200, { data: { viewer: { name: 'worker' } } }]);
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('may name one of several operations and carry variables', async () => {
    const query = 'query A { viewer { name } } query B($id: ID!) { node(id: $id) { id } }';
    const body = { query, operationName: 'B', variables: { id: 'x' } };
    expect((await http.post('/graphql', { headers: JSON_TYPE, body })).json).toEqual({ data: { node: null } });
  });

  it('is answered with 200 and the other data when an optional field fails', async () => {
    const query = '{ viewer { name } events(first: 1) { totalCount } }';
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body: { query } });
    expect([reply.status, reply.json]).toEqual([200, { data: { viewer: null, events: { totalCount: 0 } } }]);
  });

  it('is refused with 400 when nothing was executed', async () => {
    for (const query of ['{', '{ nothing }', 'query ($a: Int!) { events(first: $a) { totalCount } }']) {
      const reply = await http.post('/graphql', { headers: JSON_TYPE, body: { query } });
      expect([query, reply.status]).toEqual([query, 400]);
      expect(reply.json.data).toBeUndefined();
    }
  });

  it.each([
    ['not JSON', '{"query": '],
    ['a bare value', '5'],
    ['nothing', ''],
    ['a body without a query', '{}'],
    ['a query that is no text', '{"query": 5}'],
    ['variables that are no object', '{"query": "{ viewer { name } }", "variables": [1]}'],
    ['an operation name that is no text', '{"query": "{ viewer { name } }", "operationName": 5}'],
    ['a batch', '[{"query": "{ viewer { name } }"}]'],
  ])('is refused with 400 and a JSON error for %s', async (_title, body) => {
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body });
    expect([reply.status, reply.json]).toEqual([
      400,
      { errors: [{ message: expect.any(String), extensions: { code: expect.any(String) } }] },
    ]);
  });

  it('is refused with 413 when it is too large, by its declared length or as it comes', async () => {
    const body = JSON.stringify({ query: VIEWER.query, variables: { filler: 'x'.repeat(LIMIT) } });
    const declared = await http.post('/graphql', { headers: JSON_TYPE, body });
    const chunked = await sendChunked(body);
    for (const { status, text } of [declared, chunked]) {
      expect([status, JSON.parse(text)]).toEqual([413, refusal('The request body is too large.', 'BAD_REQUEST')]);
    }
  });

  it('takes deep JSON as the depth that it is', async () => {
    const body = `{"query": "{ viewer { name } }", "variables": ${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`;
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body });
    expect([reply.status, reply.json]).toEqual([
      400,
      refusal('variables: nested more than 100 levels deep.', 'BAD_USER_INPUT'),
    ]);
  });
});

describe('a simple request, as any web page can send it', () => {
  it.each([
    ['text/plain', JSON.stringify(VIEWER)],
    ['application/x-www-form-urlencoded', `query=${encodeURIComponent(VIEWER.query)}`],
    ['multipart/form-data; boundary=x', '--x--'],
  ])('is refused as POST of %s', async (type, body) => {
    const reply = await http.post('/graphql', { headers: { 'Content-Type': type }, body });
    expect([reply.status, reply.json.data]).toEqual([400, undefined]);
    expect(reply.json.errors[0].message).toMatch(/Cross-Site Request Forgery|CSRF/);
  });

  it('is refused as POST without content type', async () => {
    const reply = await http.post('/graphql', { body: VIEWER });
    expect([reply.status, reply.json.data]).toEqual([400, undefined]);
  });

  it('is refused as GET', async () => {
    const reply = await http.get(`/graphql?query=${encodeURIComponent(VIEWER.query)}`);
    expect([reply.status, reply.json.data]).toEqual([400, undefined]);
  });
});

describe('a GET', () => {
  const PREFLIGHTED = { 'Apollo-Require-Preflight': 'true' };
  const path = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

  it('is answered when it is a query', async () => {
    const reply = await http.get(path(VIEWER.query), { headers: PREFLIGHTED, token });
    expect([reply.status, reply.json]).toEqual([200, { data: { viewer: { name: 'worker' } } }]);
  });

  it('is refused with 405 when it is a mutation, and changes nothing', async () => {
    const mutation =
      'mutation { freshmakerCreateEvent(input: { messageId: "get", searchKey: "1", eventTypeId: 1 }) { id } }';
    const reply = await http.get(path(mutation), { headers: PREFLIGHTED, token });
    expect([reply.status, reply.headers['allow'], reply.json.data]).toEqual([405, 'POST', undefined]);
    expect((await server.graphql('{ events { totalCount } }')).data).toEqual({ events: { totalCount: 0 } });
  });
});

describe('a subscription', () => {
  it('is refused with a word on where it is served', async () => {
    const body = { query: 'subscription { stateChanged { to } }' };
    const reply = await http.post('/graphql', { headers: JSON_TYPE, body });
    expect([reply.status, reply.json]).toEqual([
      400,
      refusal('Subscriptions are served over WebSocket (graphql-transport-ws).', 'BAD_USER_INPUT'),
    ]);
  });
});

describe('credentials', () => {
  it.each(['Bearer nobody', 'Bearer', 'Basic eDp5', 'Bearer a b'])(
    'that are wrong (%s) are refused with 401',
    async (wrong) => {
      const reply = await http.post('/graphql', { headers: { ...JSON_TYPE, Authorization: wrong }, body: VIEWER });
      expect([reply.status, reply.headers['www-authenticate'], reply.json]).toEqual([
        401,
        'Bearer',
        refusal('The bearer token is not valid.', 'UNAUTHENTICATED'),
      ]);
    },
  );

  it('that are wrong are refused before the body was sent', async () => {
    const request = post({ ...JSON_TYPE, Authorization: 'Bearer nobody', 'Content-Length': '1000' });
    request.flushHeaders();
    const [response] = (await once(request, 'response', { signal: expiry() })) as [IncomingMessage];
    expect(response.statusCode).toBe(401);
    request.destroy();
  });

  it('are matched whatever the letter case of the scheme', async () => {
    const headers = { ...JSON_TYPE, Authorization: `bearer ${token}` };
    expect((await http.post('/graphql', { headers, body: VIEWER })).json.data.viewer.name).toBe('worker');
  });
});

describe('other methods and paths', () => {
  it('are refused without a fault', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const reply = await http.send(method, '/graphql', { headers: JSON_TYPE, body: VIEWER });
      expect([method, reply.status]).toEqual([method, 405]);
    }
    expect((await http.post('/graphql/nothing', { headers: JSON_TYPE, body: VIEWER })).status).toBeLessThan(500);
  });
});

function post(headers: Record<string, string>) {
  return httpRequest(`${server.url}/graphql`, { method: 'POST', headers, agent: false });
}

async function sendChunked(body: string): Promise<{ status: number; text: string }> {
  const request = post({ ...JSON_TYPE, 'Transfer-Encoding': 'chunked' });
  const responded = once(request, 'response') as Promise<[IncomingMessage]>;
  request.on('error', () => undefined);
  request.end(body);
  const [response] = await responded;
  let text = '';
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode!, text };
}
