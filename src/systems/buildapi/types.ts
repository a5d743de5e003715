import { ArgsType, Field, Int, ObjectType } from 'type-graphql';
import { PageArgs } from '../../core/graphql/page-args.js';
import { DateTime, JsonObject, SafeInt } from '../../core/graphql/scalars.js';
import {
  BuildInterface,
  connectionType,
  EventInterface,
  JobInterface,
  NodeInterface,
} from '../../core/graphql/types.js';
import type { FilterInput } from '../../core/list/filter.js';
import type { OrderInput } from '../../core/list/order.js';
import { BuildapiAttemptFilter, BuildapiAttemptOrder } from './lists.js';

/** GraphQL types of buildapi (contract buildapi, sections 4 and 12). */

@ObjectType('BuildapiChange', {
  implements: [EventInterface, NodeInterface],
  description: 'A push that build requests were made for.',
})
export class BuildapiChange extends EventInterface {
  @Field(() => String, { nullable: true, description: 'Branch that was pushed to.' })
  branch!: string | null;

  @Field(() => String, { nullable: true, description: 'Revision that was pushed.' })
  revision!: string | null;

  @Field(() => String, { nullable: true, description: 'What the author says of it.' })
  comments!: string | null;

  @Field(() => String, { nullable: true, description: 'Address of the revision.' })
  revlink!: string | null;

  @Field(() => String, { nullable: true, description: 'Category, for schedulers.' })
  category!: string | null;
}

@ObjectType('BuildapiRequest', {
  implements: [BuildInterface, NodeInterface],
  description: 'A build request: one wish to run one builder on one revision.',
})
export class BuildapiRequest extends BuildInterface {
  @Field(() => String, { nullable: true, description: 'Branch of the source stamp, such as `projects/ash`.' })
  sourceBranch!: string | null;

  @Field(() => String, { nullable: true, description: 'Revision to build.' })
  revision!: string | null;

  @Field(() => Int, { description: 'Higher runs first; may be negative.' })
  priority!: number;

  @Field(() => SafeInt, { description: 'When a master last said that it runs this, in seconds; 0: not claimed.' })
  claimedAt!: number;

  @Field(() => String, { nullable: true, description: 'Master that runs it, `host:/directory`.' })
  claimedByName!: string | null;

  @Field(() => String, { nullable: true, description: 'Process of that master.' })
  claimedByIncarnation!: string | null;

  @Field(() => Int, { nullable: true, description: 'Result code, 0 to 6; null while not complete.' })
  results!: number | null;

  @Field(() => String, { nullable: true, description: 'Why it was made: `scheduler`, `Self-serve: ...`.' })
  buildReason!: string | null;

  @Field(() => SafeInt, { nullable: true, description: 'Number of the set of requests that it is part of.' })
  buildsetId!: number | null;
}

@ObjectType('BuildapiAttempt', { description: 'An attempt at a build request: one build on one machine.' })
export class BuildapiAttempt {
  @Field(() => SafeInt, { description: 'Counts per master and builder, from 0.' })
  buildNumber!: number;

  @Field(() => DateTime, { description: 'When it began.' })
  startedAt!: number;

  @Field(() => DateTime, { nullable: true, description: 'When it ended; null while it runs.' })
  finishedAt!: number | null;

  @Field(() => String, { nullable: true, description: 'Machine that it ran on.' })
  slaveName!: string | null;
}

@ObjectType('BuildapiJob', {
  implements: [JobInterface, NodeInterface],
  description: 'A job request: somebody asked for builds to be changed or made; an agent does it and reports back.',
})
export class BuildapiJob extends JobInterface {}

@ObjectType('BuildapiBranch', { simpleResolvers: true, description: 'A known branch.' })
export class BuildapiBranch {
  @Field(() => String, { description: 'Name.' })
  name!: string;

  @Field(() => JsonObject, { description: 'All that was loaded about it, `repo` among it.' })
  attributes!: object;
}

@ObjectType('BuildapiPushCount', { simpleResolvers: true, description: 'How much an author pushed.' })
export class BuildapiPushCount {
  @Field(() => String, { description: 'Author.' })
  author!: string;

  @Field(() => Int, { description: 'Distinct revisions and source branches.' })
  count!: number;
}

/** A page of attempts. */
export const BuildapiAttemptConnection = connectionType(() => BuildapiAttempt, 'BuildapiAttempt');

/** Arguments of a list of attempts. */
@ArgsType()
export class AttemptPageArgs extends PageArgs {
  @Field(() => BuildapiAttemptFilter, { nullable: true, description: 'Which attempts.' })
  filter?: FilterInput | null;

  @Field(() => [BuildapiAttemptOrder], { nullable: true, description: 'Order; newest first by default.' })
  orderBy?: OrderInput[] | null;
}

@ObjectType('BuildapiQuery', { simpleResolvers: true, description: 'What only buildapi has.' })
export class BuildapiQuery {}
