import type { Channel, ChannelModel } from 'amqplib';

/** A durable queue and one of its bindings. */
export interface Declaration {
  readonly queue: string;
  readonly exchange: string;
  readonly routingKey: string;
}

/**
 * Does something on a channel of its own: what the broker refuses closes the channel, and no other one with it.
 * @throws Error with the broker's reason
 */
export async function onOwnChannel<Value>(
  model: ChannelModel,
  work: (channel: Channel) => Promise<Value>,
): Promise<Value> {
  const channel = await model.createChannel();
  // The refused call rejects with the same reason.
  channel.on('error', () => undefined);
  const result = await work(channel);
  await channel.close();
  return result;
}

export async function declareExchange(channel: Channel, exchange: string): Promise<void> {
  await channel.assertExchange(exchange, 'topic', { durable: true });
}

export async function declareQueue(channel: Channel, { queue, exchange, routingKey }: Declaration): Promise<void> {
  await declareExchange(channel, exchange);
  await channel.assertQueue(queue, { durable: true });
  await channel.bindQueue(queue, exchange, routingKey);
}
