import type { DialectResponse, Route } from '../../../server/dialect.js';
import { badRequest, EMPTY, gone, located, notFound, ok } from './answers.js';
import type { BuildHead } from './build-texts.js';
import { answerBuilds, type BuildPage } from './lists.js';
import { type ProjectFields, representProject, representTagList, representUser, type UserFields } from './represent.js';
import { Exchange, type Answering, type Setting } from './setting.js';
import { resolveTagSet } from './tag-sets.js';

/** Answers a GET: the only output format is JSON (contract devmason, section 5.6). */
export function reading(setting: Setting, answering: Answering): Route['handle'] {
  return (request, run) => {
    const format = request.query.last('format') ?? '';
    if (format !== '' && format !== 'json') throw badRequest(`Invalid output format specified '${format}'.`);
    return answering(new Exchange(request, run, setting));
  };
}

/** The project of the URI. @throws BuildgateError NOT_FOUND */
export async function requireProject({ run, parameter }: Exchange): Promise<ProjectFields> {
  type Data = { devmason: { project: ProjectFields | null } };
  const { project } = (await run<Data>('DevmasonProject', { slug: parameter('project') })).devmason;
  if (project === null) throw notFound();
  return project;
}

/** A build with what may be done to it. */
export interface FoundBuild extends BuildHead {
  readonly inProgress: boolean;
  readonly viewerCanDelete: boolean;
  readonly viewerCanAddSteps: boolean;
}

/** The build of the URI, null when its id is free. @throws BuildgateError NOT_FOUND without the project */
export async function findBuild({ run, parameter }: Exchange): Promise<FoundBuild | null> {
  const slug = parameter('project');
  type Data = { devmason: { project: object | null }; build: FoundBuild | null };
  const legacyId = `${slug}/${parameter('build_id')}`;
  const { devmason, build } = await run<Data>('DevmasonBuild', { slug, legacyId });
  if (devmason.project === null) throw notFound();
  return build;
}

/** The build of the URI, in progress. @throws BuildgateError NOT_FOUND, CONFLICT when it is over */
export async function requireProgress(exchange: Exchange): Promise<FoundBuild> {
  const build = await findBuild(exchange);
  if (build === null) throw notFound();
  if (!build.inProgress) throw gone();
  return build;
}

/** The user of the URI, null when there is none. */
export async function findUser({ run, parameter }: Exchange): Promise<UserFields | null> {
  type Data = { devmason: { user: UserFields | null } };
  return (await run<Data>('DevmasonUser', { username: parameter('username') })).devmason.user;
}

/** A project with its tags, and those of the URI. */
export interface TagSet {
  readonly project: Pick<ProjectFields, 'slug' | 'viewerCanUpdate'>;
  readonly tags: readonly string[];
}

/** All tags of the project of the URI. @throws BuildgateError NOT_FOUND */
export async function requireTags({ run, parameter }: Exchange): Promise<TagSet> {
  type Project = TagSet['project'] & { tags: { name: string }[] };
  type Data = { devmason: { project: Project | null } };
  const { project } = (await run<Data>('DevmasonTags', { slug: parameter('project') })).devmason;
  if (project === null) throw notFound();
  return { project, tags: project.tags.map(({ name }) => name) };
}

/** Tags that a URI may name: two conditions of a filter each. */
const MAX_TAGS = 90;

/**
 * The tags that the URI names.
 * @throws BuildgateError NOT_FOUND when it names others, too; INVALID when they are more than 90
 */
export async function requireTagSet(exchange: Exchange): Promise<readonly string[]> {
  const { tags } = await requireTags(exchange);
  const resolved = resolveTagSet(exchange.parameter('tags'), tags);
  if (resolved === undefined) throw notFound();
  if (resolved.length > MAX_TAGS) throw badRequest();
  return resolved;
}

/** Selects builds with all of these tags of a project. */
function withTags(slug: string, tags: readonly string[]): object {
  return { and: tags.map((name) => ({ devmason: { tag: { name: { eq: name }, project: { eq: slug } } } })) };
}

/** Selects builds that a user reported or is credited with (section 5.5). */
function ofUser(username: string): object {
  const kinds = [{ reporter: { username: { eq: username } } }, { clientUser: { eq: username } }];
  return { system: { eq: 'DEVMASON' }, or: kinds.map((kind) => ({ devmason: kind })) };
}

export const project: Answering = async (exchange) =>
  ok(representProject(await requireProject(exchange), exchange.links));

