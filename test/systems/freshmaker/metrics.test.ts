import { describe, expect, it } from 'vitest';
import { freshmakerMetrics } from '../../../src/systems/freshmaker/metrics.js';
import type { FreshmakerMetrics } from '../../../src/systems/freshmaker/metrics.js';

const COUNTERS = [
  'messaging_rx_total',
  'messaging_rx_ignored_total',
  'messaging_rx_processed_ok_total',
  'messaging_rx_failed_total',
  'messaging_tx_to_send_total',
  'messaging_tx_sent_ok_total',
  'messaging_tx_failed_total',
  'db_engine_connect_total',
  'db_handle_error_total',
  'db_transaction_rollback_total',
  'freshmaker_artifact_build_done_total',
  'freshmaker_artifact_build_failed_total',
  'freshmaker_artifact_build_canceled_total',
  'freshmaker_event_complete_total',
  'freshmaker_event_failed_total',
  'freshmaker_event_skipped_total',
  'freshmaker_event_canceled_total',
];

async function lines(metrics: FreshmakerMetrics): Promise<string[]> {
  return (await metrics.render()).body.split('\n');
}

describe('the metrics of Freshmaker', () => {
  it('are exactly the documented counters and histograms, and nothing of the gateway', async () => {
    const types = (await lines(freshmakerMetrics())).filter((line) => line.startsWith('# TYPE '));
    const expected = [
      ...COUNTERS.map((name) => `# TYPE ${name} counter`),
      '# TYPE build_api_latency histogram',
      '# TYPE event_api_latency histogram',
    ];
    expect(types.toSorted()).toEqual(expected.toSorted());
  });

  it('begin at zero', async () => {
    const all = await lines(freshmakerMetrics());
    for (const name of COUNTERS) expect(all).toContain(`${name} 0`);
    expect(all).toContain('build_api_latency_count 0');
    expect(all).toContain('event_api_latency_count 0');
  });

  it('count what they are told, each for itself', async () => {
    const metrics = freshmakerMetrics();
    metrics.countMessage('tx_to_send');
    metrics.countMessage('tx_to_send');
    metrics.countDatabase('handle_error');
    metrics.countBuild('canceled');
    metrics.countEvent('complete');
    metrics.observeBuildRequest(0.02);
    metrics.observeEventRequest(0.5);
    const counted = (await lines(metrics)).filter((line) => /^\w+_(total|count|sum) [^0]/.test(line));
    expect(counted.toSorted()).toEqual([
      'build_api_latency_count 1',
      'db_handle_error_total 1',
      'event_api_latency_count 1',
      'freshmaker_artifact_build_canceled_total 1',
      'freshmaker_event_complete_total 1',
      'messaging_tx_to_send_total 2',
    ]);
    expect(await lines(metrics)).toContain('build_api_latency_sum 0.02');
    expect(await lines(metrics)).toContain('event_api_latency_sum 0.5');
  });

  it('belong to one gateway: another has its own', async () => {
    const [first, second] = [freshmakerMetrics(), freshmakerMetrics()];
    first.countMessage('rx');
    expect(await lines(second)).toContain('messaging_rx_total 0');
  });

  it('are plain text of format 0.0.4', async () => {
    expect((await freshmakerMetrics().render()).contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
  });
});
