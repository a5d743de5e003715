import type { Logger } from 'pino';
import type { RefusalReason } from './doors.js';
import type { Overload } from './overload.js';

/** Requests that are refused at the door have no lines of their own: whoever sends them must not fill the log. */
const INTERVAL_MS = 10_000;

/** Writes one line at once when requests begin to be refused, and one for each interval as long as they are. */
export class RefusalLog {
  readonly #logger: Logger;
  readonly #overload: Overload;
  readonly #counts = new Map<RefusalReason, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(logger: Logger, overload: Overload) {
    this.#logger = logger;
    this.#overload = overload;
  }

  note(reason: RefusalReason): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    if (this.#timer) return;
    this.#write();
    this.#timer = setInterval(() => this.#write(), INTERVAL_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #write(): void {
    if (this.#counts.size === 0) {
      clearInterval(this.#timer);
      this.#timer = undefined;
      return;
    }
    const { underWay, waiting } = this.#overload;
    const refused = Object.fromEntries(this.#counts);
    this.#counts.clear();
    this.#logger.warn({ refused, underWay, waiting }, 'requests refused');
  }
}
