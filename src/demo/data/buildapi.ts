import type { Random } from '../random.js';
import { MINUTE, moments, SECOND } from './moments.js';

/** Branches that are built. */
export const BRANCHES = ['birch', 'cedar'] as const;
/** What builders make, behind the name of their branch. */
export const PLATFORMS = ['Linux', 'Linux x86-64', 'OS X', 'WINNT 6.1', 'Android'] as const;
/** Machines that builds run on. */
export const SLAVES = ['bld-linux64-001', 'bld-linux64-002', 'bld-lion-r5-017', 'w64-ix-slave42'] as const;
/** Build master that claims requests. */
export const MASTER = 'buildbot-master81.example.org:/builds/buildbot/build1/master';

const PUSHES = 40;
const AUTHORS = ['kim', 'noor', 'sasha', 'ines'] as const;
const MESSAGES = [
  'Do not paint behind the scroll bar',
  'Measure start-up once more',
  'Back out the last push for failures on Android',
  'Let the decoder wait for its worker',
  'Name the lock after what it guards',
] as const;
const [SUCCESS, WARNINGS, FAILURE] = [0, 1, 2];

/** Name of the builder of a platform on a branch. */
export function builderName(branch: string, platform: string): string {
  return `${platform} ${branch} build`;
}

/** Pushes of the last day and what was built of each, in the format of buildapi's import. */
export function buildapiData(random: Random, now: number): object {
  const pushes = moments(random, PUSHES, now).map((moment, index) => pushOf(random, index, moment));
  return {
    branches: BRANCHES.map((name) => ({
      name,
      repo: `https://hg.example.org/projects/${name}`,
      repo_type: 'hg',
      graph_branches: [name],
    })),
    builders: BRANCHES.flatMap((branch) =>
      PLATFORMS.map((platform) => ({ name: builderName(branch, platform), branch })),
    ),
    changes: pushes.map(({ change }) => change),
    requests: pushes.flatMap(({ requests }) => requests),
    builds: pushes.flatMap(({ builds }) => builds),
  };
}

interface Push {
  readonly number: number;
  readonly branch: string;
  readonly revision: string;
  /** Seconds since 1970, as all times of buildapi. */
  readonly when: number;
}

function pushOf(random: Random, index: number, moment: number) {
  const when = Math.floor(moment / SECOND);
  const push: Push = { number: 1_001 + index, branch: random.pick(BRANCHES), revision: random.hex(40), when };
  const built = PLATFORMS.slice(0, random.between(2, PLATFORMS.length));
  const made = built.map((platform, place) => requestOf(random, push, platform, place));
  return {
    change: {
      changeid: push.number,
      author: `${random.pick(AUTHORS)}@example.org`,
      branch: push.branch,
      revision: push.revision,
      when_timestamp: when,
      comments: random.pick(MESSAGES),
      files: ['browser/base/content/browser.js'],
    },
    requests: made.map(({ request }) => request),
    builds: made.map(({ build }) => build),
  };
}

/** A request that was claimed and ended, and the one build of it. */
function requestOf(random: Random, push: Push, platform: string, place: number) {
  const claimed = push.when + random.between(10, 90);
  const attempt: Attempt = {
    id: push.number * 10 + place,
    claimed,
    ended: claimed + random.between(MINUTE / SECOND, (12 * MINUTE) / SECOND),
    results: random.chance(0.9) ? SUCCESS : random.pick([WARNINGS, FAILURE]),
  };
  return { request: requestRow(push, platform, attempt), build: buildRow(random, push, attempt) };
}

interface Attempt {
  readonly id: number;
  readonly claimed: number;
  readonly ended: number;
  readonly results: number;
}

function requestRow({ number, branch, revision, when }: Push, platform: string, attempt: Attempt): object {
  return {
    request_id: attempt.id,
    buildername: builderName(branch, platform),
    branch,
    revision,
    submittime: when + 5,
    complete: 1,
    complete_at: attempt.ended,
    priority: 0,
    claimed_at: attempt.claimed,
    reason: 'scheduler',
    properties: {},
    results: attempt.results,
    claimed_by_name: MASTER,
    claimed_by_incarnation: 'pid812-boot1',
    change_ids: [number],
  };
}

function buildRow(random: Random, { number }: Push, { id, claimed, ended, results }: Attempt): object {
  return {
    build_id: id,
    request_id: id,
    buildnumber: number,
    starttime: claimed,
    endtime: ended,
    status: results,
    claimed_by_name: MASTER,
    slavename: random.pick(SLAVES),
  };
}
