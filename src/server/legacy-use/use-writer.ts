import type { DataVersion } from '../../core/store/data-version.js';
import type { Dialect } from '../../core/store/sql.js';
import type { Trim } from '../../core/changes/retention.js';
import { addUses, dayOf, dropOldestDay } from '../../core/usage/route-use.js';
import type { RouteTally } from './route-tally.js';

/** How often what was counted is written; what a killed process loses. */
const INTERVAL_MS = 30_000;
/** Rows of one statement. */
const BATCH = 1_000;

/** What a writer of uses is made with. */
export interface UseWriterOptions {
  readonly tally: RouteTally;
  readonly dataVersion: DataVersion;
  readonly dialect: Dialect;
  /** Told of what failed and will be tried again. */
  readonly onError: (error: unknown) => void;
}

/** Writes what a tally has counted to the database, now and then and at the end. */
export class UseWriter {
  readonly #options: UseWriterOptions;
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> = Promise.resolve();

  constructor(options: UseWriterOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.settle(), INTERVAL_MS).unref();
  }

  /** Writes what has been counted so far. What cannot be written now stays counted; never rejects. */
  settle(): Promise<void> {
    this.#working = this.#working.then(() => this.#write()).catch(this.#options.onError);
    return this.#working;
  }

  /** Writes a last time. */
  close(): Promise<void> {
    clearInterval(this.#timer);
    return this.settle();
  }

  async #write(): Promise<void> {
    const { tally, dataVersion, dialect } = this.#options;
    const pending = tally.pending();
    for (let start = 0; start < pending.length; start += BATCH) {
      const batch = pending.slice(start, start + BATCH);
      await dataVersion.writeAside(
        addUses(
          dialect,
          batch.map(({ use }) => use),
        ),
      );
      tally.written(batch);
    }
  }
}

/**
 * Trims the uses to those of so many days, a day at a time.
 * @param now microseconds since 1970
 */
export function trimOfUses(dataVersion: DataVersion, days: number, now: () => number): Trim {
  return async () => (await dataVersion.writeAside(dropOldestDay(dayOf(now()) - days))) > 0;
}
