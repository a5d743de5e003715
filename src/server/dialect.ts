import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../core/auth/principal.js';
import type { BuildgateError } from '../core/errors.js';
import type { System } from '../core/model/states.js';
import type { CrossOriginRule } from './cross-origin.js';
import type { BodyContent, DialectDescription } from './dialect-description.js';
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
  /** What documents tell of it besides its routes. */
  readonly description: DialectDescription;
  /** The `.graphql` file with the operations that the routes run; or the folder of such files, its address ending in `/`. */
  readonly operations: URL;
  /** Names of the stored operations that are given secrets as variables: no link and no explanation repeats them. */
  readonly secretOperations?: readonly string[];
  readonly routes: readonly Route[];
  /** Whether every URI may have one slash more at its end. */
  readonly optionalSlash?: boolean;
  /**
   * `onDemand` (unless told): credentials are looked at where a route asks for a role. `always`: on every request and
   * before anything else, so that wrong ones are refused on reads too. `lenient`: on every request that a route answers,
   * after the body; wrong ones make who reads (GET, HEAD, OPTIONS) an anonymous caller with `credentialsRefused`, and
   * are the failure `refused` of everything else. `perUri`: on every request to a known URI, before the method is looked
   * at; who may use none of the methods of a URI is not told which there are.
   */
  readonly authentication?: 'onDemand' | 'always' | 'lenient' | 'perUri';
  /** The system whose own users sign in with `Basic` credentials, besides bearer tokens. Members have no roles. */
  readonly members?: System;
  /** Whether `Basic` credentials are taken beside bearer tokens; goes with `crossOrigin`. */
  readonly acceptsBasic?: boolean;
  /**
   * Who the `Authorization` header names, in place of the gateway's own tokens; for systems with credentials of another
   * kind.
   * @param caller `address`: where the request comes from, by trusted proxies' `X-Forwarded-For` if there are any
   * @throws BuildgateError UNAUTHENTICATED when it names nobody
   */
  readonly identify?: (authorization: string | undefined, caller: { readonly address: string }) => Promise<Principal>;
  /** Whether `X-Remote-User` of a trusted proxy names the caller, whatever the credentials. */
  readonly trustsRemoteUser?: boolean;
  /** Form and query fields by which a POST says that it means another method, the first one before the others. */
  readonly methodOverride?: readonly string[];
  /**
   * Headers of every answer, or what makes them; those that an answer sets itself count more.
   * @param methods those of the URI, as `methodNotAllowed` is told them; undefined where the URI is none
   */
  readonly headers?:
    | Readonly<Record<string, string>>
    | ((request: DialectRequest, methods: readonly string[] | undefined) => Readonly<Record<string, string>>);
  /** Whether answers are compressed with gzip for clients that accept it: all of them, or those of more bytes. */
  readonly gzip?: boolean | { readonly over: number };
  /** Whether answers have entity tags, and what a client has already is 304 (`If-None-Match`). */
  readonly entityTags?: boolean;
  /** Whether HEAD is answered by the GET route, as it is unless told. */
  readonly headFromGet?: boolean;
  /** With it, only pages of origins that it allows may do more than read; without it no origin is looked at. */
  readonly crossOrigin?: CrossOriginRule;
  /**
   * Asked before routing: an answer that sends the client elsewhere, or undefined.
   * @param isKnown whether a path below the mount is a URI of this dialect
   */
  readonly redirect?: (request: DialectRequest, isKnown: (path: string) => boolean) => WholeResponse | undefined;
  /** A path below the mount where everything is served once more, such as `/api`. */
  readonly alias?: string;
  /**
   * Asked when the URI is known and before credentials are looked at: the answer to who wants a representation that there
   * is none of, or undefined.
   */
  readonly negotiate?: (request: DialectRequest) => WholeResponse | undefined;
  /** The answer for a URI of no route. */
  readonly notFound: (request: DialectRequest) => Answer;
  /**
   * @param allowed the methods of the URI, in alphabetical order: HEAD included where it works, OPTIONS where `options`
   * answers it, not where a route does
   */
  readonly methodNotAllowed: (request: DialectRequest, allowed: readonly string[]) => Answer;
  /**
   * The answer to OPTIONS on a known URI, before credentials are looked at; without it OPTIONS is a method like any other,
   * and routes may answer it.
   */
  readonly options?: (request: DialectRequest, allowed: readonly string[]) => Answer;
  /** The one table from what went wrong to status, headers and body. */
  readonly failure: (failure: Failure, request: DialectRequest) => WholeResponse;
}

