import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATA, oidOf, startKernelci, type KernelciGateway } from './graphql-fixture.js';

let gateway: KernelciGateway;
beforeAll(async () => {
  gateway = await startKernelci();
});
afterAll(() => gateway.server.close());

async function ask(document: string, variables: object = {}): Promise<any> {
  return gateway.anonymous.run(document, variables);
}

/** Statements that a document takes. */
async function statementsOf(document: string): Promise<number> {
  gateway.statements.length = 0;
  await ask(document);
  return gateway.statements.length;
}

describe('A record', () => {
  it('of a job has typed members and its whole document, undeclared members included', async () => {
    const { event } =
      await ask(`{ event(system: KERNELCI, legacyId: "${oidOf(1)}") { __typename name state stateReason tags
      createdAt startedAt finishedAt project { legacyId } ... on KernelciJob { tree kernel gitBranch status private compiler
      gitUrl document } } }`);
    expect(event).toEqual({
      __typename: 'KernelciJob',
      name: 'next/next-20150116',
      state: 'SUCCEEDED',
      stateReason: 'PASS',
      tags: ['master'],
      createdAt: '2015-01-16T10:01:00Z',
      startedAt: null,
      finishedAt: null,
      project: { legacyId: 'next' },
      tree: 'next',
      kernel: 'next-20150116',
      gitBranch: 'master',
      status: 'PASS',
      private: false,
      compiler: 'gcc',
      gitUrl: null,
      document: DATA.job[0],
    });
  });

  it('of a build belongs to its job and has its boots', async () => {
    const { build } =
      await ask(`{ build(system: KERNELCI, legacyId: "${oidOf(11)}") { __typename name state tags stateReason
      submittedAt finishedAt event { legacyId } jobs { nodes { name } } ... on KernelciBuild { eventLegacyId buildTime
      kernelImageSize warnings defconfigFull } } }`);
    expect(build).toEqual({
      __typename: 'KernelciBuild',
      name: 'defconfig (arm)',
      state: 'SUCCEEDED',
      tags: ['arm', 'master'],
      stateReason: 'PASS: 0 errors, 2 warnings',
      submittedAt: '2015-01-16T10:11:00Z',
      finishedAt: '2015-01-16T10:11:00Z',
      event: { legacyId: oidOf(1) },
      jobs: { nodes: [{ name: 'juno' }, { name: 'panda' }] },
      eventLegacyId: oidOf(1),
      buildTime: 321.5,
      kernelImageSize: 7,
      warnings: 2,
      defconfigFull: 'defconfig',
    });
  });

  it('shows null for a member of another type than declared, and the document as it is', async () => {
    const { builds } = await ask(`{ builds(filter: { system: { eq: KERNELCI } }, orderBy: [{ field: LEGACY_ID }]) {
      nodes { ... on KernelciBuild { warnings buildPlatform document } } } }`);
    expect(builds.nodes.map(({ warnings }: any) => warnings)).toEqual([2, null, null]);
    expect(builds.nodes[1].document).toMatchObject({ warnings: 'many' });
    expect(builds.nodes[2].buildPlatform).toEqual(['Linux', 'x']);
  });

  it('of a boot or a test group says which it is', async () => {
    const { jobs } = await ask(`{ jobs(filter: { system: { eq: KERNELCI } }, orderBy: [{ field: LEGACY_ID }]) { nodes {
      __typename name state requester stateReason tags ... on KernelciBoot { timeMs dtbAppend buildLegacyId retries }
      ... on KernelciTestGroup { deviceType testCases parentLegacyId } build { legacyId } event { legacyId } } } }`);
    const shared = { requester: 'lab-x', event: { legacyId: oidOf(1) }, stateReason: null, tags: ['lab-x', 'arm'] };
    const unset = { timeMs: null, dtbAppend: null, retries: null };
    expect(jobs.nodes).toEqual([
      {
        ...shared,
        ...unset,
        __typename: 'KernelciBoot',
        name: 'juno',
        state: 'SUCCEEDED',
        timeMs: 26_300,
        retries: 2,
        tags: ['lab-x', 'vexpress', 'arm'],
        buildLegacyId: oidOf(11),
        build: { legacyId: oidOf(11) },
      },
      {
        ...shared,
        ...unset,
        __typename: 'KernelciBoot',
        name: 'panda',
        state: 'CANCELED',
        stateReason: 'no power',
        buildLegacyId: oidOf(11),
        build: { legacyId: oidOf(11) },
      },
      {
        ...shared,
        ...unset,
        __typename: 'KernelciBoot',
        name: 'juno',
        state: 'SKIPPED',
        dtbAppend: true,
        buildLegacyId: oidOf(99),
        build: null,
      },
      {
        __typename: 'KernelciTestGroup',
        name: 'v4l2',
        state: 'FAILED',
        requester: null,
        stateReason: null,
        tags: ['arm'],
        deviceType: 'juno',
        testCases: [oidOf(41)],
        parentLegacyId: null,
        build: null,
        event: null,
      },
    ]);
  });

  it('is found by its global id', async () => {
    const { job } = await ask(`{ job(system: KERNELCI, legacyId: "${oidOf(31)}") { id } }`);
    const { node } = await ask('query ($id: ID!) { node(id: $id) { __typename } }', { id: job.id });
    expect(node).toEqual({ __typename: 'KernelciTestGroup' });
  });
});

