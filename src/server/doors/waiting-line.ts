import { performance } from 'node:perf_hooks';

/**
 * How much work is taken on before the loop comes round, milliseconds. With much less there would be only a few requests to
 * refuse at a time, which takes longer for each: with 2 ms the gateway kept 60 % of its throughput, with 25 ms all of it.
 */
const TURN_MS = 25;
/** How often the loop then comes round: each time it reads what is ready, and takes one new connection. */
const ROUNDS = 16;
/** Over how long it is measured what one request takes, milliseconds. */
const MEASURED_MS = 100;
/** What one request takes until that is known, milliseconds. */
const GUESS_MS = 1;
/** So few wait without regard to what they take: a process that did not run for a moment has no load. */
const FEW = 64;

/**
 * Work that waits for the event loop, in the order it came.
 *
 * The loop reads all sockets that are ready, and takes one new connection, each time it comes round. Were all work begun
 * where it is read, a turn would take as long as all clients together have work for: new connections would wait for as
 * many turns as there are connections before them, and how long anybody waits could not be seen, because it would be in
 * buffers of the system. So a turn takes on little, and the rest waits here, where it can be counted.
 */
export class WaitingLine {
  readonly #maxWaitMs: number;
  readonly #waiting: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined;
  #turnBegan = 0;
  /** Of the measurement that is going on as long as somebody waits. */
  #since = 0;
  #served = 0;
  #takesMs = GUESS_MS;

  /** @param maxWaitMs how long the last may have to wait */
  constructor(maxWaitMs: number) {
    this.#maxWaitMs = maxWaitMs;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** How long who comes now would wait, milliseconds. */
  get waitMs(): number {
    return this.#waiting.length * this.#takesMs;
  }

  /** Whether that is too long. */
  get isFull(): boolean {
    return this.#waiting.length >= FEW && this.waitMs > this.#maxWaitMs;
  }

  /** Begins at once where nobody waits and the turn has time left. */
  join(begin: () => void): void {
    if (this.#waiting.length === 0 && this.#hasTime()) begin();
    else this.#wait(begin);
  }

  #hasTime(): boolean {
    if (this.#next) return performance.now() - this.#turnBegan < TURN_MS;
    this.#turnBegan = performance.now();
    this.#comeRound(1);
    return true;
  }

  #wait(begin: () => void): void {
    if (this.#waiting.length === 0) this.#measureFrom(performance.now());
    this.#waiting.push(begin);
    if (!this.#next) this.#comeRound(1);
  }

  #comeRound(rounds: number): void {
    this.#next = setImmediate(() => {
      this.#next = undefined;
      if (rounds > 1) this.#comeRound(rounds - 1);
      else if (this.#waiting.length > 0) this.#serve();
    });
  }

  #serve(): void {
    const first = this.#waiting.splice(0, Math.max(1, Math.floor(TURN_MS / this.#takesMs)));
    if (this.#waiting.length > 0) this.#comeRound(ROUNDS);
    this.#measure(first.length);
    for (const begin of first) begin();
  }

  #measureFrom(now: number): void {
    this.#since = now;
    this.#served = 0;
  }

  #measure(served: number): void {
    this.#served += served;
    const now = performance.now();
    if (now - this.#since < MEASURED_MS) return;
    this.#takesMs = (now - this.#since) / this.#served;
    this.#measureFrom(now);
  }
}
