import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { Kind, System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { build, countsOf, event, EXAMPLE, importDatabase, type ImportDatabase } from './import-support.js';

const id = (number: number): number => recordId(System.FRESHMAKER, number);

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

describe('the example of the contract', () => {
  it('is stored field by field', async () => {
    const counts = await database.take(EXAMPLE);
    expect(countsOf(counts)).toEqual({
      events: [2, 0, 0],
      builds: [2, 0, 0],
      roles: [1, 0, 0],
      repositories: [1, 0, 0],
      images: [1, 0, 0],
    });
    const content = await database.content();
    expect(content.event).toEqual([
      {
        id: id(201),
        system: 1,
        legacy_id: '201',
        name: 'ErrataAdvisoryStateChangedEvent 50123',
        state: 3,
        legacy_state: '2',
        state_reason: 'Advisory 50123: All 1 container images have been rebuilt.',
        project_id: null,
        requester: null,
        created_at: 1_564_635_600_000_000,
        started_at: null,
        finished_at: 1_564_638_000_000_000,
        freshmaker_message_id: 'ID:broker-1.RHSA-2019:1111',
        freshmaker_search_key: '50123',
        freshmaker_event_type_id: 10,
        freshmaker_dry_run: 0,
        freshmaker_requested_rebuilds: '[]',
        freshmaker_requester_metadata: '{}',
      },
      {
        id: id(214),
        system: 1,
        legacy_id: '214',
        name: 'ManualRebuildWithAdvisoryEvent 50123',
        state: 1,
        legacy_state: '0',
        state_reason: null,
        project_id: null,
        requester: 'jdoe',
        created_at: 1_564_641_046_000_000,
        started_at: null,
        finished_at: null,
        freshmaker_message_id: 'manual_rebuild_1564641046.52',
        freshmaker_search_key: '50123',
        freshmaker_event_type_id: 13,
        freshmaker_dry_run: 0,
        freshmaker_requested_rebuilds: '["web-container-1.0-7"]',
        freshmaker_requester_metadata: '{"ticket":"T-1"}',
      },
    ]);
    expect(content.build).toEqual([
      {
        id: id(900),
        system: 1,
        legacy_id: '900',
        event_id: id(201),
        name: 'base-container',
        state: 3,
        legacy_state: '1',
        state_reason: 'Built successfully.',
        project_id: id(1),
        requester: null,
        submitted_at: 1_564_635_660_000_000,
        started_at: null,
        finished_at: 1_564_637_940_000_000,
        freshmaker_type: 1,
        freshmaker_original_nvr: 'base-container-1.0-1',
        freshmaker_rebuilt_nvr: 'base-container-1.0-1.1564635600',
        freshmaker_external_build_id: 7000,
        freshmaker_depends_on_id: null,
        freshmaker_build_args: '{"target":"rhel-8-candidate"}',
        freshmaker_odcs_composes: '[30]',
        freshmaker_rebuild_reason: 'dependency',
        freshmaker_bundle_pullspec_overrides: null,
      },
      {
        id: id(901),
        system: 1,
        legacy_id: '901',
        event_id: id(214),
        name: 'web-container',
        state: 0,
        legacy_state: '4',
        state_reason: null,
        project_id: id(2),
        requester: 'jdoe',
        submitted_at: 1_564_641_062_000_000,
        started_at: null,
        finished_at: null,
        freshmaker_type: 1,
        freshmaker_original_nvr: 'web-container-1.0-7',
        freshmaker_rebuilt_nvr: null,
        freshmaker_external_build_id: null,
        freshmaker_depends_on_id: id(900),
        freshmaker_build_args: '{}',
        freshmaker_odcs_composes: '[]',
        freshmaker_rebuild_reason: 'directly_affected',
        freshmaker_bundle_pullspec_overrides: null,
      },
    ]);
    expect(content.project.map(({ id: project, legacy_id, name }) => [project, legacy_id, name])).toEqual([
      [id(1), 'base-container', 'base-container'],
      [id(2), 'web-container', 'web-container'],
    ]);
    expect(content.freshmaker_event_dependency).toEqual([{ event_id: id(214), position: 0, depends_on_id: id(201) }]);
    expect(content.access_role).toEqual([{ name: 'freshmaker/manual_rebuilder' }]);
    expect(content.access_role_member).toEqual([
      { role: 'freshmaker/manual_rebuilder', member_kind: 'user', member: 'jdoe' },
    ]);
    expect(content.freshmaker_repository).toEqual([
      {
        registry: 'registry.example.com',
        repository: 'acme/web',
        release_categories: '["Generally Available"]',
        published: 1,
        auto_rebuild_tags: '["latest"]',
      },
    ]);
    expect(content.freshmaker_image).toMatchObject([
      { nvr: 'web-container-1.0-7', architecture: 'amd64', content_sets: '["rhel-8"]' },
    ]);
    expect(content.freshmaker_image_repository).toMatchObject([
      {
        position: 0,
        registry: 'registry.example.com',
        repository: 'acme/web',
        published: 1,
        tags: '["latest","1.0-7"]',
      },
    ]);
  });

  it('publishes nothing and leaves the counters exact', async () => {
    await database.take(EXAMPLE);
    const { change_log, change_log_head, outbox_message, state_count } = await database.content();
    expect([change_log, outbox_message, change_log_head]).toEqual([[], [], [{ id: 1, sequence: 0, trimmed_to: 0 }]]);
    expect(state_count).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
  });

  it('changes nothing when it is imported again', async () => {
    await database.take(EXAMPLE);
    const before = await database.content();
    const counts = await database.take(EXAMPLE);
    expect(countsOf(counts)).toEqual({
      events: [0, 0, 2],
      builds: [0, 0, 2],
      roles: [0, 0, 1],
      repositories: [0, 0, 1],
      images: [0, 0, 1],
    });
    expect(await database.content()).toEqual(before);
  });

  it('makes later records be numbered after the largest', async () => {
    await database.take(EXAMPLE);
    const numbers = await database.store.transact(UNRESTRICTED, async (transaction) => [
      await transaction.takeNumbers(System.FRESHMAKER, Kind.EVENT),
      await transaction.takeNumbers(System.FRESHMAKER, Kind.BUILD),
    ]);
    expect(numbers).toEqual([215, 902]);
    await database.take({ events: [event(3)] });
    expect(await database.rows('SELECT last_number FROM record_key WHERE kind = 1')).toEqual([{ last_number: 215 }]);
  });
});

describe('rows', () => {
  it('may come in any order, references before what they point at', async () => {
    await database.take({
      builds: [build(7, 2, { dep_on_id: 8 }), build(8, 1)],
      unknown: [{ events: 1 }],
      events: [event(2, { requester: 'jdoe', depends_on_events: [3, 1, 3] }), event(1), event(3)],
    });
    expect(
      await database.rows('SELECT id, freshmaker_depends_on_id AS parent, requester FROM build ORDER BY id'),
    ).toEqual([
      { id: id(7), parent: id(8), requester: 'jdoe' },
      { id: id(8), parent: null, requester: null },
    ]);
    const query = 'SELECT depends_on_id AS event FROM freshmaker_event_dependency ORDER BY position';
    expect(await database.rows(query)).toEqual([{ event: id(3) }, { event: id(1) }, { event: id(3) }]);
  });

  it('get the documented defaults; derived fields are ignored', async () => {
    const derived = { url: 5, state_name: 'NO', depending_events: [99], builds_summary: 1, type_name: 0, dep_on: 'no' };
    await database.take({ events: [event(1, derived)], builds: [build(1, 1, derived)] });
    const [row] = (await database.content()).event;
    expect(row).toMatchObject({
      state_reason: null,
      created_at: null,
      finished_at: null,
      requester: null,
      freshmaker_dry_run: 0,
      freshmaker_requested_rebuilds: '[]',
      freshmaker_requester_metadata: '{}',
    });
    const [stored] = (await database.content()).build;
    expect(stored).toMatchObject({
      freshmaker_rebuild_reason: 'unknown',
      freshmaker_build_args: '{}',
      freshmaker_odcs_composes: '[]',
      freshmaker_bundle_pullspec_overrides: null,
    });
  });

  it('keep a null dry_run, an unknown event type and what JSON alone can hold', async () => {
    await database.take(
      `{"events": [{"id": 0, "message_id": "", "search_key": "é😀\\"", "event_type_id": 77, "state": 1, "dry_run": null,
        "requester_metadata": {"n": 12345678901234567890, "nul": "\\u0000"}}],
        "builds": [{"id": 0, "event_id": 0, "name": "x", "type": 3, "state": 0, "time_submitted": "2019-08-01T06:31:02.25+02:00",
        "build_id": -5, "odcs_composes": [3, -1], "bundle_pullspec_overrides": {"a": [1]}}]}`,
    );
    const { event: events, build: builds } = await database.content();
    expect(events).toMatchObject([
      {
        name: 'EventType77 é😀"',
        freshmaker_event_type_id: 77,
        freshmaker_dry_run: null,
        freshmaker_requester_metadata: '{"n":12345678901234567890,"nul":"\\u0000"}',
      },
    ]);
    expect(builds).toMatchObject([
      {
        submitted_at: 1_564_633_862_250_000,
        freshmaker_external_build_id: -5,
        freshmaker_odcs_composes: '[3,-1]',
        freshmaker_bundle_pullspec_overrides: '{"a":[1]}',
      },
    ]);
  });

  it('have arguments and overrides of any JSON, as workers may report them', async () => {
    await database.take({
      events: [event(1)],
      builds: [build(1, 1, { build_args: [1, null], bundle_pullspec_overrides: 'x' })],
    });
    const [stored] = (await database.content()).build;
    expect(stored).toMatchObject({
      freshmaker_build_args: '[1,null]',
      freshmaker_bundle_pullspec_overrides: '"x"',
    });
  });

  it('began when the gateway that exported them says so, and keep what is recorded of that here', async () => {
    const started = { time_started: '2019-08-01T06:31:02.000005Z' };
    const dump = (more: object): object => ({ events: [event(1, more)], builds: [build(2, 1, more)] });
    await database.take(dump(started));
    for (const more of [{}, { time_started: null }, { time_started: '2020-08-01T06:31:02Z' }]) {
      await database.take(dump(more));
      const { event: events, build: builds } = await database.content();
      expect([events[0]?.started_at, builds[0]?.started_at]).toEqual([1_564_641_062_000_005, 1_564_641_062_000_005]);
    }
  });

  it('may have a build inlined and in builds when both are equal', async () => {
    const same = build(5, 1, { build_args: { a: 1 } });
    const counts = await database.take({ events: [event(1, { builds: [same], requester: 'jdoe' })], builds: [same] });
    expect(countsOf(counts).builds).toEqual([1, 0, 0]);
    const turned = await database.take({ builds: [same], events: [event(1, { builds: [same], requester: 'jdoe' })] });
    expect(countsOf(turned)).toEqual({ events: [0, 0, 1], builds: [0, 0, 1] });
  });

  it('may refer to events and builds of the database', async () => {
    await database.take(EXAMPLE);
    await database.take({
      events: [event(300, { depends_on_events: [214] })],
      builds: [build(950, 214, { dep_on_id: 901 })],
    });
    expect(
      await database.rows(`SELECT requester, freshmaker_depends_on_id AS parent FROM build WHERE id = ${id(950)}`),
    ).toEqual([{ requester: 'jdoe', parent: id(901) }]);
  });

  it('are all taken when there are thousands', async () => {
    const events = Array.from({ length: 2_500 }, (_, number) =>
      event(number, { builds: [build(number * 2, number), build(number * 2 + 1, number, { dep_on_id: number * 2 })] }),
    );
    const counts = await database.take({ events });
    expect(countsOf(counts)).toEqual({ events: [2_500, 0, 0], builds: [5_000, 0, 0] });
    expect(await database.rows('SELECT total FROM state_count WHERE kind = 2 AND state = 3')).toEqual([
      { total: 5_000 },
    ]);
  });
});

describe('a later dump', () => {
  it('replaces what differs and leaves the rest', async () => {
    await database.take({
      events: [event(1), event(2, { depends_on_events: [1] }), event(3)],
      builds: [build(1, 1), build(2, 3)],
    });
    const counts = await database.take({
      events: [event(1, { state: 5, state_reason: 'gone', requester: 'kim' }), event(2), event(3), event(4)],
      builds: [build(2, 3, { state: 2, name: 'other' }), build(3, 4)],
    });
    expect(countsOf(counts)).toEqual({ events: [1, 2, 1], builds: [1, 1, 0] });
    const content = await database.content();
    expect(content.freshmaker_event_dependency).toEqual([]);
    expect(content.event.map(({ state, state_reason }) => [state, state_reason])).toEqual([
      [5, 'gone'],
      [3, null],
      [3, null],
      [3, null],
    ]);
    expect(content.build.map(({ name, state, requester }) => [name, state, requester])).toEqual([
      ['component-1-container', 3, 'kim'],
      ['other', 4, null],
      ['component-0-container', 3, null],
    ]);
    const totals = content.state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
  });

  it('may move message ids from one event to another', async () => {
    await database.take({ events: [event(1), event(2)] });
    const swapped = [event(1, { message_id: 'message-2' }), event(2, { message_id: 'message-1' })];
    expect(countsOf(await database.take({ events: swapped })).events).toEqual([0, 2, 0]);
  });

  it('replaces the members of the roles it names, and the catalogue by key', async () => {
    await database.take({
      ...EXAMPLE,
      permissions: [
        { role: 'manual_rebuilder', users: ['jdoe'], groups: ['staff'] },
        { role: 'admin', users: ['root'] },
      ],
    });
    const counts = await database.take({
      events: [],
      permissions: [{ role: 'manual_rebuilder', users: ['kim', 'kim'] }, { role: 'freshmaker_async_rebuilders' }],
      repositories: [{ registry: 'registry.example.com', repository: 'acme/web' }],
      images: [
        { nvr: 'web-container-1.0-7', architecture: 'amd64', content_sets: ['rhel-8'] },
        { nvr: 'web-container-1.0-7' },
      ],
    });
    expect(countsOf(counts)).toEqual({
      events: [0, 0, 0],
      builds: [0, 0, 0],
      roles: [1, 1, 0],
      repositories: [0, 1, 0],
      images: [1, 1, 0],
    });
    const content = await database.content();
    expect(content.access_role_member.map(({ role, member }) => [role, member])).toEqual([
      ['freshmaker/admin', 'root'],
      ['freshmaker/manual_rebuilder', 'kim'],
    ]);
    expect(content.access_role).toHaveLength(3);
    expect(content.freshmaker_repository).toMatchObject([
      { release_categories: '[]', published: 0, auto_rebuild_tags: null },
    ]);
    expect(content.freshmaker_image.map(({ architecture }) => architecture)).toEqual(['', 'amd64']);
    expect(content.freshmaker_image_repository).toEqual([]);
  });

  it('leaves the time at which the gateway saw a record start', async () => {
    await database.take(EXAMPLE);
    const started = await database.store.transact(UNRESTRICTED, (transaction) =>
      transaction.all(sql`UPDATE event SET started_at = 5 WHERE id = ${id(214)} RETURNING id`),
    );
    expect(started).toHaveLength(1);
    expect(countsOf(await database.take(EXAMPLE)).events).toEqual([0, 0, 2]);
    expect(await database.rows(`SELECT started_at FROM event WHERE id = ${id(214)}`)).toEqual([{ started_at: 5 }]);
  });
});
