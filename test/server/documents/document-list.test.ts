import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as dashboard from '../../../src/dashboard/operations/documents.js';
import { CARRY_OUT_DOCUMENT } from '../../../src/systems/buildapi/agent-document.js';
import { overHttp, overWebSocket, type Ask } from '../../graphql/transports.js';
import { exampleRecords } from '../../support/examples.js';
import { HttpClient } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const FRAGMENT = 'fragment Shown on Event {\n  legacyId\n}';
const EVENT = `query Event($legacyId: String!) {\n  event(system: FRESHMAKER, legacyId: $legacyId) {\n    ...Shown\n  }\n}\n\n${FRAGMENT}`;
const FOLLOW = 'subscription Follow($after: String) {\n  stateChanged(after: $after) {\n    to\n  }\n}';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface Form {
  readonly title: string;
  /** Files by their path; what the setting names is the first part of the path. */
  readonly files: Readonly<Record<string, string>>;
  /** What clients call the two documents. */
  readonly ids: { readonly event: string; readonly follow: string };
}

const FORMS: readonly Form[] = [
  {
    title: "a manifest of Apollo's tools",
    files: {
      'manifest.json': JSON.stringify({
        format: 'apollo-persisted-query-manifest',
        version: 1,
        operations: [
          { id: sha256(EVENT), name: 'Event', type: 'query', body: EVENT },
          { id: 'follow-1', name: 'Follow', type: 'subscription', body: FOLLOW },
        ],
      }),
    },
    ids: { event: sha256(EVENT), follow: 'follow-1' },
  },
  {
    title: "a persisted.json of Relay's compiler",
    files: { 'persisted.json': JSON.stringify({ '0cc175b9c0f1b6a831c399e269772661': EVENT, f: FOLLOW }) },
    ids: { event: '0cc175b9c0f1b6a831c399e269772661', follow: 'f' },
  },
  {
    title: 'a folder of .graphql files with a fragment in a file of its own',
    files: {
      'operations/event.graphql': EVENT.replace(FRAGMENT, '# The fragment is elsewhere.'),
      'operations/deeper/follow.graphql': FOLLOW,
      'operations/deeper/fragments.graphql': FRAGMENT,
      'operations/README.md': 'No document.',
    },
    ids: { event: 'Event', follow: 'Follow' },
  },
];

let folder: string;

/** Writes the files; the path that the setting is to name. */
function written(files: Readonly<Record<string, string>>): string {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return join(folder, Object.keys(files)[0]!.split('/')[0]!);
}

const TRANSPORTS: [string, Ask][] = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
];
const NOT_LISTED = {
  message: 'This document is not on the list of documents that this gateway runs.',
  extensions: { code: 'PERSISTED_QUERY_NOT_IN_LIST' },
};

