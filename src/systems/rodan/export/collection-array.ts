import { bytesOf } from '../../../core/export/pages.js';
import { tableArray, type ExportedArray, type TableArray } from '../../../core/export/run.js';
import { raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Collection } from '../import/collection.js';

/** How the rows of a collection are written. */
export interface CollectionArray<Row extends object> extends Pick<TableArray<Row>, 'elements'> {
  /** Columns, with aliases. */
  readonly select: Sql;
  /** Which rows; all of the table unless it is said. */
  readonly where?: Sql;
  /** Columns of texts of any length. */
  readonly long?: readonly string[];
  /** Bytes of what is in other tables. */
  readonly besides?: Sql;
}

/** Makes an array of a collection: the rows of its table in the order in which they came to be. */
export function collectionArray<Row extends object>(
  { name, stage }: Pick<Collection, 'name' | 'stage'>,
  { select, where, long = [], besides = raw('0'), elements }: CollectionArray<Row>,
): ExportedArray {
  return tableArray<Row>({
    key: name,
    name: stage.rows,
    source: {
      select,
      from: raw(stage.table),
      ...(where ? { where } : {}),
      key: ['id'],
      weight: sql`${bytesOf(...long)} + ${besides}`,
    },
    elements,
  });
}
