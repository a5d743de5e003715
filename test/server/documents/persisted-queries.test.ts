import { createHash } from 'node:crypto';
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent } from '../../graphql/agent.js';
import { HttpClient, type Reply } from '../../support/http.js';
import type { TestServer } from '../../support/server.js';
import { ProtocolSocket } from '../protocol-socket.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const PREFLIGHTED = { 'Apollo-Require-Preflight': 'true' };
const NOT_FOUND = { message: 'PersistedQueryNotFound', extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } };

let server: TestServer;
let agent: Agent;
let http: HttpClient;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const persisted = (hash: string) => ({ persistedQuery: { version: 1, sha256Hash: hash } });

function post(body: object, token?: string): Promise<Reply> {
  return http.post('/graphql', { headers: JSON_TYPE, body, ...(token && { token }) });
}

function get(parameters: Record<string, string>): Promise<Reply> {
  return http.get(`/graphql?${new URLSearchParams(parameters)}`, { headers: PREFLIGHTED });
}

/** A document that no other test sends. */
let made = 0;
const ownDocument = (): string => `{ own${(made += 1)}: viewer { name } }`;

const badRequest = (message: string) => ({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });

describe('a document named by the hash of its text', () => {
  it('is asked for when it is not known, in an answer that no cache keeps', async () => {
    const reply = await post({ extensions: persisted(sha256(ownDocument())) });
    expect([reply.status, reply.headers['cache-control'], reply.json]).toEqual([
      200,
      'private, no-cache, must-revalidate',
      { errors: [NOT_FOUND] },
    ]);
  });

  it('runs when it was sent with its hash once: by POST, by GET, and over WebSocket', async () => {
    const query = ownDocument();
    const extensions = persisted(sha256(query));
    const data = { [`own${made}`]: null };
    for (const body of [{ query, extensions }, { extensions }, { query: '', extensions }]) {
      const { status, json } = await post(body);
      expect([body, status, json]).toEqual([body, 200, { data }]);
    }
    expect((await get({ extensions: JSON.stringify(extensions) })).json).toEqual({ data });
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'subscribe', id: '1', payload: { query: '', extensions } });
    expect((await socket.next('next')).payload).toEqual({ data });
    await socket.close();
  });

  it('may be sent by GET, and over WebSocket', async () => {
    const [one, other] = [ownDocument(), ownDocument()];
    await get({ query: one, extensions: JSON.stringify(persisted(sha256(one))) });
    expect((await post({ extensions: persisted(sha256(one)) })).json.errors).toBeUndefined();
    const socket = await ProtocolSocket.ready(server.url);
    const extensions = persisted(sha256(other));
    socket.send({ type: 'subscribe', id: '1', payload: { query: '', extensions } });
    expect((await socket.next('error')).payload).toEqual([NOT_FOUND]);
    socket.send({ type: 'subscribe', id: '2', payload: { query: other, extensions } });
    expect((await socket.next('next')).payload.errors).toBeUndefined();
    await socket.next('complete');
    expect((await post({ extensions })).json.errors).toBeUndefined();
    await socket.close();
  });

  it('may be a subscription, and one of several operations with variables', async () => {
    const query = `query A { viewer { name } } subscription B($after: String) { stateChanged(after: $after) { cursor } }`;
    const extensions = persisted(sha256(query));
    const socket = await ProtocolSocket.ready(server.url);
    const payload = { extensions, operationName: 'B', variables: { after: 'rubbish' } };
    await post({ query, extensions, operationName: 'A' });
    socket.send({ type: 'subscribe', id: '1', payload: { ...payload, query: '' } });
    expect((await socket.next('next')).payload.errors).toMatchObject([
      { message: 'after: not a cursor of the change log.' },
    ]);
    await socket.close();
  });

  it('runs with the rights of who asks', async () => {
    const query = ownDocument();
    await post({ query, extensions: persisted(sha256(query)) });
    const { json } = await post({ extensions: persisted(sha256(query)) }, agent.token);
    expect(json).toEqual({ data: { [`own${made}`]: { name: 'worker' } } });
  });

  it('does not run by GET when it is a mutation', async () => {
    const query =
      'mutation { freshmakerCreateEvent(input: {messageId: "apq", searchKey: "1", eventTypeId: 1}) { id } }';
    await post({ query, extensions: persisted(sha256(query)) });
    const reply = await get({ extensions: JSON.stringify(persisted(sha256(query))) });
    expect([reply.status, reply.headers['allow'], reply.json.data]).toEqual([405, 'POST', undefined]);
  });

  it.each([
    ['a hash of another text', persisted(sha256('{ other }')), 'provided sha does not match query'],
    ['another version', { persistedQuery: { version: 2, sha256Hash: 'x' } }, 'Unsupported persisted query version'],
    ['a hash that is no text', persisted(5 as never), 'extensions.persistedQuery.sha256Hash: must be a text.'],
    ['no object', { persistedQuery: 'x' }, 'Unsupported persisted query version'],
  ])('is refused with %s, on both transports', async (_title, extensions, message) => {
    const query = ownDocument();
    const reply = await post({ query, extensions });
    expect([reply.status, reply.json]).toEqual([400, badRequest(message)]);
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'subscribe', id: '1', payload: { query, extensions } });
    expect((await socket.next('error')).payload).toEqual(badRequest(message).errors);
    await socket.close();
  });

  it('is not kept when it is refused', async () => {
    for (const query of ['{ nothing }', '{']) {
      const extensions = persisted(sha256(query));
      expect((await post({ query, extensions })).status).toBe(400);
      expect((await post({ extensions })).json).toEqual({ errors: [NOT_FOUND] });
    }
  });

  it('stays known while ever new documents are sent, when it was asked for by its hash', async () => {
    const [used, unused] = [ownDocument(), ownDocument()];
    for (const query of [used, unused]) await post({ query, extensions: persisted(sha256(query)) });
    await post({ extensions: persisted(sha256(used)) });
    // More than all that is kept of documents nobody asked for: 4 Mi characters.
    for (let n = 0; n < 80; n++) {
      const query = `${ownDocument()} # ${'x'.repeat(60_000)}`;
      await post({ query, extensions: persisted(sha256(query)) });
    }
    expect((await post({ extensions: persisted(sha256(used)) })).json.errors).toBeUndefined();
    expect((await post({ extensions: persisted(sha256(unused)) })).json).toEqual({ errors: [NOT_FOUND] });
  });

  it('runs, but is not kept, when it is too long', async () => {
    const query = `${ownDocument()} # ${'x'.repeat(70_000)}`;
    const extensions = persisted(sha256(query));
    expect((await post({ query, extensions })).json.errors).toBeUndefined();
    expect((await post({ extensions })).json).toEqual({ errors: [NOT_FOUND] });
  });
});

