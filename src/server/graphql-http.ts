import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { Principal } from '../core/auth/principal.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import { BuildgateError, isRefusal } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import { BoundedCache } from '../core/bounded-cache.js';
import type { Caller, Gate } from './execution.js';
import { callerAddress } from './caller-address.js';
import { LIMITS, VALIDATION_RULES } from './limits.js';
import { requestIdOf } from './request-log.js';

/** What GraphQL over HTTP is served with. */
export interface GraphqlHttpOptions {
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  readonly signIns: SignInLimit;
  /** Whether a peer is a proxy whose `X-Forwarded-For` counts. */
  readonly trusts: (address: string | undefined) => boolean;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly onFault: (error: unknown, requestId: string) => void;
}

const DOCUMENTS = 1_000;
const SHA256_HEX = 64;

/** GraphQL over HTTP: Apollo Server speaks the protocol, the gate prepares and executes. */
export async function graphqlHttp(
  options: GraphqlHttpOptions,
): Promise<{ handlers: (RequestHandler | ErrorRequestHandler)[]; stop: () => Promise<void> }> {
  const { gate } = options;
  const documents = new BoundedCache<string, DocumentNode>(DOCUMENTS);
  const apollo = new ApolloServer<OperationContext>({
    schema: gate.schema,
    // Documents that the gate has prepared are found here, so that Apollo neither parses nor validates them again.
    documentStore: {
      get: async (key) => documents.get(key.slice(-SHA256_HEX)),
      set: async () => undefined,
      delete: async () => undefined,
    },
    // For those that the gate refused, so that the answer is worded as Apollo words it.
    parseOptions: { maxTokens: LIMITS.tokens },
    validationRules: [...VALIDATION_RULES],
    csrfPrevention: true,
    introspection: true,
    persistedQueries: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: { debug: ignore, info: ignore, warn: ignore, error: (message) => options.onFault(message, '-') },
    plugins: [
      throughGate(gate, documents),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      // It runs scripts of another host; GraphiQL is here.
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await apollo.start();
  const respond = expressMiddleware(apollo, { context: async ({ res }) => gate.context(callerOf(res)) });
  const handlers = [authenticate(options), express.json({ limit: options.bodyLimit }), respond, refuse(options)];
  return { handlers, stop: () => apollo.stop() };
}

/** Has the gate prepare each document before Apollo looks for it, and execute each operation in Apollo's place. */
function throughGate(gate: Gate, documents: BoundedCache<string, DocumentNode>): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: async () => {
      let refusal: readonly GraphQLError[] | undefined;
      return {
        didResolveSource: async ({ source, queryHash }) => {
          if (documents.get(queryHash)) return;
          const { document, errors } = gate.prepare(source);
          refusal = errors;
          if (document) documents.set(queryHash, document);
          else gate.refused('http');
        },
        // Apollo has one code for all that validation refuses; the gate's own words are the same on every transport.
        willSendResponse: async ({ response: { body } }) => {
          if (refusal && body.kind === 'single') body.singleResult = { errors: refusal.map((error) => error.toJSON()) };
        },
        responseForOperation: async (request) => {
          const result = await executed(gate, request);
          const errors = result.errors?.map((error) => error.toJSON());
          const status = statusOf(result);
          const http = { headers: new HeaderMap(), ...(status ? { status } : {}) };
          return { http, body: { kind: 'single', singleResult: { ...result, errors } as never } };
        },
      };
    },
  };
}

/**
 * GraphQL over HTTP: without `data` nothing was executed, and the request is at fault. A balancer should hear that the
 * database is away.
 */
function statusOf({ data, errors }: ExecutionResult): number | undefined {
  const isAway = errors?.some(({ extensions }) => extensions['code'] === 'UNAVAILABLE') === true;
  if (isAway && Object.values(data ?? {}).every((value) => value === null)) return 503;
  return data === undefined ? 400 : undefined;
}

async function executed(
  gate: Gate,
  { document, request, contextValue }: GraphQLRequestContext<OperationContext>,
): Promise<ExecutionResult> {
  if (!document) throw new Error('Apollo asked for the answer to a document that it has not resolved.');
  const { operationName, variables } = request;
  return gate.execute({ document, operationName, variables, context: contextValue, transport: 'http' });
}

/** Who is asking is settled before the body is read. */
function authenticate({ authenticator, signIns, trusts }: GraphqlHttpOptions): RequestHandler {
  return async (request, response, next) => {
    const { authorization = '' } = request.headers;
    const address = callerAddress(request, trusts);
    const signIn = (): Promise<Principal> => authenticator.authenticate(authorization);
    const attempt = { address, name: undefined, credentials: authorization };
    const principal = authorization.trim() === '' ? await signIn() : await signIns.guard(attempt, signIn);
    response.locals['caller'] = { principal, requestId: requestIdOf(response), address } satisfies Caller;
    next();
  };
}

function callerOf(response: Response): Caller {
  return response.locals['caller'] as Caller;
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
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, code: 'BAD_REQUEST', message: 'The request body cannot be read.' };
  }
  return { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal error.' };
}

function ignore(): void {
  // Apollo's own notices say nothing to an operator.
}
