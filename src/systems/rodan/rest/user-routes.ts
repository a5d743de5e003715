import { BuildgateError } from '../../../core/errors.js';
import { invalidFields } from '../field-rules.js';
import { EMPTY, json, notFound, ok } from './answers.js';
import { bodyOf } from './body-content.js';
import { COLLECTIONS } from './collections.js';
import type { Answering, Exchange } from './exchange.js';
import { FIELDS } from './fields.js';
import { each, list } from './read-methods.js';
import { listedUser, shownUser, type ShownUser } from './represent-users.js';
import type { Method, View } from './resource.js';
import { readLogIn, readNewUser, readPasswords, USER_INPUT } from './user-input.js';
import { changing, errorsOf, readBody, type Verb } from './writing.js';

/** URIs of users, and of what they do about themselves (contract rodan, section 4). */

const LOG_IN = '/auth/token/';
const ME = '/auth/me/';
const RESET = '/auth/reset-token/';
const PASSWORD = '/auth/change-password/';
const REGISTER = '/auth/register/';
const USERS = '/users/';
const USER = '/user/{n}/';

/** As OPTIONS tells of them. */
export const USER_VIEWS: readonly View[] = [
  {
    uri: LOG_IN,
    subject: 'Signing in',
    name: 'Auth Token',
    description: 'Tells the key of a user by name and password.',
    isPublic: true,
    fields: FIELDS.logIn,
  },
  { uri: ME, subject: 'Users', name: 'Auth Me', description: 'The user who is asking.', fields: FIELDS.user },
  { uri: RESET, subject: 'Signing in', name: 'Auth Reset Token', description: "Makes the caller's key useless." },
  {
    uri: PASSWORD,
    subject: 'Signing in',
    name: 'Auth Change Password',
    description: 'Gives the caller another password.',
    fields: FIELDS.passwordChange,
  },
  {
    uri: REGISTER,
    subject: 'Signing in',
    name: 'Auth Register',
    description: 'Makes a user.',
    isPublic: true,
    fields: FIELDS.newUser,
  },
  {
    uri: USERS,
    subject: 'Users',
    name: 'User List',
    description: 'Users. Staff may make new ones.',
    collection: COLLECTIONS.users,
    fields: FIELDS.newUser,
    mayWrite: mayMakeUsers,
    operations: ['RodanAsker'],
  },
  { uri: USER, subject: 'Users', name: 'User Detail', description: 'One user: oneself, or anybody for superusers.' },
];

const UPDATE_ME: Verb<ShownUser> = {
  operation: 'RodanUpdateMe',
  represent: (user, { links }) => shownUser(user, links),
};
const CHANGED = { 200: 'The user', 400: 'Faults of fields' };

/** What can be done there. */
export const USER_METHODS: readonly Method[] = [
  {
    uri: LOG_IN,
    method: 'POST',
    summary: 'Log in: the user and their key',
    content: bodyOf(FIELDS.logIn),
    operations: ['RodanLogIn'],
    answers: { 200: 'The user with `token`', 403: 'The user is inactive' },
    handle: logIn,
  },
  {
    uri: ME,
    method: 'GET',
    summary: 'Who is asking',
    operations: ['RodanMe', 'RodanUpdateMe'],
    answers: { 200: 'The user' },
    handle: me,
  },
  {
    uri: ME,
    method: 'PUT',
    summary: 'Change oneself',
    content: bodyOf(FIELDS.user),
    operations: ['RodanUpdateMe'],
    answers: CHANGED,
    handle: changing(UPDATE_ME, USER_INPUT, true),
  },
  {
    uri: ME,
    method: 'PATCH',
    summary: 'Change some of oneself',
    content: bodyOf(FIELDS.user, false),
    operations: ['RodanUpdateMe'],
    answers: CHANGED,
    handle: changing(UPDATE_ME, USER_INPUT, false),
  },
  {
    uri: RESET,
    method: 'POST',
    summary: 'Log out: the key counts no more',
    mediaTypes: [],
    operations: ['RodanResetToken'],
    answers: { 200: 'No body' },
    handle: async ({ run }) => {
      await run('RodanResetToken');
      return EMPTY;
    },
  },
  {
    uri: PASSWORD,
    method: 'POST',
    summary: 'Change the password',
    mediaTypes: [],
    content: bodyOf(FIELDS.passwordChange),
    operations: ['RodanChangePassword'],
    answers: { 200: 'No body', 400: 'Faults of fields' },
    handle: changePassword,
  },
  {
    uri: REGISTER,
    method: 'POST',
    summary: 'Become a user',
    content: bodyOf(FIELDS.newUser),
    operations: ['RodanRegister'],
    answers: { 201: 'The user', 400: 'Faults of fields' },
    handle: making('RodanRegister', ({ number, username }, email) => ({ email, username, id: number })),
  },
  list(COLLECTIONS.users, each(listedUser)),
  {
    uri: USERS,
    method: 'POST',
    summary: 'Make a user',
    content: bodyOf(FIELDS.newUser),
    operations: ['RodanCreateUser'],
    answers: { 201: 'The user', 400: 'Faults of fields', 403: 'The caller is not staff' },
    handle: making('RodanCreateUser', ({ username }) => ({ username })),
  },
  {
    uri: USER,
    method: 'GET',
    summary: 'One user',
    operations: ['RodanUser'],
    answers: { 200: 'The user', 403: 'Somebody else', 404: 'No such user' },
    kept: true,
    handle: user,
  },
];

