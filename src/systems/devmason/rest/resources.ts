import type { QueryParameter } from '../../../server/dialect.js';
import { FIELDS } from './description.js';
import { userList } from './lists.js';
import * as options from './options.js';
import * as reads from './reads.js';
import type { Resource } from './resource.js';
import { projectList } from './root.js';
import * as writes from './writes.js';

const WHOLE_BUILDS = ['DevmasonBuilds', 'DevmasonBuildFields', 'DevmasonStepSizes', 'DevmasonSteps'];

const PAGING: readonly QueryParameter[] = [
  { name: 'per_page', description: 'Items on a page, 25 unless told, at most 1000', values: 'integer' },
  {
    name: 'page',
    description: 'Page number, from 1; a page that the list does not have is the first one',
    values: 'integer',
  },
];

const REFUSED = { 401: 'Credentials are needed', 403: 'Not allowed' };
const BAD = { 400: 'Refused, the body says why' };
const NONE = { 404: 'Not Found' };
const OVER = { 410: 'It is over' };

/** The resources of contract devmason, section 2. Those of users come first: `users` is no project. */
export const RESOURCES: readonly Resource[] = [
  {
    uri: '/',
    subject: 'Projects',
    get: {
      summary: 'All projects, with their latest builds',
      operations: ['DevmasonProjects', ...WHOLE_BUILDS],
      answers: { 200: 'The projects' },
      handle: projectList,
    },
    options: { operations: [], handle: options.always },
  },
  {
    uri: '/users',
    subject: 'Users',
    get: {
      summary: 'Users, a page at a time',
      operations: ['DevmasonUsers'],
      query: PAGING,
      answers: { 200: 'A page of users' },
      handle: userList,
    },
    options: { operations: [], handle: options.always },
  },
  {
    uri: '/users/{username}',
    subject: 'Users',
    get: {
      summary: 'One user',
      operations: ['DevmasonUser'],
      answers: { 200: 'The user', ...NONE },
      handle: reads.user,
    },
    writes: [
      {
        method: 'PUT',
        summary: 'Create oneself, or change the password (`password`)',
        fields: FIELDS.user,
        operations: ['DevmasonUser', 'DevmasonRegisterUser', 'DevmasonUpdateUser'],
        answers: { 200: 'The user after that', 201: 'Created', ...BAD, ...REFUSED },
        handle: writes.putUser,
      },
      {
        method: 'DELETE',
        summary: 'Delete oneself; projects and builds stay',
        operations: ['DevmasonDeleteUser'],
        answers: { 204: 'Deleted', ...REFUSED, ...NONE },
        handle: writes.deleteUser,
      },
    ],
    options: { operations: ['DevmasonUser'], handle: options.ofUser },
  },
  {
    uri: '/users/{username}/builds',
    subject: 'Users',
    get: {
      summary: 'Builds that a user reported or is credited with, a page at a time',
      operations: ['DevmasonUserBuilds', ...WHOLE_BUILDS],
      query: PAGING,
      answers: { 200: 'A page of builds', ...NONE },
      handle: reads.userBuilds,
    },
    options: { operations: ['DevmasonUser'], handle: options.ofUserBuilds },
  },
  {
    uri: '/users/{username}/builds/latest',
    subject: 'Users',
    get: {
      summary: 'Where the build of a user is that was reported last',
      operations: ['DevmasonLatestBuildOfUser'],
      answers: { 302: 'To the build', ...NONE },
      handle: reads.latestBuildOfUser,
    },
    options: { operations: ['DevmasonUser'], handle: options.ofUserBuilds },
  },
  {
    uri: '/{project}',
    subject: 'Projects',
    get: {
      summary: 'One project',
      operations: ['DevmasonProject'],
      answers: { 200: 'The project', ...NONE },
      handle: reads.project,
    },
    writes: [
      {
        method: 'PUT',
        summary: 'Register a project, or change its `name`',
        fields: FIELDS.project,
        operations: ['DevmasonProject', 'DevmasonRegisterProject', 'DevmasonUpdateProject'],
        answers: { 200: 'The project after that', 201: 'Registered', ...BAD, ...REFUSED },
        handle: writes.putProject,
        registers: true,
      },
      {
        method: 'DELETE',
        summary: 'Delete a project with its builds',
        operations: ['DevmasonDeleteProject'],
        answers: { 204: 'Deleted', ...REFUSED, ...NONE },
        handle: writes.deleteProject,
      },
    ],
    options: { operations: ['DevmasonProject'], handle: options.ofProject },
  },
  {
    uri: '/{project}/builds',
    subject: 'Builds',
    get: {
      summary: 'Builds of a project, a page at a time',
      operations: ['DevmasonProjectBuilds', ...WHOLE_BUILDS],
      query: PAGING,
      answers: { 200: 'A page of builds', ...NONE },
      handle: reads.builds,
    },
    writes: [
      {
        method: 'POST',
        summary: 'Report a build, or start an incremental one',
        fields: FIELDS.build,
        operations: ['DevmasonProject', 'DevmasonReportBuild', 'DevmasonStartBuild'],
        answers: { 201: 'Reported', ...BAD, ...REFUSED, ...NONE },
        handle: writes.postBuild,
        registers: true,
      },
    ],
    options: { operations: ['DevmasonProject'], handle: options.ofBuilds },
  },
  {
    uri: '/{project}/builds/latest',
    subject: 'Builds',
    get: {
      summary: 'Where the build is that was reported last',
      operations: ['DevmasonLatestBuild'],
      answers: { 302: 'To the build', ...NONE },
      handle: reads.latestBuild,
    },
    options: { operations: ['DevmasonProject'], handle: options.ofLatestBuild },
  },
  {
    uri: '/{project}/builds/{build_id}',
    subject: 'Builds',
    get: {
      summary: 'One build',
      operations: ['DevmasonBuild', ...WHOLE_BUILDS],
      answers: { 200: 'The build', ...NONE },
      handle: reads.build,
    },
    writes: [
      {
        method: 'PUT',
        summary: 'Report a build under this id, or start an incremental one',
        fields: FIELDS.build,
        operations: ['DevmasonBuild', 'DevmasonReportBuild', 'DevmasonStartBuild'],
        answers: { 201: 'Reported', ...BAD, ...REFUSED, ...NONE },
        handle: writes.putBuild,
        registers: true,
      },
      {
        method: 'DELETE',
        summary: 'Delete a build',
        operations: ['DevmasonDeleteBuild'],
        answers: { 204: 'Deleted', ...REFUSED, ...NONE },
        handle: writes.deleteBuild,
      },
    ],
    options: { operations: ['DevmasonBuild'], handle: options.ofBuild },
  },
  {
    uri: '/{project}/builds/{build_id}/progress',
    subject: 'Builds',
    get: {
      summary: 'Whether an incremental build is in progress',
      operations: ['DevmasonBuild'],
      answers: { 200: 'It is', ...NONE, ...OVER },
      handle: reads.progress,
    },
    writes: [
      {
        method: 'POST',
        summary: 'Add a step',
        fields: FIELDS.step,
        operations: ['DevmasonBuild', 'DevmasonAddStep'],
        answers: { 204: 'Added', ...BAD, ...REFUSED, ...NONE, ...OVER },
        handle: writes.postStep,
      },
      {
        method: 'DELETE',
        summary: 'Finish the build',
        operations: ['DevmasonFinishBuild'],
        answers: { 204: 'Finished', ...REFUSED, ...NONE, ...OVER },
        handle: writes.finishBuild,
      },
    ],
    options: { operations: ['DevmasonBuild'], handle: options.ofProgress },
  },
  {
    uri: '/{project}/tags',
    subject: 'Tags',
    get: {
      summary: 'Tags of a project',
      operations: ['DevmasonTags'],
      answers: { 200: 'The tags', ...NONE },
      handle: reads.tags,
    },
    options: { operations: ['DevmasonTags'], handle: options.ofTags },
  },
  {
    uri: '/{project}/tags/{tags}',
    subject: 'Tags',
    get: {
      summary: 'Builds with all of the tags, a page at a time',
      operations: ['DevmasonTags', 'DevmasonProjectBuilds', ...WHOLE_BUILDS],
      query: PAGING,
      answers: { 200: 'A page of builds', ...NONE },
      handle: reads.taggedBuilds,
    },
    options: { operations: ['DevmasonTags'], handle: options.ofTagSet },
  },
  {
    uri: '/{project}/tags/{tags}/latest',
    subject: 'Tags',
    get: {
      summary: 'Where the build with all of the tags is that is first in their list',
      operations: ['DevmasonTags', 'DevmasonFirstTagged'],
      answers: { 302: 'To the build', ...NONE },
      handle: reads.latestTagged,
    },
    options: { operations: ['DevmasonTags'], handle: options.ofTagSet },
  },
];
