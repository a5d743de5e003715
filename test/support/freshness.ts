import { EventEmitter, once } from 'node:events';

/** A record with a rising value, and the ways to look at it. */
export interface Watched {
  /** Resolves when the value is stored and its writer has been told so. */
  write(value: number): Promise<void>;
  /** The value as different clients see it. */
  readonly reads: readonly (() => Promise<number>)[];
}

/**
 * Writes rising values while clients read without a pause.
 * @param readsBetween how often a record is read before its next value is written
 * @returns each answer that was older than a write that had been acknowledged before its request began
 */
export async function staleReads(
  records: readonly Watched[],
  { writes, readsBetween }: { readonly writes: number; readonly readsBetween: number },
): Promise<string[]> {
  const stale: string[] = [];
  await Promise.all(
    records.map(async ({ write, reads }, record) => {
      const news = new EventEmitter();
      let [acknowledged, count, isOver] = [0, 0, false];
      const reading = reads.map(async (read) => {
        while (!isOver) {
          const known = acknowledged;
          const seen = await read();
          if (!(seen >= known)) stale.push(`record ${record}: ${seen} after ${known}`);
          count += 1;
          news.emit('read');
        }
      });
      try {
        for (let value = 1; value <= writes; value++) {
          await write(value);
          acknowledged = value;
          const enough = count + readsBetween;
          while (count < enough) await Promise.race([once(news, 'read'), ...reading]);
        }
      } finally {
        isOver = true;
        await Promise.all(reading);
      }
    }),
  );
  return stale;
}

/** The value of a counter of a gateway, 0 when it has none of the name. */
export async function counterOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
}

/** More than enough: what others write to the database server makes kept answers stale, but not always. */
const MOST_CALLS = 1_000;

/**
 * Repeats a request until it is answered with what was kept; once where nothing is kept.
 * @returns all answers
 */
export async function untilGivenAgain<Answer>(
  { url, config }: { readonly url: string; readonly config: { readonly answerCacheBytes: number } },
  call: () => Promise<Answer>,
): Promise<Answer[]> {
  const hits = (): Promise<number> => counterOf(url, 'buildgate_answer_cache_hits_total');
  const before = await hits();
  const answers: Answer[] = [];
  do {
    if (answers.length === MOST_CALLS) throw new Error('No answer was given again.');
    answers.push(await call());
  } while (config.answerCacheBytes > 0 && (await hits()) === before);
  return answers;
}
