import { useEffect, useRef, useState } from 'react';

/** At most this often something is asked for again while changes come. */
const REFRESH_MS = 2_000;

/** Asks when it is told that something changed: at once, and then not before a while after each answer. */
class Refresher {
  readonly #ask: () => Promise<void>;
  #isStale = false;
  #isBusy = false;
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(ask: () => Promise<void>) {
    this.#ask = ask;
  }

  tell(): void {
    this.#isStale = true;
    if (!this.#isBusy) void this.#refresh();
  }

  stop(): void {
    this.#isBusy = true;
    clearTimeout(this.#rest);
  }

  async #refresh(): Promise<void> {
    this.#isBusy = true;
    this.#isStale = false;
    // What cannot be told now is told after the next change.
    await this.#ask().catch(() => undefined);
    this.#rest = setTimeout(() => {
      this.#isBusy = false;
      if (this.#isStale) void this.#refresh();
    }, REFRESH_MS);
  }
}

/**
 * An answer that is asked for again after changes; null until it came.
 * @param key tells what is asked for; null while nothing is
 * @param changes anything that becomes another value when a change came
 * @param ask the newest is called
 */
export function useRefreshed<Answer>(
  key: string | null,
  changes: unknown,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Answer | null {
  const [known, setKnown] = useState<{ readonly key: string; readonly answer: Answer } | null>(null);
  const latest = useRef(ask);
  latest.current = ask;
  const refresher = useRef<Refresher | null>(null);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const made = new Refresher(async () => {
      const answer = await latest.current(abort.signal);
      if (!abort.signal.aborted) setKnown({ key, answer });
    });
    refresher.current = made;
    return () => {
      abort.abort();
      made.stop();
    };
  }, [key]);
  useEffect(() => {
    if (key !== null) refresher.current?.tell();
  }, [key, changes]);
  return known && known.key === key ? known.answer : null;
}
