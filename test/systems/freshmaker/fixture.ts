/**
 * A small Freshmaker database in the contract's import format: every state of events and builds, dependencies within
 * and across events, dry runs, missing times and an event type that nobody knows.
 */

const NOTHING = { state_reason: null, time_done: null, dry_run: false, requester: null, requested_rebuilds: [] };

function event(id: number, members: object): object {
  const time_created = `2019-08-01T06:${String(id).padStart(2, '0')}:46Z`;
  return { id, ...NOTHING, requester_metadata: {}, depends_on_events: [], builds: [], time_created, ...members };
}

function build(id: number, event_id: number, name: string, state: number, members: object = {}): object {
  return {
    id,
    event_id,
    name,
    type: 1,
    state,
    state_reason: null,
    original_nvr: `${name}-1.0-7`,
    rebuilt_nvr: null,
    dep_on_id: null,
    build_id: null,
    time_submitted: `2019-08-01T07:${id}:02Z`,
    time_completed: null,
    build_args: {},
    odcs_composes: [],
    rebuild_reason: 'directly_affected',
    ...members,
  };
}

const finished = (id: number, build_id: number): object => ({
  build_id,
  time_completed: `2019-08-01T08:${id}:00Z`,
  rebuilt_nvr: `rebuilt-${id}`,
});

/** Ids 1 to 17 and 11 to 27, so that the next are 18 and 28. */
export const LAST_EVENT_ID = 17;

const events = [
  event(1, {
    message_id: 'ID:broker-1.RHSA-2019:1001',
    search_key: '41001',
    event_type_id: 10,
    state: 2,
    state_reason: 'Advisory 41001: All 2 container images have been rebuilt.',
    time_done: '2019-08-01T08:12:30Z',
    builds: [
      build(11, 1, 'base-container', 1, {
        ...finished(11, 7011),
        state_reason: 'Built successfully.',
        rebuild_reason: 'dependency',
      }),
      build(12, 1, 'web-container', 1, { ...finished(12, 7012), dep_on_id: 11 }),
    ],
  }),
  event(2, {
    message_id: 'ID:broker-1.RHSA-2019:1002',
    search_key: '41002',
    event_type_id: 8,
    state: 3,
    time_done: '2019-08-01T08:14:30Z',
  }),
  event(3, {
    message_id: 'old-3',
    search_key: '41003',
    event_type_id: 10,
    state: 4,
    dry_run: null,
    time_created: null,
    state_reason: 'Nothing to rebuild.',
  }),
  event(4, {
    message_id: 'manual_rebuild_1564641046.52',
    search_key: '41004',
    event_type_id: 13,
    state: 1,
    state_reason: 'Advisory 41004: Rebuilding 6 container images.',
    requester: 'jdoe',
    depends_on_events: [2, 1],
    requested_rebuilds: ['web-container-1.0-7'],
    requester_metadata: { ticket: 'T-1', a: { z: 1, b: null } },
  }),
  event(5, {
    message_id: 'async_build_1564641000.11',
    search_key: 'async_build_1564641000.11',
    event_type_id: 14,
    state: 0,
    requester: 'anna',
    requested_rebuilds: ['web-container'],
  }),
  event(6, {
    message_id: 'manual_rebuild_6.0',
    search_key: '41006',
    event_type_id: 13,
    state: 5,
    requester: 'jdoe',
    state_reason: 'Event id 6 requested for canceling by user jdoe',
    time_done: '2019-08-01T09:00:00Z',
  }),
  event(7, { message_id: 'future-7', search_key: 'x', event_type_id: 99, state: 2, time_done: '2019-08-01T09:00:00Z' }),
  event(8, {
    message_id: 'manual_rebuild_8.0',
    search_key: '41008',
    event_type_id: 13,
    state: 2,
    dry_run: true,
    time_done: '2019-08-01T09:00:00Z',
    requester: 'mia',
  }),
  event(9, { message_id: 'manual_rebuild_9.0', search_key: '50123', event_type_id: 13, state: 0, requester: 'mia' }),
  event(10, { message_id: 'ID:broker-1.RHSA-2019:1010', search_key: '50123', event_type_id: 10, state: 1 }),
  event(11, {
    message_id: 'git-11',
    search_key: 'rpms/web/master/?#4f1c',
    event_type_id: 2,
    state: 4,
    time_done: '2019-08-01T09:00:00Z',
  }),
  event(12, {
    message_id: 'manual_rebuild_12.0',
    search_key: '41004',
    event_type_id: 13,
    state: 0,
    requester: 'mia',
    depends_on_events: [4],
  }),
  event(13, {
    message_id: 'ID:ü "quoted" & more',
    search_key: 'not-a-number',
    event_type_id: 6,
    state: 2,
    time_done: '2019-08-01T09:00:00Z',
  }),
  event(14, {
    message_id: 'manual_rebuild_14.0',
    search_key: '41014',
    event_type_id: 13,
    state: 2,
    requester: 'jdoe',
    state_reason: 'Advisory 41014: All 1 container images have been rebuilt.',
    time_done: '2019-08-01T09:00:00Z',
  }),
  event(15, {
    message_id: 'bundle-15',
    search_key: '41015',
    event_type_id: 16,
    state: 2,
    time_done: '2019-08-01T09:00:00Z',
  }),
  event(16, { message_id: 'manual_rebuild_16.0', search_key: '41016', event_type_id: 13, state: 1, requester: 'jdoe' }),
  event(17, { message_id: 'manual_rebuild_17.0', search_key: '41017', event_type_id: 13, state: 1, requester: 'mia' }),
];

