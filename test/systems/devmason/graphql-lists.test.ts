import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonGateway } from './gateway.js';

let gateway: DevmasonGateway;
/** Ids of the builds of `lamp`, in the order of reports. */
const ids: string[] = [];

/** The n-th of ten builds: finished in another order than reported, some at the same instant. */
function build(number: number): object {
  return {
    finished: `2020-01-01T00:0${[5, 3, 9, 3, 1, 7, 7, 2, 8, 0][number]}:00Z`,
    tags: number % 2 === 0 ? ['even', `n${number}`] : [`n${number}`],
    client: { host: 'h', arch: 'a', user: number % 3 === 0 ? 'genie' : 'http://x/' },
    results: [{ name: `step ${number}`, success: true, output: 'x'.repeat(number), extra: { number } }],
  };
}

beforeAll(async () => {
  gateway = await DevmasonGateway.start();
  await gateway.register('lamp', gateway.alice, 'Lamp');
  for (const slug of ['b', 'a', 'B']) await gateway.register(slug, gateway.bob, 'Same');
  for (let number = 0; number < 10; number += 1) {
    const caller = number % 4 === 0 ? gateway.bob : gateway.alice;
    ids.push((await gateway.report('lamp', build(number), caller)).buildId);
    await gateway.report('a', { tags: ['even'] }, gateway.anonymous);
  }
  for (const tags of [['even'], []]) ids.push((await gateway.begin('lamp', { tags })).buildId);
  await gateway.server.app.settled();
});
afterAll(() => gateway.close());

const LAMP = 'devmason { project(slug: "lamp") { ';

/** Places of builds in the order of reports. */
async function places(filter: string, more = 'first: 100'): Promise<number[]> {
  const document = `{ ${LAMP} builds(${more}${filter && `, filter: ${filter}`}) { nodes { ... on DevmasonBuild { buildId } } } } } }`;
  const { devmason } = await gateway.anonymous.run(document);
  return devmason.project.builds.nodes.map(({ buildId }: { buildId: string }) => ids.indexOf(buildId));
}

