import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { FilterCompiler, type FilterInput } from '../../core/list/filter.js';
import { ALIAS } from '../../core/list/fields.js';
import { JOBS } from '../../core/list/records.js';
import { Kind, System, type State } from '../../core/model/states.js';
import { join, raw, sql, type Sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import type { Transaction } from '../../core/store/transaction.js';
import { BOOT, BUILD, JOB, type Collection } from './fields.js';
import { KernelciCollection } from './lists.js';
import { BOOT_DELETERS, DELETERS, holds, tokenOf } from './permissions.js';
import { findByOid, holdWriters, type StoredRecord } from './records.js';

/**
 * Deleting records (contract kernelci, section 6.4). Each verb is one transaction of a fixed number of statements; every
 * deleted record is in the log. All throw BuildgateError UNAUTHENTICATED and FORBIDDEN; those of one record NOT_FOUND.
 */
export class DeletionService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Deletes a job and its builds, not its boots. */
  async deleteJob(principal: Principal, legacyId: string): Promise<void> {
    DELETERS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      const job = await requireRecord(transaction, JOB, legacyId);
      const builds = sql`SELECT id FROM build WHERE system = ${System.KERNELCI} AND kernelci_job_id = ${job.legacyId}`;
      await transaction.all(sql`UPDATE job SET build_id = NULL WHERE build_id IN (${builds})`);
      await transaction.all(sql`UPDATE job SET event_id = NULL WHERE event_id = ${job.id}`);
      await deleteRows(transaction, Kind.BUILD, builds);
      await deleteRows(transaction, Kind.EVENT, sql`${job.id}`);
    });
  }

  /** Deletes a build, not its boots. */
  async deleteBuild(principal: Principal, legacyId: string): Promise<void> {
    DELETERS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      const build = await requireRecord(transaction, BUILD, legacyId);
      await transaction.all(sql`UPDATE job SET build_id = NULL WHERE build_id = ${build.id}`);
      await deleteRows(transaction, Kind.BUILD, sql`${build.id}`);
    });
  }

  /** Deletes a boot report; the token of a lab only one of its own lab. */
  async deleteBoot(principal: Principal, legacyId: string): Promise<void> {
    BOOT_DELETERS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      const boot = await requireRecord(transaction, BOOT, legacyId);
      const scope = join([sql`id = ${boot.id}`, ...ownLab(principal, 'job')], ' AND ');
      const deleted = await deleteRows(transaction, Kind.JOB, sql`SELECT id FROM job WHERE ${scope}`);
      if (deleted === 0) throw new BuildgateError('FORBIDDEN', "legacyId: the boot is not one of the token's lab.");
    });
  }

  /**
   * Deletes all boot reports that match; gives their number. With the token of a lab only those of its own lab.
   * @throws BuildgateError INVALID when the filter has no condition
   */
  async deleteBoots(principal: Principal, filter: FilterInput): Promise<number> {
    BOOT_DELETERS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      const condition = new FilterCompiler(transaction.dialect).compile(JOBS, filter, ALIAS);
      if (!condition) throw new BuildgateError('INVALID', 'filter: must have a condition.', { field: 'filter' });
      await holdWriters(transaction);
      const ofBoots = sql`${raw(`${ALIAS}.system`)} = ${System.KERNELCI}
        AND ${raw(`${ALIAS}.kernelci_collection`)} = ${KernelciCollection.BOOT}`;
      const scope = join([ofBoots, condition, ...ownLab(principal, ALIAS)], ' AND ');
      return deleteRows(transaction, Kind.JOB, sql`SELECT ${raw(`${ALIAS}.id FROM job ${ALIAS}`)} WHERE ${scope}`);
    });
  }
}

/** What the token of a lab is limited to. */
function ownLab(principal: Principal, alias: string): Sql[] {
  const token = tokenOf(principal);
  if (token === null || !holds(principal, 'lab')) return [];
  return [sql`${raw(`${alias}.requester`)} IN (SELECT name FROM kernelci_lab WHERE token_oid = ${token})`];
}

async function requireRecord(
  transaction: Transaction,
  collection: Collection,
  legacyId: string,
): Promise<StoredRecord> {
  await holdWriters(transaction);
  const record = legacyId.includes('\0') ? undefined : await findByOid(transaction, collection, legacyId);
  if (!record) throw new BuildgateError('NOT_FOUND', `legacyId: there is no such ${collection.name}.`);
  return record;
}

const TABLES = { [Kind.EVENT]: 'event', [Kind.BUILD]: 'build', [Kind.JOB]: 'job' };

/** Deletes the records with these ids and logs each; gives their number. */
async function deleteRows(transaction: Transaction, kind: Kind, ids: Sql): Promise<number> {
  const rows = await transaction.all<{ id: number; state: State }>(
    sql`DELETE FROM ${raw(TABLES[kind])} WHERE id IN (${ids}) RETURNING id, state`,
  );
  for (const { id, state } of rows.toSorted((one, other) => one.id - other.id)) {
    transaction.recordDeletion({ system: System.KERNELCI, kind, recordId: id, state });
  }
  return rows.length;
}
