import { describe, expect, it } from 'vitest';
import {
  type BuildFields,
  type FullEventFields,
  type MinEventFields,
  representBuild,
  representEventFull,
  representEventMin,
  representImageVerification,
  representRepositoryVerification,
  representWrittenEvent,
} from '../../../src/systems/freshmaker/rest/represent.js';
import { sortedJson } from '../../../src/systems/freshmaker/rest/sorted-json.js';

const build: BuildFields = {
  legacyId: '901',
  freshmakerEvent: { legacyId: '214' },
  name: 'web-container',
  type: 'IMAGE',
  legacyType: 1,
  legacyState: 0,
  legacyStateName: 'BUILD',
  stateReason: 'Building container image in Koji.',
  originalNvr: 'web-container-1.0-7',
  rebuiltNvr: 'web-container-1.0-7.1564641046',
  externalBuildId: 7001,
  dependsOnBuild: { legacyId: '900', name: 'base-container' },
  rebuildReason: 'directly_affected',
  buildArgs: { target: 'rhel-8-candidate', arches: 'x86_64' },
  odcsComposes: [31],
  submittedAt: '2019-08-01T06:31:02.000250Z',
  finishedAt: null,
};

const event: FullEventFields & MinEventFields = {
  legacyId: '214',
  messageId: 'manual_rebuild_1564641046.52',
  searchKey: '50123',
  eventTypeId: 13,
  legacyState: 1,
  legacyStateName: 'BUILDING',
  stateReason: 'Advisory 50123: Rebuilding 2 container images.',
  createdAt: '2019-08-01T06:30:46.999999Z',
  finishedAt: null,
  dryRun: false,
  requester: 'jdoe',
  requestedRebuilds: ['web-container-1.0-7'],
  requesterMetadata: { ticket: 'T-1' },
  dependsOn: [{ legacyId: '201' }],
  dependingEvents: [],
  artifactBuilds: [build],
  buildCounts: { total: 2, planned: 0, running: 1, succeeded: 1, failed: 0, canceled: 0 },
};

const BUILD_TEXT =
  '{"build_args":{"arches":"x86_64","target":"rhel-8-candidate"},"build_id":7001,"dep_on":"base-container","dep_on_id":900,' +
  '"event_id":214,"id":901,"name":"web-container","odcs_composes":[31],"original_nvr":"web-container-1.0-7","rebuild_reason":"directly_affected",' +
  '"rebuilt_nvr":"web-container-1.0-7.1564641046","state":0,"state_name":"BUILD","state_reason":"Building container image in Koji.",' +
  '"time_completed":null,"time_submitted":"2019-08-01T06:31:02Z","type":1,"type_name":"IMAGE","url":"/api/1/builds/901"}';

const EVENT_TEXT =
  '"depending_events":[],"depends_on_events":[201],"dry_run":false,"event_type_id":13,' +
  '"id":214,"message_id":"manual_rebuild_1564641046.52","requested_rebuilds":["web-container-1.0-7"],"requester":"jdoe",' +
  '"requester_metadata":{"ticket":"T-1"},"search_key":"50123","state":1,"state_name":"BUILDING","state_reason":"Advisory 50123: Rebuilding 2 container images.",' +
  '"time_created":"2019-08-01T06:30:46Z","time_done":null,"url":"/api/1/events/214"}';

describe('Freshmaker’s objects', () => {
  it('show a build with all its members, times without fraction, keys in order', () => {
    expect(sortedJson(representBuild(build, ''))).toBe(BUILD_TEXT);
  });

  it('show an event in version 1 with whole builds', () => {
    expect(sortedJson(representEventFull(event, ''))).toBe(`{"builds":[${BUILD_TEXT}],${EVENT_TEXT}`);
  });

  it('show an event in version 2 with the counts of the states that occur', () => {
    expect(sortedJson(representEventMin(event, ''))).toBe(
      `{"builds_summary":{"BUILD":1,"DONE":1,"total":2},${EVENT_TEXT}`,
    );
  });

  it('always have the total in the summary', () => {
    const none = { total: 0, planned: 0, running: 0, succeeded: 0, failed: 0, canceled: 0 };
    expect(representEventMin({ ...event, buildCounts: none }, '')).toMatchObject({ builds_summary: { total: 0 } });
    const all = { total: 15, planned: 5, running: 4, succeeded: 3, failed: 2, canceled: 1 };
    expect(representEventMin({ ...event, buildCounts: all }, '')['builds_summary']).toEqual({
      total: 15,
      PLANNED: 5,
      BUILD: 4,
      DONE: 3,
      FAILED: 2,
      CANCELED: 1,
    });
  });

  it('answer a write in version 2 with builds and summary both', () => {
    expect(Object.keys(representWrittenEvent(event, '1', ''))).not.toContain('builds_summary');
    expect(representWrittenEvent(event, '2', '')).toEqual({
      ...representEventFull(event, ''),
      ...representEventMin(event, ''),
    });
  });

  it('carry the path of the mount in url, always of version 1', () => {
    const full = representEventFull(event, '/freshmaker');
    expect(full['url']).toBe('/freshmaker/api/1/events/214');
    expect(full['builds']).toEqual([expect.objectContaining({ url: '/freshmaker/api/1/builds/901' })]);
  });

  it('write what is missing as null, empty object or empty list', () => {
    const bare: BuildFields = {
      ...build,
      stateReason: null,
      originalNvr: null,
      rebuiltNvr: null,
      externalBuildId: null,
      dependsOnBuild: null,
      buildArgs: null,
      odcsComposes: [],
    };
    expect(representBuild(bare, '')).toMatchObject({
      state_reason: null,
      original_nvr: null,
      rebuilt_nvr: null,
      build_id: null,
      dep_on: null,
      dep_on_id: null,
      build_args: {},
      odcs_composes: [],
    });
    const old = { ...event, dryRun: null, createdAt: null, requester: null, requesterMetadata: null };
    expect(representEventMin(old, '')).toMatchObject({
      dry_run: null,
      time_created: null,
      requester: null,
      requester_metadata: {},
    });
  });

  it('keep a negative build_id of a dry run', () => {
    expect(representBuild({ ...build, externalBuildId: -3 }, '')['build_id']).toBe(-3);
  });

  it('show verified images by NVR, whatever its text', () => {
    const result = { images: [{ nvr: '__proto__', contentSets: ['a'] }], message: 'Found 1 images' };
    expect(sortedJson(representImageVerification(result))).toBe(
      '{"images":{"__proto__":["a"]},"msg":"Found 1 images"}',
    );
    const images = [{ nvr: 'web-1-2', contentSets: ['b', 'a'], tags: ['latest'] }];
    expect(sortedJson(representRepositoryVerification({ autoRebuildTags: ['latest'], images, message: 'm' }))).toBe(
      '{"images":{"web-1-2":{"content_sets":["b","a"],"tags":["latest"]}},"msg":"m","repository":{"auto_rebuild_tags":["latest"]}}',
    );
  });
});
