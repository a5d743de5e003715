import { ArgsType, Field, Int } from 'type-graphql';
import type { FilterInput } from '../list/filter.js';
import type { OrderInput } from '../list/order.js';
import type { PageArguments } from '../list/page.js';
import {
  BuildFilter,
  BuildOrder,
  EventFilter,
  EventOrder,
  JobFilter,
  JobOrder,
  ProjectFilter,
  ProjectOrder,
} from './filter-inputs.js';

/** Arguments of every list: where the page begins and how long it is. */
@ArgsType()
export abstract class PageArgs implements PageArguments {
  abstract filter?: FilterInput | null;
  abstract orderBy?: OrderInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many rows from the start or after the cursor; at most 100, by default 25.',
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Rows behind this cursor only.' })
  after?: string | null;

  @Field(() => Int, { nullable: true, description: 'How many rows from the end or before the cursor; at most 100.' })
  last?: number | null;

  @Field(() => String, { nullable: true, description: 'Rows in front of this cursor only.' })
  before?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'How many rows to skip; for numbered pages. Not together with cursors.',
  })
  offset?: number | null;
}

/** Arguments of a list of events. */
@ArgsType()
export class EventPageArgs extends PageArgs {
  @Field(() => EventFilter, { nullable: true, description: 'Which events.' })
  filter?: FilterInput | null;

  @Field(() => [EventOrder], { nullable: true, description: 'Order; newest first by default.' })
  orderBy?: OrderInput[] | null;
}

/** Arguments of a list of builds. */
@ArgsType()
export class BuildPageArgs extends PageArgs {
  @Field(() => BuildFilter, { nullable: true, description: 'Which builds.' })
  filter?: FilterInput | null;

  @Field(() => [BuildOrder], {
    nullable: true,
    description: 'Order; newest first by default, below a record in the order of recording.',
  })
  orderBy?: OrderInput[] | null;
}

/** Arguments of a list of jobs. */
@ArgsType()
export class JobPageArgs extends PageArgs {
  @Field(() => JobFilter, { nullable: true, description: 'Which jobs.' })
  filter?: FilterInput | null;

  @Field(() => [JobOrder], {
    nullable: true,
    description: 'Order; newest first by default, below a record in the order of recording.',
  })
  orderBy?: OrderInput[] | null;
}

/** Arguments of a list of projects. */
@ArgsType()
export class ProjectPageArgs extends PageArgs {
  @Field(() => ProjectFilter, { nullable: true, description: 'Which projects.' })
  filter?: FilterInput | null;

  @Field(() => [ProjectOrder], { nullable: true, description: 'Order; by system and key by default.' })
  orderBy?: OrderInput[] | null;
}

/** Arguments of a list that only one system has. */
export function ownPageArgs(
  { filter, order }: { readonly filter: new () => object; readonly order: new () => object },
  orderDescription: string,
): new () => PageArgs {
  @ArgsType()
  class OwnPageArgs extends PageArgs {
    @Field(() => filter, { nullable: true, description: 'Which ones.' })
    filter?: FilterInput | null;

    @Field(() => [order], { nullable: true, description: orderDescription })
    orderBy?: OrderInput[] | null;
  }
  return OwnPageArgs;
}

/** The default of the list of projects. */
export const BY_KEY: readonly OrderInput[] = [{ field: 'SYSTEM' }, { field: 'LEGACY_ID' }];
/** Newest first, the default of top-level lists. */
export const NEWEST_EVENTS: readonly OrderInput[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
/** Newest first, the default of top-level lists. */
export const NEWEST_BUILDS: readonly OrderInput[] = [{ field: 'SUBMITTED_AT', direction: 'DESC' }];
/** Newest first, the default of top-level lists. */
export const NEWEST_JOBS: readonly OrderInput[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
/** In the order of recording, the default of lists below a record. */
export const AS_RECORDED: readonly OrderInput[] = [{ field: 'LEGACY_ID', direction: 'ASC' }];
