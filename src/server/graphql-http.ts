import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequest,
  type GraphQLRequestContext,
  type GraphQLResponse,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express';
import type { DocumentNode, ExecutionResult } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { Principal } from '../core/auth/principal.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import { BuildgateError, isRefusal } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import type { AskedDocument } from './documents/asked-document.js';
import type { Documents } from './documents/documents.js';
import type { Caller, Gate } from './execution.js';
import { rateLimited } from './doors/doors.js';
import { operationPoints } from './rate-limit/operation-points.js';
import { rateLimitHeaders } from './rate-limit/rate-limit-headers.js';
import type { Allowance } from './rate-limit/rate-limits.js';
import { ACCEPTED_CODINGS } from './request-body.js';
import { callerAddress } from './caller-address.js';
import { requestIdOf } from './request-log.js';

/** What GraphQL over HTTP is served with. */
export interface GraphqlHttpOptions {
  readonly gate: Gate;
  /** Finds the document that a request asks for. */
  readonly documents: Documents;
  readonly authenticator: Authenticator;
  readonly signIns: SignInLimit;
  /** Whether a peer is a proxy whose `X-Forwarded-For` counts. */
  readonly trusts: (address: string | undefined) => boolean;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly onFault: (error: unknown, requestId: string) => void;
  /** Told who the credentials of a request name; null when they were refused. */
  readonly onCaller: (request: IncomingMessage, principal: Principal | null) => void;
  /** Counts what an operation costs beyond a request; undefined where there is no limit. */
  readonly charge: (request: IncomingMessage, principal: Principal, points: number) => Promise<Allowance> | undefined;
}

/** Who pays for an operation. */
interface Payer {
  readonly request: IncomingMessage;
  readonly principal: Principal;
}

/** Apollo Server copies the context, with what has been added to it. */
const PAYER = Symbol('payer');

interface PaidContext {
  readonly [PAYER]: Payer;
}

/** Characters of the documents that Apollo is handed; it prepares again what is too long to be among them. */
const CHARACTERS = 1_024 * 1_024;
const SHA256_HEX = 64;
/** What Apollo is given in the place of a document that is refused: it finds nothing wrong and executes nothing. */
const NOTHING = '{ __typename }';
/** Apollo's clients send the text when they hear of an unknown hash; they expect the status of a success. */
const RESEND = 'PERSISTED_QUERY_NOT_FOUND';

/** Documents that were found right, by the hash under which Apollo looks for them. */
type Resolved = LRUCache<string, DocumentNode>;

