import { recordId } from '../../core/ids.js';
import { Kind, PROJECT_KIND, System, type State } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { ensureProjects } from '../../core/store/projects.js';
import { insertRows as insertRecords } from '../../core/store/rows.js';
import { join, raw, sql, type Sql, type SqlValue } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import { columnValues, plainValue, restOf, type KernelciDocument, type PlainValue } from './documents.js';
import { fieldOf, type Collection, type CollectionName, type DocumentField } from './fields.js';
import { KernelciCollection } from './lists.js';
import { stateOf, UNKNOWN_STATUS } from './states.js';

/** How documents become rows: what columns say is worked out from the document, and never written by itself. */

/** A shared table that holds documents of a collection. */
interface RecordTable {
  readonly table: 'event' | 'build' | 'job';
  readonly kind: Kind;
  /** What boots and test groups are told apart by. */
  readonly part: KernelciCollection | null;
}

/** Tables of the collections whose documents have a state. */
const TABLES: Readonly<Partial<Record<CollectionName, RecordTable>>> = {
  job: { table: 'event', kind: Kind.EVENT, part: null },
  build: { table: 'build', kind: Kind.BUILD, part: null },
  boot: { table: 'job', kind: Kind.JOB, part: KernelciCollection.BOOT },
  test_group: { table: 'job', kind: Kind.JOB, part: KernelciCollection.TEST_GROUP },
};

/** The shared table of a collection. @throws Error when it has none */
export function tableOf({ name }: Collection): RecordTable {
  const table = TABLES[name];
  if (!table) throw new Error(`${name} documents have no state.`);
  return table;
}

/** Values by column. */
export type Values = ReadonlyMap<string, PlainValue>;

/**
 * The columns of a record that follow from its document (contract kernelci, section 10). Left to the caller: `id`,
 * `system`, `project_id` and the references to other records.
 */
export function recordValues(collection: Collection, document: KernelciDocument): Map<string, PlainValue> {
  const values = columnValues(collection, document);
  const text = (name: string): string => textOf(collection, document, name);
  const status = String(values.get('legacy_state') ?? UNKNOWN_STATUS);
  const { part } = tableOf(collection);
  values.set('legacy_state', status);
  values.set('state', stateOf(collection.name, status));
  values.set('kernelci_rest', restOf(collection, document));
  values.set('kernelci_document', JSON.stringify(document));
  if (part !== null) values.set('kernelci_collection', part);
  if (collection.name === 'job') {
    values.set('name', `${text('job')}/${text('kernel')}`).set('state_reason', status);
  } else if (collection.name === 'build') {
    const finished = status === 'BUILD' ? null : (values.get('submitted_at') ?? null);
    values.set('name', `${text('defconfig_full') || text('defconfig')} (${text('arch')})`);
    values.set('state_reason', reasonOf(status, values)).set('finished_at', finished);
  } else {
    values.set('name', text(collection.name === 'boot' ? 'board' : 'name'));
    values.set('finished_at', values.get('created_at') ?? null);
    values.set('state_reason', text('boot_result_description') || null);
  }
  return values;
}

function textOf(collection: Collection, document: KernelciDocument, name: string): string {
  const field = fieldOf(collection, name);
  return field ? String(plainValue(field, document) ?? '') : '';
}

function reasonOf(status: string, values: Values): string {
  const counted = (column: string, one: string): string => {
    const count = Number(values.get(column) ?? 0);
    return `${count} ${one}${count === 1 ? '' : 's'}`;
  };
  return `${status}: ${counted('kernelci_errors', 'error')}, ${counted('kernelci_warnings', 'warning')}`;
}

/** Writes new rows that all have the same columns. */
export function insertRows(
  transaction: Transaction,
  table: string,
  rows: readonly ReadonlyMap<string, SqlValue>[],
): Promise<void> {
  return insertRecords(
    transaction,
    table,
    rows.map((row) => Object.fromEntries(row)),
  );
}

/** Writes columns of a row. */
export async function updateRow(
  transaction: Transaction,
  table: string,
  id: number,
  values: ReadonlyMap<string, SqlValue>,
): Promise<void> {
  const set = join(
    [...values].map(([column, value]) => sql`${raw(column)} = ${value}`),
    ', ',
  );
  await transaction.all(sql`UPDATE ${raw(table)} SET ${set} WHERE id = ${id}`);
}

