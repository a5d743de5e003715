import type { Goal, Measured, Row } from './bench.ts';

/** What the rounds of a row came to. */
export interface Result {
  readonly name: string;
  readonly work: string;
  readonly reference: string;
  readonly unit: string;
  readonly ratio: Row['ratio'];
  readonly goal: Goal | null;
  /** Of each round. */
  readonly ratios: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** The same ratio in processor time of the two servers; null where it cannot be told. */
  readonly cpuRatio: number | null;
  /** Medians of pieces of work per second. */
  readonly rate: { readonly ours: number; readonly reference: number };
  /** Whether the median is on the good side; null without a goal. */
  readonly floorHolds: boolean | null;
  readonly aimHolds: boolean | null;
  readonly facts: Readonly<Record<string, string>>;
}

/** The rounds of one row. */
export interface Round {
  readonly ours: Measured;
  readonly reference: Measured;
}

/** The middle value; the mean of the two in the middle of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Ratios are taken within each round, since a machine's speed changes between rounds. */
export function summarize(row: Omit<Row, 'prepare'>, rounds: readonly Round[], facts: Result['facts'] = {}): Result {
  const { name, work, reference, unit, ratio, goal } = row;
  const ratios = rounds.map((round) => rateRatio(ratio, round));
  const middle = median(ratios);
  const holds = (bound: number): boolean => (ratio === 'speed' ? middle >= bound : middle <= bound);
  return {
    name,
    work,
    reference,
    unit,
    ratio,
    goal,
    ratios,
    facts,
    median: middle,
    min: Math.min(...ratios),
    max: Math.max(...ratios),
    cpuRatio: cpuRatio(ratio, rounds),
    rate: { ours: median(rounds.map(({ ours }) => ours.rate)), reference: median(rounds.map((r) => r.reference.rate)) },
    floorHolds: goal && holds(goal.floor),
    aimHolds: goal && holds(goal.aim),
  };
}

function rateRatio(kind: Row['ratio'], { ours, reference }: Round): number {
  return kind === 'speed' ? ours.rate / reference.rate : reference.rate / ours.rate;
}

function cpuRatio(kind: Row['ratio'], rounds: readonly Round[]): number | null {
  const ratios = rounds.flatMap(({ ours, reference }) => {
    if (!ours.cpuMs || !reference.cpuMs) return [];
    return [kind === 'speed' ? reference.cpuMs / ours.cpuMs : ours.cpuMs / reference.cpuMs];
  });
  return ratios.length === rounds.length ? median(ratios) : null;
}

const HEADINGS = ['name', 'ratio', 'min', 'max', 'cpu', 'floor', 'aim', 'holds', 'ours', 'reference', 'unit'];

/** The table as text, with what else was found out below it. */
export function tableText(results: readonly Result[]): string {
  const lines = results.map((result) => [
    result.name,
    short(result.median),
    short(result.min),
    short(result.max),
    result.cpuRatio === null ? '' : short(result.cpuRatio),
    bound(result, 'floor'),
    bound(result, 'aim'),
    verdict(result),
    short(result.rate.ours),
    short(result.rate.reference),
    `${result.unit}/s`,
  ]);
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...lines.map((line) => line[column]!.length)),
  );
  const table = [HEADINGS, ...lines].map((line) => line.map((cell, column) => cell.padEnd(widths[column]!)).join('  '));
  return [...table.map((line) => line.trimEnd()), '', ...results.flatMap(remarks)].join('\n');
}

/** At most three significant digits, and none behind the point of a large number. */
function short(value: number): string {
  return value >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

function bound({ goal, ratio }: Result, which: keyof Goal): string {
  return goal ? `${ratio === 'speed' ? '≥' : '≤'} ${goal[which]}` : '';
}

function verdict({ floorHolds, aimHolds }: Result): string {
  if (floorHolds === null) return '';
  if (aimHolds) return 'aim';
  return floorHolds ? 'floor' : 'no';
}

function remarks({ name, work, reference, ratio, facts }: Result): string[] {
  const meaning = ratio === 'speed' ? 'times as fast as' : 'times the time of';
  return [
    `${name}: ${work}; ${meaning}: ${reference}`,
    ...Object.entries(facts).map(([fact, value]) => `  ${fact}: ${value}`),
  ];
}
