import * as values from '../config-values.js';
import { list, setting } from './setting.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const AUTH_MODES = ['token', 'none'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
export type AuthMode = (typeof AUTH_MODES)[number];
/** A name at the broker, for the operator. */
export const BROKER_NAME = '1 to 127 letters, digits, `.`, `_`, `:` and `-`, not beginning with `amq.`';

/** What the gateway is made of: its stores, addresses, and how callers are known. */
export const GATEWAY = {
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
};
