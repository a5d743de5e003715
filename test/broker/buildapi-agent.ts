import { once } from 'node:events';
import { BROKER_URL, PlainClient, uniqueName } from './broker.js';

/** Names that no other run uses, of what contract buildapi section 7.1 calls `buildapi.control` and so on. */
export class ControlNames {
  readonly exchange = uniqueName();
  readonly agentQueue = uniqueName();
  readonly webQueue = uniqueName();

  /** The settings of a gateway or an agent. A job request is answered when the broker has taken its message, not before. */
  settings(brokerUrl = BROKER_URL): Record<string, string> {
    return {
      BROKER_URL: brokerUrl,
      BUILDGATE_BROKER_EXCHANGE: `${this.exchange}.others`,
      BUILDGATE_BUILDAPI_EXCHANGE: this.exchange,
      BUILDGATE_BUILDAPI_AGENT_QUEUE: this.agentQueue,
      BUILDGATE_BUILDAPI_WEB_QUEUE: this.webQueue,
      BUILDGATE_BUILDAPI_SEND_TIMEOUT_SECONDS: '3600',
    };
  }
}

/** A plain client that is to remove what a gateway of these names makes. */
export async function controlClient(names: ControlNames): Promise<PlainClient> {
  const client = await PlainClient.open();
  client.owns({ exchange: names.exchange, queue: names.agentQueue });
  client.owns({ exchange: `${names.exchange}.others`, queue: names.webQueue });
  return client;
}

/** Plays an agent as the contract has it: its exchange, its queue, its consumer. */
export async function playAgent(client: PlainClient, { exchange, agentQueue }: ControlNames): Promise<void> {
  await client.channel.assertExchange(exchange, 'topic', { durable: true });
  await client.channel.assertQueue(agentQueue, { durable: true });
  await client.channel.bindQueue(agentQueue, exchange, 'requests');
  await client.takeFrom(agentQueue);
}

/** Sends messages as agents send `finished` ones; anything but bytes as JSON. */
export async function finish(client: PlainClient, { exchange }: ControlNames, ...messages: unknown[]): Promise<void> {
  const properties = { contentType: 'application/json', contentEncoding: 'utf-8', persistent: true };
  for (const message of messages) {
    const bytes = message instanceof Uint8Array ? Buffer.from(message) : Buffer.from(JSON.stringify(message));
    if (!client.channel.publish(exchange, 'finished', bytes, properties)) await once(client.channel, 'drain');
  }
}

/** Numbers of the jobs that `requests` messages are about, in order of arrival, without repeats. */
export function jobsIn(bodies: readonly string[]): number[] {
  return [...new Set(bodies.map((body) => JSON.parse(body).body.request_id as number))];
}
