import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { State } from '../../../src/core/model/states.js';
import { Subscriber } from '../../support/subscriber.js';
import { BuildapiGateway, REVISION, START } from './world.js';

const statements: string[] = [];
let gateway: BuildapiGateway;

beforeAll(async () => {
  const many = Array.from({ length: 40 }, (_, index) => ({
    number: 100 + index,
    name: `Linux many ${index % 3}`,
    branch: 'try',
    revision: `many${index}`,
    claimed: 5,
    results: 0,
    changes: [50, 51],
    attempts: [[200 + index, index]] as const,
  }));
  gateway = await BuildapiGateway.start(
    {
      requests: [
        { number: 1, changes: [7, 8], reason: 'a' },
        {
          number: 2,
          branch: 'ash-linux-unittest',
          claimed: 20,
          changes: [7],
          attempts: [
            [91, 12],
            [92, 13],
          ],
        },
        { number: 3, branch: 'Ash', revision: null, claimed: 30, results: 5, attempts: [[93, 14]] },
        { number: 4, branch: null, complete: true, changes: [9] },
        ...many,
      ],
      changes: [
        [7, 'kim', State.RUNNING],
        [8, 'lee', State.QUEUED],
        [9, 'lee', State.SUCCEEDED],
        [50, 'max', State.SUCCEEDED],
        [51, 'max', State.SUCCEEDED],
      ],
    },
    { onStatement: (text) => void statements.push(text) },
  );
});
afterAll(() => gateway.close());

async function run(document: string): Promise<any> {
  return gateway.anonymous.run(document);
}

/** Statements that a document takes. */
async function costs(document: string): Promise<number> {
  statements.length = 0;
  await run(document);
  return statements.length;
}

/** Numbers of the builds that a filter finds among the first ones. */
async function builds(filter: string): Promise<number[]> {
  const { builds: found } = await run(
    `{ builds(first: 100, orderBy: { field: LEGACY_ID }, filter: { ${filter} }) { nodes { legacyId } } }`,
  );
  return found.nodes.map(({ legacyId }: any) => Number(legacyId)).filter((number: number) => number < 100);
}

async function attempts(args: string): Promise<number[]> {
  const { buildapi } = await run(`{ buildapi { attempts${args} { nodes { buildId } } } }`);
  return buildapi.attempts.nodes.map(({ buildId }: any) => buildId);
}

describe('Filters of build requests', () => {
  it.each([
    ['sourceBranch: { startsWith: "ash" }', [2]],
    ['sourceBranch: { endsWith: "/ash" }', [1]],
    ['sourceBranch: { endsWith: "" }', [1, 2, 3]],
    ['sourceBranch: { endsWith: "%ash" }', []],
    ['sourceBranch: { endsWith: "a much longer text than any" }', []],
    [`revision: { startsWith: "${REVISION.slice(0, 12)}" }`, [1, 2, 4]],
    ['priority: { gte: 0 }, revision: { isNull: true }', [3]],
    [`claimedAt: { gt: ${START} }`, [2, 3]],
    ['results: { eq: 5 }', [3]],
    ['legacyState: { eq: "complete" }', [3, 4]],
    ['legacyState: { eq: "pending" }', [1]],
    ['push: { requester: { eq: "kim" } }', [1, 2]],
    ['push: { requester: { eq: "lee" } }', [1, 4]],
    ['push: { buildapi: { branch: { eq: "ash" } } }', [1, 2, 4]],
    ['push: { requester: { eq: "nobody" } }', []],
  ])('%s', async (filter, numbers) => {
    expect(await builds(`buildapi: { ${filter} }`)).toEqual(numbers);
    const others = [1, 2, 3, 4].filter((number) => !numbers.includes(number));
    expect(await builds(`not: { buildapi: { ${filter} } }`)).toEqual(others);
  });

  it('see pushes by the branch they went to', async () => {
    const { events } = await run('{ events(filter: { buildapi: { branch: { eq: "ash" } } }) { totalCount } }');
    expect(events.totalCount).toBe(5);
  });

  it('order by priority', async () => {
    const { builds: found } = await run(
      '{ builds(first: 2, orderBy: [{ field: BUILDAPI_PRIORITY, direction: DESC }, { field: LEGACY_ID }]) { nodes { legacyId } } }',
    );
    expect(found.nodes).toEqual([{ legacyId: '1' }, { legacyId: '2' }]);
  });
});

