import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../core/auth/principal.js';
import type { BuildgateError } from '../core/errors.js';
import type { CrossOriginRule } from './cross-origin.js';
import type { DialectResponse, WholeResponse } from './dialect-response.js';
import type { RouteAddress } from './dialect-router.js';
import type { RawQuery } from './raw-query.js';

export type { DialectResponse, WholeResponse } from './dialect-response.js';

/**
 * A legacy REST interface as data: which URIs it answers, which stored operations stand behind them, and how it words
 * what goes wrong. `dialect-mounts.ts` serves it, `dialect-exchange.ts` fixes the order of the steps of one exchange,
 * `openapi.ts` describes it.
 */
export interface Dialect {
  /** Name of the system, also of its virtual host: `freshmaker`. */
  readonly system: string;
  /** Path prefix of the mount: `/freshmaker`. */
  readonly prefix: string;
  readonly title: string;
  /** The `.graphql` file with the operations that the routes run. */
  readonly operations: URL;
  readonly routes: readonly Route[];
  /**
   * `onDemand` (unless told): credentials are looked at where a route asks for a role. `always`: on every request and
   * before anything else, so that wrong ones are refused on reads too.
   */
  readonly authentication?: 'onDemand' | 'always';
  /** Whether `Basic` credentials are taken beside bearer tokens; goes with `crossOrigin`. */
  readonly acceptsBasic?: boolean;
  /** Whether `X-Remote-User` of a trusted proxy names the caller, whatever the credentials. */
  readonly trustsRemoteUser?: boolean;
  /** Form and query fields by which a POST says that it means another method, the first one before the others. */
  readonly methodOverride?: readonly string[];
  /** Headers of every answer; those that an answer sets itself count more. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether answers are compressed for clients that accept it; an answer sent in pieces never is. */
  readonly gzip?: boolean;
  /** With it, other methods than GET are refused to pages of other origins; without it no origin is looked at. */
  readonly crossOrigin?: CrossOriginRule;
  /**
   * Asked before routing: an answer that sends the client elsewhere, or undefined.
   * @param isKnown whether a path below the mount is a URI of this dialect
   */
  readonly redirect?: (request: DialectRequest, isKnown: (path: string) => boolean) => WholeResponse | undefined;
  /** The answer for a URI of no route. */
  readonly notFound: (request: DialectRequest) => Answer;
  /** @param allowed the methods of the URI, HEAD and OPTIONS included where they work, in alphabetical order */
  readonly methodNotAllowed: (request: DialectRequest, allowed: readonly string[]) => Answer;
  /** The answer to OPTIONS on a known URI; without it OPTIONS is a method like any other. */
  readonly options?: (request: DialectRequest, allowed: readonly string[]) => Answer;
  /** The one table from what went wrong to status, headers and body. */
  readonly failure: (failure: Failure, request: DialectRequest) => WholeResponse;
}

type Answer = DialectResponse | Promise<DialectResponse>;

/** One method of one documented URI. HEAD is answered by the GET route. */
export interface Route extends RouteAddress {
  /** What it does, in a line; goes into the OpenAPI document. */
  readonly summary: string;
  /** Names of the stored operations behind it; none when the answer needs no data. */
  readonly operations: readonly string[];
  /** Query parameters that mean something, for the OpenAPI document. */
  readonly query?: readonly QueryParameter[];
  /**
   * Roles (`freshmaker/admin`) of which the caller needs one, or `user`: anybody with credentials. Without it none are
   * needed.
   */
  readonly access?: readonly string[] | 'user';
  /** How the body is handed over; without it the body is not read. */
  readonly body?: BodyRule;
  /** Statuses the route answers with, each with its meaning, for the OpenAPI document. */
  readonly answers: Readonly<Record<number, string>>;
  readonly handle: (request: DialectRequest, run: RunOperation) => Answer;
}

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  /** Whether every value of a repeated parameter counts. */
  readonly repeatable?: boolean;
}

/**
 * `json`: strict UTF-8 JSON whatever the content type, bare values allowed. `bytes`: the body as it came. `form`: a
 * `Form`, empty when the body is none.
 */
interface BodyRule {
  readonly kind: 'json' | 'bytes' | 'form';
  /** Largest body in bytes, 1 MiB unless told. */
  readonly limit?: number;
}

/** A request as the dialects see it. */
export interface DialectRequest {
  /** The method that the request means: a POST may name another one. */
  readonly method: string;
  /** Path below the mount, as sent, still encoded. */
  readonly path: string;
  /** The query as sent with its `?`, or the empty text. */
  readonly search: string;
  readonly query: RawQuery;
  readonly headers: IncomingHttpHeaders;
  /** Decoded parameters of the URI. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Scheme and host as the client used them: `http://freshmaker.localhost:4000`. */
  readonly origin: string;
  /** Path of the mount as the client used it: `/freshmaker`, or the empty text at the root of a virtual host. */
  readonly prefix: string;
  readonly requestId: string;

  /** The caller; anonymous where credentials have not been looked at. */
  readonly principal: Principal;
  /** The body as the route's rule hands it over. */
  readonly body: unknown;
  /**
   * Who the credentials name, for the hooks and routes of a dialect that looks at them out of the usual order.
   * @throws BuildgateError UNAUTHENTICATED
   */
  readonly authenticate: () => Promise<Principal>;
  /** Adds members to the line of this request in the access log. */
  readonly annotate: (details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Runs a stored operation with the rights of the request's principal.
 * @returns its data, in the shape of the document
 * @throws BuildgateError when the core refused; any other error is a fault of ours
 */
export type RunOperation = <Data>(name: string, variables?: Readonly<Record<string, unknown>>) => Promise<Data>;

/** What can go wrong in an exchange, each for the dialect to put in its own words. */
export type Failure =
  /** No credentials where some are needed. */
  | { readonly kind: 'credentialsMissing' }
  /** The caller has none of the roles of the route (`freshmaker/admin`). */
  | { readonly kind: 'roleMissing'; readonly userName: string | null; readonly roles: readonly string[] }
  /** The page of another origin asks for more than reading. */
  | { readonly kind: 'crossSite' }
  /** The Host header is not a host. */
  | { readonly kind: 'badHost' }
  | { readonly kind: 'bodyTooLarge'; readonly limit: number }
  /** The body breaks the route's body rule; `reason` may be shown. */
  | { readonly kind: 'bodyUnreadable'; readonly reason: string }
  /** The core or the handler refused. */
  | { readonly kind: 'refused'; readonly error: BuildgateError }
  /** A fault of ours, already logged. */
  | { readonly kind: 'internal' };
