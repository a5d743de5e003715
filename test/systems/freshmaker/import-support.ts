import { FRESHMAKER_IMPORT } from '../../../src/systems/freshmaker/import/index.js';
import { openImportDatabase, SHARED_TABLES, type ImportDatabase as Opened } from '../../support/import-database.js';

export { countsOf } from '../../support/import-database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  ...SHARED_TABLES,
  access_role: 'name',
  access_role_member: 'role, member_kind, member',
  freshmaker_event_dependency: 'event_id, position',
  freshmaker_repository: 'repository, registry',
  freshmaker_image: 'nvr, architecture',
  freshmaker_image_repository: 'image_id, position',
} as const;

/** A migrated database with a store to look into it. */
export type ImportDatabase = Opened<keyof typeof TABLES>;

export function importDatabase(): Promise<ImportDatabase> {
  return openImportDatabase(FRESHMAKER_IMPORT, TABLES);
}

/** An event with the required fields. */
export function event(id: number, more: object = {}): Record<string, unknown> {
  return { id, message_id: `message-${id}`, search_key: `${50_000 + id}`, event_type_id: 10, state: 2, ...more };
}

/** A build with the required fields. */
export function build(id: number, eventId: number, more: object = {}): Record<string, unknown> {
  return {
    id,
    event_id: eventId,
    name: `component-${id % 3}-container`,
    type: 1,
    state: 1,
    time_submitted: '2019-08-01T06:31:02Z',
    ...more,
  };
}

/** The example of contract freshmaker, section 12. */
export const EXAMPLE = {
  events: [
    {
      id: 201,
      message_id: 'ID:broker-1.RHSA-2019:1111',
      search_key: '50123',
      event_type_id: 10,
      state: 2,
      state_reason: 'Advisory 50123: All 1 container images have been rebuilt.',
      time_created: '2019-08-01T05:00:00Z',
      time_done: '2019-08-01T05:40:00Z',
      dry_run: false,
      requester: null,
      requested_rebuilds: [],
      requester_metadata: {},
      depends_on_events: [],
      builds: [
        {
          id: 900,
          event_id: 201,
          name: 'base-container',
          type: 1,
          state: 1,
          state_reason: 'Built successfully.',
          original_nvr: 'base-container-1.0-1',
          rebuilt_nvr: 'base-container-1.0-1.1564635600',
          dep_on_id: null,
          build_id: 7000,
          time_submitted: '2019-08-01T05:01:00Z',
          time_completed: '2019-08-01T05:39:00Z',
          build_args: { target: 'rhel-8-candidate' },
          odcs_composes: [30],
          rebuild_reason: 'dependency',
        },
      ],
    },
    {
      id: 214,
      message_id: 'manual_rebuild_1564641046.52',
      search_key: '50123',
      event_type_id: 13,
      state: 0,
      time_created: '2019-08-01T06:30:46Z',
      requester: 'jdoe',
      requested_rebuilds: ['web-container-1.0-7'],
      requester_metadata: { ticket: 'T-1' },
      depends_on_events: [201],
    },
  ],
  builds: [
    {
      id: 901,
      event_id: 214,
      name: 'web-container',
      type: 1,
      state: 4,
      original_nvr: 'web-container-1.0-7',
      dep_on_id: 900,
      time_submitted: '2019-08-01T06:31:02Z',
      rebuild_reason: 'directly_affected',
    },
  ],
  permissions: [{ role: 'manual_rebuilder', users: ['jdoe'], groups: [] }],
  repositories: [
    {
      registry: 'registry.example.com',
      repository: 'acme/web',
      release_categories: ['Generally Available'],
      published: true,
      auto_rebuild_tags: ['latest'],
    },
  ],
  images: [
    {
      nvr: 'web-container-1.0-7',
      architecture: 'amd64',
      content_sets: ['rhel-8'],
      repositories: [
        { registry: 'registry.example.com', repository: 'acme/web', published: true, tags: ['latest', '1.0-7'] },
      ],
    },
  ],
};
