import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Access } from '../../core/graphql/access.js';
import { JobFilter } from '../../core/graphql/filter-inputs.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { rereadRecord } from '../../core/graphql/loaders.js';
import { SafeInt } from '../../core/graphql/scalars.js';
import type { FilterInput } from '../../core/list/filter.js';
import type { RecordRow } from '../../core/list/page.js';
import { Kind } from '../../core/model/states.js';
import {
  KernelciBootInput,
  KernelciBuildInput,
  KernelciJobStatusInput,
  KernelciTestGroupInput,
  type ReportInput,
} from './inputs.js';
import { BOOT_DELETERS, BOOT_POSTERS, DELETERS, POSTERS, TESTERS } from './permissions.js';
import { kernelciOf } from './runtime.js';
import type { GroupContent } from './test-groups.js';
import { KernelciBoot, KernelciBuild, KernelciJob, KernelciTestGroup } from './types.js';

type Changed = Promise<RecordRow | undefined>;

const LEGACY_ID = { description: 'Legacy id.' };
const REPORT = { description: 'The report.' };

/** What build machines and labs report (contract kernelci, sections 6.1 to 6.3, 6.8). */
@Resolver()
export class KernelciReportResolver {
  @Access(POSTERS)
  @Mutation(() => KernelciJob, {
    description: 'Sets the state of an existing job.',
  })
  async kernelciSetJobStatus(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciJobStatusInput, { description: 'Which job, and its state.' })
    input: KernelciJobStatusInput,
  ): Changed {
    const id = await kernelciOf(context).reports.setJobStatus(context.principal, input);
    return rereadRecord(context, Kind.EVENT, id);
  }

  @Access(POSTERS)
  @Mutation(() => KernelciBuild, {
    description: 'Reports a build; one with the same identity is replaced, its job is made when there is none.',
  })
  async kernelciSubmitBuild(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciBuildInput, REPORT) input: ReportInput,
  ): Changed {
    const id = await kernelciOf(context).reports.submitBuild(context.principal, input);
    return rereadRecord(context, Kind.BUILD, id);
  }

  @Access(BOOT_POSTERS)
  @Mutation(() => KernelciBoot, {
    description: 'Reports a boot; one with the same identity is replaced.',
  })
  async kernelciSubmitBoot(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciBootInput, REPORT) input: ReportInput,
  ): Changed {
    const id = await kernelciOf(context).reports.submitBoot(context.principal, input);
    return rereadRecord(context, Kind.JOB, id);
  }

  @Access(TESTERS)
  @Mutation(() => KernelciTestGroup, {
    description: 'Reports a group of tests with its cases.',
  })
  async kernelciSubmitTestGroup(
    @Ctx() context: OperationContext,
    @Arg('input', () => KernelciTestGroupInput, REPORT) input: ReportInput & GroupContent,
  ): Changed {
    const id = await kernelciOf(context).reports.submitTestGroup(context.principal, input);
    return rereadRecord(context, Kind.JOB, id);
  }
}

/** Deletions (contract kernelci, section 6.4). Each gives the legacy id back. */
@Resolver()
export class KernelciDeletionResolver {
  @Access(DELETERS)
  @Mutation(() => String, {
    description: 'Deletes a job and its builds, not its boots.',
  })
  async kernelciDeleteJob(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
  ): Promise<string> {
    await kernelciOf(context).deletions.deleteJob(context.principal, legacyId);
    return legacyId;
  }

  @Access(DELETERS)
  @Mutation(() => String, { description: 'Deletes a build, not its boots.' })
  async kernelciDeleteBuild(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
  ): Promise<string> {
    await kernelciOf(context).deletions.deleteBuild(context.principal, legacyId);
    return legacyId;
  }

  @Access(BOOT_DELETERS)
  @Mutation(() => String, {
    description: 'Deletes a boot report.',
  })
  async kernelciDeleteBoot(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, LEGACY_ID) legacyId: string,
  ): Promise<string> {
    await kernelciOf(context).deletions.deleteBoot(context.principal, legacyId);
    return legacyId;
  }

  @Access(BOOT_DELETERS)
  @Mutation(() => SafeInt, {
    description: 'Deletes all boot reports that match, and gives their number.',
  })
  kernelciDeleteBoots(
    @Ctx() context: OperationContext,
    @Arg('filter', () => JobFilter, { description: 'Which; at least one condition.' }) filter: FilterInput,
  ): Promise<number> {
    return kernelciOf(context).deletions.deleteBoots(context.principal, filter);
  }
}
