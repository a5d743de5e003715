import { performance } from 'node:perf_hooks';

/**
 * How much work is begun before the loop comes round, milliseconds. With much less there would be only a few requests to
 * refuse at a time, which takes longer for each: with 2 ms the gateway kept 60 % of its throughput, with 25 ms all of it.
 */
const TURN_MS = 25;
/** How often the loop then comes round: each time it reads what is ready, and takes one new connection. */
const ROUNDS = 16;
/** Over how much work it is measured what one request takes, milliseconds. */
const MEASURED_MS = 100;
/** What one request takes until that is known, milliseconds. */
const GUESS_MS = 1;
/** So few wait without regard to what they take: a process that did not run for a moment has no load. */
const FEW = 64;

/**
 * Work that waits for the event loop, in the order it came.
 *
 * Nothing is begun where it is read: what the loop has read in one turn is begun together, so that each step of an answer
 * is made for all of them before the next step. Answered one after the other, each would find its code pushed out of the
 * processor's caches by the rest of the answer before it, and take twice the time.
 *
 * The loop reads all sockets that are ready, and takes one new connection, each time it comes round. Were all work begun
 * at once, a turn would take as long as all clients together have work for: new connections would wait for as
 * many turns as there are connections before them, and how long anybody waits could not be seen, because it would be in
 * buffers of the system. So a turn takes on little, and the rest waits here, where it can be counted.
 */
export class WaitingLine {
  readonly #maxWaitMs: number;
  readonly #waiting: (() => void)[] = [];
  #next: NodeJS.Immediate | undefined;
  /** Of the last turn: when it began, and how much was begun in it. */
  #turn = { since: 0, begun: 0 };
  /** Of the turns since it was last known what one request takes. */
  #measured = { ms: 0, begun: 0 };
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

  /** Begins when the loop has read what else is ready, and what has waited longer has begun. */
  join(begin: () => void): void {
    this.#waiting.push(begin);
    if (!this.#next) this.#comeRound(1);
  }

  #comeRound(rounds: number): void {
    this.#next = setImmediate(() => {
      this.#next = undefined;
      if (rounds > 1) this.#comeRound(rounds - 1);
      else this.#beginNext();
    });
  }

  #beginNext(): void {
    const now = performance.now();
    this.#measure(now);
    const next = this.#waiting.splice(0, Math.max(1, Math.floor(TURN_MS / this.#takesMs)));
    this.#turn = { since: now, begun: next.length };
    // Also when nobody waits: what was begun takes as long as it takes the loop to come round.
    if (next.length > 0) this.#comeRound(this.#waiting.length > 0 ? ROUNDS : 1);
    for (const begin of next) begin();
  }

  #measure(now: number): void {
    const { since, begun } = this.#turn;
    if (begun === 0) return;
    this.#measured.ms += now - since;
    this.#measured.begun += begun;
    if (this.#measured.ms < MEASURED_MS) return;
    this.#takesMs = this.#measured.ms / this.#measured.begun;
    this.#measured = { ms: 0, begun: 0 };
  }
}
