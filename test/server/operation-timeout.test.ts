import { AsyncLocalStorage } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import type { Gateway, OperationContext } from '../../src/core/graphql/context.js';
import { inScope, OperationScope } from '../../src/core/store/operation-scope.js';
import type { Reader } from '../../src/core/store/reader.js';
import { sql } from '../../src/core/store/sql.js';
import { Gate } from '../../src/server/execution.js';
import { commitChanges } from '../core/changes/verbs.js';
import { ownStore, type OwnStore } from '../core/world.js';
import { overHttp, overWebSocket } from '../graphql/transports.js';
import { HttpClient } from '../support/http.js';
import { lockReads, lockWrites, type DatabaseLock } from '../support/locked-database.js';
import { startTestServer, type TestServer } from '../support/server.js';

const EXAMPLES = Object.fromEntries(
  ['freshmaker', 'buildapi', 'devmason', 'kernelci', 'rodan'].map((system) => [
    system,
    JSON.parse(readFileSync(new URL(`../../examples/${system}.json`, import.meta.url), 'utf8')),
  ]),
);
const TIMEOUT = { message: 'The operation takes longer than 1 s.', extensions: { code: 'TIMEOUT', limit: 1 } };
/** A build as Devmason's clients report it. */
const BUILD = { success: true, results: [], tags: [], client: { arch: 'x', host: 'h', user: 'u' } };
/** The same of Kernel CI, of a job that is there. */
const JOB = { job: 'next', kernel: 'next-20150116', git_branch: 'master' };
const JSON_TYPE = { 'Content-Type': 'application/json' };

describe('an operation', () => {
  let own: OwnStore;
  beforeEach(async () => {
    own = await ownStore();
  });
  afterEach(() => own.close());

  const LIMITED = { operationTimeoutMs: 50 };

  /** Asks the database until that is refused. */
  async function untilRefused(reader: Reader, onAnswer: () => void = () => undefined): Promise<never> {
    for (;;) {
      await reader.all(sql`SELECT 1 AS one`);
      onAnswer();
    }
  }

  /** Executes `{ slow }` over the store, within a time or for a caller who may have gone. */
  function ask(
    slow: (context: OperationContext) => unknown,
    { isGone, ...limits }: { readonly operationTimeoutMs?: number; readonly isGone?: () => boolean },
  ) {
    const field = {
      type: GraphQLString,
      resolve: (_source: unknown, _args: unknown, context: OperationContext) => slow(context),
    };
    const schema = new GraphQLSchema({
      query: new GraphQLObjectType<unknown, OperationContext>({ name: 'Query', fields: { slow: field } }),
    });
    const gate = new Gate({
      schema,
      gateway: { store: own.store } as unknown as Gateway,
      onFault: (error) => expect.fail(String(error)),
      onOperation: () => undefined,
      onSubscription: () => undefined,
      ...limits,
    });
    const { document } = gate.prepare('{ slow }');
    const context = gate.context({ principal: ANONYMOUS, requestId: 'request-1', ...(isGone && { isGone }) });
    return gate.execute({ document: document!, context, transport: 'stored' });
  }

  const late = { message: 'The operation takes longer than 0.05 s.', extensions: { code: 'TIMEOUT', limit: 0.05 } };

  it('that waits for what does not come ends when its time is over', async () => {
    const { data, errors } = await ask(() => new Promise(() => undefined), LIMITED);
    expect([data, errors?.map((error) => error.toJSON())]).toEqual([undefined, [late]]);
  });

  it('that asks the database again and again ends when its time is over, and begins no further statement', async () => {
    const asking = Promise.withResolvers<never>();
    const { errors } = await ask(({ reader }) => {
      asking.resolve(untilRefused(reader));
      return asking.promise;
    }, LIMITED);
    expect(errors?.map((error) => error.toJSON())).toEqual([late]);
    await expect(asking.promise).rejects.toMatchObject({ code: 'TIMEOUT', message: late.message });
  });

  it('whose caller has gone asks the database no more', async () => {
    let statements = 0;
    const count = (): void => void (statements += 1);
    const { errors } = await ask(({ reader }) => untilRefused(reader, count), { isGone: () => statements >= 3 });
    expect([errors?.[0]?.message, statements]).toEqual(['Nobody waits for the answer any more.', 3]);
  });

  it('leaves work alone that its commit set going and others need as well', async () => {
    let isGone = false;
    const scope = new OperationScope({ isGone: () => isGone });
    const read = () => own.store.reader.all(sql`SELECT 1 AS one`);
    const { promise: woken, resolve } = Promise.withResolvers<typeof read>();
    own.store.onCommit(() => {
      const asTold = AsyncLocalStorage.snapshot();
      resolve(() => asTold(read));
    });
    await inScope(scope, () => commitChanges(own.store, 1));
    isGone = true;
    await expect(inScope(scope, read)).rejects.toThrow('Nobody waits for the answer any more.');
    expect(await (await woken)()).toEqual([{ one: 1 }]);
  });
});

