import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { countRecords } from '../../../src/core/list/count.js';
import { distinctValues } from '../../../src/core/list/distinct.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { firstOfGroups } from '../../../src/core/list/groups.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS, JOBS } from '../../../src/core/list/records.js';
import { System } from '../../../src/core/model/states.js';
import { raw, type SqlValue } from '../../../src/core/store/sql.js';
import { BOOT, BUILD, JOB, type Collection } from '../../../src/systems/kernelci/fields.js';
import { insertRows, recordValues, tableOf } from '../../../src/systems/kernelci/records.js';
import { named, narrowed, SCOPES, type Scope } from '../../../src/systems/kernelci/scopes.js';
import { PlanReader } from '../../core/list/plans.js';
import { ownStore, type OwnStore } from '../../core/world.js';

const COUNT = 12_000;
const TREES = 20;
const SECOND = 1_000_000;

let own: OwnStore;
let plans: PlanReader;

/** A document with as many values as real data has of what lists are filtered by. */
function documentOf(number: number): object {
  return {
    _id: { $oid: number.toString(16).padStart(24, '0') },
    created_on: { $date: number * 1000 },
    job: `tree-${number % TREES}`,
    kernel: `v${number % 600}`,
    git_branch: `branch-${number % 30}`,
    arch: ['arm', 'arm64', 'x86'][number % 3],
    build_environment: `gcc-${number % 8}`,
    mach: `mach-${number % 12}`,
    defconfig: `defconfig-${number % 50}`,
    defconfig_full: `defconfig-${number % 200}`,
    board: `board-${number % 90}`,
    lab_name: `lab-${number % 25}`,
    job_id: { $oid: (number % 600).toString(16).padStart(24, '0') },
    build_id: { $oid: (number % 4000).toString(16).padStart(24, '0') },
    status: number % 7 === 0 ? 'FAIL' : 'PASS',
  };
}

function rowsOf(collection: Collection): Map<string, SqlValue>[] {
  return Array.from({ length: COUNT }, (_, index) => {
    const values = new Map<string, SqlValue>(recordValues(collection, documentOf(index + 1) as never));
    values.set('id', recordId(System.KERNELCI, index + 1)).set('system', System.KERNELCI);
    return values.set('project_id', recordId(System.KERNELCI, ((index + 1) % TREES) + 1));
  });
}

