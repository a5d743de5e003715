import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import { BuildgateError } from '../errors.js';

/** What an operation is bounded by. */
export interface OperationBounds {
  /** How long it may take, in milliseconds; what it needs, unless told. */
  readonly timeoutMs?: number | undefined;
  /** Whether nobody waits for its answer any more. */
  readonly isGone?: (() => boolean) | undefined;
}

/**
 * One operation while it is executed. Every statement that runs on its behalf asks whether it may still begin, and one
 * that PostgreSQL is at is cancelled when the time is over.
 */
export class OperationScope {
  /** Rows that reads outside of transactions gave so far. */
  rowsRead = 0;
  readonly #deadline: number;
  readonly #timeoutMs: number | undefined;
  readonly #isGone: (() => boolean) | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #listeners: Set<() => void> | undefined;
  #isTimedOut = false;

  constructor({ timeoutMs, isGone }: OperationBounds) {
    this.#timeoutMs = timeoutMs;
    this.#deadline = performance.now() + (timeoutMs ?? Infinity);
    this.#isGone = isGone;
    if (timeoutMs !== undefined) this.#timer = setTimeout(() => this.#timeOut(), timeoutMs);
  }

  /** Whether its time is over. By the clock, since statements of SQLite leave timers no turn. */
  get isTimedOut(): boolean {
    return (this.#isTimedOut ||= performance.now() >= this.#deadline);
  }

  /** Why its time is over. */
  get timeout(): BuildgateError {
    const seconds = (this.#timeoutMs ?? 0) / 1_000;
    return new BuildgateError('TIMEOUT', `The operation takes longer than ${seconds} s.`, { limit: seconds });
  }

  /**
   * Asks before a statement begins.
   * @throws BuildgateError TIMEOUT when the time is over, UNAVAILABLE when nobody waits for the answer
   */
  check(): void {
    if (this.isTimedOut) throw this.timeout;
    if (this.#isGone?.()) throw new BuildgateError('UNAVAILABLE', 'Nobody waits for the answer any more.');
  }

  /** Calls back when the time is over. Returns how to take that back. */
  onTimeout(listener: () => void): () => void {
    this.#listeners ??= new Set();
    this.#listeners.add(listener);
    return () => this.#listeners?.delete(listener);
  }

  /** What work gives, unless the time is over before. @throws BuildgateError TIMEOUT */
  within<Result>(work: Promise<Result>): Promise<Result> {
    if (this.#timer === undefined) return work;
    return new Promise((resolve, reject) => {
      this.onTimeout(() => reject(this.timeout));
      work.then(resolve, reject);
    });
  }

  /** Says that the operation was answered: its time is over for nobody now. */
  end(): void {
    clearTimeout(this.#timer);
  }

  #timeOut(): void {
    this.#isTimedOut = true;
    for (const listener of this.#listeners ?? []) listener();
  }
}

const current = new AsyncLocalStorage<OperationScope | undefined>();

/** Runs work on behalf of an operation. */
export function inScope<Result>(scope: OperationScope, work: () => Result): Result {
  return current.run(scope, work);
}

/** Runs what an operation sets going and others need as well: it goes on when the time of the operation is over. */
export function outsideOfOperations<Result>(work: () => Result): Result {
  return current.run(undefined, work);
}

/** The operation on whose behalf this runs, if there is one. */
export function currentOperation(): OperationScope | undefined {
  return current.getStore();
}
