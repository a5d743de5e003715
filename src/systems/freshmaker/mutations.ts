import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { Access, AGENTS, anyRole } from '../../core/graphql/access.js';
import { BuildgateError } from '../../core/errors.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { loadByLegacyId, loadRecord, rereadRecord } from '../../core/graphql/loaders.js';
import { JsonObject } from '../../core/graphql/scalars.js';
import { requireRecordId } from '../../core/ids.js';
import type { RecordRow } from '../../core/list/page.js';
import { Kind, System } from '../../core/model/states.js';
import { storableText } from '../../core/store/transaction.js';
import type { RequestBody } from './rebuild-request.js';
import { freshmakerOf } from './runtime.js';
import { ASYNC_REBUILD_ROLES, REBUILD_ROLES } from './service.js';
import {
  FreshmakerAsyncRebuildInput,
  FreshmakerBuild,
  FreshmakerBuildUpdate,
  FreshmakerEvent,
  FreshmakerEventInput,
  FreshmakerEventUpdate,
  FreshmakerPlannedBuild,
  FreshmakerRebuildInput,
} from './types.js';

type Changed = Promise<RecordRow | undefined>;

const REBUILDERS = anyRole(REBUILD_ROLES, 'Needs the role admin or manual_rebuilder.');
const CANCELLERS = anyRole(
  REBUILD_ROLES,
  "Needs the role admin or manual_rebuilder; somebody else's event needs admin.",
);
const ASYNC_REBUILDERS = anyRole(ASYNC_REBUILD_ROLES, 'Needs the role admin or freshmaker_async_rebuilders.');

const REQUEST = {
  nullable: true,
  description: 'The same as the JSON body of the REST API, passed on to the workers whole.',
};
const INPUT = { nullable: true, description: 'What to rebuild.' };
const EVENT_ID = { description: 'The event.' };
const BUILD_ID = { description: 'The build.' };
const UPDATE = { description: 'What is known by now.' };

/** What people ask of Freshmaker. */
@Resolver()
export class FreshmakerRequestResolver {
  @Access(CANCELLERS)
  @Mutation(() => FreshmakerEvent, {
    description: 'Cancels an event and what is left of its builds, in any state.',
  })
  async freshmakerCancelEvent(
    @Ctx() context: OperationContext,
    @Arg('legacyId', () => String, { description: "The event's number." }) legacyId: string,
    @Arg('request', () => JsonObject, REQUEST) request?: RequestBody | null,
  ): Changed {
    await freshmakerOf(context).requests.cancelEvent(context, legacyId, request ?? {});
    return readEvent(context, legacyId);
  }

  @Access(REBUILDERS)
  @Mutation(() => FreshmakerEvent, {
    description: 'Asks for images of an advisory to be rebuilt.',
  })
  async freshmakerRequestRebuild(
    @Ctx() context: OperationContext,
    @Arg('input', () => FreshmakerRebuildInput, INPUT) input?: FreshmakerRebuildInput | null,
    @Arg('request', () => JsonObject, REQUEST) request?: RequestBody | null,
  ): Changed {
    const body = bodyOf(input, request);
    return readEvent(context, await freshmakerOf(context).requests.requestRebuild(context.principal, body));
  }

  @Access(ASYNC_REBUILDERS)
  @Mutation(() => FreshmakerEvent, {
    description: 'Asks for images to be rebuilt without an advisory.',
  })
  async freshmakerRequestAsyncRebuild(
    @Ctx() context: OperationContext,
    @Arg('input', () => FreshmakerAsyncRebuildInput, INPUT) input?: FreshmakerAsyncRebuildInput | null,
    @Arg('request', () => JsonObject, REQUEST) request?: RequestBody | null,
  ): Changed {
    const body = bodyOf(input, request);
    return readEvent(context, await freshmakerOf(context).requests.requestAsyncRebuild(context.principal, body));
  }
}

/** What Freshmaker's workers report. Needs the role `agent`. */
@Resolver()
export class FreshmakerWorkerResolver {
  @Access(AGENTS)
  @Mutation(() => FreshmakerEvent, { description: 'Records an event that a message or a person caused.' })
  async freshmakerCreateEvent(
    @Ctx() context: OperationContext,
    @Arg('input', () => FreshmakerEventInput, { description: 'The event.' }) input: FreshmakerEventInput,
  ): Changed {
    const number = await freshmakerOf(context).workers.createEvent(context.principal, {
      ...input,
      requester: input.requester ?? null,
      requesterMetadata: input.requesterMetadata ?? {},
      dependsOn: input.dependsOn.map((id) => requireRecordId(Kind.EVENT, id, 'input.dependsOn')),
    });
    return readEvent(context, number);
  }

