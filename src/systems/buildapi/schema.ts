import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import type { Connection } from '../../core/graphql/connection.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { listed } from '../../core/graphql/listed.js';
import { type LoadedRecord, loadRecord } from '../../core/graphql/loaders.js';
import { DateTime, Json, JsonObject, SafeInt } from '../../core/graphql/scalars.js';
import { recordNumber } from '../../core/ids.js';
import type { OrderInput } from '../../core/list/order.js';
import { Kind } from '../../core/model/states.js';
import { ATTEMPTS } from './lists.js';
import {
  ATTEMPT_BY_ID,
  ATTEMPTS_OF_REQUEST,
  branches,
  branchNamed,
  buildersOf,
  builderNames,
  idOfNumber,
  PUSHES_OF_REQUEST,
  pushCounts,
  REQUESTS_OF_PUSH,
  type AttemptRow,
  type BranchRow,
  type ChangeRow,
  type JobRow,
  type PushCount,
  type RequestRow,
} from './reads.js';
import {
  AttemptPageArgs,
  BuildapiAttempt,
  BuildapiAttemptConnection,
  BuildapiBranch,
  BuildapiChange,
  BuildapiJob,
  BuildapiPushCount,
  BuildapiQuery,
  BuildapiRequest,
} from './types.js';

const NEWEST_ATTEMPTS: readonly OrderInput[] = [{ field: 'BUILD_ID', direction: 'DESC' }];
const BRANCH = { description: 'Name of a known branch.' };

/** What a change computes. */
@Resolver(() => BuildapiChange)
export class BuildapiChangeResolver {
  @FieldResolver(() => [String], { description: 'Files that were changed.' })
  files(@Root() { files }: ChangeRow): string[] {
    const names = files === null ? [] : (JSON.parse(files) as unknown[]);
    return names.map((name) => (typeof name === 'string' ? name : JSON.stringify(name)));
  }

  @FieldResolver(() => [BuildapiRequest], { description: 'Build requests for it, by number.' })
  requests(@Root() change: ChangeRow, @Ctx() context: OperationContext): Promise<readonly RequestRow[]> {
    return context.load(REQUESTS_OF_PUSH, change.id);
  }
}

/** What a build request computes. */
@Resolver(() => BuildapiRequest)
export class BuildapiRequestResolver {
  @FieldResolver(() => SafeInt, { description: 'Legacy `request_id`.' })
  number(@Root() { id }: RequestRow): number {
    return recordNumber(id);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is over, however it ended.' })
  complete(@Root() { legacyState }: RequestRow): boolean {
    return legacyState === 'complete';
  }

  @FieldResolver(() => JsonObject, { description: 'Properties of its builds.' })
  properties(@Root() { properties }: RequestRow): unknown {
    return JSON.parse(properties);
  }

  @FieldResolver(() => [BuildapiChange], { description: 'Pushes that it is for, by number.' })
  pushes(@Root() request: RequestRow, @Ctx() context: OperationContext): Promise<readonly ChangeRow[]> {
    return context.load(PUSHES_OF_REQUEST, request.id);
  }

  @FieldResolver(() => [BuildapiAttempt], { description: 'Every attempt at it, by build id.' })
  attempts(@Root() request: RequestRow, @Ctx() context: OperationContext): Promise<readonly AttemptRow[]> {
    return context.load(ATTEMPTS_OF_REQUEST, request.id);
  }
}

/** What an attempt computes. */
@Resolver(() => BuildapiAttempt)
export class BuildapiAttemptResolver {
  @FieldResolver(() => SafeInt, { description: 'Legacy `build_id`.' })
  buildId(@Root() { id }: AttemptRow): number {
    return recordNumber(id);
  }

  @FieldResolver(() => BuildapiRequest, { description: 'The build request.' })
  request(@Root() { requestId }: AttemptRow, @Ctx() context: OperationContext): LoadedRecord {
    return loadRecord(context, Kind.BUILD, requestId);
  }
}

/** What a job request computes. */
@Resolver(() => BuildapiJob)
export class BuildapiJobResolver {
  @FieldResolver(() => SafeInt, { description: 'Number of the job; legacy `request_id` in the answer to a write.' })
  number(@Root() { id }: JobRow): number {
    return recordNumber(id);
  }

