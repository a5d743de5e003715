import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';

/** What is too much. */
export interface OverloadSettings {
  /** Requests that may be answered at the same time. */
  readonly requests: number;
  /** How long one turn of the event loop may take, milliseconds. */
  readonly turnMs: number;
}

/** How often the loop is heard of. */
const BEAT_MS = 20;
/** The share of a long turn that must have been work of ours: a process that the system has merely not let run is not overloaded. */
const WORK = 1 / 4;

/**
 * Says when there is too much to do. What waits in turn for the event loop cannot be seen, but how long the loop has been
 * busy since it last came round can: what is read late in a long turn is refused, and the next turn begins with
 * an empty account. So a turn holds no more work than it may, however many requests are ready, and is always full: there is
 * no swing between everything and nothing. Requests that wait for something else, such as the database, are counted.
 */
export class Overload {
  readonly #options: OverloadSettings;
  readonly #beat: NodeJS.Timeout;
  #heard = performance.now();
  #used = process.cpuUsage();
  #underWay = 0;

  constructor(options: OverloadSettings) {
    this.#options = options;
    this.#beat = setInterval(() => {
      this.#heard = performance.now();
      this.#used = process.cpuUsage();
    }, BEAT_MS).unref();
  }

  /** Requests that are being answered; those whose body has not arrived are not among them. */
  get underWay(): number {
    return this.#underWay;
  }

  /** How much too late the loop is now, milliseconds. */
  get lateMs(): number {
    return Math.max(0, performance.now() - this.#heard - BEAT_MS);
  }

  /** Whether nothing more can be taken on now. */
  get isTooMuch(): boolean {
    const { requests, turnMs } = this.#options;
    return this.#underWay >= requests || (this.lateMs > turnMs && this.#workMs > turnMs * WORK);
  }

  /** Processor time since the loop was last heard of. */
  get #workMs(): number {
    const { user, system } = process.cpuUsage(this.#used);
    return (user + system) / 1_000;
  }

  /**
   * Counts a request as long as it is being answered. One with a body counts from when it is there: a client that sends
   * slowly takes nobody's place.
   */
  count(request: IncomingMessage, response: ServerResponse): void {
    if (!hasBody(request)) return this.#counted(response);
    request.once('end', () => response.closed || this.#counted(response));
  }

  #counted(response: ServerResponse): void {
    this.#underWay += 1;
    response.once('close', () => (this.#underWay -= 1));
  }

  stop(): void {
    clearInterval(this.#beat);
  }
}

/** Whether a request brings a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
