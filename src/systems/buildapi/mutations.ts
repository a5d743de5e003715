import { Arg, Args, ArgsType, Ctx, Field, ID, Int, Mutation, Resolver } from 'type-graphql';
import { Access, AGENTS, anyUser } from '../../core/graphql/access.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { rereadRecord } from '../../core/graphql/loaders.js';
import { Json, JsonObject, SafeInt } from '../../core/graphql/scalars.js';
import { requireRecordId } from '../../core/ids.js';
import type { RecordRow } from '../../core/list/page.js';
import { Kind } from '../../core/model/states.js';
import type { Outcome } from './actions.js';
import type { JobService } from './job-service.js';
import { buildapiOf } from './runtime.js';
import { BuildapiJob, BuildapiRequest } from './types.js';

type Changed = Promise<RecordRow | undefined>;

const SIGNED_IN = anyUser('Logs a job request; needs any signed-in user.');
const PRIORITY = { defaultValue: 0, description: 'Higher runs first.' };
const REVISION = { description: 'Revision, as the agent is told.' };

@ArgsType()
class OnBranch {
  @Field(() => String, { description: 'Known branch.' })
  branch!: string;
}

@ArgsType()
class OfRequest extends OnBranch {
  @Field(() => String, { description: 'Number of a build request on the branch, as text.' })
  requestId!: string;
}

@ArgsType()
class OfBuild extends OnBranch {
  @Field(() => String, { description: 'Number of a build on the branch, as text.' })
  buildId!: string;
}

@ArgsType()
class OfRevision extends OnBranch {
  @Field(() => String, REVISION)
  revision!: string;
}

@ArgsType()
class OfRevisionWithPriority extends OfRevision {
  @Field(() => Int, PRIORITY)
  priority!: number;
}

@ArgsType()
class ReprioritizeArgs extends OfRequest {
  @Field(() => Int, { description: 'New priority; higher runs first.' })
  priority!: number;
}

@ArgsType()
class RebuildBuildArgs extends OfBuild {
  @Field(() => Int, PRIORITY)
  priority!: number;

  @Field(() => Int, { defaultValue: 1, description: 'How many times, at most 1000.' })
  count!: number;
}

@ArgsType()
class RebuildRequestArgs extends OfRequest {
  @Field(() => Int, PRIORITY)
  priority!: number;

  @Field(() => Int, { defaultValue: 1, description: 'How many times, at most 1000.' })
  count!: number;
}

@ArgsType()
class NewBuildArgs extends OfRevisionWithPriority {
  @Field(() => String, { description: 'Name of the builder; need not be known.' })
  builder!: string;

  @Field(() => JsonObject, { nullable: true, description: 'Properties of the build; none by default.' })
  properties?: Record<string, unknown> | null;

  @Field(() => [Json], { nullable: true, description: 'Files that count as changed; none by default.' })
  files?: unknown[] | null;
}

/** Logs a job request on behalf of the caller and gives it back. */
async function ask(context: OperationContext, verb: (jobs: JobService) => Promise<number>): Changed {
  const id = await verb(buildapiOf(context).jobs);
  return rereadRecord(context, Kind.JOB, id);
}

