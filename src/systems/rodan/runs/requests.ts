import { recordId } from '../../../core/ids.js';
import { Kind, State, System } from '../../../core/model/states.js';
import { first } from '../../../core/store/reader.js';
import { insertRows } from '../../../core/store/rows.js';
import { sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RunRequest } from '../states.js';
import type { LockedRun } from './records.js';

/** Accepted requests about runs, which are events (contract rodan, section 13). */

/** What requests are called. */
const WORDS = {
  [RunRequest.RUN]: 'run',
  [RunRequest.CANCEL]: 'cancel',
  [RunRequest.RETRY]: 'retry',
  [RunRequest.REDO]: 'redo',
} as const;

/** A request that was accepted and acted on. */
export interface AcceptedRequest {
  /** Number of the event. */
  readonly number: number;
  readonly request: (typeof RunRequest)[keyof typeof RunRequest];
  readonly run: Pick<LockedRun, 'uuid' | 'name' | 'projectId'>;
  /** Which request about the run it is, from 1. */
  readonly count: number;
}

/** Stores a request; gives the internal id of the event. */
export async function storeRequest(
  transaction: Transaction,
  { number, request, run, count }: AcceptedRequest,
): Promise<number> {
  const id = recordId(System.RODAN, number);
  const { now, actor } = transaction;
  await insertRows(transaction, 'event', [
    {
      id,
      system: System.RODAN,
      legacy_id: count === 1 ? run.uuid : `${run.uuid}/${count}`,
      name: run.name,
      state: State.SUCCEEDED,
      legacy_state: WORDS[request],
      state_reason: null,
      project_id: run.projectId,
      requester: actor,
      created_at: now,
      started_at: now,
      finished_at: now,
      rodan_run_uuid: run.uuid,
      rodan_request: request,
    },
  ]);
  const change = { system: System.RODAN, kind: Kind.EVENT, recordId: id, from: null } as const;
  transaction.recordChange({ ...change, to: State.SUCCEEDED, reason: null });
  return id;
}

/** Stores a further request about a run that is locked. */
export async function storeFurtherRequest(
  transaction: Transaction,
  request: Omit<AcceptedRequest, 'count' | 'run'> & { readonly run: LockedRun },
): Promise<void> {
  const row = await first<{ count: number }>(
    transaction,
    sql`SELECT COUNT(*) AS count FROM event WHERE rodan_run_uuid = ${request.run.uuid}`,
  );
  await storeRequest(transaction, { ...request, count: Math.max(row?.count ?? 0, 1) + 1 });
}
