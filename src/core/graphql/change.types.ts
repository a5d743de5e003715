import { ArgsType, Field, InputType, Int, ObjectType } from 'type-graphql';
import type { ChangeFilter } from '../changes/log.js';
import { Kind, State, System } from '../model/states.js';
import { KindFilter, StateFilter, SystemFilter } from './filter-inputs.js';
import { DateTime, SafeInt } from './scalars.js';
import { PageInfoType } from './types.js';

@ObjectType('StateChange', { description: 'A record changed its state, was created or was deleted.' })
export class StateChangeType {
  @Field(() => String, { description: 'Place in the log. Give it as `after` to go on behind this change.' })
  cursor!: string;

  @Field(() => DateTime, { description: 'When.' })
  at!: number;

  @Field(() => System, { description: 'System of the record.' })
  system!: System;

  @Field(() => Kind, { description: 'Kind of the record.' })
  kind!: Kind;

  @Field(() => State, { nullable: true, description: 'State before; null when the record was created.' })
  from!: State | null;

  @Field(() => State, { description: 'State after; the last one when the record was deleted.' })
  to!: State;

  @Field(() => Boolean, { description: 'Whether the record was deleted. `from` and `to` are then its last state.' })
  deleted!: boolean;

  @Field(() => String, { nullable: true, description: 'Why, in one sentence.' })
  reason!: string | null;

  @Field(() => String, { nullable: true, description: 'Name of the user whose request it was.' })
  actor!: string | null;
}

@ObjectType('StateChangeEdge', { simpleResolvers: true, description: 'One row of a list of state changes.' })
class ChangeEdgeType {
  @Field(() => String, { description: 'Place in the log.' })
  cursor!: string;

  @Field(() => StateChangeType, { description: 'The change.' })
  node!: StateChangeType;
}

@ObjectType('StateChangeConnection', { simpleResolvers: true, description: 'A page of state changes, oldest first.' })
export class ChangeConnectionType {
  @Field(() => [ChangeEdgeType], { description: 'Changes with their cursors.' })
  edges!: ChangeEdgeType[];

  @Field(() => [StateChangeType], { description: 'Changes.' })
  nodes!: StateChangeType[];

  @Field(() => PageInfoType, { description: 'Where the page stands.' })
  pageInfo!: PageInfoType;

  @Field(() => SafeInt, { description: 'Exact number of changes that match; computed only when selected.' })
  totalCount!: number;
}

@InputType('StateChangeFilter', { description: 'Conditions on state changes; all of them must hold.' })
export class StateChangeFilter {
  @Field(() => SystemFilter, { nullable: true, description: 'System of the record.' })
  system?: ChangeFilter['system'];

  @Field(() => KindFilter, { nullable: true, description: 'Kind of the record.' })
  kind?: ChangeFilter['kind'];

  @Field(() => StateFilter, { nullable: true, description: 'State before.' })
  from?: ChangeFilter['from'];

  @Field(() => StateFilter, { nullable: true, description: 'State after.' })
  to?: ChangeFilter['to'];
}

@ArgsType()
export class StateChangeArgs {
  @Field(() => StateChangeFilter, { nullable: true, description: 'Which changes.' })
  filter?: ChangeFilter | null;

  @Field(() => Int, { nullable: true, description: 'How many; at most 100, by default 25.' })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'Behind this cursor only.' })
  after?: string | null;
}
