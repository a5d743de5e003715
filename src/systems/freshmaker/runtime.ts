import type { OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import type { RequestService } from './service.js';
import type { WorkerService } from './worker-service.js';

/** What Freshmaker's resolvers work with. */
export interface FreshmakerRuntime {
  readonly requests: RequestService;
  readonly workers: WorkerService;
  /** How old clients authenticate (section 3.7). */
  readonly authBackend: string;
  /** Repositories that count as published although they are not. */
  readonly unpublishedExceptions: readonly string[];
}

/** Freshmaker's part of the running gateway. */
export function freshmakerOf(context: OperationContext): FreshmakerRuntime {
  return context.system(System.FRESHMAKER).service as FreshmakerRuntime;
}