/** Who may make users: staff, and administrators of the gateway. */
async function mayMakeUsers({ request, run }: Exchange): Promise<boolean> {
  if (request.principal.admin) return true;
  const { rodan } = await run<{ rodan: { me: { isStaff: boolean } | null } }>('RodanAsker');
  return rodan.me?.isStaff === true;
}

async function logIn(exchange: Exchange): Promise<ReturnType<typeof json>> {
  const { run, links } = exchange;
  const body = await readBody(exchange, async () => undefined);
  try {
    const { rodanLogIn } = await run<{ rodanLogIn: { token: string; email: string; user: ShownUser } }>(
      'RodanLogIn',
      readLogIn(body),
    );
    const { token, email, user: shown } = rodanLogIn;
    return ok({ ...shownUser({ ...shown, email }, links), token });
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.details['isLoggedIn'] !== false) throw error;
    return json(error.code === 'FORBIDDEN' ? 403 : 401, { is_logged_in: false });
  }
}

/** An account of the gateway that is no user yet becomes one here: it changes nothing about itself. */
async function me({ run, links }: Exchange): Promise<ReturnType<typeof json>> {
  const { rodan } = await run<{ rodan: { me: ShownUser | null } }>('RodanMe');
  const shown = rodan.me ?? (await run<{ object: ShownUser }>('RodanUpdateMe', { input: {} })).object;
  return ok(shownUser(shown, links));
}

async function user({ run, links, number: digits }: Exchange): Promise<ReturnType<typeof json>> {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw notFound();
  const { rodan } = await run<{ rodan: { user: (ShownUser & { viewerCanView: boolean }) | null } }>('RodanUser', {
    number,
  });
  if (!rodan.user) throw notFound();
  if (!rodan.user.viewerCanView) throw new BuildgateError('FORBIDDEN', 'Everybody sees their own page only.');
  return ok(shownUser(rodan.user, links));
}

async function changePassword(exchange: Exchange): Promise<typeof EMPTY> {
  const { run } = exchange;
  const change = (input: object, check?: 'FIELDS') => run('RodanChangePassword', { ...input, check });
  const body = await readBody(exchange, async () => undefined);
  const { input, faults } = readPasswords(body);
  if (faults.has()) throw invalidFields({ ...(await errorsOf(() => change(input, 'FIELDS'))), ...faults.errors() });
  await change(input);
  return EMPTY;
}

/** Who has been made, as the schema tells it. */
interface MadeUser {
  readonly number: number;
  readonly username: string;
}

/**
 * Answers POST that makes a user.
 * @param represent is given the address as it was taken, which the schema does not show to strangers
 */
function making(operation: string, represent: (made: MadeUser, email: string) => object): Answering {
  return async (exchange) => {
    const { run, links } = exchange;
    const check = (input: object) => run(operation, { input, check: 'FIELDS' });
    const { input, faults } = readNewUser(await readBody(exchange, check));
    if (faults.has()) throw invalidFields({ ...(await errorsOf(() => check(input))), ...faults.errors() });
    const { object } = await run<{ object: MadeUser }>(operation, { input });
    const { email = '' } = input as { readonly email?: string };
    return json(201, represent(object, email), { Location: links.user(object.number) });
  };
}
