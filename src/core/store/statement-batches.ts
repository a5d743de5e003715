import type pg from 'pg';
import { BuildgateError } from '../errors.js';
import type { OperationScope } from './operation-scope.js';
import { requestCancel } from './postgresql-cancel.js';

/** pg's connection as far as its writes are held back, which it does not declare. */
interface HeldConnection {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

type Send<Result> = (client: pg.PoolClient) => Promise<Result>;

/** Most statements that travel together: with 32 the gateway waits for the server where it could make answers. */
const MOST_TOGETHER = 8;
/** SQLSTATE of a statement that the server was asked to end. */
const CANCELED = '57014';

/**
 * Sends short statements that are begun in the same turn over one connection, in one write, whichever operations they are
 * for: each write to a server process that sleeps takes as long as a short statement. All are told their results when the
 * last has its own, so that what is looked up because of them travels together again, and with those of other connections
 * whose results came in the same turn: each step of an answer finds its code in the processor's caches then.
 */
export class StatementBatches {
  readonly #pool: pg.Pool;
  readonly #results = new Turn();
  #open: Batch | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Sends a statement with the others; the server works on them one after the other, and each has a result of its own. */
  run<Result>(scope: OperationScope, send: Send<Result>): Promise<Result> {
    if (!this.#open?.hasRoom) this.#open = this.#begun();
    return this.#open.run(scope, send);
  }

  /** Sends a statement by itself: one that may take long is not to keep others waiting. */
  runAlone<Result>(scope: OperationScope, send: Send<Result>): Promise<Result> {
    return this.#begun().run(scope, send);
  }

  #begun(): Batch {
    return new Batch(this.#pool, this.#results, (scope, send) => this.runAlone(scope, send));
  }
}

/** Statements on their way over one connection. */
class Batch {
  readonly #client: Promise<pg.PoolClient>;
  readonly #results: Turn;
  readonly #sendAgain: StatementBatches['runAlone'];
  readonly #over = Promise.withResolvers<void>();
  /** Whose the statements are that have no result yet, in the order in which the server works on them. */
  readonly #unanswered: OperationScope[] = [];
  #taken = 0;
  #isSent = false;
  #isCancelled = false;
  #isSpoilt = false;

  constructor(pool: pg.Pool, results: Turn, sendAgain: StatementBatches['runAlone']) {
    this.#results = results;
    this.#sendAgain = sendAgain;
    this.#client = pool.connect().then((client) => this.#begin(client));
    this.#client.catch(() => (this.#isSent = true));
  }

  /** Whether a statement can still be added. */
  get hasRoom(): boolean {
    return !this.#isSent && this.#taken < MOST_TOGETHER;
  }

  async run<Result>(scope: OperationScope, send: Send<Result>): Promise<Result> {
    this.#taken += 1;
    this.#unanswered.push(scope);
    const client = await this.#client;
    const forget = scope.onTimeout(() => this.#endUnwanted(client));
    try {
      scope.check();
      return await send(client);
    } catch (error) {
      // As the pool does with its own statements, but for one that was never sent.
      this.#isSpoilt ||= !(error instanceof BuildgateError);
      if (!this.#wasMeantForAnother(error, scope)) throw error;
    } finally {
      forget();
      this.#answered(scope, client);
      await this.#over.promise;
    }
    return this.#sendAgain(scope, send);
  }

  #begin(client: pg.PoolClient): pg.PoolClient {
    this.#isSent = true;
    const { stream } = (client as unknown as HeldConnection).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return client;
  }

  #answered(scope: OperationScope, client: pg.PoolClient): void {
    this.#unanswered.splice(this.#unanswered.indexOf(scope), 1);
    if (this.#unanswered.length > 0) return this.#endUnwanted(client);
    client.release(this.#isSpoilt || this.#isCancelled);
    this.#results.add(() => this.#over.resolve());
  }

  /** Has the server end the statement that it is at, when the time of its operation is over. */
  #endUnwanted(client: pg.PoolClient): void {
    if (!this.#unanswered[0]?.isTimedOut) return;
    this.#isCancelled = true;
    requestCancel(client);
  }

  /** A request to end a statement that comes late ends the next one. */
  #wasMeantForAnother(error: unknown, scope: OperationScope): boolean {
    return this.#isCancelled && !scope.isTimedOut && (error as { code?: unknown }).code === CANCELED;
  }
}

/** What comes up in one turn of the event loop and is done at its end, all at once. */
class Turn {
  readonly #actions: (() => void)[] = [];

  add(action: () => void): void {
    if (this.#actions.length === 0) setImmediate(() => this.#end());
    this.#actions.push(action);
  }

  #end(): void {
    for (const action of this.#actions.splice(0)) action();
  }
}
