import { markup } from '../../../../server/html.js';
import { localText } from '../days.js';
import type { JsonObject, JsonValue, representJob } from '../represent.js';
import { jsonBlock, link, type PageContent, type PageView } from './layout.js';
import { tableSection } from './table.js';

type Job = ReturnType<typeof representJob>;

/** Seconds between two looks at an unfinished job. */
const REFRESH_SECONDS = 30;

/** The page of a job; it is read again until the job is completed. */
export function jobPage(id: string, job: Job): PageContent {
  const open = job.completed_at === null;
  return {
    title: `Job ${id}`,
    ...(open && { head: markup`<meta http-equiv="refresh" content="${REFRESH_SECONDS}">\n` }),
    main: markup`<h1>Job ${id}</h1>
<p>${stateOf(job)}${open && markup` <span class="muted">This page is read again every ${REFRESH_SECONDS} seconds.</span>`}</p>
${jsonBlock(job)}`,
  };
}

/** The job log, as asked for. */
export function jobsPage(view: PageView, jobs: readonly { readonly id: number; readonly job: Job }[]): PageContent {
  const time = (instant: number | null): string => (instant === null ? '' : localText(instant, view.timeZone));
  const columns = [
    {
      heading: 'Job',
      kind: 'number' as const,
      cell: ({ id }: { id: number }) => markup`<a href="${link(view.base, 'jobs', id)}">${id}</a>`,
    },
    { heading: 'Who', cell: ({ job }: { job: Job }) => job.who },
    {
      heading: 'What',
      cell: ({ job }: { job: Job }) => markup`${job.action} <code>${JSON.stringify(job.what)}</code>`,
    },
    { heading: 'When', kind: 'time' as const, cell: ({ job }: { job: Job }) => time(job.when) },
    { heading: 'Completed', kind: 'time' as const, cell: ({ job }: { job: Job }) => time(job.completed_at) },
    { heading: 'Result', cell: ({ job }: { job: Job }) => stateOf(job) },
  ];
  return {
    title: 'Jobs',
    main: markup`<h1>Jobs</h1>
${tableSection('log', 'Latest first', columns, jobs)}<p class="muted">Times: ${view.timeZone}.</p>`,
  };
}

function stateOf({ completed_at: completedAt, complete_data: data }: Job) {
  if (completedAt === null) return markup`<span class="state busy">Not completed</span>`;
  const body = member(data, 'body');
  const errors = member(body, 'errors');
  const tone = errors === false ? 'good' : errors === true ? 'bad' : 'plain';
  const message = member(body, 'msg');
  return markup`<span class="state ${tone}">${typeof message === 'string' && message !== '' ? message : 'Completed'}</span>`;
}

function member(value: JsonValue | undefined, name: string): JsonValue | undefined {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return isObject ? (value as JsonObject)[name] : undefined;
}
