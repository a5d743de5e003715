import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Express, Request, Response } from 'express';
import { ANONYMOUS, type Principal } from '../core/auth/principal.js';
import { basicCredentials } from '../core/auth/basic-credentials.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import { BuildgateError } from '../core/errors.js';
import type { System } from '../core/model/states.js';
import { NO_ROUTE } from '../core/usage/route-use.js';
import { type ClientAddress, clientAddress, splitUrl } from './absolute-url.js';
import { callerAddress } from './caller-address.js';
import type { AnswerKeeper } from './answer-cache/answer-cache.js';
import type { Dialect, DialectRequest, WholeResponse } from './dialect.js';
import { type DialectLog, exchange, refusalOutside, type ServedDialect } from './dialect-exchange.js';
import { DialectRouter } from './dialect-router.js';
import type { Place } from './documented-exchange.js';
import type { StoredOperations } from './execution.js';
import { type LegacyResource, noteResource } from './legacy-resource.js';
import { RawQuery } from './raw-query.js';
import type { Twins } from './twins/twins.js';

/** What the dialects need of the server around them. */
export interface DialectMountOptions {
  readonly dialects: readonly Dialect[];
  /** Virtual hosts: system to host names. `<system>.localhost` is served without being listed. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Address of the gateway as clients see it, with its path if it has one; overrides what a request says, at the path prefix only. */
  readonly publicUrl?: string;
  /** Whether `X-Forwarded-Proto`, `-Host` and `-Prefix` count when they come from this peer. */
  readonly trustProxy: (remoteAddress: string | undefined) => boolean;
  /**
   * Who the `Authorization` header names; anonymous when there is none.
   * @throws BuildgateError UNAUTHENTICATED when it names nobody
   */
  readonly authenticate: (
    authorization: string | undefined,
    options: { readonly basic: boolean },
  ) => Promise<Principal>;
  /**
   * The same for a dialect with members, whose `Basic` credentials they are.
   * @throws BuildgateError UNAUTHENTICATED when it names nobody, FORBIDDEN when the password is wrong
   */
  readonly authenticateMember: (system: System, authorization: string | undefined) => Promise<Principal>;
  /** Who a trusted proxy says is calling; for dialects that believe it. */
  readonly remoteUser: (userName: string) => Promise<Principal>;
  /** Told who the credentials of a request name; null when they were refused. */
  readonly onCaller?: (request: IncomingMessage, principal: Principal | null) => void;
  /** Left out where wrong credentials are not counted. */
  readonly signIns?: SignInLimit;
  readonly operationsOf: (dialect: Dialect) => StoredOperations;
  /** Headers that announce the end of a URI, for every answer of it; by default there are none. */
  readonly noticesOf?: (dialect: Dialect, uri: string) => LegacyResource['notices'];
  /** Answers with the OpenAPI document of a dialect; without it there is none below the mounts. */
  readonly describe?: (dialect: Dialect, place: Place, request: Request, response: Response) => Promise<void>;
  /** The GraphQL twins that answers link to; left out where they do not. */
  readonly twinsOf?: (dialect: Dialect) => Twins | undefined;
  readonly log: DialectLog;
  /** Id of a request for the logs; a fresh one unless the server has given it one already. */
  readonly requestIdOf?: (response: Pick<Response, 'locals'>) => string;
}

/** Where a request is answered: the dialect, the path below its mount and how the client reached it. */
interface Target {
  readonly served: ServedDialect;
  readonly path: string;
  readonly origin: string;
  readonly prefix: string;
  /** Address of the gateway's own pages, without a slash at the end; undefined where nobody knows it. */
  readonly gateway: string | undefined;
}

/** How the dialect that a request is for words a refusal; undefined where it is for none. */
export type DialectWording = (request: IncomingMessage, error: BuildgateError) => WholeResponse | undefined;

/**
 * Serves every dialect under its path prefix and, alone, at the root of its virtual hosts. Must come before any
 * middleware that reads bodies.
 * @returns how they refuse what is not let in to them
 * @throws Error naming the host, when a virtual host names no dialect
 */
