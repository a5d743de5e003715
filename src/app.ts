// type-graphql's decorators need it before the first of them runs.
import 'reflect-metadata';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EntitySchema } from '@mikro-orm/core';
import type { Logger } from 'pino';
import type { GraphQLSchema } from 'graphql';
import { memoryBus } from './bus/memory.js';
import { rabbitmqBus } from './bus/rabbitmq.js';
import type { Bus } from './bus/bus.js';
import type { Config } from './config.js';
import { Authenticator } from './core/auth/authenticator.js';
import { ChangeFeed } from './core/changes/feed.js';
import { Outbox } from './core/changes/outbox.js';
import type { Gateway } from './core/graphql/context.js';
import { buildSchema } from './core/graphql/schema.js';
import { CORE_ENTITIES } from './core/model/tables.js';
import { Store, type StoreIncident } from './core/store/store.js';
import { Gate } from './server/execution.js';
import { graphqlHttp } from './server/graphql-http.js';
import { graphqlWs } from './server/graphql-ws.js';
import { httpApplication, type HttpParts } from './server/http.js';
import { gatewayMetrics, type GatewayMetrics } from './server/metrics.js';
import { stoppable } from './server/shutdown.js';
import { SYSTEMS } from './systems/index.js';
import type { RunningSystem, SystemEnvironment } from './systems/system.js';
import { VERSION } from './version.js';

/** A gateway that runs. */
export interface App {
  /** Where it answers. */
  readonly url: string;
  readonly bus: Bus;
  readonly store: Store;
  /** Resolves when all messages committed so far were published. */
  readonly settled: () => Promise<void>;
  /** Stops listening, lets requests finish within the grace period, publishes what is left, closes the database. */
  readonly close: () => Promise<void>;
}

/** Parts that a caller may bring along. */
export interface AppParts {
  readonly logger: Logger;
  /** Told of every SQL statement. */
  readonly onStatement?: (text: string) => void;
}

/** The schema of all systems. Built once: type-graphql keeps its declarations per process, and so can we. */
let schema: Promise<GraphQLSchema> | undefined;

/** The one GraphQL schema. */
export function gatewaySchema(): Promise<GraphQLSchema> {
  return (schema ??= buildSchema(SYSTEMS.map((system) => system.schema)));
}

/** All tables that MikroORM maps. */
export function gatewayEntities(): EntitySchema[] {
  return [...CORE_ENTITIES, ...SYSTEMS.flatMap(({ entities }) => entities)] as unknown as EntitySchema[];
}

/** Opens the configured database; does not migrate. */
export function openStore(
  config: Config,
  listeners: { onStatement?: (text: string) => void; onIncident?: (incident: StoreIncident) => void } = {},
): Promise<Store> {
  return Store.open({ database: config.database, entities: gatewayEntities(), ...listeners });
}

/**
 * Opens the configured database with the newest structure: an embedded one is migrated, PostgreSQL only when told.
 * @throws Error when PostgreSQL is not migrated
 */
