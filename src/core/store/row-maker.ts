/** Makes a row of the values that a statement gives, in the order of its columns. */
export type RowMaker = (values: readonly unknown[]) => object;

/**
 * Rows of these columns as objects whose members V8 keeps in one known place each; those of both drivers are slower to
 * make, and slower with each look at a member. An object literal is the only way to a shape that needs no look-up per
 * member. The names are our own column aliases.
 */
export function rowMaker(names: readonly string[]): RowMaker {
  const members = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`);
  return new Function('values', `return { ${members.join(', ')} };`) as RowMaker;
}
