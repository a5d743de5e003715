import type pg from 'pg';
import { BuildgateError } from '../errors.js';
import type { OperationScope } from './operation-scope.js';
import { requestCancel } from './postgresql-cancel.js';

/** pg's connection as far as its writes are held back, which it does not declare. */
interface HeldConnection {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

type Send<Result> = (client: pg.PoolClient) => Promise<Result>;

/**
 * Sends statements that one operation begins in the same turn over one connection, in one write: each write to a server
 * process that sleeps takes as long as a short statement, and a page of records asks for several things at once. All are
 * told their results when the last has its own, so that what is looked up because of them travels together again.
 */
export class StatementBatches {
  readonly #pool: pg.Pool;
  readonly #open = new WeakMap<OperationScope, Batch>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Sends a statement with the others; the server works on them one after the other, and each has a result of its own. */
  run<Result>(scope: OperationScope, send: Send<Result>): Promise<Result> {
    let batch = this.#open.get(scope);
    if (!batch) {
      batch = new Batch(this.#pool, scope, () => this.#open.delete(scope));
      this.#open.set(scope, batch);
    }
    return batch.run(send);
  }

  /** Sends a statement by itself: one that may take long is not to keep others waiting. */
  runAlone<Result>(scope: OperationScope, send: Send<Result>): Promise<Result> {
    return new Batch(this.#pool, scope).run(send);
  }
}

class Batch {
  readonly #scope: OperationScope;
  readonly #client: Promise<pg.PoolClient>;
  readonly #over = Promise.withResolvers<void>();
  #unanswered = 0;
  #isCancelled = false;
  #isSpoilt = false;
  #forget: () => void = () => undefined;

  /** @param close told when nothing more can be added */
  constructor(pool: pg.Pool, scope: OperationScope, close?: () => void) {
    this.#scope = scope;
    this.#client = pool
      .connect()
      .finally(close)
      .then((client) => this.#begin(client));
  }

  async run<Result>(send: Send<Result>): Promise<Result> {
    this.#unanswered += 1;
    const client = await this.#client;
    try {
      this.#scope.check();
      return await send(client);
    } catch (error) {
      // As the pool does with its own statements, but for one that was never sent.
      this.#isSpoilt ||= !(error instanceof BuildgateError);
      throw error;
    } finally {
      this.#answered(client);
      await this.#over.promise;
    }
  }

  #begin(client: pg.PoolClient): pg.PoolClient {
    this.#forget = this.#scope.onTimeout(() => {
      this.#isCancelled = true;
      requestCancel(client);
    });
    const { stream } = (client as unknown as HeldConnection).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return client;
  }

  #answered(client: pg.PoolClient): void {
    this.#unanswered -= 1;
    if (this.#unanswered === 0) {
      this.#forget();
      this.#over.resolve();
      client.release(this.#isSpoilt || this.#isCancelled);
    } else if (this.#isCancelled) {
      // The server was asked to end the statement that it was at; it is at the next one now.
      requestCancel(client);
    }
  }
}
