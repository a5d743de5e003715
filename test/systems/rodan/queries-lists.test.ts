import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ROW_KINDS } from '../../../src/systems/rodan/kinds.js';
import { digitsOf, type MadeJob } from './data.js';
import { RodanWorld } from './world.js';

let world: RodanWorld;
/** Not connected to anything, in no workflow of the world. */
let crop: MadeJob;
beforeAll(async () => {
  world = await RodanWorld.start();
  crop = await world.data.job(
    'acme.jobs.crop',
    { inputs: { page: { types: ['text/plain', 'image/png'] }, mask: {} }, outputs: { strip: { list: true } } },
    { category: null, interactive: true },
  );
});
afterAll(() => world.close());

type Kind = keyof typeof ROW_KINDS;

/** Uuids of a list in its order; each once, as many as it says. */
async function found(
  kind: Kind,
  filter: object = {},
  orderBy?: readonly object[],
  caller = world.callers.nobody,
): Promise<string[]> {
  const [type, order] = TYPES[kind] ?? [`Rodan${kind[0]!.toUpperCase()}${kind.slice(1, -1)}`, undefined];
  const document = `query ($filter: ${type}Filter, $orderBy: [${order ?? type}Order!]) {
    rodan { list: ${kind}(filter: $filter, orderBy: $orderBy, first: 100) { totalCount nodes { uuid } } } }`;
  const { totalCount, nodes } = (await caller.run(document, { filter, orderBy })).rodan.list;
  const uuids = (nodes as { uuid: string }[]).map(({ uuid }) => uuid);
  expect(totalCount).toBe(uuids.length);
  expect(new Set(uuids).size).toBe(uuids.length);
  return uuids;
}
const TYPES: Partial<Record<Kind, readonly [string, string?]>> = {
  workflowRuns: ['Build'],
  runJobs: ['Job'],
  jobs: ['RodanJobDefinition'],
};

const eq = (value: unknown): { eq: unknown } => ({ eq: value });

describe('lists by default', () => {
  it.each(['projects', 'workflows', 'workflowJobGroups', 'workflowRuns', 'resources'] as const)(
    '%s: newest first',
    async (kind) => {
      const uuids = await found(kind);
      const times = await found(kind, {}, [{ field: kind === 'workflowRuns' ? 'SUBMITTED_AT' : 'CREATED_AT' }]);
      expect(uuids).toEqual(times.toReversed());
      expect(uuids.length).toBeGreaterThan(1);
    },
  );

  it('run jobs: newest first', async () => {
    const { charters, letters } = world;
    const made = [...charters.runJobs, ...letters.runJobs].map(({ uuid }) => uuid);
    expect(await found('runJobs')).toEqual(made.toReversed());
  });

  it.each([
    'workflowJobs',
    'inputPorts',
    'outputPorts',
    'resourceLists',
    'inputs',
    'outputs',
    'inputPortTypes',
  ] as const)('%s: in the order of creation', async (kind) => {
    expect(await found(kind)).toEqual(await found(kind, {}, [{ field: 'ID' }]));
  });

  it('jobs: by category and name, those without category last', async () => {
    const binarise = await world.data.job('acme.jobs.binarise');
    const align = await world.data.job('zeta.align', {}, { category: 'Alignment' });
    expect(await found('jobs')).toEqual([align.uuid, binarise.uuid, world.job.uuid, crop.uuid]);
  });
});

describe('orders', () => {
  it('put what has no value above everything else', async () => {
    const creators = await found('resources', {}, [{ field: 'CREATOR_NUMBER' }]);
    const [first] = world.charters.resources;
    expect(creators[0]).toBe(first);
    const backwards = await found('resources', {}, [{ field: 'CREATOR_NUMBER', direction: 'DESC' }]);
    expect(backwards.at(-1)).toBe(first);
  });

  it('of runs and run jobs go by what the old API shows', async () => {
    const { charters, letters } = world;
    const [low, high] = [charters.run.uuid, letters.run.uuid].toSorted();
    expect(await found('workflowRuns', {}, [{ field: 'RODAN_UUID' }])).toEqual([low, high]);
    expect(await found('workflowRuns', {}, [{ field: 'RODAN_UUID', direction: 'DESC' }])).toEqual([high, low]);
    const byState = await found('runJobs', {}, [{ field: 'RODAN_STATUS' }, { field: 'CREATED_AT' }]);
    const [[one, two], [three, four]] = [charters.runJobs, letters.runJobs];
    expect(byState).toEqual([two, four, one, three].map(({ uuid }) => uuid));
  });
});

