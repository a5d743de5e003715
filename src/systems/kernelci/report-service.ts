import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { parseExact } from '../../core/json.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { requireColumnTexts } from './column-texts.js';
import { date, oid, type KernelciDocument } from './documents.js';
import { BOOT, BUILD, JOB, TEST_GROUP, type Collection } from './fields.js';
import { bootMembers, buildMembers, groupMembers, type KernelciJobStatusInput, type ReportInput } from './inputs.js';
import { newOid } from './oids.js';
import { BOOT_POSTERS, holds, POSTERS, TESTERS, tokenOf } from './permissions.js';
import { labBy } from './reads.js';
import { createRecord, ensureProject, findSame, holdWriters, replaceRecord, type StoredRecord } from './records.js';
import { BUILD_STATUSES } from './states.js';
import { requireGroupName, storeGroup, type GroupContent } from './test-groups.js';
import {
  BOOT_FROM_BUILD,
  buildDocument,
  completed,
  copied,
  JOB_FROM_BUILD,
  requireKernelName,
  requireMeaning,
} from './report-rules.js';

/** A stored record with its document. */
interface Found {
  readonly id: number;
  readonly document: KernelciDocument;
}

function found(stored: StoredRecord | undefined): Found | null {
  return stored ? { id: stored.id, document: parseExact(stored.document) as KernelciDocument } : null;
}

/**
 * What build machines and labs report (contract kernelci, sections 6.1 to 6.3 and 6.8). Each verb is one transaction and
 * gives the internal id of the record. All throw BuildgateError UNAUTHENTICATED, FORBIDDEN, and INVALID with the field in
 * `details.field` when nothing is stored.
 */
export class ReportService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Sets the state of an existing job. @throws BuildgateError NOT_FOUND */
  async setJobStatus(principal: Principal, input: KernelciJobStatusInput): Promise<number> {
    POSTERS.demand(principal);
    const status = input.status || 'PASS';
    if (!BUILD_STATUSES.some((known) => known === status))
      throw new BuildgateError('INVALID', `status: not one of ${BUILD_STATUSES.join(', ')}.`, { field: 'status' });
    return this.#store.transact(principal, async (transaction) => {
      await holdWriters(transaction);
      const { tree: job, kernel, gitBranch } = input;
      const stored = await findSame(transaction, JOB, { job, kernel, git_branch: gitBranch });
      if (!stored) throw new BuildgateError('NOT_FOUND', 'There is no such job.');
      const document = parseExact(stored.document) as KernelciDocument;
      await replaceRecord(transaction, JOB, stored, { ...document, status });
      return stored.id;
    });
  }

  /** Stores a build, in the place of one with the same identity if there is one, and its job if there is none. */
  async submitBuild(principal: Principal, input: ReportInput): Promise<number> {
    POSTERS.demand(principal);
    const members = buildDocument(buildMembers(input));
    requireKernelName('tree', members['job']);
    requireKernelName('kernel', members['kernel']);
    requireColumnTexts(BUILD, members);
    return this.#store.transact(principal, async (transaction) => {
      await holdWriters(transaction);
      const projectId = await ensureProject(transaction, String(members['job']));
      const job = await ensureJob(transaction, members, projectId);
      const document = { ...members, job_id: job.document['_id'] ?? null };
      const references = new Map([
        ['project_id', projectId],
        ['event_id', job.id],
      ]);
      return store(transaction, BUILD, document, references);
    });
  }

  /** Stores a boot report, in the place of one with the same identity if there is one. */
  async submitBoot(principal: Principal, input: ReportInput): Promise<number> {
    BOOT_POSTERS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      await requireLab(transaction, String(input['labName']));
      const members = bootMembers(input);
      requireMeaning(members);
      requireColumnTexts(BOOT, members);
      await holdWriters(transaction);
      const tree = storableText('tree', String(members['job']));
      const { document, references } = await placed(transaction, completed(BOOT, members));
      references.set('project_id', await ensureProject(transaction, tree));
      return store(transaction, BOOT, document, references);
    });
  }

  /** Stores a test group with its cases and the groups in it. */
  async submitTestGroup(principal: Principal, input: ReportInput & GroupContent): Promise<number> {
    TESTERS.demand(principal);
    requireGroupName(input);
    const tree = storableText('tree', String(input['tree']));
    const members = groupMembers(input);
    requireColumnTexts(TEST_GROUP, members);
    return this.#store.transact(principal, async (transaction) => {
      await holdWriters(transaction);
      const { document, references } = await placed(transaction, members);
      references.set('project_id', await ensureProject(transaction, tree));
      return storeGroup(
        transaction,
        { ...document, defconfig_full: document['defconfig_full'] ?? document['defconfig'] },
        references,
        input,
      );
    });
  }
}

