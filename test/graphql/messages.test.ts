import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { startWithAgent, type Agent } from './agent.js';

const PREFIX = 'VirtualTopic.eng.freshmaker.';
const TIME: unknown = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

let server: TestServer;
let agent: Agent;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
});
afterAll(() => server.close());

/** What an action put on the bus: topics without prefix, payloads parsed, in order. */
async function messagesOf(action: () => Promise<unknown>): Promise<{ topic: string; payload: any }[]> {
  await server.settled();
  const before = server.messages.length;
  await action();
  await server.settled();
  return server.messages.slice(before).map(({ topic, body }) => {
    expect(topic.startsWith(PREFIX)).toBe(true);
    return { topic: topic.slice(PREFIX.length), payload: JSON.parse(String(body)) };
  });
}

describe('messages', () => {
  it('are not sent at creation, planning and correction', async () => {
    const sent = await messagesOf(async () => {
      const event = await agent.event();
      const [build] = await agent.plan(event, ['one']);
      await agent.run(
        'mutation ($id: ID!) { freshmakerUpdateBuild(id: $id, input: { rebuiltNvr: "x" }) { id } }',
        build,
      );
      await agent.run(
        'mutation ($id: ID!) { freshmakerUpdateEvent(id: $id, input: { searchKey: "8" }) { id } }',
        event,
      );
    });
    expect(sent).toEqual([]);
  });

  it('show a moved event whole, then with counts', async () => {
    const base = await agent.event();
    const event = await agent.event({
      messageId: 'ID:x.RHSA-2019:1',
      searchKey: '123',
      eventTypeId: 13,
      requester: 'jdoe',
      dryRun: true,
      requestedRebuilds: ['web-1-1'],
      requesterMetadata: { ticket: 'T-1' },
      dependsOn: [base.id],
    });
    const [one, two] = await agent.plan(event, [
      { name: 'base', buildArgs: { target: 'a' }, odcsComposes: [3] },
      { name: 'web', dependsOnName: 'base', originalNvr: 'web-1-1' },
    ]);
    await agent.moveBuild(one!, 'SUCCEEDED', 'Built successfully.');
    const [id, baseId] = [Number(event.legacyId), Number(base.legacyId)];
    const [first, second] = [Number(one!.legacyId), Number(two!.legacyId)];
    const common = {
      depending_events: [],
      depends_on_events: [baseId],
      dry_run: true,
      event_type_id: 13,
      id,
      message_id: 'ID:x.RHSA-2019:1',
      requested_rebuilds: ['web-1-1'],
      requester: 'jdoe',
      requester_metadata: { ticket: 'T-1' },
      search_key: '123',
      state: 1,
      state_name: 'BUILDING',
      state_reason: 'Rebuilding.',
      time_created: TIME,
      time_done: null,
      url: `/freshmaker/api/1/events/${id}`,
    };
    const build = { build_id: null, event_id: id, rebuild_reason: 'directly_affected', rebuilt_nvr: null, type: 1 };
    expect(await messagesOf(() => agent.moveEvent(event, 'RUNNING', 'Rebuilding.'))).toEqual([
      {
        topic: 'event.state.changed',
        payload: {
          ...common,
          builds: [
            {
              ...build,
              build_args: { target: 'a' },
              dep_on: null,
              dep_on_id: null,
              id: first,
              name: 'base',
              odcs_composes: [3],
              original_nvr: null,
              state: 1,
              state_name: 'DONE',
              state_reason: 'Built successfully.',
              time_completed: TIME,
              time_submitted: TIME,
              type_name: 'IMAGE',
              url: `/freshmaker/api/1/builds/${first}`,
            },
            {
              ...build,
              build_args: {},
              dep_on: 'base',
              dep_on_id: first,
              id: second,
              name: 'web',
              odcs_composes: [],
              original_nvr: 'web-1-1',
              state: 4,
              state_name: 'PLANNED',
              state_reason: null,
              time_completed: null,
              time_submitted: TIME,
              type_name: 'IMAGE',
              url: `/freshmaker/api/1/builds/${second}`,
            },
          ],
        },
      },
      {
        topic: 'event.state.changed.min',
        payload: { ...common, builds_summary: { total: 2, DONE: 1, PLANNED: 1 } },
      },
    ]);
  });

  it('are not sent when the state stays', async () => {
    const event = await agent.event();
    const [build] = await agent.plan(event, ['one']);
    const sent = await messagesOf(async () => {
      await agent.moveEvent(event, 'QUEUED', 'other reason');
      await agent.moveBuild(build!, 'PLANNED', 'other reason');
    });
    expect(sent).toEqual([]);
  });

  it('of builds that wait come before the one of their parent', async () => {
    const event = await agent.event();
    const [base, web, docs] = await agent.plan(event, [
      'base',
      { name: 'web', dependsOnName: 'base' },
      { name: 'docs', dependsOnName: 'web' },
    ]);
    const sent = await messagesOf(() => agent.moveBuild(base!, 'FAILED', 'Failed to build in Koji.'));
    expect(sent.map(({ topic, payload }) => [topic, payload.id, payload.state_name, payload.state_reason])).toEqual([
      [
        'build.state.changed',
        Number(docs!.legacyId),
        'FAILED',
        'Cannot build artifact, because its dependency cannot be built.',
      ],
      [
        'build.state.changed',
        Number(web!.legacyId),
        'FAILED',
        'Cannot build artifact, because its dependency cannot be built.',
      ],
      ['build.state.changed', Number(base!.legacyId), 'FAILED', 'Failed to build in Koji.'],
    ]);
  });

  it('carry the build with what was learnt when it was submitted', async () => {
    const [build] = await agent.plan(await agent.event(), ['one']);
    const document = `mutation ($id: ID!) { freshmakerSubmitBuild(id: $id, input: { externalBuildId: 7001 }, reason: "Koji.") { id } }`;
    const sent = await messagesOf(() => agent.run(document, { id: build!.id }));
    expect(sent).toMatchObject([
      { topic: 'build.state.changed', payload: { build_id: 7001, state_name: 'BUILD', state_reason: 'Koji.' } },
    ]);
  });

  it('of a cancelled event show it before its builds, and end with the work for the workers', async () => {
    const event = await agent.event({ requester: 'boss' });
    const [planned, running, done] = await agent.plan(event, ['planned', 'running', 'done']);
    await agent.moveBuild(running!, 'RUNNING', 'Building.');
    await agent.moveBuild(done!, 'SUCCEEDED');
    const token = await server.token('boss', { admin: true });
    const id = Number(event.legacyId);
    const document = `mutation { freshmakerCancelEvent(legacyId: "${id}", request: { action: "cancel", extra: [1] }) { state } }`;
    const sent = await messagesOf(() => server.graphql(document, {}, token));
    expect(sent.map(({ topic, payload }) => [topic, payload.state_name ?? payload.action])).toEqual([
      ['event.state.changed', 'CANCELED'],
      ['event.state.changed.min', 'CANCELED'],
      ['build.state.changed', 'CANCELED'],
      ['build.state.changed', 'CANCELED'],
      ['manage.eventcancel', 'eventcancel'],
    ]);
    expect(sent[1]!.payload.builds_summary).toEqual({ total: 3, BUILD: 1, DONE: 1, PLANNED: 1 });
    expect(sent[2]!.payload).toMatchObject({
      id: Number(planned!.legacyId),
      state_reason: 'Build canceled before running on external build system.',
    });
    expect(sent[3]!.payload).toMatchObject({ id: Number(running!.legacyId), state_reason: null });
    expect(sent[4]!.payload).toEqual({
      action: 'eventcancel',
      extra: [1],
      event_id: id,
      builds_id: [Number(running!.legacyId)],
    });
  });
});
