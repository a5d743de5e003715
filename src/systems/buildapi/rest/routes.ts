import type { Dialect, Route } from '../../../server/dialect.js';
import type { ParameterType } from '../../../server/dialect-router.js';
import { Answers } from './answers.js';
import { changeRoutes } from './change-routes.js';
import { BOTH_FORMS, buildapiDescription } from './description.js';
import { GENERATIONS } from './format.js';
import { overviewRoutes } from './overview-routes.js';
import type { DocumentedRoute } from './pages/home.js';
import { format, ofBranch, ofBuild, ofRequest, ofRevision } from './parameters.js';
import * as reads from './reads.js';
import { onKnownBranch, type Setting } from './reads.js';

/** What the operator decides about the dialect. */
export interface BuildapiDialectOptions {
  /** Time zone of days and of times on pages, as `America/Los_Angeles`. */
  readonly timeZone?: string;
  /** Origins whose pages may read and write with credentials. */
  readonly origins?: readonly string[];
  /** Whether `X-Remote-User` of a trusted proxy names the caller. */
  readonly trustsRemoteUser?: boolean;
  /** Seconds since 1970. */
  readonly now?: () => number;
}

/** Contract buildapi section 5.2. */
export const DEFAULT_TIME_ZONE = 'America/Los_Angeles';

/**
 * Mozilla's build self-serve API, after its API document and `mozilla-releng/build-buildapi`. Both generations of
 * addresses are the same resources.
 */
export function buildapiDialect(options: BuildapiDialectOptions = {}): Dialect {
  const { timeZone = DEFAULT_TIME_ZONE, origins = [], trustsRemoteUser = false } = options;
  const { now = () => Math.floor(Date.now() / 1000) } = options;
  const answers = new Answers(timeZone);
  const setting: Setting = { answers, timeZone, now };
  return {
    system: 'buildapi',
    prefix: '/buildapi',
    title: 'Mozilla buildapi',
    description: buildapiDescription,
    operations: new URL('./operations.graphql', import.meta.url),
    routes: routesOf(setting),
    authentication: 'always',
    acceptsBasic: true,
    trustsRemoteUser,
    methodOverride: ['_method_', '_method'],
    headers: {
      'Cache-Control': 'no-cache',
      Pragma: 'no-cache',
      Vary: origins.length === 0 ? 'Accept, Accept-Encoding' : 'Accept, Accept-Encoding, Origin',
    },
    gzip: true,
    entityTags: true,
    crossOrigin: { allowed: origins },
    ...answers.hooks(),
  };
}

function routesOf(setting: Setting): Route[] {
  const described = (): DocumentedRoute[] => generationRoutes(GENERATIONS[1], setting, described);
  return [
    ...GENERATIONS.flatMap((generation) => generationRoutes(generation, setting, described)),
    ...overviewRoutes(setting),
  ];
}

/** `branches`, `jobs` and `job_status` come before `{branch}`: they win over a branch of that name. */
function generationRoutes(generation: string, setting: Setting, described: () => DocumentedRoute[]): Route[] {
  const documentation: Route = {
    method: 'GET',
    uri: `/${generation}`,
    summary: 'This documentation, with the branches',
    subject: 'Pages',
    mediaTypes: ['text/html'],
    operations: ['BuildapiBranches'],
    answers: { 200: 'An HTML page' },
    kept: true,
    handle: reads.generation(setting, described),
  };
  const below = [...listRoutes(setting), ...branchRoutes(setting), ...changeRoutes(setting)];
  return [documentation, ...below.map((route) => ({ ...route, uri: `/${generation}${route.uri}` }))];
}

