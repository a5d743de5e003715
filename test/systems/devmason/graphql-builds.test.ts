import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Caller } from '../../graphql/agent.js';
import { CLIENT, DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  await gateway.register('lamp-shop', gateway.alice, 'Lamp Shop');
});
afterAll(() => gateway.close());

const STEP = 'number legacyId name state success started finished output errout extra size requester stateReason';
const STEPS = `jobs(first: 100, orderBy: [{ field: STARTED_AT }]) { nodes { ... on DevmasonStep { ${STEP} } } }`;
const BUILD = `legacyId buildId name state stateReason requester success started finished submittedAt startedAt finishedAt
  tags client reporter { username } incremental inProgress stepCount size devmasonProject { slug } project { legacyId } event { id }`;
const FIVE = '-05:00';

const verbs = {
  report: `mutation ($build: DevmasonBuildInput!, $id: String, $project: String!) {
    devmasonReportBuild(project: $project, id: $id, build: $build) { buildId } }`,
  start: `mutation ($build: DevmasonBuildStartInput!, $id: String, $project: String!) {
    devmasonStartBuild(project: $project, id: $id, build: $build) { buildId } }`,
  addStep: `mutation ($step: DevmasonStepInput!, $build: String!, $project: String!) {
    devmasonAddStep(project: $project, build: $build, step: $step) { number } }`,
  finish:
    'mutation ($build: String!, $project: String!) { devmasonFinishBuild(project: $project, build: $build) { id } }',
  delete: 'mutation ($build: String!, $project: String!) { devmasonDeleteBuild(project: $project, build: $build) }',
};

