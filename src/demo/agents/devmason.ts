import { machine, PROJECTS, stepReport, STEPS, tagsOf, type StepName } from '../data/devmason.js';
import type { AgentParts, DemoAgent } from './agent.js';

interface OpenBuild {
  readonly buildId: string;
  readonly devmasonProject: { readonly slug: string };
  readonly viewerCanAddSteps: boolean;
  readonly jobs: { readonly nodes: readonly { readonly name: string; readonly state: string }[] };
}

const OPEN = `query { builds(filter: { system: { eq: DEVMASON }, state: { eq: RUNNING } }, first: 20) { nodes {
  ... on DevmasonBuild { buildId viewerCanAddSteps devmasonProject { slug } jobs(first: 20) { nodes { name state } } } } } }`;
const START = `mutation ($project: String!, $build: DevmasonBuildStartInput!) {
  devmasonStartBuild(project: $project, build: $build) { id } }`;
const ADD_STEP = `mutation ($project: String!, $build: String!, $step: DevmasonStepInput!) {
  devmasonAddStep(project: $project, build: $build, step: $step) { name } }`;
const FINISH = `mutation ($project: String!, $build: String!) {
  devmasonFinishBuild(project: $project, build: $build) { id } }`;
const REQUEST = `mutation ($project: String!, $identifier: String!) {
  devmasonRequestBuild(project: $project, identifier: $identifier) { id } }`;

const AT_ONCE = 2;

/** Machines report their builds step by step, as their output comes. */
export class DevmasonAgent implements DemoAgent {
  readonly name = 'devmason';
  readonly #parts: AgentParts;

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { agent, random } = this.#parts;
    const { builds } = await agent.ask<{ builds: { nodes: OpenBuild[] } }>(OPEN);
    const own = builds.nodes.filter(({ viewerCanAddSteps }) => viewerCanAddSteps);
    for (const build of own) {
      if (random.chance(0.5)) await this.#advance(build);
    }
    if (own.length < AT_ONCE && random.chance(0.5)) await this.#start();
  }

  async #start(): Promise<void> {
    const { agent, user, random } = this.#parts;
    const project = random.pick(PROJECTS).slug;
    if (random.chance(0.3)) await user.ask(REQUEST, { project, identifier: random.hex(7) });
    await agent.ask(START, { project, build: { client: machine(random), tags: tagsOf(random) } });
  }

  /** Reports the next step; a build ends behind the last one, or behind one that has failed. */
  async #advance({ buildId: build, devmasonProject, jobs: { nodes: done } }: OpenBuild): Promise<void> {
    const { agent, random } = this.#parts;
    const project = devmasonProject.slug;
    const next = nextStep(done);
    if (next === null) await agent.ask(FINISH, { project, build });
    else await agent.ask(ADD_STEP, { project, build, step: stepReport(random, next) });
  }
}

function nextStep(done: OpenBuild['jobs']['nodes']): StepName | null {
  if (done.some(({ state }) => state === 'FAILED')) return null;
  return STEPS.find((name) => !done.some((step) => step.name === name)) ?? null;
}
