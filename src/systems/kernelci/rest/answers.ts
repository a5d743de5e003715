import type { ErrorCode } from '../../../core/errors.js';
import type { Dialect, DialectRequest, Failure, WholeResponse } from '../../../server/dialect.js';

/** Spelled as old clients compare it (contract kernelci section 8). */
export const JSON_HEADERS = { 'Content-Type': 'application/json; charset=UTF-8' };

/** Members of an answer beside `code` (contract kernelci section 3); those that are undefined are left out. */
export interface Members {
  readonly count?: number;
  readonly limit?: number | bigint;
  readonly skip?: number | bigint;
  readonly result?: readonly unknown[];
  readonly reason?: string;
  /** Texts; on success they are warnings. */
  readonly errors?: readonly string[];
  /** Of the 404 of no route, the only answer that has it. */
  readonly message?: string;
}

/** An answer: an object whose `code` is the status; the status line repeats the reason. */
export function answer(
  status: number,
  members: Members = {},
  headers: Readonly<Record<string, string>> = {},
): WholeResponse {
  const { reason } = members;
  return {
    status,
    ...(reason !== undefined && { reasonPhrase: reason }),
    headers: { ...JSON_HEADERS, ...headers },
    body: JSON.stringify({ code: status, ...members }),
  };
}

/** 403 without a reason: the token is missing, unknown, expired or not allowed to (section 7). */
export const FORBIDDEN: WholeResponse = {
  ...answer(403),
  reasonPhrase: 'Operation not permitted: provided token is not authorized',
};

/** What the dialect says when there is nothing to show (contract kernelci sections 2, 3). */
export const kernelciAnswers: Pick<Dialect, 'notFound' | 'methodNotAllowed' | 'options' | 'failure'> = {
  notFound: () => answer(404, { message: 'Resource not found' }),
  methodNotAllowed: (request) => withCrossOrigin(request, answer(405, { reason: 'Operation not allowed' })),
  options: (request) => withCrossOrigin(request, answer(200)),
  failure: (failure, request) => withCrossOrigin(request, failureAnswer(failure)),
};

/** The answer with the headers that let pages of any origin read it (section 8). */
export function withCrossOrigin<Answer extends { readonly headers?: Readonly<Record<string, string>> }>(
  { headers: { origin } }: DialectRequest,
  given: Answer,
): Answer {
  const granted = {
    'Access-Control-Allow-Headers': 'authorization',
    ...(origin !== undefined && { 'Access-Control-Allow-Origin': origin }),
  };
  return { ...given, headers: { ...granted, ...given.headers } };
}

function failureAnswer(failure: Failure): WholeResponse {
  switch (failure.kind) {
    case 'credentialsMissing':
    case 'roleMissing':
    case 'crossSite':
      return FORBIDDEN;
    case 'badHost':
      return answer(400, { reason: 'Bad Request' });
    case 'bodyTooLarge':
      return answer(413, { reason: `The request body is larger than ${failure.limit} bytes` });
    case 'bodyUnreadable':
      return answer(422, { reason: 'No JSON data found in the POST request' });
    case 'refused':
      return refused(failure.error.code, failure.error.message);
    case 'internal':
      return answer(500, { reason: 'Internal database error' });
  }
}

/** Statuses of the refusals of the core that are no bad request. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  UNAUTHENTICATED: 403,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  UNAVAILABLE: 503,
  RATE_LIMITED: 429,
};

function refused(code: ErrorCode, reason: string): WholeResponse {
  const status = STATUSES[code] ?? 400;
  return status === 403 ? FORBIDDEN : answer(status, { reason });
}
