import type { IncomingMessage, ServerResponse } from 'node:http';
import { ANONYMOUS, hasAnyRole, type Principal } from '../core/auth/principal.js';
import { BuildgateError, type ErrorCode } from '../core/errors.js';
import type { Dialect, DialectRequest, DialectResponse, Failure, Route, RunOperation } from './dialect.js';
import { compressed, acceptsGzip } from './content-coding.js';
import { crossOriginHeaders, isCrossSite, preflightHeaders } from './cross-origin.js';
import { refuseUpload, sendResponse } from './dialect-response.js';
import type { DialectRouter, RouteMatch } from './dialect-router.js';
import type { Caller, StoredOperations } from './execution.js';
import { type Form, parseForm } from './form.js';
import { overriddenMethod } from './method-override.js';
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
 * Answers one request. Order of the steps: credentials where the dialect always looks at them, redirect, route, method
 * (for which a form may be read), origin, credentials, role, body, handler. Never rejects.
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
    const { crossOrigin } = served.dialect;
    const allowed = crossOrigin && preflightHeaders(request.method, request.headers, crossOrigin);
    const found = allowed ? { status: 204, headers: allowed } : await answer(served, request, incoming, onRoute);
    await sendResponse(await finished(served.dialect, request, found), response);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const failure = failureOf(error);
    if (failure.kind === 'internal') {
      served.log.error({ err: error, requestId: request.requestId, system: served.dialect.system }, 'Request failed');
    }
    if (response.headersSent) response.destroy();
    else await refuse(failure, served.dialect, request, incoming, response);
  }
}

async function refuse(
  failure: Failure,
  dialect: Dialect,
  request: DialectRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = await finished(dialect, request, dialect.failure(failure, request));
  if (failure.kind === 'bodyTooLarge') refuseUpload(refusal, incoming, response);
  else await sendResponse(refusal, response);
}

/** The answer with what the dialect adds to all of them. */
async function finished<Response extends DialectResponse>(
  { headers, gzip, crossOrigin }: Dialect,
  request: DialectRequest,
  answered: Response,
): Promise<Response> {
  const granted = crossOrigin && crossOriginHeaders(request.headers, crossOrigin);
  const complete = { ...answered, headers: { ...headers, ...granted, ...answered.headers } };
  return gzip && acceptsGzip(request.headers['accept-encoding']) ? compressed(complete) : complete;
}

async function answer(
  { dialect, router, operations }: ServedDialect,
  request: DialectRequest,
  incoming: IncomingMessage,
  onRoute: Arrival['onRoute'],
): Promise<DialectResponse> {
  const always = dialect.authentication === 'always';
  const caller = always ? await request.authenticate() : undefined;
  const redirect = dialect.redirect?.(request, (path) => router.match(path) !== undefined);
  if (redirect !== undefined) return redirect;
  const match = router.match(request.path);
  if (match === undefined) return dialect.notFound(request);
  const { method, form } = await meantMethod(dialect, request, incoming);
  const found = { ...request, method, principal: caller ?? ANONYMOUS, parameters: match.parameters };
  if (method === 'OPTIONS' && dialect.options !== undefined)
    return dialect.options(found, allowedMethods(dialect, match));
  const route = match.methods.get(method) ?? (method === 'HEAD' ? match.methods.get('GET') : undefined);
  if (route === undefined) return dialect.methodNotAllowed(found, allowedMethods(dialect, match));
  onRoute(`${dialect.prefix}${route.uri}`);
  if (
    dialect.crossOrigin &&
    route.method !== 'GET' &&
    isCrossSite(request.headers, request.origin, dialect.crossOrigin)
  )
    throw new Refusal({ kind: 'crossSite' });
  const principal = await admit(route, request, caller);
  const body = route.body?.kind === 'form' && form ? form : await bodyOf(route, incoming);
  const { requestId, prefix } = request;
  const run = runnerOf(operations, { principal, requestId, mountPrefix: prefix });
  return route.handle({ ...found, principal, body }, run);
}

/** The method of a request, and its form when that had to be read to know. */
async function meantMethod(
  { methodOverride }: Dialect,
  { method, query }: DialectRequest,
  incoming: IncomingMessage,
): Promise<{ method: string; form?: Form }> {
  if (method !== 'POST' || methodOverride === undefined) return { method };
  const form = await parseForm(await bytesOf(incoming, DEFAULT_BODY_LIMIT), incoming.headers['content-type']);
  return { method: overriddenMethod(methodOverride, form, query), form };
}

function allowedMethods(dialect: Dialect, { methods }: RouteMatch<Route>): string[] {
  const allowed = [...methods.keys()];
  if (methods.has('GET')) allowed.push('HEAD');
  if (dialect.options !== undefined) allowed.push('OPTIONS');
  return [...new Set(allowed)].sort();
}

async function admit(
  { access }: Route,
  { authenticate }: DialectRequest,
  known: Principal | undefined,
): Promise<Principal> {
  if (access === undefined) return known ?? ANONYMOUS;
  const principal = known ?? (await authenticate());
  if (access === 'user' ? principal.admin || principal.userName !== null : hasAnyRole(principal, access))
    return principal;
  if (principal.userName === null) throw new Refusal({ kind: 'credentialsMissing' });
  throw new Refusal({ kind: 'roleMissing', userName: principal.userName, roles: access === 'user' ? [] : access });
}

async function bodyOf({ body: rule }: Route, incoming: IncomingMessage): Promise<unknown> {
  if (rule === undefined) return undefined;
  const bytes = await bytesOf(incoming, rule.limit ?? DEFAULT_BODY_LIMIT);
  if (rule.kind === 'form') return parseForm(bytes, incoming.headers['content-type']);
  try {
    return rule.kind === 'json' ? parseJson(bytes) : bytes;
  } catch (error) {
    if (error instanceof UnreadableBody) throw new Refusal({ kind: 'bodyUnreadable', reason: error.message });
    throw error;
  }
}

async function bytesOf(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await readBody(incoming, limit);
  } catch (error) {
    throw error instanceof BodyTooLarge ? new Refusal({ kind: 'bodyTooLarge', limit }) : error;
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
