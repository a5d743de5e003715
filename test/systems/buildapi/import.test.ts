import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { State, System } from '../../../src/core/model/states.js';
import { countsOf } from '../../support/import-database.js';
import { branch, build, change, dump, EXAMPLE, job, request } from './fixture.js';
import { importDatabase, type ImportDatabase } from './import-support.js';

const id = (number: number): number => recordId(System.BUILDAPI, number);
const micros = (seconds: number): number => seconds * 1_000_000;

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

/** What is stored of the one request that was imported. */
async function onlyRequest(): Promise<Record<string, unknown>> {
  const { build: rows } = await database.content();
  expect(rows).toHaveLength(1);
  return rows[0] as Record<string, unknown>;
}

describe('the example of the contract', () => {
  it('is stored field by field', async () => {
    expect(countsOf(await database.take(EXAMPLE))).toEqual({
      branches: [1, 0, 0],
      requests: [2, 0, 0],
      builders: [2, 0, 0],
      changes: [1, 0, 0],
      builds: [1, 0, 0],
      jobs: [1, 0, 0],
    });
    const content = await database.content();
    const revision = '00112233445566778899aabbccddeeff00112233';
    expect(content.project).toEqual([{ id: id(1), system: 2, legacy_id: 'ash', name: 'ash' }]);
    expect(content.event).toMatchObject([
      {
        id: id(7),
        system: 2,
        legacy_id: '7',
        name: revision,
        state: State.SUCCEEDED,
        legacy_state: '',
        project_id: id(1),
        requester: 'kim@example.org',
        created_at: micros(1_433_160_000),
        buildapi_branch: 'ash',
        buildapi_revision: revision,
        buildapi_comments: 'Fix it',
        buildapi_revlink: null,
        buildapi_category: null,
        buildapi_files: '["a.cpp"]',
      },
    ]);
    expect(content.build).toMatchObject([
      {
        id: id(41),
        system: 2,
        legacy_id: '41',
        event_id: null,
        name: 'Linux ash build',
        state: State.SUCCEEDED,
        legacy_state: 'complete',
        state_reason: null,
        project_id: id(1),
        requester: 'kim@example.org',
        submitted_at: micros(1_433_160_010),
        started_at: micros(1_433_160_025),
        finished_at: micros(1_433_161_001),
        buildapi_source_branch: 'projects/ash',
        buildapi_request_revision: revision,
        buildapi_priority: 0,
        buildapi_claimed_at: 1_433_160_020,
        buildapi_claimed_by_name: 'master1.example.org:/builds/m1',
        buildapi_claimed_by_incarnation: 'pid1-boot2',
        buildapi_results: 0,
        buildapi_reason: 'scheduler',
        buildapi_properties: '{"buildid":"20150601050010"}',
        buildapi_buildset_id: null,
      },
      {
        id: id(42),
        state: State.QUEUED,
        legacy_state: 'pending',
        project_id: id(1),
        requester: null,
        started_at: null,
        finished_at: null,
        buildapi_source_branch: 'ash-linux-opt-unittest',
        buildapi_priority: 3,
        buildapi_claimed_at: 0,
        buildapi_claimed_by_name: null,
        buildapi_results: null,
        buildapi_properties: '{}',
      },
    ]);
    expect(content.buildapi_attempt).toEqual([
      {
        id: id(91),
        request_id: id(41),
        build_number: 12,
        started_at: micros(1_433_160_025),
        finished_at: micros(1_433_161_000),
        slave_name: 'bld-001',
      },
    ]);
    expect(content.buildapi_request_change).toEqual([{ request_id: id(41), change_id: id(7) }]);
    expect(content.buildapi_branch).toEqual([
      {
        name: 'ash',
        attributes: '{"repo":"https://hg.example.org/projects/ash","repo_type":"hg","graph_branches":["Ash"]}',
      },
    ]);
    expect(content.buildapi_builder).toEqual([
      { branch: 'ash', name: 'Linux ash build' },
      { branch: 'ash', name: 'Linux ash nightly' },
    ]);
    expect(content.job).toMatchObject([
      {
        id: id(5),
        legacy_id: '5',
        name: 'reprioritize',
        state: State.SUCCEEDED,
        legacy_state: 'completed',
        state_reason: 'Ok',
        requester: 'kim@example.org',
        created_at: micros(1_433_161_020),
        finished_at: micros(1_433_161_021),
        buildapi_what: '{"brid":42,"priority":3}',
        buildapi_complete_data: '{"request_id":5,"body":{"errors":false,"msg":"Ok"}}',
        buildapi_imported: 1,
      },
    ]);
  });

  it('is counted, gives new rows ids above its own, and publishes nothing', async () => {
    await database.take(EXAMPLE);
    const content = await database.content();
    const totals = content.state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
    expect(totals).toHaveLength(4);
    expect(content.record_key).toEqual([1, 7, 42, 5, 91].map((last, kind) => ({ system: 2, kind, last_number: last })));
    expect([content.change_log, content.outbox_message]).toEqual([[], []]);
  });

  it('changes nothing when it is imported again, in whatever order', async () => {
    await database.take(EXAMPLE);
    const before = await database.content();
    const same = {
      branches: [0, 0, 1],
      requests: [0, 0, 2],
      builders: [0, 0, 2],
      changes: [0, 0, 1],
      builds: [0, 0, 1],
    };
    expect(countsOf(await database.take(EXAMPLE))).toEqual({ ...same, jobs: [0, 0, 1] });
    expect(await database.content()).toEqual(before);
    const turned = Object.fromEntries(Object.entries(EXAMPLE).toReversed());
    expect(countsOf(await database.take(turned))).toEqual({ ...same, jobs: [0, 0, 1] });
    expect(await database.content()).toEqual(before);
  });
});

