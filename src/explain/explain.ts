import { performance } from 'node:perf_hooks';
import express, { type Express, type Response } from 'express';
import { gatewaySchema, mountPrefix, openStore } from '../app.js';
import { memoryBus } from '../bus/memory.js';
import type { Config } from '../config.js';
import { SignInLimit } from '../core/auth/sign-in-limit.js';
import { Authenticator } from '../core/auth/authenticator.js';
import { SecretBox } from '../core/auth/secrets.js';
import { ChangeFeed } from '../core/changes/feed.js';
import { BuildgateError } from '../core/errors.js';
import { ReadOnlyError } from '../core/store/read-only.js';
import type { Store } from '../core/store/store.js';
import { mountDialects } from '../server/dialect-mounts.js';
import type { Dialect } from '../server/dialect.js';
import { Gate } from '../server/execution.js';
import { operationsText } from '../server/operations-text.js';
import { Twins } from '../server/twins/twins.js';
import { SYSTEMS } from '../systems/index.js';
import type { RunningSystem } from '../systems/system.js';
import { configuredRoles } from '../transports.js';
import { VERSION } from '../version.js';
import type { Explanation } from './explanation.js';
import { getInProcess } from './in-process.js';
import { Recorder } from './recorder.js';
import { mainAddress, type Target, targetOf } from './target.js';

/** What is to be explained. */
export interface ExplainRequest {
  /** A URL, a host name with a path, or a path. */
  readonly url: string;
  /**
   * Headers of the request. With `Authorization` credentials count as they do at the gateway; without it the caller may see
   * everything, as whoever can read the database may.
   */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Answers a GET of a dialect from the configured database, inside this process and without writing anything, and tells how.
 * @throws BuildgateError INVALID when the URL is none, NOT_FOUND when no dialect answers it or there is no database,
 * FORBIDDEN when answering it would store something
 * @throws Error when the database is not migrated, or answering fails
 */
export async function explain(config: Config, { url, headers }: ExplainRequest): Promise<Explanation> {
  const target = targetOf(url, config);
  const recorder = new Recorder(config.graphql.graphiql ? mainAddress(config) : null);
  const timeoutMs = config.databaseTimeoutMs;
  const store = await openStore(config, { readOnly: true, timeoutMs, onRead: (read) => recorder.heard(read) });
  try {
    if ((await store.pendingMigrations()).length > 0) {
      throw new Error('The database is not migrated: run "buildgate migrate".');
    }
    const named = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
    const gateway = await Gateway.open(
      named ? config : { ...config, auth: { ...config.auth, mode: 'none' } },
      store,
      recorder,
    );
    try {
      return await gateway.explain(target, headers);
    } finally {
      await gateway.close();
    }
  } finally {
    await store.close();
  }
}

/** The dialects of a gateway over a store that is read, without all that works by itself. */
class Gateway {
  readonly #config: Config;
  readonly #recorder: Recorder;
  readonly #app: Express = express();
  readonly #feed: ChangeFeed;
  /** What went wrong and is not shown to clients. */
  readonly #faults: unknown[] = [];
  #response: Response | undefined;

  private constructor(config: Config, recorder: Recorder, feed: ChangeFeed) {
    this.#config = config;
    this.#recorder = recorder;
    this.#feed = feed;
  }

  static async open(config: Config, store: Store, recorder: Recorder): Promise<Gateway> {
    const feed = await ChangeFeed.open({ reader: store.reader, onError: () => undefined });
    const gateway = new Gateway(config, recorder, feed);
    const authenticator = new Authenticator({ store, mode: config.auth.mode, roles: configuredRoles(config) });
    const systems = startedSystems(config, { store, authenticator, signIns: new SignInLimit(0) }, (error) =>
      gateway.#faults.push(error),
    );
    const gate = new Gate({
      schema: await gatewaySchema(),
      gateway: { store, feed, systems: new Map(systems.map((one) => [one.system, one])), version: VERSION },
      onFault: (error) => gateway.#faults.push(error),
      onOperation: () => undefined,
      onSubscription: () => undefined,
    });
    const dialects = systems.map(({ dialect }) => dialect);
    gateway.#mount(dialects, gate, authenticator);
    return gateway;
  }

  async explain(target: Target, headers: Readonly<Record<string, string>>): Promise<Explanation> {
    const begun = performance.now();
    const { statusCode: status = 0, headers: answered } = await getInProcess(this.#app, target, headers);
    const ms = performance.now() - begun;
    const [fault] = this.#faults;
    if (fault instanceof ReadOnlyError) {
      throw new BuildgateError('FORBIDDEN', 'Answering this URL stores something: it is not run here.');
    }
    if (fault !== undefined) throw fault;
    const route = this.#response?.locals['route'] as string | undefined;
    if (route === undefined) throw unanswered(status, answered);
    return { route, status, ms, operations: this.#recorder.operations };
  }

  async close(): Promise<void> {
    await this.#feed.close();
  }

  #mount(dialects: readonly Dialect[], gate: Gate, authenticator: Authenticator): void {
    const { hosts, publicUrl } = this.#config.server;
    this.#app.use((_request, response, next) => {
      this.#response = response;
      next();
    });
    mountDialects(this.#app, {
      dialects,
      hosts,
      ...(publicUrl !== null && { publicUrl }),
      trustProxy: () => false,
      authenticate: (authorization, options) => authenticator.authenticate(authorization, options),
      authenticateMember: (system, authorization) => authenticator.authenticateMember(system, authorization),
      remoteUser: (userName) => authenticator.vouchedFor(userName),
      operationsOf: (dialect) => {
        const stored = gate.store(operationsText(dialect.operations));
        return this.#recorder.recording(stored, new Twins(dialect, gate.schema));
      },
      // A fault of an operation comes here behind its cause.
      log: { error: ({ err }: { err?: unknown }) => void this.#faults.push(err) },
    });
  }
}

function startedSystems(
  config: Config,
  parts: { readonly store: Store; readonly authenticator: Authenticator; readonly signIns: SignInLimit },
  onError: (error: unknown) => void,
): RunningSystem[] {
  const bus = memoryBus({ onError });
  const secrets = SecretBox.open(config.secrets);
  const taken = async (): Promise<boolean> => false;
  return SYSTEMS.map(({ name, start }) =>
    start({ ...parts, config, secrets, mountPrefix: mountPrefix(config, name), bus, taken, onError }),
  );
}

/** Why there is nothing to explain. */
function unanswered(
  status: number,
  { location, allow }: { location?: string | undefined; allow?: string | undefined },
): BuildgateError {
  if (location !== undefined) return new BuildgateError('NOT_FOUND', `url: is answered with ${status}, to ${location}`);
  const methods = allow === undefined ? '' : `; methods of this URI: ${allow}`;
  const mounts = SYSTEMS.map(({ name }) => `/${name}`).join(', ');
  return new BuildgateError(
    'NOT_FOUND',
    `url: no route of a REST API answers GET here (status ${status}${methods}). The APIs are below ${mounts}.`,
  );
}
