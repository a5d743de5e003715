import { Counter, Histogram, Registry } from 'prom-client';

/** What happened to a message: received (`rx`) or sent (`tx`), as Freshmaker tells it apart. */
export type MessagingStep =
  'rx' | 'rx_ignored' | 'rx_processed_ok' | 'rx_failed' | 'tx_to_send' | 'tx_sent_ok' | 'tx_failed';
export type DatabaseIncident = 'engine_connect' | 'handle_error' | 'transaction_rollback';
export type BuildEndState = 'done' | 'failed' | 'canceled';
export type EventEndState = 'complete' | 'failed' | 'skipped' | 'canceled';

/** The metrics that Freshmaker's monitoring URI serves: contract freshmaker section 9, "metrics". */
export interface FreshmakerMetrics {
  /** `messaging_<step>_total`. `tx_to_send` counts each message handed over, with or without a broker. */
  countMessage(step: MessagingStep): void;
  /** `db_<incident>_total`. */
  countDatabase(incident: DatabaseIncident): void;
  /** `freshmaker_artifact_build_<state>_total`: one per transition into the state. */
  countBuild(state: BuildEndState): void;
  /** `freshmaker_event_<state>_total`: one per transition into the state. */
  countEvent(state: EventEndState): void;
  /** `build_api_latency`: one GET on builds. */
  observeBuildRequest(seconds: number): void;
  /** `event_api_latency`: one GET on events. */
  observeEventRequest(seconds: number): void;
  /** All of them in Prometheus' text format, with the content type to send it as. */
  render(): Promise<{ readonly contentType: string; readonly body: string }>;
}

const MESSAGING: Record<MessagingStep, string> = {
  rx: 'Messages received.',
  rx_ignored: 'Messages received and ignored.',
  rx_processed_ok: 'Messages received and processed.',
  rx_failed: 'Messages received that could not be processed.',
  tx_to_send: 'Messages handed over for sending.',
  tx_sent_ok: 'Messages sent.',
  tx_failed: 'Messages that could not be sent.',
};
const DATABASE: Record<DatabaseIncident, string> = {
  engine_connect: 'Connections made to the database.',
  handle_error: 'Errors of the database.',
  transaction_rollback: 'Transactions rolled back.',
};
const BUILDS: Record<BuildEndState, string> = {
  done: 'Artifact builds that became DONE.',
  failed: 'Artifact builds that became FAILED.',
  canceled: 'Artifact builds that became CANCELED.',
};
const EVENTS: Record<EventEndState, string> = {
  complete: 'Events that became COMPLETE.',
  failed: 'Events that became FAILED.',
  skipped: 'Events that became SKIPPED.',
  canceled: 'Events that became CANCELED.',
};

/**
 * Makes the metrics of one running gateway. They have a registry of their own, because the names are Freshmaker's and
 * its URI shows nothing else; every counter is there from the start, with 0.
 */
export function freshmakerMetrics(): FreshmakerMetrics {
  const registry = new Registry();
  const buildLatency = latency(registry, 'build_api_latency', 'Seconds to answer a GET on builds.');
  const eventLatency = latency(registry, 'event_api_latency', 'Seconds to answer a GET on events.');
  return {
    countMessage: counters(registry, 'messaging', MESSAGING),
    countDatabase: counters(registry, 'db', DATABASE),
    countBuild: counters(registry, 'freshmaker_artifact_build', BUILDS),
    countEvent: counters(registry, 'freshmaker_event', EVENTS),
    observeBuildRequest: (seconds) => buildLatency.observe(seconds),
    observeEventRequest: (seconds) => eventLatency.observe(seconds),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}

/** Makes a counter `<prefix>_<kind>_total` per kind; returns the function that counts one. */
function counters<Kind extends string>(
  registry: Registry,
  prefix: string,
  help: Record<Kind, string>,
): (kind: Kind) => void {
  const made = new Map<string, Counter>();
  for (const [kind, text] of Object.entries<string>(help)) {
    made.set(kind, new Counter({ name: `${prefix}_${kind}_total`, help: text, registers: [registry] }));
  }
  return (kind) => made.get(kind)?.inc();
}

function latency(registry: Registry, name: string, help: string): Histogram {
  return new Histogram({ name, help, registers: [registry] });
}
