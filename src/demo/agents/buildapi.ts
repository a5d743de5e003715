import { BRANCHES, builderName, MASTER, PLATFORMS, SLAVES } from '../data/buildapi.js';
import type { AgentParts, DemoAgent } from './agent.js';

interface OpenRequest {
  readonly id: string;
  readonly state: string;
  readonly legacyId: string;
  readonly sourceBranch: string | null;
}

const OPEN = `query { builds(filter: { system: { eq: BUILDAPI }, state: { in: [QUEUED, RUNNING] } }, first: 50) { nodes {
  ... on BuildapiRequest { id state legacyId sourceBranch } } } }`;
const CLAIM = `mutation ($id: ID!, $number: SafeInt!, $master: String!, $slave: String!) {
  buildapiClaimRequest(id: $id, buildNumber: $number, claimedByName: $master, slaveName: $slave) { id } }`;
const FINISH = `mutation ($id: ID!, $results: Int!) { buildapiFinishRequest(id: $id, results: $results) { id } }`;
const NEW_BUILD = `mutation ($branch: String!, $builder: String!, $revision: String!) {
  buildapiNewBuildForBuilder(branch: $branch, builder: $builder, revision: $revision) { id } }`;
const REPRIORITIZE = `mutation ($branch: String!, $request: String!, $priority: Int!) {
  buildapiReprioritize(branch: $branch, requestId: $request, priority: $priority) { id } }`;
const CANCEL = `mutation ($branch: String!, $request: String!) {
  buildapiCancelRequest(branch: $branch, requestId: $request) { id } }`;

const [AT_ONCE, WAITING] = [3, 4];
/** Result codes: success mostly, warnings, failure, and retry, which makes the request wait again. */
const RESULTS = [0, 0, 0, 0, 0, 0, 1, 2, 5] as const;

/** People ask for builds by job requests, which the gateway carries out itself; a build master claims and ends them. */
export class BuildapiAgent implements DemoAgent {
  readonly name = 'buildapi';
  readonly #parts: AgentParts;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { agent, random } = this.#parts;
    const { builds } = await agent.ask<{ builds: { nodes: OpenRequest[] } }>(OPEN);
    const running = builds.nodes.filter(({ state }) => state === 'RUNNING');
    // The oldest is the last of the list.
    const waiting = builds.nodes.filter(({ state }) => state === 'QUEUED').toReversed();
    for (const { id } of running) {
      if (random.chance(0.2)) await agent.ask(FINISH, { id, results: random.pick(RESULTS) });
    }
    const [next, ...others] = waiting;
    if (next && running.length < AT_ONCE) await this.#claim(next);
    if (waiting.length < WAITING) await this.#askForBuild();
    else await this.#changeMind(random.pick(others));
  }

  async #claim({ id }: OpenRequest): Promise<void> {
    const { agent, random } = this.#parts;
    await agent.ask(CLAIM, { id, number: random.between(1, 99_999), master: MASTER, slave: random.pick(SLAVES) });
  }

  async #askForBuild(): Promise<void> {
    const { user, random } = this.#parts;
    const branch = random.pick(BRANCHES);
    const builder = builderName(branch, random.pick(PLATFORMS));
    await user.ask(NEW_BUILD, { branch, builder, revision: random.hex(40) });
  }

  /** Now and then somebody wants a build sooner, or not any more. */
  async #changeMind({ legacyId: request, sourceBranch: branch }: OpenRequest): Promise<void> {
    const { user, random } = this.#parts;
    if (!BRANCHES.some((name) => name === branch)) return;
    if (random.chance(0.05)) await user.ask(REPRIORITIZE, { branch, request, priority: random.between(1, 5) });
    else if (random.chance(0.03)) await user.ask(CANCEL, { branch, request });
  }
}
