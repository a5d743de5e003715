const DAY = 86_400_000;
const MINUTE = 60_000;
/** A day ends here, as the API document's own figures have it: its last second is outside (contract kernelci 5.2). */
const DAY_END = DAY - 1_000;

/** Times from `from`, included, to `before`, not included, in milliseconds since 1970; null: no bound. */
export interface TimeSpan {
  readonly from: number | null;
  readonly before: number | null;
}

/** Midnight UTC of `YYYY-MM-DD` or `YYYYMMDD`; undefined when the text is no such day. */
export function midnightOf(text: string): number | undefined {
  const [, year, , month, day] = /^(\d{4})(-?)(\d{2})\2(\d{2})$/.exec(text) ?? [];
  if (year === undefined || year === '0000') return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  return exists ? date.getTime() : undefined;
}

/** The day that begins at this midnight. */
export function dayFrom(midnight: number): TimeSpan {
  return { from: midnight, before: midnight + DAY_END };
}

const DEFAULT_DAYS = 5;
const MAX_DAYS = 999_999_999;
/** Midnight of the first day that there is: 0001-01-01. */
const FIRST_DAY = new Date('0001-01-01T00:00:00Z').getTime();

/**
 * What `date_range` asks for: so many days up to and with one day.
 * @param lastDay midnight of that day
 */
export function daysUpTo(lastDay: number, text: string): TimeSpan {
  const asked = magnitudeOf(text) ?? DEFAULT_DAYS;
  const days = asked > MAX_DAYS ? DEFAULT_DAYS : asked;
  const from = lastDay - days * DAY;
  return { from: from < FIRST_DAY ? null : from, before: lastDay + DAY_END };
}

const DEFAULT_MINUTES = 60;
const MIN_MINUTES = 10;
const MAX_MINUTES = 1_440;

/** What `time_range` asks for: so many minutes before now. */
export function minutesUpTo(now: number, text: string): TimeSpan {
  const minutes = Math.min(Math.max(magnitudeOf(text) ?? DEFAULT_MINUTES, MIN_MINUTES), MAX_MINUTES);
  return { from: now - minutes * MINUTE, before: now };
}

/** Midnight UTC of the day of a time. */
export function midnightBefore(time: number): number {
  return Math.floor(time / DAY) * DAY;
}

/** An integer without its sign; undefined when the text is none. */
function magnitudeOf(text: string): number | undefined {
  return /^\s*[+-]?\d+\s*$/.test(text) ? Math.abs(Number(text)) : undefined;
}
