import { BuildgateError } from '../errors.js';
import type { Reader } from '../store/reader.js';
import { changesAfter, headOf, type Change } from './log.js';

/** Changes kept in memory for subscribers that are up to date; those further behind read the log. */
const RECENT = 2000;
const BATCH = 500;
/** How often the head is looked at without a wake-up: other processes may have written. */
const POLL_MS = 1000;

/** What a feed is made with. */
export interface FeedOptions {
  readonly reader: Reader;
  /** Told of a failed read; the feed tries again at the next wake-up or poll. */
  readonly onError: (error: unknown) => void;
  readonly pollMs?: number;
}

/**
 * Reads the change log once for all subscribers of this process. A subscriber is a place in the log and nothing more:
 * replay and live delivery are the same walk, so nothing is missed or seen twice between them, and a slow subscriber
 * costs no memory.
 */
export class ChangeFeed {
  readonly #reader: Reader;
  readonly #onError: (error: unknown) => void;
  readonly #recent: Change[] = [];
  /** `#recent` holds every change behind this sequence. */
  #recentFrom: number;
  readonly #waiting = new Set<() => void>();
  readonly #timer: NodeJS.Timeout;
  /** Everything up to here has been read. */
  #head: number;
  #reading: Promise<void> | undefined;
  #wanted = false;
  #closed = false;

  private constructor(options: FeedOptions, head: number) {
    this.#reader = options.reader;
    this.#onError = options.onError;
    this.#head = head;
    this.#recentFrom = head;
    this.#timer = setInterval(() => this.wake(), options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  /** Starts at the present end of the log. */
  static async open(options: FeedOptions): Promise<ChangeFeed> {
    return new ChangeFeed(options, await headOf(options.reader));
  }

  /** Sequence up to which this process has read the log. */
  get head(): number {
    return this.#head;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Says that something was committed. Cheap; many calls while a read is under way cause one more read. */
  wake(): void {
    if (this.#closed) return;
    this.#wanted = true;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
  }

  /**
   * Changes after a sequence (all that are kept, then those to come); from now on when it is null.
   * @throws BuildgateError INVALID when the sequence lies ahead of the log
   */
  async subscribe(after: number | null): Promise<AsyncIterableIterator<Change, undefined>> {
    if (after !== null && after > this.#head && after > (await headOf(this.#reader))) {
      throw new BuildgateError('INVALID', 'after: this cursor lies ahead of the change log.');
    }
    return new Subscriber(this, after ?? this.#head);
  }

  /** Changes behind a place that are known to be there; empty when the place is the end. */
  async next(after: number): Promise<{ changes: Change[]; upTo: number }> {
    const upTo = this.#head;
    if (after >= upTo) return { changes: [], upTo: after };
    if (after >= this.#recentFrom) return { changes: this.#recent.slice(firstBehind(this.#recent, after)), upTo };
    const changes = await changesAfter(this.#reader, after, BATCH);
    const last = changes.at(-1);
    // Messages share the sequence, so a short batch still means that everything up to the head was seen.
    return { changes, upTo: changes.length < BATCH || !last ? Math.max(upTo, last?.sequence ?? 0) : last.sequence };
  }

  /** Resolves when the head has moved or the feed was closed. Returns how to stop waiting. */
  wait(): { moved: Promise<void>; stop: () => void } {
    let stop = (): void => undefined;
    const moved = new Promise<void>((resolve) => {
      stop = () => {
        this.#waiting.delete(stop);
        resolve();
      };
      this.#waiting.add(stop);
    });
    return { moved, stop };
  }

  /** Ends every subscription after what it has already been given. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#notify();
    await this.#reading;
  }

  async #read(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false;
      try {
        await this.#advance();
      } catch (error) {
        this.#onError(error);
      }
    }
  }

  async #advance(): Promise<void> {
    const head = await headOf(this.#reader);
    while (this.#head < head) {
      const changes = await changesAfter(this.#reader, this.#head, BATCH);
      this.#recent.push(...changes);
      if (this.#recent.length > RECENT) {
        this.#recentFrom = this.#recent.splice(0, this.#recent.length - RECENT).at(-1)?.sequence ?? this.#recentFrom;
      }
      this.#head =
        changes.length < BATCH ? Math.max(head, changes.at(-1)?.sequence ?? 0) : (changes.at(-1)?.sequence ?? head);
      this.#notify();
    }
  }

  #notify(): void {
    for (const stop of Array.from(this.#waiting)) stop();
  }
}

function firstBehind(changes: readonly Change[], after: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.sequence ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A place in the log. Not a generator: `return` ends a pending `next` at once instead of waiting for a change. */
class Subscriber implements AsyncIterableIterator<Change, undefined> {
  readonly #feed: ChangeFeed;
  #place: number;
  #batch: Change[] = [];
  #index = 0;
  #ended = false;
  #stopWaiting: (() => void) | undefined;

  constructor(feed: ChangeFeed, place: number) {
    this.#feed = feed;
    this.#place = place;
  }

  async next(): Promise<IteratorResult<Change, undefined>> {
    while (!this.#ended) {
      const change = this.#batch[this.#index];
      if (change) {
        this.#index += 1;
        return { value: change, done: false };
      }
      const { changes, upTo } = await this.#feed.next(this.#place);
      this.#batch = changes;
      this.#index = 0;
      const moved = upTo > this.#place;
      this.#place = upTo;
      if (changes.length === 0 && !moved) await this.#wait();
    }
    return { value: undefined, done: true };
  }

  async return(): Promise<IteratorResult<Change, undefined>> {
    this.#ended = true;
    this.#stopWaiting?.();
    return { value: undefined, done: true };
  }

  async throw(error: unknown): Promise<IteratorResult<Change, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #wait(): Promise<void> {
    if (this.#feed.closed) {
      this.#ended = true;
      return;
    }
    const { moved, stop } = this.#feed.wait();
    this.#stopWaiting = stop;
    // The head may have moved, or the reader left, between the look and the wait.
    if (this.#feed.head > this.#place || this.#feed.closed || this.#ended) stop();
    await moved;
  }
}
