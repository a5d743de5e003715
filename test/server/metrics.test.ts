import { afterEach, describe, expect, it } from 'vitest';
import { gatewayMetrics, measureRequests, metricsHandler } from '../../src/server/metrics.js';
import type { GatewayMetrics } from '../../src/server/metrics.js';
import { serve, stopServers } from './serve.js';

afterEach(stopServers);

/** The sample lines of the metrics whose name begins so. */
async function samples(metrics: GatewayMetrics, prefix: string): Promise<string[]> {
  const lines = (await metrics.registry.metrics()).split('\n');
  return lines.filter((line) => line.startsWith(prefix));
}

describe('the metrics of the gateway', () => {
  it('count operations, subscriptions, statements, messages, the change log and kept answers', async () => {
    const metrics = gatewayMetrics({ process: false });
    metrics.graphqlOperation('http', 'query', 'ok');
    metrics.graphqlOperation('http', 'query', 'ok');
    metrics.graphqlOperation('websocket', 'unknown', 'refused');
    metrics.subscriptionStarted();
    metrics.subscriptionStarted();
    metrics.subscriptionEnded();
    metrics.sqlStatement();
    metrics.messagePublished();
    metrics.messageFailed();
    metrics.requestRefused('rate');
    metrics.connectionDropped();
    metrics.requestsNow({ underWay: 4, waiting: 2 });
    metrics.messagesPending(3);
    metrics.changeSequence(41);
    metrics.slowSubscriber();
    metrics.unsentBytes(7);
    metrics.brokerConnected(true);
    metrics.keptAnswer('hit');
    metrics.keptAnswer('hit');
    metrics.keptAnswer('miss');
    metrics.keptAnswers({ bytes: 4_096, entries: 3 });
    const body = (await metrics.registry.metrics()).split('\n').filter((line) => line && !line.startsWith('#'));
    expect(body).toEqual([
      'buildgate_graphql_operations_total{transport="http",type="query",outcome="ok"} 2',
      'buildgate_graphql_operations_total{transport="websocket",type="unknown",outcome="refused"} 1',
      'buildgate_sql_statements_total 1',
      'buildgate_requests_refused_total{reason="rate"} 1',
      'buildgate_connections_dropped_total 1',
      'buildgate_requests_under_way 4',
      'buildgate_requests_waiting 2',
      'buildgate_graphql_subscriptions 1',
      'buildgate_slow_subscribers_total 1',
      'buildgate_websocket_unsent_bytes 7',
      'buildgate_messages_published_total 1',
      'buildgate_messages_failed_total 1',
      'buildgate_messages_pending 3',
      'buildgate_change_log_sequence 41',
      'buildgate_broker_connected 1',
      'buildgate_answer_cache_hits_total 2',
      'buildgate_answer_cache_misses_total 1',
      'buildgate_answer_cache_bytes 4096',
      'buildgate_answer_cache_entries 3',
    ]);
  });

  it('measure HTTP requests by method, route template, transport and status', async () => {
    const metrics = gatewayMetrics({ process: false });
    const url = await serve((app) => {
      app.use(measureRequests(metrics, (request) => ({ route: request.route?.path ?? null, transport: 'rest' })));
      app.get('/events/:id', (_request, response) => void response.status(404).end());
    });
    await fetch(`${url}/events/1`);
    await fetch(`${url}/events/2`);
    await fetch(`${url}/elsewhere`, { method: 'PURGE' });
    const name = 'buildgate_http_request_duration_seconds_count';
    await expect.poll(() => samples(metrics, name)).toHaveLength(2);
    await expect
      .poll(() => samples(metrics, name))
      .toEqual([
        `${name}{method="GET",route="/events/:id",transport="rest",status="404"} 2`,
        `${name}{method="other",route="none",transport="rest",status="404"} 1`,
      ]);
  });

  it('keep a bounded number of routes even if a caller passes paths', async () => {
    const metrics = gatewayMetrics({ process: false });
    for (let number = 0; number < 1_000; number++) {
      metrics.httpRequest({ method: 'GET', route: `/events/${number}`, transport: 'rest', status: null }, 0.1);
    }
    const counts = await samples(metrics, 'buildgate_http_request_duration_seconds_count');
    expect(counts).toHaveLength(501);
    expect(counts.at(-1)).toBe(
      'buildgate_http_request_duration_seconds_count{method="GET",route="other",transport="rest",status="aborted"} 500',
    );
  });

  it('belong to one gateway: another has its own', async () => {
    const [first, second] = [gatewayMetrics({ process: false }), gatewayMetrics({ process: false })];
    first.sqlStatement();
    expect(await samples(second, 'buildgate_sql_statements_total')).toEqual(['buildgate_sql_statements_total 0']);
  });

  it('are served as text format 0.0.4, with those of the process', async () => {
    const url = await serve((app) => app.get('/metrics', metricsHandler(gatewayMetrics().registry)));
    const response = await fetch(`${url}/metrics`);
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await response.text()).toMatch(/^process_resident_memory_bytes \d+$/m);
  });
});
