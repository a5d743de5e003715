import { defineList, extendList } from '../../core/graphql/filter-inputs.js';
import { RecordList } from '../../core/list/fields.js';
import { BUILDS, EVENTS, JOBS, PROJECTS } from '../../core/list/records.js';
import { System } from '../../core/model/states.js';

/** What Devmason adds to the lists of events, builds, jobs and projects, and its lists of users and tags. */

const username = { column: 'name', type: 'text', nullable: false, description: 'Name.' } as const;

/** Users of every system that has some of its own; the group `devmason` selects Devmason's. */
export const MEMBERS = new RecordList(null, 'member', {
  columns: { id: 'id', system: 'system', name: 'name', createdAt: 'created_at' },
  fields: { username },
  orders: { USERNAME: { ...username, description: 'Name, by code point.' } },
});
// Not shown in the filter: nobody asks Devmason for the users of another system.
MEMBERS.extend('devmason', { columns: {}, fields: {}, orders: {} });

/** Tags of projects. */
export const TAGS = new RecordList(null, 'devmason_tag', {
  columns: { id: 'id', projectId: 'project_id', name: 'name' },
  fields: {
    name: { column: 'name', type: 'text', nullable: false, description: 'Name.' },
    project: {
      column: 'project_id',
      table: 'project',
      lookupColumn: 'legacy_id',
      nullable: false,
      description: 'Slug of its project. Makes a tag quick to find that many projects have.',
    },
  },
  orders: { NAME: { column: 'name', type: 'text', nullable: false, description: 'Name, by code point.' } },
});

const users = defineList(MEMBERS, 'DevmasonUser');
/** Conditions on users. */
export const DevmasonUserFilter = users.filter;
/** One key of an order of users. */
export const DevmasonUserOrder = users.order;
defineList(TAGS, 'DevmasonTag');

extendList(PROJECTS, 'Devmason', 'Project', {
  columns: { ownerId: 'devmason_owner_id' },
  fields: { owner: { column: 'devmason_owner_id', references: () => MEMBERS, description: 'Who registered it.' } },
  orders: {},
});

extendList(EVENTS, 'Devmason', 'Event', {
  columns: { repositoryId: 'devmason_repository_id' },
  fields: {
    repositoryUrl: {
      column: 'devmason_repository_id',
      table: 'devmason_repository',
      lookupColumn: 'url',
      nullable: true,
      description: 'Address of the repository.',
    },
  },
  orders: {},
});

const finishedOrder = {
  column: 'devmason_finished_order',
  type: 'integer',
  nullable: false,
  only: System.DEVMASON,
  description: 'When it was finished; builds in progress count as finished last. Lists builds of Devmason only.',
} as const;

extendList(BUILDS, 'Devmason', 'Build', {
  columns: {
    client: 'devmason_client',
    reporterId: 'devmason_reporter_id',
    reporterGone: 'devmason_reporter_gone',
    incremental: 'devmason_incremental',
    startedOffset: 'devmason_started_offset',
    finishedOffset: 'devmason_finished_offset',
    stepCount: 'devmason_step_count',
    size: 'devmason_size',
  },
  fields: {
    tag: {
      column: 'id',
      references: () => TAGS,
      through: { table: 'devmason_build_tag', from: 'build_id', to: 'tag_id' },
      description: 'One of its tags.',
    },
    reporter: { column: 'devmason_reporter_id', references: () => MEMBERS, description: 'Who reported it.' },
    clientUser: {
      column: 'devmason_client_user',
      type: 'text',
      nullable: true,
      description: '`client.user`, where it could be the name of a user.',
    },
    incremental: {
      column: 'devmason_incremental',
      type: 'boolean',
      nullable: false,
      description: 'Whether it was reported step by step.',
    },
  },
  orders: { FINISHED: finishedOrder },
});

extendList(JOBS, 'Devmason', 'Job', {
  columns: {
    number: 'devmason_number',
    startedOffset: 'devmason_started_offset',
    finishedOffset: 'devmason_finished_offset',
    size: 'devmason_size',
  },
  fields: {
    number: {
      column: 'devmason_number',
      type: 'integer',
      nullable: false,
      description: 'Order of arrival within the build, from 1.',
    },
  },
  orders: {},
});
