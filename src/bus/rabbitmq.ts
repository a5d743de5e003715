import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { DEFAULT_PAUSES, type RetryPauses } from './backoff.js';
import {
  DEFAULT_EXCHANGE,
  type Bus,
  type BusHandler,
  type BusMessage,
  type QueueBinding,
  type QueueHandler,
} from './bus.js';
import { RabbitmqConnection, within } from './rabbitmq-connection.js';
import { Consumer } from './rabbitmq-consumer.js';
import { Publisher } from './rabbitmq-publisher.js';
import { declareQueue, onOwnChannel, type Declaration } from './rabbitmq-topology.js';
import { checkKeyLength } from './topic-pattern.js';

export interface RabbitmqBusOptions {
  /** `amqp://` or `amqps://`; holds a password and is never repeated. */
  readonly url: string;
  /** Exchange of messages that name none. */
  readonly exchange?: string;
  /** Two intervals without a sign of life, and the connection is given up (default 60). */
  readonly heartbeatSeconds?: number;
  /** Told of lost connections, of what the broker refused, and of each handler that threw, with its message. */
  readonly onError: (error: Error, message: BusMessage | null) => void;
  /** How long connecting, and preparing a connection, may take, in milliseconds (default 10,000). */
  readonly connectMs?: number;
  /** How long the broker may take to confirm a message before the connection is given up (default 15,000). */
  readonly confirmMs?: number;
  /** How long `close` waits for handlers and confirmations (default 10,000). */
  readonly drainMs?: number;
  /** How long a message that was left stays aside before it goes back to its queue (default 30,000). */
  readonly leaveMs?: number;
  /** Pauses between attempts: to connect, to consume, and to handle a message of a queue. */
  readonly pauses?: RetryPauses;
}

/**
 * The bus over RabbitMQ, by AMQP 0-9-1. It begins to connect at once and goes on for ever; no error of the broker ends
 * the process. Without a connection `publish` rejects at once: to keep a message until then is for the caller.
 */
export function rabbitmqBus(options: RabbitmqBusOptions): Bus {
  return new Rabbitmq(options);
}

class Rabbitmq implements Bus {
  readonly #options: Required<Omit<RabbitmqBusOptions, 'url' | 'heartbeatSeconds' | 'connectMs'>>;
  readonly #connection: RabbitmqConnection;
  readonly #declarations = new Map<string, Declaration>();
  readonly #consumers = new Set<Consumer>();
  readonly #connectedListeners: (() => void)[] = [];
  #model: ChannelModel | undefined;
  #publisher: Publisher | undefined;
  #closed: Promise<void> | undefined;

