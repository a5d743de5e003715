/** Data in buildapi's import format (contract buildapi, section 13). */

type Row = Record<string, unknown>;

/** A branch with the required fields. */
export function branch(name: string, more: object = {}): Row {
  return { name, repo: `https://hg.example.org/projects/${name}`, ...more };
}

/** A change with the required fields. */
export function change(changeid: number, more: object = {}): Row {
  return { changeid, author: 'kim@example.org', when_timestamp: 1_433_160_000 + changeid, ...more };
}

/** A request with the required fields: pending. */
export function request(requestId: number, more: object = {}): Row {
  return { request_id: requestId, buildername: 'Linux ash build', submittime: 1_433_160_010 + requestId, ...more };
}

/** A build with the required fields: running. */
export function build(buildId: number, requestId: number, more: object = {}): Row {
  return {
    build_id: buildId,
    request_id: requestId,
    buildnumber: buildId % 100,
    starttime: 1_433_161_000 + buildId,
    ...more,
  };
}

/** A job with the required fields: not finished. */
export function job(jobId: number, more: object = {}): Row {
  return { job_id: jobId, action: 'cancel_request', who: 'alice', when: 1_433_162_000, what: { brid: 1 }, ...more };
}

/** A document with the required arrays. */
export function dump(more: object = {}): Row {
  return { branches: [], requests: [], ...more };
}

const REVISION = '00112233445566778899aabbccddeeff00112233';

/** The example of contract buildapi, section 13. */
export const EXAMPLE = {
  branches: [{ name: 'ash', repo: 'https://hg.example.org/projects/ash', repo_type: 'hg', graph_branches: ['Ash'] }],
  builders: [
    { name: 'Linux ash build', branch: 'ash' },
    { name: 'Linux ash nightly', branch: 'ash' },
  ],
  changes: [
    {
      changeid: 7,
      author: 'kim@example.org',
      branch: 'ash',
      revision: REVISION,
      when_timestamp: 1_433_160_000,
      comments: 'Fix it',
      files: ['a.cpp'],
    },
  ],
  requests: [
    {
      request_id: 41,
      buildername: 'Linux ash build',
      branch: 'projects/ash',
      revision: REVISION,
      submittime: 1_433_160_010,
      complete: 1,
      complete_at: 1_433_161_001,
      priority: 0,
      claimed_at: 1_433_160_020,
      reason: 'scheduler',
      properties: { buildid: '20150601050010' },
      results: 0,
      claimed_by_name: 'master1.example.org:/builds/m1',
      claimed_by_incarnation: 'pid1-boot2',
      change_ids: [7],
    },
    {
      request_id: 42,
      buildername: 'Linux ash opt test',
      branch: 'ash-linux-opt-unittest',
      revision: REVISION,
      submittime: 1_433_161_010,
      complete: 0,
      complete_at: null,
      priority: 3,
      claimed_at: 0,
      reason: 'scheduler',
    },
  ],
  builds: [
    {
      build_id: 91,
      request_id: 41,
      buildnumber: 12,
      starttime: 1_433_160_025,
      endtime: 1_433_161_000,
      status: 0,
      claimed_by_name: 'master1.example.org:/builds/m1',
      slavename: 'bld-001',
    },
  ],
  jobs: [
    {
      job_id: 5,
      action: 'reprioritize',
      who: 'kim@example.org',
      when: 1_433_161_020,
      completed_at: 1_433_161_021,
      what: { brid: 42, priority: 3 },
      complete_data: { request_id: 5, body: { errors: false, msg: 'Ok' } },
    },
  ],
};
