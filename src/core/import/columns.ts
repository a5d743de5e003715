import type { BulkTable } from './bulk.js';

type Columns = BulkTable['columns'];

/** Columns that hold integers, in this order. */
export function bigints(...names: readonly string[]): Columns {
  return names.map((name) => [name, 'bigint'] as const);
}

/** Columns that hold text, in this order. */
export function texts(...names: readonly string[]): Columns {
  return names.map((name) => [name, 'text'] as const);
}

/** Columns that hold truth values, in this order. */
export function booleans(...names: readonly string[]): Columns {
  return names.map((name) => [name, 'boolean'] as const);
}
