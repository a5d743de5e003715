import assert from 'node:assert/strict';
import { Subscriber } from '../../support/subscriber.js';
import { startTestServer, type GraphqlAnswer, type TestServer, type TestServerOptions } from '../../support/server.js';
import { RodanData, type MadeJob, type MadeWorkflowJob } from './data.js';

/** A run as the tests look at it. */
export const RUN = `{ uuid status state stateReason name givenName description startedAt finishedAt projectUuid workflowUuid
  lastRedoneRunJobTreeUuid creatorNumber requester event { legacyId state } }`;
const RUN_JOBS = `query ($uuid: String!) { rodan { workflowRun(uuid: $uuid) {
  uuid status state stateReason startedAt finishedAt updatedAt lastRedoneRunJobTreeUuid
  runJobs { uuid status state stateReason jobName workflowJobUuid resourceUuid settings errorSummary errorDetails startedAt finishedAt
    workingUserNumber
    inputs { inputPortTypeName resource { uuid name compatFile } resourceList { uuid name } }
    outputs { uuid outputPortTypeName resource { uuid name description compatFile hasThumb resourceType { mimetype } }
      resourceList { uuid name resources { uuid name compatFile } } } } } } }`;

/** What a refused verb says: the code, and the old API's errors or else the message. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly errors?: unknown;
}

/** Four workflow jobs: `split` is read by `left` and `right`, both of which `join` reads. */
export interface Diamond {
  readonly project: string;
  readonly workflow: string;
  readonly split: MadeWorkflowJob;
  readonly left: MadeWorkflowJob;
  readonly right: MadeWorkflowJob;
  readonly join: MadeWorkflowJob;
  /** A resource that `split` can read. */
  readonly page: string;
}

/** A gateway with users and jobs of Rodan: `mia` has a project, `wil` works in it, `zoe` has nothing to do with it. */
export class RunsWorld {
  readonly #open: Subscriber[] = [];

  private constructor(
    readonly server: TestServer,
    readonly data: RodanData,
    readonly tokens: Readonly<Record<'mia' | 'wil' | 'zoe' | 'one' | 'two', string>>,
    readonly users: Readonly<Record<'mia' | 'wil' | 'zoe', number>>,
    readonly project: string,
    readonly png: string,
    /** Jobs with one input `page` and one output `page`; `join` has the inputs `left` and `right`. */
    readonly jobs: Readonly<Record<'split' | 'turn' | 'join', MadeJob>>,
  ) {}

