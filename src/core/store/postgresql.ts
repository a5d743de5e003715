import { createHash } from 'node:crypto';
import pg from 'pg';
import type { Reader, StatementListener } from './reader.js';
import type { Sql } from './sql.js';

const INT8 = 20;
const NUMERIC = 1700;
const MAX_PREPARED = 500;

/** A pool whose 64-bit integers are numbers: all of ours are within 2^53. */
export function openPool(url: string, onError: (error: Error) => void): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  const pool = new pg.Pool({ connectionString: url, types, max: 10, connectionTimeoutMillis: 10_000 });
  // A connection that the server drops while idle must not end the process; the pool has already discarded it.
  pool.on('error', onError);
  return pool;
}

/** Reads through the pool with named prepared statements, one per statement text and connection. */
export class PostgresqlReader implements Reader {
  readonly dialect = 'postgresql';
  readonly #pool: pg.Pool;
  readonly #listener: StatementListener;
  readonly #names = new Map<string, string>();

  constructor(pool: pg.Pool, listener: StatementListener) {
    this.#pool = pool;
    this.#listener = listener;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    const text = statement.text('postgresql');
    this.#listener(text);
    const result = await this.#pool.query<Row>({ name: this.#name(text), text, values: [...statement.values] });
    return result.rows;
  }

  /** Statement texts beyond the bound run unnamed: the server keeps a named one for the life of the connection. */
  #name(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= MAX_PREPARED) return known;
    const name = createHash('sha1').update(text).digest('base64url');
    this.#names.set(text, name);
    return name;
  }
}
