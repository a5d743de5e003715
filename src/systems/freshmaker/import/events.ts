import { refuseRow, type Place } from '../../../core/import/fields.js';
import { replaceLists } from '../../../core/import/lists.js';
import { Tally } from '../../../core/import/tally.js';
import { writeRows, type BulkConnection, type BulkRow } from '../../../core/import/bulk.js';
import { IdMap } from '../../../core/import/id-map.js';
import { recordId, recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { ExistingRecords } from './existing.js';
import type { EventItem } from './rows.js';
import { EVENT_DEPENDENCIES, EVENTS } from './tables.js';

/** An event that keeps its row although another one of the file has taken its message id. */
interface Displaced {
  readonly by: EventItem;
  readonly holder: number;
}

/** Writes the events of an import. */
export class EventWriter {
  readonly tally = new Tally('event', 'events');
  /** Position in the file by number, of all events taken. */
  readonly positions = new IdMap();
  largest = 0;
  readonly #connection: BulkConnection;
  readonly #existing: ExistingRecords;
  readonly #requesters = new Map<number, string>();
  readonly #displaced = new Map<number, Displaced>();
  #pending: EventItem[] = [];
  #messages = new Map<string, EventItem>();

  constructor(connection: BulkConnection, existing: ExistingRecords) {
    this.#connection = connection;
    this.#existing = existing;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** Who asked for an event of the file; null when nobody did, or when it is not there (yet). */
  requesterOf(number: number): string | null {
    return this.#requesters.get(number) ?? null;
  }

  /** @throws BuildgateError INVALID when the file has another event with this id or message id */
  add(event: EventItem): void {
    const known = this.positions.get(event.id);
    if (known !== undefined) throw refuseRow(event.place, event.id, `id: events[${known}] has the same.`);
    const other = this.#messages.get(event.messageId);
    if (other) throw duplicateMessage(event, `${other.place} (id ${other.id})`);
    this.positions.set(event.id, event.place.index);
    if (event.requester !== null) this.#requesters.set(event.id, event.requester);
    this.#messages.set(event.messageId, event);
    this.#pending.push(event);
    this.largest = Math.max(this.largest, event.id);
  }

  async flush(): Promise<void> {
    if (this.#pending.length === 0) return;
    const events = this.#pending;
    await this.#freeMessageIds(events);
    this.#pending = [];
    this.#messages = new Map();
    const existing = await this.#existing.among(events.map(({ id }) => id));
    const rows = events.map(({ row }) => row);
    const changed = await writeRows(this.#connection, EVENTS, rows, existing);
    for (const id of await this.#writeDependencies(events, existing)) changed.add(id);
    this.tally.add(events.length, events.length - existing.size, changed.size);
  }

  /** @throws BuildgateError INVALID when an event that the file does not have holds a message id of the file */
  finish(): void {
    for (const { by, holder } of this.#displaced.values()) {
      if (!this.positions.has(holder)) throw duplicateMessage(by, `event ${holder} of the database`);
    }
  }

  /**
   * A message id may be held by another event that is in the database. If that one was written from the file, the file
   * has the message id twice; else it must give way until its own row comes.
   */
  async #freeMessageIds(events: readonly EventItem[]): Promise<void> {
    const column = raw('freshmaker_message_id');
    const holders = await this.#connection.all<{ id: number; message: string }>(
      sql`SELECT id AS id, ${column} AS message FROM event
        WHERE ${inList(this.#connection.dialect, column, [...this.#messages.keys()], 'text')}`,
    );
    const waiting = new Set(events.map(({ id }) => id));
    for (const { id, message } of holders) {
      const holder = recordNumber(id);
      const event = this.#messages.get(message);
      if (!event || event.id === holder) continue;
      const position = waiting.has(holder) ? undefined : this.positions.get(holder);
      if (position !== undefined) throw duplicateMessage(event, `events[${position}] (id ${holder})`);
      await this.#connection.all(sql`UPDATE event SET freshmaker_message_id = NULL WHERE id = ${id}`);
      this.#displaced.set(holder, { by: event, holder });
    }
  }

  async #writeDependencies(events: readonly EventItem[], existing: ReadonlySet<number>): Promise<Iterable<number>> {
    const lists = new Map<number, BulkRow[]>();
    for (const { id, dependsOn } of events) {
      const parent = recordId(System.FRESHMAKER, id);
      if (dependsOn.length === 0 && !existing.has(parent)) continue;
      lists.set(
        parent,
        dependsOn.map((number, position) => [parent, position, recordId(System.FRESHMAKER, number)]),
      );
    }
    return replaceLists(this.#connection, EVENT_DEPENDENCIES, lists);
  }
}

function duplicateMessage(event: { readonly place: Place; readonly id: number }, other: string): Error {
  return refuseRow(event.place, event.id, `message_id: ${other} has the same.`);
}
