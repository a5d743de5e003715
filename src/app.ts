// type-graphql's decorators need it before the first of them runs.
import 'reflect-metadata';
import { performance } from 'node:perf_hooks';
import type { EntitySchema } from '@mikro-orm/core';
import type { Logger } from 'pino';
import type { GraphQLSchema } from 'graphql';
import { memoryBus } from './bus/memory.js';
import { rabbitmqBus } from './bus/rabbitmq.js';
import type { Bus } from './bus/bus.js';
import { endInTurn } from './closing.js';
import type { Config } from './config.js';
import type { SystemName } from './config-values.js';
import { Authenticator } from './core/auth/authenticator.js';
import { SecretBox } from './core/auth/secrets.js';
import { SignInLimit } from './core/auth/sign-in-limit.js';
import { TokenUse } from './core/auth/token-use.js';
import { ChangeFeed } from './core/changes/feed.js';
import { Outbox } from './core/changes/outbox.js';
import { keepTrimmed, trimOfChanges } from './core/changes/retention.js';
import { buildSchema } from './core/graphql/schema.js';
import { CORE_ENTITIES } from './core/model/tables.js';
import type { Cluster } from './core/store/cluster.js';
import { openDataVersion } from './core/store/data-version.js';
import { Store, type StoreOptions } from './core/store/store.js';
import { RouteTally } from './server/legacy-use/route-tally.js';
import { trimOfUses, UseWriter } from './server/legacy-use/use-writer.js';
import { gatewayMetrics } from './server/metrics.js';
import { SYSTEMS } from './systems/index.js';
import type { RunningSystem, SystemEnvironment } from './systems/system.js';
import {
  configuredRoles,
  type LegacyUse,
  listen,
  type Live,
  openTransports,
  type TransportParts,
  type Transports,
} from './transports.js';

/** A gateway that runs. */
export interface App {
  /** Where it answers. */
  readonly url: string;
  readonly bus: Bus;
  readonly store: Store;
  /** Resolves when all messages committed so far were published. */
  readonly settled: () => Promise<void>;
  /**
   * Stops listening, lets requests finish, publishes what is left, closes the database: all within the grace period and a
   * second. What does not end by then is reported and left behind. A second call waits for the first.
   */
  readonly close: () => Promise<void>;
}

/** Parts that a caller may bring along. */
export interface AppParts {
  readonly logger: Logger;
  /** Told of every SQL statement. */
  readonly onStatement?: (text: string) => void;
}

/** What stopping may take beyond the grace period. */
const LAST_MS = 500;

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
  { database }: Config,
  options: Omit<StoreOptions, 'database' | 'entities'> = {},
): Promise<Store> {
  return Store.open({ database, entities: gatewayEntities(), ...options });
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
    timeoutMs: config.databaseTimeoutMs,
    onStatement: (text) => {
      metrics.sqlStatement();
      parts.onStatement?.(text);
    },
    onIncident: (incident) => systems.forEach((system) => system.onDatabase?.(incident)),
  });
  const onError = (error: unknown): void => parts.logger.warn({ err: error }, 'will be tried again');
  const cluster = await joined(store, onError);
  const bus = busOf(config, onError);
  const outbox = outboxOf({ store, metrics, systems, bus, cluster, onError });
  const taken: SystemEnvironment['taken'] = (message, timeoutMs) => outbox.taken(message, timeoutMs);
  const works = new SystemWorks();
  const dataVersion = openDataVersion(config.database);
  const tokenUse = new TokenUse({ dataVersion, now: () => store.now(), onError });
  const signIns = new SignInLimit(config.auth.failures);
  const authenticator = new Authenticator({
    store,
    mode: config.auth.mode,
    roles: configuredRoles(config),
    onUse: (...use) => tokenUse.note(...use),
  });
  try {
    const secrets = SecretBox.open(config.secrets);
    for (const { name, start } of SYSTEMS) {
      systems.push(
        start({
          config,
          store,
          secrets,
          authenticator,
          signIns,
          mountPrefix: mountPrefix(config, name),
          bus,
          taken,
          onError,
        }),
      );
    }
    return await serve(config, {
      ...parts,
      schema: await gatewaySchema(),
      metrics,
      store,
      cluster,
      systems,
      bus,
      outbox,
      works,
      dataVersion,
      tokenUse,
      authenticator,
      signIns,
      onError,
    });
  } catch (error) {
    await works.end();
    await tokenUse.settled();
    await dataVersion.close();
    await bus.close();
    await cluster.close();
    await store.close();
    throw error;
  }
}

