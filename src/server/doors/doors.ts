import type { IncomingMessage } from 'node:http';
import { BuildgateError } from '../../core/errors.js';
import { refuseUpload, sendResponse, type WholeResponse } from '../dialect-response.js';
import type { NotedResponse } from '../noted-response.js';
import { rateLimitHeaders } from '../rate-limit/rate-limit-headers.js';
import type { Allowance, RateLimits } from '../rate-limit/rate-limits.js';
import { hasTooManyHeaders } from './http-limits.js';
import { hasBody, type Overload } from './overload.js';

/** Why a request goes no further. */
export type RefusalReason = 'headers' | 'overload' | 'rate';

/** What the doors are made with. */
export interface DoorsOptions {
  /** Most headers of a request. */
  readonly headers: number;
  readonly overload: Overload;
  readonly rateLimits: RateLimits;
  /** How the interface that a request is for words a refusal; undefined where it has no words of its own. */
  readonly wording: (request: IncomingMessage, error: BuildgateError) => WholeResponse | undefined;
  readonly onRefusal: (reason: RefusalReason) => void;
}

/** What must be told whatever is going on: whether the process lives, and how it is. */
const ALWAYS_ANSWERED: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz', '/metrics']);
/** A client that is refused for want of time should come back when the burst is over. */
export const RETRY_SECONDS = 1;
/** Bodies up to this size are read and forgotten when their request is refused; a longer one costs its connection. */
const SMALL_BODY = 64 * 1024;

/** The refusal of what is too much for the gateway now. It is one for all: to trace where it was made would take time. */
export const OVERLOADED = new BuildgateError(
  'UNAVAILABLE',
  'There is too much to do right now; try again in a moment.',
);

/** The refusal of a caller who asks for too much. */
export function rateLimited({ limit, seconds }: Allowance): BuildgateError {
  const message = `More than ${limit} requests in a minute; try again in ${seconds} s.`;
  return new BuildgateError('RATE_LIMITED', message, { retryAfter: seconds });
}

/**
 * What every request passes before anybody looks at what it asks for. Refusals are made before logging, authentication
 * and Express, which take most of the time of an ordinary answer: who asks for too much must be cheap.
 */
export class Doors {
  readonly #options: DoorsOptions;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  /** @param next answers the request */
  handle(request: IncomingMessage, response: NotedResponse, next: () => void): void {
    const { headers, overload, rateLimits } = this.#options;
    if (hasTooManyHeaders(request, headers)) return this.#refuse(request, response, 'headers', TOO_MANY_HEADERS);
    if (ALWAYS_ANSWERED.has(request.url)) return next();
    if (overload.isTooMuch) return this.#refuseWith(request, response, 'overload', OVERLOADED, RETRY_SECONDS);
    const counted = rateLimits.take(request);
    if (counted) void counted.then((allowance) => this.#pass(request, response, allowance, next));
    else this.#admit(request, response, next);
  }

  #pass(request: IncomingMessage, response: NotedResponse, allowance: Allowance, next: () => void): void {
    if (allowance.isRefused) {
      const headers = rateLimitHeaders(allowance);
      this.#refuseWith(request, response, 'rate', rateLimited(allowance), allowance.seconds, headers);
      return;
    }
    // Clients of the old APIs know nothing of such headers, and their answers stay what they were.
    if (isGraphql(request)) setHeaders(response, rateLimitHeaders(allowance));
    this.#admit(request, response, next);
  }

  #admit(request: IncomingMessage, response: NotedResponse, next: () => void): void {
    this.#options.overload.admit(request, response, next);
  }

  #refuseWith(
    request: IncomingMessage,
    response: NotedResponse,
    reason: RefusalReason,
    error: BuildgateError,
    seconds: number,
    more: Readonly<Record<string, string>> = {},
  ): void {
    const worded = isGraphql(request) ? graphqlAnswer(error) : this.#options.wording(request, error);
    const answer = worded ?? plainly(error);
    const headers = { ...answer.headers, ...more, 'Retry-After': String(seconds) };
    this.#refuse(request, response, reason, { ...answer, headers });
  }

  #refuse(request: IncomingMessage, response: NotedResponse, reason: RefusalReason, answer: WholeResponse): void {
    this.#options.onRefusal(reason);
    if (hasBody(request) && !(Number(request.headers['content-length']) <= SMALL_BODY))
      refuseUpload(answer, request, response);
    else void sendResponse(answer, response);
  }
}

const PLAIN = { 'Content-Type': 'text/plain; charset=utf-8' };
const TOO_MANY_HEADERS: WholeResponse = {
  status: 431,
  headers: { ...PLAIN, Connection: 'close' },
  body: 'Request Header Fields Too Large\n',
};

function statusOf({ code }: BuildgateError): number {
  return code === 'RATE_LIMITED' ? 429 : 503;
}

function plainly(error: BuildgateError): WholeResponse {
  return { status: statusOf(error), headers: PLAIN, body: `${error.message}\n` };
}

function graphqlAnswer(error: BuildgateError): WholeResponse {
  const { message, code, details } = error;
  const body = JSON.stringify({ errors: [{ message, extensions: { ...details, code } }] });
  return { status: statusOf(error), headers: { 'Content-Type': 'application/json; charset=utf-8' }, body };
}

/** Whether a request is for GraphQL over HTTP; on host names of dialects, where it is not, the words do no harm. */
function isGraphql({ url = '' }: IncomingMessage): boolean {
  return url === '/graphql' || url.startsWith('/graphql?') || url.startsWith('/graphql/');
}

/** Sets headers of an answer that is made later. */
export function setHeaders(response: NotedResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}
