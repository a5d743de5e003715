import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Agent, type Caller, type RecordKeys } from './agent.js';

const TIME: unknown = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);

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

const EVENT = `fragment CommonEvent on Event {
  id system legacyId name state stateReason project { name } requester tags createdAt startedAt finishedAt
  buildCounts { total planned queued running succeeded failed canceled skipped unknown } }`;

describe('one record', () => {
  it('shows an event with its common fields through an interface fragment', async () => {
    const document = `{ event(system: FRESHMAKER, legacyId: "2") { __typename ...CommonEvent } } ${EVENT}`;
    const none = { queued: 0, running: 0, failed: 0, canceled: 0, skipped: 0, unknown: 0 };
    expect(await anonymous.run(document)).toEqual({
      event: {
        __typename: 'FreshmakerEvent',
        id: manual.id,
        system: 'FRESHMAKER',
        legacyId: '2',
        name: 'ManualRebuildWithAdvisoryEvent 50123',
        state: 'RUNNING',
        stateReason: 'Rebuilding 3 container images.',
        project: null,
        requester: 'jdoe',
        tags: ['advisory:50123', 'dry-run'],
        createdAt: TIME,
        startedAt: TIME,
        finishedAt: null,
        buildCounts: {
          total: 3,
          planned: 2,
          succeeded: 1,
          ...none,
        },
      },
    });
  });

  it('shows what only Freshmaker records of an event', async () => {
    const document = `query ($id: ID!) { node(id: $id) { id ... on FreshmakerEvent {
      messageId searchKey eventTypeId eventTypeName dryRun requestedRebuilds requesterMetadata legacyState legacyStateName
      dependsOn { legacyId } dependingEvents { legacyId } artifactBuilds { name } } } }`;
    expect(await anonymous.run(document, { id: manual.id })).toEqual({
      node: {
        id: manual.id,
        messageId: 'manual_rebuild_1',
        searchKey: '50123',
        eventTypeId: 13,
        eventTypeName: 'ManualRebuildWithAdvisoryEvent',
        dryRun: true,
        requestedRebuilds: ['web-container-1.0-7'],
        requesterMetadata: { ticket: 'T-1' },
        legacyState: 1,
        legacyStateName: 'BUILDING',
        dependsOn: [{ legacyId: '1' }],
        dependingEvents: [],
        artifactBuilds: [{ name: 'base-container' }, { name: 'web-container' }, { name: 'docs' }],
      },
    });
    const other =
      '{ event(system: FRESHMAKER, legacyId: "1") { ... on FreshmakerEvent { dependingEvents { legacyId } } } }';
    expect(await anonymous.run(other)).toEqual({ event: { dependingEvents: [{ legacyId: '2' }] } });
  });

  it('shows a build with what it belongs to, waits for and is waited for by', async () => {
    const document = `{ build(system: FRESHMAKER, legacyId: "1") {
      __typename id system legacyId name state stateReason requester tags submittedAt startedAt finishedAt
      project { __typename system legacyId name } event { id name } dependsOn { name } jobs { totalCount nodes { id } }
      ... on FreshmakerBuild { type legacyType legacyState legacyStateName originalNvr rebuiltNvr externalBuildId rebuildReason
        buildArgs odcsComposes bundlePullspecOverrides dependsOnBuild { name } dependents { name } freshmakerEvent { searchKey } } } }`;
    expect(await anonymous.run(document)).toEqual({
      build: {
        __typename: 'FreshmakerBuild',
        id: builds[0]!.id,
        system: 'FRESHMAKER',
        legacyId: '1',
        name: 'base-container',
        state: 'SUCCEEDED',
        stateReason: 'Built successfully.',
        requester: 'jdoe',
        tags: ['IMAGE', 'dependency'],
        submittedAt: TIME,
        startedAt: TIME,
        finishedAt: TIME,
        project: {
          __typename: 'Project',
          system: 'FRESHMAKER',
          legacyId: 'base-container',
          name: 'base-container',
        },
        event: {
          id: manual.id,
          name: manual.name,
        },
        dependsOn: [],
        jobs: {
          totalCount: 0,
          nodes: [],
        },
        type: 'IMAGE',
        legacyType: 1,
        legacyState: 1,
        legacyStateName: 'DONE',
        originalNvr: 'base-container-1.0-1',
        rebuiltNvr: null,
        externalBuildId: null,
        rebuildReason: 'dependency',
        buildArgs: {},
        odcsComposes: [30, 31],
        bundlePullspecOverrides: null,
        dependsOnBuild: null,
        dependents: [{ name: 'web-container' }],
        freshmakerEvent: { searchKey: '50123' },
      },
    });
    const web = `{ build(system: FRESHMAKER, legacyId: "2") { dependsOn { name }
      ... on FreshmakerBuild { buildArgs dependsOnBuild { legacyId } } } docs: build(system: FRESHMAKER, legacyId: "3") {
      tags ... on FreshmakerBuild { type bundlePullspecOverrides } } }`;
    expect(await anonymous.run(web)).toEqual({
      build: {
        dependsOn: [{ name: 'base-container' }],
        buildArgs: { target: 'rhel-8' },
        dependsOnBuild: { legacyId: '1' },
      },
      docs: { tags: ['RPM', 'directly_affected'], type: 'RPM', bundlePullspecOverrides: { a: [1, null] } },
    });
  });

  it('is null where there is none', async () => {
    const document = `{ event(system: FRESHMAKER, legacyId: "99") { id } other: event(system: RODAN, legacyId: "1") { id }
      build(system: FRESHMAKER, legacyId: "x") { id } job(system: DEVMASON, legacyId: "1") { id }
      project(system: FRESHMAKER, legacyId: "nothing") { id } node(id: "RTk5OTk5Mg") { id } rubbish: node(id: "rubbish") { id } }`;
    expect(await anonymous.run(document)).toEqual({
      event: null,
      other: null,
      build: null,
      job: null,
      project: null,
      node: null,
      rubbish: null,
    });
  });

  it('is found by its global id, several in the order asked for', async () => {
    const { project } = await anonymous.run('{ project(system: FRESHMAKER, legacyId: "docs") { id name } }');
    const document = 'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }';
    const ids = [builds[1]!.id, 'rubbish', project.id, manual.id, builds[1]!.id];
    expect((await anonymous.run(document, { ids })).nodes).toEqual([
      { __typename: 'FreshmakerBuild', id: builds[1]!.id },
      null,
      { __typename: 'Project', id: project.id },
      { __typename: 'FreshmakerEvent', id: manual.id },
      { __typename: 'FreshmakerBuild', id: builds[1]!.id },
    ]);
  });
});

