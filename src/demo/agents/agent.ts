import type { Random } from '../random.js';
import type { GatewayClient } from '../gateway-client.js';

/** What an agent of the demo works with. */
export interface AgentParts {
  /** With the role `agent`: reports what is built. */
  readonly agent: GatewayClient;
  /** As the administrator: asks for things as people do. */
  readonly user: GatewayClient;
  readonly random: Random;
}

/** Somebody who builds for one system, a little at a time. */
export interface DemoAgent {
  /** Name of the system. */
  readonly name: string;
  /**
   * Looks where things stand and does what is next. What somebody else has cancelled or moved meanwhile is found the next
   * time.
   * @throws Error when the gateway refuses something
   */
  step(): Promise<void>;
}

/** A state that nothing follows. */
export function isEnded(state: string): boolean {
  return ['SUCCEEDED', 'FAILED', 'CANCELED', 'SKIPPED'].includes(state);
}
