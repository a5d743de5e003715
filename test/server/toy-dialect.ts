import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { buildSchema, graphql, GraphQLError } from 'graphql';
import { ANONYMOUS, type Principal } from '../../src/core/auth/principal.js';
import { BuildgateError } from '../../src/core/errors.js';
import { System } from '../../src/core/model/states.js';
import { GATEWAY_TOKEN } from '../../src/server/dialect-description.js';
import type { Dialect, Route } from '../../src/server/dialect.js';
import { type DialectMountOptions, mountDialects } from '../../src/server/dialect-mounts.js';
import type { StoredOperations } from '../../src/server/execution.js';
import { HttpClient } from '../support/http.js';

/** A small schema behind the toy routes; `refuse` fails with a code of the core, `crash` with an internal fault. */
const schema = buildSchema(
  `type Query { upper(text: String!): String! caller: String! refuse(code: String!): String crash: String }
  type Mutation { write: String }`,
);

const rootValue = {
  upper: ({ text }: { text: string }) => text.toUpperCase(),
  caller: (_: unknown, { userName }: Principal) => userName ?? 'nobody',
  refuse: ({ code }: { code: string }) => {
    throw new GraphQLError('refused by the core', { extensions: { code } });
  },
  write: () => 'written',
  crash: () => {
    throw new Error('secret detail');
  },
};

const documents: Readonly<Record<string, string>> = {
  Upper: 'query Upper($text: String!) { upper(text: $text) }',
  Caller: '{ caller }',
  Refuse: 'query Refuse($code: String!) { refuse(code: $code) }',
  Crash: '{ crash }',
  Write: 'mutation { write }',
};

const operations: StoredOperations = {
  writes: (name) => documents[name]!.startsWith('mutation'),
  run: (name, variableValues, { principal }) =>
    graphql({ schema, source: documents[name]!, rootValue, variableValues, contextValue: principal }),
};

const plain = { 'Content-Type': 'text/plain' };

export const text = (body: string) => ({ status: 200, headers: plain, body });

export const route = (method: string, uri: string, rest: Partial<Route> & Pick<Route, 'handle'>): Route => ({
  method,
  uri,
  summary: uri,
  subject: 'Toys',
  operations: [],
  answers: { 200: 'done' },
  ...rest,
});

/** Counts what the endless stream has been asked for and whether it was told to stop. */
export const endless = { pieces: 0, stopped: Promise.withResolvers<void>() };

async function* endlessText(): AsyncGenerator<string> {
  try {
    for (;;) {
      endless.pieces += 1;
      yield 'x'.repeat(64 * 1024);
    }
  } finally {
    endless.stopped.resolve();
  }
}

async function* threePieces(): AsyncGenerator<string> {
  yield 'one ';
  yield 'two ';
  yield 'drei ü';
}

async function* brokenText(): AsyncGenerator<string> {
  yield 'begin';
  throw new Error('secret detail');
}

const routes: Route[] = [
  route('GET', '/words/{word}', {
    parameters: { word: 'segment' },
    operations: ['Upper'],
    handle: async ({ parameters }, run) => {
      return text((await run<{ upper: string }>('Upper', { text: parameters['word'] })).upper);
    },
  }),
  route('GET', '/numbers/{number}', {
    parameters: { number: 'digits' },
    handle: ({ parameters }) => text(parameters['number']!),
  }),
  route('GET', '/kinds/{kind}/', {
    parameters: { kind: ['a', 'b'] },
    handle: ({ parameters }) => text(parameters['kind']!),
  }),
  route('GET', '/kinds/{kind}/special', { parameters: { kind: ['a', 'b'] }, handle: () => text('special') }),
  route('GET', '/query', { handle: ({ query }) => text(JSON.stringify(query.pairs)) }),
  route('GET', '/where', { handle: ({ origin, prefix }) => text(`${origin}${prefix}/where`) }),
  route('GET', '/caller', {
    operations: ['Caller'],
    handle: async (_request, run) => text((await run<{ caller: string }>('Caller')).caller),
  }),
  route('PUT', '/secured', {
    access: ['toy/writer', 'toy/admin'],
    body: { kind: 'json', limit: 1000 },
    operations: ['Caller'],
    handle: async ({ body }, run) =>
      text(`${(await run<{ caller: string }>('Caller')).caller} ${JSON.stringify(body)}`),
  }),
  route('POST', '/bytes', { body: { kind: 'bytes' }, handle: ({ body }) => text((body as Buffer).toString('hex')) }),
  route('GET', '/refuse/{code}', {
    parameters: { code: 'segment' },
    handle: async ({ parameters }, run) => text(await run('Refuse', { code: parameters['code'] })),
  }),
  route('GET', '/crash', { handle: async (_request, run) => text(await run('Crash')) }),
  route('GET', '/undeclared', { handle: async (_request, run) => text(JSON.stringify(await run('Write'))) }),
  route('GET', '/throw', {
    handle: () => {
      throw new BuildgateError('CONFLICT', 'thrown by the handler');
    },
  }),
  route('GET', '/stream', { handle: () => ({ status: 200, headers: plain, body: threePieces() }) }),
  route('GET', '/endless', { handle: () => ({ status: 200, headers: plain, body: endlessText() }) }),
  route('GET', '/broken', { handle: () => ({ status: 200, headers: plain, body: brokenText() }) }),
  route('DELETE', '/nothing', { handle: () => ({ status: 204 }) }),
];

