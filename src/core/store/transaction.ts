import type { SqlEntityManager } from '@mikro-orm/sql';
import { BuildgateError } from '../errors.js';
import { PROJECT_KIND, ProjectChangeKind, State, type Kind, type System } from '../model/states.js';
import type { Principal } from '../auth/principal.js';
import { CHANNEL } from './cluster.js';
import { first, type Reader } from './reader.js';
import { join, raw, sql, type Dialect, type Sql } from './sql.js';
import type { WriteConnection } from './writer.js';

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

/** The end of a record, before it has its sequence. */
export interface RecordedDeletion {
  readonly system: System;
  readonly kind: Kind;
  readonly recordId: number;
  /** The state that it had last. */
  readonly state: State;
  readonly reason?: string | null;
}

/** What happened to a project, before it has its sequence. */
export interface RecordedProjectChange {
  readonly system: System;
  readonly projectId: number;
  readonly change: `${ProjectChangeKind}`;
}

/** A row of the log, before it has its sequence. */
interface PendingEntry extends Omit<RecordedChange, 'kind'> {
  readonly kind: Kind | typeof PROJECT_KIND;
  readonly deleted: boolean;
}

/** By how much the number of records in a state changes. */
interface CounterChange {
  readonly system: System;
  readonly kind: Kind;
  readonly state: State;
  readonly delta: number;
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
export type NumberKind = Kind | typeof PROJECT_KIND | 4;

const INSERT_BATCH = 500;
/** Most changes and messages that one statement writes: each number of them is a text of its own. */
const TOGETHER = 8;
/** The last sequence that the transaction takes, in the statement that takes it. */
const LAST_TAKEN = raw('(SELECT sequence FROM head)');

/** What a transaction is made with. */
export interface TransactionParts {
  readonly connection: WriteConnection;
  /** Makes the unit of work; called when a verb asks for entities, and not at all by those that do not. */
  readonly unitOfWork: () => SqlEntityManager;
  readonly principal: Principal;
  /** Microseconds since 1970. */
  readonly now: number;
  /** The process that announces the commit to the others. */
  readonly instance: string;
}

/**
 * What a verb works with: one database transaction, its entities, and what must be published when it commits.
 * Changes, counters and messages are written last, under the lock of the log's head row, so that the order of
 * sequences is the order of commits and a reader that has seen sequence n has seen everything before it.
 */
export class Transaction implements Reader {
  readonly dialect: Dialect;
  readonly principal: Principal;
  /** Microseconds since 1970: every time that one verb writes is the same. */
  readonly now: number;
  readonly #parts: TransactionParts;
  #em: SqlEntityManager | undefined;
  readonly #entries: (PendingEntry | PendingMessage)[] = [];
  readonly #counted = new Map<string, CounterChange>();
  readonly #afterCommit: (() => void)[] = [];

  constructor(parts: TransactionParts) {
    this.dialect = parts.connection.dialect;
    this.principal = parts.principal;
    this.now = parts.now;
    this.#parts = parts;
  }

