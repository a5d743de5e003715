import type { TimeBucket } from '../operations/documents.js';

const SIZES = [1, 2, 5, 10];

/** Round numbers from 0 to at least the largest value, for an axis of counts: three to six of them. */
export function countTicks(largest: number): readonly number[] {
  const rough = Math.max(largest, 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = SIZES.map((one) => one * power).find((one) => one >= rough) ?? power;
  const step = Math.max(1, size);
  const count = Math.ceil(Math.max(largest, 1) / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Lengths of time between labels, in buckets, that fall on round times of the clock or the calendar. */
const LABEL_STEPS: Readonly<Record<TimeBucket, readonly number[]>> = {
  MINUTE: [5, 10, 15, 30],
  FIVE_MINUTES: [3, 6, 12],
  HOUR: [1, 3, 6, 12],
  SIX_HOURS: [4, 8, 28],
  DAY: [1, 2, 5, 10, 15, 30],
};
const BUCKET_MS: Readonly<Record<TimeBucket, number>> = {
  MINUTE: 60_000,
  FIVE_MINUTES: 300_000,
  HOUR: 3_600_000,
  SIX_HOURS: 21_600_000,
  DAY: 86_400_000,
};

/** Which buckets have a label, when so many fit. */
export function isLabelled(start: number, bucket: TimeBucket, buckets: number, most: number): boolean {
  const steps = LABEL_STEPS[bucket];
  const step = steps.find((one) => buckets / one <= most) ?? steps.at(-1) ?? 1;
  const east = bucket === 'DAY' ? 0 : -new Date(start).getTimezoneOffset() * 60_000;
  return Math.floor((start + east) / BUCKET_MS[bucket]) % step === 0;
}

const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
/** Days of the gateway begin at midnight UTC. */
const utcDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const times = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const utcDay = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** What stands below a bucket. */
export function bucketLabel(start: number, bucket: TimeBucket): string {
  if (bucket === 'DAY') return utcDate.format(start);
  return (bucket === 'SIX_HOURS' ? date : clock).format(start);
}

/** A bucket in words. */
export function bucketWords(start: number, end: number, bucket: TimeBucket): string {
  return bucket === 'DAY' ? `${utcDay.format(start)} (UTC)` : times.formatRange(start, end);
}

const UNITS: readonly (readonly [string, number])[] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
];

/** A duration in its largest unit: `1.5 min`. */
export function shortSpan(milliseconds: number): string {
  const [word, size] = UNITS.find(([, one]) => milliseconds >= one) ?? ['s', 1_000];
  return `${Number((milliseconds / size).toFixed(1))} ${word}`;
}
