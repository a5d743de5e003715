import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ConfigError, loadConfig, settingsTable } from '../src/config.js';
import { SYSTEM_NAMES } from '../src/config-values.js';

/** No system has host names of its own. */
const NO_HOSTS = Object.fromEntries(SYSTEM_NAMES.map((name) => [name, []]));

/** The message of the refusal; fails when the environment is accepted. */
function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message;
  }
  throw new Error('the environment was accepted');
}

describe('the configuration', () => {
  it('has a default for everything', () => {
    expect(loadConfig({ PATH: '/bin', HOME: '/root' })).toEqual({
      database: { kind: 'sqlite', path: './data/buildgate.db' },
      broker: { kind: 'embedded' },
      log: { level: 'info' },
      server: {
        host: '127.0.0.1',
        port: 4000,
        publicUrl: null,
        hosts: NO_HOSTS,
        trustProxy: [],
        graceMs: 10_000,
        slowSubscriberMs: 30_000,
        bodyLimit: 1_048_576,
        origins: [],
        operationTimeoutMs: 30_000,
        sockets: {
          perAddress: 1_000,
          operations: 100,
          subscriptions: 100,
          subscriptionsPerCaller: 1_000,
          initMs: 10_000,
          idleMs: 600_000,
        },
        limits: {
          connections: 10_000,
          requestsPerConnection: 10_000,
          headerBytes: 16_384,
          headers: 100,
          headersTimeoutMs: 20_000,
          requestTimeoutMs: 300_000,
          idleMs: 120_000,
          keepAliveMs: 65_000,
        },
        overload: { requests: 1_000, maxWaitMs: 500 },
      },
      rateLimit: { limits: { caller: 12_000, address: 6_000 }, store: 'memory' },
      twinLinks: true,
      graphql: { documents: null, introspection: true, suggestions: true, graphiql: true },
      answerCacheBytes: 67_108_864,
      databaseTimeoutMs: 30_000,
      changeLog: { retentionDays: null },
      legacyUse: { days: 400, deprecationsFile: null },
      auth: { mode: 'token', failures: 20 },
      secrets: { secret: null, file: 'data/buildgate.secret' },
      freshmaker: {
        authBackend: 'openidc',
        roles: {},
        topicPrefix: 'VirtualTopic.eng.freshmaker',
        unpublishedExceptions: [],
      },
      buildapi: {
        timeZone: 'America/Los_Angeles',
        exchange: 'buildapi.control',
        agentQueue: 'buildapi-agent',
        origins: [],
        trustsRemoteUser: false,
        webQueue: 'buildapi-web',
        sendTimeoutMs: 3_000,
        agent: 'embedded',
        agentToken: null,
      },
      devmason: { anonymous: true },
    });
  });

  it('reads every setting', () => {
    const config = loadConfig({
      DATABASE_URL: 'postgres://gate:pw@db.example.org/gate',
      HOST: '::',
      PORT: '0',
      PUBLIC_URL: 'https://builds.example.org/gate/',
      LOG_LEVEL: 'silent',
      BUILDGATE_HOSTS:
        'freshmaker=api.freshmaker.example.org, kernelci=API.kernelci.example.org,freshmaker=old.example.org',
      BUILDGATE_TRUST_PROXY: 'loopback, 10.0.0.0/8,2001:db8::1',
      BUILDGATE_AUTH: 'none',
      BUILDGATE_SIGN_IN_FAILURES: '7',
      BUILDGATE_SECRET: 's'.repeat(32),
      BUILDGATE_SECRET_FILE: '/etc/buildgate/key',
      BUILDGATE_FRESHMAKER_AUTH_BACKEND: 'kerberos_or_ssl',
      BUILDGATE_FRESHMAKER_ROLES: '{"admin": {"users": ["ann"]}, "manual_rebuilder": {"users": [], "groups": ["qe"]}}',
      BUILDGATE_FRESHMAKER_TOPIC_PREFIX: 'org.example',
      BUILDGATE_FRESHMAKER_UNPUBLISHED_EXCEPTIONS: 'acme/web,acme/db',
      BUILDGATE_BUILDAPI_AGENT: 'external',
      BUILDGATE_AGENT_TOKEN: 'bg_secret',
      BUILDGATE_BUILDAPI_EXCHANGE: 'control',
      BUILDGATE_BUILDAPI_AGENT_QUEUE: 'agents',
      BUILDGATE_BUILDAPI_WEB_QUEUE: 'web',
      BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: '7',
      BUILDGATE_BUILDAPI_TIMEZONE: 'Europe/Oslo',
      BUILDGATE_BUILDAPI_ORIGINS: 'https://tools.example.org, http://localhost:8080',
      BUILDGATE_BUILDAPI_REMOTE_USER: 'on',
      BUILDGATE_DEVMASON_ANONYMOUS: 'off',
      BUILDGATE_TWIN_LINKS: 'off',
      BUILDGATE_DOCUMENTS: '/etc/buildgate/documents',
      BUILDGATE_INTROSPECTION: 'off',
      BUILDGATE_SUGGESTIONS: 'on',
      BUILDGATE_GRAPHIQL: 'on',
      BUILDGATE_ANSWER_CACHE_MIB: '8',
      BUILDGATE_DATABASE_TIMEOUT_SECONDS: '5',
      BUILDGATE_LOG_RETENTION_DAYS: '30',
      BUILDGATE_USAGE_DAYS: '90',
      BUILDGATE_DEPRECATIONS: '/etc/buildgate/deprecations.json',
      BUILDGATE_GRACE_SECONDS: '0',
      BUILDGATE_SLOW_SUBSCRIBER_SECONDS: '5',
      BUILDGATE_BODY_LIMIT: '2048',
      BUILDGATE_OPERATION_TIMEOUT_SECONDS: '7',
      BUILDGATE_SOCKETS_PER_ADDRESS: '0',
      BUILDGATE_SOCKET_OPERATIONS: '10',
      BUILDGATE_SOCKET_SUBSCRIPTIONS: '20',
      BUILDGATE_SUBSCRIPTIONS_PER_CALLER: '30',
      BUILDGATE_SOCKET_INIT_SECONDS: '3',
      BUILDGATE_SOCKET_IDLE_SECONDS: '60',
      BUILDGATE_ORIGINS: 'https://tools.example.org, http://localhost:5173',
      BUILDGATE_MAX_CONNECTIONS: '50',
      BUILDGATE_CONNECTION_REQUESTS: '60',
      BUILDGATE_HEADER_LIMIT: '8192',
      BUILDGATE_HEADER_COUNT: '70',
      BUILDGATE_HEADERS_TIMEOUT_SECONDS: '5',
      BUILDGATE_REQUEST_TIMEOUT_SECONDS: '600',
      BUILDGATE_IDLE_SECONDS: '9',
      BUILDGATE_KEEP_ALIVE_SECONDS: '30',
      BUILDGATE_MAX_REQUESTS: '80',
      BUILDGATE_MAX_WAIT_MS: '90',
      BUILDGATE_RATE_LIMIT: '110',
      BUILDGATE_RATE_LIMIT_ANONYMOUS: '0',
      BUILDGATE_RATE_LIMIT_STORE: 'database',
    });
    expect(config).toEqual({
      database: { kind: 'postgresql', url: 'postgres://gate:pw@db.example.org/gate' },
      broker: { kind: 'embedded' },
      log: { level: 'silent' },
      server: {
        host: '::',
        port: 0,
        publicUrl: 'https://builds.example.org/gate',
        hosts: {
          ...NO_HOSTS,
          freshmaker: ['api.freshmaker.example.org', 'old.example.org'],
          kernelci: ['api.kernelci.example.org'],
        },
        trustProxy: ['loopback', '10.0.0.0/8', '2001:db8::1'],
        graceMs: 0,
        slowSubscriberMs: 5_000,
        bodyLimit: 2048,
        origins: ['https://tools.example.org', 'http://localhost:5173'],
        operationTimeoutMs: 7_000,
        sockets: {
          perAddress: 0,
          operations: 10,
          subscriptions: 20,
          subscriptionsPerCaller: 30,
          initMs: 3_000,
          idleMs: 60_000,
        },
        limits: {
          connections: 50,
          requestsPerConnection: 60,
          headerBytes: 8_192,
          headers: 70,
          headersTimeoutMs: 5_000,
          requestTimeoutMs: 600_000,
          idleMs: 9_000,
          keepAliveMs: 30_000,
        },
        overload: { requests: 80, maxWaitMs: 90 },
      },
      rateLimit: { limits: { caller: 110, address: 0 }, store: 'database' },
      twinLinks: false,
      graphql: { documents: '/etc/buildgate/documents', introspection: false, suggestions: true, graphiql: true },
      answerCacheBytes: 8_388_608,
      databaseTimeoutMs: 5000,
      changeLog: { retentionDays: 30 },
      legacyUse: { days: 90, deprecationsFile: '/etc/buildgate/deprecations.json' },
      auth: { mode: 'none', failures: 7 },
      secrets: { secret: 's'.repeat(32), file: '/etc/buildgate/key' },
      freshmaker: {
        authBackend: 'kerberos_or_ssl',
        roles: { admin: { users: ['ann'], groups: [] }, manual_rebuilder: { users: [], groups: ['qe'] } },
        topicPrefix: 'org.example',
        unpublishedExceptions: ['acme/web', 'acme/db'],
      },
      buildapi: {
        timeZone: 'Europe/Oslo',
        exchange: 'control',
        agentQueue: 'agents',
        origins: ['https://tools.example.org', 'http://localhost:8080'],
        trustsRemoteUser: true,
        webQueue: 'web',
        sendTimeoutMs: 7_000,
        agent: 'external',
        agentToken: 'bg_secret',
      },
      devmason: { anonymous: false },
    });
  });

  it('cannot be changed, at any depth', () => {
    const config = loadConfig({ BUILDGATE_TRUST_PROXY: 'loopback' });
    expect(() => Object.assign(config.server, { port: 1 })).toThrow(TypeError);
    expect(() => (config.server.trustProxy as string[]).push('10.0.0.1')).toThrow(TypeError);
    expect(() => Object.assign(config.freshmaker.roles, { admin: {} })).toThrow(TypeError);
  });

  it('takes an empty variable as unset', () => {
    expect(loadConfig({ PORT: '', BROKER_URL: '', BUILDGATE_FRESHMAKER_ROLES: '' })).toEqual(loadConfig({}));
  });

  it("leaves buildapi's job requests to agents at the broker where there is one", () => {
    expect(loadConfig({ BROKER_URL: 'amqp://mq.example.org' }).buildapi.agent).toBe('external');
    const own = { BROKER_URL: 'amqp://mq.example.org', BUILDGATE_BUILDAPI_AGENT: 'embedded' };
    expect(loadConfig(own).buildapi.agent).toBe('embedded');
  });

  it('suggests no names and serves no GraphiQL where the schema is not shown', () => {
    expect(loadConfig({ BUILDGATE_INTROSPECTION: 'off' }).graphql).toEqual({
      documents: null,
      introspection: false,
      suggestions: false,
      graphiql: false,
    });
  });

  it('serves no GraphiQL where clients may run listed documents alone', () => {
    expect(loadConfig({ BUILDGATE_DOCUMENTS: 'documents' }).graphql).toEqual({
      documents: 'documents',
      introspection: true,
      suggestions: true,
      graphiql: false,
    });
  });

  it('takes a broker with its exchange and heartbeat', () => {
    const url = 'amqps://gate:hunter2@mq.example.org/builds';
    expect(loadConfig({ BROKER_URL: url }).broker).toEqual({
      kind: 'rabbitmq',
      url,
      exchange: 'buildgate',
      heartbeatSeconds: 60,
    });
    expect(
      loadConfig({
        BROKER_URL: url,
        BUILDGATE_BROKER_EXCHANGE: 'VirtualTopic.eng',
        BUILDGATE_BROKER_HEARTBEAT_SECONDS: '580',
      }).broker,
    ).toEqual({ kind: 'rabbitmq', url, exchange: 'VirtualTopic.eng', heartbeatSeconds: 580 });
  });

  it('names noauth as backend of Freshmaker when authentication is off', () => {
    expect(loadConfig({ BUILDGATE_AUTH: 'none' }).freshmaker.authBackend).toBe('noauth');
  });

  it.each([
    ['sqlite::memory:', { kind: 'sqlite', path: ':memory:' }],
    ['sqlite:/var/lib/buildgate/b.db', { kind: 'sqlite', path: '/var/lib/buildgate/b.db' }],
    ['postgresql://db/gate?sslmode=require', { kind: 'postgresql', url: 'postgresql://db/gate?sslmode=require' }],
    ['postgresql:///gate', { kind: 'postgresql', url: 'postgresql:///gate' }],
  ])('takes the database %s', (url, database) => {
    expect(loadConfig({ DATABASE_URL: url }).database).toEqual(database);
  });
});

