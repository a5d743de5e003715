type RowMaker = (values: readonly unknown[]) => object;

/**
 * The shape of a statement's rows: objects whose members V8 keeps in one known place each. Those of both drivers are slower
 * to make, and slower with each look at a member.
 */
export class RowShape {
  #make: RowMaker | undefined;
  #width = 0;

  /**
   * Rows of the values that a statement gives, in the order of its columns.
   * @param namesOf tells the names of the columns, our own aliases; asked for the first rows, and when a migration has
   * changed what `*` is
   */
  rows(found: readonly (readonly unknown[])[], namesOf: () => readonly string[]): object[] {
    const [first] = found;
    if (!first) return [];
    if (!this.#make || first.length !== this.#width) {
      this.#make = rowMaker(namesOf());
      this.#width = first.length;
    }
    return found.map(this.#make);
  }
}

/** An object literal: the only way to a shape that needs no look-up per member. */
function rowMaker(names: readonly string[]): RowMaker {
  const members = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`);
  return new Function('values', `return { ${members.join(', ')} };`) as RowMaker;
}
