import { CompiledQuery, type Transaction as KyselyTransaction } from 'kysely';
import type { SqlEntityManager } from '@mikro-orm/sql';
import { BuildgateError } from '../errors.js';
import type { Kind, State, System } from '../model/states.js';
import type { Principal } from '../auth/principal.js';
import { first, type Reader, type StatementListener } from './reader.js';
import { sql, type Dialect, type Sql, join } from './sql.js';
import { toSqlite } from './sqlite-reader.js';

/** One state change of a record, before it has its sequence. */
export interface RecordedChange {
  readonly system: System;
  readonly kind: Kind;
  readonly recordId: number;
  /** Null when the record was created. */
  readonly from: State | null;
  readonly to: State;
  readonly reason: string | null;
}

/** How a message travels, where a contract asks for something of its own. */
export interface MessageOptions {
  /** Topic exchange; the configured one unless given. */
  readonly exchange?: string;
  /** AMQP content encoding; none unless given. */
  readonly contentEncoding?: string;
}

/** A message that waits in the outbox. */
export interface PublishedMessage {
  /** Its place there; 0 until the transaction ends. */
  readonly sequence: number;
}

/** A message for the bus, before it has its sequence. */
interface PendingMessage extends MessageOptions {
  sequence: number;
  readonly system: System;
  readonly topic: string;
  readonly body: string;
}

/**
 * What record numbers are taken for: a kind of record, 0 projects, 4 what a system keeps besides (buildapi: the attempts
 * at a request).
 */
export type NumberKind = Kind | 0 | 4;

const INSERT_BATCH = 500;

/**
 * What a verb works with: one database transaction, its entities, and what must be published when it commits.
 * Changes, counters and messages are written last, under the lock of the log's head row, so that the order of
 * sequences is the order of commits and a reader that has seen sequence n has seen everything before it.
 */
export class Transaction implements Reader {
  readonly dialect: Dialect;
  readonly #listener: StatementListener;
  readonly #entries: (RecordedChange | PendingMessage)[] = [];
  readonly #afterCommit: (() => void)[] = [];

  constructor(
    /** Unit of work for entities. Call `flush` before reading what it has changed. */
    readonly em: SqlEntityManager,
    readonly principal: Principal,
    /** Microseconds since 1970: every time that one verb writes is the same. */
    readonly now: number,
    dialect: Dialect,
    listener: StatementListener,
  ) {
    this.dialect = dialect;
    this.#listener = listener;
  }

  /** Name of the user on whose behalf records change; null when nobody signed in. */
  get actor(): string | null {
    return this.principal.userName;
  }

  async all<Row extends object>(statement: Sql): Promise<Row[]> {
    const text = statement.text(this.dialect);
    this.#listener(text);
    const values = this.dialect === 'sqlite' ? statement.values.map(toSqlite) : statement.values;
    const context = this.em.getTransactionContext<KyselyTransaction<unknown>>();
    if (!context) throw new Error('A statement of a transaction ran outside of it.');
    return (await context.executeQuery<Row>(CompiledQuery.raw(text, [...values]))).rows;
  }

  /** Appends a state change to the log; the record itself is changed by the caller. */
  recordChange(change: RecordedChange): void {
    this.#entries.push(change);
  }

  /** Queues a message, as the bytes that consumers get, behind everything recorded so far. */
  publish(system: System, topic: string, body: string, options: MessageOptions = {}): PublishedMessage {
    const message: PendingMessage = { sequence: 0, system, topic, body, ...options };
    this.#entries.push(message);
    return message;
  }

  /** Takes back a message of an earlier transaction; whether it still waited. */
  async unpublish({ sequence }: PublishedMessage): Promise<boolean> {
    const rows = await this.all(sql`DELETE FROM outbox_message WHERE sequence = ${sequence} RETURNING sequence`);
    return rows.length > 0;
  }

  /** Runs when the transaction has committed, and not at all otherwise. Must not throw. */
  afterCommit(action: () => void): void {
    this.#afterCommit.push(action);
  }

