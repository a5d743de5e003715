import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import type { Store } from '../../../src/core/store/store.js';
import { sql } from '../../../src/core/store/sql.js';
import { requestState } from '../../../src/systems/buildapi/states.js';
import { insertRows, recordCreation, type Row } from '../../core/world.js';
import { Caller } from '../../graphql/agent.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';
import { Subscriber } from '../../support/subscriber.js';

/** Rows of buildapi as the tables hold them, made of few words each. */

const SECOND = 1_000_000;
/** Times are seconds behind this. */
export const START = 1_433_160_000;
export const REVISION = '00112233445566778899aabbccddeeff00112233';

/** What a request is made of; the rest has a default. */
export interface RequestSpec {
  readonly number: number;
  readonly name?: string;
  readonly branch?: string | null;
  readonly revision?: string | null;
  /** Seconds behind the start; not claimed without. */
  readonly claimed?: number;
  readonly results?: number;
  readonly complete?: boolean;
  readonly master?: string;
  readonly reason?: string;
  readonly changes?: readonly number[];
  /** Build id and build number of each attempt; the last one is open while the request runs. */
  readonly attempts?: readonly (readonly [number, number])[];
}

function id(number: number): number {
  return recordId(System.BUILDAPI, number);
}

function requestRow(spec: RequestSpec): Row {
  const { number, name = 'Linux ash build', branch = 'projects/ash', revision = REVISION, claimed, results } = spec;
  const complete = spec.complete ?? results !== undefined;
  const claimedAt = claimed === undefined ? 0 : START + claimed;
  const attempted = (spec.attempts ?? []).length > 0;
  const mapped = requestState({ complete, claimedAt, results: results ?? null, attempted });
  return {
    id: id(number),
    system: System.BUILDAPI,
    legacy_id: String(number),
    name,
    state: mapped.state,
    legacy_state: mapped.legacyState,
    state_reason: mapped.reason,
    submitted_at: (START + number) * SECOND,
    finished_at: complete ? (START + 900) * SECOND : null,
    buildapi_source_branch: branch,
    buildapi_request_revision: revision,
    buildapi_priority: 0,
    buildapi_claimed_at: claimedAt,
    buildapi_claimed_by_name: claimed === undefined ? null : (spec.master ?? 'master1:/builds'),
    buildapi_claimed_by_incarnation: claimed === undefined ? null : 'pid1-boot1',
    buildapi_results: results ?? null,
    buildapi_reason: spec.reason ?? 'scheduler',
    buildapi_properties: '{"buildid":"20150601050010"}',
  };
}

function attemptRows({ number, attempts = [], claimed, results }: RequestSpec): Row[] {
  return attempts.map(([buildId, buildNumber], index) => {
    const open = claimed !== undefined && results === undefined && index === attempts.length - 1;
    return {
      id: id(buildId),
      request_id: id(number),
      build_number: buildNumber,
      started_at: (START + buildId) * SECOND,
      finished_at: open ? null : (START + buildId + 60) * SECOND,
      slave_name: `slave-${buildId}`,
    };
  });
}

function changeRow(number: number, author: string, state: State): Row {
  return {
    id: id(number),
    system: System.BUILDAPI,
    legacy_id: String(number),
    name: REVISION,
    state,
    legacy_state: '',
    requester: author,
    created_at: (START + number) * SECOND,
    buildapi_branch: 'ash',
    buildapi_revision: REVISION,
    buildapi_comments: 'Fix it',
    buildapi_files: '["a.cpp"]',
  };
}

/** What is stored before a test begins. */
export interface WorldSpec {
  readonly requests?: readonly RequestSpec[];
  /** Number, author and state of changes. */
  readonly changes?: readonly (readonly [number, string, State])[];
}

/** Stores branches, builders and what the test asks for. */
export async function storeWorld(store: Store, { requests = [], changes = [] }: WorldSpec): Promise<void> {
  await store.transact(ANONYMOUS, async (transaction) => {
    const branches = [
      ['ash', 'https://hg.example.org/projects/ash'],
      ['try', 'https://hg.example.org/try'],
    ] as const;
    const branchRows = branches.map(([name, repo]) => ({
      name,
      attributes: JSON.stringify({ repo, repo_type: 'hg' }),
    }));
    await insertRows(transaction, 'buildapi_branch', branchRows);
    const builders = ['build', 'pgo-build', 'nightly', 'l10n nightly', 'opt test'];
    const builderRows = builders.map((word) => ({ branch: 'ash', name: `Linux ash ${word}` }));
    await insertRows(transaction, 'buildapi_builder', builderRows);
    const project = (name: string, index: number) => ({ id: id(index), system: 2, legacy_id: name, name });
    await insertRows(transaction, 'project', [project('ash', 1), project('try', 2)]);
    const changeRows = changes.map(([number, author, state]) => changeRow(number, author, state));
    const requestRows = requests.map(requestRow);
    if (changeRows.length > 0) await insertRows(transaction, 'event', changeRows);
    if (requestRows.length > 0) await insertRows(transaction, 'build', requestRows);
    const attempts = requests.flatMap(attemptRows);
    if (attempts.length > 0) await insertRows(transaction, 'buildapi_attempt', attempts);
    const links = requests.flatMap(({ number, changes: numbers = [] }) =>
      numbers.map((change) => ({ request_id: id(number), change_id: id(change) })),
    );
    if (links.length > 0) await insertRows(transaction, 'buildapi_request_change', links);
    for (const kind of [1, 2, 3, 4]) {
      await transaction.all(sql`INSERT INTO record_key (system, kind, last_number) VALUES (2, ${kind}, 1000)`);
    }
    for (const row of changeRows) recordCreation(transaction, Kind.EVENT, row);
    for (const row of requestRows) recordCreation(transaction, Kind.BUILD, row);
  });
}

