/** Seconds since 1970 an hour before the test run: within the last 60 days, unlike everything else here. */
export const RECENT = Math.floor(Date.now() / 1000) - 3600;

/** A try push of kim: one build serves two requests, one runs, one waits, one was cancelled, one was tried again. */
export const TRY_REVISION = '0f1e2d3c4b5a69788796a5b4c3d2e1f001122334';
/** A push on try-comm-central, whose name begins with `try` and ends with `comm-central`. */
export const COMM_REVISION = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
/** A finished push of alice on mozilla-inbound: passed, the second request after a retry. */
export const INBOUND_REVISION = 'aabbccddeeff00112233445566778899aabbccdd';
/** A push of an hour ago on mozilla-inbound. */
export const RECENT_REVISION = 'dd00dd00dd00dd00dd00dd00dd00dd00dd00dd00';
/** A builder whose name is markup. */
export const HOSTILE_BUILDER = `<script>alert("try")</script> & 'co'`;

const MASTER = 'buildbot-master75.example.org:/builds/buildbot/try1/master';
const LINUX = 'Linux x86-64 try build';

const request = (id: number, buildername: string, rest: object) => ({
  request_id: id,
  buildername,
  branch: 'try',
  revision: TRY_REVISION,
  submittime: 1433164090,
  complete: 0,
  complete_at: null,
  priority: 0,
  claimed_at: 0,
  reason: 'scheduler',
  change_ids: [501],
  ...rest,
});

const claimed = (at: number) => ({ claimed_at: at, claimed_by_name: MASTER, claimed_by_incarnation: 'pid7-boot1' });

const complete = (at: number, results: number) => ({ complete: 1, complete_at: at, results });

