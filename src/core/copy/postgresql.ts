import type pg from 'pg';
import { BuildgateError } from '../errors.js';
import { MIGRATIONS_TABLE } from '../store/migrations.js';
import { openPool } from '../store/postgresql.js';
import { quoted, type Sql, type SqlValue } from '../store/sql.js';
import { copyIn } from './copy-in.js';
import type { CopyDatabase, CopyMode, CopyRow, CopyTable } from './database.js';
import { compactJson, copyText } from './postgresql-text.js';
import { MOST_ROWS, MOST_TEXT, textSize } from './portions.js';
import { inOrder, type Reference } from './references.js';

/** Rows that are read first of a table, when their size is not known yet. */
const FIRST_ROWS = 10;
const LOCK_NOT_AVAILABLE = '55P03';
/** Types whose values pg gives as SQLite takes them; what is not among them travels as text. */
const PLAIN_TYPES = new Set(['smallint', 'integer', 'bigint', 'real', 'double precision', 'boolean']);

/** Columns of our tables, with their types. Triggers fill those for searches. */
const COLUMNS = `
  SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    AND c.relname <> $1 AND c.relname NOT LIKE 'search\\_%' AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
  ORDER BY c.relname, a.attnum`;
/** References that are checked with each statement. */
const REFERENCES = `
  SELECT child.relname, parent.relname
  FROM pg_constraint k JOIN pg_class child ON child.oid = k.conrelid JOIN pg_class parent ON parent.oid = k.confrelid
  WHERE k.contype = 'f' AND NOT k.condeferrable AND child.relnamespace = current_schema()::regnamespace`;
const SEQUENCES = `
  SELECT c.relname, a.attname, s.name
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid,
    pg_get_serial_sequence(quote_ident(c.relname), a.attname) AS s (name)
  WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
    AND a.attnum > 0 AND NOT a.attisdropped AND s.name IS NOT NULL`;

/** A PostgreSQL database, in the schema that the connection's user sees first. */
export class PostgresqlCopy implements CopyDatabase {
  readonly dialect = 'postgresql';
  readonly #pool: pg.Pool;
  readonly #mode: CopyMode;
  readonly #types = new Map<string, string>();
  #connected: pg.PoolClient | null = null;

  constructor(url: string, mode: CopyMode) {
    this.#pool = openPool(url);
    this.#mode = mode;
  }

  async begin(): Promise<void> {
    this.#connected = await this.#pool.connect();
    const isolation = this.#mode === 'read' ? ' ISOLATION LEVEL REPEATABLE READ READ ONLY' : '';
    await this.#client.query(`BEGIN${isolation}`);
    // Limits of the role are meant for requests; a copy takes what it needs.
    await this.#client.query('SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0');
    if (this.#mode === 'read') return;
    await this.#lock();
    await this.#client.query('SET CONSTRAINTS ALL DEFERRED');
  }

  async identity(): Promise<string> {
    const [row] = await this.#arrays(
      `SELECT extract(epoch FROM pg_postmaster_start_time())::text, oid, current_schema()
        FROM pg_database WHERE datname = current_database()`,
    );
    return `postgresql ${row?.join(' ')}`;
  }

