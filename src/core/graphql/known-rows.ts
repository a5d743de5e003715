import type { RecordRow } from '../list/page.js';

/** Whole rows of one kind that an operation has read, found by internal id. */
export class KnownRows {
  readonly #byId = new Map<number, RecordRow>();
  /** Not yet in the map: most operations never ask. */
  #added: (readonly RecordRow[])[] = [];

  add(rows: readonly RecordRow[]): void {
    this.#added.push(rows);
  }

  get(id: number): RecordRow | undefined {
    for (const rows of this.#added) for (const row of rows) this.#byId.set(row.id, row);
    this.#added = [];
    return this.#byId.get(id);
  }
}
