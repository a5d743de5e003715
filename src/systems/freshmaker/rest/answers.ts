import type { ErrorCode } from '../../../core/errors.js';
import type { Dialect, DialectRequest, Failure, WholeResponse } from '../../../server/dialect.js';
import { type JsonValue, sortedJson } from './sorted-json.js';

export const JSON_HEADERS = { 'Content-Type': 'application/json' };

/** 200 with a JSON text as upstream writes it: keys in alphabetical order, a newline at the end. */
export function ok(value: JsonValue): WholeResponse {
  return { status: 200, headers: JSON_HEADERS, body: `${sortedJson(value)}\n` };
}

/** The error object of contract freshmaker section 7. */
function problem(status: number, error: string, message: string, headers: Record<string, string> = {}): WholeResponse {
  const body = `${sortedJson({ status, error, message })}\n`;
  return { status, headers: { ...JSON_HEADERS, ...headers }, body };
}

const NO_SUCH_URL =
  'The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.';

const CHALLENGE = { 'WWW-Authenticate': 'Bearer' };

/** Status and phrase for what the core or a handler refuses. */
const REFUSALS: Readonly<Record<ErrorCode, readonly [status: number, error: string]>> = {
  UNAUTHENTICATED: [401, 'Unauthorized'],
  FORBIDDEN: [403, 'Forbidden'],
  NOT_FOUND: [404, 'Not Found'],
  INVALID: [400, 'Bad Request'],
  CONFLICT: [409, 'Conflict'],
  TOO_EXPENSIVE: [400, 'Bad Request'],
  CURSOR_EXPIRED: [400, 'Bad Request'],
  UNAVAILABLE: [503, 'Service Unavailable'],
  RATE_LIMITED: [429, 'Too Many Requests'],
};

/** What this dialect says when there is nothing to show (contract freshmaker sections 2, 7, 8, 9). */
export const freshmakerAnswers: Pick<Dialect, 'redirect' | 'notFound' | 'methodNotAllowed' | 'options' | 'failure'> = {
  redirect(request, isKnown) {
    if (isKnown(request.path) || !isKnown(`${request.path}/`)) return undefined;
    const location = `${request.origin}${request.prefix}${request.path}/${request.search}`;
    // 308, so that POST keeps method and body.
    return { status: 308, headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location }, body: MOVED };
  },
  notFound: () => problem(404, 'Not Found', NO_SUCH_URL),
  methodNotAllowed: (_request, allowed) =>
    problem(405, 'Method Not Allowed', 'The method is not allowed for the requested URL.', {
      Allow: allowed.join(', '),
    }),
  options: (_request, allowed) => ({ status: 200, headers: { ...JSON_HEADERS, Allow: allowed.join(', ') } }),
  failure,
};

const MOVED =
  '<!doctype html>\n<title>Permanent Redirect</title>\n<p>This address is answered with a final slash, see the Location header.</p>\n';

function failure(reason: Failure, request: DialectRequest): WholeResponse {
  switch (reason.kind) {
    case 'credentialsMissing':
      return problem(401, 'Unauthorized', 'REMOTE_USER is not present in request.', CHALLENGE);
    case 'roleMissing':
      return problem(403, 'Forbidden', roleMissing(reason.userName, reason.roles));
    case 'crossSite':
      return problem(403, 'Forbidden', 'Pages of other sites may only read.');
    case 'badHost':
      return problem(400, 'Bad Request', 'The Host header is not a valid host.');
    case 'bodyTooLarge':
      return problem(413, 'Request Entity Too Large', `The request body is larger than ${reason.limit} bytes.`);
    case 'bodyUnreadable':
      return problem(400, 'Bad Request', `Failed to decode JSON object: ${reason.reason}`);
    case 'refused':
      return refused(reason.error.code, reason.error.message, request);
    case 'internal':
      return problem(500, 'Internal Server Error', 'The server failed to answer this request.');
  }
}

function roleMissing(userName: string | null, roles: readonly string[]): string {
  const names = roles.map((role) => role.replace('freshmaker/', ''));
  return `User ${userName} does not have any of the following roles: ${names.join(', ')}`;
}

/** An unknown event in a cancellation is status 400 with the phrase of a 404 (section 6.1). */
function refused(code: ErrorCode, message: string, { method }: DialectRequest): WholeResponse {
  const [status, error] = REFUSALS[code];
  const headers = status === 401 ? CHALLENGE : {};
  return problem(method === 'PATCH' && status === 404 ? 400 : status, error, message, headers);
}
