import { randomUUID } from 'node:crypto';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { BusMessage } from './bus.js';
import { declareExchange, onOwnChannel } from './rabbitmq-topology.js';

export interface PublisherOptions {
  readonly model: ChannelModel;
  /** Exchange of messages that name none. */
  readonly exchange: string;
  /** How long the broker may take to confirm a message, in milliseconds. */
  readonly confirmMs: number;
  /** Told when it took longer; must end the connection, which then rejects all that is open. */
  readonly onStall: (error: Error) => void;
}

/** A message that is neither confirmed nor refused. */
interface Open {
  /** For mandatory messages, which the broker may return. */
  readonly id: string | null;
  readonly exchange: string;
  readonly message: BusMessage;
  readonly since: number;
  readonly settle: (error: Error | null) => void;
}

/** Most messages that may be open; more are refused, so that a broker that is slow cannot fill the memory. */
const OPEN_LIMIT = 10_000;

/**
 * Publishes over one connection, in the order of the calls, on one confirm channel with many messages in flight. Each
 * message is settled by the broker's own answer to it: confirmed, refused (nacked), or not answered before the channel
 * or the connection ended.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #open = new Set<Open>();
  readonly #declared = new Set<string>();
  #channel: ConfirmChannel | undefined;
  #unsent: Open[] = [];
  #sending = false;
  #refusal: string | undefined;
  #watch: NodeJS.Timeout | undefined;
  #emptied: () => void = () => undefined;

  constructor(options: PublisherOptions) {
    this.#options = options;
    options.model.on('blocked', (reason) => (this.#refusal = `The broker takes no messages now: ${reason}`));
    options.model.on('unblocked', () => (this.#refusal = undefined));
  }

  publish(message: BusMessage): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) return reject(new Error(this.#refusal));
      if (this.#open.size >= OPEN_LIMIT) return reject(new Error(`${OPEN_LIMIT} messages are not confirmed yet.`));
      const exchange = message.exchange ?? this.#options.exchange;
      const open: Open = {
        id: message.mandatory ? randomUUID() : null,
        exchange,
        message,
        since: performance.now(),
        settle: (error) => {
          if (!this.#open.delete(open)) return;
          if (error) reject(error);
          else resolve();
          if (this.#open.size === 0) this.#emptied();
        },
      };
      this.#open.add(open);
      this.#unsent.push(open);
      this.#watch ??= setTimeout(() => this.#checkProgress(), this.#options.confirmMs);
      void this.#sendAll();
    });
  }

  /** Resolves when nothing is open; bounded by the time to confirm. */
  async settled(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => (this.#emptied = resolve));
  }

  /** The connection is gone: refuses what is open and what comes. */
  end(): void {
    this.#refusal = 'The broker is not connected.';
    this.#unsent = [];
    for (const open of this.#open) open.settle(new Error('The connection to the broker ended.'));
    clearTimeout(this.#watch);
  }

  /** Closes the channel, so that all it carried was read by the broker. */
  async close(): Promise<void> {
    await this.#channel?.close();
  }

  /** Sends at once where channel and exchange are ready; a message that must wait for them holds up the later ones. */
  async #sendAll(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    for (let next = this.#unsent[0]; next; next = this.#unsent[0]) {
      try {
        this.#channel ??= await this.#openChannel();
        if (!this.#declared.has(next.exchange)) await this.#declare(next.exchange);
        // The channel may have closed meanwhile; then it is opened again.
        if (this.#channel) this.#send(this.#channel, next);
        else continue;
      } catch (error) {
        next.settle(error as Error);
      }
      if (this.#unsent[0] === next) this.#unsent.shift();
    }
    this.#sending = false;
  }

  #send(channel: ConfirmChannel, { id, exchange, message, settle }: Open): void {
    const { topic, body, contentEncoding, headers } = message;
    const properties = {
      persistent: true,
      contentType: 'application/json',
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
      ...(headers === undefined ? {} : { headers }),
      // The broker returns a message before it confirms it; the id tells which one it was.
      ...(id === null ? {} : { mandatory: true, messageId: id }),
    };
    channel.publish(exchange, topic, Buffer.from(body), properties, (error: Error | null) =>
      settle(error && new Error(`The broker has not taken ${topic}: ${error.message}.`)),
    );
  }

  async #openChannel(): Promise<ConfirmChannel> {
    const channel = await this.#options.model.createConfirmChannel();
    // "close" follows and rejects the same messages, without the broker's reason.
    channel.on('error', (error) => this.#refuseSent(error));
    channel.on('close', () => {
      this.#channel = undefined;
      // An exchange that somebody removed closes the channel; it has to be declared again.
      this.#declared.clear();
    });
    channel.on('return', ({ properties }) => {
      const returned = [...this.#open].find(({ id }) => id === properties.messageId);
      returned?.settle(new Error(`No queue takes ${returned.message.topic}.`));
    });
    return channel;
  }

  #refuseSent(reason: Error): void {
    const unsent = new Set(this.#unsent);
    for (const open of this.#open) if (!unsent.has(open)) open.settle(reason);
  }

  async #declare(exchange: string): Promise<void> {
    await onOwnChannel(this.#options.model, (channel) => declareExchange(channel, exchange));
    this.#declared.add(exchange);
  }

  #checkProgress(): void {
    this.#watch = undefined;
    const [oldest] = this.#open;
    if (!oldest) return;
    const { confirmMs, onStall } = this.#options;
    const left = oldest.since + confirmMs - performance.now();
    if (left <= 0) onStall(new Error(`The broker did not confirm a message within ${confirmMs} ms.`));
    else this.#watch = setTimeout(() => this.#checkProgress(), left);
  }
}
