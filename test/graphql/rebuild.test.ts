import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestServer } from '../support/server.js';
import { Caller, startWithAgent, type Agent } from './agent.js';

let server: TestServer;
let agent: Agent;
let jdoe: Caller;

beforeAll(async () => {
  ({ server, agent } = await startWithAgent());
  const roles = ['freshmaker/manual_rebuilder', 'freshmaker/freshmaker_async_rebuilders'];
  jdoe = new Caller(server, await server.token('jdoe', { roles }));
});
afterAll(() => server.close());

const FIELDS = `{ legacyId name state requester tags ... on FreshmakerEvent {
  messageId searchKey eventTypeId dryRun requestedRebuilds requesterMetadata dependsOn { legacyId } } }`;
const BY_INPUT = `mutation ($input: FreshmakerRebuildInput) { freshmakerRequestRebuild(input: $input) ${FIELDS} }`;
const BY_REQUEST = `mutation ($request: JSONObject) { freshmakerRequestRebuild(request: $request) ${FIELDS} }`;
const ASYNC = `mutation ($input: FreshmakerAsyncRebuildInput) { freshmakerRequestAsyncRebuild(input: $input) ${FIELDS} }`;

/** The last message that was published. */
async function lastMessage(): Promise<{ topic: string; payload: any }> {
  await server.settled();
  const { topic, body } = server.messages.at(-1)!;
  return { topic, payload: JSON.parse(String(body)) };
}

describe('a rebuild', () => {
  it('is asked for by a typed input', async () => {
    const input = {
      errataId: 50123,
      containerImages: ['web-container-1.0-7'],
      dryRun: true,
      metadata: { ticket: 'T-1' },
      distGitBranch: 'web-rhel-8',
      brewTarget: 'rhel-8',
    };
    const { freshmakerRequestRebuild: event } = await jdoe.run(BY_INPUT, { input });
    expect(event).toEqual({
      legacyId: expect.any(String),
      name: 'ManualRebuildWithAdvisoryEvent 50123',
      state: 'QUEUED',
      requester: 'jdoe',
      tags: ['advisory:50123', 'dry-run'],
      messageId: expect.stringMatching(/^manual_rebuild_\d+\.\d{6}$/),
      searchKey: '50123',
      eventTypeId: 13,
      dryRun: true,
      requestedRebuilds: ['web-container-1.0-7'],
      requesterMetadata: { ticket: 'T-1' },
      dependsOn: [],
    });
    expect(await lastMessage()).toEqual({
      topic: 'VirtualTopic.eng.freshmaker.manual.rebuild',
      payload: {
        errata_id: 50123,
        container_images: ['web-container-1.0-7'],
        dry_run: true,
        metadata: { ticket: 'T-1' },
        dist_git_branch: 'web-rhel-8',
        brew_target: 'rhel-8',
        msg_id: event.messageId,
        requester: 'jdoe',
      },
    });
  });

  it('is asked for by the body of the REST API, which is passed on whole', async () => {
    const base = await agent.event({ searchKey: '60001' });
    const request = { freshmaker_event_id: Number(base.legacyId), anything: { nested: [null, 'ü'] } };
    const { freshmakerRequestRebuild: event } = await jdoe.run(BY_REQUEST, { request: { ...request, force: true } });
    expect(event).toMatchObject({ searchKey: '60001', dependsOn: [{ legacyId: base.legacyId }], dryRun: false });
    expect((await lastMessage()).payload).toEqual({
      ...request,
      force: true,
      errata_id: 60001,
      msg_id: event.messageId,
      requester: 'jdoe',
    });
  });

  it.each([
    [{}, 'You must at least provide "errata_id" or "freshmaker_event_id" in the request.'],
    [{ errata_id: 'x' }, '"errata_id" must be an integer.'],
    [{ errata_id: 1, container_images: 'x' }, '"container_images" must be an array of strings.'],
    [{ errata_id: 1, dry_run: 'yes' }, '"dry_run" must be a boolean.'],
    [{ freshmaker_event_id: 9_999 }, 'The provided "freshmaker_event_id" is invalid.'],
    [{ freshmaker_event_id: 1e300 }, 'The provided "freshmaker_event_id" is invalid.'],
    [{ freshmaker_event_id: 1.5 }, '"freshmaker_event_id" must be an integer.'],
  ])('%j is refused in the words of the contract, and records nothing', async (request, message) => {
    const before = await jdoe.run('{ events { totalCount } }');
    expect(await jdoe.refusal(BY_REQUEST, { request })).toEqual({ code: 'INVALID', message });
    expect(await jdoe.run('{ events { totalCount } }')).toEqual(before);
  });

  it('is refused while an event of the advisory is under way, unless it is forced', async () => {
    const input = { errataId: 70001 };
    const { legacyId } = (await jdoe.run(BY_INPUT, { input })).freshmakerRequestRebuild;
    expect(await jdoe.refusal(BY_INPUT, { input })).toEqual({
      code: 'INVALID',
      message: `Events triggered by advisory 70001 are running: [${legacyId}]. If you want to rebuild it anyway, use "force": true option.`,
    });
    await jdoe.run(BY_INPUT, { input: { ...input, force: true } });
  });

  it('is recorded once when many ask for it at the same time', async () => {
    const asked = await Promise.all(
      Array.from({ length: 10 }, () => jdoe.send(BY_INPUT, { input: { errataId: 80001 } })),
    );
    const codes = asked.map(({ errors }) => errors?.[0]?.extensions.code ?? 'recorded');
    expect(codes.toSorted()).toEqual([...Array.from({ length: 9 }, () => 'INVALID'), 'recorded']);
  });

  it('takes any JSON as metadata, also what no column takes as text', async () => {
    const metadata = { text: 'a\0b', half: '\ud800', big: 1e308, list: [null, true, ['ü']] };
    const { freshmakerRequestRebuild: event } = await jdoe.run(BY_INPUT, { input: { errataId: 90001, metadata } });
    expect(event.requesterMetadata).toEqual(metadata);
  });
});

describe('a rebuild without advisory', () => {
  it('is asked for with a branch and images, whose names are completed', async () => {
    const input = { distGitBranch: 'main', containerImages: ['web', 'base-container'] };
    const { freshmakerRequestAsyncRebuild: event } = await jdoe.run(ASYNC, { input });
    expect(event).toMatchObject({
      eventTypeId: 14,
      requestedRebuilds: ['web-container', 'base-container'],
      searchKey: event.messageId,
      messageId: expect.stringMatching(/^async_build_/),
      requester: 'jdoe',
      tags: [],
    });
    const { topic, payload } = await lastMessage();
    expect([topic, payload.container_images]).toEqual([
      'VirtualTopic.eng.freshmaker.async.manual.build',
      ['web-container', 'base-container'],
    ]);
  });

  it('is refused without them', async () => {
    expect((await jdoe.refusal(ASYNC, { input: { distGitBranch: 'main' } })).message).toBe(
      '"dist_git_branch" and "container_images" are required in the request for async builds',
    );
  });
});
