import type { QueryParameter, Route } from '../../../server/dialect.js';
import { type Address, ADDRESSES } from './addresses.js';
import { batch } from './batch.js';
import { isTimeless } from './conditions.js';
import { BODIES } from './description.js';
import { BODY_LIMIT } from './json-body.js';
import { COUNT_KEYS, COUNTED, type QueryKey } from './keys.js';
import { type Clock, list, noDocument, noDocuments, one, tokenByValue, version } from './reads.js';
import { type Resource, RESOURCES } from './resources.js';
import { count, counts, distinct, distinctCount } from './values.js';

/** Who may read jobs, builds, boots and what is about them (contract kernelci section 7). */
const READERS = ['kernelci/get'];
/** Who may read labs and tokens. */
const INSIDERS = ['kernelci/admin', 'kernelci/superuser'];
/** Who may read tests. */
const TEST_READERS = [...READERS, ...INSIDERS];

const DATES: readonly QueryParameter[] = [
  { name: 'date_range', description: 'Days back from `created_on`, else from today', values: 'integer' },
  { name: 'time_range', description: 'Minutes back from now, 10 to 1440', values: 'integer' },
  { name: 'gte', description: '`field,value`: this or greater', repeatable: true },
  { name: 'lt', description: '`field,value`: less than this', repeatable: true },
];

const PROJECTION: readonly QueryParameter[] = [
  { name: 'field', description: 'Member to show; all unless told', repeatable: true },
  { name: 'nfield', description: 'Member to leave out', repeatable: true },
];

const PAGE: readonly QueryParameter[] = [
  { name: 'sort', description: 'Member to sort by', repeatable: true },
  { name: 'sort_order', description: '`1` ascending; descending unless told', values: ['1', '-1'] },
  { name: 'limit', description: 'Most documents to show; 0: all', values: 'integer' },
  { name: 'skip', description: 'How many documents to leave out', values: 'integer' },
  { name: 'aggregate', description: 'Member to group by: the first document of each group', repeatable: true },
];

function filters(keys: readonly QueryKey[]): QueryParameter[] {
  return keys.map(({ name }) => ({
    name,
    description: name === 'created_on' ? 'Day, `YYYY-MM-DD`' : 'Exact value; `null`: none',
    ...(name !== 'created_on' && { repeatable: true }),
  }));
}

function operationsOf({ list: documents, groups }: Resource): string[] {
  return groups === undefined ? [documents] : [documents, groups];
}

/** What a list is of, where it is, and who may read it. */
interface Listed {
  readonly at: Address;
  readonly resource: Resource;
  readonly what: string;
  readonly access: readonly string[];
  /** Whether documents hold what should not stay in memory. */
  readonly showsSecrets?: boolean;
}

/** Days and minutes back are counted from now: answers to such queries are not kept. */
const timeless: Route['kept'] = ({ query }) => isTimeless(query);

function listRoute({ at, resource, what, access, showsSecrets = false }: Listed, now: Clock): Route {
  return {
    ...at,
    method: 'GET',
    summary: `List ${what}`,
    operations: operationsOf(resource),
    query: [...filters(resource.keys), ...DATES, ...PROJECTION, ...PAGE],
    access,
    answers: { 200: 'The documents, or groups of them', 400: 'A number is none', 403: 'Not allowed' },
    ...(showsSecrets ? {} : { kept: timeless }),
    handle: list(resource, now),
  };
}

/** @param key the member that the id is looked up by */
function oneRoute({ at, resource, what, access }: Listed, key?: string): Route {
  return {
    ...at,
    method: 'GET',
    summary: `One of the ${what}`,
    operations: [resource.list],
    query: PROJECTION,
    access,
    answers: { 200: 'The document', 400: 'Not an id', 403: 'Not allowed', 404: 'There is none' },
    kept: true,
    handle: one(resource, key),
  };
}

function distinctRoute({ at, resource, what, access }: Listed, now: Clock, onlyCount = false): Route {
  return {
    ...at,
    method: 'GET',
    summary: `${onlyCount ? 'Number of different values' : 'Different values'} of a member of ${what}`,
    operations: [resource.distinct!],
    query: [...filters(resource.keys), ...DATES],
    access,
    answers: { 200: 'The values', 400: 'Not a member that can be asked for', 403: 'Not allowed' },
    kept: timeless,
    handle: onlyCount ? distinctCount(resource, now) : distinct(resource, now),
  };
}

/** Jobs, builds and boots, with their logs and values. */
function recordRoutes(now: Clock): Route[] {
  const { job, build, boot, job_log, build_log } = RESOURCES;
  const jobs = { resource: job, what: 'jobs', access: READERS };
  const builds = { resource: build, what: 'builds', access: READERS };
  const boots = { resource: boot, what: 'boots', access: READERS };
  const jobLogs = { resource: job_log, what: 'summaries of build errors', access: READERS };
  const buildLogs = { resource: build_log, what: 'error lines of builds', access: READERS };
  return [
    listRoute({ ...jobs, at: ADDRESSES.jobs }, now),
    listRoute({ ...jobLogs, at: ADDRESSES.jobLogs }, now),
    oneRoute({ ...jobs, at: ADDRESSES.job }),
    distinctRoute({ ...jobs, at: ADDRESSES.jobDistinct }, now),
    oneRoute({ ...jobLogs, at: ADDRESSES.jobLogsOfOne }, 'job_id'),
    listRoute({ ...builds, at: ADDRESSES.builds }, now),
    listRoute({ ...buildLogs, at: ADDRESSES.buildLogs }, now),
    oneRoute({ ...builds, at: ADDRESSES.build }),
    distinctRoute({ ...builds, at: ADDRESSES.buildDistinct }, now),
    oneRoute({ ...buildLogs, at: ADDRESSES.buildLogsOfOne }, 'build_id'),
    listRoute({ ...boots, at: ADDRESSES.boots }, now),
    oneRoute({ ...boots, at: ADDRESSES.boot }),
    distinctRoute({ ...boots, at: ADDRESSES.bootDistinct }, now),
  ];
}

