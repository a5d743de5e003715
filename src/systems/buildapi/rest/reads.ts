import { BuildgateError } from '../../../core/errors.js';
import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { type Answers, CHALLENGE } from './answers.js';
import { dateAt, dayOf } from './days.js';
import { isoTime, jobWindow, parseInteger } from './fields.js';
import { branchPage, buildPage, requestPage, revisionPage, userPage } from './pages/builds.js';
import { dashboardPage, type DocumentedRoute, generationPage, objectPage } from './pages/home.js';
import { jobPage, jobsPage } from './pages/jobs.js';
import { link } from './pages/layout.js';
import {
  type AttemptFields,
  doneness,
  type JobFields,
  type JsonObject,
  type ListEntry,
  mergedBuilds,
  representBuild,
  representJob,
  representRequest,
  type RequestFields,
} from './represent.js';
import * as select from './selections.js';
import { wantsJson } from './format.js';

/** Answers a request. */
export type Handler = (request: DialectRequest, run: RunOperation) => Promise<DialectResponse>;

/** What the handlers share. */
export interface Setting {
  readonly answers: Answers;
  readonly timeZone: string;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** In JSON nothing depends on the clock, where a page names today or says for how long. */
export const inJson = (request: DialectRequest): boolean => wantsJson(request);

/** Of a day that is named; today is another one tomorrow. */
export const ofNamedDay = (request: DialectRequest): boolean =>
  wantsJson(request) && Boolean(request.query.last('date'));

type Nodes<Row> = { readonly nodes: readonly Row[] };
type BuildsAndPending = {
  readonly buildapi: { readonly attempts: Nodes<AttemptFields> };
  readonly pending: Nodes<RequestFields>;
};

/** Attributes by name of branch. */
type Branches = { readonly buildapi: { readonly branches: readonly { name: string; attributes: JsonObject }[] } };

/**
 * Puts the check of the branch in front (contract buildapi section 2.5).
 * @returns a handler that fails with NOT_FOUND `Branch {branch} not found`
 */
export function onKnownBranch(handle: Handler): Handler {
  return async (request, run) => {
    const name = request.parameters['branch']!;
    const { buildapi } = await run<{ buildapi: { branch: object | null } }>('BuildapiBranch', { name });
    if (buildapi.branch === null) throw notFound(`Branch ${name} not found`);
    return handle(request, run);
  };
}

/** GET of a generation by itself. */
export function generation({ answers }: Setting, routes: () => readonly DocumentedRoute[]): Handler {
  return async (request, run) => {
    const { buildapi } = await run<Branches>('BuildapiBranches');
    const names = buildapi.branches.map(({ name }) => name);
    return answers.page(request, (view) => generationPage(view, names, routes()));
  };
}

/** GET of the mount. */
export function dashboard({ answers }: Setting): Handler {
  return async (request, run) => {
    const { buildapi } = await run<Branches>('BuildapiBranches');
    const names = buildapi.branches.map(({ name }) => name);
    return answers.page(request, (view) => dashboardPage(view, names));
  };
}

/** GET of the place where browsers ask for user name and password. */
export function login({ answers }: Setting): Handler {
  return async (request) => {
    const { userName, admin } = request.principal;
    if (userName === null && !admin) return answers.failed(request, 401, 'Sign in to change builds', CHALLENGE);
    return { status: 302, headers: { Location: `${request.prefix}/self-serve` } };
  };
}

/** All branches (section 5.1). */
export function branches({ answers }: Setting): Handler {
  return async (request, run) => {
    const { buildapi } = await run<Branches>('BuildapiBranches');
    const all = Object.fromEntries(buildapi.branches.map(({ name, attributes }) => [name, attributes]));
    return answers.object(request, all);
  };
}

/** Builds and pending requests of a day (section 5.2). */
export function day({ answers, timeZone, now }: Setting): Handler {
  return async (request, run) => {
    const branch = request.parameters['branch']!;
    const lookup = request.query.last('rev')?.trim();
    if (lookup && !wantsJson(request)) {
      return { status: 302, headers: { Location: `${link(`${request.prefix}${request.path}`, 'rev', lookup)}` } };
    }
    const asked = dayOf(request.query.last('date') || dateAt(now(), timeZone), timeZone);
    if (asked === undefined) throw new BuildgateError('INVALID', 'Bad date');
    const entries = entriesOf(
      await run<BuildsAndPending>('BuildapiBuildsAndPending', {
        attempts: { ...select.attemptsAt(select.onBranch(branch)), ...select.within('startedAt', asked) },
        pending: select.pending(select.onBranch(branch), select.within('submittedAt', asked)),
        first: select.ALL,
      }),
    );
    return answers.object(request, entries, (view) => branchPage(view, branch, asked.date, entries, now()));
  };
}

function entriesOf({ buildapi, pending }: BuildsAndPending): ListEntry[] {
  return [...mergedBuilds(buildapi.attempts.nodes), ...pending.nodes.map(representRequest)];
}

/** One build row (section 5.3): never merged, and its request with properties. */
export function build({ answers }: Setting): Handler {
  return async (request, run) => {
    const { branch, build_id: id } = request.parameters as { branch: string; build_id: string };
    const attempt = await attemptOf(id, run);
    if (attempt === null || !select.isOnBranch(attempt.request.sourceBranch, branch)) {
      throw notFound(`Build ${id} not found on branch ${branch}`);
    }
    const nested = { ...representRequest(attempt.request), properties: attempt.request.properties };
    const row = representBuild(attempt, [nested]);
    return answers.object(request, row, (view) => buildPage(view, branch, row));
  };
}

type FullAttempt = AttemptFields & { readonly request: RequestFields & { readonly properties: JsonObject } };

async function attemptOf(id: string, run: RunOperation): Promise<FullAttempt | null> {
  const buildId = Number(id);
  if (!/^[0-9]+$/.test(id) || !Number.isSafeInteger(buildId)) return null;
  type Data = { buildapi: { attempt: FullAttempt | null } };
  return (await run<Data>('BuildapiBuild', { buildId })).buildapi.attempt;
}

/** One request with its properties and all attempts (section 5.3). */
export function buildRequest({ answers }: Setting): Handler {
  return async (request, run) => {
    const { branch, request_id: id } = request.parameters as { branch: string; request_id: string };
    type Full = RequestFields & { properties: JsonObject; attempts: readonly { buildId: number }[] };
    const legacyId = recordNumber(id);
    const found = legacyId === null ? null : (await run<{ build: Full | null }>('BuildapiRequest', { legacyId })).build;
    if (found === null || !select.isOnBranch(found.sourceBranch, branch)) {
      throw notFound(`Request ${id} not found on branch ${branch}`);
    }
    const { properties, attempts } = found;
    const buildIds = attempts.map(({ buildId }) => buildId);
    const whole = { ...representRequest(found), properties, build_ids: buildIds };
    return answers.object(request, whole, (view) => requestPage(view, branch, whole));
  };
}

/** Digits as records spell them; null for anything else. */
function recordNumber(text: string): string | null {
  return /^[0-9]+$/.test(text) ? BigInt(text).toString() : null;
}

/** Builds and pending requests of a revision (section 5.4). */
export function revision({ answers, now }: Setting): Handler {
  return async (request, run) => {
    const { branch, revision: text } = request.parameters as { branch: string; revision: string };
    const entries = await revisionEntries(branch, text, run);
    const done = doneness(entries, DEFAULT_DELAY, now());
    return answers.object(request, entries, (view) => revisionPage(view, branch, text, entries, done));
  };
}

const DEFAULT_DELAY = 180;

/** Whether all of a revision is finished, and well (section 5.5). */
export function isDone({ answers, now }: Setting): Handler {
  return async (request, run) => {
    const { branch, revision: text } = request.parameters as { branch: string; revision: string };
    const asked = parseInteger(request.query.last('stableDelay') ?? '');
    const delay = asked === undefined ? DEFAULT_DELAY : bounded(asked);
    return answers.object(request, doneness(await revisionEntries(branch, text, run), delay, now()));
  };
}

/** A number that JSON readers take exactly; no delay is that long. */
function bounded(value: bigint): number {
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return Number(value > most ? most : value < -most ? -most : value);
}

async function revisionEntries(branch: string, text: string, run: RunOperation): Promise<ListEntry[]> {
  const conditions = [select.onBranch(branch), select.ofRevision(text)];
  const entries = entriesOf(
    await run<BuildsAndPending>('BuildapiBuildsAndPending', {
      attempts: select.attemptsAt(...conditions),
      pending: select.pending(...conditions),
      first: select.ALL,
    }),
  );
  if (entries.length === 0) throw notFound(`Revision ${text} not found on branch ${branch}`);
  return entries;
}

const BUILDER_DAYS = 60;

/** Names of builders that contain the name of the branch and were asked for lately (section 5.6). */
export function builders({ answers, now }: Setting): Handler {
  return async (request, run) => {
    const since = isoTime(now() - BUILDER_DAYS * 86_400);
    const branch = request.parameters['branch']!;
    type Data = { buildapi: { builderNames: string[] } };
    const { builderNames } = (await run<Data>('BuildapiBuilders', { branch, since })).buildapi;
    return answers.object(request, builderNames, () => objectPage(`Builders of ${branch}`, builderNames));
  };
}

const USER_ROWS = 200;

/** What an author pushed (section 5.7). */
export function user({ answers }: Setting): Handler {
  return async (request, run) => {
    const { branch, user: author } = request.parameters as { branch: string; user: string };
    const conditions = [select.onBranch(branch), select.pushedBy(author)];
    type Data = {
      buildapi: { complete: Nodes<AttemptFields>; running: Nodes<AttemptFields> };
      pending: Nodes<RequestFields>;
    };
    const { buildapi, pending } = await run<Data>('BuildapiUser', {
      complete: select.attemptsAtComplete(...conditions),
      running: select.attemptsAtOpen(...conditions),
      pending: select.pending(...conditions),
      first: USER_ROWS,
    });
    const found = {
      builds: mergedBuilds(buildapi.complete.nodes),
      running: mergedBuilds(buildapi.running.nodes),
      pending: pending.nodes.map(representRequest),
    };
    const entries = [...found.running, ...found.builds, ...found.pending];
    return answers.object(request, found, (view) => userPage(view, branch, author, entries));
  };
}

/** The job log (section 5.8). */
export function jobs({ answers }: Setting): Handler {
  return async (request, run) => {
    const { query } = request;
    const window = jobWindow(query.last('num'), query.last('offset'));
    const { jobs: page } = await run<{ jobs: Nodes<JobFields> }>('BuildapiJobs', window);
    const log = page.nodes.map((fields) => ({ id: fields.number, job: representJob(fields) }));
    return answers.object(
      request,
      log.map(({ job: entry }) => entry),
      (view) => jobsPage(view, log),
    );
  };
}

/** One job. */
export function job({ answers }: Setting): Handler {
  return async (request, run) => {
    const id = request.parameters['job_id']!;
    const legacyId = recordNumber(id);
    const found = legacyId === null ? null : (await run<{ job: JobFields | null }>('BuildapiJob', { legacyId })).job;
    if (found === null) throw notFound(`Job ${id} not found`);
    const represented = representJob(found);
    return answers.object(request, represented, () => jobPage(found.number.toString(), represented));
  };
}

function notFound(message: string): BuildgateError {
  return new BuildgateError('NOT_FOUND', message);
}
