import { afterAll, beforeAll, expect, it } from 'vitest';
import { build, dump, EXAMPLE, importDatabase, project, step, type ImportDatabase } from './import-support.js';

let database: ImportDatabase;
let before: Awaited<ReturnType<ImportDatabase['content']>>;
beforeAll(async () => {
  database = await importDatabase();
  await database.take(EXAMPLE);
  before = await database.content();
});
afterAll(() => database.drop());

const oneBuild = (more: object) => dump([build(1, more)]);
const oneStep = (more: object) => oneBuild({ results: [step('a'), step('b', more)] });
const oneProject = (more: object) => dump([], { projects: [project('p', more)] });
const oneUser = (more: object) => ({ users: [{ username: 'u', ...more }] });
const request = (more: object) => ({
  id: 5,
  project: 'p',
  identifier: 'HEAD',
  requested: '2010-08-07T12:03:09',
  ...more,
});
const oneRequest = (more: object) => dump([], { build_requests: [request(more)] });
const without = (row: object, field: string) =>
  Object.fromEntries(Object.entries(row).filter(([name]) => name !== field));
/** Enough rows that the first ones are written before the fault is read. */
const many = Array.from({ length: 1_500 }, (_, number) => build(1_000 + number));

const required: [string, object, string][] = [
  ['nothing that is asked for', { events: [] }, 'there is none of users, projects, builds, build_requests.'],
  ...['project', 'id', 'success', 'started', 'finished', 'tags', 'client', 'results'].map(
    (field): [string, object, string] => [
      `a build without ${field}`,
      dump([without(build(1), field)]),
      `builds[0]${field === 'id' ? '' : ' (id 1)'}: ${field}: is required.`,
    ],
  ),
  ...['name', 'success'].map((field): [string, object, string] => [
    `a step without ${field}`,
    oneBuild({ results: [without(step('a'), field)] }),
    `builds[0].results[0]: ${field}: is required.`,
  ]),
  ...['id', 'project', 'identifier', 'requested'].map((field): [string, object, string] => [
    `a build request without ${field}`,
    dump([], { build_requests: [without(request({}), field)] }),
    `build_requests[0]${field === 'id' ? '' : ' (id 5)'}: ${field}: is required.`,
  ]),
  ['a user without a name', { users: [{}] }, 'users[0]: username: is required.'],
  ['a project without a name', { projects: [{ slug: 'p' }] }, 'projects[0]: name: is required.'],
  ['a project without a slug', { projects: [{ name: 'P', links: [null] }] }, 'projects[0]: slug: is required.'],
];

