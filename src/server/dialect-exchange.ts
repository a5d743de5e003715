import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { ANONYMOUS, hasAnyRole, type Principal } from '../core/auth/principal.js';
import { BuildgateError } from '../core/errors.js';
import type {
  Dialect,
  DialectRequest,
  DialectResponse,
  Failure,
  Route,
  RunOperation,
  WholeResponse,
} from './dialect.js';
import type { AnswerKeeper } from './answer-cache/answer-cache.js';
import { compressed, acceptsGzip } from './content-coding.js';
import { crossOriginHeaders, isCrossSite, preflightHeaders } from './cross-origin.js';
import { notModified, withEntityTag } from './entity-tag.js';
import { refuseUpload, sendResponse } from './dialect-response.js';
import type { DialectRouter, RouteMatch } from './dialect-router.js';
import { runnerOf } from './dialect-runner.js';
import type { StoredOperations } from './execution.js';
import { type Form, parseForm } from './form.js';
import type { LegacyResource } from './legacy-resource.js';
import { mediaTypeOf } from './media-type.js';
import { overriddenMethod } from './method-override.js';
import type { Twins } from './twins/twins.js';
import {
  ACCEPTED_CODINGS,
  bodyPieces,
  BodyTooLarge,
  ClientGone,
  parseJson,
  readBody,
  UnknownCoding,
  UnreadableBody,
} from './request-body.js';

/** Where faults are written; pino's shape. */
export interface DialectLog {
  error(details: object, message: string): void;
}

/** A dialect ready to answer. */
export interface ServedDialect {
  readonly dialect: Dialect;
  readonly router: DialectRouter<Route>;
  /** Its URIs by their templates, with `NO_ROUTE` for all that are none. */
  readonly resources: ReadonlyMap<string, LegacyResource>;
  readonly operations: StoredOperations;
  /** Left out where answers have no links to their twins. */
  readonly twins: Twins | undefined;
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
  /** Told the template of the URI that was asked for, before anything is answered; undefined where it is none. */
  readonly onUri: (uri: string | undefined) => void;
  /** Told the template of the route that answers. */
  readonly onRoute: (template: string) => void;
  /** Left out where no answer is kept. */
  readonly keeper?: AnswerKeeper | undefined;
  /** Address of the gateway's own pages for this client, without a slash at the end; undefined where nobody knows it. */
  readonly gateway: string | undefined;
}

const DEFAULT_BODY_LIMIT = 1024 * 1024;

/** Methods that change nothing. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Answers one request. Order of the steps: credentials where the dialect always looks at them, redirect, route,
 * representation, credentials and role where they are asked for per URI, method (for which a form may be read), origin,
 * credentials, role, body, handler. Where the dialect is lenient with credentials, they and the role come after the body.
 * Never rejects.
 */
export async function exchange(
  served: ServedDialect,
  request: DialectRequest,
  incoming: IncomingMessage,
  response: ServerResponse,
  arrival: Arrival,
): Promise<void> {
  const match = served.router.match(request.path);
  arrival.onUri(match?.uri);
  try {
    if (!arrival.hostIsValid) throw new Refusal({ kind: 'badHost' });
    const { crossOrigin } = served.dialect;
    const allowed = crossOrigin && preflightHeaders(request.method, request.headers, crossOrigin);
    const status = crossOrigin?.preflightStatus ?? 204;
    const found = allowed ? { status, headers: allowed } : await answer(served, request, match, { incoming, arrival });
    await send(await finished(served.dialect, request, match, found), request, response, arrival);
  } catch (error) {
    if (error instanceof ClientGone) return;
    const failure = failureOf(error);
    if (failure.kind === 'internal') {
      served.log.error({ err: error, requestId: request.requestId, system: served.dialect.system }, 'Request failed');
    }
    if (response.headersSent) response.destroy();
    else await refuse(failure, served.dialect, request, { match, incoming, response, arrival });
  }
}

/** What a refusal needs of the exchange. */
interface Refused {
  readonly match: RouteMatch<Route> | undefined;
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly arrival: Arrival;
}

async function refuse(
  failure: Failure,
  dialect: Dialect,
  request: DialectRequest,
  { match, incoming, response, arrival }: Refused,
): Promise<void> {
  if (failure.kind === 'refused') noteRetryAfter(failure.error, response);
  const refusal = await finished(dialect, request, match, answerTo(failure, dialect, request));
  if (failure.kind === 'bodyTooLarge') refuseUpload(refusal, incoming, response);
  else await send(refusal, request, response, arrival);
}

/** The dialect's answer to what went wrong, with what HTTP asks for besides. */
function answerTo(failure: Failure, dialect: Dialect, request: DialectRequest): WholeResponse {
  const worded = dialect.failure(failure, request);
  if (failure.kind !== 'codingUnknown') return worded;
  return { ...worded, headers: { ...worded.headers, 'Accept-Encoding': ACCEPTED_CODINGS } };
}

/** What a dialect answers to a request that is refused before an exchange begins: as it comes, neither coded nor tagged. */
export function refusalOutside(
  { dialect, router }: ServedDialect,
  request: DialectRequest,
  error: BuildgateError,
): WholeResponse {
  const match = router.match(request.path);
  return withCommonHeaders(dialect, request, match, dialect.failure({ kind: 'refused', error }, request));
}

