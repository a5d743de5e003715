import { Arg, Args, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import type { Connection } from '../../core/graphql/connection.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { listed } from '../../core/graphql/listed.js';
import { loadChildPage, type ProjectRow } from '../../core/graphql/loaders.js';
import { BuildPageArgs, ProjectPageArgs } from '../../core/graphql/page-args.js';
import { children } from '../../core/graphql/record.resolver.js';
import { BuildConnection, ProjectType } from '../../core/graphql/types.js';
import type { FilterInput } from '../../core/list/filter.js';
import type { OrderInput } from '../../core/list/order.js';
import type { RecordRow } from '../../core/list/page.js';
import { PROJECTS } from '../../core/list/records.js';
import { MEMBERS } from './lists.js';
import {
  BUILDS_OF_PROJECT,
  BUILDS_WITH_TAG,
  PROJECT_BY_SLUG,
  REPORTED_LAST,
  TAGS_OF_PROJECT,
  USER_BY_ID,
  USER_BY_NAME,
  viewerOf,
  type DevmasonProjectRow,
  type TagRow,
  type UserRow,
} from './reads.js';
import { mayChangeProject } from './rights.js';
import {
  DevmasonBuild,
  DevmasonProject,
  DevmasonProjectConnection,
  DevmasonQuery,
  DevmasonTag,
  DevmasonUser,
  DevmasonUserConnection,
  UserPageArgs,
} from './types.js';

const BY_NAME: readonly OrderInput[] = [{ field: 'NAME' }, { field: 'LEGACY_ID' }];
const BY_USERNAME: readonly OrderInput[] = [{ field: 'USERNAME' }];

/** What a project computes (contract devmason, sections 4.2 and 4.7). */
@Resolver(() => DevmasonProject)
export class DevmasonProjectResolver {
  @FieldResolver(() => String, { description: 'What it is called in URIs; legacy id of the `Project`.' })
  slug(@Root() { legacyId }: DevmasonProjectRow): string {
    return legacyId;
  }

  @FieldResolver(() => DevmasonUser, { nullable: true, description: 'Who registered it; null for nobody.' })
  owner(
    @Root() { ownerId }: DevmasonProjectRow,
    @Ctx() context: OperationContext,
  ): Promise<UserRow | undefined> | null {
    return ownerId === null ? null : context.load(USER_BY_ID, ownerId);
  }

  @FieldResolver(() => ProjectType, { description: 'The same as any project.' })
  project(@Root() project: DevmasonProjectRow): ProjectRow {
    return project;
  }

  @FieldResolver(() => [DevmasonTag], { description: 'Tags of its builds, by code point.' })
  tags(@Root() { id }: DevmasonProjectRow, @Ctx() context: OperationContext): Promise<readonly TagRow[]> {
    return context.load(TAGS_OF_PROJECT, id);
  }

  @FieldResolver(() => BuildConnection, {
    description: 'Its builds: by default those in progress first, then those finished last.',
  })
  builds(
    @Root() project: DevmasonProjectRow,
    @Ctx() context: OperationContext,
    @Args(() => BuildPageArgs) args: BuildPageArgs,
  ): Connection<RecordRow> {
    return children(context, BUILDS_OF_PROJECT, project, args);
  }

  @FieldResolver(() => DevmasonBuild, { nullable: true, description: 'The build that was reported last.' })
  async latestBuild(
    @Root() { id }: DevmasonProjectRow,
    @Ctx() context: OperationContext,
  ): Promise<RecordRow | undefined> {
    return (await loadChildPage(context, BUILDS_OF_PROJECT, id, REPORTED_LAST)).rows[0];
  }

  @FieldResolver(() => Boolean, { description: 'Whether the caller may change and delete it.' })
  async viewerCanUpdate(@Root() { ownerId }: DevmasonProjectRow, @Ctx() context: OperationContext): Promise<boolean> {
    return mayChangeProject({ principal: context.principal, memberId: await viewerOf(context) }, ownerId);
  }
}

/** What a tag computes. */
@Resolver(() => DevmasonTag)
export class DevmasonTagResolver {
  @FieldResolver(() => Int, { description: 'Number of builds that have it.' })
  buildCount(@Root() { id }: TagRow, @Ctx() context: OperationContext): Promise<number> {
    return context.load(BUILDS_WITH_TAG, id);
  }
}

/** What a user computes. */
@Resolver(() => DevmasonUser)
export class DevmasonUserResolver {
  @FieldResolver(() => String, { description: 'Name.' })
  username(@Root() { name }: UserRow): string {
    return name;
  }

  @FieldResolver(() => Boolean, { description: 'Whether it is the caller.' })
  async isViewer(@Root() { id }: UserRow, @Ctx() context: OperationContext): Promise<boolean> {
    return id === (await viewerOf(context));
  }
}

/** A filter that Devmason's own rows have to match, too. */
function ofDevmason(filter: FilterInput | null | undefined): FilterInput {
  return { and: [{ devmason: {} }, filter ?? {}] };
}

/** What only Devmason has. */
@Resolver(() => DevmasonQuery)
export class DevmasonQueryResolver {
  @Query(() => DevmasonQuery, { description: 'What only Devmason has.' })
  devmason(): DevmasonQuery {
    return {};
  }

  @FieldResolver(() => DevmasonProject, { nullable: true, description: 'One project; null when there is none.' })
  project(
    @Ctx() context: OperationContext,
    @Arg('slug', () => String, { description: 'What it is called in URIs.' }) slug: string,
  ): Promise<DevmasonProjectRow | undefined> {
    return context.load(PROJECT_BY_SLUG, slug);
  }

  @FieldResolver(() => DevmasonProjectConnection, { description: 'Projects; by name by default.' })
  projects(
    @Ctx() context: OperationContext,
    @Args(() => ProjectPageArgs) args: ProjectPageArgs,
  ): Connection<DevmasonProjectRow> {
    return listed(context, PROJECTS, { ...args, filter: ofDevmason(args.filter) }, BY_NAME);
  }

  @FieldResolver(() => DevmasonUser, { nullable: true, description: 'One user; null when there is none.' })
  user(
    @Ctx() context: OperationContext,
    @Arg('username', () => String, { description: 'Name.' }) username: string,
  ): Promise<UserRow | undefined> {
    return context.load(USER_BY_NAME, username);
  }

  @FieldResolver(() => DevmasonUserConnection, { description: 'Users; by name by default.' })
  users(@Ctx() context: OperationContext, @Args(() => UserPageArgs) args: UserPageArgs): Connection<UserRow> {
    return listed(context, MEMBERS, { ...args, filter: ofDevmason(args.filter) }, BY_USERNAME);
  }
}
