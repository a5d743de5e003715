// Makes a data set in Freshmaker's import format, the same for the same seed:
// node test/bench/generate.ts --events 148898 --builds 1000000 --seed 1 --out FILE (standard output without --out)
import { parseArgs } from 'node:util';
import { Random } from './random.ts';
import { writeText } from './write-text.ts';

const COMPONENTS = 2_000;
const FIRST_EVENT = Date.UTC(2016, 0, 4) / 1000;
const LAST_EVENT = Date.UTC(2025, 5, 30) / 1000;
const ADVISORY_MESSAGE = 8;
const ADVISORY_RELEASED = 10;
const MANUAL = 13;

const EVENT_BUILDING = 1;
const EVENT_COMPLETE = 2;
const EVENT_FAILED = 3;
const EVENT_SKIPPED = 4;
const EVENT_CANCELED = 5;
const BUILD_RUNNING = 0;
const BUILD_DONE = 1;
const BUILD_FAILED = 2;
const BUILD_CANCELED = 3;
const BUILD_PLANNED = 4;
/** The last events of a data set are still at work. */
const RUNNING_EVENTS = 20;

const STEMS = ['web', 'base', 'openshift', 'jboss', 'ruby', 'python', 'nodejs', 'postgresql', 'ceph', 'logging'];
const PARTS = ['server', 'proxy', 'operator', 'router', 'builder', 'agent', 'runtime', 'console', 'api', 'sidecar'];
const ARCHES = ['x86_64', 'x86_64 s390x', 'x86_64 ppc64le s390x', 'x86_64 aarch64 ppc64le s390x'];
const USERS = ['jdoe', 'asmith', 'mrossi', 'kpatel', 'lchen', 'release-bot'];

function componentName(number: number): string {
  const stem = STEMS[number % STEMS.length];
  const part = PARTS[Math.floor(number / STEMS.length) % PARTS.length];
  return `${stem}-${part}-${Math.floor(number / (STEMS.length * PARTS.length))}-container`;
}

