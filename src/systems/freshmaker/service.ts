import { BuildgateError } from '../../core/errors.js';
import type { Principal } from '../../core/auth/principal.js';
import { recordsByLegacyId } from '../../core/list/children.js';
import { EVENTS } from '../../core/list/records.js';
import { MAX_RECORD_NUMBER, recordId, recordNumber } from '../../core/ids.js';
import { Kind, State, System } from '../../core/model/states.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { sql } from '../../core/store/sql.js';
import { ASYNC_REBUILD, BUILD_STATES, EVENT_STATES, eventName, MANUAL_REBUILD, stateNamed } from './codes.js';
import { FreshmakerEventRecord } from './model.js';
import { readBaseEventId, readErrataId, readMembers, refuse, type RequestBody } from './rebuild-request.js';
import type { FreshmakerEventRow } from './reads.js';
import { lockBuilds, lockEvent, type Transitions } from './transitions.js';

/** Roles of Freshmaker (contract freshmaker, section 8). */
export const ADMIN_ROLE = 'freshmaker/admin';
export const REBUILD_ROLES = [ADMIN_ROLE, 'freshmaker/manual_rebuilder'];
export const ASYNC_REBUILD_ROLES = [ADMIN_ROLE, 'freshmaker/freshmaker_async_rebuilders'];

const CANCEL_PLANNED = 'Build canceled before running on external build system.';
const SECOND = 1_000_000;

/** Who asks, and by which way. */
export interface Requester {
  readonly principal: Principal;
  /** Of a REST request: what stands in front of its paths; null otherwise. */
  readonly mountPrefix: string | null;
}

/** What a new event is made of. */
export interface NewEvent {
  readonly messageId: string;
  readonly searchKey: string;
  readonly eventTypeId: number;
  readonly dryRun: boolean;
  readonly requester: string | null;
  readonly requestedRebuilds: readonly string[];
  readonly requesterMetadata: unknown;
  /** Internal ids, in order. */
  readonly dependsOn: readonly number[];
}

/** What people ask of Freshmaker: cancel an event, rebuild images. Each verb is one transaction. */
export class RequestService {
  readonly #store: Store;
  readonly #transitions: Transitions;

  constructor(store: Store, transitions: Transitions) {
    this.#store = store;
    this.#transitions = transitions;
  }

