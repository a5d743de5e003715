import { Field, ObjectType, registerEnumType } from 'type-graphql';
import { System } from '../model/states.js';
import { DateTime, SafeInt } from './scalars.js';
import { StateCountsType } from './types.js';

/** Lengths of the buckets that a range of time is divided into, in microseconds. */
export enum TimeBucket {
  /** @public chosen by clients only */
  MINUTE = 60_000_000,
  /** @public chosen by clients only */
  FIVE_MINUTES = 300_000_000,
  /** @public chosen by clients only */
  HOUR = 3_600_000_000,
  /** @public chosen by clients only */
  SIX_HOURS = 21_600_000_000,
  /** @public chosen by clients only */
  DAY = 86_400_000_000,
}

registerEnumType(TimeBucket, {
  name: 'TimeBucket',
  description: 'Length of the buckets that a range of time is divided into. They begin at full ones in UTC.',
  valuesConfig: {
    MINUTE: { description: 'One minute.' },
    FIVE_MINUTES: { description: 'Five minutes.' },
    HOUR: { description: 'One hour.' },
    SIX_HOURS: { description: 'Six hours, beginning at 0, 6, 12 and 18 o’clock UTC.' },
    DAY: { description: 'One day from midnight UTC.' },
  },
});

@ObjectType('FinishedBucket', {
  simpleResolvers: true,
  description: 'How many records reached an end state within one bucket of time.',
})
export class FinishedBucketType {
  @Field(() => DateTime, { description: 'When the bucket begins.' })
  startsAt!: number;

  @Field(() => DateTime, { description: 'When it ends; that moment belongs to the next.' })
  endsAt!: number;

  @Field(() => StateCountsType, { description: 'Records by the state that they ended in.' })
  counts!: StateCountsType;
}

@ObjectType('DurationBin', { simpleResolvers: true, description: 'One bar of a histogram of durations.' })
export class DurationBinType {
  @Field(() => SafeInt, { description: 'Least duration in the bin, in milliseconds.' })
  fromMs!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description: 'Where the next bin begins, in milliseconds; null for the last bin, which has no end.',
  })
  toMs!: number | null;

  @Field(() => SafeInt, { description: 'Records in the bin.' })
  total!: number;
}

@ObjectType('DurationDistribution', {
  simpleResolvers: true,
  description:
    'How long work took, from `startedAt` to `finishedAt`. Records that lack one of them, or whose end comes first, are left out.',
})
export class DurationDistributionType {
  @Field(() => SafeInt, { description: 'Records whose duration is known.' })
  total!: number;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'The median in milliseconds, by nearest rank: half of the records took no longer. Null without records.',
  })
  medianMs!: number | null;

  @Field(() => SafeInt, {
    nullable: true,
    description:
      'The 90th percentile in milliseconds, by nearest rank: nine of ten records took no longer. Null without records.',
  })
  p90Ms!: number | null;

  @Field(() => [DurationBinType], {
    description: 'A histogram from 0 on, without gaps; its bins are the same for all ranges and filters.',
  })
  bins!: DurationBinType[];
}

@ObjectType('QueueDepth', {
  simpleResolvers: true,
  description: 'How many records of a system have not ended now.',
})
export class QueueDepthType {
  @Field(() => System, { description: 'System the records belong to.' })
  system!: System;

  @Field(() => SafeInt, { description: 'Decided on, not yet handed to anybody.' })
  planned!: number;

  @Field(() => SafeInt, { description: 'Waiting to be worked on.' })
  queued!: number;

  @Field(() => SafeInt, { description: 'Being worked on.' })
  running!: number;
}

@ObjectType('RecordStatistics', {
  description: 'Numbers about the records of one kind that match a filter; each computed when it is selected.',
})
export class RecordStatisticsType {}
