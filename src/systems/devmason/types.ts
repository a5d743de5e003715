import { ArgsType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { PageArgs } from '../../core/graphql/page-args.js';
import { DateTime, SafeInt } from '../../core/graphql/scalars.js';
import {
  BuildInterface,
  connectionType,
  EventInterface,
  JobInterface,
  NodeInterface,
} from '../../core/graphql/types.js';
import type { FilterInput } from '../../core/list/filter.js';
import type { OrderInput } from '../../core/list/order.js';
import { DevmasonUserFilter, DevmasonUserOrder } from './lists.js';

/** GraphQL types of Devmason (contract devmason, sections 4 and 9). */

/** Kinds of repository, in Devmason's own words. */
export enum RepositoryType {
  NONE = 'none',
  GIT = 'git',
  SVN = 'svn',
  HG = 'hg',
  BZR = 'bzr',
}

registerEnumType(RepositoryType, {
  name: 'DevmasonRepositoryType',
  description: 'What keeps the source of a project.',
  valuesConfig: {
    NONE: { description: 'Not said.' },
    GIT: { description: 'Git.' },
    SVN: { description: 'Subversion.' },
    HG: { description: 'Mercurial.' },
    BZR: { description: 'Bazaar.' },
  },
});

@ObjectType('DevmasonRepository', { description: 'Where the source of a project is.' })
export class DevmasonRepository {
  @Field(() => String, { description: 'Address.' })
  url!: string;

  @Field(() => RepositoryType, { description: 'What keeps it.' })
  type!: RepositoryType;
}

@ObjectType('DevmasonBuildRequest', {
  implements: [EventInterface, NodeInterface],
  description: 'Somebody asked for a build, or pushed. Nothing here carries it out; whoever builds may look for it.',
})
export class DevmasonBuildRequest extends EventInterface {}

@ObjectType('DevmasonBuild', {
  implements: [BuildInterface, NodeInterface],
  description: 'A reported build: the results of one run of the tests of a project on one machine.',
})
export class DevmasonBuild extends BuildInterface {
  @Field(() => Int, { description: 'Number of its steps.' })
  stepCount!: number;

  @Field(() => SafeInt, { description: 'Bytes of what its steps say besides their names, as JSON.' })
  size!: number;
}

@ObjectType('DevmasonStep', {
  implements: [JobInterface, NodeInterface],
  description: 'A build step: one command that was run, and what it wrote.',
})
export class DevmasonStep extends JobInterface {
  @Field(() => Int, { description: 'Order of arrival within the build, from 1.' })
  number!: number;

  @Field(() => SafeInt, { description: 'Bytes of `output`, `errout` and `extra`, as JSON.' })
  size!: number;
}

@ObjectType('DevmasonUser', { description: 'A user of Devmason.' })
export class DevmasonUser {
  @Field(() => DateTime, { description: 'When the user was recorded.' })
  createdAt!: number;
}

@ObjectType('DevmasonTag', { description: 'A tag that at least one build of a project has.' })
export class DevmasonTag {
  @Field(() => String, { description: 'Name.' })
  name!: string;
}

@ObjectType('DevmasonProject', { description: 'A project that builds are reported of.' })
export class DevmasonProject {
  @Field(() => String, { description: 'Name.' })
  name!: string;
}

/** A page of projects. */
export const DevmasonProjectConnection = connectionType(() => DevmasonProject, 'DevmasonProject');
/** A page of users. */
export const DevmasonUserConnection = connectionType(() => DevmasonUser, 'DevmasonUser');

/** Arguments of a list of users. */
@ArgsType()
export class UserPageArgs extends PageArgs {
  @Field(() => DevmasonUserFilter, { nullable: true, description: 'Which users.' })
  filter?: FilterInput | null;

  @Field(() => [DevmasonUserOrder], { nullable: true, description: 'Order; by name by default.' })
  orderBy?: OrderInput[] | null;
}

@ObjectType('DevmasonQuery', { simpleResolvers: true, description: 'What only Devmason has.' })
export class DevmasonQuery {}
