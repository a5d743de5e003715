import { LockMode, type InferEntity } from '@mikro-orm/core';
import { BuildgateError } from '../../core/errors.js';
import type { TransitionVerb } from '../../core/graphql/context.js';
import { Kind, State, System } from '../../core/model/states.js';
import type { Transaction } from '../../core/store/transaction.js';
import { buildStateFor, eventStateFor, type StateCode } from './codes.js';
import { buildPayload, eventPayloads, type Topic } from './messages.js';
import type { BuildEndState, EventEndState, FreshmakerMetrics } from './metrics.js';
import { FreshmakerBuildRecord, FreshmakerEventRecord } from './model.js';
import type { FreshmakerBuildRow } from './reads.js';
import { sortedJson, type JsonValue } from './rest/sorted-json.js';

/** An event inside a transaction. */
export type EventEntity = InferEntity<typeof FreshmakerEventRecord>;
/** An artifact build inside a transaction. */
export type BuildEntity = InferEntity<typeof FreshmakerBuildRecord>;

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
  async moveEvent(transaction: Transaction, event: EventEntity, to: StateCode, reason: string | null): Promise<void> {
    if (reason !== null) event.stateReason = reason;
    if (event.legacyState === String(to.id)) return;
    const from: State = event.state;
    event.state = to.state;
    event.legacyState = String(to.id);
    if (to.state === State.RUNNING) event.startedAt = transaction.now;
    if (to.ended) event.finishedAt = transaction.now;
    await transaction.em.flush();
    transaction.recordChange({
      system: System.FRESHMAKER,
      kind: Kind.EVENT,
      recordId: event.id,
      from,
      to: to.state,
      reason: event.stateReason ?? null,
    });
    if (to.ended)
      transaction.afterCommit(() => this.#settings.metrics.countEvent(to.name.toLowerCase() as EventEndState));
    const { full, min } = await eventPayloads(transaction, event.id, this.#settings.mountPrefix);
    this.publish(transaction, 'event.state.changed', full);
    this.publish(transaction, 'event.state.changed.min', min);
  }

  /** Section 4.2. Builds that wait for a failed or cancelled one go first, whatever their state and event. */
  async moveBuild(transaction: Transaction, build: BuildEntity, to: StateCode, reason: string | null): Promise<void> {
    if (build.legacyState === String(to.id)) return;
    const from: State = build.state;
    build.state = to.state;
    build.legacyState = String(to.id);
    build.stateReason = reason;
    if (to.state === State.RUNNING) build.startedAt = transaction.now;
    if (to.ended) build.finishedAt = transaction.now;
    await transaction.em.flush();
    if (to.state === State.FAILED || to.state === State.CANCELED) await this.#moveDependents(transaction, build, to);
    transaction.recordChange({
      system: System.FRESHMAKER,
      kind: Kind.BUILD,
      recordId: build.id,
      from,
      to: to.state,
      reason,
    });
    if (to.ended)
      transaction.afterCommit(() => this.#settings.metrics.countBuild(to.name.toLowerCase() as BuildEndState));
    const payload = await buildPayload(transaction, build as unknown as FreshmakerBuildRow, this.#settings.mountPrefix);
    this.publish(transaction, 'build.state.changed', payload);
  }

  /** Queues a message; counted when the transaction has committed. */
  publish(transaction: Transaction, topic: Topic, payload: object): void {
    transaction.publish(System.FRESHMAKER, `${this.#settings.topicPrefix}.${topic}`, sortedJson(payload as JsonValue));
    transaction.afterCommit(() => this.#settings.metrics.countMessage('tx_to_send'));
  }

  async #moveDependents(transaction: Transaction, build: BuildEntity, to: StateCode): Promise<void> {
    const dependents = await transaction.em.find(
      FreshmakerBuildRecord,
      { dependsOnId: build.id },
      { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE },
    );
    for (const dependent of dependents) await this.moveBuild(transaction, dependent, to, DEPENDENCY_REASON);
  }
}

/**
 * The event, locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockEvent(transaction: Transaction, id: number): Promise<EventEntity> {
  const event = await transaction.em.findOne(FreshmakerEventRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!event) throw new BuildgateError('NOT_FOUND', 'No such event found.');
  return event;
}

/**
 * The build, locked until the transaction ends.
 * @throws BuildgateError NOT_FOUND
 */
export async function lockBuild(transaction: Transaction, id: number): Promise<BuildEntity> {
  const build = await transaction.em.findOne(FreshmakerBuildRecord, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!build) throw new BuildgateError('NOT_FOUND', 'No such build found.');
  return build;
}

function known(code: StateCode | undefined, to: State, noun: string): StateCode {
  if (!code) throw new BuildgateError('INVALID', `to: Freshmaker's ${noun} cannot be ${State[to]}.`);
  return code;
}