describe('viewer', () => {
  it('is who asks', async () => {
    expect(await agent.run('{ viewer { name admin roles } }')).toEqual({
      viewer: { name: 'worker', admin: false, roles: ['agent'] },
    });
  });

  it('is null without credentials', async () => {
    expect(await anonymous.run('{ viewer { name } }')).toEqual({ viewer: null });
  });
});

describe('what only Freshmaker has', () => {
  it('is below its own field', async () => {
    const { freshmaker } = await anonymous.run(
      '{ freshmaker { about { authBackend } eventTypes { id name } eventStates { id name } buildTypes { id name } buildStates { id name } } }',
    );
    expect(freshmaker.about).toEqual({ authBackend: 'openidc' });
    expect(freshmaker.eventTypes).toHaveLength(19);
    expect(freshmaker.eventTypes[10]).toEqual({ id: 10, name: 'ErrataAdvisoryStateChangedEvent' });
    const names = (codes: { name: string }[]) => codes.map(({ name }) => name);
    expect(names(freshmaker.eventStates)).toEqual([
      'INITIALIZED',
      'BUILDING',
      'COMPLETE',
      'FAILED',
      'SKIPPED',
      'CANCELED',
    ]);
    expect(names(freshmaker.buildTypes)).toEqual(['RPM', 'IMAGE', 'MODULE', 'IMAGE_REPOSITORY']);
    expect(names(freshmaker.buildStates)).toEqual(['BUILD', 'DONE', 'FAILED', 'CANCELED', 'PLANNED']);
  });
});