function timeText(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

interface Counters {
  build: number;
  task: number;
  dryRunTask: number;
}

/** How many builds an event gets: most have none, few have more than a hundred; the rest of the data set is spread. */
function buildCount(random: Random, eventsLeft: number, buildsLeft: number): number {
  if (eventsLeft === 1) return buildsLeft;
  if (buildsLeft === 0 || random.chance(0.55)) return 0;
  const mean = buildsLeft / (eventsLeft * 0.45);
  // Exponential with a long tail: one in twenty is some times as large.
  const size = -Math.log(1 - random.next()) * mean * (random.chance(0.05) ? 6 : 0.75);
  return Math.min(buildsLeft, 1 + Math.floor(size));
}

function makeBuild(random: Random, counters: Counters, event: EventFacts, index: number, parents: readonly Parent[]) {
  const parent = index > 0 && parents.length > 0 && random.chance(0.45) ? random.pick(parents) : null;
  const name = componentName(Math.floor(random.next() ** 2 * COMPONENTS));
  const version = `${1 + random.below(4)}.${random.below(12)}`;
  const nvr = `${name}-${version}-${1 + random.below(200)}`;
  const state = buildState(random, event.state);
  const submitted = event.created + 20 + random.below(600);
  const submittedToKoji = state !== BUILD_PLANNED && !(state === BUILD_CANCELED && random.chance(0.5));
  const running = state === BUILD_RUNNING || state === BUILD_PLANNED;
  const id = counters.build++;
  const built = state === BUILD_DONE || (!running && random.chance(0.3));
  return {
    id,
    event_id: event.id,
    name,
    type: random.chance(0.98) ? 1 : random.pick([0, 2, 3]),
    state,
    state_reason: buildReason(state),
    original_nvr: nvr,
    rebuilt_nvr: built ? `${nvr}.${submitted}` : null,
    dep_on_id: parent?.id ?? null,
    build_id: submittedToKoji ? (event.dryRun ? -counters.dryRunTask++ : counters.task++) : null,
    time_submitted: timeText(submitted),
    time_completed: running ? null : timeText(submitted + 300 + random.below(9000)),
    build_args: {
      arches: random.pick(ARCHES),
      branch: `${name.slice(0, -'-container'.length)}-rhel-${7 + random.below(3)}`,
      commit: random.hex(40),
      parent: parent?.nvr ?? null,
      target: `rhel-${7 + random.below(3)}-containers-candidate`,
      ...(random.chance(0.05) ? { retry_count: 1 + random.below(3) } : {}),
    },
    odcs_composes: random.chance(0.6) ? [10_000 + random.below(200_000)] : [],
    rebuild_reason: random.chance(0.7) ? 'directly_affected' : 'dependency',
  };
}

interface Parent {
  readonly id: number;
  readonly nvr: string;
}

interface EventFacts {
  readonly id: number;
  readonly state: number;
  readonly created: number;
  readonly dryRun: boolean;
}

function buildState(random: Random, eventState: number): number {
  if (eventState === EVENT_BUILDING) return random.pick([BUILD_RUNNING, BUILD_PLANNED, BUILD_DONE]);
  if (eventState === EVENT_CANCELED) return random.chance(0.7) ? BUILD_CANCELED : BUILD_DONE;
  if (eventState === EVENT_FAILED) return BUILD_FAILED;
  return random.chance(0.93) ? BUILD_DONE : BUILD_FAILED;
}

function buildReason(state: number): string | null {
  if (state === BUILD_DONE) return 'Built successfully.';
  if (state === BUILD_RUNNING) return 'Building container image in Koji.';
  return state === BUILD_FAILED ? 'Failed to build in Koji.' : null;
}

function makeEvent(random: Random, counters: Counters, id: number, count: number, created: number, atWork: boolean) {
  const type = random.pick([ADVISORY_MESSAGE, ADVISORY_RELEASED, ADVISORY_RELEASED, ADVISORY_RELEASED, MANUAL]);
  const rare = random.chance(0.02);
  const state = eventState(random, count, atWork);
  const dryRun = random.chance(0.03);
  const advisory = 20_000 + Math.floor(id * 0.7) + random.below(40);
  const event = { id, state, created, dryRun };
  const builds: ReturnType<typeof makeBuild>[] = [];
  const parents: Parent[] = [];
  for (let index = 0; index < count; index++) {
    const build = makeBuild(random, counters, event, index, parents);
    builds.push(build);
    if (parents.length < 12) parents.push({ id: build.id, nvr: build.original_nvr });
  }
  const manual = type === MANUAL && !rare;
  return {
    id,
    message_id: manual ? `manual_rebuild_${created}.${id}` : `ID:broker-${1 + random.below(4)}-${id}.${random.hex(12)}`,
    search_key: String(advisory),
    event_type_id: rare ? random.below(19) : type,
    state,
    state_reason: eventReason(state, advisory, count),
    time_created: timeText(created),
    time_done: state === EVENT_BUILDING ? null : timeText(created + 30 + count * 120 + random.below(7200)),
    dry_run: dryRun,
    requester: manual ? random.pick(USERS) : null,
    requested_rebuilds: manual ? builds.slice(0, 3).map((build) => build.original_nvr) : [],
    requester_metadata: manual && random.chance(0.4) ? { ticket: `T-${random.below(90_000)}`, reason: 'rebuild' } : {},
    depends_on_events: manual && id > 10 && random.chance(0.2) ? [id - 1 - random.below(9)] : [],
    builds,
  };
}

function eventState(random: Random, count: number, atWork: boolean): number {
  if (count === 0) return random.chance(0.95) ? EVENT_SKIPPED : random.pick([EVENT_FAILED, EVENT_CANCELED]);
  if (atWork) return EVENT_BUILDING;
  if (random.chance(0.94)) return EVENT_COMPLETE;
  return random.chance(0.6) ? EVENT_FAILED : EVENT_CANCELED;
}

function eventReason(state: number, advisory: number, count: number): string {
  if (state === EVENT_COMPLETE) return `Advisory ${advisory}: All ${count} container images have been rebuilt.`;
  if (state === EVENT_BUILDING) return `Advisory ${advisory}: Rebuilding ${count} container images.`;
  if (state === EVENT_SKIPPED) return `Advisory ${advisory} is not allowed by internal policy to trigger rebuilds.`;
  if (state === EVENT_FAILED) return `Handling of event failed with traceback: advisory ${advisory} is gone.`;
  return `Event id ${advisory} requested for canceling by user release-bot`;
}

/** Further apart than there are events, so that no event of one seed is one of the next. */
const SEEDS_APART = 16_777_259;

function* documentText(events: number, builds: number, seed: number): Generator<string> {
  const counters: Counters = { build: 1, task: 5_000_000, dryRunTask: 1 };
  const step = (LAST_EVENT - FIRST_EVENT) / Math.max(events, 1);
  yield '{"events": [';
  for (let number = 0; number < events; number++) {
    // One for each event, so that the same event is much the same in a data set of another size.
    const random = new Random(Math.imul(seed, SEEDS_APART) + number);
    const left = builds - (counters.build - 1);
    const created = Math.floor(FIRST_EVENT + step * (number + random.next()));
    const count = buildCount(random, events - number, left);
    const event = makeEvent(random, counters, number + 1, count, created, number >= events - RUNNING_EVENTS);
    yield `${number === 0 ? '\n' : ',\n'}${JSON.stringify(event)}`;
  }
  yield '\n],\n"permissions": [{"role": "manual_rebuilder", "users": ["jdoe", "asmith"], "groups": ["release-team"]}]}\n';
}

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '148898' },
    builds: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
await writeText(documentText(Number(values.events), Number(values.builds), Number(values.seed)), values.out);
