/** A span of time in seconds since 1970; its end is not part of it. */
export interface Day {
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly from: number;
  readonly to: number;
}

const DAY_SECONDS = 86_400;

/**
 * The 86,400 seconds from local midnight of a date (contract buildapi section 5.2), also where the clock is changed on
 * that day.
 * @param text `YYYY-MM-DD`, month and day with one digit or two
 * @returns undefined when the text is no date
 */
export function dayOf(text: string, timeZone: string): Day | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text)?.map(Number) ?? [];
  if (!year || !month || !day) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const from = instantOf(midnight.getTime() / 1000, timeZone);
  return { date: midnight.toISOString().slice(0, 10), from, to: from + DAY_SECONDS };
}

/** The date of an instant (seconds since 1970), `YYYY-MM-DD`. */
export function dateAt(instant: number, timeZone: string): string {
  return localText(instant, timeZone).slice(0, 10);
}

/** A date some days later or earlier. */
export function shiftedDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/** An instant (seconds since 1970) as people read it: `2015-06-01 06:08:10`. */
export function localText(instant: number, timeZone: string): string {
  return new Date((instant + offsetAt(instant, timeZone)) * 1000).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * The first instant at which the clock shows a time; where that hour is left out, the instant at which the clock is set
 * forward beyond it.
 * @param local the time shown, as seconds since 1970 of a clock in UTC
 */
function instantOf(local: number, timeZone: string): number {
  const offsets = [offsetAt(local - DAY_SECONDS, timeZone), offsetAt(local + DAY_SECONDS, timeZone)];
  const fitting = offsets.map((offset) => local - offset).filter((at) => at + offsetAt(at, timeZone) === local);
  return fitting.length > 0 ? Math.min(...fitting) : local - Math.min(...offsets);
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Seconds by which local time is ahead of UTC. */
function offsetAt(instant: number, timeZone: string): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  const name = format.formatToParts(instant * 1000).find(({ type }) => type === 'timeZoneName')!.value;
  const [, sign, hours, minutes = '0', secs = '0'] = /^GMT([+-])(\d{2}):?(\d{2})?:?(\d{2})?$/.exec(name) ?? [];
  if (hours === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(secs));
}