  /**
   * Takes numbers for new records of a system and kind; concurrent callers wait for each other until commit.
   * @returns the first of them; the others follow it
   */
  async takeNumbers(system: System, kind: NumberKind, count = 1): Promise<number> {
    const row = await first<{ number: number }>(
      this,
      sql`INSERT INTO record_key (system, kind, last_number) VALUES (${system}, ${kind}, ${count})
        ON CONFLICT (system, kind) DO UPDATE SET last_number = record_key.last_number + ${count} RETURNING last_number AS number`,
    );
    if (!row) throw new Error('record_key gave no number.');
    return row.number - count + 1;
  }

  /** Writes entities, log, counters and messages. Called once, by the store, right before commit. */
  async finish(): Promise<void> {
    await this.em.flush();
    if (this.#entries.length === 0) return;
    let sequence = await this.#takeSequences(this.#entries.length);
    const changes: Sql[] = [];
    const messages: Sql[] = [];
    for (const entry of this.#entries) {
      sequence += 1;
      if ('topic' in entry) {
        entry.sequence = sequence;
        messages.push(messageRow(entry));
      } else changes.push(this.#changeRow(sequence, entry));
    }
    await this.#insert(
      sql`INSERT INTO change_log (sequence, system, kind, record_id, from_state, to_state, reason, actor, at) VALUES `,
      changes,
    );
    await this.#insert(
      sql`INSERT INTO outbox_message (sequence, system, topic, body, exchange, content_encoding) VALUES `,
      messages,
    );
    await this.#count();
  }

  /** Runs what waited for the commit. */
  committed(): void {
    for (const action of this.#afterCommit) action();
  }

  async #takeSequences(count: number): Promise<number> {
    const row = await first<{ sequence: number }>(
      this,
      sql`UPDATE change_log_head SET sequence = sequence + ${count} WHERE id = 1 RETURNING sequence`,
    );
    if (!row) throw new Error('The head of the change log is missing.');
    return row.sequence - count;
  }

  #changeRow(sequence: number, change: RecordedChange): Sql {
    const { system, kind, recordId, from, to, reason } = change;
    return sql`(${sequence}, ${system}, ${kind}, ${recordId}, ${from}, ${to}, ${reason}, ${this.actor}, ${this.now})`;
  }

  async #insert(head: Sql, rows: readonly Sql[]): Promise<void> {
    for (let start = 0; start < rows.length; start += INSERT_BATCH) {
      await this.all(sql`${head}${join(rows.slice(start, start + INSERT_BATCH), ', ')}`);
    }
  }

  /** Adjusts the exact counters; in one order, though the head's lock already keeps others out. */
  async #count(): Promise<void> {
    const deltas = new Map<string, { system: System; kind: Kind; state: State; delta: number }>();
    const add = (system: System, kind: Kind, state: State, delta: number): void => {
      const key = `${system}/${kind}/${state}`;
      const known = deltas.get(key) ?? { system, kind, state, delta: 0 };
      deltas.set(key, { ...known, delta: known.delta + delta });
    };
    for (const entry of this.#entries) {
      if ('topic' in entry) continue;
      if (entry.from !== null) add(entry.system, entry.kind, entry.from, -1);
      add(entry.system, entry.kind, entry.to, 1);
    }
    const rows = [...deltas.values()]
      .filter(({ delta }) => delta !== 0)
      .map(({ system, kind, state, delta }) => sql`(${system}, ${kind}, ${state}, ${delta})`);
    if (rows.length === 0) return;
    await this.all(sql`INSERT INTO state_count (system, kind, state, total) VALUES ${join(rows, ', ')}
      ON CONFLICT (system, kind, state) DO UPDATE SET total = state_count.total + excluded.total`);
  }
}

function messageRow({ sequence, system, topic, body, exchange, contentEncoding }: PendingMessage): Sql {
  return sql`(${sequence}, ${system}, ${topic}, ${body}, ${exchange ?? null}, ${contentEncoding ?? null})`;
}

/**
 * Text that a column can hold as it is. PostgreSQL has no NUL in text, and both databases replace half a surrogate pair
 * by another character, which could make two texts one.
 * @throws BuildgateError INVALID naming the field
 */
export function storableText(field: string, text: string): string {
  if (text.includes('\0')) throw new BuildgateError('INVALID', `${field}: must not contain the NUL character.`);
  if (!text.isWellFormed()) throw new BuildgateError('INVALID', `${field}: must not contain half a surrogate pair.`);
  return text;
}
