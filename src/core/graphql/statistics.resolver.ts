import { Arg, Args, ArgsType, Ctx, Extensions, Field, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { countUnfinished } from '../list/count.js';
import { systemOfFilter } from '../list/columns.js';
import { binStart } from '../list/duration-bins.js';
import type { RecordList } from '../list/fields.js';
import type { FilterInput } from '../list/filter.js';
import { BUILDS, EVENTS, JOBS } from '../list/records.js';
import { durationsOf, finishedByState, MOST_BUCKETS, MOST_DAYS } from '../list/statistics.js';
import { State } from '../model/states.js';
import type { OperationContext } from './context.js';
import { BuildFilter, EventFilter, JobFilter } from './filter-inputs.js';
import { stateCountsOf } from './record.resolver.js';
import { DateTime } from './scalars.js';
import {
  DurationDistributionType,
  FinishedBucketType,
  QueueDepthType,
  RecordStatisticsType,
  TimeBucket,
} from './statistics.types.js';

/** Records that numbers are asked about. */
interface Subject {
  readonly list: RecordList;
  readonly filter: FilterInput | null;
}

/** What a number over a range counts as: it reads an index entry for each record that ended in the range. */
const RANGE_ROWS = { rowsRead: 20_000 };

/** A range of time. */
@ArgsType()
class RangeArgs {
  @Field(() => DateTime, { description: 'Records that ended at this moment or later.' })
  from!: number;

  @Field(() => DateTime, {
    description: `Records that ended before this moment; at most ${MOST_DAYS} days behind \`from\`.`,
  })
  to!: number;
}

/** A range of time in buckets. */
@ArgsType()
class BucketArgs extends RangeArgs {
  @Field(() => TimeBucket, {
    description: `Length of a bucket; at most ${MOST_BUCKETS} of them. The range is widened to whole buckets.`,
  })
  bucket!: TimeBucket;
}

/** Numbers about records, for charts. */
@Resolver(() => RecordStatisticsType)
export class StatisticsResolver {
  @Query(() => RecordStatisticsType, { description: 'Numbers about events, for charts.' })
  eventStatistics(
    @Arg('filter', () => EventFilter, { nullable: true, description: 'Which events.' }) filter?: FilterInput | null,
  ): Subject {
    return { list: EVENTS, filter: filter ?? null };
  }

  @Query(() => RecordStatisticsType, { description: 'Numbers about builds, for charts.' })
  buildStatistics(
    @Arg('filter', () => BuildFilter, { nullable: true, description: 'Which builds.' }) filter?: FilterInput | null,
  ): Subject {
    return { list: BUILDS, filter: filter ?? null };
  }

  @Query(() => RecordStatisticsType, { description: 'Numbers about jobs, for charts.' })
  jobStatistics(
    @Arg('filter', () => JobFilter, { nullable: true, description: 'Which jobs.' }) filter?: FilterInput | null,
  ): Subject {
    return { list: JOBS, filter: filter ?? null };
  }

  @Extensions(RANGE_ROWS)
  @FieldResolver(() => [FinishedBucketType], {
    description: 'Records that reached an end state within a range, by time and state; every bucket, oldest first.',
  })
  async finished(
    @Root() { list, filter }: Subject,
    @Ctx() { reader }: OperationContext,
    @Args(() => BucketArgs) { from, to, bucket }: BucketArgs,
  ): Promise<FinishedBucketType[]> {
    const buckets = await finishedByState(reader, list, filter, { from, to }, bucket);
    return buckets.map((found) => ({ startsAt: found.from, endsAt: found.to, counts: stateCountsOf(found.states) }));
  }

  @Extensions(RANGE_ROWS)
  @FieldResolver(() => DurationDistributionType, {
    description: 'How long records took that reached an end state within a range.',
  })
  async durations(
    @Root() { list, filter }: Subject,
    @Ctx() { reader }: OperationContext,
    @Args(() => RangeArgs) { from, to }: RangeArgs,
  ): Promise<DurationDistributionType> {
    const { total, median, p90, bins } = await durationsOf(reader, list, filter, { from, to });
    return {
      total,
      medianMs: milliseconds(median),
      p90Ms: milliseconds(p90),
      bins: bins.map((count, bin) => ({
        fromMs: milliseconds(binStart(bin)) ?? 0,
        toMs: milliseconds(binStart(bin + 1)),
        total: count,
      })),
    };
  }

  @FieldResolver(() => [QueueDepthType], {
    description:
      'How many records wait and are worked on now, for each system that the filter leaves; of a filter by system alone from counters.',
  })
  async queueDepths(
    @Root() { list, filter }: Subject,
    @Ctx() { reader, gateway }: OperationContext,
  ): Promise<QueueDepthType[]> {
    const found = await countUnfinished(reader, list, filter);
    const only = systemOfFilter(list, filter);
    const systems = only === null ? [...gateway.systems.keys()].toSorted((one, other) => one - other) : [only];
    return systems.map((system) => {
      const inState = (state: State): number =>
        found.find((count) => count.system === system && count.state === state)?.total ?? 0;
      return {
        system,
        planned: inState(State.PLANNED),
        queued: inState(State.QUEUED),
        running: inState(State.RUNNING),
      };
    });
  }
}

function milliseconds(micros: number | null): number | null {
  return micros === null ? null : Math.round(micros / 1_000);
}
