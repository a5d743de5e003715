import { first } from '../store/reader.js';
import { raw, sql, type Sql } from '../store/sql.js';
import type { BulkConnection, BulkRow, BulkTable } from './bulk.js';
import type { RowCounts } from './run.js';

type Columns = BulkTable['columns'];

/** What is collected, and how it goes into its table. Names and types are our own declarations. */
export interface StageDefinition {
  /** Name of the temporary table. */
  readonly name: string;
  /** For the summary. */
  readonly rows: RowCounts['name'];
  /** The table that the rows are for. */
  readonly table: string;
  /** Columns that tell rows apart in the table; and here, unless `identity` says others. */
  readonly key: readonly string[];
  /** Columns that tell rows apart here, when the key is worked out later. */
  readonly identity?: readonly string[];
  /** Columns of the table that a row brings along, in the order of its values. */
  readonly given: Columns;
  /** Columns of the table that are worked out when all rows are there; null until then. */
  readonly derived?: Columns;
  /** Columns that a row brings along, after the others, and that the table does not have. */
  readonly extra?: Columns;
  /** Columns to work with: neither brought along nor for the table; null at first. */
  readonly work?: Columns;
  /** Columns that new rows are written in the order of, where the table numbers its rows itself; those of the key unless given. */
  readonly order?: readonly string[];
  /** Columns that are written with a new row, and neither compared nor changed in one that exists. */
  readonly insertOnly?: readonly string[];
}

/** What becomes of a row, in the column `fate`. */
export enum Fate {
  UNCHANGED = 0,
  NEW = 1,
  REPLACED = 2,
}

/**
 * Collects the rows of an import in a temporary table, so that what follows from other rows is worked out by few
 * statements and written together with them. Besides the columns of its definition it has `position`, the place in the
 * file or -1 for a row that did not come from it, and `fate`. It ends with the connection.
 */
export class Stage {
  readonly #connection: BulkConnection;
  readonly #definition: StageDefinition;
  readonly #source: BulkTable;
  #pending: BulkRow[] = [];

  private constructor(connection: BulkConnection, definition: StageDefinition) {
    const { name, key, given, extra = [] } = definition;
    this.#connection = connection;
    this.#definition = definition;
    this.#source = { name, key, columns: [...given, ...extra, ['position', 'bigint']] };
  }

  static async create(connection: BulkConnection, definition: StageDefinition): Promise<Stage> {
    const stage = new Stage(connection, definition);
    const { derived = [], work = [], identity = definition.key } = definition;
    const collation = connection.dialect === 'postgresql' ? ' COLLATE "C"' : '';
    const columns = [...stage.#source.columns, ...derived, ...work].map(
      ([column, type]) => `${column} ${type}${type === 'text' ? collation : ''}`,
    );
    const parts = [...columns, 'fate integer NOT NULL DEFAULT 0', `PRIMARY KEY (${identity.join(', ')})`];
    await connection.all(raw(`CREATE TEMPORARY TABLE ${definition.name} (${parts.join(', ')})`));
    return stage;
  }

  /** Rows not yet in the temporary table. */
  get pending(): number {
    return this.#pending.length;
  }

  /** Queues a row: the values of `given`, then those of `extra`. No two may be told apart by nothing. */
  add(row: BulkRow, position: number): void {
    this.#pending.push([...row, position]);
  }

  async flush(): Promise<void> {
    const rows = this.#pending;
    this.#pending = [];
    await this.#connection.insert(this.#source, rows);
  }

  /** Says that all rows are there: PostgreSQL gets to know how many. */
  async complete(): Promise<void> {
    if (this.#connection.dialect === 'postgresql') await this.#connection.all(raw(`ANALYZE ${this.#definition.name}`));
  }

  /** Decides the fate of every row by what the table holds. */
  async compare(): Promise<void> {
    const { name, table } = this.#definition;
    const same = this.#sameKey();
    await this.#connection.all(
      sql`UPDATE ${raw(name)} SET fate = ${Fate.NEW} WHERE NOT EXISTS (SELECT 1 FROM ${raw(table)} WHERE ${same})`,
    );
    const changing = this.#changing();
    if (changing.length === 0) return;
    const columnsOf = (owner: string): Sql => raw(changing.map((column) => `${owner}.${column}`).join(', '));
    await this.#connection.all(sql`UPDATE ${raw(name)} SET fate = ${Fate.REPLACED} FROM ${raw(table)}
      WHERE ${same} AND (${columnsOf(table)}) IS DISTINCT FROM (${columnsOf(name)})`);
  }

  /** Writes new rows in their order, and replaces those that are to be replaced. */
  async write(): Promise<void> {
    const { name, table, key, order = key } = this.#definition;
    const columns = raw(this.#columns().join(', '));
    await this.#connection.all(sql`INSERT INTO ${raw(table)} (${columns}) SELECT ${columns} FROM ${raw(name)}
      WHERE fate = ${Fate.NEW} ORDER BY ${raw(order.join(', '))}`);
    const changing = this.#changing();
    if (changing.length === 0) return;
    const assignments = raw(changing.map((column) => `${column} = ${name}.${column}`).join(', '));
    await this.#connection.all(sql`UPDATE ${raw(table)} SET ${assignments} FROM ${raw(name)}
      WHERE ${this.#sameKey()} AND ${raw(name)}.fate = ${Fate.REPLACED}`);
  }

  /** How many rows of the file had which fate. */
  async counts(): Promise<RowCounts> {
    const rows = await this.#connection.all<{ fate: Fate; total: number }>(
      sql`SELECT fate AS fate, COUNT(*) AS total FROM ${raw(this.#definition.name)} WHERE position >= 0 GROUP BY fate`,
    );
    const of = (fate: Fate): number => rows.find((row) => row.fate === fate)?.total ?? 0;
    const [created, replaced, unchanged] = [of(Fate.NEW), of(Fate.REPLACED), of(Fate.UNCHANGED)];
    return { name: this.#definition.rows, created, replaced, unchanged };
  }

  /** Whether the table gets rows that it did not have. */
  async hasNew(): Promise<boolean> {
    const row = await first(
      this.#connection,
      sql`SELECT 1 AS one FROM ${raw(this.#definition.name)} WHERE fate = ${Fate.NEW} LIMIT 1`,
    );
    return row !== undefined;
  }

  #columns(): string[] {
    return [...this.#definition.given, ...(this.#definition.derived ?? [])].map(([column]) => column);
  }

  #changing(): string[] {
    const fixed = new Set([...this.#definition.key, ...(this.#definition.insertOnly ?? [])]);
    return this.#columns().filter((column) => !fixed.has(column));
  }

  #sameKey(): Sql {
    const { name, table, key } = this.#definition;
    return raw(key.map((column) => `${table}.${column} = ${name}.${column}`).join(' AND '));
  }
}

/** Counts of stages for the summary: always those of the first ones, those of the others where the file has rows. */
export async function countsOf(always: readonly Stage[], optional: readonly Stage[]): Promise<RowCounts[]> {
  const counts: RowCounts[] = [];
  for (const stage of always) counts.push(await stage.counts());
  for (const stage of optional) {
    const count = await stage.counts();
    if (count.created + count.replaced + count.unchanged > 0) counts.push(count);
  }
  return counts;
}