/** The cluster of a store; the store is closed when it cannot be joined. */
async function joined(store: Store, onError: (error: unknown) => void): Promise<Cluster> {
  try {
    return await store.join(onError);
  } catch (error) {
    await store.close();
    throw error;
  }
}

interface ServedParts extends TransportParts {
  readonly cluster: Cluster;
  readonly works: SystemWorks;
  readonly tokenUse: TokenUse;
  /** Told of what failed and will be tried again. */
  readonly onError: (error: unknown) => void;
}

function legacyUse({ legacyUse: { days } }: Config, { store, metrics, dataVersion, onError }: ServedParts): LegacyUse {
  const tally = new RouteTally(() => store.now());
  metrics.showLegacyRequests(() => tally.answers());
  const writer = days > 0 ? new UseWriter({ tally, dataVersion, dialect: store.dialect, onError }) : undefined;
  return { tally, writer };
}

async function serve(config: Config, parts: ServedParts): Promise<App> {
  const { store, cluster, bus, outbox, works, dataVersion, tokenUse, onError } = parts;
  const feed = await ChangeFeed.open({ reader: store.reader, onError });
  const use = legacyUse(config, parts);
  const { transports, url } = await begin(config, parts, { feed, use }).catch(async (error: unknown) => {
    await use.writer?.close();
    await feed.close();
    throw error;
  });
  const endCommits = store.onCommit(() => {
    feed.wake();
    outbox.wake();
  });
  bus.onConnected(() => outbox.retryNow());
  outbox.wake();
  // Nothing waits for it but the first verb, which reports what is wrong with it.
  store.mapper().catch(() => undefined);
  const endTrimming = trimming(config, parts);
  const close = async (): Promise<void> => {
    const deadline = performance.now() + config.server.graceMs + LAST_MS;
    const work = (): Promise<unknown> => Promise.all([works.end(), endTrimming()]);
    await transports.stop();
    await endInTurn(
      deadline,
      [
        ['work of the systems', work],
        ['counts of old routes', async () => use.writer?.close()],
        ['change feed', () => feed.close()],
        ['publishing of messages', () => outbox.close().finally(endCommits)],
        ['bus', () => bus.close()],
        ['cluster', () => cluster.close()],
        ['uses of tokens', () => tokenUse.settled()],
        ['version of the database', () => dataVersion.close()],
        ['database', () => store.close()],
      ],
      onError,
    );
  };
  let closed: Promise<void> | undefined;
  return { url, bus, store, settled: () => outbox.settled(), close: () => (closed ??= close()) };
}

/** Begins to work and to listen. */
async function begin(config: Config, parts: ServedParts, live: Live): Promise<{ transports: Transports; url: string }> {
  const transports = await openTransports(config, parts, live);
  await parts.works.start(parts.systems);
  return { transports, url: await listen(transports.server, config) };
}

/** Trims what is not to be kept for ever. Returns how to end it. */
function trimming(
  { changeLog: { retentionDays }, legacyUse: { days } }: Config,
  { store, cluster, dataVersion, onError }: ServedParts,
): () => Promise<void> {
  const trims = [
    ...(retentionDays === null ? [] : [trimOfChanges(store, retentionDays)]),
    ...(days === 0 ? [] : [trimOfUses(dataVersion, days, () => store.now())]),
  ];
  return keepTrimmed({ trims, lead: () => cluster.lead(), onError });
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

type OutboxParts = Pick<ServedParts, 'store' | 'metrics' | 'systems' | 'bus' | 'cluster' | 'onError'>;

function outboxOf({ store, metrics, systems, bus, cluster, onError }: OutboxParts): Outbox {
  return new Outbox({
    store,
    publish: (message) => bus.publish(message),
    lead: () => cluster.lead(),
    onOutcome: (system, outcome) => {
      if (outcome === 'sent') metrics.messagePublished();
      else metrics.messageFailed();
      systems.find((running) => running.system === system)?.onMessage?.(outcome);
    },
    onError,
  });
}

/**
 * What stands in front of the paths in messages, which no request decides: nothing where the system has host names of
 * its own, else its mount below the public address.
 */
export function mountPrefix({ server }: Config, system: SystemName): string {
  if (server.hosts[system].length > 0) return '';
  const outer = server.publicUrl === null ? '' : new URL(server.publicUrl).pathname.replace(/\/+$/, '');
  return `${outer}/${system}`;
}