/** Legacy numbers of the builds or jobs that a filter leaves. */
async function left(list: 'events' | 'builds' | 'jobs', filter: string): Promise<number[]> {
  const document = `{ list: ${list}(filter: { ${filter} }, orderBy: [{ field: LEGACY_ID }]) { nodes { legacyId } } }`;
  const { list: page } = await ask(document);
  return page.nodes.map(({ legacyId }: { legacyId: string }) => Number.parseInt(legacyId.slice(14), 16));
}

describe('A filter', () => {
  it.each<['events' | 'builds' | 'jobs', string, number[]]>([
    ['events', 'kernelci: { kernel: { eq: "next-20150116" } }', [1]],
    ['events', 'kernelci: { status: { in: ["FAIL", "BUILD"] } }', [2, 3]],
    ['events', 'kernelci: { private: { eq: true } }', [2]],
    ['events', 'kernelci: { compiler: { eq: "gcc" } }', [1]],
    ['events', 'kernelci: { compiler: { isNull: true } }', [2, 3]],
    ['events', 'project: { eq: "next" }, kernelci: { gitBranch: { eq: "master" } }', [1, 3]],
    ['builds', 'kernelci: { warnings: { gte: 1 } }', [11]],
    ['builds', 'kernelci: { warnings: { isNull: true } }', [12, 13]],
    ['builds', 'kernelci: { buildTime: { gt: 321.4 } }', [11]],
    ['builds', 'kernelci: { kernelImageSize: { eq: 7 } }', [11]],
    ['builds', 'kernelci: { dtbDir: { in: ["dtbs", "x"] } }', [11]],
    ['builds', 'kernelci: { buildEnvironment: { isNull: true } }', [11, 13]],
    ['builds', `kernelci: { eventLegacyId: { eq: "${oidOf(1)}" }, arch: { ne: "arm" } }`, [12]],
    ['jobs', 'kernelci: { collection: { eq: BOOT }, board: { eq: "juno" } }', [21, 23]],
    ['jobs', 'kernelci: { collection: { eq: TEST_GROUP } }', [31]],
    ['jobs', 'kernelci: { timeMs: { lt: 30000 } }', [21]],
    ['jobs', 'requester: { eq: "lab-x" }, kernelci: { retries: { isNull: true } }', [22, 23]],
    ['jobs', 'kernelci: { deviceType: { startsWith: "ju" } }', [31]],
  ])('of %s by { %s } leaves %j', async (list, filter, expected) => {
    expect(await left(list, filter)).toEqual(expected);
  });
});

