import { writeRows, type BulkConnection, type BulkTable } from '../../../core/import/bulk.js';
import type { ProjectIndex } from '../../../core/import/projects.js';
import type { Tally } from '../../../core/import/tally.js';
import { System } from '../../../core/model/states.js';
import type { SqlValue } from '../../../core/store/sql.js';
import { plainValue, type PlainValue } from '../documents.js';
import { fieldOf, type Collection } from '../fields.js';
import { recordValues, tableOf } from '../records.js';
import type { KnownRecords } from './known.js';
import { createdAt, Pending } from './pending.js';
import type { ReadDocument } from './read.js';
import { REFERENCES, type RecordIndex, type Reference } from './references.js';
import { recordTable } from './tables.js';

/** What the writers of records share. */
export interface RecordParts {
  readonly connection: BulkConnection;
  readonly projects: ProjectIndex;
  readonly indexes: Readonly<Record<Reference['to'], RecordIndex>>;
  /** References that were written without what they refer to. */
  readonly open: Set<Reference>;
}

/** A document and the columns of its row. */
interface Item extends ReadDocument {
  readonly tree: string | null;
  readonly values: Map<string, SqlValue>;
}

/** Writes the documents of a collection that has states. */
export class RecordWriter {
  readonly tally: Tally;
  readonly #parts: RecordParts;
  readonly #collection: Collection;
  readonly #known: KnownRecords;
  readonly #table: BulkTable;
  readonly #part: number | null;
  readonly #references: readonly Reference[];
  readonly #pending = new Pending<Item>();

  constructor(parts: RecordParts, collection: Collection, known: KnownRecords, tally: Tally) {
    const { table, part } = tableOf(collection);
    this.#parts = parts;
    this.#collection = collection;
    this.#known = known;
    this.#table = recordTable(collection);
    this.#part = part;
    this.#references = REFERENCES.filter(({ from }) => from === table);
    this.tally = tally;
  }

  get pending(): number {
    return this.#pending.weight;
  }

  /** @throws BuildgateError INVALID when another document of the file has the same id */
  add(read: ReadDocument): void {
    const values: Map<string, SqlValue> = recordValues(this.#collection, read.document);
    if (values.get('created_at') === null) {
      // Only test groups need not say when they were recorded.
      values.set('created_at', createdAt(read.oid)).set('finished_at', createdAt(read.oid));
    }
    this.#pending.add({ ...read, tree: this.#tree(read), values }, values.get('kernelci_document'));
  }

  async flush(): Promise<readonly ReadDocument[]> {
    const items = this.#pending.take();
    if (items.length === 0) return items;
    const known = await this.#known.meet(items, this.#part);
    const projects = await this.#parts.projects.idsOf(new Set(items.flatMap(({ tree }) => tree ?? [])));
    for (const { tree, values } of items) values.set('project_id', tree === null ? null : (projects.get(tree) ?? null));
    for (const reference of this.#references) await this.#resolve(reference, items);
    const rows = items.map(({ oid, values }) => {
      values.set('id', known.get(oid) ?? this.#known.nextId()).set('system', System.KERNELCI);
      return this.#table.columns.map(([column]) => values.get(column) ?? null);
    });
    const changed = await writeRows(this.#parts.connection, this.#table, rows, new Set(known.values()));
    this.tally.add(items.length, items.length - known.size, changed.size);
    return items;
  }

  async #resolve(reference: Reference, items: readonly Item[]): Promise<void> {
    const { to, column, given } = reference;
    const oidOf = (item: Item): string | null => (item.values.get(given) ?? null) as string | null;
    const ids = await this.#parts.indexes[to].idsOf(new Set(items.flatMap((item) => oidOf(item) ?? [])));
    for (const item of items) {
      const oid = oidOf(item);
      const id = oid === null ? null : (ids.get(oid) ?? null);
      if (oid !== null && id === null) this.#parts.open.add(reference);
      item.values.set(column, id);
    }
  }

  /** Name of the tree, which is the project. */
  #tree({ document }: ReadDocument): string | null {
    const field = fieldOf(this.#collection, 'job');
    const tree: PlainValue = field ? plainValue(field, document) : null;
    return tree === null ? null : String(tree);
  }
}
