import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { OperationContext } from '../../core/graphql/context.js';
import { type LoadedRecord, loadRecord } from '../../core/graphql/loaders.js';
import { Json, SafeInt } from '../../core/graphql/scalars.js';
import { BuildInterface } from '../../core/graphql/types.js';
import type { RecordRow } from '../../core/list/page.js';
import { Kind } from '../../core/model/states.js';
import { verifyImage, verifyRepository, type ImageVerification, type RepositoryVerification } from './catalogue.js';
import {
  BUILD_STATES,
  BUILD_TYPES,
  EVENT_STATES,
  EVENT_TYPES,
  eventTypeName,
  FreshmakerArtifactType,
  isAdvisoryType,
} from './codes.js';
import {
  ARTIFACT_BUILDS,
  DEPENDENTS,
  type FreshmakerBuildRow,
  type FreshmakerEventRow,
  RELATED_EVENTS,
} from './reads.js';
import { freshmakerOf } from './runtime.js';
import {
  FreshmakerBuild,
  FreshmakerEvent,
  FreshmakerImageVerification,
  FreshmakerQuery,
  FreshmakerRepositoryVerification,
} from './types.js';

type RecordOrNone = RecordRow | undefined;

/** What an event computes. */
@Resolver(() => FreshmakerEvent)
export class FreshmakerEventResolver {
  @FieldResolver(() => [String], { description: 'Short words to tell records apart by: `advisory:<id>`, `dry-run`.' })
  tags(@Root() event: FreshmakerEventRow): string[] {
    const advisory = isAdvisoryType(event.eventTypeId) ? [`advisory:${event.searchKey}`] : [];
    return event.dryRun ? [...advisory, 'dry-run'] : advisory;
  }

  @FieldResolver(() => String, { nullable: true, description: 'Name of its type; null for a number without one.' })
  eventTypeName(@Root() event: FreshmakerEventRow): string | null {
    return eventTypeName(event.eventTypeId);
  }

  @FieldResolver(() => Int, { description: "Freshmaker's own state, by number." })
  legacyState(@Root() event: FreshmakerEventRow): number {
    return Number(event.legacyState);
  }

  @FieldResolver(() => String, { description: "Freshmaker's own state, by name." })
  legacyStateName(@Root() event: FreshmakerEventRow): string {
    return EVENT_STATES[Number(event.legacyState)]?.name ?? '';
  }

  @FieldResolver(() => [String], { description: 'Images asked for in a manual rebuild.' })
  requestedRebuilds(@Root() event: FreshmakerEventRow): string[] {
    return event.requestedRebuilds === '[]' ? [] : (JSON.parse(event.requestedRebuilds) as string[]);
  }

  @FieldResolver(() => Json, { nullable: true, description: 'What the requester sent along.' })
  requesterMetadata(@Root() event: FreshmakerEventRow): unknown {
    return event.requesterMetadata === '{}' ? {} : JSON.parse(event.requesterMetadata);
  }

  @FieldResolver(() => [FreshmakerEvent], { description: 'Events it depends on, as recorded.' })
  async dependsOn(
    @Root() event: FreshmakerEventRow,
    @Ctx() context: OperationContext,
  ): Promise<readonly FreshmakerEventRow[]> {
    return (await context.load(RELATED_EVENTS, event.id)).dependsOn;
  }

  @FieldResolver(() => [FreshmakerEvent], { description: 'Events that depend on it, by number.' })
  async dependingEvents(
    @Root() event: FreshmakerEventRow,
    @Ctx() context: OperationContext,
  ): Promise<readonly FreshmakerEventRow[]> {
    return (await context.load(RELATED_EVENTS, event.id)).depending;
  }

  @FieldResolver(() => [FreshmakerBuild], { description: 'All its builds, by number; `builds` has pages.' })
  artifactBuilds(
    @Root() event: FreshmakerEventRow,
    @Ctx() context: OperationContext,
  ): Promise<readonly FreshmakerBuildRow[]> {
    return context.load(ARTIFACT_BUILDS, event.id);
  }
}

/** What an artifact build computes. */
@Resolver(() => FreshmakerBuild)
export class FreshmakerBuildResolver {
  @FieldResolver(() => [String], {
    description: 'Short words to tell records apart by: its type and why it is rebuilt.',
  })
  tags(@Root() build: FreshmakerBuildRow): string[] {
    return [FreshmakerArtifactType[build.artifactType], build.rebuildReason];
  }

