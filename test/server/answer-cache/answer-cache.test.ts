import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { openDataVersion, type DataVersion } from '../../../src/core/store/data-version.js';
import { Store } from '../../../src/core/store/store.js';
import { CORE_ENTITIES } from '../../../src/core/model/tables.js';
import { BuildgateError } from '../../../src/core/errors.js';
import { AnswerCache } from '../../../src/server/answer-cache/answer-cache.js';
import { mountDialects } from '../../../src/server/dialect-mounts.js';
import { withNotes } from '../../../src/server/noted-response.js';
import type { Dialect, Route } from '../../../src/server/dialect.js';
import { commitChanges } from '../../core/changes/verbs.js';
import { emptyDatabase, type TestDatabase } from '../../support/database.js';
import { HttpClient, type RequestOptions } from '../../support/http.js';
import { route, text, toyDialect } from '../toy-dialect.js';

const ROOM = 1024 * 1024;

/** How often a handler was called. */
let calls: number;
/** Microseconds since 1970. */
let now: number;
let outcomes: string[];
let seconds: number[];

const counting = (uri: string, rest: Partial<Route> = {}): Route =>
  route('GET', uri, { kept: true, handle: () => text(`${uri} ${(calls += 1)}`), ...rest });

async function* pieces(): AsyncGenerator<string> {
  yield `${(calls += 1)}`;
}

const refused: Route['handle'] = ({ query }) => {
  calls += 1;
  throw new BuildgateError('CONFLICT', `${query.first('q')}`);
};

const dialect: Dialect = {
  ...toyDialect,
  authentication: 'lenient',
  entityTags: true,
  identify: async (authorization) => {
    if (authorization === undefined) return ANONYMOUS;
    if (authorization === 'away') throw new BuildgateError('UNAVAILABLE', 'The database is away.');
    if (authorization !== 'short') throw new BuildgateError('UNAUTHENTICATED', 'nobody');
    return { ...ANONYMOUS, userName: 'short', validUntil: 100 };
  },
  routes: [
    counting('/page', { observe: (took) => void seconds.push(took) }),
    counting('/other', { kept: ({ query }) => query.first('kept') === 'yes' }),
    route('GET', '/unkept', { handle: () => text(`${(calls += 1)}`) }),
    counting('/pieces', { handle: () => ({ ...text(''), body: pieces() }) }),
    counting('/moved', { handle: () => ({ status: 302, headers: { Location: `/${(calls += 1)}` } }) }),
    counting('/refused', { handle: refused }),
    counting('/who', { handle: ({ principal }) => text(`${principal.userName} ${(calls += 1)}`) }),
  ],
};

let database: TestDatabase;
let store: Store;
let dataVersion: DataVersion;
let cache: AnswerCache;
let server: Server;
let http: HttpClient;

// On PostgreSQL what is written to other databases of the server counts as a change, too: nobody could say which request
// is the first to be answered with what was kept.
beforeAll(async () => {
  database = await emptyDatabase('sqlite');
  store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  await store.migrate();
});
afterAll(async () => {
  await store.close();
  await database.drop();
});

