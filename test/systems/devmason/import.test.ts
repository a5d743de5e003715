import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { State, System } from '../../../src/core/model/states.js';
import { parseTime } from '../../../src/core/time.js';
import { countsOf } from '../../support/import-database.js';
import {
  build,
  dump,
  EXAMPLE,
  importDatabase,
  onlyBuild,
  project,
  reported,
  type ImportDatabase,
} from './import-support.js';

const id = (number: number): number => recordId(System.DEVMASON, number);
const at = (text: string): number => parseTime(text)!;

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

describe('the example of the contract', () => {
  it('is stored field by field', async () => {
    expect(countsOf(await database.take(EXAMPLE))).toEqual({
      projects: [2, 0, 0],
      builds: [2, 0, 0],
      steps: [1, 0, 0],
      users: [2, 0, 0],
      'build requests': [1, 0, 0],
    });
    const content = await database.content();
    expect(content.member).toMatchObject([
      { system: 3, name: 'genie', password_hash: 'sha1$3f2a1$98ee16bf6e9c6ca0863d9a6a1f6e7d1cbfb3b1a0' },
      { system: 3, name: 'jafar', password_hash: null },
    ]);
    const [genie, jafar] = content.member.map((row) => row.id);
    expect(content.project).toEqual([
      { id: id(1), system: 3, legacy_id: 'lamp-shop', name: 'Lamp Shop', devmason_owner_id: genie },
      { id: id(2), system: 3, legacy_id: 'carpet', name: 'carpet', devmason_owner_id: null },
    ]);
    expect(content.build).toEqual([
      {
        id: id(1),
        system: 3,
        legacy_id: 'lamp-shop/42',
        event_id: null,
        name: 'Build 42 for Lamp Shop',
        state: State.SUCCEEDED,
        legacy_state: 'succeeded',
        state_reason: null,
        project_id: id(1),
        requester: 'genie',
        submitted_at: at('2009-10-20T15:22:00Z'),
        started_at: at('2009-10-20T15:20:00Z'),
        finished_at: at('2009-10-20T15:22:00Z'),
        devmason_client: '{"host":"worker3.example.org","user":"genie","arch":"linux-x86_64","cores":4}',
        devmason_client_user: 'genie',
        devmason_reporter_gone: null,
        devmason_reporter_id: genie,
        devmason_incremental: 0,
        devmason_started_offset: -300,
        devmason_finished_offset: -300,
        devmason_finished_order: at('2009-10-20T15:22:00Z'),
        devmason_step_count: 1,
        devmason_size: '"ok"""{}'.length,
      },
      {
        id: id(2),
        system: 3,
        legacy_id: 'carpet/43',
        event_id: null,
        name: 'Build 43 for carpet',
        state: State.RUNNING,
        legacy_state: 'in progress',
        state_reason: null,
        project_id: id(2),
        requester: 'jafar',
        submitted_at: at('2009-10-21T06:00:00Z'),
        started_at: at('2009-10-21T06:00:00Z'),
        finished_at: null,
        devmason_client: '{"host":"h","user":"http://jafar.example.org/","arch":"win32"}',
        devmason_client_user: null,
        devmason_reporter_gone: null,
        devmason_reporter_id: jafar,
        devmason_incremental: 1,
        devmason_started_offset: 120,
        devmason_finished_offset: null,
        devmason_finished_order: Number.MAX_SAFE_INTEGER,
        devmason_step_count: 0,
        devmason_size: 0,
      },
    ]);
    expect(content.job).toEqual([
      {
        id: id(1),
        system: 3,
        legacy_id: 'lamp-shop/42/1',
        event_id: null,
        build_id: id(1),
        name: 'checkout',
        state: State.SUCCEEDED,
        legacy_state: 'succeeded',
        state_reason: null,
        project_id: id(1),
        requester: null,
        created_at: at('2009-10-20T15:22:00Z'),
        started_at: at('2009-10-20T15:20:00Z'),
        finished_at: at('2009-10-20T15:20:30Z'),
        devmason_number: 1,
        devmason_started_offset: -300,
        devmason_finished_offset: -300,
        devmason_size: 8,
      },
    ]);
    expect(content.devmason_step_output).toEqual([{ job_id: id(1), output: '"ok"', errout: '""', extra: '{}' }]);
    expect(content.devmason_tag).toMatchObject([
      { project_id: id(1), name: 'nightly' },
      { project_id: id(1), name: 'py2.6' },
    ]);
    expect(content.devmason_build_tag).toEqual(
      content.devmason_tag.map((tag) => ({ build_id: id(1), tag_id: tag.id })),
    );
    expect(content.devmason_repository).toMatchObject([{ url: 'git://example.org/carpet', type: 'git' }]);
    expect(content.event).toMatchObject([
      {
        id: id(1),
        system: 3,
        legacy_id: '1',
        name: '9f8e7d',
        state: State.QUEUED,
        legacy_state: 'requested',
        project_id: id(2),
        requester: null,
        created_at: at('2009-10-21T05:59:00Z'),
        devmason_repository_id: content.devmason_repository[0]?.id,
      },
    ]);
  });

  it('is counted, gives new rows ids above its own, and publishes nothing', async () => {
    await database.take(EXAMPLE);
    const content = await database.content();
    const totals = content.state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
    expect(totals).toHaveLength(4);
    expect(content.record_key).toEqual([2, 1, 2, 1, 43].map((last, kind) => ({ system: 3, kind, last_number: last })));
    expect([content.change_log, content.outbox_message]).toEqual([[], []]);
  });

  it('changes nothing when it is imported again, in whatever order', async () => {
    await database.take(EXAMPLE);
    const before = await database.content();
    const same = { projects: [0, 0, 2], builds: [0, 0, 2], steps: [0, 0, 1], users: [0, 0, 2] };
    expect(countsOf(await database.take(EXAMPLE))).toEqual({ ...same, 'build requests': [0, 0, 1] });
    expect(await database.content()).toEqual(before);
    const turned = Object.fromEntries(
      Object.entries(EXAMPLE)
        .toReversed()
        .map(([key, rows]) => [key, rows.toReversed()]),
    );
    expect(countsOf(await database.take(turned))).toEqual({ ...same, 'build requests': [0, 0, 1] });
    expect(await database.content()).toEqual(before);
  });
});

