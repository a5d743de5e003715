import { Field, InputType } from 'type-graphql';
import { JsonObject, OffsetDateTime } from '../../core/graphql/scalars.js';
import type { OffsetTime } from '../../core/time.js';
import { RepositoryType } from './types.js';

/** What is reported (contract devmason, section 7). */

const NOW = 'The time of receipt unless given.';

@InputType('DevmasonStepInput', { description: 'A build step.' })
export class StepInput {
  @Field(() => String, { description: 'Name; at most 2,000 bytes of UTF-8.' })
  name!: string;

  @Field(() => Boolean, { description: 'Whether it succeeded.' })
  success!: boolean;

  @Field(() => OffsetDateTime, {
    nullable: true,
    description: 'When it began; unless given, as the build in a whole report, else the time of receipt.',
  })
  started?: OffsetTime | null;

  @Field(() => OffsetDateTime, {
    nullable: true,
    description: 'When it ended; unless given, as the build in a whole report, else the time of receipt.',
  })
  finished?: OffsetTime | null;

  @Field(() => String, { nullable: true, description: 'What it wrote; nothing by default.' })
  output?: string | null;

  @Field(() => String, { nullable: true, description: 'What it wrote as errors; nothing by default.' })
  errout?: string | null;

  @Field(() => JsonObject, { nullable: true, description: 'Anything else that is to be known of it.' })
  extra?: Readonly<Record<string, unknown>> | null;
}

const CLIENT =
  'Who ran it: `host` and `arch` as strings, `user` (by default the name of the caller, else empty), and anything else.';
const TAGS = 'Tags, each cut at commas and trimmed; at most 2,000 bytes of UTF-8 each.';

@InputType('DevmasonBuildStartInput', { description: 'A build that is reported step by step.' })
export class BuildStartInput {
  @Field(() => JsonObject, { description: CLIENT })
  client!: Readonly<Record<string, unknown>>;

  @Field(() => OffsetDateTime, { nullable: true, description: `When it began. ${NOW}` })
  started?: OffsetTime | null;

  @Field(() => [String], { nullable: true, description: TAGS })
  tags?: readonly string[] | null;
}

@InputType('DevmasonBuildInput', { description: 'A whole build.' })
export class BuildInput extends BuildStartInput {
  @Field(() => Boolean, { description: 'Whether it succeeded.' })
  success!: boolean;

  @Field(() => OffsetDateTime, { nullable: true, description: `When it ended. ${NOW}` })
  finished?: OffsetTime | null;

  @Field(() => [StepInput], { nullable: true, description: 'Its steps, in the order of arrival.' })
  results?: readonly StepInput[] | null;
}

@InputType('DevmasonRepositoryInput', { description: 'Where the source of a project is.' })
export class RepositoryInput {
  @Field(() => String, { description: 'Address; at most 2,000 bytes of UTF-8. One that is known keeps its type.' })
  url!: string;

  @Field(() => RepositoryType, { description: 'What keeps it.' })
  type!: RepositoryType;
}
