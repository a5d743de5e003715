import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../bench/random.js';
import { ClusterRun } from './cluster-run.js';
import { changesOf, type EventShape } from './writer.js';

const WRITERS = 8;
const EVENTS = 80;
const SHAPE: EventShape = { builds: 240, run: 4, end: 'succeed' };

let run: ClusterRun;
afterEach(() => run.close());

describe('Two gateways on one database', () => {
  it(
    'show 20,000 changes to subscribers that come and go, each once and in order, and publish every message',
    { timeout: 600_000 },
    async () => {
      run = await ClusterRun.start({ gateways: 2, followers: 20, longest: 2_000, random: new Random(20) });
      const writers = run.writers(WRITERS);
      await Promise.all(
        writers.map(async (writer) => {
          for (let event = 0; event < EVENTS / WRITERS; event++) await writer.writeEvent(SHAPE);
        }),
      );
      const log = await run.log();
      expect(log).toHaveLength(EVENTS * changesOf(SHAPE));
      expect(run.lost(log, writers)).toEqual([]);
      expect(await run.deliveryFaults(log)).toEqual([]);
    },
  );
});
