import { IdMap } from '../../../core/import/id-map.js';
import { recordId, recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { storedIds } from './existing.js';

const LOOKUP = 10_000;

/** References of one field to records that the file had not shown when they were read. Numbers are Freshmaker's. */
export class OpenReferences {
  readonly #from: number[] = [];
  readonly #to: number[] = [];

  /** Takes note of a reference unless its target has already been read. */
  add(from: number, to: number, targets: IdMap): void {
    if (targets.has(to)) return;
    this.#from.push(from);
    this.#to.push(to);
  }

  /**
   * Looks the targets up: in the rest of the file, then in the database.
   * Resolves with the first reference whose target is nowhere, and with the targets that only the database has.
   */
  async resolve(
    connection: Reader,
    table: 'event' | 'build',
    targets: IdMap,
  ): Promise<{ missing: { from: number; to: number } | null; outside: number[] }> {
    const outside = new IdMap();
    for (const to of this.#to) if (!targets.has(to)) outside.set(to, 0);
    for (const ids of batches(outside.keys(), LOOKUP)) {
      const wanted = ids.map((number) => recordId(System.FRESHMAKER, number));
      for (const id of await storedIds(connection, table, wanted)) outside.set(recordNumber(id), 1);
    }
    const index = this.#to.findIndex((to) => outside.get(to) === 0);
    const missing = index < 0 ? null : { from: this.#from[index] as number, to: this.#to[index] as number };
    return { missing, outside: [...outside.keys()] };
  }
}

function* batches(numbers: Iterable<number>, size: number): Generator<number[]> {
  let batch: number[] = [];
  for (const number of numbers) {
    batch.push(number);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
