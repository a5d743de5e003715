import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent, type Caller, type RecordKeys } from './agent.js';

const statements: string[] = [];
let anonymous: Caller;
let close: () => Promise<void>;
let today: ReturnType<typeof dayAround>;

const HOUR_MS = 3_600_000;

const ENDED = '{ ended: builds(filter: { finishedAt: { isNull: false } }) { nodes { state finishedAt } } }';

const STATISTICS = `query ($filter: BuildFilter, $from: DateTime!, $to: DateTime!, $bucket: TimeBucket!) {
  buildStatistics(filter: $filter) {
    finished(from: $from, to: $to, bucket: $bucket) { startsAt endsAt counts { total succeeded failed canceled } }
    durations(from: $from, to: $to) { total medianMs p90Ms bins { fromMs toMs total } }
    queueDepths { system planned queued running }
  }
}`;

beforeAll(async () => {
  const started = await startWithAgent({ onStatement: (text) => void statements.push(text) });
  const { agent } = started;
  anonymous = started.anonymous;
  close = () => started.server.close();
  const event = await agent.event();
  await agent.moveEvent(event, 'RUNNING');
  const builds = await agent.plan(event, ['base', 'web', 'database', 'cache']);
  const [base, web, database] = builds as [RecordKeys, RecordKeys, RecordKeys];
  for (const build of [base, web, database]) await agent.moveBuild(build, 'RUNNING');
  await agent.moveBuild(base, 'SUCCEEDED');
  await agent.moveBuild(web, 'FAILED', 'No such image');
  await started.server.settled();
  today = dayAround(Date.now());
});
afterAll(() => close());

/** A day to the hour, in UTC, which holds what has just been done. */
function dayAround(now: number): { from: string; to: string; bucket: string } {
  const next = Math.ceil((now + 1) / HOUR_MS) * HOUR_MS;
  return {
    from: new Date(next - 23 * HOUR_MS).toISOString(),
    to: new Date(next + HOUR_MS).toISOString(),
    bucket: 'HOUR',
  };
}

describe('statistics of builds', () => {
  it('count what ended by time and state, measure it, and tell what waits and runs', async () => {
    const { buildStatistics } = await anonymous.run(STATISTICS, today);
    const { finished, durations, queueDepths } = buildStatistics;
    const { ended } = await anonymous.run(ENDED);
    expect(finished).toHaveLength(24);
    for (const [index, { startsAt, endsAt, counts }] of finished.entries()) {
      expect(Date.parse(startsAt)).toBe(Date.parse(today.from) + index * HOUR_MS);
      expect(Date.parse(endsAt)).toBe(Date.parse(startsAt) + HOUR_MS);
      const within = ended.nodes.filter(
        ({ finishedAt }: { finishedAt: string }) =>
          Date.parse(finishedAt) >= Date.parse(startsAt) && Date.parse(finishedAt) < Date.parse(endsAt),
      );
      const inState = (state: string) => within.filter((build: { state: string }) => build.state === state).length;
      expect(counts).toEqual({
        total: within.length,
        succeeded: inState('SUCCEEDED'),
        failed: inState('FAILED'),
        canceled: 0,
      });
    }
    expect(ended.nodes.map(({ state }: { state: string }) => state).toSorted()).toEqual(['FAILED', 'SUCCEEDED']);
    expect(durations.total).toBe(2);
    expect(durations.medianMs).toBeLessThanOrEqual(durations.p90Ms);
    expect(durations.bins[0].fromMs).toBe(0);
    expect(durations.bins.at(-1)).toEqual({ fromMs: 7 * 86_400_000, toMs: null, total: 0 });
    expect(durations.bins.reduce((sum: number, { total }: { total: number }) => sum + total, 0)).toBe(2);
    expect(queueDepths).toEqual([
      { system: 'FRESHMAKER', planned: 1, queued: 0, running: 1 },
      ...['BUILDAPI', 'DEVMASON', 'RODAN', 'KERNELCI'].map((system) => ({ system, planned: 0, queued: 0, running: 0 })),
    ]);
  });

  it('keep to a filter', async () => {
    const filter = { system: { eq: 'FRESHMAKER' }, name: { in: ['web', 'cache'] } };
    const { buildStatistics } = await anonymous.run(STATISTICS, { ...today, filter });
    const states = buildStatistics.finished.map(({ counts }: { counts: object }) => counts);
    const none = { total: 0, succeeded: 0, failed: 0, canceled: 0 };
    expect(states.filter(({ total }: { total: number }) => total > 0)).toEqual([{ ...none, total: 1, failed: 1 }]);
    expect(buildStatistics.durations.total).toBe(1);
    expect(buildStatistics.queueDepths).toEqual([{ system: 'FRESHMAKER', planned: 1, queued: 0, running: 0 }]);
  });

  it('say that there is no median where nothing ended', async () => {
    const range = { from: '2001-01-01T00:00:00Z', to: '2001-12-31T00:00:00Z', bucket: 'DAY' };
    const { buildStatistics } = await anonymous.run(STATISTICS, range);
    expect(buildStatistics.durations).toMatchObject({ total: 0, medianMs: null, p90Ms: null });
    expect(buildStatistics.finished).toHaveLength(364);
  });

  it('take four statements for an hour and for a year', async () => {
    const ranges = [today, { from: '2024-01-01T00:00:00Z', to: '2024-12-31T00:00:00Z', bucket: 'DAY' }];
    for (const [index, range] of ranges.entries()) {
      statements.length = 0;
      await anonymous.run(STATISTICS, range);
      // Where nothing ended there is nothing to measure.
      expect(statements).toHaveLength(index === 0 ? 4 : 3);
    }
  });

  it('are there for events and jobs, too', async () => {
    const { events, jobs } = await anonymous.run(
      `{ events: eventStatistics(filter: { system: { eq: FRESHMAKER } }) { queueDepths { system running } }
         jobs: jobStatistics { queueDepths { system queued } } }`,
    );
    expect(events.queueDepths).toEqual([{ system: 'FRESHMAKER', running: 1 }]);
    expect(jobs.queueDepths).toHaveLength(5);
  });
});

describe('statistics that ask for too much', () => {
  it.each([
    ['INVALID', 'to: must be later than from.', { to: '2001-01-01T00:00:00Z' }],
    ['TOO_EXPENSIVE', 'bucket: the range has 1440 of them, of at most 400.', { bucket: 'MINUTE' }],
    ['TOO_EXPENSIVE', 'from, to: more than 400 days apart.', { from: '2001-01-01T00:00:00Z', bucket: 'DAY' }],
    ['INVALID', 'filter.name.eq: null is not a value here; use isNull.', { filter: { name: { eq: null } } }],
  ])('are refused with %s: %s', async (code, message, variables) => {
    const refusal = await anonymous.refusal(STATISTICS, { ...today, ...variables });
    expect(refusal).toEqual({ code, message });
  });

  it('are refused beyond ten ranges in an operation, whatever they are called', async () => {
    const ranges = (count: number) =>
      Array.from({ length: count }, (_, index) => `d${index}: durations(from: $from, to: $to) { total }`).join(' ');
    const document = (count: number) =>
      `query ($from: DateTime!, $to: DateTime!) { buildStatistics { ${ranges(count)} } }`;
    const { from, to } = today;
    expect((await anonymous.run(document(10), { from, to })).buildStatistics.d9).toEqual({ total: 2 });
    const { code, message } = await anonymous.refusal(document(11), { from, to });
    expect({ code, message }).toEqual({
      code: 'TOO_EXPENSIVE',
      message: 'The operation asks for more than 200000 rows: take smaller pages.',
    });
  });
});