const types: [string, object, string][] = [
  ['a row that is no object', { builds: [5] }, 'builds[0]: must be an object.'],
  ['an array that is an object', { builds: {} }, 'builds: must be an array.'],
  ['a reserved slug', oneProject({ slug: 'users' }), 'projects[0]: slug: not the slug of a project: "users".'],
  [
    'the other reserved slug',
    oneProject({ slug: 'xmlrpc' }),
    'projects[0]: slug: not the slug of a project: "xmlrpc".',
  ],
  ['a slug with a dot', oneProject({ slug: 'a.b' }), 'projects[0]: slug: not the slug of a project: "a.b".'],
  ['a name that is no text', oneProject({ name: 5 }), 'projects[0]: name: must be a text, not 5.'],
  ['a name with NUL', oneProject({ name: 'a\0' }), 'projects[0]: name: must not contain the NUL character.'],
  ['an owner that nobody can be called', oneProject({ owner: 'a:b' }), 'owner: not the name of a user: "a:b".'],
  ['a user name with a slash', oneUser({ username: 'a/b' }), 'users[0]: username: not the name of a user: "a/b".'],
  ['an empty user name', oneUser({ username: '' }), 'users[0]: username: not the name of a user: "".'],
  ['a plain password', oneUser({ password: 'secret' }), 'users[0]: password: must be sha1$SALT$HEX or md5$SALT$HEX.'],
  [
    'a hash of another cost',
    oneUser({ password: `scrypt$1024$8$5$${'A'.repeat(24)}$${'B'.repeat(44)}` }),
    'users[0]: password: must be sha1$SALT$HEX or md5$SALT$HEX.',
  ],
  ['a short hash', oneUser({ password: 'md5$a$0123' }), 'users[0]: password: must be sha1$SALT$HEX or md5$SALT$HEX.'],
  ['an id that no address holds', oneBuild({ id: 'a.b' }), 'builds[0]: id: not the id of a build: "a.b".'],
  ['the id latest', oneBuild({ id: 'latest' }), 'builds[0]: id: not the id of a build: "latest".'],
  ['an id of null', oneBuild({ id: null }), 'builds[0]: id: not the id of a build: null.'],
  ['a negative id', oneBuild({ id: -1 }), 'builds[0] (id -1): id: not the id of a build: -1.'],
  ['a success of 1', oneBuild({ success: 1 }), 'builds[0] (id 1): success: must be true or false.'],
  ['a success of null', oneBuild({ success: null }), 'success: null only when incremental is true.'],
  ['a finish of null', oneBuild({ finished: null }), 'finished: null only when incremental is true.'],
  ['an incremental of 1', oneBuild({ incremental: 1 }), 'incremental: must be true or false.'],
  [
    'a bad date',
    oneBuild({ started: 'yesterday' }),
    'builds[0] (id 1): started: not a time such as Tue, 20 Oct 2009 10:20:00 -0500: "yesterday".',
  ],
  ['an impossible date', oneBuild({ finished: '2009-02-29T00:00:00' }), 'finished: not a time such as'],
  ['a date that is a number', oneBuild({ started: 1_256_052_000 }), 'started: not a time such as'],
  ['tags that are a text', oneBuild({ tags: 'a' }), 'tags: must be a list.'],
  ['a tag that is no text', oneBuild({ tags: ['a', null] }), 'tags[1]: must be a text, not null.'],
  ['a tag that is too long', oneBuild({ tags: ['ä'.repeat(1001)] }), 'tags: longer than 2000 bytes of UTF-8.'],
  ['a client that is a list', oneBuild({ client: [] }), 'client: must be an object.'],
  ['a client without host', oneBuild({ client: { arch: '' } }), 'builds[0] (id 1): client.host: a text is required.'],
  ['an arch that is no text', oneBuild({ client: { host: '', arch: 5 } }), 'client.arch: a text is required.'],
  ['a reporter that nobody can be called', oneBuild({ reporter: 'a/b' }), 'reporter: not the name of a user: "a/b".'],
  ['a step that is no object', oneBuild({ results: [5] }), 'builds[0].results[0]: must be an object.'],
  [
    'a success of a step that is null',
    oneStep({ success: null }),
    'builds[0].results[1]: success: must be true or false.',
  ],
  ['a name of a step that is a number', oneStep({ name: 5 }), 'builds[0].results[1]: name: must be a text, not 5.'],
  ['a name of a step that is too long', oneStep({ name: 'x'.repeat(2001) }), 'name: longer than 2000 bytes of UTF-8.'],
  ['an output that is a list', oneStep({ output: [] }), 'builds[0].results[1]: output: must be a text, not [].'],
  ['a bad date of a step', oneStep({ finished: '5' }), 'builds[0].results[1]: finished: not a time such as'],
  ['an id of a request that is a text', oneRequest({ id: '5' }), 'build_requests[0]: id: must be an integer from 0 to'],
  ['a repository that is a text', oneRequest({ repository: 'x' }), 'repository: must be an object.'],
  [
    'a repository of no address',
    oneRequest({ repository: { url: '' } }),
    'repository.url: must be a text that is not empty.',
  ],
  ['a repository with NUL', oneRequest({ repository: { url: 'a\0' } }), 'repository.url: must contain neither NUL nor'],
  [
    'a repository of an unknown type',
    oneRequest({ repository: { url: 'x', type: 'cvs' } }),
    'build_requests[0] (id 5): repository.type: must be one of none, git, svn, hg, bzr, not "cvs".',
  ],
];

const rules: [string, object, string][] = [
  [
    'a build of an unknown project',
    dump([build(1), build(2, { project: 'q' })]),
    'builds[1]: project: there is no project "q".',
  ],
  [
    'a request of an unknown project',
    oneRequest({ project: 'constructor' }),
    'build_requests[0] (id 5): project: there is no project "constructor".',
  ],
  [
    'a request whose number is that of a request of another project',
    oneRequest({ id: 1 }),
    'build_requests[0] (id 1): project: the request of this id is of another project here.',
  ],
  [
    'an id that is there twice',
    dump([build(44), build(2), build('44')]),
    'builds[2]: id: builds[0] has the same, "44".',
  ],
  [
    'an id that is there twice, far apart',
    dump([build(1), ...many, build(1)]),
    'builds[1501]: id: builds[0] has the same',
  ],
  [
    'a known id that is there twice',
    dump([build(42, { project: 'lamp-shop' }), ...many, build(42, { project: 'lamp-shop' })]),
    'builds[1501]: id: builds[0] has the same, "42".',
  ],
  [
    'a slug that is there twice',
    { projects: [project('p'), project('p')] },
    'projects[1]: slug: projects[0] has the same, "p".',
  ],
  [
    'a user who is there twice',
    { users: [{ username: 'u' }, { username: 'v' }, { username: 'u' }] },
    'users[2]: username: users[0] has the same, "u".',
  ],
  [
    'a request that is there twice',
    dump([], { build_requests: [request({}), request({})] }),
    'build_requests[1] (id 5): id: build_requests[0] has the same.',
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
  const text = JSON.stringify(dump(many));
  await expect(database.take(text.slice(0, -100))).rejects.toThrow('the text ends inside builds[1499].');
  expect(await database.content()).toEqual(before);
});
