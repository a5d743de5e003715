import type { Random } from '../random.js';
import { isoSecond, MINUTE, moments, SECOND } from './moments.js';

/** How a container image builds on others: its name, and which of the images before it it needs. */
export interface Image {
  readonly name: string;
  readonly base: string | null;
}

/** Images of an advisory, each after what it builds on. */
export const IMAGES: readonly Image[] = [
  { name: 'base-container', base: null },
  { name: 'runtime-container', base: 'base-container' },
  { name: 'nodejs-container', base: 'runtime-container' },
  { name: 'python-container', base: 'runtime-container' },
  { name: 'web-container', base: 'nodejs-container' },
  { name: 'api-container', base: 'python-container' },
  { name: 'worker-container', base: 'python-container' },
  { name: 'console-container', base: 'web-container' },
];

/** Name, version and release of an image before it was rebuilt. */
export function originalNvr(random: Random, name: string): string {
  return `${name}-${random.between(1, 4)}.${random.between(0, 9)}-${random.between(1, 60)}`;
}

const EVENTS = 44;
const ERRATA_ADVISORY_STATE_CHANGED = 10;
const [COMPLETE, FAILED] = [2, 3];
const [BUILD_DONE, BUILD_FAILED] = [1, 2];

/** Advisories of the last day and the images that were rebuilt for them, in the format of Freshmaker's import. */
export function freshmakerData(random: Random, now: number): object {
  const events = moments(random, EVENTS, now).map((created, index) => eventOf(random, index, created));
  return { events };
}

function eventOf(random: Random, index: number, created: number): object {
  const id = 1_001 + index;
  const search = String(61_000 + index * 7 + random.between(0, 6));
  const builds = buildsOf(random, id, created);
  const failed = builds.filter(({ state }) => state === BUILD_FAILED).length;
  const outcome = failed > 0 ? `${failed} of ${builds.length}` : `All ${builds.length}`;
  return {
    id,
    message_id: `ID:demo-${id}.${random.hex(8)}`,
    search_key: search,
    event_type_id: ERRATA_ADVISORY_STATE_CHANGED,
    state: failed > 0 ? FAILED : COMPLETE,
    state_reason: `Advisory ${search}: ${outcome} container images ${failed > 0 ? 'failed' : 'have been rebuilt'}.`,
    time_created: isoSecond(created),
    time_done: builds.at(-1)!.time_completed,
    builds,
  };
}

/** The images from the first on, one after the other; what builds on a failed one fails with it. */
function buildsOf(random: Random, event: number, created: number) {
  const failures = new Set<string>();
  let moment = created + 20 * SECOND;
  return IMAGES.slice(0, random.between(2, IMAGES.length)).map(({ name, base }, place) => {
    const nvr = originalNvr(random, name);
    const id = idOf(event, place);
    const fails = (base !== null && failures.has(base)) || random.chance(0.04);
    if (fails) failures.add(name);
    const submitted = moment;
    moment += random.between(40 * SECOND, 2 * MINUTE);
    return {
      id,
      event_id: event,
      name,
      type: 1,
      state: fails ? BUILD_FAILED : BUILD_DONE,
      state_reason: fails ? 'Failed to build in Koji.' : 'Built successfully.',
      original_nvr: nvr,
      rebuilt_nvr: fails ? null : `${nvr}.${Math.floor(submitted / SECOND)}`,
      dep_on_id: base === null ? null : idOf(event, placeOf(base)),
      build_id: 700_000 + id,
      time_submitted: isoSecond(submitted),
      time_completed: isoSecond(moment),
      build_args: { target: 'rhel-9-containers-candidate' },
      rebuild_reason: base === null ? 'directly_affected' : 'dependency',
    };
  });
}

function idOf(event: number, place: number): number {
  return event * 10 + place;
}

function placeOf(name: string): number {
  return IMAGES.findIndex((image) => image.name === name);
}
