import * as values from '../config-values.js';
import { list, setting } from './setting.js';

const RATE_LIMIT_STORES = ['memory', 'database'] as const;
export type RateLimitStore = (typeof RATE_LIMIT_STORES)[number];

/** What WebSockets, HTTP and callers may take. */
export const LIMITS = {
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
  BUILDGATE_MAX_WAIT_MS: setting({
    description:
      'How many milliseconds a request may have to wait until the gateway comes to it; who would wait longer is told 503 with `Retry-After` at once.',
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
