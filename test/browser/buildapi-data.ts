/** The revision of what happens today; its author and one of its builders have names that are markup. */
export const REVISION = '5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed';
export const HOSTILE_BUILDER = `Linux <img src="//elsewhere.example/x.png" onerror="document.title='taken'"> try & 'co' build`;
export const HOSTILE_AUTHOR = `"><script>document.title='taken'</script>kim@${'example.'.repeat(15)}org`;
/** Waits, until the person cancels it. */
export const WAITING = { id: 9003, builder: 'Windows XP 32-bit try opt test mochitest-browser-chrome-1' };

const MASTER = 'buildbot-master75.bb.releng.use1.example.org:/builds/buildbot/try1/master';

/** Data of the last minutes, in buildapi's import format: builds that ended well and badly, run, and wait. */
export function todaysImport(now: number) {
  const request = (id: number, buildername: string, rest: object = {}) => ({
    request_id: id,
    buildername,
    branch: 'try',
    revision: REVISION,
    submittime: now - 40,
    reason: 'scheduler',
    change_ids: [1],
    properties: { buildid: '20150601060810', scheduler: 'try-linux64' },
    ...rest,
  });
  const claimed = { claimed_at: now - 30, claimed_by_name: MASTER, claimed_by_incarnation: 'pid7-boot1' };
  const ended = (results: number) => ({ ...claimed, complete: 1, complete_at: now - 4, results });
  const build = (id: number, requestId: number, endtime: number | null) => ({
    build_id: id,
    request_id: requestId,
    buildnumber: id,
    starttime: now - 29,
    endtime,
    slavename: `bld-linux64-${id}`,
  });
  const results = [0, 1, 2, 3, 4, 6];
  return {
    branches: [
      { name: 'try', repo: 'https://hg.example.org/try', repo_type: 'hg', graph_branches: ['Try'] },
      { name: 'ash', repo: 'https://hg.example.org/projects/ash' },
      { name: 'mozilla-inbound', repo: 'https://hg.example.org/integration/mozilla-inbound' },
    ],
    changes: [{ changeid: 1, author: HOSTILE_AUTHOR, branch: 'try', revision: REVISION, when_timestamp: now - 41 }],
    requests: [
      request(9001, 'Android 4.0 armv7 API 11+ try debug build', { priority: 3 }),
      request(9002, HOSTILE_BUILDER, { submittime: now - 41 }),
      request(WAITING.id, WAITING.builder, { submittime: now - 42, priority: -2 }),
      request(9004, 'Linux x86-64 try build', claimed),
      request(9005, 'OS X 10.10 try opt test web-platform-tests-reftests', {
        ...claimed,
        branch: 'try-macosx64-opt-unittest-with-a-long-source-branch',
      }),
      ...results.map((code) => request(9010 + code, `Linux x86-64 asan try opt test mochitest-${code}`, ended(code))),
    ],
    builds: [
      build(8004, 9004, null),
      build(8005, 9005, null),
      ...results.map((code) => build(8010 + code, 9010 + code, now - 5)),
    ],
    jobs: [
      {
        job_id: 1,
        action: 'reprioritize',
        who: HOSTILE_AUTHOR,
        when: now - 20,
        what: { brid: 9003, priority: 5 },
      },
      {
        job_id: 2,
        action: 'rebuild_request',
        who: 'mallory',
        when: now - 18,
        completed_at: now - 17,
        what: { brid: 1, priority: 0, count: 1 },
        complete_data: { request_id: 2, body: { errors: true, msg: '<img src=x onerror="document.title=\'taken\'">' } },
      },
    ],
  };
}
