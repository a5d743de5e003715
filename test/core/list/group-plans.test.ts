import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { countRecords } from '../../../src/core/list/count.js';
import { distinctValues } from '../../../src/core/list/distinct.js';
import { RecordList, type ColumnField } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { firstOfGroups } from '../../../src/core/list/groups.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage } from '../../../src/core/list/page.js';
import { JOBS } from '../../../src/core/list/records.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { raw } from '../../../src/core/store/sql.js';
import { insertRows, ownStore, type OwnStore, type Row } from '../world.js';
import { PlanReader } from './plans.js';

const text = { type: 'text', nullable: true, description: '' } as const;
const FIELDS = {
  collection: { column: 'kernelci_collection', type: 'integer', nullable: true, partition: true, description: '' },
  kernel: { ...text, column: 'kernelci_kernel', nullable: false, indexed: true },
  arch: { ...text, column: 'kernelci_arch', nullable: false, indexed: true },
  board: { ...text, column: 'kernelci_board', nullable: false, indexed: true },
  gitCommit: { ...text, column: 'kernelci_git_commit' },
  dtb: { ...text, column: 'kernelci_rest', member: 'dtb' },
  size: { ...text, column: 'kernelci_rest', member: 'size', type: 'integer' },
} satisfies Record<string, ColumnField>;

/** Jobs with columns and members that one system adds. */
const LIST = new RecordList(Kind.JOB, 'job', { columns: JOBS.columns, fields: JOBS.fields, orders: JOBS.orders });
LIST.extend('kernelci', { columns: {}, fields: FIELDS, orders: { DTB: FIELDS.dtb } });

const COUNT = 30_000;
const TREES = 21;
const BOOTS = { collection: { eq: 1 } };
const NEWEST: readonly OrderInput[] = [
  { field: 'CREATED_AT', direction: 'DESC' },
  { field: 'LEGACY_ID', direction: 'ASC' },
];

let own: OwnStore;
let plans: PlanReader;

function jobRow(number: number): Row {
  return {
    id: recordId(System.KERNELCI, number),
    system: System.KERNELCI,
    legacy_id: String(number),
    name: `board-${number % 40}`,
    state: State.SUCCEEDED,
    legacy_state: 'PASS',
    created_at: number >> 1,
    project_id: recordId(System.KERNELCI, (number % TREES) + 1),
    requester: `lab-${number % 70}`,
    kernelci_collection: number % 10 === 0 ? 2 : 1,
    kernelci_kernel: `v${number % 90}`,
    kernelci_arch: ['arm', 'arm64', 'x86'][number % 3] ?? null,
    kernelci_board: `board-${number % 40}`,
    kernelci_git_commit: String(number % 500),
    kernelci_rest: JSON.stringify({ dtb: `dtb-${number}`, size: number, loaded: 'x'.repeat(20) }),
  };
}