/** When it is worth trying again, beside the dialect's own words. */
function noteRetryAfter({ code, details: { retryAfter } }: BuildgateError, response: ServerResponse): void {
  if (code === 'RATE_LIMITED') response.setHeader('Retry-After', String(retryAfter));
}

/** Sends an answer, or that the client has it already; what is kept is the answer. */
async function send(
  answered: DialectResponse,
  request: DialectRequest,
  response: ServerResponse,
  { keeper }: Arrival,
): Promise<void> {
  keeper?.answered(answered);
  const known = READING.has(request.method) ? notModified(request.headers, answered) : undefined;
  await sendResponse(known ?? answered, response);
}

/** The answer with what the dialect adds to all of them. */
async function finished<Response extends DialectResponse>(
  dialect: Dialect,
  request: DialectRequest,
  match: RouteMatch<Route> | undefined,
  answered: Response,
): Promise<Response> {
  const { gzip = false, entityTags = false } = dialect;
  const complete = withCommonHeaders(dialect, request, match, answered);
  const isCoded = gzip !== false && acceptsGzip(request.headers['accept-encoding']);
  const coded = isCoded ? await compressed(complete, gzip === true ? 0 : gzip.over) : complete;
  return entityTags && READING.has(request.method) ? withEntityTag(coded) : coded;
}

function withCommonHeaders<Response extends DialectResponse>(
  dialect: Dialect,
  request: DialectRequest,
  match: RouteMatch<Route> | undefined,
  answered: Response,
): Response {
  const { crossOrigin, headers = {} } = dialect;
  const common = typeof headers === 'function' ? headers(request, match && allowedMethods(dialect, match)) : headers;
  const granted = crossOrigin && crossOriginHeaders(request.headers, crossOrigin);
  return { ...answered, headers: { ...common, ...granted, ...answered.headers } };
}

async function answer(
  served: ServedDialect,
  request: DialectRequest,
  match: RouteMatch<Route> | undefined,
  {
    incoming,
    arrival: { onRoute, keeper, gateway },
  }: { readonly incoming: IncomingMessage; readonly arrival: Arrival },
): Promise<DialectResponse> {
  const { dialect, router } = served;
  const known = dialect.authentication === 'always' ? await request.authenticate() : undefined;
  const redirect = dialect.redirect?.(request, (path) => router.match(path) !== undefined);
  if (redirect !== undefined) return redirect;
  if (match === undefined) return dialect.notFound(request);
  const unwanted = dialect.negotiate?.(request);
  if (unwanted !== undefined) return unwanted;
  const caller = known ?? (await callerOfUri(dialect, match, request));
  const { method, form } = await meantMethod(dialect, request, incoming);
  const found = { ...request, method, principal: caller ?? ANONYMOUS, parameters: match.parameters };
  if (method === 'OPTIONS' && dialect.options !== undefined)
    return dialect.options(found, allowedMethods(dialect, match));
  const head = method === 'HEAD' && dialect.headFromGet !== false ? match.methods.get('GET') : undefined;
  const route = match.methods.get(method) ?? head;
  if (route === undefined) return dialect.methodNotAllowed(found, allowedMethods(dialect, match));
  onRoute(`${dialect.prefix}${route.uri}`);
  return await answerOf(route, served, found, { caller, form, incoming, keeper, gateway });
}

/** Who asks, where that matters before the method does. */
async function callerOfUri(
  { authentication }: Dialect,
  { methods }: RouteMatch<Route>,
  { method, authenticate }: DialectRequest,
): Promise<Principal | undefined> {
  if (authentication !== 'perUri') return undefined;
  const caller = await authenticate();
  const [first] = methods.values();
  checkAccess(methods.get(method) ?? first!, caller);
  return caller;
}

/** What a request brought besides what the dialect sees of it. */
interface Brought {
  /** Who is calling, where that has been looked at. */
  readonly caller: Principal | undefined;
  /** The body, where that had to be read to know the method. */
  readonly form: Form | undefined;
  readonly incoming: IncomingMessage;
  readonly keeper: AnswerKeeper | undefined;
  readonly gateway: string | undefined;
}

async function answerOf(
  route: Route,
  { dialect, operations, twins }: ServedDialect,
  request: DialectRequest,
  { caller, form, incoming, keeper, gateway }: Brought,
): Promise<DialectResponse> {
  const { crossOrigin } = dialect;
  if (crossOrigin && !READING.has(route.method) && isCrossSite(request.headers, request.origin, crossOrigin))
    throw new Refusal({ kind: 'crossSite' });
  const lenient = dialect.authentication === 'lenient';
  const early = lenient ? undefined : await admit(route, request, caller);
  const body = route.body?.kind === 'form' && form ? form : await bodyOf(route, incoming);
  const admitted = early ?? (await admitLeniently(route, request));
  keeper?.admitted(route, request, admitted.principal);
  const { requestId, prefix, address } = request;
  const isGone = (): boolean => incoming.socket.destroyed;
  const asking = { principal: admitted.principal, requestId, mountPrefix: prefix, isGone, address };
  const run = runnerOf(operations, route, asking);
  const asked = { ...request, ...admitted, body };
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const followed = isRead && gateway !== undefined ? twins?.follow(gateway) : undefined;
  if (followed === undefined) return observed(route, asked, run);
  return followed.linked(await observed(route, asked, followed.noting(run)));
}

