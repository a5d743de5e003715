import { type Html, markup } from '../../../../server/html.js';
import { dateAt, localText, shiftedDate } from '../days.js';
import type { Build, doneness, JsonObject, ListEntry, PendingRequest } from '../represent.js';
import { actionForm } from './forms.js';
import { jsonBlock, link, type PageContent, type PageView } from './layout.js';
import { type Column, tableSection } from './table.js';

/** Names of the result codes (contract buildapi section 4.6). */
const RESULTS = ['Success', 'Warnings', 'Failure', 'Skipped', 'Exception', 'Retry', 'Cancelled'];

/** The page of a branch on a day. */
export function branchPage(
  view: PageView,
  branch: string,
  date: string,
  entries: readonly ListEntry[],
  now: number,
): PageContent {
  const today = dateAt(now, view.timeZone);
  const page = link(view.base, branch);
  const day = (text: string, to: string) =>
    markup`<a href="${page}?date=${to}"${to === date && markup` aria-current="page"`}>${text}</a>\n`;
  return {
    title: `${branch}, ${date}`,
    main: markup`<h1>${branch} <small>${date}</small></h1>
<div class="bar">
${day('Earlier', shiftedDate(date, -1))}${day('Today', today)}${day('Later', shiftedDate(date, 1))}
<a href="${page}/builders">Builders</a>
${revisionLookup(page)}
</div>
${sections(view, branch, entries)}`,
  };
}

function revisionLookup(page: string): Html {
  return markup`<form action="${page}"><label>Revision <input name="rev" required autocomplete="off" spellcheck="false"></label>
<button>Look up</button></form>`;
}

/** The page of a revision. */
export function revisionPage(
  view: PageView,
  branch: string,
  revision: string,
  entries: readonly ListEntry[],
  done: ReturnType<typeof doneness>,
): PageContent {
  const page = link(view.base, branch, 'rev', revision);
  const subject = `revision ${revision}`;
  return {
    title: `${revision} on ${branch}`,
    main: markup`<h1><code>${revision}</code></h1>
<p>On <a href="${link(view.base, branch)}">${branch}</a>. ${doneText(done)}</p>
<div class="bar">
${actionForm({ label: 'New builds', subject, address: page })}
${actionForm({ label: 'New PGO builds', subject, address: `${page}/pgo` })}
${actionForm({ label: 'New nightlies', subject, address: `${page}/nightly` })}
${actionForm({ label: 'Cancel all', subject, address: page, method: 'DELETE' })}
</div>
<div class="bar">${revisionLookup(link(view.base, branch))}</div>
${sections(view, branch, entries)}`,
  };
}

function doneText({ job_complete: complete, job_passed: passed }: ReturnType<typeof doneness>): Html {
  if (!complete) return markup`<span class="state busy">Job not complete</span>`;
  return passed
    ? markup`<span class="state good">Job complete and passed</span>`
    : markup`<span class="state bad">Job complete, not passed</span>`;
}

/** The page of what an author pushed. */
export function userPage(view: PageView, branch: string, user: string, entries: readonly ListEntry[]): PageContent {
  return {
    title: `${user} on ${branch}`,
    main: markup`<h1>${user} <small>on <a href="${link(view.base, branch)}">${branch}</a></small></h1>
${sections(view, branch, entries)}`,
  };
}

/** The page of one build. */
export function buildPage(view: PageView, branch: string, build: Build): PageContent {
  const actions = markup`${build.endtime === null && cancelForm(view, branch, build)}${rebuildForm(view, branch, build)}`;
  return objectPage(view, branch, `Build ${build.build_id}`, build, actions);
}

/** The page of one request. */
export function requestPage(view: PageView, branch: string, request: PendingRequest & JsonObject): PageContent {
  const { request_id: id, complete, claimed_at: claimed } = request;
  const rebuild = {
    label: 'Rebuild',
    subject: `${request.buildername}, request ${id}`,
    address: link(view.base, branch, 'request'),
    fields: { request_id: id },
    withCount: true,
  };
  const waits = complete === 0 && claimed === 0;
  const actions = markup`${waits && pendingForms(view, branch, request)}${actionForm(rebuild)}`;
  return objectPage(view, branch, `Request ${id}`, request, actions);
}

function objectPage(view: PageView, branch: string, title: string, value: JsonObject, actions: Html): PageContent {
  return {
    title: `${title} on ${branch}`,
    main: markup`<h1>${title} <small>on <a href="${link(view.base, branch)}">${branch}</a></small></h1>
<div class="bar">${actions}</div>
${jsonBlock(value)}`,
  };
}

