// The old representation of Freshmaker's pages from rows, as somebody would write it who needs nothing else.

/** Columns of an event that its pages show. */
export interface EventRow {
  id: number;
  legacy_id: string;
  legacy_state: string;
  state_reason: string | null;
  requester: string | null;
  created_at: number | null;
  finished_at: number | null;
  freshmaker_message_id: string;
  freshmaker_search_key: string;
  freshmaker_event_type_id: number;
  freshmaker_dry_run: number | boolean | null;
  freshmaker_requested_rebuilds: string;
  freshmaker_requester_metadata: string;
}

/** Columns of a build that its pages show. */
export interface BuildRow {
  event_id: number;
  legacy_id: string;
  name: string;
  legacy_state: string;
  state_reason: string | null;
  submitted_at: number;
  finished_at: number | null;
  freshmaker_type: number;
  freshmaker_original_nvr: string | null;
  freshmaker_rebuilt_nvr: string | null;
  freshmaker_external_build_id: number | null;
  freshmaker_build_args: string;
  freshmaker_odcs_composes: string;
  freshmaker_rebuild_reason: string;
  dep_on_id: string | null;
  dep_on: string | null;
}

/** One direction of `depends_on_events`. */
export interface DependencyRow {
  id: number;
  other: number;
}

/** Builds of an event in a state. */
export interface CountRow {
  event_id: number;
  state: number;
  total: number;
}

/** All that a page of events is made of; `counts` for version 2, `builds` for version 1. */
export interface EventPage {
  total: number;
  events: EventRow[];
  dependsOn: DependencyRow[];
  depending: DependencyRow[];
  counts: CountRow[];
  builds: BuildRow[];
}

/** What a page was asked with. */
export interface PageRequest {
  version: '1' | '2';
  page: number;
  perPage: number;
  /** Address of the list without its query. */
  list: string;
  /** Parameters that links repeat, each with its `&`. */
  others: string;
}

export const EVENT_COLUMNS = `id, legacy_id, legacy_state, state_reason, requester, created_at, finished_at,
  freshmaker_message_id, freshmaker_search_key, freshmaker_event_type_id, freshmaker_dry_run,
  freshmaker_requested_rebuilds, freshmaker_requester_metadata`;
export const BUILD_COLUMNS = `b.event_id, b.legacy_id, b.name, b.legacy_state, b.state_reason, b.submitted_at,
  b.finished_at, b.freshmaker_type, b.freshmaker_original_nvr, b.freshmaker_rebuilt_nvr, b.freshmaker_external_build_id,
  b.freshmaker_build_args, b.freshmaker_odcs_composes, b.freshmaker_rebuild_reason,
  d.legacy_id AS dep_on_id, d.name AS dep_on`;

/** Codes of event states. */
const EVENT_STATES = ['INITIALIZED', 'BUILDING', 'COMPLETE', 'FAILED', 'SKIPPED', 'CANCELED'];
const BUILD_STATES = ['BUILD', 'DONE', 'FAILED', 'CANCELED', 'PLANNED'];
const BUILD_TYPES = ['RPM', 'IMAGE', 'MODULE', 'IMAGE_REPOSITORY'];
/** Keys of `builds_summary` by the number in the column `state`. */
const SUMMARY_KEYS: Record<number, string> = { 0: 'PLANNED', 2: 'BUILD', 3: 'DONE', 4: 'FAILED', 5: 'CANCELED' };

