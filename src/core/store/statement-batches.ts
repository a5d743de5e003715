import type pg from 'pg';
import { performance } from 'node:perf_hooks';
import { BoundedCache } from '../bounded-cache.js';
import { BuildgateError } from '../errors.js';
import type { OperationScope } from './operation-scope.js';
import { requestCancel } from './postgresql-cancel.js';

/** pg's connection as far as its writes are held back, which it does not declare. */
interface HeldConnection {
  readonly connection: { readonly stream: { cork(): void; uncork(): void } };
}

/** A statement that is to be sent for an operation. */
export interface BatchedStatement<Result> {
  readonly scope: OperationScope;
  readonly text: string;
  readonly send: (client: pg.PoolClient) => Promise<Result>;
}

/** What is told of the statements of a batch. */
interface BatchListener {
  /** When results are handed over. */
  readonly results: Turn;
  /** For one that was ended by mistake. */
  readonly sendAgain: <Result>(statement: BatchedStatement<Result>) => Promise<Result>;
  /** Told the text of one that took long. */
  readonly onLong: (text: string) => void;
}

/** Most statements that travel together: with 32 the gateway waits for the server where it could make answers. */
const MOST_TOGETHER = 8;
/** What took longer than this, milliseconds, may keep others waiting. */
const LONG_MS = 100;
/** How long a statement that did so goes by itself, milliseconds: it may have been the server that was slow. */
const APART_MS = 60_000;
/** Statement texts of which that is known. */
const MAX_LONG = 500;
/** SQLSTATE of a statement that the server was asked to end. */
const CANCELED = '57014';

/**
 * Sends short statements that are begun in the same turn over one connection, in one write, whichever operations they are
 * for: each write to a server process that sleeps takes as long as a short statement. All are told their results when the
 * last has its own, so that what is looked up because of them travels together again, and with those of other connections
 * whose results came in the same turn: each step of an answer finds its code in the processor's caches then. What proves
 * not to be short goes by itself for a while, as the others would have to wait for it.
 */
export class StatementBatches {
  readonly #pool: pg.Pool;
  /** Until when statements go by themselves, by their text. */
  readonly #apart = new BoundedCache<string, number>(MAX_LONG);
  readonly #listener: BatchListener = {
    results: new Turn(),
    sendAgain: (statement) => this.runAlone(statement),
    onLong: (text) => this.#apart.set(text, performance.now() + APART_MS),
  };
  #open: Batch | undefined;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Sends a statement with the others; the server works on them one after the other, and each has a result of its own. */
  run<Result>(statement: BatchedStatement<Result>): Promise<Result> {
    if (this.#isApart(statement.text)) return this.runAlone(statement);
    if (!this.#open?.hasRoom) this.#open = this.#begun();
    return this.#open.run(statement);
  }

  /** Sends a statement by itself: one that may take long is not to keep others waiting. */
  runAlone<Result>(statement: BatchedStatement<Result>): Promise<Result> {
    return this.#begun().run(statement);
  }

  #isApart(text: string): boolean {
    const until = this.#apart.get(text);
    return until !== undefined && performance.now() < until;
  }

  #begun(): Batch {
    return new Batch(this.#pool, this.#listener);
  }
}

/** Statements on their way over one connection. */
class Batch {
  readonly #client: Promise<pg.PoolClient>;
  readonly #listener: BatchListener;
  readonly #over = Promise.withResolvers<void>();
  /** Whose the statements are that have no result yet, in the order in which the server works on them. */
  readonly #unanswered: OperationScope[] = [];
  #taken = 0;
  #isSent = false;
  #isCancelled = false;
  #isSpoilt = false;
  /** When the server began with the statement that it is at. */
  #since = 0;

  constructor(pool: pg.Pool, listener: BatchListener) {
    this.#listener = listener;
    this.#client = pool.connect().then((client) => this.#begin(client));
    this.#client.catch(() => (this.#isSent = true));
  }

  /** Whether a statement can still be added. */
  get hasRoom(): boolean {
    return !this.#isSent && this.#taken < MOST_TOGETHER;
  }

  async run<Result>(statement: BatchedStatement<Result>): Promise<Result> {
    const { scope } = statement;
    this.#taken += 1;
    this.#unanswered.push(scope);
    const client = await this.#client;
    const forget = scope.onTimeout(() => this.#endUnwanted(client));
    try {
      scope.check();
      return await statement.send(client);
    } catch (error) {
      // As the pool does with its own statements, but for one that was never sent.
      this.#isSpoilt ||= !(error instanceof BuildgateError);
      if (!this.#wasMeantForAnother(error, scope)) throw error;
    } finally {
      forget();
      this.#answered(statement, client);
      await this.#over.promise;
    }
    return this.#listener.sendAgain(statement);
  }

  #begin(client: pg.PoolClient): pg.PoolClient {
    this.#isSent = true;
    this.#since = performance.now();
    const { stream } = (client as unknown as HeldConnection).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return client;
  }

  #answered({ scope, text }: BatchedStatement<unknown>, client: pg.PoolClient): void {
    const begun = this.#since;
    this.#since = performance.now();
    if (this.#since - begun > LONG_MS) this.#listener.onLong(text);
    this.#unanswered.splice(this.#unanswered.indexOf(scope), 1);
    if (this.#unanswered.length > 0) return this.#endUnwanted(client);
    client.release(this.#isSpoilt || this.#isCancelled);
    this.#listener.results.add(() => this.#over.resolve());
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
