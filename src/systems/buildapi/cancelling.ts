import { recordNumber } from '../../core/ids.js';
import { endsWithText, startsWith } from '../../core/list/text.js';
import { System } from '../../core/model/states.js';
import { raw, sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import type { Outcome } from './actions.js';
import { completeRequest, endAttempts } from './master-service.js';
import { BuildapiAttemptRecord, BuildapiRequestRecord, type RequestEntity } from './model.js';
import { attemptsAt, findAttempt, internalId, lockRequest, settlePushes, settleRequest } from './records.js';
import { CANCELLED, FAILURE } from './states.js';

/** How the embedded agent cancels (contract buildapi, section 7.4). Each gives what it says of it. */

/** Of one request. */
export async function cancelRequest(transaction: Transaction, number: number): Promise<Outcome> {
  const request = await lockRequest(transaction, internalId(number));
  if (!request) return { errors: true, msg: 'No request with that id' };
  if (request.legacyState === 'complete') {
    return { errors: false, msg: `Request ${number} is complete, nothing to do` };
  }
  await settlePushes(transaction, await end(transaction, request));
  return { errors: false, msg: `${number}: Ok` };
}

/** Of the request of one build. */
export async function cancelBuild(transaction: Transaction, number: number): Promise<Outcome> {
  const attempt = await findAttempt(transaction, internalId(number));
  const request = attempt && (await lockRequest(transaction, attempt.requestId));
  if (!request) return { errors: true, msg: 'No build with that id' };
  if (request.legacyState === 'complete') return { errors: false, msg: 'Build is complete, nothing to do' };
  await settlePushes(transaction, await end(transaction, request));
  return { errors: false, msg: 'Ok' };
}

/** Of every request on a branch that is not complete and whose revision begins with a text. */
export async function cancelRevision(transaction: Transaction, branch: string, revision: string): Promise<Outcome> {
  const source = raw('buildapi_source_branch');
  const rows = await transaction.all<{ id: number }>(
    sql`SELECT id FROM build WHERE system = ${System.BUILDAPI} AND legacy_state <> 'complete'
      AND ${startsWith(raw('buildapi_request_revision'), revision)}
      AND (${startsWith(source, branch)} OR ${endsWithText(transaction.dialect, source, branch)}) ORDER BY id`,
  );
  const outcomes: Outcome[] = [];
  for (const { id } of rows) outcomes.push(await cancelRequest(transaction, recordNumber(id)));
  return { errors: outcomes.some(({ errors }) => errors), msg: outcomes.map(({ msg }) => msg).join('\n') };
}

/** Ends a request that is not complete; gives the internal ids of all that ended with it. */
async function end(transaction: Transaction, request: RequestEntity): Promise<number[]> {
  if (request.claimedAt > 0) return stop(transaction, request);
  completeRequest(transaction, request, FAILURE);
  await settleRequest(transaction, request);
  return [request.id];
}

/** Stops the running build of a request, and with it the other requests that this physical build serves. */
async function stop(transaction: Transaction, request: RequestEntity): Promise<number[]> {
  const stopped = [request, ...(await sharers(transaction, request))];
  for (const one of stopped) {
    await endAttempts(transaction, one);
    completeRequest(transaction, one, CANCELLED);
    await settleRequest(transaction, one);
  }
  return stopped.map(({ id }) => id);
}

/** Other requests whose open build is physically the same (section 4.2). */
async function sharers(transaction: Transaction, request: RequestEntity): Promise<RequestEntity[]> {
  const open = (await attemptsAt(transaction, request.id)).filter(({ finishedAt }) => finishedAt == null);
  if (open.length === 0) return [];
  const { name, claimedAt, claimedByName, claimedByIncarnation } = request;
  const alike = await transaction.em.find(
    BuildapiRequestRecord,
    {
      name,
      claimedAt,
      claimedByName: claimedByName ?? null,
      claimedByIncarnation: claimedByIncarnation ?? null,
      legacyState: 'running',
      id: { $ne: request.id },
    },
    { orderBy: { id: 'asc' } },
  );
  const rows = await transaction.em.find(BuildapiAttemptRecord, {
    requestId: { $in: alike.map(({ id }) => id) },
    buildNumber: { $in: open.map(({ buildNumber }) => buildNumber) },
  });
  const sharing = new Set(rows.map(({ requestId }) => requestId));
  return alike.filter(({ id }) => sharing.has(id));
}
