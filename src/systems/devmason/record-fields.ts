import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { OperationContext } from '../../core/graphql/context.js';
import { JsonObject, OffsetDateTime, SafeInt } from '../../core/graphql/scalars.js';
import { recordNumber } from '../../core/ids.js';
import { parseExact } from '../../core/json.js';
import { State } from '../../core/model/states.js';
import type { OffsetTime } from '../../core/time.js';
import {
  PROJECT_BY_ID,
  REPOSITORY_BY_ID,
  USER_BY_ID,
  viewerOf,
  type BuildRow,
  type DevmasonProjectRow,
  type RepositoryRow,
  type RequestRow,
  type StepRow,
  type UserRow,
} from './reads.js';
import { mayAddSteps, mayDeleteBuild, type Asker, type Belonging } from './rights.js';
import { OUTPUT_OF_STEP } from './step-output.js';
import {
  DevmasonBuild,
  DevmasonBuildRequest,
  DevmasonProject,
  DevmasonRepository,
  DevmasonStep,
  DevmasonUser,
} from './types.js';

/** Whether a record succeeded; null where that is not known. */
function success(state: State): boolean | null {
  return state === State.SUCCEEDED ? true : state === State.FAILED ? false : null;
}

/** What a build request computes. */
@Resolver(() => DevmasonBuildRequest)
export class DevmasonBuildRequestResolver {
  @FieldResolver(() => String, { description: 'What to build: a revision, a branch.' })
  identifier(@Root() { name }: RequestRow): string {
    return name;
  }

  @FieldResolver(() => DevmasonRepository, { nullable: true, description: 'Where the source is.' })
  repository(
    @Root() { repositoryId }: RequestRow,
    @Ctx() context: OperationContext,
  ): Promise<RepositoryRow | undefined> | null {
    return repositoryId === null ? null : context.load(REPOSITORY_BY_ID, repositoryId);
  }
}

/** What a build computes (contract devmason, section 4.4). */
@Resolver(() => DevmasonBuild)
export class DevmasonBuildResolver {
  @FieldResolver(() => String, { description: 'Its id within the project; `legacyId` is `{project}/{id}`.' })
  buildId(@Root() { legacyId }: BuildRow): string {
    return legacyId.slice(legacyId.indexOf('/') + 1);
  }

  @FieldResolver(() => SafeInt, { description: 'Rises in the order in which builds were reported, over all projects.' })
  reportNumber(@Root() { id }: BuildRow): number {
    return recordNumber(id);
  }

  @FieldResolver(() => Boolean, {
    nullable: true,
    description: 'Whether it succeeded; null while it is in progress, or where an old server did not say.',
  })
  success(@Root() { state }: BuildRow): boolean | null {
    return success(state);
  }

  @FieldResolver(() => OffsetDateTime, { description: 'When it began, as reported.' })
  started(@Root() { startedAt, startedOffset }: BuildRow): OffsetTime {
    return { at: startedAt, offset: startedOffset };
  }

  @FieldResolver(() => OffsetDateTime, {
    nullable: true,
    description: 'When it ended, as reported; null while it is in progress.',
  })
  finished(@Root() { finishedAt, finishedOffset }: BuildRow): OffsetTime | null {
    return finishedAt === null ? null : { at: finishedAt, offset: finishedOffset ?? 0 };
  }

  @FieldResolver(() => JsonObject, {
    description: 'Who ran it: `host`, `arch`, `user`, and everything else that was reported of it.',
  })
  client(@Root() { client }: BuildRow): unknown {
    return parseExact(client);
  }

  @FieldResolver(() => DevmasonUser, { nullable: true, description: 'Whose credentials came along; null for nobody.' })
  reporter(@Root() { reporterId }: BuildRow, @Ctx() context: OperationContext): Promise<UserRow | undefined> | null {
    return reporterId === null ? null : context.load(USER_BY_ID, reporterId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it was reported step by step.' })
  incremental(@Root() { incremental }: BuildRow): boolean {
    return Boolean(incremental);
  }

  @FieldResolver(() => Boolean, { description: 'Whether more steps may come.' })
  inProgress(@Root() { state }: BuildRow): boolean {
    return state === State.RUNNING;
  }

  @FieldResolver(() => DevmasonProject, { description: 'Its project.' })
  devmasonProject(
    @Root() { projectId }: BuildRow,
    @Ctx() context: OperationContext,
  ): Promise<DevmasonProjectRow | undefined> {
    return context.load(PROJECT_BY_ID, projectId);
  }

  @FieldResolver(() => Boolean, { description: 'Whether the caller may delete it.' })
  viewerCanDelete(@Root() build: BuildRow, @Ctx() context: OperationContext): Promise<boolean> {
    return may(context, build, mayDeleteBuild);
  }

  @FieldResolver(() => Boolean, {
    description: 'Whether the caller has the right to add steps and to finish it, in progress or not.',
  })
  viewerCanAddSteps(@Root() build: BuildRow, @Ctx() context: OperationContext): Promise<boolean> {
    return may(context, build, mayAddSteps);
  }
}

async function may(
  context: OperationContext,
  { projectId, reporterId, reporterGone }: BuildRow,
  right: (asker: Asker, build: Belonging) => boolean,
): Promise<boolean> {
  const [memberId, project] = await Promise.all([viewerOf(context), context.load(PROJECT_BY_ID, projectId)]);
  const { principal } = context;
  return right({ principal, memberId }, { reporterId, reporterGone, ownerId: project?.ownerId ?? null });
}

/** What a step computes (contract devmason, section 4.5). */
@Resolver(() => DevmasonStep)
export class DevmasonStepResolver {
  @FieldResolver(() => Boolean, { description: 'Whether it succeeded.' })
  success(@Root() { state }: StepRow): boolean {
    return state === State.SUCCEEDED;
  }

  @FieldResolver(() => OffsetDateTime, { description: 'When it began, as reported.' })
  started(@Root() { startedAt, startedOffset }: StepRow): OffsetTime {
    return { at: startedAt, offset: startedOffset };
  }

  @FieldResolver(() => OffsetDateTime, { description: 'When it ended, as reported.' })
  finished(@Root() { finishedAt, finishedOffset }: StepRow): OffsetTime {
    return { at: finishedAt, offset: finishedOffset };
  }

  @FieldResolver(() => String, { description: 'What it wrote.' })
  async output(@Root() step: StepRow, @Ctx() context: OperationContext): Promise<string> {
    return (await context.load(OUTPUT_OF_STEP, step)).output;
  }

  @FieldResolver(() => String, { description: 'What it wrote as errors.' })
  async errout(@Root() step: StepRow, @Ctx() context: OperationContext): Promise<string> {
    return (await context.load(OUTPUT_OF_STEP, step)).errout;
  }

  @FieldResolver(() => JsonObject, { description: 'Everything else that was reported of it.' })
  async extra(@Root() step: StepRow, @Ctx() context: OperationContext): Promise<object> {
    return (await context.load(OUTPUT_OF_STEP, step)).extra;
  }
}