describe('Builds of a project', () => {
  it('come in progress first, then finished last, of equal instants reported last', async () => {
    expect(await places('')).toEqual([11, 10, 2, 8, 6, 5, 0, 3, 1, 7, 4, 9]);
  });

  it('are paged by cursor and by number in that order', async () => {
    const all = await places('');
    const seen: number[] = [];
    let after: string | null = null;
    for (let page = 0; page < 4; page += 1) {
      const document = `query ($after: String) { ${LAMP} builds(first: 3, after: $after) { totalCount
        pageInfo { endCursor hasNextPage } nodes { ... on DevmasonBuild { buildId } } } } } }`;
      const { devmason } = await gateway.anonymous.run(document, { after });
      const { nodes, pageInfo, totalCount } = devmason.project.builds;
      expect([totalCount, pageInfo.hasNextPage]).toEqual([12, page < 3]);
      seen.push(...nodes.map(({ buildId }: { buildId: string }) => ids.indexOf(buildId)));
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(all);
    expect(await places('', 'first: 5, offset: 4')).toEqual(all.slice(4, 9));
    expect(await places('', 'last: 2')).toEqual(all.slice(-2));
  });

  it.each([
    ['{ devmason: { tag: { name: { eq: "even" } } } }', [10, 2, 8, 6, 0, 4]],
    ['{ and: [{ devmason: { tag: { name: { eq: "even" } } } }, { devmason: { tag: { name: { eq: "n4" } } } }] }', [4]],
    ['{ devmason: { tag: { name: { eq: "even" }, project: { eq: "lamp" } } } }', [10, 2, 8, 6, 0, 4]],
    ['{ devmason: { tag: { project: { eq: "a" } } } }', []],
    ['{ devmason: { tag: { name: { eq: "n%" } } } }', []],
    ['{ devmason: { reporter: { username: { eq: "bob" } } } }', [8, 0, 4]],
    ['{ devmason: { clientUser: { eq: "genie" } } }', [6, 0, 3, 9]],
    ['{ devmason: { incremental: { eq: true } } }', [11, 10]],
    ['{ state: { eq: SUCCEEDED }, devmason: { clientUser: { isNull: true } } }', [2, 8, 5, 1, 7, 4]],
  ])('are filtered by %s', async (filter, expected) => {
    expect(await places(filter)).toEqual(expected);
  });

  it('are found in the list of all builds, which in that order has no others', async () => {
    const document = `{ builds(first: 100, orderBy: [{ field: DEVMASON_FINISHED }], filter: { devmason: { reporter: { username: { eq: "bob" } } } }) {
      nodes { tags ... on DevmasonBuild { buildId } } } }`;
    const { builds } = await gateway.anonymous.run(document);
    expect(builds.nodes.map(({ buildId }: any) => ids.indexOf(buildId))).toEqual([4, 0, 8]);
    expect(builds.nodes[0].tags).toEqual(['even', 'n4']);
  });

  it('the latest is the one reported last', async () => {
    const { devmason } = await gateway.anonymous.run(`{ ${LAMP} latestBuild { buildId inProgress } } } }`);
    expect(devmason.project.latestBuild).toEqual({ buildId: ids[11], inProgress: true });
  });
});

describe('Projects and users', () => {
  it('are listed by name, then by slug', async () => {
    const { devmason } = await gateway.anonymous.run('{ devmason { projects { totalCount nodes { slug } } } }');
    expect(devmason.projects).toEqual({ totalCount: 4, nodes: ['lamp', 'B', 'a', 'b'].map((slug) => ({ slug })) });
  });

  it('are filtered and paged', async () => {
    const document = `query ($after: String) { devmason { projects(first: 2, after: $after, filter: { devmason: { owner: { username: { eq: "bob" } } } }) {
      totalCount pageInfo { endCursor } nodes { slug } } } }`;
    const first = (await gateway.anonymous.run(document)).devmason.projects;
    expect(first).toMatchObject({ totalCount: 3, nodes: [{ slug: 'B' }, { slug: 'a' }] });
    const second = (await gateway.anonymous.run(document, { after: first.pageInfo.endCursor })).devmason.projects;
    expect(second.nodes).toEqual([{ slug: 'b' }]);
    const { devmason } = await gateway.anonymous.run(
      '{ devmason { users(first: 1, orderBy: [{ field: USERNAME, direction: DESC }], filter: { username: { ne: "x" } }) { totalCount nodes { username } } } }',
    );
    expect(devmason.users).toEqual({ totalCount: 2, nodes: [{ username: 'bob' }] });
  });
});

/** Documents that take `$first` and what they cost: a number for any size of page. */
const lists: [title: string, statements: number, document: string][] = [
  ['projects', 1, 'devmason { projects(first: $first) { nodes { slug name } } }'],
  [
    'projects with their owners',
    2,
    'devmason { projects(first: $first) { nodes { owner { username } viewerCanUpdate } } }',
  ],
  [
    'projects with their latest builds',
    2,
    'devmason { projects(first: $first) { nodes { latestBuild { buildId } } } }',
  ],
  ['projects with tags and counts', 3, 'devmason { projects(first: $first) { nodes { tags { name buildCount } } } }'],
  [
    'projects with pages and totals of builds',
    3,
    'devmason { projects(first: $first) { nodes { builds(first: 2) { totalCount nodes { name } } } } }',
  ],
  ['users', 1, 'devmason { users(first: $first) { nodes { username createdAt isViewer } } }'],
  ['users with their total', 2, 'devmason { users(first: $first) { totalCount nodes { username } } }'],
  [
    'builds of a project with tags, reporters, projects and rights',
    5,
    `${LAMP} builds(first: $first) { nodes { tags ... on DevmasonBuild { client reporter { username } devmasonProject { slug }
      viewerCanDelete viewerCanAddSteps stepCount size } } } } }`,
  ],
  [
    'builds with all that their steps say',
    4,
    `${LAMP} builds(first: $first, orderBy: [{ field: LEGACY_ID }]) { nodes { jobs(first: 5) { nodes { ... on DevmasonStep { name output errout extra } } } } } } }`,
  ],
  [
    'builds with a tag',
    2,
    'builds(first: $first, filter: { devmason: { tag: { name: { eq: "even" } } } }) { nodes { tags } }',
  ],
  ['steps with what they say', 2, 'jobs(first: $first) { nodes { ... on DevmasonStep { output extra errout } } }'],
];

describe('Statements', () => {
  it.each(lists)('%s: %i for any size of page', async (_title, count, document) => {
    for (const first of [1, 4, 100]) {
      const run = (): Promise<unknown> => gateway.anonymous.run(`query ($first: Int!) { ${document} }`, { first });
      expect(await gateway.statementsOf(run)).toHaveLength(count);
    }
  });

  it('who asks is looked up once', async () => {
    const document = `{ ${LAMP} viewerCanUpdate builds(first: 50) { nodes { ... on DevmasonBuild { viewerCanDelete viewerCanAddSteps reporter { isViewer } } } } } } }`;
    // The project, the caller, the builds, their project, their reporters.
    expect(await gateway.statementsOf(() => gateway.alice.run(document))).toHaveLength(5);
  });

  it('one project or user of many names', async () => {
    const names = Array.from(
      { length: 20 },
      (_, n) => `p${n}: project(slug: "p${n}") { name } u${n}: user(username: "u${n}\\u0000") { username }`,
    );
    expect(await gateway.statementsOf(() => gateway.anonymous.run(`{ devmason { ${names.join(' ')} } }`))).toHaveLength(
      2,
    );
  });
});