describe('Attempts', () => {
  it('come newest first, page by page', async () => {
    expect(await attempts('(first: 2)')).toEqual([239, 238]);
    expect(await attempts('(last: 2)')).toEqual([92, 91]);
    expect(await attempts('(first: 2, offset: 40)')).toEqual([93, 92]);
    const { buildapi } = await run(`{ buildapi { attempts(last: 1) { totalCount pageInfo { startCursor } } } }`);
    expect(buildapi.attempts.totalCount).toBe(43);
    const before = buildapi.attempts.pageInfo.startCursor;
    expect(await attempts(`(last: 2, before: "${before}")`)).toEqual([93, 92]);
  });

  it.each([
    ['slaveName: { startsWith: "slave-9" }', [93, 92, 91]],
    ['buildNumber: { in: [12, 13] }, request: { name: { eq: "Linux ash build" } }', [92, 91]],
    ['finishedAt: { isNull: true }', [92]],
    [
      'startedAt: { gte: "2015-06-01T12:01:32Z", lt: "2015-06-01T12:01:34Z" }, request: { buildapi: { results: { isNull: true } } }',
      [92],
    ],
    ['request: { buildapi: { sourceBranch: { endsWith: "unittest" } } }', [92, 91]],
    ['request: { buildapi: { push: { requester: { eq: "kim" } } } }', [92, 91]],
    [
      'or: [{ buildNumber: { eq: 14 } }, { not: { startedAt: { gt: "2015-06-01T12:01:31Z" } } }], slaveName: { ne: "x" }, and: [{ request: { buildapi: { claimedAt: { gte: 1433160010 } } } }]',
      [93, 91],
    ],
  ])('are filtered by %s', async (filter, ids) => {
    expect(await attempts(`(filter: { ${filter} })`)).toEqual(ids);
  });

  it('are ordered by what is asked for', async () => {
    expect(await attempts('(first: 1, orderBy: { field: STARTED_AT })')).toEqual([91]);
    expect(await attempts('(first: 1, orderBy: { field: FINISHED_AT, direction: DESC })')).toEqual([92]);
  });

  it('show what is known of them, and one by its number', async () => {
    const { buildapi } =
      await run(`{ buildapi { attempt(buildId: 91) { buildId buildNumber startedAt finishedAt slaveName
      request { legacyId } } none: attempt(buildId: 1) { buildId } huge: attempt(buildId: 9007199254740991) { buildId }
      negative: attempt(buildId: -1) { buildId } } }`);
    expect(buildapi).toEqual({
      attempt: {
        buildId: 91,
        buildNumber: 12,
        startedAt: '2015-06-01T12:01:31Z',
        finishedAt: '2015-06-01T12:02:31Z',
        slaveName: 'slave-91',
        request: { legacyId: '2' },
      },
      none: null,
      huge: null,
      negative: null,
    });
  });
});

describe('What only buildapi has', () => {
  it('names branches with their attributes, and a branch by exactly its name', async () => {
    const attributes = { repo: 'https://hg.example.org/projects/ash', repo_type: 'hg' };
    const { buildapi } = await run(`{ buildapi { branches { name } branch(name: "ash") { name attributes }
      other: branch(name: "Ash") { name } nul: branch(name: "a\\u0000") { name } wild: branch(name: "%") { name } } }`);
    expect(buildapi).toEqual({
      branches: [{ name: 'ash' }, { name: 'try' }],
      branch: { name: 'ash', attributes },
      other: null,
      nul: null,
      wild: null,
    });
  });

  it('lists the builders of a branch', async () => {
    const { buildapi } = await run('{ buildapi { builders(branch: "ash") none: builders(branch: "try") } }');
    const words = ['build', 'l10n nightly', 'nightly', 'opt test', 'pgo-build'];
    expect(buildapi).toEqual({ builders: words.map((word) => `Linux ash ${word}`), none: [] });
  });

  it('lists the names of builders that requests were submitted for', async () => {
    const { buildapi } = await run(`{ buildapi { all: builderNames(branch: "many", since: "2015-01-01T00:00:00Z")
      late: builderNames(branch: "ash", since: "2015-06-01T12:00:05Z") none: builderNames(branch: "_", since: "2015-01-01T00:00:00Z") } }`);
    expect(buildapi).toEqual({ all: ['Linux many 0', 'Linux many 1', 'Linux many 2'], late: [], none: [] });
  });

  it('counts pushes by author: distinct revisions and source branches', async () => {
    const { buildapi } = await run(`{ buildapi { pushCounts { author count } kim: pushCounts(branchContains: "as",
      from: "2015-06-01T12:00:07Z", to: "2015-06-01T12:00:07Z") { author count } none: pushCounts(branchContains: "%") { count } } }`);
    const kim = { author: 'kim', count: 2 };
    const all = [kim, { author: 'lee', count: 2 }, { author: 'max', count: 40 }];
    expect(buildapi).toEqual({ pushCounts: all, kim: [kim], none: [] });
  });
});

