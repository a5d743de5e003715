import type { IncomingMessage, RequestListener, ServerOptions } from 'node:http';
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import type { Logger } from 'pino';
import type { Config } from '../config.js';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import type { DataVersion } from '../core/store/data-version.js';
import type { Store } from '../core/store/store.js';
import { VERSION } from '../version.js';
import { ApiDocuments, apiDocumentsRouter } from './api-documents.js';
import { AnswerCache } from './answer-cache/answer-cache.js';
import { callerAddress } from './caller-address.js';
import { DASHBOARD_PATHS, dashboardRouter } from './dashboard.js';
import { type DialectMountOptions, type DialectWording, mountDialects } from './dialect-mounts.js';
import type { Dialect } from './dialect.js';
import { dialectPages } from './dialect-page.js';
import type { Gate } from './execution.js';
import { expressMessages } from './express-messages.js';
import { graphiqlRouter, noGraphiql } from './graphiql.js';
import { healthRouter } from './health.js';
import { notedResource } from './legacy-resource.js';
import type { RouteTally } from './legacy-use/route-tally.js';
import { printedSchema } from '../core/graphql/schema.js';
import { measureRequests, metricsHandler, type GatewayMetrics } from './metrics.js';
import { type NotedResponse, withNotes } from './noted-response.js';
import { operationsText } from './operations-text.js';
import { requestIdOf, requestLog } from './request-log.js';
import type { RateLimits } from './rate-limit/rate-limits.js';
import { Doors, type DoorsOptions } from './doors/doors.js';
import type { Overload } from './doors/overload.js';
import type { RefusalLog } from './doors/refusal-log.js';
import { securing } from './security-policy.js';
import { Twins } from './twins/twins.js';

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
  readonly signIns: SignInLimit;
  readonly dialects: readonly ShownDialect[];
  /** Handlers of /graphql. */
  readonly graphql: readonly (RequestHandler | ErrorRequestHandler)[];
  /** Counts who calls what of the old APIs. */
  readonly tally: RouteTally;
  /** Headers that announce the end of a URI of an old API. */
  readonly noticesOf: NonNullable<DialectMountOptions['noticesOf']>;
  /** Left out where no answer is kept. */
  readonly dataVersion?: DataVersion | undefined;
  /** Whether the gateway is about to end. */
  readonly isStopping: () => boolean;
  /** Left out where there is no broker. */
  readonly isBrokerConnected?: () => boolean;
  /** Whether a peer is a proxy whose `X-Forwarded-*` headers count. */
  readonly trusts: (address: string | undefined) => boolean;
  readonly overload: Overload;
  readonly rateLimits: RateLimits;
  /** Hears of requests that are refused at the door. */
  readonly refusals: RefusalLog;
  /** Brings gauges up to date before they are read. */
  readonly refreshMetrics: () => Promise<void>;
}

/** Everything that answers over HTTP. */
export function httpApplication(parts: HttpParts): {
  handler: RequestListener;
  /** The classes of messages that the handler takes; others are slower. */
  messages: Pick<ServerOptions, 'IncomingMessage' | 'ServerResponse'>;
  /** Whether a WebSocket may be opened here: not on the host name of a dialect. */
  acceptsSocket: (request: IncomingMessage) => boolean;
  /** The address that a request comes from. */
  addressOf: (request: IncomingMessage) => string;
} {
  const app = express();
  app.disable('etag');
  app.set('trust proxy', [...parts.config.server.trustProxy]);
  const answerCache = answerCacheOf(parts);
  const documents = new ApiDocuments();
  const twins = new Map(parts.dialects.map(({ dialect }) => [dialect.system, new Twins(dialect, parts.gate.schema)]));
  const wording = serveDialects(app, parts, { documents, twins });
  app.use('/graphql', labelled('/graphql', 'graphql'), ...parts.graphql);
  serveDocuments(app, parts, documents);
  servePages(app, parts, twins, () => answerCache && parts.metrics.keptAnswers(answerCache.size));
  app.use(notFound);
  app.use(failure(parts.logger));
  return {
    messages: expressMessages(app),
    handler: admitted(observed(app, parts, answerCache), parts, wording),
    acceptsSocket: (request) => !dialectHosts(parts).has(hostName(request)),
    addressOf: (request) => callerAddress(request, parts.trusts),
  };
}

function answerCacheOf({ config, dataVersion, store, metrics, trusts }: HttpParts): AnswerCache | undefined {
  if (dataVersion === undefined) return undefined;
  return new AnswerCache({
    dataVersion,
    room: config.answerCacheBytes,
    trusts,
    now: () => store.now(),
    onAnswer: (outcome) => metrics.keptAnswer(outcome),
  });
}

