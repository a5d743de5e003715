import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import type { Bus } from '../../src/bus/bus.js';
import { rabbitmqBus, type RabbitmqBusOptions } from '../../src/bus/rabbitmq.js';
import { expiry } from '../support/expiry.js';
import { proxied } from '../support/tcp-proxy.js';

/** The RabbitMQ that the suite runs against. */
export const BROKER_URL = process.env.BUILDGATE_TEST_BROKER_URL ?? 'amqp://guest:guest@127.0.0.1:5672';

/** A name that no other run uses. */
export function uniqueName(): string {
  return `buildgate-test-${randomUUID()}`;
}

/** Resolves when messages can be published. */
export async function connected(bus: Bus): Promise<void> {
  if (!bus.isConnected) await new Promise<void>((resolve) => bus.onConnected(resolve));
}

/** A bus of ours that tries again soon. */
export function testBus(options: Partial<RabbitmqBusOptions>): Bus {
  const pauses = { first: 10, last: 50 };
  return rabbitmqBus({ url: BROKER_URL, onError: () => undefined, pauses, ...options });
}

/** A proxy before the broker, and the URL of the broker through it. */
export function proxiedBroker(): ReturnType<typeof proxied> {
  return proxied(BROKER_URL, 5672);
}

/** A plain amqplib client: what a consumer that knows nothing of us sees. Removes what it made when closed. */
export class PlainClient {
  readonly received: ConsumeMessage[] = [];
  /** Their bodies as text. */
  readonly bodies: string[] = [];
  readonly #arrivals = new EventEmitter();
  readonly #exchanges: string[] = [];
  readonly #queues: string[] = [];

  private constructor(
    private readonly model: ChannelModel,
    readonly channel: Channel,
  ) {}

  static async open(): Promise<PlainClient> {
    const model = await connect(BROKER_URL);
    return new PlainClient(model, await model.createChannel());
  }

  async exchange(name: string, type = 'topic'): Promise<void> {
    this.#exchanges.push(name);
    await this.channel.assertExchange(name, type, { durable: true });
  }

  /** Says that a name is to be removed in the end, though somebody else makes it. */
  owns(names: { exchange?: string; queue?: string }): void {
    if (names.exchange) this.#exchanges.push(names.exchange);
    if (names.queue) this.#queues.push(names.queue);
  }

  /** Consumes all messages of an exchange whose topic matches. */
  async consume(exchange: string, pattern = '#'): Promise<void> {
    const { queue } = await this.channel.assertQueue('', { exclusive: true });
    await this.channel.bindQueue(queue, exchange, pattern);
    await this.takeFrom(queue);
  }

  /** Consumes a queue and acknowledges what comes. */
  async takeFrom(queue: string): Promise<void> {
    await this.channel.consume(queue, (message) => {
      if (!message) return;
      this.channel.ack(message);
      this.received.push(message);
      this.bodies.push(message.content.toString());
      this.#arrivals.emit('message');
    });
  }

  /** The messages, once the condition holds of their bodies. */
  async until(holds: (bodies: readonly string[]) => boolean): Promise<ConsumeMessage[]> {
    const signal = expiry();
    while (!holds(this.bodies)) await once(this.#arrivals, 'message', { signal });
    return this.received;
  }

  async close(): Promise<void> {
    for (const queue of this.#queues) await this.channel.deleteQueue(queue);
    for (const exchange of this.#exchanges) await this.channel.deleteExchange(exchange);
    await this.model.close();
  }
}

/** Without what was seen before: at-least-once delivery may repeat. */
export function withoutRepeats(bodies: readonly string[]): string[] {
  return [...new Set(bodies)];
}
