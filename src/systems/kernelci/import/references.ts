import { Kind, System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { KnownRecords } from './known.js';

/** Legacy ids held in memory; more are looked up in the database again. */
const MAX_KNOWN = 50_000;

/** Finds records by legacy id: what those that refer to them are written with. */
export class RecordIndex {
  readonly #connection: Reader;
  readonly #table: 'event' | 'build';
  readonly #ids = new Map<string, number>();

  constructor(connection: Reader, table: 'event' | 'build') {
    this.#connection = connection;
    this.#table = table;
  }

  /** Internal ids of the records that there are by now. */
  async idsOf(oids: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
    if (this.#ids.size > MAX_KNOWN) this.#ids.clear();
    const unknown = [...oids].filter((oid) => !this.#ids.has(oid));
    if (unknown.length === 0) return this.#ids;
    const rows = await this.#connection.all<{ id: number; oid: string }>(
      sql`SELECT id AS id, legacy_id AS oid FROM ${raw(this.#table)} WHERE system = ${System.KERNELCI}
        AND ${inList(this.#connection.dialect, raw('legacy_id'), unknown, 'text')}`,
    );
    for (const { id, oid } of rows) this.#ids.set(oid, id);
    return this.#ids;
  }
}

/** A reference of the records of one table to those of another. */
export interface Reference {
  readonly from: 'build' | 'job';
  readonly to: 'event' | 'build';
  /** Column with the internal id. */
  readonly column: string;
  /** Column with the legacy id, as the document has it. */
  readonly given: string;
}

/** All references between records. */
export const REFERENCES: readonly Reference[] = [
  { from: 'build', to: 'event', column: 'event_id', given: 'kernelci_job_id' },
  { from: 'job', to: 'event', column: 'event_id', given: 'kernelci_job_id' },
  { from: 'job', to: 'build', column: 'build_id', given: 'kernelci_build_id' },
];

const KINDS = { event: Kind.EVENT, build: Kind.BUILD, job: Kind.JOB };

/**
 * Fills in references that could not be when their records were written: to records that came later in the file, and
 * those of records that were there before to new ones.
 * @param open references that the import wrote without what they refer to
 */
export async function fillReferences(
  connection: Reader,
  records: ReadonlyMap<Kind, KnownRecords>,
  open: ReadonlySet<Reference>,
): Promise<void> {
  for (const reference of REFERENCES) {
    const { from, to, column, given } = reference;
    const waited = records.get(KINDS[to])?.hasNew === true && records.get(KINDS[from])?.isFresh === false;
    if (!waited && !open.has(reference)) continue;
    const [table, target] = [raw(from), raw(`found.legacy_id = ${from}.${given}`)];
    await connection.all(sql`UPDATE ${table} SET ${raw(column)} = found.id FROM ${raw(to)} AS found
      WHERE ${table}.system = ${System.KERNELCI} AND ${raw(`${from}.${column} IS NULL AND ${from}.${given} IS NOT NULL`)}
        AND found.system = ${System.KERNELCI} AND ${target}`);
  }
}