it('Lists are ordered by any plain member, nulls where they are wanted', async () => {
  const { builds } = await ask(`{ builds(filter: { kernelci: {} }, orderBy: [
    { field: KERNELCI_BUILD_ENVIRONMENT, direction: ASC, nulls: FIRST }, { field: KERNELCI_TREE }]) { nodes { legacyId } } }`);
  expect(builds.nodes.map((node: any) => node.legacyId)).toEqual([13, 11, 12].map(oidOf));
});

describe('Distinct values', () => {
  it.each([
    ['distinctJobs(field: TREE)', ['mainline', 'next']],
    ['distinctJobs(field: COMPILER)', ['gcc', null]],
    ['distinctJobs(field: KERNEL, filter: { project: { eq: "next" } })', ['next-20150116', 'next-20150117']],
    ['distinctBuilds(field: ARCH)', ['arm', 'arm64']],
    ['distinctBuilds(field: BUILD_ENVIRONMENT, filter: { system: { eq: KERNELCI } })', ['gcc-8', null]],
    ['distinctBuilds(field: DEFCONFIG, filter: { system: { eq: FRESHMAKER } })', []],
    ['distinctBoots(field: BOARD)', ['juno', 'panda']],
    ['distinctBoots(field: LAB_NAME)', ['lab-x']],
    ['distinctBoots(field: RETRIES)', [2, null]],
    ['distinctBoots(field: BOARD, filter: { kernelci: { collection: { eq: TEST_GROUP } } })', []],
    ['distinctTestGroups(field: NAME)', ['v4l2']],
    ['distinctTestGroups(field: BUILD_LEGACY_ID)', [null]],
    ['distinctTestCases(field: STATUS)', ['FAIL', 'PASS']],
    ['distinctTestCases(field: TEST_GROUP_LEGACY_ID)', [oidOf(31)]],
    ['distinctTestCases(field: CREATED_AT, filter: { index: { eq: 1 } })', ['2015-01-16T10:41:00Z']],
  ])('%s are %j', async (selection, values) => {
    const { kernelci } = await ask(`{ kernelci { values: ${selection} } }`);
    expect(kernelci.values).toEqual(values);
  });
});

describe('Groups', () => {
  it.each([
    ['jobGroups(by: [TREE])', [3, 2]],
    ['jobGroups(by: [TREE], first: 1)', [3]],
    ['jobGroups(by: [TREE, KERNEL], orderBy: [{ field: CREATED_AT }])', [1, 2, 3]],
    ['buildGroups(by: [ARCH], filter: { kernelci: { status: { eq: "PASS" } } })', [13]],
    ['bootGroups(by: [BOARD, BOARD])', [23, 22]],
    ['bootGroups(by: [LAB_NAME], orderBy: [{ field: CREATED_AT }])', [21]],
    ['testGroupGroups(by: [BOARD])', [31]],
    ['testCaseGroups(by: [TEST_GROUP_LEGACY_ID], orderBy: [{ field: INDEX, direction: DESC }])', [42]],
  ])('%s give the first of each: %j', async (selection, numbers) => {
    const { kernelci } = await ask(`{ kernelci { groups: ${selection} { legacyId document } } }`);
    expect(kernelci.groups.map(({ legacyId }: any) => legacyId)).toEqual(numbers.map(oidOf));
    expect(kernelci.groups.map(({ document }: any) => document['_id'].$oid)).toEqual(numbers.map(oidOf));
  });

  it.each([
    ['jobGroups(by: [])', 'by: name at least one member.'],
    ['jobGroups(by: [TREE], first: 101)', 'first: at most 100.'],
    ['jobGroups(by: [TREE], first: -1)', 'first: must not be negative.'],
  ])('%s is refused: %s', async (selection, message) => {
    const refused = await gateway.anonymous.refusal(`{ kernelci { ${selection} { id } } }`);
    expect(refused).toEqual({ code: 'INVALID', message });
  });
});

