import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { insertRows, type NewRow } from '../../../src/core/store/rows.js';
import { sql } from '../../../src/core/store/sql.js';
import type { MadeJob } from './data.js';
import { PartsWorld } from './parts-world.js';

let world: PartsWorld;
let merge: MadeJob;

beforeAll(async () => {
  world = await PartsWorld.start();
  merge = await world.data.job('acme.jobs.merge', {
    inputs: { page: { minimum: 0, maximum: 3 } },
    outputs: { page: {} },
  });
});
afterAll(() => world.close());

/** A workflow of so many jobs, each of which reads from up to three of those before it. */
async function workflowOf(project: string, count: number): Promise<string> {
  const workflow_jobs = Array.from({ length: count }, (_, index) => ({
    job_name: merge.name,
    job_settings: {},
    input_ports: [0, 1, 2].map((place) => ({ id: 3 * index + place, label: '', type: 'page' })),
    output_ports: [{ id: index, label: '', type: 'page' }],
  }));
  const connections = workflow_jobs.flatMap((_, index) =>
    [0, 1, 2].flatMap((place) => {
      const reader = index + place + 1;
      return reader < count ? [{ output_port: index, input_port: 3 * reader + place }] : [];
    }),
  );
  const serialized = { __version__: 0.1, name: `of ${count}`, description: '', workflow_jobs, connections };
  return world.create('Workflow', { project, serialized });
}

it('validating a thousand workflow jobs and three thousand connections takes as many statements as three', async () => {
  const [small, large] = [await workflowOf(world.project, 3), await workflowOf(world.project, 1000)];
  expect(await world.rows('rodan_connection')).toBeGreaterThan(2990);
  const validate = (workflow: string) => world.statementsOf(() => world.update('Workflow', workflow, { valid: true }));
  const few = await validate(small);
  const many = await validate(large);
  expect(many).toHaveLength(few.length);
  expect(few.length).toBeLessThanOrEqual(20);
  expect(await world.isValid(large)).toBe(true);
});

it('copying and deleting a thousand workflow jobs takes a bounded number of statements', async () => {
  const workflow = await workflowOf(world.project, 1000);
  await world.markValid(workflow);
  const target = await world.create('Workflow', { project: world.project, name: 'target' });
  const copying = await world.statementsOf(() =>
    world.create('WorkflowJobGroup', { origin: workflow, workflow: target }),
  );
  expect(copying.length).toBeLessThanOrEqual(38);
  const deleting = await world.statementsOf(() => world.delete('Workflow', target));
  expect(deleting.length).toBeLessThanOrEqual(18);
  expect(await world.rows('rodan_workflow_job', `workflow_uuid = '${target}'`)).toBe(0);
});

/** Runs with run jobs that read and write, written straight into the tables. */
async function addRuns(project: string, { runs, jobs }: { runs: number; jobs: number }): Promise<void> {
  const png = await world.data.resourceType('image/png');
  await world.server.app.store.transact(UNRESTRICTED, async (transaction) => {
    const { now } = transaction;
    const system = System.RODAN;
    const common = { system, state: State.SUCCEEDED, rodan_project_uuid: project };
    const [core] = await transaction.all<{ id: number }>(sql`SELECT id FROM rodan_project WHERE uuid = ${project}`);
    const project_id = core!.id;
    const firsts: Record<number, number> = {};
    for (const kind of [Kind.EVENT, Kind.BUILD, Kind.JOB])
      firsts[kind] = await transaction.takeNumbers(system, kind, jobs);
    const idOf = (kind: Kind, index: number): number => recordId(system, firsts[kind]! + index);
    const events: NewRow[] = [];
    const builds: NewRow[] = [];
    for (let index = 0; index < runs; index++) {
      const legacy_id = randomUUID();
      const shared = { system, legacy_id, name: 'run', state: State.SUCCEEDED, legacy_state: '4', project_id };
      events.push({ ...shared, id: idOf(Kind.EVENT, index), rodan_run_uuid: legacy_id });
      const own = { event_id: idOf(Kind.EVENT, index), submitted_at: now, rodan_status: 4 };
      builds.push({ ...shared, ...own, id: idOf(Kind.BUILD, index), rodan_project_uuid: project });
    }
    const steps = Array.from({ length: jobs }, (_, index): NewRow => {
      const of = builds[index % runs]!;
      const own = { build_id: of['id']!, rodan_run_uuid: of['legacy_id']!, created_at: now, rodan_status: 4 };
      return {
        ...common,
        ...own,
        id: idOf(Kind.JOB, index),
        legacy_id: randomUUID(),
        name: 'job',
        legacy_state: '4',
        project_id,
      };
    });
    const resources = steps.map((): NewRow => {
      const times = { created_at: now, updated_at: now };
      return { uuid: randomUUID(), project_uuid: project, resource_type_uuid: png, ...times };
    });
    const transfers = (direction: string): NewRow[] =>
      steps.map(({ id = 0, legacy_id = '' }, index) => {
        const of = { run_job_id: id, run_job_uuid: legacy_id, resource_uuid: resources[index]!['uuid']! };
        return { uuid: randomUUID(), ...of, [`${direction}_port_type_name`]: 'page' };
      });
    await insertRows(transaction, 'event', events);
    await insertRows(transaction, 'build', builds);
    await insertRows(transaction, 'job', steps);
    await insertRows(transaction, 'rodan_resource', resources);
    await insertRows(transaction, 'rodan_output', transfers('output'));
    await insertRows(transaction, 'rodan_input', transfers('input'));
    transaction.uncount(system, Kind.EVENT, State.SUCCEEDED, -runs);
    transaction.uncount(system, Kind.BUILD, State.SUCCEEDED, -runs);
    transaction.uncount(system, Kind.JOB, State.SUCCEEDED, -jobs);
  });
}

it('deleting a project of more than ten thousand rows takes a bounded number of statements', async () => {
  const project = await world.create('Project', { name: 'large' });
  await workflowOf(project, 400);
  await addRuns(project, { runs: 200, jobs: 2500 });
  const deleting = await world.statementsOf(() => world.delete('Project', project));
  expect(deleting.length).toBeLessThanOrEqual(38);
  expect(await world.rows('job', `rodan_project_uuid = '${project}'`)).toBe(0);
  const { kept, real } = await world.counters();
  expect(kept).toEqual(real);
});
