import type { Links } from './links.js';

/** Users as the old API shows them (contract rodan, section 7). */

/** A user in a list, as the schema tells it. */
export interface ListedUser {
  readonly number: number;
  readonly username: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** A user on their own, as the schema tells it. */
export interface ShownUser extends ListedUser {
  readonly email: string | null;
  readonly isStaff: boolean;
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
  readonly projects: readonly { readonly uuid: string }[];
  readonly workflows: readonly { readonly uuid: string }[];
  readonly workflowRuns: readonly { readonly uuid: string }[];
}

/** A row of the list of users. */
export function listedUser({ number, username, firstName, lastName }: ListedUser, links: Links) {
  return { url: links.user(number), username, first_name: firstName, last_name: lastName };
}

/** The page of a user, with links to what they created. */
export function shownUser(user: ShownUser, links: Links) {
  return {
    ...listedUser(user, links),
    email: user.email ?? '',
    is_staff: user.isStaff,
    is_active: user.isActive,
    is_superuser: user.isSuperuser,
    projects: links.all('project', user.projects),
    workflows: links.all('workflow', user.workflows),
    workflow_runs: links.all('workflowrun', user.workflowRuns),
  };
}