/** Data in the import format (contract buildapi section 13). */
export const BUILDAPI_IMPORT = {
  branches: [
    { name: 'try', repo: 'https://hg.example.org/try', repo_type: 'hg', graph_branches: ['Try'] },
    { name: 'comm-central', repo: 'https://hg.example.org/comm-central' },
    { name: 'try-comm-central', repo: 'https://hg.example.org/try-comm-central' },
    {
      name: 'mozilla-inbound',
      repo: 'https://hg.example.org/integration/mozilla-inbound',
      repo_type: 'hg',
      graph_branches: ['Mozilla-Inbound'],
    },
    { name: 'ash', repo: 'https://hg.example.org/projects/ash', repo_type: 'hg', graph_branches: ['Ash'] },
  ],
  builders: [
    { name: 'Linux mozilla-inbound build', branch: 'mozilla-inbound' },
    { name: 'Linux mozilla-inbound pgo-build', branch: 'mozilla-inbound' },
    { name: 'Linux mozilla-inbound nightly', branch: 'mozilla-inbound' },
    { name: 'Linux mozilla-inbound l10n nightly', branch: 'mozilla-inbound' },
    { name: LINUX, branch: 'try' },
  ],
  changes: [
    {
      changeid: 501,
      author: 'kim@example.org',
      branch: 'try',
      revision: TRY_REVISION,
      when_timestamp: 1433164000,
      comments: 'try: -b do -p linux64',
      revlink: `https://hg.example.org/try/rev/${TRY_REVISION}`,
      category: 'push',
      files: ['a.cpp', 'b.cpp'],
    },
    { changeid: 502, author: 'kim@example.org', branch: 'try', revision: TRY_REVISION, when_timestamp: 1433164001 },
    {
      changeid: 503,
      author: 'lee@example.org',
      branch: 'try-comm-central',
      revision: COMM_REVISION,
      when_timestamp: 1433164500,
    },
    {
      changeid: 504,
      author: 'alice',
      branch: 'integration/mozilla-inbound',
      revision: INBOUND_REVISION,
      when_timestamp: 1433170000,
    },
    {
      changeid: 505,
      author: 'alice',
      branch: 'mozilla-inbound-linux-opt-unittest',
      revision: INBOUND_REVISION,
      when_timestamp: 1433170001,
    },
  ],
  requests: [
    request(71123549, LINUX, {
      ...claimed(1433164404),
      ...complete(1433166610, 0),
      properties: { buildid: '20150601060810', scheduler: 'try-linux64' },
      change_ids: [501, 502],
    }),
    request(71123550, LINUX, { ...claimed(1433164404), ...complete(1433166610, 0), submittime: 1433164100 }),
    request(71123551, 'Linux x86-64 try opt test mochitest-1', {
      ...claimed(1433166700),
      branch: 'try-linux64-opt-unittest',
      submittime: 1433166620,
    }),
    request(71123552, 'Windows XP try build', { priority: 3, submittime: 1433164091 }),
    request(71123553, 'Windows 8 try build', { ...complete(1433164200, 2), submittime: 1433164092 }),
    request(71123554, 'Android 4.0 API 11+ try build', {
      ...claimed(1433165800),
      ...complete(1433166900, 1),
      submittime: 1433164093,
    }),
    request(71123555, HOSTILE_BUILDER, { submittime: 1433164094, reason: '<b>"why"</b>' }),
    request(71123560, 'Linux try-comm-central build', {
      ...claimed(1433164600),
      ...complete(1433166000, 2),
      branch: 'try-comm-central',
      revision: COMM_REVISION,
      submittime: 1433164510,
      change_ids: [503],
    }),
    request(71123570, 'Lost builder', { branch: null, revision: null, submittime: 1433164600, change_ids: [] }),
    request(71123580, 'Linux mozilla-inbound build', {
      ...claimed(1433170100),
      ...complete(1433171000, 0),
      branch: 'integration/mozilla-inbound',
      revision: INBOUND_REVISION,
      submittime: 1433170010,
      change_ids: [504, 505],
    }),
    request(71123581, 'OS X mozilla-inbound build', {
      ...claimed(1433170110),
      ...complete(1433171100, 5),
      branch: 'integration/mozilla-inbound',
      revision: INBOUND_REVISION,
      submittime: 1433170011,
      change_ids: [504],
    }),
    request(71123590, 'Linux mozilla-inbound build', {
      ...claimed(RECENT + 5),
      branch: 'mozilla-inbound',
      revision: RECENT_REVISION,
      submittime: RECENT,
      change_ids: [],
    }),
    request(71123591, 'Windows mozilla-inbound build', {
      branch: 'mozilla-inbound',
      revision: RECENT_REVISION,
      submittime: RECENT + 1,
      change_ids: [],
    }),
  ],
  builds: [
    {
      build_id: 72398103,
      request_id: 71123549,
      buildnumber: 4372,
      starttime: 1433164406,
      endtime: 1433166609,
      slavename: 'bld-linux64-001',
    },
    {
      build_id: 72398104,
      requests: [{ request_id: 71123550 }],
      buildnumber: 4372,
      starttime: 1433164406,
      endtime: 1433166609,
      slavename: 'bld-linux64-001',
    },
    {
      build_id: 72398105,
      request_id: 71123554,
      buildnumber: 10,
      starttime: 1433164700,
      endtime: 1433165000,
      slavename: 'bld-android-001',
    },
    {
      build_id: 72398110,
      request_id: 71123551,
      buildnumber: 7,
      starttime: 1433166702,
      endtime: null,
      slavename: 'tst-linux64-001',
    },
    {
      build_id: 72398112,
      request_id: 71123554,
      buildnumber: 11,
      starttime: 1433165801,
      endtime: 1433166899,
      slavename: 'bld-android-0012',
    },
    { build_id: 72398120, request_id: 71123560, buildnumber: 3, starttime: 1433164601, endtime: 1433165999 },
    { build_id: 72398130, request_id: 71123580, buildnumber: 0, starttime: 1433170101, endtime: 1433170999 },
    { build_id: 72398131, request_id: 71123581, buildnumber: 1, starttime: 1433170111, endtime: 1433171099 },
    { build_id: 72398140, request_id: 71123590, buildnumber: 2, starttime: RECENT + 6, endtime: null },
  ],
  jobs: [
    {
      job_id: 5060,
      action: 'cancel_build',
      who: 'alice',
      when: 1433378820,
      completed_at: 1433378825,
      what: { bid: 72000173 },
      complete_data: { request_id: 5060, body: { errors: false, msg: 'Ok' } },
    },
    {
      job_id: 5061,
      action: 'reprioritize',
      who: 'kim@example.org',
      when: 1433378820,
      completed_at: null,
      what: { brid: 71123552, priority: 5 },
      complete_data: null,
    },
    {
      job_id: 5062,
      action: 'rebuild_request',
      who: 'mallory',
      when: 1433378900,
      completed_at: 1433378901,
      what: { brid: 1, priority: 0, count: 1 },
      complete_data: { request_id: 5062, body: { errors: true, msg: '<img src=x onerror="alert(1)">' } },
    },
  ],
};