/** The job of a report, made by the first build. It takes over what the build knows when it knows nothing of it yet. */
async function ensureJob(transaction: Transaction, build: KernelciDocument, projectId: number): Promise<Found> {
  const stored = await findSame(transaction, JOB, build);
  const known = found(stored);
  const before = known?.document ?? {
    ...completed(JOB, { job: build['job'], kernel: build['kernel'], git_branch: build['git_branch'], status: 'BUILD' }),
    _id: oid(newOid(transaction.now)),
    created_on: date(transaction.now),
  };
  const isBlank = JOB_FROM_BUILD.every((name) => (before[name] ?? null) === null);
  const document = isBlank ? { ...before, ...copied(build, JOB_FROM_BUILD) } : before;
  if (!stored || !known) {
    return { id: await createRecord(transaction, JOB, document, new Map([['project_id', projectId]])), document };
  }
  if (isBlank) await replaceRecord(transaction, JOB, stored, document);
  return { id: stored.id, document };
}

/** Stores a document in the place of that with the same identity, which keeps its id and age, or as a new one. */
async function store(
  transaction: Transaction,
  collection: Collection,
  document: KernelciDocument,
  references: ReadonlyMap<string, number | null>,
): Promise<number> {
  const stored = await findSame(transaction, collection, document);
  const known = found(stored);
  const { _id = oid(newOid(transaction.now)), created_on = date(transaction.now) } = known?.document ?? {};
  const whole = { ...document, _id, created_on };
  if (!stored) return createRecord(transaction, collection, whole, references);
  await replaceRecord(transaction, collection, stored, whole, references);
  return stored.id;
}

/** A report of a lab with the job and the build that it is of, if they are here, and what it takes over from the build. */
async function placed(
  transaction: Transaction,
  members: KernelciDocument,
): Promise<{ document: KernelciDocument; references: Map<string, number | null> }> {
  const job = found(await findSame(transaction, JOB, members));
  const build = found(
    await findSame(transaction, BUILD, {
      ...members,
      defconfig_full: members['defconfig_full'] ?? members['defconfig'],
    }),
  );
  const taken = build
    ? copied(
        build.document,
        BOOT_FROM_BUILD.filter((name) => (members[name] ?? null) === null),
      )
    : {};
  const document = {
    ...members,
    ...taken,
    ...(build && 'kernel_image_size' in members && { kernel_image_size: build.document['kernel_image_size'] ?? null }),
    job_id: job?.document['_id'] ?? null,
    build_id: build?.document['_id'] ?? null,
  };
  const references = new Map([
    ['event_id', job?.id ?? null],
    ['build_id', build?.id ?? null],
  ]);
  return { document, references };
}

/**
 * Refuses reports of a lab that the caller's token is not that of; administrators may send for every lab.
 * @throws BuildgateError FORBIDDEN, also when there is no such lab
 */
async function requireLab(transaction: Transaction, name: string): Promise<void> {
  const lab = await labBy(transaction, 'name', name);
  const { principal } = transaction;
  const token = tokenOf(principal);
  if (lab && (holds(principal, 'admin') || (token !== null && token === lab.tokenOid))) return;
  throw new BuildgateError('FORBIDDEN', `labName: the token is not that of lab '${name}'.`, { field: 'labName' });
}