describe('a document named by its documentId', () => {
  it('runs when the text of that hash was sent, by POST, by GET and over WebSocket', async () => {
    const query = ownDocument();
    const documentId = `sha256:${sha256(query)}`;
    const data = { [`own${made}`]: null };
    expect((await post({ documentId })).json).toEqual({ errors: [NOT_FOUND] });
    expect((await post({ query, documentId })).json).toEqual({ data });
    expect((await post({ documentId })).json).toEqual({ data });
    expect((await get({ documentId })).json).toEqual({ data });
    const socket = await ProtocolSocket.ready(server.url);
    socket.send({ type: 'subscribe', id: '1', payload: { query: '', documentId } });
    expect((await socket.next('next')).payload).toEqual({ data });
    await socket.close();
  });

  it.each([
    [{ documentId: 5 }, 'documentId: must be a text.'],
    [{ documentId: '' }, 'documentId: must be a text.'],
    [{ documentId: 'x', extensions: persisted('x') }, 'documentId: there is a persistedQuery, too.'],
    [{ documentId: 'sha256:x', query: '{ viewer { name } }' }, 'provided sha does not match query'],
    [
      { variables: {} },
      'There is no document to run: give it as `query`, or name it as `documentId` or `persistedQuery`.',
    ],
  ])('is refused as %j', async (body, message) => {
    const reply = await post(body);
    expect([reply.status, reply.json]).toEqual([400, badRequest(message)]);
  });
});

describe('Apollo Client with its link for persisted queries', () => {
  it('sends a hash, the text when it is asked for it, and the hash alone from then on', async () => {
    const document = gql`
      query ByHash {
        events(first: 0) {
          totalCount
        }
      }
    `;
    const sent: string[] = [];
    const fetching: typeof fetch = (url, init) => {
      sent.push(String(init!.body));
      return fetch(url, init);
    };
    const link = new PersistedQueryLink({ sha256 }).concat(
      new HttpLink({ uri: `${server.url}/graphql`, fetch: fetching }),
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link });
    for (let n = 0; n < 2; n++) {
      const { data } = await client.query<any>({ query: document, fetchPolicy: 'no-cache' });
      expect(data.events.totalCount).toBe(0);
    }
    client.stop();
    expect(sent.map((body) => JSON.parse(body).query === undefined)).toEqual([true, false, true]);
    expect(sent.every((body) => JSON.parse(body).extensions.persistedQuery.version === 1)).toBe(true);
  });
});

describe('several operations in one request', () => {
  it.each([
    ['a batch', [{ query: '{ viewer { name } }' }, { query: '{ viewer { name } }' }], 'Operation batching disabled.'],
    ['a batch of hashes', [{ extensions: persisted('x') }], 'Operation batching disabled.'],
  ])('are refused with 400 as %s', async (_title, body, message) => {
    const reply = await post(body);
    expect([reply.status, reply.json]).toEqual([400, badRequest(message)]);
  });

  it('are not answered in pieces, whatever the client accepts', async () => {
    const headers = { ...JSON_TYPE, Accept: 'multipart/mixed;deferSpec=20220824, application/json' };
    const query = '{ ... @defer { viewer { name } } }';
    const { json } = await http.post('/graphql', { headers, body: { query } });
    expect(json.errors).toMatchObject([
      { message: 'Unknown directive "@defer".', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
    ]);
    const plain = await http.post('/graphql', { headers, body: { query: '{ viewer { name } }' } });
    expect(plain.headers['content-type']).toBe('application/json; charset=utf-8');
  });
});
