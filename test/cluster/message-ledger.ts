import type { ConsumeMessage } from 'amqplib';
import { recordNumber } from '../../src/core/ids.js';
import { Kind, State } from '../../src/core/model/states.js';
import { BUILD_STATES, EVENT_STATES } from '../../src/systems/freshmaker/codes.js';

/** A row of the change log. */
export interface LoggedChange {
  readonly sequence: number;
  readonly kind: Kind;
  readonly record: number;
  readonly from: State | null;
  readonly to: State;
}

const PREFIX = 'VirtualTopic.eng.freshmaker.';
const BUILD_CHANGED = 'build.state.changed';
const EVENT_CHANGED = 'event.state.changed';
const CANCEL = 'manage.eventcancel';

/** What a consumer must see, by the changes of the log, and what it has seen. */
export class MessageLedger {
  /** States by topic and record, in order. */
  readonly #expected = new Map<string, State[]>();
  readonly #seen = new Map<string, State[]>();
  readonly #missing = new Set<string>();
  #read = 0;

  constructor(log: readonly LoggedChange[]) {
    for (const { kind, record, from, to } of log) {
      // What is made is told by no message.
      if (from === null) continue;
      const topics = kind === Kind.BUILD ? [BUILD_CHANGED] : [EVENT_CHANGED, `${EVENT_CHANGED}.min`];
      if (kind === Kind.EVENT && to === State.CANCELED) topics.push(CANCEL);
      for (const topic of topics) {
        const subject = `${topic} ${recordNumber(record)}`;
        appendTo(this.#expected, subject, to);
        this.#missing.add(`${subject} ${to}`);
      }
    }
  }

  /** Takes what is new among the messages of a consumer; whether none is missing now. */
  isComplete(messages: readonly ConsumeMessage[]): boolean {
    for (const { fields, content } of messages.slice(this.#read)) this.#note(fields.routingKey, content.toString());
    this.#read = messages.length;
    return this.#missing.size === 0;
  }

  /**
   * What is wrong: messages that are missing, or that nobody caused, and subjects whose messages came in another order
   * or of which the last one was not the newest. Messages that came again, in order, are no fault.
   */
  faults(): string[] {
    const faults = [...this.#missing].map((message) => `missing: ${message}`);
    for (const [subject, states] of this.#seen) {
      const expected = this.#expected.get(subject) ?? [];
      const firsts = [...new Set(states)];
      if (firsts.join() !== expected.join() || states.at(-1) !== expected.at(-1)) {
        faults.push(`${subject}: ${states.join()} instead of ${expected.join()}`);
      }
    }
    return faults;
  }

  #note(routingKey: string, body: string): void {
    const topic = routingKey.slice(PREFIX.length);
    const { id, event_id, state } = JSON.parse(body) as { id: number; event_id: number; state: number };
    const states = topic === BUILD_CHANGED ? BUILD_STATES : EVENT_STATES;
    const to = topic === CANCEL ? State.CANCELED : (states[state]?.state ?? State.UNKNOWN);
    const subject = `${topic} ${topic === CANCEL ? event_id : id}`;
    appendTo(this.#seen, subject, to);
    this.#missing.delete(`${subject} ${to}`);
  }
}

function appendTo(lists: Map<string, State[]>, key: string, state: State): void {
  const list = lists.get(key);
  if (list) list.push(state);
  else lists.set(key, [state]);
}