  @FieldResolver(() => String, { description: 'What is asked for, such as `cancel_build`.' })
  action(@Root() { name }: JobRow): string {
    return name;
  }

  @FieldResolver(() => JsonObject, { description: 'Its parameters.' })
  what(@Root() { what }: JobRow): unknown {
    return JSON.parse(what);
  }

  @FieldResolver(() => Json, { nullable: true, description: 'The whole message of the agent; null until it came.' })
  completeData(@Root() { completeData }: JobRow): unknown {
    return completeData === null ? null : JSON.parse(completeData);
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is history from an old server, which is never run.' })
  imported(@Root() { imported }: JobRow): boolean {
    return Boolean(imported);
  }
}

/** A branch with its attributes parsed. */
function shown({ name, attributes }: BranchRow): BuildapiBranch {
  return { name, attributes: JSON.parse(attributes) as object };
}

/** What only buildapi has. */
@Resolver(() => BuildapiQuery)
export class BuildapiQueryResolver {
  @Query(() => BuildapiQuery, { description: 'What only buildapi has.' })
  buildapi(): BuildapiQuery {
    return {};
  }

  @FieldResolver(() => [BuildapiBranch], { description: 'Known branches, by name.' })
  async branches(@Ctx() { reader }: OperationContext): Promise<BuildapiBranch[]> {
    return (await branches(reader)).map(shown);
  }

  @FieldResolver(() => BuildapiBranch, { nullable: true, description: 'The branch of exactly this name.' })
  async branch(
    @Ctx() { reader }: OperationContext,
    @Arg('name', () => String, { description: 'Name.' }) name: string,
  ): Promise<BuildapiBranch | null> {
    const row = await branchNamed(reader, name);
    return row ? shown(row) : null;
  }

  @FieldResolver(() => [String], { description: 'Builder list of a branch, which agents work with, sorted.' })
  builders(
    @Ctx() { reader }: OperationContext,
    @Arg('branch', () => String, BRANCH) branch: string,
  ): Promise<string[]> {
    return buildersOf(reader, branch);
  }

  @FieldResolver(() => BuildapiAttempt, { nullable: true, description: 'One attempt; null when there is none.' })
  attempt(
    @Ctx() context: OperationContext,
    @Arg('buildId', () => SafeInt, { description: 'Legacy `build_id`.' }) buildId: number,
  ): Promise<AttemptRow | undefined> | null {
    const id = idOfNumber(buildId);
    return id === null ? null : context.load(ATTEMPT_BY_ID, id);
  }

  @FieldResolver(() => BuildapiAttemptConnection, { description: 'Attempts at build requests.' })
  attempts(
    @Ctx() context: OperationContext,
    @Args(() => AttemptPageArgs) args: AttemptPageArgs,
  ): Connection<AttemptRow> {
    return listed(context, ATTEMPTS, args, NEWEST_ATTEMPTS);
  }

  @FieldResolver(() => [String], {
    description: 'Distinct names of builders that requests were submitted for and that contain a text, sorted.',
  })
  builderNames(
    @Ctx() { reader }: OperationContext,
    @Arg('branch', () => String, { description: 'What the name contains.' }) branch: string,
    @Arg('since', () => DateTime, { description: 'Submitted then or later.' }) since: number,
  ): Promise<string[]> {
    return builderNames(reader, branch, since);
  }

  @FieldResolver(() => [BuildapiPushCount], {
    description: 'How much each author pushed, by author; branches that end in unittest or talos do not count.',
  })
  pushCounts(
    @Ctx() { reader }: OperationContext,
    @Arg('branchContains', () => String, { nullable: true, description: 'Text that the branch of the push contains.' })
    branchContains?: string | null,
    @Arg('from', () => DateTime, { nullable: true, description: 'Pushed then or later.' }) from?: number | null,
    @Arg('to', () => DateTime, { nullable: true, description: 'Pushed then or earlier.' }) to?: number | null,
  ): Promise<PushCount[]> {
    return pushCounts(reader, { branchContains: branchContains ?? null, from: from ?? null, to: to ?? null });
  }
}
