import { Readable } from 'node:stream';
import pino, { type Logger } from 'pino';
import { startApp, type App } from '../../src/app.js';
import type { BusMessage } from '../../src/bus/bus.js';
import { loadConfig, type Config } from '../../src/config.js';
import { createToken, type TokenRequest } from '../../src/core/auth/authenticator.js';
import { ByteSource } from '../../src/core/import/byte-source.js';
import { runImport } from '../../src/core/import/run.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { testDatabase } from './database.js';

/** What a test server is started with. */
export interface TestServerOptions {
  /** Data to import first, by system, in the system's import format. */
  readonly import?: Readonly<Record<string, object>>;
  /** Settings besides those of the test. */
  readonly env?: Readonly<Record<string, string>>;
  /** Told of every SQL statement. */
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

/** Starts a gateway on a fresh database of the kind under test. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = await testDatabase();
  const config = loadConfig({
    DATABASE_URL: database.config.kind === 'sqlite' ? `sqlite:${database.config.path}` : database.config.url,
    PORT: '0',
    LOG_LEVEL: 'silent',
    BUILDGATE_GRACE_SECONDS: '2',
    ...options.env,
  });
  for (const [system, data] of Object.entries(options.import ?? {})) await importData(config, system, data);
  const { onStatement, logger = pino({ level: 'silent' }) } = options;
  const app = await startApp(config, { logger, ...(onStatement ? { onStatement } : {}) });
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

async function postGraphql(url: string, query: string, variables?: object, token?: string): Promise<GraphqlAnswer> {
  const headers: Record<string, string> = { 'Content-Type': 'application/json' };
  if (token) headers['Authorization'] = `Bearer ${token}`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as GraphqlAnswer;
}

async function importData({ database }: Config, name: string, data: object): Promise<void> {
  const system = SYSTEMS.find((one) => one.name === name);
  if (!system) throw new Error(`There is no system ${name}.`);
  await runImport(database, system.import, ByteSource.stream(Readable.from([Buffer.from(JSON.stringify(data))])));
}