  @FieldResolver(() => FreshmakerArtifactType, { description: 'What it makes.' })
  type(@Root() build: FreshmakerBuildRow): FreshmakerArtifactType {
    return build.artifactType;
  }

  @FieldResolver(() => Int, { description: 'What it makes, by number.' })
  legacyType(@Root() build: FreshmakerBuildRow): number {
    return build.artifactType;
  }

  @FieldResolver(() => Int, { description: "Freshmaker's own state, by number." })
  legacyState(@Root() build: FreshmakerBuildRow): number {
    return Number(build.legacyState);
  }

  @FieldResolver(() => String, { description: "Freshmaker's own state, by name." })
  legacyStateName(@Root() build: FreshmakerBuildRow): string {
    return BUILD_STATES[Number(build.legacyState)]?.name ?? '';
  }

  @FieldResolver(() => FreshmakerEvent, { description: 'The event it was made for.' })
  freshmakerEvent(@Root() build: FreshmakerBuildRow, @Ctx() context: OperationContext): LoadedRecord {
    return loadRecord(context, Kind.EVENT, build.eventId);
  }

  @FieldResolver(() => FreshmakerBuild, { nullable: true, description: 'The build that must succeed first.' })
  dependsOnBuild(@Root() build: FreshmakerBuildRow, @Ctx() context: OperationContext): LoadedRecord | null {
    return build.dependsOnId === null ? null : loadRecord(context, Kind.BUILD, build.dependsOnId);
  }

  @FieldResolver(() => [BuildInterface], {
    description: 'Builds that must succeed before this one can run: none or one.',
  })
  async dependsOn(@Root() build: FreshmakerBuildRow, @Ctx() context: OperationContext): Promise<RecordOrNone[]> {
    return build.dependsOnId === null ? [] : [await loadRecord(context, Kind.BUILD, build.dependsOnId)];
  }

  @FieldResolver(() => [FreshmakerBuild], { description: 'Builds that wait for this one, by number.' })
  dependents(
    @Root() build: FreshmakerBuildRow,
    @Ctx() context: OperationContext,
  ): Promise<readonly FreshmakerBuildRow[]> {
    return context.load(DEPENDENTS, build.id);
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Arguments for the build system.' })
  buildArgs(@Root() build: FreshmakerBuildRow): unknown {
    return JSON.parse(build.buildArgs);
  }

  @FieldResolver(() => [SafeInt], { description: 'Composes to build with.' })
  odcsComposes(@Root() build: FreshmakerBuildRow): number[] {
    return JSON.parse(build.odcsComposes) as number[];
  }

  @FieldResolver(() => Json, { nullable: true, description: 'Pullspec overrides of a bundle; null without.' })
  bundlePullspecOverrides(@Root() build: FreshmakerBuildRow): unknown {
    return build.bundlePullspecOverrides === null ? null : JSON.parse(build.bundlePullspecOverrides);
  }
}

/** What only Freshmaker has. */
@Resolver(() => FreshmakerQuery)
export class FreshmakerQueryResolver {
  @Query(() => FreshmakerQuery, { description: 'What only Freshmaker has.' })
  freshmaker(@Ctx() context: OperationContext): FreshmakerQuery {
    const { authBackend } = freshmakerOf(context);
    return {
      about: { version: context.gateway.version, authBackend },
      eventTypes: [...EVENT_TYPES].map(([id, name]) => ({ id, name })),
      eventStates: [...EVENT_STATES],
      buildTypes: [...BUILD_TYPES],
      buildStates: BUILD_STATES.toSorted((one, other) => one.id - other.id),
    };
  }

  @FieldResolver(() => FreshmakerImageVerification, {
    description: 'Whether an image is handled. INVALID with the reason when it is not.',
  })
  verifyImage(
    @Ctx() context: OperationContext,
    @Arg('nvr', () => String, { description: 'Name, version and release.' }) nvr: string,
  ): Promise<ImageVerification> {
    return verifyImage(context.reader, nvr, freshmakerOf(context).unpublishedExceptions);
  }

  @FieldResolver(() => FreshmakerRepositoryVerification, {
    description: 'Whether the images of a repository are handled. INVALID with the reason when they are not.',
  })
  verifyImageRepository(
    @Ctx() context: OperationContext,
    @Arg('repository', () => String, { description: 'Name, as `project/repository`.' }) repository: string,
  ): Promise<RepositoryVerification> {
    return verifyRepository(context.reader, repository, freshmakerOf(context).unpublishedExceptions);
  }
}
