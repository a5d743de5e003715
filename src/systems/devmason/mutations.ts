import { Arg, Args, ArgsType, Ctx, Field, Mutation, Resolver } from 'type-graphql';
import { Access, type AccessRule, anyUser, everybody } from '../../core/graphql/access.js';
import type { OperationContext } from '../../core/graphql/context.js';
import { rereadRecord } from '../../core/graphql/loaders.js';
import type { RecordRow } from '../../core/list/page.js';
import { Kind } from '../../core/model/states.js';
import { BuildInput, BuildStartInput, RepositoryInput, StepInput } from './inputs.js';
import { PROJECT_BY_SLUG, USER_BY_NAME, type DevmasonProjectRow, type UserRow } from './reads.js';
import { requireUser } from './rights.js';
import { devmasonOf } from './runtime.js';
import { DevmasonBuild, DevmasonBuildRequest, DevmasonProject, DevmasonStep, DevmasonUser } from './types.js';

type Changed = Promise<RecordRow | undefined>;

const SLUG = { description: 'What the project is called in URIs.' };
const PROJECT_NAME = { description: 'Name; 1 to 200 characters, not only blanks.' };
const CONTINUERS = everybody(
  'Whoever reported the build, the owner of the project and administrators; everybody, when it was begun without credentials.',
);
const REPORTERS: AccessRule = {
  who: 'Needs no credentials unless the operator says so.',
  needs: null,
  check: (context) => {
    if (!devmasonOf(context).anonymous) requireKnown(context);
  },
};
const ONESELF = anyUser('Oneself only; administrators anybody.', requireKnown);

/** Refuses callers whom nobody knows, in the words of the old system. */
function requireKnown({ principal }: OperationContext): void {
  requireUser(principal);
}

@ArgsType()
class ReportArgs {
  @Field(() => String, SLUG)
  project!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Id within the project, 1 to 64 of `A-Z a-z 0-9 _ -`, not `latest`; the next number unless given.',
  })
  id?: string | null;
}

@ArgsType()
class BuildArgs {
  @Field(() => String, SLUG)
  project!: string;

  @Field(() => String, { description: 'Id of the build within the project.' })
  build!: string;
}

@ArgsType()
class UserArgs {
  @Field(() => String, { description: 'Name; 1 to 150 characters without control characters, `/` and `:`.' })
  username!: string;

  @Field(() => String, { nullable: true, description: 'Password to sign in to the REST interface with.' })
  password?: string | null;
}

function project(context: OperationContext, slug: string): Promise<DevmasonProjectRow | undefined> {
  context.forget();
  return context.load(PROJECT_BY_SLUG, slug);
}

function user(context: OperationContext, username: string): Promise<UserRow | undefined> {
  context.forget();
  return context.load(USER_BY_NAME, username);
}

/** What is done to projects (contract devmason, sections 7.1, 7.2 and 7.7). */
@Resolver()
export class DevmasonProjectVerbs {
  @Access(REPORTERS)
  @Mutation(() => DevmasonProject, {
    description: 'Registers a project, whose owner is the caller; CONFLICT when the slug is taken.',
  })
  async devmasonRegisterProject(
    @Ctx() context: OperationContext,
    @Arg('slug', () => String, { description: '1 to 200 letters, digits, `_` and `-`; not `users`, not `xmlrpc`.' })
    slug: string,
    @Arg('name', () => String, PROJECT_NAME) name: string,
  ): Promise<DevmasonProjectRow | undefined> {
    await devmasonOf(context).projects.register(context.principal, slug, name);
    return project(context, slug);
  }

  @Access(everybody('Its owner and administrators only.'))
  @Mutation(() => DevmasonProject, { description: 'Renames a project.' })
  async devmasonUpdateProject(
    @Ctx() context: OperationContext,
    @Arg('slug', () => String, SLUG) slug: string,
    @Arg('name', () => String, PROJECT_NAME) name: string,
  ): Promise<DevmasonProjectRow | undefined> {
    await devmasonOf(context).projects.update(context.principal, slug, name);
    return project(context, slug);
  }

  @Access(anyUser('Its owner and administrators only.', requireKnown))
  @Mutation(() => Boolean, {
    description: 'Deletes a project with its builds and build requests; true.',
  })
  async devmasonDeleteProject(
    @Ctx() context: OperationContext,
    @Arg('slug', () => String, SLUG) slug: string,
  ): Promise<boolean> {
    await devmasonOf(context).projects.delete(context.principal, slug);
    return true;
  }

