import {
  BUILD_ENVIRONMENT,
  CONFIGURATIONS,
  LAB,
  newKernel,
  type Configuration,
  type Kernel,
} from '../data/kernelci.js';
import type { AgentParts, DemoAgent } from './agent.js';

const OPEN = `query { events(filter: { system: { eq: KERNELCI }, state: { eq: RUNNING } }, first: 10) { nodes {
  ... on KernelciJob { tree kernel gitBranch } } } }`;
const JOB_STATUS = `mutation ($input: KernelciJobStatusInput!) { kernelciSetJobStatus(input: $input) { id } }`;
const BUILD = `mutation ($input: KernelciBuildInput!) { kernelciSubmitBuild(input: $input) { id } }`;
const BOOT = `mutation ($input: KernelciBootInput!) { kernelciSubmitBoot(input: $input) { id } }`;

interface OpenJob {
  readonly tree: string;
  readonly kernel: string;
  readonly gitBranch: string;
}

/** A kernel that is being built. */
interface Work {
  readonly kernel: Kernel;
  readonly left: readonly Configuration[];
  readonly failed: boolean;
}

/** Kernels are built in all configurations, and booted in a lab as soon as they are built. */
export class KernelciAgent implements DemoAgent {
  readonly name = 'kernelci';
  readonly #parts: AgentParts;
  #work: Work | null = null;
  #boots: readonly (readonly [Kernel, Configuration])[] = [];

  constructor(parts: AgentParts) {
    this.#parts = parts;
  }

  async step(): Promise<void> {
    const { random } = this.#parts;
    const [boot, ...others] = this.#boots;
    if (boot && random.chance(0.5)) {
      this.#boots = others;
      return this.#report(...boot);
    }
    if (!this.#work) return this.#begin();
    const [next, ...left] = this.#work.left;
    if (next) return this.#build({ ...this.#work, left }, next);
    const { kernel, failed } = this.#work;
    this.#work = null;
    await this.#settle({ tree: kernel.tree, kernel: kernel.name, gitBranch: kernel.branch }, failed ? 'FAIL' : 'PASS');
  }

  /** Jobs that somebody left behind are ended, and the next kernel is taken. */
  async #begin(): Promise<void> {
    const { events } = await this.#parts.agent.ask<{ events: { nodes: OpenJob[] } }>(OPEN);
    for (const job of events.nodes) await this.#settle(job, 'UNKNOWN');
    this.#work = { kernel: newKernel(this.#parts.random, Date.now()), left: CONFIGURATIONS, failed: false };
  }

  /** The first build makes the job. */
  async #build(work: Work, configuration: Configuration): Promise<void> {
    const { agent, random } = this.#parts;
    const failed = random.chance(0.1);
    this.#work = { ...work, failed: work.failed || failed };
    await agent.ask(BUILD, {
      input: {
        ...reported(work.kernel, configuration),
        status: failed ? 'FAIL' : 'PASS',
        errors: failed ? random.between(1, 9) : 0,
        warnings: random.between(0, 12),
        buildTime: random.between(90, 600),
      },
    });
    if (!failed) this.#boots = [...this.#boots, [work.kernel, configuration]];
  }

  async #report(kernel: Kernel, configuration: Configuration): Promise<void> {
    const { user, random } = this.#parts;
    await user.ask(BOOT, {
      input: {
        ...reported(kernel, configuration),
        board: configuration.board,
        mach: configuration.mach,
        labName: LAB,
        status: random.chance(0.9) ? 'PASS' : 'FAIL',
        timeMs: random.between(20_000, 90_000),
        version: '1.1',
      },
    });
  }

  async #settle({ tree, kernel, gitBranch }: OpenJob, status: string): Promise<void> {
    await this.#parts.agent.ask(JOB_STATUS, { input: { tree, kernel, gitBranch, status } });
  }
}

/** What every report says of a kernel and its configuration. */
function reported(kernel: Kernel, { arch, defconfig }: Configuration): object {
  return {
    tree: kernel.tree,
    kernel: kernel.name,
    gitBranch: kernel.branch,
    gitCommit: kernel.commit,
    gitDescribe: kernel.name,
    gitUrl: kernel.url,
    arch,
    defconfig: defconfig.split('+')[0],
    defconfigFull: defconfig,
    buildEnvironment: BUILD_ENVIRONMENT,
  };
}
