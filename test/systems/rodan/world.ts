import { Caller } from '../../graphql/agent.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { RodanData, type MadeJob, type MadeRecord, type MadeRun, type MadeWorkflowJob } from './data.js';

/** What is in one project of the world: two workflow jobs in a row, one run of them, and what it read and wrote. */
export interface MadeProject {
  readonly uuid: string;
  readonly workflow: string;
  /** The first one writes what the second one reads. */
  readonly parts: readonly [MadeWorkflowJob, MadeWorkflowJob];
  readonly connection: string;
  /** Of the second workflow job. */
  readonly group: string;
  readonly run: MadeRun;
  readonly runJobs: readonly [MadeRecord, MadeRecord];
  /** Assigned to the run, written by the first run job, written by the second. */
  readonly resources: readonly [string, string, string];
  /** Of the first two resources, the second one first. */
  readonly list: string;
  readonly inputs: readonly [string, string];
  readonly outputs: readonly [string, string];
}

/** Users by what they are to the project Charters. */
export const PEOPLE = ['mia', 'kim', 'wes', 'zoe', 'sue'] as const;

/**
 * A gateway with two projects. `Charters` is mia's, kim is its admin and wes its worker; `Letters` is zoe's. sue is a
 * superuser.
 */
export class RodanWorld {
  private constructor(
    readonly server: TestServer,
    readonly data: RodanData,
    readonly numbers: Readonly<Record<(typeof PEOPLE)[number], number>>,
    readonly job: MadeJob,
    readonly charters: MadeProject,
    readonly letters: MadeProject,
    readonly callers: Readonly<Record<(typeof PEOPLE)[number] | 'nobody' | 'gatewayUser' | 'gatewayAdmin', Caller>>,
    readonly statements: string[],
  ) {}

  static async start(): Promise<RodanWorld> {
    const statements: string[] = [];
    const server = await startTestServer({ onStatement: (text) => void statements.push(text) });
    const data = new RodanData(server.app.store);
    const numbers = {
      mia: await data.user('mia'),
      kim: await data.user('kim'),
      wes: await data.user('wes'),
      zoe: await data.user('zoe'),
      sue: await data.user('sue', { superuser: true }),
    };
    const job = await data.job('acme.jobs.straighten', { inputs: { page: {} }, outputs: { page: {} } });
    const { mia, kim, wes, zoe } = numbers;
    const charters = await data.project(mia, { admins: [kim], workers: [wes] });
    const letters = await data.project(zoe, {}, { name: 'Letters' });
    const tokens = await Promise.all([...PEOPLE, 'guest'].map((name) => server.token(name)));
    const named = Object.fromEntries(PEOPLE.map((name, index) => [name, new Caller(server, tokens[index])]));
    const callers = {
      ...(named as Record<(typeof PEOPLE)[number], Caller>),
      nobody: new Caller(server),
      gatewayUser: new Caller(server, tokens[PEOPLE.length]),
      gatewayAdmin: new Caller(server, await server.token('root', { admin: true })),
    };
    return new RodanWorld(
      server,
      data,
      numbers,
      job,
      await fill(data, charters, mia, job),
      await fill(data, letters, zoe, job),
      callers,
      statements,
    );
  }

  /** Statements that a document takes, without those of the feed and of signing in. */
  async statementsOf(caller: Caller, document: string, variables: object = {}): Promise<string[]> {
    await this.server.settled();
    this.statements.length = 0;
    await caller.run(document, variables);
    return this.statements.filter((text) => !/change_log|user_account|user_group|access_role|api_token/.test(text));
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

async function fill(data: RodanData, uuid: string, creator: number, job: MadeJob): Promise<MadeProject> {
  const workflow = await data.workflow(uuid, { creator_number: creator, valid: true });
  const parts = [await data.workflowJob(workflow, job), await data.workflowJob(workflow, job)] as const;
  const connection = await data.connection(parts[0].outputs['page']!, parts[1].inputs['page']!);
  const group = await data.group(workflow, [parts[1].uuid]);
  const type = await data.resourceType('image/png');
  const assigned = await data.resource(uuid, type, { creator_number: creator });
  const run = await data.run({ project: uuid, workflow, creator });
  const first = await data.runJob(run, { workflowJob: parts[0].uuid }, { rodan_status: 4 });
  const second = await data.runJob(run, { workflowJob: parts[1].uuid });
  const read = await data.input(first, 'page', { resource_uuid: assigned, input_port_uuid: parts[0].inputs['page']! });
  const [written, made] = await result(data, uuid, type, first);
  const readOn = await data.input(second, 'page', { resource_uuid: made });
  const [writtenLast, last] = await result(data, uuid, type, second);
  const list = await data.resourceList(uuid, type, [made, assigned]);
  return {
    uuid,
    workflow,
    parts,
    connection,
    group,
    run,
    list,
    runJobs: [first, second],
    resources: [assigned, made, last],
    inputs: [read, readOn],
    outputs: [written, writtenLast],
  };
}

/** An output of a run job and the resource that it wrote. */
async function result(
  data: RodanData,
  project: string,
  type: string,
  runJob: MadeRecord,
): Promise<readonly [string, string]> {
  const resource = await data.resource(project, type);
  const output = await data.output(runJob, 'page', { resource_uuid: resource });
  await data.originOf(resource, output);
  return [output, resource];
}