type Answer = DialectResponse | Promise<DialectResponse>;

/** One method of one documented URI. HEAD is answered by the GET route unless the dialect says otherwise. */
export interface Route extends RouteAddress {
  /** What it does, in a line; goes into the OpenAPI document. */
  readonly summary: string;
  /** What it is about, one or two words that several routes share: a heading of the reference. */
  readonly subject: string;
  /** Names of the stored operations behind it; none when the answer needs no data. */
  readonly operations: readonly string[];
  /** Query parameters that mean something, for the OpenAPI document. */
  readonly query?: readonly QueryParameter[];
  /**
   * Roles (`freshmaker/admin`) of which the caller needs one, or `user`: anybody with credentials. Without it none are
   * needed.
   */
  readonly access?: readonly string[] | 'user';
  /** With `lenient` authentication: the caller is anonymous here, whatever the credentials. */
  readonly ignoresCredentials?: true;
  /** How the body is handed over; without it the body is not read. */
  readonly body?: BodyRule;
  /** Statuses the route answers with, each with its meaning, for the OpenAPI document. */
  readonly answers: Readonly<Record<number, string>>;
  /** Media types of answers that succeed, where they are not those of the dialect; none: they have no body. */
  readonly mediaTypes?: readonly string[];
  /**
   * Whether the answer to a GET may be given again as long as the database has not changed, or of which requests it may.
   * Then it must depend on the request, the caller, the settings and the database alone: not on the clock, chance, what the
   * process remembers or a broker; it must show no secret, and reading must change nothing. Not unless told.
   */
  readonly kept?: true | ((request: DialectRequest) => boolean);
  /** Told how many seconds each GET took, also one that is answered with what was kept. */
  readonly observe?: (seconds: number) => void;
  readonly handle: (request: DialectRequest, run: RunOperation) => Answer;
}

export interface QueryParameter {
  readonly name: string;
  readonly description: string;
  /** Whether every value of a repeated parameter counts. */
  readonly repeatable?: boolean;
  /** Any text unless told: a whole number, or one of a few words. */
  readonly values?: 'integer' | readonly string[];
}

/** How a body is read. */
interface BodyRule {
  /**
   * `json`: strict UTF-8 JSON, bare values allowed. `bytes`: the body as it came. `form`: a `Form`, empty when the body
   * is none. `pieces`: the bytes as they arrive, an AsyncIterable<Uint8Array> that the handler reads.
   */
  readonly kind: 'json' | 'bytes' | 'form' | 'pieces';
  /** Largest body in bytes, 1 MiB unless told. */
  readonly limit?: number;
  /** The only content type taken, without parameters, in lower case; `json` takes any unless told. */
  readonly mediaType?: string;
  /** `json`: numbers that a double does not hold become objects that `JSON.stringify` writes as they were. */
  readonly exactNumbers?: true;
  /** What documents tell of it besides. */
  readonly content?: BodyContent;
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
  /** Where the request comes from, by trusted proxies' `X-Forwarded-For` if there are any. */
  readonly address: string;

  /** The caller; anonymous where credentials have not been looked at. */
  readonly principal: Principal;
  /** With `lenient` authentication: there were credentials, and they were refused. The caller is then anonymous. */
  readonly credentialsRefused: boolean;
  /** The body as the route's rule hands it over. */
  readonly body: unknown;
  /**
   * Who the credentials name, for the hooks and routes of a dialect that looks at them out of the usual order.
   * @throws BuildgateError UNAUTHENTICATED, of members with a wrong password FORBIDDEN
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
  /** The body is in a coding (`Content-Encoding`) that is not taken. */
  | { readonly kind: 'codingUnknown'; readonly coding: string }
  /** The body breaks the route's body rule; `reason` may be shown. */
  | { readonly kind: 'bodyUnreadable'; readonly reason: string }
  /** The core or the handler refused. */
  | { readonly kind: 'refused'; readonly error: BuildgateError }
  /** A fault of ours, already logged. */
  | { readonly kind: 'internal' };
