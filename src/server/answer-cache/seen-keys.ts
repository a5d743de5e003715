const SLOTS = 2 ** 14;

/**
 * Remembers keys that came lately, in 64 KiB whatever their number: one hash of 32 bits in each place, where a later one
 * takes the place of an earlier one. Two keys of one hash are taken for each other, which must do no harm.
 */
export class SeenKeys {
  readonly #hashes = new Int32Array(SLOTS);

  has(key: string): boolean {
    const hash = hashOf(key);
    return this.#hashes[hash & (SLOTS - 1)] === hash;
  }

  add(key: string): void {
    const hash = hashOf(key);
    this.#hashes[hash & (SLOTS - 1)] = hash;
  }
}

/** FNV-1a, with its bits mixed once more so that the lower ones tell keys apart; never 0, which is the empty place. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return hash ^ (hash >>> 15) || 1;
}
