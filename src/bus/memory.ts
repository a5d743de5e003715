import { DEFAULT_PAUSES, type RetryPauses } from './backoff.js';
import {
  DEFAULT_EXCHANGE,
  type Bus,
  type BusHandler,
  type BusMessage,
  type QueueBinding,
  type QueueHandler,
} from './bus.js';
import { MemoryQueue } from './memory-queue.js';
import { checkKeyLength, topicMatcher } from './topic-pattern.js';

export interface MemoryBusOptions {
  /** Exchange of messages that name none. */
  readonly exchange?: string;
  /** Messages one subscriber or queue may have waiting before `publish` refuses (default 10,000). */
  readonly queueLimit?: number;
  /** How long `close` lets the subscribers empty their queues, in milliseconds (default 10,000). */
  readonly drainMs?: number;
  /** How long a message that was left stays aside before it goes back to its queue, in milliseconds (default 30,000). */
  readonly leaveMs?: number;
  /** Pauses before a message whose handler threw goes back to its queue. */
  readonly pauses?: RetryPauses;
  /** Told of each handler that threw, with its message, and of what `close` had to drop; default: a process warning. */
  readonly onError?: (error: Error, message: BusMessage | null) => void;
}

/**
 * The bus inside the process, for an installation without a broker. A message lives until each of its subscribers has
 * handled it; nothing survives the process.
 *
 * - Each subscriber has its own queue, gets messages in the order of publishing and one at a time: the next one waits
 *   until the handler's promise has settled. Subscribers do not wait for each other, publishers for none.
 * - `publish` never calls a handler itself. It rejects, and no subscriber at all gets the message, when the bus is
 *   closed or when the queue of one matching subscriber is full; so a publisher that tries again doubles nothing.
 * - Ending a subscription drops what still waits in its queue. It does not wait for a handler at work, because
 *   handlers may end their own subscription.
 * - A named queue keeps its messages until one of its consumers has handled them; without a consumer it fills up and
 *   then makes `publish` refuse, so only queues that somebody empties should be declared.
 * - `close` refuses new messages, then resolves when all handlers are done and all queues that have somebody to empty
 *   them are empty, or after `drainMs`.
 */
export function memoryBus(options: MemoryBusOptions = {}): Bus {
  return new MemoryBus(options);
}

class MemoryBus implements Bus {
  readonly #options: Required<MemoryBusOptions>;
  readonly #subscribers = new Set<Subscriber>();
  readonly #queues = new Map<string, MemoryQueue>();
  #closed: Promise<void> | null = null;

  constructor(options: MemoryBusOptions) {
    this.#options = {
      exchange: DEFAULT_EXCHANGE,
      queueLimit: 10_000,
      drainMs: 10_000,
      leaveMs: 30_000,
      pauses: DEFAULT_PAUSES,
      onError: warn,
      ...options,
    };
  }

  get isConnected(): boolean {
    return this.#closed === null;
  }

  onConnected(): void {
    // Connected from its first moment to its last.
  }

  async publish({ exchange = this.#options.exchange, mandatory, ...rest }: BusMessage): Promise<void> {
    this.#refuseClosed();
    checkKeyLength(rest.topic);
    const { queueLimit } = this.#options;
    const takers = [...this.#subscribers, ...this.#queues.values()].filter((one) => one.wants(exchange, rest.topic));
    const full = takers.find((taker) => taker.waiting >= queueLimit);
    if (full) throw new Error(`not taken: ${full.title} has ${queueLimit} messages waiting`);
    if (mandatory && takers.length === 0) throw new Error(`No queue takes ${rest.topic}.`);
    const message = Object.freeze({ ...rest, ...(exchange === this.#options.exchange ? {} : { exchange }) });
    for (const taker of takers) taker.accept(message);
  }

  async subscribe(
    pattern: string,
    handler: BusHandler,
    { exchange = this.#options.exchange }: { readonly exchange?: string } = {},
  ): Promise<() => Promise<void>> {
    this.#refuseClosed();
    checkKeyLength(pattern);
    const subscriber = new Subscriber(exchange, pattern, handler, this.#report);
    this.#subscribers.add(subscriber);
    return async () => {
      subscriber.end();
      // Known until its handler is done, so that close waits for that one too.
      void subscriber.idle().then(() => this.#subscribers.delete(subscriber));
    };
  }

  async declare(queue: string, binding: QueueBinding): Promise<void> {
    this.#bound(queue, binding);
  }

  async consume(queue: string, binding: QueueBinding, handler: QueueHandler): Promise<() => Promise<void>> {
    return this.#bound(queue, binding).consume(handler);
  }

  close(): Promise<void> {
    return (this.#closed ??= this.#drain());
  }

  #bound(name: string, { exchange = this.#options.exchange, routingKey }: QueueBinding): MemoryQueue {
    this.#refuseClosed();
    checkKeyLength(routingKey);
    const { leaveMs, pauses } = this.#options;
    const queue = this.#queues.get(name) ?? new MemoryQueue({ name, leaveMs, pauses, report: this.#report });
    this.#queues.set(name, queue);
    queue.bind(exchange, routingKey);
    return queue;
  }

  async #drain(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<'expired'>((resolve) => {
      timer = setTimeout(resolve, this.#options.drainMs, 'expired');
    });
    const takers = [...this.#subscribers, ...this.#queues.values()];
    const outcome = await Promise.race([Promise.all(takers.map((one) => one.idle())), expired]);
    clearTimeout(timer);
    const dropped = takers.reduce((sum, one) => sum + one.end(), 0);
    this.#subscribers.clear();
    if (outcome === 'expired') {
      const message = `the bus closed with a handler still at work and ${dropped} messages not delivered`;
      this.#report(new Error(message), null);
    }
  }

  #refuseClosed(): void {
    if (this.#closed) throw new Error('the bus is closed');
  }

  readonly #report = (error: unknown, message: BusMessage | null): void => {
    try {
      this.#options.onError(error instanceof Error ? error : new Error(String(error)), message);
    } catch (fault) {
      warn(fault instanceof Error ? fault : new Error(String(fault)));
    }
  };
}

function warn(error: Error): void {
  process.emitWarning(error);
}

/** One subscription: a queue and at most one running handler. */
class Subscriber {
  private readonly matches: (topic: string) => boolean;
  private ended = false;
  private queue: BusMessage[] = [];
  private running: Promise<void> | null = null;

  constructor(
    private readonly exchange: string,
    private readonly pattern: string,
    private readonly handler: BusHandler,
    private readonly report: (error: unknown, message: BusMessage) => void,
  ) {
    this.matches = topicMatcher(pattern);
  }

  get title(): string {
    return `a subscriber to ${this.pattern}`;
  }

  get waiting(): number {
    return this.queue.length;
  }

  wants(exchange: string, topic: string): boolean {
    return !this.ended && exchange === this.exchange && this.matches(topic);
  }

  accept(message: BusMessage): void {
    this.queue.push(message);
    this.running ??= this.run();
  }

  /** Takes nothing any more and forgets its queue; returns how many messages that were. */
  end(): number {
    this.ended = true;
    return this.queue.splice(0).length;
  }

  /** Resolves when the queue is empty and the handler done. */
  async idle(): Promise<void> {
    await this.running;
  }

  private async run(): Promise<void> {
    // The publisher goes on first: a handler never runs inside publish.
    await Promise.resolve();
    for (let message = this.queue.shift(); message; message = this.queue.shift()) {
      try {
        await this.handler(message);
      } catch (error) {
        this.report(error, message);
      }
    }
    this.running = null;
  }
}
