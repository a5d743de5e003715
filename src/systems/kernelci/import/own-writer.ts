import { writeRows, type BulkConnection, type BulkTable } from '../../../core/import/bulk.js';
import type { Tally } from '../../../core/import/tally.js';
import type { SqlValue } from '../../../core/store/sql.js';
import type { Collection } from '../fields.js';
import { ownValues } from '../own-records.js';
import { KnownOwnRows } from './known.js';
import { createdAt, Pending } from './pending.js';
import type { ReadDocument } from './read.js';
import { ownTable } from './tables.js';

/** A document and the columns of its row. */
export interface OwnItem extends ReadDocument {
  readonly values: Map<string, SqlValue>;
}

/** Writes the documents of a collection without states. */
export class OwnWriter {
  readonly tally: Tally;
  protected readonly connection: BulkConnection;
  protected readonly table: BulkTable;
  readonly #collection: Collection;
  readonly #known: KnownOwnRows;
  readonly #pending = new Pending<OwnItem>();

  protected constructor(connection: BulkConnection, collection: Collection, known: KnownOwnRows, tally: Tally) {
    this.connection = connection;
    this.table = ownTable(collection);
    this.#collection = collection;
    this.#known = known;
    this.tally = tally;
  }

  static async of(connection: BulkConnection, collection: Collection, tally: Tally): Promise<OwnWriter> {
    return new OwnWriter(connection, collection, await knownOf(connection, collection), tally);
  }

  get pending(): number {
    return this.#pending.weight;
  }

  /** @throws BuildgateError INVALID when another document of the file has the same id */
  add(read: ReadDocument): void {
    const values = this.valuesOf(read);
    if (values.get('created_at') === null) values.set('created_at', createdAt(read.oid));
    this.#pending.add({ ...read, values }, values.get('document'));
  }

  async flush(): Promise<readonly ReadDocument[]> {
    const items = this.#pending.take();
    if (items.length === 0) return items;
    const known = await this.#known.meet(items, null);
    await this.prepare(items);
    const rows = items.map(({ oid, values }) =>
      this.table.columns.map(([column]) => (column === 'oid' ? oid : (values.get(column) ?? null))),
    );
    const changed = await writeRows(this.connection, this.table, rows, new Set(known.keys()));
    this.tally.add(items.length, items.length - known.size, changed.size);
    return items;
  }

  /** Columns of a document's row. */
  protected valuesOf({ document }: ReadDocument): Map<string, SqlValue> {
    return ownValues(this.#collection, document);
  }

  /** What is to be done before documents are written. */
  protected prepare(_items: readonly OwnItem[]): Promise<void> {
    return Promise.resolve();
  }
}

/** The rows that a collection's own table has. */
export function knownOf(connection: BulkConnection, collection: Collection): Promise<KnownOwnRows> {
  return KnownOwnRows.of(connection, ownTable(collection).name);
}
