import { isJsonObject } from '../../../core/json.js';
import type { DialectRequest, DialectResponse, Route } from '../../../server/dialect.js';
import { isRefusal } from '../../../core/errors.js';
import { badRequest, located, notAllowed, notFound, ok } from './answers.js';
import { type JsonObject, reportOf, stepOf } from './build-body.js';
import { isSomebody } from './links.js';
import { findBuild, findUser, requireProgress, requireProject } from './reads.js';
import { type ProjectFields, representProject, representUser, type UserFields } from './represent.js';
import { type Answering, Exchange, type Setting } from './setting.js';

/**
 * Answers a write. What exists and who may are looked at before the fields (contract devmason, section 3); the verb
 * looks at all of it again, in one transaction.
 */
export function writing(setting: Setting, answering: Answering): Route['handle'] {
  return (request, run) => answering(new Exchange(request, run, setting));
}

/** The same for what nobody may do without credentials where the operator wants them. */
export function registering(setting: Setting, answering: Answering): Route['handle'] {
  return writing(setting, (exchange) => {
    if (!setting.anonymous && !isSomebody(exchange.request)) throw notAllowed(false);
    return answering(exchange);
  });
}

const DELETED: DialectResponse = { status: 204 };

/** Registers a project or changes its name (section 7.1); the name is looked at before anything else. */
export const putProject: Answering = async (exchange) => {
  const { run, links, request } = exchange;
  const slug = exchange.parameter('project');
  const variables = { slug, name: projectName(request.body) };
  type Data = { devmason: { project: object | null } };
  if ((await run<Data>('DevmasonProject', { slug })).devmason.project === null) {
    try {
      await run('DevmasonRegisterProject', variables);
      return located(201, links.href(slug));
    } catch (error) {
      // Somebody else was faster: the project is there now, to be changed by its owner.
      if (!isRefusal(error, 'CONFLICT')) throw error;
    }
  }
  const { project } = await run<{ project: ProjectFields }>('DevmasonUpdateProject', variables);
  return ok(representProject(project, links));
};

const MAX_NAME = 200;

function projectName(body: unknown): string {
  const name = isJsonObject(body) ? body['name'] : undefined;
  const isName = typeof name === 'string' && name.trim() !== '' && isStorable(name) && [...name].length <= MAX_NAME;
  if (!isName) throw badRequest('');
  return name;
}

/** Whether every database keeps the text as it is. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

export const deleteProject: Answering = async ({ run, parameter }) => {
  await run('DevmasonDeleteProject', { slug: parameter('project') });
  return DELETED;
};

/** Reports a build under the next number (section 7.3). */
export const postBuild: Answering = async (exchange) => {
  await requireProject(exchange);
  return report(exchange, null);
};

/** Reports a build under an id of the client's choice; a taken one is refused before the fields are looked at. */
export const putBuild: Answering = async (exchange) => {
  if ((await findBuild(exchange)) !== null) throw notAllowed(true);
  return report(exchange, exchange.parameter('build_id'));
};

async function report({ run, links, request, parameter }: Exchange, id: string | null): Promise<DialectResponse> {
  const slug = parameter('project');
  const { incremental, build: given } = reportOf(request.body);
  const operation = incremental ? 'DevmasonStartBuild' : 'DevmasonReportBuild';
  const { build } = await run<{ build: { buildId: string } }>(operation, { slug, id, build: given });
  return located(201, links.href(slug, 'builds', build.buildId, ...(incremental ? ['progress'] : [])));
}

export const deleteBuild: Answering = async ({ run, parameter }) => {
  await run('DevmasonDeleteBuild', { slug: parameter('project'), id: parameter('build_id') });
  return DELETED;
};

/** Adds a step to a build in progress (section 7.4). */
export const postStep: Answering = async (exchange) => {
  const { run, request } = exchange;
  const { viewerCanAddSteps } = await requireProgress(exchange);
  if (!viewerCanAddSteps) throw notAllowed(isSomebody(request));
  const { slug, id, location } = ofProgress(exchange);
  await run('DevmasonAddStep', { slug, id, step: stepOf(request.body) });
  return located(204, location);
};

/** Finishes a build in progress. */
export const finishBuild: Answering = async (exchange) => {
  const { slug, id, location } = ofProgress(exchange);
  await exchange.run('DevmasonFinishBuild', { slug, id });
  return located(204, location);
};

function ofProgress({ parameter, links }: Exchange) {
  const slug = parameter('project');
  const id = parameter('build_id');
  return { slug, id, location: links.href(slug, 'builds', id) };
}

/** Creates the caller as a user, or changes their password (section 7.6). */
export const putUser: Answering = async (exchange) => {
  const { run, links, request } = exchange;
  const username = exchange.parameter('username');
  requireOneself(request, username);
  const known = await findUser(exchange);
  const variables = { username, password: newPassword(request.body, username) };
  if (known === null) {
    await run('DevmasonRegisterUser', variables);
    return located(201, links.href('users', username));
  }
  const { user } = await run<{ user: UserFields }>('DevmasonUpdateUser', variables);
  return ok(representUser(user, links));
};

/**
 * Users are their own masters here, whoever is an administrator: those have the rights of owners and reporters
 * (section 6.1), and no link tells them that they may. Who needs no name may do everything.
 * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN
 */
function requireOneself(request: DialectRequest, username: string): void {
  if (!isSomebody(request)) throw notAllowed(false);
  const { userName } = request.principal;
  if (userName !== null && userName !== username) throw notAllowed(true);
}

/** The password in a user's body, null when it has none. */
function newPassword(body: unknown, username: string): string | null {
  if (!isJsonObject(body)) throw badRequest();
  const { username: given = username, password }: JsonObject = body;
  if (given !== username) throw badRequest();
  if (password === undefined) return null;
  if (typeof password !== 'string' || password === '') throw badRequest();
  return password;
}

/** Deletes the caller; that there is no such user is said before that it is somebody else. */
export const deleteUser: Answering = async (exchange) => {
  const { run, request } = exchange;
  const username = exchange.parameter('username');
  if (!isSomebody(request)) throw notAllowed(false);
  if ((await findUser(exchange)) === null) throw notFound();
  requireOneself(request, username);
  await run('DevmasonDeleteUser', { username });
  return DELETED;
};
