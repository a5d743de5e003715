import { randomUUID } from 'node:crypto';
import type { SecretBox } from '../../../core/auth/secrets.js';
import { BuildgateError } from '../../../core/errors.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { runVerb, type VerbCaller } from '../parts/verb.js';
import { Status } from '../states.js';
import { ensureUser } from '../users/callers.js';
import { lockRunJob, logRunJob, moveRunJobs, type LockedRunJob } from './records.js';
import { schedule } from './scheduling.js';
import { withNotes } from './settings.js';

/** A user's turn at a run job that waits for input. */
export interface Acquired {
  /** Key of the address that the user works at. */
  readonly token: string;
  /** Until when nobody else may work on it; microseconds since 1970. */
  readonly expiresAt: number;
}

/** How long a turn lasts unless it is extended; microseconds. */
const TURN = 15_000_000;
const NOT_WAITING = 'This RunJob does not accept input now';

/**
 * What users do to run jobs that wait for their input (contract rodan, sections 8 and 9.5), one transaction each. All
 * throw BuildgateError: UNAUTHENTICATED, NOT_FOUND when the run job is not to be seen, INVALID when it does not wait.
 */
export class InteractiveService {
  constructor(
    private readonly store: Store,
    private readonly secrets: SecretBox,
  ) {}

  /** Gives the caller the turn, or more time. Throws INVALID while it is somebody else's. */
  acquire(caller: VerbCaller, uuid: string): Promise<Acquired> {
    return runVerb(this.store, caller, null, async ({ transaction, viewer }) => {
      const { number } = await ensureUser(transaction);
      const { runJob } = await lockRunJob(transaction, uuid, viewer);
      requireWaiting(runJob);
      const isTheirs = runJob.workingUserNumber === number;
      const lasts = transaction.now <= (runJob.workingUserExpiry ?? 0);
      if (lasts && !isTheirs && runJob.workingUserNumber !== null) {
        throw new BuildgateError('INVALID', 'Previous working user has not expired yet.');
      }
      const known = lasts && isTheirs ? this.#tokenOf(runJob) : null;
      const turn = { token: known ?? randomUUID(), expiresAt: transaction.now + TURN };
      await this.#give(transaction, runJob, number, turn);
      return turn;
    });
  }

  /**
   * Notes what the user has entered, and has the run job go on.
   * @param token of the turn; throws FORBIDDEN when it is over or somebody else's
   * @param notes members whose names begin with `@`
   */
  submit(caller: VerbCaller, uuid: string, token: string, notes: Record<string, unknown>): Promise<number> {
    return runVerb(this.store, caller, null, async ({ transaction, viewer }) => {
      const { run, runJob } = await lockRunJob(transaction, uuid, viewer);
      requireWaiting(runJob);
      const lasts = transaction.now <= (runJob.workingUserExpiry ?? 0);
      const isTheirs = runJob.workingUserNumber !== null && runJob.workingUserNumber === viewer.number;
      if (!lasts || !isTheirs || this.#tokenOf(runJob) !== token) {
        throw new BuildgateError('FORBIDDEN', 'token: it is not the turn of this user, or not any more.');
      }
      const set = sql`rodan_settings = ${withNotes(runJob.settings, notes)}`;
      await moveRunJobs(transaction, [runJob], { status: Status.SCHEDULED, set });
      await schedule(transaction, run);
      return runJob.id;
    });
  }

  /** Null when there is none, or it was sealed with another key. */
  #tokenOf({ workingToken }: LockedRunJob): string | null {
    return workingToken === null ? null : this.secrets.unseal(workingToken);
  }

  async #give(
    transaction: Transaction,
    runJob: LockedRunJob,
    number: number,
    { token, expiresAt }: Acquired,
  ): Promise<void> {
    await transaction.all(
      sql`UPDATE job SET rodan_working_user_number = ${number}, rodan_working_user_expiry = ${expiresAt},
        rodan_working_token = ${this.secrets.seal(token)}, rodan_updated_at = ${transaction.now} WHERE id = ${runJob.id}`,
    );
    logRunJob(transaction, runJob, runJob.state, null);
  }
}

function requireWaiting({ status }: LockedRunJob): void {
  if (status !== Status.WAITING_FOR_INPUT) throw new BuildgateError('INVALID', NOT_WAITING);
}
