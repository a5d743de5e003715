import { BuildgateError, type ErrorCode } from '../../../core/errors.js';
import type { Dialect, DialectRequest, Failure, WholeResponse } from '../../../server/dialect.js';
import type { LinkKind } from '../link-kind.js';
import { Links } from './links.js';

const JSON_HEADERS = { 'Content-Type': 'application/json' };

/** An answer with a body. */
export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): WholeResponse {
  return { status, headers: { ...JSON_HEADERS, ...headers }, body: JSON.stringify(value) };
}

/** 200 with a representation. */
export function ok(value: unknown): WholeResponse {
  return json(200, value);
}

/** 201 with a representation, which says where it is. */
export function created(value: { readonly url: string }): WholeResponse {
  return json(201, value, { Location: value.url });
}

/** 204, the answer to DELETE. */
export const NO_CONTENT: WholeResponse = { status: 204 };

/** 200 without a body. */
export const EMPTY: WholeResponse = { status: 200 };

/** A refusal with a text of its own: `{"detail": "…"}`, also `{"message": "…"}` of interactive URIs. */
export function told(status: number, text: string, member: 'detail' | 'message' = 'detail'): WholeResponse {
  return json(status, { [member]: text });
}

/** The refusal for want of the object, or of the right to see it. @param detail text of the 404 */
export function notFound(detail = NOT_FOUND): BuildgateError {
  return new BuildgateError('NOT_FOUND', detail, { detail });
}

const NOT_FOUND = 'Not found.';
const FORBIDDEN = 'You do not have permission to perform this action.';
const NO_CREDENTIALS = 'Authentication credentials were not provided.';

/** Methods in the order in which `Allow` lists them (contract rodan, section 2). */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/** The text of an `Allow` header: OPTIONS is answered on every URI. */
export function allowText(methods: readonly string[]): string {
  return METHODS.filter((method) => method === 'OPTIONS' || methods.includes(method)).join(', ');
}

/** How the dialect words what goes wrong (contract rodan, sections 2 to 4). */
export const rodanAnswers: Pick<Dialect, 'notFound' | 'methodNotAllowed' | 'failure'> = {
  notFound: () => told(404, NOT_FOUND),
  methodNotAllowed: ({ method }) => told(405, `Method "${method}" not allowed.`),
  failure,
};

function failure(reason: Failure, request: DialectRequest): WholeResponse {
  switch (reason.kind) {
    case 'credentialsMissing':
      return unauthorized(NO_CREDENTIALS, request);
    case 'roleMissing':
    case 'crossSite':
      return told(403, FORBIDDEN);
    case 'badHost':
      return told(400, 'The Host header is no host.');
    case 'bodyUnreadable':
      return told(400, reason.reason);
    case 'bodyTooLarge':
      return told(413, `The request body is larger than ${reason.limit} bytes.`);
    case 'refused':
      return REFUSALS[reason.error.code](reason.error, request);
    case 'internal':
      return told(500, 'A server error occurred.');
  }
}

/** 401; where one logs in, no scheme is asked for (section 11). */
function unauthorized(detail: string, { path }: DialectRequest): WholeResponse {
  return json(401, { detail }, path === '/auth/token/' ? {} : { 'WWW-Authenticate': 'Token' });
}

const unavailable = (): WholeResponse => told(503, 'The service is temporarily unavailable.');

const REFUSALS: Readonly<Record<ErrorCode, (error: BuildgateError, request: DialectRequest) => WholeResponse>> = {
  UNAUTHENTICATED: ({ details: { reason } }, request) =>
    unauthorized(typeof reason === 'string' ? reason : NO_CREDENTIALS, request),
  FORBIDDEN: () => told(403, FORBIDDEN),
  NOT_FOUND: ({ details: { detail } }) => told(404, typeof detail === 'string' ? detail : NOT_FOUND),
  INVALID: ({ message, details: { errors, unsupportedMediaType } }) =>
    errors ? json(400, errors) : told(unsupportedMediaType === true ? 415 : 400, message),
  CONFLICT: conflict,
  TOO_EXPENSIVE: ({ message }) => told(400, message),
  CURSOR_EXPIRED: unavailable,
  UNAVAILABLE: unavailable,
  RATE_LIMITED: ({ details: { retryAfter } }) =>
    told(429, `Request was throttled. Expected available in ${String(retryAfter)} seconds.`),
};

/** A workflow that is not valid (section 9.2), or a resource that is used (section 10). */
function conflict({ message, details }: BuildgateError, request: DialectRequest): WholeResponse {
  const { errorCode, details: texts, associatedObjects = {} } = details;
  if (errorCode === undefined) return json(409, { Error: message });
  const links = new Links(request);
  const objects = Object.entries(associatedObjects as Readonly<Record<string, readonly string[]>>);
  return json(409, {
    error_code: errorCode,
    details: texts,
    associated_objects: Object.fromEntries(
      objects.map(([kind, uuids]) => [kind, uuids.map((uuid) => links.of(singularOf(kind), uuid))]),
    ),
  });
}

/** `workflowjobs` is a list of what links call `workflowjob`. */
function singularOf(kind: string): LinkKind {
  return kind.replace(/s$/, '') as LinkKind;
}
