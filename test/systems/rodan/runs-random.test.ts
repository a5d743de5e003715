import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { raw, sql } from '../../../src/core/store/sql.js';
import { RealRun, sequences } from './runs-commands.js';
import { RunModel } from './runs-model.js';
import { RunsWorld } from './runs-world.js';

const SEQUENCES = 40;

let world: RunsWorld;

beforeAll(async () => {
  world = await RunsWorld.start();
});
afterAll(() => world.close());

describe('random sequences of what users and agents do to a run', () => {
  it(
    `leave server and rules in agreement, ${SEQUENCES} times, and the log and the counters with the records`,
    {
      timeout: 600_000,
    },
    async () => {
      const diamond = await world.diamond();
      const property = fc.asyncProperty(sequences, async (commands) => {
        const real = await RealRun.start(world, diamond);
        await fc.asyncModelRun(() => ({ model: new RunModel(), real }), commands);
        // What is left of it must not be offered to the agents of the next one.
        await world.ask('mutation ($uuid: String!) { rodanDeleteWorkflowRun(uuid: $uuid) }', { uuid: real.uuid });
      });
      await fc.assert(property, { numRuns: SEQUENCES, seed: 20261121 });
      await world.startDiamond(diamond);
      const { reader } = world.server.app.store;
      const counted = sql`SELECT kind, state, total FROM state_count WHERE system = 4 AND total <> 0 ORDER BY kind, state`;
      const present = ['event', 'build', 'job'].map(
        (table, index) =>
          `SELECT ${index + 1} AS kind, state, COUNT(*) AS total FROM ${table} WHERE system = 4 GROUP BY state`,
      );
      expect(await reader.all(counted)).toEqual(await reader.all(raw(`${present.join(' UNION ALL ')} ORDER BY 1, 2`)));
      // Each change begins where the one before it ended.
      const broken = await reader.all(
        sql`SELECT sequence FROM change_log later WHERE kind IN (2, 3) AND from_state <> (
        SELECT earlier.to_state FROM change_log earlier WHERE earlier.kind = later.kind
          AND earlier.record_id = later.record_id AND earlier.sequence < later.sequence
        ORDER BY earlier.sequence DESC LIMIT 1)`,
      );
      expect(broken).toEqual([]);
    },
  );
});
