import { PAGE_PORT, PAGE_UUIDS, WORKFLOW } from '../data/rodan.js';
import type { AgentParts, DemoAgent } from './agent.js';

const OPEN = `query ($workflow: String!) { builds(filter: { system: { eq: RODAN }, state: { in: [QUEUED, RUNNING] },
  rodan: { workflowUuid: { eq: $workflow } } }, first: 10) { nodes { id } } }`;
const START = `mutation ($input: RodanNewWorkflowRun!) { rodanCreateWorkflowRun(input: $input) { uuid } }`;
const CLAIM = `mutation ($seconds: Int!) { rodanClaimRunJobs(first: 1, leaseSeconds: $seconds) { uuid } }`;
const FINISH = `mutation ($uuid: String!) { rodanFinishRunJob(uuid: $uuid) { uuid } }`;
const FAIL = `mutation ($uuid: String!, $summary: String!, $details: String!) {
  rodanFailRunJob(uuid: $uuid, errorSummary: $summary, errorDetails: $details) { uuid } }`;

const AT_ONCE = 2;
/** Run jobs that are worked on at once. */
const HANDS = 3;
/** A run job is ended long before; what a stopped demo has left is offered again then. */
const LEASE_SECONDS = 300;

/** Pages are put through a workflow, whose run jobs the agent takes as they are offered. */
export class RodanAgent implements DemoAgent {
  readonly name = 'rodan';
  readonly #parts: AgentParts;
  #taken: readonly string[] = [];

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { agent, random } = this.#parts;
    for (const uuid of this.#taken) {
      if (random.chance(0.3)) await this.#end(uuid);
    }
    if (this.#taken.length < HANDS) {
      const { rodanClaimRunJobs: claimed } = await agent.ask<{ rodanClaimRunJobs: { uuid: string }[] }>(CLAIM, {
        seconds: LEASE_SECONDS,
      });
      this.#taken = [...this.#taken, ...claimed.map(({ uuid }) => uuid)];
    }
    const { builds } = await agent.ask<{ builds: { nodes: object[] } }>(OPEN, { workflow: WORKFLOW });
    if (builds.nodes.length < AT_ONCE) await this.#start();
  }

  async #start(): Promise<void> {
    const { user, random } = this.#parts;
    const page = random.between(0, PAGE_UUIDS.length - 1);
    const resourceAssignments = [{ inputPort: PAGE_PORT, resources: [PAGE_UUIDS[page]] }];
    await user.ask(START, { input: { workflow: WORKFLOW, name: `page ${page + 1}`, resourceAssignments } });
  }

  /** It leaves the agent's hands also when it is refused: its run was cancelled. */
  async #end(uuid: string): Promise<void> {
    const { agent, random } = this.#parts;
    this.#taken = this.#taken.filter((one) => one !== uuid);
    if (!random.chance(0.06)) return void (await agent.ask(FINISH, { uuid }));
    const details = 'There is no music on this page.';
    await agent.ask(FAIL, { uuid, summary: 'ValueError: no staff lines', details });
  }
}
