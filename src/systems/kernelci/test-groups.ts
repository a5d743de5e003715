import { BuildgateError } from '../../core/errors.js';
import { recordId } from '../../core/ids.js';
import { Kind, System } from '../../core/model/states.js';
import type { SqlValue } from '../../core/store/sql.js';
import type { Transaction } from '../../core/store/transaction.js';
import { date, oid, type KernelciDocument } from './documents.js';
import { TEST_CASE, TEST_GROUP } from './fields.js';
import type { KernelciTestCaseInput } from './inputs.js';
import { newOid } from './oids.js';
import { ownValues } from './own-records.js';
import { insertRows, recordValues } from './records.js';
import { completed } from './report-rules.js';
import { words } from './vocabulary.js';
import { CASE_STATUSES, groupStatus, stateOf, UNKNOWN_STATUS } from './states.js';

/** What is inside a reported test group. */
export interface GroupContent {
  readonly name?: unknown;
  readonly testCases?: readonly KernelciTestCaseInput[] | null;
  readonly subGroups?: readonly GroupContent[] | null;
}

const GROUP_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9.\-_+]*[A-Za-z0-9])?$/;
const MAX_DEPTH = 20;
const MAX_NAME = 1_000;
/** Members of a group that its cases repeat. */
const COPIED = words(
  'job kernel git_branch git_commit arch build_environment defconfig_full device_type lab_name mach plan',
);

/** @throws BuildgateError INVALID when a group, or one inside, cannot be called so, or lies too deep */
export function requireGroupName({ name, subGroups }: GroupContent, depth = 1): void {
  if (typeof name !== 'string' || !GROUP_NAME.test(name))
    throw new BuildgateError('INVALID', 'name: must be letters, digits and . - _ + between letters or digits.', {
      field: 'name',
    });
  if (name.length > MAX_NAME)
    throw new BuildgateError('INVALID', `name: more than ${MAX_NAME} characters.`, { field: 'name' });
  if (depth > MAX_DEPTH)
    throw new BuildgateError('INVALID', `subGroups: more than ${MAX_DEPTH} deep.`, { field: 'subGroups' });
  for (const group of subGroups ?? []) requireGroupName(group, depth + 1);
}

/** A document to be stored, with what decides its state. */
interface PlannedGroup {
  readonly document: KernelciDocument;
  readonly status: string;
}

/** Documents of a whole report, outer groups first. */
class Plan {
  readonly groups: PlannedGroup[] = [];
  readonly cases: KernelciDocument[] = [];
  readonly #created: KernelciDocument;
  readonly #now: number;

  constructor(now: number) {
    this.#now = now;
    this.#created = { created_on: date(now) };
  }

  /** Adds a group and all inside; gives its id and the states of all cases in it. */
  add(members: KernelciDocument, content: GroupContent, path: readonly string[]): { id: string; statuses: string[] } {
    const id = newOid(this.#now);
    const place = this.groups.length;
    const own = this.#addCases(id, members, content, path);
    const inner = (content.subGroups ?? []).map((group) =>
      this.add({ ...members, name: group.name, parent_id: oid(id) }, group, [...path, String(group.name)]),
    );
    const statuses = [...own.statuses, ...inner.flatMap((group) => group.statuses)];
    const document = {
      ...completed(TEST_GROUP, members),
      _id: oid(id),
      ...this.#created,
      test_cases: own.ids.map(oid),
      sub_groups: inner.map((group) => oid(group.id)),
    };
    this.groups.splice(place, 0, { document, status: groupStatus(statuses) });
    return { id, statuses };
  }

  #addCases(
    groupId: string,
    members: KernelciDocument,
    { testCases }: GroupContent,
    path: readonly string[],
  ): { ids: string[]; statuses: string[] } {
    const documents = (testCases ?? []).map((one, index) => {
      const { name, status, measurements, logLines, timeMs } = one;
      return completed(TEST_CASE, {
        ...Object.fromEntries(COPIED.map((member) => [member, members[member]])),
        _id: oid(newOid(this.#now)),
        ...this.#created,
        version: members['version'] ?? '1.1',
        name,
        status: CASE_STATUSES.find((known) => known === status) ?? UNKNOWN_STATUS,
        index: one.index ?? index + 1,
        test_group_id: oid(groupId),
        test_group_name: path.at(-1),
        test_case_path: [...path, name].join('.'),
        measurements: measurements ?? [],
        log_lines: logLines ?? [],
        time: typeof timeMs === 'number' ? { $date: Math.round(timeMs) } : null,
      });
    });
    this.cases.push(...documents);
    return {
      ids: documents.map(({ _id }) => (_id as { $oid: string }).$oid),
      statuses: documents.map(({ status }) => String(status)),
    };
  }
}

/**
 * Stores a test group, its cases and the groups in it, in batches.
 * @returns internal id of the outermost group
 */
export async function storeGroup(
  transaction: Transaction,
  members: KernelciDocument,
  references: ReadonlyMap<string, SqlValue>,
  content: GroupContent,
): Promise<number> {
  const plan = new Plan(transaction.now);
  plan.add(members, content, [String(content.name)]);
  const firstNumber = await transaction.takeNumbers(System.KERNELCI, Kind.JOB, plan.groups.length);
  const rows = plan.groups.map(({ document, status }, index) => {
    const id = recordId(System.KERNELCI, firstNumber + index);
    const state = stateOf('test_group', status);
    const change = { system: System.KERNELCI, kind: Kind.JOB, recordId: id, from: null, to: state, reason: null };
    transaction.recordChange(change);
    const values = new Map<string, SqlValue>([['id', id], ['system', System.KERNELCI], ...references]);
    for (const [column, value] of recordValues(TEST_GROUP, document)) values.set(column, value);
    return values.set('state', state).set('legacy_state', status);
  });
  await insertRows(transaction, 'job', rows);
  await insertRows(
    transaction,
    'kernelci_test_case',
    plan.cases.map((document) => ownValues(TEST_CASE, document)),
  );
  return recordId(System.KERNELCI, firstNumber);
}
