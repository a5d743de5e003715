import type { BuildFilter, State, System } from '../operations/documents.js';
import { STATES, SYSTEMS } from '../records/words.js';

/** The three lists. */
export const KINDS = ['events', 'builds', 'jobs'] as const;
export type ListKind = (typeof KINDS)[number];

/** The kinds as people read them. */
export const KIND_WORDS: Readonly<Record<ListKind, string>> = { events: 'Events', builds: 'Builds', jobs: 'Jobs' };

/** How far back a list reaches: hours, or only what has no time. */
const PERIODS = {
  '1h': 1,
  '24h': 24,
  '7d': 168,
  '30d': 720,
} as const;
export type RecordedPeriod = keyof typeof PERIODS;
export type Period = RecordedPeriod | 'unrecorded';
const PERIOD_NAMES = [...(Object.keys(PERIODS) as RecordedPeriod[]), 'unrecorded'] as const;

/** What a list is narrowed to, as the address says it. */
export interface ListFilters {
  readonly kind: ListKind;
  readonly system: System | null;
  readonly states: readonly State[];
  /** Key of a project in its system. */
  readonly project: string;
  /** Part of the name, in any case. */
  readonly text: string;
  readonly period: Period | null;
  /** Cursors: the page behind one, or in front of the other; the first page without. */
  readonly after: string | null;
  readonly before: string | null;
}

/** The filters that an address holds; what it does not understand is as if it were not there. */
export function filtersOf(search: string): ListFilters {
  const query = new URLSearchParams(search);
  const states = (query.get('state') ?? '').split(',');
  return {
    kind: KINDS.find((kind) => kind === query.get('kind')) ?? 'events',
    system: SYSTEMS.find((system) => system === query.get('system')) ?? null,
    states: STATES.filter((state) => states.includes(state)),
    project: query.get('project') ?? '',
    text: query.get('text') ?? '',
    period: PERIOD_NAMES.find((period) => period === query.get('time')) ?? null,
    after: query.get('after'),
    before: query.get('before'),
  };
}

/** The address of a list. */
export function addressOf({ kind, system, states, project, text, period, after, before }: ListFilters): string {
  const query = new URLSearchParams();
  const values = { system, state: states.join(','), project, text, time: period, after, before };
  if (kind !== 'events') query.set('kind', kind);
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return query.size === 0 ? '/' : `/?${query}`;
}

/** Other filters, and so the first page. */
export function withFilters(filters: ListFilters, changes: Partial<ListFilters>): ListFilters {
  return { ...filters, ...changes, after: null, before: null };
}

/** Whether a list is narrowed at all. */
export function isNarrowed({ system, states, project, text, period }: ListFilters): boolean {
  return system !== null || states.length > 0 || project !== '' || text !== '' || period !== null;
}

/** Conditions that all three kinds of record have alike, but for the name of the time of recording. */
type CommonFilter = Pick<BuildFilter, 'system' | 'state' | 'project' | 'name'>;

/**
 * Conditions for the list. Those for its subscription are without states: a row that leaves the states that were asked
 * for is to be seen leaving.
 */
export function conditionsOf(
  filters: ListFilters,
  use: 'list' | 'subscription',
): CommonFilter & Readonly<Record<string, unknown>> {
  const { kind, system, states, project, text, period } = filters;
  const recordedAt = kind === 'builds' ? 'submittedAt' : 'createdAt';
  return {
    ...(system && { system: { eq: system } }),
    ...(use === 'list' && states.length > 0 && { state: { in: [...states] } }),
    ...(project && { project: { eq: project } }),
    ...(text && { name: { icontains: text } }),
    ...timeCondition(kind, period, recordedAt),
  };
}

/** Events without a time of recording would stand before all others for ever, so they have a period of their own. */
function timeCondition(kind: ListKind, period: Period | null, field: string): Readonly<Record<string, unknown>> {
  if (period === 'unrecorded') return { [field]: { isNull: true } };
  if (period === null) return kind === 'events' ? { [field]: { isNull: false } } : {};
  return { [field]: { gte: new Date(Date.now() - PERIODS[period] * 3_600_000).toISOString() } };
}
