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
  type LoadedRecord,
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
  type TypeClass,
} from './types.js';

const BUILDS_OF_EVENT: ChildList = { list: BUILDS, parentColumn: 'event_id', defaultOrder: AS_RECORDED };
const JOBS_OF_BUILD: ChildList = { list: JOBS, parentColumn: 'build_id', defaultOrder: AS_RECORDED };

/** A page of the children of a record or project, read when it is selected, together with those of its siblings. */
export function children(
  context: OperationContext,
  list: ChildList,
  parent: { readonly id: number },
  args: PageArguments,
): Connection<RecordRow> {
  return connection(
    () => loadChildPage(context, list, parent.id, args),
    () => loadChildCount(context, list, parent.id, args),
  );
}

async function stateCounts(context: OperationContext, list: ChildList, parent: RecordRow): Promise<StateCountsType> {
  return stateCountsOf((await loadStateTotals(context, list, parent.id)).states);
}

const COUNTED_STATES = STATES.map((state) => ({ state, member: State[state].toLowerCase() }));

/** Numbers of records by state, with their sum, as the schema shows them. */
export function stateCountsOf(states: Readonly<Record<State, number>>): StateCountsType {
  const counts: Record<string, number> = {};
  let total = 0;
  for (const { state, member } of COUNTED_STATES) {
    counts[member] = states[state];
    total += states[state];
  }
  return { total, ...counts } as StateCountsType;
}

/** The fields that events, builds and jobs compute alike, for one of them. */
function commonFields(type: () => TypeClass, kind: Kind): new () => object {
  @Resolver(type)
  class CommonFieldsResolver {
    @FieldResolver(() => ID, { description: GLOBAL_ID })
    id(@Root() row: RecordRow): string {
      return globalId(tagOf(kind), row.id);
    }

    @FieldResolver(() => ProjectType, { nullable: true, description: 'What it belongs to.' })
    project(@Root() row: RecordRow, @Ctx() context: OperationContext): Promise<ProjectRow | undefined> | null {
      return row.projectId === null ? null : context.load(PROJECT_BY_ID, row.projectId);
    }

    @FieldResolver(() => [String], { description: 'Short words to tell records apart by.' })
    tags(@Root() row: RecordRow, @Ctx() context: OperationContext): Promise<readonly string[]> | [] {
      const loader = context.system(row.system).tags?.[kind];
      return loader ? context.load(loader, row.id) : [];
    }

    @FieldResolver(() => ChangeConnectionType, { description: 'Its state changes, oldest first.' })
    changes(
      @Root() row: RecordRow,
      @Ctx() context: OperationContext,
      @Arg('first', () => Int, { nullable: true, description: 'How many; at most 100, by default 25.' })
      first?: number | null,
      @Arg('after', () => String, { nullable: true, description: 'Behind this cursor only.' }) after?: string | null,
    ): ChangeConnection {
      return recordChanges(context, kind, row.id, { first, after });
    }
  }
  return CommonFieldsResolver;
}

/** Fields that only events compute. */
@Resolver(() => EventInterface)
class EventFieldsResolver {
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
}

/** Fields that only builds compute. */
@Resolver(() => BuildInterface)
class BuildFieldsResolver {
  @FieldResolver(() => EventInterface, { nullable: true, description: 'The event it was made for.' })
  event(@Root() build: RecordRow, @Ctx() context: OperationContext): LoadedRecord | null {
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
}

/** Fields that only jobs compute. */
@Resolver(() => JobInterface)
class JobFieldsResolver {
  @FieldResolver(() => EventInterface, { nullable: true, description: 'The event it belongs to.' })
  event(@Root() job: RecordRow, @Ctx() context: OperationContext): LoadedRecord | null {
    return parentEvent(context, job);
  }

  @FieldResolver(() => BuildInterface, { nullable: true, description: 'The build it is part of.' })
  build(@Root() job: RecordRow, @Ctx() context: OperationContext): LoadedRecord | null {
    return job.buildId ? loadRecord(context, Kind.BUILD, job.buildId) : null;
  }
}

function parentEvent(context: OperationContext, row: RecordRow): LoadedRecord | null {
  return row.eventId ? loadRecord(context, Kind.EVENT, row.eventId) : null;
}

/** Fields that a project computes. */
@Resolver(() => ProjectType)
class ProjectFieldsResolver {
  @FieldResolver(() => ID, { description: GLOBAL_ID })
  id(@Root() row: ProjectRow): string {
    return globalId('P', row.id);
  }
}

/** Resolvers of the fields that the core's types compute. */
export const RECORD_RESOLVERS = [
  commonFields(() => EventInterface, Kind.EVENT),
  commonFields(() => BuildInterface, Kind.BUILD),
  commonFields(() => JobInterface, Kind.JOB),
  EventFieldsResolver,
  BuildFieldsResolver,
  JobFieldsResolver,
  ProjectFieldsResolver,
];
