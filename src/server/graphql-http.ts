import { isUtf8 } from 'node:buffer';
import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import type { DocumentNode, ExecutionResult, GraphQLError } from 'graphql';
import type { Authenticator } from '../core/auth/authenticator.js';
import { BuildgateError } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import { BoundedCache } from '../core/bounded-cache.js';
import type { Caller, Gate } from './execution.js';
import { LIMITS, VALIDATION_RULES } from './limits.js';
import { requestIdOf } from './request-log.js';

/** What GraphQL over HTTP is served with. */
export interface GraphqlHttpOptions {
  readonly gate: Gate;
  readonly authenticator: Authenticator;
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
    ],
  });
  await apollo.start();
  const respond = expressMiddleware(apollo, { context: async ({ res }) => gate.context(callerOf(res)) });
  const handlers = [
    authenticate(options),
    express.json({ limit: options.bodyLimit, verify: requireUtf8 }),
    respond,
    refuse(options),
  ];
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

/** Codes of errors that are no fault of the request, which may succeed when it is sent again. */
const TEMPORARY = new Set<unknown>(['UNAVAILABLE', 'TIMEOUT']);

/**
 * GraphQL over HTTP: without `data` nothing was executed, and the request is at fault. A balancer should hear that the
 * database is away or too slow.
 */
function statusOf({ data, errors }: ExecutionResult): number | undefined {
  const isTemporary = errors?.some(({ extensions }) => TEMPORARY.has(extensions['code'])) === true;
  if (isTemporary && Object.values(data ?? {}).every((value) => value === null)) return 503;
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
function authenticate({ authenticator }: GraphqlHttpOptions): RequestHandler {
  return async (request, response, next) => {
    const principal = await authenticator.authenticate(request.headers.authorization);
    const isGone = (): boolean => request.socket.destroyed;
    response.locals['caller'] = { principal, requestId: requestIdOf(response), isGone } satisfies Caller;
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
    const { status, code, message } = describe(error);
    if (status === 500) onFault(error, requestIdOf(response));
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (status === 413) response.setHeader('Connection', 'close');
    response.status(status).json({ errors: [{ message, extensions: { code } }] });
  };
}

function describe(error: unknown): { status: number; code: string; message: string } {
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
