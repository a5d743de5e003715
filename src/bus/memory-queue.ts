import { backoff, type RetryPauses } from './backoff.js';
import type { BusMessage, QueueHandler } from './bus.js';
import { topicMatcher } from './topic-pattern.js';

export interface MemoryQueueOptions {
  readonly name: string;
  readonly leaveMs: number;
  readonly pauses: RetryPauses;
  readonly report: (error: unknown, message: BusMessage) => void;
}

interface QueueConsumer {
  readonly handler: QueueHandler;
  busy: boolean;
}

/** A named queue of the embedded bus: each message goes to one of its consumers, each consumer has one at a time. */
export class MemoryQueue {
  readonly #options: MemoryQueueOptions;
  readonly #bindings = new Map<string, { exchange: string; matches: (topic: string) => boolean }>();
  readonly #aside = new Map<NodeJS.Timeout, BusMessage>();
  #consumers: QueueConsumer[] = [];
  #messages: BusMessage[] = [];
  #failures = 0;
  #atWork = 0;
  #rested: () => void = () => undefined;

  constructor(options: MemoryQueueOptions) {
    this.#options = options;
  }

  get title(): string {
    return `the queue ${this.#options.name}`;
  }

  get waiting(): number {
    return this.#messages.length + this.#aside.size;
  }

  bind(exchange: string, routingKey: string): void {
    this.#bindings.set(JSON.stringify([exchange, routingKey]), { exchange, matches: topicMatcher(routingKey) });
  }

  wants(exchange: string, topic: string): boolean {
    return [...this.#bindings.values()].some((binding) => binding.exchange === exchange && binding.matches(topic));
  }

  accept(message: BusMessage): void {
    this.#messages.push(message);
    this.#deal();
  }

  /** @returns a function that ends the consuming; it does not wait for a handler at work */
  consume(handler: QueueHandler): () => Promise<void> {
    const consumer: QueueConsumer = { handler, busy: false };
    this.#consumers.push(consumer);
    this.#deal();
    return async () => {
      this.#consumers = this.#consumers.filter((other) => other !== consumer);
      this.#checkRest();
    };
  }

  /** Resolves when no handler is at work and nothing waits that a consumer could take. */
  async idle(): Promise<void> {
    if (!this.#isResting()) await new Promise<void>((resolve) => (this.#rested = resolve));
  }

  /** Forgets everything; returns how many messages waited. */
  end(): number {
    const dropped = this.waiting;
    for (const timer of this.#aside.keys()) clearTimeout(timer);
    this.#aside.clear();
    this.#messages = [];
    this.#consumers = [];
    return dropped;
  }

  #deal(): void {
    for (let free = this.#free(); free && this.#messages.length > 0; free = this.#free()) {
      // To the end of the row, so that consumers take turns.
      this.#consumers = [...this.#consumers.filter((other) => other !== free), free];
      void this.#handle(free, this.#messages.shift()!);
    }
  }

  #free(): QueueConsumer | undefined {
    return this.#consumers.find(({ busy }) => !busy);
  }

  async #handle(consumer: QueueConsumer, message: BusMessage): Promise<void> {
    consumer.busy = true;
    this.#atWork += 1;
    // The publisher goes on first: a handler never runs inside publish.
    await Promise.resolve();
    try {
      if ((await consumer.handler(message)) === 'leave') this.#keepAside(message, this.#options.leaveMs);
      this.#failures = 0;
    } catch (error) {
      this.#options.report(error, message);
      this.#keepAside(message, backoff(this.#failures++, this.#options.pauses));
    }
    consumer.busy = false;
    this.#atWork -= 1;
    this.#deal();
    this.#checkRest();
  }

  #keepAside(message: BusMessage, ms: number): void {
    const timer = setTimeout(() => {
      this.#aside.delete(timer);
      this.#messages.unshift(message);
      this.#deal();
    }, ms);
    timer.unref();
    this.#aside.set(timer, message);
  }

  #isResting(): boolean {
    return this.#atWork === 0 && (this.#messages.length === 0 || this.#consumers.length === 0);
  }

  #checkRest(): void {
    if (this.#isResting()) this.#rested();
  }
}
