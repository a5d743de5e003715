import { bytesOf, type PageSource } from '../../../core/export/pages.js';
import { tableArray, type ExportedArray } from '../../../core/export/run.js';
import { System } from '../../../core/model/states.js';
import { raw, sql } from '../../../core/store/sql.js';
import type { Collection, CollectionName } from '../fields.js';
import { NAMINGS } from '../import/arrays.js';
import { ownTable } from '../import/tables.js';
import { tableOf } from '../records.js';

/** The collections that are kept in the shared tables. */
const RECORDS: ReadonlySet<CollectionName> = new Set(['job', 'build', 'boot', 'test_group']);

/** The documents of a collection, as they are, in the order in which they were stored. */
export function documents(collection: Collection): ExportedArray {
  const { array, one, many } = NAMINGS[collection.name];
  return tableArray<{ readonly document: string }>({
    key: array,
    name: { one, many },
    source: RECORDS.has(collection.name) ? recordSource(collection) : ownSource(collection),
    elements: (rows) => rows.map(({ document }) => document),
  });
}

function recordSource(collection: Collection): PageSource {
  const { table, part } = tableOf(collection);
  const ofPart = part === null ? raw('') : sql` AND kernelci_collection = ${part}`;
  return {
    select: raw('kernelci_document AS document'),
    from: raw(table),
    where: sql`system = ${System.KERNELCI}${ofPart}`,
    key: ['id'],
    weight: bytesOf('kernelci_document'),
  };
}

function ownSource(collection: Collection): PageSource {
  return {
    select: raw('document AS document'),
    from: raw(ownTable(collection).name),
    key: ['id'],
    weight: bytesOf('document'),
  };
}
