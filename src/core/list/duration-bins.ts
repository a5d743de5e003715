const SECOND = 1_000_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Where the bins of durations begin, in microseconds: each about half as long again as the one before, at numbers that
 * people count time by. They are the same for all ranges and systems, so that two distributions can be compared.
 */
export const DURATION_BINS: readonly number[] = [
  0,
  ...[1, 2, 3, 5, 7, 10, 15, 20, 30, 45].map((count) => count * SECOND),
  ...[1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 45].map((count) => count * MINUTE),
  ...[1, 1.5, 2, 3, 5, 8, 12].map((count) => count * HOUR),
  ...[1, 2, 3, 7].map((count) => count * DAY),
];

/** Where a bin begins; null behind the last. */
export function binStart(bin: number): number | null {
  return DURATION_BINS[bin] ?? null;
}

/**
 * SQL for the bin of a duration: halved until one is left, since it is computed for each record.
 * @param duration SQL of our own
 */
export function binOf(duration: string, first = 0, end = DURATION_BINS.length): string {
  if (end - first === 1) return String(first);
  const middle = (first + end) >> 1;
  return `CASE WHEN ${duration} < ${DURATION_BINS[middle]} THEN ${binOf(duration, first, middle)} ELSE ${binOf(duration, middle, end)} END`;
}