  /**
   * Cancels an event and what is left of its builds (section 6.1). Allowed in every state.
   * @param legacyId the event's number as text
   * @param request the body, passed on to the workers
   * @throws BuildgateError NOT_FOUND, or FORBIDDEN for somebody else's event
   */
  cancelEvent({ principal, mountPrefix }: Requester, legacyId: string, request: RequestBody): Promise<void> {
    const transitions = this.#transitions.under(mountPrefix);
    return this.#store.transact(principal, async (transaction) => {
      const id = eventId(legacyId);
      if (id === null) throw new BuildgateError('NOT_FOUND', 'No such event found.');
      const event = await lockEvent(transaction, id);
      this.#checkOwner(principal, event);
      const user = principal.userName ?? 'None';
      const reason = `Event id ${recordNumber(id)} requested for canceling by user ${user}`;
      await transitions.moveEvent(transaction, event, stateNamed(EVENT_STATES, 'CANCELED'), reason);
      await this.#cancelBuilds(transaction, transitions, id, State.PLANNED, CANCEL_PLANNED);
      const stopped = await this.#cancelBuilds(transaction, transitions, id, State.RUNNING, null);
      transitions.publish(transaction, 'manage.eventcancel', {
        ...request,
        action: 'eventcancel',
        event_id: recordNumber(id),
        builds_id: stopped.map(recordNumber),
      });
    });
  }

  /**
   * Records a manual rebuild and hands it to the workers (section 6.2).
   * @returns the new event's number as text
   * @throws BuildgateError INVALID with the contract's message
   */
  requestRebuild(principal: Principal, body: RequestBody): Promise<string> {
    return this.#store.transact(principal, async (transaction) => {
      // Taken first: two requests for one advisory wait for each other, so that check 14 sees the other's event.
      const number = await transaction.takeNumbers(System.FRESHMAKER, Kind.EVENT);
      const errataId = readErrataId(body);
      const base = await baseEvent(transaction, body);
      const { containerImages, dryRun, force, metadata } = readMembers(body);
      const searchKey = searchKeyOf(errataId, base);
      if (!force) await checkNothingRuns(transaction, searchKey);
      const messageId = `manual_rebuild_${stamp(transaction, number)}`;
      await this.insertEvent(transaction, number, {
        messageId,
        searchKey,
        eventTypeId: MANUAL_REBUILD,
        dryRun,
        requester: principal.userName,
        requestedRebuilds: containerImages,
        requesterMetadata: metadata,
        dependsOn: base ? [base.id] : [],
      });
      const filledIn = errataId === null ? { errata_id: Number(searchKey) } : {};
      this.#transitions.publish(transaction, 'manual.rebuild', {
        ...body,
        ...filledIn,
        msg_id: messageId,
        requester: principal.userName,
      });
      return String(number);
    });
  }

  /**
   * Records a rebuild without advisory and hands it to the workers (section 6.3).
   * @returns the new event's number as text
   * @throws BuildgateError INVALID with the contract's message
   */
  requestAsyncRebuild(principal: Principal, body: RequestBody): Promise<string> {
    return this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.FRESHMAKER, Kind.EVENT);
      const base = await baseEvent(transaction, body);
      const { containerImages, dryRun, metadata } = readMembers(body);
      if (!body['dist_git_branch'] || containerImages.length === 0) {
        refuse('"dist_git_branch" and "container_images" are required in the request for async builds');
      }
      if (base && base.eventTypeId !== ASYNC_REBUILD)
        refuse(`The event (id=${base.legacyId}) is not an async build event.`);
      const images = containerImages.map((name) => (name.endsWith('-container') ? name : `${name}-container`));
      const messageId = `async_build_${stamp(transaction, number)}`;
      await this.insertEvent(transaction, number, {
        messageId,
        searchKey: messageId,
        eventTypeId: ASYNC_REBUILD,
        dryRun,
        requester: principal.userName,
        requestedRebuilds: images,
        requesterMetadata: metadata,
        dependsOn: base ? [base.id] : [],
      });
      this.#transitions.publish(transaction, 'async.manual.build', {
        ...body,
        container_images: images,
        msg_id: messageId,
        requester: principal.userName,
      });
      return String(number);
    });
  }

  /** Stores a new event in state INITIALIZED under a number that was taken. */
  async insertEvent(transaction: Transaction, number: number, event: NewEvent): Promise<void> {
    const id = recordId(System.FRESHMAKER, number);
    const { id: code, state } = stateNamed(EVENT_STATES, 'INITIALIZED');
    transaction.em.persist(
      transaction.em.create(FreshmakerEventRecord, {
        id,
        system: System.FRESHMAKER,
        legacyId: String(number),
        state,
        legacyState: String(code),
        name: eventName(event.eventTypeId, event.searchKey),
        messageId: event.messageId,
        searchKey: event.searchKey,
        eventTypeId: event.eventTypeId,
        dryRun: event.dryRun,
        requester: event.requester,
        requestedRebuilds: JSON.stringify(event.requestedRebuilds),
        requesterMetadata: JSON.stringify(event.requesterMetadata),
        createdAt: transaction.now,
      }),
    );
    await transaction.em.flush();
    for (const [position, dependsOnId] of event.dependsOn.entries()) {
      await transaction.all(
        sql`INSERT INTO freshmaker_event_dependency (event_id, position, depends_on_id) VALUES (${id}, ${position}, ${dependsOnId})`,
      );
    }
    transaction.recordChange({
      system: System.FRESHMAKER,
      kind: Kind.EVENT,
      recordId: id,
      from: null,
      to: state,
      reason: null,
    });
  }

  #checkOwner(principal: Principal, event: FreshmakerEventRow): void {
    const isAdmin = principal.admin || principal.roles.has(ADMIN_ROLE);
    if (isAdmin || (event.requester !== null && event.requester === principal.userName)) return;
    throw new BuildgateError('FORBIDDEN', "You must be an admin to cancel someone else's event.");
  }

  /** Cancels the event's builds that are still in a state, ascending; returns their internal ids. */
  async #cancelBuilds(
    transaction: Transaction,
    transitions: Transitions,
    eventId: number,
    state: State,
    reason: string | null,
  ): Promise<number[]> {
    // Locked: a worker may be finishing one of them at this moment.
    const builds = await lockBuilds(transaction, sql`event_id = ${eventId} AND state = ${state}`);
    const ids = builds.map(({ id }) => id);
    const canceled = stateNamed(BUILD_STATES, 'CANCELED');
    // One may have been cancelled with another that it waits for.
    const moved = new Set<number>();
    for (const build of builds) {
      if (moved.has(build.id)) continue;
      for (const id of await transitions.moveBuild(transaction, build, canceled, reason)) moved.add(id);
    }
    return ids;
  }
}