  @Access(everybody('Everybody may.'))
  @Mutation(() => DevmasonBuildRequest, {
    description: 'Records that a build is wanted, for whoever builds.',
  })
  async devmasonRequestBuild(
    @Ctx() context: OperationContext,
    @Arg('project', () => String, SLUG) slug: string,
    @Arg('identifier', () => String, { description: 'What to build; at most 2,000 bytes of UTF-8.' })
    identifier: string,
    @Arg('repository', () => RepositoryInput, {
      nullable: true,
      description: "Where the source is; that of the project's last request that said it unless given.",
    })
    repository?: RepositoryInput | null,
  ): Changed {
    const request = { project: slug, identifier, repository: repository ?? null };
    const id = await devmasonOf(context).projects.requestBuild(context.principal, request);
    return rereadRecord(context, Kind.EVENT, id);
  }
}

/** What is done to builds (contract devmason, sections 7.3 to 7.5). */
@Resolver()
export class DevmasonBuildVerbs {
  @Access(REPORTERS)
  @Mutation(() => DevmasonBuild, {
    description: 'Reports a whole build; CONFLICT when the project has one with this id.',
  })
  async devmasonReportBuild(
    @Ctx() context: OperationContext,
    @Args(() => ReportArgs) place: ReportArgs,
    @Arg('build', () => BuildInput, { description: 'The build.' }) build: BuildInput,
  ): Changed {
    const id = await devmasonOf(context).builds.report(context.principal, place, build);
    return rereadRecord(context, Kind.BUILD, id);
  }

  @Access(REPORTERS)
  @Mutation(() => DevmasonBuild, {
    description: 'Begins a build that is reported step by step; CONFLICT when the project has one with this id.',
  })
  async devmasonStartBuild(
    @Ctx() context: OperationContext,
    @Args(() => ReportArgs) place: ReportArgs,
    @Arg('build', () => BuildStartInput, { description: 'The build.' }) build: BuildStartInput,
  ): Changed {
    const id = await devmasonOf(context).builds.start(context.principal, place, build);
    return rereadRecord(context, Kind.BUILD, id);
  }

  @Access(CONTINUERS)
  @Mutation(() => DevmasonStep, {
    description: 'Adds a step to a build in progress; CONFLICT with `over` when it is not.',
  })
  async devmasonAddStep(
    @Ctx() context: OperationContext,
    @Args(() => BuildArgs) address: BuildArgs,
    @Arg('step', () => StepInput, { description: 'The step.' }) step: StepInput,
  ): Changed {
    const id = await devmasonOf(context).builds.addStep(context.principal, address, step);
    return rereadRecord(context, Kind.JOB, id);
  }

  @Access(CONTINUERS)
  @Mutation(() => DevmasonBuild, {
    description:
      'Ends a build in progress; CONFLICT with `over` when it is not. It has succeeded if it has steps and all of them have.',
  })
  async devmasonFinishBuild(@Ctx() context: OperationContext, @Args(() => BuildArgs) address: BuildArgs): Changed {
    const id = await devmasonOf(context).builds.finish(context.principal, address);
    return rereadRecord(context, Kind.BUILD, id);
  }

  @Access(anyUser('Whoever reported it, the owner of the project, administrators.', requireKnown))
  @Mutation(() => Boolean, {
    description: 'Deletes a build with its steps; true.',
  })
  async devmasonDeleteBuild(
    @Ctx() context: OperationContext,
    @Args(() => BuildArgs) address: BuildArgs,
  ): Promise<boolean> {
    await devmasonOf(context).builds.delete(context.principal, address);
    return true;
  }
}

/** What is done to users (contract devmason, section 7.6). */
@Resolver()
export class DevmasonUserVerbs {
  @Access(ONESELF)
  @Mutation(() => DevmasonUser, {
    description:
      'Records a user; CONFLICT when there is one of this name. Without a password with that of the credentials, if they have one.',
  })
  async devmasonRegisterUser(
    @Ctx() context: OperationContext,
    @Args(() => UserArgs) { username, password }: UserArgs,
  ): Promise<UserRow | undefined> {
    await devmasonOf(context).users.register(context.principal, username, password ?? null);
    return user(context, username);
  }

  @Access(ONESELF)
  @Mutation(() => DevmasonUser, {
    description: 'Gives a user another password; without one nothing changes.',
  })
  async devmasonUpdateUser(
    @Ctx() context: OperationContext,
    @Args(() => UserArgs) { username, password }: UserArgs,
  ): Promise<UserRow | undefined> {
    await devmasonOf(context).users.update(context.principal, username, password ?? null);
    return user(context, username);
  }

  @Access(ONESELF)
  @Mutation(() => Boolean, {
    description: 'Deletes a user; true. Projects stay without owner, builds without reporter.',
  })
  async devmasonDeleteUser(
    @Ctx() context: OperationContext,
    @Arg('username', () => String, { description: 'Name.' }) username: string,
  ): Promise<boolean> {
    await devmasonOf(context).users.delete(context.principal, username);
    return true;
  }
}
