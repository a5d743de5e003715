import { describe, expect, it } from 'vitest';
import { faultsOf } from './growth.js';
import { mixedLoad } from './mixed-load.js';
import { overloadRun } from './overload-run.js';

/** Of each half; as many go before them. */
const REQUESTS = 400;

describe('a gateway under mixed traffic of all dialects, GraphQL and subscribers', () => {
  it('answers all of it right, and neither memory nor descriptors grow', async () => {
    const load = await mixedLoad({ subscribers: 100, requests: REQUESTS, connections: 8 });
    expect(faultsOf(load)).toEqual([]);
    expect(load.halves.map(({ traffic }) => traffic.succeeded)).toEqual([REQUESTS, REQUESTS]);
  });
});

describe('a gateway that is offered more than it can do', () => {
  it('gives each request the right answer or a correct refusal', async () => {
    const rounds = await overloadRun({
      seconds: 1,
      connections: 200,
      factor: 3,
      rounds: 1,
      settings: { BUILDGATE_MAX_REQUESTS: '4', BUILDGATE_MAX_WAIT_MS: '50' },
    });
    for (const { overloaded, taken } of rounds) {
      expect(overloaded.wrongExamples).toEqual([]);
      expect(taken.faults).toEqual([]);
      expect(overloaded.succeeded).toBeGreaterThan(0);
      expect(overloaded.succeeded + overloaded.refused).toBe(overloaded.sent);
    }
  });
});
