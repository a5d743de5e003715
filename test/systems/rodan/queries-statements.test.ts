import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ROW_KINDS } from '../../../src/systems/rodan/kinds.js';
import { RodanWorld } from './world.js';

let world: RodanWorld;
beforeAll(async () => {
  world = await RodanWorld.start();
  // More rows than statements, so that one for each row would be noticed.
  for (let count = 0; count < 20; count += 1) {
    const [writing, reading] = await Promise.all(
      [0, 1].map(() => world.data.workflowJob(world.letters.workflow, world.job)),
    );
    await world.data.connection(writing!.outputs['page']!, reading!.inputs['page']!);
  }
});
afterAll(() => world.close());

const PORTS = `inputPorts { uuid inputPortTypeUuid label extern workflowJobUuid connections { uuid } }
  outputPorts { uuid outputPortTypeUuid label extern workflowJobUuid connections { uuid } }`;
const WORKFLOW_JOB = `uuid workflowUuid ${PORTS} job { name description } jobUuid settings name groupUuid createdAt updatedAt`;
const WORKFLOW = 'uuid projectUuid description creator { username } name valid createdAt updatedAt';
const PORT_TYPE = 'uuid jobUuid name minimum maximum isList resourceTypes { uuid }';

/** What the old API shows of a row in a list, and how many statements that takes besides rows and total. */
const SHOWN: Readonly<Record<keyof typeof ROW_KINDS, readonly [string, number | readonly [number, number]]>> = {
  projects: [
    `uuid name description creator { username } admins { username } workers { username } createdAt updatedAt
      workflowCount resourceCount`,
    4,
  ],
  workflows: [WORKFLOW, 1],
  workflowJobs: [WORKFLOW_JOB, 5],
  workflowJobGroups: ['uuid name description workflowUuid originUuid workflowJobs { uuid } createdAt updatedAt', 1],
  inputPorts: ['uuid inputPortTypeUuid label extern workflowJobUuid connections { uuid }', 1],
  outputPorts: ['uuid outputPortTypeUuid label extern workflowJobUuid connections { uuid }', 1],
  connections: [
    `uuid inputPort { uuid workflowJob { ${WORKFLOW_JOB} workflow { ${WORKFLOW} } } }
      outputPort { uuid workflowJob { ${WORKFLOW_JOB} } }`,
    // Two of each: ports, workflow jobs, and their job and ports with connections; workflow and its creator. What both
    // ports show is read at once where it is reached at once, which is up to the database.
    [10, 16],
  ],
  jobs: [
    `uuid name settings description inputPortTypes { ${PORT_TYPE} } outputPortTypes { ${PORT_TYPE} } category enabled
      interactive`,
    4,
  ],
  inputPortTypes: [PORT_TYPE, 1],
  outputPortTypes: [PORT_TYPE, 1],
  resourceTypes: ['uuid mimetype description extension', 0],
  resources: [
    `uuid creator { username } file compatFile smallThumb mediumThumb largeThumb name description processingStatus
      errorSummary errorDetails createdAt updatedAt hasThumb projectUuid resourceTypeUuid originUuid
      resourceType { extension }`,
    2,
  ],
  resourceLists: [
    'uuid name description projectUuid resources { uuid } resourceTypeUuid originUuid createdAt updatedAt',
    1,
  ],
  inputs: ['uuid inputPortTypeName inputPortTypeUuid runJobUuid resourceUuid resourceListUuid', 0],
  outputs: ['uuid outputPortTypeName outputPortTypeUuid runJobUuid resourceUuid resourceListUuid', 0],
  workflowRuns: [
    `uuid originResources creator { username } status givenName description submittedAt updatedAt projectUuid
      workflowUuid lastRedoneRunJobTreeUuid tags`,
    3,
  ],
  runJobs: [
    `uuid job { uuid } jobName workflowRunUuid projectUuid workflowJobUuid resourceUuid inputs { uuid } outputs { uuid }
      settings status createdAt updatedAt errorSummary errorDetails workingUserNumber workingUserExpiry interactive tags`,
    4,
  ],
};

function expectNumber(statements: readonly string[], nested: number | readonly [number, number], others: number): void {
  const [least, most] = typeof nested === 'number' ? [nested, nested] : nested;
  expect(statements.length).toBeGreaterThanOrEqual(least + others);
  expect(statements.length).toBeLessThanOrEqual(most + others);
}

describe('statements of a page', () => {
  const document = (kind: string, fields: string, args: string): string =>
    `{ rodan { ${kind}(${args}) { totalCount nodes { ${fields} } } } }`;

  it.each(Object.entries(SHOWN))(
    '%s: rows, total and what the rows show, whatever the number of rows',
    async (kind, [fields, nested]) => {
      const one = await world.statementsOf(world.callers.sue, document(kind, fields, 'first: 1'));
      const all = await world.statementsOf(world.callers.sue, document(kind, fields, 'first: 100'));
      expectNumber(all, nested, 2);
      // A single row may have nothing nested.
      expect(one.length).toBeLessThanOrEqual(all.length);
    },
  );

  it('who is asking and their projects are two more', async () => {
    for (const [kind, [, nested]] of Object.entries(SHOWN)) {
      if (['jobs', 'inputPortTypes', 'outputPortTypes', 'resourceTypes'].includes(kind)) continue;
      const asked = document(kind, SHOWN[kind as keyof typeof SHOWN][0], 'first: 100, viewable: true');
      expectNumber(await world.statementsOf(world.callers.kim, asked), nested, 4);
    }
  });

  it('a page of users with all that they created is seven', async () => {
    const asked = `{ rodan { users { totalCount nodes { username firstName projects { uuid } workflows { uuid }
      workflowRuns { uuid } email } } } }`;
    // Who is asking, rows, total, names, and the three collections.
    expect(await world.statementsOf(world.callers.sue, asked)).toHaveLength(7);
  });

  it('one row is one, and those of its nested rows', async () => {
    const asked = `query ($uuid: String!) { rodan { workflow(uuid: $uuid) { ${WORKFLOW} workflowJobs { ${WORKFLOW_JOB} }
      workflowRuns { uuid } workflowInputPorts { uuid } workflowOutputPorts { uuid } } } }`;
    const { workflow } = world.charters;
    expect(await world.statementsOf(world.callers.nobody, asked, { uuid: workflow })).toHaveLength(11);
  });
});
