import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Member } from '../../../src/core/auth/member.js';
import { ANONYMOUS, type Principal } from '../../../src/core/auth/principal.js';
import { parseExact } from '../../../src/core/json.js';
import { System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { BuildService } from '../../../src/systems/devmason/build-service.js';
import { ProjectService } from '../../../src/systems/devmason/project-service.js';
import { UserService } from '../../../src/systems/devmason/user-service.js';
import { CLIENT, DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;
let builds: BuildService;
let projects: ProjectService;
let users: UserService;

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  const { store } = gateway.server.app;
  builds = new BuildService(store);
  projects = new ProjectService(store);
  users = new UserService(store);
  await gateway.register('lamp');
});
afterAll(() => gateway.close());

const WHOLE = { client: CLIENT, success: true };

/** Somebody who signs in with a name that nobody has. */
function newcomer(name: string, password: string): Principal {
  const member = new Member({ system: System.DEVMASON, id: null, name, password });
  return { ...ANONYMOUS, userName: name, member };
}

/** Codes of what was refused, `ok` for the rest, sorted. */
async function outcomes(work: readonly Promise<unknown>[]): Promise<string[]> {
  const settled = await Promise.allSettled(work);
  return settled.map((one) => (one.status === 'fulfilled' ? 'ok' : (one.reason.code ?? String(one.reason)))).toSorted();
}

async function usernames(): Promise<string[]> {
  const { devmason } = await gateway.anonymous.run('{ devmason { users(first: 100) { nodes { username } } } }');
  return devmason.users.nodes.map(({ username }: { username: string }) => username);
}

async function expectExactCounters(): Promise<void> {
  const { kept, real } = await gateway.counters();
  expect(kept).toEqual(real);
}