/** Stores a job that was not logged by this gateway. */
export async function storeJob(store: Store, number: number, job: Row = {}): Promise<void> {
  const row = {
    id: id(number),
    system: System.BUILDAPI,
    legacy_id: String(number),
    name: 'cancel_request',
    state: State.QUEUED,
    legacy_state: 'logged',
    requester: 'kim',
    created_at: START * SECOND,
    buildapi_what: '{"brid":1}',
    buildapi_imported: true,
    ...job,
  };
  await store.transact(ANONYMOUS, async (transaction) => {
    await insertRows(transaction, 'job', [row]);
    recordCreation(transaction, Kind.JOB, row);
  });
}

const DONE = `subscription ($job: String!, $after: String) {
  jobStateChanged(filter: { legacyId: { eq: $job }, system: { eq: BUILDAPI } }, after: $after) { from to reason actor } }`;

/** A gateway with data of buildapi, and somebody who is signed in. */
export class BuildapiGateway {
  private constructor(
    readonly server: TestServer,
    readonly alice: Caller,
    readonly agent: Caller,
    readonly anonymous: Caller,
  ) {}

  static async start(world: WorldSpec = {}, options: TestServerOptions = {}): Promise<BuildapiGateway> {
    const server = await startTestServer(options);
    await storeWorld(server.app.store, world);
    const alice = new Caller(server, await server.token('alice'));
    const agent = new Caller(server, await server.token('worker', { roles: ['agent'] }));
    return new BuildapiGateway(server, alice, agent, new Caller(server));
  }

  /** Asks for a job as alice, and waits until the agent has completed it; the job and its states. */
  async job(mutation: string): Promise<{ job: any; states: string[] }> {
    const { logged } = await this.alice.run(`mutation { logged: ${mutation} { number } }`);
    const states = await this.completed(logged.number);
    const document = `query ($job: String!) { job(system: BUILDAPI, legacyId: $job) {
      name state stateReason requester createdAt finishedAt ... on BuildapiJob { number action what completeData imported } } }`;
    const { job } = await this.anonymous.run(document, { job: String(logged.number) });
    return { job, states };
  }

  /** Waits until a job has ended; the states that it went through. */
  async completed(number: number): Promise<string[]> {
    const subscriber = new Subscriber(this.server.url, DONE, { job: String(number), after: '0' });
    const states: string[] = [];
    try {
      while (!['SUCCEEDED', 'FAILED', 'UNKNOWN'].includes(states.at(-1) ?? '')) {
        const received = await subscriber.take(states.length + 1);
        states.push(...received.slice(states.length).map(({ data }) => (data as any).jobStateChanged.to as string));
      }
    } finally {
      await subscriber.close();
    }
    return states;
  }

  /** A request with what belongs to it. */
  async request(number: number): Promise<any> {
    const document = `query ($id: String!) { build(system: BUILDAPI, legacyId: $id) { name state stateReason requester
      submittedAt startedAt finishedAt project { name } ... on BuildapiRequest { number complete results priority
      claimedAt claimedByName sourceBranch revision buildReason properties
      pushes { legacyId state requester } attempts { buildId buildNumber finishedAt slaveName } } } }`;
    return (await this.anonymous.run(document, { id: String(number) })).build;
  }

  /** Requests that jobs have made, by number. */
  async made(): Promise<any[]> {
    const { builds } = await this.anonymous.run(`{ builds(orderBy: { field: LEGACY_ID }) { nodes { legacyId } } }`);
    const numbers = (builds.nodes as { legacyId: string }[]).map(({ legacyId }) => Number(legacyId));
    return Promise.all(numbers.filter((number) => number > 1000).map((number) => this.request(number)));
  }

  close(): Promise<void> {
    return this.server.close();
  }
}
