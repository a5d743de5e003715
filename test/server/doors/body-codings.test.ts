import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const CODINGS = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['br', brotliCompressSync],
] as const;
/** Much more than any route takes, in a few kilobytes. */
const BOMB = Buffer.alloc(64 * 1024 * 1024, 0x20);

let server: TestServer;
let client: HttpClient;
let admin: string;

beforeAll(async () => {
  server = await startTestServer();
  client = new HttpClient(server.url);
  admin = await server.token('root', { admin: true });
});
afterAll(() => server.close());

/** Routes that take a body. */
const ROUTES: readonly (readonly [name: string, path: string, type: string, credentials: () => string | undefined])[] =
  [
    ['GraphQL', '/graphql', 'application/json', () => undefined],
    ['freshmaker', '/freshmaker/api/2/builds/', 'application/json', () => `Bearer ${admin}`],
    ['devmason', '/devmason/xmlrpc', 'text/xml', () => undefined],
    ['rodan', '/rodan/auth/token/', 'application/json', () => undefined],
  ];

function send(
  path: string,
  body: Uint8Array,
  coding: string,
  { type = 'application/json', authorization }: { type?: string; authorization?: string | undefined } = {},
): Promise<Reply> {
  const headers = { 'Content-Type': type, 'Content-Encoding': coding, ...(authorization && { authorization }) };
  return client.post(path, { headers, body });
}

describe('a request body in a coding', () => {
  const query = Buffer.from(JSON.stringify({ query: '{ __typename }' }));

  it.each(CODINGS)('is read by GraphQL: %s', async (coding, compress) => {
    expect(await send('/graphql', compress(query), coding)).toMatchObject({
      status: 200,
      json: { data: { __typename: 'Query' } },
    });
  });

  it.each(CODINGS)('is read by a dialect: %s', async (coding, compress) => {
    const body = compress(JSON.stringify({ username: 'nobody', password: 'wrong' }));
    const plain = await client.post('/rodan/auth/token/', {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ username: 'nobody', password: 'wrong' }),
    });
    const coded = await send('/rodan/auth/token/', body, coding);
    expect([coded.status, coded.text]).toEqual([plain.status, plain.text]);
    expect(coded.status).not.toBe(415);
  });
});

describe.each(ROUTES)('%s', (_name, path, type, credentials) => {
  const options = () => ({ type, authorization: credentials() });

  it.each(['gzip', 'deflate', 'br'])('refuses what grows beyond its limit with 413: %s', async (coding) => {
    const compress = Object.fromEntries(CODINGS)[coding]!;
    const reply = await send(path, compress(BOMB), coding, options());
    expect(reply.status).toBe(413);
    expect(reply.headers.connection).toBe('close');
  });

  it('refuses an unknown coding with 415 and says which it takes', async () => {
    const reply = await send(path, Buffer.from('{}'), 'zstd-9000', options());
    expect(reply.status).toBe(415);
    expect(reply.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  it('refuses one coding upon another with 415', async () => {
    expect(await send(path, gzipSync(gzipSync('{}')), 'gzip, gzip', options())).toMatchObject({ status: 415 });
  });

  it('refuses what is not in its coding with 400', async () => {
    expect(await send(path, Buffer.from('{"query":"{ a }"}'), 'gzip', options())).toMatchObject({ status: 400 });
  });
});