  constructor({ url, heartbeatSeconds = 60, connectMs = 10_000, ...options }: RabbitmqBusOptions) {
    this.#options = {
      exchange: DEFAULT_EXCHANGE,
      confirmMs: 15_000,
      drainMs: 10_000,
      leaveMs: 30_000,
      pauses: DEFAULT_PAUSES,
      ...options,
    };
    this.#connection = new RabbitmqConnection({
      url,
      heartbeatSeconds,
      connectMs,
      pauses: this.#options.pauses,
      onUp: (model) => this.#up(model),
      onDown: (model) => this.#down(model),
      onError: (error) => this.#report(error, null),
    });
  }

  get isConnected(): boolean {
    return this.#publisher !== undefined;
  }

  onConnected(listener: () => void): void {
    this.#connectedListeners.push(listener);
  }

  async publish(message: BusMessage): Promise<void> {
    this.#refuseClosed();
    checkKeyLength(message.topic);
    if (!this.#publisher) throw new Error('The broker is not connected.');
    await this.#publisher.publish(message);
  }

  async subscribe(
    pattern: string,
    handler: BusHandler,
    { exchange = this.#options.exchange }: { readonly exchange?: string } = {},
  ): Promise<() => Promise<void>> {
    return this.#add(this.#consumer(null, { exchange, routingKey: pattern }, handler));
  }

  async declare(queue: string, binding: QueueBinding): Promise<void> {
    this.#refuseClosed();
    checkKeyLength(binding.routingKey);
    const declaration = { queue, exchange: this.#options.exchange, ...binding };
    const model = this.#model;
    if (model) await this.#unlessLost(model, declareOn(model, declaration));
    this.#declarations.set(JSON.stringify(declaration), declaration);
  }

  async consume(queue: string, binding: QueueBinding, handler: QueueHandler): Promise<() => Promise<void>> {
    return this.#add(this.#consumer(queue, binding, handler));
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#close());
  }

  #consumer(queue: string | null, binding: QueueBinding, handler: QueueHandler): Consumer {
    this.#refuseClosed();
    checkKeyLength(binding.routingKey);
    const { exchange, pauses, leaveMs } = this.#options;
    return new Consumer({
      queue,
      exchange: binding.exchange ?? exchange,
      routingKey: binding.routingKey,
      handler,
      toMessage: (raw) => this.#toMessage(raw),
      pauses,
      leaveMs,
      current: () => this.#model,
      onError: (error, message) => this.#report(error, message),
    });
  }

  async #add(consumer: Consumer): Promise<() => Promise<void>> {
    const model = this.#model;
    this.#consumers.add(consumer);
    try {
      if (model) await this.#unlessLost(model, consumer.attach(model));
    } catch (error) {
      this.#consumers.delete(consumer);
      await consumer.end();
      throw error;
    }
    return async () => {
      await consumer.end();
      // Known until its handler is done, so that close waits for that one too.
      void consumer.close().then(() => this.#consumers.delete(consumer));
    };
  }

  /** A connection that ended meanwhile is no fault of the caller: the next one does the work again. */
  async #unlessLost(model: ChannelModel, work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#model === model) throw error;
    }
  }

  async #up(model: ChannelModel): Promise<void> {
    for (const declaration of this.#declarations.values()) {
      await declareOn(model, declaration).catch((error: Error) => this.#report(error, null));
    }
    this.#model = model;
    await Promise.all([...this.#consumers].map((consumer) => consumer.attachOrRetry(model)));
    if (this.#model !== model) return;
    const { exchange, confirmMs } = this.#options;
    const onStall = (error: Error): void => this.#connection.drop(error);
    this.#publisher = new Publisher({ model, exchange, confirmMs, onStall });
    for (const listener of this.#connectedListeners) listener();
  }

  #down(model: ChannelModel): void {
    if (this.#model !== model) return;
    this.#model = undefined;
    this.#publisher?.end();
    this.#publisher = undefined;
  }

  async #close(): Promise<void> {
    const consumers = [...this.#consumers];
    const done = Promise.all([...consumers.map((consumer) => consumer.close()), this.#publisher?.settled()]);
    await within(
      this.#options.drainMs,
      done.then(() => this.#publisher?.close()),
    ).catch((error: Error) => this.#report(error, null));
    await this.#connection.close();
  }

  #toMessage({ fields, properties, content }: ConsumeMessage): BusMessage {
    const { contentEncoding, headers } = properties;
    return {
      topic: fields.routingKey,
      body: content.toString('utf8'),
      ...(fields.exchange === this.#options.exchange ? {} : { exchange: fields.exchange }),
      ...(contentEncoding === undefined ? {} : { contentEncoding: contentEncoding as string }),
      ...(headers && Object.keys(headers).length > 0 ? { headers } : {}),
    };
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the bus is closed');
  }

  #report(error: Error, message: BusMessage | null): void {
    try {
      this.#options.onError(error, message);
    } catch (fault) {
      process.emitWarning(fault instanceof Error ? fault : new Error(String(fault)));
    }
  }
}

function declareOn(model: ChannelModel, declaration: Declaration): Promise<void> {
  return onOwnChannel(model, (channel) => declareQueue(channel, declaration));
}
