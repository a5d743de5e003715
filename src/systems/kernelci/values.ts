import { Arg, Ctx, FieldResolver, Int, Resolver } from 'type-graphql';
import { BuildgateError } from '../../core/errors.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { Json } from '../../core/graphql/scalars.js';
import { distinctValues } from '../../core/list/distinct.js';
import type { FilterInput } from '../../core/list/filter.js';
import { firstOfGroups } from '../../core/list/groups.js';
import type { OrderInput } from '../../core/list/order.js';
import { formatTime } from '../../core/time.js';
import { fieldOf } from './fields.js';
import type { DocumentRow } from './reads.js';
import { named, narrowed, SCOPES, type Scope } from './scopes.js';
import { KernelciQuery } from './types.js';

/** Distinct values and first records of groups, of each collection that has them (contract kernelci, sections 5.4, 5.5). */
@Resolver(() => KernelciQuery)
export class KernelciValuesResolver {}

const target = KernelciValuesResolver.prototype;
const MAX_GROUP_MEMBERS = 20;

interface GroupsAsked {
  readonly by: readonly string[];
  readonly filter: FilterInput | null | undefined;
  readonly orderBy: readonly OrderInput[] | null | undefined;
  readonly first: number | null | undefined;
}

/** Different members, in the order in which they were named. */
function groupMembers(by: readonly string[]): string[] {
  const members = [...new Set(by)];
  if (members.length === 0) throw new BuildgateError('INVALID', 'by: name at least one member.');
  if (members.length > MAX_GROUP_MEMBERS)
    throw new BuildgateError('INVALID', `by: at most ${MAX_GROUP_MEMBERS} members.`);
  return members;
}

function groupsOf({ limits, reader }: OperationContext, scope: Scope, asked: GroupsAsked): Promise<DocumentRow[]> {
  const first = asked.first ?? limits.defaultSize;
  if (first > limits.maxSize) throw new BuildgateError('INVALID', `first: at most ${limits.maxSize}.`);
  const members = groupMembers(asked.by).map((member) => named(scope, member));
  const [only] = members;
  const own = only && members.length === 1 ? only.own : scope.own;
  const filter = narrowed(own, asked.filter);
  const by = members.map(({ name }) => name);
  const orderBy = asked.orderBy && asked.orderBy.length > 0 ? asked.orderBy : scope.newest;
  return firstOfGroups<DocumentRow>(reader, scope.list, by, { filter, orderBy, first });
}

async function valuesOf(
  { reader }: OperationContext,
  scope: Scope,
  member: string,
  filter: FilterInput | null | undefined,
): Promise<unknown[]> {
  const { name, own } = named(scope, member);
  const values = await distinctValues(reader, scope.list, name, narrowed(own, filter));
  const isTime = fieldOf(scope.collection, member)?.type === 'time';
  return isTime ? values.map((value) => (typeof value === 'number' ? formatTime(value) : value)) : values;
}

function addDistinct(scope: Scope): void {
  const name = `distinct${scope.many}`;
  const value = (context: OperationContext, field: string, filter?: FilterInput | null): Promise<unknown[]> =>
    valuesOf(context, scope, field, filter);
  const descriptor = { value };
  Object.defineProperty(target, name, descriptor);
  Ctx()(target, name, 0);
  Arg('field', () => scope.members, { description: 'Member of the documents.' })(target, name, 1);
  Arg('filter', () => scope.filter as typeof String, { nullable: true, description: 'Which of them.' })(
    target,
    name,
    2,
  );
  const description = 'Different values of a member, ascending, null last if one has none. Times are ISO 8601 text.';
  FieldResolver(() => [Json], { nullable: 'items', description })(target, name, descriptor);
}

function addGroups(scope: Scope): void {
  const name = `${scope.one}Groups`;
  const value = (
    context: OperationContext,
    by: readonly string[],
    filter?: FilterInput | null,
    orderBy?: readonly OrderInput[] | null,
    first?: number | null,
  ): Promise<DocumentRow[]> => groupsOf(context, scope, { by, filter, orderBy, first });
  const descriptor = { value };
  Object.defineProperty(target, name, descriptor);
  Ctx()(target, name, 0);
  Arg('by', () => [scope.members], { description: 'Members that are the same within a group.' })(target, name, 1);
  Arg('filter', () => scope.filter as typeof String, { nullable: true, description: 'Which of them.' })(
    target,
    name,
    2,
  );
  Arg('orderBy', () => [scope.order as typeof String], {
    nullable: true,
    description: 'Which one is the first of its group, and the order of the groups; newest first by default.',
  })(target, name, 3);
  Arg('first', () => Int, { nullable: true, description: 'How many groups; at most 100, by default 25.' })(
    target,
    name,
    4,
  );
  const description = 'The first of each group of those that have the same values.';
  FieldResolver(() => [scope.type as typeof String], { description })(target, name, descriptor);
}

for (const scope of SCOPES) {
  addDistinct(scope);
  addGroups(scope);
}
