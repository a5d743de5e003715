import { recordId } from '../../core/ids.js';
import { Kind, State, System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import { requesterOf, shortBranch } from './branches.js';
import { BuildapiChangeRecord, BuildapiRequestRecord } from './model.js';
import { logChange, wholeSecond } from './records.js';

/** What the requests of one source stamp have in common. */
export interface SourceStamp {
  readonly branch: string | null;
  readonly revision: string | null;
  /** Author of its first change. */
  readonly author: string | null;
}

/** A build request to be made. */
export interface NewRequest {
  readonly builder: string;
  readonly priority: number;
  readonly reason: string;
  /** JSON object. */
  readonly properties: string;
}

/** A change to be recorded. */
export interface NewChange {
  readonly branch: string;
  readonly revision: string;
  readonly author: string;
  readonly files: readonly unknown[];
  readonly comments: string | null;
  readonly revlink: string | null;
}

/** Records pending requests for one source stamp; gives their internal ids, ascending. */
export async function createRequests(
  transaction: Transaction,
  stamp: SourceStamp,
  requests: readonly NewRequest[],
): Promise<number[]> {
  if (requests.length === 0) return [];
  const projectId = await projectOf(transaction, stamp.branch);
  const number = await transaction.takeNumbers(System.BUILDAPI, Kind.BUILD, requests.length);
  const entities = requests.map(({ builder, priority, reason, properties }, index) =>
    transaction.em.create(BuildapiRequestRecord, {
      id: recordId(System.BUILDAPI, number + index),
      system: System.BUILDAPI,
      legacyId: String(number + index),
      name: builder,
      state: State.QUEUED,
      legacyState: 'pending',
      projectId,
      requester: requesterOf(stamp.author, reason),
      submittedAt: wholeSecond(transaction),
      sourceBranch: stamp.branch,
      revision: stamp.revision,
      priority,
      claimedAt: 0,
      buildReason: reason,
      properties,
    }),
  );
  transaction.em.persist(entities);
  await transaction.em.flush();
  for (const entity of entities) logChange(transaction, Kind.BUILD, entity, null);
  return entities.map(({ id }) => id);
}

/** Records a change that these requests are for; gives its internal id. */
export async function createChange(
  transaction: Transaction,
  change: NewChange,
  requestIds: readonly number[],
): Promise<void> {
  const number = await transaction.takeNumbers(System.BUILDAPI, Kind.EVENT);
  const entity = transaction.em.create(BuildapiChangeRecord, {
    id: recordId(System.BUILDAPI, number),
    system: System.BUILDAPI,
    legacyId: String(number),
    name: change.revision || `change ${number}`,
    state: requestIds.length > 0 ? State.QUEUED : State.UNKNOWN,
    legacyState: '',
    requester: change.author,
    createdAt: wholeSecond(transaction),
    branch: change.branch,
    revision: change.revision,
    comments: change.comments,
    revlink: change.revlink,
    files: JSON.stringify(change.files),
    projectId: await projectNamed(transaction, change.branch),
  });
  transaction.em.persist(entity);
  await transaction.em.flush();
  await transaction.all(
    sql`INSERT INTO buildapi_request_change (request_id, change_id) SELECT id, ${entity.id} FROM build
      WHERE ${inList(transaction.dialect, raw('id'), requestIds, 'bigint')}`,
  );
  logChange(transaction, Kind.EVENT, entity, null);
}

/** Puts the changes of a request on other requests, too. */
export async function copyChanges(transaction: Transaction, from: number, to: readonly number[]): Promise<void> {
  await transaction.all(
    sql`INSERT INTO buildapi_request_change (request_id, change_id)
      SELECT request.id, link.change_id FROM build request CROSS JOIN buildapi_request_change link
      WHERE link.request_id = ${from} AND ${inList(transaction.dialect, raw('request.id'), to, 'bigint')}`,
  );
}

/** The project of the known branch that a source branch belongs to. */
async function projectOf(transaction: Transaction, sourceBranch: string | null): Promise<number | null> {
  const known = await transaction.all<{ name: string }>(sql`SELECT name FROM buildapi_branch`);
  const name = shortBranch(
    sourceBranch,
    known.map((branch) => branch.name),
  );
  return name === null ? null : projectNamed(transaction, name);
}

async function projectNamed(transaction: Transaction, name: string): Promise<number | null> {
  const row = await first<{ id: number }>(
    transaction,
    sql`SELECT id FROM project WHERE system = ${System.BUILDAPI} AND legacy_id = ${name}`,
  );
  return row?.id ?? null;
}
