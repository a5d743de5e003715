import { UNRESTRICTED } from '../auth/principal.js';
import { limitTo, sql } from '../store/sql.js';
import type { Store } from '../store/store.js';

const DAY_US = 86_400_000_000;
/** Rows deleted in one transaction, which holds up writers. */
const BATCH = 1000;
const HOUR_MS = 3_600_000;

/** Deletes some of what has expired. Resolves with whether there may be more. */
export type Trim = () => Promise<boolean>;

/** What trimming is made with. */
export interface RetentionOptions {
  /** What is trimmed, one after the other. */
  readonly trims: readonly Trim[];
  /** Whether this process is the one that trims, as it is the one that publishes. */
  readonly lead: () => Promise<boolean>;
  readonly onError: (error: unknown) => void;
}

/** Trims at once and then every hour. Returns how to end it; resolves after the batch at hand. */
export function keepTrimmed(options: RetentionOptions): () => Promise<void> {
  let working: Promise<void> = Promise.resolve();
  let ended = false;
  const work = (): void => {
    working = trimAll(options, () => ended).catch(options.onError);
  };
  work();
  const timer = setInterval(work, HOUR_MS).unref();
  return async () => {
    ended = true;
    clearInterval(timer);
    await working;
  };
}

async function trimAll({ trims, lead }: RetentionOptions, isEnded: () => boolean): Promise<void> {
  for (const trim of trims) while (!isEnded() && (await lead()) && (await trim()));
}

/** Trims the change log to the changes of so many days. */
export function trimOfChanges(store: Store, days: number): Trim {
  return async () => (await trimBatch(store, store.now() - days * DAY_US)) === BATCH;
}

/** Deletes the oldest changes of the log that are older than a time. Returns how many. */
async function trimBatch(store: Store, before: number): Promise<number> {
  return store.transact(UNRESTRICTED, async (transaction) => {
    const oldest = await transaction.all<{ sequence: number; at: number }>(
      sql`SELECT sequence, at FROM change_log ORDER BY sequence${limitTo(BATCH)}`,
    );
    const firstKept = oldest.findIndex(({ at }) => at >= before);
    const expired = firstKept < 0 ? oldest : oldest.slice(0, firstKept);
    const last = expired.at(-1);
    if (!last) return 0;
    await transaction.all(sql`DELETE FROM change_log WHERE sequence <= ${last.sequence}`);
    await transaction.all(sql`UPDATE change_log_head SET trimmed_to = ${last.sequence} WHERE id = 1`);
    return expired.length;
  });
}
