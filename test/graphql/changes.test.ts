import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type Caller, type RecordKeys } from './agent.js';

let agent: Agent;
let anonymous: Caller;
let close: () => Promise<void>;
let advisory: RecordKeys;
let manual: RecordKeys;
let builds: RecordKeys[];

beforeAll(async () => {
  const started = await startWithAgent();
  ({ agent, anonymous } = started);
  close = () => started.server.close();
  advisory = await agent.event({ messageId: 'ID:broker-1.RHSA-2019:1111', searchKey: '50123' });
  manual = await agent.event({
    messageId: 'manual_rebuild_1',
    searchKey: '50123',
    eventTypeId: 13,
    dryRun: true,
    requester: 'jdoe',
    requestedRebuilds: ['web-container-1.0-7'],
    requesterMetadata: { ticket: 'T-1' },
    dependsOn: [advisory.id],
  });
  builds = await agent.plan(manual, [
    {
      name: 'base-container',
      originalNvr: 'base-container-1.0-1',
      rebuildReason: 'dependency',
      odcsComposes: [30, 31],
    },
    { name: 'web-container', dependsOnName: 'base-container', buildArgs: { target: 'rhel-8' } },
    { name: 'docs', type: 'RPM', bundlePullspecOverrides: { a: [1, null] } },
  ]);
  await agent.moveEvent(manual, 'RUNNING', 'Rebuilding 3 container images.');
  await agent.moveBuild(builds[0]!, 'RUNNING', 'Building container image in Koji.');
  await agent.moveBuild(builds[0]!, 'SUCCEEDED', 'Built successfully.');
});
afterAll(() => close());

describe('state changes', () => {
  const FIELDS = 'nodes { kind from to reason actor event { name } build { name } job { name } }';

  it('are listed from the first, with records as they are now', async () => {
    const { stateChanges } = await anonymous.run(`{ stateChanges { totalCount ${FIELDS} } }`);
    const change = (kind: string, from: string | null, to: string, reason: string | null, name: string) => ({
      kind,
      from,
      to,
      reason,
      actor: 'worker',
      job: null,
      event: kind === 'EVENT' ? { name } : null,
      build: kind === 'BUILD' ? { name } : null,
    });
    expect(stateChanges).toEqual({
      totalCount: 8,
      nodes: [
        change('EVENT', null, 'QUEUED', null, advisory.name),
        change('EVENT', null, 'QUEUED', null, manual.name),
        change('BUILD', null, 'PLANNED', null, 'base-container'),
        change('BUILD', null, 'PLANNED', null, 'web-container'),
        change('BUILD', null, 'PLANNED', null, 'docs'),
        change('EVENT', 'QUEUED', 'RUNNING', 'Rebuilding 3 container images.', manual.name),
        change('BUILD', 'PLANNED', 'RUNNING', 'Building container image in Koji.', 'base-container'),
        change('BUILD', 'RUNNING', 'SUCCEEDED', 'Built successfully.', 'base-container'),
      ],
    });
  });

  it.each([
    ['{ to: { eq: RUNNING } }', 2],
    ['{ from: { isNull: true } }', 5],
    ['{ from: { ne: PLANNED } }', 7],
    ['{ kind: { eq: BUILD }, to: { in: [SUCCEEDED, FAILED] } }', 1],
    ['{ to: { notIn: [PLANNED, QUEUED] } }', 3],
    ['{ system: { eq: RODAN } }', 0],
  ])('are filtered by %s', async (filter, count) => {
    const { stateChanges } = await anonymous.run(`{ stateChanges(filter: ${filter}) { totalCount nodes { to } } }`);
    expect([stateChanges.totalCount, stateChanges.nodes.length]).toEqual([count, count]);
  });

  it('are paged by their cursors', async () => {
    const document = `query ($after: String) { stateChanges(first: 3, after: $after) {
      edges { cursor node { cursor to } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const seen: string[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { edges, pageInfo }: any = (await anonymous.run(document, { after })).stateChanges;
      expect(pageInfo).toMatchObject({ hasPreviousPage: after !== null, startCursor: edges[0].cursor });
      expect(edges.every((edge: any) => edge.cursor === edge.node.cursor)).toBe(true);
      seen.push(...edges.map(({ node }: any) => node.to));
      after = pageInfo.endCursor;
      more = pageInfo.hasNextPage;
    }
    const states = ['QUEUED', 'QUEUED', 'PLANNED', 'PLANNED', 'PLANNED', 'RUNNING', 'RUNNING', 'SUCCEEDED'];
    expect(seen).toEqual(states);
  });

  it('of a record are its own, in pages', async () => {
    const document = `query ($after: String) { build(system: FRESHMAKER, legacyId: "1") {
      changes(first: 2, after: $after) { totalCount nodes { from to } pageInfo { hasNextPage endCursor } } } }`;
    const first = (await anonymous.run(document)).build.changes;
    expect(first).toMatchObject({
      totalCount: 3,
      nodes: [
        { from: null, to: 'PLANNED' },
        { from: 'PLANNED', to: 'RUNNING' },
      ],
      pageInfo: { hasNextPage: true },
    });
    const second = (await anonymous.run(document, { after: first.pageInfo.endCursor })).build.changes;
    expect(second.nodes).toEqual([{ from: 'RUNNING', to: 'SUCCEEDED' }]);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });
});
