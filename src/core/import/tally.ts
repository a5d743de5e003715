import type { RowCounts } from './run.js';

/** Counts the rows of one kind by what became of them. */
export class Tally {
  #created = 0;
  #replaced = 0;
  #unchanged = 0;

  constructor(
    readonly one: string,
    readonly many: string,
  ) {}

  /** Takes note of some rows: how many, which of them were there before, which are different now. */
  add(rows: number, created: number, changed: number): void {
    this.#created += created;
    this.#replaced += changed - created;
    this.#unchanged += rows - changed;
  }

  get total(): number {
    return this.#created + this.#replaced + this.#unchanged;
  }

  get replaced(): number {
    return this.#replaced;
  }

  counts(): RowCounts {
    const { one, many } = this;
    return { name: { one, many }, created: this.#created, replaced: this.#replaced, unchanged: this.#unchanged };
  }
}
