import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentParts, DemoAgent } from './agents/agent.js';
import { BuildapiAgent } from './agents/buildapi.js';
import { DevmasonAgent } from './agents/devmason.js';
import { FreshmakerAgent } from './agents/freshmaker.js';
import { KernelciAgent } from './agents/kernelci.js';
import { RodanAgent } from './agents/rodan.js';
import type { GatewayClient } from './gateway-client.js';
import { Random } from './random.js';

/** What a simulation is made with. */
export interface SimulationOptions {
  /** With the role `agent`. */
  readonly agent: GatewayClient;
  /** Of an administrator. */
  readonly user: GatewayClient;
  readonly seed: number;
  /** How many times faster than usual, above 0. */
  readonly speed: number;
  /** Told of steps that failed; the agent goes on with the next one. */
  readonly onTrouble: (agent: string, error: unknown) => void;
}

/** Between two steps of an agent at the usual speed, in milliseconds. All together make some three changes a second. */
const PAUSE_MS = 4_000;
const AGENTS = [FreshmakerAgent, BuildapiAgent, DevmasonAgent, RodanAgent, KernelciAgent];

/** Agents of all systems that keep builds moving until they are stopped. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #stopping = new AbortController();
  readonly #loops: readonly Promise<void>[];

  constructor(options: SimulationOptions) {
    this.#options = options;
    this.#loops = AGENTS.map((Agent, index) => {
      const parts: AgentParts = { ...options, random: new Random(options.seed + index) };
      return this.#keepStepping(new Agent(parts));
    });
  }

  /** Resolves when the steps at hand are done. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#loops);
  }

  async #keepStepping(agent: DemoAgent): Promise<void> {
    const { speed, onTrouble } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        await agent.step();
      } catch (error) {
        onTrouble(agent.name, error);
      }
      await sleep(PAUSE_MS / speed, undefined, { signal }).catch(() => undefined);
    }
  }
}
