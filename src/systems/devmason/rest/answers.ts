import { BuildgateError, type ErrorCode } from '../../../core/errors.js';
import type { Dialect, Failure, WholeResponse } from '../../../server/dialect.js';
import { allowText } from './links.js';

/** Headers of every representation (contract devmason, section 4). */
export const JSON_HEADERS = { 'Content-Type': 'application/json; charset=utf-8' };

/** 200 with a representation. */
export function ok(value: object): WholeResponse {
  return { status: 200, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** 200 without content. */
export const EMPTY: WholeResponse = { status: 200 };

/** An answer without content that says where to look: 201, 302, and 204 of a progress. */
export function located(status: 201 | 204 | 302, location: string): WholeResponse {
  return { status, headers: { Location: location } };
}

/** The answer to OPTIONS. */
export function allowing(methods: readonly string[]): WholeResponse {
  return { status: 200, headers: { Allow: allowText(methods) } };
}

const BAD_REQUEST = 'Bad Request';

/**
 * A refusal of a body.
 * @param body of the 400: `Bad Request`, a field in quotes, or nothing (section 3)
 */
export function badRequest(body: string = BAD_REQUEST): BuildgateError {
  return new BuildgateError('INVALID', body || BAD_REQUEST, { body });
}

/** A refusal for want of the thing. */
export function notFound(): BuildgateError {
  return new BuildgateError('NOT_FOUND', 'Not Found');
}

/** The refusal of a progress that is over. */
export function gone(): BuildgateError {
  return new BuildgateError('CONFLICT', 'Gone', { over: true });
}

/** The refusal of who may not, or of nobody in particular where somebody is needed. */
export function notAllowed(isSomebody: boolean): BuildgateError {
  return isSomebody
    ? new BuildgateError('FORBIDDEN', 'Forbidden')
    : new BuildgateError('UNAUTHENTICATED', 'Unauthorized');
}

function problem(status: number, body: string, headers: Readonly<Record<string, string>> = {}): WholeResponse {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body };
}

/** What this dialect says when there is nothing to show (section 3). */
export const devmasonAnswers: Pick<Dialect, 'notFound' | 'methodNotAllowed' | 'failure'> = {
  notFound: () => problem(404, 'Not Found'),
  methodNotAllowed: (_request, allowed) => problem(405, '', { Allow: allowText(allowed) }),
  failure,
};

function failure(reason: Failure): WholeResponse {
  switch (reason.kind) {
    case 'credentialsMissing':
      return UNAUTHORIZED;
    case 'roleMissing':
    case 'crossSite':
      return problem(403, '');
    case 'badHost':
    case 'bodyUnreadable':
      return problem(400, BAD_REQUEST);
    case 'bodyTooLarge':
      return problem(413, 'Request Entity Too Large');
    case 'refused':
      return REFUSALS[reason.error.code](reason.error);
    case 'internal':
      return problem(500, 'Internal Server Error');
  }
}

const UNAUTHORIZED = problem(401, '', { 'WWW-Authenticate': 'Basic realm="pony"' });
const UNAVAILABLE = problem(503, 'Service Unavailable');

const REFUSALS: Readonly<Record<ErrorCode, (error: BuildgateError) => WholeResponse>> = {
  UNAUTHENTICATED: () => UNAUTHORIZED,
  FORBIDDEN: () => problem(403, ''),
  NOT_FOUND: () => problem(404, 'Not Found'),
  INVALID: ({ details: { body } }) => problem(400, typeof body === 'string' ? body : BAD_REQUEST),
  // A progress that is over, or a build that may not be replaced.
  CONFLICT: ({ details: { over } }) => (over === true ? problem(410, 'Gone') : problem(403, '')),
  TOO_EXPENSIVE: () => UNAVAILABLE,
  CURSOR_EXPIRED: () => UNAVAILABLE,
  UNAVAILABLE: () => UNAVAILABLE,
  RATE_LIMITED: () => problem(429, 'Too Many Requests'),
};
