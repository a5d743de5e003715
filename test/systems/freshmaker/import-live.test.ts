import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runImport, type RowCounts } from '../../../src/core/import/run.js';
import { FRESHMAKER_IMPORT } from '../../../src/systems/freshmaker/import/index.js';
import { LiveSource } from '../../../src/systems/freshmaker/import/live.js';
import { build, countsOf, event, importDatabase, type ImportDatabase } from './import-support.js';
import { SECRETS } from '../../support/secrets.js';
import { EXPIRY_MS } from '../../support/expiry.js';

let database: ImportDatabase;
let server: Server | null = null;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(async () => {
  server?.close();
  server?.closeAllConnections();
  server = null;
  await database.drop();
});

/** Starts a server and gives its base URL. */
async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function take(url: string, timeout = EXPIRY_MS): Promise<readonly RowCounts[]> {
  const source = new LiveSource(new URL(url), { backoff: 1, timeout });
  return runImport({ database: database.config, secrets: SECRETS }, FRESHMAKER_IMPORT, source);
}

/** Answers like a Freshmaker with these pages of events; notes the URIs asked for. */
function pages(all: object[][], asked: string[]): RequestListener {
  return (request, response) => {
    asked.push(request.url ?? '');
    const page = Number(new URL(request.url ?? '', 'http://any').searchParams.get('page'));
    const next = page < all.length ? `http://any/?per_page=50&page=${page + 1}` : null;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: all[page - 1], meta: { page, pages: all.length, total: 3, next } }));
  };
}

const PAGES = [
  [event(1, { builds: [build(1, 1, { dep_on_id: 2 })], url: '/api/1/events/1' }), event(2, { depends_on_events: [3] })],
  [event(3, { builds: [build(2, 3)] })],
];

describe('the events of a running server', () => {
  it.each(['', '/', '/freshmaker', '/freshmaker/', '/freshmaker/api/1', '/freshmaker/api/1/events/'])(
    'are read page by page in the order of their ids from the base "%s"',
    async (path) => {
      const asked: string[] = [];
      const base = await serve(pages(PAGES, asked));
      expect(countsOf(await take(base + path))).toEqual({ events: [3, 0, 0], builds: [2, 0, 0] });
      const mount = path.startsWith('/freshmaker') ? '/freshmaker' : '';
      expect(asked).toEqual([
        `${mount}/api/1/events/?order_by=id&per_page=50&page=1`,
        `${mount}/api/1/events/?order_by=id&per_page=50&page=2`,
      ]);
    },
  );

  it('are asked for again when the server fails for a moment', async () => {
    const asked: string[] = [];
    let failures = 2;
    const answer = pages(PAGES, asked);
    const base = await serve((request, response) => {
      if (request.url?.endsWith('page=2') && failures-- > 0) response.writeHead(503).end('busy');
      else answer(request, response);
    });
    expect(countsOf(await take(base)).events).toEqual([3, 0, 0]);
  });
});

describe('an answer that is no page names URL and fault, and nothing is stored', () => {
  it.each<[string, RequestListener, string]>([
    ['status 404', (_, response) => response.writeHead(404).end('no'), 'page=2: answered with status 404.'],
    ['status 503 every time', (_, response) => response.writeHead(503).end(), 'page=2: answered with status 503.'],
    ['a redirection to nowhere', (_, response) => response.writeHead(204).end(), 'page=2: answered with status 204.'],
    ['no JSON', (_, response) => response.end('<html>'), 'page=2: the answer is not JSON ('],
    [
      'no list',
      (_, response) => response.end('{"items": 5, "meta": {}}'),
      'page=2: the answer is not a page of events.',
    ],
    ['null', (_, response) => response.end('null'), 'page=2: the answer is not a page of events.'],
    ['a broken connection', (request) => request.socket.destroy(), 'page=2: cannot be reached ('],
    ['no answer', () => undefined, 'page=2: no answer in time.'],
    [
      'a row that is refused',
      (_, response) => response.end(JSON.stringify({ items: [event(9, { state: 9 })], meta: { next: null } })),
      'events[2] (id 9): state: there is no event state 9.',
    ],
  ])('%s', async (_what, second, message) => {
    const before = await database.content();
    const first = pages(PAGES, []);
    const base = await serve((request, response) => {
      if (request.url?.endsWith('page=2')) second(request, response);
      else first(request, response);
    });
    await expect(take(base, 300)).rejects.toThrow(message);
    expect(await database.content()).toEqual(before);
  });

  it('a server that is not there', async () => {
    const base = await serve(() => undefined);
    server?.close();
    await expect(take(base)).rejects.toThrow(
      `${base}/api/1/events/?order_by=id&per_page=50&page=1: cannot be reached (ECONNREFUSED).`,
    );
  });

  it('a URL with a password, without repeating it', () => {
    expect(() => new LiveSource(new URL('http://jdoe:secret@127.0.0.1/'))).toThrow(
      'The URL must not contain a user name or a password.',
    );
  });
});
