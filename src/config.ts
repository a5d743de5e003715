import { dirname, join } from 'node:path';
import * as values from './config-values.js';
import type { DatabaseSettings, FreshmakerRole, RoleMembers, SystemName } from './config-values.js';
import type { SecretSettings } from './core/auth/secrets.js';
import type { HttpLimits } from './server/doors/http-limits.js';
import type { OverloadSettings } from './server/doors/overload.js';
import { type AuthMode, GATEWAY, type LogLevel } from './settings/gateway.js';
import { LIMITS, type RateLimitStore } from './settings/limits.js';
import { SERVING } from './settings/serving.js';
import type { Setting } from './settings/setting.js';
import { type BuildapiAgent, type FreshmakerAuthBackend, SYSTEMS } from './settings/systems.js';

/** All that the environment decides; frozen through and through. */
export interface Config {
  readonly database: DatabaseSettings;
  /** Embedded: the bus inside the process. */
  readonly broker: BrokerSettings;
  readonly log: { readonly level: LogLevel };
  readonly server: {
    readonly host: string;
    /** 0: any free port. */
    readonly port: number;
    /** Base of absolute URLs in answers, without a slash at its end; null: taken from each request. */
    readonly publicUrl: string | null;
    /** Host names at whose root a system's REST API answers, besides its mount. */
    readonly hosts: Readonly<Record<SystemName, readonly string[]>>;
    /** Proxies whose `X-Forwarded-*` headers count; the value of Express' `trust proxy`. */
    readonly trustProxy: readonly string[];
    readonly graceMs: number;
    /** How long something may wait for a WebSocket that takes nothing. */
    readonly slowSubscriberMs: number;
    /** Most bytes of a request body on `/graphql`. */
    readonly bodyLimit: number;
    /** Origins of foreign pages that may use `/graphql`. */
    readonly origins: readonly string[] | 'any';
    /** How long an operation may take. */
    readonly operationTimeoutMs: number;
    readonly sockets: SocketLimits;
    readonly limits: HttpLimits;
    /** When there is too much to do. */
    readonly overload: OverloadSettings;
  };
  readonly rateLimit: {
    /** Points per minute, of a caller with credentials and of an address; 0: any number. */
    readonly limits: { readonly caller: number; readonly address: number };
    /** `database`: the gateways of one database count together. */
    readonly store: RateLimitStore;
  };
  /** Whether answers of the REST APIs link to their GraphQL twins. */
  readonly twinLinks: boolean;
  readonly graphql: {
    /** File or folder of the documents that clients may run; null: all. */
    readonly documents: string | null;
    /** Whether clients are shown the schema. */
    readonly introspection: boolean;
    /** Whether errors suggest names of the schema. */
    readonly suggestions: boolean;
    readonly graphiql: boolean;
  };
  /** Bytes that answers may take which are kept to be given again; 0: none is kept. */
  readonly answerCacheBytes: number;
  /** How long a request waits for a connection or statement of PostgreSQL. */
  readonly databaseTimeoutMs: number;
  /** Days that changes are kept; null: for ever. */
  readonly changeLog: { readonly retentionDays: number | null };
  readonly legacyUse: {
    /** Days that the counts are kept of who calls which old route; 0: they are not written. */
    readonly days: number;
    /** File that says which old routes end when; null: none does. */
    readonly deprecationsFile: string | null;
  };
  readonly auth: {
    readonly mode: AuthMode;
    /** How many wrong credentials an address may show for one user name in 15 minutes; 0: any number. */
    readonly failures: number;
  };
  /** The key that secrets are encrypted with which must be shown again. */
  readonly secrets: SecretSettings;
  readonly freshmaker: {
    readonly authBackend: FreshmakerAuthBackend;
    readonly roles: Readonly<Partial<Record<FreshmakerRole, RoleMembers>>>;
    readonly topicPrefix: string;
    readonly unpublishedExceptions: readonly string[];
  };
  readonly buildapi: {
    /** Origins whose pages may read and write with credentials. */
    readonly origins: readonly string[];
    /** Whether `X-Remote-User` of a trusted proxy names the caller. */
    readonly trustsRemoteUser: boolean;
    /** IANA name; days and build ids are local to it. */
    readonly timeZone: string;
    /** Exchange of job requests and of what agents answer. */
    readonly exchange: string;
    readonly agentQueue: string;
    readonly webQueue: string;
    /** How long a job request waits for the broker to take its message. */
    readonly sendTimeoutMs: number;
    /** Who carries out job requests: this process, or somebody at the broker or the GraphQL interface. */
    readonly agent: BuildapiAgent;
    /** What `buildgate agent` signs in with; null: it does not. */
    readonly agentToken: string | null;
  };
  readonly devmason: {
    /** Whether projects and builds may be registered without credentials. */
    readonly anonymous: boolean;
  };
}

