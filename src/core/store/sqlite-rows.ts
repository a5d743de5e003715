import type { StatementSync } from 'node:sqlite';
import { type RowMaker, rowMaker } from './row-maker.js';

/** A prepared statement whose rows are plain objects of one shape. */
export interface RowStatement {
  all(values: readonly (string | number | null)[]): object[];
}

/** Lets a statement give its rows by a row maker: the driver's own objects are dictionaries. */
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
