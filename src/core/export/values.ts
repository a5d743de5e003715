import { formatTime } from '../time.js';

/** ISO text of a time in microseconds since 1970; null when there is none. */
export function timeText(micros: number | null): string | null {
  return micros === null ? null : formatTime(micros);
}

/** A list of values for each of their owners, in the order in which they come. */
export function grouped<Row, Key, Value>(
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
  valueOf: (row: Row) => Value,
): ReadonlyMap<Key, readonly Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group) group.push(valueOf(row));
    else groups.set(key, [valueOf(row)]);
  }
  return groups;
}
