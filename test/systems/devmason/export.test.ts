import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEVMASON_EXPORT } from '../../../src/systems/devmason/export/index.js';
import { copiedFrom, exported } from '../../support/round-trip.js';
import { describeRoundTrip } from '../../support/round-trip-suite.js';
import { Real, sequences } from './commands.js';
import { EXAMPLE, importDatabase } from './import-support.js';
import { DevmasonModel } from './model.js';
import { devmasonDump } from './random-dump.js';
import { DevmasonServer, GENIE, JAFAR } from './rest-support.js';

const FILE = readFileSync(new URL('../../../examples/devmason.json', import.meta.url), 'utf8');

describeRoundTrip({
  open: importDatabase,
  systemExport: DEVMASON_EXPORT,
  documents: [
    ['the example of the contract', EXAMPLE],
    ['the example file', FILE],
    ['no data', { projects: [] }],
  ],
  random: devmasonDump,
});

describe('what clients reported', () => {
  let server: DevmasonServer;
  beforeEach(async () => {
    server = await DevmasonServer.start();
  });
  afterEach(() => server.close());

  it('is the same in a database that gets the export, whatever was reported', async () => {
    for (const [name, headers] of Object.entries({ genie: GENIE, jafar: JAFAR })) {
      expect((await server.put(`/users/${name}`, {}, headers)).status).toBe(201);
    }
    const property = fc.asyncProperty(sequences, async (commands) => {
      await fc.asyncModelRun(() => ({ model: new DevmasonModel(), real: new Real(server) }), commands);
    });
    await fc.assert(property, { numRuns: 30, seed: 20261121 });
    const { original, copy } = await copiedFrom(server.gateway, importDatabase, DEVMASON_EXPORT);
    // The import puts ids that are numbers first; here they came as they were chosen.
    const byId = (rows: Record<string, unknown>[] = []) =>
      rows.toSorted((left, right) => String(left.legacy_id).localeCompare(String(right.legacy_id)));
    expect(original.build?.length).toBeGreaterThan(0);
    expect({ ...copy, build: byId(copy.build) }).toEqual({ ...original, build: byId(original.build) });
  });

  it('may be signed in for with the same passwords, and is not open to all when its reporter is gone', async () => {
    await server.project('p', GENIE);
    const client = { host: 'h', arch: 'a', user: 'somebody' };
    const build = { client, started: 'Tue, 20 Oct 2009 10:20:00 -0500' };
    expect((await server.post('/p/builds', { ...build, incremental: true }, JAFAR)).status).toBe(201);
    expect((await server.delete('/users/jafar', JAFAR)).status).toBe(204);
    const { text } = await exported(server.gateway.config.database, DEVMASON_EXPORT);
    const copy = await DevmasonServer.start({ import: { devmason: JSON.parse(text) as object } });
    try {
      const step = { success: true, name: 'a' };
      const answers = [JAFAR, {}, GENIE].map((headers) => copy.post('/p/builds/1/progress', step, headers));
      expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([403, 401, 204]);
      expect((await copy.get('/p/builds/1')).json).toMatchObject({ client });
    } finally {
      await copy.close();
    }
  });
});