describe('filters by other rows, without repeating any', () => {
  it('parts of a workflow, however deep', async () => {
    const { workflow, parts, connection, group, uuid } = world.charters;
    const inWorkflow = { workflowJob: { workflowUuid: eq(workflow) } };
    expect(await found('workflowJobs', { workflow: { projectUuid: eq(uuid) } })).toHaveLength(2);
    expect(await found('inputPorts', inWorkflow)).toEqual(parts.map(({ inputs }) => inputs['page']));
    expect(await found('outputPorts', inWorkflow)).toEqual(parts.map(({ outputs }) => outputs['page']));
    expect(await found('connections', { inputPort: inWorkflow })).toEqual([connection]);
    expect(await found('connections', { outputPort: { workflowJobUuid: eq(parts[0].uuid) } })).toEqual([connection]);
    expect(await found('connections', { outputPort: { workflowJobUuid: eq(parts[1].uuid) } })).toEqual([]);
    expect(await found('workflowJobGroups', { workflow: { projectUuid: eq(uuid) } })).toEqual([group]);
    expect(await found('workflows', { workflowJobs: { job: { name: eq('acme.jobs.straighten') } } })).toHaveLength(2);
  });

  it('ports by the name of their type, and by whether they have connections', async () => {
    const { charters, letters } = world;
    expect(await found('inputPorts', { inputPortType: { name: eq('page') } })).toHaveLength(4);
    expect(await found('outputPorts', { outputPortType: { name: eq('strip') } })).toEqual([]);
    const connected = { connections: { uuid: { isNull: false } } };
    const second = [charters, letters].map(({ parts }) => parts[1].inputs['page']);
    expect(await found('inputPorts', connected)).toEqual(second);
    expect(await found('inputPorts', { not: connected })).toEqual(
      [charters, letters].map(({ parts }) => parts[0].inputs['page']),
    );
  });

  it('jobs that the workflow of a run uses, each once', async () => {
    const ofRun = { workflowJobs: { workflow: { workflowRuns: { rodan: { uuid: eq(world.charters.run.uuid) } } } } };
    expect(await found('jobs', ofRun)).toEqual([world.job.uuid]);
    expect(await found('jobs', { not: ofRun })).toContain(crop.uuid);
  });

  it('resources that a run wrote and did not read on', async () => {
    const { run, resources } = world.charters;
    const ofRun = { runJob: { rodan: { workflowRunUuid: eq(run.uuid) } } };
    expect(await found('resources', { origin: ofRun })).toEqual([resources[2], resources[1]]);
    expect(await found('resources', { and: [{ origin: ofRun }, { not: { inputs: ofRun } }] })).toEqual([resources[2]]);
    expect(await found('resources', { originUuid: { isNull: true } })).toEqual([
      world.letters.resources[0],
      resources[0],
    ]);
  });

  it('resources by lists, and lists by resources', async () => {
    const { list, resources } = world.charters;
    expect(await found('resources', { resourceLists: { uuid: eq(list) } })).toEqual([resources[1], resources[0]]);
    expect(await found('resourceLists', { resources: { uuid: { in: [...resources] } } })).toEqual([list]);
    expect(await found('inputs', { resource: { name: eq('folio') } })).toHaveLength(4);
  });

  it('projects by their members, and what users created', async () => {
    const { charters, letters, numbers } = world;
    expect(await found('projects', { members: { number: eq(numbers.wes) } })).toEqual([charters.uuid]);
    expect(await found('projects', { members: { username: { in: ['kim', 'zoe'] } } })).toEqual([
      letters.uuid,
      charters.uuid,
    ]);
    expect(await found('workflows', { creatorNumber: eq(numbers.zoe) })).toEqual([letters.workflow]);
    expect(await found('workflowRuns', { rodan: { creator: { username: eq('mia') } } })).toEqual([charters.run.uuid]);
  });

  it('runs and run jobs by what only Rodan records', async () => {
    const { run, runJobs, parts, uuid, workflow } = world.charters;
    expect(await found('workflowRuns', { rodan: { workflowUuid: eq(workflow), status: eq(1) } })).toEqual([run.uuid]);
    expect(await found('workflowRuns', { rodan: { runJobs: { rodan: { status: eq(4) } } } })).toHaveLength(2);
    expect(await found('runJobs', { rodan: { projectUuid: eq(uuid), status: eq(4) } })).toEqual([runJobs[0].uuid]);
    expect(await found('runJobs', { rodan: { workflowJobUuid: eq(digitsOf(parts[1].uuid)) } })).toEqual([
      runJobs[1].uuid,
    ]);
    expect(await found('runJobs', { rodan: { status: { ne: 4 } } })).toHaveLength(2);
    expect(
      await found('runJobs', { rodan: { resourceUuid: { isNull: true }, workflowRunUuid: eq(run.uuid) } }),
    ).toHaveLength(2);
    expect(
      await found('runJobs', { rodan: { inputs: { resource: { uuid: eq(world.charters.resources[1]) } } } }),
    ).toEqual([runJobs[1].uuid]);
  });

  it('types of ports by what they take', async () => {
    const plain = await found('inputPortTypes', { resourceTypes: { mimetype: eq('text/plain') } });
    expect(plain).toEqual([crop.inputTypes['page']]);
    expect(await found('inputPortTypes', { resourceTypes: { mimetype: { icontains: 'IMAGE' } } })).toHaveLength(3);
    expect(await found('outputPortTypes', { isList: eq(true) })).toEqual([crop.outputTypes['strip']]);
  });
});

describe('values that nothing can have', () => {
  it.each<[Kind, object]>([
    ['projects', { uuid: eq('x\0y') }],
    ['projects', { uuid: eq('\uD800') }],
    ['projects', { creatorNumber: eq(9_007_199_254_740_991) }],
    ['workflowRuns', { rodan: { status: eq(9_007_199_254_740_991) } }],
    ['runJobs', { rodan: { status: eq(-9_007_199_254_740_991) } }],
    ['resources', { processingStatus: eq(40_000) }],
    ['inputPortTypes', { minimum: eq(9_007_199_254_740_991) }],
    ['outputPortTypes', { maximum: { gt: 9_007_199_254_740_991 } }],
    ['jobs', { category: eq('') }],
    ['workflows', { creatorNumber: { in: [] } }],
  ])('%s %j: none are found', async (kind, filter) => {
    expect(await found(kind, filter)).toEqual([]);
  });
});