export function mountDialects(app: Express, options: DialectMountOptions): DialectWording {
  app.disable('x-powered-by');
  const mounts = new Mounts(options);
  app.use((request, response, next) => {
    const { trusted, address, search, target } = arrivalOf(request, mounts, options);
    if (target === undefined) return next();
    const dialectRequest = requestOf(request, response, { ...target, search, trusted }, options);
    if (options.describe && address.valid && asksForDocument(request.method, target)) {
      response.locals['route'] = DOCUMENT_PATH;
      const { served, origin, prefix } = target;
      return options.describe(served.dialect, { origin, mount: prefix }, request, response);
    }
    response.locals['transport'] = 'rest';
    const onUri = (uri = NO_ROUTE): void => noteResource(response, target.served.resources.get(uri)!);
    const onRoute = (template: string): void => {
      response.locals['route'] = template;
    };
    const keeper = response.locals['keeper'] as AnswerKeeper | undefined;
    const { gateway } = target;
    const arrival = { hostIsValid: address.valid, onUri, onRoute, keeper, gateway };
    return exchange(target.served, dialectRequest, request, response, arrival);
  });
  return (request, error) => {
    const { trusted, search, target } = arrivalOf(request, mounts, options);
    if (target === undefined) return undefined;
    const refused = requestOf(request, { locals: {} }, { ...target, search, trusted }, { ...options, requestIdOf });
    return refusalOutside(target.served, refused, error);
  };
}

/** What is refused at the door has no line in the log that an id could lead to. */
function requestIdOf(): string {
  return '-';
}

/** Where a request leads. */
function arrivalOf(request: IncomingMessage, mounts: Mounts, { trustProxy }: DialectMountOptions) {
  const trusted = trustProxy(request.socket.remoteAddress);
  const address = clientAddress(request, trusted);
  const { path, search } = splitTarget(request.url!);
  return { trusted, address, search, target: mounts.find(address, path) };
}

/** Where the OpenAPI document is below a mount. */
const DOCUMENT_PATH = '/openapi.json';

/** Whether a request is for the OpenAPI document: a URI of the dialect with this name, or that it could be, is the dialect's. */
function asksForDocument(method: string, { served, path }: Target): boolean {
  return path === DOCUMENT_PATH && (method === 'GET' || method === 'HEAD') && !served.router.match(path);
}

/** Finds the dialect that a request is for. */
class Mounts {
  private readonly dialects: readonly ServedDialect[];
  private readonly hosts = new Map<string, ServedDialect>();
  private readonly publicUrl: { readonly origin: string; readonly path: string } | undefined;

  constructor(options: DialectMountOptions) {
    const { dialects, hosts, publicUrl, operationsOf, twinsOf, log } = options;
    this.dialects = dialects.map((dialect) => ({
      dialect,
      router: new DialectRouter(dialect.routes, dialect.optionalSlash),
      resources: resourcesOf(dialect, options),
      operations: operationsOf(dialect),
      twins: twinsOf?.(dialect),
      log,
    }));
    for (const served of this.dialects) this.hosts.set(`${served.dialect.system}.localhost`, served);
    for (const [system, names] of Object.entries(hosts)) this.addHosts(system, names);
    if (publicUrl !== undefined) this.publicUrl = splitUrl(publicUrl);
  }

  private addHosts(system: string, names: readonly string[]): void {
    const served = this.dialects.find(({ dialect }) => dialect.system === system);
    for (const host of names) {
      if (served === undefined) throw new Error(`Virtual host ${host}: there is no dialect "${system}"`);
      this.hosts.set(host.toLowerCase(), served);
    }
  }

  find(address: ClientAddress, path: string): Target | undefined {
    const target = this.mountOf(address, path);
    const alias = target?.served.dialect.alias;
    if (target === undefined || alias === undefined || !isBelow(alias, target.path)) return target;
    return { ...target, path: target.path.slice(alias.length), prefix: target.prefix + alias };
  }

  private mountOf(address: ClientAddress, path: string): Target | undefined {
    const host = this.hosts.get(address.hostName);
    if (host !== undefined) {
      const { origin, outerPath: prefix } = address;
      return { served: host, path, origin, prefix, gateway: this.gatewayBehind(address) };
    }
    const served = this.dialects.find(({ dialect: { prefix } }) => isBelow(prefix, path));
    if (served === undefined) return undefined;
    const { prefix } = served.dialect;
    const { origin, path: outerPath } = this.publicUrl ?? { origin: address.origin, path: address.outerPath };
    const gateway = origin + outerPath;
    return { served, path: path.slice(prefix.length), origin, prefix: outerPath + prefix, gateway };
  }