function testRoutes(now: Clock): Route[] {
  const groups = { resource: RESOURCES.test_group, what: 'test groups', access: TEST_READERS };
  const cases = { resource: RESOURCES.test_case, what: 'test cases', access: TEST_READERS };
  const regressions = { resource: RESOURCES.test_regression, what: 'test regressions', access: TEST_READERS };
  return [
    listRoute({ ...groups, at: ADDRESSES.tests }, now),
    listRoute({ ...groups, at: ADDRESSES.testGroups }, now),
    oneRoute({ ...groups, at: ADDRESSES.testGroup }),
    distinctRoute({ ...groups, at: ADDRESSES.testGroupDistinct }, now),
    distinctRoute({ ...groups, at: ADDRESSES.testGroupDistinctCount }, now, true),
    listRoute({ ...cases, at: ADDRESSES.testCases }, now),
    oneRoute({ ...cases, at: ADDRESSES.testCase }),
    distinctRoute({ ...cases, at: ADDRESSES.testCaseDistinct }, now),
    distinctRoute({ ...cases, at: ADDRESSES.testCaseDistinctCount }, now, true),
    listRoute({ ...regressions, at: ADDRESSES.testRegressions }, now),
    oneRoute({ ...regressions, at: ADDRESSES.testRegression }),
  ];
}

function insiderRoutes(now: Clock): Route[] {
  const labs = { resource: RESOURCES.lab, what: 'labs', access: INSIDERS };
  const tokens = { resource: RESOURCES.token, what: 'tokens', access: INSIDERS, showsSecrets: true };
  return [
    listRoute({ ...labs, at: ADDRESSES.labs }, now),
    oneRoute({ ...labs, at: ADDRESSES.lab }),
    { ...listRoute({ ...tokens, at: ADDRESSES.tokens }, now), operations: ['KernelciTokens', 'KernelciToken'] },
    {
      ...ADDRESSES.token,
      method: 'GET',
      summary: 'The token with this value',
      operations: ['KernelciToken'],
      query: PROJECTION,
      access: INSIDERS,
      answers: { 200: 'The token', 403: 'Not allowed', 404: 'There is none' },
      handle: tokenByValue,
    },
  ];
}

/** Regressions of boots are not kept: there are none. */
const bootRegressionRoutes: readonly Route[] = [
  {
    ...ADDRESSES.bootRegressions,
    method: 'GET',
    summary: 'List regressions of boots: there are none',
    operations: [],
    query: PAGE,
    access: READERS,
    answers: { 200: 'The empty list', 400: 'A number is none', 403: 'Not allowed' },
    kept: true,
    handle: noDocuments,
  },
  {
    ...ADDRESSES.bootRegressionsOfOne,
    method: 'GET',
    summary: 'Regressions of one boot: there are none',
    operations: [],
    access: READERS,
    answers: { 400: 'Not an id', 403: 'Not allowed', 404: 'There are none' },
    kept: true,
    handle: noDocument,
  },
];

function countRoutes(now: Clock): Route[] {
  const common = {
    method: 'GET',
    operations: ['KernelciCounts'],
    query: [...filters(COUNT_KEYS), ...DATES],
    access: READERS,
    kept: timeless,
  };
  return [
    {
      ...common,
      ...ADDRESSES.count,
      summary: 'How many documents of each collection match',
      answers: { 200: 'A total for each collection', 403: 'Not allowed' },
      handle: counts(now),
    },
    {
      ...common,
      ...ADDRESSES.countOfOne,
      summary: 'How many documents of one collection match',
      answers: { 200: 'The total', 403: 'Not allowed', 404: 'No such collection' },
      handle: count(now),
    },
  ];
}

/** Everything that reads. */
export function readRoutes(now: Clock): Route[] {
  return [
    ...recordRoutes(now),
    ...bootRegressionRoutes,
    ...testRoutes(now),
    ...insiderRoutes(now),
    ...countRoutes(now),
    listRoute(
      { at: ADDRESSES.statistics, resource: RESOURCES.statistics, what: 'daily counters', access: READERS },
      now,
    ),
    {
      ...ADDRESSES.batch,
      method: 'POST',
      summary: 'Several reads at once',
      operations: ['KernelciCounts', ...COUNTED.flatMap(({ name }) => operationsOf(RESOURCES[name]))],
      access: ['kernelci/post'],
      body: { kind: 'bytes', limit: BODY_LIMIT, content: BODIES.batch },
      answers: {
        200: 'A result for each read',
        400: 'Not a list of reads',
        403: 'Not allowed',
        415: 'Not JSON',
        422: 'Not JSON',
      },
      handle: batch(now),
    },
    {
      ...ADDRESSES.version,
      method: 'GET',
      summary: 'Version of the software',
      operations: [],
      answers: { 200: 'The version' },
      kept: true,
      handle: version,
    },
  ];
}
