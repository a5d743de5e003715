import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { isRefusal } from '../errors.js';
import type { ChangeFeed } from './feed.js';
import type { LogEntry } from './log.js';

/** How long a walk waits for a database that is away. */
const RETRY_MS = 250;

/** What is shown of the log. */
export interface WatchOptions<Entry extends LogEntry> {
  readonly feed: ChangeFeed;
  /** Sequence behind which it begins. */
  readonly after: number;
  /** The entry itself, or null to pass it over. Asked again when the database is away. */
  readonly pick: (entry: LogEntry) => Entry | null | Promise<Entry | null>;
  /** Whether nothing is shown behind this entry. */
  readonly isLast?: (entry: Entry) => boolean;
  /** Whether nothing is shown at all. */
  readonly isOver?: boolean;
  /**
   * What `pick` and `isLast` depend on besides the arguments of the subscription: watches of the same arguments and the
   * same key show the same entries, to whomever.
   */
  readonly key?: string;
}

/**
 * What one subscription is to be shown of the change log, and from where: nothing is read before somebody walks. Those
 * who stand at the same place and are to be shown the same can have one walk for all of them.
 */
export class Watch<Entry extends LogEntry = LogEntry> implements AsyncIterable<Entry, undefined> {
  readonly feed: ChangeFeed;
  readonly after: number;
  readonly isOver: boolean;
  readonly key: string;
  readonly #pick: WatchOptions<Entry>['pick'];
  readonly #isLast: (entry: Entry) => boolean;

  constructor({ feed, after, pick, isLast = () => false, isOver = false, key = '' }: WatchOptions<Entry>) {
    this.feed = feed;
    this.after = after;
    this.isOver = isOver;
    this.key = key;
    this.#pick = pick;
    this.#isLast = isLast;
  }

  /** Whether nothing is shown behind this entry. */
  isLast(entry: Entry): boolean {
    return this.#isLast(entry);
  }

  /** A walk that begins behind a sequence. */
  walk(after: number): Walk<Entry> {
    return new Walk(this.feed, after, this.#pick);
  }

  [Symbol.asyncIterator](): Walk<Entry> {
    return this.walk(this.after);
  }
}

/** A place in the log. Not a generator: `return` ends a pending `next` at once instead of waiting for a change. */
export class Walk<Entry extends LogEntry = LogEntry> implements AsyncIterableIterator<Entry, undefined> {
  readonly #feed: ChangeFeed;
  readonly #pick: WatchOptions<Entry>['pick'];
  /** The batch at hand reaches up to here. */
  #place: number;
  #passed: number;
  #batch: readonly LogEntry[] = [];
  #index = 0;
  #ended = false;
  #stopWaiting: (() => void) | undefined;

  constructor(feed: ChangeFeed, place: number, pick: WatchOptions<Entry>['pick']) {
    this.#feed = feed;
    this.#pick = pick;
    this.#place = place;
    this.#passed = place;
  }

  /**
   * Sequence up to which the walker is done: an entry that was given out counts when the next one is asked for. What lies
   * behind the last entry and is not picked counts as well.
   */
  get passed(): number {
    return this.#passed;
  }

  /**
   * The next entry that is picked; null where the log ends just now, undefined when the walk is over.
   * @param deadline of `performance.now()` behind which no more entries are looked at: null as well
   * @throws BuildgateError CURSOR_EXPIRED when changes that come next are not kept any more
   */
  async take(deadline = Number.POSITIVE_INFINITY): Promise<Entry | null | undefined> {
    while (!this.#ended) {
      if (performance.now() > deadline) return null;
      const entry = this.#batch[this.#index];
      this.#passed = entry ? (this.#batch[this.#index - 1]?.sequence ?? this.#passed) : this.#place;
      if (entry) {
        const picked = await this.#retried(async () => this.#pick(entry));
        if (this.#ended) break;
        this.#index += 1;
        if (picked) return picked;
      } else if (!(await this.#retried(() => this.#read()))) {
        this.#ended ||= this.#feed.closed;
        if (!this.#ended) return null;
      }
    }
    return undefined;
  }

  /** Resolves when the log goes on behind where it ended, or the walk is over. */
  async goesOn(): Promise<void> {
    const { moved, stop } = this.#feed.wait();
    this.#stopWaiting = stop;
    // The head may have moved, or the walker left, between the look and the wait.
    if (this.#feed.head > this.#place || this.#feed.closed || this.#ended) stop();
    await moved;
  }

  /** The next entry that is picked, as soon as there is one. */
  async next(): Promise<IteratorResult<Entry, undefined>> {
    for (;;) {
      const entry = await this.take();
      if (entry) return { value: entry, done: false };
      if (entry === undefined) return { value: undefined, done: true };
      await this.goesOn();
    }
  }

  async return(): Promise<IteratorResult<Entry, undefined>> {
    this.#ended = true;
    this.#stopWaiting?.();
    return { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Whether there is more of the log. */
  async #read(): Promise<boolean> {
    const { changes, upTo } = await this.#feed.next(this.#place);
    const moved = upTo > this.#place;
    this.#batch = changes;
    this.#index = 0;
    this.#place = upTo;
    return moved || changes.length > 0;
  }

  /** What reading gives; null when the walk was left while the database was away. */
  async #retried<Value>(read: () => Promise<Value>): Promise<Value | null> {
    while (!this.#ended) {
      try {
        return await read();
      } catch (error) {
        if (this.#feed.closed || !isRefusal(error, 'UNAVAILABLE')) throw error;
        await setTimeout(RETRY_MS, undefined, { ref: false });
      }
    }
    return null;
  }
}
