import { afterEach, describe, expect, it } from 'vitest';
import { Random } from '../bench/random.js';
import { ClusterRun } from './cluster-run.js';
import { Trouble } from './trouble.js';
import type { EventShape } from './writer.js';

const CHANGES = 3_000;
const WRITERS = 4;
const SHAPE: EventShape = { builds: 44, run: 9, end: 'cancel' };

let run: ClusterRun;
afterEach(() => run.close());

/** What a writer may be told instead of an acknowledgement. */
const EXCUSES = /^fetch failed|^terminated|"UNAVAILABLE"/;

describe('Gateways that are killed, cut from the database and from the broker at random', () => {
  it.each([7, 11])(
    'lose nothing that was acknowledged, tell subscribers every change once, publish every message (seed %i)',
    { timeout: 600_000 },
    async (seed) => {
      const random = new Random(seed);
      run = await ClusterRun.start({ gateways: 2, followers: 5, longest: 500, random });
      const trouble = new Trouble(run, random, CHANGES);
      let acknowledged = 0;
      const writers = run.writers(WRITERS, (changes) => {
        acknowledged += changes;
        trouble.acknowledged(acknowledged);
      });
      const refusals: string[] = [];
      await Promise.all(
        writers.map(async (writer) => {
          while (acknowledged < CHANGES) {
            await writer.writeEvent(SHAPE).catch((error: Error) => void refusals.push(error.message));
          }
        }),
      );
      await trouble.end();
      expect(refusals.filter((message) => !EXCUSES.test(message))).toEqual([]);
      const log = await run.log();
      expect(run.lost(log, writers)).toEqual([]);
      expect(await run.recordFaults(log)).toEqual([]);
      expect(await run.deliveryFaults(log)).toEqual([]);
    },
  );
});