  /**
   * The gateway's own pages as a client finds them who came by a virtual host, whose root is the dialect's: at the public
   * address, or at `localhost` for a host below it.
   */
  private gatewayBehind({ origin, hostName, outerPath }: ClientAddress): string | undefined {
    if (this.publicUrl !== undefined) return this.publicUrl.origin + this.publicUrl.path;
    if (!hostName.endsWith('.localhost') || this.hosts.has('localhost')) return undefined;
    return origin.replace(/(?<=\/\/)[^:]+/, 'localhost') + outerPath;
  }
}

/** Every URI of a dialect by its template, and what stands for those that are none. */
function resourcesOf(
  dialect: Dialect,
  { noticesOf = () => [] }: DialectMountOptions,
): ReadonlyMap<string, LegacyResource> {
  const { system, prefix, routes } = dialect;
  const uris = new Set(routes.map(({ uri }) => uri));
  const resources = [...uris].map((route) => ({ system, prefix, route, notices: noticesOf(dialect, route) }));
  const none = { system, prefix, route: NO_ROUTE, notices: [] };
  return new Map([none, ...resources].map((resource) => [resource.route, resource]));
}

function isBelow(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(`${prefix}/`);
}

/** Splits a request target; the scheme and authority of an absolute one are dropped. */
function splitTarget(target: string): { path: string; search: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, search: '' } : { path: local.slice(0, mark), search: local.slice(mark) };
}

function requestOf(
  request: IncomingMessage,
  response: Pick<Response, 'locals'>,
  target: Target & { readonly search: string; readonly trusted: boolean },
  options: DialectMountOptions,
): DialectRequest {
  const { path, origin, prefix, search } = target;
  const { requestIdOf = () => randomUUID() } = options;
  const address = callerAddress(request, options.trustProxy);
  return {
    method: request.method!,
    path,
    search,
    query: new RawQuery(search.slice(1)),
    headers: request.headers,
    parameters: {},
    origin,
    prefix,
    requestId: requestIdOf(response),
    address,
    principal: ANONYMOUS,
    credentialsRefused: false,
    body: undefined,
    authenticate: () => heardCaller(request, target, options),
    annotate: (details) => {
      response.locals['details'] = details;
    },
  };
}

/** Who calls, unless too many wrong credentials came from there. */
function guarded(
  signIns: SignInLimit,
  { headers: { authorization = '' } }: IncomingMessage,
  address: string,
  signIn: () => Promise<Principal>,
): Promise<Principal> {
  const name = basicCredentials(authorization.trim())?.name;
  return signIns.guard({ address, name, credentials: authorization }, signIn);
}

/** Who calls, which is told to whoever counts requests. */
async function heardCaller(
  request: IncomingMessage,
  target: Pick<Target, 'served'> & { readonly trusted: boolean },
  options: DialectMountOptions,
): Promise<Principal> {
  const { onCaller, remoteUser, signIns, trustProxy } = options;
  const named = request.headers['x-remote-user']?.toString().trim();
  // What a proxy says tells nothing of the credentials beside it.
  if (target.served.dialect.trustsRemoteUser && target.trusted && named) return remoteUser(named);
  try {
    const signIn = (): Promise<Principal> => callerOf(request, target.served.dialect, options);
    const principal = await (signIns
      ? guarded(signIns, request, callerAddress(request, trustProxy), signIn)
      : signIn());
    onCaller?.(request, principal);
    return principal;
  } catch (error) {
    if (error instanceof BuildgateError && error.code !== 'UNAVAILABLE') onCaller?.(request, null);
    throw error;
  }
}

async function callerOf(
  request: IncomingMessage,
  { members, identify, acceptsBasic = false }: Dialect,
  { authenticate, authenticateMember, trustProxy }: DialectMountOptions,
): Promise<Principal> {
  const { authorization } = request.headers;
  if (identify !== undefined) return identify(authorization, { address: callerAddress(request, trustProxy) });
  if (members !== undefined) return authenticateMember(members, authorization);
  return authenticate(authorization, { basic: acceptsBasic });
}
