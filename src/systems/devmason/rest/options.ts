import type { Route } from '../../../server/dialect.js';
import { allowing, notFound } from './answers.js';
import { findBuild, findUser, requireProgress, requireProject, requireTags, requireTagSet } from './reads.js';
import { Exchange, type Setting } from './setting.js';

/** What this client may do at a URI; nothing at all when it is nothing to this client. */
export type Allowed = (exchange: Exchange) => readonly string[] | Promise<readonly string[]>;

/** Answers OPTIONS (contract devmason, section 6.3). */
export function telling(setting: Setting, allowed: Allowed): Route['handle'] {
  return async (request, run) => {
    const methods = await allowed(new Exchange(request, run, setting));
    if (methods.length === 0) throw notFound();
    return allowing(methods);
  };
}

const READ = ['GET'];

export const always: Allowed = () => READ;

export const ofProject: Allowed = async ({ run, parameter, links }) => {
  type Data = { devmason: { project: { viewerCanUpdate: boolean } | null } };
  const { project } = (await run<Data>('DevmasonProject', { slug: parameter('project') })).devmason;
  return project ? links.projectMethods(project.viewerCanUpdate) : links.freeMethods();
};

export const ofBuilds: Allowed = async (exchange) => {
  await requireProject(exchange);
  return exchange.links.buildListMethods();
};

export const ofLatestBuild: Allowed = async (exchange) => {
  await requireProject(exchange);
  return READ;
};

export const ofBuild: Allowed = async (exchange) => {
  const build = await findBuild(exchange);
  return build ? exchange.links.buildMethods(build.viewerCanDelete) : exchange.links.freeMethods();
};

export const ofProgress: Allowed = async (exchange) => {
  const { viewerCanAddSteps } = await requireProgress(exchange);
  return exchange.links.progressMethods(viewerCanAddSteps);
};

export const ofTags: Allowed = async (exchange) => {
  await requireTags(exchange);
  return READ;
};

export const ofTagSet: Allowed = async (exchange) => {
  await requireTagSet(exchange);
  return READ;
};

/** A free name is for who has it in their credentials. */
export const ofUser: Allowed = async (exchange) => {
  const user = await findUser(exchange);
  if (user) return exchange.links.userMethods(user.isViewer);
  return exchange.request.principal.userName === exchange.parameter('username') ? ['PUT'] : [];
};

export const ofUserBuilds: Allowed = async (exchange) => ((await findUser(exchange)) ? READ : []);
