import type { InferEntity } from '@mikro-orm/core';
import { BuildgateError } from '../../core/errors.js';
import type { Principal } from '../../core/auth/principal.js';
import { changeRecord } from '../../core/list/locked.js';
import { BUILDS, EVENTS } from '../../core/list/records.js';
import { recordId } from '../../core/ids.js';
import { Kind, System } from '../../core/model/states.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { ensureProjects } from '../../core/store/projects.js';
import { BUILD_STATES, eventName, stateNamed, type FreshmakerArtifactType } from './codes.js';
import { FreshmakerBuildRecord, FreshmakerEventRecord } from './model.js';
import { requireText, type NewEvent, type RequestService } from './service.js';
import type { FreshmakerBuildRow, FreshmakerEventRow } from './reads.js';
import { lockBuild, lockEvent, type Transitions } from './transitions.js';

/** What a worker may correct in an event. */
export interface EventCorrection {
  readonly eventTypeId?: number | null;
  readonly searchKey?: string | null;
}

/** A build that a worker plans. */
export interface PlannedBuild {
  readonly name: string;
  readonly type: FreshmakerArtifactType;
  readonly originalNvr: string | null;
  readonly rebuildReason: string;
  readonly buildArgs: unknown;
  readonly odcsComposes: readonly number[];
  readonly bundlePullspecOverrides: unknown;
  /** Internal id of a build that exists. */
  readonly dependsOnId: number | null;
  /** Name of a build of the same call that stands before this one, or else of the same event. */
  readonly dependsOnName: string | null;
}

/** What a worker learns about a build. */
export interface BuildCorrection {
  readonly externalBuildId?: number | null;
  readonly rebuiltNvr?: string | null;
  readonly buildArgs?: unknown;
  readonly odcsComposes?: readonly number[] | null;
}

/** A build that is planned in this transaction. */
type BuildEntity = InferEntity<typeof FreshmakerBuildRecord>;

const MAX_PLANNED = 1_000;

/** What Freshmaker's workers do besides moving records from state to state. Each verb is one transaction. */
export class WorkerService {
  readonly #store: Store;
  readonly #requests: RequestService;
  readonly #transitions: Transitions;

  constructor(store: Store, requests: RequestService, transitions: Transitions) {
    this.#store = store;
    this.#requests = requests;
    this.#transitions = transitions;
  }

  /**
   * Records an event that a message or a person caused.
   * @returns its number as text
   * @throws BuildgateError INVALID, or CONFLICT when the message has an event already
   */
  createEvent(principal: Principal, event: NewEvent): Promise<string> {
    requireText('messageId', event.messageId);
    requireText('searchKey', event.searchKey);
    if (event.requester !== null) requireText('requester', event.requester);
    return this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.FRESHMAKER, Kind.EVENT);
      const known = await transaction.em.findOne(FreshmakerEventRecord, { messageId: event.messageId });
      if (known) throw new BuildgateError('CONFLICT', `messageId: event ${known.legacyId} has this message id.`);
      for (const id of event.dependsOn) await requireEvent(transaction, id, 'dependsOn');
      await this.#requests.insertEvent(transaction, number, event);
      return String(number);
    });
  }

  /** Corrects what an event is about. */
  updateEvent(principal: Principal, id: number, { eventTypeId, searchKey }: EventCorrection): Promise<void> {
    return this.#store.transact(principal, async (transaction) => {
      const event = await lockEvent(transaction, id);
      const corrected = {
        eventTypeId: eventTypeId ?? event.eventTypeId,
        searchKey: isGiven(searchKey) ? requireText('searchKey', searchKey) : event.searchKey,
      };
      const name = eventName(corrected.eventTypeId, corrected.searchKey);
      await changeRecord(transaction, EVENTS, event, { ...corrected, name });
    });
  }

  /**
   * Adds builds to an event, in state PLANNED.
   * @returns their internal ids, in order
   * @throws BuildgateError NOT_FOUND for the event, INVALID naming the build and the fault
   */
  planBuilds(principal: Principal, eventId: number, builds: readonly PlannedBuild[]): Promise<number[]> {
    if (builds.length > MAX_PLANNED) throw new BuildgateError('INVALID', `builds: at most ${MAX_PLANNED} at a time.`);
    return this.#store.transact(principal, async (transaction) => {
      if (builds.length === 0) return [];
      const event = await lockEvent(transaction, eventId);
      const first = await transaction.takeNumbers(System.FRESHMAKER, Kind.BUILD, builds.length);
      const projects = await projectsOf(transaction, builds);
      const planned: BuildEntity[] = [];
      for (const [index, build] of builds.entries()) {
        const dependsOnId = await dependency(transaction, event, build, planned, `builds[${index}]`);
        const projectId = projects.get(build.name) ?? null;
        planned.push(createBuild(transaction, event, first + index, { ...build, dependsOnId }, projectId));
      }
      await transaction.em.flush();
      for (const { id, state } of planned) {
        const change = {
          system: System.FRESHMAKER,
          kind: Kind.BUILD,
          recordId: id,
          from: null,
          to: state,
          reason: null,
        };
        transaction.recordChange(change);
      }
      return planned.map(({ id }) => id);
    });
  }

  /** Notes that a build was handed to the external build system and moves it to BUILD. */
  submitBuild(principal: Principal, id: number, correction: BuildCorrection, reason: string | null): Promise<void> {
    return this.#store.transact(principal, async (transaction) => {
      const build = await correct(transaction, await lockBuild(transaction, id), correction);
      await this.#transitions.moveBuild(transaction, build, stateNamed(BUILD_STATES, 'BUILD'), reason);
    });
  }

  /** Corrects what is known about a build; its state stays. */
  updateBuild(principal: Principal, id: number, correction: BuildCorrection): Promise<void> {
    return this.#store.transact(principal, async (transaction) => {
      await correct(transaction, await lockBuild(transaction, id), correction);
    });
  }
}

