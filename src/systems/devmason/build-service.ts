import { ensureMember, prepareMember } from '../../core/auth/members.js';
import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { recordId } from '../../core/ids.js';
import { Kind, State, System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import type { Transaction } from '../../core/store/transaction.js';
import { removeBuild } from './deleting.js';
import type { BuildInput, BuildStartInput, StepInput } from './inputs.js';
import { BUILD_ID, BUILD_ID_NUMBERS } from './names.js';
import { askerOf, ended, LEGACY_STATES, lockBuild, lockProject, type LockedBuild } from './records.js';
import { begunBuild, reportedStep, wholeBuild, type ReportedBuild } from './reported.js';
import { mayAddSteps, mayDeleteBuild, refuse } from './rights.js';
import { storeBuild, storeSteps, timedStep } from './storing.js';

/** Where a build is to be reported. */
export interface ReportPlace {
  /** Slug. */
  readonly project: string;
  /** Chosen by the caller; the next number unless given. */
  readonly id?: string | null;
}

/** A build by the names that URIs have for it. */
export interface BuildAddress {
  /** Slug. */
  readonly project: string;
  /** Id within the project. */
  readonly build: string;
}

/**
 * What happens to builds (contract devmason, sections 7.3 to 7.5), one transaction each. All throw BuildgateError:
 * INVALID naming the field, NOT_FOUND for the project or the build, UNAUTHENTICATED or FORBIDDEN without the right.
 */
export class BuildService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Stores a whole build; gives its internal id. Throws CONFLICT when the id is taken. */
  report(principal: Principal, place: ReportPlace, build: BuildInput): Promise<number> {
    return this.#create(principal, place, () => wholeBuild(build, principal.userName));
  }

  /** Stores a build whose steps are to come; gives its internal id. Throws CONFLICT when the id is taken. */
  start(principal: Principal, place: ReportPlace, build: BuildStartInput): Promise<number> {
    return this.#create(principal, place, () => begunBuild(build, principal.userName));
  }

  /** Adds a step to a build in progress; gives its internal id. Throws CONFLICT when the build is over. */
  async addStep(principal: Principal, address: BuildAddress, step: StepInput): Promise<number> {
    const reported = reportedStep(step, 'step');
    return this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.DEVMASON, Kind.JOB);
      const build = await lockProgress(transaction, address);
      const now = { at: transaction.now, offset: 0 };
      const { id, projectId, legacyId, stepCount } = build;
      const place = { buildRecordId: id, projectId, buildLegacyId: legacyId, number, arrival: stepCount + 1 };
      await storeSteps(transaction, place, [timedStep(reported, now, now)]);
      await transaction.all(
        sql`UPDATE build SET devmason_step_count = devmason_step_count + 1, devmason_size = devmason_size + ${reported.size}
          WHERE id = ${id}`,
      );
      return recordId(System.DEVMASON, number);
    });
  }

  /** Ends a build in progress; gives its internal id. Throws CONFLICT when it is over. */
  finish(principal: Principal, address: BuildAddress): Promise<number> {
    return this.#store.transact(principal, async (transaction) => {
      const build = await lockProgress(transaction, address);
      await finishBuild(transaction, build);
      return build.id;
    });
  }

  /** Deletes a build with its steps. */
  async delete(principal: Principal, address: BuildAddress): Promise<void> {
    await this.#store.transact(principal, async (transaction) => {
      const build = await lockBuild(transaction, address.project, address.build);
      if (!mayDeleteBuild(await askerOf(transaction), build)) {
        refuse(principal, 'Only its reporter and the owner of its project may delete a build.');
      }
      await removeBuild(transaction, build.id);
    });
  }

  async #create(
    principal: Principal,
    { project: slug, id: chosen = null }: ReportPlace,
    check: () => ReportedBuild,
  ): Promise<number> {
    if (chosen !== null && !BUILD_ID.test(chosen)) {
      throw new BuildgateError('INVALID', 'id: must be 1 to 64 of A-Z a-z 0-9 _ - and not "latest".');
    }
    const build = check();
    await prepareMember(principal);
    return this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.DEVMASON, Kind.BUILD);
      const count = build.steps.length;
      const stepNumber = count > 0 ? await transaction.takeNumbers(System.DEVMASON, Kind.JOB, count) : 0;
      const next = chosen === null ? await transaction.takeNumbers(System.DEVMASON, BUILD_ID_NUMBERS) : 0;
      const memberId = await ensureMember(transaction, principal, System.DEVMASON);
      const reporter = memberId === null ? null : { id: memberId, name: principal.userName ?? '' };
      const project = await lockProject(transaction, slug);
      const buildId =
        chosen === null ? await freeId(transaction, slug, next) : await unusedId(transaction, slug, chosen);
      return storeBuild(transaction, { number, stepNumber, project, buildId, reporter }, build);
    });
  }
}

