import type { Principal } from '../../core/auth/principal.js';
import { recordNumber } from '../../core/ids.js';
import { first, type Reader } from '../../core/store/reader.js';
import { raw, sql } from '../../core/store/sql.js';
import { carryOut, type CarryingOut } from './carrying-out.js';
import { finishJob } from './job-service.js';

interface WaitingJob {
  readonly id: number;
  readonly who: string | null;
}

/** How often jobs are looked for without a wake-up on a database that others share: one may have logged a job and ended. */
const BEAT_MS = 60_000;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;

/**
 * The agent inside the gateway: does logged jobs one at a time, in the order of their ids (contract buildapi, section
 * 7.4). A job is marked RUNNING in a transaction; in a second one, which holds the job's row, it is done and completed.
 * So a job that was interrupted is simply done by whoever comes next, and several gateways on one database neither do a
 * job twice nor overtake each other.
 */
export class EmbeddedAgent {
  readonly #options: CarryingOut;
  #wanted = false;
  #closed = false;
  #working: Promise<void> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | undefined;
  #beat: NodeJS.Timeout | undefined;

  constructor(options: CarryingOut) {
    this.#options = options;
  }

  /** Begins with the jobs that wait. */
  start(): void {
    if (this.#options.store.dialect === 'postgresql') this.#beat = setInterval(() => this.wake(), BEAT_MS).unref();
    this.wake();
  }

  /** Says that a job may be waiting. */
  wake(): void {
    if (this.#closed) return;
    this.#wanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Ends after the job at hand. */
  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#beat);
    clearTimeout(this.#retryTimer);
    await this.#working;
  }

  async #work(): Promise<void> {
    while (this.#wanted && !this.#closed) {
      this.#wanted = false;
      try {
        while (!this.#closed && (await this.#doNext()));
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.#options.onError(error);
        this.#retryLater();
      }
    }
  }

  /** Does the oldest job that waits; whether there was one. */
  async #doNext(): Promise<boolean> {
    const job = await oldestLogged(this.#options.store.reader);
    if (!job) return false;
    const principal: Principal = { userName: job.who, userId: null, admin: false, roles: new Set() };
    await carryOut(this.#options, principal, job.id, async (transaction, { id }, body) => {
      await finishJob(transaction, id, { request_id: recordNumber(id), body });
    });
    return true;
  }

  #retryLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.wake(), this.#retryMs);
    this.#retryTimer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}

/** The oldest job that was logged here and is not completed. Imported jobs are history and never run. */
function oldestLogged(reader: Reader): Promise<WaitingJob | undefined> {
  const logged = raw(reader.dialect === 'sqlite' ? 'buildapi_imported = 0' : 'not buildapi_imported');
  return first<WaitingJob>(
    reader,
    sql`SELECT id, requester AS who FROM job WHERE ${logged} AND legacy_state = 'logged' ORDER BY id LIMIT 1`,
  );
}