describe('rows', () => {
  it('get the documented defaults; unknown and derived keys are ignored', async () => {
    const more = { build_ids: [99], colour: 'red', __proto__: { results: 1 } };
    await database.take(
      dump({ changes: [change(0)], requests: [request(0, more)], builds: [build(0, 0, { buildername: 5 })] }),
    );
    const content = await database.content();
    expect(content.event).toMatchObject([{ id: 2, name: 'change 0', buildapi_branch: null, buildapi_files: '[]' }]);
    expect(content.build).toMatchObject([
      {
        id: 2,
        state: State.QUEUED,
        finished_at: null,
        project_id: null,
        buildapi_source_branch: null,
        buildapi_request_revision: null,
        buildapi_priority: 0,
        buildapi_claimed_at: 0,
        buildapi_results: null,
        buildapi_reason: null,
        buildapi_properties: '{}',
      },
    ]);
    expect(content.buildapi_attempt).toMatchObject([{ finished_at: null, slave_name: null }]);
  });

  it('may say null where the old answers do', async () => {
    const none = {
      complete: null,
      priority: null,
      claimed_at: null,
      properties: null,
      change_ids: null,
      results: null,
    };
    await database.take(dump({ requests: [request(1, none)], changes: [change(1, { files: null, branch: null })] }));
    expect(await onlyRequest()).toMatchObject({
      buildapi_priority: 0,
      buildapi_claimed_at: 0,
      buildapi_properties: '{}',
    });
  });

  it('have the fractions of their times cut off', async () => {
    await database.take(
      `{"branches": [], "changes": [{"changeid": 1, "author": "a", "when_timestamp": 1.9}],
        "requests": [{"request_id": 1, "buildername": "b", "submittime": 1433164406.50, "complete": 1,
          "complete_at": 1433164407.999999, "claimed_at": 1433164406.7, "properties": {"n": 12345678901234567890}}],
        "builds": [{"build_id": 1, "request_id": 1, "buildnumber": 0, "starttime": 2.5, "endtime": 3.5}],
        "jobs": [{"job_id": 1, "action": "a", "who": "b", "when": -1.5, "what": {}, "completed_at": 0.5}]}`,
    );
    const content = await database.content();
    expect(content.event).toMatchObject([{ created_at: micros(1) }]);
    expect(content.build).toMatchObject([
      {
        submitted_at: micros(1_433_164_406),
        finished_at: micros(1_433_164_407),
        buildapi_claimed_at: 1_433_164_406,
        buildapi_properties: '{"n":12345678901234567890}',
      },
    ]);
    expect(content.buildapi_attempt).toMatchObject([{ started_at: micros(2), finished_at: micros(3) }]);
    expect(content.job).toMatchObject([{ created_at: micros(-1), finished_at: 0 }]);
  });

  it('keep all attributes of a branch in their order, whatever they are called', async () => {
    await database.take(
      `{"branches": [{"zoo": [1, {"b": null}], "name": "__proto__", "repo": "", "__proto__": {"x": 1}, "constructor": 5},
        {"name": "constructor", "repo": "r"}, {"name": "toString", "repo": "r"}],
        "builders": [{"name": "__proto__", "branch": "__proto__"}],
        "requests": [{"request_id": 1, "buildername": "constructor", "submittime": 1, "branch": "a/__proto__x",
          "properties": {"__proto__": 1, "constructor": 2}}]}`,
    );
    const content = await database.content();
    expect(content.buildapi_branch).toEqual([
      { name: '__proto__', attributes: '{"zoo":[1,{"b":null}],"repo":"","__proto__":{"x":1},"constructor":5}' },
      { name: 'constructor', attributes: '{"repo":"r"}' },
      { name: 'toString', attributes: '{"repo":"r"}' },
    ]);
    expect(content.build).toMatchObject([
      { name: 'constructor', project_id: id(1), buildapi_properties: '{"__proto__":1,"constructor":2}' },
    ]);
    expect(content.buildapi_builder).toEqual([{ branch: '__proto__', name: '__proto__' }]);
  });

  it.each([
    ['projects/ash', 'ash'],
    ['ash-linux-opt', 'ash'],
    ['integration/ash-comm-x', 'ash-comm'],
    ['ash-comm/oak', null],
    ['x-ash', null],
    ['%', null],
    ['', null],
    [null, null],
  ])('of source branch %j are in project %j', async (source, project) => {
    await database.take(
      dump({ branches: [branch('ash'), branch('ash-comm')], requests: [request(1, { branch: source })] }),
    );
    expect(
      await database.rows('SELECT p.name AS project FROM build b LEFT JOIN project p ON p.id = b.project_id'),
    ).toEqual([{ project }]);
  });

  it.each([
    ['Self-serve: Rebuilt by alice', [], 'alice'],
    ['Self-serve: Requested by bob by night', [], 'bob by night'],
    ['Self-serve: Rebuilt by alice', [3, 2], 'two'],
    ['scheduler', [3], 'kim@example.org'],
    ['scheduler', [], null],
    [null, [], null],
  ])('with reason %j and changes %j are of requester %j', async (reason, changes, requester) => {
    const all = [change(2, { author: 'two' }), change(3)];
    await database.take(dump({ changes: all, requests: [request(1, { reason, change_ids: changes })] }));
    expect(await onlyRequest()).toMatchObject({ requester, buildapi_reason: reason });
  });

  it('are all taken when there are thousands', async () => {
    const numbers = Array.from({ length: 3_000 }, (_, number) => number);
    const document = dump({
      builds: numbers.map((number) => build(number, number, { endtime: 1_433_170_000, status: 0 })),
      requests: numbers.map((number) =>
        request(number, { complete: 1, claimed_at: 5, branch: 'ash', change_ids: [number % 10] }),
      ),
      changes: numbers.slice(0, 10).map((number) => change(number, { branch: 'ash' })),
      branches: [branch('ash')],
    });
    const counts = { requests: [3_000, 0, 0], builds: [3_000, 0, 0], changes: [10, 0, 0] };
    expect(countsOf(await database.take(document))).toMatchObject(counts);
    expect(await database.rows('SELECT kind, state, total FROM state_count ORDER BY kind')).toEqual([
      { kind: 1, state: State.SUCCEEDED, total: 10 },
      { kind: 2, state: State.SUCCEEDED, total: 3_000 },
    ]);
  });
});

