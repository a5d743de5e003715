import type { BulkRow } from '../../../core/import/bulk.js';
import type { StageDefinition } from '../../../core/import/stage.js';
import type { LinkKind } from '../link-kind.js';
import type { RodanRow } from './row.js';

/** A link of the rows of a collection. */
export interface Reference {
  /** The member that holds it. */
  readonly field: string;
  /** The column of the stage with the id that it ends in. */
  readonly column: string;
  readonly to: LinkKind;
}

/** One of the collections whose rows are told apart by UUID: how its rows are read, and where they go. */
export interface Collection {
  /** Its key in the file, as in the URIs. */
  readonly name: string;
  /** The word in links to its rows. */
  readonly kind: LinkKind;
  /** Rows are told apart by their place in the file until all of them are there. */
  readonly stage: StageDefinition;
  /** Column of the UUID, in the stage and in its table. */
  readonly id: 'uuid' | 'legacy_id';
  readonly references: readonly Reference[];
  /** Values of the stage's `given` and `extra` columns. */
  readonly read: (row: RodanRow) => BulkRow;
}

type Column = readonly [name: string, type: 'bigint' | 'text' | 'boolean'];

/** Columns of texts. */
export const texts = (...names: string[]): Column[] => names.map((name) => [name, 'text'] as const);
/** Columns of integers. */
export const integers = (...names: string[]): Column[] => names.map((name) => [name, 'bigint'] as const);
/** Columns that are true or false. */
export const booleans = (...names: string[]): Column[] => names.map((name) => [name, 'boolean'] as const);

type Stage = Pick<StageDefinition, 'table' | 'given' | 'derived' | 'extra' | 'work' | 'order' | 'rows'>;

/** The stage of a table of Rodan's own, whose rows are numbered in the order in which they are written. */
export function ownStage(definition: Stage): StageDefinition {
  const name = definition.table.replace(/^rodan_/, 'import_');
  return { order: ['position'], ...definition, name, key: ['uuid'], identity: ['position'] };
}

/** The order of creation: by time, and where that is the same as in the file. */
export const BY_CREATION = ['created_at', 'position'];
