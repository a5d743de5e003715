import { IllegalOperationError, type Channel, type ChannelModel, type ConsumeMessage } from 'amqplib';
import { backoff, type RetryPauses } from './backoff.js';
import type { BusMessage, QueueHandler } from './bus.js';
import { declareExchange, declareQueue } from './rabbitmq-topology.js';

export interface ConsumerOptions {
  /** Null: a queue of its own that ends with the connection, for a subscription. */
  readonly queue: string | null;
  readonly exchange: string;
  /** AMQP topic pattern. */
  readonly routingKey: string;
  readonly handler: QueueHandler;
  readonly toMessage: (message: ConsumeMessage) => BusMessage;
  readonly pauses: RetryPauses;
  /** How long a message that was left stays aside before it goes back, in milliseconds. */
  readonly leaveMs: number;
  /** The connection that is alive now. */
  readonly current: () => ChannelModel | undefined;
  readonly onError: (error: Error, message: BusMessage | null) => void;
}

interface Delivery {
  readonly channel: Channel;
  readonly raw: ConsumeMessage;
  readonly message: BusMessage;
}

/**
 * Messages sent ahead to one consumer, those kept aside included. While so many are left aside, the ones behind them in
 * the queue wait.
 */
const PREFETCH = 100;

/** Takes messages of one queue, one at a time, over all connections until it is ended. */
export class Consumer {
  readonly #options: ConsumerOptions;
  readonly #aside = new Map<Delivery, NodeJS.Timeout>();
  #channel: Channel | undefined;
  #tag: string | undefined;
  #waiting: Delivery[] = [];
  #running: Promise<void> | undefined;
  #ended: Promise<void> | undefined;
  #finished: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #failures = 0;

  constructor(options: ConsumerOptions) {
    this.#options = options;
  }

  /**
   * Begins to consume over a connection.
   * @throws Error with the broker's reason; it is then for the caller to attach again or to give up
   */
  async attach(model: ChannelModel): Promise<void> {
    const channel = await model.createChannel();
    const report = (error: Error): void => {
      if (channel === this.#channel) this.#options.onError(error, null);
    };
    channel.on('error', report);
    channel.on('close', () => this.#detach(channel, model));
    const queue = await this.#prepare(channel);
    this.#channel = channel;
    if (this.#ended) return channel.close();
    this.#tag = (await channel.consume(queue, (raw) => this.#accept(channel, raw))).consumerTag;
  }

  /** Attaches, and tries again after a pause as long as that fails and the connection lives. */
  async attachOrRetry(model: ChannelModel): Promise<void> {
    try {
      await this.attach(model);
    } catch (error) {
      if (this.#options.current() === model) this.#options.onError(error as Error, null);
      this.#attachLater(model);
    }
  }

  /** Takes no more messages. Does not wait for a handler at work: it may be the caller. */
  end(): Promise<void> {
    return (this.#ended ??= this.#end());
  }

  /** The same, and waits for the handler and until the broker knows what became of its message. */
  async close(): Promise<void> {
    await this.end();
    await this.#finished;
  }

  async #prepare(channel: Channel): Promise<string> {
    const { queue, exchange, routingKey } = this.#options;
    await channel.prefetch(PREFETCH);
    if (queue !== null) {
      await declareQueue(channel, { queue, exchange, routingKey });
      return queue;
    }
    await declareExchange(channel, exchange);
    const own = await channel.assertQueue('', { exclusive: true, autoDelete: true, durable: false });
    await channel.bindQueue(own.queue, exchange, routingKey);
    return own.queue;
  }

  #accept(channel: Channel, raw: ConsumeMessage | null): void {
    if (this.#ended) {
      // Was on its way when the consumer ended.
      if (raw) this.#tell(() => channel.nack(raw, false, true));
      return;
    }
    // Null: the queue was deleted. A new channel makes it again.
    if (!raw) return void channel.close().catch(() => undefined);
    this.#waiting.push({ channel, raw, message: this.#options.toMessage(raw) });
    this.#running ??= this.#handleAll();
  }

  async #handleAll(): Promise<void> {
    // Out of the parser of frames: what a handler throws is none of its business.
    await Promise.resolve();
    for (let delivery = this.#waiting.shift(); delivery; delivery = this.#waiting.shift()) {
      await this.#handle(delivery);
    }
    this.#running = undefined;
  }

  async #handle(delivery: Delivery): Promise<void> {
    const { handler, pauses, leaveMs, queue, onError } = this.#options;
    try {
      const verdict = await handler(delivery.message);
      this.#failures = 0;
      if (verdict === 'leave') this.#keepAside(delivery, leaveMs);
      else this.#tell(() => delivery.channel.ack(delivery.raw));
    } catch (error) {
      onError(error instanceof Error ? error : new Error(String(error)), delivery.message);
      if (queue === null) this.#tell(() => delivery.channel.ack(delivery.raw));
      else this.#keepAside(delivery, backoff(this.#failures++, pauses));
    }
  }

  #keepAside(delivery: Delivery, ms: number): void {
    // A consumer that has ended is about to close its channel, which gives the message back.
    if (!this.#ended)
      this.#aside.set(
        delivery,
        setTimeout(() => this.#giveBack(delivery), ms),
      );
  }

  #giveBack(delivery: Delivery): void {
    clearTimeout(this.#aside.get(delivery));
    this.#aside.delete(delivery);
    this.#tell(() => delivery.channel.nack(delivery.raw, false, true));
  }

  /** Says what became of a message. Where the channel is gone, the broker has given the message to another one. */
  #tell(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      if (!(error instanceof IllegalOperationError)) this.#options.onError(error as Error, null);
    }
  }

  #detach(channel: Channel, model: ChannelModel): void {
    // Messages of a queue come again. Those of a subscription do not, so they are still handled.
    if (this.#options.queue !== null) this.#waiting = this.#waiting.filter((waiting) => waiting.channel !== channel);
    for (const [delivery, timer] of this.#aside) {
      if (delivery.channel !== channel) continue;
      clearTimeout(timer);
      this.#aside.delete(delivery);
    }
    if (this.#channel !== channel) return;
    this.#channel = undefined;
    this.#attachLater(model);
  }

  #attachLater(model: ChannelModel): void {
    if (this.#ended) return;
    const { pauses, current } = this.#options;
    clearTimeout(this.#again);
    this.#again = setTimeout(
      () => {
        if (!this.#ended && current() === model) void this.attachOrRetry(model);
      },
      backoff(this.#failures++, pauses),
    );
  }

  async #end(): Promise<void> {
    clearTimeout(this.#again);
    const returned = [...this.#waiting.splice(0), ...this.#aside.keys()];
    // Before anything is given back, or it would come here again.
    if (this.#tag !== undefined) await this.#channel?.cancel(this.#tag).catch(() => undefined);
    for (const delivery of returned) this.#giveBack(delivery);
    const running = this.#running;
    // The handler at work tells its result over the channel before that closes.
    this.#finished = (running ?? Promise.resolve()).then(() => this.#closeChannel());
    if (!running) await this.#finished;
  }

  async #closeChannel(): Promise<void> {
    const channel = this.#channel;
    this.#channel = undefined;
    await channel?.close().catch(() => undefined);
  }
}
