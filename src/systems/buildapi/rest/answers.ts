import type { Dialect, DialectRequest, Failure, WholeResponse } from '../../../server/dialect.js';
import { GENERATIONS, wantsJson } from './format.js';
import { failurePage, objectPage } from './pages/home.js';
import { type PageContent, pageText, type PageView, viewOf } from './pages/layout.js';
import type { JsonValue } from './represent.js';

const JSON_HEADERS = { 'Content-Type': 'application/json' };

/** Pages have a style sheet and forms of their own and load nothing. */
const HTML_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
};

/** Makes the answers of the dialect; pages show times of one zone. */
export class Answers {
  constructor(readonly timeZone: string) {}

  /** JSON or HTML as the request wants it; without a page of its own an object is shown as it is. */
  object(
    request: DialectRequest,
    value: JsonValue,
    page: (view: PageView) => PageContent = () => objectPage(titleOf(request), value),
    status = 200,
  ): WholeResponse {
    return wantsJson(request) ? json(status, value) : this.page(request, page, status);
  }

  /** HTML whatever the request wants. */
  page(request: DialectRequest, page: (view: PageView) => PageContent, status = 200): WholeResponse {
    const view = viewOf(request, this.timeZone);
    return { status, headers: HTML_HEADERS, body: pageText(view, page(view)) };
  }

  /** The failure object (contract buildapi section 2.3). */
  failed(
    request: DialectRequest,
    status: number,
    msg: string,
    headers: Readonly<Record<string, string>> = {},
  ): WholeResponse {
    const page = (view: PageView): PageContent => failurePage(view, status, msg);
    const answer = this.object(request, { status: 'FAILED', msg }, page, status);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }

  /** What the dialect says when there is nothing to show. */
  hooks(): Pick<Dialect, 'redirect' | 'notFound' | 'methodNotAllowed' | 'failure'> {
    return {
      redirect: withoutSlash,
      notFound: (request) => this.failed(request, 404, 'Not found'),
      methodNotAllowed: (request, allowed) =>
        request.method === 'GET' || request.method === 'HEAD'
          ? this.failed(request, 404, 'Not found')
          : this.failed(request, 405, 'Method not allowed', { Allow: allowed.join(', ') }),
      failure: (failure, request) => this.#failure(failure, request),
    };
  }

  #failure(failure: Failure, request: DialectRequest): WholeResponse {
    switch (failure.kind) {
      case 'credentialsMissing':
      case 'roleMissing':
        return this.failed(request, 403, 'ACCESS DENIED!');
      case 'crossSite':
        return this.failed(request, 403, 'ACCESS DENIED! Pages of other sites may only read.');
      case 'badHost':
        return this.failed(request, 400, 'The Host header is not a valid host');
      case 'bodyTooLarge':
        return this.failed(request, 413, `The request body is larger than ${failure.limit} bytes`);
      case 'bodyUnreadable':
        return this.failed(request, 400, failure.reason);
      case 'refused':
        return this.#refused(failure.error.code, failure.error.message, request);
      case 'internal':
        return this.failed(request, 500, 'The server failed to answer this request');
    }
  }

  #refused(code: string, message: string, request: DialectRequest): WholeResponse {
    if (code === 'UNAUTHENTICATED') return this.failed(request, 401, 'Wrong user name or password', CHALLENGE);
    return this.failed(request, STATUSES[code] ?? 400, message);
  }
}

/** Asks for a user name and, as password, an API token. */
export const CHALLENGE = { 'WWW-Authenticate': 'Basic realm="buildapi", charset="UTF-8"' };

/** Statuses of the refusals of the core that are no bad request. */
const STATUSES: Readonly<Record<string, number>> = {
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  UNAVAILABLE: 503,
  RATE_LIMITED: 429,
};

/** JSON whatever the request wants. */
export function json(status: number, value: JsonValue): WholeResponse {
  return { status, headers: JSON_HEADERS, body: JSON.stringify(value) };
}

/** Addresses have no slash at their end, but for the mount itself, which has one (section 2.7). */
function withoutSlash({ path, search, origin, prefix }: DialectRequest): WholeResponse | undefined {
  if (path !== '' && (path === '/' || !path.endsWith('/'))) return undefined;
  const address = path === '' ? `${prefix}/` : `${prefix}${path.slice(0, -1)}`;
  // A path that begins with two slashes, or with a backslash, would be another host.
  const location = /^\/(?![/\\])/.test(address) ? address : `${origin}${address}`;
  return {
    status: 301,
    headers: { 'Content-Type': 'text/plain; charset=utf-8', Location: location + search },
    body: '',
  };
}

/** Title of an object that has no page: its address without the generation. */
function titleOf({ parameters, path }: DialectRequest): string {
  const [, first, ...rest] = path.split('/');
  const known = GENERATIONS.some((name) => name === first);
  const values = Object.values(parameters);
  return values.length > 0 ? values.join(' ') : ((known ? rest.at(-1) : first) ?? '');
}