/** A dialect whose words for failures are their kinds, so that a test sees which one it met. */
export const toyDialect: Dialect = {
  system: 'toy',
  prefix: '/toy',
  title: 'Toy',
  description: {
    text: 'A dialect for tests.',
    credentials: { bearer: GATEWAY_TOKEN },
    parameters: {},
    mediaTypes: { answers: ['text/plain'], refusals: ['text/plain'] },
    exchanges: new URL('./toy-exchanges.json', import.meta.url),
  },
  operations: new URL('file:///none.graphql'),
  routes,
  notFound: ({ path }) => ({ status: 404, headers: plain, body: `toy has no ${path}` }),
  methodNotAllowed: (_request, allowed) => ({
    status: 405,
    headers: { ...plain, Allow: allowed.join(', ') },
    body: 'toy method',
  }),
  options: (_request, allowed) => ({ status: 200, headers: { Allow: allowed.join(', ') } }),
  failure: (failure) => ({
    status: {
      credentialsMissing: 401,
      roleMissing: 403,
      crossSite: 403,
      badHost: 400,
      bodyTooLarge: 413,
      codingUnknown: 415,
      bodyUnreadable: 422,
      refused: 409,
      internal: 500,
    }[failure.kind],
    headers: plain,
    body: failure.kind === 'refused' ? `${failure.error.code}: ${failure.error.message}` : failure.kind,
  }),
};

/** A dialect without OPTIONS, and with its own slash rule, beside the toy. */
const strictDialect: Dialect = {
  ...toyDialect,
  system: 'strict',
  prefix: '/strict',
  options: undefined,
  routes: [route('GET', '/list/', { handle: () => text('list') })],
  redirect: ({ path, search }, isKnown) =>
    isKnown(`${path}/`) ? { status: 301, headers: { Location: `${path}/${search}` } } : undefined,
  notFound: () => ({ status: 404, body: 'strict has none' }),
};

const tokens: Readonly<Record<string, Principal>> = {
  writer: { userId: 1, userName: 'wanda', admin: false, roles: new Set(['toy/writer']) },
  reader: { userId: 2, userName: 'rita', admin: false, roles: new Set(['toy/reader']) },
  admin: { userId: 3, userName: 'ada', admin: true, roles: new Set() },
};

/** Members are who they say; `wrong` has the wrong password, and any scheme but Basic is none. */
function memberPrincipal(system: System, authorization: string | undefined): Principal {
  if (authorization === undefined) return ANONYMOUS;
  const [scheme, name = ''] = authorization.split(' ');
  if (scheme !== 'Basic') throw new BuildgateError('UNAUTHENTICATED', 'unreadable');
  if (name === 'wrong') throw new BuildgateError('FORBIDDEN', 'wrong password');
  return { ...ANONYMOUS, userName: `${name} of ${System[system]}` };
}

/** A real server with both dialects, and a page of the gateway's own behind them. */
export async function startToyServer(
  options: Partial<DialectMountOptions> = {},
): Promise<{ http: HttpClient; port: number; faults: object[]; close(): Promise<void> }> {
  const faults: object[] = [];
  const app = express();
  mountDialects(app, {
    dialects: [toyDialect, strictDialect],
    hosts: { toy: ['Toys.Example.org'], other: [] },
    trustProxy: () => false,
    authenticate: async (authorization) => {
      if (authorization === undefined) return ANONYMOUS;
      const principal = tokens[authorization.replace('Bearer ', '')];
      if (principal === undefined) throw new BuildgateError('UNAUTHENTICATED', 'unknown token');
      return principal;
    },
    authenticateMember: async (system, authorization) => memberPrincipal(system, authorization),
    remoteUser: async (userName) => ({ userId: null, userName, admin: false, roles: new Set() }),
    operationsOf: () => operations,
    log: { error: (details) => void faults.push(details) },
    ...options,
  });
  app.get('/healthz', (_request, response) => void response.send('gateway'));
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { http: new HttpClient(`http://127.0.0.1:${port}`), port, faults, close };
}
