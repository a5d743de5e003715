import assert from 'node:assert/strict';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { recount } from '../../../src/core/list/count.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { Caller } from '../../graphql/agent.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { RodanData, type MadeJob } from './data.js';

/** What a mutation was refused with. */
export interface Refused {
  readonly code: unknown;
  readonly message: string;
  /** Faults by field, as the REST API shows them. */
  readonly errors?: unknown;
  readonly errorCode?: unknown;
  readonly details?: unknown;
  readonly associatedObjects?: unknown;
}

/** Words behind `rodanCreate`, `rodanUpdate` and `rodanDelete`, and the name of the input type of each. */
const INPUTS = {
  Project: ['RodanProjectInput', 'RodanProjectInput'],
  Workflow: ['RodanWorkflowInput', 'RodanWorkflowChange'],
  WorkflowJob: ['RodanWorkflowJobInput', 'RodanWorkflowJobInput'],
  WorkflowJobGroup: ['RodanWorkflowJobGroupInput', 'RodanWorkflowJobGroupChange'],
  InputPort: ['RodanInputPortInput', 'RodanInputPortInput'],
  OutputPort: ['RodanOutputPortInput', 'RodanOutputPortInput'],
  Connection: ['RodanConnectionInput', 'RodanConnectionInput'],
  Resource: ['', 'RodanResourceInput'],
  ResourceList: ['RodanResourceListInput', 'RodanResourceListInput'],
} as const;

export type Word = keyof typeof INPUTS;
type Check = 'FIELDS' | 'ALL';

/** Links that point nowhere. */
export const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** A gateway with people: mia has a project whose admin is ada and whose worker is wil; otto has another one. */
export class PartsWorld {
  readonly mia: Caller;
  readonly ada: Caller;
  readonly wil: Caller;
  readonly otto: Caller;
  /** A superuser who is member of no project. */
  readonly root: Caller;
  readonly anonymous: Caller;

  private constructor(
    readonly server: TestServer,
    readonly data: RodanData,
    readonly project: string,
    readonly foreign: string,
    /** Reads a page, writes a page. */
    readonly straighten: MadeJob,
    tokens: readonly string[],
    private readonly statements: string[],
  ) {
    const [mia, ada, wil, otto, root] = tokens.map((token) => new Caller(server, token));
    [this.mia, this.ada, this.wil, this.otto, this.root] = [mia!, ada!, wil!, otto!, root!];
    this.anonymous = new Caller(server);
  }

  static async start(): Promise<PartsWorld> {
    const statements: string[] = [];
    const server = await startTestServer({ onStatement: (text) => void statements.push(text) });
    const data = new RodanData(server.app.store);
    const names = ['mia', 'ada', 'wil', 'otto', 'root'];
    const numbers: number[] = [];
    for (const name of names) numbers.push(await data.user(name, { superuser: name === 'root' }));
    const [mia, ada, wil, otto] = numbers as [number, number, number, number];
    const project = await data.project(mia, { admins: [ada], workers: [wil] });
    const foreign = await data.project(otto, {}, { name: 'Foreign' });
    const straighten = await data.job(
      'acme.jobs.straighten',
      { inputs: { page: {} }, outputs: { page: {} } },
      {
        settings: JSON.stringify({ type: 'object', properties: { angle: { type: 'integer', default: 2 }, mode: {} } }),
      },
    );
    const tokens = await Promise.all(names.map((name) => server.token(name)));
    return new PartsWorld(server, data, project, foreign, straighten, tokens, statements);
  }

