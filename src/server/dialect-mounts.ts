import { randomUUID } from 'node:crypto';
import type { Express, Request, Response } from 'express';
import { ANONYMOUS, type Principal } from '../core/auth/principal.js';
import { type ClientAddress, clientAddress } from './absolute-url.js';
import type { Dialect, DialectRequest } from './dialect.js';
import { type DialectLog, exchange, type ServedDialect } from './dialect-exchange.js';
import { DialectRouter } from './dialect-router.js';
import type { StoredOperations } from './execution.js';
import { RawQuery } from './raw-query.js';

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
  /** Who a trusted proxy says is calling; for dialects that believe it. */
  readonly remoteUser: (userName: string) => Promise<Principal>;
  readonly operationsOf: (dialect: Dialect) => StoredOperations;
  readonly log: DialectLog;
  /** Id of a request for the logs; a fresh one unless the server has given it one already. */
  readonly requestIdOf?: (response: Response) => string;
}

/** Where a request is answered: the dialect, the path below its mount and how the client reached it. */
interface Target {
  readonly served: ServedDialect;
  readonly path: string;
  readonly origin: string;
  readonly prefix: string;
}

/**
 * Serves every dialect under its path prefix and, alone, at the root of its virtual hosts. Must come before any
 * middleware that reads bodies.
 * @throws Error naming the host, when a virtual host names no dialect
 */
export function mountDialects(app: Express, options: DialectMountOptions): void {
  app.disable('x-powered-by');
  const mounts = new Mounts(options);
  app.use((request, response, next) => {
    const trusted = options.trustProxy(request.socket.remoteAddress);
    const address = clientAddress(request, trusted);
    const { path, search } = splitTarget(request.originalUrl);
    const target = mounts.find(address, path);
    if (target === undefined) return next();
    const dialectRequest = requestOf(request, response, { ...target, search, trusted }, options);
    response.locals['transport'] = 'rest';
    const onRoute = (template: string): void => {
      response.locals['route'] = template;
    };
    return exchange(target.served, dialectRequest, request, response, { hostIsValid: address.valid, onRoute });
  });
}

/** Finds the dialect that a request is for. */
class Mounts {
  private readonly dialects: readonly ServedDialect[];
  private readonly hosts = new Map<string, ServedDialect>();
  private readonly publicUrl: { readonly origin: string; readonly path: string } | undefined;

  constructor({ dialects, hosts, publicUrl, operationsOf, log }: DialectMountOptions) {
    this.dialects = dialects.map((dialect) => ({
      dialect,
      router: new DialectRouter(dialect.routes),
      operations: operationsOf(dialect),
      log,
    }));
    for (const served of this.dialects) this.hosts.set(`${served.dialect.system}.localhost`, served);
    for (const [system, names] of Object.entries(hosts)) this.addHosts(system, names);
    if (publicUrl !== undefined) {
      const { origin, pathname } = new URL(publicUrl);
      this.publicUrl = { origin, path: pathname.replace(/\/+$/, '') };
    }
  }

  private addHosts(system: string, names: readonly string[]): void {
    const served = this.dialects.find(({ dialect }) => dialect.system === system);
    for (const host of names) {
      if (served === undefined) throw new Error(`Virtual host ${host}: there is no dialect "${system}"`);
      this.hosts.set(host.toLowerCase(), served);
    }
  }

  find(address: ClientAddress, path: string): Target | undefined {
    const host = this.hosts.get(address.hostName);
    if (host !== undefined) return { served: host, path, origin: address.origin, prefix: address.outerPath };
    const served = this.dialects.find(({ dialect: { prefix } }) => path === prefix || path.startsWith(`${prefix}/`));
    if (served === undefined) return undefined;
    const { prefix } = served.dialect;
    const { origin, path: outerPath } = this.publicUrl ?? { origin: address.origin, path: address.outerPath };
    return { served, path: path.slice(prefix.length), origin, prefix: outerPath + prefix };
  }
}

/** Splits a request target; the scheme and authority of an absolute one are dropped. */
function splitTarget(target: string): { path: string; search: string } {
  const local = target.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = local.indexOf('?');
  return mark < 0 ? { path: local, search: '' } : { path: local.slice(0, mark), search: local.slice(mark) };
}

function requestOf(
  request: Request,
  response: Response,
  target: Target & { readonly search: string; readonly trusted: boolean },
  options: DialectMountOptions,
): DialectRequest {
  const { path, origin, prefix, search } = target;
  const { requestIdOf = () => randomUUID() } = options;
  return {
    method: request.method,
    path,
    search,
    query: new RawQuery(search.slice(1)),
    headers: request.headers,
    parameters: {},
    origin,
    prefix,
    requestId: requestIdOf(response),
    principal: ANONYMOUS,
    body: undefined,
    authenticate: async () => callerOf(request, target, options),
    annotate: (details) => {
      response.locals['details'] = details;
    },
  };
}

async function callerOf(
  { headers }: Request,
  { served, trusted }: { readonly served: ServedDialect; readonly trusted: boolean },
  { authenticate, remoteUser }: DialectMountOptions,
): Promise<Principal> {
  const named = headers['x-remote-user']?.toString().trim();
  if (served.dialect.trustsRemoteUser && trusted && named) return remoteUser(named);
  return authenticate(headers.authorization, { basic: served.dialect.acceptsBasic ?? false });
}