describe.each(FORMS)('clients of a gateway with $title', ({ files, ids }) => {
  let server: TestServer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'buildgate-documents-'));
    server = await startTestServer({ import: exampleRecords(), env: { BUILDGATE_DOCUMENTS: written(files) } });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const variables = { legacyId: '201' };

  describe.each(TRANSPORTS)('over %s', (_name, ask) => {
    const named = (request: object) => ask(server.url, { query: '', ...request });

    it.each([
      ['its id', { documentId: ids.event }],
      ['its id as Apollo names it', { extensions: { persistedQuery: { version: 1, sha256Hash: ids.event } } }],
      ['the hash of its text', { documentId: `sha256:${sha256(EVENT)}` }],
      ['its text', { query: EVENT }],
      ['its text and its id', { query: EVENT, documentId: ids.event }],
      ['its text in another writing', { query: `${FRAGMENT} # first\n${EVENT.replace(FRAGMENT, '')}` }],
    ])('may run a listed document by %s', async (_title, request) => {
      const answer = await named({ ...request, variables });
      expect(answer).toEqual({ data: { event: variables } });
    });

    it.each([
      ['another document', { query: '{ events { totalCount } }' }],
      ['a listed one with a word more', { query: EVENT.replace('...Shown', '...Shown name') }],
      ['a listed one with another name', { query: EVENT.replace('query Event', 'query Events') }],
      ['introspection', { query: '{ __schema { types { name } } }' }],
      ['the smallest one', { query: '{ __typename }' }],
      ['what is no document', { query: '{' }],
      ['an unknown id', { documentId: 'nobody' }],
      ['an unknown hash', { extensions: { persistedQuery: { version: 1, sha256Hash: sha256('x') } } }],
      ['another document with its hash', { query: '{ __typename }', documentId: `sha256:${sha256('{ __typename }')}` }],
      ["a dialect's stored operation", { query: 'query FreshmakerEventTypes { freshmaker { eventTypes { id } } }' }],
    ])('may not run %s', async (_title, request) => {
      expect((await named(request)).errors).toEqual([NOT_LISTED]);
    });

    it('are refused when the text is not the one that is named', async () => {
      expect((await named({ query: FOLLOW, documentId: ids.event })).errors).toMatchObject([
        { message: 'provided sha does not match query', extensions: { code: 'BAD_REQUEST' } },
      ]);
    });

    it('may run what `buildgate agent` does', async () => {
      const { errors } = await ask(server.url, { query: CARRY_OUT_DOCUMENT, variables: { number: 1 } });
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    });
  });

  it.each(Object.entries(dashboard).filter(([name]) => name.endsWith('Document')))(
    'may run what the dashboard does: %s',
    async (_name, text) => {
      const { errors } = await overHttp(server.url, { query: String(text) });
      expect(errors?.map(({ extensions }) => extensions?.['code']) ?? []).not.toContain('PERSISTED_QUERY_NOT_IN_LIST');
    },
  );

  it('may follow a listed subscription', async () => {
    const answer = await overWebSocket(server.url, {
      query: '',
      documentId: ids.follow,
      variables: { after: 'rubbish' },
    } as never);
    expect(answer.errors).toMatchObject([{ message: 'after: not a cursor of the change log.' }]);
  });

  it('are refused with 400 over HTTP, as a request that cannot be served', async () => {
    const http = new HttpClient(server.url);
    const body = { query: '{ __typename }' };
    expect((await http.post('/graphql', { headers: JSON_TYPE, body })).status).toBe(400);
  });

  it('get answers of the old REST APIs, whose operations are stored', async () => {
    const http = new HttpClient(server.url);
    const { status, json, headers } = await http.get('/freshmaker/api/2/events/201');
    expect([status, json.id, headers['link']]).toEqual([200, 201, undefined]);
  });

  it('have no GraphiQL, which could run nothing', async () => {
    const http = new HttpClient(server.url);
    expect(await http.get('/graphiql')).toMatchObject({
      status: 404,
      text: 'GraphiQL is switched off here (BUILDGATE_GRAPHIQL).\n',
    });
  });
});

