import { BuildgateError } from '../../core/errors.js';
import type { Principal } from '../../core/auth/principal.js';
import type { TransitionVerb } from '../../core/graphql/context.js';
import { recordId, recordNumber } from '../../core/ids.js';
import { Kind, State, System } from '../../core/model/states.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type PublishedMessage, type Transaction } from '../../core/store/transaction.js';
import type { ActionName, ActionParameters } from './actions.js';
import { isOnBranch } from './branches.js';
import { BuildapiJobRecord, BuildapiRequestRecord, type RequestEntity } from './model.js';
import { findAttempt, internalId, lockJob, logChange, requireBranch, seconds, wholeSecond } from './records.js';
import { jobState } from './states.js';

/** What the service is made with. */
export interface JobServiceOptions {
  readonly store: Store;
  /** Exchange of the messages of section 7. */
  readonly exchange: string;
  /**
   * Waits until the broker has taken a message; resolves with whether it did in time. Null when an agent inside this
   * process does the jobs, which needs no message.
   */
  readonly awaitTaken: ((message: PublishedMessage) => Promise<boolean>) | null;
  /** Called when a job was logged. */
  readonly onLogged: () => void;
  /** Told why a job could not be logged. */
  readonly onError: (error: unknown) => void;
}

/** A branch and what is looked for on it. */
interface OnBranch {
  readonly branch: string;
}
interface OfRequest extends OnBranch {
  /** Integer as text, as in a path. */
  readonly requestId: string;
}
interface OfBuild extends OnBranch {
  /** Integer as text, as in a path. */
  readonly buildId: string;
}
interface OfRevision extends OnBranch {
  readonly revision: string;
}
interface Prioritized {
  readonly priority: number;
}
interface Counted extends Prioritized {
  readonly count: number;
}
interface NewBuild extends OfRevision, Prioritized {
  readonly builder: string;
  readonly properties?: Readonly<Record<string, unknown>> | null;
  readonly files?: readonly unknown[] | null;
}

const NOT_LOGGED = "Couldn't create JobRequest row";
const NOT_SENT = "Couldn't send message to broker";
const MAX_COUNT = 1_000;
const REVISION_LENGTH = 12;
const INTEGER = /^\s*([+-]?[0-9]+)\s*$/;

/**
 * Job requests (contract buildapi, section 6): each verb checks and logs in one transaction, and gives the internal id
 * of the job. All throw BuildgateError NOT_FOUND or INVALID with the contract's text, and UNAVAILABLE when the broker
 * does not take the message.
 */
export class JobService {
  readonly #options: JobServiceOptions;

  constructor(options: JobServiceOptions) {
    this.#options = options;
  }

