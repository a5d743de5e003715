import { BuildgateError } from '../errors.js';
import { STATES, type State } from '../model/states.js';
import { first, type Reader } from '../store/reader.js';
import { arrayLiteral, join, raw, sql, where, type Sql } from '../store/sql.js';
import { ALIAS, type RecordList } from './fields.js';
import { FilterCompiler, type FilterInput } from './filter.js';
import { binOf, binStart, DURATION_BINS } from './duration-bins.js';

/** A range of time, its end not included, in microseconds since 1970. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Records that ended within a bucket of time, by state. */
export interface FinishedBucket extends TimeRange {
  readonly states: Readonly<Record<State, number>>;
}

/** How long records were worked on that ended within a range of time. */
export interface DurationDistribution {
  /** Records in each bin of `DURATION_BINS`. */
  readonly bins: readonly number[];
  readonly total: number;
  /** The durations, in microseconds, that half and nine tenths of the records did not exceed; null without records. */
  readonly median: number | null;
  readonly p90: number | null;
}

const DAY = 86_400_000_000;
/** Most buckets of one answer: what a wide window can show, and more than a year of days. */
export const MOST_BUCKETS = 400;
/** Longest range of one answer: so many days. */
export const MOST_DAYS = 400;

/**
 * Records that match a filter and ended within a range, counted by bucket and state: one statement, which walks the index
 * of times once and reads no record unless the filter asks for more than state, system and project.
 * @param range is widened to whole buckets, which begin at multiples of their length since 1970
 * @param bucket length of a bucket in microseconds
 * @throws BuildgateError INVALID for an empty range, TOO_EXPENSIVE for too many buckets or days; as for a list with this filter
 */
export async function finishedByState(
  reader: Reader,
  list: RecordList,
  filter: FilterInput | null,
  range: TimeRange,
  bucket: number,
): Promise<FinishedBucket[]> {
  const starts = bucketsOf(range, bucket);
  const begin = raw('bucket.value');
  const scope = finishedWithin(reader, list, filter, { from: begin, to: sql`${begin} + ${bucket}` });
  const counts = join(
    STATES.map((state) => raw(`COUNT(*) FILTER (WHERE ${ALIAS}.state = ${state})`)),
    ', ',
  );
  // For each bucket by itself: SQLite would sort all records to group them.
  const { dialect } = reader;
  const array = dialect === 'sqlite' ? sql`json_array(${counts})` : sql`json_build_array(${counts})::text`;
  const buckets =
    dialect === 'sqlite'
      ? sql`json_each(${JSON.stringify(starts)}) bucket`
      : sql`unnest(${arrayLiteral(starts)}::bigint[]) AS bucket(value)`;
  const rows = await reader.all<{ start: number; totals: string }>(
    sql`SELECT bucket.value AS start, (SELECT ${array} FROM ${raw(`${list.table} ${ALIAS}`)}${where(scope)}) AS totals FROM ${buckets}`,
  );
  const totals = new Map(rows.map((row) => [row.start, JSON.parse(row.totals) as number[]]));
  return starts.map((from) => ({ from, to: from + bucket, states: byState(totals.get(from) ?? []) }));
}

/**
 * How long records were worked on that match a filter and ended within a range: two statements over the index of times.
 * Records that do not tell when they began, or tell that they ended before, are left out.
 * @throws BuildgateError as `finishedByState`
 */
export async function durationsOf(
  reader: Reader,
  list: RecordList,
  filter: FilterInput | null,
  range: TimeRange,
): Promise<DurationDistribution> {
  checkRange(range);
  const known = raw(`${ALIAS}.started_at <= ${ALIAS}.finished_at`);
  const scope = [...finishedWithin(reader, list, filter, range), known];
  const rows = await reader.all<{ bin: number; total: number }>(
    sql`SELECT ${raw(binOf(DURATION))} AS bin, COUNT(*) AS total FROM ${raw(`${list.table} ${ALIAS}`)}${where(scope)} GROUP BY 1`,
  );
  const totals = new Map(rows.map(({ bin, total }) => [bin, total]));
  const bins = DURATION_BINS.map((_, bin) => totals.get(bin) ?? 0);
  const total = bins.reduce((sum, count) => sum + count, 0);
  if (total === 0) return { bins, total, median: null, p90: null };
  const median = ranked(list, scope, bins, Math.ceil(total * 0.5));
  const p90 = ranked(list, scope, bins, Math.ceil(total * 0.9));
  const row = await first<{ median: number | null; p90: number | null }>(
    reader,
    sql`SELECT ${median} AS median, ${p90} AS p90`,
  );
  return { bins, total, median: row?.median ?? null, p90: row?.p90 ?? null };
}

const DURATION = `(${ALIAS}.finished_at - ${ALIAS}.started_at)`;

/** The duration that stands at a rank, from 1. Its bin is known, so that only the records of one bin are sorted. */
function ranked(list: RecordList, scope: readonly Sql[], bins: readonly number[], rank: number): Sql {
  let before = 0;
  let bin = 0;
  while (before + (bins[bin] ?? 0) < rank) {
    before += bins[bin] ?? 0;
    bin += 1;
  }
  const duration = raw(DURATION);
  const end = binStart(bin + 1);
  const within = [sql`${duration} >= ${binStart(bin) ?? 0}`, ...(end === null ? [] : [sql`${duration} < ${end}`])];
  return sql`(SELECT ${duration} FROM ${raw(`${list.table} ${ALIAS}`)}${where([...scope, ...within])}
    ORDER BY ${duration} LIMIT 1 OFFSET ${rank - before - 1})`;
}

function finishedWithin(
  { dialect }: Reader,
  list: RecordList,
  filter: FilterInput | null,
  { from, to }: { readonly from: Sql | number; readonly to: Sql | number },
): Sql[] {
  const condition = new FilterCompiler(dialect).compile(list, filter, ALIAS);
  const finished = raw(`${ALIAS}.finished_at`);
  return [sql`${finished} >= ${from}`, sql`${finished} < ${to}`, ...(condition ? [condition] : [])];
}

/** Where the buckets of a range begin. */
function bucketsOf(range: TimeRange, bucket: number): number[] {
  checkRange(range);
  const begin = Math.floor(range.from / bucket);
  const count = Math.ceil(range.to / bucket) - begin;
  if (count > MOST_BUCKETS) {
    throw new BuildgateError('TOO_EXPENSIVE', `bucket: the range has ${count} of them, of at most ${MOST_BUCKETS}.`);
  }
  return Array.from({ length: count }, (_, index) => (begin + index) * bucket);
}

function checkRange({ from, to }: TimeRange): void {
  if (to <= from) throw new BuildgateError('INVALID', 'to: must be later than from.');
  if (to - from > MOST_DAYS * DAY) {
    throw new BuildgateError('TOO_EXPENSIVE', `from, to: more than ${MOST_DAYS} days apart.`);
  }
}

function byState(totals: readonly number[]): Record<State, number> {
  return Object.fromEntries(STATES.map((state, index) => [state, totals[index] ?? 0])) as Record<State, number>;
}