beforeEach(async () => {
  [calls, now, outcomes, seconds] = [0, 0, [], []];
  dataVersion = openDataVersion(database.config);
  cache = new AnswerCache({
    dataVersion,
    room: ROOM,
    trusts: () => false,
    now: () => now,
    onAnswer: (outcome) => void outcomes.push(outcome),
  });
  const app = express();
  mountDialects(app, {
    dialects: [dialect],
    hosts: {},
    trustProxy: () => false,
    authenticate: async () => ANONYMOUS,
    authenticateMember: async () => ANONYMOUS,
    remoteUser: async () => ANONYMOUS,
    operationsOf: () => ({ writes: () => false, run: async () => ({ data: {} }) }),
    log: { error: () => undefined },
  });
  server = createServer((incoming, outgoing) => {
    const response = withNotes(outgoing);
    cache.handle(incoming, response, () => void app(incoming as Request, response as Response));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  http = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  server.close();
  await dataVersion.close();
});

const get = (path: string, options?: RequestOptions) => http.get(`/toy${path}`, options);

/** Texts of the answers to one request, sent so many times. */
async function texts(path: string, options: RequestOptions = {}, times = 4): Promise<string[]> {
  const found: string[] = [];
  for (let time = 0; time < times; time++) found.push((await get(path, options)).text);
  return found;
}

describe('An answer of a route that may be kept', () => {
  it('is made twice and then given again, byte for byte and with the same headers', async () => {
    const [first, made, kept] = [await get('/page'), await get('/page'), await get('/page')];
    expect([first.text, made.text, kept.text]).toEqual(['/page 1', '/page 2', '/page 2']);
    expect({ ...kept.headers, date: '' }).toEqual({ ...made.headers, date: '' });
    expect([kept.status, kept.reason]).toEqual([made.status, made.reason]);
    expect(outcomes).toEqual(['miss', 'miss', 'hit']);
    expect(seconds).toHaveLength(3);
    expect(cache.size).toEqual({ bytes: expect.any(Number), entries: 1 });
  });

  it('is made anew as soon as anything was committed', async () => {
    expect(await texts('/page')).toEqual(['/page 1', '/page 2', '/page 2', '/page 2']);
    await commitChanges(store, 1);
    expect(await texts('/page')).toEqual(['/page 3', '/page 3', '/page 3', '/page 3']);
  });

  it('is for the same request alone', async () => {
    await texts('/page');
    const others: RequestOptions[] = [
      { host: 'localhost:1' },
      { headers: { Accept: 'text/html' } },
      { headers: { 'Accept-Encoding': 'gzip' } },
      { headers: { Cookie: 'a=b' } },
      { headers: { Origin: 'https://elsewhere.example' } },
      { headers: { 'X-Forwarded-Host': 'outside.example' } },
      { headers: { 'X-Remote-User': 'ann' } },
      { headers: { 'X-Unknown': '1' } },
      { headers: { Authorization: 'short' } },
    ];
    for (const [index, options] of others.entries())
      expect((await get('/page', options)).text).toBe(`/page ${3 + index}`);
    expect((await get('/page?x')).text).toBe('/page 12');
    expect((await http.head('/toy/page')).headers['content-length']).toBe('8');
    expect(calls).toBe(13);
  });

  it('is for whoever asks the same with other tools, in the same state of what does not matter', async () => {
    await texts('/page');
    const headers = {
      'User-Agent': 'cron',
      'X-Request-Id': 'x',
      'Cache-Control': 'no-cache',
      'X-Forwarded-For': '10.0.0.1',
    };
    expect((await get('/page', { headers })).text).toBe('/page 2');
  });

  it('counts for HEAD with its length, and for GET apart from that', async () => {
    for (let time = 0; time < 3; time++) await http.head('/toy/page');
    const { status, headers, text: body } = await http.head('/toy/page');
    expect([status, headers['content-length'], body, calls]).toEqual([200, '7', '', 2]);
    expect(await texts('/page')).toEqual(['/page 3', '/page 4', '/page 4', '/page 4']);
  });

  it('may be that something is elsewhere, or is not there', async () => {
    const locations = [];
    for (let time = 0; time < 4; time++) locations.push((await get('/moved')).headers.location);
    expect(locations).toEqual(['/1', '/2', '/2', '/2']);
  });

  it('is not what it refused, what it makes while it sends, or what the route says may not be kept', async () => {
    await texts('/refused?q=1');
    expect(calls).toBe(4);
    expect(await texts('/pieces')).toEqual(['5', '6', '7', '8']);
    expect(await texts('/other')).toEqual(['/other 9', '/other 10', '/other 11', '/other 12']);
    expect(await texts('/other?kept=yes')).toEqual(['/other 13', '/other 14', '/other 14', '/other 14']);
    expect(await texts('/unkept')).toEqual(['15', '16', '17', '18']);
  });

  it('is not made from a request with a body', async () => {
    for (let time = 0; time < 4; time++) await get('/page', { body: 'x' });
    expect(calls).toBe(4);
  });
});

describe('A caller', () => {
  const as = (authorization: string): RequestOptions => ({ headers: { Authorization: authorization } });

  it('gets what was kept until the credentials expire', async () => {
    expect(await texts('/who', as('short'))).toEqual(['short 1', 'short 2', 'short 2', 'short 2']);
    now = 99;
    expect(await texts('/who', as('short'), 1)).toEqual(['short 2']);
    now = 100;
    expect(await texts('/who', as('short'), 2)).toEqual(['short 3', 'short 4']);
  });

  it('whose credentials cannot be checked now is told so, and what strangers see is not kept for it', async () => {
    const { status, text: body } = await get('/who', as('away'));
    expect([status, body]).toEqual([409, 'UNAVAILABLE: The database is away.']);
    expect(cache.size.entries).toBe(0);
  });
});

describe('A client that sends the tag it has', () => {
  it('is told that it has the page, whether that was kept or not', async () => {
    const { headers } = await get('/page?fixed');
    await get('/page?fixed');
    const kept = (await get('/page?fixed')).headers.etag!;
    expect(kept).not.toBe(headers.etag);
    const known = await get('/page?fixed', { headers: { 'If-None-Match': kept } });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, '', kept]);
    expect(known.headers['content-type']).toBeUndefined();
    expect(outcomes.filter((outcome) => outcome === 'hit')).toHaveLength(2);
    expect((await get('/page?fixed', { headers: { 'If-None-Match': '"other"' } })).status).toBe(200);
  });
});

describe('Without proof', () => {
  it('nothing is given again: the request takes the ordinary way', async () => {
    await texts('/page');
    await dataVersion.close();
    expect(await texts('/page', {}, 2)).toEqual(['/page 3', '/page 4']);
    dataVersion = openDataVersion(database.config);
  });
});
