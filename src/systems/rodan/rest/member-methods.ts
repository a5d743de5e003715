import { BuildgateError } from '../../../core/errors.js';
import { ok } from './answers.js';
import { readList } from './body.js';
import type { Answering, Exchange } from './exchange.js';
import { requireOne } from './objects.js';
import { namesOf, type Named } from './represent.js';
import type { Method } from './resource.js';

/** Admins and workers of a project, by name, for those who may change them (contract rodan, section 4). */

type Role = 'admins' | 'workers';
const ROLES: readonly Role[] = ['admins', 'workers'];

interface ProjectRights extends Readonly<Record<Role, readonly Named[]>> {
  readonly viewerIsCreator: boolean;
  readonly viewerCanSetWorkers: boolean;
}

/** What may be asked of the project of the URI. @throws BuildgateError NOT_FOUND, FORBIDDEN */
async function requireRight(exchange: Exchange, role: Role): Promise<ProjectRights> {
  const rights = await requireOne<ProjectRights>('RodanProjectRights', exchange);
  const may = role === 'admins' ? rights.viewerIsCreator : rights.viewerCanSetWorkers;
  if (!may) throw new BuildgateError('FORBIDDEN', `The ${role} are not for this user.`);
  return rights;
}

function showing(role: Role): Answering {
  return async (exchange) => ok(namesOf((await requireRight(exchange, role))[role]));
}

/** Replaces the set. What is wrong with the body counts only for who may. */
function setting(role: Role, operation: string): Answering {
  return async (exchange) => {
    await requireRight(exchange, role);
    const usernames = (await readList(exchange.request)).map(nameOf);
    type Data = { project: Readonly<Record<Role, readonly Named[]>> };
    const { project } = await exchange.run<Data>(operation, { uuid: exchange.id, usernames });
    return ok(namesOf(project[role]));
  };
}

/** A name; a number is its decimal text. @throws BuildgateError INVALID for what nobody is called */
function nameOf(element: unknown): string {
  if (typeof element === 'string') return element;
  if (typeof element === 'number') return String(element);
  throw new BuildgateError('INVALID', `User ${shown(element)} does not exist.`);
}

/** A value as Python shows it. */
function shown(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return value === null ? 'None' : JSON.stringify(value);
}

function methodsOf(role: Role): Method[] {
  const uri = `/project/{id}/${role}/`;
  const operation = role === 'admins' ? 'RodanSetProjectAdmins' : 'RodanSetProjectWorkers';
  const missing = {
    403: role === 'admins' ? 'Not the creator' : 'Neither creator nor admin',
    404: 'Not found, or not to be seen',
  };
  const reading: Method = {
    uri,
    method: 'GET',
    summary: `Names of the ${role} of a project`,
    operations: ['RodanProjectRights'],
    answers: { 200: 'The names', ...missing },
    kept: true,
    handle: showing(role),
  };
  const writing = (['PUT', 'PATCH'] as const).map((method): Method => ({
    uri,
    method,
    summary: `Replace the ${role} of a project`,
    content: { mediaTypes: ['application/json'] },
    operations: ['RodanProjectRights', operation],
    answers: { 200: 'The names now', 400: 'No array, or nobody has one of the names', ...missing, 415: 'Not JSON' },
    handle: setting(role, operation),
  }));
  return [reading, ...writing];
}

/** `/project/{id}/admins/` and `/project/{id}/workers/`. */
export const MEMBER_METHODS: readonly Method[] = ROLES.flatMap(methodsOf);