  @Access(AGENTS)
  @Mutation(() => FreshmakerEvent, { description: 'Corrects what an event is about.' })
  async freshmakerUpdateEvent(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, EVENT_ID) id: string,
    @Arg('input', () => FreshmakerEventUpdate, UPDATE) input: FreshmakerEventUpdate,
  ): Changed {
    const eventId = requireRecordId(Kind.EVENT, id, 'id');
    await freshmakerOf(context).workers.updateEvent(context.principal, eventId, input);
    return rereadRecord(context, Kind.EVENT, eventId);
  }

  @Access(AGENTS)
  @Mutation(() => [FreshmakerBuild], { description: 'Adds builds to an event, in state PLANNED.' })
  async freshmakerPlanBuilds(
    @Ctx() context: OperationContext,
    @Arg('event', () => ID, EVENT_ID) event: string,
    @Arg('builds', () => [FreshmakerPlannedBuild], { description: 'The builds, at most 1000.' })
    builds: FreshmakerPlannedBuild[],
  ): Promise<(RecordRow | undefined)[]> {
    const eventId = requireRecordId(Kind.EVENT, event, 'event');
    const planned = builds.map((build, index) => ({
      ...build,
      originalNvr: build.originalNvr ?? null,
      buildArgs: build.buildArgs ?? {},
      bundlePullspecOverrides: build.bundlePullspecOverrides ?? null,
      dependsOnId: build.dependsOn ? requireRecordId(Kind.BUILD, build.dependsOn, `builds[${index}].dependsOn`) : null,
      dependsOnName: build.dependsOnName ?? null,
    }));
    const ids = await freshmakerOf(context).workers.planBuilds(context.principal, eventId, planned);
    context.forget();
    return Promise.all(ids.map((id) => loadRecord(context, Kind.BUILD, id)));
  }

  @Access(AGENTS)
  @Mutation(() => FreshmakerBuild, {
    description: 'Notes that a build was handed to the external build system, and moves it to RUNNING.',
  })
  async freshmakerSubmitBuild(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, BUILD_ID) id: string,
    @Arg('input', () => FreshmakerBuildUpdate, UPDATE) input: FreshmakerBuildUpdate,
    @Arg('reason', () => String, { nullable: true, description: 'Becomes `stateReason`.' }) reason?: string | null,
  ): Changed {
    const buildId = requireRecordId(Kind.BUILD, id, 'id');
    const text = reason === null || reason === undefined ? null : storableText('reason', reason);
    await freshmakerOf(context).workers.submitBuild(context.principal, buildId, input, text);
    return rereadRecord(context, Kind.BUILD, buildId);
  }

  @Access(AGENTS)
  @Mutation(() => FreshmakerBuild, {
    description: 'Corrects what is known about a build; its state stays.',
  })
  async freshmakerUpdateBuild(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, BUILD_ID) id: string,
    @Arg('input', () => FreshmakerBuildUpdate, UPDATE) input: FreshmakerBuildUpdate,
  ): Changed {
    const buildId = requireRecordId(Kind.BUILD, id, 'id');
    await freshmakerOf(context).workers.updateBuild(context.principal, buildId, input);
    return rereadRecord(context, Kind.BUILD, buildId);
  }
}

function readEvent(context: OperationContext, legacyId: string): Changed {
  context.forget();
  return loadByLegacyId(context, Kind.EVENT, { system: System.FRESHMAKER, legacyId: String(Number(legacyId)) });
}

/** The legacy body that an input means; members that were not given stay away. */
function bodyOf(
  input: (FreshmakerRebuildInput & FreshmakerAsyncRebuildInput) | null | undefined,
  request: RequestBody | null | undefined,
): RequestBody {
  if (request && !input) return request;
  if (!input || request) throw new BuildgateError('INVALID', 'input, request: give exactly one of them.');
  const body = {
    errata_id: input.errataId,
    freshmaker_event_id: input.freshmakerEventId,
    container_images: input.containerImages,
    dry_run: input.dryRun,
    force: input.force,
    metadata: input.metadata,
    dist_git_branch: input.distGitBranch,
    brew_target: input.brewTarget,
    bundle_related_image_overrides: input.bundleRelatedImageOverrides,
  };
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined && value !== null));
}