describe('the state of a request', () => {
  const claimed = { claimed_at: 9, complete: 1 };
  it.each<[string, object, State, string, string | null]>([
    ['not claimed', {}, State.QUEUED, 'pending', null],
    ['claimed', { claimed_at: 9 }, State.RUNNING, 'running', null],
    ['result 0', { ...claimed, results: 0 }, State.SUCCEEDED, 'complete', null],
    ['result 1', { ...claimed, results: 1 }, State.FAILED, 'complete', 'warnings'],
    ['result 2', { ...claimed, results: 2 }, State.FAILED, 'complete', 'failure'],
    ['result 2, never claimed', { complete: 1, results: 2 }, State.CANCELED, 'complete', 'cancelled while pending'],
    ['result 3', { ...claimed, results: 3 }, State.SKIPPED, 'complete', 'skipped'],
    ['result 4', { ...claimed, results: 4 }, State.FAILED, 'complete', 'exception'],
    ['result 5', { ...claimed, results: 5 }, State.SKIPPED, 'complete', 'retry'],
    ['result 6', { ...claimed, results: 6 }, State.CANCELED, 'complete', 'cancelled'],
    ['complete without result', claimed, State.UNKNOWN, 'complete', null],
  ])('%s', async (_what, more, state, word, reason) => {
    await database.take(dump({ requests: [request(1, more)] }));
    expect(await onlyRequest()).toMatchObject({ state, legacy_state: word, state_reason: reason });
  });

  it('result 2, not claimed, but with a build is a failure', async () => {
    await database.take(dump({ requests: [request(1, { complete: 1, results: 2 })], builds: [build(1, 1)] }));
    expect(await onlyRequest()).toMatchObject({ state: State.FAILED, state_reason: 'failure' });
  });
});