function listRoutes(setting: Setting): Route[] {
  const oneJob = (uri: string, summary: string): Route => ({
    method: 'GET',
    uri,
    parameters: { job_id: 'segment' },
    summary,
    subject: 'Job log',
    mediaTypes: BOTH_FORMS,
    operations: ['BuildapiJob'],
    query: format,
    answers: { 200: 'The job', 404: 'Job not found' },
    kept: true,
    handle: reads.job(setting),
  });
  return [
    {
      method: 'GET',
      uri: '/branches',
      summary: 'All branches with their attributes',
      subject: 'Branches',
      mediaTypes: BOTH_FORMS,
      operations: ['BuildapiBranches'],
      query: format,
      answers: { 200: 'An object by name of branch' },
      kept: true,
      handle: reads.branches(setting),
    },
    {
      method: 'GET',
      uri: '/jobs',
      summary: 'The job log, latest first',
      subject: 'Job log',
      mediaTypes: BOTH_FORMS,
      operations: ['BuildapiJobs'],
      query: [
        { name: 'num', description: 'How many, 100 unless told', values: 'integer' },
        { name: 'offset', description: 'How many to leave out', values: 'integer' },
        ...format,
      ],
      answers: { 200: 'A list of jobs' },
      kept: true,
      handle: reads.jobs(setting),
    },
    oneJob('/jobs/{job_id}', 'One job'),
    oneJob('/job_status/{job_id}', 'One job'),
  ];
}

type Read = Pick<Route, 'uri' | 'summary' | 'subject'> & {
  readonly handle: reads.Handler;
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly operation: string;
  readonly query?: Route['query'];
  readonly answers?: Route['answers'];
  readonly kept?: Route['kept'];
};

function branchRead({ operation, query = [], answers = {}, handle, ...rest }: Read): Route {
  return {
    method: 'GET',
    ...rest,
    mediaTypes: BOTH_FORMS,
    operations: ['BuildapiBranch', operation],
    query: [...query, ...format],
    answers: { 200: 'Found', 404: 'Not found', ...answers },
    handle: onKnownBranch(handle),
  };
}

function branchRoutes(setting: Setting): Route[] {
  return [
    branchRead({
      uri: '/{branch}',
      parameters: ofBranch,
      summary: 'Builds and pending requests of a day',
      subject: 'Branches',
      operation: 'BuildapiBuildsAndPending',
      query: [
        { name: 'date', description: '`YYYY-MM-DD`, today unless told' },
        { name: 'rev', description: 'In HTML: sends on to the page of this revision' },
      ],
      answers: { 302: 'To the page of a revision', 400: 'Bad date' },
      kept: reads.ofNamedDay,
      handle: reads.day(setting),
    }),
    branchRead({
      uri: '/{branch}/build/{build_id}',
      parameters: ofBuild,
      summary: 'One build',
      subject: 'Builds',
      operation: 'BuildapiBuild',
      kept: true,
      handle: reads.build(setting),
    }),
    branchRead({
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'One build request',
      subject: 'Requests',
      operation: 'BuildapiRequest',
      kept: true,
      handle: reads.buildRequest(setting),
    }),
    ...revisionRoutes(setting),
    branchRead({
      uri: '/{branch}/builders',
      parameters: ofBranch,
      summary: 'Names of builders of the last 60 days',
      subject: 'Branches',
      operation: 'BuildapiBuilders',
      handle: reads.builders(setting),
    }),
    branchRead({
      uri: '/{branch}/user/{user}',
      parameters: { branch: 'segment', user: 'segment' },
      summary: 'What an author pushed',
      subject: 'Branches',
      operation: 'BuildapiUser',
      kept: true,
      handle: reads.user(setting),
    }),
  ];
}

function revisionRoutes(setting: Setting): Route[] {
  return [
    branchRead({
      uri: '/{branch}/rev/{revision}',
      parameters: ofRevision,
      summary: 'Builds and pending requests of a revision',
      subject: 'Revisions',
      operation: 'BuildapiBuildsAndPending',
      kept: reads.inJson,
      handle: reads.revision(setting),
    }),
    branchRead({
      uri: '/{branch}/rev/{revision}/is_done',
      parameters: ofRevision,
      summary: 'Whether all of a revision is finished, and well',
      subject: 'Revisions',
      operation: 'BuildapiBuildsAndPending',
      query: [
        {
          name: 'stableDelay',
          description: 'Seconds for which an ended build still counts as unfinished, 180',
          values: 'integer',
        },
      ],
      handle: reads.isDone(setting),
    }),
  ];
}
