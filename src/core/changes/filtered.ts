import type { Change } from './log.js';

/**
 * A stream without the changes that a test refuses. Not a generator: leaving it ends the source at once, also while
 * it waits for the next change.
 */
export function filtered(
  source: AsyncIterableIterator<Change, undefined>,
  test: (change: Change) => boolean | Promise<boolean>,
): AsyncIterableIterator<Change, undefined> {
  return {
    async next() {
      for (;;) {
        const result = await source.next();
        if (result.done || (await test(result.value))) return result;
      }
    },
    return: async () => (await source.return?.()) ?? { value: undefined, done: true },
    throw: async (error) => {
      await source.return?.();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