async function lastNumbers(): Promise<unknown[]> {
  return (await database.content()).record_key.map((row) => row.last_number);
}

describe('the order of reports', () => {
  it('is that of the ids that are numbers, whatever their order in the file, then that of the file', async () => {
    const ids = ['z', 100, '99', 'a-1', '007', 12_345_678, 'A', '12345678901234567890', 8, '0'];
    await database.take(dump(ids.map((number) => build(number))));
    const order = ['0', '007', '8', '99', '100', '12345678', '12345678901234567890', 'z', 'a-1', 'A'];
    expect(await reported(database)).toEqual(order.map((text) => `p/${text}`));
  });

  it('goes on with another file, and what is known keeps its place', async () => {
    await database.take(dump([build(20), build(10)]));
    await database.take(dump([build(15), build(20), build(5)]));
    expect(await reported(database)).toEqual(['p/10', 'p/20', 'p/5', 'p/15']);
  });

  it('is one for all projects, which may have the same ids', async () => {
    const others = [build(2, { project: 'q' }), build(1, { project: 'q' }), build(1)];
    await database.take(dump(others, { projects: [project('q'), project('p')] }));
    expect(await reported(database)).toEqual(['q/1', 'p/1', 'q/2']);
  });

  it('moves the counter of ids above those of up to 15 digits', async () => {
    await database.take(dump([build('999999999999999'), build('1000000000000000'), build('x1')]));
    expect((await lastNumbers())[4]).toBe(999_999_999_999_999);
    await database.take(dump([build(7)]));
    expect((await lastNumbers())[4]).toBe(999_999_999_999_999);
  });

  it('keeps a number beyond 53 bits as the id that it is', async () => {
    await database.take(JSON.stringify(dump([build(77)])).replace('77', '12345678901234567890'));
    expect(await reported(database)).toEqual(['p/12345678901234567890']);
  });
});

describe('users', () => {
  it('are made of unknown owners and reporters, without a password', async () => {
    await database.take(dump([build(1, { reporter: 'rep' })], { projects: [project('p', { owner: 'own' })] }));
    expect((await database.content()).member).toMatchObject([
      { name: 'own', password_hash: null },
      { name: 'rep', password_hash: null },
    ]);
  });

  it.each([
    ['client.user who is a user of the file', { client: { host: '', arch: '', user: 'genie' } }, 'genie'],
    [
      'client.user who is a user of the file; null',
      { client: { host: '', arch: '', user: 'genie' }, reporter: null },
      'genie',
    ],
    ['client.user who is not', { client: { host: '', arch: '', user: 'Genie' } }, null],
    ['client.user who is only named in it', { client: { host: '', arch: '', user: 'own' } }, null],
    ['client.user that is no text', { client: { host: '', arch: '', user: ['genie'] } }, null],
    ['nobody, whoever is credited', { client: { host: '', arch: '', user: 'genie' }, reporter: '' }, null],
    ['somebody, whoever is credited', { client: { host: '', arch: '', user: 'genie' }, reporter: 'own' }, 'own'],
  ])('reported a build: %s', async (_who, more, reporter) => {
    // Users may stand behind the builds.
    const projects = [project('p', { owner: 'own' })];
    await database.take({ builds: [build(1, more)], projects, users: [{ username: 'genie' }] });
    const query = 'SELECT m.name AS name FROM build b LEFT JOIN member m ON m.id = b.devmason_reporter_id';
    expect(await database.rows(query)).toEqual([{ name: reporter }]);
  });

  it('keep the hash that a gateway made of their password', async () => {
    const own = `scrypt$16384$8$5$${'A'.repeat(22)}==$${'B'.repeat(43)}=`;
    await database.take({ users: [{ username: 'genie', password: own }] });
    expect((await database.content()).member).toMatchObject([{ password_hash: own }]);
  });

  it('who reported and are gone are named, and neither looked for nor made', async () => {
    const gone = build(1, { reporter_gone: 'jafar', client: { host: '', arch: '', user: 'genie' } });
    await database.take(dump([gone], { users: [{ username: 'genie' }] }));
    const reported = { requester: 'jafar', devmason_reporter_id: null, devmason_reporter_gone: 1 };
    expect(await onlyBuild(database)).toMatchObject(reported);
    expect((await database.content()).member).toMatchObject([{ name: 'genie' }]);
    await database.take(dump([build(1)]));
    expect(await onlyBuild(database)).toMatchObject({ devmason_reporter_gone: 1 });
  });

  it('keep a password that they have, and get one that they lack', async () => {
    const users = (one: string | null, two: string | null) => ({
      users: [
        { username: 'one', password: one },
        { username: 'two', password: two },
      ],
    });
    const [first, second] = [`md5$a$${'0'.repeat(32)}`, `sha1$b$${'1'.repeat(40)}`];
    await database.take(users(first, '!'));
    expect(countsOf(await database.take(users(second, second)))).toMatchObject({ users: [0, 1, 1] });
    const hashes = (await database.content()).member.map((row) => row.password_hash);
    expect(hashes).toEqual([first, second]);
    expect(countsOf(await database.take(users(null, '')))).toMatchObject({ users: [0, 0, 2] });
    expect((await database.content()).member.map((row) => row.password_hash)).toEqual(hashes);
  });
});