type ProjectBuilds = ProjectFields & { readonly builds: BuildPage };

async function projectBuilds(
  { run, parameter }: Exchange,
  variables: object,
): Promise<BuildPage & { readonly project: ProjectFields }> {
  type Data = { devmason: { project: ProjectBuilds | null } };
  const given = { slug: parameter('project'), ...variables };
  const found = (await run<Data>('DevmasonProjectBuilds', given)).devmason.project;
  if (found === null) throw notFound();
  const { builds, ...rest } = found;
  return { ...builds, project: rest };
}

export const builds: Answering = (exchange) => {
  const { links } = exchange;
  const slug = exchange.parameter('project');
  return answerBuilds(
    exchange,
    [slug, 'builds'],
    (window) => projectBuilds(exchange, window),
    ({ project: found }) => ({
      members: { project: representProject(found, links) },
      links: [links.project('project', found), links.latestBuild(slug)],
    }),
  );
};

export const taggedBuilds: Answering = async (exchange) => {
  const { links } = exchange;
  const slug = exchange.parameter('project');
  const tags = await requireTagSet(exchange);
  return answerBuilds(
    exchange,
    [slug, 'tags', exchange.parameter('tags')],
    (window) => projectBuilds(exchange, { ...window, filter: withTags(exchange.parameter('project'), tags) }),
    ({ project: found }) => ({
      members: { tags },
      links: [links.project('project', found), ...tags.map((tag) => links.tag(slug, tag)), links.latestBuild(slug)],
    }),
  );
};

export const userBuilds: Answering = (exchange) => {
  const { run, links } = exchange;
  const username = exchange.parameter('username');
  type Data = { devmason: { user: UserFields | null }; builds: BuildPage };
  return answerBuilds(
    exchange,
    ['users', username, 'builds'],
    async (window) => {
      const variables = { username, filter: ofUser(username), ...window };
      const { devmason, builds: page } = await run<Data>('DevmasonUserBuilds', variables);
      if (devmason.user === null) throw notFound();
      return { ...page, user: devmason.user };
    },
    ({ user: found }) => ({
      members: {},
      links: [links.user('user', username, found.isViewer), links.latestBuildOfUser(username)],
    }),
  );
};

interface NamedBuild {
  readonly buildId: string;
}

/** The build reported last (section 5.3). */
export const latestBuild: Answering = async (exchange) => {
  const slug = exchange.parameter('project');
  type Data = { devmason: { project: { latestBuild: NamedBuild | null } | null } };
  const { project: found } = (await exchange.run<Data>('DevmasonLatestBuild', { slug })).devmason;
  return toBuild(exchange, slug, found?.latestBuild);
};

/** The build of the tags that is first in their list. */
export const latestTagged: Answering = async (exchange) => {
  const slug = exchange.parameter('project');
  const filter = withTags(exchange.parameter('project'), await requireTagSet(exchange));
  type Data = { devmason: { project: { builds: { nodes: NamedBuild[] } } | null } };
  const { project: found } = (await exchange.run<Data>('DevmasonFirstTagged', { slug, filter })).devmason;
  return toBuild(exchange, slug, found?.builds.nodes[0]);
};

export const latestBuildOfUser: Answering = async (exchange) => {
  const username = exchange.parameter('username');
  type Build = NamedBuild & { devmasonProject: { slug: string } };
  type Data = { devmason: { user: object | null }; builds: { nodes: Build[] } };
  const variables = { username, filter: ofUser(username) };
  const { devmason, builds: page } = await exchange.run<Data>('DevmasonLatestBuildOfUser', variables);
  const build = devmason.user === null ? undefined : page.nodes[0];
  return toBuild(exchange, build?.devmasonProject.slug ?? '', build);
};

function toBuild({ links }: Exchange, slug: string, build: NamedBuild | null | undefined): DialectResponse {
  if (!build) throw notFound();
  return located(302, links.href(slug, 'builds', build.buildId));
}

export const build: Answering = async (exchange) => {
  const found = await findBuild(exchange);
  if (found === null) throw notFound();
  return exchange.builds.single(found);
};

export const progress: Answering = async (exchange) => {
  await requireProgress(exchange);
  return EMPTY;
};

export const tags: Answering = async (exchange) => {
  const found = await requireTags(exchange);
  return ok(representTagList(found.project, found.tags, exchange.links));
};

export const user: Answering = async (exchange) => {
  const found = await findUser(exchange);
  if (found === null) throw notFound();
  return ok(representUser(found, exchange.links));
};
