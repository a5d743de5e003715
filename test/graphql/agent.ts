import { startTestServer, type GraphqlAnswer, type TestServer, type TestServerOptions } from '../support/server.js';

/** What a record is told apart by. */
export interface RecordKeys {
  readonly id: string;
  readonly legacyId: string;
  readonly name: string;
}

/** Runs documents as one user. */
export class Caller {
  constructor(
    readonly server: TestServer,
    readonly token?: string,
  ) {}

  /** The answer, whatever it is. */
  send(document: string, variables: object = {}): Promise<GraphqlAnswer> {
    return this.server.graphql(document, variables, this.token);
  }

  /** The data; rejects when there are errors. */
  async run(document: string, variables: object = {}): Promise<any> {
    const { data, errors } = await this.send(document, variables);
    if (errors) throw new Error(JSON.stringify(errors));
    return data;
  }

  /** The code and message of the first error; rejects when there is none. */
  async refusal(document: string, variables: object = {}): Promise<{ code: unknown; message: string }> {
    const { errors } = await this.send(document, variables);
    if (!errors?.[0]) throw new Error(`Not refused: ${document} ${JSON.stringify(variables)}`);
    return { code: errors[0].extensions.code, message: errors[0].message };
  }
}

const CREATE = `mutation ($input: FreshmakerEventInput!) {
  freshmakerCreateEvent(input: $input) { id legacyId name } }`;
const PLAN = `mutation ($event: ID!, $builds: [FreshmakerPlannedBuild!]!) {
  freshmakerPlanBuilds(event: $event, builds: $builds) { id legacyId name } }`;
const MOVE_EVENT = `mutation ($id: ID!, $to: State!, $reason: String) {
  transitionEvent(id: $id, to: $to, reason: $reason) { id state stateReason } }`;
const MOVE_BUILD = `mutation ($id: ID!, $to: State!, $reason: String) {
  transitionBuild(id: $id, to: $to, reason: $reason) { id state stateReason } }`;

/** A worker: makes events and builds and moves them. */
export class Agent extends Caller {
  #made = 0;

  /** @param name of the user */
  static async of(server: TestServer, name = 'worker'): Promise<Agent> {
    return new Agent(server, await server.token(name, { roles: ['agent'] }));
  }

  /** A new event with keys of its own; members of `input` win. */
  async event(input: object = {}): Promise<RecordKeys> {
    this.#made += 1;
    const searchKey = String(50_000 + this.#made);
    const standard = { messageId: `ID:${searchKey}`, searchKey, eventTypeId: 10 };
    return (await this.run(CREATE, { input: { ...standard, ...input } })).freshmakerCreateEvent;
  }

  /** Plans builds; a text stands for a build of that name. */
  async plan(event: { readonly id: string }, builds: readonly (string | object)[]): Promise<RecordKeys[]> {
    const inputs = builds.map((build) => (typeof build === 'string' ? { name: build } : build));
    return (await this.run(PLAN, { event: event.id, builds: inputs })).freshmakerPlanBuilds;
  }

  moveEvent(event: { readonly id: string }, to: string, reason?: string | null): Promise<any> {
    return this.run(MOVE_EVENT, { id: event.id, to, reason });
  }

  moveBuild(build: { readonly id: string }, to: string, reason?: string | null): Promise<any> {
    return this.run(MOVE_BUILD, { id: build.id, to, reason });
  }
}

/** A gateway without data, an agent, and a reader without credentials. */
export async function startWithAgent(
  options: TestServerOptions = {},
): Promise<{ server: TestServer; agent: Agent; anonymous: Caller }> {
  const server = await startTestServer(options);
  return { server, agent: await Agent.of(server), anonymous: new Caller(server) };
}