/** What WebSockets may take. A number of 0 allows any. */
export interface SocketLimits {
  /** WebSockets that are open from one address. */
  readonly perAddress: number;
  /** Queries and mutations that are under way on one WebSocket. */
  readonly operations: number;
  /** Subscriptions that are open on one WebSocket. */
  readonly subscriptions: number;
  /** Subscriptions that are open for one user, or for one address where nobody signed in. */
  readonly subscriptionsPerCaller: number;
  /** How long a client may take for its `connection_init`. */
  readonly initMs: number;
  /** How long a WebSocket without a subscription and an operation may be silent. */
  readonly idleMs: number;
}

/** Where messages go. */
export type BrokerSettings =
  | { readonly kind: 'embedded' }
  | {
      readonly kind: 'rabbitmq';
      /** Holds a password. */
      readonly url: string;
      readonly heartbeatSeconds: number;
      /** Topic exchange of messages that no contract gives another one. */
      readonly exchange: string;
    };

const MEBIBYTE = 1024 * 1024;
/** In the order in which the operator reads them. */
const SETTINGS = { ...GATEWAY, ...SYSTEMS, ...SERVING, ...LIMITS };

type Settings = typeof SETTINGS;
type Parsed = {
  [Name in keyof Settings]: Settings[Name] extends Setting<infer Value, infer Fallback>
    ? Fallback extends null
      ? Value | null
      : Value
    : never;
};

