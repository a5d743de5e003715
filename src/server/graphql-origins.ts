import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import { clientAddress, splitUrl } from './absolute-url.js';
import { crossOriginHeaders, type CrossOriginRule, isCrossSite, preflightHeaders } from './cross-origin.js';

/** Which pages may use GraphQL, over HTTP and over WebSocket. */
export interface GraphqlOriginsOptions {
  /** Origins of foreign pages. `any`: all of them, without credentials that browsers send by themselves. */
  readonly allowed: CrossOriginRule['allowed'];
  /** Address of the gateway as its own pages see it; null: that of the request. */
  readonly publicUrl: string | null;
  /** Whether a peer is a proxy whose `X-Forwarded-*` headers count. */
  readonly trusts: (address: string | undefined) => boolean;
}

/** What clients of GraphQL send: credentials, JSON, and what Apollo Client says of itself or to pass its CSRF prevention. */
const REQUEST_HEADERS =
  'Accept, Apollo-Require-Preflight, ApolloGraphQL-Client-Name, ApolloGraphQL-Client-Version, Authorization, Content-Type, X-Apollo-Operation-Name, X-Request-Id';
const PREFLIGHT = { methods: 'GET, POST', headers: REQUEST_HEADERS, maxAge: 600 };
const EXPOSED = 'Retry-After, X-Request-Id';

/** The origins from which GraphQL may be used. */
export class GraphqlOrigins {
  readonly #options: GraphqlOriginsOptions;
  readonly #rule: CrossOriginRule;

  constructor(options: GraphqlOriginsOptions) {
    const { allowed, publicUrl } = options;
    const own = publicUrl === null ? [] : [splitUrl(publicUrl).origin];
    this.#options = options;
    this.#rule = {
      allowed: allowed === 'any' ? allowed : [...own, ...allowed],
      withCredentials: allowed !== 'any',
      exposed: EXPOSED,
      preflight: PREFLIGHT,
    };
  }

  /** Answers browsers that ask whether a foreign page may send something, and lets such a page read answers. */
  handler(): RequestHandler {
    const rule = this.#rule;
    return ({ method, headers }, response, next) => {
      if (this.#options.allowed !== 'any') response.vary('Origin');
      const allowed = preflightHeaders(method, headers, rule);
      response.set(allowed ?? crossOriginHeaders(headers, rule));
      if (allowed) response.status(204).end();
      else next();
    };
  }

  /**
   * Whether this request may open a WebSocket: browsers let every page try, and send what credentials they have for this
   * host. Clients that are no browsers send no `Origin`.
   */
  mayOpenSocket(request: IncomingMessage): boolean {
    return this.isOwn(request) || this.#options.allowed === 'any';
  }

  /** Whether no foreign page made the browser send this, or one that is trusted with credentials. */
  isOwn(request: IncomingMessage): boolean {
    const { origin } = clientAddress(request, this.#options.trusts(request.socket.remoteAddress));
    const { allowed, ...others } = this.#rule;
    return !isCrossSite(request.headers, origin, { ...others, allowed: allowed === 'any' ? [] : allowed });
  }
}
