import type { OperationContext } from '../../core/graphql/context.js';
import { PROJECT_BY_ID } from '../../core/graphql/loaders.js';
import { ProjectType } from '../../core/graphql/types.js';
import { BUILDS } from '../../core/list/records.js';
import { SafeInt } from '../../core/graphql/scalars.js';
import { computed, memberFields, type ComputedField } from './computed.js';
import { RESOURCES, RODAN_PROJECTS, RODAN_USERS, WORKFLOWS } from './lists.js';
import { collection, references } from './nested.js';
import {
  countOf,
  MEMBERS_OF_PROJECT,
  NAME_OF_USER,
  STANDING_IN_PROJECT,
  type ProjectRow,
  type UserRow,
} from './reads.js';
import { hasRight, type ProjectRight } from './rights.js';
import { RodanProject, RodanResource, RodanUser, RodanWorkflow, RodanWorkflowRun } from './types.js';
import { viewerOf } from './viewer.js';

/** What projects and users show (contract rodan, sections 4 and 7). */

function members(role: 'admins' | 'workers', description: string): ComputedField {
  const value = async ({ uuid }: ProjectRow, context: OperationContext): Promise<readonly UserRow[]> =>
    (await context.load(MEMBERS_OF_PROJECT, uuid))[role];
  return { type: () => [RodanUser], nullable: false, description, value };
}

function count(list: typeof WORKFLOWS, description: string): ComputedField {
  const loader = countOf(list, 'project_uuid');
  const value = ({ uuid }: ProjectRow, context: OperationContext): Promise<number> => context.load(loader, uuid);
  return { type: () => SafeInt, nullable: false, description, value };
}

function right(name: ProjectRight, description: string): ComputedField {
  const value = async (project: ProjectRow, context: OperationContext): Promise<boolean> => {
    const viewer = await viewerOf(context);
    return viewer !== null && hasRight(name, viewer, await context.load(STANDING_IN_PROJECT, project));
  };
  return { type: () => Boolean, nullable: false, description, value };
}

const projectFields = computed(() => RodanProject, {
  ...memberFields(RODAN_PROJECTS.members, 'own'),
  ...references(RODAN_PROJECTS, { creator: () => RodanUser }),
  admins: members('admins', 'Its admins, the creator among them, by number.'),
  workers: members('workers', 'Its workers, by number.'),
  workflowCount: count(WORKFLOWS, 'Number of its workflows.'),
  resourceCount: count(RESOURCES, 'Number of its resources.'),
  workflows: collection(() => RodanWorkflow, [WORKFLOWS, 'project_uuid'], 'Its workflows.'),
  resources: collection(() => RodanResource, [RESOURCES, 'project_uuid'], 'Its resources.'),
  viewerCanUpdate: right('change', 'Whether the caller may change it.'),
  viewerCanDelete: right('delete', 'Whether the caller may delete it.'),
  viewerIsCreator: right('setAdmins', 'Whether the caller created it, and so says who its admins are.'),
  viewerCanSetWorkers: right('setWorkers', 'Whether the caller says who its workers are.'),
  project: {
    type: () => ProjectType,
    nullable: false,
    description: 'The same as any project.',
    value: ({ id }: ProjectRow, context: OperationContext) => context.load(PROJECT_BY_ID, id),
  },
});

/** Whether the caller is a user, or may see all of every user. */
async function isSelfOr(
  { number }: UserRow,
  context: OperationContext,
  ...powers: readonly ('superuser' | 'staff')[]
): Promise<boolean> {
  const viewer = await viewerOf(context);
  return viewer !== null && (viewer.number === number || powers.some((power) => viewer[power]));
}

const userFields = computed(() => RodanUser, {
  ...memberFields(RODAN_USERS.members, 'own'),
  username: {
    type: () => String,
    nullable: false,
    description: 'Name that they sign in with.',
    value: ({ id, username }: UserRow, context: OperationContext) => username ?? context.load(NAME_OF_USER, id),
  },
  email: {
    type: () => String,
    nullable: true,
    description: 'E-mail address, empty for none; null unless the caller is the user, staff or a superuser.',
    value: async (user: UserRow, context: OperationContext) =>
      (await isSelfOr(user, context, 'superuser', 'staff')) ? user.email : null,
  },
  isViewer: {
    type: () => Boolean,
    nullable: false,
    description: 'Whether it is the caller.',
    value: (user: UserRow, context: OperationContext) => isSelfOr(user, context),
  },
  viewerCanView: {
    type: () => Boolean,
    nullable: false,
    description: 'Whether the old API shows the caller the page of this user: their own, or all to superusers.',
    value: (user: UserRow, context: OperationContext) => isSelfOr(user, context, 'superuser'),
  },
  projects: collection(() => RodanProject, [RODAN_PROJECTS, 'creator_number'], 'Projects that they created.', 'number'),
  workflows: collection(() => RodanWorkflow, [WORKFLOWS, 'creator_number'], 'Workflows that they created.', 'number'),
  workflowRuns: collection(
    () => RodanWorkflowRun,
    [BUILDS, 'rodan_creator_number'],
    'Workflow runs that they asked for.',
    'number',
  ),
});

/** Fields of projects and users. */
export const PROJECT_FIELDS: readonly (new () => object)[] = [projectFields, userFields];