describe('Records of buildapi', () => {
  it('show their own fields', async () => {
    const { build } =
      await run(`{ build(system: BUILDAPI, legacyId: "2") { __typename name state ... on BuildapiRequest {
      number complete results priority claimedAt claimedByName claimedByIncarnation buildReason properties buildsetId
      attempts { buildId } pushes { legacyId author: requester revision files category revlink requests { legacyId } } } } }`);
    expect(build).toEqual({
      __typename: 'BuildapiRequest',
      name: 'Linux ash build',
      state: 'RUNNING',
      number: 2,
      complete: false,
      results: null,
      priority: 0,
      claimedAt: START + 20,
      claimedByName: 'master1:/builds',
      claimedByIncarnation: 'pid1-boot1',
      buildReason: 'scheduler',
      properties: { buildid: '20150601050010' },
      buildsetId: null,
      attempts: [{ buildId: 91 }, { buildId: 92 }],
      pushes: [
        {
          legacyId: '7',
          author: 'kim',
          revision: REVISION,
          files: ['a.cpp'],
          category: null,
          revlink: null,
          requests: [{ legacyId: '1' }, { legacyId: '2' }],
        },
      ],
    });
  });

  it.each([
    ['requests with attempts', 2, 'builds(first: $n) { nodes { ... on BuildapiRequest { attempts { buildId } } } }'],
    ['requests with pushes', 2, 'builds(first: $n) { nodes { ... on BuildapiRequest { pushes { name } } } }'],
    ['pushes with requests', 2, 'events(first: $n) { nodes { ... on BuildapiChange { requests { name } } } }'],
    [
      'attempts with requests, all their attempts and pushes',
      4,
      `buildapi { attempts(first: $n) { nodes { buildId request { name attempts { buildId } pushes { name } } } } }`,
    ],
    ['attempts with their total', 2, 'buildapi { attempts(first: $n) { totalCount nodes { buildId } } }'],
  ])('cost the same for any number: %s', async (_title, count, document) => {
    expect(await costs(`{ ${document.replace('$n', '2')} }`)).toBe(count);
    expect(await costs(`{ ${document.replace('$n', '40')} }`)).toBe(count);
  });

  it('are seen by subscribers as they change', async () => {
    const { job } = await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "1")');
    const jobs = new Subscriber(
      gateway.server.url,
      `subscription { jobStateChanged(after: "0", filter: { buildapi: { imported: { eq: false } } }) {
        from to actor reason job { ... on BuildapiJob { action what completeData } } } }`,
    );
    const requests = new Subscriber(
      gateway.server.url,
      `subscription { buildStateChanged(after: "0", filter: { buildapi: { sourceBranch: { eq: "projects/ash" } } }) {
        from to actor build { legacyId ... on BuildapiRequest { results } } } }`,
    );
    try {
      const { action, what, completeData } = job;
      const change = { actor: 'alice', reason: null, job: { action, what, completeData } };
      expect((await jobs.take(3)).map(({ data }) => (data as any).jobStateChanged)).toEqual([
        { ...change, from: null, to: 'QUEUED' },
        { ...change, from: 'QUEUED', to: 'RUNNING' },
        { ...change, from: 'RUNNING', to: 'SUCCEEDED', reason: '1: Ok' },
      ]);
      const build = { legacyId: '1', results: 2 };
      expect((await requests.take(2)).map(({ data }) => (data as any).buildStateChanged)).toEqual([
        { from: null, to: 'QUEUED', actor: null, build },
        { from: 'QUEUED', to: 'CANCELED', actor: 'alice', build },
      ]);
    } finally {
      await Promise.all([jobs.close(), requests.close()]);
    }
  });
});
