import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { insertRows, type NewRow } from '../../../src/core/store/rows.js';
import { sql } from '../../../src/core/store/sql.js';
import { CREATE, RunsWorld, UPDATE } from './runs-world.js';

const statements: string[] = [];
let world: RunsWorld;

beforeAll(async () => {
  world = await RunsWorld.start({ onStatement: (text) => void statements.push(text) });
});
afterAll(() => world.close());

/** A workflow of layers: each of the workflow jobs of a layer reads three of the layer above. */
async function layered(layers: number, width: number): Promise<{ workflow: string; entries: string[] }> {
  const { data, project } = world;
  const three = { minimum: 3, maximum: 3 };
  const job = await data.job(`acme.jobs.mix-${layers}-${width}`, { inputs: { page: three }, outputs: { page: {} } });
  const workflow = await data.workflow(project, { valid: true });
  const times = { created_at: 1, updated_at: 1 };
  const jobs: NewRow[] = [];
  const inputs: NewRow[] = [];
  const outputs: NewRow[] = [];
  const wires: NewRow[] = [];
  const entries: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let place = 0; place < width; place++) {
      const uuid = randomUUID();
      jobs.push({ uuid, workflow_uuid: workflow, job_uuid: job.uuid, name: 'mix', settings: '{"@a":1}', ...times });
      outputs.push(port('output', uuid, job.outputTypes['page']!));
      for (let input = 0; input < 3; input++) {
        const row = port('input', uuid, job.inputTypes['page']!);
        inputs.push(row);
        const source = outputs[(layer - 1) * width + ((place + input) % width)];
        if (source && layer > 0) {
          wires.push({ uuid: randomUUID(), input_port_uuid: row['uuid']!, output_port_uuid: source['uuid']! });
        } else entries.push(String(row['uuid']));
      }
    }
  }
  await data.store.transact(UNRESTRICTED, async (transaction) => {
    await insertRows(transaction, 'rodan_workflow_job', jobs);
    await insertRows(transaction, 'rodan_input_port', inputs);
    await insertRows(transaction, 'rodan_output_port', outputs);
    await insertRows(transaction, 'rodan_connection', wires);
  });
  return { workflow, entries };
}

function port(direction: 'input' | 'output', workflowJob: string, type: string): NewRow {
  const columns = { workflow_job_uuid: workflowJob, label: 'page', extern: false };
  return { uuid: randomUUID(), ...columns, [`${direction}_port_type_uuid`]: type };
}

const COUNT = sql`SELECT COUNT(*) AS total FROM job UNION ALL SELECT COUNT(*) FROM rodan_input
  UNION ALL SELECT COUNT(*) FROM rodan_output`;

/** How many statements some work runs. */
async function counted(work: () => Promise<unknown>): Promise<number> {
  statements.length = 0;
  await work();
  return statements.length;
}

describe('a run of 1,000 workflow jobs and 3,000 connections', () => {
  it('is made, cancelled, retried and redone with few statements', async () => {
    const { png, project, data } = world;
    // The first layer has no connections: its 30 ports are assigned.
    const { workflow, entries } = await layered(101, 10);
    const page = await data.resource(project, png);
    const resourceAssignments = entries.map((inputPort) => ({ inputPort, resources: [page] }));
    let uuid = '';
    const making = await counted(async () => {
      uuid = (await world.create({ workflow, resourceAssignments })).uuid;
    });
    expect(making).toBeLessThan(65);
    const rows = await data.store.reader.all<{ total: number }>(COUNT);
    expect(rows.map(({ total }) => total)).toEqual([1010, 3030, 1010]);
    const input = (status: number): object => ({ uuid, input: { status } });
    expect(await counted(() => world.ask(UPDATE, input(29)))).toBeLessThan(40);
    expect(await counted(() => world.ask(UPDATE, input(31)))).toBeLessThan(40);
    const [first] = await world.claim({ first: 1 });
    expect(await counted(() => world.finish(first!))).toBeLessThan(30);
    const redo = { uuid, input: { lastRedoneRunJobTree: first } };
    expect(await counted(() => world.ask(UPDATE, redo))).toBeLessThan(40);
  });
});

describe('a run of a collection', () => {
  it('is made with the same statements whatever its size, up to 100,000 run jobs, inputs and outputs', async () => {
    const { png, project, data } = world;
    const { workflow, entries } = await layered(10, 30);
    const pages = Array.from({ length: 400 }, () => ({
      uuid: randomUUID(),
      project_uuid: project,
      resource_type_uuid: png,
      compat_file: 'projects/x',
      created_at: 1,
      updated_at: 1,
    }));
    await data.store.transact(UNRESTRICTED, (transaction) => insertRows(transaction, 'rodan_resource', pages));
    const [port = '', ...others] = entries;
    const resources = pages.map(({ uuid }) => uuid);
    const rest = others.map((inputPort) => ({ inputPort, resources: resources.slice(0, 1) }));
    const whole = { workflow, resourceAssignments: [{ inputPort: port, resources }, ...rest] };
    const tooMuch = await world.refusal(CREATE, { input: whole });
    expect(tooMuch.message).toMatch(/would have \d+ run jobs, inputs and outputs; at most 100000 are allowed/);
    const two = { workflow, resourceAssignments: [{ inputPort: port, resources: resources.slice(0, 2) }, ...rest] };
    expect(await counted(() => world.create(two))).toBeLessThan(50);
  });
});
