import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { countUnfinished } from '../../../src/core/list/count.js';
import { DURATION_BINS } from '../../../src/core/list/duration-bins.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { BUILDS } from '../../../src/core/list/records.js';
import { durationsOf, finishedByState } from '../../../src/core/list/statistics.js';
import { Kind, State, STATES, System } from '../../../src/core/model/states.js';
import { raw } from '../../../src/core/store/sql.js';
import { buildRow, insertRows, ownStore, recordCreation, type OwnStore, type Row } from '../world.js';

import { PlanReader } from './plans.js';

const HOUR = 3_600_000_000;
const DAY = 24 * HOUR;
/** Midnight. */
const BEGIN = Date.UTC(2024, 1, 1) * 1_000;
const COUNT = 20_000;

let own: OwnStore;
let builds: readonly Row[];

/** A build that ended, or not, within 100 days; some never began, some ended before they began. */
function finished(number: number): Row {
  const end = number % 9 === 0 ? null : BEGIN + Math.floor((number * 100 * DAY) / COUNT);
  const took = ((number * 7919) % 5_400) * 1_000_000 + (number % 3) * 333_333 - (number % 50 === 0 ? 9 * DAY : 0);
  const project = number % 4 === 0 ? null : recordId(System.FRESHMAKER, (number % 3) + 1);
  return {
    ...buildRow(number, 1),
    event_id: null,
    freshmaker_depends_on_id: null,
    project_id: project,
    started_at: number % 7 === 0 ? null : (end ?? BEGIN) - took,
    finished_at: end,
  };
}

