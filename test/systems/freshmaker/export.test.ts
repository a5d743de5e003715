import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FRESHMAKER_EXPORT } from '../../../src/systems/freshmaker/export/index.js';
import { startWithAgent, type Agent } from '../../graphql/agent.js';
import { copied, copiedFrom } from '../../support/round-trip.js';
import { describeRoundTrip } from '../../support/round-trip-suite.js';
import type { TestServer } from '../../support/server.js';
import { EXAMPLE, importDatabase } from './import-support.js';
import { freshmakerDump } from './random-dump.js';

const FILE = readFileSync(new URL('../../../examples/freshmaker.json', import.meta.url), 'utf8');

describeRoundTrip({
  open: importDatabase,
  systemExport: FRESHMAKER_EXPORT,
  documents: [
    ['the example of the contract', EXAMPLE],
    ['the example file', FILE],
    ['no data', { events: [] }],
  ],
  random: freshmakerDump,
});

it('numbers and texts that only JSON holds come back as they were', async () => {
  const document = `{"events": [{"id": 0, "message_id": "", "search_key": "\\u2028", "event_type_id": 77, "state": 1,
    "dry_run": null, "requester_metadata": {"n": 12345678901234567890, "x": 1e400, "nul": "\\u0000\\ud800"}}]}`;
  const { original, copy, texts } = await copied(importDatabase, FRESHMAKER_EXPORT, document);
  expect(copy).toEqual(original);
  expect(texts[0]).toContain('"requester_metadata":{"n":12345678901234567890,"x":1e400,"nul":"\\u0000\\ud800"}');
});

describe('what agents reported', () => {
  let server: TestServer;
  let agent: Agent;
  beforeAll(async () => {
    ({ server, agent } = await startWithAgent());
  });
  afterAll(() => server.close());

  it('is the same in a database that gets the export, with the times when work began', async () => {
    const event = await agent.event({ requester: 'jdoe', requesterMetadata: [1, { a: null }] });
    const later = await agent.event({ dependsOn: [event.id], dryRun: true });
    const builds = await agent.plan(event, ['a', { name: 'b', dependsOnName: 'a', buildArgs: 5 }, 'c']);
    await agent.plan(later, ['a']);
    await agent.moveEvent(event, 'RUNNING', 'at work');
    for (const build of builds) await agent.moveBuild(build, 'RUNNING');
    await agent.moveBuild(builds[0]!, 'FAILED', 'no space');
    await agent.moveBuild(builds[2]!, 'SUCCEEDED');
    await server.token('mia', { roles: ['freshmaker/admin'] });
    const { original, copy, exported } = await copiedFrom(server, importDatabase, FRESHMAKER_EXPORT);
    expect(copy).toEqual(original);
    expect(original.build?.filter((row) => row.started_at !== null)).toHaveLength(3);
    expect(exported.remarks).toEqual([]);
    expect(JSON.parse(exported.text)).toMatchObject({
      permissions: [{ role: 'admin', users: ['mia'], groups: [] }],
      repositories: [],
      images: [],
    });
  });
});
