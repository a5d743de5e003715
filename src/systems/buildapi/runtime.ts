import type { Principal } from '../../core/auth/principal.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import type { Outcome } from './actions.js';
import type { JobService } from './job-service.js';
import type { MasterService } from './master-service.js';

/** What buildapi's resolvers work with. */
export interface BuildapiRuntime {
  readonly jobs: JobService;
  readonly masters: MasterService;
  /** Does a job for an agent; see `carryOutForAgent`. */
  readonly carryOut: (principal: Principal, number: number) => Promise<Outcome | null>;
}

/** Buildapi's part of the running gateway. */
export function buildapiOf(context: OperationContext): BuildapiRuntime {
  return context.system(System.BUILDAPI).service as BuildapiRuntime;
}
