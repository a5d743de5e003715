import type { Writable } from 'node:stream';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** How far long work is: rows taken, and how much of the source has been read. */
export interface Progress {
  /** What is worked on now; shown in front. */
  readonly what?: string;
  readonly rows: number;
  readonly done: number;
  /** Null when nobody knows. */
  readonly total: number | null;
}

const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR = 24;
const CLEAR_LINE = '\r\u001B[2K';

/**
 * Shows progress: a bar that is drawn again on a terminal, plain lines every few seconds elsewhere (in a log, a bar
 * would be thousands of lines).
 */
export class ProgressDisplay {
  readonly #output: Output;
  readonly #now: () => number;
  readonly #start: number;
  #shown: number;
  #drawn = false;

  /** @param now a clock in milliseconds that never goes back */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#start = now();
    this.#shown = this.#start;
  }

  /** Milliseconds since the work began. */
  get elapsed(): number {
    return this.#now() - this.#start;
  }

  update(progress: Progress): void {
    const now = this.#now();
    const interval = this.#output.isTTY ? REDRAW_MS : LINE_MS;
    if (now - this.#shown < interval) return;
    this.#shown = now;
    this.#drawn = true;
    const text = progressText(progress, now - this.#start, this.#output.isTTY === true);
    this.#output.write(this.#output.isTTY ? CLEAR_LINE + text.slice(0, (this.#output.columns ?? 80) - 1) : `${text}\n`);
  }

  /** Writes a line that stays, above the bar. */
  line(text: string): void {
    this.end();
    this.#drawn = false;
    this.#output.write(`${text}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#output.isTTY && this.#drawn) this.#output.write(CLEAR_LINE);
  }
}

function progressText({ what, rows, done, total }: Progress, elapsed: number, bar: boolean): string {
  const count = `${what === undefined ? '' : `${what}: `}${rowsText(rows, elapsed)}`;
  if (total === null || total === 0) return count;
  const share = Math.min(done / total, 1);
  const left = share > 0 ? `, ${duration((elapsed / share) * (1 - share))} left` : '';
  const percent = `${Math.floor(share * 100)} %`;
  if (!bar) return `${percent}, ${count}${left}`;
  const filled = Math.floor(share * BAR);
  return `[${'#'.repeat(filled)}${' '.repeat(BAR - filled)}] ${percent}  ${count}${left}`;
}

/** So many rows in so many milliseconds: `1,200 rows, 300 rows/s`. */
export function rowsText(rows: number, ms: number): string {
  const rate = Math.round(rows / Math.max(ms / 1000, 0.001));
  return `${groups(rows)} ${rows === 1 ? 'row' : 'rows'}, ${groups(rate)} rows/s`;
}

/** A number with commas between thousands. */
export function groups(number: number): string {
  return number.toLocaleString('en-US');
}

/** A duration in words: `0.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