describe('devmasonReportBuild', () => {
  it('stores a build as it was reported, offsets included', async () => {
    const { buildId } = await gateway.report('lamp-shop', {
      success: true,
      started: `2009-10-20T10:20:00${FIVE}`,
      finished: `2009-10-20T10:22:00.5${FIVE}`,
      tags: ['py2.6, nightly', ' nightly ', ',', 'two words'],
      client: { ...CLIENT, user: 'http://genie.example.org/', cores: 4, nested: { a: [null] } },
      results: [
        { name: 'late', success: true, started: '2009-10-20T17:20:00+02:00', output: 'ok', extra: { command: 'git' } },
        { name: 'early', success: true, started: '2009-10-20T15:19:00Z', finished: '2009-10-20T15:19:30Z' },
      ],
    });
    expect(buildId).toMatch(/^[0-9]+$/);
    const build = await gateway.build('lamp-shop', buildId, `${BUILD} ${STEPS}`);
    expect(build).toEqual({
      legacyId: `lamp-shop/${buildId}`,
      buildId,
      name: `Build ${buildId} for Lamp Shop`,
      state: 'SUCCEEDED',
      stateReason: null,
      requester: 'alice',
      success: true,
      started: `2009-10-20T10:20:00${FIVE}`,
      finished: `2009-10-20T10:22:00.500000${FIVE}`,
      submittedAt: expect.any(String),
      startedAt: '2009-10-20T15:20:00Z',
      finishedAt: '2009-10-20T15:22:00.500000Z',
      tags: ['nightly', 'py2.6', 'two words'],
      client: { ...CLIENT, user: 'http://genie.example.org/', cores: 4, nested: { a: [null] } },
      reporter: { username: 'alice' },
      incremental: false,
      inProgress: false,
      stepCount: 2,
      size: 4 + 2 + 17 + 2 + 2 + 2,
      devmasonProject: { slug: 'lamp-shop' },
      project: { legacyId: 'lamp-shop' },
      event: null,
      jobs: { nodes: expect.anything() },
    });
    const step = { state: 'SUCCEEDED', success: true, errout: '', requester: null, stateReason: null };
    expect(build.jobs.nodes).toEqual([
      {
        ...step,
        number: 2,
        legacyId: `lamp-shop/${buildId}/2`,
        name: 'early',
        started: '2009-10-20T15:19:00+00:00',
        finished: '2009-10-20T15:19:30+00:00',
        output: '',
        extra: {},
        size: 6,
      },
      {
        ...step,
        number: 1,
        legacyId: `lamp-shop/${buildId}/1`,
        name: 'late',
        started: '2009-10-20T17:20:00+02:00',
        finished: `2009-10-20T10:22:00.500000${FIVE}`,
        output: 'ok',
        extra: { command: 'git' },
        size: 23,
      },
    ]);
  });

  it('takes the time of receipt in UTC where none is given, also for steps', async () => {
    const { buildId } = await gateway.report('lamp-shop', { results: [{ name: 'a', success: true }] });
    const { submittedAt, started, finished, jobs } = await gateway.build(
      'lamp-shop',
      buildId,
      `submittedAt started finished ${STEPS}`,
    );
    const received = submittedAt.replace('Z', '+00:00');
    expect([started, finished, jobs.nodes[0].started, jobs.nodes[0].finished]).toEqual([
      received,
      received,
      received,
      received,
    ]);
  });

  it('gives the first failed step, as they are shown, as the reason of a failed build', async () => {
    const results = [
      { name: 'late', success: false, started: '2020-01-01T12:00:00Z' },
      { name: 'fine', success: true, started: '2020-01-01T09:00:00Z' },
      { name: 'early', success: false, started: '2020-01-01T12:30:00+02:00' },
    ];
    const failed = await gateway.report('lamp-shop', { success: false, results });
    expect(await gateway.build('lamp-shop', failed.buildId, 'state stateReason success')).toEqual({
      state: 'FAILED',
      stateReason: 'early',
      success: false,
    });
    const succeeded = await gateway.report('lamp-shop', { success: true, results });
    expect((await gateway.build('lamp-shop', succeeded.buildId, 'stateReason')).stateReason).toBeNull();
    const without = await gateway.report('lamp-shop', { success: false });
    expect(await gateway.build('lamp-shop', without.buildId, 'state stateReason')).toEqual({
      state: 'FAILED',
      stateReason: null,
    });
  });

  it.each([
    ['none by somebody', (): Caller => gateway.alice, undefined, 'alice', 'alice'],
    ['null by somebody', (): Caller => gateway.alice, null, 'alice', 'alice'],
    ['none by nobody', (): Caller => gateway.anonymous, undefined, '', null],
    ['a name by nobody', (): Caller => gateway.anonymous, 'genie', 'genie', 'genie'],
    ['a name by somebody', (): Caller => gateway.alice, 'genie', 'genie', 'alice'],
    ['no text', (): Caller => gateway.anonymous, 7, 7, null],
    ['what no column holds', (): Caller => gateway.anonymous, 'a\0', 'a\0', null],
    ['half a character', (): Caller => gateway.anonymous, '\uD800', '\uD800', null],
    ['a very long text', (): Caller => gateway.anonymous, 'x'.repeat(2_001), 'x'.repeat(2_001), null],
  ])('shows client.user as it was sent: %s', async (_title, caller, user, shown, requester) => {
    const { buildId } = await gateway.report('lamp-shop', { client: { ...CLIENT, user } }, caller());
    const build = await gateway.build('lamp-shop', buildId, 'client requester');
    expect(build).toEqual({ client: { ...CLIENT, user: shown }, requester });
  });

  it('keeps keys of client and steps whatever they are called', async () => {
    const extra = JSON.parse('{"__proto__":null,"links":[],"name":"other"}') as object;
    const client = JSON.parse('{"host":"h","arch":"a","user":"u","__proto__":{"a":1},"":3}') as object;
    const { buildId } = await gateway.report('lamp-shop', { client, results: [{ name: 'a', success: true, extra }] });
    const build = await gateway.build('lamp-shop', buildId, `client ${STEPS}`);
    expect(JSON.stringify(build.client)).toBe(JSON.stringify(client));
    expect(JSON.stringify(build.jobs.nodes[0].extra)).toBe(JSON.stringify(extra));
  });

  it('keeps NUL and half characters of output', async () => {
    const output = 'a\0b\uD800c\u2028';
    const { buildId } = await gateway.report('lamp-shop', {
      results: [{ name: 'a', success: true, output, errout: '\uDC00', extra: { text: '\0' } }],
    });
    const { jobs } = await gateway.build('lamp-shop', buildId, STEPS);
    expect(jobs.nodes[0]).toMatchObject({ output, errout: '\uDC00', extra: { text: '\0' } });
  });

  it.each([
    ['build.client.host', { client: { arch: 'a' } }],
    ['build.client.host', { client: { host: null, arch: 'a' } }],
    ['build.client.arch', { client: { host: '', arch: 1 } }],
    ['build.tags', { tags: ['fine', 'a,b\0'] }],
    ['build.tags', { tags: ['\uD800'] }],
    ['build.tags', { tags: ['ü'.repeat(1_001)] }],
    [
      'build.results[1].name',
      {
        results: [
          { name: 'a', success: true },
          { name: '\0', success: true },
        ],
      },
    ],
    ['build.results[0].name', { results: [{ name: 'x'.repeat(2_001), success: true }] }],
  ])('refuses a bad %s and stores nothing', async (field, fault) => {
    const [builds, steps] = [await gateway.rows('build'), await gateway.rows('job')];
    const build = { client: CLIENT, success: true, ...fault };
    const { code, message } = await gateway.alice.refusal(verbs.report, { project: 'lamp-shop', build });
    expect(code).toBe('INVALID');
    expect(message.startsWith(`${field}: `)).toBe(true);
    expect([await gateway.rows('build'), await gateway.rows('job')]).toEqual([builds, steps]);
  });

  it('takes names and tags of 2,000 bytes that do not compress', async () => {
    const long = Array.from({ length: 500 }, (_, n) => String.fromCodePoint(0x1f300 + ((n * 7919) % 700))).join('');
    const { buildId } = await gateway.report('lamp-shop', { tags: [long], results: [{ name: long, success: false }] });
    expect((await gateway.build('lamp-shop', buildId, 'tags')).tags).toEqual([long]);
  });

  it('refuses times beyond what a column holds', async () => {
    const build = { client: CLIENT, success: true, started: '9999-01-01T00:00:00Z' };
    const { errors } = await gateway.alice.send(verbs.report, { project: 'lamp-shop', build });
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('makes the reporter a user; refusals make none', async () => {
    await expect(gateway.report('none', {}, gateway.bob)).rejects.toThrow('NOT_FOUND');
    const users = async () =>
      (await gateway.anonymous.run('{ devmason { users { nodes { username } } } }')).devmason.users.nodes;
    expect(await users()).toEqual([{ username: 'alice' }]);
    await gateway.report('lamp-shop', {}, gateway.bob);
    expect(await users()).toEqual([{ username: 'alice' }, { username: 'bob' }]);
  });

  it('credits nobody when authorization is that of a name that no user can have', async () => {
    const odd = await gateway.server.token('with:colon');
    const { errors } = await gateway.server.graphql(
      verbs.report,
      { project: 'lamp-shop', build: { client: CLIENT, success: true } },
      odd,
    );
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});

describe('Ids of builds', () => {
  it('are numbers of one counter for all projects, in the order of reports', async () => {
    await gateway.register('other');
    const ids = [];
    for (const project of ['lamp-shop', 'other', 'lamp-shop'])
      ids.push(Number((await gateway.report(project)).buildId));
    expect(ids).toEqual([ids[0], ids[0]! + 1, ids[0]! + 2]);
  });

  it('may be chosen, once for each project, and do not move the counter', async () => {
    await gateway.register('chosen');
    await gateway.register('chosen-too');
    const { buildId } = await gateway.report('chosen');
    expect((await gateway.report('chosen', {}, gateway.bob, 'nightly-7')).buildId).toBe('nightly-7');
    expect((await gateway.report('chosen-too', {}, gateway.bob, 'nightly-7')).buildId).toBe('nightly-7');
    for (const verb of [verbs.report, verbs.start]) {
      const build = verb === verbs.report ? { client: CLIENT, success: true } : { client: CLIENT };
      const refusal = await gateway.admin.refusal(verb, { project: 'chosen', id: 'nightly-7', build });
      expect(refusal).toEqual({ code: 'CONFLICT', message: 'id: the project has a build with this id.' });
    }
    expect((await gateway.report('chosen')).buildId).toBe(String(Number(buildId) + 1));
  });

  it('are skipped where the project has them; another project may get them', async () => {
    await gateway.register('skipping');
    const last = Number((await gateway.report('lamp-shop')).buildId);
    for (let ahead = 1; ahead <= 20; ahead += 1)
      await gateway.report('skipping', {}, gateway.alice, String(last + ahead));
    const statements = await gateway.statementsOf(() => gateway.report('skipping'));
    expect(statements.length).toBeLessThan(20);
    expect((await gateway.report('lamp-shop')).buildId).toBe(String(last + 22));
    const { devmason } = await gateway.anonymous.run(
      '{ devmason { project(slug: "skipping") { latestBuild { buildId } } } }',
    );
    expect(devmason.project.latestBuild.buildId).toBe(String(last + 21));
  });

  it.each(['', 'latest', 'a.b', 'a/b', 'ü', 'x'.repeat(65), 'a\0'])('refuses the id %j', async (id) => {
    const build = { client: CLIENT, success: true };
    expect((await gateway.alice.refusal(verbs.report, { project: 'lamp-shop', id, build })).code).toBe('INVALID');
  });
});

describe('A build that is reported step by step', () => {
  it('is in progress until it is finished, and shows its steps at once', async () => {
    const { buildId } = await gateway.begin('lamp-shop', { started: `2020-01-01T00:00:00${FIVE}`, tags: ['slow'] });
    const fields = 'state success started finished inProgress incremental stepCount size tags';
    const begun = {
      success: null,
      started: `2020-01-01T00:00:00${FIVE}`,
      finished: null,
      incremental: true,
      tags: ['slow'],
    };
    expect(await gateway.build('lamp-shop', buildId, fields)).toEqual({
      ...begun,
      state: 'RUNNING',
      inProgress: true,
      stepCount: 0,
      size: 0,
    });
    const late = { name: 'late', success: true, finished: '2020-01-01T12:00:00Z', output: 'x' };
    expect(await gateway.addStep('lamp-shop', buildId, late)).toBe(1);
    const later = { name: 'later', success: true, finished: '2020-01-01T14:00:00+02:00', errout: 'yy' };
    expect(await gateway.addStep('lamp-shop', buildId, later)).toBe(2);
    const early = { name: 'early', success: true, finished: '2020-01-01T01:00:00Z' };
    expect(await gateway.addStep('lamp-shop', buildId, early)).toBe(3);
    expect(await gateway.build('lamp-shop', buildId, 'stepCount size inProgress')).toEqual({
      stepCount: 3,
      size: 7 + 8 + 6,
      inProgress: true,
    });
    await gateway.finish('lamp-shop', buildId);
    // Of two steps that ended at the same instant the later arrival gives the offset.
    expect(await gateway.build('lamp-shop', buildId, 'state success finished inProgress incremental')).toEqual({
      state: 'SUCCEEDED',
      success: true,
      finished: '2020-01-01T14:00:00+02:00',
      inProgress: false,
      incremental: true,
    });
  });

  it('has failed with one failed step', async () => {
    const { buildId } = await gateway.begin('lamp-shop');
    await gateway.addStep('lamp-shop', buildId, { name: 'b', success: false, started: '2020-01-01T02:00:00Z' });
    await gateway.addStep('lamp-shop', buildId, { name: 'a', success: false, started: '2020-01-01T01:00:00Z' });
    await gateway.addStep('lamp-shop', buildId, { name: 'c', success: true, started: '2020-01-01T00:00:00Z' });
    await gateway.finish('lamp-shop', buildId);
    expect(await gateway.build('lamp-shop', buildId, 'state stateReason')).toEqual({
      state: 'FAILED',
      stateReason: 'a',
    });
  });

  it('has failed without steps, and ends now', async () => {
    const { buildId } = await gateway.begin('lamp-shop');
    await gateway.finish('lamp-shop', buildId);
    const { state, stateReason, finished, changes } = await gateway.build(
      'lamp-shop',
      buildId,
      'state stateReason finished changes { nodes { from to at actor } }',
    );
    expect([state, stateReason]).toEqual(['FAILED', null]);
    expect(changes.nodes).toEqual([
      { from: null, to: 'RUNNING', at: expect.any(String), actor: 'alice' },
      { from: 'RUNNING', to: 'FAILED', at: finished.replace('+00:00', 'Z'), actor: 'alice' },
    ]);
  });

  it('is over once: no steps and no second end afterwards, also for whole builds', async () => {
    const { buildId } = await gateway.begin('lamp-shop');
    await gateway.finish('lamp-shop', buildId);
    const whole = await gateway.report('lamp-shop');
    for (const build of [buildId, whole.buildId]) {
      for (const [verb, more] of [
        [verbs.addStep, { step: { name: 'a', success: true } }],
        [verbs.finish, {}],
      ] as const) {
        // Whoever asks: over comes before the right to do it.
        const { errors } = await gateway.bob.send(verb, { project: 'lamp-shop', build, ...more });
        expect(errors?.[0]?.extensions).toMatchObject({ code: 'CONFLICT', over: true });
      }
    }
  });

  it('refuses a bad step and keeps none of it', async () => {
    const { buildId } = await gateway.begin('lamp-shop');
    const refusal = await gateway.alice.refusal(verbs.addStep, {
      project: 'lamp-shop',
      build: buildId,
      step: { name: '\0', success: true },
    });
    expect(refusal).toEqual({ code: 'INVALID', message: 'step.name: must not contain the NUL character.' });
    expect((await gateway.build('lamp-shop', buildId, 'stepCount')).stepCount).toBe(0);
  });
});

describe('Who may', () => {
  /** Codes that callers get, or `ok`; each on a build of its own. */
  async function codes(verb: string, more: object, begun: () => Promise<string>, project: string): Promise<object> {
    const result: Record<string, unknown> = {};
    for (const name of ['anonymous', 'bob', 'alice', 'admin'] as const) {
      const build = await begun();
      const { errors } = await gateway[name].send(verb, { project, build, ...more });
      result[name] = errors?.[0]?.extensions.code ?? 'ok';
    }
    return result;
  }
  const step = { step: { name: 'a', success: true } };
  const continuing: [string, object][] = [
    [verbs.addStep, step],
    [verbs.finish, {}],
  ];
  const mine = async (project: string, caller: Caller): Promise<string> =>
    (await gateway.begin(project, {}, caller)).buildId;
  const strangers = { anonymous: 'UNAUTHENTICATED', bob: 'FORBIDDEN', alice: 'ok', admin: 'ok' };

  it('continue a build: its reporter and the owner of its project', async () => {
    await gateway.register('owned-by-root', gateway.admin);
    await gateway.register('owned-by-alice', gateway.alice);
    for (const [verb, more] of continuing) {
      expect(await codes(verb, more, () => mine('owned-by-root', gateway.alice), 'owned-by-root')).toEqual(strangers);
      expect(await codes(verb, more, () => mine('owned-by-alice', gateway.admin), 'owned-by-alice')).toEqual(strangers);
    }
  });

  it('continue a build that was begun without credentials: everybody', async () => {
    for (const [verb, more] of continuing) {
      const all = { anonymous: 'ok', bob: 'ok', alice: 'ok', admin: 'ok' };
      expect(await codes(verb, more, () => mine('owned-by-root', gateway.anonymous), 'owned-by-root')).toEqual(all);
    }
  });

  it('delete a build: its reporter and the owner of its project', async () => {
    expect(await codes(verbs.delete, {}, () => mine('owned-by-root', gateway.alice), 'owned-by-root')).toEqual(
      strangers,
    );
    expect(await codes(verbs.delete, {}, () => mine('owned-by-alice', gateway.anonymous), 'owned-by-alice')).toEqual(
      strangers,
    );
  });

  it("delete nobody's build in nobody's project: administrators", async () => {
    await gateway.register('ownerless', gateway.anonymous);
    expect(await codes(verbs.delete, {}, () => mine('ownerless', gateway.anonymous), 'ownerless')).toEqual({
      ...strangers,
      alice: 'FORBIDDEN',
    });
  });

  it('is what builds say of the viewer', async () => {
    const rights = 'viewerCanDelete viewerCanAddSteps';
    const { buildId } = await gateway.report('owned-by-root', {}, gateway.alice);
    for (const [caller, can] of [
      [gateway.anonymous, false],
      [gateway.bob, false],
      [gateway.alice, true],
      [gateway.admin, true],
    ] as const) {
      const build = await gateway.build('owned-by-root', buildId, rights, caller);
      expect(build).toEqual({ viewerCanDelete: can, viewerCanAddSteps: can });
    }
    const nobodys = await mine('owned-by-root', gateway.anonymous);
    expect(await gateway.build('owned-by-root', nobodys, rights)).toEqual({
      viewerCanDelete: false,
      viewerCanAddSteps: true,
    });
  });

  it('asks for credentials before it says whether there is such a build to delete', async () => {
    for (const [project, build] of [
      ['none', '1'],
      ['owned-by-root', 'none'],
      ['owned-by-root', '\0'],
      ['\0', '1'],
    ]) {
      expect((await gateway.anonymous.refusal(verbs.delete, { project, build })).code).toBe('UNAUTHENTICATED');
      expect((await gateway.bob.refusal(verbs.delete, { project, build })).code).toBe('NOT_FOUND');
      expect((await gateway.anonymous.refusal(verbs.finish, { project, build })).code).toBe('NOT_FOUND');
      expect((await gateway.anonymous.refusal(verbs.addStep, { project, build, ...step })).code).toBe('NOT_FOUND');
    }
  });

  it('move builds as agents do: nobody', async () => {
    const { id } = await gateway.begin('owned-by-root');
    const refusal = await gateway.admin.refusal(`mutation { transitionBuild(id: "${id}", to: FAILED) { id } }`);
    expect(refusal).toEqual({ code: 'INVALID', message: 'id: builds of DEVMASON are not moved by agents.' });
  });
});
