import { Field, InputType, Int, ID, ObjectType } from 'type-graphql';
import { Json, SafeInt } from '../../core/graphql/scalars.js';
import { BuildInterface, EventInterface, NodeInterface } from '../../core/graphql/types.js';
import { FreshmakerArtifactType } from './codes.js';
import './lists.js';

/** GraphQL types of Freshmaker (contract freshmaker, sections 3 and 11). */

@ObjectType('FreshmakerEvent', {
  implements: [EventInterface, NodeInterface],
  description: 'A Freshmaker event: an advisory was shipped, or somebody asked for a rebuild.',
})
export class FreshmakerEvent extends EventInterface {
  @Field(() => String, { description: 'Id of the message that caused the event; unique.' })
  messageId!: string;

  @Field(() => String, { description: 'What the event is about; the id of an advisory where its type says so.' })
  searchKey!: string;

  @Field(() => SafeInt, { description: 'Type, by number. May be one that has no name.' })
  eventTypeId!: number;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether nothing is really built; null only on very old events.',
  })
  dryRun!: boolean | null;
}

@ObjectType('FreshmakerBuild', {
  implements: [BuildInterface, NodeInterface],
  description: 'A Freshmaker artifact build.',
})
export class FreshmakerBuild extends BuildInterface {
  @Field(() => String, { nullable: true, description: 'Name, version and release of the artifact before.' })
  originalNvr!: string | null;

  @Field(() => String, { nullable: true, description: 'Name, version and release of the artifact after.' })
  rebuiltNvr!: string | null;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'Id of the task in the external build system (legacy `build_id`); null until submitted, negative in dry runs.',
  })
  externalBuildId!: number | null;

  @Field(() => String, { description: 'Why it is rebuilt: directly_affected, dependency or unknown.' })
  rebuildReason!: string;
}

@ObjectType('FreshmakerCode', { simpleResolvers: true, description: 'A numbered word of Freshmaker.' })
export class FreshmakerCode {
  @Field(() => Int, { description: 'Number.' })
  id!: number;

  @Field(() => String, { description: 'Name.' })
  name!: string;
}

@ObjectType('FreshmakerAbout', { simpleResolvers: true, description: 'What answers in place of Freshmaker.' })
export class FreshmakerAbout {
  @Field(() => String, { description: 'Version.' })
  version!: string;

  @Field(() => String, { description: 'How old clients authenticate.' })
  authBackend!: string;
}

@ObjectType('FreshmakerImage', { simpleResolvers: true, description: 'An image of the catalogue.' })
export class FreshmakerImage {
  @Field(() => String, { description: 'Name, version and release.' })
  nvr!: string;

  @Field(() => [String], { description: 'Content sets that it was built from.' })
  contentSets!: string[];

  @Field(() => [String], { description: 'Tags in the repository that was asked for.' })
  tags!: string[];
}

@ObjectType('FreshmakerImageVerification', { simpleResolvers: true, description: 'An image is handled.' })
export class FreshmakerImageVerification {
  @Field(() => [FreshmakerImage], { description: 'The image.' })
  images!: FreshmakerImage[];

  @Field(() => String, { description: 'The result in one sentence.' })
  message!: string;
}

@ObjectType('FreshmakerRepositoryVerification', { simpleResolvers: true, description: 'A repository is handled.' })
export class FreshmakerRepositoryVerification {
  @Field(() => [String], { description: 'Tags whose images are rebuilt.' })
  autoRebuildTags!: string[];

  @Field(() => [FreshmakerImage], { description: 'The images that are handled.' })
  images!: FreshmakerImage[];

  @Field(() => String, { description: 'The result in one sentence.' })
  message!: string;
}

@ObjectType('FreshmakerQuery', { simpleResolvers: true, description: 'What only Freshmaker has.' })
export class FreshmakerQuery {
  @Field(() => FreshmakerAbout, { description: 'Version and way of authentication.' })
  about!: FreshmakerAbout;

  @Field(() => [FreshmakerCode], { description: 'Types of event, by number.' })
  eventTypes!: FreshmakerCode[];

  @Field(() => [FreshmakerCode], { description: 'States of events, by number.' })
  eventStates!: FreshmakerCode[];

  @Field(() => [FreshmakerCode], { description: 'Types of artifact, by number.' })
  buildTypes!: FreshmakerCode[];

  @Field(() => [FreshmakerCode], { description: 'States of artifact builds, by number.' })
  buildStates!: FreshmakerCode[];
}

