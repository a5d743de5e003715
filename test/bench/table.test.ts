import { describe, expect, it } from 'vitest';
import type { Row } from './bench.js';
import { median, summarize, tableText, type Round } from './table.js';

const ROW: Omit<Row, 'prepare'> = {
  name: 'list',
  work: 'a list',
  reference: 'Express',
  unit: 'pages',
  ratio: 'speed',
  goal: { floor: 0.75, aim: 1 },
};

function round(ours: number, reference: number, cpu: readonly [number, number] | null = null): Round {
  return {
    ours: { rate: ours, cpuMs: cpu?.[0] ?? null },
    reference: { rate: reference, cpuMs: cpu?.[1] ?? null },
  };
}

describe('The median', () => {
  it('is the middle value, or the mean of the two in the middle', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([7])).toBe(7);
  });
});

describe('A line of the table', () => {
  it('compares within each round, so that a slow round of both changes nothing', () => {
    const result = summarize(ROW, [round(800, 1000), round(80, 100), round(450, 500)]);
    expect(result).toMatchObject({ median: 0.8, min: 0.8, max: 0.9, rate: { ours: 450, reference: 500 } });
  });

  it('holds its floor and misses its aim between the two', () => {
    expect(summarize(ROW, [round(80, 100)])).toMatchObject({ floorHolds: true, aimHolds: false });
    expect(summarize(ROW, [round(70, 100)])).toMatchObject({ floorHolds: false, aimHolds: false });
    expect(summarize(ROW, [round(100, 100)])).toMatchObject({ floorHolds: true, aimHolds: true });
  });

  it('is better when it is less, where times are compared', () => {
    const row = { ...ROW, ratio: 'time', goal: { floor: 1.5, aim: 1.1 } } as const;
    expect(summarize(row, [round(100, 140)])).toMatchObject({ median: 1.4, floorHolds: true, aimHolds: false });
    expect(summarize(row, [round(100, 200)])).toMatchObject({ median: 2, floorHolds: false });
  });

  it('has the ratio in processor time where all rounds could tell it', () => {
    expect(summarize(ROW, [round(1, 1, [2, 1]), round(1, 1, [4, 1])]).cpuRatio).toBe(0.375);
    expect(summarize({ ...ROW, ratio: 'time' }, [round(1, 1, [2, 1])]).cpuRatio).toBe(2);
    expect(summarize(ROW, [round(1, 1, [2, 1]), round(1, 1)]).cpuRatio).toBeNull();
  });

  it('judges nothing without a goal', () => {
    expect(summarize({ ...ROW, goal: null }, [round(1, 2)])).toMatchObject({ floorHolds: null, aimHolds: null });
  });
});

describe('The table', () => {
  it('shows ratios with their spread, the goal and whether it holds, and below it what was compared', () => {
    const results = [
      summarize(ROW, [round(812.4, 1000, [2, 1])]),
      summarize({ ...ROW, name: 'start', ratio: 'time', goal: null }, [round(1, 4)], { memory: '120 MiB' }),
    ];
    expect(tableText(results)).toBe(`name   ratio  min    max    cpu  floor   aim  holds  ours  reference  unit
list   0.812  0.812  0.812  0.5  ≥ 0.75  ≥ 1  floor  812   1000       pages/s
start  4      4      4                               1     4          pages/s

list: a list; times as fast as: Express
start: a list; times the time of: Express
  memory: 120 MiB`);
  });
});
