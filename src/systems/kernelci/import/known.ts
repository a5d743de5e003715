import { recordId, recordNumber } from '../../../core/ids.js';
import { lastNumber, raiseLastNumber } from '../../../core/import/counters.js';
import { Kind, System } from '../../../core/model/states.js';
import { first, type Reader } from '../../../core/store/reader.js';
import { inList, raw, sql, type Sql } from '../../../core/store/sql.js';
import { refuse, type ReadDocument } from './read.js';

/** A row that the database has. */
interface KnownRow {
  readonly id: number;
  readonly oid: string;
  /** What boots and test groups are told apart by; null elsewhere. */
  readonly part: number | null;
}

/**
 * The rows of one table by legacy id: which were there before the import, and which the import has written. One bit per
 * row that was there.
 */
export abstract class KnownRows {
  protected readonly connection: Reader;
  /** Greatest number of a row that was there before. */
  protected readonly last: number;
  readonly #met: Uint8Array;

  protected constructor(connection: Reader, last: number) {
    this.connection = connection;
    this.last = last;
    this.#met = new Uint8Array(Math.floor(last / 8) + 1);
  }

  /** Whether there was nothing before the import. */
  get isFresh(): boolean {
    return this.last === 0;
  }

  /**
   * Internal ids of those of these documents that were there before.
   * @throws BuildgateError INVALID when the file had one of them before, or another collection has its id
   */
  async meet(documents: readonly ReadDocument[], part: number | null): Promise<ReadonlyMap<string, number>> {
    const byOid = new Map(documents.map((document) => [document.oid, document]));
    const rows = await this.connection.all<KnownRow>(this.select([...byOid.keys()]));
    for (const row of rows) {
      const document = byOid.get(row.oid);
      if (!document) continue;
      if (!this.#takes(this.numberOf(row.id))) throw refuse(document, '_id', 'the file has it twice.');
      if (row.part !== part) throw refuse(document, '_id', 'a document of another collection has the same.');
    }
    return new Map(rows.map(({ id, oid }) => [oid, id]));
  }

  /** The statement that finds the rows with these legacy ids. */
  protected abstract select(oids: readonly string[]): Sql;
  /** A number that is small when the row is one of the first. */
  protected abstract numberOf(id: number): number;

  /** Takes note of a row; false when that has been done before. */
  #takes(number: number): boolean {
    if (number > this.last) return false;
    const [byte, bit] = [Math.floor(number / 8), 1 << (number % 8)];
    const bits = this.#met[byte] ?? 0;
    this.#met[byte] = bits | bit;
    return (bits & bit) === 0;
  }
}

const TABLES = {
  [Kind.EVENT]: { name: 'event', part: 'NULL' },
  [Kind.BUILD]: { name: 'build', part: 'NULL' },
  [Kind.JOB]: { name: 'job', part: 'kernelci_collection' },
};

/** Records of one kind; new ones are numbered in the order in which they come. */
export class KnownRecords extends KnownRows {
  readonly #kind: Kind;
  #given: number;

  private constructor(connection: Reader, kind: Kind, last: number) {
    super(connection, last);
    this.#kind = kind;
    this.#given = last;
  }

  static async of(connection: Reader, kind: Kind): Promise<KnownRecords> {
    return new KnownRecords(connection, kind, await lastNumber(connection, System.KERNELCI, kind));
  }

  /** Whether the import has made any. */
  get hasNew(): boolean {
    return this.#given > this.last;
  }

  /** Internal id for a new record. */
  nextId(): number {
    this.#given += 1;
    return recordId(System.KERNELCI, this.#given);
  }

  /** Makes the gateway number its own new records after these. */
  finish(): Promise<void> {
    return raiseLastNumber(this.connection, System.KERNELCI, this.#kind, this.#given);
  }

  protected override select(oids: readonly string[]): Sql {
    const { name, part } = TABLES[this.#kind];
    return sql`SELECT id AS id, legacy_id AS oid, ${raw(part)} AS part FROM ${raw(name)}
      WHERE system = ${System.KERNELCI} AND ${inList(this.connection.dialect, raw('legacy_id'), oids, 'text')}`;
  }

  protected override numberOf(id: number): number {
    return recordNumber(id);
  }
}

/** Rows of a table that only this system has; the database numbers them. */
export class KnownOwnRows extends KnownRows {
  readonly #table: string;

  private constructor(connection: Reader, table: string, last: number) {
    super(connection, last);
    this.#table = table;
  }

  static async of(connection: Reader, table: string): Promise<KnownOwnRows> {
    const row = await first<{ last: number | null }>(connection, sql`SELECT MAX(id) AS last FROM ${raw(table)}`);
    return new KnownOwnRows(connection, table, row?.last ?? 0);
  }

  protected override select(oids: readonly string[]): Sql {
    return sql`SELECT id AS id, oid AS oid, NULL AS part FROM ${raw(this.#table)}
      WHERE ${inList(this.connection.dialect, raw('oid'), oids, 'text')}`;
  }

  protected override numberOf(id: number): number {
    return id;
  }
}