export async function openReadyStore(config: Config, options: { readonly migrate?: boolean } = {}): Promise<Store> {
  const store = await openStore(config);
  try {
    if (config.database.kind === 'sqlite' || options.migrate) await store.migrate();
    else if ((await store.pendingMigrations()).length > 0) {
      throw new Error('The database is not migrated: run "buildgate migrate" or start with --migrate.');
    }
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * Starts a gateway on a migrated database.
 * @throws Error when the port is taken or a part cannot start; nothing is left running then
 */
export async function startApp(config: Config, parts: AppParts): Promise<App> {
  const metrics = gatewayMetrics();
  const systems: RunningSystem[] = [];
  const store = await openStore(config, {
    onStatement: (text) => {
      metrics.sqlStatement();
      parts.onStatement?.(text);
    },
    onIncident: (incident) => systems.forEach((system) => system.onDatabase(incident)),
  });
  const onError = (error: unknown): void => parts.logger.warn({ err: error }, 'will be tried again');
  const bus = busOf(config, onError);
  const outbox = outboxOf({ store, metrics, systems, bus, onError });
  const taken: SystemEnvironment['taken'] = (message, timeoutMs) => outbox.taken(message, timeoutMs);
  const works = new SystemWorks();
  try {
    for (const { name, start } of SYSTEMS) {
      systems.push(start({ config, store, mountPrefix: mountPrefix(config, name), bus, taken, onError }));
    }
    return await serve(config, { ...parts, metrics, store, systems, bus, outbox, works, onError });
  } catch (error) {
    await works.end();
    await bus.close();
    await store.close();
    throw error;
  }
}

interface ServedParts extends AppParts {
  readonly metrics: GatewayMetrics;
  readonly store: Store;
  readonly systems: readonly RunningSystem[];
  readonly bus: Bus;
  readonly outbox: Outbox;
  readonly works: SystemWorks;
  /** Told of what failed and will be tried again. */
  readonly onError: (error: unknown) => void;
}

async function serve(config: Config, parts: ServedParts): Promise<App> {
  const { store, bus, outbox, works, onError } = parts;
  const feed = await ChangeFeed.open({ reader: store.reader, onError });
  const transports = await openTransports(config, parts, feed);
  await works.start(parts.systems);
  const url = await listen(transports.server, config);
  const endCommits = store.onCommit(() => {
    feed.wake();
    outbox.wake();
  });
  bus.onConnected(() => outbox.retryNow());
  outbox.wake();
  const close = async (): Promise<void> => {
    await transports.stop();
    await works.end();
    await feed.close();
    await outbox.close();
    endCommits();
    await bus.close();
    await store.close();
  };
  return { url, bus, store, settled: () => outbox.settled(), close };
}

/** HTTP and WebSocket over one gate; the server does not listen yet. */
async function openTransports(
  config: Config,
  parts: ServedParts,
  feed: ChangeFeed,
): Promise<{ server: Server; stop: () => Promise<void> }> {
  const { store, logger } = parts;
  const onFault = (error: unknown, requestId: string): void => logger.error({ err: error, requestId }, 'fault');
  const gate = await gateOf(parts, feed, onFault);
  const authenticator = new Authenticator({ store, mode: config.auth.mode, roles: configuredRoles(config) });
  const { bodyLimit, graceMs } = config.server;
  const graphql = await graphqlHttp({ gate, authenticator, bodyLimit, onFault });
  let stopping = false;
  const application = httpApplication({
    ...applicationParts(config, parts, feed),
    gate,
    authenticator,
    graphql: graphql.handlers,
    isStopping: () => stopping,
  });
  const server = createServer(application.handler);
  const requests = stoppable(server);
  const accepts = application.acceptsSocket;
  const sockets = graphqlWs(server, {
    gate,
    authenticator,
    onFault,
    path: '/graphql',
    messageLimit: bodyLimit,
    accepts,
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    await Promise.all([requests.stop(graceMs), sockets.stop()]);
    await graphql.stop();
  };
  return { server, stop };
}

/** What the HTTP application shows of the gateway. */
function applicationParts(
  config: Config,
  { logger, metrics, store, systems, bus, outbox }: ServedParts,
  feed: ChangeFeed,
): Omit<HttpParts, 'gate' | 'authenticator' | 'graphql' | 'isStopping'> {
  return {
    config,
    logger,
    metrics,
    store,
    dialects: systems.map(({ dialect, exampleUri }) => ({ dialect, exampleUri })),
    ...(config.broker.kind === 'embedded' ? {} : { isBrokerConnected: () => bus.isConnected }),
    refreshMetrics: async () => {
      metrics.messagesPending(await outbox.pending());
      metrics.changeSequence(feed.head);
      metrics.brokerConnected(bus.isConnected);
    },
  };
}

/** The configured bus. A broker that is away keeps nothing from starting: messages wait for it. */
function busOf({ broker }: Config, onError: (error: unknown) => void): Bus {
  if (broker.kind === 'embedded') return memoryBus({ onError });
  const { url, exchange, heartbeatSeconds } = broker;
  return rabbitmqBus({ url, exchange, heartbeatSeconds, onError });
}

/** What systems do by themselves. */
class SystemWorks {
  readonly #ends: (() => Promise<void>)[] = [];

  async start(systems: readonly RunningSystem[]): Promise<void> {
    for (const { work } of systems) if (work) this.#ends.push(await work());
  }

  async end(): Promise<void> {
    await Promise.all(this.#ends.splice(0).map((end) => end()));
  }
}

type OutboxParts = Pick<ServedParts, 'store' | 'metrics' | 'systems' | 'bus' | 'onError'>;

function outboxOf({ store, metrics, systems, bus, onError }: OutboxParts): Outbox {
  return new Outbox({
    store,
    publish: (message) => bus.publish(message),
    onOutcome: (system, outcome) => {
      if (outcome === 'sent') metrics.messagePublished();
      else metrics.messageFailed();
      systems.find((running) => running.system === system)?.onMessage(outcome);
    },
    onError,
  });
}

async function gateOf(
  { store, metrics, systems }: ServedParts,
  feed: ChangeFeed,
  onFault: (error: unknown, requestId: string) => void,
): Promise<Gate> {
  const gateway: Gateway = { store, feed, systems: new Map(systems.map((one) => [one.system, one])), version: VERSION };
  return new Gate({
    schema: await gatewaySchema(),
    gateway,
    onFault,
    onOperation: ({ transport, type, outcome }) => metrics.graphqlOperation(transport, type, outcome),
    onSubscription: (change) => (change === 'started' ? metrics.subscriptionStarted() : metrics.subscriptionEnded()),
  });
}

/** Roles as the authenticator knows them: with the name of their system in front. */
function configuredRoles({
  freshmaker,
}: Config): Record<string, { users: readonly string[]; groups: readonly string[] }> {
  return Object.fromEntries(Object.entries(freshmaker.roles).map(([role, members]) => [`freshmaker/${role}`, members]));
}

/**
 * What stands in front of the paths in messages, which no request decides: nothing where the system has host names of
 * its own, else its mount below the public address.
 */
function mountPrefix({ server }: Config, system: string): string {
  if (server.hosts[system as keyof typeof server.hosts].length > 0) return '';
  const outer = server.publicUrl === null ? '' : new URL(server.publicUrl).pathname.replace(/\/+$/, '');
  return `${outer}/${system}`;
}

async function listen(server: Server, { server: { host, port } }: Config): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { address, family, port: actual } = server.address() as AddressInfo;
  const shown = family === 'IPv6' ? `[${address}]` : address;
  return `http://${shown}:${actual}`;
}