describe('projects', () => {
  it.each([
    'http://ci.example.org/devmason/lamp-shop',
    '/lamp-shop',
    'http://pony.example.org/lamp-shop/?format=json#x',
    '/devmason/l%61mp-shop',
  ])('have the slug of their link to themselves, %s, when it is not said', async (href) => {
    const links = [
      { rel: 'build-list', href: '/x/builds' },
      { rel: 'self', href },
    ];
    await database.take({ projects: [{ name: 'Lamp Shop', owner: '', links }] });
    expect((await database.content()).project).toMatchObject([{ legacy_id: 'lamp-shop', name: 'Lamp Shop' }]);
  });

  it('change their name in all their builds, also those that the file does not have', async () => {
    await database.take(dump([build(1), build(2)]));
    const counts = await database.take(dump([build(2)], { projects: [project('p', { name: 'Ünï $1' })] }));
    expect(countsOf(counts)).toMatchObject({ projects: [0, 1, 0] });
    expect(await database.rows('SELECT name FROM build ORDER BY id')).toEqual([
      { name: 'Build 1 for Ünï $1' },
      { name: 'Build 2 for Ünï $1' },
    ]);
  });

  it('may be those of the database', async () => {
    await database.take(dump([]));
    await database.take({ builds: [build(1)] });
    expect(await onlyBuild(database)).toMatchObject({ project_id: id(1), name: 'Build 1 for Project p' });
  });
});

describe('build requests', () => {
  it('of one repository share it, with the type that it had first', async () => {
    const ask = (number: number, repository: unknown) => ({
      id: number,
      project: 'p',
      identifier: 'HEAD',
      requested: '2010-08-07T12:03:09',
      repository,
    });
    const requests = [
      ask(9, { url: 'u', type: 'hg' }),
      ask(3, { url: 'u', type: 'git' }),
      ask(4, { url: 'v' }),
      ask(5, null),
    ];
    const document = dump([], { build_requests: requests });
    await database.take(document);
    const repositories = await database.rows('SELECT url, type FROM devmason_repository ORDER BY url');
    expect(repositories).toEqual([
      { url: 'u', type: 'hg' },
      { url: 'v', type: 'none' },
    ]);
    const query = `SELECT e.legacy_id AS id, r.url AS url FROM event e
      LEFT JOIN devmason_repository r ON r.id = e.devmason_repository_id ORDER BY e.id`;
    expect(await database.rows(query)).toEqual([
      { id: '3', url: 'u' },
      { id: '4', url: 'v' },
      { id: '5', url: null },
      { id: '9', url: 'u' },
    ]);
    expect((await lastNumbers())[1]).toBe(9);
    expect(countsOf(await database.take(document))).toMatchObject({ 'build requests': [0, 0, 4] });
  });
});

it('the example file is taken', async () => {
  const counts = await database.take(readFileSync(new URL('../../../examples/devmason.json', import.meta.url), 'utf8'));
  expect(countsOf(counts)).toEqual({
    projects: [3, 0, 0],
    builds: [12, 0, 0],
    steps: [19, 0, 0],
    users: [3, 0, 0],
    'build requests': [2, 0, 0],
  });
  expect((await reported(database)).slice(-2)).toEqual(['lamp-shop/50', 'lamp-shop/release-1_0']);
});
