import type { StatementSync } from 'node:sqlite';
import { RowShape } from './row-shape.js';

/** A prepared statement whose rows are plain objects of one shape. */
export interface RowStatement {
  all(values: readonly (string | number | null)[]): object[];
}

/** Lets a statement give its rows in one shape: the driver's own objects are dictionaries. */
export function rowStatement(statement: StatementSync): RowStatement {
  const shape = new RowShape();
  const namesOf = (): string[] => statement.columns().map(({ name }) => name);
  statement.setReturnArrays(true);
  return { all: (values) => shape.rows(statement.all(...values) as unknown as unknown[][], namesOf) };
}