/** The environment holds values that the gateway does not accept; one line of the message per fault. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Reads and checks the whole configuration. An empty variable counts as unset. Variables that begin with
 * `BUILDGATE_TEST_` are left to the test suite; any other unknown `BUILDGATE_` one is a fault, since it is a
 * misspelled setting that would silently not apply.
 * @throws ConfigError naming each variable at fault, its value unless it may be secret, and what is allowed
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const faults = unknownNames(env);
  const parsed: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries<Setting<unknown, string | null>>(SETTINGS)) {
    const text = env[name] || declaration.fallback;
    try {
      parsed[name] = text === null ? null : declaration.parse(text);
    } catch (error) {
      if (!(error instanceof values.Refusal)) throw error;
      faults.push(fault(name, declaration, text ?? '', error.message));
    }
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'));
  return deepFreeze(arrange(parsed as Parsed));
}

function arrange(parsed: Parsed): Config {
  return {
    database: parsed.DATABASE_URL,
    broker: broker(parsed),
    log: { level: parsed.LOG_LEVEL },
    server: {
      host: parsed.HOST,
      port: parsed.PORT,
      publicUrl: parsed.PUBLIC_URL,
      hosts: parsed.BUILDGATE_HOSTS,
      trustProxy: parsed.BUILDGATE_TRUST_PROXY,
      graceMs: parsed.BUILDGATE_GRACE_SECONDS * 1_000,
      slowSubscriberMs: parsed.BUILDGATE_SLOW_SUBSCRIBER_SECONDS * 1_000,
      bodyLimit: parsed.BUILDGATE_BODY_LIMIT,
      origins: parsed.BUILDGATE_ORIGINS,
      operationTimeoutMs: parsed.BUILDGATE_OPERATION_TIMEOUT_SECONDS * 1_000,
      sockets: {
        perAddress: parsed.BUILDGATE_SOCKETS_PER_ADDRESS,
        operations: parsed.BUILDGATE_SOCKET_OPERATIONS,
        subscriptions: parsed.BUILDGATE_SOCKET_SUBSCRIPTIONS,
        subscriptionsPerCaller: parsed.BUILDGATE_SUBSCRIPTIONS_PER_CALLER,
        initMs: parsed.BUILDGATE_SOCKET_INIT_SECONDS * 1_000,
        idleMs: parsed.BUILDGATE_SOCKET_IDLE_SECONDS * 1_000,
      },
      limits: httpLimits(parsed),
      overload: { requests: parsed.BUILDGATE_MAX_REQUESTS, maxWaitMs: parsed.BUILDGATE_MAX_WAIT_MS },
    },
    rateLimit: {
      limits: { caller: parsed.BUILDGATE_RATE_LIMIT, address: parsed.BUILDGATE_RATE_LIMIT_ANONYMOUS },
      store: parsed.BUILDGATE_RATE_LIMIT_STORE,
    },
    twinLinks: parsed.BUILDGATE_TWIN_LINKS === 'on',
    graphql: graphql(parsed),
    answerCacheBytes: parsed.BUILDGATE_ANSWER_CACHE_MIB * MEBIBYTE,
    databaseTimeoutMs: parsed.BUILDGATE_DATABASE_TIMEOUT_SECONDS * 1_000,
    changeLog: { retentionDays: parsed.BUILDGATE_LOG_RETENTION_DAYS },
    legacyUse: { days: parsed.BUILDGATE_USAGE_DAYS, deprecationsFile: parsed.BUILDGATE_DEPRECATIONS },
    auth: { mode: parsed.BUILDGATE_AUTH, failures: parsed.BUILDGATE_SIGN_IN_FAILURES },
    secrets: {
      secret: parsed.BUILDGATE_SECRET,
      file: parsed.BUILDGATE_SECRET_FILE ?? secretFile(parsed.DATABASE_URL),
    },
    freshmaker: {
      authBackend:
        parsed.BUILDGATE_FRESHMAKER_AUTH_BACKEND ?? (parsed.BUILDGATE_AUTH === 'none' ? 'noauth' : 'openidc'),
      roles: parsed.BUILDGATE_FRESHMAKER_ROLES,
      topicPrefix: parsed.BUILDGATE_FRESHMAKER_TOPIC_PREFIX,
      unpublishedExceptions: parsed.BUILDGATE_FRESHMAKER_UNPUBLISHED_EXCEPTIONS,
    },
    buildapi: {
      origins: parsed.BUILDGATE_BUILDAPI_ORIGINS,
      trustsRemoteUser: parsed.BUILDGATE_BUILDAPI_REMOTE_USER === 'on',
      timeZone: parsed.BUILDGATE_BUILDAPI_TIMEZONE,
      exchange: parsed.BUILDGATE_BUILDAPI_EXCHANGE,
      agentQueue: parsed.BUILDGATE_BUILDAPI_AGENT_QUEUE,
      webQueue: parsed.BUILDGATE_BUILDAPI_WEB_QUEUE,
      sendTimeoutMs: parsed.BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS * 1_000,
      agent: parsed.BUILDGATE_BUILDAPI_AGENT ?? (parsed.BROKER_URL === null ? 'embedded' : 'external'),
      agentToken: parsed.BUILDGATE_AGENT_TOKEN,
    },
    devmason: { anonymous: parsed.BUILDGATE_DEVMASON_ANONYMOUS === 'on' },
  };
}

function httpLimits(parsed: Parsed): HttpLimits {
  return {
    connections: parsed.BUILDGATE_MAX_CONNECTIONS,
    requestsPerConnection: parsed.BUILDGATE_CONNECTION_REQUESTS,
    headerBytes: parsed.BUILDGATE_HEADER_LIMIT,
    headers: parsed.BUILDGATE_HEADER_COUNT,
    headersTimeoutMs: parsed.BUILDGATE_HEADERS_TIMEOUT_SECONDS * 1_000,
    requestTimeoutMs: parsed.BUILDGATE_REQUEST_TIMEOUT_SECONDS * 1_000,
    idleMs: parsed.BUILDGATE_IDLE_SECONDS * 1_000,
    keepAliveMs: parsed.BUILDGATE_KEEP_ALIVE_SECONDS * 1_000,
  };
}

/** What strangers learn of the schema follows from introspection and the list of documents, unless it is told. */
function graphql(parsed: Parsed): Config['graphql'] {
  const introspection = parsed.BUILDGATE_INTROSPECTION === 'on';
  const documents = parsed.BUILDGATE_DOCUMENTS;
  const isOn = (told: 'on' | 'off' | null, otherwise: boolean): boolean => (told === null ? otherwise : told === 'on');
  return {
    documents,
    introspection,
    suggestions: isOn(parsed.BUILDGATE_SUGGESTIONS, introspection),
    graphiql: isOn(parsed.BUILDGATE_GRAPHIQL, introspection && documents === null),
  };
}

