import { hostname } from 'node:os';
import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import type { Store } from '../../core/store/store.js';
import type { Transaction } from '../../core/store/transaction.js';
import { runAction } from './action-runner.js';
import type { Outcome } from './actions.js';
import { beginJob } from './job-service.js';
import type { JobEntity } from './model.js';
import { internalId, lockJob } from './records.js';

/** What jobs are carried out with. */
export interface CarryingOut {
  readonly store: Store;
  /** IANA name, for build ids. */
  readonly timeZone: string;
  /** Told why a job could not be carried out. */
  readonly onError: (error: unknown) => void;
}

type Conclude = (transaction: Transaction, job: JobEntity, outcome: Outcome) => Promise<void> | void;

/**
 * Carries a logged job out on the gateway's own data (contract buildapi, section 7.4). It is marked RUNNING in a
 * transaction; in a second one, which holds the job's row, it is done and concluded. What was carried out before is not
 * done again. A job that fails has failed all the same: it is concluded with the contract's sentence.
 * @param conclude what becomes of the outcome, in the transaction that did the job
 * @returns the outcome; null when there is no such job that is not completed
 */
export async function carryOut(
  { store, timeZone, onError }: CarryingOut,
  principal: Principal,
  jobId: number,
  conclude: Conclude,
): Promise<Outcome | null> {
  const once = (run: (transaction: Transaction, job: JobEntity) => Promise<Outcome> | Outcome) =>
    store.transact(principal, async (transaction) => {
      const job = await lockJob(transaction, jobId);
      if (job?.legacyState !== 'logged') return null;
      const outcome = job.outcome ? (JSON.parse(job.outcome) as Outcome) : await run(transaction, job);
      await conclude(transaction, job, outcome);
      return outcome;
    });
  await store.transact(principal, (transaction) => beginJob(transaction, jobId));
  try {
    return await once((transaction, job) =>
      runAction({ transaction, who: job.requester ?? '', timeZone }, job.name, JSON.parse(job.what)),
    );
  } catch (error) {
    onError(error);
    const msg = `there was an error processing your request; please check logs on ${hostname()}`;
    return once(() => ({ errors: true, msg }));
  }
}

/**
 * Carries a job out for an agent, which then sends the `finished` message: the job stays open, and asked again for the
 * same job, as after a redelivered message, the gateway gives the same outcome.
 * @param number the job's own number, `request_id` of its message
 * @returns the outcome; null when the job is completed, so that there is nothing to do and to say
 * @throws BuildgateError NOT_FOUND; INVALID for an imported job, which is history
 */
export async function carryOutForAgent(
  options: CarryingOut,
  principal: Principal,
  number: number,
): Promise<Outcome | null> {
  const id = internalId(number);
  const job = await options.store.transact(principal, (transaction) => lockJob(transaction, id));
  if (id === null || !job) throw new BuildgateError('NOT_FOUND', `number: there is no job ${number}.`);
  if (job.imported) throw new BuildgateError('INVALID', `number: job ${number} is history of another server.`);
  return carryOut(options, principal, id, (_transaction, open, outcome) => {
    open.outcome = JSON.stringify(outcome);
  });
}
