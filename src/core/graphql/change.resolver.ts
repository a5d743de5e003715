import { Arg, Args, Ctx, FieldResolver, ID, Query, Resolver, Root, Subscription } from 'type-graphql';
import {
  changeCursor,
  checkChangeFilter,
  matchesChange,
  sequenceCursor,
  type Change,
  type ChangeFilter,
} from '../changes/log.js';
import type { Watch } from '../changes/watch.js';
import { globalId, tagOf } from '../ids.js';
import { FilterCompiler, type FilterInput } from '../list/filter.js';
import { matchesRecord } from '../list/matches.js';
import { listOf } from '../list/records.js';
import { Kind, PROJECT_KIND } from '../model/states.js';
import { changeConnection, type ChangeConnection } from './change-connection.js';
import { ChangeConnectionType, StateChangeArgs, StateChangeFilter, StateChangeType } from './change.types.js';
import type { OperationContext } from './context.js';
import { BuildFilter, EventFilter, JobFilter } from './filter-inputs.js';
import { type LoadedRecord, loadRecord } from './loaders.js';
import { AFTER, subscribed, type SubscribeData } from './subscribed.js';
import { BuildInterface, EventInterface, JobInterface } from './types.js';

const DELETIONS =
  'Deletions come whatever the filter says, because the record to ask is gone by then; `recordId` tells whose they are.';

function stateChanges(data: SubscribeData): Promise<Watch<Change>> {
  const filter = checkChangeFilter(data.args['filter'] as ChangeFilter | null | undefined);
  return subscribed(data, (entry) => (entry.kind !== PROJECT_KIND && matchesChange(filter, entry) ? entry : null));
}

/** Changes of one kind whose record, as it is when the change is delivered, matches a record filter; all deletions. */
function recordChanges(kind: Kind) {
  return (data: SubscribeData): Promise<Watch<Change>> => {
    const { reader } = data.context;
    const filter = data.args['filter'] as FilterInput | null | undefined;
    // Refuse a bad filter at once instead of at the first change.
    new FilterCompiler(reader.dialect).compile(listOf(kind), filter, 't');
    return subscribed(data, async (entry) => {
      if (entry.kind === PROJECT_KIND || entry.kind !== kind) return null;
      return entry.deleted || (await matchesRecord(reader, listOf(kind), entry.recordId, filter)) ? entry : null;
    });
  };
}

/** The change log as a list and as subscriptions. */
@Resolver(() => StateChangeType)
export class ChangeResolver {
  @Query(() => ChangeConnectionType, { description: 'The change log of all systems, oldest first.' })
  stateChanges(@Ctx() context: OperationContext, @Args(() => StateChangeArgs) args: StateChangeArgs): ChangeConnection {
    return changeConnection(context, args);
  }

  @Query(() => String, {
    description:
      'Cursor of the present end of the change log. What is selected behind it in the same operation is at least as new, so a subscription `after` it misses nothing that happens to what was read.',
  })
  changeCursor(@Ctx() { gateway }: OperationContext): string {
    return sequenceCursor(gateway.feed.head);
  }

  @Subscription(() => StateChangeType, {
    subscribe: stateChanges,
    description: 'Every state change and deletion, in the order of commits.',
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
    description: `State changes of events. ${DELETIONS}`,
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
    description: `State changes of builds. ${DELETIONS}`,
  })
  buildStateChanged(
    @Root() change: Change,
    @Arg('filter', () => BuildFilter, { nullable: true, description: 'Which builds.' }) _filter?: FilterInput,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }

  @Subscription(() => StateChangeType, {
    subscribe: recordChanges(Kind.JOB),
    description: `State changes of jobs. ${DELETIONS}`,
  })
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

  @FieldResolver(() => ID, { description: 'Global id of the record, also when it is deleted.' })
  recordId(@Root() change: Change): string {
    return globalId(tagOf(change.kind), change.recordId);
  }

  @FieldResolver(() => EventInterface, {
    nullable: true,
    description: 'The event, as it is when delivered; null for another kind, and when it is deleted.',
  })
  event(@Root() change: Change, @Ctx() context: OperationContext): LoadedRecord | null {
    return record(context, change, Kind.EVENT);
  }

  @FieldResolver(() => BuildInterface, {
    nullable: true,
    description: 'The build, as it is when delivered; null for another kind, and when it is deleted.',
  })
  build(@Root() change: Change, @Ctx() context: OperationContext): LoadedRecord | null {
    return record(context, change, Kind.BUILD);
  }

  @FieldResolver(() => JobInterface, {
    nullable: true,
    description: 'The job, as it is when delivered; null for another kind, and when it is deleted.',
  })
  job(@Root() change: Change, @Ctx() context: OperationContext): LoadedRecord | null {
    return record(context, change, Kind.JOB);
  }
}

function record(context: OperationContext, change: Change, kind: Kind): LoadedRecord | null {
  return change.kind === kind ? loadRecord(context, kind, change.recordId) : null;
}
