import { Arg, Args, Ctx, FieldResolver, Query, Resolver, Root, Subscription } from 'type-graphql';
import type { ArgsDictionary } from 'type-graphql';
import { filtered } from '../changes/filtered.js';
import {
  changeCursor,
  checkChangeFilter,
  matchesChange,
  parseChangeCursor,
  type Change,
  type ChangeFilter,
} from '../changes/log.js';
import { FilterCompiler, type FilterInput } from '../list/filter.js';
import { matchesRecord } from '../list/matches.js';
import { listOf } from '../list/records.js';
import type { RecordRow } from '../list/page.js';
import { Kind } from '../model/states.js';
import { changeConnection, type ChangeConnection } from './change-connection.js';
import { ChangeConnectionType, StateChangeArgs, StateChangeFilter, StateChangeType } from './change.types.js';
import type { OperationContext } from './context.js';
import { BuildFilter, EventFilter, JobFilter } from './filter-inputs.js';
import { loadRecord } from './loaders.js';
import { BuildInterface, EventInterface, JobInterface } from './types.js';

interface SubscribeData {
  readonly args: ArgsDictionary;
  readonly context: OperationContext;
}
type ChangeStream = AsyncIterableIterator<Change, undefined>;

const AFTER =
  'Cursor of the last change that was seen: replays what came behind it, then goes on live, without a gap and without a double. From now on without it.';

function start(context: OperationContext, after: unknown): Promise<ChangeStream> {
  return context.gateway.feed.subscribe(typeof after === 'string' ? parseChangeCursor(after) : null);
}

async function stateChanges({ args, context }: SubscribeData): Promise<ChangeStream> {
  const filter = checkChangeFilter(args['filter'] as ChangeFilter | null | undefined);
  return filtered(await start(context, args['after']), (change) => matchesChange(filter, change));
}

/** Changes of one kind whose record, as it is when the change is delivered, matches a record filter. */
function recordChanges(kind: Kind) {
  return async ({ args, context }: SubscribeData): Promise<ChangeStream> => {
    const filter = args['filter'] as FilterInput | null | undefined;
    // Refuse a bad filter at once instead of at the first change.
    new FilterCompiler(context.reader.dialect).compile(listOf(kind), filter, 't');
    return filtered(
      await start(context, args['after']),
      (change) => change.kind === kind && matchesRecord(context.reader, listOf(kind), change.recordId, filter),
    );
  };
}

/** The change log as a list and as subscriptions. */
@Resolver(() => StateChangeType)
export class ChangeResolver {
  @Query(() => ChangeConnectionType, { description: 'The change log of all systems, oldest first.' })
  stateChanges(@Ctx() context: OperationContext, @Args(() => StateChangeArgs) args: StateChangeArgs): ChangeConnection {
    return changeConnection(context, args);
  }

  @Subscription(() => StateChangeType, {
    subscribe: stateChanges,
    description: 'Every state change, in the order of commits.',
  })
  stateChanged(
    @Root() change: Change,
    @Arg('filter', () => StateChangeFilter, { nullable: true, description: 'Which changes.' }) _filter?: ChangeFilter,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }

  @Subscription(() => StateChangeType, {
    subscribe: recordChanges(Kind.EVENT),
    description: 'State changes of events.',
  })
  eventStateChanged(
    @Root() change: Change,
    @Arg('filter', () => EventFilter, { nullable: true, description: 'Which events.' }) _filter?: FilterInput,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }

  @Subscription(() => StateChangeType, {
    subscribe: recordChanges(Kind.BUILD),
    description: 'State changes of builds.',
  })
  buildStateChanged(
    @Root() change: Change,
    @Arg('filter', () => BuildFilter, { nullable: true, description: 'Which builds.' }) _filter?: FilterInput,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }

  @Subscription(() => StateChangeType, { subscribe: recordChanges(Kind.JOB), description: 'State changes of jobs.' })
  jobStateChanged(
    @Root() change: Change,
    @Arg('filter', () => JobFilter, { nullable: true, description: 'Which jobs.' }) _filter?: FilterInput,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }

  @FieldResolver(() => String)
  cursor(@Root() change: Change): string {
    return changeCursor(change);
  }

  @FieldResolver(() => EventInterface, {
    nullable: true,
    description: 'The event, as it is when delivered; null for another kind.',
  })
  event(@Root() change: Change, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return record(context, change, Kind.EVENT);
  }

  @FieldResolver(() => BuildInterface, {
    nullable: true,
    description: 'The build, as it is when delivered; null for another kind.',
  })
  build(@Root() change: Change, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return record(context, change, Kind.BUILD);
  }

  @FieldResolver(() => JobInterface, {
    nullable: true,
    description: 'The job, as it is when delivered; null for another kind.',
  })
  job(@Root() change: Change, @Ctx() context: OperationContext): Promise<RecordRow | undefined> | null {
    return record(context, change, Kind.JOB);
  }
}

function record(context: OperationContext, change: Change, kind: Kind): Promise<RecordRow | undefined> | null {
  return change.kind === kind ? loadRecord(context, kind, change.recordId) : null;
}
