import { Arg, Args, Ctx, ID, Query, Resolver } from 'type-graphql';
import { BuildgateError } from '../errors.js';
import { globalId, parseGlobalId } from '../ids.js';
import { BUILDS, EVENTS, JOBS, PROJECTS } from '../list/records.js';
import { RecordPage, type RecordRow } from '../list/page.js';
import { Kind, System } from '../model/states.js';
import type { Connection } from './connection.js';
import { listed } from './listed.js';
import type { OperationContext } from './context.js';
import { loadByLegacyId, loadRecord, PROJECT_BY_ID, type ProjectRow } from './loaders.js';
import {
  BuildPageArgs,
  BY_KEY,
  EventPageArgs,
  JobPageArgs,
  NEWEST_BUILDS,
  NEWEST_EVENTS,
  NEWEST_JOBS,
  ProjectPageArgs,
} from './page-args.js';
import {
  BuildConnection,
  BuildInterface,
  EventConnection,
  EventInterface,
  JobConnection,
  JobInterface,
  NodeInterface,
  ProjectConnection,
  ProjectType,
  UserType,
} from './types.js';

const MAX_NODES = 100;
const RECORD_KINDS: Readonly<Record<string, Kind>> = { E: Kind.EVENT, B: Kind.BUILD, J: Kind.JOB };

/** A record under the name of its concrete type, for `Node` to be resolved. */
type NodeRow = (RecordRow | ProjectRow | Viewer) & { readonly __typename: string };

/** Who asks, as the schema shows it. */
interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly admin: boolean;
  readonly roles: readonly string[];
}

function viewerOf({ principal }: OperationContext): Viewer | null {
  const { userName, userId, admin, roles } = principal;
  if (userName === null || userId === null) return null;
  return { id: globalId('U', userId), name: userName, admin, roles: [...roles].toSorted() };
}

async function readNode(context: OperationContext, id: string): Promise<NodeRow | null> {
  const parsed = parseGlobalId(id);
  if (parsed?.tag === 'P') {
    const row = await context.load(PROJECT_BY_ID, parsed.id);
    return row ? { ...row, __typename: 'Project' } : null;
  }
  if (parsed?.tag === 'U') {
    const viewer = viewerOf(context);
    // Nobody is shown to others.
    return viewer?.id === id ? { ...viewer, __typename: 'User' } : null;
  }
  const kind = RECORD_KINDS[parsed?.tag ?? ''];
  const row = parsed && kind ? await loadRecord(context, kind, parsed.id) : undefined;
  const name = row && kind ? context.typeNameOf(kind, row) : undefined;
  return row && name ? { ...row, __typename: name } : null;
}

/** The entry points that all systems share. */
@Resolver()
export class QueryResolver {
  @Query(() => NodeInterface, { nullable: true, description: 'Anything by its global id; null when there is none.' })
  node(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, { description: 'Global id.' }) id: string,
  ): Promise<NodeRow | null> {
    return readNode(context, id);
  }

  @Query(() => [NodeInterface], {
    nullable: 'items',
    description: 'Several by their global ids, in that order; at most 100.',
  })
  async nodes(
    @Ctx() context: OperationContext,
    @Arg('ids', () => [ID], { description: 'Global ids.' }) ids: string[],
  ): Promise<(NodeRow | null)[]> {
    if (ids.length > MAX_NODES) throw new BuildgateError('INVALID', `ids: at most ${MAX_NODES}.`);
    return Promise.all(ids.map((id) => readNode(context, id)));
  }

  @Query(() => UserType, { nullable: true, description: 'Who is asking; null without credentials.' })
  viewer(@Ctx() context: OperationContext): Viewer | null {
    return viewerOf(context);
  }

  @Query(() => EventInterface, {
    nullable: true,
    description: 'One event by its key in its system; null when there is none.',
  })
  event(
    @Ctx() context: OperationContext,
    @Arg('system', () => System, { description: 'System.' }) system: System,
    @Arg('legacyId', () => String, { description: 'Key in that system.' }) legacyId: string,
  ): Promise<RecordRow | undefined> {
    return loadByLegacyId(context, Kind.EVENT, { system, legacyId });
  }

  @Query(() => BuildInterface, {
    nullable: true,
    description: 'One build by its key in its system; null when there is none.',
  })
  build(
    @Ctx() context: OperationContext,
    @Arg('system', () => System, { description: 'System.' }) system: System,
    @Arg('legacyId', () => String, { description: 'Key in that system.' }) legacyId: string,
  ): Promise<RecordRow | undefined> {
    return loadByLegacyId(context, Kind.BUILD, { system, legacyId });
  }

  @Query(() => JobInterface, {
    nullable: true,
    description: 'One job by its key in its system; null when there is none.',
  })
  job(
    @Ctx() context: OperationContext,
    @Arg('system', () => System, { description: 'System.' }) system: System,
    @Arg('legacyId', () => String, { description: 'Key in that system.' }) legacyId: string,
  ): Promise<RecordRow | undefined> {
    return loadByLegacyId(context, Kind.JOB, { system, legacyId });
  }

  @Query(() => EventConnection, { description: 'Events of all systems.' })
  events(@Ctx() context: OperationContext, @Args(() => EventPageArgs) args: EventPageArgs): Connection<RecordRow> {
    return listed(context, EVENTS, args, NEWEST_EVENTS);
  }

  @Query(() => BuildConnection, { description: 'Builds of all systems.' })
  builds(@Ctx() context: OperationContext, @Args(() => BuildPageArgs) args: BuildPageArgs): Connection<RecordRow> {
    return listed(context, BUILDS, args, NEWEST_BUILDS);
  }

  @Query(() => JobConnection, { description: 'Jobs of all systems.' })
  jobs(@Ctx() context: OperationContext, @Args(() => JobPageArgs) args: JobPageArgs): Connection<RecordRow> {
    return listed(context, JOBS, args, NEWEST_JOBS);
  }

  @Query(() => ProjectType, {
    nullable: true,
    description: 'One project by its key in its system; null when there is none.',
  })
  async project(
    @Ctx() context: OperationContext,
    @Arg('system', () => System, { description: 'System.' }) system: System,
    @Arg('legacyId', () => String, { description: 'Key in that system.' }) legacyId: string,
  ): Promise<ProjectRow | null> {
    const filter = { system: { eq: system }, legacyId: { eq: legacyId } };
    const { rows } = await new RecordPage<ProjectRow>(
      context.reader,
      PROJECTS,
      { filter, first: 1 },
      context.limits,
      BY_KEY,
    ).rows();
    return rows[0] ?? null;
  }

  @Query(() => ProjectConnection, { description: 'Projects of all systems, by system and key.' })
  projects(
    @Ctx() context: OperationContext,
    @Args(() => ProjectPageArgs) args: ProjectPageArgs,
  ): Connection<ProjectRow> {
    return listed(context, PROJECTS, args, BY_KEY);
  }
}