describe('While others hold what a statement needs, an operation beyond its time', () => {
  let server: TestServer;
  let http: HttpClient;
  let token: string;
  let lock: DatabaseLock | undefined;
  beforeAll(async () => {
    server = await startTestServer({ import: EXAMPLES, env: { BUILDGATE_OPERATION_TIMEOUT_SECONDS: '1' } });
    http = new HttpClient(server.url);
    token = await server.token('ops', { admin: true });
  });
  afterEach(async () => {
    await lock?.release();
    lock = undefined;
  });
  afterAll(() => server.close());

  const REGISTER = {
    query: 'mutation { devmasonRegisterProject(name: "Timed", slug: "timed") { slug } }',
  };

  it.each([
    ['HTTP', overHttp],
    ['WebSocket', overWebSocket],
  ])('that writes is refused over %s, and nothing of it is stored', async (_name, ask) => {
    lock = await lockWrites(server.config.database);
    expect(await ask(server.url, REGISTER, token)).toEqual({
      data: null,
      errors: [{ ...TIMEOUT, path: ['devmasonRegisterProject'], locations: [{ line: 1, column: 12 }] }],
    });
    await expect.poll(() => lock?.waiting()).toBe(0);
    await lock.release();
    lock = undefined;
    const { reader } = server.app.store;
    expect(await reader.all(sql`SELECT id FROM project WHERE name = ${'Timed'}`)).toEqual([]);
  });

  it('is answered with 503 over HTTP', async () => {
    lock = await lockWrites(server.config.database);
    expect((await http.post('/graphql', { headers: JSON_TYPE, body: REGISTER, token })).status).toBe(503);
  });

  it('is answered with 503 by routes of old APIs that write', async () => {
    lock = await lockWrites(server.config.database);
    const build = await http.post('/devmason/lamp-shop/builds', { headers: JSON_TYPE, body: BUILD });
    expect([build.status, build.text]).toEqual([503, 'Service Unavailable']);
    const headers = { ...JSON_TYPE, Authorization: 'a0000000-aaaa-4aaa-8aaa-0000000000a1' };
    const job = await http.post('/kernelci/job', { headers, body: JOB });
    expect([job.status, job.json]).toEqual([503, { code: 503, reason: TIMEOUT.message }]);
  });

  const READS: readonly (readonly [string, Readonly<Record<string, string>>, string | object])[] = [
    ['/freshmaker/api/1/events/', {}, { error: 'Service Unavailable', message: TIMEOUT.message, status: 503 }],
    ['/buildapi/self-serve/ash?format=json', {}, { status: 'FAILED', msg: TIMEOUT.message }],
    ['/devmason/', {}, 'Service Unavailable'],
    [
      '/kernelci/job',
      { Authorization: 'c0000000-cccc-4ccc-8ccc-0000000000c1' },
      { code: 503, reason: TIMEOUT.message },
    ],
    [
      '/rodan/projects/',
      { Authorization: 'Token 9f3b2c1d0e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b' },
      { detail: 'The service is temporarily unavailable.' },
    ],
  ];

  // Nobody waits to read SQLite.
  describe.each(process.env.BUILDGATE_TEST_DATABASE === 'postgresql' ? ['PostgreSQL'] : [])('on %s', () => {
    const TABLES = ['event', 'build', 'job', 'project', 'rodan_project'];

    it('that reads is refused alike over HTTP and WebSocket, and its statement ends', async () => {
      lock = await lockReads(server.config.database, TABLES);
      const read = { query: '{ events { nodes { id } } builds { nodes { id } } }' };
      const answers = await Promise.all([overHttp(server.url, read), overWebSocket(server.url, read)]);
      expect(answers).toEqual([{ errors: [TIMEOUT] }, { errors: [TIMEOUT] }]);
      await expect.poll(() => lock?.waiting()).toBe(0);
    });

    it.each(READS)('is answered with 503 at %s in the form of the old API', async (path, headers, body) => {
      lock = await lockReads(server.config.database, TABLES);
      const reply = await http.get(path, { headers });
      expect([reply.status, typeof body === 'string' ? reply.text : reply.json]).toEqual([503, body]);
      await expect.poll(() => lock?.waiting()).toBe(0);
    });

    it('leaves connections for others: more of them than the pool has, and then one that is answered', async () => {
      lock = await lockReads(server.config.database, TABLES);
      const read = { query: '{ events { nodes { id } } }' };
      const answers = await Promise.all(Array.from({ length: 25 }, () => overHttp(server.url, read)));
      expect(answers).toEqual(answers.map(() => ({ errors: [TIMEOUT] })));
      await lock.release();
      lock = undefined;
      expect(await server.app.store.reader.all(sql`SELECT 1 AS one`)).toEqual([{ one: 1 }]);
    });
  });
});