  /** Unit of work for entities. Call `flush` before reading what it has changed. */
  get em(): SqlEntityManager {
    return (this.#em ??= this.#parts.unitOfWork());
  }

  /** Name of the user on whose behalf records change; null when nobody signed in. */
  get actor(): string | null {
    return this.principal.userName;
  }

  all<Row extends object>(statement: Sql): Promise<Row[]> {
    return this.#parts.connection.all<Row>(statement);
  }

  /** Appends a state change to the log; the record itself is changed by the caller. */
  recordChange(change: RecordedChange): void {
    const { system, kind, from, to } = change;
    this.#entries.push({ ...change, deleted: false });
    if (from !== null) this.#add(system, kind, from, -1);
    this.#add(system, kind, to, 1);
  }

  /** Appends the end of a record to the log; the record itself is deleted by the caller. */
  recordDeletion({ system, kind, recordId, state, reason = null }: RecordedDeletion): void {
    this.#entries.push({ system, kind, recordId, from: state, to: state, reason, deleted: true });
    this.#add(system, kind, state, -1);
  }

  /** Counts records out that are deleted without rows in the log of their own, with the record that they are part of. */
  uncount(system: System, kind: Kind, state: State, count: number): void {
    this.#add(system, kind, state, -count);
  }

  /** Appends to the log what happens to a project; the project itself is changed by the caller. */
  recordProjectChange({ system, projectId, change }: RecordedProjectChange): void {
    const from = change === ProjectChangeKind.CREATED ? null : State.UNKNOWN;
    const deleted = change === ProjectChangeKind.DELETED;
    const entry = { system, kind: PROJECT_KIND, recordId: projectId, from, to: State.UNKNOWN, reason: null, deleted };
    this.#entries.push(entry);
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

  /** Writes entities, log, counters and messages. Called once, by the store, right before commit; nothing may follow. */
  async finish(): Promise<void> {
    await this.#em?.flush();
    const count = this.#entries.length;
    if (count === 0 && this.#counted.size === 0) return;
    if (this.dialect === 'postgresql' && count <= TOGETHER) return this.#finishTogether();
    const last = lastSequence(await this.all<HeadRow>(this.#takeSequences(count)));
    this.#number(last);
    const { changes, messages } = this.#rows((behind) => last - behind);
    await this.#insert(INTO_LOG, changes);
    await this.#insert(INTO_OUTBOX, messages);
    const counters = this.#counters();
    if (counters.length > 0) await this.all(sql`${INTO_COUNTS}VALUES ${join(counters, ', ')}${ADDED_UP}`);
  }

  /** Runs what waited for the commit. */
  committed(): void {
    for (const action of this.#afterCommit) action();
  }

  #add(system: System, kind: Kind, state: State, delta: number): void {
    const key = `${system}/${kind}/${state}`;
    const known = this.#counted.get(key)?.delta ?? 0;
    this.#counted.set(key, { system, kind, state, delta: known + delta });
  }

  /** Everything in one journey; each part needs what the head gives, so that the head is locked first. */
  async #finishTogether(): Promise<void> {
    const { changes, messages } = this.#rows((behind) => sql`${LAST_TAKEN} - ${behind}`);
    const counters = this.#counters();
    const parts = [sql`head AS (${this.#takeSequences(this.#entries.length)})`];
    if (changes.length > 0) parts.push(sql`log AS (${INTO_LOG}${join(changes, ', ')})`);
    if (messages.length > 0) parts.push(sql`messages AS (${INTO_OUTBOX}${join(messages, ', ')})`);
    if (counters.length > 0) {
      const counted = sql`(VALUES ${join(counters, ', ')}) AS counted (system, kind, state, total)`;
      parts.push(
        sql`counts AS (${INTO_COUNTS}SELECT counted.system, kind, state, total FROM head CROSS JOIN ${counted}${ADDED_UP})`,
      );
    }
    const announcement = sql`pg_notify(${CHANNEL}, ${this.#parts.instance})`;
    const statement = sql`WITH ${join(parts, ', ')} SELECT sequence, ${announcement} FROM head`;
    this.#number(lastSequence(await this.#parts.connection.last<HeadRow>(statement)));
  }

  /** The announcement of a longer transaction goes with it: it reaches others when the transaction commits. */
  #takeSequences(count: number): Sql {
    const announces = this.dialect === 'postgresql' && count > TOGETHER;
    const announcement = announces ? sql`, pg_notify(${CHANNEL}, ${this.#parts.instance})` : raw('');
    return sql`UPDATE change_log_head SET sequence = sequence + ${count} WHERE id = 1 RETURNING sequence${announcement}`;
  }

  /** Tells messages their sequences. */
  #number(last: number): void {
    const first = last - this.#entries.length + 1;
    this.#entries.forEach((entry, index) => {
      if ('topic' in entry) entry.sequence = first + index;
    });
  }

  /** Rows of log and outbox; `sequenceOf` is given how far behind the last sequence one is. */
  #rows(sequenceOf: (behind: number) => Sql | number): { changes: Sql[]; messages: Sql[] } {
    const [changes, messages]: [Sql[], Sql[]] = [[], []];
    this.#entries.forEach((entry, index) => {
      const sequence = sequenceOf(this.#entries.length - 1 - index);
      if ('topic' in entry) messages.push(messageRow(sequence, entry));
      else changes.push(this.#changeRow(sequence, entry));
    });
    return { changes, messages };
  }

  #changeRow(sequence: Sql | number, entry: PendingEntry): Sql {
    const { system, kind, recordId, from, to, reason, deleted } = entry;
    return sql`(${sequence}, ${system}, ${kind}, ${recordId}, ${from}, ${to}, ${reason}, ${this.actor}, ${this.now}, ${deleted})`;
  }

  async #insert(head: Sql, rows: readonly Sql[]): Promise<void> {
    for (let start = 0; start < rows.length; start += INSERT_BATCH) {
      await this.all(sql`${head}${join(rows.slice(start, start + INSERT_BATCH), ', ')}`);
    }
  }

  /** Rows that adjust the exact counters. The head's lock keeps others out. */
  #counters(): Sql[] {
    const types = this.dialect === 'postgresql' ? '::bigint' : '';
    return [...this.#counted.values()]
      .filter(({ delta }) => delta !== 0)
      .map(({ system, kind, state, delta }) =>
        join(
          [system, kind, state, delta].map((value) => sql`${value}${raw(types)}`),
          ', ',
        ),
      )
      .map((values) => sql`(${values})`);
  }
}

interface HeadRow {
  readonly sequence: number;
}

function lastSequence([row]: readonly HeadRow[]): number {
  if (!row) throw new Error('The head of the change log is missing.');
  return row.sequence;
}

const INTO_LOG = raw(
  'INSERT INTO change_log (sequence, system, kind, record_id, from_state, to_state, reason, actor, at, deleted) VALUES ',
);
const INTO_OUTBOX = raw(
  'INSERT INTO outbox_message (sequence, system, topic, body, exchange, content_encoding) VALUES ',
);
const INTO_COUNTS = raw('INSERT INTO state_count (system, kind, state, total) ');
const ADDED_UP = raw(' ON CONFLICT (system, kind, state) DO UPDATE SET total = state_count.total + excluded.total');

function messageRow(sequence: Sql | number, message: PendingMessage): Sql {
  const { system, topic, body, exchange, contentEncoding } = message;
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
