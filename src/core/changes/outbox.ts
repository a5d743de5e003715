import type { System } from '../model/states.js';
import { UNRESTRICTED } from '../auth/principal.js';
import { first } from '../store/reader.js';
import { sql } from '../store/sql.js';
import type { Store } from '../store/store.js';

/** How a message gets out: resolves when the broker has taken it, rejects when it has not. */
export type PublishMessage = (message: { readonly topic: string; readonly body: string }) => Promise<void>;

/** What an outbox is made with. */
export interface OutboxOptions {
  readonly store: Store;
  readonly publish: PublishMessage;
  /** Told of each attempt. */
  readonly onOutcome: (system: System, outcome: 'sent' | 'failed') => void;
  readonly onError: (error: unknown) => void;
}

interface MessageRow {
  readonly sequence: number;
  readonly system: System;
  readonly topic: string;
  readonly body: string;
}

const BATCH = 100;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;

/**
 * Publishes committed messages in the order of their sequences and forgets them when the broker has taken them. A
 * broker that is down, or a process that dies, delays messages and loses none; one may go out twice.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #wanted = false;
  #closed = false;
  #working: Promise<void> | undefined;
  #retryMs = FIRST_RETRY_MS;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Says that something may be waiting. */
  wake(): void {
    if (this.#closed) return;
    this.#wanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Resolves when everything that was committed before the call was taken, or the broker refused. */
  async settled(): Promise<void> {
    this.wake();
    while (this.#working) await this.#working;
  }

  /** Messages that wait. */
  async pending(): Promise<number> {
    const row = await first<{ total: number }>(
      this.#options.store.reader,
      sql`SELECT COUNT(*) AS total FROM outbox_message`,
    );
    return row?.total ?? 0;
  }

  /** Publishes what it can and stops. */
  async close(): Promise<void> {
    await this.settled();
    this.#closed = true;
    clearTimeout(this.#retryTimer);
  }

  async #work(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = false;
      try {
        while (await this.#publishBatch());
        this.#retryMs = FIRST_RETRY_MS;
      } catch (error) {
        this.#options.onError(error);
        this.#retryLater();
      }
    }
  }

  /** Publishes the oldest messages; whether there may be more. */
  async #publishBatch(): Promise<boolean> {
    const { store } = this.#options;
    const rows = await store.reader.all<MessageRow>(
      sql`SELECT sequence, system, topic, body FROM outbox_message ORDER BY sequence LIMIT ${BATCH}`,
    );
    const taken: MessageRow[] = [];
    try {
      for (const row of rows) {
        await this.#publish(row);
        taken.push(row);
      }
    } finally {
      const last = taken.at(-1);
      if (last) await this.#forget(last.sequence);
    }
    return rows.length === BATCH;
  }

  async #publish({ system, topic, body }: MessageRow): Promise<void> {
    try {
      await this.#options.publish({ topic, body });
    } catch (error) {
      this.#options.onOutcome(system, 'failed');
      throw error;
    }
    this.#options.onOutcome(system, 'sent');
  }

  async #forget(upTo: number): Promise<void> {
    await this.#options.store.transact(UNRESTRICTED, async (transaction) => {
      await transaction.all(sql`DELETE FROM outbox_message WHERE sequence <= ${upTo}`);
    });
  }

  #retryLater(): void {
    if (this.#closed) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => this.wake(), this.#retryMs);
    this.#retryTimer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }
}
