import type { BulkConnection } from '../../../core/import/bulk.js';
import type { Place } from '../../../core/import/fields.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { refuse, type ReadDocument } from './read.js';

/** A document that took a value from a row of the database. */
interface Displaced {
  readonly by: ReadDocument;
  readonly holder: string;
}

/** Keeps apart the values of a column that no two rows may share: names of labs, tokens. */
export class UniqueColumn {
  readonly #connection: BulkConnection;
  readonly #table: string;
  readonly #column: string;
  readonly #field: string;
  readonly #values = new Map<string, Place>();
  readonly #met = new Set<string>();
  readonly #displaced: Displaced[] = [];

  /** @param field the member that the column repeats */
  constructor(connection: BulkConnection, table: string, column: string, field: string) {
    this.#connection = connection;
    this.#table = table;
    this.#column = column;
    this.#field = field;
  }

  /** @throws BuildgateError INVALID when another document of the file has the value */
  take(document: ReadDocument, value: string): void {
    const known = this.#values.get(value);
    if (known) throw refuse(document, this.#field, `${known} has the same.`);
    this.#values.set(value, document.place);
    this.#met.add(document.oid);
  }

  /**
   * Makes room for values that other rows hold. Those get their own when their document comes; until then they have
   * their legacy id there.
   */
  async free(values: ReadonlyMap<string, ReadDocument>): Promise<void> {
    const [table, column] = [raw(this.#table), raw(this.#column)];
    const holders = await this.#connection.all<{ oid: string; value: string }>(
      sql`SELECT oid AS oid, ${column} AS value FROM ${table}
        WHERE ${inList(this.#connection.dialect, column, [...values.keys()], 'text')}`,
    );
    for (const { oid, value } of holders) {
      const by = values.get(value);
      if (!by || by.oid === oid) continue;
      await this.#connection.all(sql`UPDATE ${table} SET ${column} = oid WHERE oid = ${oid}`);
      this.#displaced.push({ by, holder: oid });
    }
  }

  /** @throws BuildgateError INVALID when a row that the file does not have holds a value of the file */
  finish(): void {
    for (const { by, holder } of this.#displaced) {
      if (!this.#met.has(holder)) throw refuse(by, this.#field, `${holder} of the database has the same.`);
    }
  }
}
