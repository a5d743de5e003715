import type { OperationContext } from '../../core/graphql/context.js';
import { System } from '../../core/model/states.js';
import type { DeletionService } from './deletion-service.js';
import type { LabService } from './lab-service.js';
import type { ReportService } from './report-service.js';
import type { TokenService } from './token-service.js';

/** What Kernel CI's resolvers work with. */
export interface KernelciRuntime {
  readonly deletions: DeletionService;
  readonly reports: ReportService;
  readonly labs: LabService;
  readonly tokens: TokenService;
}

/** Kernel CI's part of the running gateway. */
export function kernelciOf(context: OperationContext): KernelciRuntime {
  return context.system(System.KERNELCI).service as KernelciRuntime;
}