/** A fault by its pattern; a text is meant word for word. */
function expected(fault: string | RegExp): unknown {
  const pattern = fault instanceof RegExp ? fault : `^${fault.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
  return expect.stringMatching(new RegExp(pattern));
}

describe('the start of a gateway', () => {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'buildgate-documents-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const apollo = (rest: object) =>
    JSON.stringify({ format: 'apollo-persisted-query-manifest', version: 1, operations: [], ...rest });

  it.each([
    [
      'a field that does not exist',
      { 'p.json': '{"a": "{ viewer { nam } }", "b": "{ nodez }"}' },
      [
        'p.json: "a": line 1, column 12: Cannot query field "nam" on type "User". Did you mean "name"?',
        'p.json: "b": line 1, column 3: Cannot query field "nodez" on type "Query". Did you mean "node", "nodes", or "rodan"?',
      ],
    ],
    [
      'a text that is no document',
      { 'p.json': '{"a": "{"}' },
      ['p.json: "a": line 1, column 2: Syntax Error: Expected Name, found <EOF>.'],
    ],
    [
      'more than clients may ask for',
      { 'p.json': JSON.stringify({ a: `{ ${'a: viewer { id } '.repeat(9_000)} }` }) },
      [/^p\.json: "a": line 1, column \d+: Syntax Error: Document contains more /],
    ],
    ['a text that is no text', { 'p.json': '{"a": 5}' }, ['p.json: "a": must be the text of a document.']],
    ['no JSON', { 'p.json': '{"a": ' }, [/^p\.json: no JSON: /]],
    ['no object', { 'p.json': '[]' }, ['p.json: must be a JSON object.']],
    ['another version', { 'p.json': apollo({ version: 2 }) }, ['p.json: version: only 1 is known.']],
    ['operations that are none', { 'p.json': apollo({ operations: {} }) }, ['p.json: operations: must be an array.']],
    [
      'an operation without an id',
      { 'p.json': apollo({ operations: [{ body: '{ viewer { id } }' }] }) },
      ['p.json: operations[0].id: must be a text.'],
    ],
    [
      'an operation without a text',
      { 'p.json': apollo({ operations: [{ id: 'x' }] }) },
      ['p.json: operations[0].body: must be a text.'],
    ],
    [
      'an operation that does not fit',
      { 'p.json': apollo({ operations: [{ id: 'x', name: 'Broken', body: 'query Broken { nothing }' }] }) },
      ['p.json: operations[0] Broken: line 1, column 16: Cannot query field "nothing" on type "Query".'],
    ],
    [
      'two documents of one id',
      {
        'p.json': apollo({
          operations: [
            { id: 'x', body: '{ viewer { id } }' },
            { id: 'x', body: '{ viewer { name } }' },
          ],
        }),
      },
      ['p.json: operations[1] x: another document has the id "x", too.'],
    ],
    [
      'a file that does not fit',
      { 'q/a.graphql': 'query A { viewer { id } }', 'q/b.graphql': 'query B {\n  nothing\n}' },
      ['q/b.graphql: operation B: line 2, column 3: Cannot query field "nothing" on type "Query".'],
    ],
    [
      'a file that is no document',
      { 'q/a.graphql': 'query A {\n  viewer {' },
      ['q/a.graphql: line 2, column 11: Syntax Error: Expected Name, found <EOF>.'],
    ],
    [
      'a fragment that is nowhere',
      { 'q/a.graphql': 'query A { viewer { ...Gone } }' },
      ['q/a.graphql: operation A: line 3, column 8: Unknown fragment "Gone".'],
    ],
    [
      'two operations of one name',
      { 'q/a.graphql': 'query A { viewer { id } }', 'q/b.graphql': 'query A { viewer { name } }' },
      ['q/b.graphql: operation A: is in FOLDER/q/a.graphql, too.'],
    ],
    [
      'an operation without a name',
      { 'q/a.graphql': '{ viewer { id } }' },
      ['q/a.graphql: an operation has no name, which it is known by.'],
    ],
    ['a schema', { 'q/a.graphql': 'type A { b: Int }' }, ['q/a.graphql: only operations and fragments belong here.']],
  ] as [string, Record<string, string>, (string | RegExp)[]][])(
    'fails for %s, and says where it is',
    async (_title, files, faults) => {
      const failed = startTestServer({ env: { BUILDGATE_DOCUMENTS: written(files) } }).then((server) => server.close());
      const error = await failed.then(
        () => null,
        (reason: unknown) => reason as Error,
      );
      const lines = error?.message.replaceAll(folder, 'FOLDER').split('\n') ?? [];
      const told = lines.map((line) => line.replace('BUILDGATE_DOCUMENTS: FOLDER/', ''));
      expect(told).toEqual(faults.map(expected));
    },
  );

  it('fails for a path where nothing is', async () => {
    const path = join(folder, 'nothing.json');
    await expect(startTestServer({ env: { BUILDGATE_DOCUMENTS: path } })).rejects.toThrow(
      `BUILDGATE_DOCUMENTS: ${path}: ENOENT: no such file or directory`,
    );
  });
});
