import type { Dialect, Route } from '../../../server/dialect.js';
import type { ParameterType } from '../../../server/dialect-router.js';
import { Answers } from './answers.js';
import { GENERATIONS } from './format.js';
import { overviewRoutes } from './overview-routes.js';
import type { DocumentedRoute } from './pages/home.js';
import * as reads from './reads.js';
import { onKnownBranch, type Setting } from './reads.js';
import * as writes from './writes.js';

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
    operations: ['BuildapiBranches'],
    answers: { 200: 'An HTML page' },
    handle: reads.generation(setting, described),
  };
  const below = [
    ...listRoutes(setting),
    ...branchRoutes(setting),
    ...changeRoutes(setting),
    ...newBuildRoutes(setting),
  ];
  return [documentation, ...below.map((route) => ({ ...route, uri: `/${generation}${route.uri}` }))];
}

const format = [{ name: 'format', description: '`json`, anything else is HTML; without it `Accept` decides' }];

function listRoutes(setting: Setting): Route[] {
  const oneJob = (uri: string, summary: string): Route => ({
    method: 'GET',
    uri,
    parameters: { job_id: 'segment' },
    summary,
    operations: ['BuildapiJob'],
    query: format,
    answers: { 200: 'The job', 404: 'Job not found' },
    handle: reads.job(setting),
  });
  return [
    {
      method: 'GET',
      uri: '/branches',
      summary: 'All branches with their attributes',
      operations: ['BuildapiBranches'],
      query: format,
      answers: { 200: 'An object by name of branch' },
      handle: reads.branches(setting),
    },
    {
      method: 'GET',
      uri: '/jobs',
      summary: 'The job log, latest first',
      operations: ['BuildapiJobs'],
      query: [
        { name: 'num', description: 'How many, 100 unless told' },
        { name: 'offset', description: 'How many to leave out' },
        ...format,
      ],
      answers: { 200: 'A list of jobs' },
      handle: reads.jobs(setting),
    },
    oneJob('/jobs/{job_id}', 'One job'),
    oneJob('/job_status/{job_id}', 'One job'),
  ];
}

const branch = { branch: 'segment' } as const;
const ofRevision = { branch: 'segment', revision: 'segment' } as const;
const ofBuild = { branch: 'segment', build_id: 'segment' } as const;
const ofRequest = { branch: 'segment', request_id: 'segment' } as const;

type Read = Pick<Route, 'uri' | 'summary'> & {
  readonly handle: reads.Handler;
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly operation: string;
  readonly query?: Route['query'];
  readonly answers?: Route['answers'];
};

function branchRead({ operation, query = [], answers = {}, handle, ...rest }: Read): Route {
  return {
    method: 'GET',
    ...rest,
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
      parameters: branch,
      summary: 'Builds and pending requests of a day',
      operation: 'BuildapiBuildsAndPending',
      query: [
        { name: 'date', description: '`YYYY-MM-DD`, today unless told' },
        { name: 'rev', description: 'In HTML: sends on to the page of this revision' },
      ],
      answers: { 302: 'To the page of a revision', 400: 'Bad date' },
      handle: reads.day(setting),
    }),
    branchRead({
      uri: '/{branch}/build/{build_id}',
      parameters: ofBuild,
      summary: 'One build',
      operation: 'BuildapiBuild',
      handle: reads.build(setting),
    }),
    branchRead({
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'One build request',
      operation: 'BuildapiRequest',
      handle: reads.buildRequest(setting),
    }),
    ...revisionRoutes(setting),
    branchRead({
      uri: '/{branch}/builders',
      parameters: branch,
      summary: 'Names of builders of the last 60 days',
      operation: 'BuildapiBuilders',
      handle: reads.builders(setting),
    }),
    branchRead({
      uri: '/{branch}/user/{user}',
      parameters: { branch: 'segment', user: 'segment' },
      summary: 'What an author pushed',
      operation: 'BuildapiUser',
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
      operation: 'BuildapiBuildsAndPending',
      handle: reads.revision(setting),
    }),
    branchRead({
      uri: '/{branch}/rev/{revision}/is_done',
      parameters: ofRevision,
      summary: 'Whether all of a revision is finished, and well',
      operation: 'BuildapiBuildsAndPending',
      query: [{ name: 'stableDelay', description: 'Seconds for which an ended build still counts as unfinished, 180' }],
      handle: reads.isDone(setting),
    }),
  ];
}

type Change = Pick<Route, 'method' | 'uri' | 'summary'> & {
  readonly parameters: Readonly<Record<string, ParameterType>>;
  readonly write: Parameters<typeof writes.writing>[1];
};

function changeRoute(setting: Setting, { write, ...rest }: Change): Route {
  const redirect: Route['answers'] = write.redirects ? { 302: 'In HTML: to the job' } : {};
  return {
    ...rest,
    operations: ['BuildapiBranch', write.operation],
    query: format,
    access: 'user',
    ...(rest.method !== 'DELETE' && { body: { kind: 'form' } }),
    answers: {
      202: 'Accepted: the id of the job',
      ...redirect,
      400: 'Refused, the message says why',
      401: 'Wrong credentials',
      403: 'No credentials',
      404: 'Not found',
      503: 'The job could not be sent',
    },
    handle: writes.writing(setting, write),
  };
}

function changeRoutes(setting: Setting): Route[] {
  const changes: Change[] = [
    {
      method: 'PUT',
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'Change the priority of a request (`priority`)',
      write: writes.reprioritize,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/request/{request_id}',
      parameters: ofRequest,
      summary: 'Cancel a request',
      write: writes.cancelRequest,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/build/{build_id}',
      parameters: ofBuild,
      summary: 'Cancel a build',
      write: writes.cancelBuild,
    },
    {
      method: 'DELETE',
      uri: '/{branch}/rev/{revision}',
      parameters: ofRevision,
      summary: 'Cancel all of a revision',
      write: writes.cancelRevision,
    },
    {
      method: 'POST',
      uri: '/{branch}/build',
      parameters: branch,
      summary: 'Build again (`build_id`, `count`, `priority`)',
      write: writes.rebuildBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/request',
      parameters: branch,
      summary: 'Build a request again (`request_id`, `count`, `priority`)',
      write: writes.rebuildRequest,
    },
  ];
  return changes.map((change) => changeRoute(setting, change));
}

function newBuildRoutes(setting: Setting): Route[] {
  const changes: Change[] = [
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}',
      parameters: ofRevision,
      summary: 'New builds of a revision',
      write: writes.newBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}/pgo',
      parameters: ofRevision,
      summary: 'New PGO builds of a revision (`priority`)',
      write: writes.newPgoBuild,
    },
    {
      method: 'POST',
      uri: '/{branch}/rev/{revision}/nightly',
      parameters: ofRevision,
      summary: 'New nightlies of a revision (`priority`)',
      write: writes.newNightly,
    },
    {
      method: 'POST',
      uri: '/{branch}/builders/{builder_name}/{revision}',
      parameters: { ...ofRevision, builder_name: 'segment' },
      summary: 'A new build on any builder (`properties`, `files`, `priority`)',
      write: writes.newBuildForBuilder,
    },
  ];
  return changes.map((change) => changeRoute(setting, change));
}