@InputType('FreshmakerAsyncRebuildInput', {
  description: 'A rebuild without advisory. Needs distGitBranch and containerImages.',
})
export class FreshmakerAsyncRebuildInput {
  @Field(() => [String], { nullable: true, description: 'Images to rebuild.' })
  containerImages?: string[] | null;

  @Field(() => SafeInt, { nullable: true, description: 'Event whose successful builds are reused, by its legacy id.' })
  freshmakerEventId?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether nothing is really built.' })
  dryRun?: boolean | null;

  @Field(() => Json, { nullable: true, description: "Kept as the event's requesterMetadata." })
  metadata?: unknown;

  @Field(() => String, { nullable: true, description: 'Branch to build from.' })
  distGitBranch?: string | null;

  @Field(() => String, { nullable: true, description: 'Target to build for.' })
  brewTarget?: string | null;
}

@InputType('FreshmakerRebuildInput', { description: 'A rebuild for an advisory. Needs errataId or freshmakerEventId.' })
export class FreshmakerRebuildInput extends FreshmakerAsyncRebuildInput {
  @Field(() => SafeInt, { nullable: true, description: 'Advisory.' })
  errataId?: number | null;

  @Field(() => Boolean, { nullable: true, description: 'Even if events of the advisory are under way.' })
  force?: boolean | null;

  @Field(() => Json, { nullable: true, description: 'Object of image overrides of bundles; needs containerImages.' })
  bundleRelatedImageOverrides?: unknown;
}

@InputType('FreshmakerEventInput', { description: 'A new event.' })
export class FreshmakerEventInput {
  @Field(() => String, { description: 'Id of the message that caused it; unique.' })
  messageId!: string;

  @Field(() => String, { description: 'What it is about.' })
  searchKey!: string;

  @Field(() => SafeInt, { description: 'Type, by number.' })
  eventTypeId!: number;

  @Field(() => Boolean, { defaultValue: false, description: 'Whether nothing is really built.' })
  dryRun!: boolean;

  @Field(() => String, { nullable: true, description: 'Name of the user who asked for it.' })
  requester?: string | null;

  @Field(() => [String], { defaultValue: [], description: 'Images asked for.' })
  requestedRebuilds!: string[];

  @Field(() => Json, { nullable: true, description: 'What the requester sent along; an empty object by default.' })
  requesterMetadata?: unknown;

  @Field(() => [ID], { defaultValue: [], description: 'Events it depends on.' })
  dependsOn!: string[];
}

@InputType('FreshmakerEventUpdate', { description: 'What is corrected; members that are absent stay.' })
export class FreshmakerEventUpdate {
  @Field(() => SafeInt, { nullable: true, description: 'Type, by number.' })
  eventTypeId?: number | null;

  @Field(() => String, { nullable: true, description: 'What it is about.' })
  searchKey?: string | null;
}

@InputType('FreshmakerPlannedBuild', { description: 'A build to plan.' })
export class FreshmakerPlannedBuild {
  @Field(() => String, { description: 'Name of the artifact.' })
  name!: string;

  @Field(() => FreshmakerArtifactType, { defaultValue: FreshmakerArtifactType.IMAGE, description: 'What is made.' })
  type!: FreshmakerArtifactType;

  @Field(() => String, { nullable: true, description: 'Name, version and release before.' })
  originalNvr?: string | null;

  @Field(() => String, { defaultValue: 'directly_affected', description: 'directly_affected or dependency.' })
  rebuildReason!: string;

  @Field(() => Json, { nullable: true, description: 'Arguments for the build system; an empty object by default.' })
  buildArgs?: unknown;

  @Field(() => [SafeInt], { defaultValue: [], description: 'Composes to build with.' })
  odcsComposes!: number[];

  @Field(() => Json, { nullable: true, description: 'Pullspec overrides of a bundle.' })
  bundlePullspecOverrides?: unknown;

  @Field(() => ID, { nullable: true, description: 'Build that must succeed first.' })
  dependsOn?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The same by name: a build in front of this one in the list, or else one of the same event.',
  })
  dependsOnName?: string | null;
}

@InputType('FreshmakerBuildUpdate', { description: 'What is known by now; members that are absent stay.' })
export class FreshmakerBuildUpdate {
  @Field(() => SafeInt, { nullable: true, description: 'Id of the task in the external build system.' })
  externalBuildId?: number | null;

  @Field(() => String, { nullable: true, description: 'Name, version and release after.' })
  rebuiltNvr?: string | null;

  @Field(() => Json, { nullable: true, description: 'Arguments for the build system.' })
  buildArgs?: unknown;

  @Field(() => [SafeInt], { nullable: true, description: 'Composes to build with.' })
  odcsComposes?: number[] | null;
}
