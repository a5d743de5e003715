import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import { SecretBox } from '../../src/core/auth/secrets.js';
import { importSamples } from '../../src/demo/data/sample.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { SECRET } from '../support/secrets.js';

const NOW = Date.UTC(2026, 2, 14, 9, 26, 53);
const RECORDS = `{ events(first: 100) { nodes { id name state createdAt } }
  builds(first: 100) { nodes { id name state submittedAt } } jobs(first: 100) { nodes { id name state createdAt } } }`;

async function sampleServer(seed: number): Promise<TestServer> {
  const { secrets } = loadConfig({ BUILDGATE_SECRET: SECRET });
  return startTestServer({
    prepare: (database) => importSamples({ database, secrets: SecretBox.open(secrets) }, seed, NOW),
  });
}

describe('the samples of a demo', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await sampleServer(1);
  });
  afterAll(() => server.close());

  it.each(['FRESHMAKER', 'BUILDAPI', 'DEVMASON', 'RODAN', 'KERNELCI'])(
    'have some two hundred records of %s, none of them younger than now',
    async (system) => {
      const filter = `{ system: { eq: ${system} } }`;
      const { data } = await server.graphql(
        `{ events(filter: ${filter}) { totalCount } builds(filter: ${filter}) { totalCount } jobs(filter: ${filter}) { totalCount }
           late: builds(filter: { system: { eq: ${system} }, submittedAt: { gt: "${new Date(NOW).toISOString()}" } }) { totalCount }
           recent: builds(filter: { system: { eq: ${system} }, submittedAt: { gt: "${new Date(NOW - 3 * 3_600_000).toISOString()}" } }) { totalCount } }`,
      );
      const total = data.events.totalCount + data.builds.totalCount + data.jobs.totalCount;
      expect(total).toBeGreaterThanOrEqual(180);
      expect(total).toBeLessThanOrEqual(450);
      expect(data.late.totalCount).toBe(0);
      expect(data.recent.totalCount).toBeGreaterThan(0);
    },
  );

  it('are the same for the same seed and moment, and others for another seed', async () => {
    const [same, other] = await Promise.all([sampleServer(1), sampleServer(2)]);
    const { data } = await server.graphql(RECORDS);
    expect((await same.graphql(RECORDS)).data).toEqual(data);
    expect((await other.graphql(RECORDS)).data).not.toEqual(data);
    await Promise.all([same.close(), other.close()]);
  });
});