  reprioritize(principal: Principal, { branch, requestId, priority }: OfRequest & Prioritized): Promise<number> {
    return this.#log(principal, 'reprioritize', branch, async (transaction) => {
      const request = await requestOn(transaction, branch, integer(requestId, 'Non-integer request id'));
      if (request.legacyState === 'complete') throw new BuildgateError('INVALID', 'Request already complete');
      if (request.claimedAt > 0) throw new BuildgateError('INVALID', 'Request is already running');
      return { brid: recordNumber(request.id), priority };
    });
  }

  cancelRequest(principal: Principal, { branch, requestId }: OfRequest): Promise<number> {
    return this.#log(principal, 'cancel_request', branch, async (transaction) => {
      const { id } = await requestOn(transaction, branch, integer(requestId, 'Non-integer request_id'));
      return { brid: recordNumber(id) };
    });
  }

  cancelBuild(principal: Principal, { branch, buildId }: OfBuild): Promise<number> {
    return this.#log(principal, 'cancel_build', branch, async (transaction) => {
      return { bid: await buildOn(transaction, branch, integer(buildId, 'Non-integer build_id')) };
    });
  }

  cancelRevision(principal: Principal, { branch, revision }: OfRevision): Promise<number> {
    return this.#log(principal, 'cancel_revision', branch, async () => {
      return { branch, revision: Array.from(storableText('revision', revision)).slice(0, REVISION_LENGTH).join('') };
    });
  }

  rebuildBuild(principal: Principal, { branch, buildId, priority, count }: OfBuild & Counted): Promise<number> {
    return this.#log(principal, 'rebuild_build', branch, async (transaction) => {
      const number = integer(buildId, 'Bad build_id');
      checkCount(count);
      return { bid: await buildOn(transaction, branch, number), priority, count };
    });
  }

  rebuildRequest(principal: Principal, { branch, requestId, priority, count }: OfRequest & Counted): Promise<number> {
    return this.#log(principal, 'rebuild_request', branch, async (transaction) => {
      const number = integer(requestId, 'Bad request_id');
      checkCount(count);
      const { id } = await requestOn(transaction, branch, number);
      return { brid: recordNumber(id), priority, count };
    });
  }

  newBuildAtRevision(principal: Principal, { branch, revision }: OfRevision): Promise<number> {
    return this.#log(principal, 'new_build_at_revision', branch, async () => {
      return { branch, revision: storableText('revision', revision) };
    });
  }

  newPgoBuildAtRevision(
    principal: Principal,
    { branch, revision, priority }: OfRevision & Prioritized,
  ): Promise<number> {
    return this.#log(principal, 'new_pgobuild_at_revision', branch, async () => {
      return { branch, revision: storableText('revision', revision), priority };
    });
  }

  newNightlyAtRevision(
    principal: Principal,
    { branch, revision, priority }: OfRevision & Prioritized,
  ): Promise<number> {
    return this.#log(principal, 'new_nightly_at_revision', branch, async () => {
      return { branch, revision: storableText('revision', revision), priority };
    });
  }

  newBuildForBuilder(principal: Principal, build: NewBuild): Promise<number> {
    const { branch, revision, priority, builder, properties, files } = build;
    return this.#log(principal, 'new_build_for_builder', branch, async () => ({
      branch: `${branch}-selfserve`,
      revision: storableText('revision', revision),
      priority,
      builder_name: storableText('builder', builder),
      properties: properties ?? {},
      files: files ?? [],
    }));
  }

  /**
   * Completes a job as a `finished` message with this body does.
   * @throws BuildgateError NOT_FOUND
   */
  async finish(principal: Principal, jobId: number, body: unknown): Promise<void> {
    const message = { request_id: recordNumber(jobId), body };
    const known = await this.#options.store.transact(principal, (transaction) =>
      finishJob(transaction, jobId, message),
    );
    if (!known) throw new BuildgateError('NOT_FOUND', 'id: there is no such job.');
  }

  /** Of `transitionJob`: RUNNING says that an agent has it, SUCCEEDED and FAILED complete it with the reason. */
  readonly transition: TransitionVerb = async (transaction, id, { to, reason }) => {
    if (to === State.SUCCEEDED || to === State.FAILED) {
      const errors = to === State.FAILED;
      const body = { errors, msg: reason ?? (errors ? 'Failed' : 'Ok') };
      await finishJob(transaction, id, { request_id: recordNumber(id), body });
    } else if (to === State.RUNNING) {
      await beginJob(transaction, id);
    } else {
      throw new BuildgateError('INVALID', `to: buildapi's jobs cannot be ${State[to]}.`);
    }
  };

  /** Logs a job whose parameters the checks give, and makes sure that its message goes out. */
  async #log<Name extends ActionName>(
    principal: Principal,
    action: Name,
    branch: string,
    check: (transaction: Transaction) => Promise<ActionParameters[Name]>,
  ): Promise<number> {
    const { store, exchange, awaitTaken, onLogged, onError } = this.#options;
    const logged = store.transact(principal, async (transaction) => {
      await requireBranch(transaction, branch);
      const what = await check(transaction);
      transaction.afterCommit(onLogged);
      return logJob(transaction, exchange, action, what);
    });
    const { id, message } = await logged.catch((error: unknown) => {
      if (error instanceof BuildgateError) throw error;
      onError(error);
      throw new BuildgateError('UNAVAILABLE', NOT_LOGGED);
    });
    if (awaitTaken && !(await awaitTaken(message))) await this.#withdraw(principal, id, message);
    return id;
  }

  /** Section 6.4: a job whose message was not taken is closed at once, unless the broker took it after all. */
  async #withdraw(principal: Principal, id: number, message: PublishedMessage): Promise<void> {
    const withdrawn = await this.#options.store.transact(principal, async (transaction) => {
      if (!(await transaction.unpublish(message))) return false;
      return finishJob(transaction, id, { request_id: recordNumber(id), body: { errors: true, msg: NOT_SENT } });
    });
    if (withdrawn) throw new BuildgateError('UNAVAILABLE', NOT_SENT);
  }
}

