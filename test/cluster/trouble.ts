import type { Random } from '../bench/random.js';
import { raw } from '../../src/core/store/sql.js';
import type { ClusterRun } from './cluster-run.js';

/** What happens to a run, in an order that chance decides. */
const STRIKES = ['kill', 'kill', 'killAll', 'endConnections', 'endConnections', 'cutBroker', 'cutBroker'] as const;
type Strike = (typeof STRIKES)[number];

/** Strikes a run at random instants, counted in acknowledged changes. */
export class Trouble {
  readonly #run: ClusterRun;
  readonly #random: Random;
  /** What is left to do, and after how many changes. */
  readonly #left: { readonly strike: Strike; readonly after: number }[];
  readonly #endings: Promise<unknown>[] = [];

  /** @param changes how many there will be at least */
  constructor(run: ClusterRun, random: Random, changes: number) {
    this.#run = run;
    this.#random = random;
    const instants = STRIKES.map(() => random.below(changes)).toSorted((one, other) => one - other);
    const strikes = STRIKES.map((strike) => ({ strike, order: random.next() })).toSorted((a, b) => a.order - b.order);
    this.#left = strikes.map(({ strike }, index) => ({ strike, after: instants[index] ?? 0 }));
  }

  /** Told how many changes were acknowledged so far. */
  acknowledged(changes: number): void {
    for (let next = this.#left[0]; next && next.after <= changes; next = this.#left[0]) {
      this.#left.shift();
      this.#strike(next.strike);
    }
  }

  /** Lets the broker be reached again. */
  async end(): Promise<void> {
    this.#run.broker.open();
    await Promise.all(this.#endings);
  }

  #strike(strike: Strike): void {
    const { gateways, broker } = this.#run;
    // Until something else happens.
    if (strike === 'cutBroker') return broker.shut();
    broker.open();
    if (strike === 'kill') gateways.kill(this.#random.below(gateways.count));
    if (strike === 'killAll') for (let index = 0; index < gateways.count; index++) gateways.kill(index);
    if (strike === 'endConnections') this.#endings.push(this.#endConnections());
  }

  #endConnections(): Promise<unknown> {
    return this.#run.store.reader.all(
      raw(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`),
    );
  }
}
