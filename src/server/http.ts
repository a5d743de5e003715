import type { IncomingMessage } from 'node:http';
import { readFileSync } from 'node:fs';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { Store } from '../core/store/store.js';
import { VERSION } from '../version.js';
import { mountDialects } from './dialect-mounts.js';
import type { Dialect } from './dialect.js';
import type { Gate } from './execution.js';
import { graphiqlRouter } from './graphiql.js';
import { healthRouter } from './health.js';
import { printedSchema } from '../core/graphql/schema.js';
import { INDEX_PAGE_SECURITY_POLICY, indexPage } from './index-page.js';
import { measureRequests, metricsHandler, type GatewayMetrics } from './metrics.js';
import { requestIdOf, requestLog } from './request-log.js';

/** What the pages show of a dialect. */
export interface ShownDialect {
  readonly dialect: Dialect;
  /** A URI of the old API that shows something at once. */
  readonly exampleUri: string;
}

/** What the HTTP side of the gateway is made of. */
export interface HttpParts {
  readonly config: Config;
  readonly logger: Logger;
  readonly metrics: GatewayMetrics;
  readonly store: Store;
  readonly gate: Gate;
  readonly authenticator: Authenticator;
  readonly dialects: readonly ShownDialect[];
  /** Handlers of /graphql. */
  readonly graphql: readonly (RequestHandler | ErrorRequestHandler)[];
  /** Whether the gateway is about to end. */
  readonly isStopping: () => boolean;
  /** Left out where there is no broker. */
  readonly isBrokerConnected?: () => boolean;
  /** Brings gauges up to date before they are read. */
  readonly refreshMetrics: () => Promise<void>;
}

/** Everything that answers over HTTP. */
export function httpApplication(parts: HttpParts): {
  handler: Express;
  /** Whether a WebSocket may be opened here: not on the host name of a dialect. */
  acceptsSocket: (request: IncomingMessage) => boolean;
} {
  const app = express();
  app.disable('etag');
  app.set('trust proxy', [...parts.config.server.trustProxy]);
  app.use(requestLog(parts.logger));
  app.use(
    measureRequests(parts.metrics, (_request, response) => ({
      route: (response.locals['route'] as string | undefined) ?? null,
      transport: (response.locals['transport'] as 'rest' | 'graphql' | undefined) ?? 'other',
    })),
  );
  serveDialects(app, parts);
  servePages(app, parts);
  app.use('/graphql', labelled('/graphql', 'graphql'), ...parts.graphql);
  app.use(notFound);
  app.use(failure(parts.logger));
  return { handler: app, acceptsSocket: (request) => !dialectHosts(parts).has(hostName(request)) };
}

function serveDialects(app: Express, { config, authenticator, gate, logger, dialects }: HttpParts): void {
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  mountDialects(app, {
    dialects: dialects.map(({ dialect }) => dialect),
    hosts: config.server.hosts,
    ...(config.server.publicUrl === null ? {} : { publicUrl: config.server.publicUrl }),
    trustProxy: (address) => address !== undefined && trusts(address, 0),
    authenticate: (authorization, options) => authenticator.authenticate(authorization, options),
    remoteUser: (userName) => authenticator.vouchedFor(userName),
    operationsOf: ({ operations }) => gate.store(readFileSync(operations, 'utf8')),
    log: logger,
    requestIdOf,
  });
}

function servePages(
  app: Express,
  { config, gate, store, metrics, dialects, logger, isStopping, isBrokerConnected, refreshMetrics }: HttpParts,
): void {
  const shown = dialects.map(({ dialect, exampleUri }) => ({
    name: dialect.system,
    title: dialect.title,
    prefix: dialect.prefix,
    host: config.server.hosts[dialect.system as keyof typeof config.server.hosts][0] ?? `${dialect.system}.localhost`,
    exampleUri,
  }));
  const page = indexPage({ version: VERSION, dialects: shown });
  app.get('/', labelled('/', 'other'), (_request, response) => {
    response.set('Content-Security-Policy', INDEX_PAGE_SECURITY_POLICY);
    response.set('X-Content-Type-Options', 'nosniff').type('html').send(page);
  });
  app.use(
    healthRouter({
      checks: {
        database: () => store.ping(),
        migrations: async () => {
          if ((await store.pendingMigrations()).length > 0) throw new Error('The database is not migrated.');
        },
        running: () => {
          if (isStopping()) throw new Error('The gateway is about to end.');
        },
      },
      shown: isBrokerConnected ? { broker: isBrokerConnected } : {},
      onFailure: (name, error) => logger.warn({ check: name, err: error }, 'not ready'),
    }),
  );
  app.get('/metrics', labelled('/metrics', 'other'), async (_request, _response, next) => {
    await refreshMetrics();
    next();
  });
  app.get('/metrics', metricsHandler(metrics.registry));
  app.get('/schema.graphql', labelled('/schema.graphql', 'other'), (_request, response) => {
    response.type('text/plain').send(printedSchema(gate.schema));
  });
  app.use('/graphiql', labelled('/graphiql', 'other'), graphiqlRouter());
}

/** Says under which name a request is counted. */
function labelled(route: string, transport: 'graphql' | 'other'): RequestHandler {
  return (_request, response, next) => {
    response.locals['route'] = route;
    response.locals['transport'] = transport;
    next();
  };
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).type('text').send('Not found. See / for what is here.\n');
};

function failure(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    const { status } = error as { status?: number };
    const known = status !== undefined && status >= 400 && status < 500;
    if (!known) logger.error({ err: error, requestId: requestIdOf(response) }, 'fault');
    if (response.headersSent) return next(error);
    response
      .status(known ? status : 500)
      .type('text')
      .send(known ? 'This request cannot be understood.\n' : `Internal error. Request ${requestIdOf(response)}.\n`);
  };
}

function dialectHosts({ config, dialects }: HttpParts): ReadonlySet<string> {
  const configured = Object.values(config.server.hosts).flat();
  return new Set([...configured, ...dialects.map(({ dialect }) => `${dialect.system}.localhost`)]);
}

function hostName({ headers }: IncomingMessage): string {
  return (headers.host ?? '').replace(/:\d+$/, '').toLowerCase();
}
