import type { StatementSync } from 'node:sqlite';

/** Makes a row of the values that a statement gives, in the order of its columns. */
type RowMaker = (values: readonly unknown[]) => object;

/** A prepared statement whose rows are plain objects of one shape. */
export interface RowStatement {
  all(values: readonly (string | number | null)[]): object[];
}

/**
 * Lets a statement give its rows as objects whose members V8 keeps in one known place each. The driver's own objects are
 * dictionaries: slower to make, and slower with each look at a member.
 */
export function rowStatement(statement: StatementSync): RowStatement {
  let make: RowMaker | undefined;
  let width = 0;
  statement.setReturnArrays(true);
  return {
    all: (values) => {
      const rows = statement.all(...values) as unknown as unknown[][];
      if (rows.length === 0) return rows;
      // SQLite prepares again when a migration has changed the tables; `*` may be more columns then.
      if (!make || rows[0]?.length !== width) {
        const names = statement.columns().map(({ name }) => name);
        make = rowMaker(names);
        width = names.length;
      }
      return rows.map(make);
    },
  };
}

/** An object literal: the only way to a shape that needs no look-up per member. The names are our own column aliases. */
function rowMaker(names: readonly string[]): RowMaker {
  const members = names.map((name, index) => `${JSON.stringify(name)}: values[${index}]`);
  return new Function('values', `return { ${members.join(', ')} };`) as RowMaker;
}
