import { performance } from 'node:perf_hooks';
import type { Request, RequestHandler, Response } from 'express';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefusalReason } from './doors/doors.js';
import type { AnswerCount } from './legacy-use/route-tally.js';

/** How a request or operation came in. `stored` are the operations that a dialect runs in process. */
export type HttpTransport = 'rest' | 'graphql' | 'other';
export type OperationTransport = 'http' | 'websocket' | 'stored';
/** `unknown`: the document did not parse, or named no operation. */
export type OperationType = 'query' | 'mutation' | 'subscription' | 'unknown';
/** `refused`: not executed (syntax, limits, validation); `error`: executed with errors. */
export type OperationOutcome = 'ok' | 'error' | 'refused';

export interface GatewayMetrics {
  readonly registry: Registry;
  /** A request that went no further than the door, and is counted nowhere else. */
  requestRefused(reason: RefusalReason): void;
  /** A connection that was one too many. */
  connectionDropped(): void;
  /** How many requests are being answered now, and how many nobody has looked at yet. */
  requestsNow(counts: { readonly underWay: number; readonly waiting: number }): void;
  /**
   * One answered HTTP request.
   * @param request.route the template (`/freshmaker/api/{v}/events/{id}`), null when no route matched; never a path
   * @param request.status the HTTP status, null when the client left before it had one
   * @param seconds from the first to the last byte
   */
  httpRequest(request: HttpRequestLabels, seconds: number): void;
  graphqlOperation(transport: OperationTransport, type: OperationType, outcome: OperationOutcome): void;
  subscriptionStarted(): void;
  subscriptionEnded(): void;
  /** A WebSocket was closed because its client took nothing. */
  slowSubscriber(): void;
  /** Bytes that clients of WebSockets have not taken. */
  unsentBytes(count: number): void;
  sqlStatement(): void;
  /** A request whose answer may be kept: whether it was answered with what was kept. */
  keptAnswer(outcome: 'hit' | 'miss'): void;
  /** How much is kept now. */
  keptAnswers(size: { readonly bytes: number; readonly entries: number }): void;
  messagePublished(): void;
  messageFailed(): void;
  /** How many messages wait to be published. */
  messagesPending(count: number): void;
  /** The newest sequence number of the change log that this process knows. */
  changeSequence(sequence: number): void;
  /** Whether messages can be published now. */
  brokerConnected(connected: boolean): void;
  /** Shows answers of the old APIs, counted elsewhere, each time that the metrics are read. */
  showLegacyRequests(answers: () => readonly AnswerCount[]): void;
}

export interface HttpRequestLabels {
  readonly method: string;
  readonly route: string | null;
  readonly transport: HttpTransport;
  readonly status: number | null;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** More templates than all dialects have; a caller that passes paths by mistake cannot fill the memory. */
const MAX_ROUTES = 500;
const HTTP_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Makes the metrics of one running gateway, with a registry of their own.
 * @param options.process whether to add those of the Node.js process (default true); they cost an observer each
 */
export function gatewayMetrics(options: { readonly process?: boolean } = {}): GatewayMetrics {
  const registry = new Registry();
  if (options.process ?? true) collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...requestMetrics(registry),
    ...doorMetrics(registry),
    ...socketMetrics(registry),
    ...messageMetrics(registry),
    ...cacheMetrics(registry),
    showLegacyRequests: (answers) => showLegacyRequests(registry, answers),
  };
}

function requestMetrics(registry: Registry) {
  const registers = [registry];
  const routeLabel = boundedLabel(MAX_ROUTES);
  const requests = new Histogram({
    name: 'buildgate_http_request_duration_seconds',
    help: 'Time from the start of an HTTP request to the end of its answer.',
    labelNames: ['method', 'route', 'transport', 'status'],
    buckets: HTTP_BUCKETS,
    registers,
  });
  const operations = new Counter({
    name: 'buildgate_graphql_operations_total',
    help: 'GraphQL operations, by transport, type and outcome.',
    labelNames: ['transport', 'type', 'outcome'],
    registers,
  });
  const statements = new Counter({
    name: 'buildgate_sql_statements_total',
    help: 'SQL statements sent to the database, without the question whether it has changed.',
    registers,
  });
  return {
    httpRequest({ method, route, transport, status }: HttpRequestLabels, seconds: number) {
      const labels = {
        method: METHODS.has(method) ? method : 'other',
        route: route === null ? 'none' : routeLabel(route),
        transport,
        status: status === null ? 'aborted' : String(status),
      };
      requests.observe(labels, seconds);
    },
    graphqlOperation(transport: OperationTransport, type: OperationType, outcome: OperationOutcome) {
      operations.inc({ transport, type, outcome });
    },
    sqlStatement: () => statements.inc(),
  };
}

function doorMetrics(registry: Registry) {
  const registers = [registry];
  const refused = new Counter({
    name: 'buildgate_requests_refused_total',
    help: 'Requests refused before anybody looked at what they ask for, by reason; they are in no other metric.',
    labelNames: ['reason'],
    registers,
  });
  const dropped = new Counter({
    name: 'buildgate_connections_dropped_total',
    help: 'Connections closed at once because there were too many.',
    registers,
  });
  const underWay = new Gauge({
    name: 'buildgate_requests_under_way',
    help: 'Requests that are being answered now.',
    registers,
  });
  const inLine = new Gauge({
    name: 'buildgate_requests_waiting',
    help: 'Requests and operations of WebSockets that have arrived and wait for their turn.',
    registers,
  });
  return {
    requestRefused: (reason: RefusalReason) => refused.inc({ reason }),
    connectionDropped: () => dropped.inc(),
    requestsNow: (counts: { readonly underWay: number; readonly waiting: number }) => {
      underWay.set(counts.underWay);
      inLine.set(counts.waiting);
    },
  };
}

