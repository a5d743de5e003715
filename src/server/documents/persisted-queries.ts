import { LRUCache } from 'lru-cache';

/** Characters that all texts may have together, in each of the two halves: at most 16 MiB of memory. */
const HALF = 4 * 1_024 * 1_024;
/** Characters of the longest text that is kept; 4,000 tokens, which a document may have, are rarely more. */
const LONGEST = 64 * 1_024;
/** What an entry costs beside its text, counted in characters: the hash, its place in the cache. */
const OVERHEAD = 256;

/**
 * Documents that clients may name by the SHA-256 of their text: Apollo's automatic persisted queries. Each was found right
 * once. One that was asked for by its hash is kept apart from those that were only ever sent, so that a client which sends
 * ever new documents pushes out its own kind alone. What is forgotten is sent again by the clients that use it.
 */
export class PersistedQueries {
  readonly #sent = texts();
  readonly #used = texts();

  /** The text with a hash; undefined when it is not known, or no more. */
  get(hash: string): string | undefined {
    const used = this.#used.get(hash);
    if (used !== undefined) return used;
    const sent = this.#sent.get(hash);
    if (sent === undefined) return undefined;
    this.#sent.delete(hash);
    this.#used.set(hash, sent);
    return sent;
  }

  /** Keeps a text, unless it is too long. @param hash of it, in lower-case hexadecimal digits */
  keep(hash: string, text: string): void {
    if (!this.#used.has(hash)) this.#sent.set(hash, text);
  }
}

function texts(): LRUCache<string, string> {
  return new LRUCache({
    maxSize: HALF,
    maxEntrySize: LONGEST + OVERHEAD,
    sizeCalculation: ({ length }) => length + OVERHEAD,
  });
}
