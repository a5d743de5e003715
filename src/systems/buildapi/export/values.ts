const SECOND = 1_000_000;

/** Seconds since 1970 of a time in microseconds; null when there is none. */
export function secondsOf(micros: number | null): number | null {
  return micros === null ? null : Math.floor(micros / SECOND);
}
