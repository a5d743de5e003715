import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, hasAnyRole, type Principal } from '../core/auth/principal.js';
import { BuildgateError, type ErrorCode } from '../core/errors.js';
import type {
  Dialect,
  DialectRequest,
  DialectResponse,
  Failure,
  Route,
  RunOperation,
  WholeResponse,
} from './dialect.js';
import { refuseUpload, sendResponse } from './dialect-response.js';
import type { DialectRouter, RouteMatch } from './dialect-router.js';
import type { Caller, StoredOperations } from './execution.js';
import { BodyTooLarge, ClientGone, parseJson, readBody, UnreadableBody } from './request-body.js';

/** Where faults are written; pino's shape. */
export interface DialectLog {
  error(details: object, message: string): void;
}

/** A dialect ready to answer. */
export interface ServedDialect {
  readonly dialect: Dialect;
  readonly router: DialectRouter<Route>;
  readonly operations: StoredOperations;
  readonly log: DialectLog;
}

/** Sent instead of the handler's answer: leaves the steps of an exchange early. */
class Refusal extends Error {
  constructor(readonly failure: Failure) {
    super(failure.kind);
  }
}

/** How a request arrived, besides what the dialect sees of it. */
export interface Arrival {
  /** False when the Host header is no host: refused before anything else. */
  readonly hostIsValid: boolean;
  /** Told the template of the route that answers. */
  readonly onRoute: (template: string) => void;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;

/**
 * Answers one request. Order of the steps: redirect, route, method, credentials, role, body, handler. Never rejects.
 */
export async function exchange(
  served: ServedDialect,
  request: DialectRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  { hostIsValid, onRoute }: Arrival,
): Promise<void> {
  try {
    if (!hostIsValid) throw new Refusal({ kind: 'badHost' });
    await sendResponse(await answer(served, request, incoming, onRoute), response);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const failure = failureOf(error);
    if (failure.kind === 'internal') {
      served.log.error({ err: error, requestId: request.requestId, system: served.dialect.system }, 'Request failed');
    }
    if (response.headersSent) response.destroy();
    else await refuse(failure, served.dialect.failure(failure, request), incoming, response);
  }
}

function refuse(
  failure: Failure,
  refusal: WholeResponse,
  incoming: IncomingMessage,
  response: ServerResponse,
): void | Promise<void> {
  return failure.kind === 'bodyTooLarge' ? refuseUpload(refusal, incoming, response) : sendResponse(refusal, response);
}

async function answer(
  { dialect, router, operations }: ServedDialect,
  request: DialectRequest,
  incoming: IncomingMessage,
  onRoute: Arrival['onRoute'],
): Promise<DialectResponse> {
  const redirect = dialect.redirect?.(request, (path) => router.match(path) !== undefined);
  if (redirect !== undefined) return redirect;
  const match = router.match(request.path);
  if (match === undefined) return dialect.notFound(request);
  const { method } = request;
  const found = { ...request, parameters: match.parameters };
  if (method === 'OPTIONS' && dialect.options !== undefined)
    return dialect.options(found, allowedMethods(dialect, match));
  const route = match.methods.get(method) ?? (method === 'HEAD' ? match.methods.get('GET') : undefined);
  if (route === undefined) return dialect.methodNotAllowed(found, allowedMethods(dialect, match));
  onRoute(`${dialect.prefix}${route.uri}`);
  const principal = await admit(route, request);
  const body = await bodyOf(route, incoming);
  const { requestId, prefix } = request;
  const caller: Caller = { principal, requestId, mountPrefix: prefix };
  return route.handle({ ...found, principal, body }, runnerOf(operations, caller));
}

function allowedMethods(dialect: Dialect, { methods }: RouteMatch<Route>): string[] {
  const allowed = [...methods.keys()];
  if (methods.has('GET')) allowed.push('HEAD');
  if (dialect.options !== undefined) allowed.push('OPTIONS');
  return [...new Set(allowed)].sort();
}

async function admit({ access }: Route, request: DialectRequest): Promise<Principal> {
  if (access === undefined) return ANONYMOUS;
  const principal = await request.authenticate();
  if (hasAnyRole(principal, access)) return principal;
  if (principal.userName === null) throw new Refusal({ kind: 'credentialsMissing' });
  throw new Refusal({ kind: 'roleMissing', userName: principal.userName, roles: access });
}

async function bodyOf({ body: rule }: Route, incoming: IncomingMessage): Promise<unknown> {
  if (rule === undefined) return undefined;
  const limit = rule.limit ?? DEFAULT_BODY_LIMIT;
  try {
    const bytes = await readBody(incoming, limit);
    return rule.kind === 'json' ? parseJson(bytes) : bytes;
  } catch (error) {
    if (error instanceof BodyTooLarge) throw new Refusal({ kind: 'bodyTooLarge', limit });
    if (error instanceof UnreadableBody) throw new Refusal({ kind: 'bodyUnreadable', reason: error.message });
    throw error;
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  return error instanceof BuildgateError ? { kind: 'refused', error } : { kind: 'internal' };
}

/** Codes of `extensions.code` that are the core's own; any other error of an operation is a fault of ours. */
const CORE_CODES: Readonly<Record<ErrorCode, true>> = {
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  INVALID: true,
  CONFLICT: true,
  TOO_EXPENSIVE: true,
  CURSOR_EXPIRED: true,
  UNAVAILABLE: true,
};

function isCoreCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CORE_CODES, code);
}

function runnerOf(operations: StoredOperations, caller: Caller): RunOperation {
  return async <Data>(name: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> => {
    const { data, errors } = await operations.run(name, variables, caller);
    const error = errors?.[0];
    if (error === undefined) return data as Data;
    const code = error.extensions['code'];
    if (isCoreCode(code)) throw new BuildgateError(code, error.message, error.extensions);
    throw new Error(`Operation ${name} failed: ${error.message}`, { cause: error });
  };
}