beforeAll(async () => {
  own = await ownStore();
  await own.store.transact(ANONYMOUS, async (transaction) => {
    const projects = Array.from({ length: TREES }, (_, index) => index + 1).map((number) => ({
      id: recordId(System.KERNELCI, number),
      system: System.KERNELCI,
      legacy_id: `tree-${number}`,
      name: `tree-${number}`,
    }));
    await insertRows(transaction, 'project', projects);
    await insertRows(
      transaction,
      'job',
      Array.from({ length: COUNT }, (_, index) => jobRow(index + 1)),
    );
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
  plans = new PlanReader(own.store.reader);
});
afterAll(() => own.close());

/** All records of the list read, by the table or by an index without a place in it. */
const FULL_SCAN = /\bSCAN t\b|Seq Scan on job/;

const distinct = (name: string, filter: FilterInput | null): Promise<string> =>
  plans.planOf(() => distinctValues(plans.reader, LIST, name, filter));

describe('Distinct values of an indexed field are found by steps along the index', () => {
  it.each<[string, FilterInput | null, string]>([
    ['kernelci.kernel', null, 'job_kernelci_kernel'],
    ['kernelci.arch', { system: { eq: System.KERNELCI } }, 'job_kernelci_arch'],
    ['kernelci.board', { kernelci: BOOTS }, 'job_kernelci_board'],
    ['requester', { kernelci: BOOTS, requester: { isNull: false } }, 'job_requester'],
    ['project', { kernelci: BOOTS, project: { isNull: false } }, 'job_project'],
    ['kernelci.arch', { kernelci: { ...BOOTS, arch: { isNull: false } } }, 'job_kernelci_arch'],
  ])('%s with %j', async (name, filter, index) => {
    const plan = await distinct(name, filter);
    expect(plan).toContain(index);
    // The first step begins at the end of the index.
    expect(plan.replaceAll(/SCAN t USING (COVERING )?INDEX/g, '')).not.toMatch(FULL_SCAN);
  });

  it('so few rows are read for many records', async () => {
    expect(await distinctValues(own.store.reader, LIST, 'kernelci.board', { kernelci: BOOTS })).toHaveLength(36);
    expect(await distinctValues(own.store.reader, LIST, 'project', { project: { isNull: false } })).toHaveLength(TREES);
  });

  it.each<[string, FilterInput, string]>([
    ['kernelci.board', { kernelci: { ...BOOTS, kernel: { eq: 'v7' } } }, 'job_kernelci_kernel'],
    ['project', { kernelci: { kernel: { eq: 'v7' } } }, 'job_kernelci_kernel'],
    ['kernelci.dtb', { kernelci: { ...BOOTS, kernel: { eq: 'v7' } } }, 'job_kernelci_kernel'],
    ['kernelci.gitCommit', { kernelci: { board: { in: ['board-1'] } } }, 'job_kernelci_board'],
  ])('but %s with %j among the few that the filter leaves', async (name, filter, index) => {
    const plan = await distinct(name, filter);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(/steps|FULL_SCAN/i);
  });
});

describe('The first of each group', () => {
  const groups = (by: string[], filter: FilterInput): Promise<string> =>
    plans.planOf(() => firstOfGroups(plans.reader, LIST, by, { filter, orderBy: NEWEST, first: 20 }));

  it.each<[string, string]>([
    ['project', 'job_project_created'],
    ['requester', 'job_requester_created'],
    ['kernelci.kernel', 'job_kernelci_kernel'],
    ['kernelci.board', 'job_kernelci_board'],
  ])('by %s is looked up at the end of its part of the index', async (name, index) => {
    const filter = { kernelci: BOOTS, project: { isNull: false }, requester: { isNull: false } };
    const { project, requester, ...bare } = filter;
    const plan = await groups(
      [name],
      name === 'project' ? { ...bare, project } : name === 'requester' ? { ...bare, requester } : bare,
    );
    expect(plan).toContain(index);
    expect(plan.replaceAll(/SCAN t USING (COVERING )?INDEX/g, '')).not.toMatch(FULL_SCAN);
    expect(plan).not.toMatch(/WindowAgg|CO-ROUTINE/);
  });

  it('by several fields reads what the filter leaves', async () => {
    const plan = await groups(['kernelci.board', 'kernelci.arch'], { kernelci: { kernel: { eq: 'v7' } } });
    expect(plan).toContain('job_kernelci_kernel');
    expect(plan).not.toMatch(FULL_SCAN);
  });

  it('over a range of time reads that range', async () => {
    const plan = await groups(['project'], { createdAt: { gte: 14_900 }, kernelci: BOOTS });
    expect(plan).toMatch(/created/);
    expect(plan).not.toMatch(FULL_SCAN);
  });
});

describe('A page', () => {
  const page = (filter: FilterInput, orderBy: readonly OrderInput[]): Promise<string> =>
    plans.planOf(() =>
      new RecordPage(plans.reader, LIST, { filter, first: 25 }, { defaultSize: 25, maxSize: 100 }, orderBy).rows(),
    );

  it.each<[string, FilterInput, string]>([
    ['of a system', { system: { eq: System.KERNELCI } }, 'created'],
    ['of a part', { kernelci: BOOTS }, 'job_(created|kernelci_collection)'],
    ['of one kernel', { kernelci: { kernel: { eq: 'v7' } } }, 'job_kernelci_kernel'],
    ['of one laboratory', { kernelci: BOOTS, requester: { eq: 'lab-3' } }, 'job_requester_created'],
  ])('%s, newest first and ties by ascending number, sorts ties alone', async (_, filter, index) => {
    const plan = await page(filter, NEWEST);
    expect(plan).toMatch(new RegExp(index));
    expect(plan).not.toMatch(FULL_SCAN);
    expect(plan).toMatch(/LAST TERM OF ORDER BY|Incremental Sort/);
  });

  it('of a part is counted without a look at the system of each record', async () => {
    const plan = await plans.planOf(() => countRecords(plans.reader, LIST, { kernelci: BOOTS }));
    expect(plan).toContain('kernelci_collection');
    expect(plan).not.toMatch(/system|SEARCH t USING INDEX/);
  });

  it.each<[string, FilterInput]>([
    ['text', { dtb: { eq: 'dtb-77' } }],
    ['one of some texts', { dtb: { in: ['dtb-77', 'dtb-78', 'none'] } }],
    ['an integer', { size: { eq: 77 } }],
    ['one of some integers', { size: { in: [77, 78] } }],
  ])('by a member of a JSON column that is %s reads the index on the column on PostgreSQL', async (_, filter) => {
    const plan = await page({ kernelci: filter }, [{ field: 'LEGACY_ID' }]);
    // SQLite, which indexes no such column, walks the records of the system.
    expect(plan).toContain(plans.reader.dialect === 'postgresql' ? 'job_kernelci_rest' : 'job_system');
    expect(plan).not.toMatch(FULL_SCAN);
  });
});