/** Stores a job and queues its `requests` message (section 7.2). */
async function logJob(
  transaction: Transaction,
  exchange: string,
  action: ActionName,
  what: ActionParameters[ActionName],
): Promise<{ id: number; message: PublishedMessage }> {
  const number = await transaction.takeNumbers(System.BUILDAPI, Kind.JOB);
  const who = transaction.actor ?? 'anonymous';
  const job = transaction.em.create(BuildapiJobRecord, {
    id: recordId(System.BUILDAPI, number),
    system: System.BUILDAPI,
    legacyId: String(number),
    name: action,
    state: State.QUEUED,
    legacyState: 'logged',
    requester: who,
    createdAt: wholeSecond(transaction),
    what: JSON.stringify(what),
    imported: false,
  });
  transaction.em.persist(job);
  logChange(transaction, Kind.JOB, job, null);
  const body = { ...what, when: seconds(transaction), request_id: number };
  const message = transaction.publish(System.BUILDAPI, 'requests', JSON.stringify({ action, who, body }), {
    exchange,
    contentEncoding: 'utf-8',
  });
  return { id: job.id, message };
}

/** Notes that an agent has a job, unless it is completed. */
export async function beginJob(transaction: Transaction, jobId: number): Promise<void> {
  const job = await lockJob(transaction, jobId);
  if (job?.legacyState !== 'logged' || job.state === State.RUNNING) return;
  const from: State = job.state;
  job.state = State.RUNNING;
  job.startedAt = transaction.now;
  await transaction.em.flush();
  logChange(transaction, Kind.JOB, job, from);
}

/**
 * What a `finished` message does (section 6.4): the job is completed now, with the whole message; a second one
 * overwrites.
 * @returns whether there is such a job
 */
export async function finishJob(transaction: Transaction, jobId: number | null, message: object): Promise<boolean> {
  const job = await lockJob(transaction, jobId);
  if (!job) return false;
  const completedAt = wholeSecond(transaction);
  const { state, legacyState, reason } = jobState(completedAt, message);
  const from: State = job.state;
  job.finishedAt = completedAt;
  job.completeData = JSON.stringify(message);
  job.state = state;
  job.legacyState = legacyState;
  job.stateReason = reason;
  await transaction.em.flush();
  if (state !== from) logChange(transaction, Kind.JOB, job, from);
  return true;
}

/** An integer of any size from text as in a path (section 2.4). */
function integer(text: string, refusal: string): bigint {
  const digits = INTEGER.exec(text)?.[1];
  if (digits === undefined) throw new BuildgateError('INVALID', refusal);
  return digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits.replace('+', ''));
}

function checkCount(count: number): void {
  if (count > MAX_COUNT) throw new BuildgateError('INVALID', 'Bad count');
}

/** The request with this number if it is on the branch. @throws BuildgateError NOT_FOUND */
async function requestOn(transaction: Transaction, branch: string, number: bigint): Promise<RequestEntity> {
  const id = internalId(number);
  const request = id === null ? null : await transaction.em.findOne(BuildapiRequestRecord, { id });
  if (request && isOnBranch(request.sourceBranch ?? null, branch)) return request;
  throw new BuildgateError('NOT_FOUND', `Request ${number} not found on branch ${branch}`);
}

/** The number of a build if it is on the branch. @throws BuildgateError NOT_FOUND */
async function buildOn(transaction: Transaction, branch: string, number: bigint): Promise<number> {
  const attempt = await findAttempt(transaction, internalId(number));
  const request = attempt && (await transaction.em.findOne(BuildapiRequestRecord, { id: attempt.requestId }));
  if (attempt && request && isOnBranch(request.sourceBranch ?? null, branch)) return recordNumber(attempt.id);
  throw new BuildgateError('NOT_FOUND', `Build ${number} not found on branch ${branch}`);
}