function sections(view: PageView, branch: string, entries: readonly ListEntry[]): Html {
  const builds = entries.filter((entry) => 'build_id' in entry);
  const pending = entries.filter((entry): entry is PendingRequest => !('build_id' in entry));
  const running = builds.filter(({ endtime }) => endtime === null);
  const ended = builds.filter(({ endtime }) => endtime !== null);
  return markup`${tableSection('pending', 'Pending', pendingColumns(view, branch), pending)}
${tableSection('running', 'Running', runningColumns(view, branch), running)}
${tableSection('builds', 'Builds', endedColumns(view, branch), ended)}
<p class="muted">Times: ${view.timeZone}.</p>`;
}

function pendingForms(view: PageView, branch: string, request: PendingRequest): Html[] {
  const { request_id: id, buildername, priority } = request;
  const common = { address: link(view.base, branch, 'request', id), subject: `${buildername}, request ${id}` };
  const at = (value: number) => ({ ...common, method: 'PUT', fields: { priority: value } }) as const;
  return [
    actionForm({ label: 'Run me sooner', ...at(priority + 1) }),
    actionForm({ label: 'Run me later', ...at(priority - 1) }),
    actionForm({ label: 'Cancel', method: 'DELETE', ...common }),
  ];
}

function pendingColumns(view: PageView, branch: string): Column<PendingRequest>[] {
  const to = (id: number): string => link(view.base, branch, 'request', id);
  return [
    { heading: 'Builder', cell: (entry) => markup`<a href="${to(entry.request_id)}">${entry.buildername}</a>` },
    revisionColumn(view, branch),
    { heading: 'Submitted', kind: 'time', cell: ({ submittime }) => localText(submittime, view.timeZone) },
    { heading: 'Priority', kind: 'number', cell: ({ priority }) => priority },
    { heading: 'Change', kind: 'actions', cell: (request) => pendingForms(view, branch, request) },
  ];
}

function runningColumns(view: PageView, branch: string): Column<Build>[] {
  return [
    ...buildColumns(view, branch),
    {
      heading: 'Change',
      kind: 'actions',
      cell: (build) => [cancelForm(view, branch, build), rebuildForm(view, branch, build)],
    },
  ];
}

function endedColumns(view: PageView, branch: string): Column<Build>[] {
  return [
    ...buildColumns(view, branch),
    { heading: 'Ended', kind: 'time', cell: ({ endtime }) => localText(endtime!, view.timeZone) },
    { heading: 'Change', kind: 'actions', cell: (build) => rebuildForm(view, branch, build) },
  ];
}

function buildColumns(view: PageView, branch: string): Column<Build>[] {
  const to = (id: number): string => link(view.base, branch, 'build', id);
  return [
    { heading: 'Builder', cell: (build) => markup`<a href="${to(build.build_id)}">${build.buildername}</a>` },
    revisionColumn(view, branch),
    { heading: 'Status', cell: statusOf },
    { heading: 'Started', kind: 'time', cell: ({ starttime }) => localText(starttime, view.timeZone) },
  ];
}

function revisionColumn(view: PageView, branch: string): Column<{ readonly revision: string | null }> {
  return {
    heading: 'Revision',
    cell: ({ revision }) =>
      revision &&
      markup`<a href="${link(view.base, branch, 'rev', revision)}"><code>${revision.slice(0, 12)}</code></a>`,
  };
}

function cancelForm(view: PageView, branch: string, build: Build): Html {
  const address = link(view.base, branch, 'build', build.build_id);
  return actionForm({ label: 'Cancel', method: 'DELETE', address, subject: subjectOf(build) });
}

function rebuildForm(view: PageView, branch: string, build: Build): Html {
  const address = link(view.base, branch, 'build');
  const fields = { build_id: build.build_id };
  return actionForm({ label: 'Rebuild', address, fields, withCount: true, subject: subjectOf(build) });
}

function subjectOf({ buildername, build_id: id }: Build): string {
  return `${buildername}, build ${id}`;
}

/** A build that ended while its request is open is tried again. */
function statusOf({ status, endtime }: Build): Html {
  if (status === null) return markup`<span class="state busy">${endtime === null ? 'Running' : 'Retry'}</span>`;
  const tone = ['good', 'busy', 'bad', 'plain', 'bad'][status] ?? 'plain';
  return markup`<span class="state ${tone}">${RESULTS[status] ?? status}</span>`;
}