/** What stands in front of everything else: what is refused here costs next to nothing. */
function admitted(
  answer: (request: IncomingMessage, response: NotedResponse) => void,
  { config, metrics, overload, rateLimits, refusals }: HttpParts,
  wording: DialectWording,
): RequestListener {
  const onRefusal: DoorsOptions['onRefusal'] = (reason) => {
    metrics.requestRefused(reason);
    refusals.note(reason);
  };
  const doors = new Doors({ headers: config.server.limits.headers, overload, rateLimits, wording, onRefusal });
  const secure = securing(config.server.publicUrl);
  return (request, outgoing) => {
    const response = withNotes(outgoing);
    secure(response);
    doors.handle(request, response, () => answer(request, response));
  };
}

/**
 * Every request is logged and measured. One whose answer is kept and current goes no further: Express would take most of
 * the time that such an answer takes.
 */
function observed(
  app: Express,
  { logger, metrics, tally }: HttpParts,
  answerCache: AnswerCache | undefined,
): (request: IncomingMessage, response: NotedResponse) => void {
  const log = requestLog(logger);
  const measure = measureRequests(
    metrics,
    (_request, { locals }) => ({
      route: (locals['route'] as string | undefined) ?? null,
      transport: (locals['transport'] as 'rest' | 'graphql' | undefined) ?? 'other',
    }),
    ({ method, headers }, response, status) => {
      const resource = notedResource(response);
      if (resource) tally.count(resource, method, headers['user-agent'], status);
    },
  );
  return (incoming, noted) => {
    // What Express adds to them later is not looked at before.
    const [request, response] = [incoming as Request, noted as Response];
    const answer = (): void => void app(request, response);
    const reuse = (): void => (answerCache ? answerCache.handle(incoming, noted, answer) : answer());
    log(request, response, () => void measure(request, response, reuse));
  };
}

/** The twins of each dialect, by its system's name. */
type TwinsBySystem = ReadonlyMap<string, Twins>;

function serveDialects(
  app: Express,
  { config, authenticator, signIns, gate, logger, dialects, noticesOf, rateLimits, trusts }: HttpParts,
  { documents, twins }: { readonly documents: ApiDocuments; readonly twins: TwinsBySystem },
): DialectWording {
  return mountDialects(app, {
    dialects: dialects.map(({ dialect }) => dialect),
    hosts: config.server.hosts,
    ...(config.server.publicUrl === null ? {} : { publicUrl: config.server.publicUrl }),
    trustProxy: trusts,
    authenticate: (authorization, options) => authenticator.authenticate(authorization, options),
    authenticateMember: (system, authorization) => authenticator.authenticateMember(system, authorization),
    onCaller: rateLimits.onCaller,
    signIns,
    remoteUser: (userName) => authenticator.vouchedFor(userName),
    operationsOf: ({ operations }) => gate.store(operationsText(operations)),
    noticesOf,
    describe: (...target) => documents.sendDocument(...target),
    ...(config.twinLinks && config.graphql.graphiql && { twinsOf: ({ system }) => twins.get(system) }),
    log: logger,
    requestIdOf,
  });
}

function serveDocuments(app: Express, { config, dialects, trusts }: HttpParts, documents: ApiDocuments): void {
  app.get('/openapi/*name', labelled('/openapi', 'other'));
  app.get('/reference/*name', labelled('/reference', 'other'));
  app.use(
    apiDocumentsRouter({
      dialects: dialects.map(({ dialect }) => dialect),
      publicUrl: config.server.publicUrl,
      trusts,
      documents,
    }),
  );
}

function servePages(
  app: Express,
  { config, gate, store, metrics, dialects, logger, isStopping, isBrokerConnected, refreshMetrics }: HttpParts,
  twins: TwinsBySystem,
  refreshCacheMetrics: () => void,
): void {
  const shown = dialects.map(({ dialect, exampleUri }) => ({
    name: dialect.system,
    title: dialect.title,
    prefix: dialect.prefix,
    host: config.server.hosts[dialect.system as keyof typeof config.server.hosts][0] ?? `${dialect.system}.localhost`,
    exampleUri,
  }));
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
    refreshCacheMetrics();
    next();
  });
  app.get('/metrics', metricsHandler(metrics.registry));
  const { graphiql, introspection } = config.graphql;
  app.get('/schema.graphql', labelled('/schema.graphql', 'other'), (_request, response, next) => {
    if (introspection) response.type('text/plain').send(printedSchema(gate.schema));
    else next();
  });
  const operationOf = (system: string, name: string): string | undefined => twins.get(system)?.textToRun(name);
  app.use('/graphiql', labelled('/graphiql', 'other'), graphiql ? graphiqlRouter({ operationOf }) : noGraphiql);
  app.get(['/about', '/about/:system', '/dashboard/*file', ...DASHBOARD_PATHS], labelled('/', 'other'));
  app.get('/about/:system', dialectPages(shown, twins, { operations: graphiql }));
  app.use(dashboardRouter({ version: VERSION, dialects: shown, graphiql, schema: introspection }));
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
