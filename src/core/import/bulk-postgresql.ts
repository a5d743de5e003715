import { createHash } from 'node:crypto';
import type pg from 'pg';
import { openPool } from '../store/postgresql.js';
import type { Sql } from '../store/sql.js';
import { insertText, upsertText, type BulkConnection, type BulkRow, type BulkTable } from './bulk.js';

/** PostgreSQL: one statement for many rows, whose columns travel as arrays. */
export class PostgresqlBulk implements BulkConnection {
  readonly dialect = 'postgresql';
  readonly #pool: pg.Pool;
  #client: pg.PoolClient | null = null;
  #lost: Error | null = null;

  constructor(url: string) {
    this.#pool = openPool(url, () => undefined);
  }

  async begin(): Promise<void> {
    const client = await this.#pool.connect();
    // A connection that breaks while no statement runs would end the process; the next statement reports it.
    client.on('error', (error) => (this.#lost = error));
    this.#client = client;
    await client.query('BEGIN');
  }

  async commit(): Promise<void> {
    await this.#connection().query('COMMIT');
    // Until the server gets round to it by itself it plans for the tables as they were before.
    await this.#connection().query('ANALYZE');
  }

  async rollback(): Promise<void> {
    // The server takes the transaction back by itself when the connection is gone.
    if (this.#client && !this.#lost) await this.#client.query('ROLLBACK').catch(() => undefined);
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    // Not prepared: a plan made while the tables were empty would scan them from end to end when they are full.
    const result = await this.#connection().query<Row>(statement.text('postgresql'), [...statement.values]);
    return result.rows;
  }

  async insert(table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
    if (rows.length > 0) await this.#run(insertText(table, 'postgresql'), columnsOf(table, rows));
  }

  async upsert(table: BulkTable, rows: readonly BulkRow[]): Promise<number[]> {
    if (rows.length === 0) return [];
    const text = `${upsertText(table, 'postgresql')} RETURNING ${table.key.map((name) => `${name}::text`).join(', ')}`;
    const result = await this.#run<Record<string, string>>(text, columnsOf(table, rows));
    if (result.rows.length === rows.length) return rows.map((_, index) => index);
    const places = table.key.map((name) => table.columns.findIndex(([column]) => column === name));
    const positions = new Map(
      rows.map((row, index) => [JSON.stringify(places.map((place) => String(row[place]))), index]),
    );
    return result.rows
      .map((row) => positions.get(JSON.stringify(table.key.map((name) => row[name]))) as number)
      .toSorted((left, right) => left - right);
  }

  async close(): Promise<void> {
    this.#client?.release(true);
    this.#client = null;
    await this.#pool.end();
  }

  #run<Row extends object>(text: string, values: unknown[]): Promise<pg.QueryResult<Row>> {
    const name = createHash('sha1').update(text).digest('base64url');
    return this.#connection().query<Row>({ name, text, values });
  }

  #connection(): pg.PoolClient {
    if (this.#lost) throw this.#lost;
    if (!this.#client) throw new Error('A statement of an import ran outside of its transaction.');
    return this.#client;
  }
}

function columnsOf(table: BulkTable, rows: readonly BulkRow[]): unknown[][] {
  return table.columns.map((_, column) => rows.map((row) => row[column]));
}
