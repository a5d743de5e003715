/** Ids that a remark names; more are only counted. */
const NAMED = 10;

/** What an export could not write as it is, each thing said once for all rows that it is true of. */
export class Remarks {
  readonly #ids = new Map<string, string[]>();

  /** @param about what is true of the row with this id: `tokens that ... are left out` */
  add(about: string, id: string): void {
    const ids = this.#ids.get(about);
    if (ids) ids.push(id);
    else this.#ids.set(about, [id]);
  }

  /** One line for each thing, such as `tokens that ... are left out: 5 (7, 8, 9, 12, 13)`. */
  lines(): string[] {
    return [...this.#ids].map(([about, ids]) => {
      const more = ids.length > NAMED ? ', ...' : '';
      return `${about}: ${ids.length} (${ids.slice(0, NAMED).join(', ')}${more})`;
    });
  }
}