function socketMetrics(registry: Registry) {
  const registers = [registry];
  const subscriptions = new Gauge({
    name: 'buildgate_graphql_subscriptions',
    help: 'GraphQL subscriptions open now.',
    registers,
  });
  const slow = new Counter({
    name: 'buildgate_slow_subscribers_total',
    help: 'WebSockets closed because their client took nothing.',
    registers,
  });
  const unsent = new Gauge({
    name: 'buildgate_websocket_unsent_bytes',
    help: 'Bytes that wait for clients of WebSockets.',
    registers,
  });
  return {
    subscriptionStarted: () => subscriptions.inc(),
    subscriptionEnded: () => subscriptions.dec(),
    slowSubscriber: () => slow.inc(),
    unsentBytes: (count: number) => unsent.set(count),
  };
}

function cacheMetrics(registry: Registry) {
  const registers = [registry];
  const hits = new Counter({
    name: 'buildgate_answer_cache_hits_total',
    help: 'Requests answered with an answer that was kept.',
    registers,
  });
  const misses = new Counter({
    name: 'buildgate_answer_cache_misses_total',
    help: 'Requests whose answer may be kept and had to be made.',
    registers,
  });
  const bytes = new Gauge({
    name: 'buildgate_answer_cache_bytes',
    help: 'Bytes that kept answers take.',
    registers,
  });
  const entries = new Gauge({
    name: 'buildgate_answer_cache_entries',
    help: 'Answers that are kept.',
    registers,
  });
  return {
    keptAnswer: (outcome: 'hit' | 'miss') => (outcome === 'hit' ? hits : misses).inc(),
    keptAnswers: (size: { readonly bytes: number; readonly entries: number }) => {
      bytes.set(size.bytes);
      entries.set(size.entries);
    },
  };
}

/** Clients are no label: anybody can make up names, and each would be a time series for ever. */
function showLegacyRequests(registry: Registry, answers: () => readonly AnswerCount[]): void {
  new Counter({
    name: 'buildgate_legacy_requests_total',
    help: 'Requests to the REST APIs of the old systems, by documented URI and class of the status.',
    labelNames: ['system', 'method', 'route', 'status_class'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { system, method, route, statusClass, count } of answers())
        this.inc({ system, method, route, status_class: statusClass }, count);
    },
  });
}

function messageMetrics(registry: Registry) {
  const registers = [registry];
  const published = new Counter({
    name: 'buildgate_messages_published_total',
    help: 'Messages that the bus has taken.',
    registers,
  });
  const failed = new Counter({
    name: 'buildgate_messages_failed_total',
    help: 'Attempts to publish a message that the bus refused.',
    registers,
  });
  const pending = new Gauge({
    name: 'buildgate_messages_pending',
    help: 'Messages stored and not yet published.',
    registers,
  });
  const sequence = new Gauge({
    name: 'buildgate_change_log_sequence',
    help: 'Newest sequence number of the change log.',
    registers,
  });
  const connected = new Gauge({
    name: 'buildgate_broker_connected',
    help: 'Whether messages can be published now: 1 or 0; always 1 for the bus inside the process.',
    registers,
  });
  return {
    messagePublished: () => published.inc(),
    messageFailed: () => failed.inc(),
    messagesPending: (count: number) => pending.set(count),
    changeSequence: (newest: number) => sequence.set(newest),
    brokerConnected: (isConnected: boolean) => connected.set(isConnected ? 1 : 0),
  };
}

/** Lets the first `limit` different values pass and calls all later ones `other`. */
function boundedLabel(limit: number): (value: string) => string {
  const seen = new Set<string>();
  return (value) => {
    if (seen.has(value)) return value;
    if (seen.size >= limit) return 'other';
    seen.add(value);
    return value;
  };
}

/**
 * Middleware that measures every request until its answer is done or its client gone.
 * @param describe names the route template that matched (null: none) and the transport, asked when the answer is done
 * @param onEnd told of each request then, with its status
 */
export function measureRequests(
  metrics: GatewayMetrics,
  describe: (request: Request, response: Response) => Pick<HttpRequestLabels, 'route' | 'transport'>,
  onEnd?: (request: Request, response: Response, status: number | null) => void,
): RequestHandler {
  return (request, response, next) => {
    const begun = performance.now();
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : null;
      const labels = { method: request.method, status, ...describe(request, response) };
      metrics.httpRequest(labels, (performance.now() - begun) / 1_000);
      onEnd?.(request, response, status);
    });
    next();
  };
}

/** Answers `GET /metrics` in Prometheus' text format 0.0.4. */
export function metricsHandler(registry: Registry): RequestHandler {
  return async (_request, response) => {
    const body = await registry.metrics();
    response.setHeader('Content-Type', registry.contentType);
    response.end(body);
  };
}
