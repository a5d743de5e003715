import { LockMode } from '@mikro-orm/core';
import { BuildgateError } from '../../core/errors.js';
import { MAX_RECORD_NUMBER, recordId } from '../../core/ids.js';
import { Kind, System, type State } from '../../core/model/states.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import {
  BuildapiAttemptRecord,
  BuildapiChangeRecord,
  BuildapiJobRecord,
  BuildapiRequestRecord,
  type AttemptEntity,
  type ChangeEntity,
  type JobEntity,
  type RequestEntity,
} from './model.js';
import { changeState, requestState } from './states.js';

const SECOND = 1_000_000;
const LOCKED = { lockMode: LockMode.PESSIMISTIC_WRITE } as const;

/** Whole seconds of a transaction's time: what the contract's times are. */
export function seconds(transaction: Transaction): number {
  return Math.floor(transaction.now / SECOND);
}

/** The same as a column holds it, in microseconds. */
export function wholeSecond(transaction: Transaction): number {
  return seconds(transaction) * SECOND;
}

/** Internal id of a record with this legacy id; null when no record can have it. */
export function internalId(number: number | bigint): number | null {
  return number >= 0 && number <= MAX_RECORD_NUMBER ? recordId(System.BUILDAPI, Number(number)) : null;
}

/** The request with this internal id, locked until the transaction ends. */
export async function lockRequest(transaction: Transaction, id: number | null): Promise<RequestEntity | null> {
  return id === null ? null : transaction.em.findOne(BuildapiRequestRecord, { id }, LOCKED);
}

/** The job with this internal id, locked until the transaction ends. */
export async function lockJob(transaction: Transaction, id: number | null): Promise<JobEntity | null> {
  return id === null ? null : transaction.em.findOne(BuildapiJobRecord, { id }, LOCKED);
}

/** The attempt with this internal id. */
export async function findAttempt(transaction: Transaction, id: number | null): Promise<AttemptEntity | null> {
  return id === null ? null : transaction.em.findOne(BuildapiAttemptRecord, { id });
}

/** Attempts at a request, by build id. */
export function attemptsAt(transaction: Transaction, requestId: number): Promise<AttemptEntity[]> {
  return transaction.em.find(BuildapiAttemptRecord, { requestId }, { orderBy: { id: 'asc' } });
}

/** Logs that a record of buildapi came into a state. */
export function logChange(
  transaction: Transaction,
  kind: Kind,
  { id, state, stateReason }: { readonly id: number; readonly state: State; readonly stateReason?: string | null },
  from: State | null,
): void {
  const reason = stateReason ?? null;
  transaction.recordChange({ system: System.BUILDAPI, kind, recordId: id, from, to: state, reason });
}

/**
 * Gives a request the state that follows from its fields, and logs the change. Called after its fields were set; call
 * `settlePushes` when all requests of the verb are settled.
 */
export async function settleRequest(transaction: Transaction, request: RequestEntity): Promise<void> {
  await transaction.em.flush();
  const attempted = (await transaction.em.count(BuildapiAttemptRecord, { requestId: request.id })) > 0;
  const { claimedAt, results, legacyState } = request;
  const complete = legacyState === 'complete';
  const mapped = requestState({ complete, claimedAt, results: results ?? null, attempted });
  const from: State = request.state;
  request.state = mapped.state;
  request.legacyState = mapped.legacyState;
  request.stateReason = mapped.reason;
  await transaction.em.flush();
  if (from === request.state) return;
  logChange(transaction, Kind.BUILD, request, from);
}

/** Gives the changes of requests the state that follows from all their requests, and logs what changed. */
export async function settlePushes(transaction: Transaction, requestIds: readonly number[]): Promise<void> {
  const ids = await transaction.all<{ id: number }>(
    sql`SELECT DISTINCT change_id AS id FROM buildapi_request_change
      WHERE ${inList(transaction.dialect, raw('request_id'), requestIds, 'bigint')} ORDER BY change_id`,
  );
  if (ids.length === 0) return;
  const changeIds = ids.map(({ id }) => id);
  // Locked first: two verbs on requests of one push must not each miss what the other does.
  const changes: ChangeEntity[] = await transaction.em.find(
    BuildapiChangeRecord,
    { id: { $in: changeIds } },
    { orderBy: { id: 'asc' }, ...LOCKED },
  );
  const rows = await transaction.all<{ changeId: number; state: State }>(
    sql`SELECT DISTINCT link.change_id AS "changeId", request.state AS state FROM buildapi_request_change link
      JOIN build request ON request.id = link.request_id
      WHERE ${inList(transaction.dialect, raw('link.change_id'), changeIds, 'bigint')}`,
  );
  const states = Map.groupBy(rows, ({ changeId }) => changeId);
  for (const change of changes) {
    const from: State = change.state;
    change.state = changeState((states.get(change.id) ?? []).map(({ state }) => state));
    if (change.state !== from) logChange(transaction, Kind.EVENT, change, from);
  }
  await transaction.em.flush();
}

/**
 * The known branch of exactly this name.
 * @throws BuildgateError NOT_FOUND
 */
export async function requireBranch(transaction: Transaction, name: string): Promise<void> {
  const rows = name.includes('\0')
    ? []
    : await transaction.all(sql`SELECT name FROM buildapi_branch WHERE name = ${name}`);
  if (rows.length === 0) throw new BuildgateError('NOT_FOUND', `Branch ${name} not found`);
}