describe('A large report', () => {
  const results = Array.from({ length: 1_000 }, (_, n) => ({
    name: `step ${n}`,
    success: true,
    output: `${n} `.padEnd(10 * 1024, 'x\n'),
    extra: { number: n },
  }));

  it('of 1,000 steps with 10 MiB of output takes a bounded number of statements', async () => {
    // Ten, because a few rows of the log would go with the head, in one statement.
    const small = await gateway.statementsOf(() =>
      builds.report(ANONYMOUS, { project: 'lamp' }, { ...WHOLE, tags: ['a'], results: results.slice(0, 10) }),
    );
    const large = await gateway.statementsOf(() =>
      builds.report(ANONYMOUS, { project: 'lamp', id: 'large' }, { ...WHOLE, tags: ['a'], results }),
    );
    // Steps and their output go in by 500; the id was chosen, so no number was taken for it.
    expect(large).toHaveLength(small.length + 2 - 1);
    const { stepCount, size, jobs } = await gateway.build(
      'lamp',
      'large',
      'stepCount size jobs(first: 100, orderBy: [{ field: LEGACY_ID, direction: DESC }]) { totalCount nodes { ... on DevmasonStep { number name output extra } } }',
    );
    expect([stepCount, jobs.totalCount]).toEqual([1_000, 1_000]);
    expect(size).toBeGreaterThan(10 * 1024 * 1024);
    expect(jobs.nodes[0]).toEqual({
      number: 1_000,
      name: 'step 999',
      output: results[999]!.output,
      extra: { number: 999 },
    });
    await expectExactCounters();
  });

  it('is not read at once beyond 64 MiB of output, and is not read at all then', async () => {
    const step = { name: 'a', success: true, output: 'x' };
    for (const id of ['big-1', 'big-2']) {
      await builds.report(ANONYMOUS, { project: 'lamp', id }, { ...WHOLE, results: [step, step, step] });
    }
    // What the operation would read is told by the sizes, before any of it is read.
    await gateway.server.app.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE job SET devmason_size = ${13 * 1024 * 1024} WHERE legacy_id LIKE 'lamp/big-%'`),
    );
    const one = `jobs(first: 3) { nodes { ... on DevmasonStep { output } } }`;
    expect((await gateway.build('lamp', 'big-1', one)).jobs.nodes).toHaveLength(3);
    const both = `{ ${['big-1', 'big-2'].map((id, n) => `b${n}: build(system: DEVMASON, legacyId: "lamp/${id}") { ${one} }`).join(' ')} }`;
    const statements = await gateway.statementsOf(async () => {
      const { errors } = await gateway.anonymous.send(both);
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'TOO_EXPENSIVE', limit: 64 * 1024 * 1024 });
    });
    expect(statements.filter((text) => text.includes('devmason_step_output'))).toEqual([]);
    // Their sizes and names cost nothing.
    const sizes = await gateway.anonymous.run(both.replaceAll('{ output }', '{ name size }'));
    expect(sizes.b1.jobs.nodes[2]).toEqual({ name: 'a', size: 13 * 1024 * 1024 });
  });

  it('keeps numbers that no double holds', async () => {
    const client = parseExact('{"host":"h","arch":"a","user":"u","big":12345678901234567890,"deep":[1e400]}') as Record<
      string,
      unknown
    >;
    const extra = parseExact('{"n":0.1234567890123456789}') as Record<string, unknown>;
    await builds.report(
      ANONYMOUS,
      { project: 'lamp', id: 'exact' },
      { ...WHOLE, client, results: [{ name: 'a', success: true, extra }] },
    );
    const { url } = gateway.server;
    const query =
      '{ build(system: DEVMASON, legacyId: "lamp/exact") { ... on DevmasonBuild { client } jobs { nodes { ... on DevmasonStep { extra } } } } }';
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    const text = await response.text();
    expect(text).toContain('"client":{"host":"h","arch":"a","user":"u","big":12345678901234567890,"deep":[1e400]}');
    expect(text).toContain('"extra":{"n":0.1234567890123456789}');
  });

  it('refuses a number in place of the client', async () => {
    const client = parseExact('12345678901234567890') as Record<string, unknown>;
    const report = async (): Promise<number> => builds.report(ANONYMOUS, { project: 'lamp' }, { ...WHOLE, client });
    await expect(report()).rejects.toMatchObject({ code: 'INVALID', message: 'build.client: must be an object.' });
  });
});

describe('Newcomers', () => {
  it('are stored with their password when they create something, and not when they are refused', async () => {
    const genie = newcomer('genie', 'pass:word');
    expect(await outcomes([projects.register(genie, 'lamp', 'x')])).toEqual(['CONFLICT']);
    expect(await outcomes([builds.report(genie, { project: 'none' }, WHOLE)])).toEqual(['NOT_FOUND']);
    expect(await outcomes([projects.delete(genie, 'lamp')])).toEqual(['FORBIDDEN']);
    await builds.start(ANONYMOUS, { project: 'lamp', id: 'open' }, { client: CLIENT });
    await builds.addStep(genie, { project: 'lamp', build: 'open' }, { name: 'a', success: true });
    await projects.requestBuild(genie, { project: 'lamp', identifier: 'HEAD', repository: null });
    expect(await usernames()).toEqual(['alice']);
    await builds.start(genie, { project: 'lamp', id: 'his' }, { client: CLIENT });
    expect(await usernames()).toEqual(['alice', 'genie']);
    expect(await gateway.build('lamp', 'his', 'requester reporter { username } client')).toEqual({
      requester: 'genie',
      reporter: { username: 'genie' },
      client: { ...CLIENT, user: 'genie' },
    });
    // Now he is known, with rights to what he began.
    expect(genie.member?.id).not.toBeNull();
    await builds.finish(genie, { project: 'lamp', build: 'his' });
  });

  it('of one name at the same time: those with one password are one user, others are refused', async () => {
    const same = Array.from({ length: 3 }, (_, n) =>
      builds.report(newcomer('twin', 'one'), { project: 'lamp', id: `twin-${n}` }, WHOLE),
    );
    expect(await outcomes(same)).toEqual(Array.from({ length: 3 }, () => 'ok'));
    const others = Array.from({ length: 2 }, (_, n) =>
      projects.register(newcomer('rival', `password ${n}`), `rival-${n}`, 'x'),
    );
    expect(await outcomes(others)).toEqual(['FORBIDDEN', 'ok']);
    expect((await usernames()).filter((name) => ['twin', 'rival'].includes(name))).toEqual(['rival', 'twin']);
    await expectExactCounters();
  });

  it('register themselves once', async () => {
    const three = Array.from({ length: 3 }, () => users.register(newcomer('once', 'secret'), 'once', null));
    expect(await outcomes(three)).toEqual(['CONFLICT', 'CONFLICT', 'ok']);
  });

  it('do not get the name of an account of the gateway', async () => {
    expect(await outcomes([users.register(newcomer('bob', 'x'), 'bob', null)])).toEqual(['FORBIDDEN']);
    expect(await outcomes([builds.report(newcomer('bob', 'x'), { project: 'lamp' }, WHOLE)])).toEqual(['FORBIDDEN']);
    expect(await usernames()).not.toContain('bob');
  });
});

describe('At the same time', () => {
  it('ten reports under one id: one is stored, the others are conflicts', async () => {
    const ten = Array.from({ length: 10 }, () => builds.report(ANONYMOUS, { project: 'lamp', id: 'same' }, WHOLE));
    expect(await outcomes(ten)).toEqual([...Array.from({ length: 9 }, () => 'CONFLICT'), 'ok']);
  });

  it('ten registrations of one project: one is stored, the others are conflicts', async () => {
    const ten = Array.from({ length: 10 }, () => projects.register(ANONYMOUS, 'same', 'x'));
    expect(await outcomes(ten)).toEqual([...Array.from({ length: 9 }, () => 'CONFLICT'), 'ok']);
  });

  it('reports get ids of their own, and skip those that are chosen meanwhile', async () => {
    const reports = Array.from({ length: 20 }, () => gateway.report('lamp'));
    const reported = await Promise.all(reports);
    expect(new Set(reported.map(({ buildId }) => buildId)).size).toBe(20);
  });

  it('steps of one build are numbered without a gap; the end comes once and none behind it', async () => {
    await builds.start(ANONYMOUS, { project: 'lamp', id: 'busy' }, { client: CLIENT });
    const address = { project: 'lamp', build: 'busy' };
    const steps = Array.from({ length: 15 }, (_, n) =>
      builds.addStep(ANONYMOUS, address, { name: `s${n}`, success: true }),
    );
    const ends = [builds.finish(ANONYMOUS, address), builds.finish(ANONYMOUS, address)];
    const results = await Promise.allSettled([...steps, ...ends]);
    const added = results.slice(0, 15).filter(({ status }) => status === 'fulfilled').length;
    expect(
      results
        .slice(15)
        .map(({ status }) => status)
        .toSorted(),
    ).toEqual(['fulfilled', 'rejected']);
    const { stepCount, jobs, changes } = await gateway.build(
      'lamp',
      'busy',
      'stepCount jobs(first: 100) { nodes { ... on DevmasonStep { number } } } changes { totalCount }',
    );
    expect([stepCount, changes.totalCount]).toEqual([added, 2]);
    expect(jobs.nodes.map(({ number }: { number: number }) => number)).toEqual(
      Array.from({ length: added }, (_, n) => n + 1),
    );
    await expectExactCounters();
  });

  it('reports to a project that is deleted are in it or refused', async () => {
    for (let round = 0; round < 5; round += 1) {
      const slug = `round-${round}`;
      await gateway.register(slug);
      const reports = Array.from({ length: 4 }, () =>
        builds.report(ANONYMOUS, { project: slug }, { ...WHOLE, tags: ['x'] }),
      );
      const deletion = gateway.alice.run('mutation ($slug: String!) { devmasonDeleteProject(slug: $slug) }', { slug });
      const codes = await outcomes([...reports, deletion]);
      expect(codes.filter((code) => code !== 'ok' && code !== 'NOT_FOUND')).toEqual([]);
      const { builds: left } = await gateway.anonymous.run(
        'query ($name: String!) { builds(filter: { legacyId: { startsWith: $name } }) { totalCount } }',
        { name: `${slug}/` },
      );
      expect(left.totalCount).toBe(0);
    }
    await expectExactCounters();
  });

  it('a user who is deleted while reporting is stored again, refused or leaves the build without reporter', async () => {
    for (let round = 0; round < 2; round += 1) {
      const name = `fleeting-${round}`;
      const leaver = newcomer(name, 'x');
      await users.register(leaver, name, null);
      const reports = Array.from({ length: 3 }, () => builds.report(leaver, { project: 'lamp' }, WHOLE));
      const codes = await outcomes([...reports, users.delete(leaver, name)]);
      expect(codes.filter((code) => code !== 'ok' && code !== 'UNAUTHENTICATED')).toEqual([]);
      expect(await usernames()).not.toContain(name);
    }
    await expectExactCounters();
  });
});