/** Internal id of the event with this number; null when no event can have it. */
export function eventId(legacyId: string): number | null {
  const number = /^[0-9]{1,16}$/.test(legacyId) ? Number(legacyId) : Number.NaN;
  return number <= MAX_RECORD_NUMBER ? recordId(System.FRESHMAKER, number) : null;
}

/** Checks 2 and 3: the event whose builds are to be reused, if one was named. */
async function baseEvent(transaction: Transaction, body: RequestBody): Promise<FreshmakerEventRow | null> {
  const number = readBaseEventId(body);
  if (number === null) return null;
  const key = { system: System.FRESHMAKER, legacyId: String(number) };
  const [event] = await recordsByLegacyId<FreshmakerEventRow>(transaction, EVENTS, [key]);
  return event ?? refuse('The provided "freshmaker_event_id" is invalid.');
}

/** Checks 10 to 13: the advisory that is rebuilt. */
function searchKeyOf(errataId: string | null, base: FreshmakerEventRow | null): string {
  if (!base)
    return errataId ?? refuse('You must at least provide "errata_id" or "freshmaker_event_id" in the request.');
  if (base.eventTypeId === ASYNC_REBUILD) {
    refuse(`The event (id=${base.legacyId}) is an async build event, can not be used for this build.`);
  }
  if (!/^[0-9]{1,15}$/.test(base.searchKey)) refuse(`The search key of event ${base.legacyId} is not an advisory id.`);
  const searchKey = String(Number(base.searchKey));
  if (errataId !== null && errataId !== searchKey) {
    refuse('The provided "errata_id" doesn\'t match the Advisory ID associated with the input "freshmaker_event_id".');
  }
  return searchKey;
}

/** Check 14: no event of the advisory is under way. */
async function checkNothingRuns(transaction: Transaction, searchKey: string): Promise<void> {
  const running = await transaction.all<{ legacyId: string }>(
    sql`SELECT legacy_id AS "legacyId" FROM event WHERE freshmaker_search_key = ${searchKey}
      AND state IN (${State.QUEUED}, ${State.RUNNING}) ORDER BY id`,
  );
  if (running.length === 0) return;
  const ids = running.map(({ legacyId }) => legacyId).join(', ');
  refuse(
    `Events triggered by advisory ${searchKey} are running: [${ids}]. If you want to rebuild it anyway, use "force": true option.`,
  );
}

/** Unix time with a fraction whose last digits come from the number, so that no two are alike. */
function stamp(transaction: Transaction, number: number): string {
  const micros = transaction.now - (transaction.now % 1000) + (number % 1000);
  return `${Math.floor(micros / SECOND)}.${String(micros % SECOND).padStart(6, '0')}`;
}

/**
 * Text that is stored and may come from anywhere.
 * @throws BuildgateError INVALID naming the field
 */
export function requireText(field: string, text: string): string {
  if (text === '') throw new BuildgateError('INVALID', `${field}: must not be empty.`);
  return storableText(field, text);
}
