import { Readable } from 'node:stream';
import pino, { type Logger } from 'pino';
import { startApp, type App } from '../../src/app.js';
import type { BusMessage } from '../../src/bus/bus.js';
import { loadConfig, type Config } from '../../src/config.js';
import { createToken, type TokenRequest } from '../../src/core/auth/authenticator.js';
import { SecretBox } from '../../src/core/auth/secrets.js';
import { ByteSource } from '../../src/core/import/byte-source.js';
import { runImport } from '../../src/core/import/run.js';
import { SYSTEMS } from '../../src/systems/index.js';
import type { DatabaseConfig } from '../../src/core/store/store.js';
import { withoutCost } from './announced-cost.js';
import { testDatabase } from './database.js';
import { SECRET } from './secrets.js';

/** What a test server is started with. */
export interface TestServerOptions {
  /** Prepares the database, which is migrated, before anything else. */
  readonly prepare?: (database: DatabaseConfig) => Promise<void>;
  /** By which URL the gateway reaches a PostgreSQL database; the database's own unless told. */
  readonly reach?: (databaseUrl: string) => Promise<string>;
  /** Data to import first, by system, in the system's import format. */
  readonly import?: Readonly<Record<string, object>>;
  /** Settings besides those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of every SQL statement but those that the gateway runs by itself. */
  readonly onStatement?: (text: string) => void;
  /** Takes the log; by default nobody does. */
  readonly logger?: Logger;
}

/** The answer to a GraphQL document. */
export interface GraphqlAnswer {
  // Documents of tests decide the shape.
  readonly data?: any;
  readonly errors?: readonly { message: string; path?: (string | number)[]; extensions: Record<string, unknown> }[];
}

/**
 * What a gateway asks at any time, whoever is served: what the feed reads of the log, what publishing reads and
 * deletes, whether the embedded agent has a job.
 */
const BY_ITSELF =
  /FROM change_log_head|^UPDATE change_log_head SET sequence = sequence WHERE|FROM change_log WHERE sequence > \S+ ORDER BY|FROM outbox_message|legacy_state = 'logged' ORDER BY id LIMIT/;

/** A whole gateway on a database of its own. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  readonly app: App;
  readonly config: Config;
  /** Messages that the bus carried so far. */
  readonly messages: readonly BusMessage[];
  token(user: string, options?: Omit<TokenRequest, 'user'>): Promise<string>;
  graphql(document: string, variables?: object, token?: string): Promise<GraphqlAnswer>;
  /** Resolves when all committed messages have been published. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Every suite must be green with the answer cache off, too: with 0 here. */
const { BUILDGATE_TEST_ANSWER_CACHE_MIB: ANSWER_CACHE_MIB = '64' } = process.env;

/** Starts a gateway on a fresh database of the kind under test. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = await testDatabase();
  await options.prepare?.(database.config);
  const config = loadConfig({
    DATABASE_URL: await reached(database.config, options),
    PORT: '0',
    LOG_LEVEL: 'silent',
    // Nothing is cut because it takes long.
    BUILDGATE_GRACE_SECONDS: '60',
    BUILDGATE_SECRET: SECRET,
    BUILDGATE_ANSWER_CACHE_MIB: ANSWER_CACHE_MIB,
    // A suite may ask as fast as it can, and on a busy machine a turn takes long.
    BUILDGATE_RATE_LIMIT: '0',
    BUILDGATE_RATE_LIMIT_ANONYMOUS: '0',
    BUILDGATE_MAX_WAIT_MS: '600000',
    ...options.env,
  });
  for (const [system, data] of Object.entries(options.import ?? {})) await importData(config, system, data);
  const { onStatement, logger = pino({ level: 'silent' }) } = options;
  const heard = (text: string): void => void (BY_ITSELF.test(text) || onStatement?.(text));
  const app = await startApp(config, { logger, onStatement: heard });
  const messages: BusMessage[] = [];
  await app.bus.subscribe('#', (message) => void messages.push(message));
  return {
    url: app.url,
    port: Number(new URL(app.url).port),
    app,
    config,
    messages,
    token: (user, request = {}) => createToken(app.store, { user, ...request }),
    graphql: (document, variables, token) => postGraphql(app.url, document, variables, token),
    settled: () => app.settled(),
    close: async () => {
      await app.close();
      await database.drop();
    },
  };
}

async function reached(database: DatabaseConfig, { reach }: TestServerOptions): Promise<string> {
  if (database.kind === 'sqlite') return `sqlite:${database.path}`;
  return reach ? reach(database.url) : database.url;
}

async function postGraphql(url: string, query: string, variables?: object, token?: string): Promise<GraphqlAnswer> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  return withoutCost((await response.json()) as GraphqlAnswer);
}

/** Imports data into the database of a gateway. */
export async function importData({ database, secrets }: Config, name: string, data: object): Promise<void> {
  const system = SYSTEMS.find((one) => one.name === name);
  if (!system) throw new Error(`There is no system ${name}.`);
  const source = ByteSource.stream(Readable.from([Buffer.from(JSON.stringify(data))]));
  await runImport({ database, secrets: SecretBox.open(secrets) }, system.import, source);
}
