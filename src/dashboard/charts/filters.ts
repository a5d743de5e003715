import { CHARTS_PATH } from '../address.js';
import { KINDS, type ListFilters, type ListKind } from '../list/filters.js';
import type { System, TimeBucket } from '../operations/documents.js';
import { SYSTEMS } from '../records/words.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How long a stretch of time the charts show, in how many buckets of which length. */
const PERIODS = {
  '1h': { bucket: 'MINUTE', bucketMs: MINUTE_MS, count: 60 },
  '24h': { bucket: 'HOUR', bucketMs: HOUR_MS, count: 24 },
  '7d': { bucket: 'SIX_HOURS', bucketMs: 6 * HOUR_MS, count: 28 },
  '30d': { bucket: 'DAY', bucketMs: 24 * HOUR_MS, count: 30 },
  '90d': { bucket: 'DAY', bucketMs: 24 * HOUR_MS, count: 90 },
} as const satisfies Record<string, Buckets>;

/** A stretch of time in buckets. */
export interface Buckets {
  readonly bucket: TimeBucket;
  readonly bucketMs: number;
  readonly count: number;
}

export type ChartPeriod = keyof typeof PERIODS;
const PERIOD_NAMES = Object.keys(PERIODS) as readonly ChartPeriod[];
const USUAL: ChartPeriod = '24h';

/** What the charts are about, as the address says it. */
export interface ChartFilters {
  readonly kind: ListKind;
  readonly system: System | null;
  /** Key of a project in its system. */
  readonly project: string;
  readonly period: ChartPeriod;
  /** Where the time that is shown ends, milliseconds since 1970; null: now. */
  readonly until: number | null;
}

/** The filters that an address holds; what it does not understand is as if it were not there. */
export function chartFiltersOf(search: string): ChartFilters {
  const query = new URLSearchParams(search);
  const until = Date.parse(query.get('until') ?? '');
  return {
    kind: KINDS.find((kind) => kind === query.get('kind')) ?? 'builds',
    system: SYSTEMS.find((system) => system === query.get('system')) ?? null,
    project: query.get('project') ?? '',
    period: PERIOD_NAMES.find((period) => period === query.get('time')) ?? USUAL,
    until: Number.isNaN(until) ? null : until,
  };
}

/** The address of charts. */
export function chartsAddress({ kind, system, project, period, until }: ChartFilters): string {
  const query = new URLSearchParams();
  if (kind !== 'builds') query.set('kind', kind);
  if (system) query.set('system', system);
  if (project) query.set('project', project);
  if (period !== USUAL) query.set('time', period);
  if (until !== null) query.set('until', new Date(until).toISOString());
  return query.size === 0 ? CHARTS_PATH : `${CHARTS_PATH}?${query}`;
}

/** Charts about what a list shows, as far as charts know its filters. */
export function chartsOfList({ kind, system, project, period }: ListFilters): ChartFilters {
  return { kind, system, project, period: PERIOD_NAMES.find((name) => name === period) ?? USUAL, until: null };
}

/** The buckets of a period. */
export function bucketsOf({ period }: ChartFilters): Buckets {
  return PERIODS[period];
}

/** Conditions on the records, for lists and subscriptions alike. */
export function conditionsOf({ system, project }: ChartFilters): object {
  return { ...(system && { system: { eq: system } }), ...(project && { project: { eq: project } }) };
}
