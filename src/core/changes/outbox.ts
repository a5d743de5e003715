import { setTimeout as startTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { System } from '../model/states.js';
import { UNRESTRICTED } from '../auth/principal.js';
import { first } from '../store/reader.js';
import { limitTo, sql } from '../store/sql.js';
import type { Store } from '../store/store.js';
import type { MessageOptions, PublishedMessage } from '../store/transaction.js';

/**
 * How a message gets out: resolves when the broker has taken it, rejects when it has not. Called for the next message
 * before the last one is settled; keeps the order of the calls.
 */
export type PublishMessage = (
  message: { readonly topic: string; readonly body: string } & MessageOptions,
) => Promise<void>;

/** What an outbox is made with. */
export interface OutboxOptions {
  readonly store: Store;
  readonly publish: PublishMessage;
  /** Whether this process is the one that publishes; with several gateways on one database only one does. */
  readonly lead: () => Promise<boolean>;
  /** Told of each message taken, and of the first one refused of those that were published together. */
  readonly onOutcome: (system: System, outcome: 'sent' | 'failed') => void;
  readonly onError: (error: unknown) => void;
  /** The pause after a refusal, which doubles with each one that follows up to half a minute (default 200 ms). */
  readonly firstRetryMs?: number;
}

interface MessageRow {
  readonly sequence: number;
  readonly system: System;
  readonly topic: string;
  readonly body: string;
  readonly exchange: string | null;
  readonly contentEncoding: string | null;
}

/** Most messages in flight: a broker confirms them together, and a crash repeats no more than these. */
const BATCH = 200;
const FIRST_RETRY_MS = 200;
const LAST_RETRY_MS = 30_000;

/**
 * Publishes committed messages in the order of their sequences and forgets them when the broker has taken them. A
 * broker that is down, or a process that dies, delays messages and loses none; some may go out twice.
 *
 * Messages go out in batches. When one is refused, it and all behind it are kept, also those that were taken: a consumer
 * may then see these twice, but what it sees last of a record is the newest. After a refusal the next batch is a single
 * message, and batches double from there, so that a broker that keeps refusing is not sent the same ones again and again.
 *
 * Of several gateways on one database one publishes, so that messages of one record stay in order.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  #wanted = false;
  #insisted = false;
  #closed = false;
  #working: Promise<void> | undefined;
  #batch = BATCH;
  readonly #firstRetryMs: number;
  #retryMs: number;
  #retryTimer: NodeJS.Timeout | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    this.#firstRetryMs = this.#retryMs = options.firstRetryMs ?? FIRST_RETRY_MS;
  }

  /** Says that something may be waiting. After a refusal it waits for its turn. */
  wake(): void {
    if (!this.#retryTimer) this.#start();
  }

  /** Says that the broker may take messages again: tries at once. */
  retryNow(): void {
    this.#forgetRetry();
    this.#retryMs = this.#firstRetryMs;
    this.#insisted = true;
    this.#start();
  }

  /** Resolves when everything that was committed before the call was taken, the broker refused, or another process publishes. */
  async settled(): Promise<void> {
    this.retryNow();
    while (this.#working) await this.#working;
  }

  /** Waits until the broker has taken a message; whether it did within this time. */
  async taken({ sequence }: PublishedMessage, timeoutMs: number): Promise<boolean> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const left = Math.max(1, deadline - Date.now());
      await Promise.race([this.settled(), setTimeout(left, undefined, { ref: false })]);
      const row = await first(
        this.#options.store.reader,
        sql`SELECT sequence FROM outbox_message WHERE sequence = ${sequence}`,
      );
      if (!row) return true;
      if (Date.now() >= deadline) return false;
      await setTimeout(FIRST_RETRY_MS);
    }
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
    this.#forgetRetry();
  }

  #start(): void {
    if (this.#closed) return;
    this.#wanted = true;
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  async #work(): Promise<void> {
    while (this.#wanted) {
      this.#wanted = this.#insisted = false;
      try {
        while ((await this.#options.lead()) && (await this.#publishBatch()));
      } catch (error) {
        this.#options.onError(error);
        // The broker may have come back during the attempt.
        if (!this.#insisted) this.#retryLater();
      }
    }
  }

  /**
   * Publishes the oldest messages.
   * @returns whether there may be more
   * @throws what the broker refused the first of the remaining ones with
   */
  async #publishBatch(): Promise<boolean> {
    const rows = await this.#options.store.reader.all<MessageRow>(
      sql`SELECT sequence, system, topic, body, exchange, content_encoding AS "contentEncoding"
        FROM outbox_message ORDER BY sequence${limitTo(this.#batch)}`,
    );
    // A read that outlived a lost connection may come back when another process has published these and newer ones.
    if (!(await this.#options.lead())) return false;
    const results = await Promise.allSettled(rows.map((row) => this.#options.publish(messageOf(row))));
    const refused = results.findIndex(({ status }) => status === 'rejected');
    const taken = refused < 0 ? rows : rows.slice(0, refused);
    const last = taken.at(-1);
    if (last) {
      await this.#forget(last.sequence);
      this.#retryMs = this.#firstRetryMs;
    }
    for (const { system } of taken) this.#options.onOutcome(system, 'sent');
    const asked = this.#batch;
    if (refused < 0) {
      this.#batch = Math.min(BATCH, this.#batch * 2);
      return rows.length === asked;
    }
    this.#batch = 1;
    this.#options.onOutcome(rows[refused]!.system, 'failed');
    throw (results[refused] as PromiseRejectedResult).reason;
  }

  async #forget(upTo: number): Promise<void> {
    await this.#options.store.transact(UNRESTRICTED, async (transaction) => {
      await transaction.all(sql`DELETE FROM outbox_message WHERE sequence <= ${upTo}`);
    });
  }

  #retryLater(): void {
    this.#wanted = false;
    if (this.#closed) return;
    this.#retryTimer = startTimer(() => {
      this.#retryTimer = undefined;
      this.#start();
    }, this.#retryMs);
    this.#retryTimer.unref();
    this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
  }

  #forgetRetry(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }
}

function messageOf({ topic, body, exchange, contentEncoding }: MessageRow): Parameters<PublishMessage>[0] {
  return { topic, body, ...(exchange !== null && { exchange }), ...(contentEncoding !== null && { contentEncoding }) };
}
