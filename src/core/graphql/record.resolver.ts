import { Arg, Args, Ctx, FieldResolver, ID, Int, Resolver, Root } from 'type-graphql';
import { globalId, tagOf } from '../ids.js';
import { STATES, State, Kind } from '../model/states.js';
import { BUILDS, JOBS } from '../list/records.js';
import type { PageArguments, RecordRow } from '../list/page.js';
import { connection, type Connection } from './connection.js';
import type { OperationContext } from './context.js';
import { recordChanges, type ChangeConnection } from './change-connection.js';
import { ChangeConnectionType } from './change.types.js';
import {
  loadChildCount,
  loadChildPage,
  loadRecord,
  loadStateTotals,
  PROJECT_BY_ID,
  type ChildList,
  type ProjectRow,
} from './loaders.js';
import { AS_RECORDED, BuildPageArgs, JobPageArgs } from './page-args.js';
import {
  BuildConnection,
  BuildInterface,
  EventInterface,
  GLOBAL_ID,
  JobConnection,
  JobInterface,
  ProjectType,
  StateCountsType,
} from './types.js';

const BUILDS_OF_EVENT: ChildList = { list: BUILDS, parentColumn: 'event_id', defaultOrder: AS_RECORDED };
const JOBS_OF_BUILD: ChildList = { list: JOBS, parentColumn: 'build_id', defaultOrder: AS_RECORDED };

function children(
  context: OperationContext,
  list: ChildList,
  parent: RecordRow,
  args: PageArguments,
): Connection<RecordRow> {
  return connection(
    () => loadChildPage(context, list, parent.id, args),
    () => loadChildCount(context, list, parent.id, args),
  );
}

async function stateCounts(context: OperationContext, list: ChildList, parent: RecordRow): Promise<StateCountsType> {
  const { total, states } = await loadStateTotals(context, list, parent.id);
  const counts = STATES.map((state) => [State[state].toLowerCase(), states[state]]);
  return { total, ...Object.fromEntries(counts) } as StateCountsType;
}

function project(context: OperationContext, row: RecordRow): Promise<ProjectRow | undefined> | null {
  return row.projectId === null ? null : context.load(PROJECT_BY_ID, row.projectId);
}

/** Fields that every event computes. */
@Resolver(() => EventInterface)
export class EventFieldsResolver {
  @FieldResolver(() => ID, { description: GLOBAL_ID })
  id(@Root() event: RecordRow): string {
    return globalId(tagOf(Kind.EVENT), event.id);
  }

  @FieldResolver(() => ProjectType, { nullable: true, description: 'What it belongs to.' })
  project(@Root() event: RecordRow, @Ctx() context: OperationContext): Promise<ProjectRow | undefined> | null {
    return project(context, event);
  }

  @FieldResolver(() => [String], { description: 'Short words to tell records apart by.' })
  tags(): string[] {
    return [];
  }

  @FieldResolver(() => BuildConnection, { description: 'What is built because of it.' })
  builds(
    @Root() event: RecordRow,
    @Ctx() context: OperationContext,
    @Args(() => BuildPageArgs) args: BuildPageArgs,
  ): Connection<RecordRow> {
    return children(context, BUILDS_OF_EVENT, event, args);
  }

  @FieldResolver(() => StateCountsType, { description: 'Number of its builds in each state.' })
  buildCounts(@Root() event: RecordRow, @Ctx() context: OperationContext): Promise<StateCountsType> {
    return stateCounts(context, BUILDS_OF_EVENT, event);
  }

  @FieldResolver(() => ChangeConnectionType, { description: 'Its state changes, oldest first.' })
  changes(
    @Root() event: RecordRow,
    @Ctx() context: OperationContext,
    @Arg('first', () => Int, { nullable: true, description: 'How many; at most 100, by default 25.' })
    first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Behind this cursor only.' }) after?: string | null,
  ): ChangeConnection {
    return recordChanges(context, Kind.EVENT, event.id, { first, after });
  }
}

