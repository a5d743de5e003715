import { BuildgateError } from '../../core/errors.js';
import type { Principal } from '../../core/auth/principal.js';
import type { TransitionVerb } from '../../core/graphql/context.js';
import { recordId } from '../../core/ids.js';
import { State, System } from '../../core/model/states.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { BuildapiAttemptRecord, type RequestEntity } from './model.js';
import { attemptsAt, lockRequest, seconds, settleRequest, wholeSecond } from './records.js';
import { isResult, RETRY } from './states.js';

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
    const claimedByName = storableText('claimedByName', claim.claimedByName);
    if (claimedByName === '') throw new BuildgateError('INVALID', 'claimedByName: must not be empty.');
    if (claim.claimedByIncarnation !== null) storableText('claimedByIncarnation', claim.claimedByIncarnation);
    if (claim.slaveName !== null) storableText('slaveName', claim.slaveName);
    return this.#store.transact(principal, async (transaction) => {
      const request = await requireRequest(transaction, requestId);
      if (request.legacyState !== 'pending') throw new BuildgateError('CONFLICT', 'id: the request is not pending.');
      request.claimedAt = seconds(transaction);
      request.claimedByName = claimedByName;
      request.claimedByIncarnation = claim.claimedByIncarnation;
      request.startedAt = wholeSecond(transaction);
      await addAttempt(transaction, request, claim);
      await settleRequest(transaction, request);
    });
  }

  /**
   * Ends the running attempt at a request.
   * @throws BuildgateError NOT_FOUND, CONFLICT when it does not run, INVALID for an unknown result code
   */
  finish(principal: Principal, requestId: number, results: number): Promise<void> {
    return this.#store.transact(principal, (transaction) => endRequest(transaction, requestId, results));
  }

  /** Of `transitionBuild`: a running request ends with the result code that stands for the state. */
  readonly transition: TransitionVerb = async (transaction, id, { to }) => {
    const results = RESULTS_FOR.get(to);
    if (results === undefined) {
      throw new BuildgateError('INVALID', `to: use buildapiClaimRequest to make buildapi's requests ${State[to]}.`);
    }
    await endRequest(transaction, id, results);
  };
}

/** Result codes that states stand for; QUEUED is a retry. */
const RESULTS_FOR: ReadonlyMap<State, number> = new Map([
  [State.SUCCEEDED, 0],
  [State.FAILED, 2],
  [State.SKIPPED, 3],
  [State.QUEUED, RETRY],
  [State.CANCELED, 6],
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
