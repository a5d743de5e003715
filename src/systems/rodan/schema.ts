import { Arg, Ctx, Field, FieldResolver, Query, Resolver } from 'type-graphql';
import type { OperationContext } from '../../core/graphql/context.js';
import { listed } from '../../core/graphql/listed.js';
import { ownPageArgs, type PageArgs } from '../../core/graphql/page-args.js';
import { BuildgateError } from '../../core/errors.js';
import { SafeInt } from '../../core/graphql/scalars.js';
import { addField, addList } from './computed.js';
import { ROW_KINDS } from './kinds.js';
import { listOf, oneOf } from './listing.js';
import { LIST_INPUTS, RODAN_USERS } from './lists.js';
import { OWN_FIELDS } from './own-fields.js';
import { PROJECT_FIELDS } from './project-fields.js';
import { USER_BY_NUMBER, type UserRow } from './reads.js';
import { RECORD_FIELDS } from './record-fields.js';
import { RODAN_CONNECTIONS, RodanQuery, RodanUser } from './types.js';
import { viewerOf } from './viewer.js';

const VIEWABLE =
  'Whether to show only what the caller may see in the old API: rows of projects that they created or are admin or worker of; everything to superusers.';

/** What only Rodan has; the lists and single rows of `ROW_KINDS` are added below. */
@Resolver(() => RodanQuery)
export class RodanQueryResolver {
  @Query(() => RodanQuery, { description: 'What only Rodan has.' })
  rodan(): RodanQuery {
    return {};
  }

  @FieldResolver(() => RodanUser, {
    nullable: true,
    description: 'The user who is asking; null for everybody who is no user of Rodan.',
  })
  async me(@Ctx() context: OperationContext): Promise<UserRow | undefined> {
    const viewer = await viewerOf(context);
    return viewer?.number == null ? undefined : context.load(USER_BY_NUMBER, viewer.number);
  }

  @FieldResolver(() => RodanUser, {
    nullable: true,
    description: 'One user; null when there is none. Needs credentials.',
  })
  async user(
    @Ctx() context: OperationContext,
    @Arg('number', () => SafeInt, { description: 'The number in their address.' }) number: number,
  ): Promise<UserRow | undefined> {
    await requireSignedIn(context);
    return context.load(USER_BY_NUMBER, number);
  }
}

/** @throws BuildgateError UNAUTHENTICATED for callers whom nobody knows */
async function requireSignedIn(context: OperationContext): Promise<void> {
  if (!(await viewerOf(context))) throw new BuildgateError('UNAUTHENTICATED', 'Users are shown to those who sign in.');
}

function addRows(name: keyof typeof ROW_KINDS): void {
  const kind = ROW_KINDS[name];
  const target = RodanQueryResolver.prototype;
  const args = ownPageArgs(kind.inputs, kind.orderDescription);
  const nullable = { nullable: true, description: VIEWABLE };
  if (kind.project) Field(() => Boolean, nullable)(args.prototype as object, 'viewable');
  const { description } = kind;
  addList(target, name, { type: () => RODAN_CONNECTIONS[name], description, args }, (context, given) =>
    listOf(context, kind, given),
  );
  const one = { type: () => kind.type, nullable: true, description: `One of the ${name}; null when there is none.` };
  addField(target, kind.one, one, (context: OperationContext, uuid: string, viewable?: boolean | null) =>
    oneOf(context, kind, uuid, viewable ?? false),
  );
  Ctx()(target, kind.one, 0);
  Arg('uuid', () => String, { description: 'UUID, lower case with dashes.' })(target, kind.one, 1);
  if (kind.project) Arg('viewable', () => Boolean, nullable)(target, kind.one, 2);
}

for (const name of Object.keys(ROW_KINDS) as (keyof typeof ROW_KINDS)[]) addRows(name);

const UserPageArgs = ownPageArgs(LIST_INPUTS.users, 'Order; by number by default.');
addList(
  RodanQueryResolver.prototype,
  'users',
  { type: () => RODAN_CONNECTIONS.users, description: 'Users. Needs credentials.', args: UserPageArgs },
  async (context: OperationContext, args: PageArgs) => {
    await requireSignedIn(context);
    return listed<UserRow>(context, RODAN_USERS, args, [{ field: 'NUMBER' }]);
  },
);

/** Resolvers of what can be read. */
export const READ_RESOLVERS: readonly (new () => object)[] = [
  RodanQueryResolver,
  ...PROJECT_FIELDS,
  ...OWN_FIELDS,
  ...RECORD_FIELDS,
];