/** The answer of a route, which is told how long that took. */
async function observed(
  { handle, observe }: Route,
  request: DialectRequest,
  run: RunOperation,
): Promise<DialectResponse> {
  if (observe === undefined || request.method !== 'GET') return handle(request, run);
  const begun = performance.now();
  try {
    return await handle(request, run);
  } finally {
    observe((performance.now() - begun) / 1_000);
  }
}

/** The method of a request, and its form when that had to be read to know. */
async function meantMethod(
  { methodOverride }: Dialect,
  { method, query }: DialectRequest,
  incoming: IncomingMessage,
): Promise<{ method: string; form: Form | undefined }> {
  if (method !== 'POST' || methodOverride === undefined) return { method, form: undefined };
  const form = await parseForm(await bytesOf(incoming, DEFAULT_BODY_LIMIT), incoming.headers['content-type']);
  return { method: overriddenMethod(methodOverride, form, query), form };
}

function allowedMethods(dialect: Dialect, { methods }: RouteMatch<Route>): string[] {
  const allowed = [...methods.keys()].filter((method) => method !== 'OPTIONS');
  if (methods.has('GET') && dialect.headFromGet !== false) allowed.push('HEAD');
  if (dialect.options !== undefined) allowed.push('OPTIONS');
  return [...new Set(allowed)].sort();
}

/** What a route is told of the caller. */
type Admitted = Pick<DialectRequest, 'principal' | 'credentialsRefused'>;

async function admit(route: Route, { authenticate }: DialectRequest, known: Principal | undefined): Promise<Admitted> {
  const principal = known ?? (route.access === undefined ? ANONYMOUS : await authenticate());
  checkAccess(route, principal);
  return { principal, credentialsRefused: false };
}

/** The same where wrong credentials, not those that cannot be checked now, are no fault of who only reads. */
async function admitLeniently(route: Route, { method, authenticate }: DialectRequest): Promise<Admitted> {
  const admitted = { principal: ANONYMOUS, credentialsRefused: false };
  try {
    if (!route.ignoresCredentials) admitted.principal = await authenticate();
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.code === 'UNAVAILABLE' || !READING.has(method)) throw error;
    admitted.credentialsRefused = true;
  }
  checkAccess(route, admitted.principal);
  return admitted;
}

function checkAccess({ access }: Route, principal: Principal): void {
  if (access === undefined) return;
  if (access === 'user' ? principal.admin || principal.userName !== null : hasAnyRole(principal, access)) return;
  if (principal.userName === null) throw new Refusal({ kind: 'credentialsMissing' });
  throw new Refusal({ kind: 'roleMissing', userName: principal.userName, roles: access === 'user' ? [] : access });
}

async function bodyOf({ body: rule }: Route, incoming: IncomingMessage): Promise<unknown> {
  if (rule === undefined) return undefined;
  const contentType = incoming.headers['content-type'];
  if (rule.mediaType !== undefined && mediaTypeOf(contentType) !== rule.mediaType)
    throw new Refusal({ kind: 'bodyUnreadable', reason: `the content type must be ${rule.mediaType}` });
  const { limit = DEFAULT_BODY_LIMIT } = rule;
  if (rule.kind === 'pieces') return piecesOf(incoming, limit);
  const bytes = await bytesOf(incoming, limit);
  if (rule.kind === 'form') return parseForm(bytes, contentType);
  try {
    return rule.kind === 'json' ? parseJson(bytes, rule.exactNumbers) : bytes;
  } catch (error) {
    if (error instanceof UnreadableBody) throw new Refusal({ kind: 'bodyUnreadable', reason: error.message });
    throw error;
  }
}

async function bytesOf(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  try {
    return await readBody(incoming, limit);
  } catch (error) {
    throw refusalOf(error, limit);
  }
}

/** The body in pieces, with what is thrown in the middle of it as a refusal. */
function piecesOf(incoming: IncomingMessage, limit: number): AsyncIterable<Uint8Array> {
  try {
    return refusingPieces(bodyPieces(incoming, limit), limit);
  } catch (error) {
    throw refusalOf(error, limit);
  }
}

async function* refusingPieces(pieces: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Uint8Array, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw refusalOf(error, limit);
  }
}

function refusalOf(error: unknown, limit: number): unknown {
  if (error instanceof BodyTooLarge) return new Refusal({ kind: 'bodyTooLarge', limit });
  if (error instanceof UnknownCoding) return new Refusal({ kind: 'codingUnknown', coding: error.coding });
  return error instanceof UnreadableBody ? new Refusal({ kind: 'bodyUnreadable', reason: error.message }) : error;
}

function failureOf(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure;
  return error instanceof BuildgateError ? { kind: 'refused', error } : { kind: 'internal' };
}
