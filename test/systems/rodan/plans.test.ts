import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED, type Principal } from '../../../src/core/auth/principal.js';
import { CLIENT_LIMITS, OperationContext, type Gateway } from '../../../src/core/graphql/context.js';
import { recordId } from '../../../src/core/ids.js';
import { System } from '../../../src/core/model/states.js';
import { insertRows, type NewRow } from '../../../src/core/store/rows.js';
import { raw } from '../../../src/core/store/sql.js';
import { ROW_KINDS } from '../../../src/systems/rodan/kinds.js';
import { listOf, type ViewableArguments } from '../../../src/systems/rodan/listing.js';
import { viewableFilter } from '../../../src/systems/rodan/viewable.js';
import { PlanReader } from '../../core/list/plans.js';
import { ownStore, type OwnStore } from '../../core/world.js';
import { digitsOf, RodanData } from './data.js';

type Kind = keyof typeof ROW_KINDS;

const PROJECTS = 100;
const RUNS = 6_000;
const WORKFLOWS = 2_000;
const uuidOf = (kind: number, number: number): string =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(number).padStart(12, '0')}`;
const project = (number: number): string => uuidOf(1, number % PROJECTS);
const many = <Row>(count: number, make: (number: number) => Row): Row[] =>
  Array.from({ length: count }, (_, n) => make(n));

let own: OwnStore;
let plans: PlanReader;

beforeAll(async () => {
  own = await ownStore();
  const data = new RodanData(own.store);
  const users = [await data.user('mia'), await data.user('kim'), await data.user('sue', { superuser: true })];
  // mia is in one project of a hundred, kim in ten.
  for (let number = 0; number < PROJECTS; number += 1) {
    const members = number % 10 === 7 ? { workers: [users[1]!] } : {};
    await data.project(number === 4 ? users[0]! : users[2]!, members, { uuid: project(number) });
  }
  const job = await data.job('acme.jobs.straighten', { inputs: { page: {} }, outputs: { page: {} } });
  await own.store.transact(UNRESTRICTED, async (transaction) => {
    for (const [table, rows] of Object.entries(tables(job.uuid, job.inputTypes['page']!, job.outputTypes['page']!))) {
      await insertRows(transaction, table, rows);
    }
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
  plans = new PlanReader(own.store.reader);
});
afterAll(() => own.close());

function tables(job: string, inputType: string, outputType: string): Record<string, NewRow[]> {
  const times = (number: number): NewRow => ({ created_at: number * 1_000_000, updated_at: number * 1_000_000 });
  const port = (direction: string, kind: number, type: string): NewRow[] =>
    many(WORKFLOWS * 2, (number) => ({
      uuid: uuidOf(kind, number),
      workflow_job_uuid: uuidOf(3, number),
      label: 'page',
      extern: false,
      [`${direction}_port_type_uuid`]: type,
    }));
  const record = (number: number, system: System): NewRow => {
    const base = { id: recordId(system, number + 1), system, legacy_id: uuidOf(system, number), name: 'straighten' };
    return { ...base, state: 3, legacy_state: '4' };
  };
  const run = (number: number): NewRow => ({
    rodan_project_uuid: project(number),
    rodan_workflow_uuid: uuidOf(2, number % WORKFLOWS),
    rodan_status: 4,
    rodan_updated_at: number,
  });
  const runJob = (number: number): NewRow => ({
    rodan_project_uuid: project(number),
    rodan_run_uuid: uuidOf(4, number),
    rodan_status: 4,
    rodan_updated_at: 1,
    build_id: recordId(System.RODAN, number + 1),
    rodan_workflow_job_uuid: digitsOf(uuidOf(3, number)),
  });
  const transfer = (direction: string, kind: number): NewRow[] =>
    many(RUNS, (number) => ({
      uuid: uuidOf(kind, number),
      run_job_id: recordId(System.RODAN, number + 1),
      run_job_uuid: uuidOf(4, number),
      [`${direction}_port_type_name`]: 'page',
      resource_uuid: uuidOf(10, number),
    }));
  return {
    rodan_workflow: many(WORKFLOWS, (number) => ({
      uuid: uuidOf(2, number),
      project_uuid: project(number),
      name: 'w',
      valid: true,
      ...times(number),
    })),
    rodan_workflow_job_group: many(WORKFLOWS, (number) => ({
      uuid: uuidOf(5, number),
      workflow_uuid: uuidOf(2, number),
      name: 'g',
      ...times(number),
    })),
    rodan_workflow_job: many(WORKFLOWS * 2, (number) => ({
      uuid: uuidOf(3, number),
      workflow_uuid: uuidOf(2, number % WORKFLOWS),
      job_uuid: job,
      name: 'j',
      settings: '{}',
      ...times(number),
    })),
    rodan_input_port: port('input', 6, inputType),
    rodan_output_port: port('output', 7, outputType),
    rodan_connection: many(WORKFLOWS, (number) => ({
      uuid: uuidOf(8, number),
      input_port_uuid: uuidOf(6, number),
      output_port_uuid: uuidOf(7, number + WORKFLOWS),
    })),
    rodan_resource_type: [{ uuid: uuidOf(9, 1), mimetype: 'text/plain' }],
    rodan_resource: many(RUNS, (number) => ({
      uuid: uuidOf(10, number),
      project_uuid: project(number),
      resource_type_uuid: uuidOf(9, 1),
      has_thumb: false,
      ...times(number),
    })),
    rodan_resource_list: many(WORKFLOWS, (number) => ({
      uuid: uuidOf(11, number),
      project_uuid: project(number),
      resource_type_uuid: uuidOf(9, 1),
      ...times(number),
    })),
    build: [
      ...many(RUNS, (number) => ({ ...record(number, System.RODAN), submitted_at: number, ...run(number) })),
      ...many(RUNS, (number) => ({ ...record(number, System.DEVMASON), submitted_at: number })),
    ],
    job: [
      ...many(RUNS, (number) => ({ ...record(number, System.RODAN), created_at: number, ...runJob(number) })),
      ...many(RUNS, (number) => ({ ...record(number, System.DEVMASON), created_at: number })),
    ],
    rodan_input: transfer('input', 12),
    rodan_output: transfer('output', 13),
  };
}

function contextOf(userName: string | null): OperationContext {
  const principal: Principal = { userName, userId: userName === null ? null : 1, admin: false, roles: new Set() };
  const { reader } = plans;
  return new OperationContext({ store: { reader } } as Gateway, principal, CLIENT_LIMITS, '', null);
}

/** Plans of the statements of a page and, if told, of its total; who is asking is known before. */
async function plansOf(
  kind: Kind,
  userName: string | null,
  { total = false, ...args }: ViewableArguments & { readonly total?: boolean },
): Promise<string> {
  const context = contextOf(userName);
  await viewableFilter(context, ['uuid']);
  return plans.planOf(async () => {
    const page = listOf(context, ROW_KINDS[kind], { first: 20, ...args });
    await page.nodes();
    if (total) await page.totalCount();
  });
}

/** Installed things are few, and stand in the order of creation. */
const FEW: readonly Kind[] = ['jobs', 'inputPortTypes', 'outputPortTypes', 'resourceTypes'];
/** Kinds that PostgreSQL, too, finds numerous enough here for an index. */
const NUMEROUS: readonly Kind[] = ['resources', 'workflowRuns', 'runJobs'];
const kinds = (): Kind[] => {
  if (process.env['BUILDGATE_TEST_DATABASE'] === 'postgresql') return [...NUMEROUS];
  return (Object.keys(ROW_KINDS) as Kind[]).filter((kind) => !FEW.includes(kind));
};

describe.each(kinds())('the first page of %s', (kind) => {
  const { table } = ROW_KINDS[kind].list;

  it.each(['mia', 'kim'])('and their number are found along indexes by a member of few projects: %s', async (name) => {
    const plan = await plansOf(kind, name, { viewable: true, total: true });
    expect(plan).toMatch(new RegExp(`(SEARCH t USING|Index Scan).*${table}`));
    expect(plan).not.toMatch(new RegExp(`SCAN (?!json_each)|Seq Scan on ${table} `));
  });

  it.each([
    ['superusers', 'sue', true],
    ['everybody', null, false],
  ] as const)('is read in the order of an index by %s', async (_who, name, viewable) => {
    const plan = await plansOf(kind, name, { viewable });
    // Without an index of its own SQLite walks a table in the order of ids.
    expect(plan).toMatch(/SCAN t( USING INDEX|$)|SEARCH t USING INDEX|Index Scan/m);
    expect(plan).not.toMatch(/TEMP B-TREE|Sort|Seq Scan/);
  });
});

it('a run is found by its uuid, whoever asks', async () => {
  const filter = { rodan: { uuid: { eq: uuidOf(System.RODAN, 7) } } };
  const plan = await plansOf('workflowRuns', 'kim', { viewable: true, filter });
  expect(plan).toMatch(/autoindex_build_1|build_system_legacy_id_key/);
});

it('failed runs of a superuser are found by their state, newest first', async () => {
  const filter = { rodan: { status: { eq: -1 } } };
  const plan = await plansOf('workflowRuns', 'sue', { viewable: true, filter });
  expect(plan).toMatch(/build_rodan_status/);
});

it('somebody who works on more projects than one condition may name sees them all', async () => {
  const data = new RodanData(own.store);
  const max = await data.user('max', { number: 4 });
  const uuids = many(10_001, (number) => uuidOf(14, number));
  await own.store.transact(UNRESTRICTED, async (transaction) => {
    const ids = uuids.map((_uuid, number) => recordId(System.RODAN, 1_000_000 + number));
    const named = uuids.map((uuid, number) => ({ id: ids[number]!, name: 'many', uuid }));
    const members = uuids.map((uuid) => ({ project_uuid: uuid, user_number: max, role: 2 }));
    await insertRows(
      transaction,
      'project',
      named.map(({ id, name, uuid }) => ({ id, system: System.RODAN, legacy_id: uuid, name })),
    );
    const times = { creator_number: 1, created_at: 0, updated_at: 0 };
    await insertRows(
      transaction,
      'rodan_project',
      named.map((project) => ({ ...project, ...times })),
    );
    await insertRows(transaction, 'rodan_project_member', members);
  });
  const context = contextOf('max');
  expect(await listOf(context, ROW_KINDS.projects, { viewable: true }).totalCount()).toBe(uuids.length);
  expect(await listOf(context, ROW_KINDS.workflowRuns, { viewable: true }).totalCount()).toBe(0);
});
