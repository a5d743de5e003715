import { Args, ArgsType, Ctx, Field, ObjectType, Query, Resolver } from 'type-graphql';
import { BuildgateError } from '../errors.js';
import type { FilterInput } from '../list/filter.js';
import type { OrderInput } from '../list/order.js';
import { System } from '../model/states.js';
import { daysBetween } from '../usage/days.js';
import { MOST_USED, ROUTE_USES, usesOn, type RouteUseRow } from '../usage/use-list.js';
import type { Connection } from './connection.js';
import { Access, anyRole } from './access.js';
import type { OperationContext } from './context.js';
import { defineList } from './filter-inputs.js';
import { listed } from './listed.js';
import { PageArgs } from './page-args.js';
import { DateTime, SafeInt } from './scalars.js';
import { connectionType } from './types.js';

/** Who may see which clients call what. */
const OPERATORS = anyRole(['operator'], 'For administrators and the role `operator`.');

const inputs = defineList(ROUTE_USES, 'LegacyRouteUse');

@ArgsType()
class LegacyRouteUseArgs extends PageArgs {
  @Field(() => inputs.filter, { nullable: true, description: 'Which ones.' })
  filter?: FilterInput | null;

  @Field(() => [inputs.order], { nullable: true, description: 'Order; what is called most comes first by default.' })
  orderBy?: OrderInput[] | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The first day that counts, in UTC, by any time on it; the 30th day up to `until` by default.',
  })
  since?: number | null;

  @Field(() => DateTime, {
    nullable: true,
    description: 'The last day that counts, in UTC, by any time on it; today by default.',
  })
  until?: number | null;
}

@ObjectType('LegacyRouteUse', {
  simpleResolvers: true,
  description: 'How often one client called one method of one route of an old REST API, on the days asked for.',
})
class LegacyRouteUseType {
  @Field(() => System, { description: 'System whose API it is.' })
  system!: System;

  @Field(() => String, {
    description: 'The documented URI, below the mount; `none` for URIs that the system does not have.',
  })
  route!: string;

  @Field(() => String, { description: 'HTTP method; `other` for unusual ones.' })
  method!: string;

  @Field(() => String, {
    description:
      'What the client calls itself (`User-Agent`), up to 200 characters; empty where it does not, `other` for all beyond the first 100 of a day and route.',
  })
  userAgent!: string;

  @Field(() => SafeInt, { description: 'Requests.' })
  requests!: number;

  @Field(() => SafeInt, { description: 'Of these, answered with a status from 400 to 499.' })
  clientErrors!: number;

  @Field(() => SafeInt, { description: 'Answered with a status from 500 to 599.' })
  serverErrors!: number;

  @Field(() => DateTime, { description: 'The first request on these days.' })
  firstAt!: number;

  @Field(() => DateTime, { description: 'The last request on these days.' })
  lastAt!: number;
}

const LegacyRouteUseConnection = connectionType(() => LegacyRouteUseType, 'LegacyRouteUse');

/** For operators: who still calls what. */
@Resolver()
export class LegacyUseResolver {
  @Access(OPERATORS)
  @Query(() => LegacyRouteUseConnection, {
    description:
      'Which clients call which routes of the old REST APIs. What this gateway has counted is in it; what others have, up to half a minute later.',
  })
  async legacyRouteUse(
    @Ctx() context: OperationContext,
    @Args(() => LegacyRouteUseArgs) args: LegacyRouteUseArgs,
  ): Promise<Connection<RouteUseRow>> {
    const { store, settleUse } = context.gateway;
    const { from, to } = daysBetween(args.since ?? null, args.until ?? store.now());
    if (from > to) throw new BuildgateError('INVALID', 'since: must not be after until.');
    await settleUse?.();
    return listed(context, usesOn(from, to), args, MOST_USED);
  }
}