beforeAll(async () => {
  own = await ownStore();
  builds = Array.from({ length: COUNT }, (_, index) => finished(index + 1));
  await own.store.transact(ANONYMOUS, async (transaction) => {
    const projects = [1, 2, 3].map((number) => ({
      id: recordId(System.FRESHMAKER, number),
      system: System.FRESHMAKER,
      legacy_id: `p${number}`,
      name: 'project',
    }));
    await insertRows(transaction, 'project', projects);
    await insertRows(transaction, 'build', builds);
    for (const row of builds) recordCreation(transaction, Kind.BUILD, row);
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
});
afterAll(() => own.close());

type Matches = (row: Row) => boolean;
const second = recordId(System.FRESHMAKER, 2);
const FILTERS: [string, FilterInput | null, Matches][] = [
  ['all builds', null, () => true],
  ['a system', { system: { eq: System.FRESHMAKER } }, () => true],
  ['a system without builds', { system: { eq: System.RODAN } }, () => false],
  ['a project', { project: { eq: 'p2' } }, (row) => row['project_id'] === second],
  ['states', { state: { in: [State.FAILED, State.SKIPPED] } }, ({ state }) => state === 4 || state === 6],
  ['names', { name: { icontains: 'ALPHA' } }, ({ name }) => /alpha/i.test(String(name))],
];
const RANGES: [string, number, number][] = [
  ['a day', BEGIN + 3 * DAY, BEGIN + 4 * DAY],
  ['a week', BEGIN + 3 * DAY, BEGIN + 10 * DAY],
  ['everything and more', BEGIN - 5 * DAY, BEGIN + 120 * DAY],
  ['a time before everything', BEGIN - 5 * DAY, BEGIN],
];
const CASES = FILTERS.flatMap(([filter, ...one]) =>
  RANGES.map(([range, ...other]) => [filter, range, ...one, ...other] as const),
);

const within = (row: Row, from: number, to: number): boolean => {
  const at = row['finished_at'] as number | null;
  return at !== null && at >= from && at < to;
};

async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  const before = own.statements.length;
  await work();
  return own.statements.length - before;
}

describe('statistics of records', () => {
  it.each(CASES)('%s in %s, counted by day and state', async (_filter, _range, filter, matches, from, to) => {
    const buckets = await finishedByState(own.store.reader, BUILDS, filter, { from, to }, DAY);
    const expected = Array.from({ length: (to - from) / DAY }, (_, index) => from + index * DAY).map((start) => {
      const found = builds.filter((row) => matches(row) && within(row, start, start + DAY));
      const states = STATES.map((state) => [state, found.filter((row) => row['state'] === state).length]);
      return { from: start, to: start + DAY, states: Object.fromEntries(states) };
    });
    expect(buckets).toEqual(expected);
  });

  it.each(CASES)('durations of %s in %s', async (_filter, _range, filter, matches, from, to) => {
    const distribution = await durationsOf(own.store.reader, BUILDS, filter, { from, to });
    const durations = builds
      .filter((row) => matches(row) && within(row, from, to) && row['started_at'] !== null)
      .map((row) => Number(row['finished_at']) - Number(row['started_at']))
      .filter((duration) => duration >= 0)
      .toSorted((one, other) => one - other);
    const at = (fraction: number) => durations[Math.ceil(durations.length * fraction) - 1] ?? null;
    const bins = DURATION_BINS.map((start, bin) => {
      const end = DURATION_BINS[bin + 1] ?? Infinity;
      return durations.filter((duration) => duration >= start && duration < end).length;
    });
    expect(distribution).toEqual({ bins, total: durations.length, median: at(0.5), p90: at(0.9) });
  });

  it('widens the range to whole buckets', async () => {
    const range = { from: BEGIN + 90 * 60_000_000, to: BEGIN + 3 * HOUR + 1 };
    const buckets = await finishedByState(own.store.reader, BUILDS, null, range, HOUR);
    expect(buckets.map(({ from, to }) => [from - BEGIN, to - BEGIN])).toEqual([
      [HOUR, 2 * HOUR],
      [2 * HOUR, 3 * HOUR],
      [3 * HOUR, 4 * HOUR],
    ]);
  });

  it.each(FILTERS)('what has not ended, of %s', async (_name, filter, matches) => {
    const unfinished = [State.PLANNED, State.QUEUED, State.RUNNING];
    const expected = unfinished
      .map((state) => ({
        system: System.FRESHMAKER,
        state,
        total: builds.filter((row) => matches(row) && row['state'] === state).length,
      }))
      .filter(({ total }) => total > 0);
    const found = await countUnfinished(own.store.reader, BUILDS, filter);
    expect(found.filter(({ total }) => total > 0).toSorted((one, other) => one.state - other.state)).toEqual(expected);
  });
});

describe('a statistic', () => {
  it.each(RANGES)('takes as many statements for %s as for any range', async (_name, from, to) => {
    expect(await statementsOf(() => finishedByState(own.store.reader, BUILDS, null, { from, to }, DAY))).toBe(1);
    const { total } = await durationsOf(own.store.reader, BUILDS, null, { from, to });
    expect(await statementsOf(() => durationsOf(own.store.reader, BUILDS, null, { from, to }))).toBe(
      total === 0 ? 1 : 2,
    );
  });

  it.each(FILTERS.filter(([name]) => name !== 'a system without builds' && name !== 'a project'))(
    'of %s within a day walks the index of times from one end of the range to the other',
    async (_name, filter) => {
      const plans = new PlanReader(own.store.reader);
      const range = { from: BEGIN + 3 * DAY, to: BEGIN + 4 * DAY };
      for (const work of [
        () => finishedByState(plans.reader, BUILDS, filter, range, HOUR),
        () => durationsOf(plans.reader, BUILDS, filter, range),
      ]) {
        const plan = await plans.planOf(work);
        expect(plan).toMatch(
          /build_finished \(finished_at>\? AND finished_at<\?\)|(Index (Only )?Scan (using|on) build_finished)/,
        );
        expect(plan).not.toMatch(/\bSCAN t\b|Seq Scan on build/);
      }
    },
  );

  it('of a system is counted from counters while nothing else is asked for', async () => {
    own.statements.length = 0;
    await countUnfinished(own.store.reader, BUILDS, { system: { eq: System.FRESHMAKER } });
    expect(own.statements).toEqual([expect.stringContaining('FROM state_count')]);
  });
});

describe('a range that asks for too much or nothing', () => {
  it.each([
    ['no range', BEGIN, BEGIN, DAY, 'INVALID', 'to: must be later than from.'],
    ['a range backwards', BEGIN + 1, BEGIN, DAY, 'INVALID', 'to: must be later than from.'],
    [
      '17 days of hours',
      BEGIN,
      BEGIN + 17 * DAY,
      HOUR,
      'TOO_EXPENSIVE',
      'bucket: the range has 408 of them, of at most 400.',
    ],
    ['too many days', BEGIN, BEGIN + 401 * DAY, DAY, 'TOO_EXPENSIVE', 'from, to: more than 400 days apart.'],
  ])('is refused: %s', async (_name, from, to, bucket, code, message) => {
    const refusal = expect.objectContaining({ code, message });
    await expect(finishedByState(own.store.reader, BUILDS, null, { from, to }, bucket)).rejects.toEqual(refusal);
  });

  it('is refused where durations are asked for', async () => {
    const refused = (from: number, to: number) => durationsOf(own.store.reader, BUILDS, null, { from, to });
    await expect(refused(BEGIN, BEGIN)).rejects.toThrow('to: must be later than from.');
    await expect(refused(BEGIN, BEGIN + 401 * DAY)).rejects.toThrow('from, to: more than 400 days apart.');
  });
});
