import { connect, type ChannelModel } from 'amqplib';
import { within } from '../bus/rabbitmq-connection.js';
import { declareExchange, onOwnChannel } from '../bus/rabbitmq-topology.js';
import type { BrokerSettings, Config } from '../config.js';
import { Checks, reasonOf, withoutPassword, type CheckResult } from './check.js';

/** How long the broker may take for everything, in milliseconds. */
const ANSWER_MS = 5_000;
const NOT_FOUND = 404;

/** Looks whether the broker answers, and at what the gateway declares there. Declares nothing itself. */
export async function checkBroker({ broker, buildapi }: Pick<Config, 'broker' | 'buildapi'>): Promise<CheckResult[]> {
  const checks = new Checks('broker');
  if (broker.kind === 'embedded') {
    checks.ok('embedded: messages stay inside the process');
    return checks.results;
  }
  const url = withoutPassword(broker.url);
  const stop = new AbortController();
  try {
    // The signal goes to net.connect or tls.connect as it is.
    const options = { timeout: ANSWER_MS, signal: stop.signal };
    const model = await within(ANSWER_MS, connect(broker.url, options));
    model.on('error', () => undefined);
    checks.ok(`${url} answers`);
    await within(ANSWER_MS, checkDeclared(checks, model, broker, buildapi));
    await within(ANSWER_MS, model.close());
  } catch (error) {
    const advice = 'messages wait until it is back: check BROKER_URL, user, virtual host, and that it runs';
    checks.failed(`${url}: ${reasonOf(error)}`, advice);
  } finally {
    stop.abort();
  }
  return checks.results;
}

async function checkDeclared(
  checks: Checks,
  model: ChannelModel,
  broker: Extract<BrokerSettings, { kind: 'rabbitmq' }>,
  buildapi: Config['buildapi'],
): Promise<void> {
  const isExternal = buildapi.agent === 'external';
  for (const exchange of isExternal ? [broker.exchange, buildapi.exchange] : [broker.exchange]) {
    await checkExchange(checks, model, exchange);
  }
  if (!isExternal) return;
  await checkQueue(checks, model, { queue: buildapi.webQueue, reader: 'gateway' });
  await checkQueue(checks, model, { queue: buildapi.agentQueue, reader: 'agent' });
}

async function checkExchange(checks: Checks, model: ChannelModel, exchange: string): Promise<void> {
  try {
    await onOwnChannel(model, (channel) => channel.checkExchange(exchange));
    // It is there: this declares nothing, but is refused when it is of another kind.
    await onOwnChannel(model, (channel) => declareExchange(channel, exchange));
    checks.ok(`exchange ${exchange} is there, durable, of the type topic`);
  } catch (error) {
    if (isMissing(error)) checks.ok(`exchange ${exchange} is not there yet; the gateway declares it when it connects`);
    else
      checks.failed(`exchange ${exchange}: ${reasonOf(error)}`, 'delete it or name another one; check the permissions');
  }
}

async function checkQueue(
  checks: Checks,
  model: ChannelModel,
  { queue, reader }: { readonly queue: string; readonly reader: 'gateway' | 'agent' },
): Promise<void> {
  try {
    const { messageCount, consumerCount } = await onOwnChannel(model, (channel) => channel.checkQueue(queue));
    const text = `queue ${queue}: ${messageCount} messages wait, ${consumerCount} consumers`;
    if (consumerCount > 0 || (reader === 'gateway' && messageCount === 0)) checks.ok(text);
    else
      checks.warning(
        text,
        reader === 'agent' ? 'run "buildgate agent": nobody takes job requests' : 'start the gateway',
      );
  } catch (error) {
    if (isMissing(error)) checks.ok(`queue ${queue} is not there yet; the gateway declares it when it connects`);
    else checks.failed(`queue ${queue}: ${reasonOf(error)}`, 'delete it or name another one; check the permissions');
  }
}

function isMissing(error: unknown): boolean {
  return (error as { code?: number }).code === NOT_FOUND;
}
