import type { Data } from './data.ts';

/** What one contestant did in one round. */
export interface Measured {
  /** Pieces of work per second. */
  readonly rate: number;
  /** Milliseconds of its own processor time per piece of work; null where it cannot be told. */
  readonly cpuMs: number | null;
}

/** Two contestants that are ready to be measured. */
export interface Contest {
  /** One round of the gateway. */
  readonly ours: () => Promise<Measured>;
  /** One round of the reference. */
  readonly reference: () => Promise<Measured>;
  /** What is to be told besides the ratio, such as memory, after all rounds. */
  readonly facts?: () => Promise<Readonly<Record<string, string>>>;
}

/** What a ratio should be. */
export interface Goal {
  readonly floor: number;
  readonly aim: number;
}

/** One line of the table. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly work: string;
  /** What the work is compared with. */
  readonly reference: string;
  /** What one piece of work is, for the rates: requests, deliveries, rows. */
  readonly unit: string;
  /**
   * `speed`: how many times as fast as the reference, more is better; `time`: how many times the reference's time, less
   * is better.
   */
  readonly ratio: 'speed' | 'time';
  /** Null: only told. */
  readonly goal: Goal | null;
  /** @throws Error when a contestant cannot run, or when both do not answer the same */
  readonly prepare: (bench: Bench) => Promise<Contest>;
}

/** What rows are prepared with. */
export interface Bench {
  readonly data: Data;
  /** Length of one round of one contestant. */
  readonly seconds: number;
  /** Only to prove that everything runs. */
  readonly short: boolean;
  readonly subscribers: number;
  /** Runs when the row is done, the last one first. */
  readonly defer: (end: () => Promise<void> | void) => void;
}
