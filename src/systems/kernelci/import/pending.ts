import { refuse, type ReadDocument } from './read.js';

/** Characters of documents that count like a row of their own. */
const HEAVY = 16_384;
const SECOND = 1_000_000;

/** Documents that wait to be written. */
export class Pending<Item extends ReadDocument> {
  #items = new Map<string, Item>();
  #characters = 0;

  /** How many rows they count for: long documents for several. */
  get weight(): number {
    return this.#items.size + Math.floor(this.#characters / HEAVY);
  }

  /** @throws BuildgateError INVALID when one with the same id waits */
  add(item: Item, text: unknown): void {
    const other = this.#items.get(item.oid);
    if (other) throw refuse(item, '_id', `${other.place} has the same.`);
    this.#items.set(item.oid, item);
    this.#characters += typeof text === 'string' ? text.length : 0;
  }

  /** All that wait, in the order of the file. */
  take(): readonly Item[] {
    const items = [...this.#items.values()];
    this.#items = new Map();
    this.#characters = 0;
    return items;
  }
}

/** When a document was recorded that does not say so: its id begins with the seconds (contract kernelci, section 4). */
export function createdAt(oid: string): number {
  return Number.parseInt(oid.slice(0, 8), 16) * SECOND;
}
