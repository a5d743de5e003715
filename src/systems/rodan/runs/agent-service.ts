import { BuildgateError } from '../../../core/errors.js';
import type { Principal } from '../../../core/auth/principal.js';
import { inList, limitTo, raw, sql, type Sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import { storableText, type Transaction } from '../../../core/store/transaction.js';
import { Status, statusName } from '../states.js';
import { storeProduced, type ProducedOutput } from './produced.js';
import { lockRunJob, moveRun, moveRunJobs, type LockedPair } from './records.js';
import { schedule } from './scheduling.js';
import { withNotes } from './settings.js';

/** What an agent asks for. */
export interface Claim {
  /** How many run jobs at most. */
  readonly first: number;
  readonly leaseSeconds: number;
  /** Names of the jobs that it can do; all when there are none. */
  readonly jobNames: readonly string[];
}

const MAX_CLAIM = 100;
const MAX_LEASE_SECONDS = 86_400;
const SECOND = 1_000_000;
/** How agents without a name are called, when authentication is switched off. */
const UNNAMED = 'agent';

/**
 * What agents do to run jobs (contract rodan, section 8), one transaction each. A run job is one agent's at a time; when
 * its lease has run out, it is offered again. All but claiming throw BuildgateError: NOT_FOUND, and CONFLICT when the run
 * job is not to be worked on or is not the agent's.
 */
export class AgentService {
  constructor(private readonly store: Store) {}

  /** Gives an agent run jobs that are nobody's, those offered longest first; their internal ids. */
  async claim(principal: Principal, { first, leaseSeconds, jobNames }: Claim): Promise<number[]> {
    if (first < 1 || first > MAX_CLAIM) throw new BuildgateError('INVALID', `first: must be 1 to ${MAX_CLAIM}.`);
    const lease = leaseOf(leaseSeconds);
    for (const name of jobNames) storableText('jobNames', name);
    return this.store.transact(principal, async (transaction) => {
      const { dialect, now } = transaction;
      const mayDo = jobNames.length > 0 ? sql`AND ${inList(dialect, raw('name'), jobNames, 'text')}` : sql``;
      // A row that another transaction holds is being given to somebody, or taken from everybody.
      const skip = raw(dialect === 'postgresql' ? 'FOR UPDATE SKIP LOCKED' : '');
      const rows = await transaction.all<{ id: number }>(
        sql`SELECT id FROM job WHERE rodan_status = ${Status.PROCESSING} AND rodan_agent_until <= ${now} ${mayDo}
          ORDER BY rodan_agent_until, id${limitTo(first)} ${skip}`,
      );
      const ids = rows.map(({ id }) => id);
      if (ids.length === 0) return [];
      await lend(transaction, inList(dialect, raw('id'), ids, 'bigint'), lease);
      return ids;
    });
  }

  /** Gives an agent more time for what it has. */
  async renew(principal: Principal, uuid: string, leaseSeconds: number): Promise<number> {
    const lease = leaseOf(leaseSeconds);
    return this.#work(principal, uuid, async (transaction, { runJob }) => {
      await lend(transaction, sql`id = ${runJob.id}`, lease);
    });
  }

  /**
   * Finishes a run job: what it was to make is there.
   * @param produced where files lie, of the outputs where that is not the usual place; of every resource list
   */
  finish(principal: Principal, uuid: string, produced: readonly ProducedOutput[]): Promise<number> {
    return this.#work(principal, uuid, async (transaction, { run, runJob }) => {
      await storeProduced(transaction, runJob, produced);
      const set = sql`rodan_error_summary = NULL, rodan_error_details = NULL`;
      await moveRunJobs(transaction, [runJob], { status: Status.FINISHED, set });
      await schedule(transaction, run);
    });
  }

  /** A run job has failed, and with it at once its run. Others of the run go on. */
  async fail(principal: Principal, uuid: string, error: { summary: string; details: string }): Promise<number> {
    const summary = storableText('errorSummary', error.summary);
    const details = storableText('errorDetails', error.details);
    return this.#work(principal, uuid, async (transaction, { run, runJob }) => {
      const set = sql`rodan_error_summary = ${summary}, rodan_error_details = ${details}`;
      const reason = summary || statusName(Status.FAILED);
      await moveRunJobs(transaction, [runJob], { status: Status.FAILED, reason, set });
      if (run.status !== Status.FAILED) await moveRun(transaction, run, Status.FAILED, reason);
    });
  }

  /**
   * A run job cannot go on without a user.
   * @param notes for whom it waits: members whose names begin with `@`
   */
  awaitInput(principal: Principal, uuid: string, notes: Record<string, unknown>): Promise<number> {
    return this.#work(principal, uuid, async (transaction, { runJob }) => {
      const settings = withNotes(runJob.settings, notes);
      const set = sql`rodan_settings = ${settings}, rodan_error_summary = NULL, rodan_error_details = NULL`;
      await moveRunJobs(transaction, [runJob], { status: Status.WAITING_FOR_INPUT, set });
    });
  }

  /** Does something to a run job that is the agent's; its internal id. */
  #work(
    principal: Principal,
    uuid: string,
    act: (transaction: Transaction, pair: LockedPair) => Promise<void>,
  ): Promise<number> {
    return this.store.transact(principal, async (transaction) => {
      const pair = await lockRunJob(transaction, uuid, null);
      requireOwn(transaction, pair);
      await act(transaction, pair);
      return pair.runJob.id;
    });
  }
}

/** Refuses what was cancelled, redone or given to another agent meanwhile. */
function requireOwn({ actor }: Transaction, { runJob }: LockedPair): void {
  const { status, agent, agentUntil } = runJob;
  if (status !== Status.PROCESSING) {
    throw new BuildgateError('CONFLICT', 'uuid: the run job is not being processed.', { status });
  }
  // Imported ones were never offered to agents here: whoever knows of one may end it.
  if (agentUntil !== null && agent !== (actor ?? UNNAMED)) {
    throw new BuildgateError('CONFLICT', 'uuid: the run job is not yours; claim it first.');
  }
}

function leaseOf(seconds: number): number {
  if (seconds < 1 || seconds > MAX_LEASE_SECONDS) {
    throw new BuildgateError('INVALID', `leaseSeconds: must be 1 to ${MAX_LEASE_SECONDS}.`);
  }
  return seconds * SECOND;
}

async function lend(transaction: Transaction, scope: Sql, lease: number): Promise<void> {
  const { actor, now } = transaction;
  await transaction.all(
    sql`UPDATE job SET rodan_agent = ${actor ?? UNNAMED}, rodan_agent_until = ${now + lease} WHERE ${scope}`,
  );
}
