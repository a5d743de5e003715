import { randomUUID } from 'node:crypto';
import { BuildgateError } from '../../core/errors.js';
import { first } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import type { ActionParameters, Outcome } from './actions.js';
import { localDigits } from './local-time.js';
import type { RequestEntity } from './model.js';
import { copyChanges, createChange, createRequests } from './new-requests.js';
import { buildersOf } from './reads.js';
import { findAttempt, internalId, lockRequest, settlePushes } from './records.js';

/** How the embedded agent makes builds (contract buildapi, section 7.4). Each gives what it says of it. */

/** What a job works with besides its parameters. */
export interface Requested {
  readonly transaction: Transaction;
  /** Who asked. */
  readonly who: string;
  /** IANA name, for build ids. */
  readonly timeZone: string;
}

const OK: Outcome = { errors: false, msg: 'Ok' };
const SELF_SERVE = '-selfserve';

/** A request again, `count` times; the original stays as it is. */
export async function rebuildRequest(
  requested: Requested,
  { brid, priority, count }: ActionParameters['rebuild_request'],
): Promise<Outcome> {
  const request = await lockRequest(requested.transaction, internalId(brid));
  if (!request) return { errors: true, msg: 'No request with that id' };
  return rebuild(requested, request, priority, count);
}

/** The request of a build again, `count` times. */
export async function rebuildBuild(
  requested: Requested,
  { bid, priority, count }: ActionParameters['rebuild_build'],
): Promise<Outcome> {
  const attempt = await findAttempt(requested.transaction, internalId(bid));
  const request = attempt && (await lockRequest(requested.transaction, attempt.requestId));
  if (!request) return { errors: true, msg: 'No build with that id' };
  return rebuild(requested, request, priority, count);
}

async function rebuild(
  { transaction, who }: Requested,
  request: RequestEntity,
  priority: number,
  count: number,
): Promise<Outcome> {
  const again = { builder: request.name, priority, reason: `Self-serve: Rebuilt by ${who}` };
  const stamp = {
    branch: request.sourceBranch ?? null,
    revision: request.revision ?? null,
    author: await authorOf(transaction, request.id),
  };
  const requests = Array.from({ length: Math.max(0, count) }, () => ({ ...again, properties: request.properties }));
  const ids = await createRequests(transaction, stamp, requests);
  await copyChanges(transaction, request.id, ids);
  await settlePushes(transaction, ids);
  return OK;
}

/** Author of the first change that a request is for. */
async function authorOf(transaction: Transaction, requestId: number): Promise<string | null> {
  const row = await first<{ author: string | null }>(
    transaction,
    sql`SELECT requester AS author FROM event
      WHERE id = (SELECT MIN(change_id) FROM buildapi_request_change WHERE request_id = ${requestId})`,
  );
  return row?.author ?? null;
}

/** Builds by all builders of a branch whose name ends in a word; none is no error, either. */
export async function newBuilds(
  { transaction, who, timeZone }: Requested,
  ending: 'pgo-build' | 'nightly',
  { branch, revision, priority }: ActionParameters['new_nightly_at_revision'],
): Promise<Outcome> {
  const named = (await buildersOf(transaction, branch)).filter((name) => name.endsWith(` ${ending}`));
  const builders = named.filter((name) => !name.includes('l10n'));
  if (builders.length === 0) return { errors: false, msg: 'No builds to create' };
  const properties = JSON.stringify(buildIds(transaction, timeZone));
  const requests = builders.map((builder) => ({ builder, priority, reason: requestedBy(who), properties }));
  const { path } = await repository(transaction, branch);
  await createRequests(transaction, { branch: path, revision, author: null }, requests);
  return OK;
}

/** What the schedulers make of a change: one build by each builder of the branch whose name ends in `build`. */
export async function newBuild(
  { transaction, who, timeZone }: Requested,
  { branch, revision }: ActionParameters['new_build_at_revision'],
): Promise<Outcome> {
  const { path, url } = await repository(transaction, branch);
  const builders = (await buildersOf(transaction, branch)).filter((name) => name.endsWith(' build'));
  const properties = JSON.stringify(buildIds(transaction, timeZone));
  const requests = builders.map((builder) => ({ builder, priority: 0, reason: 'scheduler', properties }));
  const ids = await createRequests(transaction, { branch: path, revision, author: who }, requests);
  const change = { branch: path, revision, author: who, files: ['dummy'] };
  const revlink = `${url}/rev/${revision}`;
  await createChange(transaction, { ...change, comments: 'Submitted via self-serve', revlink }, ids);
  return OK;
}

/** One build by any builder, with a change of its own. */
export async function newBuildForBuilder(
  { transaction, who, timeZone }: Requested,
  what: ActionParameters['new_build_for_builder'],
): Promise<Outcome> {
  const branch = what.branch.slice(0, what.branch.lastIndexOf(SELF_SERVE));
  const { revision, priority, builder_name: builder, files } = what;
  const properties = JSON.stringify({ ...buildIds(transaction, timeZone), ...what.properties });
  const request = { builder, priority, reason: requestedBy(who), properties };
  const ids = await createRequests(transaction, { branch, revision, author: who }, [request]);
  const change = { branch: what.branch, revision, author: who, files, comments: null, revlink: null };
  await createChange(transaction, change, ids);
  return OK;
}

function requestedBy(who: string): string {
  return `Self-serve: Requested by ${who}`;
}

/** Properties that tell the builds of one job from others. */
function buildIds({ now }: Transaction, timeZone: string): { buildid: string; builduid: string } {
  return { buildid: localDigits(now, timeZone), builduid: randomUUID().replaceAll('-', '') };
}

/** Where the code of a branch is: its URL, and the path of that without the leading slash. */
async function repository(transaction: Transaction, branch: string): Promise<{ url: string; path: string }> {
  const row = await first<{ attributes: string }>(
    transaction,
    sql`SELECT attributes FROM buildapi_branch WHERE name = ${branch}`,
  );
  const { repo } = JSON.parse(row?.attributes ?? '{}') as { repo?: unknown };
  const url = typeof repo === 'string' ? URL.parse(repo) : null;
  if (!url) throw new BuildgateError('INVALID', `Branch ${branch} has no repository URL.`);
  return { url: String(repo), path: url.pathname.replace(/^\//, '') };
}