/** The answer to `GET /freshmaker/api/{1,2}/events/`. */
export function representPage(request: PageRequest, found: EventPage): object {
  const dependsOn = Map.groupBy(found.dependsOn, ({ id }) => id);
  const depending = Map.groupBy(found.depending, ({ id }) => id);
  const counts = Map.groupBy(found.counts, ({ event_id }) => event_id);
  const builds = Map.groupBy(found.builds, ({ event_id }) => event_id);
  const items = found.events.map((event) => ({
    ...(request.version === '1'
      ? { builds: (builds.get(event.id) ?? []).map(representBuild) }
      : { builds_summary: summary(counts.get(event.id) ?? []) }),
    depending_events: (depending.get(event.id) ?? []).map(({ other }) => numberOf(other)),
    depends_on_events: (dependsOn.get(event.id) ?? []).map(({ other }) => numberOf(other)),
    dry_run: event.freshmaker_dry_run === null ? null : Boolean(event.freshmaker_dry_run),
    event_type_id: event.freshmaker_event_type_id,
    id: Number(event.legacy_id),
    message_id: event.freshmaker_message_id,
    requested_rebuilds: JSON.parse(event.freshmaker_requested_rebuilds) as unknown,
    requester: event.requester,
    requester_metadata: JSON.parse(event.freshmaker_requester_metadata) as unknown,
    search_key: event.freshmaker_search_key,
    state: Number(event.legacy_state),
    state_name: EVENT_STATES[Number(event.legacy_state)],
    state_reason: event.state_reason,
    time_created: timeText(event.created_at),
    time_done: timeText(event.finished_at),
    url: `/freshmaker/api/1/events/${event.legacy_id}`,
  }));
  return { items, meta: meta(request, found.total) };
}

/** A build, as pages and messages show it. */
export function representBuild(build: BuildRow): object {
  return {
    build_args: JSON.parse(build.freshmaker_build_args) as unknown,
    build_id: build.freshmaker_external_build_id,
    dep_on: build.dep_on,
    dep_on_id: build.dep_on_id === null ? null : Number(build.dep_on_id),
    event_id: numberOf(build.event_id),
    id: Number(build.legacy_id),
    name: build.name,
    odcs_composes: JSON.parse(build.freshmaker_odcs_composes) as unknown,
    original_nvr: build.freshmaker_original_nvr,
    rebuild_reason: build.freshmaker_rebuild_reason,
    rebuilt_nvr: build.freshmaker_rebuilt_nvr,
    state: Number(build.legacy_state),
    state_name: BUILD_STATES[Number(build.legacy_state)],
    state_reason: build.state_reason,
    time_completed: timeText(build.finished_at),
    time_submitted: timeText(build.submitted_at),
    type: build.freshmaker_type,
    type_name: BUILD_TYPES[build.freshmaker_type],
    url: `/freshmaker/api/1/builds/${build.legacy_id}`,
  };
}

function summary(counts: readonly CountRow[]): Record<string, number> {
  const answer: Record<string, number> = { total: 0 };
  for (const { state, total } of counts) {
    answer[SUMMARY_KEYS[state]!] = total;
    answer.total! += total;
  }
  return answer;
}

function meta({ page, perPage, list, others }: PageRequest, total: number): object {
  const pages = Math.ceil(total / perPage);
  const link = (number: number): string => `${list}?per_page=${perPage}&page=${number}${others}`;
  return {
    first: link(1),
    last: link(pages),
    next: page < pages ? link(page + 1) : null,
    page,
    pages,
    per_page: perPage,
    prev: page > 1 ? link(page - 1) : null,
    total,
  };
}

/** Internal ids are the number in the old system times 16, plus the number of the system. */
function numberOf(id: number): number {
  return Math.floor(id / 16);
}

function timeText(micros: number | null): string | null {
  return micros === null ? null : `${new Date(micros / 1000).toISOString().slice(0, 19)}Z`;
}

/** What the address of a page says. */
export function pageRequest(version: string, host: string, query: URLSearchParams): PageRequest {
  const others = [...query].filter(([name]) => name !== 'page' && name !== 'per_page');
  return {
    version: version === '1' ? '1' : '2',
    page: Number(query.get('page') ?? 1),
    perPage: Number(query.get('per_page') ?? 10),
    list: `http://${host}/freshmaker/api/${version}/events/`,
    others: others.map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join(''),
  };
}