/**
 * Lets one transaction of this system write at a time: documents are told apart by members that imported ones may share,
 * so no unique index keeps two writers from storing the same one. Imports wait for the same row.
 */
export async function holdWriters(transaction: Transaction): Promise<void> {
  await transaction.takeNumbers(System.KERNELCI, PROJECT_KIND, 0);
}

/** Internal id of the project that a tree is; made when there is none. */
export async function ensureProject(transaction: Transaction, tree: string): Promise<number> {
  const [id] = (await ensureProjects(transaction, System.KERNELCI, [tree])).values();
  if (id === undefined) throw new Error('The project was not stored.');
  return id;
}

/** What verbs know of a stored record. */
export interface StoredRecord {
  readonly id: number;
  readonly legacyId: string;
  readonly state: State;
  /** JSON text. */
  readonly document: string;
}

/** The stored record with these columns, the oldest if there are several; null is a value like others. */
export function findRecord(
  transaction: Transaction,
  collection: Collection,
  conditions: readonly Sql[],
): Promise<StoredRecord | undefined> {
  const { table, part } = tableOf(collection);
  const ofPart = part === null ? [] : [sql`kernelci_collection = ${part}`];
  const scope = join([sql`system = ${System.KERNELCI}`, ...ofPart, ...conditions], ' AND ');
  return first(
    transaction,
    sql`SELECT id, legacy_id AS "legacyId", state, kernelci_document AS document FROM ${raw(table)}
      WHERE ${scope} ORDER BY id LIMIT 1`,
  );
}

/** The stored record with this legacy id. */
export function findByOid(
  transaction: Transaction,
  collection: Collection,
  oid: string,
): Promise<StoredRecord | undefined> {
  return findRecord(transaction, collection, [sql`legacy_id = ${oid.toLowerCase()}`]);
}

/** The stored record that has the identity of a document. */
export function findSame(
  transaction: Transaction,
  collection: Collection,
  document: KernelciDocument,
  identity: readonly string[] = collection.identity,
): Promise<StoredRecord | undefined> {
  const conditions = identity.map((name) => {
    const field = fieldOf(collection, name);
    if (!field) throw new Error(`${collection.name} has no ${name}.`);
    return sameValue(field, plainValue(field, document));
  });
  return findRecord(transaction, collection, conditions);
}

function sameValue({ place, name }: DocumentField, value: PlainValue): Sql {
  if (place.at === 'project') {
    return sql`project_id = (SELECT id FROM project WHERE system = ${System.KERNELCI} AND legacy_id = ${value})`;
  }
  if (place.at !== 'column') throw new Error(`${name} has no column to be found by.`);
  return value === null ? sql`${raw(place.column)} IS NULL` : sql`${raw(place.column)} = ${value}`;
}

/** Stores a new document and logs it. Returns its internal id. */
export async function createRecord(
  transaction: Transaction,
  collection: Collection,
  document: KernelciDocument,
  more: ReadonlyMap<string, SqlValue>,
): Promise<number> {
  const { table, kind } = tableOf(collection);
  const id = recordId(System.KERNELCI, await transaction.takeNumbers(System.KERNELCI, kind));
  const values = recordValues(collection, document);
  await insertRows(transaction, table, [new Map([['id', id], ['system', System.KERNELCI], ...values, ...more])]);
  logState(transaction, kind, id, null, { ...Object.fromEntries(values), ...Object.fromEntries(more) });
  return id;
}

/** Puts another document in the place of a stored one; a change of its state is logged. */
export async function replaceRecord(
  transaction: Transaction,
  collection: Collection,
  stored: StoredRecord,
  document: KernelciDocument,
  more: ReadonlyMap<string, SqlValue> = new Map(),
): Promise<void> {
  const { table, kind } = tableOf(collection);
  const values = recordValues(collection, document);
  await updateRow(transaction, table, stored.id, new Map([...values, ...more]));
  const columns = { ...Object.fromEntries(values), ...Object.fromEntries(more) };
  if (columns['state'] !== stored.state) logState(transaction, kind, stored.id, stored.state, columns);
}

function logState(
  transaction: Transaction,
  kind: Kind,
  recordIdOfIt: number,
  from: State | null,
  columns: Readonly<Record<string, SqlValue>>,
): void {
  transaction.recordChange({
    system: System.KERNELCI,
    kind,
    recordId: recordIdOfIt,
    from,
    to: columns['state'] as State,
    reason: columns['state_reason'] as string | null,
  });
}
