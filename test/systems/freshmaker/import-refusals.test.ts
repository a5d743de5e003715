import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_RECORD_NUMBER } from '../../../src/core/ids.js';
import { build, event, EXAMPLE, importDatabase, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take(EXAMPLE);
  before = await database.content();
});
afterAll(() => database.drop());

const one = (more: object) => ({ events: [event(1, more)] });
const oneBuild = (more: object) => ({ events: [event(1)], builds: [build(1, 1, more)] });
const without = (row: Record<string, unknown>, field: string) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
/** Enough rows that the first ones are written before the fault is read. */
const many = Array.from({ length: 1_500 }, (_, number) => event(1_000 + number));
const range = `must be an integer from 0 to ${MAX_RECORD_NUMBER}`;

const required: [string, object, string][] = [
  ...['id', 'message_id', 'search_key', 'event_type_id', 'state'].map((field): [string, object, string] => [
    `an event without ${field}`,
    { events: [event(5), without(event(1), field)] },
    `events[1]${field === 'id' ? '' : ' (id 1)'}: ${field}: is required.`,
  ]),
  ...['id', 'event_id', 'name', 'type', 'state', 'time_submitted'].map((field): [string, object, string] => [
    `a build without ${field}`,
    { events: [event(1)], builds: [without(build(1, 1), field)] },
    `builds[0]${field === 'id' ? '' : ' (id 1)'}: ${field}: is required.`,
  ]),
  ['a role without a name', { events: [], permissions: [{}] }, 'permissions[0]: role: is required.'],
  [
    'a repository without a name',
    { events: [], repositories: [{ registry: 'r' }] },
    'repositories[0]: repository: is required.',
  ],
  [
    'a repository without a registry',
    { events: [], repositories: [{ repository: 'r' }] },
    'repositories[0]: registry: is required.',
  ],
  ['an image without nvr', { events: [], images: [{}] }, 'images[0]: nvr: is required.'],
  [
    'an image whose repository has no name',
    { events: [], images: [{ nvr: 'a', repositories: [{ registry: 'r' }] }] },
    'images[0].repositories[0]: repository: is required.',
  ],
];

const types: [string, object, string][] = [
  ['a row that is no object', { events: [[]] }, 'events[0]: must be an object.'],
  ['an id as text', one({ id: '1' }), `events[0]: id: ${range}, not "1".`],
  ['a negative id', one({ id: -1 }), `events[0] (id -1): id: ${range}, not -1.`],
  ['a fraction as id', one({ id: 1.5 }), `events[0]: id: ${range}, not 1.5.`],
  ['an id that is too large', one({ id: MAX_RECORD_NUMBER + 1 }), `id: ${range}`],
  ['a number as text', one({ search_key: 5 }), 'events[0] (id 1): search_key: must be a text, not 5.'],
  ['null as a required text', one({ message_id: null }), 'message_id: must be a text, not null.'],
  [
    'NUL in a text',
    one({ state_reason: 'a\0b' }),
    'events[0] (id 1): state_reason: must not contain the NUL character.',
  ],
  ['half a surrogate pair', one({ search_key: '\uD800' }), 'search_key: must not contain half of a surrogate pair.'],
  ['an event type that is no integer', one({ event_type_id: 'x' }), 'event_type_id: must be an integer, not "x".'],
  ['a dry_run that is no boolean', one({ dry_run: 1 }), 'dry_run: must be true or false.'],
  [
    'a time without zone',
    one({ time_created: '2019-08-01T06:30:46' }),
    'time_created: not a time such as 2019-08-01T06:30:46Z: "2019-08-01T06:30:46".',
  ],
  ['a day that does not exist', one({ time_done: '2019-02-30T00:00:00Z' }), 'time_done: not a time'],
  ['requested_rebuilds that are no list', one({ requested_rebuilds: 'x' }), 'requested_rebuilds: must be a list.'],
  [
    'requested_rebuilds that are no texts',
    one({ requested_rebuilds: ['a', 2] }),
    'requested_rebuilds[1]: must be a text, not 2.',
  ],
  ['dependencies that are no ids', one({ depends_on_events: ['2'] }), 'depends_on_events[0]: must be an integer'],
  ['inlined builds that are no list', one({ builds: {} }), 'builds: must be a list.'],
  ['null as time_submitted', oneBuild({ time_submitted: null }), 'builds[0] (id 1): time_submitted: not a time'],
  [
    'odcs_composes that are no integers',
    oneBuild({ odcs_composes: [1, '2'] }),
    'odcs_composes[1]: must be an integer, not "2".',
  ],
  ['a build_id that JavaScript does not hold', oneBuild({ build_id: 2 ** 53 }), 'build_id: must be an integer'],
  [
    'a time that a column does not hold',
    oneBuild({ time_submitted: '9999-08-01T05:00:00Z' }),
    'time_submitted: not between the years 1685 and 2254: "9999-08-01T05:00:00Z".',
  ],
  ['NUL in a name', oneBuild({ name: '\0' }), 'builds[0] (id 1): name: must not contain the NUL character.'],
  [
    'users that are no list',
    { events: [], permissions: [{ role: 'admin', users: 'root' }] },
    'permissions[0]: users: must be a list.',
  ],
  [
    'tags that are no list',
    { events: [], repositories: [{ registry: 'r', repository: 'p', auto_rebuild_tags: 'x' }] },
    'repositories[0]: auto_rebuild_tags: must be a list.',
  ],
  ['an array that is an object', { events: {} }, 'byte 10: events: must be an array.'],
  ['no events', { builds: [] }, 'events: is required.'],
];