async function requireEvent(transaction: Transaction, id: number, argument: string): Promise<void> {
  const event = await transaction.em.findOne(FreshmakerEventRecord, { id });
  if (!event) throw new BuildgateError('NOT_FOUND', `${argument}: there is no such event.`);
}

/** Writes what was learnt about a build; gives the build as it is now. */
function correct(
  transaction: Transaction,
  build: FreshmakerBuildRow,
  { externalBuildId, rebuiltNvr, buildArgs, odcsComposes }: BuildCorrection,
): Promise<FreshmakerBuildRow> {
  return changeRecord(transaction, BUILDS, build, {
    ...(externalBuildId !== undefined && { externalBuildId }),
    ...(rebuiltNvr !== undefined && {
      rebuiltNvr: rebuiltNvr === null ? null : requireText('rebuiltNvr', rebuiltNvr),
    }),
    ...(isGiven(buildArgs) && { buildArgs: JSON.stringify(buildArgs) }),
    ...(isGiven(odcsComposes) && { odcsComposes: JSON.stringify(odcsComposes) }),
  });
}

/** Internal id of the build that must succeed first; null when none was named. */
async function dependency(
  transaction: Transaction,
  event: FreshmakerEventRow,
  { dependsOnId, dependsOnName }: PlannedBuild,
  planned: readonly BuildEntity[],
  path: string,
): Promise<number | null> {
  if (dependsOnId !== null) {
    const build = await transaction.em.findOne(FreshmakerBuildRecord, { id: dependsOnId });
    return build?.id ?? refuseDependency(path, 'dependsOn');
  }
  if (dependsOnName === null) return null;
  storableText(`${path}.dependsOnName`, dependsOnName);
  const before = planned.findLast(({ name }) => name === dependsOnName);
  if (before) return before.id;
  const order = { orderBy: { id: 'desc' } } as const;
  const known = await transaction.em.findOne(FreshmakerBuildRecord, { eventId: event.id, name: dependsOnName }, order);
  return known?.id ?? refuseDependency(path, 'dependsOnName');
}

function refuseDependency(path: string, member: string): never {
  throw new BuildgateError('INVALID', `${path}.${member}: there is no such build.`);
}

function createBuild(
  transaction: Transaction,
  event: FreshmakerEventRow,
  number: number,
  build: PlannedBuild,
  projectId: number | null,
): BuildEntity {
  const { id: code, state } = stateNamed(BUILD_STATES, 'PLANNED');
  const entity = transaction.em.create(FreshmakerBuildRecord, {
    id: recordId(System.FRESHMAKER, number),
    system: System.FRESHMAKER,
    legacyId: String(number),
    state,
    legacyState: String(code),
    eventId: event.id,
    projectId,
    requester: event.requester,
    name: requireText('name', build.name),
    submittedAt: transaction.now,
    artifactType: build.type,
    originalNvr: build.originalNvr === null ? null : requireText('originalNvr', build.originalNvr),
    dependsOnId: build.dependsOnId,
    buildArgs: JSON.stringify(build.buildArgs ?? {}),
    odcsComposes: JSON.stringify(build.odcsComposes),
    rebuildReason: requireText('rebuildReason', build.rebuildReason),
    bundlePullspecOverrides: isGiven(build.bundlePullspecOverrides)
      ? JSON.stringify(build.bundlePullspecOverrides)
      : null,
  });
  transaction.em.persist(entity);
  return entity;
}

/** The project of each build name, which is its component; made where there is none. */
function projectsOf(transaction: Transaction, builds: readonly PlannedBuild[]): Promise<Map<string, number>> {
  const names = [...new Set(builds.map(({ name }) => requireText('name', name)))];
  return ensureProjects(transaction, System.FRESHMAKER, names);
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}
