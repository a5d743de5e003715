import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

/** A part that is to end, and what it is called in the log. */
export type Ending = readonly [part: string, end: () => Promise<unknown>];

/**
 * Ends parts one after the other. One that does not end in time is left behind, and those after it are only told to; one
 * that fails keeps the others from nothing.
 * @param deadline by `performance.now()`, for all of them together
 */
export async function endInTurn(
  deadline: number,
  endings: readonly Ending[],
  onError: (error: unknown) => void,
): Promise<void> {
  for (const [part, end] of endings) {
    const late = new AbortController();
    const left = Math.max(0, deadline - performance.now());
    const expired = setTimeout(left, 'late', { signal: late.signal }).catch(() => undefined);
    const ended = end().catch(onError);
    if ((await Promise.race([ended, expired])) === 'late') onError(new Error(`The ${part} did not end in time.`));
    late.abort();
  }
}
