import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Bus } from './bus/bus.js';
import type { Config } from './config.js';
import type { Authenticator } from './core/auth/authenticator.js';
import type { SignInLimit } from './core/auth/sign-in-limit.js';
import type { ChangeFeed } from './core/changes/feed.js';
import type { Outbox } from './core/changes/outbox.js';
import type { Gateway } from './core/graphql/context.js';
import type { DataVersion } from './core/store/data-version.js';
import type { Store } from './core/store/store.js';
import { requireDeclaredWrites } from './server/declared-writes.js';
import { Deprecations } from './server/deprecations.js';
import { limitServer, serverOptions } from './server/doors/http-limits.js';
import { openDoors, type OpenDoors } from './server/doors/open-doors.js';
import { readDocumentList } from './server/documents/document-list.js';
import { Documents } from './server/documents/documents.js';
import { ownDocuments } from './server/documents/own-documents.js';
import { Gate } from './server/execution.js';
import { graphqlHttp } from './server/graphql-http.js';
import { GraphqlOrigins } from './server/graphql-origins.js';
import { graphqlWs } from './server/graphql-ws.js';
import { httpApplication, type HttpParts } from './server/http.js';
import type { RouteTally } from './server/legacy-use/route-tally.js';
import type { UseWriter } from './server/legacy-use/use-writer.js';
import type { GatewayMetrics } from './server/metrics.js';
import { stoppable } from './server/shutdown.js';
import type { RunningSystem } from './systems/system.js';
import { VERSION } from './version.js';

/** What the transports stand on. */
export interface TransportParts {
  readonly logger: Logger;
  readonly schema: GraphQLSchema;
  readonly metrics: GatewayMetrics;
  readonly store: Store;
  readonly systems: readonly RunningSystem[];
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly dataVersion: DataVersion;
  readonly authenticator: Authenticator;
  readonly signIns: SignInLimit;
}

/** Who calls what of the old APIs. */
export interface LegacyUse {
  readonly tally: RouteTally;
  /** Left out where it is not stored. */
  readonly writer: UseWriter | undefined;
}

/** What lives as long as the gateway serves. */
export interface Live {
  readonly feed: ChangeFeed;
  readonly use: LegacyUse;
}

export interface Transports {
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

/** HTTP and WebSocket over one gate; the server does not listen yet. */
export async function openTransports(config: Config, parts: TransportParts, live: Live): Promise<Transports> {
  const { logger, authenticator, signIns } = parts;
  const onFault = (error: unknown, requestId: string): void => logger.error({ err: error, requestId }, 'fault');
  for (const { dialect } of parts.systems) requireDeclaredWrites(dialect, parts.schema);
  const gate = gateOf(config, parts, live, onFault);
  const documents = new Documents(gate, readDocumentList(config.graphql, parts.schema, ownDocuments()));
  const { origins: allowed, publicUrl, bodyLimit, graceMs, slowSubscriberMs: slowMs } = config.server;
  const doors = openDoors(config, parts);
  const { rateLimits, overload, trusts } = doors;
  const origins = new GraphqlOrigins({ allowed, publicUrl, trusts });
  const graphql = await graphqlHttp({
    gate,
    documents,
    authenticator,
    signIns,
    trusts,
    bodyLimit,
    onFault,
    onCaller: rateLimits.onCaller,
    charge: (request, principal, points) => rateLimits.takeFor(principal, request, points),
  });
  let stopping = false;
  const application = httpApplication({
    ...applicationParts(config, parts, live, () => {
      parts.metrics.unsentBytes(sockets.unsentBytes());
      parts.metrics.requestsNow(overload);
    }),
    ...doors,
    gate,
    authenticator,
    signIns,
    graphql: [origins.handler(), ...graphql.handlers],
    isStopping: () => stopping,
  });
  const server = createServer({ ...serverOptions(config.server.limits), ...application.messages }, application.handler);
  limitServer(server, config.server.limits, () => parts.metrics.connectionDropped());
  const requests = stoppable(server);
  const sockets = graphqlWs(server, {
    gate,
    documents,
    authenticator,
    signIns,
    onFault,
    path: '/graphql',
    origins,
    messageLimit: bodyLimit,
    slowMs,
    limits: config.server.sockets,
    addressOf: application.addressOf,
    onSlow: (requestId) => {
      parts.metrics.slowSubscriber();
      logger.warn({ requestId }, 'subscriber too slow');
    },
    accepts: application.acceptsSocket,
    isOverloaded: () => overload.isTooMuch,
    admit: (...asked) => doors.admitOperation(...asked),
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all([requests.stop(graceMs), sockets.stop()]);
    await graphql.stop();
    await doors.close();
  };
  return { server, stop };
}

/** What the HTTP application shows of the gateway. */
function applicationParts(
  config: Config,
  { logger, metrics, store, systems, bus, outbox, dataVersion }: TransportParts,
  { feed, use: { tally } }: Live,
  refreshGauges: () => void,
): Omit<HttpParts, 'gate' | 'authenticator' | 'signIns' | 'graphql' | 'isStopping' | keyof OpenDoors> {
  const { deprecationsFile: file } = config.legacyUse;
  const dialects = systems.map(({ dialect }) => dialect);
  const deprecations = file === null ? Deprecations.none : Deprecations.read(file, dialects);
  return {
    config,
    logger,
    metrics,
    store,
    tally,
    noticesOf: (dialect, uri) => deprecations.of(dialect, uri),
    dataVersion: config.answerCacheBytes > 0 ? dataVersion : undefined,
    dialects: systems.map(({ dialect, exampleUri }) => ({ dialect, exampleUri })),
    ...(config.broker.kind === 'embedded' ? {} : { isBrokerConnected: () => bus.isConnected }),
    refreshMetrics: async () => {
      metrics.messagesPending(await outbox.pending());
      metrics.changeSequence(feed.head);
      refreshGauges();
      metrics.brokerConnected(bus.isConnected);
    },
  };
}

function gateOf(
  { server: { operationTimeoutMs }, graphql: details }: Config,
  { schema, store, metrics, systems }: TransportParts,
  { feed, use: { writer } }: Live,
  onFault: (error: unknown, requestId: string) => void,
): Gate {
  const gateway: Gateway = {
    store,
    feed,
    systems: new Map(systems.map((one) => [one.system, one])),
    version: VERSION,
    ...(writer && { settleUse: () => writer.settle() }),
  };
  return new Gate({
    schema,
    gateway,
    details,
    onFault,
    operationTimeoutMs,
    onOperation: ({ transport, type, outcome }) => metrics.graphqlOperation(transport, type, outcome),
    onSubscription: (change) => (change === 'started' ? metrics.subscriptionStarted() : metrics.subscriptionEnded()),
  });
}

/** Roles as the authenticator knows them: with the name of their system in front. */
export function configuredRoles({
  freshmaker,
}: Config): Record<string, { users: readonly string[]; groups: readonly string[] }> {
  return Object.fromEntries(Object.entries(freshmaker.roles).map(([role, members]) => [`freshmaker/${role}`, members]));
}

/** Begins to listen; the address where. @throws Error when the port is taken */
export async function listen(server: Server, { server: { host, port, limits } }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    // Whoever the system has no room for in its line is told nothing, and tries again after seconds.
    server.listen({ port, host, backlog: limits.connections }, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  return `http://${shown}:${actual}`;
}