const builds = [
  build(13, 2, 'app-container', 2, {
    state_reason: 'Failed to build in Koji.',
    build_id: 7013,
    time_completed: '2019-08-01T08:13:00Z',
  }),
  build(14, 2, 'app-module', 2, { type: 2, dep_on_id: 13, original_nvr: null, time_completed: '2019-08-01T08:14:00Z' }),
  build(15, 4, 'base-container', 1, finished(15, 7015)),
  build(16, 4, 'web-container', 0, {
    dep_on_id: 15,
    build_id: 7016,
    rebuilt_nvr: 'web-container-1.0-7.1564641046',
    odcs_composes: [31, 30],
    state_reason: 'Building container image in Koji.',
    build_args: { target: 'rhel-8', arches: 'x86_64', retry_count: 0 },
  }),
  build(17, 4, 'api-container', 4, { dep_on_id: 16 }),
  build(18, 4, 'tools-container', 4),
  build(19, 4, 'lib', 2, { type: 0, build_id: 7019, time_completed: '2019-08-01T08:19:00Z' }),
  build(20, 4, 'images', 3, { type: 3, time_completed: '2019-08-01T08:20:00Z', rebuild_reason: 'unknown' }),
  build(21, 14, 'web-container', 1, finished(21, 7021)),
  build(22, 15, 'web-bundle', 1, {
    ...finished(22, -1),
    bundle_pullspec_overrides: { pullspecs: [{ new: 'b', old: 'a' }] },
  }),
  build(23, 16, 'one', 4),
  build(24, 16, 'two', 4, { dep_on_id: 23 }),
  build(25, 16, 'three', 0, { build_id: 7025 }),
  build(26, 16, 'four', 1, { ...finished(26, 7026), dep_on_id: 25 }),
  build(27, 17, 'five', 2, { dep_on_id: 25, time_completed: '2019-08-01T08:27:00Z' }),
];

const permissions = [
  { role: 'admin', users: ['boss'], groups: [] },
  { role: 'manual_rebuilder', users: ['jdoe', 'mia'], groups: ['rebuilders'] },
  { role: 'freshmaker_async_rebuilders', users: ['anna'], groups: [] },
];

const registry = 'registry.example.com';

function repository(name: string, members: object): object {
  return {
    registry,
    repository: name,
    release_categories: ['Generally Available'],
    published: true,
    auto_rebuild_tags: ['latest'],
    ...members,
  };
}

function image(nvr: string, repositoryName: string, members: object = {}): object {
  const repositories = [{ registry, repository: repositoryName, published: true, tags: ['latest'] }];
  return { nvr, architecture: 'amd64', content_sets: ['rhel-8'], repositories, ...members };
}

const web = [{ registry, repository: 'acme/web', published: true, tags: ['latest', '1.0-7'] }];

/** The whole import. */
export const FRESHMAKER_IMPORT = {
  events,
  builds,
  permissions,
  repositories: [
    repository('acme/web', {}),
    repository('acme/old', { release_categories: ['Deprecated'] }),
    repository('acme/hidden', { published: false, release_categories: ['Beta'] }),
    repository('acme/untagged', { auto_rebuild_tags: null, release_categories: ['Tech Preview'] }),
    repository('acme/off', { auto_rebuild_tags: [] }),
    repository('acme/empty', { auto_rebuild_tags: ['latest', '2.0'] }),
    repository('acme/bare', {}),
    repository('acme/twice', {}),
    repository('acme/twice', { registry: 'other.example.com' }),
  ],
  images: [
    image('web-container-1.0-7', 'acme/web', { content_sets: ['rhel-8-b', 'rhel-8-a'], repositories: web }),
    image('web-container-1.0-7', 'acme/web', {
      architecture: 'arm64',
      content_sets: ['rhel-8-a', 'rhel-8-c'],
      repositories: web,
    }),
    image('web-container-0.9-1', 'acme/web', {
      repositories: [{ registry, repository: 'acme/web', published: true, tags: ['0.9'] }],
    }),
    image('web-container-2.0-1', 'acme/web', {
      repositories: [{ registry, repository: 'acme/web', published: false, tags: ['latest'] }],
    }),
    image('bare-container-1-1', 'acme/bare', { content_sets: [] }),
    image('homeless-container-1-1', 'acme/web', { repositories: [] }),
    image('lost-container-1-1', 'acme/lost'),
    image('old-container-1-1', 'acme/old'),
    image('hidden-container-1-1', 'acme/hidden'),
    image('untagged-container-1-1', 'acme/untagged'),
    image('off-container-1-1', 'acme/off'),
  ],
};
