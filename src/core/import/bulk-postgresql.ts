import { createHash } from 'node:crypto';
import type pg from 'pg';
import { copyAtOnce } from '../copy/copy-in.js';
import { copyText } from '../copy/postgresql-text.js';
import { openPool } from '../store/postgresql.js';
import type { Sql } from '../store/sql.js';
import { upsertText, type BulkConnection, type BulkRow, type BulkTable } from './bulk.js';

/**
 * PostgreSQL. New rows are copied in, and the next ones are read while the server writes them; rows that may exist go
 * with one statement for many, their columns as arrays.
 */
export class PostgresqlBulk implements BulkConnection {
  readonly dialect = 'postgresql';
  readonly #pool: pg.Pool;
  #client: pg.PoolClient | null = null;
  #lost: Error | null = null;
  /** The rows that the server is writing. */
  #copying: Promise<void> | null = null;

  constructor(url: string) {
    this.#pool = openPool(url);
  }

  async begin(): Promise<void> {
    const client = await this.#pool.connect();
    // A connection that breaks while no statement runs would end the process; the next statement reports it.
    client.on('error', (error) => (this.#lost = error));
    this.#client = client;
    await client.query('BEGIN');
  }

  async commit(): Promise<void> {
    const client = await this.#settled();
    await client.query('COMMIT');
    // Until the server gets round to it by itself it plans for the tables as they were before.
    await client.query('ANALYZE');
  }

  async rollback(): Promise<void> {
    await this.#copying?.catch(() => undefined);
    // The server takes the transaction back by itself when the connection is gone.
    if (this.#client && !this.#lost) await this.#client.query('ROLLBACK').catch(() => undefined);
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    // Not prepared: a plan made while the tables were empty would scan them from end to end when they are full.
    const client = await this.#settled();
    const result = await client.query<Row>(statement.text('postgresql'), [...statement.values]);
    return result.rows;
  }

  async insert(table: BulkTable, rows: readonly BulkRow[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = table.columns.map(([name]) => name).join(', ');
    const data = copyText(rows);
    const client = await this.#settled();
    this.#copying = copyAtOnce(client, `COPY ${table.name} (${columns}) FROM STDIN`, data);
    // Whoever uses the connection next is told.
    this.#copying.catch(() => undefined);
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

  async #run<Row extends object>(text: string, values: unknown[]): Promise<pg.QueryResult<Row>> {
    const name = createHash('sha1').update(text).digest('base64url');
    const client = await this.#settled();
    return client.query<Row>({ name, text, values });
  }

  /** The connection, when nothing is being written any more. */
  async #settled(): Promise<pg.PoolClient> {
    await this.#copying;
    this.#copying = null;
    return this.#connection();
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
