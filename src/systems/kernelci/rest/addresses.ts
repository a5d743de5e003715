import type { Route } from '../../../server/dialect.js';

/** Where a resource answers: the part of a route that its methods share. */
export type Address = Pick<Route, 'uri' | 'parameters' | 'subject'>;

const job = ['job', 'jobs'];
/** `defconfig` is the older name of the same resource. */
const build = ['build', 'builds', 'defconfig', 'defconfigs'];
const boot = ['boot', 'boots'];
const lab = ['lab', 'labs'];
const token = ['token', 'tokens'];
const test = ['test', 'tests'];
const group = ['group', 'groups'];
const case_ = ['case', 'cases'];
const regression = ['regression', 'regressions'];
const statistics = ['statistic', 'statistics'];

/** Length first, digits second: other lengths match no route (contract kernelci section 2). */
const id = /[A-Za-z0-9]{24}/;

/** Every URI of the API, without the slash that each may end with (contract kernelci section 2). */
export const ADDRESSES = {
  jobs: { uri: '/{job}', subject: 'Jobs', parameters: { job } },
  job: { uri: '/{job}/{id}', subject: 'Jobs', parameters: { job, id } },
  jobDistinct: { uri: '/{job}/distinct/{field}', subject: 'Jobs', parameters: { job, field: 'segment' } },
  jobLogs: { uri: '/{job}/logs', subject: 'Jobs', parameters: { job } },
  jobLogsOfOne: { uri: '/{job}/{id}/logs', subject: 'Jobs', parameters: { job, id } },
  builds: { uri: '/{build}', subject: 'Builds', parameters: { build } },
  build: { uri: '/{build}/{id}', subject: 'Builds', parameters: { build, id } },
  // The older name never had it.
  buildDistinct: {
    uri: '/{newBuild}/distinct/{field}',
    subject: 'Builds',
    parameters: { newBuild: ['build', 'builds'], field: 'segment' },
  },
  buildLogs: { uri: '/{build}/logs', subject: 'Builds', parameters: { build } },
  buildLogsOfOne: { uri: '/{build}/{id}/logs', subject: 'Builds', parameters: { build, id } },
  boots: { uri: '/{boot}', subject: 'Boots', parameters: { boot } },
  boot: { uri: '/{boot}/{id}', subject: 'Boots', parameters: { boot, id } },
  bootDistinct: { uri: '/{boot}/distinct/{field}', subject: 'Boots', parameters: { boot, field: 'segment' } },
  bootRegressions: { uri: '/{boot}/{regressions}', subject: 'Boots', parameters: { boot, regressions: regression } },
  bootRegressionsOfOne: {
    uri: '/{boot}/{id}/{regressions}',
    subject: 'Boots',
    parameters: { boot, id, regressions: regression },
  },
  labs: { uri: '/{lab}', subject: 'Labs', parameters: { lab } },
  lab: { uri: '/{lab}/{id}', subject: 'Labs', parameters: { lab, id: 'segment' } },
  tokens: { uri: '/{token}', subject: 'Tokens', parameters: { token } },
  token: { uri: '/{token}/{value}', subject: 'Tokens', parameters: { token, value: 'segment' } },
  count: { uri: '/count', subject: 'Counts' },
  countOfOne: { uri: '/count/{resource}', subject: 'Counts', parameters: { resource: 'segment' } },
  batch: { uri: '/batch', subject: 'Batches' },
  version: { uri: '/version', subject: 'Server' },
  tests: { uri: '/{test}', subject: 'Tests', parameters: { test } },
  testGroups: { uri: '/{test}/{group}', subject: 'Tests', parameters: { test, group } },
  testGroup: { uri: '/{test}/{group}/{id}', subject: 'Tests', parameters: { test, group, id: 'segment' } },
  testGroupDistinct: {
    uri: '/{test}/{group}/distinct/{field}',
    subject: 'Tests',
    parameters: { test, group, field: 'segment' },
  },
  testGroupDistinctCount: {
    uri: '/{test}/{group}/count/distinct/{field}',
    subject: 'Tests',
    parameters: { test, group, field: 'segment' },
  },
  testCases: { uri: '/{test}/{case}', subject: 'Tests', parameters: { test, case: case_ } },
  testCase: { uri: '/{test}/{case}/{id}', subject: 'Tests', parameters: { test, case: case_, id: 'segment' } },
  testCaseDistinct: {
    uri: '/{test}/{case}/distinct/{field}',
    subject: 'Tests',
    parameters: { test, case: case_, field: 'segment' },
  },
  testCaseDistinctCount: {
    uri: '/{test}/{case}/count/distinct/{field}',
    subject: 'Tests',
    parameters: { test, case: case_, field: 'segment' },
  },
  testRegressions: { uri: '/{test}/{regression}', subject: 'Tests', parameters: { test, regression } },
  testRegression: {
    uri: '/{test}/{regression}/{id}',
    subject: 'Tests',
    parameters: { test, regression, id: 'segment' },
  },
  statistics: { uri: '/{statistics}', subject: 'Statistics', parameters: { statistics } },
  upload: { uri: '/upload', subject: 'Files' },
  uploadFile: { uri: '/upload/{path}', subject: 'Files', parameters: { path: 'rest' } },
  send: { uri: '/send', subject: 'Server' },
} satisfies Record<string, Address>;
