import type { OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import type { BuildService } from './build-service.js';
import type { ProjectService } from './project-service.js';
import type { UserService } from './user-service.js';

/** What Devmason's resolvers work with. */
export interface DevmasonRuntime {
  /** Whether projects and builds may be registered without credentials. */
  readonly anonymous: boolean;
  readonly projects: ProjectService;
  readonly builds: BuildService;
  readonly users: UserService;
}

/** Devmason's part of the running gateway. */
export function devmasonOf(context: OperationContext): DevmasonRuntime {
  return context.system(System.DEVMASON).service as DevmasonRuntime;
}