/** The key beside the data: an embedded database that keeps nothing has none. */
function secretFile(database: DatabaseSettings): string | null {
  if (database.kind === 'postgresql') return './data/buildgate.secret';
  return database.path === ':memory:' ? null : join(dirname(database.path), 'buildgate.secret');
}

function broker(parsed: Parsed): BrokerSettings {
  if (parsed.BROKER_URL === null) return { kind: 'embedded' };
  return {
    kind: 'rabbitmq',
    url: parsed.BROKER_URL,
    heartbeatSeconds: parsed.BUILDGATE_BROKER_HEARTBEAT_SECONDS,
    exchange: parsed.BUILDGATE_BROKER_EXCHANGE,
  };
}

/** The settings as a Markdown table, for docs/operating.md. */
export function settingsTable(): string {
  const rows = Object.entries<Setting<unknown, string | null>>(SETTINGS).map(([name, declaration]) => {
    const { description, allowed, fallback, fallbackNote, secret } = declaration;
    const standard = fallbackNote ?? (fallback ? `\`${fallback}\`` : 'none');
    return [
      `\`${name}\``,
      standard,
      allowed,
      secret ? `${description} May hold a password; never logged.` : description,
    ];
  });
  const lines = [['Variable', 'Default', 'Allowed', 'Meaning'], ['---', '---', '---', '---'], ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

function fault(name: string, declaration: Setting<unknown, string | null>, text: string, reason: string): string {
  const value = declaration.secret ? 'the value' : JSON.stringify(text);
  return `${name}: ${value} is refused (${reason}); allowed: ${declaration.allowed.replaceAll('`', '')}`;
}

function unknownNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.keys(SETTINGS);
  return Object.keys(env)
    .filter((name) => name.startsWith('BUILDGATE_') && !name.startsWith('BUILDGATE_TEST_') && !known.includes(name))
    .map((name) => {
      const distances = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }));
      const nearest = distances.reduce((best, next) => (next.distance < best.distance ? next : best));
      return `${JSON.stringify(name)} is not a setting; the nearest one is ${nearest.candidate}`;
    });
}

/** Levenshtein's distance: the fewest insertions, deletions and replacements that make one text the other. */
function editDistance(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replaced = above[column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, above[column]! + 1, current[column - 1]! + 1));
    }
    above = current;
  }
  return above[to.length]!;
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
