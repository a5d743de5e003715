import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { LogEntry } from '../../core/changes/log.js';
import type { Walk, Watch } from '../../core/changes/watch.js';
import { Answer, type Executor } from './answer.js';
import type { Change, Member } from './member.js';

/** After so many members the process turns to its other work; handing over takes some 10 microseconds for each. */
const HANDED_AT_ONCE = 500;
/** Changes that are there already are handed over together until they are so many, so large, or took so long to read. */
const TOGETHER = 32;
const TOGETHER_BYTES = 32_768;
const TOGETHER_MS = 10;

/** A change that is handed over. */
interface Pending extends Change {
  readonly entry: LogEntry;
  answer: Answer | undefined;
  /** Whose answer it is. */
  rights: string | undefined;
}

/**
 * Subscriptions that are shown the same and stand at the live end of the log: one walk for all of them. Each change is
 * picked once and executed once, and once for each caller where the answer depends on who asks. Changes that came while
 * others were handed over go out together. The group waits for nobody: a member whose connection is full leaves it and
 * walks by itself.
 */
export class Group {
  readonly #watch: Watch;
  readonly #walk: Walk;
  readonly #executor: Executor;
  readonly #onEnd: () => void;
  /** Members by their rights. */
  readonly #members = new Map<string, Set<Member>>();
  #pending: Pending[] = [];
  /** The last change that is being handed over, or was. */
  #handing = 0;

  /** @param onEnd told when nobody is left: the group is not to be used any more */
  constructor(watch: Watch, place: number, executor: Executor, onEnd: () => void) {
    this.#watch = watch;
    this.#walk = watch.walk(place);
    this.#executor = executor;
    this.#onEnd = onEnd;
  }

  /** Everything up to here was handed to all members, or was none of their business. */
  get passed(): number {
    return this.#pending[0]?.before ?? this.#walk.passed;
  }

  /** Whether who has been shown everything up to this place is handed what comes behind it. */
  takes(place: number): boolean {
    return place >= Math.max(this.passed, this.#handing);
  }

  /** Takes in a member; ask `takes` in the same turn. The first one sets the group going. */
  add(member: Member): void {
    const isFirst = this.#members.size === 0;
    const alike = this.#members.get(member.rights) ?? new Set();
    this.#members.set(member.rights, alike.add(member));
    if (isFirst) void this.#run();
  }

  remove(member: Member): void {
    const alike = this.#members.get(member.rights);
    if (!alike?.delete(member) || alike.size > 0) return;
    this.#members.delete(member.rights);
    if (this.#members.size > 0) return;
    this.#onEnd();
    void this.#walk.return();
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        const { value: entry, done } = await this.#walk.next();
        if (done) break;
        await this.#gather(entry);
        await this.#handOver();
      }
    } catch {
      // Whatever it was: each member meets it by itself and says so to its own client.
      for (const member of this.#all()) member.leaveGroup();
    }
    for (const member of this.#all()) void member.end();
  }

  /** Takes a change, and those behind it that are there already, and answers them for somebody who needs them. */
  async #gather(first: LogEntry): Promise<void> {
    const deadline = performance.now() + TOGETHER_MS;
    let size = 0;
    let entry: LogEntry | null | undefined = first;
    while (entry) {
      const change = this.#pend(entry);
      const asker = this.#firstBehind(change.sequence);
      if (asker) size += (await this.#answer(change, asker)).size;
      if (change.isLast || this.#pending.length === TOGETHER || size > TOGETHER_BYTES) return;
      entry = await this.#walk.take(deadline);
    }
  }

  #pend(entry: LogEntry): Pending {
    const { sequence } = entry;
    const place = { sequence, before: this.#walk.passed, isLast: this.#watch.isLast(entry) };
    const change = { ...place, entry, answer: undefined, rights: undefined };
    this.#pending.push(change);
    return change;
  }

  async #handOver(): Promise<void> {
    const changes = this.#pending;
    const last = changes.at(-1)?.sequence ?? 0;
    let handed = 0;
    // Those who come meanwhile are met as well, at the end of the map or of a set; who is ahead has no need of anything.
    for (const alike of this.#members.values()) {
      const asker = firstBehind(alike, last);
      if (asker) await this.#answerAll(changes, asker);
      this.#handing = last;
      for (const member of asker ? alike : []) {
        member.takeAll(changes);
        if (++handed % HANDED_AT_ONCE === 0) await setImmediate();
      }
    }
    this.#pending = [];
    // The network has its turn, or connections would seem full that are not.
    await setImmediate();
  }

  async #answerAll(changes: readonly Pending[], asker: Member): Promise<void> {
    for (const change of changes) {
      const { answer, rights } = change;
      if (!answer || (answer.isPersonal && rights !== asker.rights)) await this.#answer(change, asker);
    }
  }

  async #answer(change: Pending, { request, rights }: Member): Promise<Answer> {
    const isGone = (): boolean => this.#members.size === 0;
    change.answer = await Answer.to(change.entry, { request, isGone }, this.#executor);
    change.rights = rights;
    return change.answer;
  }

  #firstBehind(sequence: number): Member | undefined {
    for (const alike of this.#members.values()) {
      const member = firstBehind(alike, sequence);
      if (member) return member;
    }
    return undefined;
  }

  #all(): Member[] {
    return [...this.#members.values()].flatMap((alike) => [...alike]);
  }
}

function firstBehind(members: ReadonlySet<Member>, sequence: number): Member | undefined {
  for (const member of members) if (member.reached < sequence) return member;
  return undefined;
}
