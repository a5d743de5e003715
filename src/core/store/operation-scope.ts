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
  readonly #listeners: (() => void)[] = [];
  #isTimedOut = false;

  constructor({ timeoutMs, isGone }: OperationBounds) {
    this.#timeoutMs = timeoutMs;
    this.#deadline = performance.now() + (timeoutMs ?? Infinity);
    this.#isGone = isGone;
    if (timeoutMs !== undefined) watch(this);
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
    this.#listeners.push(listener);
    return () => {
      const place = this.#listeners.indexOf(listener);
      if (place >= 0) this.#listeners.splice(place, 1);
    };
  }

  /** What work gives, unless the time is over before. @throws BuildgateError TIMEOUT */
  within<Result>(work: Promise<Result>): Promise<Result> {
    if (this.#timeoutMs === undefined) return work;
    return new Promise((resolve, reject) => {
      this.#listeners.push(() => reject(this.timeout));
      work.then(resolve, reject);
    });
  }

  /** Says that the operation was answered: its time is over for nobody now. */
  end(): void {
    UNDER_WAY.delete(this);
  }

  /** Tells those who listen, when the time is over. */
  look(): void {
    if (!this.isTimedOut) return;
    this.end();
    for (const listener of this.#listeners.splice(0)) listener();
  }
}

/** Operations whose time is not over. A timer for each would be dearer than all else that is done here for it. */
const UNDER_WAY = new Set<OperationScope>();
/** How often they are looked at. */
const LOOK_MS = 100;
let looking: NodeJS.Timeout | undefined;

function watch(scope: OperationScope): void {
  UNDER_WAY.add(scope);
  looking ??= setInterval(() => UNDER_WAY.forEach((one) => one.look()), LOOK_MS).unref();
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
