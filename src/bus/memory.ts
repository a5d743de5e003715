import type { Bus, BusHandler, BusMessage } from './bus.js';
import { checkKeyLength, topicMatcher } from './topic-pattern.js';

export interface MemoryBusOptions {
  /** Messages one subscriber may have waiting before `publish` refuses (default 10,000). */
  readonly queueLimit?: number;
  /** How long `close` lets the subscribers empty their queues, in milliseconds (default 10,000). */
  readonly drainMs?: number;
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
 * - `close` refuses new messages, then resolves when all queues are empty and all handlers done, or after `drainMs`.
 */
export function memoryBus(options: MemoryBusOptions = {}): Bus {
  const { queueLimit = 10_000, drainMs = 10_000, onError = warn } = options;
  const subscribers = new Set<Subscriber>();
  let closed: Promise<void> | null = null;
  const report = (error: unknown, message: BusMessage | null) => {
    try {
      onError(error instanceof Error ? error : new Error(String(error)), message);
    } catch (fault) {
      warn(fault instanceof Error ? fault : new Error(String(fault)));
    }
  };

  return {
    async publish({ topic, body }) {
      if (closed) throw new Error('the bus is closed');
      checkKeyLength(topic);
      const takers = [...subscribers].filter((subscriber) => subscriber.wants(topic));
      const full = takers.find((subscriber) => subscriber.waiting >= queueLimit);
      if (full) throw new Error(`not taken: a subscriber to ${full.pattern} has ${queueLimit} messages waiting`);
      const message = Object.freeze({ topic, body });
      for (const taker of takers) taker.accept(message);
    },
    async subscribe(pattern, handler) {
      if (closed) throw new Error('the bus is closed');
      checkKeyLength(pattern);
      const subscriber = new Subscriber(pattern, handler, report);
      subscribers.add(subscriber);
      return async () => {
        subscriber.end();
        // Known until its handler is done, so that close waits for that one too.
        void subscriber.idle().then(() => subscribers.delete(subscriber));
      };
    },
    close: () => (closed ??= drain(subscribers, drainMs, report)),
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
    readonly pattern: string,
    private readonly handler: BusHandler,
    private readonly report: (error: unknown, message: BusMessage) => void,
  ) {
    this.matches = topicMatcher(pattern);
  }

  get waiting(): number {
    return this.queue.length;
  }

  wants(topic: string): boolean {
    return !this.ended && this.matches(topic);
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

async function drain(
  subscribers: Set<Subscriber>,
  drainMs: number,
  report: (error: unknown, message: null) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => (timer = setTimeout(resolve, drainMs, 'expired')));
  const outcome = await Promise.race([Promise.all([...subscribers].map((one) => one.idle())), expired]);
  clearTimeout(timer);
  const dropped = [...subscribers].reduce((sum, one) => sum + one.end(), 0);
  subscribers.clear();
  if (outcome === 'expired') {
    report(new Error(`the bus closed with a handler still at work and ${dropped} messages not delivered`), null);
  }
}
