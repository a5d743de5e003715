import { headOf } from '../../../src/core/changes/log.js';
import { recount } from '../../../src/core/list/count.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { Caller } from '../../graphql/agent.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';

export const CLIENT = { host: 'worker3.example.org', arch: 'linux-x86_64' };

const REGISTER =
  'mutation ($slug: String!, $name: String!) { devmasonRegisterProject(slug: $slug, name: $name) { slug } }';
const REPORT = `mutation ($project: String!, $id: String, $build: DevmasonBuildInput!) {
  devmasonReportBuild(project: $project, id: $id, build: $build) { id buildId } }`;
const START = `mutation ($project: String!, $id: String, $build: DevmasonBuildStartInput!) {
  devmasonStartBuild(project: $project, id: $id, build: $build) { id buildId } }`;
const ADD_STEP = `mutation ($project: String!, $build: String!, $step: DevmasonStepInput!) {
  devmasonAddStep(project: $project, build: $build, step: $step) { id number } }`;
const FINISH = `mutation ($project: String!, $build: String!) {
  devmasonFinishBuild(project: $project, build: $build) { id } }`;

/** What a build is told apart by. */
export interface ReportedKeys {
  readonly id: string;
  readonly buildId: string;
}

/** A gateway and people who report to it. */
export class DevmasonGateway {
  private constructor(
    readonly server: TestServer,
    readonly anonymous: Caller,
    readonly alice: Caller,
    readonly bob: Caller,
    readonly admin: Caller,
    /** Statements since the last look, without the feed's own. */
    private readonly statements: string[],
  ) {}

  static async start(options: TestServerOptions = {}): Promise<DevmasonGateway> {
    const statements: string[] = [];
    const server = await startTestServer({ ...options, onStatement: (text) => void statements.push(text) });
    const [alice, bob] = await Promise.all(['alice', 'bob'].map((name) => server.token(name)));
    const admin = await server.token('root', { admin: true });
    const callers = [alice, bob, admin].map((token) => new Caller(server, token)) as [Caller, Caller, Caller];
    return new DevmasonGateway(server, new Caller(server), ...callers, statements);
  }

  async register(slug: string, caller = this.alice, name = slug): Promise<void> {
    await caller.run(REGISTER, { slug, name });
  }

  async report(project: string, build: object = {}, caller = this.alice, id?: string): Promise<ReportedKeys> {
    const whole = { client: CLIENT, success: true, ...build };
    return (await caller.run(REPORT, { project, id, build: whole })).devmasonReportBuild;
  }

  async begin(project: string, build: object = {}, caller = this.alice, id?: string): Promise<ReportedKeys> {
    return (await caller.run(START, { project, id, build: { client: CLIENT, ...build } })).devmasonStartBuild;
  }

  async addStep(project: string, build: string, step: object, caller = this.alice): Promise<number> {
    return (await caller.run(ADD_STEP, { project, build, step })).devmasonAddStep.number;
  }

  async finish(project: string, build: string, caller = this.alice): Promise<void> {
    await caller.run(FINISH, { project, build });
  }

  /** A build with these fields. */
  async build(project: string, buildId: string, fields: string, caller = this.anonymous): Promise<any> {
    const document = `query ($legacyId: String!) { build(system: DEVMASON, legacyId: $legacyId) { ... on DevmasonBuild { ${fields} } } }`;
    return (await caller.run(document, { legacyId: `${project}/${buildId}` })).build;
  }

  /** Statements that some work takes, without those of the feed, of signing in and of beginning a transaction. */
  async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    await this.server.settled();
    this.statements.length = 0;
    await work();
    return this.statements.filter((text) => !/change_log|user_account|user_group|access_role|api_token/.test(text));
  }

  /** Counters as they are kept, and as the rows are; equal when nothing was forgotten. */
  async counters(): Promise<{ kept: object[]; real: object[] }> {
    const { reader } = this.server.app.store;
    const kept = await reader.all(
      sql`SELECT system, kind, state, total FROM state_count WHERE total <> 0 ORDER BY system, kind, state`,
    );
    return { kept, real: await recount(reader) };
  }

  /** Cursor of the newest change. */
  async head(): Promise<string> {
    return String(await headOf(this.server.app.store.reader));
  }

  /** Number of rows of a table. */
  async rows(table: string): Promise<number> {
    const { reader } = this.server.app.store;
    const [row] = await reader.all<{ total: number }>(raw(`SELECT COUNT(*) AS total FROM ${table}`));
    return row!.total;
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
