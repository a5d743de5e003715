import { BuildgateError } from '../../core/errors.js';
import type { Principal } from '../../core/auth/principal.js';
import type { TransitionVerb } from '../../core/graphql/context.js';
import { recordId } from '../../core/ids.js';
import { State, System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { BuildapiAttemptRecord, type RequestEntity } from './model.js';
import { attemptsAt, lockRequest, seconds, settlePushes, settleRequest, wholeSecond } from './records.js';
import { CANCELLED, FAILURE, isResult, RETRY } from './states.js';

/** Who runs a request, and where. */
export interface Claim {
  /** Master, `host:/directory`. */
  readonly claimedByName: string;
  readonly claimedByIncarnation: string | null;
  /** Counts per master and builder, from 0. */
  readonly buildNumber: number;
  readonly slaveName: string | null;
}

/** Numbers of attempts, beside those of the kinds of record. */
const ATTEMPT_NUMBERS = 4;

/** What build masters do to requests (contract buildapi, section 4.6). Each verb is one transaction. */
export class MasterService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Begins an attempt at a pending request.
   * @throws BuildgateError NOT_FOUND, CONFLICT when it is not pending, INVALID
   */
  claim(principal: Principal, requestId: number, claim: Claim): Promise<void> {
    if (claim.buildNumber < 0) throw new BuildgateError('INVALID', 'buildNumber: must not be negative.');
    if (storableText('claimedByName', claim.claimedByName) === '')
      throw new BuildgateError('INVALID', 'claimedByName: must not be empty.');
    if (claim.claimedByIncarnation !== null) storableText('claimedByIncarnation', claim.claimedByIncarnation);
    if (claim.slaveName !== null) storableText('slaveName', claim.slaveName);
    return this.#store.transact(principal, async (transaction) =>
      beginRequest(transaction, await requireRequest(transaction, requestId), claim),
    );
  }

  /**
   * Ends the running attempt at a request.
   * @throws BuildgateError NOT_FOUND, CONFLICT when it does not run, INVALID for an unknown result code
   */
  finish(principal: Principal, requestId: number, results: number): Promise<void> {
    return this.#store.transact(principal, (transaction) => endRequest(transaction, requestId, results));
  }

  /**
   * Of `transitionBuild`: RUNNING claims the request in the name of the caller, a pending request can be canceled, and a
   * running one ends with the result code that stands for the state.
   */
  readonly transition: TransitionVerb = async (transaction, id, { to }) => {
    if (to === State.RUNNING) return claimFor(transaction, id);
    const results = RESULTS_FOR.get(to);
    if (results === undefined) throw new BuildgateError('INVALID', `to: buildapi's requests cannot be ${State[to]}.`);
    const request = await requireRequest(transaction, id);
    const waits = to === State.CANCELED && request.legacyState === 'pending';
    if (!waits) return endRequest(transaction, id, results);
    completeRequest(transaction, request, FAILURE);
    await settleRequest(transaction, request);
    return settlePushes(transaction, [id]);
  };
}

/** Begins an attempt on behalf of an agent that is a master of its own, with its next number. */
async function claimFor(transaction: Transaction, id: number): Promise<void> {
  const request = await requireRequest(transaction, id);
  const claimedByName = transaction.actor ?? 'anonymous';
  const row = await first<{ number: number | null }>(
    transaction,
    sql`SELECT MAX(attempt.build_number) + 1 AS number FROM buildapi_attempt attempt
      JOIN build request ON request.id = attempt.request_id
      WHERE request.name = ${request.name} AND request.buildapi_claimed_by_name = ${claimedByName}`,
  );
  const buildNumber = Number(row?.number ?? 0);
  await beginRequest(transaction, request, { claimedByName, claimedByIncarnation: null, buildNumber, slaveName: null });
}

/** @throws BuildgateError CONFLICT when the request is not pending */
async function beginRequest(transaction: Transaction, request: RequestEntity, claim: Claim): Promise<void> {
  if (request.legacyState !== 'pending') throw new BuildgateError('CONFLICT', 'id: the request is not pending.');
  request.claimedAt = seconds(transaction);
  request.claimedByName = claim.claimedByName;
  request.claimedByIncarnation = claim.claimedByIncarnation;
  request.startedAt = wholeSecond(transaction);
  await addAttempt(transaction, request, claim);
  await settleRequest(transaction, request);
  await settlePushes(transaction, [request.id]);
}

/** Result codes that states stand for; QUEUED is a retry. */
const RESULTS_FOR: ReadonlyMap<State, number> = new Map([
  [State.SUCCEEDED, 0],
  [State.FAILED, FAILURE],
  [State.SKIPPED, 3],
  [State.QUEUED, RETRY],
  [State.CANCELED, CANCELLED],
]);

async function endRequest(transaction: Transaction, requestId: number, results: number): Promise<void> {
  if (!isResult(results)) throw new BuildgateError('INVALID', 'results: not one of the codes 0 to 6.');
  const request = await requireRequest(transaction, requestId);
  if (request.legacyState !== 'running') throw new BuildgateError('CONFLICT', 'id: the request is not running.');
  await endAttempts(transaction, request);
  if (results === RETRY) {
    request.claimedAt = 0;
    request.claimedByName = null;
    request.claimedByIncarnation = null;
  } else {
    completeRequest(transaction, request, results);
  }
  await settleRequest(transaction, request);
  await settlePushes(transaction, [request.id]);
}

/** Ends the attempts at a request that still run. */
export async function endAttempts(transaction: Transaction, request: RequestEntity): Promise<void> {
  for (const attempt of await attemptsAt(transaction, request.id)) {
    attempt.finishedAt ??= wholeSecond(transaction);
  }
}

/** Notes that a request is over; `settleRequest` then moves it. */
export function completeRequest(transaction: Transaction, request: RequestEntity, results: number): void {
  request.legacyState = 'complete';
  request.finishedAt = wholeSecond(transaction);
  request.results = results;
}

async function requireRequest(transaction: Transaction, id: number): Promise<RequestEntity> {
  const request = await lockRequest(transaction, id);
  if (!request) throw new BuildgateError('NOT_FOUND', 'id: there is no such build request.');
  return request;
}

async function addAttempt(transaction: Transaction, request: RequestEntity, claim: Claim): Promise<void> {
  const number = await transaction.takeNumbers(System.BUILDAPI, ATTEMPT_NUMBERS);
  const attempt = transaction.em.create(BuildapiAttemptRecord, {
    id: recordId(System.BUILDAPI, number),
    requestId: request.id,
    buildNumber: claim.buildNumber,
    startedAt: wholeSecond(transaction),
    slaveName: claim.slaveName,
  });
  transaction.em.persist(attempt);
}
