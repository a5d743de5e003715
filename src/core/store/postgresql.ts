import pg from 'pg';
import { BoundedCache } from '../bounded-cache.js';
import { currentOperation, type OperationScope } from './operation-scope.js';
import type { Reader, StatementListener } from './reader.js';
import { RowShape } from './row-shape.js';
import type { Sql } from './sql.js';
import { type BatchedStatement, StatementBatches } from './statement-batches.js';
import type { StatementNames } from './statement-names.js';

const INT8 = 20;
const NUMERIC = 1700;
/** Most connections of a pool that requests share. */
export const POOL_SIZE = 10;
/** Statement texts whose rows' shape is kept. */
const MAX_SHAPES = 500;
const CONNECT_MS = 10_000;
const SILENCE_MS = 500;

/** How a pool is opened. */
export interface PoolOptions {
  /** Told of faults on idle connections, which the pool discards. */
  readonly onError?: (error: Error) => void;
  /** How long a connection and each statement may take; without it a statement takes what it needs. */
  readonly timeoutMs?: number;
  /** Whether a statement is sent before the last one is answered. */
  readonly pipeline?: boolean;
  /** Most connections, `POOL_SIZE` unless told. */
  readonly size?: number;
}

/** A pool whose 64-bit integers are numbers: all of ours are within 2^53. */
export function openPool(
  url: string,
  { onError = () => undefined, timeoutMs, size = POOL_SIZE, pipeline = false }: PoolOptions = {},
): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, Number);
  types.setTypeParser(NUMERIC, Number);
  // The server ends a statement in time, and says so; the client gives up a server that says nothing.
  const limits = timeoutMs === undefined ? {} : { statement_timeout: timeoutMs, query_timeout: timeoutMs + SILENCE_MS };
  const connectionTimeoutMillis = Math.min(timeoutMs ?? CONNECT_MS, CONNECT_MS);
  const pool = new pg.Pool({
    connectionString: url,
    types,
    max: size,
    connectionTimeoutMillis,
    keepAlive: true,
    pipeline,
    ...limits,
  } as pg.PoolConfig);
  // A connection that the server drops while idle must not end the process; the pool has already discarded it.
  pool.on('error', onError);
  pool.on('connect', watch);
  return pool;
}

/** Keeps a broken connection from ending the process, and one that has gone silent from being used again. */
function watch(client: pg.PoolClient): void {
  // In the middle of a transaction nobody else listens; the next statement fails.
  client.on('error', () => undefined);
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  client.query = ((...args: unknown[]) => {
    const result = query(...args);
    if (result instanceof Promise) result.catch((error: unknown) => isSilence(error) && giveUp(client));
    return result;
  }) as typeof client.query;
}

/**
 * A connection for a transaction. One that ends meanwhile goes back to the pool, which discards it: who holds it may
 * fail to give it back after a rollback that had no connection any more, and the pool would shrink with each.
 */
export async function lease(pool: pg.Pool): Promise<pg.PoolClient> {
  const client = await pool.connect();
  const giveBack = client.release.bind(client);
  let given = false;
  const release = (error?: Error | boolean): void => {
    if (given) return;
    given = true;
    client.off('end', ended);
    giveBack(error);
  };
  const ended = (): void => release(true);
  client.once('end', ended);
  client.release = release;
  return client;
}

function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

function giveUp(client: pg.PoolClient): void {
  (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
}

/** Reads through the pool with named prepared statements, one per statement text and connection. */
export class PostgresqlReader implements Reader {
  readonly dialect = 'postgresql';
  /** The same for statements that are short by nature: those that operations begin in one turn travel together. */
  readonly lookups: Reader = { dialect: this.dialect, all: (statement) => this.#run(statement, this.#together) };
  readonly #pool: pg.Pool;
  readonly #batches: StatementBatches;
  readonly #listener: StatementListener;
  readonly #names: StatementNames;
  readonly #shapes = new BoundedCache<string, RowShape>(MAX_SHAPES);

  constructor(pool: pg.Pool, names: StatementNames, listener: StatementListener) {
    this.#pool = pool;
    this.#batches = new StatementBatches(pool);
    this.#names = names;
    this.#listener = listener;
  }

  all<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.#run(statement, this.#alone);
  }

  async #run<Row extends object>(statement: Sql, send: SendInScope): Promise<Row[]> {
    const text = statement.text('postgresql');
    this.#listener(text);
    const name = this.#names.of(text);
    try {
      const query: ArrayQuery = { name, text, values: [...statement.values], rowMode: 'array' };
      const scope = currentOperation();
      const { rows, fields } = await (scope ? send(scope, query) : this.#pool.query(query));
      return this.#shapeOf(text).rows(rows, () => fields.map(({ name }) => name)) as Row[];
    } catch (error) {
      this.#names.heed(error, name);
      throw error;
    }
  }

  #shapeOf(text: string): RowShape {
    const shape = this.#shapes.get(text) ?? new RowShape();
    this.#shapes.set(text, shape);
    return shape;
  }

  readonly #together: SendInScope = (scope, query) => this.#batches.run(batched(scope, query));

  readonly #alone: SendInScope = (scope, query) => this.#batches.runAlone(batched(scope, query));
}

function batched(scope: OperationScope, query: ArrayQuery): BatchedStatement<pg.QueryArrayResult> {
  return { scope, text: query.text, send: (client) => client.query(query) };
}

/** Sends a statement on behalf of an operation. */
type SendInScope = (scope: OperationScope, query: ArrayQuery) => Promise<pg.QueryArrayResult>;

/** A statement whose rows come as arrays of values. */
type ArrayQuery = pg.QueryArrayConfig<unknown[]>;