/** GraphQL over HTTP: Apollo Server speaks the protocol, the gate prepares and executes. */
export async function graphqlHttp(
  options: GraphqlHttpOptions,
): Promise<{ handlers: (RequestHandler | ErrorRequestHandler)[]; stop: () => Promise<void> }> {
  const { gate } = options;
  const resolved: Resolved = new LRUCache({ maxSize: CHARACTERS });
  const apollo = new ApolloServer<OperationContext>({
    schema: gate.schema,
    // Documents that the gate has prepared are found here, so that Apollo neither parses nor validates them again.
    documentStore: {
      get: async (key) => resolved.get(key.slice(-SHA256_HEX)),
      set: async () => undefined,
      delete: async () => undefined,
    },
    csrfPrevention: true,
    // The gate decides on the former, and `Documents` finds the latter, on every transport.
    introspection: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: { debug: ignore, info: ignore, warn: ignore, error: (message) => options.onFault(message, '-') },
    plugins: [
      throughGate(options, resolved),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      // It runs scripts of another host; GraphiQL is here.
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await apollo.start();
  const context = async ({ req, res }: { req: Request; res: Response }): Promise<OperationContext> => {
    const caller = callerOf(res);
    const payer: Payer = { request: req, principal: caller.principal };
    return Object.assign(gate.context(caller), { [PAYER]: payer });
  };
  const respond = expressMiddleware(apollo, { context });
  const handlers = [
    authenticate(options),
    express.json({ limit: options.bodyLimit, verify: requireUtf8 }),
    respond,
    refuse(options),
  ];
  return { handlers, stop: () => apollo.stop() };
}

/** Finds each document before Apollo looks for it, and has the gate execute each operation in Apollo's place. */
function throughGate(options: GraphqlHttpOptions, resolved: Resolved): ApolloServerPlugin<OperationContext> {
  const { gate, documents } = options;
  return {
    requestDidStart: async ({ request }) => {
      const asked = documents.resolve(askedOf(request));
      if (!asked.document) gate.refused('http');
      request.query = asked.document ? asked.text : NOTHING;
      if (request.extensions) delete request.extensions;
      if (!asked.document) delete request.operationName;
      return {
        didResolveSource: async ({ queryHash }) => {
          if (asked.document) resolved.set(queryHash, asked.document, { size: asked.text.length });
        },
        responseForOperation: async (context) => {
          const unpaid = asked.document && (await overdrawn(options, asked.document, context));
          if (unpaid) return tooMany(unpaid);
          const result = asked.document ? await executed(gate, asked.document, context) : { errors: asked.errors };
          const errors = result.errors?.map((error) => error.toJSON());
          const http = headOf(result, request.http?.headers.get('accept'));
          return { http, body: { kind: 'single', singleResult: { ...result, errors } as never } };
        },
      };
    },
  };
}

/** How a request over HTTP says which document it wants. */
function askedOf({ query, extensions, http }: GraphQLRequest): AskedDocument {
  if (http?.method === 'GET')
    return { query, extensions, documentId: new URLSearchParams(http.search).get('documentId') };
  return { query, extensions, documentId: (http?.body as { readonly documentId?: unknown } | undefined)?.documentId };
}

function headOf(result: ExecutionResult, accept: string | undefined): { headers: HeaderMap; status?: number } {
  if (result.errors?.[0]?.extensions['code'] === RESEND) {
    // An answer in a cache would keep the client from ever sending the text.
    return { headers: new HeaderMap([['cache-control', 'private, no-cache, must-revalidate']]) };
  }
  const status = statusOf(result, accept);
  return { headers: new HeaderMap(), ...(status ? { status } : {}) };
}

/**
 * GraphQL over HTTP: without `data` nothing was executed, and the request is at fault. Who asks for `application/json` and
 * knows nothing newer takes any other status than 200 for the word of a proxy. A balancer should hear that the database is
 * away or too slow.
 */
function statusOf({ data, errors }: ExecutionResult, accept: string | undefined): number | undefined {
  const has = (code: string): boolean => errors?.some(({ extensions }) => extensions['code'] === code) === true;
  if ((has('UNAVAILABLE') || has('TIMEOUT')) && Object.values(data ?? {}).every((value) => value === null)) return 503;
  if (data !== undefined) return undefined;
  return isOldMediaType(accept) && !has('BAD_REQUEST') ? undefined : 400;
}

/** Whether a client asks for the media type of GraphQL answers from before `application/graphql-response+json` alone. */
function isOldMediaType(accept = ''): boolean {
  return accept.includes('application/json') && !accept.includes('application/graphql-response+json');
}

async function executed(
  gate: Gate,
  document: DocumentNode,
  { request, contextValue }: GraphQLRequestContext<OperationContext>,
): Promise<ExecutionResult> {
  const { operationName, variables } = request;
  return gate.execute({ document, operationName, variables, context: contextValue, transport: 'http' });
}

/** What is left to a caller who has too little for an operation of so many rows. */
async function overdrawn(
  { gate, charge }: GraphqlHttpOptions,
  document: DocumentNode,
  { request: { operationName, variables }, contextValue }: GraphQLRequestContext<OperationContext>,
): Promise<Allowance | undefined> {
  // The request itself was paid for at the door.
  const points = operationPoints(gate.rowsAskedFor({ document, operationName, variables })) - 1;
  if (points === 0) return undefined;
  const { request, principal } = (contextValue as Partial<PaidContext>)[PAYER]!;
  const allowance = await charge(request, principal, points);
  return allowance?.isRefused === true ? allowance : undefined;
}

function tooMany(allowance: Allowance): GraphQLResponse {
  const { message, details, code } = rateLimited(allowance);
  const headers = new HeaderMap(Object.entries(rateLimitHeaders(allowance)));
  headers.set('Retry-After', String(allowance.seconds));
  const errors = [{ message, extensions: { ...details, code } }];
  return { http: { status: 429, headers }, body: { kind: 'single', singleResult: { errors } } };
}

/** Who is asking is settled before the body is read. */
function authenticate({ authenticator, signIns, trusts, onCaller }: GraphqlHttpOptions): RequestHandler {
  return async (request, response, next) => {
    const { authorization = '' } = request.headers;
    const address = callerAddress(request, trusts);
    const signIn = (): Promise<Principal> => authenticator.authenticate(authorization);
    const attempt = { address, name: undefined, credentials: authorization };
    const principal = await signIns.guard(attempt, signIn).catch((error: unknown) => {
      if (isRefusal(error, 'UNAUTHENTICATED')) onCaller(request, null);
      throw error;
    });
    onCaller(request, principal);
    const isGone = (): boolean => request.socket.destroyed;
    response.locals['caller'] = { principal, requestId: requestIdOf(response), isGone, address } satisfies Caller;
    next();
  };
}

function callerOf(response: Response): Caller {
  return response.locals['caller'] as Caller;
}

/** Refuses bytes that would silently become other text. */
function requireUtf8(_request: unknown, _response: unknown, body: Buffer, encoding: string): void {
  if (encoding === 'utf-8' && !isUtf8(body)) throw new Error('not UTF-8');
}

/** Words what went wrong before GraphQL began: credentials, body. */
function refuse({ onFault }: GraphqlHttpOptions): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const { status, code, message, retryAfter } = describe(error);
    if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
    if (status === 500) onFault(error, requestIdOf(response));
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (status === 415) response.setHeader('Accept-Encoding', ACCEPTED_CODINGS);
    if (status === 413) response.setHeader('Connection', 'close');
    response.status(status).json({ errors: [{ message, extensions: { code } }] });
  };
}

interface Described {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfter?: string;
}

function describe(error: unknown): Described {
  if (isRefusal(error, 'RATE_LIMITED')) {
    const { code, message, details } = error;
    return { status: 429, code, message, retryAfter: String(details['retryAfter']) };
  }
  if (error instanceof BuildgateError) {
    return { status: error.code === 'UNAVAILABLE' ? 503 : 401, code: error.code, message: error.message };
  }
  const { status, type } = error as { status?: number; type?: string };
  if (status === 413) return { status, code: 'BAD_REQUEST', message: 'The request body is too large.' };
  if (type === 'entity.parse.failed')
    return { status: 400, code: 'BAD_REQUEST', message: 'The request body is not JSON.' };
  if (type === 'entity.verify.failed')
    return { status: 400, code: 'BAD_REQUEST', message: 'The request body is not UTF-8.' };
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, code: 'BAD_REQUEST', message: 'The request body cannot be read.' };
  }
  return { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal error.' };
}

function ignore(): void {
  // Apollo's own notices say nothing to an operator.
}