describe('the builds of a request', () => {
  it('fill its result and its master where it has none, and say when the last one started', async () => {
    const builds = [
      {
        ...build(9, 1, { status: 6, claimed_by_name: null, starttime: 50 }),
        request_id: undefined,
        requests: [{ request_id: 1 }, 5],
      },
      build(8, 1, { status: 0, claimed_by_name: 'm8', starttime: 90 }),
    ];
    const document = dump({ builds, requests: [request(1, { complete: 1, claimed_at: 4 })] });
    await database.take(document);
    const filled = {
      buildapi_results: 6,
      buildapi_claimed_by_name: 'm8',
      started_at: micros(50),
      state: State.CANCELED,
    };
    expect(await onlyRequest()).toMatchObject(filled);
    expect(countsOf(await database.take(document))).toMatchObject({ requests: [0, 0, 1], builds: [0, 0, 2] });
    expect(await onlyRequest()).toMatchObject(filled);
  });

  it('do not replace what it has', async () => {
    const own = { complete: 1, claimed_at: 4, results: 0, claimed_by_name: 'own' };
    await database.take(
      dump({ requests: [request(1, own)], builds: [build(1, 1, { status: 2, claimed_by_name: 'other' })] }),
    );
    expect(await onlyRequest()).toMatchObject({ buildapi_results: 0, buildapi_claimed_by_name: 'own' });
  });
});

describe('the state of a change follows from its requests', () => {
  const ended = (results: number | null) => ({ complete: 1, claimed_at: 1, results });
  const running = { claimed_at: 1 };
  it.each<[string, object[], State]>([
    ['none', [], State.UNKNOWN],
    ['all pending', [{}, {}], State.QUEUED],
    ['pending and ended', [{}, ended(0)], State.RUNNING],
    ['one running', [running, ended(2)], State.RUNNING],
    ['one failed', [ended(0), ended(1), ended(6)], State.FAILED],
    ['one cancelled', [ended(0), ended(6)], State.CANCELED],
    ['all skipped', [ended(3), ended(5)], State.SKIPPED],
    ['some skipped', [ended(3), ended(0)], State.SUCCEEDED],
    ['all well', [ended(0)], State.SUCCEEDED],
    ['one without result', [ended(null), ended(0)], State.SUCCEEDED],
  ])('%s', async (_what, requests, state) => {
    const rows = requests.map((more, index) => request(index, { ...more, change_ids: [1, 1] }));
    await database.take(dump({ requests: rows, changes: [change(1)] }));
    expect((await database.content()).event).toMatchObject([{ state }]);
  });
});

describe('the state of a job', () => {
  const done = (body: unknown) => ({ completed_at: 1_433_162_001, complete_data: { request_id: 1, body } });
  it.each<[string, object, State, string, string | null]>([
    ['open', {}, State.QUEUED, 'logged', null],
    ['errors false', done({ errors: false, msg: 'Ok' }), State.SUCCEEDED, 'completed', 'Ok'],
    ['errors true', done({ errors: true, msg: 'No' }), State.FAILED, 'completed', 'No'],
    ['no errors', done({ msg: 5 }), State.UNKNOWN, 'completed', null],
    ['no object', done(null), State.UNKNOWN, 'completed', null],
    ['no message', { completed_at: 5, complete_data: null }, State.UNKNOWN, 'completed', null],
    ['NUL', done({ errors: false, msg: 'a\0b\uD800' }), State.SUCCEEDED, 'completed', 'a\uFFFDb\uFFFD'],
  ])('%s', async (_what, more, state, word, reason) => {
    await database.take(dump({ jobs: [job(1, more)] }));
    expect((await database.content()).job).toMatchObject([
      { state, legacy_state: word, state_reason: reason, buildapi_imported: 1 },
    ]);
  });
});

