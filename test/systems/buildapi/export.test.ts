import { readFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { BUILDAPI_IMPORT } from '../../../src/systems/buildapi/import/index.js';
import { BUILDAPI_EXPORT } from '../../../src/systems/buildapi/export/index.js';
import { importInto } from '../../support/import-database.js';
import { copied, copiedFrom } from '../../support/round-trip.js';
import { describeRoundTrip } from '../../support/round-trip-suite.js';
import { importDatabase } from './import-support.js';
import { buildapiDump } from './random-dump.js';
import { BuildapiGateway } from './world.js';

const FILE = readFileSync(new URL('../../../examples/buildapi.json', import.meta.url), 'utf8');

describeRoundTrip({
  open: importDatabase,
  systemExport: BUILDAPI_EXPORT,
  documents: [
    ['the example file', FILE],
    ['no data', { branches: [], requests: [] }],
  ],
  random: buildapiDump,
});

it('keys of branches and numbers that only JSON holds come back as they were', async () => {
  const document = `{"branches": [{"z": 12345678901234567890, "name": "ash", "repo": "r", "a": 1.50}], "requests": []}`;
  const { texts } = await copied(importDatabase, BUILDAPI_EXPORT, document);
  expect(texts).toEqual([
    expect.stringContaining('{"name":"ash","z":12345678901234567890,"repo":"r","a":1.50}'),
    texts[0],
  ]);
});

let gateway: BuildapiGateway;
afterEach(() => gateway?.close());

const DATA = {
  branches: [],
  changes: [{ changeid: 1, author: 'kim@example.org', when_timestamp: 1_433_160_000, branch: 'ash' }],
  requests: [{ change_ids: [1] }, { reason: 'Self-serve: Rebuilt by kim' }, { branch: 'x/ash' }, { branch: 'try' }].map(
    (more, index) => ({
      request_id: index + 1,
      buildername: 'Linux ash build',
      submittime: 1_433_160_000,
      branch: 'projects/ash',
      ...more,
    }),
  ),
};
const FOR_BUILDER = `buildapiNewBuildForBuilder(branch: "ash", revision: "r", priority: 3, builder: "Linux ash build",
  properties: { a: [1] }, files: ["f", 5])`;
const CLAIM = `mutation ($id: ID!) { buildapiClaimRequest(id: $id, claimedByName: "m1:/b", buildNumber: 7) { id } }`;

it('what an agent did is the same in a database that gets the export, but that its jobs are history there', async () => {
  gateway = await BuildapiGateway.start();
  await importInto(gateway.server.config.database, BUILDAPI_IMPORT, DATA);
  await gateway.job('buildapiRebuildRequest(branch: "ash", requestId: "1", priority: 1, count: 2)');
  await gateway.job('buildapiCancelRequest(branch: "ash", requestId: "3")');
  await gateway.job('buildapiNewBuildAtRevision(branch: "ash", revision: "abc")');
  await gateway.job(FOR_BUILDER);
  const { build } = await gateway.agent.run('{ build(system: BUILDAPI, legacyId: "2") { id } }');
  await gateway.agent.run(CLAIM, build);
  const { original, copy, exported } = await copiedFrom(gateway.server, importDatabase, BUILDAPI_EXPORT);
  // Whoever asks for a build may name any JSON a file; the format has texts.
  const files = JSON.stringify(['f', '5']);
  const event = original.event?.map((row) =>
    row.buildapi_files === '["f",5]' ? { ...row, buildapi_files: files } : row,
  );
  const job = original.job?.map((row) => ({ ...row, buildapi_imported: 1 }));
  expect(copy).toEqual({ ...original, event, job });
  expect([original.build?.length, original.event?.length, exported.remarks]).toEqual([8, 3, []]);
});

it('jobs that wait for an agent are remarked on', async () => {
  gateway = await BuildapiGateway.start({}, { env: { BUILDGATE_BUILDAPI_AGENT: 'external' } });
  for (const revision of ['a', 'b']) {
    await gateway.alice.run(
      `mutation { buildapiNewNightlyAtRevision(branch: "try", revision: "${revision}") { number } }`,
    );
  }
  const { exported } = await copiedFrom(gateway.server, importDatabase, BUILDAPI_EXPORT);
  expect(exported.remarks).toEqual([
    'jobs that wait for an agent, and that nobody will do where they are imported: 2 (1001, 1002)',
  ]);
});
