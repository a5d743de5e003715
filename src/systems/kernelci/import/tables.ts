import type { BulkTable } from '../../../core/import/bulk.js';
import type { Collection, CollectionName } from '../fields.js';
import { labValues, ownValues, tokenValues } from '../own-records.js';
import { recordValues, tableOf } from '../records.js';

/** Which columns an import writes for each collection. The values are those of `records.ts` and `own-records.ts`. */

type ColumnType = BulkTable['columns'][number][1];

/** Columns that are not made of one member. */
const TYPES: Readonly<Record<string, ColumnType>> = {
  id: 'bigint',
  system: 'bigint',
  state: 'bigint',
  finished_at: 'bigint',
  project_id: 'bigint',
  event_id: 'bigint',
  build_id: 'bigint',
  kernelci_collection: 'bigint',
  kernelci_rest: 'jsonb',
  rest: 'jsonb',
  properties: 'bigint',
};
const OF_MEMBERS: Readonly<Record<string, ColumnType>> = {
  integer: 'bigint',
  time: 'bigint',
  boolean: 'boolean',
};

/** Tables of the collections whose documents have no state. */
const OWN_TABLES: Readonly<Partial<Record<CollectionName, string>>> = {
  test_case: 'kernelci_test_case',
  test_regression: 'kernelci_test_regression',
  build_log: 'kernelci_build_log',
  job_log: 'kernelci_job_log',
  statistics: 'kernelci_statistics',
  lab: 'kernelci_lab',
  token: 'kernelci_token',
};

function typed(collection: Collection, names: Iterable<string>): BulkTable['columns'] {
  const types = new Map<string, ColumnType>(Object.entries(TYPES));
  // The `build_id` of a log is the legacy id, of a record the reference.
  for (const { place, type } of collection.fields) {
    if (place.at === 'column') types.set(place.column, OF_MEMBERS[type] ?? 'text');
  }
  return [...names].map((name) => [name, types.get(name) ?? 'text'] as const);
}

/** References of records to other records, by table. */
const REFERENCES = { event: [], build: ['event_id'], job: ['event_id', 'build_id'] };

/** The table of a collection of records. The state of a test group follows from its cases, when all are there. */
export function recordTable(collection: Collection): BulkTable {
  const { table: name } = tableOf(collection);
  const values = recordValues(collection, {}).keys();
  const columns = typed(
    collection,
    new Set(['id', 'system', 'legacy_id', 'project_id', ...REFERENCES[name], ...values]),
  );
  const fromCases = collection.name === 'test_group' ? ['state', 'legacy_state'] : [];
  return { name, columns, key: ['id'], insertOnly: ['system', 'legacy_id', ...fromCases] };
}

/** The table of a collection of documents without a state. */
export function ownTable(collection: Collection): BulkTable {
  const name = OWN_TABLES[collection.name];
  if (name === undefined) throw new Error(`${collection.name} has no table of its own.`);
  return { name, columns: typed(collection, new Set(['oid', ...sampleOf(collection).keys()])), key: ['oid'] };
}

function sampleOf(collection: Collection): ReadonlyMap<string, unknown> {
  if (collection.name === 'lab') return labValues({});
  return collection.name === 'token' ? tokenValues({}, { hash: '', sealed: '' }) : ownValues(collection, {});
}
