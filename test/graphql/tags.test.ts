import { graphql } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { ANONYMOUS } from '../../src/core/auth/principal.js';
import { ChangeFeed } from '../../src/core/changes/feed.js';
import { CLIENT_LIMITS, OperationContext, type SystemRuntime } from '../../src/core/graphql/context.js';
import { recordNumber } from '../../src/core/ids.js';
import { Kind, State, System } from '../../src/core/model/states.js';
import { ownStore, type OwnStore } from '../core/world.js';
import { storeWorld } from '../systems/buildapi/world.js';

const batches: (readonly number[])[] = [];
const runtime: SystemRuntime = {
  system: System.BUILDAPI,
  typeNames: { [Kind.EVENT]: 'BuildapiChange', [Kind.BUILD]: 'BuildapiRequest' },
  transitions: {},
  tags: {
    [Kind.BUILD]: {
      name: 'tagsOfBuilds',
      read: async (_context, ids) => {
        batches.push(ids);
        return ids.map((id) => [`number ${recordNumber(id)}`, 'all']);
      },
    },
  },
  service: null,
};

let own: OwnStore;
let feed: ChangeFeed;

beforeAll(async () => {
  own = await ownStore();
  await storeWorld(own.store, {
    requests: Array.from({ length: 8 }, (_, index) => ({ number: index + 1 })),
    changes: [
      [7, 'kim', State.QUEUED],
      [8, 'lee', State.QUEUED],
    ],
  });
  feed = await ChangeFeed.open({ reader: own.store.reader, onError: () => undefined });
});
afterAll(async () => {
  await feed.close();
  await own.close();
});

describe('tags', () => {
  it('are read by the system for all records of a list at once, and are none where a system has none', async () => {
    const gateway = { store: own.store, feed, systems: new Map([[runtime.system, runtime]]), version: '0' };
    const { data, errors } = await graphql({
      schema: await gatewaySchema(),
      source: '{ builds(first: 8) { nodes { legacyId tags } } events(first: 8) { nodes { tags } } }',
      contextValue: new OperationContext(gateway, ANONYMOUS, CLIENT_LIMITS, 'test', null),
    });
    expect(errors).toBeUndefined();
    const { builds, events } = data as any;
    expect(builds.nodes).toHaveLength(8);
    for (const { legacyId, tags } of builds.nodes) expect(tags).toEqual([`number ${legacyId}`, 'all']);
    expect(events.nodes).toEqual([{ tags: [] }, { tags: [] }]);
    expect(batches.map(({ length }) => length)).toEqual([8]);
  });
});