  async tables(): Promise<CopyTable[]> {
    const rows = await this.#arrays(COLUMNS, MIGRATIONS_TABLE);
    for (const [table, column, type] of rows) this.#types.set(`${table}.${column}`, String(type));
    const columns = Map.groupBy(rows, ([table]) => String(table));
    const references = (await this.#arrays(REFERENCES)).map(([child, parent]): Reference => [
      String(child),
      String(parent),
    ]);
    return inOrder([...columns.keys()], references).map((name) => ({
      name,
      columns: (columns.get(name) ?? []).map(([, column]) => String(column)),
    }));
  }

  async count({ name }: CopyTable): Promise<number> {
    const [row] = await this.#arrays(`SELECT COUNT(*) FROM ${quoted(name)}`);
    return Number(row?.[0]);
  }

  async *rows(table: CopyTable): AsyncGenerator<readonly CopyRow[]> {
    const types = table.columns.map((column) => this.#types.get(`${table.name}.${column}`) ?? 'text');
    const expressions = table.columns.map((column, index) =>
      PLAIN_TYPES.has(types[index] as string) ? quoted(column) : `${quoted(column)}::text`,
    );
    const isJson = types.map((type) => type === 'jsonb');
    await this.#client.query(
      `DECLARE copied NO SCROLL CURSOR FOR SELECT ${expressions.join(', ')} FROM ${quoted(table.name)}`,
    );
    for (let count = FIRST_ROWS; ;) {
      const rows = await this.#arrays(`FETCH ${count} FROM copied`);
      if (rows.length === 0) break;
      const size = rows.reduce((sum, row) => sum + textSize(row), 1);
      yield isJson.includes(true) ? rows.map((row) => withCompactJson(row, isJson)) : rows;
      count = Math.min(MOST_ROWS, Math.max(1, Math.floor((rows.length * MOST_TEXT) / size)));
    }
    await this.#client.query('CLOSE copied');
  }

  async clear({ name }: CopyTable): Promise<void> {
    await this.#client.query(`DELETE FROM ${quoted(name)}`);
  }

  async write({ name, columns }: CopyTable, portions: AsyncIterable<readonly CopyRow[]>): Promise<void> {
    await copyIn(this.#client, `COPY ${quoted(name)} (${columns.map(quoted).join(', ')}) FROM STDIN`, texts(portions));
  }

  async continueKeys(): Promise<void> {
    for (const [table, column, sequence] of await this.#arrays(SEQUENCES)) {
      const key = quoted(String(column));
      await this.#arrays(
        `SELECT setval($1, MAX(${key})) FROM ${quoted(String(table))} HAVING MAX(${key}) IS NOT NULL`,
        String(sequence),
      );
    }
  }

  async commit(): Promise<void> {
    await this.#client.query('COMMIT');
    // Until the server gets round to it by itself it plans for the tables as they were before; it does, if this fails.
    await this.#client.query('ANALYZE').catch(() => undefined);
  }

  async rollback(): Promise<void> {
    // The server takes the transaction back by itself when the connection is gone.
    await this.#connected?.query('ROLLBACK').catch(() => undefined);
  }

  async close(): Promise<void> {
    this.#connected?.release(true);
    await this.#pool.end();
  }

  /** Lets others read, and none write: what is found empty stays so. */
  async #lock(): Promise<void> {
    const names = (await this.tables()).map(({ name }) => quoted(name));
    if (names.length === 0) return;
    await this.#client.query(`SET LOCAL lock_timeout = '10s'`);
    try {
      await this.#client.query(`LOCK TABLE ${names.join(', ')} IN SHARE ROW EXCLUSIVE MODE`);
    } catch (error) {
      if ((error as pg.DatabaseError).code !== LOCK_NOT_AVAILABLE) throw error;
      throw new BuildgateError('CONFLICT', 'The database is being written to by another process. Try again later.');
    }
    await this.#client.query('SET LOCAL lock_timeout = 0');
  }

  get #client(): pg.PoolClient {
    if (!this.#connected) throw new Error('A statement of a copy ran outside of its transaction.');
    return this.#connected;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    return (await this.#client.query<Row>(statement.text('postgresql'), [...statement.values])).rows;
  }

  async #arrays(text: string, ...values: string[]): Promise<CopyRow[]> {
    return (await this.#client.query<SqlValue[]>({ text, values, rowMode: 'array' })).rows;
  }
}

function withCompactJson(row: CopyRow, isJson: readonly boolean[]): CopyRow {
  return row.map((value, index) => (isJson[index] && typeof value === 'string' ? compactJson(value) : value));
}

async function* texts(portions: AsyncIterable<readonly CopyRow[]>): AsyncGenerator<string> {
  for await (const rows of portions) yield copyText(rows);
}
