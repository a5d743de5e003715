import { dirname, join } from 'node:path';
import * as values from './config-values.js';
import type { DatabaseSettings, FreshmakerRole, RoleMembers, SystemName } from './config-values.js';
import type { SecretSettings } from './core/auth/secrets.js';
import type { HttpLimits } from './server/doors/http-limits.js';
import type { OverloadSettings } from './server/doors/overload.js';

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
const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const AUTH_MODES = ['token', 'none'] as const;
const BUILDAPI_AGENTS = ['embedded', 'external'] as const;
const RATE_LIMIT_STORES = ['memory', 'database'] as const;
const AUTH_BACKENDS = ['noauth', 'kerberos', 'openidc', 'ssl', 'kerberos_or_ssl'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type AuthMode = (typeof AUTH_MODES)[number];
export type RateLimitStore = (typeof RATE_LIMIT_STORES)[number];
export type BuildapiAgent = (typeof BUILDAPI_AGENTS)[number];
export type FreshmakerAuthBackend = (typeof AUTH_BACKENDS)[number];

/** One environment variable. */
interface Setting<Value, Fallback> {
  /** What it decides, for the operator; Markdown. */
  readonly description: string;
  /** What it may be, for the operator and for error messages. */
  readonly allowed: string;
  /** The text that counts when the variable is unset or empty; null: the setting is then null. */
  readonly fallback: Fallback;
  /** The default in words, where `fallback` does not tell it. */
  readonly fallbackNote?: string;
  /** Whether the value may hold a credential: it is then never repeated. */
  readonly secret?: boolean;
  /** @throws values.Refusal with the reason */
  readonly parse: (text: string) => Value;
}

/** Keeps the types of the value and of the fallback in the table. */
function setting<Value, const Fallback extends string | null>(declaration: Setting<Value, Fallback>) {
  return declaration;
}

const BROKER_NAME = '1 to 127 letters, digits, `.`, `_`, `:` and `-`, not beginning with `amq.`';

const SETTINGS = {
  DATABASE_URL: setting({
    description: 'Where the records are kept: an SQLite file of its own, or a PostgreSQL database.',
    allowed: '`sqlite:PATH` or `postgres://...` or `postgresql://...`',
    fallback: 'sqlite:./data/buildgate.db',
    secret: true,
    parse: values.databaseUrl,
  }),
  BROKER_URL: setting({
    description: 'The RabbitMQ broker that messages go to; without one the bus inside the process is used.',
    allowed: '`amqp://...` or `amqps://...`',
    fallback: null,
    secret: true,
    parse: values.brokerUrl,
  }),
  BUILDGATE_BROKER_EXCHANGE: setting({
    description: 'The durable topic exchange of messages that no old system had another one for.',
    allowed: BROKER_NAME,
    fallback: 'buildgate',
    parse: values.brokerName,
  }),
  BUILDGATE_BROKER_HEARTBEAT_SECONDS: setting({
    description: 'A connection to the broker without a sign of life for two such intervals is given up.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '60',
    parse: values.wholeNumber(1, 3_600),
  }),
  HOST: setting({
    description: 'The address to listen on.',
    allowed: 'an IP address or a host name',
    fallback: '127.0.0.1',
    parse: values.listenHost,
  }),
  PORT: setting({
    description: 'The port to listen on; 0 takes any free one.',
    allowed: 'a whole number from 0 to 65535',
    fallback: '4000',
    parse: values.wholeNumber(0, 65_535),
  }),
  PUBLIC_URL: setting({
    description:
      'Base of the absolute URLs in answers, where it is not to follow the request. A slash at its end is dropped.',
    allowed: 'an absolute `http` or `https` URL without query, fragment and credentials',
    fallback: null,
    parse: values.publicUrl,
  }),
  LOG_LEVEL: setting({
    description: 'How much is logged on standard error.',
    allowed: list(LOG_LEVELS),
    fallback: 'info',
    parse: values.oneOf(...LOG_LEVELS),
  }),
  BUILDGATE_HOSTS: setting({
    description: 'Host names at whose root the REST API of a system answers: `freshmaker=api.freshmaker.example.org`.',
    allowed: `\`SYSTEM=HOSTNAME\` pairs with commas between; a system may have several. Systems: ${list(values.SYSTEM_NAMES)}`,
    fallback: '',
    parse: values.virtualHosts,
  }),
  BUILDGATE_TRUST_PROXY: setting({
    description: 'Proxies whose `X-Forwarded-*` headers are believed.',
    allowed: 'IP addresses, networks (`10.0.0.0/8`) and `loopback`, with commas between',
    fallback: '',
    parse: values.trustedProxies,
  }),
  BUILDGATE_ORIGINS: setting({
    description:
      "Web pages of these origins may use `/graphql`, also over WebSocket, and with the credentials that browsers send by themselves. `*`: pages of all origins may, without such credentials. The gateway's own pages always may.",
    allowed: 'origins (`https://tools.example.org`) with commas between, or `*`',
    fallback: '',
    parse: values.originsOrAny,
  }),
  BUILDGATE_AUTH: setting({
    description: 'How callers are known: by bearer token, or not at all, so that everybody may do everything.',
    allowed: list(AUTH_MODES),
    fallback: 'token',
    parse: values.oneOf(...AUTH_MODES),
  }),
  BUILDGATE_SIGN_IN_FAILURES: setting({
    description:
      'How many different wrong passwords an address may try for one user name in 15 minutes, and five times as many wrong credentials in all; then it is 429 with `Retry-After`. 0 sets no limit.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '20',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_SECRET: setting({
    description:
      'The key of what is kept encrypted: token values that old APIs show again. With another key they cannot be shown.',
    allowed: 'a text of at least 32 characters',
    fallback: null,
    fallbackNote: 'the key in `BUILDGATE_SECRET_FILE`',
    secret: true,
    parse: values.longText(32),
  }),
  BUILDGATE_SECRET_FILE: setting({
    description:
      'The file of that key; made with a random one when it is first needed. It belongs into the backup, apart from that of the database.',
    allowed: 'a path',
    fallback: null,
    fallbackNote:
      '`buildgate.secret` beside the SQLite file; `./data/buildgate.secret` with PostgreSQL; none for `sqlite::memory:`, whose key ends with the process',
    parse: (text) => text,
  }),
  BUILDGATE_FRESHMAKER_AUTH_BACKEND: setting({
    description: "The authentication that Freshmaker's `about` names.",
    allowed: list(AUTH_BACKENDS),
    fallback: null,
    fallbackNote: '`openidc`; `noauth` when `BUILDGATE_AUTH` is `none`',
    parse: values.oneOf(...AUTH_BACKENDS),
  }),
  BUILDGATE_FRESHMAKER_ROLES: setting({
    description: "Who holds Freshmaker's roles.",
    allowed: `a JSON object \`{"ROLE": {"users": ["NAME"], "groups": ["NAME"]}}\`. Roles: ${list(values.FRESHMAKER_ROLES)}`,
    fallback: '{}',
    parse: values.freshmakerRoles,
  }),
  BUILDGATE_FRESHMAKER_TOPIC_PREFIX: setting({
    description: "What the topics of Freshmaker's messages begin with.",
    allowed: 'words of letters, digits, `_` and `-` with dots between, up to 200 characters',
    fallback: 'VirtualTopic.eng.freshmaker',
    parse: values.topicPrefix,
  }),
  BUILDGATE_FRESHMAKER_UNPUBLISHED_EXCEPTIONS: setting({
    description: 'Repositories whose images may be rebuilt though they are not published.',
    allowed: 'repository names (`project/repo`) with commas between',
    fallback: '',
    parse: values.repositoryNames,
  }),
  BUILDGATE_BUILDAPI_AGENT: setting({
    description:
      "Who carries out buildapi's job requests: the gateway itself, on its own data, or agents at the broker or the GraphQL interface.",
    allowed: list(BUILDAPI_AGENTS),
    fallback: null,
    fallbackNote: '`embedded`; `external` when there is a `BROKER_URL`',
    parse: values.oneOf(...BUILDAPI_AGENTS),
  }),
  BUILDGATE_BUILDAPI_EXCHANGE: setting({
    description: "The durable topic exchange of buildapi's job requests and of what agents answer.",
    allowed: BROKER_NAME,
    fallback: 'buildapi.control',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_AGENT_QUEUE: setting({
    description: "The durable queue that buildapi's agents take job requests from.",
    allowed: BROKER_NAME,
    fallback: 'buildapi-agent',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_WEB_QUEUE: setting({
    description: "The durable queue that the gateway takes the answers of buildapi's agents from.",
    allowed: BROKER_NAME,
    fallback: 'buildapi-web',
    parse: values.brokerName,
  }),
  BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: setting({
    description: 'How long a job request of buildapi waits for the broker to take its message; then the answer is 503.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '3',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_BUILDAPI_ORIGINS: setting({
    description: "Web pages of these origins may use buildapi's REST API with the user's credentials.",
    allowed: 'origins (`https://tools.example.org`) with commas between',
    fallback: '',
    parse: values.origins,
  }),
  BUILDGATE_BUILDAPI_REMOTE_USER: setting({
    description:
      "Whether the header `X-Remote-User` of a trusted proxy (`BUILDGATE_TRUST_PROXY`) names the caller of buildapi's REST API. The proxy must take the header away from what clients send.",
    allowed: '`on`, `off`',
    fallback: 'off',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_AGENT_TOKEN: setting({
    description: 'The token that `buildgate agent` signs in with, of a user with the role `agent`.',
    allowed: 'a token as `buildgate token create` prints it',
    fallback: null,
    secret: true,
    parse: values.token,
  }),
  BUILDGATE_BUILDAPI_TIMEZONE: setting({
    description: "The time zone of buildapi's days and build ids.",
    allowed: 'a name of the IANA database',
    fallback: 'America/Los_Angeles',
    parse: values.timeZone,
  }),
  BUILDGATE_DEVMASON_ANONYMOUS: setting({
    description:
      "Whether Devmason's projects and builds may be registered without credentials, as its clients do that have no account.",
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_LOG_RETENTION_DAYS: setting({
    description:
      'How long state changes are kept for subscribers that resume and for the history of records; all of them unless told.',
    allowed: 'a whole number from 1 to 36500',
    fallback: null,
    parse: values.wholeNumber(1, 36_500),
  }),
  BUILDGATE_USAGE_DAYS: setting({
    description: 'How many days back one can see which client called which route of the old APIs; 0 stores none of it.',
    allowed: 'a whole number from 0 to 36500',
    fallback: '400',
    parse: values.wholeNumber(0, 36_500),
  }),
  BUILDGATE_DEPRECATIONS: setting({
    description:
      'The file that says which routes of the old APIs are deprecated and when they end, which their answers then say in `Deprecation` and `Sunset` headers.',
    allowed: 'a path of a JSON file ("The end of a route" below)',
    fallback: null,
    parse: (text) => text,
  }),
  BUILDGATE_TWIN_LINKS: setting({
    description:
      'Whether answers of the REST APIs carry a `Link` header to GraphiQL, with the stored operation and the variables that made them.',
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_DOCUMENTS: setting({
    description:
      'The only GraphQL documents that clients may run, over HTTP and WebSocket alike. What a dialect or the dashboard runs need not be among them.',
    allowed:
      'a path: an `apollo-persisted-query-manifest`, a `persisted.json` of Relay, or a folder of `.graphql` files ("Persisted documents" below)',
    fallback: null,
    fallbackNote: 'none: any document may be run',
    parse: (text) => text,
  }),
  BUILDGATE_INTROSPECTION: setting({
    description: 'Whether clients are shown the schema: by introspection and as `/schema.graphql`.',
    allowed: '`on`, `off`',
    fallback: 'on',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_SUGGESTIONS: setting({
    description: 'Whether errors of GraphQL suggest names of the schema ("Did you mean ...").',
    allowed: '`on`, `off`',
    fallback: null,
    fallbackNote: '`on`; `off` when `BUILDGATE_INTROSPECTION` is `off`',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_GRAPHIQL: setting({
    description:
      'Whether `/graphiql` is served, and with it the texts of stored operations: on the pages about the systems, and as links of REST answers.',
    allowed: '`on`, `off`',
    fallback: null,
    fallbackNote: '`on`; `off` when `BUILDGATE_INTROSPECTION` is `off` or there are `BUILDGATE_DOCUMENTS`',
    parse: values.oneOf('on', 'off'),
  }),
  BUILDGATE_ANSWER_CACHE_MIB: setting({
    description:
      'Memory for answers of the REST APIs that are given again as long as nothing in the database has changed; 0 keeps none.',
    allowed: 'a whole number from 0 to 65536',
    fallback: '64',
    parse: values.wholeNumber(0, 65_536),
  }),
  BUILDGATE_DATABASE_TIMEOUT_SECONDS: setting({
    description:
      'How long PostgreSQL may take for a connection (10 s at most) or for one statement of a request; then the answer is 503.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_GRACE_SECONDS: setting({
    description:
      'How long a gateway that stops may take to answer the requests in flight and to publish what waits; what is left is cut within a second.',
    allowed: 'a whole number from 0 to 3600',
    fallback: '10',
    parse: values.wholeNumber(0, 3_600),
  }),
  BUILDGATE_OPERATION_TIMEOUT_SECONDS: setting({
    description:
      'How long a GraphQL operation may take, over HTTP and WebSocket and behind a route of the old APIs; then the answer is an error (`TIMEOUT`, 503) and its SQL ends.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_SLOW_SUBSCRIBER_SECONDS: setting({
    description: 'A WebSocket that takes nothing for so long although something waits for it is closed with 1013.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '30',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_SOCKETS_PER_ADDRESS: setting({
    description:
      'Most WebSockets that are open from one address; a further one is refused with 429. 0 allows any number.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '1000',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_SOCKET_OPERATIONS: setting({
    description:
      'Most queries and mutations that are under way on one WebSocket; a further one is answered with the error `TOO_MANY_OPERATIONS`. 0 allows any number.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '100',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_SOCKET_SUBSCRIPTIONS: setting({
    description:
      'Most subscriptions that are open on one WebSocket; a further one is answered with the error `TOO_MANY_SUBSCRIPTIONS`. 0 allows any number.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '100',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_SUBSCRIPTIONS_PER_CALLER: setting({
    description:
      'The same for all WebSockets of one user together, or of one address where nobody signed in. 0 allows any number.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '1000',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_SOCKET_INIT_SECONDS: setting({
    description: 'How long the client of a WebSocket may take for its `connection_init`; then it is closed with 4408.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '10',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_SOCKET_IDLE_SECONDS: setting({
    description:
      'A WebSocket on which nothing is subscribed to or under way, and whose client is silent for so long, is closed with 1000.',
    allowed: 'a whole number from 1 to 86400',
    fallback: '600',
    parse: values.wholeNumber(1, 86_400),
  }),
  BUILDGATE_BODY_LIMIT: setting({
    description: 'Most bytes of a request body on `/graphql`.',
    allowed: 'a whole number from 1024 to 1073741824',
    fallback: '1048576',
    parse: values.wholeNumber(1_024, 1_073_741_824),
  }),
  BUILDGATE_HEADER_LIMIT: setting({
    description: 'Most bytes of the head of a request: its address and its headers. More is 431.',
    allowed: 'a whole number from 1024 to 1048576',
    fallback: '16384',
    parse: values.wholeNumber(1_024, 1_048_576),
  }),
  BUILDGATE_HEADER_COUNT: setting({
    description: 'Most headers of a request. More are 431.',
    allowed: 'a whole number from 10 to 10000',
    fallback: '100',
    parse: values.wholeNumber(10, 10_000),
  }),
  BUILDGATE_HEADERS_TIMEOUT_SECONDS: setting({
    description: 'How long the head of a request may take to arrive; then the answer is 408.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '20',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_REQUEST_TIMEOUT_SECONDS: setting({
    description:
      'How long a whole request may take to arrive, with its body; then the answer is 408. An upload of 4 GiB needs more over most lines.',
    allowed: 'a whole number from 1 to 86400',
    fallback: '300',
    parse: values.wholeNumber(1, 86_400),
  }),
  BUILDGATE_IDLE_SECONDS: setting({
    description:
      'A connection with a request on which no byte goes either way for so long is cut: its client has gone, sends nothing, or does not read its answer. Not for WebSockets.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '120',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_KEEP_ALIVE_SECONDS: setting({
    description:
      'How long a connection is kept for the next request. Should be longer than in the balancer in front, where 60 is usual.',
    allowed: 'a whole number from 1 to 3600',
    fallback: '65',
    parse: values.wholeNumber(1, 3_600),
  }),
  BUILDGATE_CONNECTION_REQUESTS: setting({
    description: 'After so many requests a connection is closed, so that clients spread anew; 0 closes none.',
    allowed: 'a whole number from 0 to 1000000',
    fallback: '10000',
    parse: values.wholeNumber(0, 1_000_000),
  }),
  BUILDGATE_MAX_CONNECTIONS: setting({
    description: 'Most connections, WebSockets included; what is more is closed at once.',
    allowed: 'a whole number from 1 to 1000000',
    fallback: '10000',
    parse: values.wholeNumber(1, 1_000_000),
  }),
  BUILDGATE_MAX_REQUESTS: setting({
    description: 'Most requests that are answered at the same time; more are 503 with `Retry-After`.',
    allowed: 'a whole number from 1 to 1000000',
    fallback: '1000',
    parse: values.wholeNumber(1, 1_000_000),
  }),
  BUILDGATE_MAX_TURN_MS: setting({
    description:
      'How many milliseconds of work may come together before one turn of the event loop is over; the requests of that turn that come after that are 503 with `Retry-After`.',
    allowed: 'a whole number from 10 to 600000',
    fallback: '500',
    parse: values.wholeNumber(10, 600_000),
  }),
  BUILDGATE_RATE_LIMIT: setting({
    description:
      'Points per minute of one caller with credentials; more requests are 429 with `Retry-After`. 0 sets no limit.',
    allowed: 'a whole number from 0 to 100000000',
    fallback: '12000',
    parse: values.wholeNumber(0, 100_000_000),
  }),
  BUILDGATE_RATE_LIMIT_ANONYMOUS: setting({
    description:
      'Points per minute of all callers without credentials, or with wrong ones, that come from one address (IPv6: one /64). 0 sets no limit.',
    allowed: 'a whole number from 0 to 100000000',
    fallback: '6000',
    parse: values.wholeNumber(0, 100_000_000),
  }),
  BUILDGATE_RATE_LIMIT_STORE: setting({
    description:
      'Whether each gateway counts for itself, or all gateways of one PostgreSQL database count together. On SQLite both are the same.',
    allowed: list(RATE_LIMIT_STORES),
    fallback: 'memory',
    parse: values.oneOf(...RATE_LIMIT_STORES),
  }),
};

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
      overload: { requests: parsed.BUILDGATE_MAX_REQUESTS, turnMs: parsed.BUILDGATE_MAX_TURN_MS },
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

function list(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ');
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