beforeAll(async () => {
  own = await ownStore();
  await own.store.transact(UNRESTRICTED, async (transaction) => {
    const projects = Array.from({ length: TREES }, (_, index) => {
      const name = `tree-${index}`;
      const id = recordId(System.KERNELCI, index + 1);
      return new Map<string, SqlValue>([
        ['id', id],
        ['system', System.KERNELCI],
        ['legacy_id', name],
        ['name', name],
      ]);
    });
    await insertRows(transaction, 'project', projects);
    for (const collection of [JOB, BUILD, BOOT]) {
      await insertRows(transaction, tableOf(collection).table, rowsOf(collection));
    }
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
  plans = new PlanReader(own.store.reader);
});
afterAll(() => own.close());

/** All records of a list read: the whole table, or an index without a place in it. */
const FULL_SCAN =
  /\bSCAN t$|\bSCAN t USING (?!COVERING INDEX|INDEX (event|build|job)_\w*created)|Seq Scan on (event|build|job)\b/m;

const scopeOf = (many: string): Scope => SCOPES.find((scope) => scope.many === many)!;
const LISTS = { Jobs: EVENTS, Builds: BUILDS, Boots: JOBS };
type Many = keyof typeof LISTS;

/** Newest first, ties in the order of recording: what the old API sends with `sort=created_on`. */
function newest(many: Many): readonly OrderInput[] {
  const [{ field } = { field: '' }] = scopeOf(many).newest;
  return [
    { field, direction: 'DESC' },
    { field: 'LEGACY_ID', direction: 'ASC' },
  ];
}

const TREE = { project: { eq: 'tree-7' } };
const kernel = (filter: object): FilterInput => ({ kernelci: filter });
/** A week in the middle. */
const DAYS = { gte: 6_000 * SECOND, lt: 6_050 * SECOND };

/** What the dashboard asks lists by, and the index that must serve it on either database. */
const QUERIES: [Many, string, FilterInput, RegExp][] = [
  ['Jobs', 'everything', {}, /event_(system_)?created/],
  ['Jobs', 'a tree', TREE, /event_project|event_(system_)?created/],
  [
    'Jobs',
    'a tree and kernel',
    { ...TREE, ...kernel({ kernel: { eq: 'v7' } }) },
    /event_kernelci_kernel|event_project/,
  ],
  ['Jobs', 'days', { createdAt: DAYS }, /event_(system_)?created/],
  ['Builds', 'a tree', TREE, /build_project|build_(system_)?submitted/],
  ['Builds', 'a kernel', kernel({ kernel: { eq: 'v7' } }), /build_kernelci_kernel/],
  ['Builds', 'a tree and kernel', { ...TREE, ...kernel({ kernel: { eq: 'v7' } }) }, /build_kernelci_kernel/],
  ['Builds', 'a job', kernel({ eventLegacyId: { eq: '00000000000000000000001f' } }), /build_kernelci_job/],
  ['Builds', 'a configuration', kernel({ defconfigFull: { eq: 'defconfig-7' } }), /build_kernelci_defconfig_full/],
  ['Builds', 'days', { submittedAt: DAYS }, /build_(system_)?submitted/],
  ['Boots', 'everything', {}, /job_(kernelci_collection|(system_)?created)/],
  ['Boots', 'a lab', { requester: { eq: 'lab-7' } }, /job_requester/],
  ['Boots', 'a board', kernel({ board: { eq: 'board-7' } }), /job_kernelci_board/],
  ['Boots', 'a build', kernel({ buildLegacyId: { eq: '00000000000000000000001f' } }), /job_kernelci_build/],
  ['Boots', 'a job', kernel({ eventLegacyId: { eq: '00000000000000000000001f' } }), /job_kernelci_job/],
  ['Boots', 'a tree and kernel', { ...TREE, ...kernel({ kernel: { in: ['v7', 'v27'] } }) }, /job_kernelci_kernel/],
  ['Boots', 'a lab and days', { requester: { eq: 'lab-7' }, createdAt: DAYS }, /job_requester|job_\w*created/],
];

/** The filter as the old API's routes send it: the scope first, conditions joined. */
function sent(many: Many, filter: FilterInput): FilterInput {
  return { ...scopeOf(many).own, and: Object.entries(filter).map(([name, value]) => ({ [name]: value })) };
}

describe('A page of 25, newest first, of', () => {
  it.each(QUERIES)('%s by %s reads along an index', async (many, _title, filter, index) => {
    const page = new RecordPage(
      plans.reader,
      LISTS[many],
      { filter: sent(many, filter), first: 25 },
      { defaultSize: 25, maxSize: 100 },
      newest(many),
    );
    const plan = await plans.planOf(() => page.rows());
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(FULL_SCAN);
  });
});

describe('The number of', () => {
  it.each(QUERIES.filter(([, title]) => title !== 'everything'))(
    '%s by %s is counted along an index',
    async (many, _title, filter, index) => {
      const plan = await plans.planOf(() => countRecords(plans.reader, LISTS[many], sent(many, filter)));
      expect(plan).toMatch(index);
      expect(plan).not.toMatch(FULL_SCAN);
    },
  );
});

describe('Without conditions', () => {
  it.each<[Many, string, RegExp]>([
    ['Jobs', 'kernel', /event_kernelci_kernel/],
    ['Jobs', 'job', /event_project/],
    ['Builds', 'arch', /build_kernelci_arch/],
    ['Builds', 'defconfig', /build_kernelci_defconfig/],
    ['Builds', 'kernel', /build_kernelci_kernel/],
    ['Boots', 'board', /job_kernelci_board/],
    ['Boots', 'job', /job_project/],
    ['Boots', 'lab_name', /job_requester/],
  ])('the values of %s, member %s, are found by steps along an index', async (many, member, index) => {
    const scope = scopeOf(many);
    const { name, own: narrowing } = named(scope, member);
    const plan = await plans.planOf(() => distinctValues(plans.reader, scope.list, name, narrowed(narrowing, {})));
    expect(plan).toMatch(index);
    expect(plan.replaceAll(/SCAN t USING (COVERING )?INDEX/g, '')).not.toMatch(FULL_SCAN);
  });

  it.each<[Many, string]>([
    ['Jobs', 'git_branch'],
    ['Builds', 'build_environment'],
    ['Builds', 'defconfig_full'],
    ['Builds', 'git_branch'],
    ['Boots', 'arch'],
    ['Boots', 'build_environment'],
    ['Boots', 'defconfig_full'],
    ['Boots', 'git_branch'],
    ['Boots', 'mach'],
  ])('whether documents of %s lack the member %s is known from an index on those that do', async (many, member) => {
    const scope = scopeOf(many);
    const { name, own: narrowing } = named(scope, member);
    const plan = await plans.planOf(() => distinctValues(plans.reader, scope.list, name, narrowed(narrowing, {})));
    expect(plan).toContain(`${scope.list.table}_no_kernelci_${member}`);
    expect(plan.replaceAll(/SCAN t USING (COVERING )?INDEX/g, '')).not.toMatch(FULL_SCAN);
  });

  it.each<[Many, string, RegExp]>([
    ['Jobs', 'job', /event_project_created/],
    ['Builds', 'job', /build_project_submitted/],
    ['Boots', 'lab_name', /job_requester_created/],
  ])('the newest of each %s by %s are looked up at the ends of an index', async (many, member, index) => {
    const scope = scopeOf(many);
    const { name, own: narrowing } = named(scope, member);
    const args = { filter: narrowed(narrowing, {}), orderBy: newest(many), first: 20 };
    const plan = await plans.planOf(() => firstOfGroups(plans.reader, scope.list, [name], args));
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/WindowAgg|CO-ROUTINE/);
  });
});