/** Fields that every build computes. */
@Resolver(() => BuildInterface)
export class BuildFieldsResolver {
  @FieldResolver(() => ID, { description: GLOBAL_ID })
  id(@Root() build: RecordRow): string {
    return globalId(tagOf(Kind.BUILD), build.id);
  }

  @FieldResolver(() => ProjectType, { nullable: true, description: 'What it belongs to.' })
  project(@Root() build: RecordRow, @Ctx() context: OperationContext): Promise<ProjectRow | undefined> | null {
    return project(context, build);
  }

  @FieldResolver(() => [String], { description: 'Short words to tell records apart by.' })
  tags(): string[] {
    return [];
  }

  @FieldResolver(() => EventInterface, { nullable: true, description: 'The event it was made for.' })
  event(@Root() build: RecordRow, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return parentEvent(context, build);
  }

  @FieldResolver(() => [BuildInterface], { description: 'Builds that must succeed before this one can run.' })
  dependsOn(): RecordRow[] {
    return [];
  }

  @FieldResolver(() => JobConnection, { description: 'Pieces of its work.' })
  jobs(
    @Root() build: RecordRow,
    @Ctx() context: OperationContext,
    @Args(() => JobPageArgs) args: JobPageArgs,
  ): Connection<RecordRow> {
    return children(context, JOBS_OF_BUILD, build, args);
  }

  @FieldResolver(() => ChangeConnectionType, { description: 'Its state changes, oldest first.' })
  changes(
    @Root() build: RecordRow,
    @Ctx() context: OperationContext,
    @Arg('first', () => Int, { nullable: true, description: 'How many; at most 100, by default 25.' })
    first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Behind this cursor only.' }) after?: string | null,
  ): ChangeConnection {
    return recordChanges(context, Kind.BUILD, build.id, { first, after });
  }
}

/** Fields that every job computes. */
@Resolver(() => JobInterface)
export class JobFieldsResolver {
  @FieldResolver(() => ID, { description: GLOBAL_ID })
  id(@Root() job: RecordRow): string {
    return globalId(tagOf(Kind.JOB), job.id);
  }

  @FieldResolver(() => ProjectType, { nullable: true, description: 'What it belongs to.' })
  project(@Root() job: RecordRow, @Ctx() context: OperationContext): Promise<ProjectRow | undefined> | null {
    return project(context, job);
  }

  @FieldResolver(() => [String], { description: 'Short words to tell records apart by.' })
  tags(): string[] {
    return [];
  }

  @FieldResolver(() => EventInterface, { nullable: true, description: 'The event it belongs to.' })
  event(@Root() job: RecordRow, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return parentEvent(context, job);
  }

  @FieldResolver(() => BuildInterface, { nullable: true, description: 'The build it is part of.' })
  build(@Root() job: RecordRow, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return job.buildId ? loadRecord(context, Kind.BUILD, job.buildId) : null;
  }

  @FieldResolver(() => ChangeConnectionType, { description: 'Its state changes, oldest first.' })
  changes(
    @Root() job: RecordRow,
    @Ctx() context: OperationContext,
    @Arg('first', () => Int, { nullable: true, description: 'How many; at most 100, by default 25.' })
    first?: number | null,
    @Arg('after', () => String, { nullable: true, description: 'Behind this cursor only.' }) after?: string | null,
  ): ChangeConnection {
    return recordChanges(context, Kind.JOB, job.id, { first, after });
  }
}

function parentEvent(context: OperationContext, row: RecordRow): Promise<RecordRow | undefined> | null {
  return row.eventId ? loadRecord(context, Kind.EVENT, row.eventId) : null;
}

/** Fields that a project computes. */
@Resolver(() => ProjectType)
export class ProjectFieldsResolver {
  @FieldResolver(() => ID, { description: GLOBAL_ID })
  id(@Root() row: ProjectRow): string {
    return globalId('P', row.id);
  }
}