  /** Makes something; its uuid. */
  async create(word: Word, input: object, caller: Caller = this.mia): Promise<string> {
    const made = (await caller.run(this.#creating(word, 'uuid'), { input }))[`rodanCreate${word}`];
    assert.ok(made, `${word} was not made.`);
    return made.uuid;
  }

  /** Changes something; the fields that are asked for. */
  async update(word: Word, uuid: string, input: object, fields = 'uuid', caller: Caller = this.mia): Promise<any> {
    return (await caller.run(this.#updating(word, fields), { uuid, input }))[`rodanUpdate${word}`];
  }

  async delete(word: Word, uuid: string, caller: Caller = this.mia): Promise<void> {
    const deleted = (await caller.run(this.#deleting(word), { uuid }))[`rodanDelete${word}`];
    assert.equal(deleted, true);
  }

  /** What making something is refused with. */
  refusedCreate(word: Word, input: object, caller: Caller = this.mia): Promise<Refused> {
    return refused(caller, this.#creating(word, 'uuid'), { input });
  }

  refusedUpdate(word: Word, uuid: string, input: object, caller: Caller = this.mia): Promise<Refused> {
    return refused(caller, this.#updating(word, 'uuid'), { uuid, input });
  }

  refusedDelete(word: Word, uuid: string, caller: Caller = this.mia): Promise<Refused> {
    return refused(caller, this.#deleting(word), { uuid });
  }

  /** Faults of fields that making something is refused for. */
  async faults(word: Word, input: object, caller: Caller = this.mia): Promise<unknown> {
    const { code, errors } = await this.refusedCreate(word, input, caller);
    assert.equal(code, 'INVALID');
    return errors;
  }

  /** Faults of fields that changing something is refused for. */
  async faultsOfUpdate(word: Word, uuid: string, input: object, caller: Caller = this.mia): Promise<unknown> {
    const { code, errors } = await this.refusedUpdate(word, uuid, input, caller);
    assert.equal(code, 'INVALID');
    return errors;
  }

  /** The answer to a create that only checks. */
  async checkCreate(word: Word, input: object, check: Check): Promise<unknown> {
    return (await this.mia.run(this.#creating(word, 'uuid'), { input, check }))[`rodanCreate${word}`];
  }

  /** The faults that a create finds which only checks. */
  async checkedFaults(word: Word, input: object, check: Check): Promise<unknown> {
    return (await refused(this.mia, this.#creating(word, 'uuid'), { input, check })).errors;
  }

  /** The answer to an update that only checks. */
  async checkUpdate(word: Word, uuid: string, input: object, check: Check): Promise<unknown> {
    return (await this.mia.run(this.#updating(word, 'uuid'), { uuid, input, check }))[`rodanUpdate${word}`];
  }

  /** One row under `rodan`, as nobody in particular sees it. */
  async read(field: string, uuid: string, fields: string): Promise<any> {
    const document = `query ($uuid: String!) { rodan { ${field}(uuid: $uuid) { ${fields} } } }`;
    return (await this.anonymous.run(document, { uuid })).rodan[field];
  }

  async isValid(workflow: string): Promise<boolean> {
    return (await this.read('workflow', workflow, 'valid')).valid;
  }

  /** Marks a workflow valid without looking at it. */
  async markValid(...workflows: readonly string[]): Promise<void> {
    await this.server.app.store.transact(UNRESTRICTED, async (transaction) => {
      for (const uuid of workflows) {
        await transaction.all(sql`UPDATE rodan_workflow SET valid = ${true} WHERE uuid = ${uuid}`);
      }
    });
  }

  /** A workflow of two workflow jobs, the second of which reads what the first writes. */
  async chain(columns: { readonly name?: string; readonly project?: string } = {}): Promise<Chain> {
    const { data, straighten } = this;
    const { project = this.project, name = 'straighten' } = columns;
    const workflow = await data.workflow(project, { name });
    const one = await data.workflowJob(workflow, straighten);
    const two = await data.workflowJob(workflow, straighten);
    const wire = await data.connection(one.outputs['page']!, two.inputs['page']!);
    const [oneIn, oneOut, twoIn, twoOut] = [one.inputs, one.outputs, two.inputs, two.outputs].map(({ page }) => page!);
    return {
      workflow,
      one: one.uuid,
      two: two.uuid,
      oneIn: oneIn!,
      oneOut: oneOut!,
      twoIn: twoIn!,
      twoOut: twoOut!,
      wire,
    };
  }

  /** Number of rows of a table, of those for which a condition of the test holds. */
  async rows(table: string, condition = 'true'): Promise<number> {
    const [row] = await this.server.app.store.reader.all<{ total: number }>(
      raw(`SELECT COUNT(*) AS total FROM ${table} WHERE ${condition}`),
    );
    return row!.total;
  }

  /** Counters as they are kept, and as the rows are. */
  async counters(): Promise<{ kept: object[]; real: object[] }> {
    const { reader } = this.server.app.store;
    const kept = await reader.all(
      sql`SELECT system, kind, state, total FROM state_count WHERE total <> 0 ORDER BY system, kind, state`,
    );
    return { kept, real: await recount(reader) };
  }

  /** Statements that some work takes, without those of signing in, and of the feed that looks whether there is news. */
  async statementsOf(work: () => Promise<unknown>): Promise<string[]> {
    await this.server.settled();
    this.statements.length = 0;
    await work();
    return this.statements.filter(
      (text) => !/user_account|user_group|access_role|api_token|FROM change_log/.test(text),
    );
  }

  close(): Promise<void> {
    return this.server.close();
  }

  #creating(word: Word, fields: string): string {
    const parameters = `$input: ${INPUTS[word][0]}!, $check: RodanCheck`;
    return `mutation (${parameters}) { rodanCreate${word}(input: $input, check: $check) { ${fields} } }`;
  }

  #updating(word: Word, fields: string): string {
    const parameters = `$uuid: String!, $input: ${INPUTS[word][1]}!, $check: RodanCheck`;
    return `mutation (${parameters}) { rodanUpdate${word}(uuid: $uuid, input: $input, check: $check) { ${fields} } }`;
  }

  #deleting(word: Word): string {
    return `mutation ($uuid: String!) { rodanDelete${word}(uuid: $uuid) }`;
  }
}

/** UUIDs of what `PartsWorld.chain` makes. */
export interface Chain {
  readonly workflow: string;
  readonly one: string;
  readonly two: string;
  readonly oneIn: string;
  readonly oneOut: string;
  readonly twoIn: string;
  readonly twoOut: string;
  readonly wire: string;
}

/** The first error of a document that must be refused. */
export async function refused(caller: Caller, document: string, variables: object): Promise<Refused> {
  const { errors } = await caller.send(document, variables);
  const [error] = errors ?? [];
  assert.ok(error, `Not refused: ${JSON.stringify(variables)}`);
  return { message: error.message, ...error.extensions } as Refused;
}