/**
 * A build in progress that the caller may continue, locked.
 * @throws BuildgateError CONFLICT with `over` when it is not in progress
 */
async function lockProgress(transaction: Transaction, { project, build: buildId }: BuildAddress): Promise<LockedBuild> {
  const build = await lockBuild(transaction, project, buildId);
  if (build.state !== State.RUNNING) {
    throw new BuildgateError('CONFLICT', 'build: it is not in progress.', { over: true });
  }
  if (!mayAddSteps(await askerOf(transaction), build)) {
    refuse(transaction.principal, 'Only its reporter and the owner of its project may continue a build.');
  }
  return build;
}

/** Section 7.4: it succeeded when it has steps and all of them did; it ended with its last step, or now. */
async function finishBuild(transaction: Transaction, { id }: LockedBuild): Promise<void> {
  const last = await first<{ at: number; offset: number }>(
    transaction,
    sql`SELECT finished_at AS at, devmason_finished_offset AS "offset" FROM job WHERE build_id = ${id}
      ORDER BY finished_at DESC, id DESC LIMIT 1`,
  );
  const failure = await first<{ name: string }>(
    transaction,
    sql`SELECT name FROM job WHERE build_id = ${id} AND state = ${State.FAILED} ORDER BY started_at, id LIMIT 1`,
  );
  const state = ended(last !== undefined && failure === undefined);
  const { at, offset } = last ?? { at: transaction.now, offset: 0 };
  const reason = failure?.name ?? null;
  await transaction.all(
    sql`UPDATE build SET state = ${state}, legacy_state = ${LEGACY_STATES[state]}, state_reason = ${reason},
      finished_at = ${at}, devmason_finished_offset = ${offset}, devmason_finished_order = ${at} WHERE id = ${id}`,
  );
  transaction.recordChange({
    system: System.DEVMASON,
    kind: Kind.BUILD,
    recordId: id,
    from: State.RUNNING,
    to: state,
    reason,
  });
}

/** The id, which no build of the project has. @throws BuildgateError CONFLICT */
async function unusedId(transaction: Transaction, slug: string, id: string): Promise<string> {
  if ((await takenIds(transaction, slug, [id])).size > 0) {
    throw new BuildgateError('CONFLICT', 'id: the project has a build with this id.');
  }
  return id;
}

/** The first id from a number that was taken that no build of the project has; the numbers up to it are taken, too. */
async function freeId(transaction: Transaction, slug: string, from: number): Promise<string> {
  for (let start = from, count = 1; ; start += count, count *= 8) {
    const ids = Array.from({ length: count }, (_, index) => String(start + index));
    const taken = await takenIds(transaction, slug, ids);
    const free = ids.find((id) => !taken.has(id));
    if (free === undefined) continue;
    if (Number(free) > from) await transaction.takeNumbers(System.DEVMASON, BUILD_ID_NUMBERS, Number(free) - from);
    return free;
  }
}

async function takenIds(transaction: Transaction, slug: string, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const legacyIds = ids.map((id) => `${slug}/${id}`);
  const rows = await transaction.all<{ legacyId: string }>(
    sql`SELECT legacy_id AS "legacyId" FROM build WHERE system = ${System.DEVMASON}
      AND ${inList(transaction.dialect, raw('legacy_id'), legacyIds, 'text')}`,
  );
  return new Set(rows.map(({ legacyId }) => legacyId.slice(slug.length + 1)));
}
