import { GraphQLError } from 'graphql';
import type { LogEntry } from '../../core/changes/log.js';
import type { Walk, Watch } from '../../core/changes/watch.js';
import type { OperationRequest } from '../execution.js';
import type { Followed, MessageBytes, Sender } from '../socket-connection.js';
import { Answer, type Executor } from './answer.js';
import type { Group } from './group.js';
import { Payload } from './payload.js';
import { rightsKey, subscriptionKey } from './subscription-key.js';

/** What takes the messages of a client. */
export interface Outlet {
  /** Whether so much waits for the client that nothing should be added that can wait elsewhere. */
  readonly isFull: boolean;
  /** Keeps messages back until `release`, to send them together. */
  hold(): void;
  release(): void;
  /**
   * Sends a message behind those that wait.
   * @returns whether it is on its way; if not, the sender is told when it is, or never will be
   */
  deliver(message: MessageBytes, sender: Sender): boolean;
  /** Forgets what waits of a sender. */
  drop(sender: Sender): void;
}

/** Where in the log a message stands. */
interface Place {
  readonly sequence: number;
  /** What lies between is none of the subscription's business. */
  readonly before: number;
}

/** A change with what it is answered with. */
export interface Change extends Place {
  /** Whether nothing is shown behind it. */
  readonly isLast: boolean;
  readonly answer: Answer | undefined;
}

/** What subscriptions have around them. */
export interface Surroundings {
  readonly executor: Executor;
  /** The group that hands over to this member what comes behind a place; undefined where the log must be read up to it. */
  readonly groupAt: (member: Member, place: number) => Group | undefined;
  /** Told once when a subscription is over. */
  readonly onEnd: () => void;
}

/**
 * One subscription of one client. It is a member of a group, which hands changes to it, or walks through the log by
 * itself while it is behind: at the beginning, and when its client takes less than what comes. All it keeps is its place,
 * and those of the messages that wait in its connection.
 */
export class Member implements Followed, Sender {
  readonly request: OperationRequest;
  readonly watch: Watch;
  /** The same for all that are shown the same. */
  readonly key: string;
  /** All of the caller that an answer can depend on. */
  readonly rights: string;
  readonly #around: Surroundings;
  readonly #over = Promise.withResolvers<void>();
  readonly #unsent: Place[] = [];
  #allSent: PromiseWithResolvers<void> | undefined;
  #outlet: Outlet | undefined;
  #id = '';
  #reached: number;
  /** It has the one or the other while it goes on. */
  #group: Group | undefined;
  #walk: Walk | undefined;
  #isOver = false;

  constructor(request: OperationRequest, watch: Watch, around: Surroundings) {
    this.request = request;
    this.watch = watch;
    this.key = `${subscriptionKey(request)} ${watch.key}`;
    this.rights = rightsKey(request.context.principal);
    this.#around = around;
    this.#reached = watch.after;
  }

  /** Everything in the change log up to here was sent or was none of its business; null when it is over. */
  get passed(): number | null {
    return this.#isOver ? null : (this.#unsent[0]?.before ?? this.reached);
  }

  /** Everything up to here was sent, waits in the connection, or was none of its business. */
  get reached(): number {
    return Math.max(this.#reached, this.#group?.passed ?? this.#walk?.passed ?? 0);
  }

  /**
   * Shows what is to be shown, as messages of this id. Resolves when nothing more comes and all is on its way, or when the
   * subscription was left.
   */
  show(outlet: Outlet, id: string): Promise<void> {
    this.#outlet = outlet;
    this.#id = id;
    if (this.watch.isOver) void this.end();
    else if (!this.#joins()) void this.#walkAlone();
    return this.#over.promise;
  }

  /** Takes what lies behind all that it has reached; leaves its group where its client has too much to take already. */
  takeAll(changes: readonly Change[]): void {
    if (changes.length > 1) this.#outlet?.hold();
    for (const change of changes) if (!this.#take(change)) break;
    if (changes.length > 1) this.#outlet?.release();
  }

  sent(): void {
    this.#unsent.shift();
    if (this.#unsent.length === 0) this.#allSent?.resolve();
  }

  /** Leaves its group and goes on by itself, once all that waits is on its way. */
  leaveGroup(): void {
    this.#halt();
    void this.#walkAlone();
  }

  /** Is over, once all that waits is on its way. */
  async end(): Promise<void> {
    this.#halt();
    await this.#untilSent();
    this.#finish();
  }

  /** Is over at once: nobody listens any more. */
  stop(): void {
    this.#halt();
    this.#finish();
    this.#outlet?.drop(this);
    this.#allSent?.resolve();
  }

  async #walkAlone(): Promise<void> {
    const walk = this.watch.walk(this.#reached);
    this.#walk = walk;
    try {
      await this.#untilSent();
      while (await this.#step(walk));
    } catch (error) {
      if (!this.#isOver) this.#fail(error);
    }
    if (this.#walk === walk) await this.end();
  }

  /** Goes on by one change, or to where the log ends. False when the walk is over or a group goes on for it. */
  async #step(walk: Walk): Promise<boolean> {
    const entry = await walk.take();
    if (entry) {
      const answer = await this.#answer(entry);
      if (this.#isOver) return false;
      const payload = answer.payloadFor(this.request.context.requestId);
      this.#send({ sequence: entry.sequence, before: walk.passed }, payload);
      await this.#untilSent();
    }
    if (this.#isOver || entry === undefined || (entry && this.watch.isLast(entry)) || this.#joins()) return false;
    if (entry === null) await walk.goesOn();
    return true;
  }

  #answer(entry: LogEntry): Promise<Answer> {
    return Answer.to(entry, { request: this.request, isGone: () => this.#isOver }, this.#around.executor);
  }

  /** Whether it goes on in its group. */
  #take(change: Change): boolean {
    const { sequence, answer, isLast } = change;
    if (sequence <= this.reached || !answer) return true;
    // One message may always wait, or a client with many subscriptions would have some that never get their turn.
    const isLagging = this.#unsent.length > 0 && this.#outlet?.isFull;
    if (isLagging) this.leaveGroup();
    else this.#send(change, answer.payloadFor(this.request.context.requestId));
    if (isLast && !isLagging) void this.end();
    return !isLagging && !isLast;
  }

  /** Whether it stands where a group does, which goes on for it. */
  #joins(): boolean {
    const place = this.reached;
    const group = this.#around.groupAt(this, place);
    if (!group) return false;
    this.#halt();
    this.#group = group;
    group.add(this);
    return true;
  }

  /** Leaves its group or its walk, and keeps its place. */
  #halt(): void {
    this.#reached = this.reached;
    this.#group?.remove(this);
    this.#group = undefined;
    void this.#walk?.return();
    this.#walk = undefined;
  }

  /** The last that the client hears: a walk that has failed has no next change. */
  #fail(error: unknown): void {
    const originalError = error instanceof Error ? error : new Error(String(error));
    const fault = { errors: [new GraphQLError('', { originalError })] };
    const masked = this.#around.executor.mask(fault, this.request.context.requestId);
    this.#send({ sequence: this.reached, before: this.reached }, new Payload(masked));
  }

  #send(place: Place, payload: Payload): void {
    this.#reached = place.sequence;
    if (!this.#outlet?.deliver(payload.messageFor(this.#id), this)) this.#unsent.push(place);
  }

  async #untilSent(): Promise<void> {
    if (this.#unsent.length === 0 || this.#isOver) return;
    this.#allSent ??= Promise.withResolvers();
    await this.#allSent.promise;
    this.#allSent = undefined;
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#around.onEnd();
    this.#over.resolve();
  }
}
