import { held, maybe, OwnList, TIMES, unlisted, UUID } from './declare.js';

/** Lists of users and projects (contract rodan, sections 5.3 and 7). */

/** Users. Their names are kept with those of the members of all systems. */
export const RODAN_USERS = new OwnList('rodan_user', {
  number: held('integer', 'The number in its address.'),
  firstName: held('text', 'First name.'),
  lastName: held('text', 'Last name.'),
  email: unlisted('E-mail address.', 'hidden'),
  isStaff: held('boolean', 'Whether they may create users.', 'staff'),
  isActive: held('boolean', 'Whether they may sign in.', 'active'),
  isSuperuser: held('boolean', 'Whether they may see and change everything.', 'superuser'),
});

/** Projects. */
export const RODAN_PROJECTS = new OwnList('rodan_project', {
  ...UUID,
  name: held('text', 'Name.'),
  description: maybe('text', 'Description.'),
  creatorNumber: held('integer', 'Number of the user who created it.'),
  ...TIMES,
});
