import {
  ApolloServer,
  HeaderMap,
  type ApolloServerPlugin,
  type GraphQLRequest,
  type GraphQLRequestContext,
} from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { expressMiddleware } from '@as-integrations/express5';
import express, { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import type { DocumentNode, ExecutionResult } from 'graphql';
import type { Authenticator } from '../core/auth/authenticator.js';
import { BuildgateError } from '../core/errors.js';
import type { OperationContext } from '../core/graphql/context.js';
import { BoundedCache } from '../core/bounded-cache.js';
import type { AskedDocument } from './documents/asked-document.js';
import type { Documents } from './documents/documents.js';
import type { Caller, Gate } from './execution.js';
import { requestIdOf } from './request-log.js';

/** What GraphQL over HTTP is served with. */
export interface GraphqlHttpOptions {
  readonly gate: Gate;
  /** Finds the document that a request asks for. */
  readonly documents: Documents;
  readonly authenticator: Authenticator;
  /** Most bytes of a request body. */
  readonly bodyLimit: number;
  readonly onFault: (error: unknown, requestId: string) => void;
}

const DOCUMENTS = 1_000;
const SHA256_HEX = 64;
/** What Apollo is given in the place of a document that is refused: it finds nothing wrong and executes nothing. */
const NOTHING = '{ __typename }';
/** Apollo's clients send the text when they hear of an unknown hash; they expect the status of a success. */
const RESEND = 'PERSISTED_QUERY_NOT_FOUND';

/** GraphQL over HTTP: Apollo Server speaks the protocol, the gate prepares and executes. */
export async function graphqlHttp(
  options: GraphqlHttpOptions,
): Promise<{ handlers: (RequestHandler | ErrorRequestHandler)[]; stop: () => Promise<void> }> {
  const { gate, documents } = options;
  const resolved = new BoundedCache<string, DocumentNode>(DOCUMENTS);
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
      throughGate(gate, documents, resolved),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  await apollo.start();
  const respond = expressMiddleware(apollo, { context: async ({ res }) => gate.context(callerOf(res)) });
  const handlers = [authenticate(options), express.json({ limit: options.bodyLimit }), respond, refuse(options)];
  return { handlers, stop: () => apollo.stop() };
}

/** Finds each document before Apollo looks for it, and has the gate execute each operation in Apollo's place. */
function throughGate(
  gate: Gate,
  documents: Documents,
  resolved: BoundedCache<string, DocumentNode>,
): ApolloServerPlugin<OperationContext> {
  return {
    requestDidStart: async ({ request }) => {
      const asked = documents.resolve(askedOf(request));
      if (!asked.document) gate.refused('http');
      request.query = asked.document ? asked.text : NOTHING;
      if (request.extensions) delete request.extensions;
      if (!asked.document) delete request.operationName;
      return {
        didResolveSource: async ({ queryHash }) => {
          if (asked.document) resolved.set(queryHash, asked.document);
        },
        responseForOperation: async (context) => {
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
 * away.
 */
function statusOf({ data, errors }: ExecutionResult, accept: string | undefined): number | undefined {
  const has = (code: string): boolean => errors?.some(({ extensions }) => extensions['code'] === code) === true;
  if (has('UNAVAILABLE') && Object.values(data ?? {}).every((value) => value === null)) return 503;
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

/** Who is asking is settled before the body is read. */
function authenticate({ authenticator }: GraphqlHttpOptions): RequestHandler {
  return async (request, response, next) => {
    const principal = await authenticator.authenticate(request.headers.authorization);
    response.locals['caller'] = { principal, requestId: requestIdOf(response) } satisfies Caller;
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
  if (status !== undefined && status >= 400 && status < 500) {
    return { status, code: 'BAD_REQUEST', message: 'The request body cannot be read.' };
  }
  return { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'Internal error.' };
}

function ignore(): void {
  // Apollo's own notices say nothing to an operator.
}