const rules: [string, object, string][] = [
  ['an unknown event state', one({ state: 6 }), 'events[0] (id 1): state: there is no event state 6.'],
  ['an unknown build state', oneBuild({ state: 5 }), 'builds[0] (id 1): state: there is no build state 5.'],
  ['an unknown build type', oneBuild({ type: 4 }), 'builds[0] (id 1): type: there is no build type 4.'],
  ['a negative build type', oneBuild({ type: -1 }), 'builds[0] (id 1): type: there is no build type -1.'],
  [
    'an unknown role',
    { events: [], permissions: [{ role: 'root' }] },
    'permissions[0]: role: there is no role "root".',
  ],
  [
    'an event id that is there twice',
    { events: [event(1), event(2), event(1, { message_id: 'x' })] },
    'events[2] (id 1): id: events[0] has the same.',
  ],
  [
    'an event id that is there twice, far apart',
    { events: [event(1), ...many, event(1, { message_id: 'x' })] },
    'events[1501] (id 1): id: events[0] has the same.',
  ],
  [
    'a message id that is there twice',
    { events: [event(1), event(2, { message_id: 'message-1' })] },
    'events[1] (id 2): message_id: events[0] (id 1) has the same.',
  ],
  [
    'a message id that is there twice, far apart',
    { events: [event(1), ...many, event(2, { message_id: 'message-1' })] },
    'events[1501] (id 2): message_id: events[0] (id 1) has the same.',
  ],
  [
    'a message id of another event of the database',
    one({ message_id: 'manual_rebuild_1564641046.52' }),
    'events[0] (id 1): message_id: event 214 of the database has the same.',
  ],
  [
    'a build id that is inlined twice',
    { events: [event(1, { builds: [build(1, 1)] }), event(2, { builds: [build(1, 2)] })] },
    'events[1].builds[0] (id 1): id: events[0].builds[0] has the same.',
  ],
  [
    'a build id that is in builds twice',
    { events: [event(1)], builds: [build(1, 1), build(1, 1)] },
    'builds[1] (id 1): id: builds[0] has the same.',
  ],
  [
    'a build id that is there three times',
    { events: [event(1, { builds: [build(1, 1)] })], builds: [build(1, 1), build(1, 1)] },
    'builds[1] (id 1): id: events[0].builds[0] has the same.',
  ],
  [
    'a build that is inlined and in builds with other content',
    { events: [event(1, { builds: [build(1, 1)] })], builds: [build(1, 1, { state: 2 })] },
    'builds[0] (id 1): differs from events[0].builds[0], which has the same id.',
  ],
  [
    'an inlined build of another event',
    { events: [event(1, { builds: [build(1, 2)] }), event(2)] },
    'events[0].builds[0] (id 1): event_id: must be 1, the event that it is in.',
  ],
  [
    'a dependency on an event that is nowhere',
    { events: [event(1), ...many, event(2, { depends_on_events: [1, 999] })] },
    'events[1501] (id 2): depends_on_events: there is no event 999.',
  ],
  [
    'a build of an event that is nowhere',
    { events: [event(1)], builds: [build(1, 1), build(2, 999)] },
    'builds[1] (id 2): event_id: there is no event 999.',
  ],
  [
    'a dependency on a build that is nowhere',
    { events: [event(1, { builds: [build(1, 1), build(2, 1, { dep_on_id: 999 })] })] },
    'events[0].builds[1] (id 2): dep_on_id: there is no build 999.',
  ],
  [
    'a build that depends on itself',
    oneBuild({ dep_on_id: 1 }),
    'builds[0] (id 1): dep_on_id: the build depends on itself, in the circle of builds 1.',
  ],
  [
    'builds that depend on each other',
    {
      events: [event(1)],
      builds: [
        build(4, 1, { dep_on_id: 1 }),
        build(1, 1, { dep_on_id: 2 }),
        build(2, 1, { dep_on_id: 3 }),
        build(3, 1, { dep_on_id: 1 }),
      ],
    },
    'dep_on_id: the build depends on itself, in the circle of builds 1, 2, 3.',
  ],
  [
    'a circle by way of a build of the database',
    { events: [], builds: [build(900, 201, { dep_on_id: 901 })] },
    'builds[0] (id 900): dep_on_id: the build depends on itself, in the circle of builds 900, 901.',
  ],
  [
    'a role that is there twice',
    { events: [], permissions: [{ role: 'admin' }, { role: 'admin' }] },
    'permissions[1]: role: permissions[0] has the same.',
  ],
  [
    'a repository that is there twice',
    {
      events: [],
      repositories: [
        { registry: 'r', repository: 'p' },
        { registry: 'r', repository: 'p' },
      ],
    },
    'repositories[1]: repositories[0] has the same registry and repository, "p".',
  ],
  [
    'an image that is there twice',
    { events: [], images: [{ nvr: 'a' }, { nvr: 'a', architecture: null }] },
    'images[1]: images[0] has the same nvr and architecture, "a".',
  ],
  [
    'an image that is there twice, far apart',
    {
      events: [],
      images: [{ nvr: 'a' }, ...Array.from({ length: 1_500 }, (_, number) => ({ nvr: `b${number}` })), { nvr: 'a' }],
    },
    'images[1501]: images[0] has the same nvr and architecture, "a".',
  ],
];

it.each([...required, ...types, ...rules])(
  '%s is refused with the row named, and nothing is stored',
  async (_what, document, message) => {
    await expect(database.take(document)).rejects.toThrow(message);
    expect(await database.content()).toEqual(before);
  },
);

it('a file that ends in the middle is refused, and nothing of it is stored', async () => {
  const text = JSON.stringify({ events: many });
  await expect(database.take(text.slice(0, -100))).rejects.toThrow('the text ends inside events[1498].');
  expect(await database.content()).toEqual(before);
});