describe('the file of the key', () => {
  it.each([
    ['sqlite:/var/lib/buildgate/b.db', '/var/lib/buildgate/buildgate.secret'],
    ['sqlite:b.db', 'buildgate.secret'],
    ['sqlite::memory:', null],
    ['postgres://db/gate', './data/buildgate.secret'],
  ])('of %s is %s unless told', (url, file) => {
    expect(loadConfig({ DATABASE_URL: url }).secrets).toEqual({ secret: null, file });
  });
});

describe('a refused value', () => {
  it('is named with its variable and what is allowed', () => {
    expect(refusal({ PORT: '70000' })).toBe(
      'PORT: "70000" is refused (out of range); allowed: a whole number from 0 to 65535',
    );
  });

  it('is not repeated when it may hold a secret', () => {
    expect(refusal({ DATABASE_URL: 'mysql://root:hunter2@db/x' })).toBe(
      'DATABASE_URL: the value is refused (the scheme is neither sqlite nor postgresql); ' +
        'allowed: sqlite:PATH or postgres://... or postgresql://...',
    );
  });

  it.each([
    ['http://guest:hunter2@mq', 'the scheme is neither amqp nor amqps'],
    ['amqp://', 'not a URL with a host name'],
    ['amqp://guest:hunter2@mq/a/b', 'a slash in the virtual host is written %2F'],
    ['amqps://guest:hunter2@mq/#x', 'it has a fragment'],
  ])('never repeats the URL of a broker: %s', (url, reason) => {
    expect(refusal({ BROKER_URL: url })).toBe(
      `BROKER_URL: the value is refused (${reason}); allowed: amqp://... or amqps://...`,
    );
  });

  it('is not repeated where it is a key', () => {
    expect(refusal({ BUILDGATE_SECRET: 'hunter2' })).toBe(
      'BUILDGATE_SECRET: the value is refused (shorter than 32 characters); allowed: a text of at least 32 characters',
    );
  });

  it('comes with all other faults, one line each', () => {
    expect(refusal({ PORT: 'a\nb', LOG_LEVEL: 'loud', BUILDGATE_PROT: '1' }).split('\n')).toEqual([
      '"BUILDGATE_PROT" is not a setting; the nearest one is BUILDGATE_HOSTS',
      'PORT: "a\\nb" is refused (not a whole number); allowed: a whole number from 0 to 65535',
      'LOG_LEVEL: "loud" is refused (not one of these); allowed: fatal, error, warn, info, debug, trace, silent',
    ]);
  });

  it.each([
    ['DATABASE_URL', 'sqlite:', 'the path is missing'],
    ['DATABASE_URL', 'sqlite://data/x.db', 'the path follows sqlite: directly, without //'],
    ['DATABASE_URL', './x.db', 'the scheme is neither sqlite nor postgresql'],
    ['DATABASE_URL', 'postgres://db:port/x', 'not a URL'],
    ['HOST', 'local host', 'neither an address nor a host name'],
    ['HOST', 'http://localhost', 'neither an address nor a host name'],
    ['PORT', '-1', 'not a whole number'],
    ['PORT', '80 ', 'not a whole number'],
    ['PORT', '0x50', 'not a whole number'],
    ['PORT', '1e3', 'not a whole number'],
    ['PUBLIC_URL', 'builds.example.org', 'not an absolute http or https URL'],
    ['PUBLIC_URL', '/gate', 'not an absolute http or https URL'],
    ['PUBLIC_URL', 'http:gate', 'not an absolute http or https URL'],
    ['PUBLIC_URL', 'ftp://example.org', 'not an absolute http or https URL'],
    ['PUBLIC_URL', 'http://example.org/?', 'it has a query or a fragment'],
    ['PUBLIC_URL', 'http://example.org/#a', 'it has a query or a fragment'],
    ['PUBLIC_URL', 'http://user:pw@example.org', 'it has credentials'],
    ['LOG_LEVEL', 'INFO', 'not one of these'],
    ['BUILDGATE_HOSTS', 'jenkins=ci.example.org', '"jenkins" is not a system'],
    ['BUILDGATE_HOSTS', 'freshmaker', 'freshmaker has no valid host name'],
    ['BUILDGATE_HOSTS', 'freshmaker=a b', 'freshmaker has no valid host name'],
    ['BUILDGATE_HOSTS', 'freshmaker=a.example.org:80', 'freshmaker has no valid host name'],
    ['BUILDGATE_HOSTS', 'freshmaker=a=b', 'freshmaker has no valid host name'],
    ['BUILDGATE_HOSTS', 'freshmaker=a.org,rodan=A.org', 'a.org is there twice'],
    ['BUILDGATE_HOSTS', 'freshmaker=a.org,', 'an item is empty'],
    ['BUILDGATE_TRUST_PROXY', 'true', '"true" is not an address'],
    ['BUILDGATE_TRUST_PROXY', '10.0.0.0/33', 'out of range'],
    ['BUILDGATE_TRUST_PROXY', '0.0.0.0/0', 'out of range'],
    ['BUILDGATE_TRUST_PROXY', '10.0.0.0/', 'not a whole number'],
    ['BUILDGATE_TRUST_PROXY', '10.0.0.0/8/8', '"10.0.0.0/8/8" is not an address'],
    ['BUILDGATE_AUTH', 'off', 'not one of these'],
    ['BUILDGATE_FRESHMAKER_AUTH_BACKEND', 'ldap', 'not one of these'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{', 'not JSON'],
    ['BUILDGATE_FRESHMAKER_ROLES', '[]', 'not a JSON object'],
    ['BUILDGATE_FRESHMAKER_ROLES', 'null', 'not a JSON object'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"root": {}}', '"root" is not a role'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"__proto__": {}}', '"__proto__" is not a role'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"admin": ["ann"]}', 'admin is not an object'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"admin": {"user": []}}', 'admin has the unknown member "user"'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"admin": {"users": "ann"}}', 'admin.users is not a list of names'],
    ['BUILDGATE_FRESHMAKER_ROLES', '{"admin": {"groups": [1]}}', 'admin.groups is not a list of names'],
    ['BUILDGATE_FRESHMAKER_TOPIC_PREFIX', 'a..b', 'not words of letters, digits, _ and - with dots between'],
    ['BUILDGATE_FRESHMAKER_TOPIC_PREFIX', 'a.*', 'not words of letters, digits, _ and - with dots between'],
    ['BUILDGATE_FRESHMAKER_TOPIC_PREFIX', 'x'.repeat(201), 'too long'],
    ['BUILDGATE_BUILDAPI_AGENT', 'none', 'not one of these'],
    ['BUILDGATE_BUILDAPI_TIMEZONE', 'Mars/Base', 'no such time zone'],
    ['BUILDGATE_DEVMASON_ANONYMOUS', 'no', 'not one of these'],
    ['BUILDGATE_FRESHMAKER_UNPUBLISHED_EXCEPTIONS', 'acme/web acme/db', 'a name has a blank in it'],
    ['BUILDGATE_DATABASE_TIMEOUT_SECONDS', '0', 'out of range'],
    ['BUILDGATE_LOG_RETENTION_DAYS', '0', 'out of range'],
    ['BUILDGATE_GRACE_SECONDS', '1.5', 'not a whole number'],
    ['BUILDGATE_GRACE_SECONDS', '3601', 'out of range'],
    ['BUILDGATE_BODY_LIMIT', '1023', 'out of range'],
    ['BUILDGATE_ORIGINS', 'tools.example.org', '"tools.example.org" is not an origin'],
    ['BUILDGATE_ORIGINS', '*, https://tools.example.org', '"*" is not an origin'],
  ])('%s=%s: %s', (name, value, reason) => {
    const message = refusal({ [name]: value });
    expect(message).toContain(`${name}: `);
    expect(message).toContain(`refused (${reason}); allowed: `);
  });
});

describe('an unknown variable', () => {
  it('of the gateway is refused with the nearest known name, and without its value', () => {
    expect(refusal({ BUILDGATE_GRACE_SECOND: '5' })).toBe(
      '"BUILDGATE_GRACE_SECOND" is not a setting; the nearest one is BUILDGATE_GRACE_SECONDS',
    );
  });

  it('of the test suite is left alone', () => {
    expect(loadConfig({ BUILDGATE_TEST_DATABASE: 'postgresql' })).toEqual(loadConfig({}));
  });
});

describe('docs/operating.md', () => {
  it('has the table of settings as it is declared; `vitest run test/config.test.ts -u` writes it', async () => {
    const file = fileURLToPath(new URL('../docs/operating.md', import.meta.url));
    const page = readFileSync(file, 'utf8');
    const table = `<!-- settings -->\n${settingsTable()}\n<!-- /settings -->`;
    const current = page.replace(/<!-- settings -->\n[^]*<!-- \/settings -->/, () => table);
    expect(current).toContain(table);
    await expect(current).toMatchFileSnapshot(file);
  });
});