describe('a later dump', () => {
  it('replaces what differs, leaves the rest, and moves what follows', async () => {
    await database.take(EXAMPLE);
    const [first, second] = EXAMPLE.requests;
    const counts = await database.take({
      branches: [{ ...EXAMPLE.branches[0], repo_type: 'git' }, branch('oak')],
      changes: [change(8, { author: 'lee' })],
      requests: [
        { ...first, change_ids: [8, 7] },
        { ...second, complete: 1, claimed_at: 5, branch: 'oak-x' },
      ],
      builds: [build(92, 42, { status: 2, starttime: 70 })],
      jobs: [{ ...EXAMPLE.jobs[0], complete_data: { body: { errors: true } } }],
    });
    expect(countsOf(counts)).toEqual({
      branches: [1, 1, 0],
      requests: [0, 2, 0],
      changes: [1, 0, 0],
      builds: [1, 0, 0],
      jobs: [0, 1, 0],
    });
    const content = await database.content();
    expect(content.build).toMatchObject([
      { requester: 'kim@example.org', state: State.SUCCEEDED },
      { state: State.FAILED, buildapi_results: 2, started_at: micros(70), project_id: id(2) },
    ]);
    expect(content.event.map(({ state }) => state)).toEqual([State.SUCCEEDED, State.SUCCEEDED]);
    expect(content.buildapi_request_change).toHaveLength(2);
    expect(content.job).toMatchObject([{ state: State.FAILED, state_reason: null }]);
    const totals = content.state_count.filter(({ total }) => total !== 0);
    expect(totals).toEqual((await recount(database.store.reader)).map((row) => ({ ...row })));
  });

  it('moves requests and changes of the database that it only speaks of', async () => {
    await database.take(
      dump({
        changes: [change(1, { branch: 'oak' })],
        requests: [request(1, { complete: 1, claimed_at: 3, branch: 'oak', change_ids: [1] })],
      }),
    );
    const counts = await database.take(
      dump({
        branches: [branch('oak')],
        changes: [change(1, { branch: 'oak', author: 'lee' })],
        builds: [build(5, 1, { status: 1, claimed_by_name: 'm' })],
      }),
    );
    expect(countsOf(counts)).toEqual({
      branches: [1, 0, 0],
      requests: [0, 0, 0],
      changes: [0, 1, 0],
      builds: [1, 0, 0],
    });
    const content = await database.content();
    expect(content.build).toMatchObject([
      {
        state: State.FAILED,
        state_reason: 'warnings',
        requester: 'lee',
        buildapi_claimed_by_name: 'm',
        project_id: id(1),
      },
    ]);
    expect(content.event).toMatchObject([{ state: State.FAILED, requester: 'lee', project_id: id(1) }]);
  });

  it('gives earlier requests and changes the project of a new branch', async () => {
    await database.take(dump({ requests: [request(1, { branch: 'oak-x' })], changes: [change(1, { branch: 'oak' })] }));
    await database.take(dump({ branches: [branch('oak')] }));
    const content = await database.content();
    expect([content.build[0]?.project_id, content.event[0]?.project_id]).toEqual([id(1), id(1)]);
  });

  it('may take changes from a request, and builds to another one', async () => {
    const ended = { complete: 1, claimed_at: 3, results: 0 };
    await database.take(
      dump({
        changes: [change(1)],
        requests: [request(1, { ...ended, change_ids: [1] }), request(2, ended)],
        builds: [build(5, 1)],
      }),
    );
    const counts = await database.take(dump({ requests: [request(1, ended)], builds: [build(5, 2)] }));
    expect(countsOf(counts)).toEqual({ branches: [0, 0, 0], requests: [0, 1, 0], builds: [0, 1, 0] });
    const content = await database.content();
    expect(content.event).toMatchObject([{ state: State.UNKNOWN }]);
    expect(content.build).toMatchObject([
      { started_at: null, requester: null },
      { started_at: micros(1_433_161_005), requester: null },
    ]);
    expect(content.buildapi_request_change).toEqual([]);
  });

  it('with smaller ids does not lower the numbers given to new rows', async () => {
    await database.take(EXAMPLE);
    await database.take(dump({ requests: [request(3)], builds: [build(3, 3)], changes: [change(3)], jobs: [job(3)] }));
    expect((await database.content()).record_key.map(({ last_number }) => last_number)).toEqual([1, 7, 42, 5, 91]);
  });
});