  static async start(options: TestServerOptions = {}): Promise<RunsWorld> {
    const server = await startTestServer(options);
    const data = new RodanData(server.app.store);
    const users = { mia: await data.user('mia'), wil: await data.user('wil'), zoe: await data.user('zoe') };
    const tokens = {
      mia: await server.token('mia'),
      wil: await server.token('wil'),
      zoe: await server.token('zoe'),
      one: await server.token('one', { roles: ['agent'] }),
      two: await server.token('two', { roles: ['agent'] }),
    };
    const png = await data.resourceType('image/png');
    const page = { page: {} };
    const jobs = {
      split: await data.job('acme.jobs.split', { inputs: page, outputs: page }),
      turn: await data.job('acme.jobs.turn', { inputs: page, outputs: page }),
      join: await data.job('acme.jobs.join', { inputs: { left: {}, right: {} }, outputs: { book: {} } }),
    };
    const project = await data.project(users.mia, { workers: [users.wil] });
    return new RunsWorld(server, data, tokens, users, project, png, jobs);
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((subscriber) => subscriber.close()));
    await this.server.close();
  }

  /** A valid workflow of the shape of a diamond. */
  async diamond(columns: Record<string, string> = {}): Promise<Diamond> {
    const { data, project, jobs } = this;
    const workflow = await data.workflow(project, { valid: true, name: 'diamond' });
    const settings = JSON.stringify({ angle: 2 });
    const split = await data.workflowJob(workflow, jobs.split, { settings, ...columns });
    const left = await data.workflowJob(workflow, jobs.turn);
    const right = await data.workflowJob(workflow, jobs.turn);
    const join = await data.workflowJob(workflow, jobs.join);
    await data.connection(split.outputs['page']!, left.inputs['page']!);
    await data.connection(split.outputs['page']!, right.inputs['page']!);
    await data.connection(left.outputs['page']!, join.inputs['left']!);
    await data.connection(right.outputs['page']!, join.inputs['right']!);
    const page = await data.resource(project, this.png, { name: 'folio 1' });
    return { project, workflow, split, left, right, join, page };
  }

  /** The answer to a document that is not refused. */
  async ask(document: string, variables: object = {}, token = this.tokens.mia): Promise<any> {
    const { data, errors } = await this.server.graphql(document, variables, token);
    assert.deepEqual(errors, undefined);
    return data;
  }

  /** What a document is refused with. */
  async refusal(
    document: string,
    variables: object = {},
    token: string | undefined = this.tokens.mia,
  ): Promise<Refusal> {
    return refusalOf(await this.server.graphql(document, variables, token));
  }

  async create(input: object, token = this.tokens.mia): Promise<any> {
    return (await this.ask(CREATE, { input }, token)).rodanCreateWorkflowRun;
  }

  /** Starts a run of a diamond; its uuid. */
  async startDiamond(diamond: Diamond, input: object = {}): Promise<string> {
    const assigned = [{ inputPort: diamond.split.inputs['page'], resources: [diamond.page] }];
    return (await this.create({ workflow: diamond.workflow, resourceAssignments: assigned, ...input })).uuid;
  }

  async update(uuid: string, input: object, token = this.tokens.mia): Promise<any> {
    return (await this.ask(UPDATE, { uuid, input }, token)).rodanUpdateWorkflowRun;
  }

  /** A run with its run jobs in order of creation. */
  async run(uuid: string): Promise<any> {
    return (await this.ask(RUN_JOBS, { uuid })).rodan.workflowRun;
  }

  /** Codes of a run and of its run jobs. */
  async statuses(uuid: string): Promise<[number, number[]]> {
    const { status, runJobs } = await this.run(uuid);
    return [status, runJobs.map((runJob: { status: number }) => runJob.status)];
  }

  /** Uuids of the run jobs that an agent gets. */
  async claim(options: object = {}, token = this.tokens.one): Promise<string[]> {
    const { rodanClaimRunJobs: claimed } = await this.ask(CLAIM, { first: 100, leaseSeconds: 3600, ...options }, token);
    return claimed.map(({ uuid }: { uuid: string }) => uuid);
  }

  async finish(uuid: string, input: object = {}, token = this.tokens.one): Promise<any> {
    return (await this.ask(FINISH, { uuid, input }, token)).rodanFinishRunJob;
  }

  async fail(uuid: string, summary = 'ValueError: no staff lines', token = this.tokens.one): Promise<void> {
    await this.ask(FAIL, { uuid, summary, details: 'Traceback' }, token);
  }

  /** Does run jobs until none is offered any more. */
  async workOff(token = this.tokens.one): Promise<void> {
    for (let claimed = await this.claim({}, token); claimed.length > 0; claimed = await this.claim({}, token)) {
      for (const uuid of claimed) await this.finish(uuid, {}, token);
    }
  }

  /** A subscription that ends with the world. */
  subscribe(document: string, variables: Record<string, unknown> = {}): Subscriber {
    const subscriber = new Subscriber(this.server.url, document, variables);
    this.#open.push(subscriber);
    return subscriber;
  }
}

export const CREATE = `mutation ($input: RodanNewWorkflowRun!, $check: RodanCheck) {
  rodanCreateWorkflowRun(input: $input, check: $check) ${RUN} }`;
export const UPDATE = `mutation ($uuid: String!, $input: RodanWorkflowRunChange!, $check: RodanCheck) {
  rodanUpdateWorkflowRun(uuid: $uuid, input: $input, check: $check) ${RUN} }`;
export const DELETE = 'mutation ($uuid: String!) { rodanDeleteWorkflowRun(uuid: $uuid) }';
export const CLAIM = `mutation ($first: Int!, $leaseSeconds: Int!, $jobNames: [String!]) {
  rodanClaimRunJobs(first: $first, leaseSeconds: $leaseSeconds, jobNames: $jobNames) { uuid } }`;
export const FINISH = `mutation ($uuid: String!, $input: RodanFinishedRunJob) {
  rodanFinishRunJob(uuid: $uuid, input: $input) { uuid status workflowRun { status } } }`;
export const FAIL = `mutation ($uuid: String!, $summary: String!, $details: String) {
  rodanFailRunJob(uuid: $uuid, errorSummary: $summary, errorDetails: $details) { status } }`;

/** What an answer refuses. */
export function refusalOf({ errors }: GraphqlAnswer): Refusal {
  const [error] = errors ?? [];
  assert.ok(error, 'was not refused');
  const { code, errors: fields } = error.extensions;
  return { code: String(code), message: error.message, ...(fields === undefined ? {} : { errors: fields }) };
}
