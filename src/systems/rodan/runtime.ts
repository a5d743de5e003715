import type { OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import type { Store } from '../../core/store/store.js';
import type { PartServices } from './parts/part-services.js';
import type { AgentService } from './runs/agent-service.js';
import type { InteractiveService } from './runs/interactive-service.js';
import type { RunService } from './runs/run-service.js';
import type { UserService } from './users/user-service.js';

/** What Rodan's resolvers work with. */
export interface RodanRuntime {
  readonly store: Store;
  readonly parts: PartServices;
  readonly users: UserService;
  readonly runs: RunService;
  readonly interactive: InteractiveService;
  readonly agents: AgentService;
}

/** Rodan's part of the running gateway. */
export function rodanOf(context: OperationContext): RodanRuntime {
  return context.system(System.RODAN).service as RodanRuntime;
}