/** What people ask of buildapi (contract buildapi, section 6). */
@Resolver()
export class BuildapiJobRequestResolver {
  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for another priority of a pending build request.' })
  buildapiReprioritize(
    @Ctx() context: OperationContext,
    @Args(() => ReprioritizeArgs) args: ReprioritizeArgs,
  ): Changed {
    return ask(context, (jobs) => jobs.reprioritize(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for a build request to be cancelled.' })
  buildapiCancelRequest(@Ctx() context: OperationContext, @Args(() => OfRequest) args: OfRequest): Changed {
    return ask(context, (jobs) => jobs.cancelRequest(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for a build to be stopped.' })
  buildapiCancelBuild(@Ctx() context: OperationContext, @Args(() => OfBuild) args: OfBuild): Changed {
    return ask(context, (jobs) => jobs.cancelBuild(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for all of a revision to be cancelled.' })
  buildapiCancelRevision(@Ctx() context: OperationContext, @Args(() => OfRevision) args: OfRevision): Changed {
    return ask(context, (jobs) => jobs.cancelRevision(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for a build to be made again.' })
  buildapiRebuildBuild(
    @Ctx() context: OperationContext,
    @Args(() => RebuildBuildArgs) args: RebuildBuildArgs,
  ): Changed {
    return ask(context, (jobs) => jobs.rebuildBuild(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for a build request to be made again.' })
  buildapiRebuildRequest(
    @Ctx() context: OperationContext,
    @Args(() => RebuildRequestArgs) args: RebuildRequestArgs,
  ): Changed {
    return ask(context, (jobs) => jobs.rebuildRequest(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for the usual builds of a revision.' })
  buildapiNewBuildAtRevision(@Ctx() context: OperationContext, @Args(() => OfRevision) args: OfRevision): Changed {
    return ask(context, (jobs) => jobs.newBuildAtRevision(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for profile-guided builds of a revision.' })
  buildapiNewPgoBuildAtRevision(
    @Ctx() context: OperationContext,
    @Args(() => OfRevisionWithPriority) args: OfRevisionWithPriority,
  ): Changed {
    return ask(context, (jobs) => jobs.newPgoBuildAtRevision(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for nightly builds of a revision.' })
  buildapiNewNightlyAtRevision(
    @Ctx() context: OperationContext,
    @Args(() => OfRevisionWithPriority) args: OfRevisionWithPriority,
  ): Changed {
    return ask(context, (jobs) => jobs.newNightlyAtRevision(context.principal, args));
  }

  @Access(SIGNED_IN)
  @Mutation(() => BuildapiJob, { description: 'Asks for a build of any builder on any revision.' })
  buildapiNewBuildForBuilder(@Ctx() context: OperationContext, @Args(() => NewBuildArgs) args: NewBuildArgs): Changed {
    return ask(context, (jobs) => jobs.newBuildForBuilder(context.principal, args));
  }
}

const REQUEST_ID = { description: 'The build request.' };

/** What agents and build masters report. Needs the role `agent`. */
@Resolver()
export class BuildapiAgentResolver {
  @Access(AGENTS)
  @Mutation(() => BuildapiJob, {
    description: 'Completes a job request, as a `finished` message does; a second time overwrites.',
  })
  async buildapiFinishJob(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Arg('body', () => Json, { description: 'What came of it: `{"errors": false, "msg": "Ok"}`, or any other JSON.' })
    body: unknown,
  ): Changed {
    const jobId = requireRecordId(Kind.JOB, id, 'id');
    await buildapiOf(context).jobs.finish(context.principal, jobId, body);
    return rereadRecord(context, Kind.JOB, jobId);
  }

  @Access(AGENTS)
  @Mutation(() => Json, {
    nullable: true,
    description:
      'Does what a job request asks for to the records of the gateway, once, and gives what came of it: the `body` of the `finished` message that the agent then sends, or that it gives to `buildapiFinishJob`. Null when the job is completed, so that there is nothing to do.',
  })
  buildapiCarryOutJob(
    @Ctx() context: OperationContext,
    @Arg('number', () => SafeInt, { description: 'Number of the job: `request_id` in the body of its message.' })
    number: number,
  ): Promise<Outcome | null> {
    return buildapiOf(context).carryOut(context.principal, number);
  }

  @Access(AGENTS)
  @Mutation(() => BuildapiRequest, {
    description: 'Notes that a master began an attempt at a pending build request; moves it to RUNNING.',
  })
  async buildapiClaimRequest(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, REQUEST_ID) id: string,
    @Arg('claimedByName', () => String, { description: 'Master, `host:/directory`.' }) claimedByName: string,
    @Arg('buildNumber', () => SafeInt, { description: 'Number of the build on that master and builder.' })
    buildNumber: number,
    @Arg('claimedByIncarnation', () => String, { nullable: true, description: 'Process of that master.' })
    claimedByIncarnation?: string | null,
    @Arg('slaveName', () => String, { nullable: true, description: 'Machine that it runs on.' })
    slaveName?: string | null,
  ): Changed {
    const requestId = requireRecordId(Kind.BUILD, id, 'id');
    await buildapiOf(context).masters.claim(context.principal, requestId, {
      claimedByName,
      claimedByIncarnation: claimedByIncarnation ?? null,
      buildNumber,
      slaveName: slaveName ?? null,
    });
    return rereadRecord(context, Kind.BUILD, requestId);
  }

  @Access(AGENTS)
  @Mutation(() => BuildapiRequest, {
    description:
      'Ends the running attempt at a build request with a result code, 0 to 6; 5 (retry) makes the request pending again, all others complete it.',
  })
  async buildapiFinishRequest(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, REQUEST_ID) id: string,
    @Arg('results', () => Int, { description: 'Result code.' }) results: number,
  ): Changed {
    const requestId = requireRecordId(Kind.BUILD, id, 'id');
    await buildapiOf(context).masters.finish(context.principal, requestId, results);
    return rereadRecord(context, Kind.BUILD, requestId);
  }
}
