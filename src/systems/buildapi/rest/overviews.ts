import { BuildgateError } from '../../../core/errors.js';
import type { DialectRequest, DialectResponse, WholeResponse } from '../../../server/dialect.js';
import { json } from './answers.js';
import { dateAt, dayOf } from './days.js';
import { isoTime, parseInteger } from './fields.js';
import { nestedPending, nestedRevision, nestedRunning, recentRow, type TriedRequest } from './nested.js';
import { objectPage } from './pages/home.js';
import type { PageContent, PageView } from './pages/layout.js';
import { pendingPage, runningPage } from './pages/nested.js';
import type { Handler, Setting } from './reads.js';
import type { AttemptFields, JsonValue, RequestFields } from './represent.js';
import * as select from './selections.js';

/** The addresses beside the two generations (contract buildapi section 5.9). They look at `format` alone. */

type Nodes<Row> = { readonly nodes: readonly Row[] };
type Known = { readonly branches: readonly { readonly name: string }[] };

const namesOf = ({ branches }: Known): string[] => branches.map(({ name }) => name);

/** Refuses formats that are neither. */
function formatted(handle: Handler): Handler {
  return async (request, run) => {
    const format = request.query.last('format');
    if (format === undefined || format === 'html' || format === 'json') return handle(request, run);
    throw new BuildgateError('INVALID', `Unsupported format: ${format}`);
  };
}

function answered(
  { answers }: Setting,
  request: DialectRequest,
  value: JsonValue,
  page: (view: PageView) => PageContent,
): WholeResponse {
  return request.query.last('format') === 'json' ? json(200, value) : answers.page(request, page);
}

/** The branch of the path, else of the first `branch` of the query. */
function branchFilter({ parameters, query }: DialectRequest): select.Filter[] {
  return select.branchContains(parameters['branch'] ?? query.first('branch'));
}

/** `/pending`. */
export function pending(setting: Setting): Handler {
  return formatted(async (request, run): Promise<DialectResponse> => {
    type Data = { buildapi: Known; pending: Nodes<RequestFields> };
    const filter = select.pending(...branchFilter(request));
    const data = await run<Data>('BuildapiPending', { filter, first: select.ALL });
    const nested = nestedPending(data.pending.nodes, namesOf(data.buildapi));
    return answered(setting, request, { pending: nested }, (view) => pendingPage(view, nested, setting.now()));
  });
}

/** `/running`. */
export function running(setting: Setting): Handler {
  return formatted(async (request, run) => {
    type Data = { buildapi: Known & { attempts: Nodes<AttemptFields> } };
    const filter = select.runningAttempts(...branchFilter(request));
    const { buildapi } = await run<Data>('BuildapiRunning', { filter, first: select.ALL });
    const nested = nestedRunning(buildapi.attempts.nodes, namesOf(buildapi));
    return answered(setting, request, { running: nested }, (view) => runningPage(view, nested, setting.now()));
  });
}

/** `/revision/{branch}/{rev}`. */
export function revisionOverview(setting: Setting): Handler {
  return formatted(async (request, run) => {
    const { branch, revision } = request.parameters as { branch: string; revision: string };
    const onBranch = select.branchContains(branch);
    type Data = { buildapi: Known; pending: Nodes<RequestFields>; all: Nodes<TriedRequest> };
    const data = await run<Data>('BuildapiRevision', {
      pending: select.pending(...onBranch),
      all: select.requests(...onBranch, select.revisionBegins(revision)),
      first: select.ALL,
    });
    const known = namesOf(data.buildapi);
    const value = {
      pending: nestedPending(data.pending.nodes, known),
      all: nestedRevision(data.all.nodes, known),
      branch,
      revision,
    };
    return answered(setting, request, value, () => objectPage(`${revision} on ${branch}`, value));
  });
}

const RECENT_BUILDS = 25;

/** `/recent`. */
export function recent(setting: Setting): Handler {
  return formatted(async (request, run) => {
    const { query, parameters } = request;
    const slave = parameters['slave'] ?? query.last('slave');
    const exact = ['false', 'False'].includes(query.last('greedy') ?? '');
    const filter = {
      ...select.attemptsAt(),
      finishedAt: { isNull: false },
      ...(slave && { slaveName: exact ? { eq: slave } : { startsWith: slave } }),
    };
    type Data = { buildapi: { attempts: Nodes<AttemptFields> } };
    const { buildapi } = await run<Data>('BuildapiBuilds', { filter, first: rowsOf(query.last('numbuilds')) });
    const rows = buildapi.attempts.nodes.map(recentRow);
    return answered(setting, request, rows, () => objectPage('Recent builds', rows));
  });
}

/** What is no natural number means the default. */
function rowsOf(text: string | undefined): number {
  const count = parseInteger(text ?? '');
  if (count === undefined || count < 0n) return RECENT_BUILDS;
  return Number(count > BigInt(select.ALL) ? BigInt(select.ALL) : count);
}

const TODAY = 'today';

/** The first change that the old database had. */
const FIRST_PUSH = 1_274_972_998;

type Bound = 'fromtime' | 'totime';

/** Whether the bounds of `/pushes` are the same tomorrow. */
export const namesNoToday = (request: DialectRequest): boolean =>
  boundText(request, 'fromtime') !== TODAY && boundText(request, 'totime') !== TODAY;

function boundText({ parameters, query }: DialectRequest, name: Bound): string | undefined {
  return parameters[name] ?? query.last(name);
}

/** `/pushes`. */
export function pushes(setting: Setting): Handler {
  return formatted(async (request, run) => {
    const { parameters, query } = request;
    const from = boundOf(setting, 'fromtime', boundText(request, 'fromtime'));
    const to = boundOf(setting, 'totime', boundText(request, 'totime'));
    type Data = { buildapi: { pushCounts: readonly { author: string; count: number }[] } };
    const { buildapi } = await run<Data>('BuildapiPushes', {
      branch: parameters['branch'] ?? query.first('branch') ?? null,
      from: isoTime(Math.max(FIRST_PUSH, from ?? FIRST_PUSH)),
      to: to === undefined ? null : isoTime(to),
    });
    const counts = buildapi.pushCounts.map(({ author, count }) => [author, count] as const);
    const total = counts.reduce((sum, [, count]) => sum + count, 0);
    const value = Object.fromEntries([...counts, ['TOTAL', total]]);
    return answered(setting, request, value, () => objectPage('Pushes', value));
  });
}

/** Seconds since 1970, or the local midnight of today. */
function boundOf({ timeZone, now }: Setting, name: Bound, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (text === TODAY) return dayOf(dateAt(now(), timeZone), timeZone)!.from;
  const instant = parseInteger(text);
  if (instant === undefined) throw new BuildgateError('INVALID', `Bad ${name}`);
  return Number(instant);
}
