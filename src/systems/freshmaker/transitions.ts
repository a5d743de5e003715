import { BuildgateError } from '../../core/errors.js';
import type { TransitionVerb } from '../../core/graphql/context.js';
import { changeRecord, lockedRecords } from '../../core/list/locked.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { Kind, State, System } from '../../core/model/states.js';
import { sql, type Sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import { buildStateFor, eventStateFor, type StateCode } from './codes.js';
import { buildPayload, eventPayloads, type Topic } from './messages.js';
import type { BuildEndState, EventEndState, FreshmakerMetrics } from './metrics.js';
import type { FreshmakerBuildRow, FreshmakerEventRow } from './reads.js';
import { sortedJson, type JsonValue } from './rest/sorted-json.js';

/** What the state machines need besides the transaction. */
export interface TransitionSettings {
  /** In front of every topic. */
  readonly topicPrefix: string;
  /** In front of the `url` in messages, where no REST request decides it. */
  readonly mountPrefix: string;
  readonly metrics: FreshmakerMetrics;
}

const DEPENDENCY_REASON = 'Cannot build artifact, because its dependency cannot be built.';

/** Freshmaker's state machines (contract freshmaker, section 4): which change does what, in which order. */
export class Transitions {
  readonly #settings: TransitionSettings;

  constructor(settings: TransitionSettings) {
    this.#settings = settings;
  }

  /** The same for a request that came in under another prefix, whose paths messages repeat; null: no other. */
  under(mountPrefix: string | null): Transitions {
    return mountPrefix === null ? this : new Transitions({ ...this.#settings, mountPrefix });
  }

  /** As agents do it: any state that Freshmaker has, from any state. */
  readonly event: TransitionVerb = async (transaction, id, { to, reason }) => {
    const event = await lockEvent(transaction, id);
    await this.moveEvent(transaction, event, known(eventStateFor(to), to, 'events'), reason);
  };

  /** As agents do it: any state that Freshmaker has, from any state. */
  readonly build: TransitionVerb = async (transaction, id, { to, reason }) => {
    const build = await lockBuild(transaction, id);
    await this.moveBuild(transaction, build, known(buildStateFor(to), to, 'builds'), reason);
  };

  /** Section 4.1. A reason that is given counts even if the state stays. */
  async moveEvent(
    transaction: Transaction,
    event: FreshmakerEventRow,
    to: StateCode,
    reason: string | null,
  ): Promise<void> {
    const explained = reason === null ? {} : { stateReason: reason };
    const moves = event.legacyState !== String(to.id);
    const moved = await changeRecord(transaction, EVENTS, event, {
      ...explained,
      ...(moves && movedTo(to, transaction.now)),
    });
    if (!moves) return;
    transaction.recordChange({
      system: System.FRESHMAKER,
      kind: Kind.EVENT,
      recordId: event.id,
      from: event.state,
      to: to.state,
      reason: moved.stateReason,
    });
    if (to.ended)
      transaction.afterCommit(() => this.#settings.metrics.countEvent(to.name.toLowerCase() as EventEndState));
    const { full, min } = await eventPayloads(transaction, event.id, this.#settings.mountPrefix);
    this.publish(transaction, 'event.state.changed', full);
    this.publish(transaction, 'event.state.changed.min', min);
  }

  /**
   * Section 4.2. Builds that wait for a failed or cancelled one go first, whatever their state and event.
   * @returns the internal ids of all builds that came into the state
   */
  async moveBuild(
    transaction: Transaction,
    build: FreshmakerBuildRow,
    to: StateCode,
    reason: string | null,
  ): Promise<number[]> {
    if (build.legacyState === String(to.id)) return [];
    const changes = { ...movedTo(to, transaction.now), stateReason: reason };
    const moved = await changeRecord(transaction, BUILDS, build, changes);
    const fails = to.state === State.FAILED || to.state === State.CANCELED;
    const dependents = fails ? await this.#moveDependents(transaction, build, to) : [];
    transaction.recordChange({
      system: System.FRESHMAKER,
      kind: Kind.BUILD,
      recordId: build.id,
      from: build.state,
      to: to.state,
      reason,
    });
    if (to.ended)
      transaction.afterCommit(() => this.#settings.metrics.countBuild(to.name.toLowerCase() as BuildEndState));
    const payload = await buildPayload(transaction, moved, this.#settings.mountPrefix);
    this.publish(transaction, 'build.state.changed', payload);
    return [...dependents, build.id];
  }

  /** Queues a message; counted when the transaction has committed. */
  publish(transaction: Transaction, topic: Topic, payload: object): void {
    transaction.publish(System.FRESHMAKER, `${this.#settings.topicPrefix}.${topic}`, sortedJson(payload as JsonValue));
    transaction.afterCommit(() => this.#settings.metrics.countMessage('tx_to_send'));
  }

  async #moveDependents(transaction: Transaction, build: FreshmakerBuildRow, to: StateCode): Promise<number[]> {
    const moved: number[] = [];
    for (const dependent of await lockBuilds(transaction, sql`freshmaker_depends_on_id = ${build.id}`))
      moved.push(...(await this.moveBuild(transaction, dependent, to, DEPENDENCY_REASON)));
    return moved;
  }
}

/**
 * The event, locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockEvent(transaction: Transaction, id: number): Promise<FreshmakerEventRow> {
  const found = lockedRecords<FreshmakerEventRow>(transaction, EVENTS, System.FRESHMAKER, sql`id = ${id}`);
  const [event] = await found;
  if (!event) throw new BuildgateError('NOT_FOUND', 'No such event found.');
  return event;
}

/**
 * The build, locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockBuild(transaction: Transaction, id: number): Promise<FreshmakerBuildRow> {
  const [build] = await lockBuilds(transaction, sql`id = ${id}`);
  if (!build) throw new BuildgateError('NOT_FOUND', 'No such build found.');
  return build;
}

/** Builds by ascending id, locked until the transaction ends. */
export function lockBuilds(transaction: Transaction, condition: Sql): Promise<FreshmakerBuildRow[]> {
  return lockedRecords(transaction, BUILDS, System.FRESHMAKER, condition);
}

/** What a record has once it is in a state. */
function movedTo({ id, state, ended }: StateCode, now: number) {
  return {
    state,
    legacyState: String(id),
    ...(state === State.RUNNING && { startedAt: now }),
    ...(ended && { finishedAt: now }),
  };
}

function known(code: StateCode | undefined, to: State, noun: string): StateCode {
  if (!code) throw new BuildgateError('INVALID', `to: Freshmaker's ${noun} cannot be ${State[to]}.`);
  return code;
}
