import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, Real, sequences } from './commands.js';
import { DevmasonModel } from './model.js';
import { DevmasonServer, GENIE, JAFAR } from './rest-support.js';

const SEQUENCES = 1000;

let server: DevmasonServer;

beforeAll(async () => {
  server = await DevmasonServer.start();
});
afterAll(() => server.close());

describe('random sequences of valid and invalid requests', () => {
  it(`leave server and model in agreement, ${SEQUENCES} times`, { timeout: 600_000 }, async () => {
    for (const [name, headers] of Object.entries({ genie: GENIE, jafar: JAFAR })) {
      expect((await server.put(`/users/${name}`, {}, headers)).status).toBe(201);
    }
    const property = fc.asyncProperty(sequences, async (commands) => {
      const model = new DevmasonModel();
      const real = new Real(server);
      await fc.asyncModelRun(() => ({ model, real }), commands);
      await compare(model, real);
    });
    await fc.assert(property, { numRuns: SEQUENCES, seed: 20261121 });
  });
});