describe('What has no state', () => {
  it('is listed with typed members and documents', async () => {
    const { kernelci } = await ask(`{ kernelci {
      testCases(filter: { status: { eq: "FAIL" } }) { totalCount nodes { legacyId name index testGroupLegacyId } }
      testRegressions { nodes { hierarchy tree } }
      buildLogs(filter: { buildLegacyId: { eq: "${oidOf(12)}" } }) { nodes { errors eventLegacyId } }
      jobLogs(filter: { tree: { eq: "next" } }) { nodes { errors document } }
      statistics(orderBy: [{ field: TOTAL_BOOTS }]) { nodes { startAt totalBoots dailyUniqueArchs dailyTotalJobs } } } }`);
    expect(kernelci).toEqual({
      testCases: {
        totalCount: 1,
        nodes: [{ legacyId: oidOf(42), name: 'two', index: 2, testGroupLegacyId: oidOf(31) }],
      },
      testRegressions: { nodes: [{ hierarchy: ['v4l2', 'two'], tree: 'next' }] },
      buildLogs: { nodes: [{ errors: ['e1', 'e2'], eventLegacyId: oidOf(1) }] },
      jobLogs: { nodes: [{ errors: [[2, 'e1']], document: DATA.job_logs[0] }] },
      statistics: {
        nodes: [{ startAt: '2015-01-16T10:00:00Z', totalBoots: 3, dailyUniqueArchs: 2, dailyTotalJobs: null }],
      },
    });
  });
});

describe('Labs and tokens', () => {
  const SELECTIONS = [
    'labs { nodes { name } }',
    'tokens { totalCount }',
    `lab(legacyId: "${oidOf(91)}") { name }`,
    'token(value: "x") { email }',
  ];

  it.each(SELECTIONS)('%s is not for everybody', async (selection) => {
    const document = `{ kernelci { ${selection} } }`;
    const refused = await gateway.anonymous.refusal(document);
    expect(refused).toEqual({ code: 'UNAUTHENTICATED', message: 'This operation needs a bearer token.' });
  });

  it('are shown to those who may, the token in clear text and nowhere in a document', async () => {
    const value = 'a0000000-aaaa-4aaa-8aaa-0000000000a1';
    const { kernelci } = await gateway.admin.run(`{ kernelci {
      labs { nodes { name private tokenLegacyId contact token { token email document } } }
      token(value: "${value}") { legacyId token properties expired expiresAt } unknown: token(value: "\\u0000") { email }
      tokens(filter: { email: { eq: "ci@example.org" } }) { nodes { username } } none: lab(legacyId: "x") { name } } }`);
    const { token: _, ...document } = DATA.token[0]!;
    expect(kernelci).toEqual({
      labs: {
        nodes: [
          {
            name: 'lab-x',
            private: false,
            tokenLegacyId: oidOf(90),
            contact: DATA.lab[0]!.contact,
            token: { token: value, email: 'ci@example.org', document },
          },
        ],
      },
      token: {
        legacyId: oidOf(90),
        token: value,
        properties: document.properties,
        expired: false,
        expiresAt: null,
      },
      unknown: null,
      tokens: { nodes: [{ username: null }] },
      none: null,
    });
  });
});

describe('The number of statements does not grow with the page', () => {
  it.each([
    [
      'jobs with builds',
      2,
      'events(filter: { kernelci: {} }, first: 50) { nodes { builds(first: 5) { nodes { name } } } }',
    ],
    [
      'documents of builds',
      1,
      'builds(filter: { kernelci: {} }, first: 50) { nodes { ... on KernelciBuild { document } } }',
    ],
    ['tags of boots', 2, 'jobs(filter: { kernelci: {} }, first: 50) { nodes { tags } }'],
    ['boots with builds and jobs', 3, 'jobs(filter: { kernelci: {} }) { nodes { build { name } event { name } } }'],
    [
      'a page with its total',
      2,
      'jobs(filter: { kernelci: { collection: { eq: BOOT } } }) { totalCount nodes { name } }',
    ],
    ['test cases', 1, 'kernelci { testCases { nodes { document name } } }'],
    ['groups', 1, 'kernelci { bootGroups(by: [BOARD, LAB_NAME]) { document } }'],
    ['values', 2, 'kernelci { distinctBoots(field: MACH) }'],
  ])('of %s: %d', async (_title, count, selection) => {
    expect(await statementsOf(`{ ${selection} }`)).toBe(count);
  });
});
