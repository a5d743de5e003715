import { BuildgateError, isRefusal } from '../errors.js';
import type { Reader } from '../store/reader.js';
import { headOf, logAfter, requireKept, type LogEntry } from './log.js';

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
 * Reads the change log once for all subscribers of this process. A subscriber is a place in the log and nothing more
 * (`Walk`): replay and live delivery are the same walk, so nothing is missed or seen twice between them, and a slow
 * subscriber costs no memory.
 */
export class ChangeFeed {
  readonly #reader: Reader;
  readonly #onError: (error: unknown) => void;
  readonly #recent: LogEntry[] = [];
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
   * The place at which a subscriber begins who has seen everything up to a sequence; from now on when it is null.
   * @throws BuildgateError INVALID when the sequence lies ahead of the log, CURSOR_EXPIRED when changes behind it are not
   * kept any more
   */
  async placeBehind(after: number | null): Promise<number> {
    if (after !== null && after > this.#head && after > (await headOf(this.#reader))) {
      throw new BuildgateError('INVALID', 'after: this cursor lies ahead of the change log.');
    }
    if (after !== null && after < this.#recentFrom) await requireKept(this.#reader, after);
    // What was committed before this call is not to come, also where this process has not read it yet.
    return after ?? Math.max(this.#head, await headOf(this.#reader));
  }

  /** Changes behind a place that are known to be there; empty when the place is the end. */
  async next(after: number): Promise<{ changes: LogEntry[]; upTo: number }> {
    const upTo = this.#head;
    if (after >= upTo) return { changes: [], upTo: after };
    if (after >= this.#recentFrom) return { changes: this.#recent.slice(firstBehind(this.#recent, after)), upTo };
    const changes = await logAfter(this.#reader, after, BATCH);
    await requireKept(this.#reader, after);
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
      const changes = await logAfter(this.#reader, this.#head, BATCH);
      // Without a gap nothing was trimmed; with one it may have been a message.
      if (changes[0]?.sequence !== this.#head + 1 && (await this.#wasTrimmed())) return this.#restart(head);
      this.#recent.push(...changes);
      if (this.#recent.length > RECENT) {
        this.#recentFrom = this.#recent.splice(0, this.#recent.length - RECENT).at(-1)?.sequence ?? this.#recentFrom;
      }
      this.#head =
        changes.length < BATCH ? Math.max(head, changes.at(-1)?.sequence ?? 0) : (changes.at(-1)?.sequence ?? head);
      this.#notify();
    }
  }

  /** Whether the log was trimmed beyond what this process has read: it must have been halted for days. */
  async #wasTrimmed(): Promise<boolean> {
    try {
      await requireKept(this.#reader, this.#head);
      return false;
    } catch (error) {
      if (isRefusal(error, 'CURSOR_EXPIRED')) return true;
      throw error;
    }
  }

  /** Goes on at the end of the log; whoever stands behind it reads the log and hears that changes are missing. */
  #restart(head: number): void {
    this.#recent.length = 0;
    this.#recentFrom = head;
    this.#head = head;
    this.#notify();
  }

  #notify(): void {
    for (const stop of Array.from(this.#waiting)) stop();
  }
}

function firstBehind(changes: readonly LogEntry[], after: number): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((changes[middle]?.sequence ?? 0) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}
